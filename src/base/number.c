#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* printf writes the decimal mark of the locale; ours is always a point. */
static void point_for_comma(char *text)
{
    char *mark = text + strspn(text, "+-0123456789");
    size_t width = strcspn(mark, "0123456789e");
    if (width && *mark != '.') {
        *mark = '.';
        memmove(mark + 1, mark + width, strlen(mark + width) + 1);
    }
}

size_t fsci_number_write(double value, char text[FSCI_NUMBER_TEXT])
{
    if (!isfinite(value)) {
        const char *name = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
        return (size_t)snprintf(text, FSCI_NUMBER_TEXT, "%s", name);
    }
    /* 15 digits survive any normal double's round trip; subnormals carry fewer. */
    int precision = fabs(value) < 2.2250738585072014e-308 ? 1 : 15;
    for (; precision <= 17; precision++) {
        double back;
        snprintf(text, FSCI_NUMBER_TEXT, "%.*g", precision, value);
        point_for_comma(text);
        if (fsci_number_read(text, strlen(text), &back) && back == value)
            break;
    }
    return strlen(text);
}

size_t fsci_number_brief(double value, int digits, char text[FSCI_NUMBER_TEXT])
{
    if (!isfinite(value))
        return fsci_number_write(value, text);
    snprintf(text, FSCI_NUMBER_TEXT, "%.*e", digits - 1, value);
    point_for_comma(text);
    double rounded = 0;
    fsci_number_read(text, strlen(text), &rounded);
    bool plain = fabs(rounded) >= 1e-4 && fabs(rounded) < 1e5;
    size_t length = (size_t)snprintf(text, FSCI_NUMBER_TEXT, "%.*g", plain ? 15 : digits, rounded);
    point_for_comma(text);
    char *power = strchr(text, 'e');
    if (!power)
        return length;
    long exponent = strtol(power + 1, NULL, 10);
    return (size_t)(power - text) + (size_t)snprintf(power, 8, "e%ld", exponent);
}
