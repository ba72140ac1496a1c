#include "observe/frame.h"

#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_listed(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

static fsc_status find(const fsc_table *table, const char *name, const fsci_column **column,
                       fsc_error *err)
{
    *column = fsci_table_find(table, name);
    return *column ? FSC_OK : fsci_table_no_column(table, name, err);
}

static fsc_status find_numbers(const fsc_table *table, const char *name, const double **numbers,
                               fsc_error *err)
{
    const fsci_column *column;
    FSCI_TRY(find(table, name, &column, err));
    if (column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(table, column, err);
    *numbers = column->numbers;
    return FSC_OK;
}

/* ---- roles ---- */

static fsc_status find_roles(const fsci_observe_input *input, fsci_frame *f, fsc_error *err)
{
    const fsc_table *table = input->table;
    if (input->model)
        FSCI_TRY(find(table, input->model, &f->column[FSCI_ROLE_MODEL], err));
    if (input->family)
        FSCI_TRY(find(table, input->family, &f->column[FSCI_ROLE_FAMILY], err));
    for (size_t j = 0; j < fsci_table_columns(table); j++) {
        const fsci_column *column = fsci_table_column(table, j);
        fsci_role role;
        double unit;
        if (!fsci_role_of(column->name, &role, &unit) || f->column[role])
            continue;
        f->column[role] = column;
        f->unit[role] = unit;
    }
    if (!f->column[FSCI_ROLE_MODEL])
        return fsci_fail(err, FSC_EINPUT,
                         "%s has no column named model; say which one names the models (--model)",
                         fsci_table_name(table));
    return FSC_OK;
}

const char **fsci_frame_texts(fsci_arena *arena, const fsci_frame *frame, fsci_role role)
{
    const fsci_column *column = frame->column[role];
    const char **texts = FSCI_NEW(arena, const char *, frame->n);
    for (size_t i = 0; texts && column && i < frame->n; i++) {
        char number[FSCI_NUMBER_TEXT];
        if (column->kind == FSCI_COLUMN_CATEGORIES) {
            uint32_t code = column->codes[i];
            texts[i] = code == FSCI_MISSING_CODE ? NULL : column->levels[code];
        } else if (!isnan(column->numbers[i])) {
            fsci_number_write(column->numbers[i], number);
            texts[i] = fsci_copy_string(arena, number);
        }
    }
    return texts;
}

/* Codes of the texts by order of appearance: a family column of numbers, or none at all. */
static fsc_status code_families(fsci_arena *arena, const char *const *texts, fsci_frame *f,
                                fsc_error *err)
{
    const char **families = FSCI_NEW(arena, const char *, f->n);
    uint32_t *codes = FSCI_NEW(arena, uint32_t, f->n);
    if (!families || !codes || !texts)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n; i++) {
        size_t code = 0;
        while (texts[i] && code < f->n_families && strcmp(families[code], texts[i]))
            code++;
        if (texts[i] && code == f->n_families)
            families[f->n_families++] = texts[i];
        codes[i] = texts[i] ? (uint32_t)code : FSCI_MISSING_CODE;
    }
    f->families = families;
    f->family = codes;
    return FSC_OK;
}

static fsc_status read_families(fsci_arena *arena, fsci_frame *f, fsc_error *err)
{
    const fsci_column *column = f->column[FSCI_ROLE_FAMILY];
    if (!column || column->kind == FSCI_COLUMN_NUMBERS)
        return code_families(arena, fsci_frame_texts(arena, f, FSCI_ROLE_FAMILY), f, err);
    f->family = column->codes;
    f->families = column->levels;
    f->n_families = column->n_levels;
    return FSC_OK;
}

const char *fsci_frame_family(const fsci_frame *frame, size_t i)
{
    uint32_t code = frame->family[i];
    return code == FSCI_MISSING_CODE ? NULL : frame->families[code];
}

static fsc_status read_quantity(fsci_arena *arena, const fsc_table *table, fsci_frame *f,
                                fsci_role role, double **values, fsc_error *err)
{
    const fsci_column *column = f->column[role];
    if (column && column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(table, column, err);
    *values = FSCI_NEW(arena, double, f->n);
    if (!*values)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n; i++) {
        double value = column ? column->numbers[i] * f->unit[role] : NAN;
        if (column && value <= 0)
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)i,
                                 "%s of %s is %s; it must be positive, or empty when unknown",
                                 column->name, f->model[i] ? f->model[i] : "a model",
                                 fsci_briefly(column->numbers[i], 6).text);
        (*values)[i] = value;
    }
    return FSC_OK;
}

static void fill_flops(fsci_frame *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (isnan(f->flops[i])) {
            f->flops[i] = 6 * f->size[i] * f->tokens[i];
            f->n_from_6nd += !isnan(f->flops[i]);
        }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every row needs a name; the same name twice may put one model on both sides of a split. */
static fsc_status check_models(const fsci_frame *f, fsci_notes *notes, fsc_error *err)
{
    for (size_t i = 0; i < f->n; i++)
        if (!f->model[i])
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)i, "a row has no %s",
                                 f->column[FSCI_ROLE_MODEL]->name);
    const char **sorted = malloc((f->n + 1) * sizeof *sorted);
    if (!sorted)
        return fsci_fail_memory(err);
    memcpy(sorted, f->model, f->n * sizeof *sorted);
    qsort(sorted, f->n, sizeof *sorted, by_text);
    for (size_t i = 1; i < f->n; i++)
        if (!strcmp(sorted[i - 1], sorted[i])) {
            fsci_note(notes, "W-DUPLICATE",
                      "%s stands in more than one row; each row counts as a model of its own",
                      sorted[i]);
            break;
        }
    free(sorted);
    return FSC_OK;
}

static fsc_status read_roles(fsci_arena *arena, const fsci_observe_input *input, fsci_notes *notes,
                             fsci_frame *f, fsc_error *err)
{
    FSCI_TRY(find_roles(input, f, err));
    f->model = fsci_frame_texts(arena, f, FSCI_ROLE_MODEL);
    if (!f->model)
        return fsci_fail_memory(err);
    FSCI_TRY(check_models(f, notes, err));
    FSCI_TRY(read_families(arena, f, err));
    FSCI_TRY(read_quantity(arena, input->table, f, FSCI_ROLE_PARAMS, &f->size, err));
    FSCI_TRY(read_quantity(arena, input->table, f, FSCI_ROLE_TOKENS, &f->tokens, err));
    FSCI_TRY(read_quantity(arena, input->table, f, FSCI_ROLE_FLOPS, &f->flops, err));
    fill_flops(f);
    if (f->n_from_6nd > 0)
        fsci_note(notes, "W-6ND", "FLOPs of %zu models are 6 x parameters x tokens", f->n_from_6nd);
    if (!f->column[FSCI_ROLE_FAMILY])
        fsci_note(notes, "W-NO-FAMILY",
                  "%s has no column named family: no family lines and no equivalent FLOPs",
                  fsci_table_name(input->table));
    return FSC_OK;
}

/* ---- targets and benchmarks ---- */

static fsc_status read_targets(fsci_arena *arena, const fsci_observe_input *input, fsci_frame *f,
                               fsc_error *err)
{
    f->n_targets = input->n_targets;
    f->targets = input->targets;
    f->target = FSCI_NEW(arena, const double *, f->n_targets);
    if (!f->target)
        return fsci_fail_memory(err);
    for (size_t t = 0; t < f->n_targets; t++) {
        FSCI_TRY(find_numbers(input->table, input->targets[t], &f->target[t], err));
        if (is_listed(input->targets[t], input->benchmarks, input->n_benchmarks))
            return fsci_fail(err, FSC_EINPUT,
                             "%s is the target and also a benchmark, so it would predict itself; "
                             "leave it out of --benchmarks",
                             input->targets[t]);
    }
    return FSC_OK;
}

/* Whether a column nobody named is a benchmark; says why one that looks like it is not. */
static bool is_benchmark(const fsci_observe_input *input, const fsci_frame *f,
                         const fsci_column *column, fsci_notes *notes)
{
    fsci_role role;
    double unit;
    if (fsci_role_of(column->name, &role, &unit) ||
        is_listed(column->name, f->targets, f->n_targets))
        return false;
    for (size_t r = 0; r < FSCI_ROLES; r++)
        if (f->column[r] && !strcmp(f->column[r]->name, column->name))
            return false;
    if (column->kind == FSCI_COLUMN_CATEGORIES) {
        if (column->n_numeric > 0)
            fsci_note(
                notes, "W-TEXT",
                "column %s is left out: '%s' (line %lld) is not a number, %zu other cells are",
                column->name, column->odd_text, (long long)column->odd_line, column->n_numeric);
        return false;
    }
    if (column->n_missing == fsci_table_rows(input->table)) {
        fsci_note(notes, "W-EMPTY-COLUMN", "column %s is left out: it has no value", column->name);
        return false;
    }
    return true;
}

static fsc_status choose_benchmarks(fsci_arena *arena, const fsci_observe_input *input,
                                    fsci_notes *notes, fsci_frame *f, fsc_error *err)
{
    const fsc_table *from = input->table;
    size_t columns = input->n_candidates ? input->n_candidates : fsci_table_columns(from);
    size_t room = input->n_benchmarks ? input->n_benchmarks : columns;
    f->benchmarks = FSCI_NEW(arena, const char *, room);
    if (!f->benchmarks)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < room; j++)
        if (input->n_benchmarks)
            f->benchmarks[f->p++] = input->benchmarks[j];
        else if (is_benchmark(input, f, fsci_table_column(from, j), notes))
            f->benchmarks[f->p++] = fsci_table_column(from, j)->name;
    if (f->p < 2)
        return fsci_fail(
            err, FSC_EINPUT,
            "%s gives %zu benchmark column%s; a capability space needs at least two: name "
            "them with --benchmarks A,B,...",
            fsci_table_name(from), f->p, f->p == 1 ? "" : "s");
    return FSC_OK;
}

static fsc_status read_benchmarks(fsci_arena *arena, const fsci_observe_input *input,
                                  fsci_notes *notes, fsci_frame *f, fsc_error *err)
{
    FSCI_TRY(choose_benchmarks(arena, input, notes, f, err));
    f->scores = FSCI_NEW(arena, const double *, f->p);
    if (!f->scores)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < f->p; j++) {
        if (is_listed(f->benchmarks[j], f->benchmarks, j))
            return fsci_fail(err, FSC_EINPUT, "benchmark %s is named twice", f->benchmarks[j]);
        FSCI_TRY(find_numbers(input->table, f->benchmarks[j], &f->scores[j], err));
    }
    return FSC_OK;
}

static double items_of(const fsci_items *items, const char *column)
{
    char plain[FSCI_PLAIN_BYTES];
    for (size_t i = 0; fsci_plain_name(column, plain) && i < items->n; i++)
        if (!strcmp(items->names[i], plain))
            return items->counts[i];
    return NAN;
}

static fsc_status read_items(fsci_arena *arena, const fsci_items *items, fsci_frame *f,
                             fsc_error *err)
{
    f->items = FSCI_NEW(arena, double, f->p);
    f->target_items = FSCI_NEW(arena, double, f->n_targets);
    if (!f->items || !f->target_items)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < f->p; j++)
        f->items[j] = items_of(items, f->benchmarks[j]);
    for (size_t t = 0; t < f->n_targets; t++)
        f->target_items[t] = items_of(items, f->targets[t]);
    return FSC_OK;
}

bool fsci_frame_has_score(const fsci_frame *frame, size_t i)
{
    for (size_t j = 0; j < frame->p; j++)
        if (!isnan(frame->scores[j][i]))
            return true;
    return false;
}

static void note_empty_rows(const fsci_frame *f, fsci_notes *notes)
{
    const char *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (!fsci_frame_has_score(f, i) && n++ == 0)
            first = f->model[i];
    if (n > 0)
        fsci_note(notes, "W-EMPTY-ROW",
                  "models left out because they have no score in any benchmark: %zu, the first is "
                  "%s",
                  n, first);
}

fsc_status fsci_frame_read(fsci_arena *arena, const fsci_observe_input *input, fsci_notes *notes,
                           fsci_frame *frame, fsc_error *err)
{
    fsci_frame f = {.n = fsci_table_rows(input->table)};
    for (size_t r = 0; r < FSCI_ROLES; r++)
        f.unit[r] = 1;
    FSCI_TRY(read_roles(arena, input, notes, &f, err));
    FSCI_TRY(read_targets(arena, input, &f, err));
    FSCI_TRY(read_benchmarks(arena, input, notes, &f, err));
    FSCI_TRY(read_items(arena, &input->items, &f, err));
    note_empty_rows(&f, notes);
    *frame = f;
    return FSC_OK;
}
