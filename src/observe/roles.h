/* roles: what a column of a model table is, told from its name. */
#ifndef FSCI_OBSERVE_ROLES_H
#define FSCI_OBSERVE_ROLES_H

#include <stdbool.h>

typedef enum fsci_role {
    FSCI_ROLE_MODEL,
    FSCI_ROLE_FAMILY,
    FSCI_ROLE_PARAMS,
    FSCI_ROLE_TOKENS,
    FSCI_ROLE_FLOPS,
    FSCI_ROLE_DATE,
    FSCI_ROLES
} fsci_role;

/* The role that a column's name says, if any: case, spaces and punctuation do not matter, and a
 * unit may follow in parentheses or as a last word ("Model Size (B)", "params_b", "FLOPs (1E21)").
 * *unit is what one in the column stands for in plain units (1e9, 1e9, 1e21; 1 without a suffix).
 */
bool fsci_role_of(const char *column, fsci_role *role, double *unit);

enum { FSCI_PLAIN_BYTES = 64 };

/* Lower case with every run of other characters as one underscore, none at the ends: "ARC-C" is
 * "arc_c". False when it does not fit. */
bool fsci_plain_name(const char *column, char plain[FSCI_PLAIN_BYTES]);

const char *fsci_role_name(fsci_role role); /* "model", "family", "params", ... */

#endif
