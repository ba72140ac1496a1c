/* csv: separated text by RFC 4180, any separator, lines ending in LF, CRLF or CR.
 *
 * A row that does not end in the window is read again when more of it is in view, so the cells need
 * no state between windows. */
#include "base/buffer.h"
#include "base/number.h"
#include "table/cell.h"
#include "table/readers.h"

#include <math.h>
#include <string.h>

typedef struct csv {
    fsci_source *source;
    fsci_columns *columns;
    char separator;
    bool comments;
    bool quoted;         /* the present row has a quoted cell, so perhaps more than one line */
    int64_t line;        /* of source->at */
    fsci_buffer scratch; /* a cell with doubled quotes */
    fsc_status status;   /* why a step gave BAD */
    fsc_error *err;
} csv;

/* What follows a cell, or how a step ended. */
typedef enum step {
    SEPARATOR,
    LINE,    /* the line or the file ended */
    PARTIAL, /* the window ended */
    NO_MORE, /* the file ended before the row began */
    BAD      /* csv.status says why */
} step;

typedef struct cell {
    const char *text;
    size_t length;
    const char *next; /* after the separator or line end */
} cell;

/* ---- places in the text ------------------------------------------------------------------- */

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static int64_t count_lines(const char *p, const char *end)
{
    int64_t n = 0;
    for (; p < end; p++)
        n += *p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'));
    return n;
}

/* The line that p is on; p is in the row that begins at source->at. */
static fsci_place place_of(const csv *s, const char *p)
{
    const char *start = p, *stop = p;
    while (start > s->source->at && !is_line_end(start[-1]))
        start--;
    while (stop < s->source->end && !is_line_end(*stop))
        stop++;
    return (fsci_place){.text = start,
                        .text_len = (size_t)(stop - start),
                        .line = (int32_t)(s->line + count_lines(s->source->at, start)),
                        .col = (int32_t)(p - start) + 1,
                        .len = 1};
}

/* ---- cells -------------------------------------------------------------------------------- */

/* What stands at p, where a cell ends, and what comes after it; BAD when the cell does not end. */
static step end_of_cell(const csv *s, const char *p, const char **next)
{
    const fsci_source *in = s->source;
    *next = p;
    if (p == in->end)
        return in->last ? LINE : PARTIAL;
    *next = p + 1;
    if (*p == s->separator)
        return SEPARATOR;
    if (*p == '\n')
        return LINE;
    if (*p != '\r')
        return BAD;
    if (p + 1 == in->end)
        return in->last ? LINE : PARTIAL;
    *next = p + 1 + (p[1] == '\n');
    return LINE;
}

static step bad_text(csv *s, const char *p, const char *what)
{
    fsci_place place = place_of(s, p);
    s->status = fsci_fail_at(s->err, FSC_EINPUT, &place, "%s, line %d: %s", s->source->name,
                             (int)place.line, what);
    return BAD;
}

static step quoted_cell(csv *s, const char *p, cell *c)
{
    const char *from = p + 1, *end = s->source->end, *quote;
    s->quoted = true;
    s->scratch.length = 0;
    for (;;) {
        quote = memchr(from, '"', (size_t)(end - from));
        if (!s->source->last && (!quote || quote + 1 == end))
            return PARTIAL;
        if (!quote)
            return bad_text(s, p, "a quote opens here and never closes; close or double it");
        if (quote + 1 == end || quote[1] != '"')
            break;
        fsci_buffer_add(&s->scratch, from, (size_t)(quote + 1 - from));
        from = quote + 2;
    }
    *c = (cell){.text = from, .length = (size_t)(quote - from)};
    if (s->scratch.length) {
        fsci_buffer_add(&s->scratch, from, c->length);
        c->text = s->scratch.data;
        c->length = s->scratch.length;
    }
    if (s->scratch.failed) {
        s->status = fsci_fail_memory(s->err);
        return BAD;
    }
    step stop = end_of_cell(s, quote + 1, &c->next);
    if (stop == BAD)
        bad_text(s, quote + 1, "text follows a closing quote; a quote inside a cell is doubled");
    return stop;
}

static step next_cell(csv *s, const char *p, cell *c)
{
    const char *end = s->source->end, *start = p;
    if (p < end && *p == '"')
        return quoted_cell(s, p, c);
    while (p < end && *p != s->separator && !is_line_end(*p))
        p++;
    *c = (cell){.text = start, .length = (size_t)(p - start)};
    return end_of_cell(s, p, &c->next);
}

/* The usual cell, a bare number and what ends it; NULL when it is anything else. */
static inline const char *number_cell(const csv *s, fsci_growing *g, size_t row, const char *p,
                                      step stop)
{
    const char *end = s->source->end;
    if (g->cells != FSCI_CELLS_NUMBERS)
        return NULL;
    size_t used = fsci_number_scan(p, (size_t)(end - p), &g->numbers[row]);
    p += used;
    if (!used || p == end || isinf(g->numbers[row]))
        return NULL;
    if (stop == SEPARATOR)
        return *p == s->separator ? p + 1 : NULL;
    if (*p == '\r' && p + 1 < end)
        p++;
    return *p == '\n' ? p + 1 : NULL;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* Moves to the start of a row, over blank lines and comments: LINE when there. */
static step find_row(csv *s)
{
    fsci_source *in = s->source;
    for (;;) {
        const char *p = in->at, *next;
        if (p == in->end)
            return in->last ? NO_MORE : PARTIAL;
        bool comment = s->comments && *p == '#';
        if (!comment && !is_line_end(*p))
            return LINE;
        while (p < in->end && !is_line_end(*p))
            p++;
        if (end_of_cell(s, p, &next) == PARTIAL)
            return PARTIAL;
        in->at = next;
        s->line++;
    }
}

static void to_next_row(csv *s, const char *next)
{
    s->line += s->quoted ? count_lines(s->source->at, next) : 1;
    s->source->at = next;
}

/* A row of too few or too many cells: `found` were read, the last is `c`, which ended by `stop`. */
static step ragged(csv *s, cell c, size_t found, step stop)
{
    const char *at = c.next; /* the first cell too many, or the end of the line */
    size_t wanted = s->columns->names.n;
    while (stop == LINE && at > s->source->at && is_line_end(at[-1]))
        at--;
    for (; stop == SEPARATOR; found++)
        stop = next_cell(s, c.next, &c);
    if (stop != LINE)
        return stop;
    fsci_place place = place_of(s, at);
    const char *advice = "look for a separator or a quote too many or too few";
    if (s->columns->names.items[0].text[0] == '#')
        advice = "the header begins with #, so if that line is a comment, give --comments";
    s->status = fsci_fail_at(s->err, FSC_EINPUT, &place,
                             "%s, line %lld: %zu cell%s where the header has "
                             "%zu; %s",
                             s->source->name, (long long)s->line, found, found == 1 ? "" : "s",
                             wanted, advice);
    return BAD;
}

static step read_row(csv *s)
{
    fsci_columns *columns = s->columns;
    size_t n = columns->names.n, row = columns->n_rows;
    const char *p = s->source->at;
    s->quoted = false;
    for (size_t i = 0; i < n; i++) {
        step wanted = i + 1 < n ? SEPARATOR : LINE, stop;
        const char *next = number_cell(s, &columns->items[i], row, p, wanted);
        if (next) {
            p = next;
            continue;
        }
        cell c;
        stop = next_cell(s, p, &c);
        if (stop != wanted && (stop == SEPARATOR || stop == LINE))
            stop = ragged(s, c, i + 1, stop);
        if (stop == PARTIAL)
            fsci_columns_forget(columns, i);
        if (stop != wanted)
            return stop;
        s->status = fsci_columns_cell(columns, i, c.text, c.length, s->line, s->err);
        if (s->status)
            return BAD;
        p = c.next;
    }
    int64_t line = s->line;
    to_next_row(s, p);
    s->status = fsci_columns_end_row(columns, line, s->err);
    return s->status ? BAD : LINE;
}

/* ---- the header --------------------------------------------------------------------------- */

static step count_cells(csv *s, size_t *n)
{
    cell c = {.next = s->source->at};
    step stop = SEPARATOR;
    for (*n = 0; stop == SEPARATOR; ++*n)
        stop = next_cell(s, c.next, &c);
    return stop;
}

/* Tab if the header has one, else whichever of , and ; splits it more. */
static step choose_separator(csv *s)
{
    fsc_error *err = s->err;
    size_t cells[3];
    step stop = LINE;
    s->err = NULL; /* a quote may look bad by the wrong separator */
    for (int i = 0; i < 3 && stop != PARTIAL && s->status != FSC_ENOMEM; i++) {
        s->separator = "\t,;"[i];
        stop = count_cells(s, &cells[i]);
        if (stop == BAD)
            cells[i] = 0;
    }
    s->err = err;
    if (s->status == FSC_ENOMEM)
        fsci_fail_memory(err);
    if (stop == PARTIAL || s->status == FSC_ENOMEM)
        return stop;
    s->separator = cells[0] > 1 ? '\t' : cells[2] > cells[1] ? ';' : ',';
    return LINE;
}

static fsc_status add_column(csv *s, const char *at, const cell *c)
{
    const fsci_levels *names = &s->columns->names;
    const char *flaw = fsci_cell_name_flaw(c->text, c->length);
    uint32_t before = fsci_levels_find(names, c->text, c->length);
    if (!flaw && before == UINT32_MAX)
        return fsci_columns_add(s->columns, c->text, c->length) ? FSC_OK : fsci_fail_memory(s->err);
    if (flaw) {
        bad_text(s, at, flaw);
        return s->status;
    }
    fsci_place place = place_of(s, at);
    const char *name = names->items[before].text;
    return fsci_fail_at(s->err, FSC_EINPUT, &place,
                        "%s, line %d: columns %u and %zu are both named '%.*s'; rename one",
                        s->source->name, (int)place.line, before + 1, names->n + 1,
                        fsci_cell_quote(name), name);
}

static step read_header(csv *s, char separator)
{
    size_t n;
    s->quoted = false;
    s->separator = separator;
    step stop = separator ? LINE : choose_separator(s);
    if (stop == LINE)
        stop = count_cells(s, &n); /* names are taken once all of them are in view */
    if (stop != LINE)
        return stop;
    cell c = {.next = s->source->at};
    for (stop = SEPARATOR; stop == SEPARATOR;) {
        const char *at = c.next;
        stop = next_cell(s, at, &c);
        s->status = s->columns->again ? FSC_OK : add_column(s, at, &c);
        if (s->status)
            return BAD;
    }
    to_next_row(s, c.next);
    return LINE;
}

static fsc_status read_all(csv *s, char separator)
{
    bool in_header = true;
    for (;;) {
        if (!fsci_columns_reserve(s->columns))
            return fsci_fail_memory(s->err);
        step stop = find_row(s);
        if (stop == LINE)
            stop = in_header ? read_header(s, separator) : read_row(s);
        if (stop == BAD)
            return s->status;
        if (stop == NO_MORE)
            return FSC_OK;
        if (stop == PARTIAL)
            FSCI_TRY(fsci_source_more(s->source, s->err));
        else
            in_header = false;
    }
}

fsc_status fsci_csv_read(fsci_source *source, const fsci_table_options *options,
                         fsci_columns *columns, fsc_error *err)
{
    csv s = {.source = source,
             .columns = columns,
             .comments = options->hash_comments,
             .line = 1,
             .err = err};
    fsc_status status = read_all(&s, options->separator);
    fsci_buffer_free(&s.scratch);
    return status;
}
