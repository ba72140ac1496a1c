/* embedded: files that the build carries inside the library, so that the program finds its laws and
 * its demonstration data wherever it stands. Written by cmake/embed.cmake. */
#ifndef FSCI_BASE_EMBEDDED_H
#define FSCI_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct fsci_embedded {
    const char *name; /* path below the folder: "chinchilla.yaml", "obs-scaling/models.csv" */
    const unsigned char *bytes;
    size_t length;
} fsci_embedded;

/* In order of the alphabet, ended by a NULL name. */
extern const fsci_embedded fsci_embedded_laws[];    /* laws/ */
extern const fsci_embedded fsci_embedded_data[];    /* data/, with their READMEs */
extern const fsci_embedded fsci_embedded_studies[]; /* studies/ */
extern const fsci_embedded fsci_embedded_modes[];   /* studies/as/ */

const fsci_embedded *fsci_embedded_find(const fsci_embedded *files, const char *name);

#endif
