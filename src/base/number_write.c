/* number_write: doubles as decimals.
 *
 * A double m * 2^e times 10^q is the product of m and 5^q, shifted. The 128 leading bits of 5^q
 * give 17 digits and 64 bits of what follows, which settle how to round unless those bits lie all
 * but halfway; then, and for the subnormal and the least of normal doubles, printf rounds, which is
 * exact. */
#include "base/number.h"
#include "base/powers_of_five.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MOST_DIGITS = 17 };

static const uint64_t power_of_ten[] = {1,
                                        10,
                                        100,
                                        1000,
                                        10000,
                                        100000,
                                        1000000,
                                        10000000,
                                        100000000,
                                        1000000000,
                                        10000000000,
                                        100000000000,
                                        1000000000000,
                                        10000000000000,
                                        100000000000000,
                                        1000000000000000,
                                        10000000000000000,
                                        100000000000000000};

/* size * 10^(16 - exponent): 17 digits, and what follows them in units of 2^-64. */
typedef struct scaled {
    uint64_t whole, part;
    bool exact; /* else part is right to one unit */
    bool more;  /* of an exact one: something follows the part */
    int exponent;
} scaled;

/* floor(log10(2^power)), for a double's powers of two. */
static int log10_of_two(int power)
{
    return (int)((power * (int64_t)1292913986) >> 32);
}

/* floor(log2(5^q)) for the q of the table. */
static int log2_of_five(int q)
{
    return (q * 152170) >> 16;
}

static bool multiply(uint64_t m, int power, int exponent, scaled *out)
{
    int q = MOST_DIGITS - 1 - exponent;
    if (q < FSCI_FIRST_POWER || q > FSCI_LAST_POWER)
        return false;
    const uint64_t *five = fsci_powers_of_five[q - FSCI_FIRST_POWER];
    wide high = (wide)m * five[0], low = (wide)m * five[1];
    high += low >> 64;
    /* size * 10^q is high * 2^-shift, with 64 bits more in the low word. */
    int shift = 63 - power - q - log2_of_five(q);
    if (shift < 65 || shift > 126)
        return false;
    *out = (scaled){.whole = (uint64_t)(high >> shift),
                    .part = (uint64_t)(high >> (shift - 64)),
                    .exact = q >= 0 && q <= FSCI_LAST_EXACT_POWER,
                    .more = (uint64_t)low || (high & (((wide)1 << (shift - 64)) - 1)),
                    .exponent = exponent};
    return true;
}

static bool scale(double size, scaled *out)
{
    int power;
    uint64_t m = (uint64_t)ldexp(frexp(size, &power), 64);
    power -= 64;
    int exponent = log10_of_two(power + 63);
    if (!multiply(m, power, exponent, out))
        return false;
    return out->whole < power_of_ten[MOST_DIGITS] || multiply(m, power, exponent + 1, out);
}

/* To `digits` digits, ties to even as printf does; false when the bits do not settle it. */
static bool round_to(const scaled *s, int digits, uint64_t *decimal, int *exponent)
{
    uint64_t unit = power_of_ten[MOST_DIGITS - digits];
    wide rest = (wide)(s->whole % unit) << 64 | s->part, half = (wide)unit << 63;
    if (!s->exact && rest + 2 >= half && rest <= half + 2)
        return false;
    uint64_t kept = s->whole / unit;
    bool up = rest > half || (rest == half && (s->more || kept & 1));
    *decimal = kept + up;
    *exponent = s->exponent;
    if (*decimal == power_of_ten[digits]) {
        *decimal /= 10;
        ++*exponent;
    }
    return true;
}

static size_t write_whole(uint64_t number, char *text)
{
    char reversed[MOST_DIGITS];
    size_t n = 0;
    do
        reversed[n++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    text[n] = 0;
    return n;
}

/* As "%.*g" lays out the digits of a decimal. */
static size_t lay_out(uint64_t decimal, int exponent, int n_digits, char *text)
{
    char digits[MOST_DIGITS + 1] = {0}, *to = text;
    int used = (int)write_whole(decimal, digits);
    while (used > 1 && digits[used - 1] == '0')
        used--;
    bool plain = exponent >= -4 && exponent < n_digits;
    int before = plain ? exponent + 1 : 1; /* so many digits, or zeros when negative */
    if (before <= 0) {
        memcpy(to, "0.000", 5);
        to += 2 - before;
    }
    for (int i = 0; i < used || i < before; i++) {
        if (i == before && i)
            *to++ = '.';
        *to++ = digits[i];
    }
    if (!plain) {
        memcpy(to, exponent < 0 ? "e-0" : "e+0", 3);
        to += abs(exponent) < 10 ? 3 : 2;
        to += write_whole((uint64_t)abs(exponent), to);
    }
    *to = 0;
    return (size_t)(to - text);
}

/* printf writes the decimal mark of the locale; ours is always a point. */
static size_t by_printf(double size, int digits, char *text)
{
    snprintf(text, FSCI_NUMBER_TEXT - 1, "%.*g", digits, size);
    char *mark = text + strspn(text, "0123456789");
    size_t width = strcspn(mark, "0123456789e");
    if (width && *mark != '.') {
        *mark = '.';
        memmove(mark + 1, mark + width, strlen(mark + width) + 1);
    }
    return strlen(text);
}

/* ---- text --------------------------------------------------------------------------------- */

/* "%.*g" of a size; `s` is NULL where printf must do it. */
static size_t write_size(double size, const scaled *s, int digits, char *text)
{
    uint64_t decimal;
    int exponent;
    return s && round_to(s, digits, &decimal, &exponent) ? lay_out(decimal, exponent, digits, text)
                                                         : by_printf(size, digits, text);
}

static const scaled *scaled_of(double size, scaled *s)
{
    return isnormal(size) && scale(size, s) ? s : NULL;
}

static size_t write_shortest(double size, char *text)
{
    if (size < 1e15 && size == floor(size))
        return write_whole((uint64_t)size, text);
    double back;
    size_t length = 0;
    scaled room;
    const scaled *s = scaled_of(size, &room);
    /* 15 digits survive any normal double's round trip; subnormals carry fewer. */
    for (int digits = isnormal(size) ? 15 : 1; digits <= MOST_DIGITS; digits++) {
        length = write_size(size, s, digits, text);
        if (fsci_number_read(text, length, &back) && back == size)
            break;
    }
    return length;
}

static size_t write_infinite(double value, char *text)
{
    const char *name = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    return (size_t)snprintf(text, FSCI_NUMBER_TEXT, "%s", name);
}

size_t fsci_number_write(double value, char text[FSCI_NUMBER_TEXT])
{
    if (!isfinite(value))
        return write_infinite(value, text);
    size_t sign = signbit(value) ? 1 : 0;
    text[0] = '-';
    return sign + write_shortest(fabs(value), text + sign);
}

static size_t write_brief(double size, int digits, char *text)
{
    double rounded = 0;
    scaled room;
    size_t length = write_size(size, scaled_of(size, &room), digits, text);
    fsci_number_read(text, length, &rounded);
    if (rounded >= 1e-4 && rounded < 1e5)
        return write_shortest(rounded, text);
    char *power = strchr(text, 'e');
    if (!power)
        return length;
    long exponent = strtol(power + 1, NULL, 10);
    return (size_t)(power - text) + (size_t)snprintf(power, 8, "e%ld", exponent);
}

size_t fsci_number_brief(double value, int digits, char text[FSCI_NUMBER_TEXT])
{
    if (!isfinite(value))
        return write_infinite(value, text);
    size_t sign = signbit(value) ? 1 : 0;
    text[0] = '-';
    return sign + write_brief(fabs(value), digits, text + sign);
}
