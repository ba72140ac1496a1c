#include "api/args.h"

#include "base/buffer.h"
#include "base/number.h"
#include "record/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct given {
    const fsc_option *option; /* NULL: a positional argument */
    const char *value;
    struct given *next;
} given;

struct fsc_args {
    fsci_arena *arena;
    const fsc_command *command;
    given *first, *last;
    size_t n_positionals;
};

static fsc_status unknown_command(const char *name, fsc_error *err)
{
    const fsc_command *list;
    const char *names[64];
    size_t n = fsc_commands(&list);
    for (size_t i = 0; i < n && i < 64; i++)
        names[i] = list[i].name;
    const char *near = fsci_nearest(name, names, n < 64 ? n : 64);
    if (near)
        return fsci_fail(err, FSC_EUSAGE, "no command '%s'; did you mean '%s'?", name, near);
    return fsci_fail(err, FSC_EUSAGE, "no command '%s'; 'forescale help' lists them", name);
}

fsc_status fsc_args_new(const char *command, fsc_args **out, fsc_error *err)
{
    *out = NULL;
    const fsc_command *found = fsc_command_find(command);
    if (!found)
        return unknown_command(command, err);
    fsci_arena *arena = fsci_arena_new();
    fsc_args *args = arena ? FSCI_NEW(arena, fsc_args, 1) : NULL;
    if (!args) {
        fsci_arena_free(arena);
        return fsci_fail_memory(err);
    }
    *args = (fsc_args){.arena = arena, .command = found};
    *out = args;
    return FSC_OK;
}

void fsc_args_free(fsc_args *args)
{
    if (args)
        fsci_arena_free(args->arena);
}

const fsc_command *fsci_args_command(const fsc_args *args)
{
    return args->command;
}

static fsc_status append(fsc_args *args, const fsc_option *option, const char *value,
                         fsc_error *err)
{
    given *g = FSCI_NEW(args->arena, given, 1);
    const char *copy = fsci_copy_string(args->arena, value);
    if (!g || !copy)
        return fsci_fail_memory(err);
    *g = (given){.option = option, .value = copy};
    if (args->last)
        args->last->next = g;
    else
        args->first = g;
    args->last = g;
    return FSC_OK;
}

static fsc_status unknown_option(const fsc_args *args, const char *name, fsc_error *err)
{
    size_t n = 0;
    while (args->command->options[n])
        n++;
    const char *near = fsci_nearest(name, args->command->options, n);
    if (near)
        return fsci_fail(err, FSC_EUSAGE, "%s has no option --%s; did you mean --%s?",
                         args->command->name, name, near);
    return fsci_fail(err, FSC_EUSAGE, "%s has no option --%s; 'forescale help %s' lists them",
                     args->command->name, name, args->command->name);
}

bool fsci_is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|')
        if (strcspn(c, "|") == length && !strncmp(c, value, length) && length)
            return true;
    return false;
}

/* --bound takes an order of two parameters too. */
static bool is_bound(const fsc_option *option)
{
    return !strcmp(option->name, "bound");
}

static fsc_status needs_pair(const fsc_option *option, const char *item, fsc_error *err)
{
    return fsci_fail(err, FSC_EUSAGE, "--%s needs %s%s, not '%s'", option->name, option->value,
                     is_bound(option) ? " (as E=0:4) or 'b < a'" : "", item);
}

/* What a value of this option must be when it is not; NULL when it is fine. */
static const char *wrong_value(const fsc_option *option, const char *value)
{
    double number;
    bool is_number = fsci_quantity_read(value, strlen(value), &number);
    switch (option->kind) {
    case FSC_OPTION_FLAG:
        return *value ? "takes no value" : NULL;
    case FSC_OPTION_NUMBER:
        return is_number ? NULL : "needs a number such as 0.95, 7B or 3e21";
    case FSC_OPTION_COUNT:
        return is_number && number >= 0 && number <= 9007199254740992.0 && floor(number) == number
                   ? NULL
                   : "needs a whole number, 0 or more";
    case FSC_OPTION_CHOICE:
        return fsci_is_choice(option->value, value) ? NULL : option->value;
    case FSC_OPTION_ASSIGN:
        return strpbrk(value, is_bound(option) ? "=<>" : "=") ? NULL : option->value;
    case FSC_OPTION_TEXT:
    case FSC_OPTION_FILE:
    case FSC_OPTION_EXPR:
    case FSC_OPTION_LIST:
        return *value ? NULL : "needs a value";
    }
    return NULL;
}

fsc_status fsc_args_set(fsc_args *args, const char *name, const char *value, fsc_error *err)
{
    const fsc_option *option = NULL;
    for (const char *const *known = args->command->options; *known; known++)
        if (!strcmp(*known, name))
            option = fsc_option_find(name);
    if (!option)
        return unknown_option(args, name, err);
    if (!value && option->kind != FSC_OPTION_FLAG)
        return fsci_fail(err, FSC_EUSAGE, "--%s needs a value: --%s %s", name, name, option->value);
    const char *wrong = wrong_value(option, value ? value : "");
    if (wrong && option->kind == FSC_OPTION_CHOICE)
        return fsci_fail(err, FSC_EUSAGE, "--%s is one of %s, not '%s'", name, wrong, value);
    if (wrong && option->kind == FSC_OPTION_ASSIGN)
        return needs_pair(option, value ? value : "", err);
    if (wrong)
        return fsci_fail(err, FSC_EUSAGE, "--%s %s, not '%s'", name, wrong, value);
    const char *before = fsc_args_get(args, name, 0);
    if (before && !option->repeats)
        return fsci_fail(err, FSC_EUSAGE, "--%s was given twice ('%s' and '%s'); keep one", name,
                         before, value ? value : "");
    return append(args, option, value ? value : "", err);
}

fsc_status fsc_args_add(fsc_args *args, const char *positional, fsc_error *err)
{
    if (args->command->most >= 0 && args->n_positionals >= (size_t)args->command->most)
        return fsci_fail(err, FSC_EUSAGE, "one argument too many: '%s'; usage: forescale %s",
                         positional, args->command->synopsis);
    args->n_positionals++;
    if (!*positional)
        return fsci_fail(err, FSC_EUSAGE, "argument %zu is empty; usage: forescale %s",
                         args->n_positionals, args->command->synopsis);
    return append(args, NULL, positional, err);
}

static fsc_status set_json(fsc_args *args, const fsci_json *member, const fsci_json *value,
                           fsc_error *err)
{
    char number[FSCI_NUMBER_TEXT];
    switch (value->kind) {
    case FSCI_JSON_STRING:
        return fsc_args_set(args, member->key, value->string, err);
    case FSCI_JSON_NUMBER:
        fsci_number_write(value->number, number);
        return fsc_args_set(args, member->key, number, err);
    case FSCI_JSON_BOOL:
        return value->boolean ? fsc_args_set(args, member->key, NULL, err) : FSC_OK;
    default:
        return fsci_fail(err, FSC_EUSAGE,
                         "option \"%s\" must be a number, a string, true, false or a list of them",
                         member->key);
    }
}

fsc_status fsc_args_json(fsc_args *args, const char *json, fsc_error *err)
{
    fsci_json *tree;
    FSCI_TRY(fsci_json_read(args->arena, "options", json, strlen(json), &tree, err));
    if (tree->kind != FSCI_JSON_OBJECT)
        return fsci_fail(err, FSC_EUSAGE,
                         "options must be a JSON object, as {\"bootstrap\": 1000}");
    FSCI_JSON_EACH (member, tree) {
        if (member->kind != FSCI_JSON_ARRAY) {
            FSCI_TRY(set_json(args, member, member, err));
            continue;
        }
        FSCI_JSON_EACH (item, member)
            FSCI_TRY(set_json(args, member, item, err));
    }
    return FSC_OK;
}

const char *fsc_args_get(const fsc_args *args, const char *option, size_t i)
{
    for (const given *g = args->first; g; g = g->next)
        if (g->option && !strcmp(g->option->name, option) && i-- == 0)
            return g->value;
    return NULL;
}

size_t fsci_args_positionals(const fsc_args *args)
{
    return args->n_positionals;
}

const char *fsci_args_positional(const fsc_args *args, size_t i)
{
    for (const given *g = args->first; g; g = g->next)
        if (!g->option && i-- == 0)
            return g->value;
    return NULL;
}

const char *fsci_args_text(const fsc_args *args, const char *option)
{
    const char *value = fsc_args_get(args, option, 0);
    const fsc_option *about = fsc_option_find(option);
    return value ? value : about ? about->initial : NULL;
}

bool fsci_args_flag(const fsc_args *args, const char *option)
{
    return fsc_args_get(args, option, 0) != NULL;
}

double fsci_args_number(const fsc_args *args, const char *option)
{
    const char *text = fsci_args_text(args, option);
    double value;
    return text && fsci_quantity_read(text, strlen(text), &value) ? value : NAN;
}

size_t fsci_args_count(const fsc_args *args, const char *option)
{
    double value = fsci_args_number(args, option);
    return isfinite(value) ? (size_t)value : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Bytes of the `name` or "text" that begins here, its quotes among them; 0 where none does. */
static size_t quoted_bytes(const char *text)
{
    const char *end = *text == '`' || *text == '"' ? strchr(text + 1, *text) : NULL;
    return end ? (size_t)(end - text) + 1 : 0;
}

/* Copies one item up to a comma outside brackets and quotes; "\\," is a comma that belongs to it.
 * Gives where the next begins. */
static const char *next_item(fsci_arena *arena, const char *text, const char **item)
{
    fsci_buffer b = {0};
    int depth = 0;
    for (char quote = 0; *text && (*text != ',' || depth > 0 || quote); text++) {
        if (quote)
            quote = *text == quote ? 0 : quote;
        else if (quoted_bytes(text))
            quote = *text;
        else
            depth += (*text == '(' || *text == '[') - (*text == ')' || *text == ']');
        text += text[0] == '\\' && text[1] == ',';
        fsci_buffer_putc(&b, *text);
    }
    *item = b.failed ? NULL : fsci_copy_text(arena, b.data ? b.data : "", b.length);
    fsci_buffer_free(&b);
    return *text ? text + 1 : NULL;
}

/* text[0..length) without the blanks around it. */
static const char *trimmed(fsci_arena *arena, const char *text, size_t length)
{
    while (length && is_blank(*text))
        text++, length--;
    while (length && is_blank(text[length - 1]))
        length--;
    return fsci_copy_text(arena, text, length);
}

/* The name in `text` or "text", as a formula or a CSV file writes one with a comma in it. */
static const char *bare_name(fsci_arena *arena, const char *text)
{
    size_t length = strlen(text);
    bool quoted = length > 2 && quoted_bytes(text) == length;
    return quoted ? fsci_copy_text(arena, text + 1, length - 2) : text;
}

/* Items of the values first..last-1 of an option. */
static fsc_status split(const fsc_args *args, const char *option, size_t first, size_t last,
                        fsci_arena *arena, const char ***names, size_t *n, fsc_error *err)
{
    size_t room = last - first;
    for (size_t i = first; i < last; i++)
        for (const char *c = fsc_args_get(args, option, i); *c; c++)
            room += *c == ',';
    const char **list = FSCI_NEW(arena, const char *, room);
    if (!list)
        return fsci_fail_memory(err);
    *n = 0;
    for (size_t i = first; i < last; i++)
        for (const char *at = fsc_args_get(args, option, i); at; ++*n) {
            at = next_item(arena, at, &list[*n]);
            if (!list[*n])
                return fsci_fail_memory(err);
            if (!*list[*n])
                return fsci_fail(err, FSC_EUSAGE, "--%s has an empty name: '%s'", option,
                                 fsc_args_get(args, option, i));
            if (!(list[*n] = bare_name(arena, list[*n])))
                return fsci_fail_memory(err);
        }
    *names = list;
    return FSC_OK;
}

static size_t times_given(const fsc_args *args, const char *option)
{
    size_t n = 0;
    while (fsc_args_get(args, option, n))
        n++;
    return n;
}

fsc_status fsci_args_list(const fsc_args *args, const char *option, fsci_arena *arena,
                          const char ***names, size_t *n, fsc_error *err)
{
    return split(args, option, 0, times_given(args, option), arena, names, n, err);
}

static fsc_status check_names(const char *option, const fsci_setting *pairs, size_t n,
                              fsc_error *err)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(pairs[i].name, pairs[j].name))
                return fsci_fail(err, FSC_EUSAGE, "--%s gives %s twice (%s and %s); keep one",
                                 option, pairs[i].name, pairs[j].value, pairs[i].value);
    return FSC_OK;
}

/* The '=' between name and value, none within quotes; NULL where there is none. */
static const char *equals_sign(const char *text)
{
    for (; *text && *text != '='; text++) {
        size_t bytes = quoted_bytes(text);
        text += bytes ? bytes - 1 : 0;
    }
    return *text ? text : NULL;
}

/* "b < a" and "b > a", which --bound takes too, as "b=:a" and "b=a:"; others as they are. */
static const char *as_bound(fsci_arena *arena, const char *text)
{
    size_t n = strcspn(text, "=<>");
    if (text[n] != '<' && text[n] != '>')
        return text;
    const char *other = text + n + 1 + (text[n + 1] == '=');
    if (strpbrk(other, "=<>"))
        return text;
    return fsci_format(arena, text[n] == '<' ? "%.*s=:%s" : "%.*s=%s:", (int)n, text,
                       trimmed(arena, other, strlen(other)));
}

/* The value of --map is a name too, and of --at may be a level; elsewhere it may be a formula,
 * where quotes have a meaning. */
static fsc_status pair_up(const char *option, const char *const *items, fsci_arena *arena,
                          fsci_settings_list *list, fsc_error *err)
{
    fsci_setting *pairs = FSCI_NEW(arena, fsci_setting, list->n);
    if (!pairs)
        return fsci_fail_memory(err);
    list->items = pairs;
    for (size_t i = 0; i < list->n; i++) {
        const char *item = strcmp(option, "bound") ? items[i] : as_bound(arena, items[i]);
        const char *equals = item ? equals_sign(item) : NULL;
        if (!item)
            return fsci_fail_memory(err);
        if (!equals)
            return needs_pair(fsc_option_find(option), items[i], err);
        pairs[i].name = trimmed(arena, item, (size_t)(equals - item));
        pairs[i].value = trimmed(arena, equals + 1, strlen(equals + 1));
        if (pairs[i].name)
            pairs[i].name = bare_name(arena, pairs[i].name);
        if (pairs[i].value && (!strcmp(option, "map") || !strcmp(option, "at")))
            pairs[i].value = bare_name(arena, pairs[i].value);
        if (!pairs[i].name || !pairs[i].value)
            return fsci_fail_memory(err);
        if (!*pairs[i].name || !*pairs[i].value)
            return needs_pair(fsc_option_find(option), items[i], err);
    }
    return FSC_OK;
}

fsc_status fsci_args_pairs(const fsc_args *args, const char *option, fsci_arena *arena,
                           fsci_settings_list *list, fsc_error *err)
{
    const char **items;
    FSCI_TRY(fsci_args_list(args, option, arena, &items, &list->n, err));
    FSCI_TRY(pair_up(option, items, arena, list, err));
    return check_names(option, list->items, list->n, err);
}

fsc_status fsci_args_map(const fsc_args *args, fsci_arena *arena, fsci_settings_list *list,
                         fsc_error *err)
{
    const char **items;
    FSCI_TRY(fsci_args_list(args, "map", arena, &items, &list->n, err));
    return pair_up("map", items, arena, list, err);
}

fsc_status fsci_args_pairs_of(const fsc_args *args, const char *option, size_t i, fsci_arena *arena,
                              fsci_settings_list *list, fsc_error *err)
{
    const char **items;
    FSCI_TRY(split(args, option, i, i + 1, arena, &items, &list->n, err));
    FSCI_TRY(pair_up(option, items, arena, list, err));
    return check_names(option, list->items, list->n, err);
}

static void add_word(const char *word, fsci_buffer *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./=:,+%@";
    fsci_buffer_putc(out, ' ');
    if (*word && !word[strspn(word, plain)]) {
        fsci_buffer_puts(out, word);
        return;
    }
    fsci_buffer_putc(out, '\'');
    for (; *word; word++)
        if (*word == '\'')
            fsci_buffer_puts(out, "'\\''");
        else
            fsci_buffer_putc(out, *word);
    fsci_buffer_putc(out, '\'');
}

const char *fsci_args_command_line(const fsc_args *args, fsci_arena *arena)
{
    fsci_buffer b = {0};
    fsci_buffer_printf(&b, "forescale %s", args->command->name);
    for (const given *g = args->first; g; g = g->next) {
        if (g->option)
            fsci_buffer_printf(&b, " --%s", g->option->name);
        if (!g->option || g->option->kind != FSC_OPTION_FLAG)
            add_word(g->value, &b);
    }
    const char *line = b.failed ? NULL : fsci_copy_text(arena, b.data, b.length);
    fsci_buffer_free(&b);
    return line;
}
