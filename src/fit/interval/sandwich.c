#include "fit/interval/sandwich.h"

#include "fit/interval/score.h"
#include "opt/dense.h"

#include <string.h>

double fsci_sandwich_factor(size_t n, size_t m, const fsci_clusters *clusters)
{
    double rows = (double)n, free = (double)m, groups = (double)clusters->n;
    return clusters->column ? (rows - 1) / (rows - free) * groups / (groups - 1)
                            : rows / (rows - free);
}

double fsci_packed_form(size_t p, const double *packed, const double *g)
{
    double sum = 0;
    for (size_t a = 0; a < p; a++) {
        sum += *packed++ * g[a] * g[a];
        for (size_t b = a + 1; b < p; b++)
            sum += 2 * *packed++ * g[a] * g[b];
    }
    return sum;
}

/* Lower triangle of M += c v v'. */
static void add_square(size_t p, double c, const double *v, double *M)
{
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b <= a; b++)
            M[a * p + b] += c * v[a] * v[b];
}

/* v = J[i, :], without what is on a bound. */
static void take_row(const fsci_sandwich *s, size_t i, double *v)
{
    for (size_t k = 0; k < s->p; k++)
        v[k] = s->held[k] ? 0 : s->J[k * s->n + i];
}

static void by_rows(const fsci_sandwich *s, double *v, double *H, double *M)
{
    for (size_t i = 0; i < s->n; i++) {
        double w = fsci_row_weight(s->objective, i);
        double score = w * fsci_score_slope(s->objective, s->r[i]);
        if (s->count[i] == 0)
            continue;
        take_row(s, i, v);
        add_square(s->p, s->count[i] * w * fsci_score_bend(s->objective, s->r[i], s->width), v, H);
        add_square(s->p, s->count[i] * score * score, v, M);
    }
}

static void by_clusters(const fsci_sandwich *s, double *v, double *sum, double *H, double *M)
{
    const fsci_clusters *c = s->clusters;
    for (size_t g = 0; g < c->n; g++) {
        memset(sum, 0, s->p * sizeof *sum);
        for (size_t j = c->first[g]; s->count[g] > 0 && j < c->first[g + 1]; j++) {
            size_t i = c->row[j];
            double w = fsci_row_weight(s->objective, i);
            double bend = fsci_score_bend(s->objective, s->r[i], s->width);
            take_row(s, i, v);
            add_square(s->p, s->count[g] * w * bend, v, H);
            for (size_t k = 0; k < s->p; k++)
                sum[k] += w * fsci_score_slope(s->objective, s->r[i]) * v[k];
        }
        add_square(s->p, s->count[g], sum, M);
    }
}

/* Symmetric M becomes H^-1 M H^-1 for H = L L'. */
static void wrap(size_t p, const double *L, double *M)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t a = 0; a < p; a++)
            fsci_cholesky_solve(p, L, M + a * p, M + a * p); /* twice minus is plus */
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < a; b++) {
                double swap = M[a * p + b];
                M[a * p + b] = M[b * p + a];
                M[b * p + a] = swap;
            }
    }
}

bool fsci_sandwich_find(const fsci_sandwich *s, double *scratch, double *packed)
{
    size_t p = s->p, m = 0;
    double *H = scratch, *M = H + p * p, *L = M + p * p, *v = packed;
    memset(scratch, 0, 2 * p * p * sizeof *scratch);
    if (s->clusters->column)
        by_clusters(s, v, L, H, M);
    else
        by_rows(s, v, H, M);
    if (s->H)
        memcpy(H, s->H, p * p * sizeof *H);
    fsci_cholesky(p, H, s->held, L);
    for (size_t k = 0; k < p; k++) {
        m += !s->held[k];
        if (!s->held[k] && L[k * p + k] == 0)
            return false;
        for (size_t b = k + 1; b < p; b++)
            M[k * p + b] = M[b * p + k];
    }
    if (s->n <= m)
        return false;
    wrap(p, L, M);
    double factor = fsci_sandwich_factor(s->n, m, s->clusters);
    for (size_t a = 0; a < p; a++)
        for (size_t b = a; b < p; b++)
            *packed++ = factor * 0.5 * (M[a * p + b] + M[b * p + a]);
    return true;
}
