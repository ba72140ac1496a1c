#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t digits(const char *text, size_t length, size_t from)
{
    size_t i = from;
    while (i < length && text[i] >= '0' && text[i] <= '9')
        i++;
    return i - from;
}

/* Length of the decimal at the start of text, 0 when there is none. */
static size_t decimal_length(const char *text, size_t length)
{
    size_t i = length && (text[0] == '-' || text[0] == '+');
    size_t whole = digits(text, length, i), part = 0;
    i += whole;
    if (i < length && text[i] == '.') {
        part = digits(text, length, i + 1);
        i += 1 + part;
    }
    if (!whole && !part)
        return 0;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        size_t sign = i + 1 < length && (text[i + 1] == '-' || text[i + 1] == '+');
        size_t power = digits(text, length, i + 1 + sign);
        if (power)
            i += 1 + sign + power;
    }
    return i;
}

size_t fsci_number_scan(const char *text, size_t length, double *value)
{
    size_t used = decimal_length(text, length);
    char small[128], *copy = small;
    if (!used || (used >= sizeof small && !(copy = malloc(used + 1))))
        return 0;
    memcpy(copy, text, used);
    copy[used] = '\0';
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    *value = strtod_l(copy, NULL, c);
    freelocale(c);
    if (copy != small)
        free(copy);
    return used;
}

bool fsci_number_read(const char *text, size_t length, double *value)
{
    return length && fsci_number_scan(text, length, value) == length;
}

bool fsci_quantity_read(const char *text, size_t length, double *value)
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
