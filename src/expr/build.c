#include "expr/build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct builder {
    fsci_graph *g;
    const fsci_formula *origin;
    const fsci_scope *scope;
    fsc_error *err;
    fsc_status status;
    fsci_vertex_id *defined; /* [n_symbols] vertex of a FORMULA symbol, 0 when not built yet */
    bool *open;              /* [n_symbols] being built */
    const fsci_node *use;    /* in the origin's text: where the outermost definition is used */
    const char *inside;      /* name of the innermost definition */
    int32_t height;          /* of the walk so far */
    const struct term *term; /* of the innermost sum that is being built; NULL outside */
    size_t n_terms;          /* of all sums so far */
    fsci_symbol **members;   /* [n_symbols] a symbol for each member of a set, once it is used */
} builder;

/* One term of a sum over a set. */
typedef struct term {
    const char *index;
    size_t member;
    const struct term *outer;
} term;

static fsci_vertex_id build(builder *b, const fsci_node *node);

/* ---- failures; the vertex returned is none ---- */

FSCI_PRINTF(3, 4)
static fsci_vertex_id fail(builder *b, const fsci_node *node, const char *format, ...)
{
    char message[512];
    const fsci_node *place = b->use ? b->use : node;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    int32_t len = place->len ? place->len : (int32_t)strlen(b->origin->text);
    b->status = fsci_formula_fail_at(b->err, b->origin, place->at, len, "%s%s%s%s",
                                     b->inside ? "in the definition of " : "",
                                     b->inside ? b->inside : "", b->inside ? ": " : "", message);
    return 0;
}

static fsci_vertex_id fail_unknown(builder *b, const fsci_node *node)
{
    const fsci_scope *scope = b->scope;
    const char **known = FSCI_NEW(b->g->arena, const char *, scope->n_symbols);
    char list[256] = "";
    if (!known) {
        b->status = fsci_fail_memory(b->err);
        return 0;
    }
    for (size_t i = 0; i < scope->n_symbols; i++) {
        size_t used = strlen(list);
        known[i] = scope->symbols[i].name;
        if (used + strlen(known[i]) + 8 < sizeof list)
            snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
        else if (list[used - 1] != '.')
            snprintf(list + used, sizeof list - used, ", ...");
    }
    const char *near = fsci_nearest(node->name, known, scope->n_symbols);
    if (near)
        return fail(b, node, "unknown name '%s'; did you mean '%s'?", node->name, near);
    if (!scope->n_symbols)
        return fail(b, node, "unknown name '%s'; nothing is named here", node->name);
    return fail(b, node, "unknown name '%s'; known are %s", node->name, list);
}

/* ---- names ---- */

static const fsci_symbol *find(const builder *b, const char *name)
{
    for (size_t i = 0; i < b->scope->n_symbols; i++)
        if (strcmp(b->scope->symbols[i].name, name) == 0)
            return &b->scope->symbols[i];
    return NULL;
}

static fsci_vertex_id build_definition(builder *b, const fsci_node *node, const fsci_symbol *symbol)
{
    size_t index = (size_t)(symbol - b->scope->symbols);
    builder outer = *b;
    if (b->defined[index] && !b->term) /* within a sum every term may be another */
        return b->defined[index];
    if (b->open[index])
        return fail(b, node, "%s is defined by itself", symbol->name);
    b->open[index] = true;
    b->use = b->use ? b->use : node;
    b->inside = symbol->name;
    fsci_vertex_id id = build(b, symbol->definition);
    b->open[index] = false;
    if (!b->term)
        b->defined[index] = id;
    b->use = outer.use;
    b->inside = outer.inside;
    return id;
}

static const term *term_of(const builder *b, const char *name)
{
    const term *t = b->term;
    while (t && !fsci_in_set(name, t->index))
        t = t->outer;
    return t;
}

/* A symbol for each member of a set of columns or of parameters. */
static fsci_symbol *members_of(builder *b, const fsci_symbol *set)
{
    fsci_symbol **members = &b->members[set - b->scope->symbols];
    if (*members != NULL)
        return *members;
    *members = FSCI_NEW(b->g->arena, fsci_symbol, set->n_levels + 1);
    for (size_t m = 0; *members && m < set->n_levels; m++) {
        fsci_symbol *member = &(*members)[m];
        *member = *set;
        member->name = set->levels ? fsci_format(b->g->arena, "%s[%s]", set->name, set->levels[m])
                                   : fsci_format(b->g->arena, "%s[%zu]", set->name, m + 1);
        if (set->kind == FSCI_SYMBOL_SET)
            member->numbers += m * b->scope->n_rows;
        else
            member->first += m;
    }
    return *members;
}

static bool is_set(const fsci_symbol *symbol, const char *index)
{
    return symbol->kind == FSCI_SYMBOL_SET || (symbol->kind == FSCI_SYMBOL_PARAMETERS &&
                                               symbol->index && !strcmp(symbol->index, index));
}

static fsci_vertex_id build_parameter(builder *b, const fsci_symbol *symbol)
{
    const double *held = b->scope->held;
    if (held && !isnan(held[symbol->first]))
        return fsci_graph_number(b->g, held[symbol->first]);
    return fsci_graph_leaf(b->g, FSCI_OP_THETA, symbol);
}

static fsci_vertex_id build_name(builder *b, const fsci_node *node)
{
    const fsci_symbol *symbol = find(b, node->name);
    const term *t = term_of(b, node->name);
    if (!symbol)
        return fail_unknown(b, node);
    if (t && is_set(symbol, t->index)) {
        const fsci_symbol *members = members_of(b, symbol);
        if (!members)
            return 0;
        return symbol->kind == FSCI_SYMBOL_SET
                   ? fsci_graph_leaf(b->g, FSCI_OP_COLUMN, &members[t->member])
                   : build_parameter(b, &members[t->member]);
    }
    switch (symbol->kind) {
    case FSCI_SYMBOL_NUMBERS:
        return fsci_graph_leaf(b->g, FSCI_OP_COLUMN, symbol);
    case FSCI_SYMBOL_PARAMETER:
        return build_parameter(b, symbol);
    case FSCI_SYMBOL_FORMULA:
        return build_definition(b, node, symbol);
    case FSCI_SYMBOL_PARAMETERS:
        return fail(b, node, "%s has one value per level of %s; write %s[%s]", node->name,
                    symbol->index, node->name, symbol->index);
    case FSCI_SYMBOL_SET:
        return fail(b, node, "%s is a set of %zu columns; it stands inside a sum over them",
                    node->name, symbol->n_levels);
    case FSCI_SYMBOL_CODES:
        break;
    }
    return fail(b, node,
                "%s holds text, not numbers; compare it, as in %s == '%s', or index a parameter "
                "with it, as in a[%s]",
                node->name, node->name, symbol->n_levels ? symbol->levels[0] : "abc", node->name);
}

static fsci_vertex_id build_group(builder *b, const fsci_node *node)
{
    const char *index = node->args[0]->name;
    const fsci_symbol *symbol = find(b, node->name), *codes = find(b, index);
    if (!symbol)
        return fail_unknown(b, node);
    if (!codes)
        return fail_unknown(b, node->args[0]);
    if (symbol->kind != FSCI_SYMBOL_PARAMETERS)
        return fail(b, node, "%s has one value for all rows; write it without [%s]", node->name,
                    index);
    if (codes->kind != FSCI_SYMBOL_CODES)
        return fail(b, node->args[0], "%s does not hold text, so it has no levels to index %s by",
                    index, node->name);
    if (strcmp(symbol->index, index) != 0)
        return fail(b, node->args[0], "%s has one value per level of %s, not of %s", node->name,
                    symbol->index, index);
    fsci_vertex_id group = fsci_graph_leaf(b->g, FSCI_OP_GROUP, symbol);
    b->g->vertices[group].codes = codes;
    return group;
}

/* ---- text ---- */

static const fsci_symbol *codes_of(const builder *b, const fsci_node *node)
{
    const fsci_symbol *symbol = node->kind == FSCI_NODE_NAME ? find(b, node->name) : NULL;
    return symbol && symbol->kind == FSCI_SYMBOL_CODES ? symbol : NULL;
}

/* Level codes compare as numbers; a text that is no level compares as a code nothing has. */
static fsci_vertex_id build_text_comparison(builder *b, const fsci_node *node,
                                            const fsci_symbol *column, const fsci_node *text)
{
    double code = -1;
    if (node->op != FSCI_OP_EQ && node->op != FSCI_OP_NE)
        return fail(b, node, "text has no order; compare it with == or !=");
    for (size_t i = 0; i < column->n_levels; i++)
        if (strcmp(column->levels[i], text->name) == 0)
            code = (double)i;
    fsci_vertex_id sides[] = {fsci_graph_leaf(b->g, FSCI_OP_CODES, column),
                              fsci_graph_number(b->g, code)};
    return fsci_graph_make(b->g, node->op, sides, 2);
}

static bool is_comparison(const fsci_node *node)
{
    return node->kind == FSCI_NODE_APPLY &&
           fsci_operation_of(node->op)->binds == FSCI_BINDS_COMPARISON;
}

static fsci_vertex_id build_comparison(builder *b, const fsci_node *node)
{
    const fsci_node *left = node->args[0], *right = node->args[1];
    const fsci_symbol *column = codes_of(b, left);
    if (right->kind != FSCI_NODE_TEXT) {
        const fsci_node *swap = left;
        left = right;
        right = swap;
        column = codes_of(b, left);
    }
    if (column && right->kind == FSCI_NODE_TEXT)
        return build_text_comparison(b, node, column, right);
    if (right->kind == FSCI_NODE_TEXT && left->kind == FSCI_NODE_NAME && find(b, left->name))
        return fail(b, right, "%s holds numbers; compare it with a number, not with text",
                    left->name);
    if (codes_of(b, node->args[0]) || codes_of(b, node->args[1]))
        return fail(b, node, "%s holds text; compare it with a text, as in %s == 'abc'",
                    codes_of(b, node->args[0]) ? node->args[0]->name : node->args[1]->name,
                    codes_of(b, node->args[0]) ? node->args[0]->name : node->args[1]->name);
    fsci_vertex_id sides[2];
    for (int k = 0; k < 2; k++)
        if (!(sides[k] = build(b, node->args[k])))
            return 0;
    return fsci_graph_make(b->g, node->op, sides, 2);
}

/* ---- the rest ---- */

static fsci_vertex_id build_apply(builder *b, const fsci_node *node)
{
    fsci_vertex_id args[FSCI_MANY];
    for (size_t k = 0; k < node->n_args; k++)
        if (!(args[k] = build(b, node->args[k])))
            return 0;
    b->g->origin = node;
    if (node->op == FSCI_OP_LOGSUM || node->n_args < 3 || fsci_operation_of(node->op)->most == 3)
        return fsci_graph_make(b->g, node->op, args, node->n_args);
    fsci_vertex_id folded = args[0]; /* min, max */
    for (size_t k = 1; k < node->n_args; k++)
        folded = fsci_graph_make(b->g, node->op, (fsci_vertex_id[]){folded, args[k]}, 2);
    return folded;
}

/* How many terms: the members of every set in the body, which agree. */
static bool count_terms(builder *b, const fsci_node *sum, const fsci_node *node, size_t *n)
{
    const fsci_symbol *symbol = NULL;
    if (node->kind == FSCI_NODE_NAME && fsci_in_set(node->name, sum->name))
        symbol = find(b, node->name);
    if (symbol && symbol->kind == FSCI_SYMBOL_FORMULA && symbol->definition->height < node->height)
        return count_terms(b, sum, symbol->definition, n);
    if (symbol && symbol->kind != FSCI_SYMBOL_FORMULA) {
        size_t own =
            is_set(symbol, sum->name) ? symbol->n_levels : 1; /* a column is a set of one */
        if (*n && own != *n)
            return fail(b, node, "%s has %zu members, others of sum_%s have %zu", node->name, own,
                        sum->name, *n) != 0;
        *n = own;
    }
    for (size_t i = 0; i < node->n_args; i++)
        if (!count_terms(b, sum, node->args[i], n))
            return false;
    return true;
}

/* Terms [from, to) added in pairs, which rounds less than one after the other. */
static fsci_vertex_id add_terms(builder *b, const fsci_node *sum, size_t from, size_t to)
{
    if (to - from == 1) {
        const term own = {sum->name, from, b->term}, *outer = b->term;
        if (++b->n_terms > FSCI_FORMULA_TERMS)
            return fail(b, sum, "the sums of this formula make more than %d terms",
                        (int)FSCI_FORMULA_TERMS);
        b->term = &own;
        fsci_vertex_id id = build(b, sum->args[0]);
        b->term = outer;
        return id;
    }
    size_t middle = from + (to - from) / 2;
    fsci_vertex_id left = add_terms(b, sum, from, middle);
    fsci_vertex_id right = left ? add_terms(b, sum, middle, to) : 0;
    b->g->origin = sum;
    return right ? fsci_graph_make(b->g, FSCI_OP_ADD, (fsci_vertex_id[]){left, right}, 2) : 0;
}

static fsci_vertex_id build_sum(builder *b, const fsci_node *node)
{
    size_t n = (size_t)node->number;
    if (!count_terms(b, node, node->args[0], &n))
        return 0;
    if (node->only)
        return add_terms(b, node, node->only - 1, node->only);
    return add_terms(b, node, 0, n ? n : 1); /* without one a name is unknown, and said to be */
}

/* The number of the term that the innermost sum of the index is at. */
static fsci_vertex_id build_term_number(builder *b, const fsci_node *node)
{
    const term *t = b->term;
    while (t && strcmp(t->index, node->name) != 0)
        t = t->outer;
    return t ? fsci_graph_number(b->g, (double)(t->member + 1)) : fail_unknown(b, node);
}

static fsci_vertex_id build_any(builder *b, const fsci_node *node)
{
    b->g->origin = node;
    switch (node->kind) {
    case FSCI_NODE_NUMBER:
        return fsci_graph_number(b->g, node->number);
    case FSCI_NODE_NAME:
        return build_name(b, node);
    case FSCI_NODE_GROUP:
        return build_group(b, node);
    case FSCI_NODE_SUM:
        return build_sum(b, node);
    case FSCI_NODE_TERM:
        return build_term_number(b, node);
    case FSCI_NODE_TEXT:
        return fail(b, node,
                    "the text '%s' stands where a number is needed; text is only compared with a "
                    "column of text",
                    node->name);
    case FSCI_NODE_APPLY:
        break;
    }
    return is_comparison(node) ? build_comparison(b, node) : build_apply(b, node);
}

/* Formulas are of bounded height; a chain of definitions could still be tall. */
static fsci_vertex_id build(builder *b, const fsci_node *node)
{
    if (++b->height > 2 * FSCI_FORMULA_HEIGHT)
        return fail(b, node, "definitions make a chain of more than %d operations",
                    2 * FSCI_FORMULA_HEIGHT);
    fsci_vertex_id id = build_any(b, node);
    b->height--;
    return id;
}

fsc_status fsci_graph_build(fsci_graph *g, const fsci_formula *origin,
                            const fsci_node *const *nodes, size_t n_nodes, const fsci_scope *scope,
                            fsci_vertex_id *roots, fsc_error *err)
{
    builder b = {.g = g,
                 .origin = origin,
                 .scope = scope,
                 .err = err,
                 .defined = FSCI_NEW(g->arena, fsci_vertex_id, scope->n_symbols),
                 .open = FSCI_NEW(g->arena, bool, scope->n_symbols),
                 .members = FSCI_NEW(g->arena, fsci_symbol *, scope->n_symbols)};
    if (!b.defined || !b.open || !b.members)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n_nodes; i++) {
        roots[i] = build(&b, nodes[i]);
        if (b.status != FSC_OK)
            return b.status;
        if (g->failed || !roots[i])
            return fsci_fail_memory(err);
    }
    return FSC_OK;
}
