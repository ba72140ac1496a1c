/* number: numbers as text, exact in both directions and independent of the locale. */
#ifndef FSCI_BASE_NUMBER_H
#define FSCI_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { FSCI_NUMBER_TEXT = 32 };

/* Reads a decimal number ("-1.5e-3", "+2", ".5", "inf" and "nan" refused) at the start of
 * text[0..length). Gives the bytes used, 0 when there is no number; *value is the double nearest to
 * the decimal (ties to even), ±inf when out of range. */
size_t fsci_number_scan(const char *text, size_t length, double *value);

/* The whole of `text` as a number. */
bool fsci_number_read(const char *text, size_t length, double *value);

/* As people write sizes: 7B, 1.4T, 3e21, 250k, 70M. Suffixes k, K, M, B, G, T; no other. Refuses
 * what no double holds, as 1e400. */
bool fsci_quantity_read(const char *text, size_t length, double *value);
/* Why it did: "is beyond the range of numbers" or "is not a number". */
const char *fsci_quantity_flaw(const char *text, size_t length);

/* The shortest decimal that reads back as the same double. Gives the length. */
size_t fsci_number_write(double value, char text[FSCI_NUMBER_TEXT]);
/* As a sentence gives it, to `digits` (1 to 9) significant digits: "0.367", "1070", "5.76e23".
 * Gives the length. */
size_t fsci_number_brief(double value, int digits, char text[FSCI_NUMBER_TEXT]);

/* The same by value, for the arguments of one call: fsci_briefly(x, 4).text. */
typedef struct fsci_brief_text {
    char text[FSCI_NUMBER_TEXT];
} fsci_brief_text;
static inline fsci_brief_text fsci_briefly(double value, int digits)
{
    fsci_brief_text out = {0};
    fsci_number_brief(value, digits, out.text);
    return out;
}

#endif
