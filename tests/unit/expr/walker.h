/* walker: the meaning of a formula, said a second time and as plainly as possible: one row, one
 * node after another, long double and libm. The oracle for programs. */
#ifndef TESTS_UNIT_EXPR_WALKER_H
#define TESTS_UNIT_EXPR_WALKER_H

#include "expr/tree.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct walk {
    const fsci_scope *scope;
    const double *theta;
    size_t row;
    bool wild;    /* a piece left the range of doubles, or a comparison hangs on rounding */
    bool outside; /* a piece was outside its domain */
    const struct walk_term *term; /* of the innermost sum being walked */
} walk;

typedef struct walk_term {
    const char *index;
    size_t member;
    const struct walk_term *outer;
} walk_term;

/* A value, and how far rounding in doubles may move it, in units of DBL_EPSILON: every operation
 * adds its own rounding to what it does with the rounding of its arguments. */
typedef struct wide {
    long double v, slack;
} wide;

static wide walk_node(walk *w, const fsci_node *node);

static const fsci_symbol *walk_symbol(const walk *w, const char *name)
{
    for (size_t i = 0; i < w->scope->n_symbols; i++)
        if (strcmp(w->scope->symbols[i].name, name) == 0)
            return &w->scope->symbols[i];
    return NULL;
}

static bool walk_constant(const fsci_node *node)
{
    if (node->kind != FSCI_NODE_NUMBER && node->kind != FSCI_NODE_TERM &&
        node->kind != FSCI_NODE_APPLY)
        return false;
    for (size_t k = 0; k < node->n_args; k++)
        if (!walk_constant(node->args[k]))
            return false;
    return true;
}

static long double walk_lbeta(long double a, long double b)
{
    return a > 0 && b > 0 ? lgammal(a) + lgammal(b) - lgammal(a + b) : NAN;
}

static long double walk_logsumexp(const long double *a, size_t n)
{
    long double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < n; k++)
        most = a[k] > most ? a[k] : most;
    for (size_t k = 0; k < n; k++)
        sum += expl(a[k] - most);
    return most + logl(sum);
}

static long double walk_extreme(const long double *a, size_t n, bool greatest)
{
    long double best = a[0];
    for (size_t k = 1; k < n; k++)
        best = (greatest ? a[k] > best : a[k] < best) ? a[k] : best;
    return best;
}

static long double walk_logic(fsci_op op, const long double *a)
{
    bool none = isnan(a[0]) || (op != FSCI_OP_NOT && isnan(a[1]));
    if (op == FSCI_OP_AND && (a[0] == 0 || a[1] == 0))
        return 0;
    if (op == FSCI_OP_OR && ((!isnan(a[0]) && a[0] != 0) || (!isnan(a[1]) && a[1] != 0)))
        return 1;
    if (none)
        return NAN;
    switch (op) {
    case FSCI_OP_NOT:
        return a[0] == 0;
    case FSCI_OP_AND:
        return 1;
    case FSCI_OP_OR:
        return 0;
    case FSCI_OP_EQ:
        return a[0] == a[1];
    case FSCI_OP_NE:
        return a[0] != a[1];
    case FSCI_OP_LT:
        return a[0] < a[1];
    case FSCI_OP_LE:
        return a[0] <= a[1];
    case FSCI_OP_GT:
        return a[0] > a[1];
    default:
        return a[0] >= a[1];
    }
}

/* All operations but WHERE, whose branches are not all walked. */
static long double walk_apply(fsci_op op, const long double *a, size_t n, bool constant_power)
{
    if (op >= FSCI_OP_NOT)
        return walk_logic(op, a);
    for (size_t k = 0; k < n; k++)
        if (isnan(a[k]))
            return NAN;
    switch (op) {
    case FSCI_OP_EXP:
        return expl(a[0]);
    case FSCI_OP_LOG:
        return logl(a[0]);
    case FSCI_OP_LOG2:
        return log2l(a[0]);
    case FSCI_OP_LOG10:
        return log10l(a[0]);
    case FSCI_OP_LOG1P:
        return log1pl(a[0]);
    case FSCI_OP_EXPM1:
        return expm1l(a[0]);
    case FSCI_OP_SQRT:
        return sqrtl(a[0]);
    case FSCI_OP_ABS:
        return fabsl(a[0]);
    case FSCI_OP_ROUND:
        return rintl(a[0]);
    case FSCI_OP_SIGMOID:
        return a[0] > 0 ? 1 / (1 + expl(-a[0])) : expl(a[0]) / (1 + expl(a[0]));
    case FSCI_OP_LOGIT:
        return a[0] > 0.25L && a[0] < 0.75L ? log1pl((2 * a[0] - 1) / (1 - a[0]))
                                            : logl(a[0] / (1 - a[0]));
    case FSCI_OP_SOFTPLUS:
        return a[0] > 0 ? a[0] + log1pl(expl(-a[0])) : log1pl(expl(a[0]));
    case FSCI_OP_TANH:
        return tanhl(a[0]);
    case FSCI_OP_ERF:
        return erfl(a[0]);
    case FSCI_OP_ERFC:
        return erfcl(a[0]);
    case FSCI_OP_LGAMMA:
        return lgammal(a[0]);
    case FSCI_OP_POW:
        return a[0] < 0 && !(constant_power && a[1] == floorl(a[1])) ? NAN : powl(a[0], a[1]);
    case FSCI_OP_MIN:
    case FSCI_OP_MAX:
        return walk_extreme(a, n, op == FSCI_OP_MAX);
    case FSCI_OP_LBETA:
        return walk_lbeta(a[0], a[1]);
    case FSCI_OP_CLAMP:
        return fminl(fmaxl(a[0], a[1]), a[2]);
    case FSCI_OP_LOGSUM:
        return walk_logsumexp(a, n);
    case FSCI_OP_NEG:
        return -a[0];
    case FSCI_OP_ADD:
        return a[0] + a[1];
    case FSCI_OP_SUB:
        return a[0] - a[1];
    case FSCI_OP_MUL:
        return a[0] * a[1];
    case FSCI_OP_DIV:
        return a[0] / a[1];
    default:
        return NAN;
    }
}

static bool walk_outside(fsci_op op, const long double *a)
{
    switch (op) {
    case FSCI_OP_LOG:
    case FSCI_OP_LOG2:
    case FSCI_OP_LOG10:
    case FSCI_OP_LGAMMA:
        return a[0] <= 0;
    case FSCI_OP_LOG1P:
        return a[0] <= -1;
    case FSCI_OP_SQRT:
        return a[0] < 0;
    case FSCI_OP_LOGIT:
        return a[0] <= 0 || a[0] >= 1;
    case FSCI_OP_POW:
        return a[0] <= 0;
    case FSCI_OP_LBETA:
        return a[0] <= 0 || a[1] <= 0;
    case FSCI_OP_DIV:
        return a[1] == 0;
    default:
        return false;
    }
}

static bool walk_is_wild(long double v)
{
    return isinf(v) || fabsl(v) > 1e290L || (v != 0 && fabsl(v) < 1e-290L);
}

/* 0 from what is not 0; long double underflows too, as early as double under valgrind. */
static bool walk_underflows(fsci_op op, const long double *a, long double v)
{
    switch (op) {
    case FSCI_OP_EXP:
    case FSCI_OP_SIGMOID:
    case FSCI_OP_SOFTPLUS:
    case FSCI_OP_ERFC:
        return v == 0;
    case FSCI_OP_POW:
    case FSCI_OP_MUL:
    case FSCI_OP_DIV:
        return v == 0 && a[0] != 0 && (op != FSCI_OP_MUL || a[1] != 0);
    default:
        return false;
    }
}

/* How far the value moves when each argument moves by its own slack. */
static long double walk_spread(walk *w, fsci_op op, const wide *args, size_t n, bool constant)
{
    bool logic = fsci_operation_of(op)->binds <= FSCI_BINDS_COMPARISON;
    long double a[FSCI_MANY] = {0}, spread = 0;
    for (size_t k = 0; k < n; k++)
        a[k] = args[k].v;
    long double v = walk_apply(op, a, n, constant);
    for (size_t k = 0; k < n; k++) {
        long double most = 0;
        for (int sign = -1; sign <= 1 && args[k].slack > 0; sign += 2) {
            a[k] = args[k].v + sign * DBL_EPSILON * args[k].slack;
            long double moved = walk_apply(op, a, n, constant);
            w->wild |= (isnan(moved) && !isnan(v)) || (logic && moved != v && !isnan(v));
            most = fmaxl(most, fabsl(moved - v));
        }
        a[k] = args[k].v;
        spread += most / DBL_EPSILON;
    }
    if (op == FSCI_OP_LOGSUM) /* the sum is rounded near 1 */
        spread += 1;
    if (op == FSCI_OP_LBETA) { /* log gammas cancel; where they are large, a program does better */
        spread += fabsl(lgammal(a[0])) + fabsl(lgammal(a[1])) + fabsl(lgammal(a[0] + a[1]));
        w->wild |= a[0] + a[1] > 1e4L;
    }
    if (fsci_operation_of(op)->binds == FSCI_BINDS_COMPARISON) /* too near to tell */
        w->wild |= fabsl(a[0] - a[1]) <= 4 * DBL_EPSILON * (args[0].slack + args[1].slack) &&
                   args[0].slack + args[1].slack > 0;
    /* A power may be taken by way of logarithms: their rounding is multiplied by the exponent. */
    if (op == FSCI_OP_POW && a[0] > 0)
        spread += fabsl(v * a[1]) * (fabsl(logl(a[0])) + 60);
    return spread;
}

static wide walk_call(walk *w, const fsci_node *node)
{
    wide args[FSCI_MANY];
    long double a[FSCI_MANY];
    if (node->op == FSCI_OP_WHERE) {
        wide condition = walk_node(w, node->args[0]);
        if (isnan(condition.v))
            return (wide){NAN, 0};
        return walk_node(w, node->args[condition.v != 0 ? 1 : 2]);
    }
    for (size_t k = 0; k < node->n_args; k++) {
        args[k] = walk_node(w, node->args[k]);
        a[k] = args[k].v;
    }
    bool constant = node->op == FSCI_OP_POW && walk_constant(node->args[1]);
    w->outside |= walk_outside(node->op, a);
    wide y = {.v = walk_apply(node->op, a, node->n_args, constant)};
    w->wild |= walk_underflows(node->op, a, y.v);
    y.slack = walk_spread(w, node->op, args, node->n_args, constant);
    if (fsci_operation_of(node->op)->binds > FSCI_BINDS_COMPARISON)
        y.slack += fabsl(y.v);
    return y;
}

/* family == "text" */
static wide walk_text(const walk *w, const fsci_node *node)
{
    bool swapped = node->args[0]->kind == FSCI_NODE_TEXT;
    const char *text = node->args[swapped ? 0 : 1]->name;
    const fsci_symbol *column = walk_symbol(w, node->args[swapped]->name);
    uint32_t code = column->codes[w->row];
    if (code == FSCI_NO_CODE)
        return (wide){NAN, 0};
    bool equal = strcmp(column->levels[code], text) == 0;
    return (wide){equal == (node->op == FSCI_OP_EQ), 0};
}

static wide walk_name(const walk *w, const fsci_node *node)
{
    const fsci_symbol *symbol = walk_symbol(w, node->name);
    if (node->kind == FSCI_NODE_GROUP) {
        uint32_t code = walk_symbol(w, node->args[0]->name)->codes[w->row];
        return (wide){code == FSCI_NO_CODE ? NAN : w->theta[symbol->first + code], 0};
    }
    const walk_term *t = w->term;
    while (t && !fsci_in_set(node->name, t->index))
        t = t->outer;
    if (t && symbol->kind == FSCI_SYMBOL_SET)
        return (wide){symbol->numbers[t->member * w->scope->n_rows + w->row], 0};
    if (t && symbol->kind == FSCI_SYMBOL_PARAMETERS)
        return (wide){w->theta[symbol->first + t->member], 0};
    return (wide){
        symbol->kind == FSCI_SYMBOL_NUMBERS ? symbol->numbers[w->row] : w->theta[symbol->first], 0};
}

/* Members of the first set that a sum uses: in what compiles they agree. */
static size_t walk_members(const walk *w, const fsci_node *node, const char *index)
{
    const fsci_symbol *symbol = NULL;
    if (node->kind == FSCI_NODE_NAME && fsci_in_set(node->name, index))
        symbol = walk_symbol(w, node->name);
    if (symbol)
        return symbol->n_levels ? symbol->n_levels : 1;
    size_t n = 0;
    for (size_t k = 0; k < node->n_args && !n; k++)
        n = walk_members(w, node->args[k], index);
    return n;
}

static wide walk_number(const walk *w, const fsci_node *node)
{
    const walk_term *t = w->term;
    while (strcmp(t->index, node->name) != 0)
        t = t->outer;
    return (wide){(long double)(t->member + 1), 0};
}

static wide walk_sum(walk *w, const fsci_node *node)
{
    size_t n = node->number > 0 ? (size_t)node->number : walk_members(w, node->args[0], node->name);
    wide y = {0, 0};
    long double size = 0;
    walk_term own = {node->name, 0, w->term};
    w->term = &own;
    for (; own.member < n; own.member++) {
        wide term = walk_node(w, node->args[0]);
        y.v += term.v;
        size += fabsl(term.v);
        y.slack += term.slack + size;
    }
    w->term = own.outer;
    return y;
}

static wide walk_node(walk *w, const fsci_node *node)
{
    wide y;
    if (node->kind == FSCI_NODE_NUMBER)
        y = (wide){node->number, 0};
    else if (node->kind == FSCI_NODE_SUM)
        y = walk_sum(w, node);
    else if (node->kind == FSCI_NODE_TERM)
        y = walk_number(w, node);
    else if (node->kind != FSCI_NODE_APPLY)
        y = walk_name(w, node);
    else if (node->op == FSCI_OP_EQ || node->op == FSCI_OP_NE)
        y = node->args[0]->kind == FSCI_NODE_TEXT || node->args[1]->kind == FSCI_NODE_TEXT
                ? walk_text(w, node)
                : walk_call(w, node);
    else
        y = walk_call(w, node);
    w->wild |= walk_is_wild(y.v);
    return y;
}

#endif
