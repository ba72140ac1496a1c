#include "observe/backtest/paired.h"

#include "num/random.h"

#include <math.h>
#include <stdbool.h>

/* Sums that differ by rounding alone count as equal. */
static const double SAME = 1 - 1e-12;

static double flipped(const double *d, size_t n, uint64_t bits)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += bits >> i & 1 ? -d[i] : d[i];
    return sum;
}

static double drawn(const double *d, size_t n, fsci_stream *stream)
{
    double sum = 0;
    for (size_t i = 0; i < n; i += 64)
        sum += flipped(d + i, n - i < 64 ? n - i : 64, fsci_random_bits(stream));
    return sum;
}

double fsci_paired_p(const double *d, size_t n, uint64_t seed, uint64_t stream_id)
{
    double observed = 0, beyond = 0;
    for (size_t i = 0; i < n; i++)
        observed += d[i];
    if (n == 0)
        return NAN;
    if (n <= FSCI_PAIRED_EXACT) {
        uint64_t patterns = UINT64_C(1) << n;
        for (uint64_t bits = 0; bits < patterns; bits++)
            beyond += fabs(flipped(d, n, bits)) >= SAME * fabs(observed);
        return beyond / (double)patterns;
    }
    fsci_stream stream = fsci_stream_new(seed, stream_id);
    for (int i = 0; i < FSCI_PAIRED_DRAWS; i++)
        beyond += fabs(drawn(d, n, &stream)) >= SAME * fabs(observed);
    return (beyond + 1) / (FSCI_PAIRED_DRAWS + 1);
}

void fsci_holm(double *p, size_t n)
{
    double least = 0;
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        left += !isnan(p[i]);
    /* Those done are kept above 1 by turns: marked by adding 2. */
    for (; left > 0; left--) {
        size_t smallest = n;
        for (size_t i = 0; i < n; i++)
            if (p[i] <= 1 && (smallest == n || p[i] < p[smallest]))
                smallest = i;
        least = fmin(fmax(least, (double)left * p[smallest]), 1);
        p[smallest] = 2 + least;
    }
    for (size_t i = 0; i < n; i++)
        p[i] -= isnan(p[i]) ? 0 : 2;
}
