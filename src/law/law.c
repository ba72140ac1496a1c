#include "law/law.h"

#include "base/file.h"
#include "law/lint.h"

#include <string.h>

void fsci_law_free(fsc_law *law)
{
    if (law)
        fsci_arena_free(law->arena);
}

size_t fsci_law_parameter_index(const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < law->parameters.n; i++)
        if (!strcmp(law->parameters.items[i].name, name))
            return i;
    return SIZE_MAX;
}

size_t fsci_law_column_index(const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < law->columns.n; i++)
        if (!strcmp(law->columns.items[i].name, name))
            return i;
    return SIZE_MAX;
}

const char *fsci_law_unit(const fsc_law *law, const fsci_law_published *set, const char *name)
{
    size_t column = fsci_law_column_index(law, name);
    for (size_t i = 0; set && i < set->units.n; i++)
        if (!strcmp(set->units.items[i].name, name))
            return set->units.items[i].text;
    return column == SIZE_MAX ? NULL : law->columns.items[column].unit;
}

const fsci_law_published *fsci_law_published_find(const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < law->published.n; i++)
        if (law->published.items[i].name && !strcmp(law->published.items[i].name, name))
            return &law->published.items[i];
    return NULL;
}

const fsci_law_derived *fsci_law_solved_in(const fsc_law *law, const fsci_law_derived *derived)
{
    if (derived->solve)
        return derived;
    for (const fsci_law_derived *d = law->derived.items; d < derived; d++) {
        const fsci_law_derived *solved =
            derived->formula && fsci_formula_uses(derived->formula, d->name)
                ? fsci_law_solved_in(law, d)
                : NULL;
        if (solved)
            return solved;
    }
    return NULL;
}

bool fsci_law_takes(const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < law->derived.n; i++)
        for (size_t j = 0; j < law->derived.items[i].arguments.n; j++)
            if (!strcmp(law->derived.items[i].arguments.items[j], name))
                return true;
    return fsci_law_column_index(law, name) != SIZE_MAX;
}

const fsci_law_derived *fsci_law_derived_find(const fsc_law *law, const char *name)
{
    for (size_t i = 0; i < law->derived.n; i++)
        if (!strcmp(law->derived.items[i].name, name))
            return &law->derived.items[i];
    return NULL;
}

/* A YAML failure is the only finding of a text that is no tree. */
static void add_failure(fsci_lint *lint, const fsc_error *err)
{
    fsci_span at = {err->line > 0 ? err->line : 1, err->col > 0 ? err->col : 1,
                    err->len > 0 ? err->len : 1};
    fsci_lint_add(lint, FSCI_ERROR, at, "%s", err->message);
}

/* Reads all that can be read into `law` (zeroed, its arena set) and notes what is wrong. */
static fsc_status fill(fsci_lint *lint, fsc_law *law, fsc_error *err)
{
    fsci_yaml *root;
    fsc_error problem;
    fsc_status status =
        fsci_yaml_read(lint->arena, lint->file, lint->text, lint->length, &root, &problem);
    if (status == FSC_EINPUT)
        add_failure(lint, &problem);
    else if (status != FSC_OK)
        return fsci_fail_memory(err);
    else {
        fsci_part_read(lint, &fsci_law_part, root, NULL, law);
        if (root->kind == FSCI_YAML_MAP && !fsci_arena_failed(lint->arena)) {
            fsci_law_check_names(lint, law);
            fsci_law_check_prepare(lint, law);
            fsci_law_check_numbers(lint, law);
            fsci_law_check_expectations(lint, law);
            fsci_law_check_stages(lint, law);
            if (!lint->n_errors) /* a slip beside what is really wrong */
                fsci_law_check_file_name(lint, law);
        }
    }
    return fsci_arena_failed(lint->arena) ? fsci_fail_memory(err) : FSC_OK;
}

static fsc_law *law_new(fsci_arena *arena, const char *name, const char *text, size_t length)
{
    fsc_law *law = FSCI_NEW(arena, fsc_law, 1);
    if (!law)
        return NULL;
    law->arena = arena;
    law->file = fsci_copy_string(arena, name);
    law->text = fsci_copy_text(arena, text, length);
    law->length = length;
    return law->file && law->text ? law : NULL;
}

fsc_status fsci_law_check(fsci_arena *arena, const char *name, const char *text, size_t length,
                          fsci_findings *findings, fsc_error *err)
{
    *findings = (fsci_findings){0};
    fsc_law *law = law_new(arena, name, text, length);
    if (!law)
        return fsci_fail_memory(err);
    fsci_lint lint = {.arena = arena, .file = law->file, .text = law->text, .length = length};
    FSCI_TRY(fill(&lint, law, err));
    *findings = fsci_lint_findings(&lint);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}

static fsc_status first_error(const fsci_lint *lint, fsc_error *err)
{
    fsci_findings findings = fsci_lint_findings(lint);
    for (size_t i = 0; i < findings.n; i++)
        if (findings.items[i].severity == FSCI_ERROR) {
            fsci_place place =
                fsci_yaml_place(lint->file, lint->text, lint->length, findings.items[i].at);
            return fsci_fail_at(err, FSC_EINPUT, &place, "%s", findings.items[i].message);
        }
    return fsci_fail_memory(err);
}

fsc_status fsci_law_read(const char *name, const char *text, size_t length, fsc_law **out,
                         fsc_error *err)
{
    *out = NULL;
    fsci_arena *arena = fsci_arena_new();
    fsc_law *law = arena ? law_new(arena, name, text, length) : NULL;
    fsc_status status = law ? FSC_OK : fsci_fail_memory(err);
    if (law) {
        fsci_lint lint = {.arena = arena, .file = law->file, .text = law->text, .length = length};
        status = fill(&lint, law, err);
        if (status == FSC_OK && lint.n_errors)
            status = first_error(&lint, err);
    }
    if (status == FSC_OK)
        *out = law;
    else
        fsci_arena_free(arena);
    return status;
}

fsc_status fsci_law_read_file(const char *path, fsc_law **law, fsc_error *err)
{
    *law = NULL;
    fsci_input input;
    FSCI_TRY(fsci_input_open(path, &input, err));
    const char *name = strcmp(path, "-") ? path : "standard input";
    fsc_status status = fsci_law_read(name, input.data, input.length, law, err);
    fsci_input_close(&input);
    return status;
}
