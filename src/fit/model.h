/* model: a law, or a formula typed by a user, bound to the rows of a table. */
#ifndef FSCI_FIT_MODEL_H
#define FSCI_FIT_MODEL_H

#include "fit/objective.h"
#include "fit/separable.h"
#include "fit/set.h"
#include "fit/settings.h"
#include "fit/stages.h"
#include "law/law.h"
#include "table/table.h"

/* What is fitted: a law of the catalogue, or a formula with no law behind it. */
typedef struct fsci_subject {
    const fsc_law *law;                 /* NULL for a formula */
    const fsci_formula *formula;        /* the law's, or the user's */
    const struct fsci_grouped *grouped; /* NULL unless made by grouped.h */
} fsci_subject;

/* How a subject was made from one without groups. */
typedef struct fsci_grouped {
    fsci_subject plain;
    const char *column;
    const char *const *names; /* [n_names] parameters that differ by its levels */
    size_t n_names;
} fsci_grouped;

/* A symbol of the formula and the column it stands for. */
typedef struct fsci_binding {
    const char *symbol, *column, *unit; /* unit NULL when not stated */
    double *values;                     /* [n] of the kept rows; NULL for categories */
    uint32_t *codes;                    /* [n] recoded to the levels in use; NULL for numbers */
    const char **levels;
    size_t n_levels;
    double min, max; /* of values, or of all members */
    const fsci_column *source;
    const fsci_set *set; /* the columns of a set, then `source` is its first; NULL for one column */
    double *members;     /* [set->n * n] their values at the kept rows, column by column */
} fsci_binding;

typedef struct fsci_dropped {
    const char *rule;
    size_t rows;
} fsci_dropped;

enum { FSCI_MODEL_DROP_RULES = 2 };
extern const char fsci_rule_missing[], fsci_rule_outside[]; /* a value; the domain */

typedef struct fsci_model {
    fsci_subject subject;
    const fsc_table *table;
    size_t n;    /* rows used */
    size_t *row; /* [n] their rows in the table */
    fsci_binding *bindings;
    size_t n_bindings;
    fsci_dropped dropped[FSCI_MODEL_DROP_RULES];
    size_t n_dropped;
    fsci_parameter *all; /* [n_all] */
    size_t n_all;
    const double *held; /* [n_all] of fixed parameters their values, NaN for others; NULL: none */
    fsci_parameters parameters;
    fsci_objective objective;
    fsci_separable *separable;   /* NULL when no parameter is linear */
    const fsci_stages *stages;   /* NULL when the law is searched at once */
    const fsci_formula *trials;  /* of columns; NULL when the objective has none */
    const char *response;        /* symbol of the left side, NULL when it is no single column */
    const fsci_node *prediction; /* what the response equals; NULL when it cannot be solved for */
} fsci_model;

/* Binds by --map, else by exact name, else by the law's aliases; in a formula a name that is no
 * column is a free parameter (an error when it is one edit away from a column). All memory is the
 * arena's; law, formula and table are borrowed. FSC_EINPUT: a symbol without a column, text in a
 * column of numbers, a value outside its domain, fewer rows than free parameters. */
fsc_status fsci_model_new(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                          const fsci_fit_settings *settings, fsci_model *model, fsc_error *err);

/* Values of an expression of columns by row. */
fsc_status fsci_model_data(fsci_arena *arena, const fsci_formula *origin, const fsci_node *node,
                           const fsci_scope *scope, double **values, fsc_error *err);

/* Compiles objective->minus_log from the responses that the objective has: those of the model, or
 * others in their place, which must live as long. */
fsc_status fsci_model_likelihood(fsci_arena *arena, const fsci_model *model,
                                 fsci_objective *objective, fsc_error *err);

/* The model's objective, compiled anew for any values of the parameters that it holds. */
fsc_status fsci_model_release(fsci_arena *arena, const fsci_model *model, fsci_objective *objective,
                              fsc_error *err);

/* What a symbol is bound to, and the law's column of that name; NULL when there is none. */
const fsci_binding *fsci_model_binding(const fsci_model *model, const char *symbol);
/* The first of numbers that has the symbol or the unit ("N", "param"); NULL for none. */
const fsci_binding *fsci_model_input(const fsci_model *model, const char *symbol, const char *unit);
const fsci_law_column *fsci_model_column(const fsci_model *model, const char *symbol);

#endif
