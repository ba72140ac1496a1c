/* The record of `laws check`: one line per finding, as compilers write them. */
#include "report/kinds.h"

#include "report/phrases.h"
#include "report/quantity.h"

#include <string.h>

static const char *file_of(const fsci_json *record)
{
    const char *file = fsci_json_get_string(record, "file");
    if (!file)
        file = fsci_json_get_string(fsci_json_at(record, "provenance.inputs.0"), "name");
    return file ? file : "-";
}

void fsci_lint_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *findings = fsci_record_list(arena, record);
    double errors = 0, n = (double)fsci_json_count(findings);
    FSCI_JSON_EACH(finding, findings)
    {
        const char *severity = fsci_json_get_string(finding, "severity");
        const char *message = fsci_json_get_string(finding, "message");
        severity = severity ? severity : "error";
        errors += !strcmp(severity, "error");
        fsci_view_add(view, FSCI_LINE,
                      fsci_format(arena, "%s:%.0f:%.0f: %s:", file_of(record),
                                  fsci_json_get_number(finding, "line"),
                                  fsci_json_get_number(finding, "column"), severity),
                      message);
    }
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  n > 0 ? fsci_format(arena, "%s, %s.",
                                      fsci_say_count(arena, errors, "error", "errors"),
                                      fsci_say_count(arena, n - errors, "warning", "warnings"))
                        : "Nothing to complain about.");
    fsci_view_warnings(view, record);
}
