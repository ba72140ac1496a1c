#include "metric/emergence.h"

#include <math.h>
#include <stdlib.h>

enum { FIRST, LAST, LOG_ALPHA, BASE, LOG_SLOPE, PARAMETERS }; /* E at the least D, at the most */

typedef struct posterior {
    const fsci_emergence_data *data;
    double least, most;     /* ln D */
    double lowest, highest; /* of E at either */
} posterior;

double fsci_emergence_at(const fsci_emergence *law, double log_d)
{
    return law->C + law->k * pow(log_d, law->alpha);
}

static fsci_emergence law_of(const posterior *p, const double *x)
{
    double alpha = exp(x[LOG_ALPHA]), low = pow(p->least, alpha), high = pow(p->most, alpha);
    double k = (x[LAST] - x[FIRST]) / (high - low);
    bool scores = p->data->score != NULL;
    return (fsci_emergence){.C = x[FIRST] - k * low,
                            .k = k,
                            .alpha = alpha,
                            .A = scores ? exp(x[LOG_SLOPE]) : NAN,
                            .B = scores ? x[BASE] : NAN};
}

static double log_likelihood(const fsci_emergence_data *d, const fsci_emergence *law)
{
    double sum = 0, elbow = NAN;
    for (size_t i = 0; i < d->n; i++) {
        if (!i || d->log_d[i] != d->log_d[i - 1])
            elbow = fsci_emergence_at(law, d->log_d[i]);
        double r = d->score ? d->score[i] - law->B - law->A * fmax(0, elbow - d->loss[i])
                            : (d->elbow[i] - elbow) / (d->se ? d->se[i] : 1);
        sum += r * r;
    }
    return d->se ? -sum / 2 : -(double)d->n / 2 * log(sum + 1e-300);
}

static double log_density(void *context, const double *x)
{
    const posterior *p = context;
    if (!(x[FIRST] > p->lowest && x[FIRST] < p->highest && x[LAST] > p->lowest &&
          x[LAST] < p->highest && fabs(x[LOG_ALPHA]) < 5))
        return -INFINITY;
    fsci_emergence law = law_of(p, x);
    return log_likelihood(p->data, &law) - x[LOG_ALPHA] * x[LOG_ALPHA] / 2;
}

static posterior posterior_of(const fsci_emergence_data *d)
{
    posterior p = {d, d->log_d[0], d->log_d[d->n - 1], INFINITY, -INFINITY};
    const double *values = d->score ? d->loss : d->elbow;
    for (size_t i = 0; i < d->n; i++) {
        p.lowest = fmin(p.lowest, values[i]);
        p.highest = fmax(p.highest, values[i]);
    }
    double range = p.highest - p.lowest, reach = range > 0 ? 2 * range : fabs(p.highest);
    p.lowest -= reach;
    p.highest += reach;
    return p;
}

bool fsci_emergence_draw(const fsci_emergence_data *data, const fsci_emergence *start,
                         uint64_t seed, int threads, fsci_emergence *draws, double *accepted)
{
    posterior p = posterior_of(data);
    double x[PARAMETERS] = {fsci_emergence_at(start, p.least), fsci_emergence_at(start, p.most),
                            log(start->alpha), start->B, log(start->A)};
    double tenth = (p.highest - p.lowest) / 100, base = 0;
    for (size_t i = 0; i < data->n && data->score; i++)
        base = fmax(base, fabs(data->score[i] - start->B) / 20);
    double away[PARAMETERS] = {tenth, tenth, 0.2, base, 0.2};
    fsci_ensemble e = {.n = data->score ? PARAMETERS : BASE,
                       .walkers = FSCI_EMERGENCE_WALKERS,
                       .warm_up = 2 * FSCI_EMERGENCE_STEPS,
                       .steps = FSCI_EMERGENCE_STEPS,
                       .start = x,
                       .away = away,
                       .seed = seed,
                       .threads = threads};
    double *raw = malloc(FSCI_EMERGENCE_DRAWS * e.n * sizeof *raw);
    bool drawn = raw && p.most > p.least && fsci_ensemble_draw(&e, log_density, &p, raw, accepted);
    for (size_t i = 0; i < FSCI_EMERGENCE_DRAWS && drawn; i++)
        draws[i] = law_of(&p, raw + i * e.n);
    free(raw);
    return drawn;
}
