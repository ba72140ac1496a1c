/* quantity: the numbers a reader takes away from a fit, as functions of its parameters: answers at
 * --at, derived quantities, parameters. What they are under other choices is the sensitivity table.
 */
#ifndef FSCI_FIT_QUANTITY_H
#define FSCI_FIT_QUANTITY_H

#include "fit/curve.h"
#include "fit/fit.h"

typedef struct fsci_quantity {
    const char *name;     /* "beta", "N_opt", "L" */
    const char *unit;     /* NULL for a pure number */
    const fsci_json *at;  /* inputs or arguments of an answer; NULL when it has none */
    bool headline;        /* one of those that tables and warnings speak of */
    double value, lo, hi; /* as the record has them */
    size_t parameter;     /* index of theta; SIZE_MAX when computed */
    fsci_course course;   /* then how, at one point */
    void *memory;         /* of the course */
} fsci_quantity;

typedef struct fsci_quantities {
    fsci_quantity *items;
    size_t n, n_parameters;
} fsci_quantities;

/* How the headline is chosen, for the record. */
extern const char fsci_headline_rule[];

/* Everything in the fit's record that is a number with an interval, at most MOST_QUANTITIES. Of an
 * answer asked at several points the one farthest beyond the data is taken. */
enum { FSCI_MOST_QUANTITIES = 24 };
fsc_status fsci_quantities_find(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                fsci_quantities *out, fsc_error *err);

/* The response at inputs `at`, {symbol: number or level}, with its interval. */
fsc_status fsci_quantity_at(fsci_arena *arena, const fsci_fitted *fitted, const fsci_json *at,
                            fsci_quantity *out, fsc_error *err);
bool fsci_quantity_is_response(const fsci_fitted *fitted, const fsci_quantity *quantity);

/* What `like`, a quantity of `fitted`, is for another law of the same columns, as a function of
 * that law's parameters: its response where the columns have the same values, or the derived
 * quantity of that name and arguments. False when it has none, and for a parameter. */
bool fsci_quantity_of(fsci_arena *arena, const fsci_fitted *fitted, const fsci_fitted *other,
                      const fsci_quantity *like, fsci_quantity *out);

/* Of parameters theta[n], NaN where it does not exist; one thread at a time. */
double fsci_quantity_value(const fsci_quantity *quantity, const double *theta);
/* d value / d theta [n_parameters] at theta. */
void fsci_quantity_slope(const fsci_quantities *quantities, const fsci_quantity *quantity,
                         const double *theta, double *slope);

/* Whether a name stands in an exponent of the formula, under one that holds a name, in a logarithm
 * on its right. */
bool fsci_is_exponent(const fsci_formula *formula, const char *name);
bool fsci_is_powered(const fsci_formula *formula, const char *name);
bool fsci_is_logged(const fsci_formula *formula, const char *name);
/* A column of numbers above 0, not the response, under a power or a logarithm of the formula. */
bool fsci_is_scale_input(const fsci_model *model, const fsci_binding *binding);

#endif
