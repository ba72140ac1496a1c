#include "observe/backtest/write.h"

#include "observe/aue.h"
#include "observe/backtest/distance.h"
#include "table/table.h"

#include <math.h>
#include <string.h>

typedef struct writer {
    fsci_arena *arena;
    const fsci_results *results;
    const fsci_contest *contest;
    fsc_error *err;
} writer;

static size_t method_index(const fsci_results *r, const char *id)
{
    size_t i = 0;
    while (i < r->n_methods && strcmp(r->methods[i]->id, id))
        i++;
    return i;
}

/* ---- splits ---- */

typedef struct extent {
    size_t folds, n_test, n_models, n_families, least, most; /* of training models */
} extent;

static extent measure(const writer *w)
{
    const fsci_contest *c = w->contest;
    const fsci_frame *frame = c->problem->frame;
    extent e = {.least = SIZE_MAX};
    bool *model = FSCI_NEW(w->arena, bool, frame->n);
    bool *family = FSCI_NEW(w->arena, bool, frame->n_families);
    for (size_t f = 0; model && family && f < c->folds.n; f++) {
        const fsci_fold *fold = &c->folds.items[f];
        if (!c->items[f].done)
            continue;
        e.folds++;
        e.n_test += fold->n - fold->n_train;
        e.least = fold->n_train < e.least ? fold->n_train : e.least;
        e.most = fold->n_train > e.most ? fold->n_train : e.most;
        for (size_t i = fold->n_train; i < fold->n; i++) {
            uint32_t code = frame->family[fold->rows[i]];
            e.n_models += !model[fold->rows[i]];
            model[fold->rows[i]] = true;
            if (code != FSCI_MISSING_CODE) {
                e.n_families += !family[code];
                family[code] = true;
            }
        }
    }
    return e;
}

static void write_steps(const writer *w, fsci_json *object)
{
    const fsci_folds *folds = &w->contest->folds;
    fsci_json *list = fsci_json_set_array(w->arena, object, "folds");
    for (size_t f = 0; f < folds->n; f++) {
        const fsci_fold *fold = &folds->items[f];
        fsci_json *step = fsci_json_push(list, fsci_json_object(w->arena));
        fsci_json_set_string(w->arena, step, "held_out", fold->label);
        fsci_json_set_number(w->arena, step, "at", fold->at);
        fsci_json_set_number(w->arena, step, "n_train", (double)fold->n_train);
        fsci_json_set_number(w->arena, step, "n_test", (double)(fold->n - fold->n_train));
    }
}

static void write_split(const writer *w, const extent *e, fsci_json *list)
{
    const fsci_contest *c = w->contest;
    fsci_json *object = fsci_json_push(list, fsci_json_object(w->arena));
    fsci_json_set_string(w->arena, object, "target", c->problem->name);
    fsci_json_set_string(w->arena, object, "name", c->rule->id);
    fsci_json_set_string(w->arena, object, "title", c->rule->title);
    fsci_json_set_bool(w->arena, object, "headline", c->rule->headline);
    fsci_json_set_number(w->arena, object, "n_train", (double)e->most);
    fsci_json_set_number(w->arena, object, "n_train_least", (double)e->least);
    fsci_json_set_number(w->arena, object, "n_test", (double)e->n_test);
    fsci_json_set_number(w->arena, object, "n_models", (double)e->n_models);
    fsci_json_set_number(w->arena, object, "n_families", (double)e->n_families);
    write_steps(w, object);
}

/* ---- a method on a split ---- */

/* All scores of a method, fold after fold. */
static fsci_scored *gather(const writer *w, size_t method, size_t n)
{
    fsci_scored *all = FSCI_NEW(w->arena, fsci_scored, n);
    size_t at = 0;
    for (size_t f = 0; all && f < w->contest->folds.n; f++) {
        const fsci_item *item = &w->contest->items[f];
        if (!item->done)
            continue;
        memcpy(all + at, item->scored + method * item->n_test, item->n_test * sizeof *all);
        at += item->n_test;
    }
    return all;
}

static double fold_mse(const fsci_item *item, size_t method)
{
    double squares = 0;
    for (size_t i = 0; i < item->n_test; i++) {
        const fsci_scored *s = &item->scored[method * item->n_test + i];
        squares += (s->predicted - s->observed) * (s->predicted - s->observed);
    }
    return item->done ? squares / (double)item->n_test : NAN;
}

/* The area under the error over the fraction held out, by the trapezium rule; NaN when a step is
 * missing. */
static double area(const writer *w, size_t method)
{
    const fsci_contest *c = w->contest;
    double sum = 0;
    if (c->folds.n < FSCI_AUE_STEPS)
        return NAN;
    for (size_t f = 1; f < c->folds.n; f++)
        sum += (c->folds.items[f - 1].at - c->folds.items[f].at) *
               (fold_mse(&c->items[f - 1], method) + fold_mse(&c->items[f], method)) / 2;
    return sum;
}

/* Kendall's tau over the pairs within folds. */
static double kendall(const writer *w, size_t method)
{
    double sum = 0, pairs = 0, n;
    for (size_t f = 0; f < w->contest->folds.n; f++) {
        const fsci_item *item = &w->contest->items[f];
        if (item->done) {
            sum += fsci_score_pairs(item->scored + method * item->n_test, item->n_test, &n);
            pairs += n;
        }
    }
    return sum / pairs;
}

static void write_levels(const writer *w, const fsci_score_summary *s, fsci_json *object)
{
    fsci_json *coverage = fsci_json_set_object(w->arena, object, "coverage");
    fsci_json *bounds = fsci_json_set_object(w->arena, object, "coverage_bounds");
    fsci_json *width = fsci_json_set_object(w->arena, object, "width");
    for (int l = 0; l < FSCI_LEVELS; l++) {
        const char *name = fsci_format(w->arena, "%.0f", 100 * fsci_backtest_level[l]);
        double ends[] = {s->wilson[l].lo, s->wilson[l].hi};
        if (!name)
            return;
        fsci_json_set_number(w->arena, coverage, name, s->coverage[l]);
        fsci_json_set(w->arena, bounds, name, fsci_json_numbers(w->arena, ends, 2));
        fsci_json_set_number(w->arena, width, name, s->width[l]);
    }
}

static void write_ladder(const writer *w, size_t method, fsci_json *object)
{
    const fsci_contest *c = w->contest;
    fsci_json_set_number(w->arena, object, "aue", c->rule->ladder ? area(w, method) : NAN);
    fsci_json *list = fsci_json_set_array(w->arena, object, "fold_mse");
    for (size_t f = 0; f < c->folds.n; f++)
        fsci_json_push(list, fsci_json_number(w->arena, fold_mse(&c->items[f], method)));
}

/* Sums of squared errors by family, models without one each on their own: what paired tests need.
 */
static void write_families(const writer *w, size_t method, fsci_json *object)
{
    const fsci_contest *c = w->contest;
    const fsci_frame *frame = c->problem->frame;
    double *sum = FSCI_NEW(w->arena, double, frame->n_families);
    size_t *count = FSCI_NEW(w->arena, size_t, frame->n_families);
    fsci_json *families = fsci_json_set_object(w->arena, object, "family_sse");
    for (size_t f = 0; sum && count && f < c->folds.n; f++) {
        const fsci_item *item = &c->items[f];
        for (size_t i = 0; item->done && i < item->n_test; i++) {
            size_t row = item->fold->rows[item->fold->n_train + i];
            const fsci_scored *s = &item->scored[method * item->n_test + i];
            double square = (s->predicted - s->observed) * (s->predicted - s->observed);
            uint32_t code = frame->family[row];
            if (code != FSCI_MISSING_CODE)
                sum[code] += square, count[code]++;
            else {
                double before = fsci_json_get_number(families, frame->model[row]);
                fsci_json_set_number(w->arena, families, frame->model[row],
                                     (isnan(before) ? 0 : before) + square);
            }
        }
    }
    for (size_t k = 0; sum && count && k < frame->n_families; k++)
        if (count[k])
            fsci_json_set_number(w->arena, families, frame->families[k], sum[k]);
}

static fsci_json *write_method(const writer *w, size_t method, const fsci_score_summary *s)
{
    const fsci_method *m = w->results->methods[method];
    fsci_json *object = fsci_json_object(w->arena);
    fsci_json_set_string(w->arena, object, "target", w->contest->problem->name);
    fsci_json_set_string(w->arena, object, "split", w->contest->rule->id);
    fsci_json_set_string(w->arena, object, "id", m->id);
    fsci_json_set_bool(w->arena, object, "baseline", m->baseline);
    fsci_json_set_number(w->arena, object, "n_test", (double)s->n);
    fsci_json_set_number(w->arena, object, "mse", s->mse);
    fsci_json_set_number(w->arena, object, "rmse", sqrt(s->mse));
    fsci_json_set_number(w->arena, object, "mae", s->mae);
    fsci_json_set_number(w->arena, object, "median_ae", s->median_ae);
    fsci_json_set_number(w->arena, object, "mean_signed_error", s->mean_signed_error);
    fsci_json_set_number(w->arena, object, "are", s->are);
    fsci_json_set_number(w->arena, object, "kendall", kendall(w, method));
    fsci_json_set_number(w->arena, object, "crps", s->crps);
    fsci_json_set_number(w->arena, object, "interval_score", s->interval);
    fsci_json_set_number(w->arena, object, "n_intervals", (double)s->n_intervals);
    write_levels(w, s, object);
    return object;
}

static void write_answered(const writer *w, size_t method, const fsci_score_summary *s,
                           fsci_json *object)
{
    double failed = 0;
    bool leaks = false;
    for (size_t f = 0; f < w->contest->folds.n; f++) {
        failed += w->contest->items[f].failed[method];
        leaks = leaks || w->contest->items[f].leaks[method];
    }
    fsci_json_set_number(w->arena, object, "n_fallback", (double)s->n_fallback);
    fsci_json_set_number(w->arena, object, "n_failed", failed);
    fsci_json *own = fsci_json_set_object(w->arena, object, "answered");
    fsci_json_set_number(w->arena, own, "n", (double)s->n_own);
    fsci_json_set_number(w->arena, own, "mse", s->own_mse);
    fsci_json_set_number(w->arena, own, "mean_signed_error", s->own_signed_error);
    fsci_json_set_bool(w->arena, object, "leak", leaks);
}

static void write_skill(const writer *w, const fsci_score_summary *all, size_t method,
                        fsci_json *object)
{
    static const char *const references[] = {"persistence", "flops"};
    fsci_json *skill = fsci_json_set_object(w->arena, object, "skill_vs");
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t reference = method_index(w->results, references[i]);
        bool has = reference < w->results->n_methods && all[reference].n_own > 0;
        fsci_json_set_number(w->arena, skill, references[i],
                             has ? 1 - all[method].mse / all[reference].mse : NAN);
    }
}

/* Places by squared error, 1 for the least; none on too few models, none for who leaks or has no
 * answer of its own. */
static void write_ranks(const writer *w, const fsci_score_summary *all, fsci_json *const *objects,
                        size_t n_models)
{
    size_t n = w->results->n_methods;
    bool *stands = FSCI_NEW(w->arena, bool, n);
    for (size_t i = 0; stands && i < n; i++)
        stands[i] = all[i].n_own > 0 && !fsci_json_get_bool(objects[i], "leak", false);
    for (size_t i = 0; stands && i < n; i++) {
        double place = 1;
        for (size_t j = 0; j < n; j++)
            place += stands[j] && all[j].mse < all[i].mse;
        bool ranked = n_models >= FSCI_RANK_LEAST && stands[i];
        fsci_json_set_number(w->arena, objects[i], "rank", ranked ? place : NAN);
    }
}

static fsc_status write_contest(writer *w, fsci_json *splits, fsci_json *methods)
{
    extent e = measure(w);
    size_t n = w->results->n_methods;
    fsci_score_summary *all = FSCI_NEW(w->arena, fsci_score_summary, n);
    fsci_json **objects = FSCI_NEW(w->arena, fsci_json *, n);
    if (!all || !objects)
        return fsci_fail_memory(w->err);
    if (e.folds == 0)
        return FSC_OK;
    write_split(w, &e, splits);
    for (size_t m = 0; m < n; m++) {
        fsci_scored *scored = gather(w, m, e.n_test);
        if (!scored)
            return fsci_fail_memory(w->err);
        FSCI_TRY(fsci_score_summarise(scored, e.n_test, &all[m], w->err));
        objects[m] = fsci_json_push(methods, write_method(w, m, &all[m]));
        write_answered(w, m, &all[m], objects[m]);
        write_ladder(w, m, objects[m]);
        write_families(w, m, objects[m]);
        fsci_distance_write(w->arena, w->contest, m, objects[m]);
    }
    for (size_t m = 0; m < n; m++)
        write_skill(w, all, m, objects[m]);
    write_ranks(w, all, objects, e.n_models);
    return FSC_OK;
}

fsc_status fsci_backtest_write(fsci_arena *arena, const fsci_results *results, fsci_json *record,
                               fsc_error *err)
{
    fsci_json *about = fsci_json_set_array(arena, record, "about");
    fsci_json *splits = fsci_json_set_array(arena, record, "splits");
    fsci_json *methods = fsci_json_set_array(arena, record, "methods");
    for (size_t m = 0; m < results->n_methods; m++) {
        fsci_json *object = fsci_json_push(about, fsci_json_object(arena));
        fsci_json_set_string(arena, object, "id", results->methods[m]->id);
        fsci_json_set_string(arena, object, "title", results->methods[m]->title);
        fsci_json_set_string(arena, object, "source", results->methods[m]->source);
    }
    for (size_t c = 0; c < results->n_contests; c++) {
        writer w = {arena, results, &results->contests[c], err};
        FSCI_TRY(write_contest(&w, splits, methods));
    }
    return FSC_OK;
}
