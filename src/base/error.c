#define FSCI_ERROR_C
#include "base/error.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *fsc_status_text(fsc_status status)
{
    switch (status) {
#define STATUS_TEXT(name, number, text)                                                            \
    case name:                                                                                     \
        return text;
        FSC_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    }
    return "unknown status";
}

const char *fsc_version(void)
{
    return FSC_VERSION_STRING;
}

FSCI_PRINTF(3, 0)
static void begin(fsc_error *err, fsc_status status, const char *format, va_list args)
{
    *err = (fsc_error){.status = status, .row = -1};
    vsnprintf(err->message, sizeof err->message, format, args);
}

fsc_status fsci_fail(fsc_error *err, fsc_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        begin(err, status, format, args);
        va_end(args);
    }
    return status;
}

fsc_status fsci_fail_row(fsc_error *err, fsc_status status, int64_t row, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        begin(err, status, format, args);
        va_end(args);
        err->row = row;
    }
    return status;
}

/* Keeps the part of a long line around the fault, so that the caret always has something above. */
static void copy_excerpt(fsc_error *err, const fsci_place *place)
{
    size_t room = sizeof err->excerpt - 1;
    size_t at = place->col > 0 ? (size_t)place->col - 1 : 0;
    size_t from = at > room / 2 && place->text_len > room ? at - room / 2 : 0;
    size_t n = place->text_len - from;
    if (n > room)
        n = room;
    memcpy(err->excerpt, place->text + from, n);
    err->excerpt[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (err->excerpt[i] == '\t' || (unsigned char)err->excerpt[i] < ' ')
            err->excerpt[i] = ' ';
    err->col = place->col - (int32_t)from;
}

fsc_status fsci_fail_at(fsc_error *err, fsc_status status, const fsci_place *place,
                        const char *format, ...)
{
    if (!err)
        return status;
    va_list args;
    va_start(args, format);
    begin(err, status, format, args);
    va_end(args);
    err->line = place->line;
    err->col = place->col;
    err->len = place->len;
    if (place->source)
        snprintf(err->source, sizeof err->source, "%s", place->source);
    if (place->text && place->text_len >= (size_t)(place->col > 0 ? place->col - 1 : 0))
        copy_excerpt(err, place);
    return status;
}

fsc_status fsci_fail_memory(fsc_error *err)
{
    return fsci_fail(err, FSC_ENOMEM, "out of memory; try fewer rows or a machine with more");
}

enum { NAME_MAX_COMPARED = 64 };

/* Edit distance with transpositions (optimal string alignment), case ignored. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned char row[3][NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned char *now = row[i % 3], *up = row[(i - 1) % 3], *up2 = row[(i + 1) % 3];
        now[0] = (unsigned char)i;
        for (size_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            unsigned best = up[j - 1] + (x != y);
            if (up[j] + 1u < best)
                best = up[j] + 1u;
            if (now[j - 1] + 1u < best)
                best = now[j - 1] + 1u;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && up2[j - 2] + 1u < best)
                best = up2[j - 2] + 1u;
            now[j] = (unsigned char)best;
        }
    }
    return row[n % 3][m];
}

/* Whether one of two names begins with the other. */
static bool begins(const char *a, const char *b)
{
    while (*a && *b && tolower((unsigned char)*a) == tolower((unsigned char)*b))
        a++, b++;
    return !*a || !*b;
}

const char *fsci_nearest(const char *name, const char *const *known, size_t n_known)
{
    size_t length = strlen(name);
    size_t limit = length < 3 ? 0 : length < 4 ? 1 : length < 6 ? 2 : 1 + length / 3;
    const char *best = NULL;
    if (length > NAME_MAX_COMPARED)
        return NULL;
    for (size_t i = 0; i < n_known; i++) {
        size_t m = strlen(known[i]);
        if (m > NAME_MAX_COMPARED)
            continue;
        size_t d = edit_distance(name, length, known[i], m);
        bool near = d <= limit && d < length;
        if (near || (!best && d <= 2 && m && begins(name, known[i]))) {
            best = known[i];
            limit = d ? d - 1 : 0;
            if (d == 0)
                break;
        }
    }
    return best;
}
