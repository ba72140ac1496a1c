/* The record of `backtest`: every method on the same rows. */
#include "report/backtest.h"

#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 8 }; /* methods of a split, besides those that are always shown */

/* ---- numbers ----------------------------------------------------------------------------- */

static const char *say(fsci_arena *arena, double value)
{
    return isnan(value) ? fsci_missing : fsci_say_digits(arena, value, 2);
}

static const char *whole_percent(fsci_arena *arena, double share)
{
    return isnan(share) ? fsci_missing : fsci_format(arena, "%.0f %%", 100 * share);
}

static const char *say_skill(fsci_arena *arena, const fsci_json *row, const char *reference)
{
    double skill = number(fsci_json_get(row, "skill_vs"), reference);
    return isnan(skill) ? fsci_missing : fsci_format(arena, "%.2f", fmax(skill, -99));
}

/* ---- the answer -------------------------------------------------------------------------- */

const fsci_json *fsci_backtest_row(const fsci_json *record, const char *split, const char *id)
{
    FSCI_JSON_EACH (row, fsci_json_get(record, "overall"))
        if (!strcmp(words(row, "split"), split) && !strcmp(words(row, "id"), id))
            return row;
    return NULL;
}

static const char *say_reason(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *choice = fsci_json_get(record, "recommended");
    const char *best = string(choice, "best"), *id = words(choice, "id");
    if (!best)
        return "It is the default: of the splits that tell (by compute, by date, by family, as "
               "--cutoff or --later says) these models allow none with five to forecast, so no "
               "method is ranked.";
    if (!strcmp(words(choice, "basis"), "asked"))
        return fsci_format(arena,
                           "It has the smallest error of the methods asked for; %s, the default, "
                           "was not among them.",
                           words(choice, "default"));
    if (!strcmp(words(choice, "basis"), "scores"))
        return fsci_format(arena,
                           "Its squared error is %s times that of %s, the default, and that is "
                           "more than chance (p = %s, Holm).",
                           say(arena, number(choice, "ratio")), words(choice, "default"),
                           say(arena, number(choice, "p_holm")));
    if (!strcmp(best, id))
        return "It is the default, and it has the smallest error here too.";
    return fsci_format(arena,
                       "It is the default; the smallest error is that of %s, %s times its own, no "
                       "more than chance may give (p = %s, Holm).",
                       best, say(arena, number(choice, "ratio")),
                       say(arena, number(choice, "p_holm")));
}

void fsci_backtest_answer(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *id = words(fsci_json_get(record, "recommended"), "id");
    const fsci_json *row = fsci_backtest_row(record, "headline", id);
    fsci_view_add(view, FSCI_ANSWER, NULL,
                  fsci_format(arena, "Use %s. %s", id, say_reason(arena, record)));
    if (row)
        fsci_view_add(
            view, FSCI_SENTENCE, NULL,
            fsci_format(arena,
                        "Over %s it explains %s of the squared error that persistence makes; its "
                        "95 %% intervals held %s on average and %s at worst (%s), %s wide.",
                        fsci_say_count(arena, number(row, "n_targets"), "headline split",
                                       "headline splits"),
                        whole_percent(arena, number(fsci_json_get(row, "skill_vs"), "persistence")),
                        whole_percent(arena, number(row, "coverage")),
                        whole_percent(arena, number(row, "least_coverage")),
                        words(row, "least_coverage_target"), say(arena, number(row, "width"))));
}

/* ---- all splits together ----------------------------------------------------------------- */

typedef struct listing {
    const fsci_json **rows;
    size_t n;
} listing;

bool fsci_backtest_never_applied(const fsci_json *row)
{
    return number(row, "n_test") > 0 && number(row, "n_fallback") >= number(row, "n_test");
}

/* Rows of `list` for which is(row, context), by squared error; methods that never applied are put
 * into *idle by name instead. */
static listing sorted(fsci_arena *arena, const fsci_json *list,
                      bool (*is)(const fsci_json *row, const void *context), const void *context,
                      const char **idle)
{
    listing sorted = {FSCI_NEW(arena, const fsci_json *, fsci_json_count(list)), 0};
    *idle = NULL;
    FSCI_JSON_EACH (row, list) {
        if (!sorted.rows || !is(row, context))
            continue;
        if (fsci_backtest_never_applied(row)) {
            *idle = fsci_joined(arena, *idle, ", ", words(row, "id"));
            continue;
        }
        size_t at = sorted.n++;
        for (; at > 0 && number(row, "mse") < number(sorted.rows[at - 1], "mse"); at--)
            sorted.rows[at] = sorted.rows[at - 1];
        sorted.rows[at] = row;
    }
    return sorted;
}

static void add_idle(fsci_view *view, const char *idle)
{
    if (idle)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(view->arena, "Not applicable here: %s.", idle));
}

static bool is_of_split(const fsci_json *row, const void *name)
{
    return !strcmp(words(row, "split"), name);
}

void fsci_backtest_overall_grid(fsci_view *view, const fsci_json *record, const char *split)
{
    static const fsci_column columns[] = {
        {"method", FSCI_LEFT}, {"n", FSCI_RIGHT},     {"MSE", FSCI_POINT},
        {"worst", FSCI_POINT}, {"skill", FSCI_POINT}, {"CRPS", FSCI_POINT},
        {"95 %", FSCI_RIGHT},  {"width", FSCI_POINT}, {"p", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    const char *idle;
    listing rows = sorted(arena, fsci_json_get(record, "overall"), is_of_split, split, &idle);
    if (rows.n == 0)
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    for (size_t i = 0; i < rows.n; i++) {
        const fsci_json *row = rows.rows[i];
        double p = number(row, "p_holm");
        fsci_grid_add(
            view, grid,
            (const char *[]){words(row, "id"), fsci_say_integer(arena, number(row, "n_test")),
                             say(arena, number(row, "mse")), say(arena, number(row, "worst")),
                             say_skill(arena, row, "persistence"), say(arena, number(row, "crps")),
                             whole_percent(arena, number(row, "coverage")),
                             say(arena, number(row, "width")),
                             isnan(p) ? NULL : fsci_format(arena, "%.3f", p)});
    }
    add_idle(view, idle);
}

void fsci_backtest_together(const fsci_json *record, fsci_view *view)
{
    const fsci_json *row =
        fsci_backtest_row(record, "headline", words(fsci_json_get(record, "recommended"), "id"));
    if (!row)
        return;
    const char *base = words(fsci_json_get(record, "recommended"), "default");
    const char *p = fsci_format(view->arena,
                                " p: that a difference from %s so large comes by chance, families "
                                "with signs flipped, Holm.",
                                base);
    fsci_view_add(view, FSCI_HEADING, NULL, "Headline splits together");
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        fsci_format(view->arena,
                    "MSE: geometric mean over %.0f targets and splits. Skill: 1 less the ratio to "
                    "persistence.%s",
                    number(row, "n_targets"),
                    fsci_backtest_row(record, "headline", base) ? p : ""));
    fsci_backtest_overall_grid(view, record, "headline");
}

/* ---- one split --------------------------------------------------------------------------- */

static bool is_of_contest(const fsci_json *row, const void *split)
{
    return !strcmp(words(row, "target"), words(split, "target")) &&
           !strcmp(words(row, "split"), words(split, "name"));
}

static bool is_always_shown(const fsci_json *record, const char *id)
{
    const fsci_json *choice = fsci_json_get(record, "recommended");
    return !strcmp(id, "persistence") || !strcmp(id, "flops") || !strcmp(id, words(choice, "id")) ||
           !strcmp(id, words(choice, "default"));
}

static const char *unless_missing(fsci_arena *arena, double value)
{
    return isnan(value) ? NULL : say(arena, value);
}

static void add_method(const fsci_json *method, fsci_view *view, fsci_grid *grid)
{
    fsci_arena *arena = view->arena;
    double fallback = number(method, "n_fallback");
    fsci_grid_add(
        view, grid,
        (const char *[]){words(method, "id"), say(arena, number(method, "rmse")),
                         say(arena, number(method, "mae")),
                         say(arena, number(method, "mean_signed_error")),
                         say_skill(arena, method, "persistence"),
                         whole_percent(arena, number(fsci_json_get(method, "coverage"), "95")),
                         say(arena, number(fsci_json_get(method, "width"), "95")),
                         unless_missing(arena, number(method, "aue")),
                         fallback > 0 ? fsci_say_integer(arena, fallback) : NULL});
}

static void add_split(const fsci_json *record, const fsci_json *split, const char *said,
                      fsci_view *view)
{
    static const fsci_column columns[] = {
        {"method", FSCI_LEFT}, {"RMSE", FSCI_POINT},  {"MAE", FSCI_POINT},
        {"bias", FSCI_POINT},  {"skill", FSCI_POINT}, {"95 %", FSCI_RIGHT},
        {"width", FSCI_POINT}, {"AUE", FSCI_POINT},   {"none", FSCI_RIGHT}};
    fsci_arena *arena = view->arena;
    const char *idle;
    listing rows = sorted(arena, fsci_json_get(record, "methods"), is_of_contest, split, &idle);
    size_t left_out = 0;
    fsci_view_add(view, FSCI_HEADING, NULL,
                  fsci_format(arena, "%s, %s", words(split, "target"), words(split, "title")));
    fsci_view_add(
        view, FSCI_SENTENCE, NULL,
        fsci_format(arena, "n = %.0f forecasts of %s in %s; trained on %.0f to %.0f%s.",
                    number(split, "n_test"),
                    fsci_say_count(arena, number(split, "n_models"), "model", "models"),
                    fsci_say_count(arena, number(split, "n_families"), "family", "families"),
                    number(split, "n_train_least"), number(split, "n_train"),
                    number(split, "n_models") < 5 ? "; too few to rank anything" : ""));
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    for (size_t i = 0; i < rows.n; i++)
        if (i < SHOWN || is_always_shown(record, words(rows.rows[i], "id")))
            add_method(rows.rows[i], view, grid);
        else
            left_out++;
    if (left_out)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(arena, "%zu more in the record (--csv, --json).", left_out));
    if (idle && !(said && !strcmp(idle, said)))
        add_idle(view, idle);
}

/* ---- the view ---------------------------------------------------------------------------- */

static const char *targets_in(fsci_arena *arena, const fsci_json *list)
{
    const char *names = NULL, *last = "";
    FSCI_JSON_EACH (item, list) {
        if (strcmp(words(item, "target"), last))
            names = fsci_joined(arena, names, ", ", words(item, "target"));
        last = words(item, "target");
    }
    return names;
}

static void add_skipped(const fsci_json *record, fsci_view *view)
{
    FSCI_JSON_EACH (skipped, fsci_json_get(record, "skipped"))
        fsci_view_add(
            view, FSCI_ITEM, fsci_format(view->arena, "not by %s", words(skipped, "split")),
            fsci_format(view->arena, "%s: %s", words(skipped, "target"), words(skipped, "why")));
}

void fsci_backtest_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *splits = fsci_json_get(record, "splits");
    const char *idle;
    if (fsci_json_get(record, "objective")) {
        fsci_law_backtest_view(record, view);
        return;
    }
    double n = (double)fsci_json_count(fsci_json_get(record, "about"));
    const char *targets = targets_in(arena, splits);
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, "backtest",
                      targets ? targets : targets_in(arena, fsci_json_get(record, "skipped")));
    if (title)
        title->aside =
            fsci_format(arena, "%s, %s", fsci_say_count(arena, n, "method", "methods"),
                        fsci_say_count(arena, (double)fsci_json_count(splits), "split", "splits"));
    fsci_backtest_answer(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    fsci_backtest_together(record, view);
    sorted(arena, fsci_json_get(record, "overall"), is_of_split, "headline", &idle);
    FSCI_JSON_EACH (split, splits)
        add_split(record, split, idle, view);
    add_skipped(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

const fsci_json *fsci_backtest_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "methods");
}
