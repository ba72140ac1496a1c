/* lint: what the files that read and check a law share. Every complaint becomes a finding with its
 * place; reading goes on, so that one run says all that is wrong. Out of memory shows as a failed
 * arena, asked once at the end. */
#ifndef FSCI_LAW_LINT_H
#define FSCI_LAW_LINT_H

#include "law/fields.h"

typedef struct fsci_note fsci_note;

typedef struct fsci_lint {
    fsci_arena *arena;
    const char *file, *text;
    size_t length;
    fsci_note *last; /* newest first */
    size_t n_notes, n_errors;
} fsci_lint;

void fsci_lint_add(fsci_lint *lint, fsci_severity severity, fsci_span at, const char *format, ...)
    FSCI_PRINTF(4, 5);
/* The findings in file order. */
fsci_findings fsci_lint_findings(const fsci_lint *lint);

/* Reads a map into the struct of its part (law/read.c). `name` is the entry's own name or NULL. */
void fsci_part_read(fsci_lint *lint, const fsci_part *part, const fsci_yaml *node, const char *name,
                    void *to);

/* Text to a domain or one of its ends (law/bound.c). NULL when read, else what is wrong and at
 * which byte of the text. */
const char *fsci_domain_read(fsci_arena *arena, const char *text, fsci_domain *domain,
                             size_t *offset);
const char *fsci_bound_read(fsci_arena *arena, const char *text, fsci_bound *bound, size_t *offset);
extern const fsci_domain fsci_domain_all;

/* What reading alone cannot see: names, domains, references between parts (law/check.c). Fills in
 * response, solution and the theta of published sets. */
void fsci_law_check_names(fsci_lint *lint, fsc_law *law); /* formulas and the names in them */
/* Writes out the derived quantities that the law's formula names; `stated` keeps it as it is. */
void fsci_law_expand(fsci_lint *lint, fsc_law *law);
void fsci_law_check_prepare(fsci_lint *lint, const fsc_law *law); /* operators on the table */
void fsci_law_check_numbers(fsci_lint *lint, fsc_law *law);
/* Domains that name another parameter, and whether a published set keeps them. */
void fsci_law_check_order(fsci_lint *lint, fsc_law *law);
void fsci_law_check_set_order(fsci_lint *lint, const fsc_law *law, const fsci_law_published *set);
void fsci_law_check_stages(fsci_lint *lint, const fsc_law *law);
void fsci_law_check_expectations(fsci_lint *lint, const fsc_law *law);
/* Whether the id is the file's name, ID.yaml. */
void fsci_law_check_file_name(fsci_lint *lint,
                              const fsc_law *law); /* starts, published sets, checks */

/* "; did you mean 'N'?" or nothing. */
const char *fsci_lint_suggest(fsci_lint *lint, const char *name, const char *const *known,
                              size_t n_known);

#endif
