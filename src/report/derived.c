/* Derived quantities of a fit or a prediction, and how the intervals of their record are said. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

/* "95 % bootstrap (by row)", or of another method. */
static const char *intervals_by(fsci_arena *arena, const fsci_json *record, const char *method)
{
    const fsci_json *intervals = fsci_json_get(record, "intervals");
    const char *unit = string(intervals, "unit");
    double level = number(intervals, "level");
    const char *text = isfinite(level) ? fsci_say_percent(arena, level) : "interval";
    text = fsci_joined(arena, text, " ", method);
    const char *cluster = string(intervals, "cluster"), *kind = string(intervals, "kind");
    if (cluster && unit)
        unit = strcmp(unit, "clusters") ? fsci_format(arena, "%s, then rows", cluster) : cluster;
    if (kind && strcmp(kind, "percentile") != 0)
        unit = fsci_joined(arena, kind, ", by ", unit);
    else
        unit = unit ? fsci_format(arena, "by %s", unit) : NULL;
    return unit ? fsci_format(arena, "%s (%s)", text, unit) : text;
}

const char *fsci_interval_title(fsci_arena *arena, const fsci_json *record)
{
    return intervals_by(arena, record, string(fsci_json_get(record, "intervals"), "method"));
}

/* NULL, so that the column is left out, when the fit has no intervals at all. */
const char *fsci_interval_of(fsci_arena *arena, const fsci_json *record, const fsci_json *quantity)
{
    if (!string(fsci_json_get(record, "intervals"), "method"))
        return NULL;
    double lo = number(quantity, "lo"), hi = number(quantity, "hi"),
           value = number(quantity, "value");
    const char *unit = string(quantity, "unit");
    bool no_lo = string(quantity, "lo_open"), no_hi = string(quantity, "hi_open");
    if (no_lo && isfinite(hi))
        return fsci_format(arena, "up to %s", fsci_say_quantity(arena, hi, hi - value, unit));
    if (no_hi && isfinite(lo))
        return fsci_format(arena, "from %s", fsci_say_quantity(arena, lo, value - lo, unit));
    return fsci_say_range(arena, lo, hi, value, unit);
}

static bool is_ambiguous(const fsci_json *quantity)
{
    return !strcmp(words(quantity, "status"), "ambiguous");
}

static const char *value(fsci_arena *arena, const fsci_json *quantity)
{
    if (is_ambiguous(quantity))
        return "not identified";
    double resolution = fsci_resolution(number(quantity, "value"), number(quantity, "se"),
                                        number(quantity, "lo"), number(quantity, "hi"));
    return fsci_say_quantity(arena, number(quantity, "value"), resolution,
                             string(quantity, "unit"));
}

/* ---- one point ---- */

typedef struct context {
    const fsci_json *record, *columns; /* columns: units of the arguments */
    fsci_view *view;
} context;

static const char *arguments_of(const context *c, const fsci_json *item)
{
    const char *text =
        fsci_say_arguments(c->view->arena, fsci_json_get(item, "arguments"), c->columns);
    return text ? text : "";
}

/* Whether two quantities take arguments of the same names. */
static bool same_question(const fsci_json *a, const fsci_json *b)
{
    const fsci_json *x = fsci_json_get(a, "arguments"), *y = fsci_json_get(b, "arguments");
    if (fsci_json_count(x) != fsci_json_count(y))
        return false;
    FSCI_JSON_EACH (argument, x)
        if (!fsci_json_get(y, argument->key))
            return false;
    return true;
}

static bool same_value(const fsci_json *a, const fsci_json *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == FSCI_JSON_STRING ? !strcmp(a->string, b->string) : a->number == b->number;
}

static bool same_point(const fsci_json *a, const fsci_json *b)
{
    if (!same_question(a, b))
        return false;
    const fsci_json *other = fsci_json_get(b, "arguments");
    FSCI_JSON_EACH (argument, fsci_json_get(a, "arguments"))
        if (!same_value(argument, fsci_json_get(other, argument->key)))
            return false;
    return true;
}

/* The quantities at one point, which `from` is the first of: one row each. */
static void add_quantities(const context *c, const fsci_json *from, const char *caption)
{
    fsci_arena *arena = c->view->arena;
    const fsci_column columns[] = {{"quantity", FSCI_LEFT},
                                   {"value", FSCI_LEFT},
                                   {fsci_interval_title(arena, c->record), FSCI_LEFT},
                                   {"", FSCI_ASIDE}};
    fsci_grid *grid = FSCI_VIEW_GRID(c->view, caption, columns);
    for (const fsci_json *item = from; item; item = item->next)
        if (same_point(from, item))
            fsci_grid_add(c->view, grid,
                          (const char *[]){
                              string(item, "name"), value(arena, item),
                              is_ambiguous(item) ? NULL : fsci_interval_of(arena, c->record, item),
                              string(item, "meaning")});
}

/* Where the loss at a compute is nearly the least; NULL when it is not known. */
static const fsci_json *region_of(const context *c, const fsci_json *at)
{
    const fsci_json *arguments = fsci_json_get(at, "arguments");
    double C = number(arguments, "C");
    FSCI_JSON_EACH (region, fsci_json_get(c->record, "flat_regions"))
        if (fsci_json_count(arguments) == 1 && number(region, "C") == C)
            return region;
    return NULL;
}

/* "1.81 B to 5.88 B parameters": three digits, as the ends are no sharper than the fit. */
static const char *say_region(const context *c, const fsci_json *region)
{
    fsci_arena *arena = c->view->arena;
    double lo = number(region, "lo"), hi = number(region, "hi");
    return fsci_format(arena, "%s to %s", fsci_say_amount(arena, lo, 0.1 * lo, "param"),
                       fsci_say_quantity(arena, hi, 0.1 * hi, "param"));
}

/* "; 95 % local intervals: 1.2 B to 1.9 B and 4.0 B to 6.5 B parameters". */
static const char *say_ends(const context *c, const fsci_json *region)
{
    fsci_arena *arena = c->view->arena;
    double of[4];
    const char *own = string(region, "method");
    static const char *const keys[] = {"lo_lo", "lo_hi", "hi_lo", "hi_hi"};
    for (int i = 0; i < 4; i++)
        if (!isfinite(of[i] = number(region, keys[i])))
            return "";
    return fsci_format(arena, " The ends lie between %s and %s, and %s and %s (%s).",
                       fsci_say_amount(arena, of[0], 0.1 * of[0], "param"),
                       fsci_say_quantity(arena, of[1], 0.1 * of[1], "param"),
                       fsci_say_amount(arena, of[2], 0.1 * of[2], "param"),
                       fsci_say_quantity(arena, of[3], 0.1 * of[3], "param"),
                       own ? intervals_by(arena, c->record, own)
                           : fsci_interval_title(arena, c->record));
}

static void add_region(const context *c, const fsci_json *from)
{
    fsci_arena *arena = c->view->arena;
    const fsci_json *region = region_of(c, from);
    double factor = number(region, "factor");
    if (isfinite(factor))
        fsci_view_add(c->view, FSCI_SENTENCE, NULL,
                      fsci_format(arena,
                                  "Sizes of %s, a factor of %s, have a loss within %s of the "
                                  "least at that compute.%s",
                                  say_region(c, region), fsci_say_digits(arena, factor, 2),
                                  fsci_say_percent(arena, number(region, "within")),
                                  say_ends(c, region)));
}

static void add_point(const context *c, const fsci_json *from)
{
    fsci_arena *arena = c->view->arena;
    const char *place = fsci_say_place(arena, number(from, "log10_beyond"));
    const char *at = fsci_format(arena, "At %s", arguments_of(c, from));
    fsci_view_add(c->view, FSCI_ANSWER, NULL,
                  fsci_format(arena, "%s:", fsci_joined(arena, at, ", ", place)));
    add_quantities(c, from, NULL);
    add_region(c, from);
}

/* ---- several points ---- */

static const char *title_of(const context *c, const fsci_json *item)
{
    const char *unit = fsci_unit_name(string(item, "unit"));
    return fsci_format(c->view->arena, "%s%s%s", words(item, "name"), *unit ? ", " : "", unit);
}

/* The quantity of that name at the point of `at`, with its interval. */
static const char *cell_of(const context *c, const fsci_json *at, const char *name)
{
    for (const fsci_json *item = at; item; item = item->next)
        if (!strcmp(words(item, "name"), name) && same_point(at, item))
            return is_ambiguous(item) ? "not identified"
                                      : fsci_say_estimate(c->view->arena, number(item, "value"),
                                                          number(item, "lo"), number(item, "hi"),
                                                          string(item, "unit"));
    return fsci_missing;
}

static bool is_first(const fsci_json *all, const fsci_json *item,
                     bool same(const fsci_json *, const fsci_json *))
{
    for (const fsci_json *before = all->first; before != item; before = before->next)
        if (same(before, item))
            return false;
    return true;
}

/* The columns of such a table: arguments, quantities, distance. */
static size_t point_columns(const context *c, const fsci_json *from, fsci_column *columns)
{
    size_t i = 0;
    FSCI_JSON_EACH (argument, fsci_json_get(from, "arguments"))
        columns[i++] = (fsci_column){argument->key, FSCI_LEFT};
    for (const fsci_json *item = from; item; item = item->next)
        if (same_point(from, item))
            columns[i++] = (fsci_column){title_of(c, item), FSCI_WRAP};
    columns[i++] = (fsci_column){"beyond the data", FSCI_WRAP};
    return i;
}

static void add_row(const context *c, const fsci_json *from, const fsci_json *at, fsci_grid *grid,
                    const char **cells)
{
    size_t i = 0;
    FSCI_JSON_EACH (argument, fsci_json_get(at, "arguments"))
        cells[i++] = fsci_say_input(c->view->arena, argument, c->columns);
    for (const fsci_json *item = from; item; item = item->next)
        if (same_point(from, item))
            cells[i++] = cell_of(c, at, words(item, "name"));
    cells[i] = fsci_say_decades(c->view->arena, number(at, "log10_beyond"));
    fsci_grid_add(c->view, grid, cells);
}

static void add_regions(const context *c, const fsci_json *all, const fsci_json *from)
{
    fsci_arena *arena = c->view->arena;
    static const fsci_column columns[] = {
        {"C", FSCI_LEFT}, {"sizes", FSCI_LEFT}, {"factor", FSCI_POINT}};
    const fsci_json *first = region_of(c, from);
    if (!first)
        return;
    fsci_view_add(c->view, FSCI_SENTENCE, NULL,
                  fsci_format(arena, "Sizes within %s of the least loss:",
                              fsci_say_percent(arena, number(first, "within"))));
    fsci_grid *grid = FSCI_VIEW_GRID(c->view, NULL, columns);
    for (const fsci_json *at = from; at; at = at->next) {
        const fsci_json *region = region_of(c, at);
        if (region && same_question(from, at) && is_first(all, at, same_point))
            fsci_grid_add(c->view, grid,
                          (const char *[]){fsci_say_digits(arena, number(region, "C"), 4),
                                           say_region(c, region),
                                           fsci_say_digits(arena, number(region, "factor"), 2)});
    }
}

/* One row for each point, a column for each quantity. */
static void add_points(const context *c, const fsci_json *all, const fsci_json *from, size_t n)
{
    fsci_arena *arena = c->view->arena;
    size_t room = fsci_json_count(fsci_json_get(from, "arguments")) + n + 1;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, room);
    const char **cells = FSCI_NEW(arena, const char *, room);
    if (!columns || !cells)
        return;
    size_t n_columns = point_columns(c, from, columns);
    fsci_view_add(c->view, FSCI_SENTENCE, NULL,
                  fsci_format(arena, "Quantities by %s, with %s intervals:", columns[0].title,
                              fsci_interval_title(arena, c->record)));
    fsci_grid *grid = fsci_view_grid(c->view, NULL, columns, n_columns);
    for (const fsci_json *at = from; at; at = at->next)
        if (same_question(from, at) && is_first(all, at, same_point))
            add_row(c, from, at, grid, cells);
    add_regions(c, all, from);
}

/* All that was asked by arguments of the names that `from`, the first of them, takes. */
static void add_question(const context *c, const fsci_json *all, const fsci_json *from)
{
    size_t n = 0, n_points = 0;
    for (const fsci_json *item = from; item; item = item->next) {
        n += same_point(from, item);
        n_points += same_question(from, item) && is_first(all, item, same_point);
    }
    if (n_points > 1)
        add_points(c, all, from, n);
    else
        add_point(c, from);
}

/* Those that take arguments are an answer, the others belong to the parameters. */
void fsci_view_derived(fsci_view *view, const fsci_json *record, const fsci_json *columns,
                       bool with_arguments)
{
    const fsci_json *all = fsci_json_get(record, "derived");
    const context c = {.record = record, .columns = columns, .view = view};
    FSCI_JSON_EACH (item, all) {
        bool asked = fsci_json_count(fsci_json_get(item, "arguments")) > 0;
        if (asked != with_arguments || !is_first(all, item, same_question))
            continue;
        if (asked)
            add_question(&c, all, item);
        else
            add_quantities(&c, item, "Derived quantities");
    }
}
