/* What a law expects of rows and constants: one formula each, of names it may use, and a code. */
#include "law/asked.h"
#include "law/lint.h"

#include <string.h>

/* What a condition may name besides columns. */
typedef enum allowed { COLUMNS, CONSTANTS, ARGUMENTS } allowed;

static bool may_name(const fsc_law *law, const char *name, allowed more)
{
    if (fsci_law_column_index(law, name) != SIZE_MAX)
        return true;
    return more == CONSTANTS
               ? fsci_law_parameter_index(law, name) != SIZE_MAX || !strcmp(name, fsci_law_spread)
           : more == ARGUMENTS ? fsci_law_takes(law, name)
                               : false;
}

static void check_formula(fsci_lint *lint, const fsc_law *law, const fsci_formula *formula,
                          const char *field, allowed more)
{
    static const char *const or_what[] = {"", " or parameter", " or argument"};
    const fsci_name *used;
    if (!formula)
        return;
    if (formula->left)
        fsci_lint_add(lint, FSCI_ERROR, (fsci_span){formula->line, formula->col, 1},
                      "%s is an equation; a condition compares with ==", field);
    size_t n = fsci_formula_names(lint->arena, formula, &used);
    for (size_t i = 0; i < n; i++) {
        fsci_span at = {formula->line, formula->col + used[i].col - 1, used[i].len};
        bool parameter = fsci_law_parameter_index(law, used[i].name) != SIZE_MAX;
        if (!may_name(law, used[i].name, more))
            fsci_lint_add(lint, FSCI_ERROR, at, "%s uses '%.60s', which is no column%s%s", field,
                          used[i].name, or_what[more],
                          parameter ? "; parameters are for `fitted` and `reached`" : "");
    }
}

static void check_one(fsci_lint *lint, const fsc_law *law, const fsci_law_expectation *e)
{
    int given = !!e->rows + !!e->distinct + !!e->fitted + !!e->reached + !!e->asked;
    if (given != 1)
        fsci_lint_add(
            lint, FSCI_ERROR, e->node->at,
            "an expectation has one of rows, distinct, fitted, reached and asked; this has "
            "%d",
            given);
    if (e->least > 0 && !e->distinct && !e->reached)
        fsci_lint_add(
            lint, FSCI_ERROR, e->node->at,
            "`least` says how many different values `distinct` takes, or at how many rows "
            "`reached` holds; neither is given");
    if (e->code && strncmp(e->code, "W-", 2) != 0)
        fsci_lint_add(lint, FSCI_ERROR, fsci_yaml_get(e->node, "code")->at,
                      "a code begins with W-; `forescale help warnings` lists them");
    check_formula(lint, law, e->rows, "rows", COLUMNS);
    check_formula(lint, law, e->distinct, "distinct", COLUMNS);
    check_formula(lint, law, e->fitted, "fitted", CONSTANTS);
    check_formula(lint, law, e->reached, "reached", CONSTANTS);
    check_formula(lint, law, e->asked, "asked", ARGUMENTS);
}

void fsci_law_check_expectations(fsci_lint *lint, const fsc_law *law)
{
    for (size_t i = 0; i < law->expects.n; i++)
        check_one(lint, law, &law->expects.items[i]);
}
