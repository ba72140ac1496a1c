#include "fit/check/repeats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {
    const fsci_model *model;
    size_t at;
} row;

static bool is_input(const fsci_model *m, const fsci_binding *b)
{
    return !m->response || strcmp(b->symbol, m->response) != 0;
}

/* Of a binding at a row: the k-th column of its set, or its one value. */
static double value_at(const fsci_binding *b, size_t n, size_t k, size_t at)
{
    return b->set ? b->members[k * n + at] : b->values ? b->values[at] : b->codes[at];
}

/* By inputs only. */
static int compare(const void *left, const void *right)
{
    const row *a = left, *b = right;
    for (size_t i = 0; i < a->model->n_bindings; i++) {
        const fsci_binding *c = &a->model->bindings[i];
        if (!is_input(a->model, c))
            continue;
        for (size_t k = 0; k < (c->set ? c->set->n : 1); k++) {
            double x = value_at(c, a->model->n, k, a->at), y = value_at(c, a->model->n, k, b->at);
            if (x != y)
                return x < y ? -1 : 1;
        }
    }
    return 0;
}

static int compare_rows(const void *left, const void *right)
{
    const row *a = left, *b = right;
    int order = compare(left, right);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

fsc_status fsci_repeats_add(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                            fsc_error *err)
{
    const fsci_model *m = &fit->model;
    row *rows = FSCI_NEW(arena, row, m->n);
    size_t points = 0, repeated = 0;
    double squares = 0;
    if (!rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m->n; i++)
        rows[i] = (row){m, i};
    qsort(rows, m->n, sizeof *rows, compare_rows);
    for (size_t from = 0, to; from < m->n; from = to) {
        double mean = 0;
        for (to = from; to < m->n && !compare(&rows[from], &rows[to]); to++)
            mean += fit->r[rows[to].at];
        mean /= (double)(to - from);
        for (size_t i = from; i < to; i++)
            squares += (fit->r[rows[i].at] - mean) * (fit->r[rows[i].at] - mean);
        points += to - from > 1;
        repeated += to - from > 1 ? to - from : 0;
    }
    if (!points)
        return FSC_OK;
    fsci_json *object = fsci_json_set_object(arena, record, "repeats");
    fsci_json_set_number(arena, object, "points", (double)points);
    fsci_json_set_number(arena, object, "rows", (double)repeated);
    fsci_json_set_number(arena, object, "sd", sqrt(squares / (double)(repeated - points)));
    return FSC_OK;
}
