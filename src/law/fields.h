/* fields: the table of everything a law file may say. Reading, linting ("unknown field 'formla';
 * did you mean 'formula'?") and the field reference of the manual all come from it: a new field is
 * one row here and one member in law.h. */
#ifndef FSCI_LAW_FIELDS_H
#define FSCI_LAW_FIELDS_H

#include "law/law.h"

/* What a value looks like in YAML, and the C type it is read into. */
typedef enum fsci_shape {
    FSCI_SHAPE_TEXT,     /* const char * */
    FSCI_SHAPE_INTEGER,  /* int64_t, from 1 */
    FSCI_SHAPE_NUMBER,   /* double, NaN when absent */
    FSCI_SHAPE_CHOICE,   /* an enum, the position in `choices` */
    FSCI_SHAPE_FORMULA,  /* fsci_formula * */
    FSCI_SHAPE_TEXTS,    /* fsci_texts */
    FSCI_SHAPE_DOMAIN,   /* fsci_domain, unbounded when absent */
    FSCI_SHAPE_START,    /* fsci_start */
    FSCI_SHAPE_VALUES,   /* fsci_values */
    FSCI_SHAPE_WORDS,    /* FSCI_LIST(fsci_law_word) */
    FSCI_SHAPE_FORMULAS, /* FSCI_LIST(fsci_law_map) */
    FSCI_SHAPE_PART,     /* a struct in place */
    FSCI_SHAPE_PARTS,    /* FSCI_LIST of structs, from a list */
    FSCI_SHAPE_NAMED     /* FSCI_LIST of structs with their names, from a map */
} fsci_shape;

typedef struct fsci_part fsci_part;

typedef struct fsci_field {
    const char *name;
    fsci_shape shape;
    bool required;
    size_t offset; /* of its member in the struct of the part */
    const char *example;
    const char *meaning;        /* for the manual */
    const char *const *choices; /* CHOICE: NULL-ended */
    const fsci_part *part;      /* PART, PARTS, NAMED */
} fsci_field;

enum { FSCI_PART_FIELDS = 24 }; /* no part has more */

/* A map with known fields. Its struct begins with FSCI_LAW_PART. */
struct fsci_part {
    const char *noun; /* "parameter", for messages */
    size_t size;
    const fsci_field *fields;
    size_t n_fields;
};

extern const fsci_part fsci_law_part; /* the root */

/* What a value of the shape must look like: "a list of texts". */
const char *fsci_shape_form(fsci_shape shape);

#endif
