/* Writes ROWS rows of 10 columns of numbers of 17 digits to standard output: uniform on [0, 1),
 * from a fixed seed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 10 };

int main(int argc, char **argv)
{
    long rows = argc > 1 ? atol(argv[1]) : 0;
    uint64_t state = 88172645463325252u;
    for (int c = 0; c < COLUMNS; c++)
        printf("c%d%c", c, c + 1 < COLUMNS ? ',' : '\n');
    for (long i = 0; i < rows * COLUMNS; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        printf("%.17g%c", (double)(state >> 11) * 0x1p-53, (i + 1) % COLUMNS ? ',' : '\n');
    }
    return fflush(stdout) || ferror(stdout);
}
