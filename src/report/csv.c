#include "report/draw.h"

#include "base/number.h"

#include <string.h>

/* Column names in order of appearance: an object used as an ordered set. */
static void collect(fsci_arena *arena, const fsci_json *object, fsci_json *names)
{
    FSCI_JSON_EACH (member, object)
        if (member->kind == FSCI_JSON_OBJECT)
            collect(arena, member, names);
        else if (!fsci_json_get(names, member->key))
            fsci_json_set(arena, names, member->key, fsci_json_null(arena));
}

static const fsci_json *find(const fsci_json *object, const char *name)
{
    const fsci_json *found = fsci_json_get(object, name);
    if (found && found->kind != FSCI_JSON_OBJECT)
        return found;
    FSCI_JSON_EACH (member, object)
        if (member->kind == FSCI_JSON_OBJECT && (found = find(member, name)))
            return found;
    return NULL;
}

/* The text of a cell, before quoting. */
static void add_plain(const fsci_json *value, fsci_buffer *cell)
{
    char number[FSCI_NUMBER_TEXT];
    switch (value ? value->kind : FSCI_JSON_NULL) {
    case FSCI_JSON_NUMBER:
        fsci_buffer_add(cell, number, fsci_number_write(value->number, number));
        break;
    case FSCI_JSON_STRING:
        fsci_buffer_puts(cell, value->string);
        break;
    case FSCI_JSON_BOOL:
        fsci_buffer_puts(cell, value->boolean ? "true" : "false");
        break;
    case FSCI_JSON_ARRAY:
        FSCI_JSON_EACH (item, value) {
            add_plain(item->kind == FSCI_JSON_OBJECT ? fsci_json_get(item, "name") : item, cell);
            if (item->next)
                fsci_buffer_putc(cell, ' ');
        }
        break;
    case FSCI_JSON_OBJECT:
    case FSCI_JSON_NULL:
        break;
    }
}

/* RFC 4180, section 2, rules 5 to 7. */
static void add_quoted(const char *text, fsci_buffer *out)
{
    bool quote = strpbrk(text, ",\"\r\n") != NULL;
    if (quote)
        fsci_buffer_putc(out, '"');
    for (const char *s = text; *s; s++) {
        if (*s == '"')
            fsci_buffer_putc(out, '"');
        fsci_buffer_putc(out, *s);
    }
    if (quote)
        fsci_buffer_putc(out, '"');
}

static void add_row(const fsci_json *names, const fsci_json *row, fsci_buffer *out)
{
    FSCI_JSON_EACH (name, names) {
        fsci_buffer cell = {0};
        add_plain(find(row, name->key), &cell);
        add_quoted(cell.data ? cell.data : "", out);
        out->failed |= cell.failed;
        fsci_buffer_free(&cell);
        fsci_buffer_puts(out, name->next ? "," : "\r\n");
    }
}

void fsci_list_csv(fsci_arena *arena, const fsci_json *list, fsci_buffer *out)
{
    fsci_json *names = fsci_json_object(arena);
    FSCI_JSON_EACH (row, list)
        collect(arena, row, names);
    FSCI_JSON_EACH (name, names) {
        add_quoted(name->key, out);
        fsci_buffer_puts(out, name->next ? "," : "\r\n");
    }
    FSCI_JSON_EACH (row, list)
        add_row(names, row, out);
}
