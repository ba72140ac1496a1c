/* Operators on the table, and conditions on its rows, can be read. */
#include "law/law.h"
#include "law/lint.h"
#include "prepare/prepare.h"

/* The condition of "where(EXPR)", whose names may be the law's or the table's. */
static void check_condition(fsci_lint *lint, const fsci_yaml *node, const char *condition)
{
    enum { BEFORE = sizeof "where(" - 1 };
    fsci_formula *formula;
    fsc_error err;
    fsci_span at = {node->at.line, node->at.col + BEFORE, 1};
    fsc_status status =
        fsci_formula_parse(lint->arena, lint->file, at.line, at.col, condition, &formula, &err);
    if (status != FSC_OK)
        fsci_lint_add(lint, FSCI_ERROR, (fsci_span){err.line, err.col, err.len}, "%s", err.message);
    else if (formula->left)
        fsci_lint_add(lint, FSCI_ERROR, at,
                      "a condition is needed, not an equation; compare with ==");
}

/* Columns may be the law's or the table's. */
void fsci_law_check_prepare(fsci_lint *lint, const fsc_law *law)
{
    const fsci_yaml *list = fsci_yaml_get(law->node, "prepare");
    const fsci_yaml *node = list ? list->first : NULL;
    for (size_t i = 0; i < law->prepare.n && node; i++, node = node->next) {
        const char *condition = fsci_call_condition(lint->arena, law->prepare.items[i]);
        fsci_call call;
        const fsci_operator *op;
        fsc_error err;
        if (condition) {
            check_condition(lint, node, condition);
            continue;
        }
        fsc_status status = fsci_call_parse(lint->arena, law->prepare.items[i], &call, &err);
        if (status == FSC_OK)
            status = fsci_operator_find(&call, &op, &err);
        if (status != FSC_OK)
            fsci_lint_add(lint, FSCI_ERROR, node->at, "%s", err.message);
    }
}
