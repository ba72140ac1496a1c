/* Rows of samples as CSV on standard output: metric_samples ROWS ITEMS MODELS. */
#include "num/random.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    if (argc < 4)
        return 2;
    long rows = atol(argv[1]), items = atol(argv[2]), models = atol(argv[3]);
    fsci_stream s = fsci_stream_new(1, 0);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    puts("model,item,attempt,correct");
    for (long i = 0; i < rows; i++) {
        uint64_t bits = fsci_random_bits(&s);
        long cell = i % (items * models);
        printf("m%ld,q%ld,%ld,%d\n", cell % models, cell / models, i / (items * models),
               (int)(bits % 1000) < (int)(cell % 997));
    }
    return fflush(stdout) ? 4 : 0;
}
