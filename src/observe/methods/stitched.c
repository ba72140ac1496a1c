/* One index stitched from sparse benchmarks, the target one of them:
 *
 *   score_mj = sigmoid(alpha_j (C_m - D_j))
 *
 * by least squares plus 0.1 times the mean square of all C, D and alpha (Ho, Denain, Atanasov,
 * Albanie, Shah 2025, arXiv:2512.00193). Scale and origin are those of Winogrande (alpha = 1, D =
 * 0) or of the first benchmark. Fitted by turns: every C given the columns, every column given C.
 */
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

static const double PENALTY = 0.1, FURTHEST = 10, FLATTEST = 0.1, STEEPEST = 10, STILL = 1e-7;
enum { MOST_ROUNDS = 500 };

typedef struct stitch {
    const fsci_task *task;
    size_t anchor;
    double shrink;         /* penalty of a squared parameter */
    double *C, *alpha, *D; /* [n], [p + 1] the target behind */
} stitch;

static double score_of(const stitch *s, size_t i, size_t j)
{
    const fsci_task *task = s->task;
    return j < task->p ? task->scores[j * task->n + i] : i < task->n_train ? task->t[i] : NAN;
}

static double curve(const stitch *s, size_t i, size_t j)
{
    return 1 / (1 + exp(-s->alpha[j] * (s->C[i] - s->D[j])));
}

/* One damped Gauss-Newton step of C_i; gives its length. */
static double step_model(stitch *s, size_t i)
{
    double slope = s->shrink * s->C[i], curvature = s->shrink;
    for (size_t j = 0; j <= s->task->p; j++) {
        double y = score_of(s, i, j), m = curve(s, i, j), by_c = s->alpha[j] * m * (1 - m);
        if (isnan(y))
            continue;
        slope += (m - y) * by_c;
        curvature += by_c * by_c;
    }
    double before = s->C[i], step = fmin(fmax(-slope / (curvature + 1e-9), -1), 1);
    s->C[i] = fmin(fmax(before + step, -FURTHEST), FURTHEST);
    return fabs(s->C[i] - before);
}

/* One step of alpha and D of column j over the training rows. */
static double step_column(stitch *s, size_t j)
{
    double ga = s->shrink * s->alpha[j], gd = s->shrink * s->D[j];
    double haa = s->shrink, hdd = s->shrink, had = 0;
    for (size_t i = 0; i < s->task->n_train; i++) {
        double y = score_of(s, i, j), m = curve(s, i, j), slope = m * (1 - m);
        if (isnan(y))
            continue;
        double a = slope * (s->C[i] - s->D[j]), d = -slope * s->alpha[j];
        ga += (m - y) * a, gd += (m - y) * d;
        haa += a * a, hdd += d * d, had += a * d;
    }
    haa += 1e-9, hdd += 1e-9;
    double det = fmax(haa * hdd - had * had, 1e-18), alpha = s->alpha[j], D = s->D[j];
    double by_alpha = -(hdd * ga - had * gd) / det, by_d = -(haa * gd - had * ga) / det;
    double cut = fmin(1, 1 / fmax(fabs(by_alpha), fabs(by_d)));
    s->alpha[j] = fmin(fmax(alpha + cut * by_alpha, FLATTEST), STEEPEST);
    s->D[j] = fmin(fmax(D + cut * by_d, -FURTHEST), FURTHEST);
    return fmax(fabs(s->alpha[j] - alpha), fabs(s->D[j] - D));
}

static void fit(stitch *s)
{
    for (int round = 0; round < MOST_ROUNDS; round++) {
        double moved = 0;
        for (size_t i = 0; i < s->task->n_train; i++)
            moved = fmax(moved, step_model(s, i));
        for (size_t j = 0; j <= s->task->p; j++)
            if (j != s->anchor)
                moved = fmax(moved, step_column(s, j));
        if (moved < STILL)
            return;
    }
}

fsc_status fsci_predict_stitched(fsci_arena *arena, const fsci_task *task,
                                 fsci_predictive *predictive, fsc_error *err)
{
    stitch s = {.task = task,
                .C = FSCI_NEW(arena, double, task->n),
                .alpha = FSCI_NEW(arena, double, task->p + 1),
                .D = FSCI_NEW(arena, double, task->p + 1),
                .shrink = PENALTY / (double)(task->n_train + 2 * task->p)};
    if (isnan(task->space->top) || task->link == FSCI_LINK_LINEAR)
        return fsci_fail(err, FSC_EINPUT, "scores and target of a stitched index are shares");
    if (!s.C || !s.alpha || !s.D)
        return fsci_fail_memory(err);
    for (size_t j = 0; j <= task->p; j++) {
        s.alpha[j] = 1;
        if (j < task->p && strstr(task->benchmarks[j], "inogrande"))
            s.anchor = j;
    }
    fit(&s);
    for (size_t i = task->n_train; i < task->n; i++) {
        for (int round = 0; round < MOST_ROUNDS && step_model(&s, i) > STILL; round++)
            ;
        predictive->point[i - task->n_train] = curve(&s, i, task->p);
    }
    return FSC_OK;
}
