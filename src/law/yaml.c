/* The only file that knows libyaml: its events become a tree, and its marks (which count
 * characters) become bytes of a line. */
#include "law/yaml.h"

#include <string.h>
#include <yaml.h>

/* A position in the text, moved forward to each mark; marks arrive in order. */
typedef struct cursor {
    size_t character, byte, line_start;
    int32_t line;
} cursor;

typedef struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    fsci_arena *arena;
    const char *source, *text;
    size_t length;
    cursor at;
    fsc_error *err;
} reader;

static cursor find(const reader *r, size_t character)
{
    cursor c = r->at.line && r->at.character <= character ? r->at : (cursor){.line = 1};
    while (c.character < character && c.byte < r->length) {
        if (r->text[c.byte++] == '\n') {
            c.line++;
            c.line_start = c.byte;
        }
        while (c.byte < r->length && ((unsigned char)r->text[c.byte] & 0xC0) == 0x80)
            c.byte++;
        c.character++;
    }
    return c;
}

/* The span between two marks, cut at the end of its first line. */
static fsci_span span(reader *r, const yaml_mark_t *start, const yaml_mark_t *end, size_t *bytes)
{
    r->at = find(r, start->index);
    size_t last = find(r, end->index).byte;
    const char *from = r->text + r->at.byte;
    *bytes = last - r->at.byte;
    const char *line_end = memchr(from, '\n', *bytes);
    size_t visible = line_end ? (size_t)(line_end - from) : *bytes;
    return (fsci_span){.line = r->at.line,
                       .col = (int32_t)(r->at.byte - r->at.line_start) + 1,
                       .len = visible ? (int32_t)visible : 1};
}

static void skip_byte_order_mark(const char **text, size_t *length)
{
    if (*length >= 3 && !memcmp(*text, "\xEF\xBB\xBF", 3))
        *text += 3, *length -= 3;
}

fsci_place fsci_yaml_place(const char *source, const char *text, size_t length, fsci_span at)
{
    skip_byte_order_mark(&text, &length);
    const char *line = text, *stop = text + length;
    for (int32_t i = 1; i < at.line && line < stop; i++) {
        const char *end = memchr(line, '\n', (size_t)(stop - line));
        line = end ? end + 1 : stop;
    }
    const char *end = memchr(line, '\n', (size_t)(stop - line));
    return (fsci_place){.source = source,
                        .text = line,
                        .text_len = (size_t)((end ? end : stop) - line),
                        .line = at.line,
                        .col = at.col,
                        .len = at.len};
}

static fsc_status refuse(reader *r, fsci_span at, const char *what)
{
    fsci_place place = fsci_yaml_place(r->source, r->text, r->length, at);
    return fsci_fail_at(r->err, FSC_EINPUT, &place, "%s", what);
}

static fsc_status refuse_event(reader *r, const char *what)
{
    size_t bytes;
    return refuse(r, span(r, &r->event.start_mark, &r->event.end_mark, &bytes), what);
}

static fsc_status bad_yaml(reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return fsci_fail_memory(r->err);
    if (p->error == YAML_READER_ERROR)
        return fsci_fail(r->err, FSC_EINPUT, "%s is not a text file: %s at byte %zu", r->source,
                         p->problem, p->problem_offset + 1);
    bool at_end =
        find(r, p->problem_mark.index).byte == r->length; /* then what began is at fault */
    const yaml_mark_t *mark = at_end && p->context ? &p->context_mark : &p->problem_mark;
    size_t bytes;
    fsci_place place = fsci_yaml_place(r->source, r->text, r->length, span(r, mark, mark, &bytes));
    return fsci_fail_at(r->err, FSC_EINPUT, &place, "not valid YAML: %s%s%s", p->problem,
                        p->context ? " " : "", p->context ? p->context : "");
}

static fsc_status next(reader *r)
{
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return bad_yaml(r);
    return FSC_OK;
}

static fsci_yaml *new_node(reader *r, fsci_yaml_kind kind, const fsci_yaml *up)
{
    fsci_yaml *node = FSCI_NEW(r->arena, fsci_yaml, 1);
    if (node) {
        size_t bytes;
        *node = (fsci_yaml){.kind = kind, .up = up};
        node->at = span(r, &r->event.start_mark, &r->event.end_mark, &bytes);
    }
    return node;
}

static fsc_status read_scalar(reader *r, const fsci_yaml *up, fsci_yaml **out)
{
    if (r->event.data.scalar.anchor)
        return refuse_event(r, "an anchor (&name); law files have none, so put the text in quotes "
                               "if it starts with &");
    if (r->event.data.scalar.tag)
        return refuse_event(r, "a tag (!name); law files have none, so put the text in quotes if "
                               "it starts with !");
    const char *text = (const char *)r->event.data.scalar.value;
    size_t length = r->event.data.scalar.length;
    if (memchr(text, '\0', length))
        return refuse_event(r, "a NUL character in a text");
    fsci_yaml *node = new_node(r, FSCI_YAML_SCALAR, up);
    if (!node || !(node->text = fsci_copy_text(r->arena, text, length)))
        return fsci_fail_memory(r->err);
    node->length = length;
    size_t bytes;
    span(r, &r->event.start_mark, &r->event.end_mark, &bytes);
    size_t quote = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 1;
    if (bytes == length + 2 * quote && !memcmp(r->text + r->at.byte + quote, text, length)) {
        node->verbatim = !memchr(text, '\n', length);
        node->at.col += (int32_t)quote;
        node->at.len = length ? (int32_t)length : 1;
    }
    *out = node;
    return FSC_OK;
}

static fsc_status append(reader *r, fsci_yaml *container, fsci_yaml *node)
{
    if (container->count == FSCI_YAML_ENTRIES)
        return refuse(r, node->at, "more entries than a law file may have in one place (1024)");
    node->next = NULL;
    if (container->last)
        container->last->next = node;
    else
        container->first = node;
    container->last = node;
    container->count++;
    return FSC_OK;
}

static fsc_status read_value(reader *r, const fsci_yaml *up, int depth, fsci_yaml **out);

static fsc_status read_list(reader *r, fsci_yaml *list, int depth)
{
    for (;;) {
        FSCI_TRY(next(r));
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return FSC_OK;
        fsci_yaml *entry;
        FSCI_TRY(read_value(r, list, depth, &entry));
        FSCI_TRY(append(r, list, entry));
    }
}

static fsc_status read_map(reader *r, fsci_yaml *map, int depth)
{
    for (;;) {
        FSCI_TRY(next(r));
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return FSC_OK;
        if (r->event.type != YAML_SCALAR_EVENT)
            return refuse_event(r, "a key must be a name, not a list, a map or an alias");
        fsci_yaml *key, *entry;
        FSCI_TRY(read_scalar(r, map, &key));
        if (fsci_yaml_get(map, key->text)) {
            fsci_place place = fsci_yaml_place(r->source, r->text, r->length, key->at);
            return fsci_fail_at(r->err, FSC_EINPUT, &place,
                                "'%s' appears twice here; keep one of the two", key->text);
        }
        FSCI_TRY(next(r));
        FSCI_TRY(read_value(r, map, depth, &entry));
        entry->key = key->text;
        entry->key_at = key->at;
        FSCI_TRY(append(r, map, entry));
    }
}

/* The value that starts at the current event. */
static fsc_status read_value(reader *r, const fsci_yaml *up, int depth, fsci_yaml **out)
{
    bool is_map = r->event.type == YAML_MAPPING_START_EVENT;
    if (r->event.type == YAML_ALIAS_EVENT)
        return refuse_event(r, "an alias (*name); law files have none, so put the text in quotes "
                               "if it starts with *");
    if (r->event.type == YAML_SCALAR_EVENT)
        return read_scalar(r, up, out);
    if (is_map ? r->event.data.mapping_start.anchor || r->event.data.mapping_start.tag
               : r->event.data.sequence_start.anchor || r->event.data.sequence_start.tag)
        return refuse_event(r, "an anchor or a tag; law files have none");
    if (depth == FSCI_YAML_DEPTH)
        return refuse_event(r, "nested deeper than 24 levels");
    if (!(*out = new_node(r, is_map ? FSCI_YAML_MAP : FSCI_YAML_LIST, up)))
        return fsci_fail_memory(r->err);
    return is_map ? read_map(r, *out, depth + 1) : read_list(r, *out, depth + 1);
}

static fsc_status read_stream(reader *r, fsci_yaml **root)
{
    FSCI_TRY(next(r)); /* stream start */
    FSCI_TRY(next(r));
    if (r->event.type == YAML_STREAM_END_EVENT)
        return fsci_fail(r->err, FSC_EINPUT, "%s is empty", r->source);
    if (r->event.data.document_start.version_directive ||
        r->event.data.document_start.tag_directives.start !=
            r->event.data.document_start.tag_directives.end)
        return refuse_event(r, "a directive (%); law files have none");
    FSCI_TRY(next(r));
    FSCI_TRY(read_value(r, NULL, 0, root));
    FSCI_TRY(next(r)); /* document end */
    FSCI_TRY(next(r));
    if (r->event.type != YAML_STREAM_END_EVENT)
        return refuse_event(r, "a second document; one file is one law");
    return FSC_OK;
}

fsc_status fsci_yaml_read(fsci_arena *arena, const char *source, const char *text, size_t length,
                          fsci_yaml **root, fsc_error *err)
{
    *root = NULL;
    skip_byte_order_mark(&text, &length);
    if (length > FSCI_YAML_BYTES)
        return fsci_fail(err, FSC_EINPUT, "%s has %zu bytes; a law file has at most %d", source,
                         length, FSCI_YAML_BYTES);
    reader r = {.arena = arena, .source = source, .text = text, .length = length, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        return fsci_fail_memory(err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    fsc_status status = read_stream(&r, root);
    if (status == FSC_OK && fsci_arena_failed(arena))
        status = fsci_fail_memory(err);
    if (status != FSC_OK)
        *root = NULL;
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return status;
}

const fsci_yaml *fsci_yaml_get(const fsci_yaml *map, const char *key)
{
    if (map && map->kind == FSCI_YAML_MAP)
        FSCI_YAML_EACH (entry, map) {
            if (!strcmp(entry->key, key))
                return entry;
        }
    return NULL;
}
