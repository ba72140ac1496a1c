/* The 4,500 starts of Hoffmann et al. (2022) on the Chinchilla runs of Besiroglu et al. (2024),
 * every one brought to convergence, with a residual written by hand. Prints one line of JSON, with
 * the keys of chinchilla.py. */
#include "opt/least_squares.h"

#include <immintrin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_ROWS = 256, STARTS = 4500, REPEATS = 5 };

typedef struct data {
    size_t n;
    double log_n[MAX_ROWS], log_d[MAX_ROWS], log_loss[MAX_ROWS];
} data;

#define NAME   residual_avx
#define VECTOR four
#define LANES  4
#define TARGET __attribute__((target("avx")))
#define EXP    Sleef_cinz_expd4_u10avx
#define LOG    Sleef_cinz_logd4_u10avx
#include "residual.inc"

#define NAME   residual_avx512
#define VECTOR eight
#define LANES  8
#define TARGET __attribute__((target("avx512f")))
#define EXP    Sleef_cinz_expd8_u10avx512fnofma
#define LOG    Sleef_cinz_logd8_u10avx512fnofma
#include "residual.inc"

static bool read(const char *path, data *c)
{
    FILE *file = fopen(path, "r");
    char line[256];
    double n, d, flop, loss;
    int kept;
    if (!file)
        return false;
    while (c->n < MAX_ROWS && fgets(line, sizeof line, file))
        if (sscanf(line, "%lf,%lf,%lf,%lf,%d", &n, &d, &flop, &loss, &kept) == 5 && kept)
            c->log_n[c->n] = log(n), c->log_d[c->n] = log(d), c->log_loss[c->n++] = log(loss);
    fclose(file);
    return c->n > 0;
}

static void start(int k, double *theta)
{
    theta[0] = k / 750 * 5, theta[1] = k / 125 % 6 * 5, theta[2] = k / 25 % 5 * 0.5 - 1;
    theta[3] = k / 5 % 5 * 0.5, theta[4] = k % 5 * 0.5;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int count_below(const double *values, double limit)
{
    int count = 0;
    for (int k = 0; k < STARTS; k++)
        count += values[k] <= limit;
    return count;
}

int main(int argc, char **argv)
{
    static data c;
    static double values[STARTS];
    if (argc != 2 || !read(argv[1], &c) || c.n % 8 != 0)
        return fprintf(stderr, "usage: chinchilla RUNS.csv (a multiple of eight rows)\n"), 2;
    const fsci_ls_problem problem = {.n = c.n,
                                     .p = 5,
                                     .residual = __builtin_cpu_supports("avx512f") ? residual_avx512
                                                                                   : residual_avx,
                                     .context = &c,
                                     .loss = FSCI_LOSS_HUBER,
                                     .delta = 1e-3};
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(c.n, 5);
    if (!workspace)
        return 4;
    double best = INFINITY, seconds = INFINITY;
    long iterations = 0, evaluations = 0, unfinished = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        const double begin = cpu_seconds();
        iterations = evaluations = unfinished = 0;
        for (int k = 0; k < STARTS; k++) {
            double theta[5];
            start(k, theta);
            const fsci_ls_result result = fsci_ls_solve(&problem, NULL, workspace, theta);
            values[k] = result.value;
            best = fmin(best, result.value);
            iterations += result.iterations, evaluations += result.evaluations;
            unfinished += result.stop == FSCI_STOP_LIMIT || result.stop == FSCI_STOP_DOMAIN;
        }
        seconds = fmin(seconds, cpu_seconds() - begin);
    }
    fsci_ls_workspace_free(workspace);
    printf("{\"starts\": %d, \"cpu_seconds\": %.4f, \"iterations_per_start\": %.1f, "
           "\"evaluations_per_start\": %.1f, \"unfinished\": %ld, \"best\": %.15g, "
           "\"within_1e-10\": %d, \"within_1e-6\": %d, \"within_1e-3\": %d}\n",
           STARTS, seconds, (double)iterations / STARTS, (double)evaluations / STARTS, unfinished,
           best, count_below(values, best * (1 + 1e-10)), count_below(values, best * (1 + 1e-6)),
           count_below(values, best * (1 + 1e-3)));
    return 0;
}
