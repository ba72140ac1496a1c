/* The record of `metric NAME TABLE`: rows, then whatever named results there are. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 20, MOST_ROWS = 40 };

/* Members that the page shows elsewhere, or not as a table. */
static bool is_set_apart(const char *key)
{
    static const char *const apart[] = {"kind",    "schema",   "program",   "name",     "summary",
                                        "answer",  "data",     "columns",   "settings", "intervals",
                                        "figures", "warnings", "provenance"};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (!strcmp(apart[i], key))
            return true;
    return false;
}

/* "no_success" as words. */
static const char *title_of(fsci_arena *arena, const char *key)
{
    char *title = fsci_copy_string(arena, key);
    for (char *c = title; c && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return title;
}

static const char *cell_of(fsci_arena *arena, const fsci_json *value)
{
    if (!value)
        return NULL;
    if (value->kind == FSCI_JSON_NUMBER)
        return value->number == floor(value->number) && fabs(value->number) < 1e6
                   ? fsci_say_integer(arena, value->number)
                   : fsci_say_digits(arena, value->number, 4);
    if (value->kind == FSCI_JSON_NULL)
        return fsci_missing;
    if (value->kind == FSCI_JSON_ARRAY) {
        const char *list = NULL;
        FSCI_JSON_EACH (item, value)
            list = fsci_joined(arena, list, ", ", cell_of(arena, item));
        return list;
    }
    return fsci_say_scalar(arena, value);
}

static bool ends_in(const char *key, const char *ending)
{
    size_t n = strlen(key), m = strlen(ending);
    return n >= m && !strcmp(key + n - m, ending) && (n == m || key[n - m - 1] == '_');
}

/* "a" of "a_lo", "" of "lo". */
static const char *stem_of(fsci_arena *arena, const char *key)
{
    size_t n = strlen(key);
    return fsci_copy_text(arena, key, n > 3 ? n - 3 : 0);
}

/* Both ends stand in one column, that of "lo". */
static const char *interval_of(fsci_arena *arena, const fsci_json *row, const char *key)
{
    const char *stem = stem_of(arena, key);
    const char *upper = stem && *stem ? fsci_format(arena, "%s_hi", stem) : "hi";
    double lo = number(row, key), hi = upper ? number(row, upper) : NAN;
    if (isnan(lo) && isnan(hi))
        return NULL;
    return fsci_format(arena, "%s to %s", fsci_say_digits(arena, lo, 4),
                       fsci_say_digits(arena, hi, 4));
}

static bool is_table(const fsci_json *value)
{
    return value->kind == FSCI_JSON_ARRAY && value->first && value->first->kind == FSCI_JSON_OBJECT;
}

/* Columns of a list of objects, in order of appearance. */
typedef struct table {
    fsci_view *view;
    const fsci_json *list;
    size_t n;
    const char *keys[MOST_COLUMNS];
    fsci_column columns[MOST_COLUMNS];
    size_t width[MOST_COLUMNS];
} table;

static const char *table_cell(const table *t, const fsci_json *row, size_t i)
{
    return ends_in(t->keys[i], "lo") ? interval_of(t->view->arena, row, t->keys[i])
                                     : cell_of(t->view->arena, fsci_json_get(row, t->keys[i]));
}

static void add_column(table *t, const fsci_json *member, const char *interval)
{
    fsci_arena *arena = t->view->arena;
    size_t i = 0;
    if (ends_in(member->key, "hi"))
        return;
    while (i < t->n && strcmp(t->keys[i], member->key))
        i++;
    if (i < t->n || t->n == MOST_COLUMNS)
        return;
    bool range = ends_in(member->key, "lo");
    bool text = member->kind == FSCI_JSON_STRING || member->kind == FSCI_JSON_ARRAY;
    const char *title = title_of(arena, member->key);
    if (range)
        title = fsci_format(arena, "%s%s", title_of(arena, stem_of(arena, member->key)),
                            strlen(member->key) > 3 ? " interval" : interval);
    t->keys[t->n] = member->key;
    t->columns[t->n++] = (fsci_column){title, text ? FSCI_WRAP : range ? FSCI_LEFT : FSCI_POINT};
}

/* How many columns a terminal has room for, from the left; at least three. */
static size_t columns_with_room(table *t)
{
    const size_t room = 76, text = 24;
    size_t shown = 0, used = 0;
    for (size_t i = 0; i < t->n; i++)
        t->width[i] = t->columns[i].title ? strlen(t->columns[i].title) : 0;
    FSCI_JSON_EACH (row, t->list) {
        for (size_t i = 0; i < t->n; i++) {
            const char *cell = table_cell(t, row, i);
            size_t width = cell ? strlen(cell) : 0;
            if (t->columns[i].align == FSCI_WRAP && width > text)
                width = text;
            t->width[i] = width > t->width[i] ? width : t->width[i];
        }
        if (++shown == MOST_ROWS)
            break;
    }
    for (size_t i = 0; i < t->n; i++) {
        used += t->width[i] + 2;
        if (used > room && i >= 3)
            return i;
    }
    return t->n;
}

static void say_more(const table *t, size_t n, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *names = NULL;
    for (size_t i = n; i < t->n; i++)
        names = fsci_joined(arena, names, ", ", t->columns[i].title);
    size_t rows = fsci_json_count(t->list);
    if (names)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(arena, "Further columns, in --json: %s.", names));
    if (rows > MOST_ROWS)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(arena, "%zu more rows; --json gives all.", rows - MOST_ROWS));
}

static void add_table(fsci_view *view, const char *caption, const fsci_json *list,
                      const char *interval)
{
    const char *cells[MOST_COLUMNS];
    table t = {.view = view, .list = list};
    FSCI_JSON_EACH (row, list)
        FSCI_JSON_EACH (member, row)
            add_column(&t, member, interval);
    size_t n = columns_with_room(&t), shown = 0;
    fsci_view_add(view, FSCI_HEADING, NULL, caption);
    fsci_grid *grid = fsci_view_grid(view, NULL, t.columns, n);
    FSCI_JSON_EACH (row, list) {
        if (shown++ == MOST_ROWS)
            break;
        for (size_t i = 0; i < n; i++)
            cells[i] = table_cell(&t, row, i);
        fsci_grid_add(view, grid, cells);
    }
    say_more(&t, n, view);
}

static void add_object(fsci_view *view, const char *lead, const fsci_json *object)
{
    const char *text = NULL;
    FSCI_JSON_EACH (member, object)
        if (member->kind != FSCI_JSON_OBJECT && member->kind != FSCI_JSON_NULL)
            text = fsci_joined(view->arena, text, ", ",
                               fsci_format(view->arena, "%s %s", title_of(view->arena, member->key),
                                           cell_of(view->arena, member)));
    fsci_view_add(view, FSCI_ITEM, lead, text);
}

static void add_results(fsci_view *view, const fsci_json *record, const char *interval)
{
    FSCI_JSON_EACH (member, record) {
        if (is_set_apart(member->key) || !strcmp(member->key, "rows"))
            continue;
        const char *title = title_of(view->arena, member->key);
        if (is_table(member))
            add_table(view, title, member, interval);
        else if (member->kind == FSCI_JSON_OBJECT)
            add_object(view, title, member);
        else if (member->kind != FSCI_JSON_ARRAY || member->first)
            fsci_view_add(view, FSCI_ITEM, title, cell_of(view->arena, member));
    }
}

void fsci_metric_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *intervals = fsci_json_get(record, "intervals");
    const char *method = string(intervals, "method"), *interval = "interval";
    double level = number(intervals, "level"),
           rows = number(fsci_json_get(record, "data"), "rows_used");
    if (method && isfinite(level))
        interval = fsci_format(arena, "%s %s", fsci_say_percent(arena, level), method);
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, words(record, "name"), words(record, "summary"));
    if (title && isfinite(rows))
        title->aside = fsci_say_count(arena, rows, "row", "rows");
    FSCI_JSON_EACH (sentence, fsci_json_get(record, "answer"))
        fsci_view_add(view, FSCI_ANSWER, NULL, sentence->string);
    add_table(view, NULL, fsci_json_get(record, "rows"), interval);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_results(view, record, interval);
    add_object(view, "columns", fsci_json_get(record, "columns"));
    add_object(view, "settings", fsci_json_get(record, "settings"));
    add_object(view, "intervals", intervals);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

const fsci_json *fsci_metric_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "rows");
}

/* ---- what metrics there are -------------------------------------------------------------------
 */

static void add_columns(fsci_view *view, const fsci_json *metric)
{
    static const fsci_column columns[] = {
        {"column", FSCI_LEFT}, {"", FSCI_LEFT}, {"meaning", FSCI_WRAP}, {"also named", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Columns", columns);
    FSCI_JSON_EACH (c, fsci_json_get(metric, "columns")) {
        char *aliases = fsci_copy_string(view->arena, words(c, "aliases"));
        for (char *a = aliases; a && *a; a++)
            *a = *a == '|' ? ' ' : *a;
        fsci_grid_add(view, grid,
                      (const char *[]){words(c, "name"),
                                       fsci_json_get_bool(c, "needed", false) ? "needed" : "",
                                       words(c, "meaning"), aliases});
    }
}

static void add_settings(fsci_view *view, const fsci_json *metric)
{
    static const fsci_column columns[] = {
        {"--param", FSCI_LEFT}, {"default", FSCI_LEFT}, {"meaning", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Settings", columns);
    FSCI_JSON_EACH (s, fsci_json_get(metric, "settings"))
        fsci_grid_add(
            view, grid,
            (const char *[]){fsci_format(view->arena, "%s=%s", words(s, "name"), words(s, "value")),
                             words(s, "default"), words(s, "meaning")});
}

static void add_one(fsci_view *view, const fsci_json *metric)
{
    static const fsci_column columns[] = {{"result", FSCI_LEFT}, {"content", FSCI_WRAP}};
    fsci_view_add(view, FSCI_TITLE, words(metric, "id"), words(metric, "summary"));
    fsci_view_add(view, FSCI_SENTENCE, NULL, words(metric, "text"));
    add_columns(view, metric);
    add_settings(view, metric);
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Results", columns);
    FSCI_JSON_EACH (r, fsci_json_get(metric, "results"))
        fsci_grid_add(view, grid, (const char *[]){words(r, "name"), words(r, "content")});
    fsci_view_add(view, FSCI_ITEM, "source", words(metric, "source"));
    fsci_view_add(view, FSCI_ITEM, "example", words(metric, "example"));
}

void fsci_metrics_view(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"metric", FSCI_LEFT}, {"what it says", FSCI_WRAP}};
    const fsci_json *list = fsci_json_get(record, "metrics");
    if (list && list->first && fsci_json_get(list->first, "columns")) {
        add_one(view, list->first);
        return;
    }
    fsci_view_add(view, FSCI_TITLE, "metrics",
                  fsci_say_count(view->arena, (double)fsci_json_count(list), "metric", "metrics"));
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (metric, list)
        fsci_grid_add(view, grid, (const char *[]){words(metric, "id"), words(metric, "summary")});
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  "forescale metric NAME tells the columns, settings and results of one of them; "
                  "forescale metric NAME TABLE computes it.");
}
