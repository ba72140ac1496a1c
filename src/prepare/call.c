#include "prepare/call.h"

#include "base/number.h"

#include <ctype.h>
#include <string.h>

typedef struct reader {
    fsci_arena *arena;
    const char *text, *at;
    fsc_error *err;
} reader;

static fsc_status expected(const reader *r, const char *what)
{
    int place = (int)(r->at - r->text) + 1;
    return fsci_fail(r->err, FSC_EINPUT,
                     "operator '%.200s', column %d: expected %s; an operator is written "
                     "name(column, ..., option=value)",
                     r->text, place, what);
}

static void skip_blanks(reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool take(reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c)
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

/* A name, a number or a path: all up to a separator. */
static fsc_status read_word(reader *r, const char **word)
{
    skip_blanks(r);
    bool quoted = *r->at == '`';
    r->at += quoted;
    size_t n = strcspn(r->at, quoted ? "`" : ",()[]=");
    if (quoted && r->at[n] != '`')
        return expected(r, "a closing `");
    size_t trimmed = n;
    while (!quoted && trimmed && r->at[trimmed - 1] == ' ')
        trimmed--;
    if (!trimmed)
        return expected(r, "a name");
    *word = fsci_copy_text(r->arena, r->at, trimmed);
    r->at += n + quoted;
    skip_blanks(r);
    return *word ? FSC_OK : fsci_fail_memory(r->err);
}

static fsc_status read_values(reader *r, fsci_call_option *option)
{
    option->values = FSCI_NEW(r->arena, const char *, FSCI_CALL_PARTS);
    if (!option->values)
        return fsci_fail_memory(r->err);
    if (!take(r, '[')) {
        option->n_values = 1;
        return read_word(r, option->values);
    }
    do {
        if (option->n_values == FSCI_CALL_PARTS)
            return expected(r, "fewer values");
        FSCI_TRY(read_word(r, &option->values[option->n_values++]));
    } while (take(r, ','));
    return take(r, ']') ? FSC_OK : expected(r, "']'");
}

static fsc_status read_part(reader *r, fsci_call *call)
{
    const char *word;
    FSCI_TRY(read_word(r, &word));
    if (call->n_columns == FSCI_CALL_PARTS || call->n_options == FSCI_CALL_PARTS)
        return expected(r, "fewer arguments");
    if (!take(r, '=')) {
        if (call->n_options)
            return expected(r, "'=' after an option (columns come first)");
        call->columns[call->n_columns++] = word;
        return FSC_OK;
    }
    fsci_call_option *option = &call->options[call->n_options++];
    option->name = word;
    return read_values(r, option);
}

const char *fsci_call_condition(fsci_arena *arena, const char *text)
{
    size_t n = strlen(text);
    bool is = n > 7 && !strncmp(text, "where(", 6) && text[n - 1] == ')';
    return is ? fsci_copy_text(arena, text + 6, n - 7) : NULL;
}

fsc_status fsci_call_parse(fsci_arena *arena, const char *text, fsci_call *call, fsc_error *err)
{
    reader r = {.arena = arena, .text = text, .at = text, .err = err};
    *call = (fsci_call){.text = text};
    FSCI_TRY(read_word(&r, &call->name));
    if (!take(&r, '('))
        return expected(&r, "'('");
    bool empty = take(&r, ')');
    while (!empty) {
        FSCI_TRY(read_part(&r, call));
        if (take(&r, ')'))
            break;
        if (*r.at == '(')
            return expected(&r, "',' or ')' after the name of a column (compute others first, as "
                                "--let X=log(C))");
        if (!take(&r, ','))
            return expected(&r, "',' or ')'");
    }
    return *r.at ? expected(&r, "nothing more") : FSC_OK;
}

const fsci_call_option *fsci_call_option_find(const fsci_call *call, const char *name)
{
    for (size_t i = 0; i < call->n_options; i++)
        if (!strcmp(call->options[i].name, name))
            return &call->options[i];
    return NULL;
}

const char *fsci_call_text(const fsci_call *call, const char *name)
{
    const fsci_call_option *option = fsci_call_option_find(call, name);
    return option ? option->values[0] : NULL;
}

fsc_status fsci_call_number(const fsci_call *call, const char *name, double absent, double *value,
                            fsc_error *err)
{
    const char *text = fsci_call_text(call, name);
    *value = absent;
    if (!text || fsci_quantity_read(text, strlen(text), value))
        return FSC_OK;
    return fsci_fail(err, FSC_EINPUT, "operator %s: %s=%s %s", call->name, name, text,
                     fsci_quantity_flaw(text, strlen(text)));
}
