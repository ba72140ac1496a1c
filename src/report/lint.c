/* The record of `laws check`: one line per finding, as compilers write them. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <string.h>

static const char *file_of(const fsci_json *record)
{
    const char *file = string(record, "file");
    if (!file)
        file = string(fsci_json_at(record, "provenance.inputs.0"), "name");
    return file ? file : "-";
}

static void add_trials(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"trial", FSCI_LEFT}, {"", FSCI_LEFT}, {"found", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (trial, fsci_json_get(record, "trials")) {
        const fsci_json *ok = fsci_json_get(trial, "ok");
        bool known = ok && ok->kind == FSCI_JSON_BOOL;
        fsci_grid_add(view, grid,
                      (const char *[]){string(trial, "what"),
                                       !known        ? fsci_missing
                                       : ok->boolean ? "holds"
                                                     : "FAILS",
                                       string(trial, "detail")});
    }
}

void fsci_lint_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *findings = fsci_record_list(arena, record);
    double errors = 0, n = (double)fsci_json_count(findings);
    FSCI_JSON_EACH (finding, findings) {
        const char *severity = string(finding, "severity");
        const char *message = string(finding, "message");
        severity = severity ? severity : "error";
        errors += !strcmp(severity, "error");
        fsci_view_add(view, FSCI_LINE,
                      fsci_format(arena, "%s:%.0f:%.0f: %s:", file_of(record),
                                  number(finding, "line"), number(finding, "column"), severity),
                      message);
    }
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  n > 0 ? fsci_format(arena, "%s, %s.",
                                      fsci_say_count(arena, errors, "error", "errors"),
                                      fsci_say_count(arena, n - errors, "warning", "warnings"))
                        : "Nothing to complain about.");
    add_trials(record, view);
    fsci_view_warnings(view, record);
}
