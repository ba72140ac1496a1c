/* catalogue: the laws this build carries (every laws/ID.yaml, embedded when it was built) and those
 * in directories of the user's, which come first. A law is found by its id or by the path of its
 * file; each call reads it afresh, and the caller owns it. */
#ifndef FSCI_LAW_CATALOGUE_H
#define FSCI_LAW_CATALOGUE_H

#include "law/law.h"

typedef struct fsci_catalogue {
    const char *const *directories; /* borrowed; earlier ones first; a missing one is no error */
    size_t n_directories;
} fsci_catalogue;

/* The law with an id or, when `name` holds a '/' or ends in .yaml, in a file. Errors: FSC_EINPUT
 * for an unknown id (the nearest is suggested) and for what fsci_law_read refuses. */
fsc_status fsci_catalogue_find(const fsci_catalogue *catalogue, const char *name, fsc_law **law,
                               fsc_error *err);

/* What is wrong with the file of a law, all of it (see fsci_law_check). It is named as for find, or
 * by any path, or is standard input as "-"; `file` is its path, or its name in the catalogue. */
fsc_status fsci_catalogue_check(const fsci_catalogue *catalogue, fsci_arena *arena,
                                const char *name, const char **file, fsci_findings *findings,
                                fsc_error *err);

/* Ids of all laws, each once, in order of the alphabet, in `arena`. FSC_EENV when a directory
 * cannot be read. */
fsc_status fsci_catalogue_ids(const fsci_catalogue *catalogue, fsci_arena *arena, fsci_texts *ids,
                              fsc_error *err);

/* Every law, in order of question and id, and why each file that is none was left out. On success
 * the caller frees the list. Errors: those of ids, FSC_EENV and FSC_ENOMEM; nothing is then left to
 * free. */
typedef struct fsci_laws {
    fsc_law **items;
    size_t n;
    fsc_error *faults; /* [n_faults] the first error of each file that is no law */
    size_t n_faults;
} fsci_laws;
fsc_status fsci_catalogue_list(const fsci_catalogue *catalogue, fsci_laws *laws, fsc_error *err);
void fsci_laws_free(fsci_laws *laws);

#endif
