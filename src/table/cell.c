#include "table/cell.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

static void trim(const char **text, size_t *length)
{
    while (*length && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*length;
    }
    while (*length && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
        --*length;
}

bool fsci_cell_missing(const char *text, size_t length)
{
    static const char *const spellings[] = {"NA", "N/A", "NaN", "nan", "null"};
    trim(&text, &length);
    if (length && *text != 'N' && *text != 'n')
        return false;
    for (size_t i = 0; length && i < sizeof spellings / sizeof *spellings; i++)
        if (strlen(spellings[i]) == length && !memcmp(spellings[i], text, length))
            return true;
    return length == 0;
}

bool fsci_cell_number(const char *text, size_t length, double *value)
{
    trim(&text, &length);
    return fsci_number_read(text, length, value) && isfinite(*value);
}

/* Bytes of the UTF-8 character at text[0], 0 when it is not one (Unicode 15, table 3-7). */
static size_t character(const unsigned char *text, size_t length)
{
    static const struct {
        unsigned char first, last, second_low, second_high;
        size_t bytes;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t n = forms[i].bytes;
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        if (n > length ||
            (n > 1 && (text[1] < forms[i].second_low || text[1] > forms[i].second_high)))
            return 0;
        for (size_t k = 2; k < n; k++)
            if (text[k] < 0x80 || text[k] > 0xbf)
                return 0;
        return n;
    }
    return 0;
}

bool fsci_cell_is_text(const char *text, size_t length)
{
    while (length) {
        size_t n = character((const unsigned char *)text, length);
        if (n == 0)
            return false;
        text += n;
        length -= n;
    }
    return true;
}

const char *fsci_cell_name_flaw(const char *text, size_t length)
{
    if (length == 0)
        return "a column without a name; name it, or leave it out (pandas writes its row numbers "
               "so: to_csv(…, index=False))";
    if (!fsci_cell_is_text(text, length))
        return "a column name that is not UTF-8 text; convert the file, for instance with iconv -f "
               "latin1 -t utf-8";
    return NULL;
}

int fsci_cell_quote(const char *text)
{
    enum { LONGEST = 40 };
    size_t n = strnlen(text, LONGEST + 1);
    if (n <= LONGEST)
        return (int)n;
    n = LONGEST;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return (int)n;
}

bool fsci_cell_computed(const char *text)
{
    const char *sign = strpbrk(text, "*/^+");
    return sign && sign != text && sign[1];
}

const char *fsci_cell_mark(const char *name)
{
    return strchr(name, ',') ? "`" : "";
}
