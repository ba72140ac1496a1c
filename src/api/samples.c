#include "api/samples.h"

#include "api/source.h"
#include "table/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM, N, C, CORRECT, GROUP, SIZE, CLUSTER, STOP, N_ROLES };

/* One item of one group. */
typedef struct cell {
    uint32_t group, item, cluster;
    fsci_stop_rule stop;
    double n, c;
} cell;

typedef struct counting {
    fsci_metric_run *run;
    const char *file;
    cell *cells;
    size_t n_cells, room;
    uint32_t *slots; /* 1 + cell number; open addressing, at most half full */
    size_t n_slots;
    double *sizes; /* of groups */
    size_t n_sizes;
    const fsci_batch_column *role[N_ROLES];
    const fsci_level *items, *groups; /* texts, while the stream is open */
    const char **item_names, **group_names;
    size_t n_items, n_groups;
    bool default_until;
} counting;

static const fsci_metric_column *about(const counting *t, int role)
{
    return &t->run->metric->columns[role];
}

/* ---- which columns -------------------------------------------------------------------------- */

/* How well a column's name fits a role: 0 not at all; the smallest wins. */
static int fits(const counting *t, int role, const char *name)
{
    const fsci_metric_column *c = about(t, role);
    for (size_t i = 0; i < t->run->map.n; i++)
        if (!strcmp(t->run->map.items[i].name, c->role))
            return !strcmp(t->run->map.items[i].value, name);
    const char *group = role == GROUP ? fsc_args_get(t->run->args, "group", 0) : NULL;
    if (group)
        return !strcmp(group, name);
    if (!strcmp(c->role, name))
        return 1;
    int rank = 2;
    for (const char *a = c->aliases; a && *a; rank++) {
        size_t length = strcspn(a, "|");
        if (strlen(name) == length && !strncmp(a, name, length))
            return rank;
        a += length + (a[length] == '|');
    }
    return 0;
}

static fsci_want choose(void *context, const char *name)
{
    const counting *t = context;
    for (int role = 0; role < N_ROLES; role++)
        if (fits(t, role, name))
            return about(t, role)->kind == FSCI_METRIC_KEY ? FSCI_WANT_KEYS : FSCI_WANT_NUMBERS;
    return FSCI_WANT_NOTHING;
}

static fsc_status missing_role(const counting *t, int role, const fsci_batch *batch, fsc_error *err)
{
    const char *list = NULL;
    for (size_t i = 0; i < batch->n_columns; i++)
        list = fsci_format(t->run->arena, "%s%s%s", list ? list : "", list ? ", " : "",
                           batch->columns[i].name);
    return fsci_fail(
        err, FSC_EINPUT,
        "metric %s needs a column of %.100s: name it with --map %s=COLUMN (of %s these "
        "were recognised: %.200s)",
        t->run->metric->id, about(t, role)->meaning, about(t, role)->role, t->file,
        list ? list : "none");
}

/* Roles that the user named, and no column has the name. */
static fsc_status check_named(const counting *t, fsc_error *err)
{
    for (int role = 0; role < N_ROLES; role++) {
        const char *named = role == GROUP ? fsc_args_get(t->run->args, "group", 0) : NULL;
        for (size_t i = 0; i < t->run->map.n; i++)
            if (!strcmp(t->run->map.items[i].name, about(t, role)->role))
                named = t->run->map.items[i].value;
        if (named && !t->role[role])
            return fsci_fail(err, FSC_EINPUT, "%s has no column '%s', which is to be %s", t->file,
                             named, about(t, role)->role);
    }
    return FSC_OK;
}

static fsc_status find_roles(counting *t, const fsci_batch *batch, fsc_error *err)
{
    for (int role = 0; role < N_ROLES; role++) {
        int best = 0;
        t->role[role] = NULL;
        for (size_t i = 0; i < batch->n_columns; i++) {
            int fit = fits(t, role, batch->columns[i].name);
            if (fit && (!best || fit < best)) {
                best = fit;
                t->role[role] = &batch->columns[i];
            }
        }
    }
    FSCI_TRY(check_named(t, err));
    if (!t->role[ITEM])
        return missing_role(t, ITEM, batch, err);
    if (t->role[N] && !t->role[C]) /* beside a number of samples, "correct" counts them */
        t->role[C] = t->role[CORRECT];
    bool counts = t->role[N] && t->role[C];
    if (!counts && !t->role[CORRECT])
        return missing_role(t, t->role[C] ? N : t->role[N] ? C : CORRECT, batch, err);
    if (counts)
        t->role[CORRECT] = NULL;
    return FSC_OK;
}

/* ---- rows to counts ---------------------------------------------------------------------------
 */

static bool grow_slots(counting *t)
{
    size_t n = t->n_slots ? 2 * t->n_slots : 1024;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    for (size_t i = 0; i < t->n_cells; i++) {
        uint64_t key = (uint64_t)t->cells[i].group << 32 | t->cells[i].item;
        size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (n - 1);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    return true;
}

static cell *find_cell(counting *t, uint32_t group, uint32_t item)
{
    if (2 * (t->n_cells + 1) > t->n_slots && !grow_slots(t))
        return NULL;
    uint64_t key = (uint64_t)group << 32 | item;
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (t->n_slots - 1);
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        cell *found = &t->cells[t->slots[at] - 1];
        if (found->group == group && found->item == item)
            return found;
    }
    if (t->n_cells == t->room) {
        size_t room = t->room + t->room / 2 + 256;
        cell *cells = realloc(t->cells, room * sizeof *cells);
        if (!cells)
            return NULL;
        t->cells = cells;
        t->room = room;
    }
    t->cells[t->n_cells] = (cell){.group = group, .item = item, .cluster = UINT32_MAX};
    t->slots[at] = (uint32_t)++t->n_cells;
    return &t->cells[t->n_cells - 1];
}

static fsc_status bad(const counting *t, const fsci_batch *batch, size_t row, int role,
                      const char *what, fsc_error *err)
{
    return fsci_fail_row(err, FSC_EINPUT, (int64_t)row, "%s, line %lld, column %s: %s", t->file,
                         (long long)batch->lines[row], t->role[role]->name, what);
}

/* The whole number of one cell. */
static fsc_status count_of(const counting *t, const fsci_batch *batch, size_t row, int role,
                           double most, double *value, fsc_error *err)
{
    *value = t->role[role]->numbers[row];
    if (*value >= 0 && *value <= most && *value == floor(*value))
        return FSC_OK;
    if (isnan(*value))
        return bad(t, batch, row, role, "the cell is empty", err);
    return bad(t, batch, row, role,
               role == CORRECT ? "1 (right) or 0 (wrong) is wanted"
               : role == C     ? "more successes than samples, or no count"
                               : "no count; a whole number, 0 or more, is wanted",
               err);
}

static fsc_status stop_of(const counting *t, const fsci_batch *batch, size_t row, double c,
                          fsci_stop_rule *stop, fsc_error *err)
{
    static const char *const rules[] = {"fixed", "until", "capped"};
    *stop = !t->default_until ? FSCI_STOP_FIXED : c > 0 ? FSCI_STOP_UNTIL : FSCI_STOP_CAPPED;
    if (!t->role[STOP])
        return FSC_OK;
    uint32_t code = t->role[STOP]->codes[row];
    const char *text = code == FSCI_MISSING_CODE ? "" : t->role[STOP]->levels[code].text;
    for (int i = 0; i < 3; i++)
        if (!strncmp(text, rules[i], strlen(rules[i]))) {
            *stop = (fsci_stop_rule)i;
            return *stop == FSCI_STOP_UNTIL && c == 0
                       ? bad(t, batch, row, STOP,
                             "no success, so it did not end at one; write capped", err)
                       : FSC_OK;
        }
    return bad(t, batch, row, STOP, "fixed, until or capped is wanted", err);
}

static fsc_status note_size(counting *t, size_t row, uint32_t group, fsc_error *err)
{
    if (!t->role[SIZE])
        return FSC_OK;
    if (group >= t->n_sizes) {
        size_t n = 2 * (size_t)group + 16;
        double *sizes = realloc(t->sizes, n * sizeof *sizes);
        if (!sizes)
            return fsci_fail_memory(err);
        for (size_t i = t->n_sizes; i < n; i++)
            sizes[i] = NAN;
        t->sizes = sizes;
        t->n_sizes = n;
    }
    double size = t->role[SIZE]->numbers[row];
    if (isnan(t->sizes[group]))
        t->sizes[group] = size;
    else if (size != t->sizes[group])
        t->sizes[group] = INFINITY; /* not one size */
    return FSC_OK;
}

static fsc_status add_row(counting *t, const fsci_batch *batch, size_t row, fsc_error *err)
{
    uint32_t item = t->role[ITEM]->codes[row],
             group = t->role[GROUP] ? t->role[GROUP]->codes[row] : 0;
    double n = 1, c;
    fsci_stop_rule stop;
    if (item == FSCI_MISSING_CODE)
        return bad(t, batch, row, ITEM, "the cell is empty", err);
    if (group == FSCI_MISSING_CODE)
        return bad(t, batch, row, GROUP, "the cell is empty", err);
    if (t->role[CORRECT]) {
        FSCI_TRY(count_of(t, batch, row, CORRECT, 1, &c, err));
    } else {
        FSCI_TRY(count_of(t, batch, row, N, 9e15, &n, err));
        FSCI_TRY(count_of(t, batch, row, C, n, &c, err));
    }
    FSCI_TRY(stop_of(t, batch, row, c, &stop, err));
    FSCI_TRY(note_size(t, row, group, err));
    cell *found = find_cell(t, group, item);
    if (!found)
        return fsci_fail_memory(err);
    uint32_t cluster = t->role[CLUSTER] ? t->role[CLUSTER]->codes[row] : UINT32_MAX;
    if (t->role[CLUSTER] && found->n > 0 && cluster != found->cluster)
        return bad(t, batch, row, CLUSTER, "this item was in another cluster before", err);
    found->cluster = cluster;
    found->stop = stop;
    found->n += n;
    found->c += c;
    return FSC_OK;
}

static fsc_status take(void *context, const fsci_batch *batch, fsc_error *err)
{
    counting *t = context;
    FSCI_TRY(find_roles(t, batch, err));
    for (size_t row = 0; row < batch->n_rows; row++)
        FSCI_TRY(add_row(t, batch, row, err));
    t->items = t->role[ITEM]->levels;
    t->n_items = t->role[ITEM]->n_levels;
    t->groups = t->role[GROUP] ? t->role[GROUP]->levels : NULL;
    t->n_groups = t->role[GROUP] ? t->role[GROUP]->n_levels : 1;
    return FSC_OK;
}

static const char **copy_levels(fsci_arena *arena, const fsci_level *levels, size_t n)
{
    const char **names = FSCI_NEW(arena, const char *, n + 1);
    for (size_t i = 0; i < n && names; i++)
        names[i] = levels ? fsci_copy_text(arena, levels[i].text, levels[i].length) : "";
    return names;
}

/* Before the stream closes: the texts are its own. */
static void keep_names(void *context)
{
    counting *t = context;
    t->item_names = copy_levels(t->run->arena, t->items, t->n_items);
    t->group_names = copy_levels(t->run->arena, t->groups, t->n_groups);
}

/* ---- a table that is in memory ----------------------------------------------------------------
 */

static bool many_groups(const fsci_metric_run *run)
{
    const char *group = fsc_args_get(run->args, "group", 0);
    return group && (strchr(group, ',') || fsc_args_get(run->args, "group", 1));
}

static fsc_status key_column(fsci_metric_run *run, const char *name, const fsci_keys *keys,
                             fsci_batch_column *column, fsc_error *err)
{
    fsci_level *levels = FSCI_NEW(run->arena, fsci_level, keys->n);
    if (!levels)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < keys->n; k++)
        levels[k] = (fsci_level){keys->labels[k], strlen(keys->labels[k])};
    *column = (fsci_batch_column){
        .name = name, .codes = keys->codes, .n_levels = keys->n, .levels = levels};
    return FSC_OK;
}

/* --where, --let and groups of several columns need whole columns: one batch of all rows. */
static fsc_status from_table(counting *t, fsc_error *err)
{
    fsci_metric_run *run = t->run;
    const fsc_table *table = run->rows.table;
    size_t rows = fsci_table_rows(table), n = fsci_table_columns(table);
    fsci_batch_column *columns = FSCI_NEW(run->arena, fsci_batch_column, n + 1);
    int64_t *lines = FSCI_NEW(run->arena, int64_t, rows);
    fsci_batch batch = {.n_rows = rows, .columns = columns, .lines = lines};
    if (!columns || !lines)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++)
        lines[i] = fsci_table_line(table, i);
    for (size_t i = 0; i < n; i++) {
        const fsci_column *c = fsci_table_column(table, i);
        fsci_want want = choose(t, c->name);
        if (want == FSCI_WANT_NOTHING)
            continue;
        if (want == FSCI_WANT_NUMBERS && c->kind != FSCI_COLUMN_NUMBERS)
            return fsci_table_not_numbers(table, c, err);
        fsci_batch_column *b = &columns[batch.n_columns++];
        *b = (fsci_batch_column){.name = c->name, .numbers = c->numbers};
        if (want == FSCI_WANT_NUMBERS)
            continue;
        fsci_keys keys;
        FSCI_TRY(fsci_metric_column_keys(run, c, &keys, err));
        FSCI_TRY(key_column(run, c->name, &keys, b, err));
    }
    if (many_groups(run)) {
        fsci_keys keys;
        FSCI_TRY(fsci_metric_keys(run, "group", &keys, err));
        FSCI_TRY(key_column(run, fsc_args_get(run->args, "group", 0), &keys,
                            &columns[batch.n_columns++], err));
    }
    FSCI_TRY(take(t, &batch, err));
    keep_names(t);
    return FSC_OK;
}

/* ---- counts to groups ---------------------------------------------------------------------------
 */

static fsc_status make_group(counting *t, size_t group, size_t items, fsci_samples *samples,
                             fsc_error *err)
{
    fsci_arena *a = t->run->arena;
    const char **names = FSCI_NEW(a, const char *, items + 1);
    double *n = FSCI_NEW(a, double, items + 1), *c = FSCI_NEW(a, double, items + 1);
    fsci_stop_rule *stop = FSCI_NEW(a, fsci_stop_rule, items + 1);
    uint32_t *cluster = FSCI_NEW(a, uint32_t, items + 1);
    if (!names || !n || !c || !stop || !cluster)
        return fsci_fail_memory(err);
    size_t used = 0;
    for (size_t i = 0; i < t->n_cells; i++) {
        const cell *x = &t->cells[i];
        if (x->group != group || x->n == 0)
            continue;
        names[used] = t->item_names[x->item];
        n[used] = x->n;
        c[used] = x->c;
        stop[used] = x->stop;
        cluster[used++] = x->cluster;
    }
    double size = group < t->n_sizes && isfinite(t->sizes[group]) ? t->sizes[group] : NAN;
    samples->groups[samples->n_groups++] = (fsci_samples_group){
        t->group_names[group], size, used, names, n, c, stop, samples->clustered ? cluster : NULL};
    return FSC_OK;
}

static fsc_status make_groups(counting *t, fsci_samples *samples, fsc_error *err)
{
    size_t *items = FSCI_NEW(t->run->arena, size_t, t->n_groups + 1);
    samples->groups = FSCI_NEW(t->run->arena, fsci_samples_group, t->n_groups + 1);
    if (!items || !samples->groups || !t->item_names || !t->group_names)
        return fsci_fail_memory(err);
    samples->clustered = t->role[CLUSTER] != NULL;
    samples->stop_column = t->role[STOP] != NULL;
    samples->stopped = samples->stop_column || t->default_until;
    for (size_t i = 0; i < t->n_cells; i++) {
        items[t->cells[i].group] += t->cells[i].n > 0;
        samples->n_empty += t->cells[i].n == 0;
    }
    for (size_t g = 0; g < t->n_groups; g++)
        if (items[g])
            FSCI_TRY(make_group(t, g, items[g], samples, err));
    if (!samples->n_groups)
        return fsci_fail(err, FSC_EINPUT, "%s has no samples: every n is 0", t->file);
    if (samples->n_empty)
        fsci_record_warn(t->run->arena, t->run->root, "W-EMPTY-ITEMS",
                         "%zu items without a sample are left out", samples->n_empty);
    return FSC_OK;
}

static void free_counting(counting *t)
{
    free(t->cells);
    free(t->slots);
    free(t->sizes);
}

static void describe(counting *t, size_t rows)
{
    fsci_arena *a = t->run->arena;
    if (t->run->rows.table) {
        fsci_rows_describe(a, &t->run->rows, t->run->root);
        return;
    }
    fsci_source_provenance(a, t->run->path, rows, t->run->inputs);
    fsci_json *data = fsci_json_set_object(a, t->run->root, "data");
    fsci_json_set_number(a, data, "rows_read", (double)rows);
    fsci_json_set_number(a, data, "rows_used", (double)rows);
}

fsc_status fsci_samples_read(fsci_metric_run *run, fsci_samples *samples, fsc_error *err)
{
    const char *slash = strrchr(run->path, '/');
    counting t = {.run = run, .file = slash ? slash + 1 : run->path};
    const fsci_stream_reader reader = {&t, choose, take, keep_names};
    const fsci_table_options options = {.hash_comments = fsci_args_flag(run->args, "comments"),
                                        .table = fsci_args_text(run->args, "table")};
    t.default_until = fsci_metric_is(run, "stop", "until");
    *samples = (fsci_samples){0};
    bool whole = fsc_args_get(run->args, "where", 0) || fsc_args_get(run->args, "let", 0) ||
                 many_groups(run);
    fsc_status status = FSC_OK;
    size_t rows = 0;
    if (whole)
        status = fsci_rows_read(run->arena, run->args, run->path, run->inputs, &run->rows, err);
    if (status == FSC_OK)
        status = whole ? from_table(&t, err)
                       : fsci_source_stream(run->path, &options, &reader, &rows, err);
    if (status == FSC_OK) {
        samples->n_rows = whole ? fsci_table_rows(run->rows.table) : rows;
        describe(&t, samples->n_rows);
        status = make_groups(&t, samples, err);
    }
    free_counting(&t);
    return status;
}
