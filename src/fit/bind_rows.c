/* The rows a fit uses, and the values of its columns there. */
#include "fit/bind.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

/* Columns that a binding stands for, and one of them. */
static size_t count_columns(const fsci_binding *b)
{
    return b->set ? b->set->n : 1;
}

static const fsci_column *column_of(const fsci_binding *b, size_t k)
{
    return b->set ? b->set->columns[k] : b->source;
}

/* Whether a category column's codes or numbers make the row missing. */
static bool is_missing(const fsci_binding *b, size_t row)
{
    bool missing = false;
    for (size_t k = 0; k < count_columns(b); k++) {
        const fsci_column *column = column_of(b, k);
        missing |= column->kind == FSCI_COLUMN_NUMBERS ? isnan(column->numbers[row])
                                                       : column->codes[row] == FSCI_MISSING_CODE;
    }
    return missing;
}

const char fsci_rule_missing[] = "missing value", fsci_rule_outside[] = "outside domain";

fsc_status fsci_bind_refuse(const fsc_table *table, const fsci_law_column *about,
                            const fsci_column *column, size_t row, fsc_error *err)
{
    double value = column->numbers[row];
    const fsci_domain *d = &about->domain;
    bool low = value < d->lo.value || (d->lo.open && value == d->lo.value);
    const fsci_bound *end = low ? &d->lo : &d->hi;
    bool percent = !low && end->value == 1 && value > 1 && value <= 100;
    return fsci_fail_row(
        err, FSC_EINPUT, (int64_t)row, "%s, line %lld, column %s: %s must be %s%s %s, found %s; %s",
        fsci_table_name(table), (long long)fsci_table_line(table, row), column->name, about->name,
        low ? ">" : "<", end->open ? "" : "=", fsci_briefly(end->value, 6).text,
        fsci_briefly(value, 6).text,
        percent ? "a percentage? give the fraction with --let" : "correct it or give --drop-bad");
}

/* The column of a binding whose value at a row is outside the law's domain; NULL for none. */
static const fsci_column *find_outside(const fsci_model *model, const fsci_binding *b, size_t row)
{
    const fsci_law_column *about = fsci_model_column(model, b->symbol);
    for (size_t k = 0; about && k < count_columns(b); k++) {
        const fsci_column *column = column_of(b, k);
        if (column->kind == FSCI_COLUMN_NUMBERS &&
            !fsci_domain_holds(&about->domain, column->numbers[row]))
            return column;
    }
    return NULL;
}

/* keep[row] by whole rows inside every domain; counts what each rule drops. */
static fsc_status choose_rows(const fsci_fit_settings *settings, fsci_model *model, bool *keep,
                              fsc_error *err)
{
    size_t n_rows = fsci_table_rows(model->table), missing = 0, bad = 0;
    model->n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        bool whole = true, inside = true;
        if (settings->keep && !settings->keep[row])
            continue;
        for (size_t i = 0; i < model->n_bindings && whole; i++)
            whole = !is_missing(&model->bindings[i], row);
        for (size_t i = 0; i < model->n_bindings && whole && inside; i++) {
            const fsci_binding *b = &model->bindings[i];
            const fsci_column *outside = find_outside(model, b, row);
            inside = !outside;
            if (outside && !settings->drop_bad)
                return fsci_bind_refuse(model->table, fsci_model_column(model, b->symbol), outside,
                                        row, err);
        }
        keep[row] = whole && inside;
        model->n += keep[row];
        missing += !whole;
        bad += whole && !inside;
    }
    if (missing)
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_missing, missing};
    if (bad)
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_outside, bad};
    return FSC_OK;
}

/* Every k-th of the rows that are kept. */
static void thin_rows(size_t every, fsci_model *model, bool *keep)
{
    size_t n_rows = fsci_table_rows(model->table), seen = 0;
    model->n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        keep[row] = keep[row] && seen++ % every == 0;
        model->n += keep[row];
    }
}

static fsc_status copy_numbers(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                               fsc_error *err)
{
    b->values = FSCI_NEW(arena, double, model->n);
    if (!b->values)
        return fsci_fail_memory(err);
    b->min = INFINITY;
    b->max = -INFINITY;
    for (size_t i = 0; i < model->n; i++) {
        double v = b->values[i] = b->source->numbers[model->row[i]];
        b->min = v < b->min ? v : b->min;
        b->max = v > b->max ? v : b->max;
    }
    return FSC_OK;
}

static fsc_status copy_members(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                               fsc_error *err)
{
    b->members = fsci_set_values(arena, b->set, model->row, model->n);
    if (!b->members)
        return fsci_fail_memory(err);
    b->min = INFINITY;
    b->max = -INFINITY;
    for (size_t i = 0; i < b->set->n * model->n; i++) {
        b->min = fmin(b->min, b->members[i]);
        b->max = fmax(b->max, b->members[i]);
    }
    return FSC_OK;
}

/* Codes anew, over the levels that the kept rows use, in order of appearance. */
static fsc_status copy_codes(fsci_arena *arena, const fsci_model *model, fsci_binding *b,
                             fsc_error *err)
{
    const fsci_column *column = b->source;
    uint32_t *code_of = FSCI_NEW(arena, uint32_t, column->n_levels);
    b->codes = FSCI_NEW(arena, uint32_t, model->n);
    b->levels = FSCI_NEW(arena, const char *, column->n_levels);
    if (!code_of || !b->codes || !b->levels)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < model->n; i++) {
        uint32_t old = column->codes[model->row[i]];
        if (!code_of[old]) {
            b->levels[b->n_levels++] = column->levels[old];
            code_of[old] = (uint32_t)b->n_levels;
        }
        b->codes[i] = code_of[old] - 1;
    }
    return FSC_OK;
}

/* The values of every bound column at the kept rows. */
static fsc_status copy_columns(fsci_arena *arena, fsci_model *model, fsc_error *err)
{
    for (size_t i = 0; i < model->n_bindings; i++) {
        fsci_binding *b = &model->bindings[i];
        FSCI_TRY(b->set                                   ? copy_members(arena, model, b, err)
                 : b->source->kind == FSCI_COLUMN_NUMBERS ? copy_numbers(arena, model, b, err)
                                                          : copy_codes(arena, model, b, err));
    }
    return FSC_OK;
}

fsc_status fsci_bind_drop(fsci_arena *arena, const bool *outside, fsci_model *model, fsc_error *err)
{
    size_t kept = 0, n = model->n;
    for (size_t i = 0; i < n; i++)
        if (!outside[i])
            model->row[kept++] = model->row[i];
    if (kept == n)
        return FSC_OK;
    model->n = kept;
    fsci_dropped *last = model->n_dropped ? &model->dropped[model->n_dropped - 1] : NULL;
    if (last && !strcmp(last->rule, fsci_rule_outside))
        last->rows += n - kept;
    else
        model->dropped[model->n_dropped++] = (fsci_dropped){fsci_rule_outside, n - kept};
    return copy_columns(arena, model, err);
}

fsc_status fsci_bind_rows(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *model,
                          fsc_error *err)
{
    size_t n_rows = fsci_table_rows(model->table);
    bool *keep = FSCI_NEW(arena, bool, n_rows);
    if (!keep)
        return fsci_fail_memory(err);
    FSCI_TRY(choose_rows(settings, model, keep, err));
    if (settings->every > 1)
        thin_rows(settings->every, model, keep);
    model->row = FSCI_NEW(arena, size_t, model->n);
    if (!model->row)
        return fsci_fail_memory(err);
    for (size_t row = 0, i = 0; row < n_rows; row++)
        if (keep[row])
            model->row[i++] = row;
    return copy_columns(arena, model, err);
}
