/* curve: a formula of a fitted law at given points, with the interval of its value. */
#ifndef FSCI_FIT_CURVE_H
#define FSCI_FIT_CURVE_H

#include "fit/course.h"
#include "fit/fitted.h"

/* An input of the formula at n points: numbers, or codes of a category. */
typedef struct fsci_input_values {
    const char *name;
    const double *numbers;
    const uint32_t *codes;
    const char *const *levels;
    size_t n_levels;
    const double *members; /* of a set: [n_levels * n], one member after the other */
    bool varied;           /* of a set: its members are parameters, which follow those of the fit */
} fsci_input_values;

typedef struct fsci_points {
    const fsci_input_values *inputs;
    size_t n_inputs;
    size_t n; /* points */
} fsci_points;

typedef struct fsci_curve {
    double *value, *lo, *hi;         /* [n]; lo and hi NaN when no interval can be made */
    const char **lo_open, **hi_open; /* [n] why an end of a profile is open; NULL when it is not */
} fsci_curve;

/* `node` compiled for every point; its parameters are those of the fit, in their order, and then
 * the members of the input that is varied. */
fsc_status fsci_curve_program(fsci_arena *arena, const fsci_fitted *fitted,
                              const fsci_formula *origin, const fsci_node *node,
                              const fsci_points *points, fsci_program **program, fsc_error *err);

/* Evaluates `node` at every point. `space` is the scale on which a local interval is symmetric. */
fsc_status fsci_curve_find(fsci_arena *arena, const fsci_fitted *fitted, const fsci_formula *origin,
                           const fsci_node *node, const fsci_points *points, fsci_space space,
                           fsci_curve *curve, fsc_error *err);

/* A derived quantity at every point; one that is solved for, or rests on one, by its root. */
fsc_status fsci_curve_derived(fsci_arena *arena, const fsci_fitted *fitted,
                              const fsci_fitted_derived *derived, const fsci_points *points,
                              fsci_space space, fsci_curve *curve, fsc_error *err);

/* The response at every point, by the law's prediction or by solving its equation. */
fsc_status fsci_curve_predict(fsci_arena *arena, const fsci_fitted *fitted,
                              const fsci_points *points, fsci_curve *curve, fsc_error *err);
static inline bool fsci_curve_predicts(const fsci_fitted *fitted)
{
    return fitted->prediction || fitted->implicit;
}

/* How a derived quantity (NULL: the response) follows from the parameters of the fit, compiled for
 * every point. */
fsc_status fsci_curve_course(fsci_arena *arena, const fsci_fitted *fitted,
                             const fsci_fitted_derived *derived, const fsci_points *points,
                             fsci_course *course, fsc_error *err);

/* The residual of an implicit law less an offset, compiled for every point; after the parameters of
 * the fit come the unknown and the offset (0: the law itself). */
fsc_status fsci_curve_root(fsci_arena *arena, const fsci_fitted *fitted, const fsci_points *points,
                           fsci_root *root, fsc_error *err);

/* Responses at which an implicit law leaves the residual `offset`: out[n points]. */
fsc_status fsci_curve_offset(fsci_arena *arena, const fsci_fitted *fitted,
                             const fsci_points *points, double offset, double *out, fsc_error *err);

#endif
