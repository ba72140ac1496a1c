#include "fit/check/repeats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Rows by their inputs, through a table of places that holds the first row of each kind. */
typedef struct kinds {
    size_t n; /* rows */
    const fsci_model *model;
    bool *input;   /* [n_bindings] */
    size_t mask;   /* places less one; a power of two of them */
    size_t *place; /* [mask + 1] a row and one more; 0 for none */
    size_t *first; /* [n] the first row with the same inputs */
    size_t repeated;
} kinds;

/* Of a binding at a row: the k-th column of its set, or its one value. */
static double value_at(const fsci_binding *b, size_t n, size_t k, size_t at)
{
    return b->set ? b->members[k * n + at] : b->values ? b->values[at] : b->codes[at];
}

static bool same_inputs(const kinds *of, size_t a, size_t b)
{
    for (size_t i = 0; i < of->model->n_bindings; i++) {
        const fsci_binding *c = &of->model->bindings[i];
        for (size_t k = 0; of->input[i] && k < (c->set ? c->set->n : 1); k++)
            if (value_at(c, of->n, k, a) != value_at(c, of->n, k, b))
                return false;
    }
    return true;
}

static size_t hash_inputs(const kinds *of, size_t at)
{
    uint64_t hash = 0, bits;
    for (size_t i = 0; i < of->model->n_bindings; i++) {
        const fsci_binding *c = &of->model->bindings[i];
        for (size_t k = 0; of->input[i] && k < (c->set ? c->set->n : 1); k++) {
            double x = value_at(c, of->n, k, at) + 0.0; /* -0 is 0 */
            memcpy(&bits, &x, sizeof bits);
            hash = (hash ^ bits) * 0x9e3779b97f4a7c15u; /* 2^64 over the golden ratio */
            hash ^= hash >> 32;
        }
    }
    return (size_t)hash;
}

static bool find_kinds(const fsci_model *m, kinds *out)
{
    *out = (kinds){.n = m->n, .model = m, .mask = 1};
    while (out->mask < 2 * m->n)
        out->mask = 2 * out->mask + 1;
    out->input = calloc(m->n_bindings + 1, sizeof *out->input);
    out->place = calloc(out->mask + 1, sizeof *out->place);
    out->first = calloc(m->n, sizeof *out->first);
    if (!out->input || !out->place || !out->first)
        return false;
    for (size_t i = 0; i < m->n_bindings; i++)
        out->input[i] = !m->response || strcmp(m->bindings[i].symbol, m->response) != 0;
    for (size_t i = 0; i < m->n; i++) {
        size_t at = hash_inputs(out, i) & out->mask;
        while (out->place[at] && !same_inputs(out, out->place[at] - 1, i))
            at = (at + 1) & out->mask;
        if (!out->place[at])
            out->place[at] = i + 1;
        out->first[i] = out->place[at] - 1;
        out->repeated += out->first[i] != i;
    }
    return true;
}

/* The residuals about their mean in each kind that has several rows. */
static bool add_spread(fsci_arena *arena, const fsci_fit *fit, const kinds *k, fsci_json *record)
{
    size_t n = k->n, points = 0, rows = 0;
    size_t *count = calloc(n, sizeof *count);
    double *mean = calloc(n, sizeof *mean), squares = 0;
    bool ready = count && mean;
    for (size_t i = 0; ready && i < n; i++) {
        count[k->first[i]]++;
        mean[k->first[i]] += fit->r[i];
    }
    for (size_t i = 0; ready && i < n; i++) {
        size_t of = k->first[i];
        if (count[of] == 1)
            continue;
        double away = fit->r[i] - mean[of] / (double)count[of];
        squares += away * away;
        points += of == i;
        rows++;
    }
    free(count);
    free(mean);
    if (!ready)
        return false;
    fsci_json *object = fsci_json_set_object(arena, record, "repeats");
    fsci_json_set_number(arena, object, "points", (double)points);
    fsci_json_set_number(arena, object, "rows", (double)rows);
    fsci_json_set_number(arena, object, "sd", sqrt(squares / (double)(rows - points)));
    return true;
}

fsc_status fsci_repeats_add(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                            fsc_error *err)
{
    kinds k;
    bool ready = find_kinds(&fit->model, &k);
    if (ready && k.repeated)
        ready = add_spread(arena, fit, &k, record);
    free(k.input);
    free(k.place);
    free(k.first);
    return ready ? FSC_OK : fsci_fail_memory(err);
}
