/* The record of `compare`: laws side by side, best forecaster of the largest runs first. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static bool is_ranked(const fsci_json *record)
{
    FSCI_JSON_EACH (warning, fsci_json_get(record, "warnings"))
        if (!strcmp(words(warning, "code"), "W-NO-RANK"))
            return false;
    return true;
}

static const fsci_json *held_split(const fsci_json *record)
{
    FSCI_JSON_EACH (split, fsci_json_get(record, "splits"))
        if (!strcmp(words(split, "kind"), "held out"))
            return split;
    return NULL;
}

static void add_answer(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *best = fsci_json_at(record, "laws.0"), *next = fsci_json_at(record, "laws.1");
    const fsci_json *split = held_split(record);
    const char *unit = string(record, "unit");
    if (!split || !is_ranked(record) || !isfinite(number(best, "backtest_rmse")))
        return;
    const char *scale = string(record, "scale");
    const char *text = fsci_format(
        arena, "%s forecasts the rows held out best (%s%s%s; %s from %s): rmse %s%s%s",
        words(best, "id"), words(split, "name"), scale ? " by " : "", scale ? scale : "",
        fsci_say_count(arena, number(split, "n_test"), "row", "rows"),
        fsci_say_integer(arena, number(split, "n_train")),
        fsci_say_digits(arena, number(best, "backtest_rmse"), 3), unit ? " " : "",
        unit ? unit : "");
    if (isfinite(number(next, "backtest_rmse")))
        text = fsci_format(arena, "%s, against %s for %s", text,
                           fsci_say_digits(arena, number(next, "backtest_rmse"), 3),
                           words(next, "id"));
    fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(arena, "%s.", text));
}

static const char *say_above(fsci_arena *arena, double difference)
{
    return isnan(difference) ? fsci_missing
                             : fsci_format(arena, "+%s", fsci_say_digits(arena, difference, 3));
}

static void add_laws(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    static const fsci_column columns[] = {{"law", FSCI_WRAP},       {"free", FSCI_RIGHT},
                                          {"held out", FSCI_POINT}, {"rolling", FSCI_POINT},
                                          {"folds", FSCI_POINT},    {"AICc", FSCI_POINT},
                                          {"weight", FSCI_POINT},   {"BIC", FSCI_POINT}};
    fsci_grid *grid =
        FSCI_VIEW_GRID(view, "Root mean square errors of forecasts, and criteria", columns);
    double aicc = INFINITY, bic = INFINITY;
    FSCI_JSON_EACH (law, fsci_json_get(record, "laws")) {
        aicc = fmin(aicc, number(law, "aicc"));
        bic = fmin(bic, number(law, "bic"));
    }
    FSCI_JSON_EACH (law, fsci_json_get(record, "laws"))
        fsci_grid_add(view, grid,
                      (const char *[]){words(law, "id"),
                                       fsci_say_integer(arena, number(law, "parameters")),
                                       fsci_say_digits(arena, number(law, "backtest_rmse"), 3),
                                       fsci_say_digits(arena, number(law, "rolling_rmse"), 3),
                                       fsci_say_digits(arena, number(law, "cv_rmse"), 3),
                                       say_above(arena, number(law, "aicc") - aicc),
                                       fsci_say_digits(arena, number(law, "weight"), 2),
                                       say_above(arena, number(law, "bic") - bic)});
    const char *apart = NULL;
    FSCI_JSON_EACH (law, fsci_json_get(record, "laws"))
        if (fsci_json_get_bool(law, "apart", false))
            apart = fsci_joined(arena, apart, ", ", words(law, "id"));
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  fsci_format(arena,
                              "AICc and BIC above the least; weight of AICc. The order is that of "
                              "the rows held out.%s%s%s",
                              apart ? " No criterion compares what is fitted to the sides of an "
                                      "equation of its own: "
                                    : "",
                              apart ? apart : "", apart ? "." : ""));
}

static void add_held(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    static const fsci_column columns[] = {{"held out, by law", FSCI_WRAP},
                                          {"mean error", FSCI_POINT},
                                          {"relative", FSCI_POINT},
                                          {"inside 50 %", FSCI_POINT},
                                          {"80 %", FSCI_POINT},
                                          {"95 %", FSCI_POINT},
                                          {"crps", FSCI_POINT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (law, fsci_json_get(record, "laws")) {
        const fsci_json *b = fsci_json_get(law, "backtest"), *in = fsci_json_get(b, "coverage");
        fsci_grid_add(view, grid,
                      (const char *[]){words(law, "id"),
                                       fsci_say_digits(arena, number(b, "mean_signed_error"), 2),
                                       fsci_say_percent(arena, number(b, "are")),
                                       fsci_say_percent(arena, number(in, "50")),
                                       fsci_say_percent(arena, number(in, "80")),
                                       fsci_say_percent(arena, number(in, "95")),
                                       fsci_say_digits(arena, number(b, "crps"), 2)});
    }
}

static void add_nested(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    static const fsci_column columns[] = {{"full", FSCI_WRAP},
                                          {"against", FSCI_WRAP},
                                          {"when", FSCI_WRAP},
                                          {"statistic", FSCI_LEFT},
                                          {"p", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Nested laws", columns);
    FSCI_JSON_EACH (test, fsci_json_get(record, "nested")) {
        const char *note = string(test, "note");
        double value = number(test, "value");
        const fsci_json *df = fsci_json_get(test, "df");
        const char *statistic =
            isnan(value)
                ? "none"
                : fsci_format(arena, "%s%s%s%s = %s",
                              !strcmp(words(test, "statistic"), "F") ? "F(" : "χ²(",
                              fsci_say_integer(arena, df->first ? df->first->number : NAN),
                              df->count > 1 ? ", " : "",
                              df->count > 1 ? fsci_format(arena, "%s)",
                                                          fsci_say_integer(arena, df->last->number))
                                            : ")",
                              fsci_say_digits(arena, value, 3));
        fsci_grid_add(view, grid,
                      (const char *[]){words(test, "full"), words(test, "reduced"),
                                       note ? note : words(test, "when"), statistic,
                                       fsci_say_digits(arena, number(test, "p"), 2)});
    }
}

static void add_crossover(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *crossover = fsci_json_get(record, "crossover");
    const char *symbol = string(crossover, "symbol");
    FSCI_JSON_EACH (pair, fsci_json_get(crossover, "pairs")) {
        double at = number(pair, "at");
        if (isnan(at)) {
            fsci_view_add(view, FSCI_ANSWER, NULL,
                          fsci_format(arena,
                                      "%s and %s do not cross within four decades of the "
                                      "data along %s.",
                                      words(pair, "a"), words(pair, "b"), symbol));
            continue;
        }
        const char *interval =
            isfinite(number(pair, "lo"))
                ? fsci_format(arena, "%s interval %s to %s",
                              fsci_say_percent(arena, number(crossover, "level")),
                              fsci_say_digits(arena, number(pair, "lo"), 3),
                              fsci_say_digits(arena, number(pair, "hi"), 3))
                : "no interval: most refits do not cross";
        const char *place = fsci_say_place(arena, number(pair, "log10_beyond"));
        fsci_view_add(
            view, FSCI_ANSWER, NULL,
            fsci_format(arena,
                        "%s and %s cross at %s = %s (%s; %s of %s refits cross), %s; beyond "
                        "it %s is lower.",
                        words(pair, "a"), words(pair, "b"), symbol, fsci_say_digits(arena, at, 3),
                        interval, fsci_say_percent(arena, number(pair, "share_crossing")),
                        fsci_say_integer(arena, number(crossover, "refits")), place ? place : "",
                        words(pair, "lower_beyond")));
    }
}

/* Which curve is lower, and from which scale on the runs tell it. */
static void add_verdict(const fsci_json *crossover, const fsci_json *pair, const char *at,
                        fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *decision = fsci_json_get(crossover, "decision");
    const char *symbol = string(crossover, "symbol"), *lower = string(pair, "lower");
    const char *place = fsci_say_place(arena, number(decision, "log10_beyond"));
    const char *sure = fsci_say_percent(arena, number(decision, "confident"));
    const char *a = words(pair, "a"), *b = words(pair, "b");
    double least = number(pair, "least_scale"), largest = NAN;
    FSCI_JSON_EACH (cut, fsci_json_get(pair, "cuts"))
        largest = number(cut, "scale");
    if (!lower) {
        fsci_view_add(view, FSCI_ANSWER, NULL,
                      fsci_format(arena, "%s and %s have no values at %s = %s.", a, b, symbol, at));
        return;
    }
    const char *when =
        isnan(least) ? fsci_format(arena, "That is no decision, which takes %s.", sure)
        : least == largest
            ? fsci_format(arena, "It takes all runs to tell it in %s or more.", sure)
            : fsci_format(arena, "Runs up to %s = %s tell it already, in %s or more.", symbol,
                          fsci_say_digits(arena, least, 3), sure);
    fsci_view_add(
        view, FSCI_ANSWER, NULL,
        fsci_format(arena,
                    "At %s = %s, %s, %s is lower than %s by %s (%s interval %s to %s), in %s of "
                    "refits. %s",
                    symbol, at, place ? place : "among the data", lower, strcmp(lower, a) ? a : b,
                    fsci_say_digits(arena, number(pair, "gap"), 2),
                    fsci_say_percent(arena, number(crossover, "level")),
                    fsci_say_digits(arena, number(pair, "lo"), 2),
                    fsci_say_digits(arena, number(pair, "hi"), 2),
                    fsci_say_percent(arena, number(pair, "share_lower")), when));
}

/* What the runs up to each scale say. */
static void add_cuts(const fsci_json *crossover, const fsci_json *pair, const char *at,
                     fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {
        {fsci_format(arena, "%s up to", string(crossover, "symbol")), FSCI_POINT},
        {"rows", FSCI_RIGHT},
        {"lower there", FSCI_WRAP},
        {fsci_format(arena, "foretold at %s", at), FSCI_WRAP},
        {fsci_format(arena, "refits for %s", words(pair, "lower")), FSCI_RIGHT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (cut, fsci_json_get(pair, "cuts"))
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_say_digits(arena, number(cut, "scale"), 3),
                                       fsci_say_integer(arena, number(cut, "rows")),
                                       words(cut, "lower_there"), words(cut, "lower"),
                                       fsci_say_percent(arena, number(cut, "share_lower"))});
}

static void add_decisions(const fsci_json *record, fsci_view *view)
{
    const fsci_json *crossover = fsci_json_get(record, "crossover");
    const char *at =
        fsci_say_digits(view->arena, number(fsci_json_get(crossover, "decision"), "at"), 3);
    FSCI_JSON_EACH (pair, fsci_json_at(crossover, "decision.pairs")) {
        add_verdict(crossover, pair, at, view);
        if (fsci_json_count(fsci_json_get(pair, "cuts")))
            add_cuts(crossover, pair, at, view);
    }
}

const fsci_json *fsci_comparison_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "laws");
}

static void add_title(const fsci_json *record, const char *name, size_t n, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *data = fsci_json_get(record, "data");
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, name,
                      fsci_format(arena, "%s, %s", fsci_say_count(arena, (double)n, "law", "laws"),
                                  fsci_say_objective(arena, fsci_json_get(record, "objective"),
                                                     string(record, "response"))));
    if (title)
        title->aside =
            fsci_format(arena, "%s of %s rows", fsci_say_integer(arena, number(data, "rows_used")),
                        fsci_say_integer(arena, number(data, "rows_read")));
    FSCI_JSON_EACH (step, fsci_json_get(record, "prepared"))
        fsci_view_add(view, FSCI_ITEM, "prepared", step->string);
}

static void add_methods(const fsci_json *list, const char *caption, bool with_rows, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {{caption, FSCI_WRAP},       {"rows", FSCI_RIGHT},
                                   {"law", FSCI_WRAP},         {"rmse", FSCI_POINT},
                                   {"mean error", FSCI_POINT}, {"relative", FSCI_POINT},
                                   {"in 95 %", FSCI_POINT},    {"skill", FSCI_POINT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    const char *before = "";
    FSCI_JSON_EACH (row, list) {
        const char *split = words(row, "split");
        bool again = !strcmp(split, before);
        fsci_grid_add(
            view, grid,
            (const char *[]){
                again ? "" : split,
                again || !with_rows ? "" : fsci_say_integer(arena, number(row, "n_test")),
                words(row, "id"), fsci_say_digits(arena, number(row, "rmse"), 3),
                fsci_say_digits(arena, number(row, "mean_signed_error"), 2),
                fsci_say_percent(arena, number(row, "are")),
                fsci_say_percent(arena, number(fsci_json_get(row, "coverage"), "95")),
                fsci_say_digits(arena, number(fsci_json_get(row, "skill_vs"), "persistence"), 2)});
        before = split;
    }
}

enum { AUDIT_SHARES = 6 };

/* One row for each number of runs: how far the target lies beyond them, and the error by share. */
static void add_audit_of(const fsci_json *audit, const char *law, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {
        {law, FSCI_LEFT},     {"beyond", FSCI_LEFT}, {"10 %", FSCI_POINT}, {"20 %", FSCI_POINT},
        {"30 %", FSCI_POINT}, {"50 %", FSCI_POINT},  {"70 %", FSCI_POINT}, {"100 %", FSCI_POINT}};
    static const double shares[AUDIT_SHARES] = {0.1, 0.2, 0.3, 0.5, 0.7, 1};
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    const char *cells[2 + AUDIT_SHARES] = {NULL};
    double runs = NAN;
    FSCI_JSON_EACH (cell, fsci_json_get(audit, "cells")) {
        if (strcmp(words(cell, "id"), law) != 0)
            continue;
        if (number(cell, "runs") != runs) {
            if (isfinite(runs))
                fsci_grid_add(view, grid, cells);
            memset(cells, 0, sizeof cells);
            runs = number(cell, "runs");
            cells[0] = fsci_say_count(arena, runs, "run", "runs");
        }
        double beyond = number(cell, "log10_beyond");
        cells[1] = beyond > 0
                       ? fsci_format(arena, "%s times", fsci_say_digits(arena, pow(10, beyond), 2))
                       : "inside";
        for (size_t k = 0; k < AUDIT_SHARES; k++)
            if (number(cell, "share") == shares[k])
                cells[2 + k] = fsci_say_percent(arena, number(cell, "are"));
    }
    if (isfinite(runs))
        fsci_grid_add(view, grid, cells);
}

/* The fewest rows that forecast within what seeds differ by, about 4 % in Choshen et al. 2024. */
static void say_enough(const fsci_json *audit, const char *law, fsci_view *view)
{
    static const double enough = 0.04;
    fsci_arena *arena = view->arena;
    const fsci_json *least = NULL;
    FSCI_JSON_EACH (cell, fsci_json_get(audit, "cells"))
        if (!strcmp(words(cell, "id"), law) && number(cell, "are") <= enough &&
            (!least || number(cell, "n_train") < number(least, "n_train")))
            least = cell;
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        least ? fsci_format(arena, "%s is within 4 %% with the first %s of %s, %s.", law,
                            fsci_say_percent(arena, number(least, "share")),
                            fsci_say_count(arena, number(least, "runs"), "run", "runs"),
                            fsci_say_count(arena, number(least, "n_train"), "row", "rows"))
              : fsci_format(arena, "%s is nowhere within 4 %%, about what seeds differ by.", law));
}

/* How many runs, and how much of each, forecast the end of the largest. */
static void add_audit(const fsci_json *record, fsci_view *view)
{
    const fsci_json *audit = fsci_json_get(record, "audit");
    if (!string(audit, "run"))
        return;
    fsci_view_add(view, FSCI_HEADING, NULL, "How much must be trained");
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        fsci_format(view->arena,
                    "Mean relative error at the last %s of %s%s%s, forecast from the smallest "
                    "runs, by the first share of each that is fitted; beyond: how many "
                    "times larger its end is than what they have at most.",
                    fsci_say_count(view->arena, number(audit, "n_test"), "row", "rows"),
                    isdigit((unsigned char)*string(audit, "run")) ? string(audit, "column") : "",
                    isdigit((unsigned char)*string(audit, "run")) ? " " : "",
                    string(audit, "run")));
    const fsci_json *first = fsci_json_get(audit, "cells")->first;
    FSCI_JSON_EACH (cell, fsci_json_get(audit, "cells"))
        if (number(cell, "runs") == number(first, "runs") &&
            number(cell, "share") == number(first, "share"))
            add_audit_of(audit, words(cell, "id"), view);
    FSCI_JSON_EACH (cell, fsci_json_get(audit, "cells"))
        if (number(cell, "runs") == number(first, "runs") &&
            number(cell, "share") == number(first, "share"))
            say_enough(audit, words(cell, "id"), view);
}

void fsci_law_backtest_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *overall = fsci_json_get(record, "overall");
    size_t n = 0;
    FSCI_JSON_EACH (row, overall)
        n += !strcmp(words(row, "split"), "held out");
    add_title(record, "backtest", n - (n > 0), view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_methods(overall, "together", true, view);
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        "Errors are forecast less observed; skill is against persistence, the largest run "
        "fitted standing still: 1 is perfect, 0 no better.");
    if (fsci_json_count(fsci_json_get(record, "splits")) > 1)
        add_methods(fsci_json_get(record, "methods"), "split", true, view);
    add_audit(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

void fsci_comparison_view(const fsci_json *record, fsci_view *view)
{
    add_title(record, "compare", fsci_json_count(fsci_json_get(record, "laws")), view);
    add_answer(record, view);
    add_crossover(record, view);
    add_decisions(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_laws(record, view);
    add_held(record, view);
    add_nested(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
