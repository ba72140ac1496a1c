/* Skills: scores of a model from its family, size and data alone.
 *
 *   score_mj = sigmoid(b_j + lambda_j' theta_m),
 *   theta_m = a_f(m) + beta_1 ln s + beta_2 ln t + beta_3 ln s ln t
 *
 * for parameters s and tokens t, scores freed of chance, the target one of the benchmarks: slopes
 * shared by all families, one intercept for each (Maia Polo, Somerstep, Choshen, Sun, Yurochkin
 * 2024, arXiv:2412.06540, with the logistic link). The loss is Huber's at 0.01, as theirs. Fitted
 * by turns on linearised scores: all of theta given the columns, every column given theta. A family
 * without training rows has the mean intercept. Scores of the model to be forecast are not used. */
#include "observe/methods/methods.h"
#include "opt/dense.h"

#include <math.h>
#include <string.h>

enum { SKILLS = 3, INPUTS = 3, SLOPES = SKILLS * INPUTS, MOST_ROUNDS = 300 };
static const double DELTA = 0.01, INTERCEPT_SD = 5, LOADING_SD = 2.5, STILL = 1e-4;
/* Of intercepts and slopes, inputs standardised: weak, for families that say next to nothing. */
static const double FAMILY_SD = 3, SLOPE_SD = 3, MOST_RESIDUAL = 4;

typedef struct column {
    double intercept, loading[SKILLS];
} column;

typedef struct skills {
    const fsci_task *task;
    size_t p;                 /* columns, the target last */
    double *t;                /* [n*p] freed of chance */
    double (*x)[INPUTS];      /* [n] standardised; NaN where unknown */
    double (*theta)[SKILLS];  /* [n] */
    double (*family)[SKILLS]; /* [n_families] */
    size_t *members;          /* [n_families] training rows that can be used */
    size_t *start, *grouped;  /* family f has grouped[start[f] ...], members[f] rows */
    double slope[INPUTS][SKILLS];
    column *columns; /* [p] */
} skills;

static bool usable(const skills *s, size_t i)
{
    return s->task->family[i] < s->task->n_families && !isnan(s->x[i][0]);
}

/* ---- what is known ---- */

static void standardise(skills *s)
{
    const fsci_task *task = s->task;
    for (size_t k = 0; k < INPUTS; k++) {
        double n = 0, sum = 0, squares = 0;
        for (size_t i = 0; i < task->n; i++) {
            double ln_s = task->log_size[i], ln_t = task->log_tokens[i];
            /* centred first, so that the product is no copy of its factors */
            s->x[i][k] = k == 0 ? ln_s : k == 1 ? ln_t : s->x[i][0] * s->x[i][1];
            if (isnan(ln_s) || isnan(ln_t))
                s->x[i][k] = NAN;
            else if (i < task->n_train)
                n += 1, sum += s->x[i][k], squares += s->x[i][k] * s->x[i][k];
        }
        double mean = sum / n, deviation = sqrt(squares / n - mean * mean);
        for (size_t i = 0; i < task->n; i++)
            s->x[i][k] = deviation > 1e-6 ? (s->x[i][k] - mean) / deviation : 0 * s->x[i][k];
    }
}

static void free_of_chance(skills *s)
{
    const fsci_task *task = s->task;
    for (size_t j = 0; j < s->p; j++) {
        double chance = j < task->p && task->chance[j] > 0 ? task->chance[j] : 0;
        for (size_t i = 0; i < task->n; i++) {
            double y = j < task->p ? task->scores[j * task->n + i]
                                   : (i < task->n_train ? task->t[i] : NAN);
            s->t[j * task->n + i] = (y - chance) / (1 - chance);
        }
    }
}

/* ---- linearised scores ---- */

static double eta_of(const skills *s, size_t j, const double *theta)
{
    double eta = s->columns[j].intercept;
    for (size_t k = 0; k < SKILLS; k++)
        eta += s->columns[j].loading[k] * theta[k];
    return eta;
}

/* The response on the scale of eta, and its weight under Huber's loss; 0 without a score. */
static double working(const skills *s, size_t j, size_t i, double *response)
{
    double y = s->t[j * s->task->n + i], eta = eta_of(s, j, s->theta[i]);
    double m = 1 / (1 + exp(-eta)), slope = fmax(m * (1 - m), 1e-6);
    *response = eta;
    if (isnan(y))
        return 0;
    double residual = y - m;
    *response += fmin(fmax(residual / slope, -MOST_RESIDUAL), MOST_RESIDUAL);
    return slope * slope / (DELTA * fmax(fabs(residual), DELTA));
}

/* ---- theta, given the columns ---- */

/* What the scores of row i say: information J and J theta-hat, g. */
static void row_says(const skills *s, size_t i, double J[SKILLS][SKILLS], double g[SKILLS])
{
    memset(J, 0, SKILLS * sizeof *J);
    memset(g, 0, SKILLS * sizeof *g);
    for (size_t j = 0; j < s->p; j++) {
        double response, weight = working(s, j, i, &response);
        const double *loading = s->columns[j].loading;
        for (size_t a = 0; a < SKILLS; a++) {
            g[a] += weight * loading[a] * (response - s->columns[j].intercept);
            for (size_t b = 0; b < SKILLS; b++)
                J[a][b] += weight * loading[a] * loading[b];
        }
    }
}

/* Normal equations of the slopes with those of one family's intercept beside them. */
typedef struct normal {
    double H[SLOPES * SLOPES], g[SLOPES]; /* of slopes, [input * SKILLS + skill] */
    double F[SKILLS * SKILLS], c[SKILLS * SLOPES], h[SKILLS]; /* of the family: own, cross, right */
} normal;

static void add_row(const skills *s, size_t i, normal *e)
{
    double J[SKILLS][SKILLS], g[SKILLS];
    const double *x = s->x[i];
    row_says(s, i, J, g);
    for (size_t a = 0; a < SKILLS; a++) {
        e->h[a] += g[a];
        for (size_t b = 0; b < SKILLS; b++)
            e->F[a * SKILLS + b] += J[a][b];
        for (size_t k = 0; k < INPUTS; k++) {
            e->g[k * SKILLS + a] += x[k] * g[a];
            for (size_t b = 0; b < SKILLS; b++) {
                e->c[a * SLOPES + k * SKILLS + b] += x[k] * J[a][b];
                for (size_t l = 0; l < INPUTS; l++)
                    e->H[(k * SKILLS + a) * SLOPES + l * SKILLS + b] += x[k] * x[l] * J[a][b];
            }
        }
    }
}

static const bool none_held[SLOPES] = {false};

static void begin_family(normal *e)
{
    memset(e->F, 0, sizeof e->F);
    memset(e->c, 0, sizeof e->c);
    memset(e->h, 0, sizeof e->h);
    for (size_t a = 0; a < SKILLS; a++)
        e->F[a * SKILLS + a] = 1 / (FAMILY_SD * FAMILY_SD);
}

/* Takes the family's intercept out of the equations of the slopes. */
static void eliminate(normal *e)
{
    double L[SKILLS * SKILLS], column_of[SKILLS];
    fsci_cholesky(SKILLS, e->F, none_held, L);
    for (size_t v = 0; v <= SLOPES; v++) {
        for (size_t a = 0; a < SKILLS; a++)
            column_of[a] = v < SLOPES ? e->c[a * SLOPES + v] : e->h[a];
        fsci_cholesky_solve(SKILLS, L, column_of, column_of); /* of the opposite sign */
        for (size_t u = 0; u < SLOPES; u++)
            for (size_t a = 0; a < SKILLS; a++)
                *(v < SLOPES ? &e->H[u * SLOPES + v] : &e->g[u]) +=
                    e->c[a * SLOPES + u] * column_of[a];
    }
}

static void solve_slopes(skills *s, normal *e)
{
    double L[SLOPES * SLOPES], beta[SLOPES];
    for (size_t u = 0; u < SLOPES; u++) {
        e->H[u * SLOPES + u] += 1 / (SLOPE_SD * SLOPE_SD);
        beta[u] = -e->g[u];
    }
    fsci_cholesky(SLOPES, e->H, none_held, L);
    fsci_cholesky_solve(SLOPES, L, beta, beta);
    memcpy(s->slope, beta, sizeof beta);
}

/* The family's intercept, the slopes known. */
static void solve_family(skills *s, normal *e, size_t f)
{
    double L[SKILLS * SKILLS], right[SKILLS];
    for (size_t a = 0; a < SKILLS; a++) {
        right[a] = -e->h[a];
        for (size_t u = 0; u < SLOPES; u++)
            right[a] += e->c[a * SLOPES + u] * s->slope[u / SKILLS][u % SKILLS];
    }
    fsci_cholesky(SKILLS, e->F, none_held, L);
    fsci_cholesky_solve(SKILLS, L, right, s->family[f]);
}

static void place(skills *s, size_t i, const double *intercept)
{
    for (size_t a = 0; a < SKILLS; a++) {
        s->theta[i][a] = intercept[a];
        for (size_t k = 0; k < INPUTS; k++)
            s->theta[i][a] += s->x[i][k] * s->slope[k][a];
    }
}

static void add_family(const skills *s, size_t f, normal *e)
{
    begin_family(e);
    for (size_t k = s->start[f]; k < s->start[f] + s->members[f]; k++)
        add_row(s, s->grouped[k], e);
}

static void solve_theta(skills *s)
{
    normal e = {0}, one = {0};
    for (size_t f = 0; f < s->task->n_families; f++)
        if (s->members[f]) {
            add_family(s, f, &e);
            eliminate(&e);
        }
    solve_slopes(s, &e);
    for (size_t f = 0; f < s->task->n_families; f++)
        if (s->members[f]) {
            add_family(s, f, &one);
            solve_family(s, &one, f);
        }
    for (size_t i = 0; i < s->task->n_train; i++)
        if (usable(s, i))
            place(s, i, s->family[s->task->family[i]]);
}

/* ---- columns, given theta ---- */

/* Gives the largest move of a parameter. */
static double solve_column(skills *s, size_t j)
{
    enum { Q = SKILLS + 1 };
    double H[Q * Q] = {0}, g[Q] = {0}, L[Q * Q], moved = 0;
    for (size_t a = 0; a < Q; a++)
        H[a * Q + a] = a == 0 ? 1 / (INTERCEPT_SD * INTERCEPT_SD) : 1 / (LOADING_SD * LOADING_SD);
    for (size_t i = 0; i < s->task->n_train; i++) {
        double response, weight = usable(s, i) ? working(s, j, i, &response) : 0, row[Q] = {1};
        if (!(weight > 0))
            continue;
        memcpy(row + 1, s->theta[i], sizeof s->theta[i]);
        for (size_t a = 0; a < Q; a++) {
            g[a] -= weight * row[a] * response;
            for (size_t b = 0; b < Q; b++)
                H[a * Q + b] += weight * row[a] * row[b];
        }
    }
    fsci_cholesky(Q, H, none_held, L);
    fsci_cholesky_solve(Q, L, g, g);
    for (size_t a = 0; a < Q; a++) {
        double *parameter = a == 0 ? &s->columns[j].intercept : &s->columns[j].loading[a - 1];
        moved = fmax(moved, fabs(g[a] - *parameter));
        *parameter = g[a];
    }
    return moved;
}

/* ---- the fit ---- */

/* theta on the components of log-odds, columns by regression on it. */
static void start(skills *s)
{
    const fsci_task *task = s->task;
    size_t k = task->k < SKILLS ? task->k : SKILLS;
    for (size_t i = 0; i < task->n_train; i++)
        for (size_t a = 0; a < k; a++)
            s->theta[i][a] = 2 * task->pcs[a * task->n + i];
    for (size_t j = 0; j < s->p; j++)
        for (int round = 0; round < 10; round++)
            (void)solve_column(s, j);
}

/* Rows that can be used, one family after the other. */
static void group(skills *s)
{
    size_t at = 0;
    for (size_t f = 0; f < s->task->n_families; f++) {
        s->start[f] = at;
        at += s->members[f];
        s->members[f] = 0;
    }
    for (size_t i = 0; i < s->task->n_train; i++)
        if (usable(s, i)) {
            size_t f = s->task->family[i];
            s->grouped[s->start[f] + s->members[f]++] = i;
        }
}

static fsc_status make(fsci_arena *arena, const fsci_task *task, skills *s, fsc_error *err)
{
    *s = (skills){.task = task,
                  .p = task->p + 1,
                  .t = FSCI_NEW(arena, double, task->n *(task->p + 1)),
                  .x = fsci_alloc(arena, task->n, sizeof *s->x),
                  .theta = fsci_alloc(arena, task->n, sizeof *s->theta),
                  .family = fsci_alloc(arena, task->n_families + 1, sizeof *s->family),
                  .members = FSCI_NEW(arena, size_t, task->n_families + 1),
                  .start = FSCI_NEW(arena, size_t, task->n_families + 1),
                  .grouped = FSCI_NEW(arena, size_t, task->n_train),
                  .columns = FSCI_NEW(arena, column, task->p + 1)};
    if (!s->t || !s->x || !s->theta || !s->family || !s->members || !s->start || !s->grouped ||
        !s->columns)
        return fsci_fail_memory(err);
    if (isnan(task->space->top) || task->link == FSCI_LINK_LINEAR)
        return fsci_fail(err, FSC_EINPUT, "scores and target that skills explain are shares");
    size_t rows = 0;
    free_of_chance(s);
    standardise(s);
    for (size_t i = 0; i < task->n_train; i++)
        if (usable(s, i)) {
            rows++;
            s->members[task->family[i]]++;
        }
    group(s);
    if (rows <= INPUTS + 1)
        return fsci_fail(err, FSC_EINPUT, "%zu training rows of known family, size and tokens",
                         rows);
    start(s);
    return FSC_OK;
}

static void mean_intercept(const skills *s, double *mean)
{
    double n = 0;
    memset(mean, 0, SKILLS * sizeof *mean);
    for (size_t f = 0; f < s->task->n_families; f++)
        if (s->members[f]) {
            n += 1;
            for (size_t a = 0; a < SKILLS; a++)
                mean[a] += s->family[f][a];
        }
    for (size_t a = 0; a < SKILLS; a++)
        mean[a] /= n;
}

fsc_status fsci_predict_skills(fsci_arena *arena, const fsci_task *task,
                               fsci_predictive *predictive, fsc_error *err)
{
    skills s;
    double mean[SKILLS];
    FSCI_TRY(make(arena, task, &s, err));
    for (int round = 0; round < MOST_ROUNDS; round++) {
        double moved = 0;
        solve_theta(&s);
        for (size_t j = 0; j < s.p; j++)
            moved = fmax(moved, solve_column(&s, j));
        if (moved < STILL)
            break;
    }
    mean_intercept(&s, mean);
    for (size_t i = task->n_train; i < task->n; i++) {
        size_t f = task->family[i];
        if (isnan(s.x[i][0]))
            continue;
        place(&s, i, f < task->n_families && s.members[f] ? s.family[f] : mean);
        predictive->point[i - task->n_train] = 1 / (1 + exp(-eta_of(&s, s.p - 1, s.theta[i])));
    }
    return FSC_OK;
}
