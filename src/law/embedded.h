/* embedded: the files of laws/ as the build saw them; written by cmake/embed_laws.cmake. */
#ifndef FSCI_LAW_EMBEDDED_H
#define FSCI_LAW_EMBEDDED_H

#include <stddef.h>

typedef struct fsci_embedded_law {
    const char *file; /* "chinchilla.yaml" */
    const unsigned char *text;
    size_t length;
} fsci_embedded_law;

extern const fsci_embedded_law fsci_embedded_laws[]; /* in order of the alphabet */
extern const size_t fsci_n_embedded_laws;

#endif
