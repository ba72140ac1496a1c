#include "fit/insertion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 512 };
/* A column of which less is left beside the others brings nothing of its own. */
static const double new_share = 1e-6, nothing_left = 1e-12;

struct fsci_insertion {
    const fsci_objective *objective;
    const fsci_starts *starts;
    fsci_evaluator *evaluator;
    size_t n_draws, n_rows, every; /* rows used: every so many */
    size_t n_basis;
    double *theta, *u, *r, *J; /* of all rows */
    double *scale;             /* [n_rows] square root of what each row counts for */
    double *b, *basis;         /* [n_rows], [n_rows * n_free] residuals, orthonormal columns */
    double *columns;           /* [n_rows * m] of m draws of all parts, without what is in */
    double *gram, *slope;      /* [m * m], [m] products of columns with one another and with b */
    double *left, *left_slope; /* [m] of them, when one is in */
};

fsci_insertion *fsci_insertion_new(const fsci_objective *o, const fsci_starts *starts,
                                   size_t n_draws)
{
    fsci_insertion *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    size_t n = o->n, p = o->parameters->n_free, m = n_draws * FSCI_INSERTION_PARTS;
    s->objective = o;
    s->starts = starts;
    s->n_draws = n_draws;
    s->every = (n + MOST_ROWS - 1) / MOST_ROWS;
    s->n_rows = (n + s->every - 1) / s->every;
    s->evaluator = fsci_evaluator_new(o);
    s->theta = calloc(o->parameters->n + p + n + n * p, sizeof(double));
    s->b = calloc(s->n_rows * (2 + p + m) + m * m + 3 * m, sizeof(double));
    if (!s->evaluator || !s->theta || !s->b) {
        fsci_insertion_free(s);
        return NULL;
    }
    s->u = s->theta + o->parameters->n;
    s->r = s->u + p;
    s->J = s->r + n;
    s->scale = s->b + s->n_rows;
    s->basis = s->scale + s->n_rows;
    s->columns = s->basis + s->n_rows * p;
    s->gram = s->columns + s->n_rows * m;
    s->slope = s->gram + m * m;
    s->left = s->slope + m;
    s->left_slope = s->left + m;
    return s;
}

void fsci_insertion_free(fsci_insertion *s)
{
    if (!s)
        return;
    fsci_evaluator_free(s->evaluator);
    free(s->theta);
    free(s->b);
    free(s);
}

void fsci_insertion_draw(const fsci_starts *starts, const fsci_stage *part, size_t draw,
                         double *theta)
{
    fsci_stage_out(part, theta);
    fsci_starts_some(starts, part->idle, part->n_idle, draw, theta);
}

/* ---- columns ---- */

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Square root of what a row's residual counts for: its weight, and less far out under a robust
 * loss. */
static double row_scale(const fsci_objective *o, size_t i, double r)
{
    double w = o->weight ? o->weight[i] : 1;
    if (o->loss != FSCI_LOSS_SQUARED && o->delta > 0 && fabs(r) > o->delta)
        w *= o->delta / fabs(r);
    return sqrt(w);
}

/* The rows used of a column, scaled. */
static void gather(const fsci_insertion *s, const double *from, double *to)
{
    for (size_t i = 0; i < s->n_rows; i++)
        to[i] = s->scale[i] * from[i * s->every];
}

/* Takes the basis out of a column, twice for rounding; the share of its square that is left. */
static double take_out_basis(const fsci_insertion *s, double *column)
{
    double before = dot(s->n_rows, column, column);
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < s->n_basis; k++) {
            const double *q = s->basis + k * s->n_rows;
            double share = dot(s->n_rows, q, column);
            for (size_t i = 0; i < s->n_rows; i++)
                column[i] -= share * q[i];
        }
    return before > 0 ? dot(s->n_rows, column, column) / before : 0;
}

/* Orthonormal columns that span those of the coordinates that are in and on no bound; the
 * residuals without them. */
static void make_basis(fsci_insertion *s, const fsci_parameters *held)
{
    const fsci_parameters *p = s->objective->parameters;
    for (size_t i = 0; i < s->n_rows; i++)
        s->scale[i] = row_scale(s->objective, i * s->every, s->r[i * s->every]);
    s->n_basis = 0;
    for (size_t k = 0; k < p->n_free; k++) {
        if (held->slot[p->free[k]] == SIZE_MAX || fsci_parameters_at_bound(p, s->u, k))
            continue;
        double *q = s->basis + s->n_basis * s->n_rows;
        gather(s, s->J + k * s->objective->n, q);
        if (take_out_basis(s, q) < nothing_left)
            continue;
        double length = sqrt(dot(s->n_rows, q, q));
        for (size_t i = 0; i < s->n_rows; i++)
            q[i] /= length;
        s->n_basis++;
    }
    gather(s, s->r, s->b);
    take_out_basis(s, s->b);
}

/* Column d of each part: of its draw, or zeros where that brings nothing or has no value. */
static void make_columns(fsci_insertion *s, const fsci_stage *parts, const size_t *which, size_t n,
                         size_t d, bool usable)
{
    for (size_t k = 0; k < n; k++) {
        size_t coordinate = s->objective->parameters->slot[parts[which[k]].at];
        double *column = s->columns + (k * s->n_draws + d) * s->n_rows;
        gather(s, s->J + coordinate * s->objective->n, column);
        if (!usable || take_out_basis(s, column) < new_share)
            memset(column, 0, s->n_rows * sizeof *column);
    }
}

/* Residuals and Jacobian with all parts as drawn, still out. */
static bool evaluate(fsci_insertion *s, const fsci_stage *parts, const size_t *which, size_t n,
                     size_t draw, const double *theta)
{
    const fsci_parameters *p = s->objective->parameters;
    memcpy(s->theta, theta, p->n * sizeof *theta);
    for (size_t k = 0; k < n; k++)
        fsci_insertion_draw(s->starts, &parts[which[k]], draw + k, s->theta);
    fsci_parameters_reduce(p, s->theta, s->u);
    return fsci_objective_residuals(s->evaluator, s->u, s->r, s->J);
}

/* ---- combinations ---- */

static void make_gram(fsci_insertion *s, size_t n)
{
    size_t m = n * s->n_draws;
    for (size_t i = 0; i < m; i++) {
        const double *column = s->columns + i * s->n_rows;
        s->slope[i] = dot(s->n_rows, column, s->b);
        s->gram[i * m + i] = dot(s->n_rows, column, column);
        for (size_t j = 0; j < i; j++) /* of different parts only */
            if (i / s->n_draws != j / s->n_draws)
                s->gram[i * m + j] = s->gram[j * m + i] =
                    dot(s->n_rows, column, s->columns + j * s->n_rows);
    }
}

typedef struct choice {
    double gain;
    size_t draw[FSCI_INSERTION_PARTS];
} choice;

/* The draw of the third part that gains most beside i and j, which gain `both`. */
static void choose_third(const fsci_insertion *s, size_t i, size_t j, double both, choice *best)
{
    size_t m = FSCI_INSERTION_PARTS * s->n_draws;
    const double *row_i = s->gram + i * m, *row_j = s->gram + j * m;
    double ji = row_i[j] / row_i[i], per_j = 1 / s->left[j];
    for (size_t k = 2 * s->n_draws; k < m; k++) {
        double kj = row_j[k] - row_i[k] * ji, own = s->left[k] - kj * kj * per_j;
        double slope = s->left_slope[k] - s->left_slope[j] * kj * per_j;
        if (own > new_share * s->gram[k * m + k] && both + slope * slope / own > best->gain)
            *best = (choice){both + slope * slope / own, {i, j - s->n_draws, k - 2 * s->n_draws}};
    }
}

/* The best combination of n parts with draw i of the first. */
static choice choose_with(const fsci_insertion *s, size_t n, size_t i)
{
    size_t m = n * s->n_draws;
    const double *row = s->gram + i * m;
    double gain = s->slope[i] * s->slope[i] / row[i];
    choice best = {n == 1 ? gain : 0, {i}};
    for (size_t j = s->n_draws; j < m; j++) {
        s->left[j] = s->gram[j * m + j] - row[j] * row[j] / row[i];
        s->left_slope[j] = s->slope[j] - s->slope[i] * row[j] / row[i];
    }
    for (size_t j = s->n_draws; n > 1 && j < 2 * s->n_draws; j++) {
        if (!(s->left[j] > new_share * s->gram[j * m + j]))
            continue;
        double both = gain + s->left_slope[j] * s->left_slope[j] / s->left[j];
        if (n == 2 && both > best.gain)
            best = (choice){both, {i, j - s->n_draws}};
        if (n == 3)
            choose_third(s, i, j, both, &best);
    }
    return best;
}

/* Into the list, best first. */
static void note(fsci_insertion_found *found, double value, const choice *c, size_t first, size_t n)
{
    size_t at = FSCI_INSERTION_BEST;
    while (at > 0 && value < found->value[at - 1])
        at--;
    if (at == FSCI_INSERTION_BEST)
        return;
    for (size_t k = FSCI_INSERTION_BEST - 1; k > at; k--) {
        found->value[k] = found->value[k - 1];
        memcpy(found->draw[k], found->draw[k - 1], sizeof found->draw[k]);
    }
    found->value[at] = value;
    for (size_t k = 0; k < n; k++)
        found->draw[at][k] = first + c->draw[k] * n + k;
}

void fsci_insertion_find(fsci_insertion *s, const fsci_parameters *held, const fsci_stage *parts,
                         const size_t *which, size_t n, size_t first_draw, const double *theta,
                         fsci_insertion_found *found)
{
    for (size_t k = 0; k < FSCI_INSERTION_BEST; k++)
        found->value[k] = INFINITY;
    for (size_t d = 0; d < s->n_draws; d++) {
        bool usable = evaluate(s, parts, which, n, first_draw + d * n, theta);
        if (!d && !usable)
            return;
        if (!d)
            make_basis(s, held);
        make_columns(s, parts, which, n, d, usable);
    }
    make_gram(s, n);
    double total = dot(s->n_rows, s->b, s->b);
    for (size_t i = 0; i < s->n_draws; i++) {
        if (!(s->gram[i * n * s->n_draws + i] > 0))
            continue;
        choice best = choose_with(s, n, i);
        if (best.gain > 0)
            note(found, total - best.gain, &best, first_draw, n);
    }
}
