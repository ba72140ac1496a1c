#include "fit/check/repeats.h"

#include "base/number.h"
#include "fit/check/trajectory.h"
#include "record/warning.h"

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

/* With `response` rows are of one kind only if it is equal too. */
static bool find_kinds(const fsci_model *m, bool response, kinds *out)
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
        out->input[i] = response || !m->response || strcmp(m->bindings[i].symbol, m->response) != 0;
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

static void free_kinds(kinds *k)
{
    free(k->input);
    free(k->place);
    free(k->first);
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

/* Equal in every column of the table, missing cells too. */
static bool same_row(const fsc_table *table, size_t a, size_t b)
{
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *c = fsci_table_column(table, i);
        bool numbers = c->kind == FSCI_COLUMN_NUMBERS;
        if (numbers && c->numbers[a] != c->numbers[b] &&
            !(isnan(c->numbers[a]) && isnan(c->numbers[b])))
            return false;
        if (!numbers && c->codes[a] != c->codes[b])
            return false;
    }
    return true;
}

/* A value of few digits, as a share of 100 items, may well come twice. */
static bool measured_finely(double value)
{
    enum { FEW_DIGITS = 5 };
    char text[FSCI_NUMBER_TEXT];
    size_t n = 0;
    fsci_number_write(value, text);
    for (const char *c = text; *c && *c != 'e'; c++)
        n += *c >= '0' && *c <= '9' && (n || *c != '0');
    return n >= FEW_DIGITS;
}

fsc_status fsci_repeats_add(fsci_arena *arena, const fsci_fit *fit, fsci_json *record,
                            fsc_error *err)
{
    kinds k;
    bool ready = find_kinds(&fit->model, false, &k);
    if (ready && k.repeated)
        ready = add_spread(arena, fit, &k, record);
    free_kinds(&k);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* Runs that are in the table twice. */
static void warn_of_copies(fsci_arena *arena, const fsci_model *m, fsci_json *record)
{
    const fsci_binding *y = m->response ? fsci_model_binding(m, m->response) : NULL;
    kinds k;
    size_t copies = 0, at = 0;
    if (!y || !y->values)
        return;
    bool ready = find_kinds(m, true, &k);
    for (size_t i = m->n; ready && i-- > 0;)
        if (k.first[i] != i && measured_finely(y->values[i]) &&
            same_row(m->table, m->row[i], m->row[k.first[i]])) {
            copies++;
            at = i;
        }
    free_kinds(&k);
    if (copies)
        fsci_record_warn(arena, record, "W-DUPLICATE",
                         "%zu of %zu rows are the same as another in every column (first at line "
                         "%lld): the same runs twice? They count twice, and intervals are too "
                         "narrow. Keep one of each.",
                         copies, m->n, (long long)fsci_table_line(m->table, m->row[at]));
}

/* Rows alike in all that the law knows and at several steps, where nothing names the runs. */
static void warn_of_steps(fsci_arena *arena, const fsci_model *m, fsci_json *record)
{
    static fsci_known_names names = {"step", "iteration", "checkpoint", "tokens_seen", NULL};
    const fsci_column *step = fsci_known_column(m->table, names);
    kinds k;
    size_t later = 0;
    if (!step || !step->numbers || fsci_json_at(record, "data.runs"))
        return;
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].source == step)
            return;
    bool ready = find_kinds(m, false, &k);
    for (size_t i = 0; ready && i < m->n; i++)
        later += step->numbers[m->row[i]] != step->numbers[m->row[k.first[i]]];
    free_kinds(&k);
    if (later)
        fsci_record_warn(arena, record, "W-TRAJ",
                         "%zu of %zu rows are at another %s than a row with the same inputs, and "
                         "the law knows no %s: checkpoints of the same runs? Keep one %s "
                         "(--where), or the last of each run (--prepare 'last(by=...)').",
                         later, m->n, step->name, step->name, step->name);
}

void fsci_repeats_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    if (!fsci_json_get(record, "repeats"))
        return;
    warn_of_copies(arena, &fit->model, record);
    warn_of_steps(arena, &fit->model, record);
}
