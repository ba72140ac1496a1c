/* parse: recursive descent over the levels of precedence, with explicit limits on length, nesting,
 * chain length and node count, so that hostile text ends in a sentence. */
#include "expr/lex.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A sum whose body is being read. */
typedef struct open_sum {
    const char *index;
    const struct open_sum *outer;
} open_sum;

typedef struct parser {
    fsci_arena *arena;
    const fsci_formula *formula;
    fsc_error *err;
    fsc_status status;
    fsci_token now; /* the token not yet used */
    int32_t depth, nodes;
    int32_t before;       /* where the last token used ends */
    const open_sum *sums; /* the innermost */
} parser;

enum { LEVELS = FSCI_BINDS_LEAF - 1 }; /* of recursion, per pair of parentheses */

static const fsci_node *parse_level(parser *p, fsci_binds level);

/* ---- failures: all give NULL, the first one stays ---- */

#define FAIL(p, at, len, ...)                                                                      \
    ((p)->status = fsci_formula_fail_at((p)->err, (p)->formula, (at), (len), __VA_ARGS__), NULL)

static const char *quoted(const parser *p, const fsci_token *token, char out[40])
{
    int32_t shown = token->len;
    if (shown > 32)
        for (shown = 32; ((unsigned char)p->formula->text[token->at + shown] & 0xc0) == 0x80;)
            shown--;
    if (token->kind == FSCI_TOKEN_END)
        return "the end of the formula";
    snprintf(out, 40, "'%.*s'", (int)shown, p->formula->text + token->at);
    return out;
}

static const fsci_node *fail_expected(parser *p, const char *what)
{
    char out[40];
    const fsci_token *t = &p->now;
    if (t->kind == FSCI_TOKEN_EQUALS)
        return FAIL(p, t->at, 1,
                    "'=' makes an equation and stands once, outside all parentheses; to compare, "
                    "write ==");
    return FAIL(p, t->at, t->len ? t->len : 1, "%s is missing: found %s", what, quoted(p, t, out));
}

/* ---- tokens ---- */

static bool next(parser *p)
{
    int32_t end = p->now.at + p->now.len;
    p->before = end;
    if (p->status == FSC_OK)
        p->status = fsci_lex(p->formula, end, &p->now, p->err);
    return p->status == FSC_OK;
}

static bool at_mark(const parser *p, char mark)
{
    return p->now.kind == FSCI_TOKEN_MARK && p->now.mark == mark;
}

static bool at_operator(const parser *p, fsci_op op)
{
    return p->now.kind == FSCI_TOKEN_OPERATOR && p->now.op == op;
}

static bool expect(parser *p, char mark, const char *what)
{
    if (!at_mark(p, mark))
        return fail_expected(p, what) != NULL;
    return next(p);
}

/* ---- nodes ---- */

static fsci_node *new_node(parser *p, fsci_node_kind kind, int32_t at, int32_t end)
{
    if (++p->nodes > FSCI_FORMULA_NODES)
        return FAIL(p, at, end - at, "the formula has more than %d parts; split it",
                    (int)FSCI_FORMULA_NODES);
    fsci_node *node = FSCI_NEW(p->arena, fsci_node, 1);
    if (!node) {
        p->status = fsci_fail_memory(p->err);
        return NULL;
    }
    *node = (fsci_node){.kind = kind, .at = at, .len = end - at};
    return node;
}

static const fsci_node *apply(parser *p, fsci_op op, const fsci_node *const *args, size_t n,
                              int32_t at, int32_t end)
{
    fsci_node *node = new_node(p, FSCI_NODE_APPLY, at, end);
    if (!node)
        return NULL;
    node->op = op;
    node->n_args = n;
    node->args = fsci_copy_array(p->arena, args, n, sizeof *args);
    if (!node->args) {
        p->status = fsci_fail_memory(p->err);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if (args[i]->height >= node->height)
            node->height = args[i]->height + 1;
    if (node->height > FSCI_FORMULA_HEIGHT)
        return FAIL(p, at, end - at, "more than %d operations in one chain; split the formula",
                    (int)FSCI_FORMULA_HEIGHT);
    return node;
}

static int32_t end_of(const fsci_node *node)
{
    return node->at + node->len;
}

static const fsci_node *apply_2(parser *p, fsci_op op, const fsci_node *a, const fsci_node *b)
{
    return b ? apply(p, op, (const fsci_node *[]){a, b}, 2, a->at, end_of(b)) : NULL;
}

/* The text of a token without `trim` bytes on either side, as an own string. */
static const char *word(parser *p, const fsci_token *token, int32_t trim)
{
    const char *copy = fsci_copy_text(p->arena, p->formula->text + token->at + trim,
                                      (size_t)(token->len - 2 * trim));
    if (!copy)
        p->status = fsci_fail_memory(p->err);
    return copy;
}

/* ---- leaves ---- */

static const fsci_node *parse_named(parser *p, fsci_node_kind kind, int32_t trim)
{
    fsci_node *node = new_node(p, kind, p->now.at, p->now.at + p->now.len);
    if (!node || !(node->name = word(p, &p->now, trim)) || !next(p))
        return NULL;
    for (const open_sum *s = p->sums; s && !trim && kind == FSCI_NODE_NAME; s = s->outer)
        if (!strcmp(s->index, node->name))
            node->kind = FSCI_NODE_TERM;
    return node;
}

static const fsci_node *parse_number(parser *p, double value)
{
    fsci_node *node = new_node(p, FSCI_NODE_NUMBER, p->now.at, p->now.at + p->now.len);
    if (!node || !next(p))
        return NULL;
    node->number = value;
    return node;
}

/* name[index], after the name. */
static const fsci_node *parse_group(parser *p, const fsci_node *name)
{
    if (!next(p))
        return NULL;
    if (p->now.kind != FSCI_TOKEN_NAME && p->now.kind != FSCI_TOKEN_COLUMN)
        return fail_expected(p, "the column that indexes the parameter, as in a[family],");
    const fsci_node *index = parse_named(p, FSCI_NODE_NAME, p->now.kind == FSCI_TOKEN_COLUMN);
    int32_t end = p->now.at + p->now.len;
    if (!index || !expect(p, ']', "the closing ']'"))
        return NULL;
    fsci_node *node = new_node(p, FSCI_NODE_GROUP, name->at, end);
    if (!node || !(node->args = fsci_copy_array(p->arena, &index, 1, sizeof index)))
        return NULL;
    node->name = name->name;
    node->n_args = 1;
    node->height = 1;
    return node;
}

static const fsci_node *fail_unknown_function(parser *p, const fsci_token *name)
{
    const fsci_function_help *help;
    const char *known[FSCI_FUNCTION_COUNT];
    size_t n = fsci_functions(&help);
    for (size_t i = 0; i < n; i++)
        known[i] = help[i].name;
    const char *written = word(p, name, 0), *near = written ? fsci_nearest(written, known, n) : 0;
    if (!written)
        return NULL;
    if (strcmp(written, "ln") == 0)
        near = "log";
    if (near)
        return FAIL(p, name->at, name->len, "unknown function '%s'; did you mean '%s'?", written,
                    near);
    return FAIL(p, name->at, name->len,
                "unknown function '%s'; for a product write %s*(...); `forescale expr` lists the "
                "functions",
                written, written);
}

static const fsci_node *fail_count(parser *p, const fsci_token *name, fsci_op op, size_t found)
{
    const fsci_operation *f = fsci_operation_of(op);
    const fsci_function_help *help;
    fsci_functions(&help);
    return FAIL(p, name->at, name->len, "%s takes %s%d argument%s, %s(%s); found %zu", f->name,
                f->most == FSCI_MANY ? "at least " : "", f->least, f->least == 1 ? "" : "s",
                f->name, help[op].arguments, found);
}

/* A name of the body that is of the set, outside sums of the same index, which are refused. */
static bool uses_set(const fsci_node *node, const char *index)
{
    bool found = node->kind == FSCI_NODE_NAME && fsci_in_set(node->name, index);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = uses_set(node->args[i], index);
    return found;
}

/* A name of the body that is the number of the term. */
static bool uses_number(const fsci_node *node, const char *index)
{
    bool found = node->kind == FSCI_NODE_TERM && !strcmp(node->name, index);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = uses_number(node->args[i], index);
    return found;
}

static bool sums_over(const fsci_node *node, const char *index)
{
    bool found = node->kind == FSCI_NODE_SUM && !strcmp(node->name, index);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = sums_over(node->args[i], index);
    return found;
}

/* The expression after the present token, inside `sum`. */
static const fsci_node *parse_within(parser *p, const open_sum *sum)
{
    const open_sum *outer = p->sums;
    p->sums = sum;
    const fsci_node *node = next(p) ? parse_level(p, FSCI_BINDS_OR) : NULL;
    p->sums = outer;
    return node;
}

/* The body of a sum, and before it, where it has one, the number of its terms. */
static const fsci_node *parse_body(parser *p, const char *index, double *count)
{
    const open_sum own = {index, p->sums};
    const fsci_node *body = parse_within(p, &own);
    if (body && at_mark(p, ',')) {
        *count = body->number;
        if (body->kind != FSCI_NODE_NUMBER || !(*count >= 1 && *count <= FSCI_SUM_COUNT) ||
            *count != floor(*count))
            return FAIL(p, body->at, body->len,
                        "a sum takes one expression, as in sum_%s(t_%s*x_%s), or first the number "
                        "of its terms, 1 to %d, as in sum_%s(8, x^%s)",
                        index, index, index, (int)FSCI_SUM_COUNT, index, index);
        body = parse_within(p, &own);
    }
    return body && expect(p, ')', "the closing ')'") ? body : NULL;
}

/* sum_index(body) or sum_index(count, body), at the '('. */
static const fsci_node *parse_sum(parser *p, const fsci_token *name, const char *index)
{
    double count = 0;
    const fsci_node *body = parse_body(p, index, &count);
    if (!body)
        return NULL;
    int32_t end = p->before;
    if (sums_over(body, index))
        return FAIL(p, name->at, name->len, "sum_%s stands inside sum_%s; give it another index",
                    index, index);
    if (!uses_set(body, index) && !(count && uses_number(body, index)))
        return FAIL(p, name->at, name->len,
                    "nothing here changes from term to term: what does ends in _%s, as in "
                    "sum_%s(t_%s*x_%s)%s%s%s",
                    index, index, index, index, count ? ", or is " : "", count ? index : "",
                    count ? " itself" : "");
    fsci_node *node = new_node(p, FSCI_NODE_SUM, name->at, end);
    if (!node)
        return NULL;
    if (!(node->args = fsci_copy_array(p->arena, &body, 1, sizeof(const fsci_node *)))) {
        p->status = fsci_fail_memory(p->err);
        return NULL;
    }
    node->name = index;
    node->number = count;
    node->n_args = 1;
    node->height = body->height + 1;
    return node;
}

/* name(…), at the '('. */
static const fsci_node *parse_call(parser *p, const fsci_token *name)
{
    const fsci_node *args[FSCI_MANY];
    size_t n = 0;
    const char *text = word(p, name, 0);
    fsci_op op = text ? fsci_function_find(text) : FSCI_OP_COUNT;
    if (text && !strncmp(text, "sum_", 4) && text[4])
        return parse_sum(p, name, text + 4);
    if (text && op == FSCI_OP_COUNT)
        return fail_unknown_function(p, name);
    if (!text || !next(p))
        return NULL;
    while (!at_mark(p, ')')) {
        if (n == FSCI_MANY)
            return FAIL(p, p->now.at, 1, "%s takes at most %d arguments", text, (int)FSCI_MANY);
        if (!(args[n++] = parse_level(p, FSCI_BINDS_OR)))
            return NULL;
        if (at_mark(p, ')'))
            break;
        if (!at_mark(p, ','))
            return fail_expected(p, "a ',' or the closing ')'");
        if (!next(p))
            return NULL;
        if (at_mark(p, ')'))
            return fail_expected(p, "an argument after the ','");
    }
    int32_t end = p->now.at + 1;
    if (n < fsci_operation_of(op)->least || n > fsci_operation_of(op)->most)
        return fail_count(p, name, op, n);
    return next(p) ? apply(p, op, args, n, name->at, end) : NULL;
}

static const fsci_node *parse_name(parser *p)
{
    fsci_token name = p->now;
    const char *text = p->formula->text + name.at;
    if (name.kind == FSCI_TOKEN_NAME && name.len == 4 && strncmp(text, "true", 4) == 0)
        return parse_number(p, 1);
    if (name.kind == FSCI_TOKEN_NAME && name.len == 5 && strncmp(text, "false", 5) == 0)
        return parse_number(p, 0);
    const fsci_node *node = parse_named(p, FSCI_NODE_NAME, name.kind == FSCI_TOKEN_COLUMN);
    if (!node)
        return NULL;
    if (at_mark(p, '[') && name.kind == FSCI_TOKEN_NAME)
        return parse_group(p, node);
    if (at_mark(p, '(') && name.kind == FSCI_TOKEN_NAME)
        return parse_call(p, &name);
    return node;
}

static const fsci_node *parse_leaf(parser *p)
{
    switch (p->now.kind) {
    case FSCI_TOKEN_NUMBER:
        return parse_number(p, p->now.number);
    case FSCI_TOKEN_TEXT:
        return parse_named(p, FSCI_NODE_TEXT, 1);
    case FSCI_TOKEN_NAME:
    case FSCI_TOKEN_COLUMN:
        return parse_name(p);
    default:
        break;
    }
    if (!at_mark(p, '('))
        return fail_expected(p, "a number, a name or a '('");
    if (!next(p))
        return NULL;
    const fsci_node *inner = parse_level(p, FSCI_BINDS_OR);
    return inner && expect(p, ')', "the closing ')'") ? inner : NULL;
}

/* ---- operators ---- */

static const fsci_node *parse_prefix(parser *p, fsci_op op, fsci_binds level)
{
    int32_t at = p->now.at;
    if (!next(p))
        return NULL;
    const fsci_node *a = parse_level(p, level);
    return a ? apply(p, op, &a, 1, at, end_of(a)) : NULL;
}

/* Unary - and +. */
static const fsci_node *parse_sign(parser *p)
{
    if (at_operator(p, FSCI_OP_SUB))
        return parse_prefix(p, FSCI_OP_NEG, FSCI_BINDS_SIGN);
    if (at_operator(p, FSCI_OP_ADD))
        return next(p) ? parse_level(p, FSCI_BINDS_SIGN) : NULL;
    return parse_level(p, FSCI_BINDS_POWER);
}

static const fsci_node *parse_power(parser *p)
{
    const fsci_node *base = parse_leaf(p);
    if (!base || !at_operator(p, FSCI_OP_POW))
        return base;
    if (!next(p))
        return NULL;
    return apply_2(p, FSCI_OP_POW, base, parse_level(p, FSCI_BINDS_SIGN));
}

static bool at_binary(const parser *p, fsci_binds level)
{
    return p->now.kind == FSCI_TOKEN_OPERATOR && p->now.op != FSCI_OP_POW &&
           fsci_operation_of(p->now.op)->binds == level;
}

static const fsci_node *parse_binary(parser *p, fsci_binds level)
{
    const fsci_node *left = parse_level(p, level + 1);
    while (left && at_binary(p, level)) {
        fsci_token t = p->now;
        if (!next(p))
            return NULL;
        left = apply_2(p, t.op, left, parse_level(p, level + 1));
        if (left && level == FSCI_BINDS_COMPARISON && at_binary(p, level))
            return FAIL(p, p->now.at, p->now.len,
                        "comparisons do not chain; write a < b and b < c");
    }
    return left;
}

static const fsci_node *parse_level(parser *p, fsci_binds level)
{
    const fsci_node *node;
    if (++p->depth > LEVELS * FSCI_FORMULA_DEPTH)
        return FAIL(p, p->now.at, p->now.len, "nested more than %d deep; split the formula",
                    (int)FSCI_FORMULA_DEPTH);
    if (level == FSCI_BINDS_NOT)
        node = at_operator(p, FSCI_OP_NOT) ? parse_prefix(p, FSCI_OP_NOT, FSCI_BINDS_NOT)
                                           : parse_level(p, level + 1);
    else if (level == FSCI_BINDS_SIGN)
        node = parse_sign(p);
    else if (level == FSCI_BINDS_POWER)
        node = parse_power(p);
    else
        node = parse_binary(p, level);
    p->depth--;
    return node;
}

/* ---- the whole ---- */

static const fsci_node *fail_trailing(parser *p)
{
    char out[40];
    const fsci_token *t = &p->now;
    if (at_mark(p, ')'))
        return FAIL(p, t->at, 1, "this ')' closes nothing");
    if (at_operator(p, FSCI_OP_NOT))
        return FAIL(p, t->at, t->len, "`not` stands before what it denies: not (a == b)");
    if (t->kind == FSCI_TOKEN_EQUALS)
        return FAIL(p, t->at, 1, "a second '='; a formula has at most one, to compare write ==");
    return FAIL(p, t->at, t->len, "an operator is missing before %s", quoted(p, t, out));
}

static bool parse_sides(parser *p, fsci_formula *formula)
{
    if (!next(p))
        return false;
    if (p->now.kind == FSCI_TOKEN_END)
        return FAIL(p, 0, 1, "the formula is empty") != NULL;
    formula->right = parse_level(p, FSCI_BINDS_OR);
    if (formula->right && p->now.kind == FSCI_TOKEN_EQUALS) {
        formula->left = formula->right;
        formula->right = next(p) ? parse_level(p, FSCI_BINDS_OR) : NULL;
    }
    return formula->right && (p->now.kind == FSCI_TOKEN_END || fail_trailing(p));
}

fsc_status fsci_formula_parse(fsci_arena *arena, const char *source, int32_t line, int32_t col,
                              const char *text, fsci_formula **formula, fsc_error *err)
{
    size_t length = strlen(text);
    fsci_formula given = {.text = text, .source = source, .line = line, .col = col};
    if (length > FSCI_FORMULA_BYTES)
        return fsci_formula_fail_at(err, &given, FSCI_FORMULA_BYTES, 1,
                                    "%zu bytes of formula; at most %d are read", length,
                                    (int)FSCI_FORMULA_BYTES);
    given.text = fsci_copy_text(arena, text, length);
    given.source = fsci_copy_string(arena, source);
    fsci_formula *f = fsci_copy_array(arena, &given, 1, sizeof given);
    if (!f || !given.text || !given.source)
        return fsci_fail_memory(err);
    parser p = {.arena = arena, .formula = f, .err = err};
    if (!parse_sides(&p, f))
        return p.status;
    *formula = f;
    return FSC_OK;
}
