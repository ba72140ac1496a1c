#include "opt/rows.h"

#include <math.h>
#include <string.h>

/* Compiled for several vector widths, chosen when the program is loaded. Contraction is off and the
 * lanes are fixed, so the choice does not change a bit. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

#define ALWAYS_INLINE __attribute__((always_inline)) inline

enum { LANES = 8, BLOCK = 512, SPARSE_BLOCK = 64 };

/* Body sees row index i and lane l; `sum` are the lanes it adds to. */
#define EACH_ROW(n, ...)                                                                           \
    do {                                                                                           \
        size_t base_ = 0;                                                                          \
        for (; base_ + LANES <= (n); base_ += LANES)                                               \
            for (size_t l = 0; l < LANES; l++) {                                                   \
                const size_t i = base_ + l;                                                        \
                __VA_ARGS__                                                                        \
            }                                                                                      \
        for (size_t l = 0; base_ + l < (n); l++) {                                                 \
            const size_t i = base_ + l;                                                            \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    } while (0)

/* Of the majorant's curvature, for rows outside delta: see fsci_rows_score. */
static const double outer_share = 1e-4;

static inline double total(const double *sum)
{
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

static inline double least(double a, double b)
{
    return a < b ? a : b;
}

static inline double clamp(double r, double limit)
{
    double least = r < -limit ? -limit : r;
    return least > limit ? limit : least;
}

/* Half the lanes of a sum, as one machine vector where there is one. */
typedef double half __attribute__((vector_size(LANES / 2 * sizeof(double)), aligned(8), may_alias));
#define HALF(at) (*(const half *)(at))

/* sums[k] += a . B_k for up to four columns of B; `count` is a constant where this is inlined. */
ALWAYS_INLINE static void add_dots(size_t n, const double *restrict a, const double *restrict B,
                                   size_t stride, size_t count, double *restrict sums)
{
    half sum[4][2] = {{{0}}};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const half x = HALF(a + i), y = HALF(a + i + LANES / 2);
#pragma GCC unroll 4
        for (size_t k = 0; k < count; k++) {
            sum[k][0] += x * HALF(B + k * stride + i);
            sum[k][1] += y * HALF(B + k * stride + i + LANES / 2);
        }
    }
    for (size_t k = 0; k < count; k++) {
        const half h = sum[k][0] + sum[k][1];
        double rest = 0;
        for (size_t tail = i; tail < n; tail++)
            rest += a[tail] * B[k * stride + tail];
        sums[k] += ((h[0] + h[2]) + (h[1] + h[3])) + rest;
    }
}

ALWAYS_INLINE static void add_all_dots(size_t n, const double *a, const double *B, size_t stride,
                                       size_t count, double *sums)
{
    for (; count >= 4; count -= 4, B += 4 * stride, sums += 4)
        add_dots(n, a, B, stride, 4, sums);
    switch (count) {
    case 3:
        add_dots(n, a, B, stride, 3, sums);
        break;
    case 2:
        add_dots(n, a, B, stride, 2, sums);
        break;
    case 1:
        add_dots(n, a, B, stride, 1, sums);
        break;
    }
}

WIDE double fsci_rows_dot(size_t n, const double *restrict a, const double *restrict b)
{
    double sum = 0;
    add_dots(n, a, b, 0, 1, &sum);
    return sum;
}

/* 0 times what is not finite is not 0. */
WIDE bool fsci_rows_finite(size_t n, const double *restrict v)
{
    double sum[LANES] = {0};
    EACH_ROW(n, sum[l] += 0 * v[i];);
    return total(sum) == 0;
}

WIDE bool fsci_rows_inside(size_t n, const double *restrict v, double delta)
{
    double outside[LANES] = {0};
    EACH_ROW(n, outside[l] += fabs(v[i]) <= delta ? 0 : 1;);
    return total(outside) == 0;
}

WIDE double fsci_rows_norm2(size_t n, const double *restrict v, const double *restrict a)
{
    double sum[LANES] = {0};
    EACH_ROW(n, sum[l] += v[i] * a[i] * a[i];);
    return total(sum);
}

WIDE double fsci_rows_value(size_t n, const double *restrict w, const double *restrict r,
                            double delta)
{
    double sum[LANES] = {0};
    EACH_ROW(n, {
        double a = fabs(r[i]), c = least(a, delta);
        sum[l] += w[i] * (c * (a - 0.5 * c));
    });
    return total(sum);
}

WIDE double fsci_rows_absolute(size_t n, const double *restrict w, const double *restrict r)
{
    double sum[LANES] = {0};
    EACH_ROW(n, sum[l] += w[i] * fabs(r[i]););
    return total(sum);
}

WIDE double fsci_rows_decrease(size_t n, const double *restrict w, const double *restrict from,
                               const double *restrict to, double delta)
{
    double sum[LANES] = {0};
    EACH_ROW(n, {
        double a = fabs(from[i]), b = fabs(to[i]);
        double ca = least(a, delta), cb = least(b, delta);
        sum[l] += w[i] * (0.5 * (ca - cb) * (ca + cb) + (ca * (a - ca) - cb * (b - cb)));
    });
    return total(sum);
}

WIDE void fsci_rows_score(size_t n, const double *restrict w, const double *restrict r,
                          double delta, double *restrict slope, double *restrict curvature)
{
    EACH_ROW(n, {
        double a = fabs(r[i]);
        slope[i] = w[i] * clamp(r[i], delta);
        curvature[i] = a > delta ? outer_share * w[i] * (delta / a) : w[i];
    });
}

WIDE void fsci_rows_majorant(size_t n, const double *restrict w, const double *restrict r,
                             double delta, double *restrict curvature)
{
    EACH_ROW(n, {
        double a = fabs(r[i]);
        curvature[i] = a > delta ? w[i] * (delta / a) : w[i];
    });
}

WIDE void fsci_rows_along(size_t n, const double *restrict w, const double *restrict z,
                          const double *restrict y, double t, double delta, double *first,
                          double *second)
{
    double d1[LANES] = {0}, d2[LANES] = {0};
    EACH_ROW(n, {
        double r = z[i] + t * y[i], wy = w[i] * y[i];
        double inside = fabs(r) <= delta ? wy : 0;
        d1[l] += clamp(r, delta) * wy;
        d2[l] += inside * y[i];
    });
    *first = total(d1);
    *second = total(d2);
}

WIDE void fsci_rows_gradient(size_t n, size_t p, const double *restrict J, size_t stride,
                             const double *restrict slope, double *restrict g)
{
    memset(g, 0, p * sizeof *g);
    add_all_dots(n, slope, J, stride, p, g);
}

/* The dot products of a with those of the first `count` columns of B that are live, run by run. */
ALWAYS_INLINE static void add_live_dots(size_t n, const double *a, const double *B, size_t stride,
                                        size_t count, const bool *live, double *sums)
{
    for (size_t k = 0; k < count;) {
        size_t end = k;
        while (end < count && live[end])
            end++;
        add_all_dots(n, a, B + k * stride, stride, end - k, sums + k);
        for (k = end; k < count && !live[k]; k++)
            ;
    }
}

ALWAYS_INLINE static bool is_zero(size_t n, const double *v)
{
    size_t i = 0;
    while (i < n && v[i] == 0)
        i++;
    return i == n;
}

/* Constants of each level of a column have derivatives at its rows alone, which mostly lie
 * together: in a short block few columns are live. */
WIDE static void sparse_gram(size_t n, size_t p, const double *restrict J, size_t stride,
                             const double *restrict v, double *restrict H)
{
    double scaled[SPARSE_BLOCK];
    bool live[FSCI_ROWS_COLUMNS];
    for (size_t begin = 0; begin < n; begin += SPARSE_BLOCK) {
        const size_t rows = n - begin < SPARSE_BLOCK ? n - begin : SPARSE_BLOCK;
        for (size_t j = 0; j < p; j++) {
            const double *column = J + j * stride + begin;
            live[j] = !is_zero(rows, column);
            if (!live[j])
                continue;
            for (size_t i = 0; i < rows; i++)
                scaled[i] = v[begin + i] * column[i];
            add_live_dots(rows, scaled, J + begin, stride, j + 1, live, H + j * p);
        }
    }
}

/* A block of J stays in the first cache while all pairs of its columns are taken. */
WIDE void fsci_rows_gram(size_t n, size_t p, const double *restrict J, size_t stride,
                         const double *restrict v, double *restrict H)
{
    double scaled[BLOCK];
    memset(H, 0, p * p * sizeof *H);
    if (p >= FSCI_ROWS_MANY && p <= FSCI_ROWS_COLUMNS) {
        sparse_gram(n, p, J, stride, v, H);
        return;
    }
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        const size_t rows = n - begin < BLOCK ? n - begin : BLOCK;
        for (size_t j = 0; j < p; j++) {
            const double *column = J + j * stride + begin;
            for (size_t i = 0; i < rows; i++)
                scaled[i] = v[begin + i] * column[i];
            add_all_dots(rows, scaled, J + begin, stride, j + 1, H + j * p);
        }
    }
}

WIDE void fsci_rows_image(size_t n, size_t p, const double *restrict J, size_t stride,
                          const double *restrict d, double *restrict y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = J[i] * d[0];
    for (size_t j = 1; j < p; j++) {
        const double *a = J + j * stride;
        const double t = d[j];
        for (size_t i = 0; i < n; i++)
            y[i] += a[i] * t;
    }
}

WIDE void fsci_rows_move(size_t n, double t, const double *restrict y, double *restrict z)
{
    for (size_t i = 0; i < n; i++)
        z[i] += t * y[i];
}
