#include "api/passing.h"

#include "api/rows.h"
#include "api/source.h"
#include "base/number.h"
#include "table/cell.h"
#include "table/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A --let or a --where. */
typedef struct rule {
    const char *text, *name; /* name: the new column's, NULL of a condition */
    fsci_formula *formula;
    size_t dropped;    /* rows, of a condition */
    fsci_levels texts; /* of a new column that is a key */
} rule;

/* A column of the file that formulas use. A key of nothing but numbers is numbers to a formula. */
typedef struct watched {
    const char *name;
    const char **texts; /* of the levels so far, where it is text */
    double *values;     /* of the levels so far, where it is numbers */
    size_t n, room;
    bool text, settled;
} watched;

typedef struct passing {
    fsci_arena *arena;
    const fsci_passing *to;
    rule *lets, *wheres;
    size_t n_lets, n_wheres;
    watched *watched;
    size_t n_watched;
    bool clash; /* a new column has the name of one of the file */
    size_t n_left;
} passing;

static fsc_status undecided(const char *column, fsc_error *err)
{
    return fsci_fail(err, FSC_EINPUT, "column %s is numbers and text", column);
}

/* ---- what formulas need -----------------------------------------------------------------------
 */

static watched *find_watched(const passing *p, const char *name)
{
    for (size_t i = 0; i < p->n_watched; i++)
        if (!strcmp(p->watched[i].name, name))
            return &p->watched[i];
    return NULL;
}

static bool is_added(const passing *p, const char *name)
{
    for (size_t i = 0; i < p->n_lets; i++)
        if (!strcmp(p->lets[i].name, name))
            return true;
    return false;
}

static fsc_status watch(passing *p, const fsci_formula *formula, fsc_error *err)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(p->arena, formula, &names);
    watched *all = FSCI_NEW(p->arena, watched, p->n_watched + n + 1);
    if (!all)
        return fsci_fail_memory(err);
    if (p->n_watched)
        memcpy(all, p->watched, p->n_watched * sizeof *all);
    p->watched = all;
    for (size_t i = 0; i < n; i++)
        if (!is_added(p, names[i].name) && !find_watched(p, names[i].name))
            all[p->n_watched++] = (watched){.name = names[i].name};
    return FSC_OK;
}

static fsc_status find_rules(passing *p, const fsc_args *args, fsc_error *err)
{
    fsci_settings_list lets;
    FSCI_TRY(fsci_args_pairs(args, "let", p->arena, &lets, err));
    while (fsc_args_get(args, "where", p->n_wheres))
        p->n_wheres++;
    p->lets = FSCI_NEW(p->arena, rule, lets.n + 1);
    p->wheres = FSCI_NEW(p->arena, rule, p->n_wheres + 1);
    if (!p->lets || !p->wheres)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < lets.n; i++) {
        rule *r = &p->lets[i];
        *r = (rule){.text = lets.items[i].value, .name = lets.items[i].name};
        FSCI_TRY(fsci_rows_formula(p->arena, "--let", r->text, false, &r->formula, err));
        FSCI_TRY(watch(p, r->formula, err));
        p->n_lets++;
    }
    for (size_t i = 0; i < p->n_wheres; i++) {
        rule *r = &p->wheres[i];
        *r = (rule){.text = fsc_args_get(args, "where", i)};
        FSCI_TRY(fsci_rows_formula(p->arena, "--where", r->text, true, &r->formula, err));
        FSCI_TRY(watch(p, r->formula, err));
    }
    return FSC_OK;
}

static fsci_want choose(void *context, const char *name)
{
    passing *p = context;
    p->clash = p->clash || is_added(p, name);
    fsci_want want = p->to->reader.choose(p->to->reader.context, name);
    if (want == FSCI_WANT_NOTHING && find_watched(p, name))
        return FSCI_WANT_EITHER;
    return want;
}

/* ---- one batch to a scope of formulas ---------------------------------------------------------
 */

static bool grow_watched(watched *w, size_t n)
{
    if (n <= w->room)
        return true;
    size_t room = n + n / 2 + 64;
    const char **texts = realloc(w->texts, room * sizeof *texts);
    if (!texts)
        return false;
    w->texts = texts;
    double *values = realloc(w->values, room * sizeof *values);
    if (!values)
        return false;
    w->values = values;
    w->room = room;
    return true;
}

/* Takes the levels that are new; whether the column is text may be decided by the first batch. */
static fsc_status learn_levels(watched *w, const fsci_batch_column *c, fsc_error *err)
{
    bool text = w->text;
    if (!grow_watched(w, c->n_levels))
        return fsci_fail_memory(err);
    for (; w->n < c->n_levels; w->n++) {
        const fsci_level *level = &c->levels[w->n];
        w->texts[w->n] = level->text;
        text |= !fsci_cell_number(level->text, level->length, &w->values[w->n]);
    }
    if (text != w->text && w->settled)
        return undecided(c->name, err);
    w->text = text;
    w->settled = w->n > 0;
    return FSC_OK;
}

static fsc_status symbol_of(fsci_arena *scratch, watched *w, const fsci_batch_column *c, size_t n,
                            fsci_symbol *symbol, fsc_error *err)
{
    *symbol = (fsci_symbol){.name = c->name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = c->numbers};
    if (c->numbers)
        return FSC_OK;
    FSCI_TRY(learn_levels(w, c, err));
    if (w->text) {
        *symbol = (fsci_symbol){.name = c->name,
                                .kind = FSCI_SYMBOL_CODES,
                                .codes = c->codes,
                                .levels = w->texts,
                                .n_levels = w->n};
        return FSC_OK;
    }
    double *numbers = FSCI_NEW(scratch, double, n);
    if (!numbers)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        numbers[i] = c->codes[i] == FSCI_MISSING_CODE ? NAN : w->values[c->codes[i]];
    symbol->numbers = numbers;
    return FSC_OK;
}

static fsc_status make_scope(passing *p, fsci_arena *scratch, const fsci_batch *batch,
                             fsci_scope *scope, fsc_error *err)
{
    fsci_symbol *symbols = FSCI_NEW(scratch, fsci_symbol, p->n_watched + p->n_lets + 1);
    *scope = (fsci_scope){.symbols = symbols, .n_rows = batch->n_rows};
    if (!symbols)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < batch->n_columns; i++) {
        const fsci_batch_column *c = &batch->columns[i];
        watched *w = find_watched(p, c->name);
        if (w)
            FSCI_TRY(symbol_of(scratch, w, c, batch->n_rows, &symbols[scope->n_symbols++], err));
    }
    return FSC_OK;
}

static fsc_status add_columns(const passing *p, fsci_arena *scratch, fsci_scope *scope,
                              fsc_error *err)
{
    fsci_symbol *symbols = (fsci_symbol *)scope->symbols;
    for (size_t i = 0; i < p->n_lets; i++) {
        double *values = FSCI_NEW(scratch, double, scope->n_rows);
        if (!values)
            return fsci_fail_memory(err);
        FSCI_TRY(fsci_rows_values(scratch, p->lets[i].formula, scope, values, err));
        symbols[scope->n_symbols++] =
            (fsci_symbol){.name = p->lets[i].name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = values};
    }
    return FSC_OK;
}

/* The rows that every condition keeps: kept[*n]. */
static fsc_status select_rows(passing *p, fsci_arena *scratch, const fsci_scope *scope,
                              size_t *kept, size_t *n, fsc_error *err)
{
    double *values = FSCI_NEW(scratch, double, scope->n_rows);
    if (!values)
        return fsci_fail_memory(err);
    *n = scope->n_rows;
    for (size_t i = 0; i < *n; i++)
        kept[i] = i;
    for (size_t r = 0; r < p->n_wheres; r++) {
        size_t before = *n;
        FSCI_TRY(fsci_rows_values(scratch, p->wheres[r].formula, scope, values, err));
        *n = 0;
        for (size_t i = 0; i < before; i++)
            if (values[kept[i]] != 0 && !isnan(values[kept[i]]))
                kept[(*n)++] = kept[i];
        p->wheres[r].dropped += before - *n;
    }
    return FSC_OK;
}

/* ---- the rows that are left -------------------------------------------------------------------
 */

static fsc_status keys_of_numbers(fsci_arena *arena, fsci_levels *texts, const double *numbers,
                                  size_t n, uint32_t *codes, fsc_error *err)
{
    char text[FSCI_NUMBER_TEXT];
    for (size_t i = 0; i < n; i++) {
        bool again = i && numbers[i] == numbers[i - 1];
        codes[i] = again ? codes[i - 1] : FSCI_MISSING_CODE;
        if (again || isnan(numbers[i]))
            continue;
        codes[i] = fsci_levels_add(texts, arena, text, fsci_number_write(numbers[i], text));
        if (codes[i] == UINT32_MAX)
            return fsci_fail_memory(err);
    }
    return FSC_OK;
}

static fsc_status gather(fsci_arena *scratch, const fsci_batch_column *from, const size_t *rows,
                         size_t n, fsci_batch_column *to, fsc_error *err)
{
    double *numbers = from->numbers ? FSCI_NEW(scratch, double, n + 1) : NULL;
    uint32_t *codes = from->codes ? FSCI_NEW(scratch, uint32_t, n + 1) : NULL;
    if (!numbers && !codes)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n && numbers; i++)
        numbers[i] = from->numbers[rows[i]];
    for (size_t i = 0; i < n && codes; i++)
        codes[i] = from->codes[rows[i]];
    *to = *from;
    to->numbers = numbers;
    to->codes = codes;
    return FSC_OK;
}

static fsc_status gather_added(passing *p, fsci_arena *scratch, rule *let, const double *values,
                               const size_t *rows, size_t n, fsci_batch_column *to, fsc_error *err)
{
    const fsci_batch_column from = {.name = let->name, .numbers = values};
    FSCI_TRY(gather(scratch, &from, rows, n, to, err));
    if (p->to->reader.choose(p->to->reader.context, let->name) != FSCI_WANT_KEYS)
        return FSC_OK;
    uint32_t *codes = FSCI_NEW(scratch, uint32_t, n + 1);
    if (!codes)
        return fsci_fail_memory(err);
    FSCI_TRY(keys_of_numbers(p->arena, &let->texts, to->numbers, n, codes, err));
    *to = (fsci_batch_column){
        .name = let->name, .codes = codes, .n_levels = let->texts.n, .levels = let->texts.items};
    return FSC_OK;
}

static fsc_status hand_over(passing *p, fsci_arena *scratch, const fsci_batch *batch,
                            const fsci_scope *scope, const size_t *rows, size_t n, fsc_error *err)
{
    const fsci_stream_reader *reader = &p->to->reader;
    fsci_batch_column *columns =
        FSCI_NEW(scratch, fsci_batch_column, batch->n_columns + p->n_lets + 1);
    int64_t *lines = FSCI_NEW(scratch, int64_t, n + 1);
    fsci_batch left = {.n_rows = n, .columns = columns, .lines = lines};
    if (!columns || !lines)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        lines[i] = batch->lines[rows[i]];
    for (size_t i = 0; i < batch->n_columns; i++)
        if (reader->choose(reader->context, batch->columns[i].name) != FSCI_WANT_NOTHING)
            FSCI_TRY(gather(scratch, &batch->columns[i], rows, n, &columns[left.n_columns++], err));
    for (size_t i = 0; i < p->n_lets; i++) {
        const double *values = scope->symbols[scope->n_symbols - p->n_lets + i].numbers;
        if (reader->choose(reader->context, p->lets[i].name) != FSCI_WANT_NOTHING)
            FSCI_TRY(gather_added(p, scratch, &p->lets[i], values, rows, n,
                                  &columns[left.n_columns++], err));
    }
    p->n_left += n;
    return reader->take(reader->context, &left, err);
}

static fsc_status pass(passing *p, fsci_arena *scratch, const fsci_batch *batch, fsc_error *err)
{
    fsci_scope scope;
    size_t n = 0, *rows = FSCI_NEW(scratch, size_t, batch->n_rows + 1);
    if (!rows)
        return fsci_fail_memory(err);
    if (p->clash)
        return fsci_fail(err, FSC_EINPUT, "a new column has a name that is taken");
    FSCI_TRY(make_scope(p, scratch, batch, &scope, err));
    FSCI_TRY(add_columns(p, scratch, &scope, err));
    FSCI_TRY(select_rows(p, scratch, &scope, rows, &n, err));
    return hand_over(p, scratch, batch, &scope, rows, n, err);
}

static fsc_status take(void *context, const fsci_batch *batch, fsc_error *err)
{
    fsci_arena *scratch = fsci_arena_new();
    if (!scratch)
        return fsci_fail_memory(err);
    fsc_status status = pass(context, scratch, batch, err);
    fsci_arena_free(scratch);
    return status;
}

static void done(void *context)
{
    const passing *p = context;
    p->to->reader.done(p->to->reader.context);
}

/* ---- the whole table --------------------------------------------------------------------------
 */

static fsc_status column_of(fsci_arena *arena, const fsc_table *table, const fsci_column *c,
                            fsci_want want, fsci_levels *texts, fsci_batch_column *out,
                            fsc_error *err)
{
    size_t n = fsci_table_rows(table);
    *out = (fsci_batch_column){.name = c->name, .numbers = c->numbers};
    if (want == FSCI_WANT_NUMBERS)
        return c->numbers ? FSC_OK : fsci_table_not_numbers(table, c, err);
    uint32_t *codes = c->numbers ? FSCI_NEW(arena, uint32_t, n) : NULL;
    if (c->numbers && !codes)
        return fsci_fail_memory(err);
    if (c->numbers)
        FSCI_TRY(keys_of_numbers(arena, texts, c->numbers, n, codes, err));
    fsci_level *levels = FSCI_NEW(arena, fsci_level, c->n_levels + 1);
    if (!levels)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n_levels; i++)
        levels[i] = (fsci_level){.text = c->levels[i], .length = (uint32_t)strlen(c->levels[i])};
    out->numbers = NULL;
    out->codes = codes ? codes : c->codes;
    out->levels = codes ? texts->items : levels;
    out->n_levels = codes ? texts->n : c->n_levels;
    return FSC_OK;
}

static fsc_status take_whole(fsci_arena *arena, const fsc_table *table, const fsci_passing *to,
                             fsci_levels *texts, fsc_error *err)
{
    size_t rows = fsci_table_rows(table), n = fsci_table_columns(table);
    fsci_batch_column *columns = FSCI_NEW(arena, fsci_batch_column, n + 1);
    int64_t *lines = FSCI_NEW(arena, int64_t, rows);
    fsci_batch batch = {.n_rows = rows, .columns = columns, .lines = lines};
    if (!columns || !lines)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++)
        lines[i] = fsci_table_line(table, i);
    for (size_t i = 0; i < n; i++) {
        const fsci_column *c = fsci_table_column(table, i);
        fsci_want want = to->reader.choose(to->reader.context, c->name);
        if (want != FSCI_WANT_NOTHING)
            FSCI_TRY(column_of(arena, table, c, want, &texts[i], &columns[batch.n_columns++], err));
    }
    return to->reader.take(to->reader.context, &batch, err);
}

/* All rows at once, by way of a table in memory. */
static fsc_status read_whole(fsci_arena *arena, const fsc_args *args, fsc_table *table,
                             const fsci_passing *to, fsci_json *record, size_t *n_read,
                             fsc_error *err)
{
    fsci_rows rows;
    *n_read = fsci_table_rows(table);
    FSCI_TRY(fsci_rows_own(arena, args, table, &rows, err));
    size_t n = fsci_table_columns(rows.table);
    fsci_levels *texts = FSCI_NEW(arena, fsci_levels, n + 1);
    to->restart(to->reader.context);
    fsc_status status =
        texts ? take_whole(arena, rows.table, to, texts, err) : fsci_fail_memory(err);
    to->reader.done(to->reader.context);
    for (size_t i = 0; i < n && texts; i++)
        fsci_levels_free(&texts[i]);
    if (status == FSC_OK)
        fsci_rows_describe(arena, &rows, record);
    fsci_rows_free(&rows);
    return status;
}

/* ---- either way --------------------------------------------------------------------------------
 */

static void describe(const passing *p, size_t n_read, fsci_json *record)
{
    fsci_json *data = fsci_json_set_object(p->arena, record, "data");
    fsci_json_set_number(p->arena, data, "rows_read", (double)n_read);
    fsci_json_set_number(p->arena, data, "rows_used", (double)p->n_left);
    fsci_json *list = fsci_json_set_array(p->arena, data, "dropped");
    for (size_t i = 0; i < p->n_wheres; i++) {
        if (!p->wheres[i].dropped)
            continue;
        fsci_json *item = fsci_json_push(list, fsci_json_object(p->arena));
        fsci_json_set_string(p->arena, item, "rule",
                             fsci_format(p->arena, "--where %s", p->wheres[i].text));
        fsci_json_set_number(p->arena, item, "rows", (double)p->wheres[i].dropped);
    }
}

static void close_rules(passing *p)
{
    for (size_t i = 0; i < p->n_lets; i++)
        fsci_levels_free(&p->lets[i].texts);
    for (size_t i = 0; i < p->n_watched; i++) {
        free(p->watched[i].texts);
        free(p->watched[i].values);
    }
}

static fsc_status read_batches(passing *p, const fsci_source_bytes *source,
                               const fsci_table_options *options, size_t *n_read, fsc_error *err)
{
    const fsci_stream_reader filter = {p, choose, take, done};
    bool plain = !p->n_lets && !p->n_wheres;
    FSCI_TRY(fsci_table_stream(source->name, &source->input, options,
                               plain ? &p->to->reader : &filter, n_read, err));
    if (plain)
        p->n_left = *n_read;
    return p->n_left ? FSC_OK : fsci_fail(err, FSC_EINPUT, "no row is left");
}

fsc_status fsci_passing_read(fsci_arena *arena, const fsc_args *args, const char *path,
                             const fsci_passing *to, fsci_json *inputs, fsci_json *record,
                             size_t *n_read, fsc_error *err)
{
    passing p = {.arena = arena, .to = to};
    fsci_source_bytes source;
    const fsci_table_options options = {.hash_comments = fsci_args_flag(args, "comments"),
                                        .table = fsci_args_text(args, "table")};
    FSCI_TRY(fsci_source_bytes_open(path, &source, err));
    fsc_status status = find_rules(&p, args, err);
    if (status == FSC_OK)
        status = read_batches(&p, &source, &options, n_read, err);
    if (status == FSC_OK)
        describe(&p, *n_read, record);
    close_rules(&p);
    if ((status == FSC_EINPUT || status == FSC_EUSAGE) && (p.n_lets || p.n_wheres)) {
        fsc_table *table;
        status = fsci_table_parse(source.name, source.input.data, source.input.length, &options,
                                  &table, err);
        if (status == FSC_OK)
            status = read_whole(arena, args, table, to, record, n_read, err);
    }
    fsci_source_bytes_close(&source);
    if (status == FSC_OK)
        fsci_source_provenance(arena, path, *n_read, inputs);
    return status;
}
