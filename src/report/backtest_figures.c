/* The figures of a backtest, from its `overall`, `wins` and `methods`. */
#include "record/figure.h"
#include "report/backtest.h"
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"

#include <math.h>
#include <string.h>

enum { ROW = 18, FRAME = 120, MOST_METHODS = 64 };

/* ---- methods from the best to the worst -------------------------------------------------- */

typedef struct ranking {
    const fsci_json *rows[MOST_METHODS]; /* of the headline splits, least error first */
    size_t n;
} ranking;

static ranking rank_methods(const fsci_json *record)
{
    ranking r = {.n = 0};
    FSCI_JSON_EACH (row, fsci_json_get(record, "overall")) {
        if (strcmp(words(row, "split"), "headline") || r.n == MOST_METHODS ||
            fsci_backtest_never_applied(row))
            continue;
        size_t at = r.n++;
        for (; at > 0 && number(row, "mse") < number(r.rows[at - 1], "mse"); at--)
            r.rows[at] = r.rows[at - 1];
        r.rows[at] = row;
    }
    return r;
}

/* Methods as categories of an axis, the best at the top of an upright one. */
static void name_methods(fsci_arena *arena, const ranking *r, bool best_last, fsci_json *axis)
{
    fsci_json *names = fsci_json_set_array(arena, axis, "categories");
    for (size_t i = 0; i < r->n; i++)
        fsci_json_push(names,
                       fsci_json_string(arena, words(r->rows[best_last ? r->n - 1 - i : i], "id")));
}

static void set_height(fsci_arena *arena, const ranking *r, fsci_json *figure)
{
    fsci_json_set_number(arena, figure, "height", FRAME + ROW * (double)r->n);
}

/* ---- skill ------------------------------------------------------------------------------- */

static void add_skill(fsci_arena *arena, const ranking *r, const char *choice, fsci_json *figures)
{
    fsci_json *figure = fsci_figure_add(
        arena, figures, "error", "Error by method, headline splits together",
        "Root of the geometric mean of squared errors; the other marks: worst target and split.");
    fsci_figure_axis(arena, figure, "x", "error, share of the scale from chance to perfect", NULL,
                     "log");
    name_methods(arena, r, true, fsci_figure_axis(arena, figure, "y", "", NULL, "linear"));
    set_height(arena, r, figure);
    fsci_json *mean = fsci_figure_series(arena, figure, "all targets", "points", NULL);
    fsci_json *worst = fsci_figure_series(arena, figure, "worst target", "points", "open");
    fsci_json *own = fsci_figure_series(arena, figure, choice, "points", "strong");
    for (size_t i = 0; i < r->n; i++) {
        double y = (double)(r->n - i);
        bool chosen = !strcmp(words(r->rows[i], "id"), choice);
        fsci_figure_point(arena, chosen ? own : mean, sqrt(number(r->rows[i], "mse")), y);
        fsci_figure_point(arena, worst, sqrt(number(r->rows[i], "worst")), y);
        if (!strcmp(words(r->rows[i], "id"), "persistence"))
            fsci_figure_mark(arena, figure, "vline", sqrt(number(r->rows[i], "mse")),
                             "persistence");
    }
}

/* ---- intervals --------------------------------------------------------------------------- */

static void add_coverage(fsci_arena *arena, const ranking *r, const char *choice,
                         fsci_json *figures)
{
    fsci_json *figure = fsci_figure_add(
        arena, figures, "coverage", "What 95 % intervals held, and how wide they are",
        "Means over targets and headline splits; good is near the line and to the left.");
    fsci_figure_axis(arena, figure, "x", "mean width", NULL, "linear");
    fsci_figure_axis(arena, figure, "y", "share held", NULL, "linear");
    fsci_figure_mark(arena, figure, "hline", 0.95, "95 %");
    fsci_json *series[] = {fsci_figure_series(arena, figure, "methods", "points", NULL),
                           fsci_figure_series(arena, figure, choice, "points", "strong")};
    fsci_json_set_string(arena, series[0], "label", "points");
    fsci_json_set_string(arena, series[1], "label", "points");
    for (size_t i = 0; i < r->n; i++) {
        fsci_json *points = series[!strcmp(words(r->rows[i], "id"), choice)];
        if (isnan(number(r->rows[i], "coverage")))
            continue;
        fsci_figure_point(arena, points, number(r->rows[i], "width"),
                          number(r->rows[i], "coverage"));
        fsci_append_text(arena, points, "labels", words(r->rows[i], "id"));
    }
}

/* ---- wins -------------------------------------------------------------------------------- */

static size_t place_of(const fsci_json *methods, const char *id)
{
    size_t i = 0;
    FSCI_JSON_EACH (name, methods) {
        if (!strcmp(name->string ? name->string : "", id))
            break;
        i++;
    }
    return i;
}

static const fsci_json *item(const fsci_json *list, size_t i)
{
    const fsci_json *at = list ? list->first : NULL;
    while (at && i--)
        at = at->next;
    return at;
}

static void add_cell(fsci_arena *arena, fsci_json *const series[2], double x, double y,
                     double share, const char *tip)
{
    fsci_json *into = series[share < 0.5];
    fsci_figure_point(arena, into, x, y);
    fsci_append_number(arena, into, "z", 2 * fabs(share - 0.5));
    fsci_append_text(arena, into, "names", tip);
}

static void add_wins(fsci_arena *arena, const fsci_json *record, const ranking *r,
                     fsci_json *figures)
{
    const fsci_json *wins = fsci_json_get(record, "wins"),
                    *methods = fsci_json_get(wins, "methods");
    fsci_json *figure = fsci_figure_add(
        arena, figures, "wins", "Which method has the smaller error",
        fsci_format(arena,
                    "Each square: how often the method at its left beats the one below, over %.0f "
                    "targets and headline splits.",
                    number(wins, "n")));
    fsci_json *x =
        fsci_figure_axis(arena, figure, "x", "methods, from the best to the worst", NULL, "linear");
    fsci_json_set_number(arena, x, "min", 0.4);
    fsci_json_set_number(arena, x, "max", (double)r->n + 0.6);
    name_methods(arena, r, true, fsci_figure_axis(arena, figure, "y", "", NULL, "linear"));
    set_height(arena, r, figure);
    fsci_json *series[] = {fsci_figure_series(arena, figure, "wins more often", "cells", NULL),
                           fsci_figure_series(arena, figure, "loses more often", "cells", NULL)};
    for (size_t a = 0; a < r->n; a++)
        for (size_t b = 0; b < r->n; b++) {
            const char *own = words(r->rows[a], "id"), *other = words(r->rows[b], "id");
            const fsci_json *share =
                item(item(fsci_json_get(wins, "share"), place_of(methods, own)),
                     place_of(methods, other));
            if (share && share->kind == FSCI_JSON_NUMBER)
                add_cell(
                    arena, series, (double)(b + 1), (double)(r->n - a), share->number,
                    fsci_format(arena, "%s against %s: %.0f %%", own, other, 100 * share->number));
        }
}

/* ---- distance ---------------------------------------------------------------------------- */

enum { BINS = 4 };

/* Which of the four bins a row of by_distance is: they are told apart by where they begin. */
static int bin_of(const fsci_json *row, const char *by)
{
    static const double begins[2][BINS - 1] = {{0, 0.5, 1}, {0, 6, 12}};
    double from = number(row, "from");
    const double *edges = begins[!strcmp(by, "months")];
    int bin = 0;
    while (bin < BINS - 1 && from >= edges[bin])
        bin++;
    return isnan(from) ? 0 : bin;
}

typedef struct sum {
    double n, squares;
} sum;

static void add_part(const fsci_json *record, const char *id, const char *by, int bin, sum *total)
{
    FSCI_JSON_EACH (method, fsci_json_get(record, "methods"))
        if (!strcmp(words(method, "id"), id))
            FSCI_JSON_EACH (row, fsci_json_get(method, "by_distance"))
                if (!strcmp(words(row, "by"), by) && bin_of(row, by) == bin) {
                    total->n += number(row, "n");
                    total->squares += number(row, "n") * number(row, "rmse") * number(row, "rmse");
                }
}

/* Over all rows of the bin, of one record or of all of a study. */
static sum sum_at(const fsci_json *record, const char *id, const char *by, int bin)
{
    sum total = {0, 0};
    add_part(record, id, by, bin, &total);
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        add_part(part, id, by, bin, &total);
    return total;
}

static double error_at(const fsci_json *record, const char *id, const char *by, int bin)
{
    sum total = sum_at(record, id, by, bin);
    return total.n > 0 ? sqrt(total.squares / total.n) : NAN;
}

static void add_distance(fsci_arena *arena, const fsci_json *record, const ranking *r,
                         const char *by, const char *label, const char *const names[BINS],
                         fsci_json *figures)
{
    static const char *const shown[] = {"published-3", "persistence", "flops", "date"};
    const char *choice = words(fsci_json_get(record, "recommended"), "id");
    const char *ids[sizeof shown / sizeof *shown + 1] = {choice};
    fsci_json *figure = NULL;
    memcpy(ids + 1, shown, sizeof shown);
    if (r->n == 0 || isnan(error_at(record, choice, by, BINS - 1)))
        return;
    figure = fsci_figure_add(arena, figures, fsci_format(arena, "by-%s", by),
                             fsci_format(arena, "Error by %s", label),
                             "Root mean square over all splits.");
    fsci_json *x = fsci_figure_axis(arena, figure, "x", label, NULL, "linear");
    fsci_figure_axis(arena, figure, "y", "error", NULL, "linear");
    fsci_json *categories = fsci_json_set_array(arena, x, "categories");
    for (int bin = 0; bin < BINS; bin++)
        fsci_json_push(categories,
                       fsci_json_string(arena, fsci_format(arena, "%s (n = %.0f)", names[bin],
                                                           sum_at(record, choice, by, bin).n)));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (isnan(error_at(record, ids[i], by, BINS - 1)))
            continue;
        fsci_json *series = fsci_figure_series(arena, figure, ids[i], "line", "marked");
        for (int bin = 0; bin < BINS; bin++)
            fsci_figure_point(arena, series, bin + 1, error_at(record, ids[i], by, bin));
    }
}

const fsci_json *fsci_backtest_figures(fsci_arena *arena, const fsci_json *record)
{
    static const char *const capability[] = {"inside", "0 to 0.5", "0.5 to 1", "more than 1"};
    static const char *const months[] = {"before", "0 to 6", "6 to 12", "more than 12"};
    const char *choice = words(fsci_json_get(record, "recommended"), "id");
    fsci_json *figures = fsci_json_array(arena);
    if (fsci_json_get(record, "objective")) /* of laws, which bring their own */
        return fsci_record_figures(arena, record);
    ranking r = rank_methods(record);
    if (r.n < 2)
        return figures;
    add_skill(arena, &r, choice, figures);
    add_coverage(arena, &r, choice, figures);
    add_wins(arena, record, &r, figures);
    add_distance(arena, record, &r, "capability",
                 "capability above the best training model, in deviations", capability, figures);
    add_distance(arena, record, &r, "decades", "compute above the largest training model, decades",
                 capability, figures);
    add_distance(arena, record, &r, "months", "months after the newest training model", months,
                 figures);
    return figures;
}
