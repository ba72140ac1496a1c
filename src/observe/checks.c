#include "observe/checks.h"

#include "base/number.h"
#include "observe/line.h"

#include <math.h>

/* 1 - r^2 below which two columns are one and the same. */
static const double SAME_COLUMN = 1e-12;

typedef struct range {
    double lo, hi;
    size_t n;
} range;

/* Of the observed values of x over the training rows. */
static range training_range(const fsci_split *split, const double *x)
{
    range r = {INFINITY, -INFINITY, 0};
    for (size_t i = 0; i < split->count[FSCI_SET_TRAIN]; i++) {
        double value = x[split->rows[i]];
        r.lo = fmin(r.lo, value);
        r.hi = fmax(r.hi, value);
        r.n += !isnan(value);
    }
    return r;
}

static fsc_status check_columns(const fsci_frame *f, const fsci_split *split, fsci_notes *notes,
                                fsc_error *err)
{
    size_t varied = 0;
    for (size_t j = 0; j < f->p; j++) {
        range r = training_range(split, f->scores[j]);
        varied += r.lo < r.hi;
        if (r.n == 0)
            return fsci_fail(err, FSC_EINPUT,
                             "benchmark '%s' has no value in the training rows; leave it out of "
                             "--benchmarks or widen the cutoff",
                             f->benchmarks[j]);
        if (isinf(r.lo) || isinf(r.hi))
            return fsci_fail(err, FSC_EINPUT, "benchmark '%s' holds an infinite value",
                             f->benchmarks[j]);
        if (r.lo == r.hi)
            fsci_note(notes, "W-CONSTANT",
                      "benchmark '%s' is %s in every training row and tells models nothing apart",
                      f->benchmarks[j], fsci_briefly(r.lo, 6).text);
    }
    return varied ? FSC_OK
                  : fsci_fail(err, FSC_EINPUT,
                              "every benchmark is the same in all training rows, so no model is "
                              "told from another; name others with --benchmarks A,B,...");
}

static fsc_status check_scales(const fsci_frame *f, const fsci_split *split, fsci_pca_scale scale,
                               fsc_error *err)
{
    size_t narrow = f->p, wide = f->p; /* the first of each kind */
    for (size_t j = 0; j < f->p; j++) {
        range r = training_range(split, f->scores[j]);
        size_t *kind = r.hi > 1 ? &wide : &narrow;
        if (*kind == f->p)
            *kind = j;
        if (scale == FSCI_PCA_LOGIT && (r.lo < 0 || r.hi > 100))
            return fsci_fail(err, FSC_EINPUT,
                             "--scale logit needs scores in 0..1 or 0..100, but '%s' has %s; use "
                             "--scale zscore",
                             f->benchmarks[j], fsci_briefly(r.lo < 0 ? r.lo : r.hi, 6).text);
    }
    if (scale == FSCI_PCA_ZSCORE || narrow == f->p || wide == f->p)
        return FSC_OK;
    range r = training_range(split, f->scores[wide]);
    return fsci_fail(err, FSC_EINPUT,
                     "benchmarks are on different scales: '%s' stays within 1, '%s' goes up to %s; "
                     "name those to use with --benchmarks, bring them to one scale (--let "
                     "'x=y/100'), or use --scale zscore",
                     f->benchmarks[narrow], f->benchmarks[wide], fsci_briefly(r.hi, 6).text);
}

/* Where every benchmark goes beyond 1, a model with two scores or more and none of them beyond it:
 * fractions among percentages. Scores of 0 are neither. */
static void note_fractions(const fsci_frame *f, const fsci_split *split, fsci_notes *notes)
{
    for (size_t j = 0; j < f->p; j++)
        if (training_range(split, f->scores[j]).hi <= 1)
            return;
    size_t n_models = 0, first = 0;
    for (size_t i = f->n; i-- > 0;) {
        size_t fractions = 0, others = 0;
        for (size_t j = 0; j < f->p; j++) {
            double x = f->scores[j][i];
            fractions += x > 0 && x <= 1;
            others += x < 0 || x > 1;
        }
        if (fractions < 2 || others)
            continue;
        n_models++;
        first = i;
    }
    if (n_models)
        fsci_note(notes, "W-SCALE",
                  "models with no score beyond 1 where others have percentages: %zu, the first is "
                  "%s; bring them to one scale",
                  n_models, f->model[first]);
}

static fsc_status check_components(const fsci_frame *f, size_t n_train, size_t k, fsci_notes *notes,
                                   fsc_error *err)
{
    if (k > f->p)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu components cannot be taken from %zu benchmarks; use --pcs %zu or "
                         "fewer",
                         k, f->p, f->p - 1);
    if (k >= n_train)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu components cannot be taken from %zu training rows; use fewer "
                         "components or a wider cutoff",
                         k, n_train);
    if (k == f->p)
        fsci_note(notes, "W-COMPONENTS",
                  "as many components as benchmarks (%zu): nothing is compressed, and a fit from "
                  "them is one from the benchmarks",
                  k);
    return FSC_OK;
}

fsc_status fsci_check_space(const fsci_frame *frame, const fsci_split *split, fsci_pca_scale scale,
                            size_t k, fsci_notes *notes, fsc_error *err)
{
    size_t n_train = split->count[FSCI_SET_TRAIN];
    if (n_train < 2)
        return fsci_fail(err, FSC_EINPUT, "%zu %s left to train on; widen the cutoff or --where",
                         n_train, n_train == 1 ? "row is" : "rows are");
    FSCI_TRY(check_columns(frame, split, notes, err));
    FSCI_TRY(check_scales(frame, split, scale, err));
    note_fractions(frame, split, notes);
    return check_components(frame, n_train, k, notes, err);
}

fsc_status fsci_check_target(const fsci_frame *f, const fsci_split *split, size_t target,
                             const fsci_observe_input *input, fsc_error *err)
{
    const char *name = f->targets[target];
    const double *y = f->target[target];
    range r = training_range(split, y);
    if (r.n == 0)
        return fsci_fail(err, FSC_EINPUT,
                         "target '%s' has no value in the training rows; widen the cutoff", name);
    if (input->link != FSCI_LINK_LINEAR && r.hi > input->ceiling)
        return fsci_fail(err, FSC_EINPUT,
                         "target '%s' goes up to %s, above its ceiling %s; give --ceiling (100 for "
                         "percent) or use --link linear",
                         name, fsci_briefly(r.hi, 6).text, fsci_briefly(input->ceiling, 6).text);
    for (size_t j = 0; j < f->p; j++) {
        fsci_line line = fsci_line_fit(split->rows, split->count[FSCI_SET_TRAIN], f->scores[j], y);
        if (line.n > 2 && line.r2 > 1 - SAME_COLUMN)
            return fsci_fail(
                err, FSC_EINPUT,
                "benchmark '%s' is target '%s' under another name (their correlation is "
                "1); leave it out of --benchmarks",
                f->benchmarks[j], name);
    }
    return FSC_OK;
}
