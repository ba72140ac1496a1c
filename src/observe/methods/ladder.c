/* The two steps of ladder.h. Rows are checkpoints and a family is a run; the loss is the first
 * column named bpb..., or else with "loss" in its name. A run's loss is the mean of its last five
 * checkpoints; the first tenth of its checkpoints is too early to tell of accuracy. Scores of what
 * is to be forecast are not used. */
#include "observe/ladder.h"
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

static const double EARLY = 0.1;
enum { LAST = 5 };

static const double *loss_column(const fsci_task *task)
{
    for (size_t j = 0; j < task->p; j++)
        if (!strncmp(task->benchmarks[j], "bpb", 3))
            return task->scores + j * task->n;
    for (size_t j = 0; j < task->p; j++)
        if (strstr(task->benchmarks[j], "loss"))
            return task->scores + j * task->n;
    return NULL;
}

/* The training rows of a run by tokens; gives how many. */
static size_t run_rows(const fsci_task *task, const double *loss, size_t run, size_t *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < task->n_train; i++) {
        if (task->family[i] != run || !isfinite(task->log_size[i] + task->log_tokens[i]) ||
            !(loss[i] > 0))
            continue;
        size_t at = n++;
        for (; at > 0 && task->log_tokens[rows[at - 1]] > task->log_tokens[i]; at--)
            rows[at] = rows[at - 1];
        rows[at] = i;
    }
    return n;
}

typedef struct steps {
    size_t n_runs, n_points;
    double *log_n, *log_d, *last; /* [runs] */
    double *loss, *accuracy;      /* [points] */
} steps;

static void add_run(const fsci_task *task, const double *loss, const size_t *rows, size_t n,
                    steps *s)
{
    size_t last = n < LAST ? n : LAST, early = (size_t)ceil(EARLY * (double)n);
    double sum = 0;
    for (size_t k = n - last; k < n; k++)
        sum += loss[rows[k]];
    s->log_n[s->n_runs] = task->log_size[rows[n - 1]];
    s->log_d[s->n_runs] = task->log_tokens[rows[n - 1]];
    s->last[s->n_runs++] = sum / (double)last;
    for (size_t k = early; k < n; k++) {
        s->loss[s->n_points] = loss[rows[k]];
        s->accuracy[s->n_points++] = task->t[rows[k]];
    }
}

fsc_status fsci_predict_ladder(fsci_arena *arena, const fsci_task *task,
                               fsci_predictive *predictive, fsc_error *err)
{
    size_t f = task->n_families, m = task->n_train, *rows = FSCI_NEW(arena, size_t, m);
    const double *loss = loss_column(task);
    steps s = {.log_n = FSCI_NEW(arena, double, f),
               .log_d = FSCI_NEW(arena, double, f),
               .last = FSCI_NEW(arena, double, f),
               .loss = FSCI_NEW(arena, double, m),
               .accuracy = FSCI_NEW(arena, double, m)};
    fsci_ladder_loss first;
    fsci_ladder_accuracy second;
    if (!loss)
        return fsci_fail(err, FSC_EINPUT,
                         "a ladder needs a column of bits per byte (bpb...) or loss");
    if (!rows || fsci_arena_failed(arena))
        return fsci_fail_memory(err);
    for (size_t run = 0; run < f; run++) {
        size_t n = run_rows(task, loss, run, rows);
        if (n > 0)
            add_run(task, loss, rows, n, &s);
    }
    FSCI_TRY(fsci_ladder_fit_loss(s.n_runs, s.log_n, s.log_d, s.last, &first, err));
    FSCI_TRY(fsci_ladder_fit_accuracy(s.n_points, s.loss, s.accuracy, &second, err));
    for (size_t i = m; i < task->n; i++)
        predictive->point[i - m] = fsci_ladder_accuracy_at(
            &second, fsci_ladder_loss_at(&first, task->log_size[i], task->log_tokens[i]));
    return FSC_OK;
}
