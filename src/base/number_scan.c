/* number_scan: decimal text to the nearest double.
 *
 * A decimal is w * 10^q. When w has at most 19 digits, its product with the leading 128 bits of 5^q
 * (Lemire 2021, "Number parsing at a gigabyte per second") always decides (Mushtak and Lemire 2023,
 * "Fast number parsing without fallback"). Of longer ones the first 19 digits, w, and w + 1 enclose
 * the decimal: when both round to the same double that is the answer, else strtod settles it. */
#include "base/number.h"
#include "base/powers_of_five.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { EXACT_DIGITS = 19, FAR_EXPONENT = 1000000000 };

typedef struct decimal {
    const char *digits, *digits_end; /* with a point among them */
    uint64_t w;
    int64_t q;
    bool negative;
} decimal;

/* ---- digits, eight at a time -------------------------------------------------------------- */

/* The next eight bytes, the first lowest; past `end` they are zero. */
static inline uint64_t load_eight(const char *p, const char *end)
{
    uint64_t bytes = 0;
    if (end - p >= 8)
        memcpy(&bytes, p, 8);
    else
        memcpy(&bytes, p, (size_t)(end - p));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

/* The number that eight digit values spell, the first lowest: neighbours are joined to pairs, pairs
 * to fours, fours to the whole. */
static inline uint64_t join_eight(uint64_t d)
{
    d = (d & 0x00ff00ff00ff00ff) * 10 + (d >> 8 & 0x00ff00ff00ff00ff);
    d = (d & 0x0000ffff0000ffff) * 100 + (d >> 16 & 0x0000ffff0000ffff);
    return (d & 0x00000000ffffffff) * 10000 + (d >> 32);
}

/* Appends the digits at p to *w, modulo 2^64; gives the first byte that is no digit. */
static inline const char *read_digits(const char *p, const char *end, uint64_t *w)
{
    static const uint64_t power_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    for (;;) {
        uint64_t d = load_eight(p, end) ^ 0x3030303030303030;
        /* The high bit of a byte is set where d > 9; right up to the first such byte. */
        uint64_t other = (d | (d + 0x7676767676767676)) & 0x8080808080808080;
        if (other) {
            unsigned n = (unsigned)__builtin_ctzll(other) / 8;
            *w = *w * power_of_ten[n] + join_eight(d << (56 - 8 * n) << 8);
            return p + n;
        }
        *w = *w * 100000000 + join_eight(d);
        p += 8;
    }
}

/* ---- the parts of a decimal --------------------------------------------------------------- */

/* Adds an exponent ("e-3") to *q; gives what follows it, or p when there is none. */
static inline const char *read_exponent(const char *p, const char *end, int64_t *q)
{
    const char *after = p + 1;
    if (p == end || (*p != 'e' && *p != 'E'))
        return p;
    bool negative = after < end && *after == '-';
    after += after < end && (*after == '-' || *after == '+');
    const char *first = after;
    int64_t exponent = 0;
    for (; after < end && *after >= '0' && *after <= '9'; after++)
        if (exponent < FAR_EXPONENT)
            exponent = exponent * 10 + (*after - '0');
    if (after == first)
        return p;
    *q += negative ? -exponent : exponent;
    return after;
}

/* Gives the end of the decimal at p, NULL when there is none. w is right up to 19 digits. */
static inline const char *read_decimal(const char *p, const char *end, decimal *d)
{
    *d = (decimal){.negative = p < end && *p == '-'};
    p += p < end && (*p == '-' || *p == '+');
    d->digits = p;
    if (end - p > 1 && p[1] == '.' && *p >= '0' && *p <= '9')
        d->w = (uint64_t)(*p++ - '0'); /* the usual start, at half the price */
    else
        p = read_digits(p, end, &d->w);
    bool some = p > d->digits;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = read_digits(p, end, &d->w);
        some = some || p > fraction;
        d->q = fraction - p;
    }
    d->digits_end = p;
    return some ? read_exponent(p, end, &d->q) : NULL;
}

/* ---- rounding ----------------------------------------------------------------------------- */

static inline double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The double nearest to w * 10^q. The product of w and 5^q, both with their highest bit set, has
 * its top bits right; only a run of ones below those kept can hide a carry, and then the next 64
 * bits of 5^q bring it. A tie is possible only for small q, where the product is exact. */
static inline double nearest(uint64_t w, int64_t q)
{
    if (w == 0 || q < FSCI_FIRST_POWER)
        return 0;
    if (q > FSCI_LAST_POWER)
        return INFINITY;
    const uint64_t *five = fsci_powers_of_five[q - FSCI_FIRST_POWER];
    int shift = __builtin_clzll(w);
    wide product = (wide)(w << shift) * five[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1ff) == 0x1ff) {
        uint64_t more = (uint64_t)((wide)(w << shift) * five[1] >> 64);
        low += more;
        high += low < more;
    }
    int top = (int)(high >> 63), drop = top + 9;
    uint64_t m = high >> drop; /* 53 bits and one to round by */
    /* floor(q log2(10)) is q * 217706 >> 16 in this range; 32768 more keep what is shifted positive
     * and add the whole number 108853. 1023 + 63 is the bias of the exponent of `high`. */
    int64_t power = ((q + 32768) * 217706 >> 16) - 108853;
    int64_t exponent = power + 1023 + 63 + top - shift;
    if (exponent < -60)
        return 0;
    if (exponent < 1) {
        m >>= 1 - exponent;
        exponent = 1;
    } else if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << drop == high) {
        m--; /* a tie: to even */
    }
    m = (m + (m & 1)) >> 1;
    /* The leading bit of m is not stored: it counts one in the exponent, as does a carry into it.
     */
    uint64_t bits = ((uint64_t)(exponent - 1) << 52) + m;
    return bits < (uint64_t)2047 << 52 ? from_bits(bits) : INFINITY;
}

/* By strtod, on digits and an exponent alone: no mark that depends on the locale. No point halfway
 * between doubles has more than 767 digits, so of those beyond only "not all zero" matters. */
static double settle(const decimal *d)
{
    enum { ENOUGH = 768 };
    char text[ENOUGH + 32];
    size_t n = 0;
    bool more = false;
    int64_t q = d->q;
    for (const char *p = d->digits; p < d->digits_end; p++) {
        if (*p == '.' || (n == 0 && *p == '0'))
            continue;
        if (n < ENOUGH)
            text[n++] = *p;
        else
            q++, more = more || *p != '0';
    }
    if (more) {
        text[n++] = '1';
        q--;
    }
    snprintf(text + n, sizeof text - n, "e%lld", (long long)q);
    return strtod(text, NULL);
}

/* A decimal of more than 19 digits, leading zeros included. */
static double nearest_of_many(const decimal *d)
{
    uint64_t w = 0;
    int64_t q = d->q;
    bool cut = false;
    int kept = 0;
    for (const char *p = d->digits; p < d->digits_end; p++) {
        if (*p == '.')
            continue;
        if (kept == EXACT_DIGITS) {
            q++;
            cut = cut || *p != '0';
        } else {
            w = w * 10 + (uint64_t)(*p - '0');
            kept += w != 0;
        }
    }
    double value = nearest(w, q);
    return cut && value != nearest(w + 1, q) ? settle(d) : value;
}

size_t fsci_number_scan(const char *text, size_t length, double *value)
{
    decimal d;
    const char *end = read_decimal(text, text + length, &d);
    if (!end)
        return 0;
    bool many = d.digits_end - d.digits > EXACT_DIGITS; /* a point counts: nothing is lost by it */
    double size = many ? nearest_of_many(&d) : nearest(d.w, d.q);
    *value = d.negative ? -size : size;
    return (size_t)(end - text);
}
