/* Pictures of profiles (Bates & Watts 1988, chapter 6): how straight they are, and what trades. */
#include "fit/figures.h"
#include "num/distribution.h"
#include "record/figure.h"

#include <math.h>
#include <string.h>

static double number_at(const fsci_json *list, size_t i)
{
    FSCI_JSON_EACH (item, list)
        if (!i--)
            return item->kind == FSCI_JSON_NUMBER ? item->number : NAN;
    return NAN;
}

/* The free parameter behind row i of the covariance. */
static const fsci_fitted_parameter *row_parameter(const fsci_fitted *f, size_t row)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->parameters[i].role == FSCI_FREE && f->parameters[i].row == row)
            return &f->parameters[i];
    return NULL;
}

static double error_of(const fsci_fitted *f, size_t row)
{
    return sqrt(f->covariance[row + row * f->n_rows]);
}

/* Signed root of the deviance against the distance from the estimate in standard errors: a straight
 * line of slope one is a parameter for which the local interval is right. */
static void draw_roots(fsci_arena *a, const fsci_fitted *f, const fsci_json *profiles,
                       fsci_json *figures)
{
    double limit = fsci_t_quantile(0.5 + f->level / 2, f->df);
    fsci_json *figure = fsci_figure_add(
        a, figures, "profile", "How fast the fit gets worse",
        "Each parameter moved with all others fitted again. On the diagonal the local interval is "
        "right; the interval ends where a line crosses the dashed ones.");
    fsci_figure_axis(a, figure, "x", "distance from the estimate, standard errors", NULL, "linear");
    fsci_figure_axis(a, figure, "y", "signed root of the deviance", NULL, "linear");
    fsci_figure_mark(a, figure, "diagonal", NAN, NULL);
    fsci_figure_mark(a, figure, "hline", limit, NULL);
    fsci_figure_mark(a, figure, "hline", -limit, NULL);
    size_t row = 0;
    FSCI_JSON_EACH (profile, profiles) {
        const fsci_fitted_parameter *p = row_parameter(f, row);
        double se = error_of(f, row++);
        if (!p || !(se > 0))
            continue;
        fsci_json *line =
            fsci_figure_series(a, figure, fsci_json_get_string(profile, "parameter"), "line", NULL);
        const fsci_json *root = fsci_json_get(profile, "root")->first;
        FSCI_JSON_EACH (value, fsci_json_get(profile, "value")) {
            double moved = p->log ? log(value->number / p->value) : value->number - p->value;
            if (fabs(moved / se) < 4 * limit)
                fsci_figure_point(a, line, moved / se, root->number);
            root = root->next;
        }
    }
}

/* The two coordinates that the covariance correlates most. */
static double most_correlated(const fsci_fitted *f, size_t *x, size_t *y)
{
    double most = 0;
    for (size_t i = 0; i < f->n_rows; i++)
        for (size_t j = 0; j < i; j++) {
            double rho = f->covariance[i + j * f->n_rows] / (error_of(f, i) * error_of(f, j));
            if (fabs(rho) > fabs(most))
                most = rho, *x = j, *y = i;
        }
    return most;
}

static void draw_trace(fsci_arena *a, const fsci_fitted *f, const fsci_json *profiles, size_t of,
                       size_t x, size_t y, const char *style, fsci_json *figure)
{
    size_t row = 0;
    FSCI_JSON_EACH (profile, profiles) {
        if (row++ != of)
            continue;
        const char *name = fsci_format(a, "%s moved", fsci_json_get_string(profile, "parameter"));
        fsci_json *line = fsci_figure_series(a, figure, name, "line", style);
        FSCI_JSON_EACH (theta, fsci_json_get(profile, "parameters"))
            fsci_figure_point(a, line,
                              number_at(theta, (size_t)(row_parameter(f, x) - f->parameters)),
                              number_at(theta, (size_t)(row_parameter(f, y) - f->parameters)));
    }
}

static void axis(fsci_arena *a, const fsci_fitted_parameter *p, const char *which,
                 fsci_json *figure)
{
    const char *label = p->group ? fsci_format(a, "%s[%s]", p->name, p->group) : p->name;
    fsci_figure_axis(a, figure, which, label, NULL, p->log ? "log" : "linear");
}

/* Where two parameters go together, to the ends of their intervals. */
static void draw_trade(fsci_arena *a, const fsci_fitted *f, const fsci_json *profiles,
                       fsci_json *figures)
{
    size_t x = 0, y = 0;
    double rho = most_correlated(f, &x, &y);
    const fsci_fitted_parameter *px = row_parameter(f, x), *py = row_parameter(f, y);
    if (!(fabs(rho) > 0.5) || !px || !py || px == py)
        return;
    fsci_json *figure = fsci_figure_add(
        a, figures, "trade", fsci_format(a, "What %s and %s do to each other", px->name, py->name),
        fsci_format(a,
                    "The best value of one for each value of the other, to the ends of their "
                    "intervals (correlation %.4f). One line on top of the other: only their "
                    "combination is known.",
                    rho));
    axis(a, px, "x", figure);
    axis(a, py, "y", figure);
    draw_trace(a, f, profiles, x, x, y, NULL, figure);
    draw_trace(a, f, profiles, y, x, y, "dashed", figure);
    fsci_json *best = fsci_figure_series(a, figure, "fit", "points", NULL);
    fsci_figure_point(a, best, px->value, py->value);
}

void fsci_profile_figures(fsci_arena *arena, const fsci_fitted *fitted, fsci_json *figures)
{
    const fsci_json *profiles = fsci_json_get(fitted->record, "profiles");
    if (!fsci_json_count(profiles) || !fitted->covariance)
        return;
    draw_roots(arena, fitted, profiles, figures);
    draw_trade(arena, fitted, profiles, figures);
}
