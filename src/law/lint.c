#include "law/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct fsci_note {
    fsci_finding finding;
    size_t order;
    fsci_note *before;
};

void fsci_lint_add(fsci_lint *lint, fsci_severity severity, fsci_span at, const char *format, ...)
{
    char message[768];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fsci_note *note = FSCI_NEW(lint->arena, fsci_note, 1);
    if (!note)
        return;
    *note = (fsci_note){.finding = {severity, at, fsci_copy_string(lint->arena, message)},
                        .order = lint->n_notes++,
                        .before = lint->last};
    lint->n_errors += severity == FSCI_ERROR;
    lint->last = note;
}

static int by_place(const void *left, const void *right)
{
    const fsci_note *a = *(fsci_note *const *)left, *b = *(fsci_note *const *)right;
    if (a->finding.at.line != b->finding.at.line)
        return a->finding.at.line < b->finding.at.line ? -1 : 1;
    if (a->finding.at.col != b->finding.at.col)
        return a->finding.at.col < b->finding.at.col ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

fsci_findings fsci_lint_findings(const fsci_lint *lint)
{
    fsci_note **notes = FSCI_NEW(lint->arena, fsci_note *, lint->n_notes);
    fsci_findings findings = {FSCI_NEW(lint->arena, fsci_finding, lint->n_notes), 0};
    if (!notes || !findings.items)
        return findings;
    for (fsci_note *note = lint->last; note; note = note->before)
        notes[findings.n++] = note;
    qsort(notes, findings.n, sizeof *notes, by_place);
    for (size_t i = 0; i < findings.n; i++)
        findings.items[i] = notes[i]->finding;
    return findings;
}

enum { SUGGESTIONS = 100 }; /* hostile text could ask for millions of comparisons */

const char *fsci_lint_suggest(fsci_lint *lint, const char *name, const char *const *known,
                              size_t n_known)
{
    const char *nearest = lint->n_notes < SUGGESTIONS ? fsci_nearest(name, known, n_known) : NULL;
    const char *text = nearest ? fsci_format(lint->arena, "; did you mean '%s'?", nearest) : "";
    return text ? text : "";
}
