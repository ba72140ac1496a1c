#include "api/paper.h"

#include "api/document.h"
#include "base/buffer.h"
#include "observe/note.h"
#include "observe/roles.h"

#include <ctype.h>
#include <string.h>

static const fsci_shape source_shape[] = {{"authors", FSCI_YAML_SCALAR, true, NULL},
                                          {"year", FSCI_YAML_SCALAR, true, NULL},
                                          {"arxiv", FSCI_YAML_SCALAR, false, NULL},
                                          {0}};
static const fsci_shape setting_shape[] = {
    {"targets", FSCI_YAML_LIST, false, NULL}, {"options", FSCI_YAML_MAP, true, NULL}, {0}};
static const fsci_shape paper_shape[] = {{"id", FSCI_YAML_SCALAR, true, NULL},
                                         {"title", FSCI_YAML_SCALAR, true, NULL},
                                         {"source", FSCI_YAML_MAP, false, source_shape},
                                         {"columns", FSCI_YAML_MAP, false, NULL},
                                         {"texts", FSCI_YAML_MAP, false, NULL},
                                         {"splits", FSCI_YAML_LIST, false, NULL},
                                         {"settings", FSCI_YAML_LIST, true, setting_shape},
                                         {0}};
static const fsci_shelf shelf = {"set of a paper's settings", "studies/as", fsci_embedded_modes,
                                 paper_shape};

enum { DEPTH = 8 };

typedef struct paper {
    fsci_document file;
    const fsc_args *given;
    const fsc_table *table;
    fsc_args *args;
    fsci_json *applied;
} paper;

/* ---- texts with columns in braces ---- */

static bool is_name(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return n && !text[n] && !isdigit((unsigned char)*text);
}

/* A column as an expression writes it, in plain units; in a list commas are escaped. */
static void write_column(const char *name, bool expression, fsci_buffer *out)
{
    fsci_role role;
    double unit = 1;
    for (const char *c = name; !expression && *c; c++) {
        if (*c == ',')
            fsci_buffer_putc(out, '\\');
        fsci_buffer_putc(out, *c);
    }
    if (!expression)
        return;
    const char *quote = is_name(name) ? "" : "`";
    if (fsci_role_of(name, &role, &unit) && unit != 1)
        fsci_buffer_printf(out, "(%s%s%s * %g)", quote, name, quote, unit);
    else
        fsci_buffer_printf(out, "%s%s%s", quote, name, quote);
}

/* The first of its spellings that the table has. */
static fsc_status find_column(const paper *p, const fsci_yaml *spellings, const char **name,
                              fsc_error *err)
{
    const char *all = NULL;
    FSCI_YAML_EACH (spelling, spellings) {
        if (spelling->kind != FSCI_YAML_SCALAR)
            return fsci_document_fail(&p->file, spelling->at, err, "a column is a single name");
        *name = spelling->text;
        if (fsci_table_find(p->table, *name))
            return FSC_OK;
        all = fsci_format(p->file.arena, "%s%s'%s'", all ? all : "", all ? " or " : "", *name);
    }
    return fsci_fail(err, FSC_EINPUT, "--as %s needs a column %s, which %s lacks",
                     fsci_args_text(p->given, "as"), all ? all : spellings->key,
                     fsci_table_name(p->table));
}

static fsc_status expand(const paper *p, const fsci_yaml *node, const char *text, bool expression,
                         int depth, fsci_buffer *out, fsc_error *err)
{
    while (*text) {
        size_t plain = strcspn(text, "{"), inside = strcspn(text + plain, "}");
        fsci_buffer_add(out, text, plain);
        text += plain;
        if (!*text)
            break;
        const char *name = fsci_copy_text(p->file.arena, text + 1, inside ? inside - 1 : 0);
        const fsci_yaml *piece = fsci_yaml_get(fsci_yaml_get(p->file.root, "texts"), name);
        const fsci_yaml *column = fsci_yaml_get(fsci_yaml_get(p->file.root, "columns"), name);
        if (!text[inside] || depth == DEPTH || !(piece || column))
            return fsci_document_fail(&p->file, node->at, err,
                                      "{%.60s} is neither among 'columns' nor among 'texts'",
                                      name ? name : "");
        const char *found = NULL;
        if (piece)
            FSCI_TRY(expand(p, piece, piece->text, expression, depth + 1, out, err));
        else
            FSCI_TRY(find_column(p, column, &found, err));
        if (found)
            write_column(found, expression, out);
        text += inside + 1;
    }
    return FSC_OK;
}

/* ---- applying ---- */

static bool lists(const fsci_yaml *list, const char *text)
{
    for (const fsci_yaml *e = list ? list->first : NULL; e; e = e->next)
        if (e->kind == FSCI_YAML_SCALAR && !strcmp(e->text, text))
            return true;
    return false;
}

/* Whether a setting is for `target`; NULL is a run without one, which an empty list stands for. */
static bool applies(const fsci_yaml *setting, const char *target)
{
    const fsci_yaml *targets = fsci_yaml_get(setting, "targets");
    return !targets || (target ? lists(targets, target) : targets->count == 0);
}

/* Given by the user, or another way of splitting was. */
static bool is_given(const paper *p, const char *option)
{
    const fsci_yaml *splits = fsci_yaml_get(p->file.root, "splits");
    if (fsc_args_get(p->given, option, 0))
        return true;
    for (const fsci_yaml *s = lists(splits, option) ? splits->first : NULL; s; s = s->next)
        if (fsc_args_get(p->given, s->text, 0))
            return true;
    return false;
}

static bool takes(const fsc_args *args, const char *option)
{
    for (const char *const *o = fsci_args_command(args)->options; *o; o++)
        if (!strcmp(*o, option))
            return true;
    return false;
}

/* The text of an option with its columns filled in. */
static fsc_status write_option(const paper *p, const fsci_yaml *option, const char **value,
                               fsc_error *err)
{
    const fsc_option *about = fsc_option_find(option->key);
    bool expression = about && about->kind == FSC_OPTION_EXPR;
    fsci_buffer text = {0};
    if (option->kind != FSCI_YAML_SCALAR)
        return fsci_document_fail(&p->file, option->at, err, "'%s' needs a single value",
                                  option->key);
    fsc_status status = expand(p, option, option->text, expression, 0, &text, err);
    *value =
        text.failed ? NULL : fsci_copy_text(p->file.arena, text.data ? text.data : "", text.length);
    fsci_buffer_free(&text);
    return status || *value ? status : fsci_fail_memory(err);
}

/* Everything for one target, in `applied`; of settings that name an option the first counts. */
static fsc_status apply_target(const paper *p, const char *target, fsci_json *applied, bool *known,
                               fsc_error *err)
{
    *known = false;
    FSCI_YAML_EACH (setting, fsci_yaml_get(p->file.root, "settings")) {
        if (!applies(setting, target))
            continue;
        *known = *known || fsci_yaml_get(setting, "targets");
        FSCI_YAML_EACH (option, fsci_yaml_get(setting, "options")) {
            const char *value;
            if (fsci_json_get(applied, option->key) || is_given(p, option->key) ||
                !takes(p->given, option->key))
                continue;
            FSCI_TRY(write_option(p, option, &value, err));
            fsci_json_set_string(p->file.arena, applied, option->key, value);
        }
    }
    return FSC_OK;
}

/* An option that the two set differently; NULL when there is none. */
static const char *difference(const fsci_json *a, const fsci_json *b)
{
    FSCI_JSON_EACH (option, a) {
        const char *other = fsci_json_get_string(b, option->key);
        if (!other || strcmp(option->string, other))
            return option->key;
    }
    FSCI_JSON_EACH (option, b)
        if (!fsci_json_get(a, option->key))
            return option->key;
    return NULL;
}

/* All targets of a run share its options, so they must agree. */
static fsc_status apply_targets(const paper *p, const char *as, fsci_json *record, fsc_error *err)
{
    const char *first = fsc_args_get(p->given, "target", 0), *target = first;
    fsci_notes notes = {p->file.arena, record};
    size_t i = 0;
    do {
        bool known;
        fsci_json *applied = i ? fsci_json_object(p->file.arena) : p->applied;
        FSCI_TRY(apply_target(p, target, applied, &known, err));
        const char *other = difference(p->applied, applied);
        if (other)
            return fsci_fail(err, FSC_EUSAGE,
                             "under --as %s %s and %s differ in --%s; give one --target at a time",
                             as, first, target, other);
        if (target && !known)
            fsci_note(&notes, "W-AS",
                      "%s has no settings of its own for %s; only those for every target are "
                      "applied",
                      as, target);
    } while ((target = fsc_args_get(p->given, "target", ++i)));
    FSCI_JSON_EACH (option, p->applied) {
        fsc_status status = fsc_args_set(p->args, option->key, option->string, err);
        if (status != FSC_OK)
            return fsci_document_blame(&p->file, p->file.root->at, status, err);
    }
    return FSC_OK;
}

/* ---- the whole ---- */

static fsc_status copy_args(const fsc_args *from, fsc_args *to, fsc_error *err)
{
    const char *value;
    for (size_t i = 0; i < fsci_args_positionals(from); i++)
        FSCI_TRY(fsc_args_add(to, fsci_args_positional(from, i), err));
    for (const char *const *o = fsci_args_command(from)->options; *o; o++) {
        bool flag = fsc_option_find(*o)->kind == FSC_OPTION_FLAG;
        for (size_t i = 0; (value = fsc_args_get(from, *o, i)); i++)
            FSCI_TRY(fsc_args_set(to, *o, flag ? NULL : value, err));
    }
    return FSC_OK;
}

static fsc_status apply_paper(fsci_arena *arena, paper *p, fsci_json *record, fsc_error *err)
{
    const char *as = fsci_args_text(p->given, "as");
    if (!as)
        return FSC_OK;
    FSCI_TRY(fsci_document_read(arena, &shelf, as, &p->file, err));
    fsci_json *settings = fsci_json_set_object(arena, record, "settings");
    fsci_json_set_string(arena, settings, "as", as);
    p->applied = fsci_json_set_object(arena, settings, "applied");
    return p->applied ? apply_targets(p, as, record, err) : fsci_fail_memory(err);
}

fsc_status fsci_paper_args(fsci_arena *arena, const fsc_args *given, const fsc_table *table,
                           fsci_json *record, fsc_args **args, fsc_error *err)
{
    FSCI_TRY(fsc_args_new(fsci_args_command(given)->name, args, err));
    paper p = {.given = given, .table = table, .args = *args};
    fsc_status status = copy_args(given, *args, err);
    if (status == FSC_OK)
        status = apply_paper(arena, &p, record, err);
    if (status != FSC_OK) {
        fsc_args_free(*args);
        *args = NULL;
    }
    return status;
}
