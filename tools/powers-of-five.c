/* powers-of-five: writes the table that decimals are read and written by
 * (src/base/powers_of_five.h).
 *
 * For each q of FSCI_FIRST_POWER..FSCI_LAST_POWER, the 128 leading bits of 5^q, highest bit set:
 * the rest is cut off, but where 5^-q fits in 64 bits the inverse is rounded up, so that a tie can
 * be seen (Lemire 2021, "Number parsing at a gigabyte per second", section 5). Whole-number
 * arithmetic only: the table owes nothing to any libm. */
#include "base/powers_of_five.h"

#include <stdbool.h>
#include <stdio.h>

enum { WORDS = 26 }; /* 5^342 has 795 bits */

typedef struct whole {
    uint32_t word[WORDS]; /* least significant first */
} whole;

static void multiply(whole *a, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)a->word[i] * by;
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static bool at_least(const whole *a, const whole *b)
{
    for (int i = WORDS - 1; i >= 0; i--)
        if (a->word[i] != b->word[i])
            return a->word[i] > b->word[i];
    return true;
}

static void subtract(whole *a, const whole *b)
{
    int64_t borrow = 0;
    for (int i = 0; i < WORDS; i++) {
        borrow += (int64_t)a->word[i] - b->word[i];
        a->word[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
}

static bool bit_of(const whole *a, int i)
{
    return i >= 0 && (a->word[i / 32] >> (i % 32) & 1);
}

static int bit_length(const whole *a)
{
    int n = WORDS * 32;
    while (n && !bit_of(a, n - 1))
        n--;
    return n;
}

static void push_bit(uint64_t top[2], bool bit)
{
    top[0] = top[0] << 1 | top[1] >> 63;
    top[1] = top[1] << 1 | bit;
}

static void leading_bits(const whole *a, uint64_t top[2])
{
    int n = bit_length(a);
    for (int i = n - 1; i >= n - 128; i--)
        push_bit(top, bit_of(a, i));
}

/* 2^n / a with n the length of a, so between 1 and 2: long division, 128 bits of it. */
static void leading_bits_of_inverse(const whole *a, uint64_t top[2])
{
    whole rest = {{0}};
    int n = bit_length(a);
    rest.word[n / 32] = (uint32_t)1 << (n % 32);
    for (int i = 0; i < 128; i++) {
        bool bit = at_least(&rest, a);
        push_bit(top, bit);
        if (bit)
            subtract(&rest, a);
        multiply(&rest, 2);
    }
    if (n <= 64 && ++top[1] == 0)
        top[0]++;
}

int main(void)
{
    printf("/* 128 leading bits of 5^q; written by tools/powers-of-five.c at build time */\n");
    printf("#include \"base/powers_of_five.h\"\n\n");
    printf("const uint64_t fsci_powers_of_five[][2] = {\n");
    for (int q = FSCI_FIRST_POWER; q <= FSCI_LAST_POWER; q++) {
        whole a = {{1}};
        uint64_t top[2] = {0, 0};
        for (int i = 0; i < (q < 0 ? -q : q); i++)
            multiply(&a, 5);
        if (q < 0)
            leading_bits_of_inverse(&a, top);
        else
            leading_bits(&a, top);
        printf("    {0x%016llx, 0x%016llx},\n", (unsigned long long)top[0],
               (unsigned long long)top[1]);
    }
    printf("};\n");
    return fflush(stdout) || ferror(stdout);
}
