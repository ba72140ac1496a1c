/* A 2PL fit of made answers: metric_irt MODELS ITEMS SHARE_SEEN THREADS. One line of JSON. */
#include "latent/irt.h"
#include "num/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of this thread: all that cannot be shared, and its part of what can. */
static double own(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double correlation(const double *x, const double *y, size_t n)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xy / sqrt(xx * yy);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    size_t models = (size_t)atol(argv[1]), items = (size_t)atol(argv[2]), cells = 0;
    double seen = atof(argv[3]), *truth = malloc(models * sizeof *truth);
    size_t room = (size_t)(1.02 * seen * (double)(models * items)) + 10000;
    uint32_t *model = malloc(room * sizeof *model), *item = malloc(room * sizeof *item);
    float *right = malloc(room * sizeof *right);
    fsci_irt_item *made = malloc(items * sizeof *made);
    fsci_irt fit = {malloc(items * sizeof *made),
                    malloc(models * sizeof(double)),
                    malloc(models * sizeof(double)),
                    0,
                    0,
                    0,
                    false,
                    0};
    if (!truth || !model || !item || !right || !made || !fit.item || !fit.theta || !fit.se)
        return 4;
    fsci_stream s = fsci_stream_new(1, 0);
    for (size_t m = 0; m < models; m++)
        truth[m] = fsci_random_normal(&s);
    for (size_t i = 0; i < items; i++) {
        double a = exp(0.3 * fsci_random_normal(&s));
        made[i] = (fsci_irt_item){.a = a, .d = -a * fsci_random_normal(&s)};
    }
    for (size_t m = 0; m < models; m++)
        for (size_t i = 0; i < items && cells < room; i++) {
            if (fsci_random_uniform(&s) >= seen)
                continue;
            model[cells] = (uint32_t)m;
            item[cells] = (uint32_t)i;
            right[cells++] = fsci_random_uniform(&s) < fsci_irt_probability(&made[i], truth[m]);
        }
    fsci_responses r = {models, items, cells, model, item, right, NULL};
    fsci_irt_options options = {.kind = FSCI_IRT_2PL, .threads = atoi(argv[4])};
    double wall = now(), busy = cpu(), mine = own();
    if (!fsci_irt_fit(&r, &options, &fit))
        return 4;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"cells\": %zu, \"wall\": %.3f, \"cpu\": %.3f, \"own\": %.3f, \"iterations\": %d, "
           "\"converged\": %s, "
           "\"correlation\": %.6f, \"resident\": %ld}\n",
           cells, now() - wall, cpu() - busy, own() - mine, fit.iterations,
           fit.converged ? "true" : "false", correlation(truth, fit.theta, models), used.ru_maxrss);
    return 0;
}
