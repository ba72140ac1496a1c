#include "metric/mixture.h"

#include "metric/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double fsci_mixture_pass(const fsci_mixture *m, const size_t *k)
{
    double sum = 0;
    for (size_t i = 0; i < m->items; i++) {
        double miss = 0;
        for (size_t t = 0; t < m->conditions; t++) {
            size_t at = i * m->conditions + t;
            if ((double)k[t] > m->n[at])
                return NAN;
            if (k[t] > 0)
                miss += fsci_log_miss(m->n[at], m->c[at], (double)k[t]);
        }
        sum += -expm1(miss);
    }
    return sum / (double)m->items;
}

double fsci_mixture_pass_of(const double *p, size_t items, size_t conditions, const double *k)
{
    double sum = 0;
    for (size_t i = 0; i < items; i++) {
        double miss = 0;
        for (size_t t = 0; t < conditions; t++)
            if (k[t] > 0)
                miss += k[t] * log1p(-p[i * conditions + t]);
        sum += -expm1(miss);
    }
    return sum / (double)items;
}

typedef struct table {
    const fsci_mixture *m;
    size_t total;
    double *miss; /* [conditions][total + 1][items]: C(n-c,k)/C(n,k); NaN beyond n */
} table;

static double *row_of(const table *t, size_t condition, size_t k)
{
    return t->miss + (condition * (t->total + 1) + k) * t->m->items;
}

static void fill(const table *t)
{
    for (size_t c = 0; c < t->m->conditions; c++)
        for (size_t k = 0; k <= t->total; k++) {
            double *row = row_of(t, c, k);
            for (size_t i = 0; i < t->m->items; i++) {
                double n = t->m->n[i * t->m->conditions + c];
                row[i] = (double)k > n
                             ? NAN
                             : exp(fsci_log_miss(n, t->m->c[i * t->m->conditions + c], (double)k));
            }
        }
}

static double pass_of(const table *t, const size_t *k)
{
    double sum = 0;
    for (size_t i = 0; i < t->m->items; i++) {
        double miss = 1;
        for (size_t c = 0; c < t->m->conditions; c++)
            miss *= row_of(t, c, k[c])[i];
        sum += 1 - miss;
    }
    return sum / (double)t->m->items;
}

static void try_all(const table *t, size_t condition, size_t left, size_t *k, size_t *best,
                    double *most)
{
    size_t last = t->m->conditions - 1;
    if (condition == last) {
        k[last] = left;
        double value = pass_of(t, k);
        if (value > *most + 1e-15) {
            *most = value;
            memcpy(best, k, t->m->conditions * sizeof *k);
        }
        return;
    }
    for (k[condition] = 0; k[condition] <= left; k[condition]++)
        try_all(t, condition + 1, left - k[condition], k, best, most);
    k[condition] = 0;
}

static bool greedy(const table *t, size_t *k)
{
    size_t given = 0;
    memset(k, 0, t->m->conditions * sizeof *k);
    while (given < t->total) {
        size_t best = t->m->conditions;
        double most = -INFINITY;
        for (size_t c = 0; c < t->m->conditions; c++) {
            k[c]++;
            double value = pass_of(t, k);
            k[c]--;
            if (value > most + 1e-15) {
                most = value;
                best = c;
            }
        }
        if (best == t->m->conditions)
            return false;
        k[best]++;
        given++;
    }
    return true;
}

bool fsci_mixture_best(const fsci_mixture *m, size_t total, double most_tried, size_t *k,
                       bool *exhaustive)
{
    double ways = 1, most = -INFINITY;
    for (size_t t = 1; t < m->conditions; t++)
        ways *= (double)(total + t) / (double)t;
    table t = {m, total, malloc((m->conditions * (total + 1) * m->items + 1) * sizeof(double))};
    size_t *scratch = calloc(m->conditions + 1, sizeof *scratch);
    bool found = t.miss && scratch;
    *exhaustive = ways <= most_tried;
    if (found) {
        fill(&t);
        if (*exhaustive)
            try_all(&t, 0, total, scratch, k, &most);
        found = *exhaustive ? isfinite(most) : greedy(&t, k);
    }
    free(t.miss);
    free(scratch);
    return found;
}
