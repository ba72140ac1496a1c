#include "fit/check/trajectory.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { COMPARED_ROWS = 5000 }; /* pairs of more rows than that take too long */

static fsci_known_names run_names = {"run", "run_id", "run_name", "experiment", "trial", NULL};
static fsci_known_names model_names = {"model", "model_name", "name", NULL};
static fsci_known_names step_names = {"step",        "steps",      "iteration",
                                      "tokens_seen", "checkpoint", NULL};
static fsci_known_names warmup_names = {"warmup", "warmup_steps", "warmup_iters", NULL};

bool fsci_is_known_name(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcasecmp(name, *list) && (strlen(*list) > 1 || !strcmp(name, *list)))
            return true;
    return false;
}

const fsci_column *fsci_known_column(const fsc_table *table, const char *const *list)
{
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *c = fsci_table_column(table, i);
        if (fsci_is_known_name(c->name, list))
            return c;
    }
    return NULL;
}

static const fsci_column *numbers_named(const fsc_table *table, const char *const *list)
{
    const fsci_column *c = fsci_known_column(table, list);
    return c && c->kind == FSCI_COLUMN_NUMBERS ? c : NULL;
}

static bool same_run(const fsci_model *m, const fsci_column *run, size_t i, size_t j)
{
    size_t a = m->row[i], b = m->row[j];
    return run->kind == FSCI_COLUMN_NUMBERS ? run->numbers[a] == run->numbers[b]
                                            : run->codes[a] == run->codes[b];
}

/* Row i among the rows of its run. */
static void place(const fsci_model *m, const fsci_column *warmup, size_t i, fsci_trajectories *t)
{
    bool again = false;
    double own = t->step ? t->step->numbers[m->row[i]] : 0, most = own;
    t->last[i] = true;
    for (size_t j = 0; j < m->n; j++) {
        if (j == i || !same_run(m, t->run, i, j))
            continue;
        double other = t->step ? t->step->numbers[m->row[j]] : 0;
        again = again || j < i;
        most = fmax(most, other);
        if (other > own || (other == own && j > i))
            t->last[i] = false;
    }
    t->repeated += again;
    if (t->share)
        t->share[i] = own / most;
    t->warm[i] = t->step && warmup && own < warmup->numbers[m->row[i]];
}

/* Whether no two rows of a model are at one step: otherwise it was trained more than once. */
static bool tells_runs(const fsci_model *m, const fsci_trajectories *t)
{
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < i; j++)
            if (t->step->numbers[m->row[i]] == t->step->numbers[m->row[j]] &&
                same_run(m, t->run, i, j))
                return false;
    return true;
}

fsc_status fsci_trajectories_find(fsci_arena *arena, const fsci_model *m, fsci_trajectories *out,
                                  fsc_error *err)
{
    const fsci_column *warmup = numbers_named(m->table, warmup_names);
    *out = (fsci_trajectories){.run = fsci_known_column(m->table, run_names),
                               .step = numbers_named(m->table, step_names),
                               .warm = FSCI_NEW(arena, bool, m->n),
                               .last = FSCI_NEW(arena, bool, m->n)};
    if (!out->run && out->step) {
        out->run = fsci_known_column(m->table, model_names);
        if (out->run && (m->n > COMPARED_ROWS || !tells_runs(m, out)))
            out->run = NULL;
    }
    if (out->step)
        out->share = FSCI_NEW(arena, double, m->n);
    if (!out->warm || !out->last || (out->step && !out->share))
        return fsci_fail_memory(err);
    for (size_t i = 0; out->run && m->n <= COMPARED_ROWS && i < m->n; i++)
        place(m, warmup, i, out);
    return FSC_OK;
}
