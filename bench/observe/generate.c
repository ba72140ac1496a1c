/* Writes a table of models: name, family, FLOPs, benchmark scores that share three factors, some
 * cells empty, and a target that follows a curve through the same factors.
 *
 *     observe_generate MODELS BENCHMARKS MISSING > table.csv     MISSING as 0.3 */
#include "num/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FACTORS = 3, FAMILIES = 50 };

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

static void write_header(size_t benchmarks)
{
    printf("model,family,flops,target");
    for (size_t j = 0; j < benchmarks; j++)
        printf(",b%zu", j + 1);
    putchar('\n');
}

/* Model i: its compute decides the first factor, its family bends it. */
static void write_model(size_t i, size_t benchmarks, double missing, const double *loadings)
{
    fsci_stream stream = fsci_stream_new(1, i + 1);
    double decades = 5 * fsci_random_uniform(&stream), factor[FACTORS];
    size_t family = i % FAMILIES;
    factor[0] = decades - 2.5 + 0.3 * sin((double)family);
    for (size_t c = 1; c < FACTORS; c++)
        factor[c] = fsci_random_normal(&stream);
    double z = -1 + 0.9 * factor[0] + 0.3 * factor[1] - 0.2 * factor[2];
    printf("m%zu,f%zu,%.4g,%.4f", i + 1, family + 1, pow(10, 20 + decades),
           sigmoid(z + 0.1 * fsci_random_normal(&stream)));
    for (size_t j = 0; j < benchmarks; j++) {
        double s = 0.1 * fsci_random_normal(&stream);
        for (size_t c = 0; c < FACTORS; c++)
            s += factor[c] * loadings[j * FACTORS + c];
        if (fsci_random_uniform(&stream) < missing)
            putchar(',');
        else
            printf(",%.4f", sigmoid(s));
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    size_t models = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
    size_t benchmarks = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    double *loadings = benchmarks ? malloc(benchmarks * FACTORS * sizeof *loadings) : NULL;
    if (!models || !loadings) {
        fprintf(stderr, "usage: observe_generate MODELS BENCHMARKS MISSING\n");
        return 2;
    }
    fsci_stream stream = fsci_stream_new(1, 0);
    for (size_t l = 0; l < benchmarks * FACTORS; l++)
        loadings[l] = l % FACTORS ? 0.4 * fsci_random_normal(&stream)
                                  : 0.5 + 0.3 * fsci_random_uniform(&stream);
    write_header(benchmarks);
    for (size_t i = 0; i < models; i++)
        write_model(i, benchmarks, strtod(argv[3], NULL), loadings);
    free(loadings);
    return 0;
}
