#include "api/samples.h"

#include "api/passing.h"
#include "api/tally.h"
#include "table/cell.h"
#include "table/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM, N, C, CORRECT, GROUP, SIZE, CLUSTER, STOP, N_ROLES };

/* Groups of several columns: pairs of a group of the columns before and a level of the next one,
 * numbered in order of appearance. */
typedef struct pairing {
    fsci_tally pairs; /* the number of a cell is the pair's */
    const char **labels;
    size_t room;
} pairing;

typedef struct counting {
    fsci_metric_run *run;
    const char *file;
    fsci_tally tally;
    double *sizes; /* of groups */
    size_t n_sizes;
    const fsci_batch_column *role[N_ROLES];
    const char **by; /* columns of --group A,B,...; the first has the role GROUP */
    const fsci_batch_column **by_column;
    pairing *pairings; /* [n_by - 1] */
    size_t n_by;
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
    if (role == GROUP && t->n_by)
        return !strcmp(t->by[0], name);
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
    for (size_t i = 0; i < t->n_by; i++)
        if (!strcmp(t->by[i], name))
            return FSCI_WANT_KEYS;
    fsci_want want = FSCI_WANT_NOTHING;
    for (int role = 0; role < N_ROLES && want != FSCI_WANT_KEYS; role++)
        if (fits(t, role, name))
            want = about(t, role)->kind == FSCI_METRIC_KEY ? FSCI_WANT_KEYS : FSCI_WANT_NUMBERS;
    return want;
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
        const char *named = role == GROUP && t->n_by ? t->by[0] : NULL;
        for (size_t i = 0; i < t->run->map.n; i++)
            if (!strcmp(t->run->map.items[i].name, about(t, role)->role))
                named = t->run->map.items[i].value;
        if (named && !t->role[role])
            return fsci_fail(err, FSC_EINPUT, "%s has no column '%s', which is to be %s", t->file,
                             named, about(t, role)->role);
    }
    for (size_t i = 0; i < t->n_by; i++)
        if (!t->by_column[i])
            return fsci_fail(err, FSC_EINPUT, "%s has no column '%s' to group by", t->file,
                             t->by[i]);
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
    for (size_t b = 0; b < t->n_by; b++) {
        t->by_column[b] = NULL;
        for (size_t i = 0; i < batch->n_columns; i++)
            if (!strcmp(batch->columns[i].name, t->by[b]))
                t->by_column[b] = &batch->columns[i];
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

static fsc_status bad(const counting *t, const fsci_batch *batch, size_t row,
                      const fsci_batch_column *column, const char *what, fsc_error *err)
{
    return fsci_fail_row(err, FSC_EINPUT, (int64_t)row, "%s, line %lld, column %s: %s", t->file,
                         (long long)batch->lines[row], column->name, what);
}

/* A cell of a column of numbers, which groups may be made of too; NaN when it is empty or text. */
static double number_of(const fsci_batch_column *c, size_t row)
{
    double value = NAN;
    if (c->numbers)
        return c->numbers[row];
    if (c->codes[row] != FSCI_MISSING_CODE) {
        const fsci_level *level = &c->levels[c->codes[row]];
        if (!fsci_cell_number(level->text, level->length, &value))
            value = NAN;
    }
    return value;
}

/* The whole number of one cell. */
static fsc_status count_of(const counting *t, const fsci_batch *batch, size_t row, int role,
                           double most, double *value, fsc_error *err)
{
    *value = number_of(t->role[role], row);
    if (*value >= 0 && *value <= most && *value == floor(*value))
        return FSC_OK;
    if (isnan(*value))
        return bad(t, batch, row, t->role[role], "the cell is empty or no number", err);
    return bad(t, batch, row, t->role[role],
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
                       ? bad(t, batch, row, t->role[STOP],
                             "no success, so it did not end at one; write capped", err)
                       : FSC_OK;
        }
    return bad(t, batch, row, t->role[STOP], "fixed, until or capped is wanted", err);
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
    double size = number_of(t->role[SIZE], row);
    if (isnan(t->sizes[group]))
        t->sizes[group] = size;
    else if (size != t->sizes[group])
        t->sizes[group] = INFINITY; /* not one size */
    return FSC_OK;
}

static const char *level_text(const fsci_batch_column *c, uint32_t code)
{
    return c->levels[code].text;
}

/* The number of the group that `group` and a level of the column after it make. */
static fsc_status pair_up(counting *t, pairing *p, const pairing *before, uint32_t *group,
                          const fsci_batch_column *c, uint32_t code, fsc_error *err)
{
    size_t known = p->pairs.n;
    const fsci_tally_cell *pair = fsci_tally_find(&p->pairs, *group, code);
    if (!pair)
        return fsci_fail_memory(err);
    uint32_t number = p->pairs.last;
    if (p->pairs.n > known) {
        const char **labels = p->labels;
        if (number >= p->room) {
            p->room = 2 * p->room + 64;
            labels = realloc(p->labels, p->room * sizeof *labels);
        }
        if (!labels)
            return fsci_fail_memory(err);
        p->labels = labels;
        labels[number] =
            fsci_format(t->run->arena, "%s / %s",
                        before ? before->labels[*group] : level_text(t->by_column[0], *group),
                        level_text(c, code));
        if (!labels[number])
            return fsci_fail_memory(err);
    }
    *group = number;
    return FSC_OK;
}

static fsc_status group_of(counting *t, const fsci_batch *batch, size_t row, uint32_t *group,
                           fsc_error *err)
{
    *group = t->role[GROUP] ? t->role[GROUP]->codes[row] : 0;
    if (*group == FSCI_MISSING_CODE)
        return bad(t, batch, row, t->role[GROUP], "the cell is empty", err);
    for (size_t i = 1; i < t->n_by; i++) {
        uint32_t code = t->by_column[i]->codes[row];
        if (code == FSCI_MISSING_CODE)
            return bad(t, batch, row, t->by_column[i], "the cell is empty", err);
        FSCI_TRY(pair_up(t, &t->pairings[i - 1], i > 1 ? &t->pairings[i - 2] : NULL, group,
                         t->by_column[i], code, err));
    }
    return FSC_OK;
}

static fsc_status add_row(counting *t, const fsci_batch *batch, size_t row, fsc_error *err)
{
    uint32_t item = t->role[ITEM]->codes[row], group;
    double n = 1, c;
    fsci_stop_rule stop;
    if (item == FSCI_MISSING_CODE)
        return bad(t, batch, row, t->role[ITEM], "the cell is empty", err);
    FSCI_TRY(group_of(t, batch, row, &group, err));
    if (t->role[CORRECT]) {
        FSCI_TRY(count_of(t, batch, row, CORRECT, 1, &c, err));
    } else {
        FSCI_TRY(count_of(t, batch, row, N, 9e15, &n, err));
        FSCI_TRY(count_of(t, batch, row, C, n, &c, err));
    }
    FSCI_TRY(stop_of(t, batch, row, c, &stop, err));
    FSCI_TRY(note_size(t, row, group, err));
    fsci_tally_cell *found = fsci_tally_find(&t->tally, group, item);
    if (!found)
        return fsci_fail_memory(err);
    uint32_t cluster = t->role[CLUSTER] ? t->role[CLUSTER]->codes[row] : UINT32_MAX;
    if (t->role[CLUSTER] && found->n > 0 && cluster != found->cluster)
        return bad(t, batch, row, t->role[CLUSTER], "this item was in another cluster before", err);
    found->cluster = cluster;
    found->stop = stop;
    found->n += n;
    found->c += c;
    return FSC_OK;
}

/* The rows some way ahead are in no order: their cells are asked for now. */
static void look_ahead(const counting *t, const fsci_batch *batch, size_t row)
{
    enum { FAR = 16, NEAR = 8 };
    const uint32_t *item = t->role[ITEM]->codes;
    const uint32_t *group = t->role[GROUP] ? t->role[GROUP]->codes : NULL;
    if (row + FAR < batch->n_rows)
        fsci_tally_far(&t->tally, group ? group[row + FAR] : 0, item[row + FAR]);
    if (row + NEAR < batch->n_rows)
        fsci_tally_near(&t->tally, group ? group[row + NEAR] : 0, item[row + NEAR]);
}

static fsc_status take(void *context, const fsci_batch *batch, fsc_error *err)
{
    counting *t = context;
    FSCI_TRY(find_roles(t, batch, err));
    for (size_t row = 0; row < batch->n_rows; row++) {
        if (fsci_tally_lost(&t->tally) && t->n_by < 2)
            look_ahead(t, batch, row);
        FSCI_TRY(add_row(t, batch, row, err));
    }
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
    if (t->n_by > 1) {
        const pairing *last = &t->pairings[t->n_by - 2];
        t->n_groups = last->pairs.n;
        t->group_names =
            fsci_copy_array(t->run->arena, last->labels, t->n_groups, sizeof *t->group_names);
    } else {
        t->group_names = copy_levels(t->run->arena, t->groups, t->n_groups);
    }
}

static void forget(void *context)
{
    counting *t = context;
    fsci_tally_free(&t->tally);
    free(t->sizes);
    t->sizes = NULL;
    t->n_sizes = 0;
    for (size_t i = 0; t->pairings && i + 1 < t->n_by; i++) {
        fsci_tally_free(&t->pairings[i].pairs);
        free(t->pairings[i].labels);
        t->pairings[i] = (pairing){0};
    }
}

/* ---- counts to groups ---------------------------------------------------------------------------
 */

/* All cells that have samples, those of a group together in order of appearance. */
typedef struct sorted_cells {
    const char **item;
    double *n, *c;
    fsci_stop_rule *stop;
    uint32_t *cluster;
    size_t *first; /* [n_groups + 1] */
} sorted_cells;

static fsc_status sort_cells(counting *t, sorted_cells *s, fsc_error *err)
{
    fsci_arena *a = t->run->arena;
    size_t cells = t->tally.n;
    *s =
        (sorted_cells){FSCI_NEW(a, const char *, cells + 1), FSCI_NEW(a, double, cells + 1),
                       FSCI_NEW(a, double, cells + 1),       FSCI_NEW(a, fsci_stop_rule, cells + 1),
                       FSCI_NEW(a, uint32_t, cells + 1),     FSCI_NEW(a, size_t, t->n_groups + 2)};
    if (!s->item || !s->n || !s->c || !s->stop || !s->cluster || !s->first)
        return fsci_fail_memory(err);
    size_t *at = s->first + 1; /* where group g goes on; first[g + 1] in the end */
    for (size_t i = 0; i < cells; i++)
        at[t->tally.cells[i].group + 1] += t->tally.cells[i].n > 0;
    for (size_t g = 1; g <= t->n_groups; g++)
        at[g] += at[g - 1];
    for (size_t i = 0; i < cells; i++) {
        const fsci_tally_cell *x = &t->tally.cells[i];
        if (x->n == 0)
            continue;
        size_t to = at[x->group]++;
        s->item[to] = t->item_names[x->item];
        s->n[to] = x->n;
        s->c[to] = x->c;
        s->stop[to] = x->stop;
        s->cluster[to] = x->cluster;
    }
    return FSC_OK;
}

static void make_group(const counting *t, const sorted_cells *s, size_t g, fsci_samples *samples)
{
    size_t from = s->first[g], items = s->first[g + 1] - from;
    double size = g < t->n_sizes && isfinite(t->sizes[g]) ? t->sizes[g] : NAN;
    if (items)
        samples->groups[samples->n_groups++] =
            (fsci_samples_group){t->group_names[g],
                                 size,
                                 items,
                                 s->item + from,
                                 s->n + from,
                                 s->c + from,
                                 s->stop + from,
                                 samples->clustered ? s->cluster + from : NULL};
}

static fsc_status make_groups(counting *t, fsci_samples *samples, fsc_error *err)
{
    sorted_cells cells;
    samples->groups = FSCI_NEW(t->run->arena, fsci_samples_group, t->n_groups + 1);
    if (!samples->groups || !t->item_names || !t->group_names)
        return fsci_fail_memory(err);
    samples->clustered = t->role[CLUSTER] != NULL;
    samples->stop_column = t->role[STOP] != NULL;
    samples->stopped = samples->stop_column || t->default_until;
    FSCI_TRY(sort_cells(t, &cells, err));
    for (size_t g = 0; g < t->n_groups; g++)
        make_group(t, &cells, g, samples);
    samples->n_empty = t->tally.n - cells.first[t->n_groups];
    if (!samples->n_groups)
        return fsci_fail(err, FSC_EINPUT, "%s has no samples: every n is 0", t->file);
    if (samples->n_empty)
        fsci_record_warn(t->run->arena, t->run->root, "W-EMPTY-ITEMS",
                         "%zu items without a sample are left out", samples->n_empty);
    return FSC_OK;
}

static fsc_status find_groups(counting *t, fsc_error *err)
{
    fsci_arena *a = t->run->arena;
    FSCI_TRY(fsci_args_list(t->run->args, "group", a, &t->by, &t->n_by, err));
    t->by_column = FSCI_NEW(a, const fsci_batch_column *, t->n_by + 1);
    t->pairings = FSCI_NEW(a, pairing, t->n_by + 1);
    return t->by_column && t->pairings ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_samples_read(fsci_metric_run *run, fsci_samples *samples, fsc_error *err)
{
    const char *slash = strrchr(run->path, '/');
    counting t = {.run = run, .file = slash ? slash + 1 : run->path};
    if (!strcmp(run->path, "-"))
        t.file = "standard input";
    const fsci_passing to = {{&t, choose, take, keep_names}, forget};
    t.default_until = fsci_metric_is(run, "stop", "until");
    *samples = (fsci_samples){0};
    fsc_status status = find_groups(&t, err);
    if (status == FSC_OK)
        status = fsci_passing_read(run->arena, run->args, run->path, &to, run->inputs, run->root,
                                   &samples->n_rows, err);
    if (status == FSC_OK)
        status = make_groups(&t, samples, err);
    forget(&t);
    return status;
}
