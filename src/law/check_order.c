/* Domains that name another parameter: "> 0, < alpha". */
#include "base/number.h"
#include "law/lint.h"

#include <math.h>
#include <string.h>

/* The parameter at the other end of the chain that begins at one end of `p`: bounds in numbers come
 * from there. NULL for a circle or a name that is no parameter. */
static const fsci_law_parameter *end_of_chain(const fsc_law *law, const fsci_law_parameter *p,
                                              bool upper)
{
    for (size_t steps = 0; p && steps <= law->parameters.n; steps++) {
        const char *name = upper ? p->domain.hi.parameter : p->domain.lo.parameter;
        if (!name)
            return p;
        size_t i = fsci_law_parameter_index(law, name);
        p = i == SIZE_MAX ? NULL : &law->parameters.items[i];
    }
    return NULL;
}

static void no_parameter(fsci_lint *lint, const fsc_law *law, const fsci_yaml *node,
                         const char *name)
{
    const char *names[64], *near;
    size_t n = 0;
    for (; n < law->parameters.n && n < 64; n++)
        names[n] = law->parameters.items[n].name;
    if (fsci_law_column_index(law, name) != SIZE_MAX)
        fsci_lint_add(lint, FSCI_ERROR, node->at,
                      "'%.60s' names the column '%.60s'; give min(%.60s) or max(%.60s)", node->text,
                      name, name, name);
    else if ((near = fsci_nearest(name, names, n)))
        fsci_lint_add(lint, FSCI_ERROR, node->at,
                      "'%.60s' names '%.60s', which is no parameter; did you mean '%s'?",
                      node->text, name, near);
    else
        fsci_lint_add(lint, FSCI_ERROR, node->at, "'%.60s' names '%.60s', which is no parameter",
                      node->text, name);
}

static void check_end(fsci_lint *lint, const fsc_law *law, fsci_law_parameter *p, bool upper)
{
    fsci_bound *bound = upper ? &p->domain.hi : &p->domain.lo;
    const fsci_yaml *node = fsci_yaml_get(p->node, "domain");
    if (!bound->parameter)
        return;
    const fsci_law_parameter *end = end_of_chain(law, p, upper);
    if (fsci_law_parameter_index(law, bound->parameter) == SIZE_MAX)
        no_parameter(lint, law, node, bound->parameter);
    else if (!end)
        fsci_lint_add(lint, FSCI_ERROR, node->at,
                      "the bounds of '%s' go in a circle or to no parameter", p->name);
    else if (!(upper ? end->domain.hi.column : end->domain.lo.column))
        bound->value = upper ? end->domain.hi.value : end->domain.lo.value;
}

void fsci_law_check_order(fsci_lint *lint, fsc_law *law)
{
    for (size_t i = 0; i < law->parameters.n; i++) {
        fsci_law_parameter *p = &law->parameters.items[i];
        check_end(lint, law, p, false);
        check_end(lint, law, p, true);
        if (p->domain.lo.parameter && p->domain.hi.parameter)
            fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(p->node, "domain")->at,
                          "'%s' lies between two parameters; give one end to it and the other to "
                          "'%.60s'",
                          p->name, p->domain.lo.parameter);
    }
    for (size_t i = 0; i < law->columns.n; i++) {
        const fsci_law_column *c = &law->columns.items[i];
        if (c->domain.lo.parameter || c->domain.hi.parameter)
            fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(c->node, "domain")->at,
                          "the domain of a column has numbers for its ends");
    }
}

void fsci_law_check_set_order(fsci_lint *lint, const fsc_law *law, const fsci_law_published *set)
{
    for (size_t i = 0; i < law->parameters.n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        const fsci_domain *domain = &p->domain;
        const char *other = domain->hi.parameter ? domain->hi.parameter : domain->lo.parameter;
        size_t j = other ? fsci_law_parameter_index(law, other) : SIZE_MAX;
        double above = j == SIZE_MAX ? NAN : set->theta[i] - set->theta[j];
        if (domain->hi.parameter ? above > 0 : above < 0)
            fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(set->node, "values")->at,
                          "published set '%s' has %s = %s and %s = %s, outside the domain %.60s",
                          set->name, p->name, fsci_briefly(set->theta[i], 6).text, other,
                          fsci_briefly(set->theta[j], 6).text,
                          fsci_yaml_get(p->node, "domain")->text);
    }
}
