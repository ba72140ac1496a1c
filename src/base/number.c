#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool fsci_number_read(const char *text, size_t length, double *value)
{
    return length && fsci_number_scan(text, length, value) == length;
}

/* With an infinite value for what is beyond the doubles. */
static bool read_quantity(const char *text, size_t length, double *value)
{
    static const struct {
        char suffix;
        const char *power;
    } units[] = {{'k', "e3"}, {'K', "e3"}, {'M', "e6"}, {'B', "e9"}, {'G', "e9"}, {'T', "e12"}};
    if (fsci_number_read(text, length, value))
        return true;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char exact[64]; /* "1.4T" is read as "1.4e12", so that it is the nearest double */
        if (length < 2 || length > 48 || text[length - 1] != units[i].suffix ||
            memchr(text, 'e', length) || memchr(text, 'E', length))
            continue;
        int n = snprintf(exact, sizeof exact, "%.*s%s", (int)length - 1, text, units[i].power);
        return fsci_number_read(exact, (size_t)n, value);
    }
    return false;
}

bool fsci_quantity_read(const char *text, size_t length, double *value)
{
    return read_quantity(text, length, value) && isfinite(*value);
}

const char *fsci_quantity_flaw(const char *text, size_t length)
{
    double value;
    return read_quantity(text, length, &value) && isinf(value) ? "is beyond the range of numbers"
                                                               : "is not a number";
}
