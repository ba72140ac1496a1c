/* Parts that a search adds one by one: each is taken out by one parameter of the law. */
#include "law/lint.h"

#include <string.h>

/* Index of the parameter, or a finding. Each stands in one stage only. */
static void take(fsci_lint *lint, const fsc_law *law, const char *name, fsci_span at, bool *taken,
                 const char **names)
{
    size_t i = fsci_law_parameter_index(law, name);
    if (i == SIZE_MAX)
        fsci_lint_add(lint, FSCI_ERROR, at, "'%.60s' is no parameter%s", name,
                      fsci_lint_suggest(lint, name, names, law->parameters.n));
    else if (taken[i])
        fsci_lint_add(lint, FSCI_ERROR, at, "'%.60s' stands in two places of the stages", name);
    else
        taken[i] = true;
}

void fsci_law_check_stages(fsci_lint *lint, const fsc_law *law)
{
    size_t n = law->parameters.n;
    bool *taken = FSCI_NEW(lint->arena, bool, n + 1);
    const char **names = FSCI_NEW(lint->arena, const char *, n + 1);
    if (!taken || !names)
        return;
    for (size_t i = 0; i < n; i++)
        names[i] = law->parameters.items[i].name;
    for (size_t s = 0; s < law->stages.n; s++) {
        const fsci_law_stage *stage = &law->stages.items[s];
        const fsci_yaml *at = fsci_yaml_get(stage->node, "at");
        const fsci_yaml *idle = fsci_yaml_get(stage->node, "idle");
        if (at && stage->at.n != 1)
            fsci_lint_add(lint, FSCI_ERROR, at->at,
                          "a part is taken out by one parameter; this names %zu", stage->at.n);
        for (size_t k = 0; k < stage->at.n; k++) {
            const fsci_value *value = &stage->at.items[k];
            size_t i = fsci_law_parameter_index(law, value->name);
            take(lint, law, value->name, value->node->key_at, taken, names);
            if (i != SIZE_MAX && !fsci_domain_holds(&law->parameters.items[i].domain, value->value))
                fsci_lint_add(lint, FSCI_ERROR, value->node->at, "outside the domain of '%.60s'",
                              value->name);
        }
        for (size_t k = 0; idle && k < stage->idle.n; k++)
            take(lint, law, stage->idle.items[k], idle->at, taken, names);
    }
}
