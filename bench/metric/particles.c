/* Particle-steps a second on a chain of 16 states: metric_particles PARTICLES STEPS. One line of
 * JSON. */
#include "sim/particles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STATES = 16 };

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"multinomial", "systematic", "stratified", "residual"};
    double start[STATES], transition[STATES * STATES], reward[STATES], exact[STATES],
        answer[STATES];
    double log_constant;
    if (argc < 3)
        return 2;
    size_t particles = (size_t)atol(argv[1]), steps = (size_t)atol(argv[2]);
    double *ess = malloc((steps + 1) * sizeof *ess);
    fsci_stream s = fsci_stream_new(1, 0);
    for (int i = 0; i < STATES; i++) {
        double sum = 0;
        start[i] = 1.0 / STATES;
        reward[i] = (i + 1.0) / (STATES + 1);
        for (int j = 0; j < STATES; j++)
            sum += transition[i * STATES + j] = fsci_random_uniform(&s);
        for (int j = 0; j < STATES; j++)
            transition[i * STATES + j] /= sum;
    }
    fsci_chain_world w = {STATES, steps, start, transition, reward, 1, 1};
    if (!ess || !fsci_chain_exact(&w, exact, &log_constant))
        return 4;
    printf("{");
    for (int scheme = 0; scheme < 4; scheme++) {
        double distance = 0, busy = cpu();
        fsci_filter f = {.answer = answer, .ess = ess};
        if (!fsci_filter_run(&w, (fsci_resample_scheme)scheme, particles, &s, NULL, &f))
            return 4;
        busy = cpu() - busy;
        for (int i = 0; i < STATES; i++)
            distance += fabs(answer[i] - exact[i]) / 2;
        printf("%s\"%s\": {\"rate\": %.4g, \"total_variation\": %.3g}", scheme ? ", " : "",
               names[scheme], (double)f.calls / busy, distance);
    }
    printf("}\n");
    free(ess);
    return 0;
}
