/* What a fit was put through: the largest runs held out, other choices, single runs left out. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

static bool same_change(const fsci_json *a, const fsci_json *b)
{
    return a && b && !strcmp(words(a, "change"), words(b, "change"));
}

/* The row of `quantity` among those of the change that begins at `from`. */
static const fsci_json *find_quantity(const fsci_json *from, const char *quantity)
{
    for (const fsci_json *row = from; row && same_change(from, row); row = row->next)
        if (!strcmp(words(row, "quantity"), quantity))
            return row;
    return NULL;
}

/* With digits down to a share `fineness` of the width of its interval. */
static const char *say(fsci_arena *arena, const fsci_json *headline, double value, double fineness)
{
    double width = number(headline, "hi") - number(headline, "lo");
    const char *unit = string(headline, "unit");
    if (fsci_unit_is_counted(unit))
        return fsci_say_amount(arena, value, NAN, unit);
    return fsci_say(arena, value, isfinite(width) ? fineness * width : NAN);
}

static const char *say_value(fsci_arena *arena, const fsci_json *headline, const fsci_json *row)
{
    const char *text = say(arena, headline, number(row, "value"), 0.25);
    bool out = fsci_json_get_bool(row, "outside", false);
    return out ? fsci_format(arena, "%s !", text) : text;
}

void fsci_view_sensitivity(fsci_view *view, const fsci_json *record)
{
    fsci_arena *arena = view->arena;
    const fsci_json *list = fsci_json_get(record, "sensitivity");
    const fsci_json *headlines = fsci_json_at(record, "headline.quantities");
    size_t n = fsci_json_count(headlines) + 2, c = 0;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!fsci_json_count(list) || !fsci_json_count(headlines) || !columns || !cells)
        return;
    columns[c] = (fsci_column){"what if", FSCI_WRAP};
    cells[c++] = "as fitted";
    columns[c] = (fsci_column){"rows", FSCI_RIGHT};
    cells[c++] = fsci_say_integer(arena, number(fsci_json_get(record, "data"), "rows_used"));
    FSCI_JSON_EACH (headline, headlines) {
        columns[c] = (fsci_column){words(headline, "quantity"), FSCI_LEFT};
        cells[c++] = say(arena, headline, number(headline, "value"), 0.25);
    }
    fsci_grid *grid = fsci_view_grid(view, "Other choices", columns, n);
    fsci_grid_add(view, grid, cells);
    const fsci_json *before = NULL;
    FSCI_JSON_EACH (row, list) {
        if (!same_change(before, row)) {
            cells[c = 0] = words(row, "change");
            cells[++c] = fsci_say_integer(arena, number(row, "rows"));
            FSCI_JSON_EACH (headline, headlines)
                cells[++c] =
                    say_value(arena, headline, find_quantity(row, words(headline, "quantity")));
            fsci_grid_add(view, grid, cells);
        }
        before = row;
    }
    fsci_view_add(view, FSCI_SENTENCE, NULL, "! outside the interval of the fit above");
}

static const char *say_range(fsci_arena *arena, const fsci_json *headline, const fsci_json *range)
{
    double lo = number(range, "lo"), hi = number(range, "hi");
    if (isnan(lo) && isnan(hi))
        return "–";
    return fsci_format(arena, "%s to %s", isnan(lo) ? "open" : say(arena, headline, lo, 0.1),
                       isnan(hi) ? "open" : say(arena, headline, hi, 0.1));
}

void fsci_view_side_by_side(fsci_view *view, const fsci_json *record)
{
    fsci_arena *arena = view->arena;
    const fsci_json *headlines = fsci_json_at(record, "headline.quantities");
    const fsci_json *first = headlines ? fsci_json_get(headlines->first, "by_method") : NULL;
    size_t n = fsci_json_count(first) + 1, c = 1;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    double level = number(fsci_json_get(record, "intervals"), "level");
    if (n < 3 || !columns || !cells)
        return;
    columns[0] = (fsci_column){"interval", FSCI_LEFT};
    FSCI_JSON_EACH (method, first)
        columns[c++] = (fsci_column){
            fsci_format(arena, "%s %s", fsci_say_percent(arena, level),
                        strcmp(method->key, "percentile") ? method->key : "bootstrap"),
            FSCI_LEFT};
    fsci_grid *grid = fsci_view_grid(view, "Intervals side by side", columns, n);
    FSCI_JSON_EACH (headline, headlines) {
        cells[c = 0] = words(headline, "quantity");
        FSCI_JSON_EACH (method, fsci_json_get(headline, "by_method"))
            cells[++c] = say_range(arena, headline, method);
        fsci_grid_add(view, grid, cells);
    }
}

/* "quanta 1.99, kaplan-nd 2.04" */
static const char *say_laws(fsci_arena *arena, const fsci_json *form)
{
    const char *list = "";
    double width = number(form, "value_hi") - number(form, "value_lo");
    FSCI_JSON_EACH (law, fsci_json_get(form, "laws"))
        list = fsci_format(arena, "%s%s%s %s", list, *list ? ", " : "", words(law, "id"),
                           fsci_say(arena, number(law, "value"), 0.25 * width));
    return list;
}

static const char *say_place(fsci_arena *arena, const fsci_json *form)
{
    const char *place = "";
    FSCI_JSON_EACH (input, fsci_json_get(form, "at"))
        place =
            fsci_format(arena, "%s%s%s = %s", place, *place ? ", " : "", input->key,
                        input->kind == FSCI_JSON_NUMBER ? fsci_say_digits(arena, input->number, 3)
                                                        : input->string);
    return fsci_json_get_bool(form, "asked", false)
               ? place
               : fsci_format(arena, "ten times the largest run (%s)", place);
}

void fsci_view_form(fsci_view *view, const fsci_json *record)
{
    fsci_arena *arena = view->arena;
    const fsci_json *form = fsci_json_get(record, "form");
    double lo = number(form, "value_lo"), hi = number(form, "value_hi"), fine = 0.25 * (hi - lo);
    if (!form)
        return;
    const char *others =
        fsci_json_count(fsci_json_get(form, "laws"))
            ? fsci_format(arena, "laws that forecast the largest runs within 10 %% of the best: %s",
                          say_laws(arena, form))
            : "no law that forecasts the largest runs well has an answer there";
    fsci_view_add(view, FSCI_ITEM, "form",
                  fsci_format(arena, "at %s this fit says %s = %s%s; %s", say_place(arena, form),
                              words(form, "quantity"), fsci_say(arena, number(form, "value"), fine),
                              isfinite(fine)
                                  ? fsci_format(arena, " (%s to %s)", fsci_say(arena, lo, fine),
                                                fsci_say(arena, hi, fine))
                                  : "",
                              others));
}

static const fsci_json *find_headline(const fsci_json *record, const char *quantity)
{
    FSCI_JSON_EACH (headline, fsci_json_at(record, "headline.quantities"))
        if (!strcmp(words(headline, "quantity"), quantity))
            return headline;
    return NULL;
}

void fsci_view_influence(fsci_view *view, const fsci_json *record)
{
    fsci_arena *arena = view->arena;
    static const fsci_column columns[] = {{"without the run of line", FSCI_LEFT},
                                          {"leverage", FSCI_POINT},
                                          {"moves", FSCI_LEFT},
                                          {"to", FSCI_POINT},
                                          {"by", FSCI_POINT}};
    const fsci_json *list = fsci_json_get(record, "influence");
    if (!fsci_json_count(list))
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Runs that matter most", columns);
    FSCI_JSON_EACH (item, list) {
        const fsci_json *headline = find_headline(record, words(item, "quantity"));
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_say_integer(arena, number(item, "line")),
                                       fsci_say_digits(arena, number(item, "leverage"), 2),
                                       words(item, "quantity"),
                                       say(arena, headline, number(item, "value"), 0.025),
                                       fsci_say_digits(arena, number(item, "moved"), 2)});
    }
}

void fsci_view_holdout(fsci_view *view, const fsci_json *record)
{
    fsci_arena *arena = view->arena;
    const fsci_json *held = fsci_json_get(record, "holdout");
    const char *response = string(fsci_json_get(record, "law"), "response");
    const fsci_json *column =
        fsci_json_get(fsci_json_at(record, "data.columns"), response ? response : "");
    if (!held)
        return;
    const char *unit = string(column, "unit");
    double covered = number(fsci_json_get(held, "coverage"), "95");
    const char *text = fsci_format(
        arena,
        "the %s of runs by %s: %s forecast from the other %s with rmse %s%s%s (%s where all are "
        "fitted), mean error %s, mean relative error %s",
        string(held, "name"), string(held, "scale"),
        fsci_say_integer(arena, number(held, "n_test")),
        fsci_say_integer(arena, number(held, "n_train")),
        fsci_say_digits(arena, number(held, "rmse"), 2), unit ? " " : "", unit ? unit : "",
        fsci_say_digits(arena, number(held, "rmse_within"), 2),
        fsci_say_digits(arena, number(held, "mean_signed_error"), 2),
        fsci_say_percent(arena, number(held, "are")));
    if (isfinite(covered))
        text = fsci_format(arena, "%s; %s inside their 95 %% interval", text,
                           fsci_say_percent(arena, covered));
    if (number(held, "log10_beyond") > 0)
        text = fsci_format(arena, "%s; up to %s beyond", text,
                           fsci_say_decades(arena, number(held, "log10_beyond")));
    fsci_view_add(view, FSCI_ITEM, "held out", text);
}
