/* A new benchmark that few models were tested on, and a new model that few benchmarks know. */
#include "num/random.h"
#include "observe/backtest/rules.h"
#include "observe/space.h"
#include "table/table.h"

#include <math.h>
#include <string.h>

enum { BENCHMARK_STREAM = 7101, MODEL_STREAM = 7201, DRAWS = 3, GROUPS = 5 };

static void shuffle(fsci_stream *stream, size_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)fsci_random_below(stream, i), held = items[j];
        items[j] = items[i - 1];
        items[i - 1] = held;
    }
}

static size_t usable_rows(const fsci_problem *problem, size_t *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < problem->frame->n; i++)
        if (fsci_problem_usable(problem, i))
            rows[n++] = i;
    return n;
}

/* ---- a new benchmark ---- */

/* Orders rows so that each next one is where a plane through the components of those before is
 * least certain (greedy D-optimal; Fedorov 1972). Only inputs are looked at. */
static fsc_status spread(fsci_arena *arena, const fsci_problem *problem, size_t *rows, size_t n,
                         fsc_error *err)
{
    enum { K = 2, Q = K + 1 };
    fsci_latent_space space;
    double *complete = FSCI_NEW(arena, double, n * problem->frame->p);
    double *pcs = FSCI_NEW(arena, double, n *K), inverse[Q * Q] = {0}, v[Q];
    if (!complete || !pcs)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_space_fit(arena, problem->frame, rows, n, problem->input->scale, K, &space, err));
    fsci_space_apply(&space, problem->frame, rows, n, complete, pcs);
    for (size_t a = 0; a < Q; a++)
        inverse[a * Q + a] = 1e6;
    for (size_t chosen = 0; chosen < n; chosen++) {
        size_t best = chosen;
        double most = -INFINITY;
        for (size_t i = chosen; i < n; i++) {
            double x[Q] = {1, pcs[i], pcs[n + i]}, variance = 0;
            for (size_t a = 0; a < Q; a++)
                for (size_t b = 0; b < Q; b++)
                    variance += x[a] * inverse[a * Q + b] * x[b];
            if (variance > most)
                most = variance, best = i;
        }
        double x[Q] = {1, pcs[best], pcs[n + best]};
        for (size_t a = 0; a < Q; a++)
            for (size_t b = v[a] = 0; b < Q; b++)
                v[a] += inverse[a * Q + b] * x[b];
        for (size_t a = 0; a < Q; a++)
            for (size_t b = 0; b < Q; b++)
                inverse[a * Q + b] -= v[a] * v[b] / (1 + most);
        size_t row = rows[best];
        rows[best] = rows[chosen], rows[chosen] = row;
        for (size_t c = 0; c < K; c++) {
            double held = pcs[c * n + best];
            pcs[c * n + best] = pcs[c * n + chosen], pcs[c * n + chosen] = held;
        }
    }
    return FSC_OK;
}

/* The first k of rows[n] are known. */
static fsc_status add_known(fsci_arena *arena, const fsci_problem *problem, const size_t *rows,
                            size_t n, size_t k, const char *how, fsci_folds *folds, fsc_error *err)
{
    char *mark = FSCI_NEW(arena, char, problem->frame->n);
    const char *label = fsci_format(arena, "%zu known, %s", k, how);
    if (!mark || !label)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        mark[rows[i]] = i < k ? 'r' : 'e';
    return fsci_fold_add(arena, problem, folds, mark, label, (double)k) ? FSC_OK
                                                                        : fsci_fail_memory(err);
}

fsc_status fsci_rule_benchmark(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                               fsc_error *err)
{
    static const size_t known[] = {5, 10, 20};
    size_t *rows = FSCI_NEW(arena, size_t, problem->frame->n);
    if (!rows)
        return fsci_fail_memory(err);
    for (uint64_t draw = 0; draw <= DRAWS; draw++) {
        fsci_stream stream = fsci_stream_new(problem->input->seed, BENCHMARK_STREAM + draw);
        size_t n = usable_rows(problem, rows);
        if (n <= known[0])
            return FSC_OK;
        if (draw < DRAWS)
            shuffle(&stream, rows, n);
        else
            FSCI_TRY(spread(arena, problem, rows, n, err));
        for (size_t i = 0; i < sizeof known / sizeof *known && known[i] < n; i++)
            FSCI_TRY(add_known(arena, problem, rows, n, known[i],
                               draw < DRAWS ? "at random" : "spread", folds, err));
    }
    return FSC_OK;
}

/* ---- a new model ---- */

/* All families in GROUPS; a model without one is its own. */
static size_t group_of(const fsci_problem *problem, size_t i)
{
    uint32_t family = problem->frame->family[i];
    return (family == FSCI_MISSING_CODE ? i : family) % GROUPS;
}

/* Benchmarks of the test rows but `k` of each, drawn at random, are hidden. */
static const double **hide(fsci_arena *arena, const fsci_problem *problem, const char *mark,
                           size_t k, fsci_stream *stream)
{
    const fsci_frame *frame = problem->frame;
    const double **scores = FSCI_NEW(arena, const double *, frame->p);
    double **own = FSCI_NEW(arena, double *, frame->p);
    size_t *known = FSCI_NEW(arena, size_t, frame->p);
    for (size_t j = 0; scores && own && j < frame->p; j++)
        scores[j] = own[j] = fsci_copy_array(arena, frame->scores[j], frame->n, sizeof **own);
    if (!scores || !own || !known || fsci_arena_failed(arena))
        return NULL;
    for (size_t i = 0; i < frame->n; i++) {
        size_t n = 0;
        if (mark[i] != 'e')
            continue;
        for (size_t j = 0; j < frame->p; j++)
            if (!isnan(own[j][i]))
                known[n++] = j;
        shuffle(stream, known, n);
        for (size_t a = k; a < n; a++)
            own[known[a]][i] = NAN;
    }
    return scores;
}

fsc_status fsci_rule_model(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                           fsc_error *err)
{
    static const size_t known[] = {0, 1, 2, 3, 5, 10};
    for (size_t group = 0; group < GROUPS; group++)
        for (size_t a = 0; a < sizeof known / sizeof *known && known[a] < problem->frame->p; a++) {
            fsci_stream stream =
                fsci_stream_new(problem->input->seed, MODEL_STREAM + group * 100 + known[a]);
            const char *label = fsci_format(arena, "%zu benchmarks", known[a]);
            char *mark = FSCI_NEW(arena, char, problem->frame->n);
            if (!mark || !label)
                return fsci_fail_memory(err);
            for (size_t i = 0; i < problem->frame->n; i++)
                if (fsci_problem_usable(problem, i))
                    mark[i] = group_of(problem, i) == group ? 'e' : 'r';
            fsci_fold *fold = fsci_fold_add(arena, problem, folds, mark, label, (double)known[a]);
            if (!fold || !(fold->scores = hide(arena, problem, mark, known[a], &stream)))
                return fsci_fail_memory(err);
        }
    return FSC_OK;
}
