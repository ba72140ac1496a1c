#include "law/evaluate.h"
#include "base/number.h"

#include "expr/root.h"
#include "expr/tree.h"
#include "law/sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct context {
    fsci_arena *arena;
    const fsc_law *law;
    const fsci_values *at;
    fsci_law_sets sets;
    fsc_error *err;
} context;

/* One expression of the law with what it may use. */
typedef struct subject {
    const fsci_formula *formula;
    const char *const *arguments;
    size_t n_arguments, n_derived;  /* derived quantities before this one */
    const fsci_law_derived *solved; /* the one of them that is solved for; NULL for none */
} subject;

void fsci_law_symbols(const fsc_law *law, size_t n_derived, fsci_symbol *symbols)
{
    for (size_t i = 0; i < law->parameters.n; i++)
        *symbols++ = (fsci_symbol){
            .name = law->parameters.items[i].name, .kind = FSCI_SYMBOL_PARAMETER, .first = i};
    for (size_t i = 0; i < n_derived; i++) {
        const fsci_law_derived *d = &law->derived.items[i];
        *symbols++ = d->solve ? (fsci_symbol){.name = d->name,
                                              .kind = FSCI_SYMBOL_PARAMETER,
                                              .first = law->parameters.n}
                              : (fsci_symbol){.name = d->name,
                                              .kind = FSCI_SYMBOL_FORMULA,
                                              .definition = d->formula->right};
    }
}

static const fsci_value *given(const context *c, const char *name)
{
    for (size_t i = 0; i < c->at->n; i++)
        if (!strcmp(c->at->items[i].name, name))
            return &c->at->items[i];
    return NULL;
}

static bool complete(const context *c, const subject *s)
{
    for (size_t i = 0; i < s->n_arguments; i++)
        if (!given(c, s->arguments[i]))
            return false;
    return true;
}

/* The symbols of the parameters, of `n_derived` derived quantities and of what is given. */
static fsc_status own_symbols(const context *c, const char *const *arguments, size_t n_arguments,
                              size_t n_derived, fsci_symbol *symbols)
{
    size_t n_own = c->law->parameters.n + n_derived;
    fsci_law_sets_symbols(&c->sets, n_derived, symbols);
    for (size_t i = 0; i < n_arguments; i++)
        FSCI_TRY(
            fsci_law_sets_input(c->arena, &c->sets, arguments[i], &symbols[n_own + i], c->err));
    return FSC_OK;
}

static double *own_theta(const context *c)
{
    return fsci_copy_array(c->arena, c->sets.theta, c->sets.n_theta + 1, sizeof(double));
}

static fsc_status run(const context *c, const fsci_program *program, const double *theta,
                      double *values)
{
    size_t bytes = (fsci_program_scratch_bytes(program) / 64 + 1) * 64;
    void *scratch = aligned_alloc(64, bytes);
    if (!scratch)
        return fsci_fail_memory(c->err);
    fsci_program_values(program, scratch, theta, 0, 1, values, 1);
    free(scratch);
    return FSC_OK;
}

/* The solution of a derived quantity, on its own scale. */
static fsc_status solve_derived(const context *c, const fsci_law_derived *d, double *value)
{
    const fsci_start *between = &d->between;
    size_t n = c->sets.n_theta, n_derived = (size_t)(d - c->law->derived.items);
    size_t n_symbols = c->law->parameters.n + n_derived + d->arguments.n + 2;
    fsci_symbol *symbols = FSCI_NEW(c->arena, fsci_symbol, n_symbols);
    const fsci_node *rest = fsci_node_binary(c->arena, '-', d->formula->right, d->formula->left);
    double *theta = own_theta(c);
    fsci_program *program;
    if (!symbols || !rest || !theta)
        return fsci_fail_memory(c->err);
    FSCI_TRY(own_symbols(c, d->arguments.items, d->arguments.n, n_derived, symbols));
    fsci_root_unknown(d->solve, between->log, n, &symbols[n_symbols - 2]);
    fsci_scope scope = {
        .symbols = symbols, .n_symbols = n_symbols, .n_rows = 1, .n_parameters = n + 1};
    FSCI_TRY(fsci_program_new(c->arena, d->formula, &rest, 1, &scope, &program, c->err));
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) / 64 + 1) * 64);
    if (!scratch)
        return fsci_fail_memory(c->err);
    fsci_root root = {.program = program,
                      .unknown = n,
                      .lo = between->log ? log(between->lo.value) : between->lo.value,
                      .hi = between->log ? log(between->hi.value) : between->hi.value,
                      .within = true};
    double u = fsci_root_find(&root, scratch, theta, 0, NULL, n + 1);
    *value = between->log ? exp(u) : u;
    free(scratch);
    return FSC_OK;
}

/* values[n_roots] of expressions that share the subject's names. */
static fsc_status evaluate(const context *c, const subject *s, const fsci_node *const *roots,
                           size_t n_roots, double *values)
{
    size_t n_own = c->law->parameters.n + s->n_derived;
    fsci_symbol *symbols = FSCI_NEW(c->arena, fsci_symbol, n_own + s->n_arguments);
    double *theta = own_theta(c);
    if (!symbols || !theta)
        return fsci_fail_memory(c->err);
    if (s->solved)
        FSCI_TRY(solve_derived(c, s->solved, &theta[c->sets.n_theta]));
    FSCI_TRY(own_symbols(c, s->arguments, s->n_arguments, s->n_derived, symbols));
    fsci_scope scope = {.symbols = symbols,
                        .n_symbols = n_own + s->n_arguments,
                        .n_rows = 1,
                        .n_parameters = c->sets.n_theta + 1};
    fsci_program *program;
    FSCI_TRY(fsci_program_new(c->arena, s->formula, roots, n_roots, &scope, &program, c->err));
    return run(c, program, theta, values);
}

/* ---- the terms of a sum ---- */

typedef struct term_list {
    fsci_arena *arena;
    const fsci_node **items; /* NULL: only count */
    size_t n;
} term_list;

/* -a*b as (-a)*b, the way it is written. */
static const fsci_node *negated(fsci_arena *arena, const fsci_node *node)
{
    if (node->kind != FSCI_NODE_APPLY || (node->op != FSCI_OP_MUL && node->op != FSCI_OP_DIV))
        return fsci_node_apply(arena, FSCI_OP_NEG, &node, 1);
    const fsci_node *factors[] = {negated(arena, node->args[0]), node->args[1]};
    return factors[0] ? fsci_node_apply(arena, node->op, factors, 2) : NULL;
}

/* Adds the terms of a + b - c in order, a subtracted one with its sign. */
static void add_terms(term_list *terms, const fsci_node *node, bool negative)
{
    bool sum =
        node->kind == FSCI_NODE_APPLY && (node->op == FSCI_OP_ADD || node->op == FSCI_OP_SUB);
    if (sum) {
        add_terms(terms, node->args[0], negative);
        add_terms(terms, node->args[1], negative != (node->op == FSCI_OP_SUB));
        return;
    }
    if (terms->items)
        terms->items[terms->n] = negative ? negated(terms->arena, node) : node;
    terms->n++;
}

/* The outermost sums over sets below a node, with those of the derived quantities it names. */
static void add_sums(const context *c, const fsci_node *node, term_list *sums)
{
    const fsci_law_derived *d =
        node->kind == FSCI_NODE_NAME ? fsci_law_derived_find(c->law, node->name) : NULL;
    const fsci_law_set *set =
        node->kind == FSCI_NODE_SUM ? fsci_law_sets_find(&c->sets, node->name) : NULL;
    if (set && set->n > 1 && !(node->number > 0)) {
        for (size_t i = 0; sums->items && i < sums->n; i++)
            if (sums->items[i] == node)
                return;
        if (sums->items)
            sums->items[sums->n] = node;
        sums->n++;
        return;
    }
    if (d && d->formula && !fsci_law_solved_in(c->law, d))
        add_sums(c, d->formula->right, sums);
    for (size_t i = 0; i < node->n_args; i++)
        add_sums(c, node->args[i], sums);
}

/* One term of a sum, by itself. */
static const fsci_node *term_of(fsci_arena *arena, const fsci_node *sum, size_t member)
{
    fsci_node *copy = fsci_copy_array(arena, sum, 1, sizeof *sum);
    if (copy)
        copy->only = member + 1;
    return copy;
}

static fsc_status evaluate_sum(const context *c, const subject *s, const fsci_node *node,
                               fsci_evaluated_sum *out)
{
    const fsci_law_set *set = fsci_law_sets_find(&c->sets, node->name);
    const fsci_node **roots = FSCI_NEW(c->arena, const fsci_node *, set->n + 1);
    double *values = FSCI_NEW(c->arena, double, set->n + 1);
    *out = (fsci_evaluated_sum){.name = fsci_formula_text(c->arena, NULL, node),
                                .term = fsci_formula_text(c->arena, NULL, node->args[0]),
                                .members = set->members,
                                .values = values,
                                .n = set->n};
    if (!roots || !values || !out->name || !out->term)
        return fsci_fail_memory(c->err);
    for (size_t m = 0; m < set->n; m++)
        roots[m] = term_of(c->arena, node, m);
    roots[set->n] = node;
    if (fsci_arena_failed(c->arena))
        return fsci_fail_memory(c->err);
    FSCI_TRY(evaluate(c, s, roots, set->n + 1, values));
    out->value = values[set->n];
    return FSC_OK;
}

/* Every sum over a set that has more members than one, in order of appearance. */
static fsc_status evaluate_sums(const context *c, const subject *s, const fsci_node *whole,
                                fsci_evaluation *out)
{
    term_list sums = {.arena = c->arena};
    add_sums(c, whole, &sums);
    sums.items = FSCI_NEW(c->arena, const fsci_node *, sums.n + 1);
    out->sums.items = FSCI_NEW(c->arena, fsci_evaluated_sum, sums.n + 1);
    if (!sums.items || !out->sums.items)
        return fsci_fail_memory(c->err);
    sums.n = 0;
    add_sums(c, whole, &sums);
    for (size_t i = 0; i < sums.n; i++)
        FSCI_TRY(evaluate_sum(c, s, sums.items[i], &out->sums.items[out->sums.n++]));
    return FSC_OK;
}

/* Fills value and terms: roots[0] is the whole, the rest are its terms. */
static fsc_status evaluate_terms(const context *c, const subject *s, const fsci_node *whole,
                                 fsci_evaluation *out)
{
    term_list terms = {.arena = c->arena};
    add_terms(&terms, whole, false);
    size_t n = terms.n > 1 ? terms.n : 0;
    const fsci_node **roots = FSCI_NEW(c->arena, const fsci_node *, terms.n + 1);
    double *values = FSCI_NEW(c->arena, double, terms.n + 1);
    out->terms.items = FSCI_NEW(c->arena, fsci_value, terms.n);
    if (!roots || !values || !out->terms.items)
        return fsci_fail_memory(c->err);
    roots[0] = whole;
    terms.items = roots + 1;
    terms.n = 0;
    add_terms(&terms, whole, false);
    if (fsci_arena_failed(c->arena))
        return fsci_fail_memory(c->err);
    FSCI_TRY(evaluate(c, s, roots, n + 1, values));
    out->value = values[0];
    for (size_t i = 0; i < n; i++) {
        const char *name = fsci_formula_text(c->arena, NULL, roots[i + 1]);
        if (!name)
            return fsci_fail_memory(c->err);
        out->terms.items[out->terms.n++] = (fsci_value){.name = name, .value = values[i + 1]};
    }
    return evaluate_sums(c, s, whole, out);
}

/* ---- the law ---- */

static subject derived_subject(const fsc_law *law, const fsci_law_derived *derived)
{
    return (subject){.formula = derived->formula,
                     .arguments = derived->arguments.items,
                     .n_arguments = derived->arguments.n,
                     .n_derived = (size_t)(derived - law->derived.items),
                     .solved = fsci_law_solved_in(law, derived)};
}

/* What the response is computed from: all other columns, or the arguments of the derived quantity
 * that solves the law. */
static fsc_status response_subject(const context *c, subject *s)
{
    const fsc_law *law = c->law;
    if (law->solution && law->solution != law->formula->right) {
        *s = derived_subject(law,
                             fsci_law_derived_find(law, law->columns.items[law->response].name));
        return FSC_OK;
    }
    const char **names = FSCI_NEW(c->arena, const char *, law->columns.n);
    if (!names)
        return fsci_fail_memory(c->err);
    *s = (subject){.formula = law->stated, .arguments = names, .n_derived = law->derived.n};
    for (size_t i = 0; i < law->columns.n; i++)
        if (i != law->response && !law->columns.items[i].is_category)
            names[s->n_arguments++] = law->columns.items[i].name;
    return FSC_OK;
}

/* Where a column may be looked for: decade by decade from the middle of its range, or from 1, to
 * both sides; about 0 where it may be negative. */
static double find_root(const fsci_law_column *column, fsci_root *root, void *scratch,
                        double *theta)
{
    enum { DECADES = 12 };
    const fsci_domain *domain = &column->domain;
    const fsci_start *range = &column->range;
    bool positive = !domain->lo.column && domain->lo.value >= 0;
    double middle = range->log ? sqrt(range->lo.value * range->hi.value) : 1;
    for (int k = 0; k <= 2 * DECADES; k++) {
        double power = middle * pow(10, k % 2 ? -(k + 1) / 2 : k / 2);
        root->lo = positive ? power / 10 : -power;
        root->hi = power;
        double y = fsci_root_find(root, scratch, theta, 0, NULL, root->unknown + 1);
        if (!isnan(y) && fsci_domain_holds(domain, y))
            return y;
    }
    return NAN;
}

/* The one column that is not given: the response of a law that is not solved for it, or the amount
 * of an input that gives a response. */
static fsc_status solve_column(const context *c, size_t unknown, double *value)
{
    const fsc_law *law = c->law;
    size_t n = c->sets.n_theta, n_own = law->parameters.n + law->derived.n, n_given = 0;
    fsci_symbol *symbols = FSCI_NEW(c->arena, fsci_symbol, n_own + law->columns.n);
    const char **names = FSCI_NEW(c->arena, const char *, law->columns.n);
    const fsci_node *rest = fsci_node_binary(c->arena, '-', law->stated->right, law->stated->left);
    double *theta = own_theta(c);
    fsci_program *program;
    rest = rest ? fsci_law_one_level(c->arena, rest) : NULL;
    if (!symbols || !names || !rest || !theta)
        return fsci_fail_memory(c->err);
    for (size_t i = 0; i < law->columns.n; i++)
        if (i != unknown && !law->columns.items[i].is_category)
            names[n_given++] = law->columns.items[i].name;
    FSCI_TRY(own_symbols(c, names, n_given, law->derived.n, symbols));
    for (size_t i = law->parameters.n; i < n_own; i++) /* what solves the law stands aside */
        if (!strcmp(symbols[i].name, law->columns.items[law->response].name))
            symbols[i].name = "\tsolution";
    symbols[n_own + n_given] = (fsci_symbol){
        .name = law->columns.items[unknown].name, .kind = FSCI_SYMBOL_PARAMETER, .first = n};
    fsci_scope scope = {
        .symbols = symbols, .n_symbols = n_own + n_given + 1, .n_rows = 1, .n_parameters = n + 1};
    FSCI_TRY(fsci_program_new(c->arena, law->stated, &rest, 1, &scope, &program, c->err));
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) / 64 + 1) * 64);
    if (!scratch)
        return fsci_fail_memory(c->err);
    fsci_root root = {.program = program, .unknown = n};
    *value = find_root(&law->columns.items[unknown], &root, scratch, theta);
    free(scratch);
    return FSC_OK;
}

/* The column that is not given when the response and all others are; SIZE_MAX for none. */
static size_t missing_input(const context *c)
{
    const fsc_law *law = c->law;
    size_t missing = SIZE_MAX;
    for (size_t i = 0; i < law->columns.n; i++) {
        const char *name = law->columns.items[i].name;
        if (given(c, name) || law->columns.items[i].is_category)
            continue;
        if (missing != SIZE_MAX || i == law->response || fsci_law_index_of(law, name))
            return SIZE_MAX;
        missing = i;
    }
    return missing;
}

static fsc_status evaluate_inverse(const context *c, size_t missing, fsci_evaluation *out)
{
    const fsci_law_column *column = &c->law->columns.items[missing];
    fsci_value *value = &out->derived.items[out->derived.n++];
    *value = (fsci_value){.name = column->name, .node = column->node};
    return solve_column(c, missing, &value->value);
}

fsc_status fsci_law_inputs(fsci_arena *arena, const fsc_law *law, fsci_texts *inputs,
                           fsc_error *err)
{
    const context c = {.arena = arena, .law = law, .err = err};
    subject response = {0};
    FSCI_TRY(response_subject(&c, &response));
    *inputs = (fsci_texts){.items = (const char **)response.arguments, .n = response.n_arguments};
    return FSC_OK;
}

static fsc_status check_inputs(const context *c)
{
    const fsc_law *law = c->law;
    FSCI_TRY(fsci_law_sets_check(c->arena, &c->sets, c->err));
    for (size_t i = 0; i < c->at->n; i++) {
        const fsci_value *input = &c->at->items[i];
        size_t k = fsci_law_column_index(law, input->name);
        const fsci_law_column *column = k == SIZE_MAX ? NULL : &law->columns.items[k];
        const fsci_yaml *domain = column ? fsci_yaml_get(column->node, "domain") : NULL;
        if (column && !fsci_domain_holds(&column->domain, input->value))
            return fsci_fail(c->err, FSC_EINPUT, "%s = %s is outside its domain%s%s, in law %s",
                             input->name, fsci_briefly(input->value, 6).text, domain ? ", " : "",
                             domain ? domain->text : "", law->id);
    }
    return FSC_OK;
}

/* Inputs that lead to nothing deserve to be told what would. */
static fsc_status incomplete(const context *c, const subject *response)
{
    fsci_buffer wanted = {0};
    for (size_t i = 0; i < response->n_arguments; i++)
        fsci_buffer_printf(&wanted, "%s%s", i ? ", " : "", response->arguments[i]);
    fsc_status status = fsci_fail(
        c->err, FSC_EINPUT,
        "these inputs complete neither law %s (it takes %s, or %s and all of them but one) "
        "nor a derived quantity",
        c->law->id, wanted.data ? wanted.data : "other columns",
        c->law->columns.items[c->law->response].name);
    fsci_buffer_free(&wanted);
    return status;
}

static fsc_status evaluate_derived(const context *c, fsci_evaluation *out, bool *used)
{
    const fsc_law *law = c->law;
    out->derived.items = FSCI_NEW(c->arena, fsci_value, law->derived.n + 1);
    if (!out->derived.items)
        return fsci_fail_memory(c->err);
    for (size_t i = 0; i < law->derived.n; i++) {
        const fsci_law_derived *derived = &law->derived.items[i];
        subject s = derived_subject(law, derived);
        fsci_value value = {.name = derived->name, .node = derived->node};
        if (!complete(c, &s))
            continue;
        FSCI_TRY(derived->solve ? solve_derived(c, derived, &value.value)
                                : evaluate(c, &s, &derived->formula->right, 1, &value.value));
        out->derived.items[out->derived.n++] = value;
        *used |= s.n_arguments > 0;
    }
    return FSC_OK;
}

static fsc_status evaluate_at(fsci_arena *arena, const fsc_law *law, const double *theta,
                              const fsci_values *values, const fsci_values *at,
                              fsci_evaluation *out, fsc_error *err)
{
    context c = {.arena = arena, .law = law, .at = at, .err = err};
    subject response = {0};
    bool used = false;
    size_t missing;
    *out = (fsci_evaluation){.value = NAN};
    FSCI_TRY(fsci_law_sets_new(arena, law, theta, values, at, &c.sets, err));
    FSCI_TRY(check_inputs(&c));
    FSCI_TRY(evaluate_derived(&c, out, &used));
    FSCI_TRY(response_subject(&c, &response));
    if (complete(&c, &response)) {
        bool stated = law->solution == law->formula->right;
        const fsci_node *side = stated ? law->stated->right : law->solution;
        if (side && !(side = fsci_law_one_level(arena, side)))
            return fsci_fail_memory(err);
        FSCI_TRY(side ? evaluate_terms(&c, &response, side, out)
                      : solve_column(&c, law->response, &out->value));
        used = true;
    } else if ((missing = missing_input(&c)) != SIZE_MAX) {
        FSCI_TRY(evaluate_inverse(&c, missing, out));
        used = true;
    }
    return used || !at->n ? FSC_OK : incomplete(&c, &response);
}

fsc_status fsci_law_evaluate(fsci_arena *arena, const fsc_law *law, const double *theta,
                             const fsci_values *at, fsci_evaluation *out, fsc_error *err)
{
    return evaluate_at(arena, law, theta, NULL, at, out, err);
}

double fsci_law_response(const fsc_law *law, const double *theta, const fsci_values *at)
{
    fsci_arena *own = fsci_arena_new();
    fsci_evaluation e;
    bool ran = own && fsci_law_evaluate(own, law, theta, at, &e, NULL) == FSC_OK;
    double value = ran ? e.value : NAN;
    fsci_arena_free(own);
    return value;
}

fsc_status fsci_law_evaluate_set(fsci_arena *arena, const fsc_law *law,
                                 const fsci_law_published *set, const fsci_values *at,
                                 fsci_evaluation *out, fsc_error *err)
{
    return evaluate_at(arena, law, set->theta, &set->values, at, out, err);
}
