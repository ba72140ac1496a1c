#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80, LEAST_WIDTH = 40, MOST_WIDTH = 100 };

int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int width = columns ? atoi(columns) : 0;
    if (width <= 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        return USUAL_WIDTH;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width;
}

bool terminal_color(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM"), *force = getenv("CLICOLOR_FORCE");
    if (no && *no)
        return false;
    if (force && strcmp(force, "0") != 0)
        return true;
    if (getenv("OMPI_COMM_WORLD_SIZE"))
        return false; /* mpirun gives its first rank a terminal wherever the output goes */
    return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* Display columns of the first n bytes: continuation bytes of UTF-8 take none. */
static int display_width(const char *text, int n)
{
    int width = 0;
    for (int i = 0; i < n && text[i]; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

void terminal_error(const fsc_error *err)
{
    fputs("forescale: ", stderr);
    if (err->source[0])
        fputs(err->source, stderr);
    /* A formula on the command line has one line: its caret says enough. */
    if (err->source[0] && (err->line > 1 || (err->line > 0 && strchr(err->source, '.'))))
        fprintf(stderr, ":%d:%d", err->line, err->col);
    fprintf(stderr, "%s%s\n", err->source[0] ? ": " : "", err->message);
    if (!err->excerpt[0] || err->col < 1)
        return;
    int before = display_width(err->excerpt, err->col - 1);
    int under = display_width(err->excerpt + err->col - 1, err->len > 0 ? err->len : 1);
    fprintf(stderr, "  %s\n  %*s^", err->excerpt, before, "");
    for (int i = 1; i < under; i++)
        fputc('~', stderr);
    fputc('\n', stderr);
}

void terminal_warnings(fsc_record *record)
{
    const char *code, *message;
    for (size_t i = 0; fsc_record_warning(record, i, &code, &message); i++)
        fprintf(stderr, "forescale: %s: %s\n", code, message);
}
