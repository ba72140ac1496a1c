/* The record of a fit: what was asked for first, then how sure, how it was got, what to mind. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* The symbol a law predicts: as the record says, else the formula's left side when it is a name. */
static const char *response_of(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *law = fsci_json_get(record, "law");
    const char *formula = string(law, "formula");
    size_t n = 0;
    if (string(law, "response"))
        return string(law, "response");
    while (formula && (isalnum((unsigned char)formula[n]) || formula[n] == '_'))
        n++;
    return n && formula[n + strspn(formula + n, " ")] == '=' ? fsci_copy_text(arena, formula, n)
                                                             : NULL;
}

static double level_of(const fsci_json *record)
{
    return number(fsci_json_at(record, "parameters.0"), "level");
}

static void add_title(const fsci_json *record, fsci_view *view)
{
    const fsci_json *law = fsci_json_get(record, "law"), *data = fsci_json_get(record, "data");
    const char *id = string(law, "id");
    const char *formula = fsci_say_formula(view->arena, string(law, "formula"));
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, id ? id : "fit", formula ? formula : "");
    if (title)
        title->aside = fsci_format(view->arena, "%s of %s rows",
                                   fsci_say_integer(view->arena, number(data, "rows_used")),
                                   fsci_say_integer(view->arena, number(data, "rows_read")));
}

/* "ok", "at bound" */
static const char *status(fsci_arena *arena, const fsci_json *parameter)
{
    char *text = fsci_copy_string(arena, words(parameter, "status"));
    for (char *s = text; s && *s; s++)
        if (*s == '_')
            *s = ' ';
    return text;
}

/* The label by which distinct_optima has a parameter. */
static const char *label(fsci_arena *arena, const fsci_json *parameter)
{
    const char *name = words(parameter, "name"), *group = string(parameter, "group");
    return group ? fsci_format(arena, "%s[%s]", name, group) : name;
}

static void add_parameters(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {{"parameter", FSCI_WRAP},
                                   {"value", FSCI_POINT},
                                   {fsci_interval_title(arena, record), FSCI_LEFT},
                                   {"status", FSCI_LEFT},
                                   {"unit", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Parameters", columns);
    FSCI_JSON_EACH (item, fsci_json_get(record, "parameters")) {
        double resolution = fsci_resolution(number(item, "value"), number(item, "se"),
                                            number(item, "lo"), number(item, "hi"));
        fsci_grid_add(view, grid,
                      (const char *[]){label(arena, item),
                                       fsci_say_amount(arena, number(item, "value"), resolution,
                                                       string(item, "unit")),
                                       fsci_interval_of(arena, record, item), status(arena, item),
                                       string(item, "unit")});
    }
}

/* "128 points screened, 24 solved, all 24 reached it"; when every start was solved, "4500 starts,
 * 3716 reached it". */
static const char *say_starts(fsci_arena *arena, const fsci_json *starts)
{
    const char *scheme = string(starts, "scheme");
    double solved = number(starts, "solved"), reached = number(starts, "reached_best");
    const char *all = reached == solved && solved > 1 ? "all " : "";
    if (scheme && !strcmp(scheme, "screened") && isfinite(solved))
        return fsci_format(arena, "%s screened, %s solved, %s%s reached it",
                           fsci_say_count(arena, number(starts, "n"), "point", "points"),
                           fsci_say_integer(arena, solved), all, fsci_say_integer(arena, reached));
    return fsci_format(arena, "%s, %s reached it",
                       fsci_say_count(arena, number(starts, "n"), "start", "starts"),
                       fsci_say_integer(arena, reached));
}

static void add_priors(const fsci_json *objective, fsci_view *view)
{
    fsci_arena *a = view->arena;
    const char *text = NULL;
    FSCI_JSON_EACH (item, fsci_json_get(objective, "priors")) {
        const char *mean = string(item, "mean_parameter");
        const fsci_json *fitted = fsci_json_get(item, "sd_fitted");
        const char *one = fsci_format(
            a, "%s normal about %s with standard deviation %s%s", string(item, "parameter"),
            mean ? mean : fsci_say_digits(a, number(item, "mean"), 4),
            fsci_say_digits(a, number(item, "sd"), 4), fitted && fitted->boolean ? ", fitted" : "");
        text = text ? fsci_format(a, "%s; %s", text, one) : one;
    }
    if (text)
        fsci_view_add(view, FSCI_ITEM, "prior", text);
}

static void add_objective(const fsci_json *record, const char *response, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *objective = fsci_json_get(record, "objective");
    const fsci_json *starts = fsci_json_get(record, "starts");
    const fsci_json *solver = fsci_json_get(record, "solver");
    if (!objective)
        return;
    double next = number(fsci_json_at(starts, "distinct_optima.1"), "value");
    const char *left = fsci_say_left(arena, string(fsci_json_get(record, "law"), "formula"));
    const char *text = fsci_format(
        arena, "%s (%s); %s", fsci_say_digits(arena, number(objective, "value"), 7),
        fsci_say_objective(arena, objective, left ? left : response), say_starts(arena, starts));
    if (isfinite(next))
        text = fsci_joined(arena, text, ", next best ", fsci_say_digits(arena, next, 6));
    fsci_view_add(view, FSCI_ITEM, "objective", text);
    add_priors(objective, view);
    if (string(solver, "stop"))
        fsci_view_add(view, FSCI_ITEM, "solver",
                      fsci_format(arena, "%s after %s, gradient %s", string(solver, "stop"),
                                  fsci_say_count(arena, number(solver, "iterations"), "iteration",
                                                 "iterations"),
                                  fsci_say_digits(arena, number(solver, "gradient_norm"), 2)));
}

static void add_data(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *data = fsci_json_get(record, "data");
    const fsci_json *intervals = fsci_json_get(record, "intervals");
    const char *text = fsci_format(arena, "%s read, %s used",
                                   fsci_say_count(arena, number(data, "rows_read"), "row", "rows"),
                                   fsci_say_integer(arena, number(data, "rows_used")));
    FSCI_JSON_EACH (rule, fsci_json_get(data, "dropped"))
        text = fsci_format(arena, "%s, %s dropped by %s", text,
                           fsci_say_integer(arena, number(rule, "rows")), words(rule, "rule"));
    fsci_view_add(view, FSCI_ITEM, "data", text);
    if (string(intervals, "method"))
        fsci_view_add(
            view, FSCI_ITEM, "intervals",
            number(intervals, "n") > 0
                ? fsci_format(arena, "%s, %s of which %s failed",
                              fsci_interval_title(arena, record),
                              fsci_say_count(arena, number(intervals, "n"), "refit", "refits"),
                              fsci_say_integer(arena, number(intervals, "failed")))
                : fsci_interval_title(arena, record));
}

enum { PAIRS_SHOWN = 6 };

static void add_trade_offs(const fsci_json *trade_offs, fsci_view *view)
{
    const char *list = NULL;
    const fsci_json *pairs = fsci_json_get(trade_offs, "correlations");
    size_t n = fsci_json_count(pairs), shown = 0;
    if (!trade_offs)
        return;
    FSCI_JSON_EACH (pair, pairs)
        if (shown++ < PAIRS_SHOWN)
            list = fsci_joined(view->arena, list, ", ",
                               fsci_format(view->arena, "%s and %s %.4f", words(pair, "a"),
                                           words(pair, "b"), number(pair, "value")));
    if (n > PAIRS_SHOWN)
        list = fsci_format(view->arena, "%s, and %zu more pairs", list, n - PAIRS_SHOWN);
    fsci_view_add(view, FSCI_ITEM, "correlated", list);
    fsci_view_add(view, FSCI_ITEM, "trades off",
                  words(fsci_json_get(trade_offs, "direction"), "words"));
}

static void add_repeats(const fsci_json *repeats, fsci_view *view)
{
    const char *rows = fsci_say_count(view->arena, number(repeats, "rows"), "row", "rows");
    const char *points = fsci_say_count(view->arena, number(repeats, "points"), "point", "points");
    const char *sd = fsci_say_digits(view->arena, number(repeats, "sd"), 2);
    fsci_view_add(view, FSCI_ITEM, "noise",
                  number(repeats, "sd") > 0
                      ? fsci_format(view->arena,
                                    "%s repeat %s: their residuals differ by %s (standard "
                                    "deviation), which no law of these inputs explains; a smaller "
                                    "difference is no finding",
                                    rows, points, sd)
                      : fsci_format(view->arena,
                                    "%s repeat %s without any difference: they may be the same "
                                    "measurements, and tell nothing of the noise",
                                    rows, points));
}

static void add_diagnostics(const fsci_json *record, fsci_view *view)
{
    static const struct {
        const char *key, *label;
        int digits;
    } named[] = {{"rmse", "rmse", 3}, {"mae", "mean absolute residual", 3},
                 {"r2", "R²", 5},     {"condition", "condition", 2},
                 {"rank", "rank", 9}, {"aicc", "AICc", 6},
                 {"bic", "BIC", 6},   {"max_leverage", "largest leverage", 2}};
    const char *list = NULL;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        double x = number(fsci_json_get(record, "diagnostics"), named[i].key);
        if (isfinite(x))
            list = fsci_joined(view->arena, list, ", ",
                               fsci_format(view->arena, "%s %s", named[i].label,
                                           fsci_say_digits(view->arena, x, named[i].digits)));
    }
    fsci_view_add(view, FSCI_ITEM, "diagnostics", list);
    add_trade_offs(fsci_json_get(record, "trade_offs"), view);
    if (fsci_json_get(record, "repeats"))
        add_repeats(fsci_json_get(record, "repeats"), view);
}

static void add_columns(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"symbol", FSCI_LEFT}, {"column", FSCI_WRAP}, {"range", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Data", columns);
    FSCI_JSON_EACH (column, fsci_json_at(record, "data.columns")) {
        const fsci_json *levels = fsci_json_get(column, "levels");
        const char *range = fsci_say_extent(view->arena, number(column, "min"),
                                            number(column, "max"), string(column, "unit"));
        if (levels)
            range = fsci_say_count(view->arena, (double)fsci_json_count(levels), "level", "levels");
        fsci_grid_add(view, grid, (const char *[]){column->key, string(column, "column"), range});
    }
}

static bool is_free(const fsci_json *parameter)
{
    const char *how = words(parameter, "status");
    return strcmp(how, "fixed") != 0 && strcmp(how, "tied") != 0;
}

/* Minima about as good as the best: what the rows cannot choose between. */
static void add_optima(const fsci_json *record, fsci_view *view)
{
    enum { MOST_PARAMETERS = 9, MOST_ROWS = 6 };
    fsci_arena *arena = view->arena;
    const fsci_json *optima = fsci_json_at(record, "starts.distinct_optima");
    const fsci_json *second = fsci_json_at(record, "starts.distinct_optima.1");
    fsci_column columns[MOST_PARAMETERS + 2] = {{"minimum", FSCI_POINT}, {"starts", FSCI_RIGHT}};
    const char *labels[MOST_PARAMETERS], *cells[MOST_PARAMETERS + 2];
    size_t n = 0;
    if (!second || !fsci_json_get_bool(second, "near", false))
        return;
    FSCI_JSON_EACH (item, fsci_json_get(record, "parameters")) {
        if (is_free(item) && n == MOST_PARAMETERS)
            return;
        if (is_free(item)) {
            labels[n] = label(arena, item);
            columns[2 + n] = (fsci_column){labels[n], FSCI_POINT};
            n++;
        }
    }
    fsci_grid *grid = fsci_view_grid(view, "Minima about as good", columns, n + 2);
    FSCI_JSON_EACH (item, optima) {
        if (grid->n_rows == MOST_ROWS || !fsci_json_get_bool(item, "near", false))
            break;
        cells[0] = fsci_say_digits(arena, number(item, "value"), 7);
        cells[1] = fsci_say_integer(arena, number(item, "count"));
        for (size_t i = 0; i < n; i++)
            cells[2 + i] =
                fsci_say_digits(arena, number(fsci_json_get(item, "parameters"), labels[i]), 4);
        fsci_grid_add(view, grid, cells);
    }
}

/* Of a set's values, that of a parameter or, where it has members, of one of them. */
static double published_value(const fsci_json *values, const fsci_json *parameter)
{
    const fsci_json *value = fsci_json_get(values, words(parameter, "name"));
    const char *member = string(parameter, "group");
    return value && value->kind == FSCI_JSON_OBJECT && member
               ? number(value, member)
               : number(values, words(parameter, "name"));
}

static const char published_caption[] = "Published constants on the same rows";

/* A row a set, "this fit" first. */
static void add_published_rows(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *parameters = fsci_json_get(record, "parameters");
    size_t n = fsci_json_count(parameters) + 2, c = 0;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!columns || !cells)
        return;
    columns[c] = (fsci_column){"published set", FSCI_WRAP};
    cells[c++] = "this fit";
    FSCI_JSON_EACH (item, parameters) {
        columns[c] = (fsci_column){label(arena, item), FSCI_POINT};
        cells[c++] = fsci_say_digits(arena, number(item, "value"), 4);
    }
    columns[c] = (fsci_column){"objective here", FSCI_LEFT};
    cells[c] = fsci_say_digits(arena, number(fsci_json_get(record, "objective"), "value"), 7);
    fsci_grid *grid = fsci_view_grid(view, published_caption, columns, n);
    fsci_grid_add(view, grid, cells);
    FSCI_JSON_EACH (set, fsci_json_get(record, "published")) {
        cells[c = 0] = string(set, "name");
        FSCI_JSON_EACH (item, parameters)
            cells[++c] =
                fsci_say_digits(arena, published_value(fsci_json_get(set, "values"), item), 4);
        cells[++c] = fsci_say_digits(arena, number(set, "objective_here"), 7);
        fsci_grid_add(view, grid, cells);
    }
}

/* A column a set, for a law of many parameters. */
static void add_published_columns(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *sets = fsci_json_get(record, "published");
    size_t n = fsci_json_count(sets) + 2, c = 0;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!columns || !cells)
        return;
    columns[c++] = (fsci_column){"published set", FSCI_WRAP};
    columns[c++] = (fsci_column){"this fit", FSCI_LEFT};
    FSCI_JSON_EACH (set, sets)
        columns[c++] = (fsci_column){words(set, "name"), FSCI_WRAP};
    fsci_grid *grid = fsci_view_grid(view, published_caption, columns, n);
    FSCI_JSON_EACH (item, fsci_json_get(record, "parameters")) {
        cells[c = 0] = label(arena, item);
        cells[++c] = fsci_say_digits(arena, number(item, "value"), 4);
        FSCI_JSON_EACH (set, sets)
            cells[++c] =
                fsci_say_digits(arena, published_value(fsci_json_get(set, "values"), item), 4);
        fsci_grid_add(view, grid, cells);
    }
    cells[c = 0] = "objective here";
    cells[++c] = fsci_say_digits(arena, number(fsci_json_get(record, "objective"), "value"), 7);
    FSCI_JSON_EACH (set, sets)
        cells[++c] = fsci_say_digits(arena, number(set, "objective_here"), 7);
    fsci_grid_add(view, grid, cells);
}

/* Published constants beside ours, and what they give on the same rows. */
static void add_published(const fsci_json *record, fsci_view *view)
{
    enum { MANY_PARAMETERS = 5, FEW_SETS = 4 };
    size_t n_sets = fsci_json_count(fsci_json_get(record, "published"));
    size_t n_parameters = fsci_json_count(fsci_json_get(record, "parameters"));
    if (n_sets && n_sets <= FEW_SETS && n_parameters > MANY_PARAMETERS)
        add_published_columns(record, view);
    else if (n_sets)
        add_published_rows(record, view);
}

void fsci_fit_view(const fsci_json *record, fsci_view *view)
{
    const char *response = response_of(view->arena, record);
    const fsci_json *columns = fsci_json_at(record, "data.columns");
    add_title(record, view);
    fsci_view_predictions(view, fsci_json_get(record, "predictions"), columns, response,
                          level_of(record));
    fsci_view_derived(view, record, columns, true);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_parameters(record, view);
    fsci_view_derived(view, record, columns, false);
    add_objective(record, response, view);
    add_data(record, view);
    fsci_view_holdout(view, record);
    fsci_view_form(view, record);
    add_diagnostics(record, view);
    add_columns(record, view);
    add_optima(record, view);
    add_published(record, view);
    fsci_view_side_by_side(view, record);
    fsci_view_sensitivity(view, record);
    fsci_view_influence(view, record);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
