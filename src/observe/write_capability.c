#include "observe/write.h"

#include "latent/noise.h"

#include <math.h>

enum { MOST_CELLS = 10000 };

static void write_columns(fsci_arena *a, const fsci_frame *frame, fsci_json *record)
{
    fsci_json *columns = fsci_json_set_object(a, record, "columns");
    for (size_t role = 0; role < FSCI_ROLES; role++) {
        if (!frame->column[role])
            continue;
        fsci_json *column = fsci_json_set_object(a, columns, fsci_role_name(role));
        fsci_json_set_string(a, column, "column", frame->column[role]->name);
        fsci_json_set_number(a, column, "unit", frame->unit[role]);
    }
}

static void write_models(fsci_arena *a, const fsci_frame *frame, const fsci_split *split,
                         fsci_json *record)
{
    fsci_json *benchmarks = fsci_json_set_array(a, record, "benchmarks");
    for (size_t j = 0; j < frame->p; j++)
        fsci_json_push(benchmarks, fsci_json_string(a, frame->benchmarks[j]));
    fsci_json *models = fsci_json_set_object(a, record, "models");
    fsci_json_set_number(a, models, "n", (double)(split->n - split->count[FSCI_SET_OPEN]));
    fsci_json_set_number(a, models, "n_train", (double)split->count[FSCI_SET_TRAIN]);
    fsci_json_set_number(a, models, "n_test", (double)split->count[FSCI_SET_TEST]);
    fsci_json_set_number(a, models, "n_later", (double)split->count[FSCI_SET_LATER]);
    fsci_json_set_number(a, models, "n_open", (double)split->count[FSCI_SET_OPEN]);
    fsci_json_set_number(a, models, "flops_from_6nd", (double)frame->n_from_6nd);
}

static void write_per_benchmark(fsci_arena *a, const fsci_frame *frame, const double *values,
                                fsci_json *object)
{
    for (size_t j = 0; j < frame->p; j++)
        fsci_json_set_number(a, object, frame->benchmarks[j], values[j]);
}

/* One imputed cell: its value, and what it does to the components to be off by its usual error. */
static void write_cell(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s, size_t i,
                       size_t j, double *shift, fsci_json *list)
{
    fsci_json *cell = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, cell, "model", frame->model[s->split.rows[i]]);
    fsci_json_set_string(a, cell, "benchmark", frame->benchmarks[j]);
    fsci_json_set_number(a, cell, "value", s->complete[j * s->split.n + i]);
    fsci_json_set_string(a, cell, "split", fsci_set_name(fsci_split_set(&s->split, i)));
    if (!s->cell_error)
        return;
    fsci_json_set_number(a, cell, "error", s->cell_error[j]);
    fsci_capability_shift(s, i, j, shift);
    fsci_json_set(a, cell, "pc_shift", fsci_json_numbers(a, shift, s->space.pca.k));
}

/* Of a large table the first MOST_CELLS are listed; `cells` counts all. */
static size_t write_imputed(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s,
                            fsci_json *record)
{
    size_t cells = 0;
    fsci_json *imputed = fsci_json_set_array(a, record, "imputed");
    double *shift = FSCI_NEW(a, double, s->space.pca.k);
    for (size_t i = 0; shift && i < s->split.n; i++)
        for (size_t j = 0; j < frame->p; j++)
            if (isnan(frame->scores[j][s->split.rows[i]]) && cells++ < MOST_CELLS)
                write_cell(a, frame, s, i, j, shift, imputed);
    return cells;
}

static void write_imputation(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s,
                             fsci_json *record)
{
    const fsci_imputer *imputer = &s->space.imputer;
    size_t cells = write_imputed(a, frame, s, record);
    fsci_json *imputation = fsci_json_set_object(a, record, "imputation");
    fsci_json_set_number(a, imputation, "cells", (double)cells);
    if (s->cell_error)
        write_per_benchmark(a, frame, s->cell_error, fsci_json_set_object(a, imputation, "error"));
    fsci_json_set_number(a, imputation, "rounds", imputer->rounds);
    fsci_json_set_bool(a, imputation, "converged", imputer->converged);
    fsci_json_set_number(a, imputation, "rank", (double)imputer->rank);
    double clip[] = {imputer->lo, imputer->hi};
    fsci_json_set(a, imputation, "clip",
                  isinf(imputer->hi) ? fsci_json_null(a) : fsci_json_numbers(a, clip, 2));
}

/* The components that stand out from noise: those before the first that does not. */
static void write_parallel(fsci_arena *a, const fsci_capability *s, fsci_json *out)
{
    const fsci_pca *pca = &s->space.pca;
    size_t n = s->split.count[FSCI_SET_TRAIN], above = 0;
    while (above < pca->p && pca->variance[above] > s->noise[above])
        above++;
    fsci_json *parallel = fsci_json_set_object(a, out, "parallel_analysis");
    fsci_json_set_string(a, parallel, "method",
                         fsci_noise_shuffles(n, pca->p) ? "shuffled columns"
                                                        : "normal limit of shuffled columns");
    fsci_json_set_number(a, parallel, "shuffles", FSCI_NOISE_SHUFFLES);
    fsci_json_set_number(a, parallel, "level", FSCI_NOISE_LEVEL);
    fsci_json_set(a, parallel, "bound", fsci_json_numbers(a, s->noise, pca->p));
    fsci_json_set_number(a, parallel, "components", (double)above);
}

static void write_pca(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s,
                      fsci_json *record)
{
    static const char *const scales[] = {"center", "zscore", "logit"};
    const fsci_pca *pca = &s->space.pca;
    size_t n = s->split.n;
    fsci_json *out = fsci_json_set_object(a, record, "pca");
    fsci_json_set_string(a, out, "scale", scales[pca->scale]);
    fsci_json_set(a, out, "explained_variance_ratio", fsci_json_numbers(a, pca->ratio, pca->p));
    fsci_json_set(a, out, "variance", fsci_json_numbers(a, pca->variance, pca->p));
    if (s->noise)
        write_parallel(a, s, out);
    write_per_benchmark(a, frame, pca->mean, fsci_json_set_object(a, out, "mean"));
    fsci_json *loadings = fsci_json_set_array(a, out, "loadings");
    for (size_t c = 0; c < pca->k; c++)
        write_per_benchmark(a, frame, pca->loadings + c * pca->p,
                            fsci_json_push(loadings, fsci_json_object(a)));
    fsci_json *scores = fsci_json_set_array(a, out, "scores");
    for (size_t i = 0; i < n; i++) {
        fsci_json *row = fsci_json_push(scores, fsci_json_object(a));
        size_t model = s->split.rows[i];
        fsci_json_set_string(a, row, "model", frame->model[model]);
        fsci_json_set_string(a, row, "family", fsci_frame_family(frame, model));
        fsci_json_set_number(a, row, "flops", frame->flops[model]);
        fsci_json_set_string(a, row, "split", fsci_set_name(fsci_split_set(&s->split, i)));
        fsci_json *pc = fsci_json_set_array(a, row, "pc");
        for (size_t c = 0; c < pca->k; c++)
            fsci_json_push(pc, fsci_json_number(a, s->scores[c * n + i]));
    }
}

void fsci_write_line(fsci_arena *a, const char *family, const fsci_line *line, double level,
                     fsci_json *out)
{
    bool wanted = level > 0;
    double slope = wanted ? fsci_line_half_width(line, line->slope_se, level) : NAN;
    double intercept = wanted ? fsci_line_half_width(line, line->intercept_se, level) : NAN;
    fsci_json_set_string(a, out, "name", family);
    fsci_json_set_number(a, out, "n", (double)line->n);
    fsci_json_set_number(a, out, "slope", line->slope);
    fsci_json_set_number(a, out, "slope_lo", line->slope - slope);
    fsci_json_set_number(a, out, "slope_hi", line->slope + slope);
    fsci_json_set_number(a, out, "intercept", line->intercept);
    fsci_json_set_number(a, out, "intercept_lo", line->intercept - intercept);
    fsci_json_set_number(a, out, "intercept_hi", line->intercept + intercept);
    fsci_json_set_number(a, out, "r2", line->r2);
}

/* The line of y (by position) in one family, under what it is the line of. */
static void add_line(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s,
                     size_t family, const double *y, const char *key, fsci_json *what,
                     fsci_json *list)
{
    fsci_line line = fsci_family_line(&s->families, family, y);
    fsci_json *out = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set(a, out, key, what);
    fsci_write_line(a, frame->families[family], &line, s->level, out);
}

static void write_families(fsci_arena *a, const fsci_frame *frame, const fsci_capability *s,
                           fsci_json *record)
{
    fsci_json *components = fsci_json_set_array(a, record, "families");
    fsci_json *benchmarks = fsci_json_set_array(a, record, "benchmark_families");
    for (size_t f = 0; f < frame->n_families; f++) {
        if (fsci_family_size(&s->families, f) < FSCI_FAMILY_LEAST)
            continue;
        for (size_t c = 0; c < s->space.pca.k; c++)
            add_line(a, frame, s, f, s->scores + c * s->split.n, "component",
                     fsci_json_number(a, (double)c + 1), components);
        for (size_t j = 0; j < frame->p; j++)
            add_line(a, frame, s, f, s->complete + j * s->split.n, "benchmark",
                     fsci_json_string(a, frame->benchmarks[j]), benchmarks);
    }
}

void fsci_write_capability(fsci_arena *arena, const fsci_frame *frame,
                           const fsci_capability *capability, fsci_json *record)
{
    write_models(arena, frame, &capability->split, record);
    write_columns(arena, frame, record);
    write_imputation(arena, frame, capability, record);
    write_pca(arena, frame, capability, record);
    write_families(arena, frame, capability, record);
}
