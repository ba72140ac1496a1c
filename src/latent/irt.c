#include "latent/irt.h"

#include "base/parallel.h"
#include "latent/irt_cells.h"
#include "num/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool fsci_gauss_hermite(size_t n, double *x, double *w)
{
    enum { MOST = FSCI_IRT_MOST_NODES };
    double A[MOST * MOST] = {0}, values[MOST], vectors[MOST * MOST];
    if (n < 1 || n > MOST)
        return false;
    for (size_t i = 1; i < n; i++)
        A[(i - 1) * n + i] = A[i * n + i - 1] = sqrt((double)i / 2);
    if (fsci_symmetric_eigen(n, A, values, vectors) != FSCI_LINEAR_OK)
        return false;
    for (size_t k = 0; k < n; k++) {
        x[k] = values[k];
        w[k] = sqrt(M_PI) * vectors[k * n] * vectors[k * n];
    }
    return true;
}

/* ---- one fit
 * ------------------------------------------------------------------------------------- */

typedef struct fitting {
    const fsci_responses *r;
    fsci_irt_options o;
    fsci_irt *fit;
    fsci_cells_by by_model, by_item;
    double x[FSCI_IRT_MOST_NODES], log_w[FSCI_IRT_MOST_NODES];
    double mean_log_a, mean_d; /* of the items: centres of their priors */
    double *mode;              /* [models] */
    double *theta, *weight;    /* [models * nodes] */
    double *value, *moved;     /* [models] marginal log-likelihood; [items] largest change */
    fsci_item_sums *sums;      /* [items] */
} fitting;

static bool guesses(const fitting *f)
{
    return f->o.kind == FSCI_IRT_3PL;
}

/* Mode of the posterior by Newton's method (concave without guessing; Fisher scoring with it), then
 * nodes around it and their posterior weights. */
static void expect(void *context, size_t m, size_t worker)
{
    fitting *f = context;
    (void)worker;
    double mode = f->mode[m], spread = 1, log_p[FSCI_IRT_MOST_NODES], most = -INFINITY, sum = 0;
    size_t K = f->o.nodes;
    double *theta = f->theta + m * K, *weight = f->weight + m * K;
    for (int step = 0; step < 30; step++) {
        fsci_ability_sums s = fsci_ability_at(&f->by_model, m, f->fit->item, mode, guesses(f));
        double move = (s.slope - mode) / (s.information + 1);
        spread = 1 / sqrt(s.information + 1);
        mode += fmax(-1, fmin(1, move));
        if (fabs(move) < 1e-3 * spread)
            break;
    }
    f->mode[m] = mode;
    for (size_t k = 0; k < K; k++)
        theta[k] = mode + sqrt(2) * spread * f->x[k];
    fsci_ability_values(&f->by_model, m, f->fit->item, theta, K, guesses(f), log_p);
    for (size_t k = 0; k < K; k++) { /* prior density, and the Gauss-Hermite weight undone */
        log_p[k] += f->log_w[k] + f->x[k] * f->x[k] - 0.5 * theta[k] * theta[k];
        most = fmax(most, log_p[k]);
    }
    for (size_t k = 0; k < K; k++)
        sum += weight[k] = exp(log_p[k] - most);
    double mean = 0, square = 0;
    for (size_t k = 0; k < K; k++) {
        weight[k] /= sum;
        mean += weight[k] * theta[k];
    }
    for (size_t k = 0; k < K; k++)
        square += weight[k] * (theta[k] - mean) * (theta[k] - mean);
    f->fit->theta[m] = mean;
    f->fit->se[m] = sqrt(square);
    f->value[m] = most + log(sum) + log(sqrt(2) * spread / sqrt(2 * M_PI));
}

static double logit(double p)
{
    return log(p / (1 - p));
}

/* Adds the priors to score and information of one item. */
static void add_priors(const fitting *f, const fsci_irt_item *p, fsci_item_sums *s)
{
    double vd = f->o.sd_d * f->o.sd_d, va = f->o.sd_log_a * f->o.sd_log_a;
    s->score[0] -= (p->d - f->mean_d) / vd;
    s->information[0] += 1 / vd;
    s->score[1] -= (log(p->a) - f->mean_log_a) / va;
    s->information[4] += 1 / va;
    if (guesses(f)) {
        double vc = f->o.sd_c * f->o.sd_c;
        s->score[2] -= (logit(p->c) - logit(f->o.mean_c)) / vc;
        s->information[8] += 1 / vc;
    }
}

static double capped(double step)
{
    return fmax(-1, fmin(1, step));
}

/* One scoring step of a positive definite k x k system given by its upper triangle. */
static bool solve(const fsci_item_sums *s, size_t k, double *step, double *inverse)
{
    double L[9];
    for (size_t i = 0; i < k; i++)
        for (size_t j = i; j < k; j++)
            L[i * k + j] = s->information[i * 3 + j]; /* column-major: this is the lower triangle */
    memcpy(step, s->score, k * sizeof *step);
    return fsci_cholesky(k, L) == FSCI_LINEAR_OK &&
           fsci_cholesky_solve(k, L, 1, step) == FSCI_LINEAR_OK &&
           fsci_cholesky_inverse(k, L, inverse) == FSCI_LINEAR_OK;
}

static void maximise(void *context, size_t i, size_t worker)
{
    fitting *f = context;
    (void)worker;
    fsci_irt_item *p = &f->fit->item[i];
    double step[3], inverse[9];
    size_t k = guesses(f) ? 3 : 2;
    f->moved[i] = 0;
    for (int inner = 0; inner < (guesses(f) ? 3 : 1); inner++) {
        fsci_item_sums s =
            fsci_item_at(&f->by_item, i, p, f->theta, f->weight, f->o.nodes, guesses(f));
        f->sums[i] = s;
        if (f->o.kind == FSCI_IRT_1PL)
            return; /* the common a needs all items */
        add_priors(f, p, &s);
        if (!solve(&s, k, step, inverse))
            return;
        p->d += capped(step[0]);
        p->a *= exp(capped(step[1]));
        p->se_d = sqrt(inverse[0]);
        p->se_a = p->a * sqrt(inverse[k + 1]);
        f->moved[i] = fmax(fabs(step[0]) / sqrt(inverse[0]), fabs(step[1]) / sqrt(inverse[k + 1]));
        if (k == 3) {
            double c = logit(p->c) + capped(step[2]);
            p->c = 1 / (1 + exp(-c));
            p->se_c = p->c * (1 - p->c) * sqrt(inverse[8]);
            f->moved[i] = fmax(f->moved[i], fabs(step[2]) / sqrt(inverse[8]));
        }
    }
}

/* 1PL: d of every item and the one ln a, by block elimination of the bordered system. */
static double maximise_common(fitting *f)
{
    size_t n = f->r->items;
    double vd = f->o.sd_d * f->o.sd_d, largest = 0, a = f->fit->item[0].a, score = 0,
           information = 0;
    for (size_t i = 0; i < n; i++) {
        const fsci_item_sums *s = &f->sums[i];
        double g = s->score[0] - (f->fit->item[i].d - f->mean_d) / vd,
               v = s->information[0] + 1 / vd;
        score += s->score[1] - s->information[1] * g / v;
        information += s->information[4] - s->information[1] * s->information[1] / v;
    }
    double step = capped(score / information);
    for (size_t i = 0; i < n; i++) {
        const fsci_item_sums *s = &f->sums[i];
        fsci_irt_item *p = &f->fit->item[i];
        double v = s->information[0] + 1 / vd;
        double move = (s->score[0] - (p->d - f->mean_d) / vd - s->information[1] * step) / v;
        p->d += capped(move);
        p->a = a * exp(step);
        p->se_d = 1 / sqrt(v);
        p->se_a = p->a / sqrt(information);
        largest = fmax(largest, fabs(move) * sqrt(v));
    }
    return fmax(largest, fabs(step) * sqrt(information));
}

static void find_means(fitting *f)
{
    double n = (double)f->r->items;
    f->mean_log_a = f->mean_d = 0;
    for (size_t i = 0; i < f->r->items; i++) {
        f->mean_log_a += log(f->fit->item[i].a) / n;
        f->mean_d += f->fit->item[i].d / n;
    }
}

/* Where the scale of the abilities is free to move, plain EM crawls: thousands of answers say where
 * an ability is, and one prior where zero is. So the population is let be N(mu, sigma^2), which is
 * then undone in the items (parameter expansion; Liu, Rubin & Wu 1998). Their priors know no scale,
 * but a shift changes how the d spread:
 *
 *   -M ln sigma - M/2 (V + (m - mu)^2) / sigma^2 - sum (d + a mu - mean)^2 / 2 vd
 *
 * with V and m variance and mean of the posteriors taken together. */
static void rescale(fitting *f)
{
    double M = (double)f->r->models, mean = 0, V = 0, mu = 0, sigma = 1;
    double vd = f->o.sd_d * f->o.sd_d, mean_a = 0, aa = 0, ad = 0;
    for (size_t m = 0; m < f->r->models; m++)
        mean += f->fit->theta[m] / M;
    for (size_t m = 0; m < f->r->models; m++) {
        double off = f->fit->theta[m] - mean, se = f->fit->se[m];
        V += (off * off + se * se) / M;
    }
    for (size_t i = 0; i < f->r->items; i++)
        mean_a += f->fit->item[i].a / (double)f->r->items;
    for (size_t i = 0; i < f->r->items; i++) {
        const fsci_irt_item *p = &f->fit->item[i];
        aa += (p->a - mean_a) * (p->a - mean_a) / vd;
        ad += (p->a - mean_a) * p->d / vd;
    }
    for (int round = 0; round < 20; round++) {
        double precision = M / (sigma * sigma);
        mu = (precision * mean - ad) / (precision + aa);
        sigma = sqrt(V + (mean - mu) * (mean - mu));
    }
    for (size_t i = 0; i < f->r->items; i++) {
        f->fit->item[i].d += f->fit->item[i].a * mu;
        f->fit->item[i].a *= sigma;
    }
    for (size_t m = 0; m < f->r->models; m++)
        f->mode[m] = (f->mode[m] - mu) / sigma;
}

static void start(fitting *f)
{
    for (size_t i = 0; i < f->r->items; i++) {
        double right = 0.5, trials = 1;
        for (size_t j = f->by_item.first[i]; j < f->by_item.first[i + 1]; j++) {
            right += f->by_item.right[j];
            trials += f->by_item.trials ? f->by_item.trials[j] : 1;
        }
        double c = guesses(f) ? f->o.mean_c / 2 : 0, rate = right / trials;
        rate = fmin(0.99, fmax(0.01, (rate - c) / (1 - c)));
        f->fit->item[i] = (fsci_irt_item){.a = 1, .d = 1.2 * logit(rate), .c = c};
    }
    for (size_t m = 0; m < f->r->models; m++)
        f->mode[m] = 0;
}

static void summarise(fitting *f)
{
    fsci_irt *fit = f->fit;
    size_t n = f->r->models;
    double mean = 0, variance = 0, error = 0;
    fit->log_likelihood = 0;
    for (size_t m = 0; m < n; m++) {
        fit->log_likelihood += f->value[m];
        mean += fit->theta[m] / (double)n;
        error += fit->se[m] * fit->se[m] / (double)n;
    }
    for (size_t m = 0; m < n; m++)
        variance += (fit->theta[m] - mean) * (fit->theta[m] - mean) / (double)(n > 1 ? n - 1 : 1);
    fit->reliability = fmax(0, 1 - error / (variance + error));
    fit->penalised = fit->log_likelihood;
    for (size_t i = 0; i < f->r->items; i++) {
        const fsci_irt_item *p = &fit->item[i];
        fit->penalised -= 0.5 * pow((p->d - f->mean_d) / f->o.sd_d, 2);
        fit->penalised -= 0.5 * pow((log(p->a) - f->mean_log_a) / f->o.sd_log_a, 2);
        if (guesses(f))
            fit->penalised -= 0.5 * pow((logit(p->c) - logit(f->o.mean_c)) / f->o.sd_c, 2);
    }
}

static void iterate(fitting *f)
{
    fsci_irt *fit = f->fit;
    fit->converged = false;
    for (fit->iterations = 1; fit->iterations <= f->o.most_iterations; fit->iterations++) {
        double largest = 0;
        find_means(f);
        fsci_parallel(f->o.threads, f->r->models, expect, f);
        fsci_parallel(f->o.threads, f->r->items, maximise, f);
        if (f->o.kind == FSCI_IRT_1PL)
            largest = maximise_common(f);
        for (size_t i = 0; i < f->r->items; i++)
            largest = fmax(largest, f->moved[i]);
        rescale(f);
        if (largest < f->o.tolerance) {
            fit->converged = true;
            break;
        }
    }
    find_means(f);
    fsci_parallel(f->o.threads, f->r->models, expect, f);
    summarise(f);
}

static fsci_irt_options defaults(const fsci_irt_options *given, const fsci_responses *r)
{
    fsci_irt_options o = *given;
    double each = (double)r->cells / (double)(r->models ? r->models : 1);
    if (!o.nodes)
        o.nodes = each < 60 ? 15 : each < 400 ? 7 : 3;
    o.nodes = o.nodes > FSCI_IRT_MOST_NODES ? FSCI_IRT_MOST_NODES : o.nodes;
    o.sd_log_a = o.sd_log_a > 0 ? o.sd_log_a : 0.5;
    o.sd_d = o.sd_d > 0 ? o.sd_d : 3;
    o.mean_c = o.mean_c > 0 ? o.mean_c : 0.2;
    o.sd_c = o.sd_c > 0 ? o.sd_c : 0.5;
    o.tolerance = o.tolerance > 0 ? o.tolerance : 1e-3;
    o.most_iterations = o.most_iterations > 0 ? o.most_iterations : 500;
    return o;
}

bool fsci_irt_fit(const fsci_responses *r, const fsci_irt_options *options, fsci_irt *fit)
{
    fitting f = {.r = r, .o = defaults(options, r), .fit = fit};
    size_t nodes = f.o.nodes, M = r->models + 1, I = r->items + 1;
    double w[FSCI_IRT_MOST_NODES];
    f.mode = calloc(M, sizeof *f.mode);
    f.value = calloc(M, sizeof *f.value);
    f.theta = calloc(M * nodes, sizeof *f.theta);
    f.weight = calloc(M * nodes, sizeof *f.weight);
    f.moved = calloc(I, sizeof *f.moved);
    f.sums = calloc(I, sizeof *f.sums);
    bool ready = f.mode && f.value && f.theta && f.weight && f.moved && f.sums &&
                 fsci_cells_sort(r, r->model, r->item, r->models, &f.by_model) &&
                 fsci_cells_sort(r, r->item, r->model, r->items, &f.by_item) &&
                 fsci_gauss_hermite(nodes, f.x, w);
    if (ready) {
        for (size_t k = 0; k < nodes; k++)
            f.log_w[k] = log(w[k]);
        start(&f);
        iterate(&f);
    }
    fsci_cells_free(&f.by_model);
    fsci_cells_free(&f.by_item);
    free(f.mode);
    free(f.value);
    free(f.theta);
    free(f.weight);
    free(f.moved);
    free(f.sums);
    return ready;
}

/* ---- what a fit is used for
 * ------------------------------------------------------------------------ */

double fsci_irt_probability(const fsci_irt_item *p, double theta)
{
    return p->c + (1 - p->c) / (1 + exp(-(p->a * theta + p->d)));
}

double fsci_irt_information(const fsci_irt_item *p, double theta)
{
    double sigma = 1 / (1 + exp(-(p->a * theta + p->d))), P = p->c + (1 - p->c) * sigma;
    return p->a * p->a * (1 - p->c) * (1 - sigma) / P * sigma * sigma;
}

void fsci_irt_ability(const fsci_irt_item *items, const size_t *which, const double *right,
                      size_t n, double *theta, double *se)
{
    enum { GRID = 601 };
    double log_p[GRID], most = -INFINITY, sum = 0, mean = 0, square = 0;
    for (int g = 0; g < GRID; g++) {
        double at = -6 + 12.0 * g / (GRID - 1);
        log_p[g] = -0.5 * at * at;
        for (size_t i = 0; i < n; i++) {
            double P = fsci_irt_probability(&items[which[i]], at);
            log_p[g] += right[i] * log(P) + (1 - right[i]) * log1p(-P);
        }
        most = fmax(most, log_p[g]);
    }
    for (int g = 0; g < GRID; g++) {
        double at = -6 + 12.0 * g / (GRID - 1), w = exp(log_p[g] - most);
        sum += w;
        mean += w * at;
        square += w * at * at;
    }
    *theta = mean / sum;
    *se = sqrt(fmax(0, square / sum - *theta * *theta));
}

size_t fsci_irt_next(const fsci_irt_item *items, const bool *used, size_t n, double theta)
{
    size_t best = n;
    double most = -1;
    for (size_t i = 0; i < n; i++) {
        double information = used[i] ? -1 : fsci_irt_information(&items[i], theta);
        if (information > most) {
            most = information;
            best = i;
        }
    }
    return best;
}
