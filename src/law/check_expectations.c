/* What a law expects of rows and constants: one formula each, of names it may use, and a code. */
#include "law/lint.h"

#include <string.h>

static void check_formula(fsci_lint *lint, const fsc_law *law, const fsci_formula *formula,
                          const char *field, bool with_parameters)
{
    const fsci_name *used;
    if (!formula)
        return;
    if (formula->left)
        fsci_lint_add(lint, FSCI_ERROR, (fsci_span){formula->line, formula->col, 1},
                      "%s is an equation; a condition compares with ==", field);
    size_t n = fsci_formula_names(lint->arena, formula, &used);
    for (size_t i = 0; i < n; i++) {
        fsci_span at = {formula->line, formula->col + used[i].col - 1, used[i].len};
        bool column = fsci_law_column_index(law, used[i].name) != SIZE_MAX;
        bool parameter = fsci_law_parameter_index(law, used[i].name) != SIZE_MAX;
        if (!column && !(parameter && with_parameters))
            fsci_lint_add(lint, FSCI_ERROR, at, "%s uses '%.60s', which is no column%s", field,
                          used[i].name,
                          parameter         ? "; parameters are for `fitted` and `reached`"
                          : with_parameters ? " or parameter"
                                            : "");
    }
}

static void check_one(fsci_lint *lint, const fsc_law *law, const fsci_law_expectation *e)
{
    int given = !!e->rows + !!e->distinct + !!e->fitted + !!e->reached;
    if (given != 1)
        fsci_lint_add(lint, FSCI_ERROR, e->node->at,
                      "an expectation has one of rows, distinct, fitted and reached; this has %d",
                      given);
    if ((e->distinct != NULL) != (e->least > 0))
        fsci_lint_add(lint, FSCI_ERROR, e->node->at,
                      "`least` says how many different values `distinct` takes; give both or none");
    if (e->code && strncmp(e->code, "W-", 2) != 0)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(e->node, "code")->at,
                      "a code begins with W-; `forescale help warnings` lists them");
    check_formula(lint, law, e->rows, "rows", false);
    check_formula(lint, law, e->distinct, "distinct", false);
    check_formula(lint, law, e->fitted, "fitted", true);
    check_formula(lint, law, e->reached, "reached", true);
}

void fsci_law_check_expectations(fsci_lint *lint, const fsc_law *law)
{
    for (size_t i = 0; i < law->expects.n; i++)
        check_one(lint, law, &law->expects.items[i]);
}
