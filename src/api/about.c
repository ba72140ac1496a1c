#include "api/about.h"

#include <string.h>

static const char *trimmed(fsci_arena *arena, const char *text, size_t length)
{
    while (length && strchr(" \n", *text))
        text++, length--;
    while (length && strchr(" \n", text[length - 1]))
        length--;
    return length ? fsci_copy_text(arena, text, length) : NULL;
}

/* Lines of a paragraph as one, without the marks of Markdown. */
static const char *flowed(fsci_arena *arena, const char *text, size_t length)
{
    char *line = FSCI_NEW(arena, char, length + 1);
    size_t n = 0;
    for (size_t i = 0; line && i < length; i++)
        if (text[i] != '`')
            line[n++] = text[i] == '\n' ? ' ' : text[i];
    return line ? trimmed(arena, line, n) : NULL;
}

fsci_about fsci_about_read(fsci_arena *arena, const char *name)
{
    fsci_about about = {0};
    const char *path = fsci_format(arena, "%s/README.md", name);
    const fsci_embedded *file = path ? fsci_embedded_find(fsci_embedded_data, path) : NULL;
    about.text = file ? fsci_copy_text(arena, (const char *)file->bytes, file->length) : NULL;
    if (!about.text || strncmp(about.text, "# ", 2))
        return about;
    const char *title = about.text + 2, *body = strchr(title, '\n');
    about.title = trimmed(arena, title, body ? (size_t)(body - title) : strlen(title));
    while (body && *body == '\n')
        body++;
    const char *end = body ? strstr(body, "\n\n") : NULL;
    if (body && *body)
        about.summary = flowed(arena, body, end ? (size_t)(end - body) : strlen(body));
    return about;
}

/* Cell `index` of a line "| a | b | c |". */
static const char *cell(fsci_arena *arena, const char *line, size_t index)
{
    const char *from = line + 1;
    for (; index; index--) {
        from += strcspn(from, "|\n");
        if (*from != '|')
            return NULL;
        from++;
    }
    return flowed(arena, from, strcspn(from, "|\n"));
}

static bool names(const char *list, const char *column)
{
    size_t n = strlen(column);
    for (const char *at = list; (at = strstr(at, column)); at += n)
        if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ','))
            return true;
    return false;
}

void fsci_about_column(fsci_arena *arena, const fsci_about *about, const char *column,
                       const char **meaning, const char **unit)
{
    *meaning = *unit = NULL;
    for (const char *line = about->text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *first = *line == '|' ? cell(arena, line, 0) : NULL;
        if (!first || !names(first, column))
            continue;
        *meaning = cell(arena, line, 1);
        *unit = cell(arena, line, 2);
        return;
    }
}
