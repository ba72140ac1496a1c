/* jsonl: one flat JSON object a line (RFC 8259 within the line). Numbers are handed on as they are
 * spelled, so that integers beyond 64 bits keep their value. */
#include "base/buffer.h"
#include "base/number.h"
#include "table/cell.h"
#include "table/readers.h"

#include <stdlib.h>
#include <string.h>

typedef struct jsonl {
    fsci_source *source;
    fsci_columns *columns;
    const char *start, *p, *end; /* the line */
    int64_t line;
    size_t hint;    /* the column that the next member is likely to be */
    size_t n_given; /* members so far */
    fsci_buffer scratch;
    fsc_error *err;
} jsonl;

typedef struct slice {
    const char *text;
    size_t length;
} slice;

static fsci_place place_of(const jsonl *j, const char *at)
{
    return (fsci_place){.text = j->start,
                        .text_len = (size_t)(j->end - j->start),
                        .line = (int32_t)j->line,
                        .col = (int32_t)(at - j->start) + 1,
                        .len = 1};
}

static fsc_status fail(const jsonl *j, const char *at, const char *what)
{
    fsci_place place = place_of(j, at);
    return fsci_fail_at(j->err, FSC_EINPUT, &place, "%s, line %lld: %s", j->source->name,
                        (long long)j->line, what);
}

static void skip_spaces(jsonl *j)
{
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r'))
        j->p++;
}

static bool next_is(jsonl *j, char c)
{
    skip_spaces(j);
    if (j->p == j->end || *j->p != c)
        return false;
    j->p++;
    return true;
}

/* ---- strings ------------------------------------------------------------------------------ */

/* Four hexadecimal digits at p, UINT32_MAX when they are not there. */
static uint32_t four_hex(const char *p, const char *end)
{
    uint32_t value = 0;
    if (end - p < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = p[i] ? strchr(digits, p[i] | (p[i] > '9' ? 0x20 : 0)) : NULL;
        if (!digit)
            return UINT32_MAX;
        value = value << 4 | (uint32_t)(digit - digits);
    }
    return value;
}

static void add_utf8(fsci_buffer *b, uint32_t c)
{
    if (c < 0x80) {
        fsci_buffer_putc(b, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char mark[] = {0, 0xc0, 0xe0, 0xf0};
    fsci_buffer_putc(b, (char)(mark[more] | c >> 6 * more));
    while (more--)
        fsci_buffer_putc(b, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

/* The character of "\uXXXX" at p, or of two of them that make a pair; moves p past it. */
static bool read_unicode(const char **p, const char *end, uint32_t *c)
{
    *c = four_hex(*p + 2, end);
    *p += 6;
    if (*c >= 0xd800 && *c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        uint32_t low = four_hex(*p + 2, end);
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
        *p += 6;
    }
    return *c != UINT32_MAX && *c != 0 && (*c < 0xd800 || *c > 0xdfff);
}

/* The text between the quotes, escapes resolved in the scratch buffer. */
static fsc_status unescape(jsonl *j, slice *s)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *end = s->text + s->length;
    j->scratch.length = 0;
    for (const char *p = s->text; p < end;) {
        const char *letter = p + 1 < end && p[1] ? strchr(letters, p[1]) : NULL;
        uint32_t c;
        if (*p != '\\') {
            fsci_buffer_putc(&j->scratch, *p++);
        } else if (letter) {
            fsci_buffer_putc(&j->scratch, meant[letter - letters]);
            p += 2;
        } else if (p[1] == 'u') {
            const char *at = p;
            if (!read_unicode(&p, end, &c))
                return fail(j, at, "this \\u escape is no character");
            add_utf8(&j->scratch, c);
        } else {
            return fail(j, p, "no such escape in JSON; write \\\\ for a backslash");
        }
    }
    *s = (slice){j->scratch.data, j->scratch.length};
    return j->scratch.failed ? fsci_fail_memory(j->err) : FSC_OK;
}

/* A string, the opening quote just passed. */
static fsc_status read_string(jsonl *j, slice *s)
{
    bool escaped = false;
    const char *from = j->p;
    for (; j->p < j->end && *j->p != '"'; j->p++) {
        if ((unsigned char)*j->p < ' ')
            return fail(j, j->p, "a control character in a string; write it as an escape");
        escaped = escaped || *j->p == '\\';
        j->p += *j->p == '\\';
    }
    if (j->p >= j->end)
        return fail(j, from - 1, "a quote opens here and does not close on this line");
    *s = (slice){from, (size_t)(j->p++ - from)};
    return escaped ? unescape(j, s) : FSC_OK;
}

/* ---- objects ------------------------------------------------------------------------------ */

/* A number or a word, as it is spelled. */
static fsc_status read_bare(jsonl *j, slice *s)
{
    static const char *const words[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};
    const char *from = j->p;
    double value;
    size_t length = 0;
    while (j->p + length < j->end && !strchr(",:{}[]\" \t\r", j->p[length]))
        length++;
    bool good = fsci_number_read(from, length, &value);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        good = good || (strlen(words[i]) == length && !memcmp(words[i], from, length));
    if (!good)
        return fail(j, from, "this is no JSON value");
    j->p += length;
    *s = (slice){from, length};
    return FSC_OK;
}

static fsc_status read_value(jsonl *j, slice *s)
{
    skip_spaces(j);
    if (j->p < j->end && (*j->p == '{' || *j->p == '['))
        return fail(j, j->p, "a value inside a value; keep to one flat object a line");
    return next_is(j, '"') ? read_string(j, s) : read_bare(j, s);
}

/* The column of a member, added when its name is new. */
static fsc_status find_column(jsonl *j, const slice *name, const char *at, size_t *index)
{
    const fsci_levels *names = &j->columns->names;
    *index = j->hint;
    if (j->hint >= names->n || names->items[j->hint].length != name->length ||
        memcmp(names->items[j->hint].text, name->text, name->length) != 0) {
        uint32_t found = fsci_levels_find(names, name->text, name->length);
        *index = found == UINT32_MAX ? names->n : found;
    }
    j->hint = *index + 1;
    if (*index < names->n)
        return FSC_OK;
    const char *flaw = fsci_cell_name_flaw(name->text, name->length);
    if (flaw)
        return fail(j, at, flaw);
    return fsci_columns_add(j->columns, name->text, name->length) ? FSC_OK
                                                                  : fsci_fail_memory(j->err);
}

static fsc_status read_member(jsonl *j)
{
    slice name, value;
    size_t index;
    if (!next_is(j, '"'))
        return fail(j, j->p, "the name of a member in double quotes is wanted here");
    const char *at = j->p;
    FSCI_TRY(read_string(j, &name));
    FSCI_TRY(find_column(j, &name, at, &index));
    if (!next_is(j, ':'))
        return fail(j, j->p, "a colon is wanted here");
    FSCI_TRY(read_value(j, &value));
    fsci_growing *g = &j->columns->items[index];
    if (g->last_set == j->columns->n_rows + 1)
        return fail(j, at, "this name is given twice in one object");
    g->last_set = j->columns->n_rows + 1;
    j->n_given++;
    return fsci_columns_cell(j->columns, index, value.text, value.length, j->line, j->err);
}

static fsc_status fill_absent(jsonl *j)
{
    fsci_columns *columns = j->columns;
    for (size_t i = 0; i < columns->names.n; i++)
        if (columns->items[i].last_set != columns->n_rows + 1)
            FSCI_TRY(fsci_columns_cell(columns, i, "", 0, j->line, j->err));
    return FSC_OK;
}

static fsc_status read_object(jsonl *j)
{
    if (!fsci_columns_reserve(j->columns))
        return fsci_fail_memory(j->err);
    j->hint = j->n_given = 0;
    if (!next_is(j, '{'))
        return fail(j, j->p,
                    "an object {…} is wanted here, one a line (jq -c '.[]' splits a list)");
    for (bool first = true; !next_is(j, '}'); first = false) {
        if (!first && !next_is(j, ','))
            return fail(j, j->p, "a comma or a closing brace is wanted here (one object a line)");
        FSCI_TRY(read_member(j));
    }
    skip_spaces(j);
    if (j->p < j->end)
        return fail(j, j->p, "more text after the object; keep to one a line");
    if (j->n_given < j->columns->names.n)
        FSCI_TRY(fill_absent(j));
    return fsci_columns_end_row(j->columns, j->line, j->err);
}

fsc_status fsci_jsonl_read(fsci_source *source, fsci_columns *columns, fsc_error *err)
{
    jsonl j = {.source = source, .columns = columns, .line = 1, .err = err};
    fsc_status status = FSC_OK;
    while (status == FSC_OK && (source->at != source->end || !source->last)) {
        const char *end = memchr(source->at, '\n', (size_t)(source->end - source->at));
        if (!end && !source->last) {
            status = fsci_source_more(source, err);
            continue;
        }
        j.start = j.p = source->at;
        j.end = end ? end : source->end;
        skip_spaces(&j);
        if (j.p < j.end)
            status = read_object(&j);
        source->at = end ? end + 1 : source->end;
        j.line++;
    }
    fsci_buffer_free(&j.scratch);
    return status;
}
