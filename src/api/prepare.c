/* --prepare and the `prepare` of a law: operators applied to the rows before a fit. */
#include "api/rows.h"
#include "api/source.h"
#include "fit/bind.h"
#include "record/warning.h"
#include "table/words.h"

#include <math.h>
#include <string.h>

static fsc_status load(const char *path, fsc_table **table, fsc_error *err)
{
    return fsci_source_table(path, NULL, table, err);
}

/* The column that a symbol of the law stands for; any other name is a column itself. */
static const char *bound_column(const fsc_law *law, const fsci_settings_list *map,
                                const fsc_table *table, const char *name)
{
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->items[i].name, name))
            return map->items[i].value;
    size_t column = fsci_table_find(table, name) ? SIZE_MAX : fsci_law_column_index(law, name);
    const fsci_texts *aliases = column == SIZE_MAX ? NULL : &law->columns.items[column].aliases;
    for (size_t i = 0; aliases && i < aliases->n; i++)
        if (fsci_table_find(table, aliases->items[i]))
            return aliases->items[i];
    for (size_t i = 0; aliases && i < aliases->n; i++)
        if (fsci_table_find_words(table, aliases->items[i]))
            return fsci_table_find_words(table, aliases->items[i])->name;
    return name;
}

/* A symbol of the law that no column of the table stands for. */
static fsc_status unbound(const fsc_law *law, const fsc_table *table, const char *symbol,
                          fsc_error *err)
{
    fsc_error none;
    FSCI_TRY(fsci_table_no_column(table, symbol, &none) == FSC_ENOMEM ? fsci_fail_memory(err)
                                                                      : FSC_OK);
    const fsci_law_column *column = &law->columns.items[fsci_law_column_index(law, symbol)];
    return fsci_fail(err, FSC_EINPUT, "%.700s; %s is %s in law %s: give --map %s=COLUMN",
                     none.message, symbol, column->meaning, law->id, symbol);
}

static fsc_status bind_name(const fsc_law *law, const fsci_settings_list *map,
                            const fsc_table *table, const char **name, fsc_error *err)
{
    const char *bound = bound_column(law, map, table, *name);
    bool is_symbol = bound == *name && fsci_law_column_index(law, bound) != SIZE_MAX;
    if (is_symbol && !fsci_table_find(table, bound))
        return unbound(law, table, bound, err);
    *name = bound;
    return FSC_OK;
}

static fsc_status bind(const fsc_law *law, const fsci_settings_list *map, const fsc_table *table,
                       fsci_call *call, fsc_error *err)
{
    for (size_t i = 0; i < call->n_columns; i++)
        FSCI_TRY(bind_name(law, map, table, &call->columns[i], err));
    const fsci_call_option *by = fsci_call_option_find(call, "by");
    for (size_t i = 0; by && i < by->n_values; i++)
        FSCI_TRY(bind_name(law, map, table, &by->values[i], err));
    return FSC_OK;
}

static void note_step(fsci_rows *rows, const char *text, size_t before)
{
    size_t after = fsci_table_rows(rows->table);
    rows->steps[rows->n_steps++] = text;
    if (after < before)
        rows->dropped[rows->n_dropped++] = (fsci_dropped){text, before - after};
}

static void replace(fsci_rows *rows, fsc_table *table)
{
    fsci_table_free(rows->whole); /* rows left out before are not of this table's kind */
    fsci_table_free(rows->table);
    rows->whole = NULL;
    rows->table = table;
}

/* What each symbol of the law is bound to. */
static fsc_status bindings(fsci_arena *arena, const fsc_law *law, const fsci_settings_list *map,
                           const fsc_table *table, fsci_settings_list *bound, fsc_error *err)
{
    size_t n = law ? law->columns.n : 0;
    fsci_setting *items = FSCI_NEW(arena, fsci_setting, n + 1);
    if (!items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        items[i].name = law->columns.items[i].name;
        items[i].value = bound_column(law, map, table, items[i].name);
    }
    *bound = (fsci_settings_list){items, n};
    return FSC_OK;
}

static fsc_status keep_where(fsci_arena *arena, const char *text, const fsc_law *law,
                             const fsci_settings_list *map, fsci_rows *rows, fsc_error *err)
{
    fsci_settings_list bound;
    size_t n = fsci_table_rows(rows->table), kept = 0;
    bool *keep = FSCI_NEW(arena, bool, n);
    fsc_table *smaller;
    if (!keep)
        return fsci_fail_memory(err);
    FSCI_TRY(bindings(arena, law, map, rows->table, &bound, err));
    FSCI_TRY(fsci_rows_mask_bound(arena, rows->table, &bound, "--prepare", text, keep, err));
    for (size_t i = 0; i < n; i++)
        kept += keep[i];
    if (!kept)
        return fsci_fail(err, FSC_EINPUT, "--prepare 'where(%s)' keeps no row", text);
    FSCI_TRY(fsci_table_take(rows->table, keep, &smaller, err));
    replace(rows, smaller);
    return FSC_OK;
}

static fsc_status add_remarks(fsci_arena *arena, fsci_rows *rows, const fsci_prepared *prepared,
                              fsc_error *err)
{
    fsci_remark *all = FSCI_NEW(arena, fsci_remark, rows->n_remarks + prepared->n_remarks + 1);
    if (!all)
        return fsci_fail_memory(err);
    memcpy(all, rows->remarks ? rows->remarks : all, rows->n_remarks * sizeof *all);
    memcpy(all + rows->n_remarks, prepared->remarks, prepared->n_remarks * sizeof *all);
    rows->remarks = all;
    rows->n_remarks += prepared->n_remarks;
    return FSC_OK;
}

/* ---- by level ---- */

typedef struct by_level {
    fsci_arena *arena;
    const fsci_call *call;
    const fsci_column *by; /* categories */
    fsci_rows *rows;
    bool *keep;      /* [rows] those of one level */
    fsc_table *done; /* of the levels so far */
    fsc_error *err;
} by_level;

/* Takes the table over, below those of the levels before. */
static fsc_status stack_level(by_level *b, fsc_table *table)
{
    fsc_table *both = table;
    fsc_status status = b->done ? fsci_table_stack(b->done, table, &both, b->err) : FSC_OK;
    if (b->done) {
        fsci_table_free(b->done);
        fsci_table_free(table);
    }
    b->done = both;
    return status;
}

static fsc_status prepare_level(by_level *b, uint32_t level)
{
    size_t n = fsci_table_rows(b->rows->table), kept = 0;
    fsc_table *part;
    fsci_prepared prepared;
    for (size_t i = 0; i < n; i++)
        kept += b->keep[i] = b->by->codes[i] == level;
    if (!kept)
        return FSC_OK;
    FSCI_TRY(fsci_table_take(b->rows->table, b->keep, &part, b->err));
    fsc_status status = fsci_prepare_run(b->arena, b->call, part, load, &prepared, b->err);
    fsci_table_free(part);
    if (status == FSC_EINPUT && b->err) {
        fsc_error inner = *b->err;
        return fsci_fail(b->err, status, "%s %s: %.800s", b->by->name, b->by->levels[level],
                         inner.message);
    }
    FSCI_TRY(status);
    for (size_t i = 0; i < prepared.n_remarks; i++)
        prepared.remarks[i].text = fsci_format(b->arena, "%s %s: %s", b->by->name,
                                               b->by->levels[level], prepared.remarks[i].text);
    FSCI_TRY(stack_level(b, prepared.table));
    return add_remarks(b->arena, b->rows, &prepared, b->err);
}

/* The operator on the rows of each level of `by`, whose fits are then of tables of their own. */
static fsc_status run_by_level(fsci_arena *arena, const fsci_call *call, const char *by,
                               fsci_rows *rows, fsc_error *err)
{
    by_level b = {.arena = arena, .call = call, .rows = rows, .err = err};
    FSCI_TRY(fsci_table_as_categories(arena, rows->table, by, &b.by, err));
    b.keep = FSCI_NEW(arena, bool, fsci_table_rows(rows->table));
    if (!b.keep)
        return fsci_fail_memory(err);
    fsci_table_keep_kinds(rows->table);
    fsc_status status = FSC_OK;
    for (uint32_t level = 0; level < b.by->n_levels && status == FSC_OK; level++)
        status = prepare_level(&b, level);
    if (status == FSC_OK && b.done)
        replace(rows, b.done);
    else
        fsci_table_free(b.done);
    return status;
}

static fsc_status run_whole(fsci_arena *arena, const fsci_call *call, fsci_rows *rows,
                            fsc_error *err)
{
    fsci_prepared prepared;
    FSCI_TRY(fsci_prepare_run(arena, call, rows->table, load, &prepared, err));
    replace(rows, prepared.table);
    return add_remarks(arena, rows, &prepared, err);
}

/* The column of the law that a column of the table is bound to; NULL for none. */
static const fsci_law_column *meaning_of(const fsc_law *law, const fsci_settings_list *map,
                                         const fsc_table *table, const char *name)
{
    for (size_t i = 0; i < law->columns.n; i++)
        if (!strcmp(bound_column(law, map, table, law->columns.items[i].name), name))
            return &law->columns.items[i];
    return NULL;
}

/* Marks the rows that have cells outside a domain, or refuses the first. */
static fsc_status mark_outside(const fsci_law_column *about, const fsci_column *column,
                               const fsc_table *table, bool drop, bool *keep, fsc_error *err)
{
    for (size_t row = 0; row < fsci_table_rows(table); row++) {
        if (isnan(column->numbers[row]) || fsci_domain_holds(&about->domain, column->numbers[row]))
            continue;
        if (!drop)
            return fsci_bind_refuse(table, about, column, row, err);
        keep[row] = false;
    }
    return FSC_OK;
}

/* What an operator works on is inside the domains before it does: it may pass by a row that is not,
 * or choose it for being so, and the fit would never know. */
static fsc_status check_domains(fsci_arena *arena, const fsci_call *call, const fsc_law *law,
                                const fsci_settings_list *map, bool drop, fsci_rows *rows,
                                fsc_error *err)
{
    size_t n = fsci_table_rows(rows->table), kept = 0;
    bool *keep = FSCI_NEW(arena, bool, n + 1);
    fsc_table *smaller;
    if (!keep)
        return fsci_fail_memory(err);
    memset(keep, true, n);
    for (size_t i = 0; i < call->n_columns; i++) {
        const fsci_law_column *about = meaning_of(law, map, rows->table, call->columns[i]);
        const fsci_column *column = fsci_table_find(rows->table, call->columns[i]);
        if (about && column && column->kind == FSCI_COLUMN_NUMBERS)
            FSCI_TRY(mark_outside(about, column, rows->table, drop, keep, err));
    }
    for (size_t i = 0; i < n; i++)
        kept += keep[i];
    if (kept == n)
        return FSC_OK;
    FSCI_TRY(fsci_table_take(rows->table, keep, &smaller, err));
    replace(rows, smaller);
    rows->dropped[rows->n_dropped++] = (fsci_dropped){fsci_rule_outside, n - kept};
    return FSC_OK;
}

/* How a table is prepared for a fit. */
typedef struct preparation {
    const char *by; /* the column of --by, by whose levels a fit is made; NULL: none */
    const fsc_law *law;
    fsci_settings_list map;
    bool drop_bad;
} preparation;

static fsc_status apply(fsci_arena *arena, const char *text, const preparation *how,
                        fsci_rows *rows, fsc_error *err)
{
    const char *by = how->by;
    const fsc_law *law = how->law;
    const fsci_settings_list *map = &how->map;
    fsci_call call;
    size_t before = fsci_table_rows(rows->table);
    const char *expression = fsci_call_condition(arena, text);
    if (expression) {
        FSCI_TRY(keep_where(arena, expression, law, map, rows, err));
        note_step(rows, text, before);
        return FSC_OK;
    }
    FSCI_TRY(fsci_call_parse(arena, text, &call, err));
    if (law)
        FSCI_TRY(bind(law, map, rows->table, &call, err));
    if (law && fsci_prepare_done(&call, rows->table))
        return FSC_OK;
    if (law && !fsci_prepare_combines(&call))
        FSCI_TRY(check_domains(arena, &call, law, map, how->drop_bad, rows, err));
    before = fsci_table_rows(rows->table);
    FSCI_TRY(by ? run_by_level(arena, &call, by, rows, err) : run_whole(arena, &call, rows, err));
    note_step(rows, by ? fsci_format(arena, "%s by %s", text, by) : text, before);
    return FSC_OK;
}

static fsc_status apply_all(fsci_arena *arena, const fsc_args *args, const fsc_law *law,
                            fsci_rows *rows, fsc_error *err)
{
    size_t given = 0;
    while (fsc_args_get(args, "prepare", given))
        given++;
    size_t n = given ? given : law ? law->prepare.n : 0;
    if (!n || (given == 1 && !strcmp(fsc_args_get(args, "prepare", 0), "none")))
        return FSC_OK;
    fsci_dropped *dropped = FSCI_NEW(arena, fsci_dropped, rows->n_dropped + 2 * n);
    rows->steps = FSCI_NEW(arena, const char *, n);
    if (!dropped || !rows->steps)
        return fsci_fail_memory(err);
    memcpy(dropped, rows->dropped, rows->n_dropped * sizeof *dropped);
    rows->dropped = dropped;
    preparation how = {
        .by = fsci_args_text(args, "by"), .law = law, .drop_bad = fsci_args_flag(args, "drop-bad")};
    if (law)
        FSCI_TRY(fsci_args_map(args, arena, &how.map, err));
    for (size_t i = 0; i < n; i++) {
        const char *text = given ? fsc_args_get(args, "prepare", i) : law->prepare.items[i];
        FSCI_TRY(apply(arena, text, &how, rows, err));
    }
    return FSC_OK;
}

fsc_status fsci_rows_prepare(fsci_arena *arena, const fsc_args *args, const fsc_law *law,
                             fsci_rows *rows, fsc_error *err)
{
    FSCI_TRY(apply_all(arena, args, law, rows, err));
    return fsci_rows_group(args, rows, err);
}

void fsci_rows_prepared(fsci_arena *arena, const fsci_rows *rows, fsci_json *record)
{
    if (!rows->n_steps)
        return;
    fsci_json *list = fsci_json_set_array(arena, record, "prepared");
    for (size_t i = 0; i < rows->n_steps; i++)
        fsci_json_push(list, fsci_json_string(arena, rows->steps[i]));
    for (size_t i = 0; i < rows->n_remarks; i++)
        fsci_record_warn(arena, record, rows->remarks[i].code, "%s", rows->remarks[i].text);
}
