/* rewrite: fsci_graph_make, the rules by which a vertex is said better. What they aim at:
 *
 *   c*x^p  with positive data x is c*exp(p*log x), with log x computed once per table, and so is
 *   the power of a number by a parameter;
 *   products of exponentials are one exponential, factors first: c*exp(e);
 *   the logarithm of a sum that has such terms is LOGSUM, which neither overflows nor underflows
 *   before the logarithm itself would;
 *   whole powers are products, halves are roots.
 *
 * Each rule keeps the value up to rounding for every argument, NaN included; where p is not a whole
 * constant, x^p of a negative x is NaN by definition, which the rules for logarithms rely on. */
#include "expr/graph.h"

#include "expr/kernels.h"

#include <math.h>

static fsci_vertex_id make_1(fsci_graph *g, fsci_op op, fsci_vertex_id a)
{
    return fsci_graph_make(g, op, &a, 1);
}

static fsci_vertex_id make_2(fsci_graph *g, fsci_op op, fsci_vertex_id a, fsci_vertex_id b)
{
    return fsci_graph_make(g, op, (fsci_vertex_id[]){a, b}, 2);
}

static fsci_vertex_id add_2(fsci_graph *g, fsci_op op, fsci_vertex_id a, fsci_vertex_id b)
{
    return fsci_graph_add(g, op, (fsci_vertex_id[]){a, b}, 2);
}

static fsci_op op_of(const fsci_graph *g, fsci_vertex_id v)
{
    return g->vertices[v].op;
}

static bool is_number(const fsci_graph *g, fsci_vertex_id v, double value)
{
    return op_of(g, v) == FSCI_OP_NUMBER && g->vertices[v].number == value;
}

static bool is_mixed(const fsci_graph *g, fsci_vertex_id v)
{
    return g->vertices[v].class == FSCI_CLASS_MIXED;
}

/* Computed once per evaluation, from parameters alone. */
static bool is_scalar(const fsci_graph *g, fsci_vertex_id v)
{
    return g->vertices[v].class == FSCI_CLASS_PARAMETER;
}

/* ---- constants ---- */

static bool fold(fsci_graph *g, fsci_op op, const fsci_vertex_id *args, size_t n_args,
                 fsci_vertex_id *folded)
{
    double values[3] = {0}, y;
    fsci_operand in[3];
    if (!n_args || n_args > 3 || !fsci_kernels_scalar.value[op])
        return false;
    for (size_t k = 0; k < n_args; k++) {
        if (op_of(g, args[k]) != FSCI_OP_NUMBER)
            return false;
        values[k] = g->vertices[args[k]].number;
        in[k] = (fsci_operand){&values[k], 0};
    }
    if (!fsci_op_domain_holds(fsci_operation_of(op)->domain, values, n_args))
        return false; /* stays as it is, to be reported if its value is asked for */
    fsci_kernels_scalar.value[op](&y, in, 1);
    *folded = fsci_graph_number(g, y);
    return true;
}

/* ---- exponentials ---- */

/* v as c*exp(e): e is 0 where v is no such product; c is 0 for a factor of one. */
typedef struct monomial {
    fsci_vertex_id c, e;
} monomial;

static monomial split(const fsci_graph *g, fsci_vertex_id v)
{
    if (op_of(g, v) == FSCI_OP_EXP)
        return (monomial){0, fsci_graph_arg(g, v, 0)};
    if (op_of(g, v) == FSCI_OP_MUL && op_of(g, fsci_graph_arg(g, v, 1)) == FSCI_OP_EXP)
        return (monomial){fsci_graph_arg(g, v, 0), fsci_graph_arg(g, fsci_graph_arg(g, v, 1), 0)};
    return (monomial){v, 0};
}

static fsci_vertex_id join(fsci_graph *g, fsci_vertex_id c, fsci_vertex_id e)
{
    fsci_vertex_id power = e ? make_1(g, FSCI_OP_EXP, e) : 0;
    if (!power)
        return c ? c : fsci_graph_number(g, 1);
    if (!c || is_number(g, c, 1))
        return power;
    return op_of(g, power) == FSCI_OP_NUMBER ? make_2(g, FSCI_OP_MUL, c, power)
                                             : add_2(g, FSCI_OP_MUL, c, power);
}

static fsci_vertex_id product(fsci_graph *g, fsci_vertex_id a, fsci_vertex_id b)
{
    if (!a || !b)
        return a ? a : b;
    return make_2(g, FSCI_OP_MUL, a, b);
}

/* -alpha: its sign is better carried by data, once per table. */
static bool is_minus(const fsci_graph *g, fsci_vertex_id v)
{
    return op_of(g, v) == FSCI_OP_NEG && is_scalar(g, v);
}

static fsci_vertex_id make_mul(fsci_graph *g, fsci_vertex_id a, fsci_vertex_id b)
{
    if (is_number(g, a, 1) || is_number(g, b, 1))
        return is_number(g, a, 1) ? b : a;
    if (is_number(g, a, -1) || is_number(g, b, -1))
        return make_1(g, FSCI_OP_NEG, is_number(g, a, -1) ? b : a);
    if (is_minus(g, a) && g->vertices[b].class == FSCI_CLASS_DATA)
        return add_2(g, FSCI_OP_MUL, fsci_graph_arg(g, a, 0), make_1(g, FSCI_OP_NEG, b));
    monomial x = split(g, a), y = split(g, b);
    if (!x.e && !y.e)
        return add_2(g, FSCI_OP_MUL, a, b);
    fsci_vertex_id e = x.e && y.e ? make_2(g, FSCI_OP_ADD, x.e, y.e) : x.e ? x.e : y.e;
    return join(g, product(g, x.c, y.c), e);
}

static fsci_vertex_id make_div(fsci_graph *g, fsci_vertex_id a, fsci_vertex_id b)
{
    if (is_number(g, b, 1))
        return a;
    monomial x = split(g, a), y = split(g, b);
    if (!x.e && !y.e)
        return add_2(g, FSCI_OP_DIV, a, b);
    fsci_vertex_id e = x.e && y.e ? make_2(g, FSCI_OP_SUB, x.e, y.e)
                       : x.e      ? x.e
                                  : make_1(g, FSCI_OP_NEG, y.e);
    if (!y.c)
        return join(g, x.c, e);
    return join(g, make_2(g, FSCI_OP_DIV, x.c ? x.c : fsci_graph_number(g, 1), y.c), e);
}

static fsci_vertex_id make_neg(fsci_graph *g, fsci_vertex_id a)
{
    monomial m = split(g, a);
    if (op_of(g, a) == FSCI_OP_NEG)
        return fsci_graph_arg(g, a, 0);
    if (m.e && m.c)
        return join(g, make_1(g, FSCI_OP_NEG, m.c), m.e);
    return fsci_graph_add(g, FSCI_OP_NEG, &a, 1);
}

/* ---- sums ---- */

static fsci_vertex_id make_add(fsci_graph *g, fsci_vertex_id a, fsci_vertex_id b)
{
    if (is_number(g, a, 0) || is_number(g, b, 0))
        return is_number(g, a, 0) ? b : a;
    if (op_of(g, b) == FSCI_OP_NEG)
        return make_2(g, FSCI_OP_SUB, a, fsci_graph_arg(g, b, 0));
    return add_2(g, FSCI_OP_ADD, a, b);
}

static fsci_vertex_id make_sub(fsci_graph *g, fsci_vertex_id a, fsci_vertex_id b)
{
    if (is_number(g, b, 0))
        return a;
    if (is_number(g, a, 0))
        return make_1(g, FSCI_OP_NEG, b);
    if (op_of(g, b) == FSCI_OP_NEG)
        return make_2(g, FSCI_OP_ADD, a, fsci_graph_arg(g, b, 0));
    if (is_number(g, a, 1) && op_of(g, b) == FSCI_OP_SIGMOID)
        return make_1(g, FSCI_OP_SIGMOID, make_1(g, FSCI_OP_NEG, fsci_graph_arg(g, b, 0)));
    return add_2(g, FSCI_OP_SUB, a, b);
}

typedef struct term_list {
    fsci_vertex_id terms[2 * FSCI_SUM_TERMS]; /* c, e, c, e, … */
    size_t n, n_powers;
    fsci_class class; /* sums of a lesser class are one term: they are computed less often */
    bool full;
} term_list;

static void collect(fsci_graph *g, fsci_vertex_id v, bool minus, term_list *list)
{
    fsci_op op = g->vertices[v].class == list->class ? op_of(g, v) : FSCI_OP_NUMBER;
    if (op == FSCI_OP_NEG) {
        collect(g, fsci_graph_arg(g, v, 0), !minus, list);
        return;
    }
    if (op == FSCI_OP_ADD || op == FSCI_OP_SUB) {
        collect(g, fsci_graph_arg(g, v, 0), minus, list);
        collect(g, fsci_graph_arg(g, v, 1), minus != (op == FSCI_OP_SUB), list);
        return;
    }
    monomial m = split(g, v);
    list->full |= list->n == FSCI_SUM_TERMS;
    if (list->full)
        return;
    if (!m.c)
        m.c = fsci_graph_number(g, 1);
    list->terms[2 * list->n] = minus ? make_1(g, FSCI_OP_NEG, m.c) : m.c;
    list->terms[2 * list->n++ + 1] = m.e;
    list->n_powers += m.e != 0;
}

/* The logarithm of a sum with exponentials among its terms; 0 for any other. */
static fsci_vertex_id log_of_sum(fsci_graph *g, fsci_vertex_id v)
{
    term_list list = {.class = g->vertices[v].class};
    if (op_of(g, v) != FSCI_OP_ADD && op_of(g, v) != FSCI_OP_SUB)
        return 0;
    collect(g, v, false, &list);
    if (list.full || !list.n_powers)
        return 0;
    const fsci_vertex_id *t = list.terms;
    if (list.n == 2 && is_number(g, t[0], 1) && is_number(g, t[2], 1) && !(t[1] && t[3]))
        return make_1(g, FSCI_OP_SOFTPLUS, t[1] ? t[1] : t[3]);
    return fsci_graph_add(g, FSCI_OP_LOGSUM, t, 2 * list.n);
}

/* ---- logarithms and powers ---- */

static fsci_vertex_id log_of_factors(fsci_graph *g, fsci_op op, fsci_vertex_id v);

/* log v in a form cheaper or stabler than the logarithm of the value; 0 when there is none. It is
 * NaN for a negative v, as the logarithm is, and also for 0^p where a parameter p is just 0. */
static fsci_vertex_id better_log(fsci_graph *g, fsci_vertex_id v)
{
    monomial m = split(g, v);
    fsci_op op = op_of(g, v);
    if (m.e)
        return m.c ? make_2(g, FSCI_OP_ADD, make_1(g, FSCI_OP_LOG, m.c), m.e) : m.e;
    if (op == FSCI_OP_POW && is_scalar(g, fsci_graph_arg(g, v, 1)))
        return make_2(g, FSCI_OP_MUL, fsci_graph_arg(g, v, 1),
                      make_1(g, FSCI_OP_LOG, fsci_graph_arg(g, v, 0)));
    if (op == FSCI_OP_SIGMOID)
        return make_1(g, FSCI_OP_NEG,
                      make_1(g, FSCI_OP_SOFTPLUS, make_1(g, FSCI_OP_NEG, fsci_graph_arg(g, v, 0))));
    if (is_mixed(g, v) && (op == FSCI_OP_MUL || op == FSCI_OP_DIV))
        return log_of_factors(g, op, v);
    return log_of_sum(g, v);
}

/* Of a factor: what is computed once per evaluation is as good as any, and so is what is computed
 * once per table, where it has a logarithm. */
static fsci_vertex_id factor_log(fsci_graph *g, fsci_vertex_id v)
{
    if (is_mixed(g, v))
        return better_log(g, v);
    if (!(g->vertices[v].class & FSCI_CLASS_PARAMETER) && !g->vertices[v].positive)
        return 0;
    return make_1(g, FSCI_OP_LOG, v);
}

/* log(a*b) is log a + log b where one of them is known to be positive: then both sides are NaN
 * together. */
static fsci_vertex_id log_of_factors(fsci_graph *g, fsci_op op, fsci_vertex_id v)
{
    fsci_vertex_id a = fsci_graph_arg(g, v, 0), b = fsci_graph_arg(g, v, 1);
    if (!g->vertices[a].positive && !g->vertices[b].positive)
        return 0;
    fsci_vertex_id log_a = factor_log(g, a), log_b = log_a ? factor_log(g, b) : 0;
    if (!log_b)
        return 0;
    return make_2(g, op == FSCI_OP_MUL ? FSCI_OP_ADD : FSCI_OP_SUB, log_a, log_b);
}

static fsci_vertex_id make_log(fsci_graph *g, fsci_op op, fsci_vertex_id a)
{
    static const double per_e[] = {[FSCI_OP_LOG] = 1,
                                   [FSCI_OP_LOG2] = 0x1.71547652b82fep+0,
                                   [FSCI_OP_LOG10] = 0x1.bcb7b1526e50ep-2};
    fsci_vertex_id better = better_log(g, a);
    if (!better)
        return fsci_graph_add(g, op, &a, 1);
    return op == FSCI_OP_LOG ? better
                             : make_2(g, FSCI_OP_MUL, fsci_graph_number(g, per_e[op]), better);
}

static fsci_vertex_id whole_power(fsci_graph *g, fsci_vertex_id x, unsigned n)
{
    if (n == 1)
        return x;
    fsci_vertex_id half = whole_power(g, x, n / 2), square = make_2(g, FSCI_OP_MUL, half, half);
    return n % 2 ? make_2(g, FSCI_OP_MUL, square, x) : square;
}

static fsci_vertex_id make_sqrt(fsci_graph *g, fsci_vertex_id x)
{
    monomial m = split(g, x);
    if (!m.e)
        return fsci_graph_add(g, FSCI_OP_SQRT, &x, 1);
    return join(g, m.c ? make_1(g, FSCI_OP_SQRT, m.c) : 0,
                make_2(g, FSCI_OP_MUL, fsci_graph_number(g, 0.5), m.e));
}

enum { LARGEST_PRODUCT = 64 };

static fsci_vertex_id make_whole_power(fsci_graph *g, fsci_vertex_id x, double p)
{
    double n = fabs(p);
    fsci_vertex_id y;
    if (p == 0) /* 1, or missing with x */
        return add_2(g, FSCI_OP_EQ, x, x);
    if (n <= LARGEST_PRODUCT) {
        y = whole_power(g, x, (unsigned)n);
    } else {
        bool odd = fmod(n, 2) == 1;
        y = add_2(g, FSCI_OP_POW, make_1(g, FSCI_OP_ABS, x), fsci_graph_number(g, n - odd));
        y = odd ? make_2(g, FSCI_OP_MUL, y, x) : y;
    }
    return p > 0 ? y : make_2(g, FSCI_OP_DIV, fsci_graph_number(g, 1), y);
}

static fsci_vertex_id make_pow(fsci_graph *g, fsci_vertex_id x, fsci_vertex_id p)
{
    const fsci_vertex *power = &g->vertices[p], *base = &g->vertices[x];
    bool constant = power->op == FSCI_OP_NUMBER;
    bool positive = base->positive || (is_scalar(g, x) && power->positive);
    double value = power->number;
    fsci_class class = power->class | base->class;
    if (base->op == FSCI_OP_EXP)
        return make_1(g, FSCI_OP_EXP, make_2(g, FSCI_OP_MUL, p, fsci_graph_arg(g, x, 0)));
    if (constant && value == floor(value) && fabs(value) < 0x1p53)
        return make_whole_power(g, x, value);
    if (constant && fabs(value) == 0.5) {
        fsci_vertex_id root = make_1(g, FSCI_OP_SQRT, x);
        return value > 0 ? root : make_2(g, FSCI_OP_DIV, fsci_graph_number(g, 1), root);
    }
    bool of_number = base->op == FSCI_OP_NUMBER && base->number > 0; /* its logarithm is known */
    if (class != FSCI_CLASS_MIXED && !(of_number && class == FSCI_CLASS_PARAMETER))
        return add_2(g, FSCI_OP_POW, x, p);
    fsci_vertex_id log_x = better_log(g, x);
    if (!log_x && positive) /* or a parameter, whose 0^p is 0 by way of the logarithm too */
        log_x = make_1(g, FSCI_OP_LOG, x);
    if (!log_x)
        return add_2(g, FSCI_OP_POW, x, p);
    return make_1(g, FSCI_OP_EXP, make_2(g, FSCI_OP_MUL, p, log_x));
}

/* ---- the rules by operation ---- */

/* logsumexp: arguments are exponents. */
static fsci_vertex_id make_logsum(fsci_graph *g, const fsci_vertex_id *exponents, size_t n)
{
    fsci_vertex_id terms[2 * FSCI_SUM_TERMS];
    for (size_t k = 0; k < n; k++) {
        terms[2 * k] = fsci_graph_number(g, 1);
        terms[2 * k + 1] = exponents[k];
    }
    return fsci_graph_add(g, FSCI_OP_LOGSUM, terms, 2 * n);
}

fsci_vertex_id fsci_graph_make(fsci_graph *g, fsci_op op, const fsci_vertex_id *args, size_t n_args)
{
    fsci_vertex_id folded;
    if (fold(g, op, args, n_args, &folded))
        return folded;
    switch (op) {
    case FSCI_OP_NEG:
        return make_neg(g, args[0]);
    case FSCI_OP_ADD:
        return make_add(g, args[0], args[1]);
    case FSCI_OP_SUB:
        return make_sub(g, args[0], args[1]);
    case FSCI_OP_MUL:
        return make_mul(g, args[0], args[1]);
    case FSCI_OP_DIV:
        return make_div(g, args[0], args[1]);
    case FSCI_OP_POW:
        return make_pow(g, args[0], args[1]);
    case FSCI_OP_LOG:
    case FSCI_OP_LOG2:
    case FSCI_OP_LOG10:
        return make_log(g, op, args[0]);
    case FSCI_OP_SQRT:
        return make_sqrt(g, args[0]);
    case FSCI_OP_LOG1P:
        if (op_of(g, args[0]) == FSCI_OP_EXP)
            return make_1(g, FSCI_OP_SOFTPLUS, fsci_graph_arg(g, args[0], 0));
        break;
    case FSCI_OP_LOGSUM:
        return make_logsum(g, args, n_args);
    case FSCI_OP_WHERE:
        if (op_of(g, args[0]) == FSCI_OP_NUMBER && !isnan(g->vertices[args[0]].number))
            return args[g->vertices[args[0]].number != 0 ? 1 : 2];
        break;
    default:
        break;
    }
    return fsci_graph_add(g, op, args, n_args);
}
