#include "observe/date.h"

#include <ctype.h>

/* Reads `digits` digits; false when there are fewer or more. */
static bool read_part(const char **at, int digits, int *value)
{
    *value = 0;
    for (; digits > 0 && isdigit((unsigned char)**at); digits--, ++*at)
        *value = 10 * *value + (**at - '0');
    return digits == 0 && !isdigit((unsigned char)**at);
}

static bool read_separator(const char **at)
{
    bool is = **at == '-' || **at == '/';
    *at += is;
    return is;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

bool fsci_date_read(const char *text, int *last_day)
{
    int year, month = 12, day;
    if (!read_part(&text, 4, &year))
        return false;
    if (read_separator(&text) && (!read_part(&text, 2, &month) || month < 1 || month > 12))
        return false;
    day = days_in(year, month);
    if (read_separator(&text)) {
        if (!read_part(&text, 2, &day) || day < 1 || day > days_in(year, month))
            return false;
        if (*text == 'T' || *text == ' ')
            text = "";
    }
    *last_day = 10000 * year + 100 * month + day;
    return *text == '\0';
}

double fsci_date_years(int date)
{
    int year = date / 10000, month = date / 100 % 100, passed = date % 100 - 1, whole = 0;
    for (int m = 1; m <= 12; m++) {
        passed += m < month ? days_in(year, m) : 0;
        whole += days_in(year, m);
    }
    return year + (double)passed / whole;
}
