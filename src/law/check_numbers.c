/* Domains, starts, published sets and checks agree with each other. */
#include "base/number.h"
#include "law/lint.h"
#include "law/sets.h"
#include "law/unit.h"

#include <math.h>
#include <string.h>

static const char *domain_text(const fsci_yaml *part)
{
    const fsci_yaml *domain = fsci_yaml_get(part, "domain");
    return domain && domain->kind == FSCI_YAML_SCALAR ? domain->text : "";
}

/* ---- suggestions ---- */

/* Names that may have been meant: columns, with `arguments` those of derived quantities too. */
static const char *suggest_input(fsci_lint *lint, const fsc_law *law, const char *name,
                                 bool arguments)
{
    size_t n = law->columns.n;
    for (size_t i = 0; i < law->derived.n; i++)
        n += law->derived.items[i].arguments.n;
    const char **known = FSCI_NEW(lint->arena, const char *, n + 1);
    if (!known)
        return "";
    for (n = 0; n < law->columns.n; n++)
        known[n] = law->columns.items[n].name;
    for (size_t i = 0; arguments && i < law->derived.n; i++)
        for (size_t j = 0; j < law->derived.items[i].arguments.n; j++)
            known[n++] = law->derived.items[i].arguments.items[j];
    return fsci_lint_suggest(lint, name, known, n);
}

static const char *suggest_given(fsci_lint *lint, const fsc_law *law, const char *name)
{
    size_t n = 0;
    const char **known = FSCI_NEW(lint->arena, const char *, law->derived.n + 1);
    if (!known)
        return "";
    if (law->response != SIZE_MAX)
        known[n++] = law->columns.items[law->response].name;
    for (size_t i = 0; i < law->derived.n; i++)
        known[n++] = law->derived.items[i].name;
    return fsci_lint_suggest(lint, name, known, n);
}

static const char *suggest_set(fsci_lint *lint, const fsc_law *law, const char *name)
{
    const char **known = FSCI_NEW(lint->arena, const char *, law->published.n + 1);
    size_t n = 0;
    for (size_t i = 0; known && i < law->published.n; i++)
        if (law->published.items[i].name)
            known[n++] = law->published.items[i].name;
    return known ? fsci_lint_suggest(lint, name, known, n) : "";
}

/* ---- domains, starts and units ---- */

/* "tokens" for "token": a unit whose amounts would be looked at, were it written as here. */
static void check_unit(fsci_lint *lint, const char *unit, const fsci_yaml *part)
{
    const fsci_unit_bounds *meant = fsci_unit_bounds_of(unit) ? NULL : fsci_unit_meant(unit);
    if (meant)
        fsci_lint_add(lint, FSCI_WARNING, fsci_yaml_get(part, "unit")->at,
                      "write unit: %s for this; amounts that look like another unit are then "
                      "warned of",
                      meant->unit);
}

static void check_bound(fsci_lint *lint, const fsc_law *law, const fsci_bound *bound,
                        const fsci_yaml *node)
{
    if (bound->column && fsci_law_column_index(law, bound->column) == SIZE_MAX)
        fsci_lint_add(lint, FSCI_ERROR, node->at, "'%.60s' uses '%.60s', which is no column%s",
                      node->kind == FSCI_YAML_SCALAR ? node->text : "the start", bound->column,
                      suggest_input(lint, law, bound->column, false));
}

static void check_domain(fsci_lint *lint, const fsc_law *law, const fsci_domain *domain,
                         const fsci_yaml *part)
{
    const fsci_yaml *node = fsci_yaml_get(part, "domain");
    if (!node)
        return;
    check_bound(lint, law, &domain->lo, node);
    check_bound(lint, law, &domain->hi, node);
}

static void check_start_value(fsci_lint *lint, const fsci_law_parameter *p, double value,
                              const fsci_yaml *node)
{
    if (!fsci_domain_holds(&p->domain, value))
        fsci_lint_add(lint, FSCI_ERROR, node->at, "start %s of '%s' is outside its domain %s",
                      fsci_briefly(value, 6).text, p->name, domain_text(p->node));
}

static void check_prior(fsci_lint *lint, const fsc_law *law, const fsci_law_parameter *p)
{
    double mean, sd;
    const fsci_yaml *node = fsci_yaml_get(p->node, "prior");
    if (!p->prior)
        return;
    if (!fsci_prior_read(p->prior, &mean, &sd))
        fsci_lint_add(lint, FSCI_ERROR, node->at,
                      "the prior of '%s' is normal:MEAN:SD, each a number or the word fitted, SD "
                      "above 0",
                      p->name);
    else if (law->objective.loss <= FSCI_LAW_L1)
        fsci_lint_add(lint, FSCI_WARNING, node->at,
                      "the prior of '%s' counts under a likelihood only; the loss here is %s",
                      p->name, fsci_law_loss_name(law->objective.loss));
}

static void check_start(fsci_lint *lint, const fsc_law *law, const fsci_law_parameter *p)
{
    check_prior(lint, law, p);
    const fsci_yaml *start = fsci_yaml_get(p->node, "start");
    for (size_t i = 0; i < p->start.grid.n; i++)
        check_start_value(lint, p, p->start.grid.items[i], start);
    if (!start || start->kind != FSCI_YAML_LIST || start->count < 2)
        return;
    const fsci_bound *ends[] = {&p->start.lo, &p->start.hi};
    const fsci_yaml *node = start->first;
    for (int i = 0; i < 2; i++, node = node->next) {
        check_bound(lint, law, ends[i], node);
        if (!ends[i]->column && !isnan(ends[i]->value))
            check_start_value(lint, p, ends[i]->value, node);
    }
}

/* ---- the objective ---- */

static void check_objective(fsci_lint *lint, const fsci_law_objective *objective)
{
    const fsci_yaml *node = objective->node, *loss = fsci_yaml_get(node, "loss");
    if (!node ||
        (loss && strcmp(loss->text ? loss->text : "", fsci_law_loss_name(objective->loss)) != 0))
        return; /* none, or one that could not be read */
    bool huber = objective->loss == FSCI_LAW_HUBER, has_delta = fsci_yaml_get(node, "delta");
    bool counts = objective->loss == FSCI_LAW_BINOMIAL || objective->loss == FSCI_LAW_BETA_BINOMIAL;
    if (huber && !has_delta)
        fsci_lint_add(lint, FSCI_ERROR, node->key_at,
                      "the Huber loss needs a delta, such as delta: 1e-3");
    if (!huber && has_delta)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(node, "delta")->key_at,
                      "only the Huber loss has a delta; the loss here is %s",
                      fsci_law_loss_name(objective->loss));
    if (huber && objective->delta <= 0)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(node, "delta")->at,
                      "delta must be greater than 0");
    if (counts && !objective->trials)
        fsci_lint_add(lint, FSCI_ERROR, node->key_at,
                      "the %s loss needs trials, the column with the number of trials",
                      fsci_law_loss_name(objective->loss));
    if (!counts && objective->trials)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(node, "trials")->key_at,
                      "trials are for the binomial losses; the loss here is %s",
                      fsci_law_loss_name(objective->loss));
}

/* ---- published sets ---- */

/* Puts named values in the law's order; NaN where there is none. */
static double *in_order(fsci_lint *lint, const fsc_law *law, const fsci_values *values,
                        const char *set)
{
    double *theta = FSCI_NEW(lint->arena, double, law->parameters.n + 1);
    const char **known = FSCI_NEW(lint->arena, const char *, law->parameters.n + 1);
    if (!theta || !known)
        return NULL;
    for (size_t i = 0; i < law->parameters.n; i++) {
        theta[i] = NAN;
        known[i] = law->parameters.items[i].name;
    }
    for (size_t i = 0; i < values->n; i++) {
        const fsci_value *value = &values->items[i];
        size_t p = fsci_law_parameter_index(law, value->name);
        if (p != SIZE_MAX)
            theta[p] = isnan(theta[p]) ? value->value : theta[p];
        else
            fsci_lint_add(lint, FSCI_ERROR, value->node->key_at,
                          "published set '%s' gives '%.60s', which is no parameter%s", set,
                          value->name,
                          fsci_lint_suggest(lint, value->name, known, law->parameters.n));
    }
    return theta;
}

/* Members are of parameters in sums, and those of one sum have the same. */
static void check_members(fsci_lint *lint, const fsc_law *law, const fsci_law_published *set)
{
    for (size_t i = 0; i < set->values.n; i++) {
        const fsci_value *v = &set->values.items[i];
        const char *index = v->member ? fsci_law_index_of(law, v->name) : NULL;
        const char *by = v->member && !index ? fsci_law_category_of(law, v->name) : NULL;
        if (by)
            fsci_lint_add(lint, FSCI_ERROR, v->node->key_at,
                          "'%s' differs by '%s', and a set has its value at one level: give a set "
                          "for each level",
                          v->name, by);
        else if (v->member && !index)
            fsci_lint_add(lint, FSCI_ERROR, v->node->key_at,
                          "'%s' stands in no sum over a set and has no members", v->name);
        for (size_t k = 0; index && k < set->values.n; k++) {
            const fsci_value *other = &set->values.items[k];
            const char *same = fsci_law_index_of(law, other->name);
            if (!same || strcmp(same, index) != 0 || !strcmp(other->name, v->name))
                continue;
            bool has = false;
            for (size_t j = 0; j < set->values.n; j++)
                has = has || (set->values.items[j].member &&
                              !strcmp(set->values.items[j].name, other->name) &&
                              !strcmp(set->values.items[j].member, v->member));
            if (!has)
                fsci_lint_add(lint, FSCI_ERROR, other->node->key_at,
                              "'%s' has a value for '%s', so '%s' needs one too", v->name,
                              v->member, other->name);
        }
    }
}

static void check_published(fsci_lint *lint, const fsc_law *law, fsci_law_published *set)
{
    const char *name = set->name ? set->name : "";
    const fsci_law_published *first = fsci_law_published_find(law, name);
    if (first && first != set)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(set->node, "name")->at,
                      "a second published set named '%s'", name);
    double *theta = in_order(lint, law, &set->values, name);
    set->theta = theta;
    set->error = in_order(lint, law, &set->errors, name);
    for (size_t i = 0; i < set->errors.n; i++)
        if (set->errors.items[i].value <= 0)
            fsci_lint_add(lint, FSCI_ERROR, set->errors.items[i].node->at,
                          "a standard error must be greater than 0");
    const fsci_yaml *values = fsci_yaml_get(set->node, "values");
    if (!theta || !values || values->kind != FSCI_YAML_MAP)
        return;
    for (size_t i = 0; i < law->parameters.n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        const fsci_yaml *value = fsci_yaml_get(values, p->name);
        if (!value || (value->kind == FSCI_YAML_MAP && !value->count))
            fsci_lint_add(lint, FSCI_ERROR, value ? value->key_at : values->key_at,
                          "published set '%s' has no value for parameter '%s'", name, p->name);
        for (size_t k = 0; k < set->values.n; k++) {
            const fsci_value *v = &set->values.items[k];
            if (!strcmp(v->name, p->name) && !fsci_domain_holds(&p->domain, v->value))
                fsci_lint_add(lint, FSCI_ERROR, v->node->at,
                              "published set '%s' has %s = %s, outside its domain %s", name,
                              p->name, fsci_briefly(v->value, 6).text, domain_text(p->node));
        }
    }
    fsci_law_check_set_order(lint, law, set);
    check_members(lint, law, set);
    for (size_t i = 0; i < set->units.n; i++)
        if (!fsci_law_takes(law, set->units.items[i].name))
            fsci_lint_add(lint, FSCI_ERROR, set->units.items[i].node->key_at,
                          "'%.60s' is neither a column nor an argument of a derived quantity%s",
                          set->units.items[i].name,
                          suggest_input(lint, law, set->units.items[i].name, true));
}

/* ---- checks ---- */

static const fsci_yaml *at_value(const fsci_check *check, const char *name)
{
    return fsci_yaml_get(fsci_yaml_get(check->node, "at"), name);
}

/* What `gives` names, and whether `at` has all that it takes. */
static void check_given(fsci_lint *lint, const fsc_law *law, const fsci_check *check,
                        const fsci_value *given)
{
    const fsci_law_derived *derived = fsci_law_derived_find(law, given->name);
    bool response =
        law->response != SIZE_MAX && !strcmp(given->name, law->columns.items[law->response].name);
    for (size_t i = 0; derived && i < derived->arguments.n; i++)
        if (!at_value(check, derived->arguments.items[i]))
            fsci_lint_add(lint, FSCI_ERROR, given->node->key_at,
                          "'%s' is a function of %s, which `at` does not give", given->name,
                          derived->arguments.items[i]);
    for (size_t i = 0; response && !derived && i < law->columns.n; i++)
        if (i != law->response && !law->columns.items[i].is_category &&
            !at_value(check, law->columns.items[i].name))
            fsci_lint_add(lint, FSCI_ERROR, given->node->key_at,
                          "'%s' needs column %s, which `at` does not give", given->name,
                          law->columns.items[i].name);
    if (!derived && !response)
        fsci_lint_add(lint, FSCI_ERROR, given->node->key_at,
                      "'%.60s' is neither the response nor a derived quantity%s", given->name,
                      suggest_given(lint, law, given->name));
}

static void check_argument(fsci_lint *lint, const fsc_law *law, const fsci_value *argument)
{
    size_t column = fsci_law_column_index(law, argument->name);
    if (argument->member && !fsci_law_index_of(law, argument->name))
        fsci_lint_add(lint, FSCI_ERROR, argument->node->key_at,
                      "'%.60s' stands in no sum over a set and has no members", argument->name);
    else if (!fsci_law_takes(law, argument->name))
        fsci_lint_add(lint, FSCI_ERROR, argument->node->key_at,
                      "'%.60s' is neither a column nor an argument of a derived quantity%s",
                      argument->name, suggest_input(lint, law, argument->name, true));
    else if (column != SIZE_MAX &&
             !fsci_domain_holds(&law->columns.items[column].domain, argument->value))
        fsci_lint_add(lint, FSCI_ERROR, argument->node->at, "%s = %s is outside its domain %s",
                      argument->name, fsci_briefly(argument->value, 6).text,
                      domain_text(law->columns.items[column].node));
}

static void check_tolerance(fsci_lint *lint, const fsci_check *check)
{
    const fsci_yaml *tolerance = fsci_yaml_get(check->node, "tolerance");
    const fsci_yaml *rtol = fsci_yaml_get(check->node, "rtol");
    if (tolerance && rtol)
        fsci_lint_add(lint, FSCI_ERROR, rtol->key_at,
                      "both tolerance (absolute) and rtol (relative); keep one");
    else if (!tolerance && !rtol)
        fsci_lint_add(lint, FSCI_ERROR, check->node->at,
                      "a check needs tolerance (absolute) or rtol (relative)");
    const fsci_yaml *given = tolerance ? tolerance : rtol;
    if (given && (check->tolerance <= 0 || check->rtol <= 0))
        fsci_lint_add(lint, FSCI_ERROR, given->at, "a tolerance must be greater than 0");
}

static void check_check(fsci_lint *lint, const fsc_law *law, const fsci_check *check)
{
    if (check->set && !fsci_law_published_find(law, check->set))
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(check->node, "set")->at,
                      "no published set is named '%.60s'%s", check->set,
                      suggest_set(lint, law, check->set));
    check_tolerance(lint, check);
    for (size_t i = 0; i < check->at.n; i++)
        check_argument(lint, law, &check->at.items[i]);
    for (size_t i = 0; i < check->gives.n && law->formula; i++)
        check_given(lint, law, check, &check->gives.items[i]);
}

/* ---- reach ---- */

static void check_reach(fsci_lint *lint, const fsc_law *law, const fsci_law_reach *r)
{
    static const char *const extents[] = {"from", "to", "predicted"};
    if (r->column && !fsci_law_takes(law, r->column))
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(r->node, "column")->at,
                      "'%.60s' is neither a column nor an argument of a derived quantity%s",
                      r->column, suggest_input(lint, law, r->column, true));
    for (int i = 0; i < 3; i++) {
        const fsci_yaml *node = fsci_yaml_get(r->node, extents[i]);
        if (node && !r->column)
            fsci_lint_add(lint, FSCI_ERROR, node->key_at,
                          "%s of what? name the column, such as column: C", extents[i]);
    }
    if (r->from > r->to)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(r->node, "from")->at,
                      "from is greater than to");
    if (r->error < 0)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(r->node, "error")->at,
                      "an error is a share, such as 0.007, and not below 0");
}

void fsci_law_check_numbers(fsci_lint *lint, fsc_law *law)
{
    fsci_law_check_order(lint, law);
    for (size_t i = 0; i < law->columns.n; i++) {
        check_domain(lint, law, &law->columns.items[i].domain, law->columns.items[i].node);
        check_unit(lint, law->columns.items[i].unit, law->columns.items[i].node);
    }
    for (size_t i = 0; i < law->derived.n; i++)
        check_unit(lint, law->derived.items[i].unit, law->derived.items[i].node);
    for (size_t i = 0; i < law->parameters.n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        check_domain(lint, law, &p->domain, p->node);
        check_start(lint, law, p);
    }
    check_objective(lint, &law->objective);
    for (size_t i = 0; i < law->published.n; i++)
        check_published(lint, law, &law->published.items[i]);
    for (size_t i = 0; i < law->checks.n; i++)
        check_check(lint, law, &law->checks.items[i]);
    for (size_t i = 0; i < law->reach.n; i++)
        check_reach(lint, law, &law->reach.items[i]);
    if (!law->checks.n)
        fsci_lint_add(lint, FSCI_WARNING, law->node->at,
                      "no checks: nothing outside this program confirms the formula");
}
