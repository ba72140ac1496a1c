/* The record of a study: what its runs say in one table each, with the published numbers beside
 * ours, and how far the two agree. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"
#include "report/phrases.h"
#include "report/quantity.h"
#include "report/study.h"

#include <math.h>
#include <string.h>

/* ---- published numbers ------------------------------------------------------------------- */

/* What was expected of a run at a path; NULL when nothing was. */
static const fsci_json *expected_at(const fsci_json *record, const char *run, const char *what)
{
    FSCI_JSON_EACH (e, fsci_json_get(record, "expected"))
        if (!strcmp(words(e, "run"), run) && !strcmp(words(e, "what"), what))
            return e;
    return NULL;
}

/* The published number in as many digits as it has; marked where ours rounds to another. */
static const char *say_published(fsci_arena *arena, const fsci_json *expected)
{
    if (!expected)
        return NULL;
    const char *text = fsci_say_digits(arena, number(expected, "published"), 6);
    return fsci_json_get_bool(expected, "agrees", true) ? text : fsci_format(arena, "%s ≠", text);
}

static const char *published_score(fsci_arena *arena, const fsci_json *record, const char *run,
                                   const fsci_json *entry, const char *set)
{
    const char *what = fsci_format(arena, "targets.%s.%s.mse", words(entry, "predictors"), set);
    return what ? say_published(arena, expected_at(record, run, what)) : NULL;
}

static const char *score(fsci_arena *arena, const fsci_json *entry, const char *set)
{
    double mse = number(fsci_json_get(entry, set), "mse");
    return isfinite(mse) ? fsci_say_digits(arena, mse, 3) : NULL;
}

/* ---- one run ----------------------------------------------------------------------------- */

static const char *say_models(fsci_arena *arena, const fsci_json *entry)
{
    double later = number(fsci_json_get(entry, "later"), "n");
    return fsci_format(arena, "%s: %s training, %s test%s%s", words(entry, "target"),
                       fsci_say_integer(arena, number(fsci_json_get(entry, "train"), "n")),
                       fsci_say_integer(arena, number(fsci_json_get(entry, "test"), "n")),
                       isfinite(later) ? fsci_format(arena, ", %s", fsci_say_integer(arena, later))
                                       : "",
                       isfinite(later) ? " later" : "");
}

/* Squared errors of every way of predicting, on the normalised target. */
static void add_scores(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {{"predicted from", FSCI_WRAP}, {"train MSE", FSCI_RIGHT},
                                          {"published", FSCI_LEFT},      {"test MSE", FSCI_RIGHT},
                                          {"published", FSCI_LEFT},      {"later MSE", FSCI_RIGHT},
                                          {"published", FSCI_LEFT}};
    fsci_arena *arena = view->arena;
    const char *run = words(part, "run");
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (entry, fsci_json_get(part, "targets"))
        fsci_grid_add(
            view, grid,
            (const char *[]){
                fsci_say_predictors(arena, words(entry, "predictors")),
                score(arena, entry, "train"), published_score(arena, record, run, entry, "train"),
                score(arena, entry, "test"), published_score(arena, record, run, entry, "test"),
                score(arena, entry, "later"), published_score(arena, record, run, entry, "later")});
}

/* Areas under the error of a sweep of splits, ranked by compute and by the target. */
static void add_sweeps(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {{"predicted from", FSCI_WRAP},
                                          {"area by compute", FSCI_RIGHT},
                                          {"published", FSCI_LEFT},
                                          {"area by target", FSCI_RIGHT},
                                          {"published", FSCI_LEFT}};
    static const char *const ways[] = {"flops", "target"};
    fsci_arena *arena = view->arena;
    const fsci_json *sweeps = fsci_json_get(part, "aue");
    fsci_grid *grid = NULL;
    FSCI_JSON_EACH (entry, fsci_json_get(part, "targets")) {
        const char *from = words(entry, "predictors");
        const char *cells[5] = {fsci_say_predictors(arena, from)};
        FSCI_JSON_EACH (sweep, sweeps)
            for (size_t w = 0; w < 2; w++) {
                if (strcmp(words(sweep, "predictors"), from) ||
                    strcmp(words(sweep, "rank_by"), ways[w]))
                    continue;
                const char *what = fsci_format(arena, "aue.%s+%s.value", from, ways[w]);
                cells[1 + 2 * w] = fsci_say_digits(arena, number(sweep, "value"), 3);
                cells[2 + 2 * w] =
                    say_published(arena, expected_at(record, words(part, "run"), what ? what : ""));
            }
        if (!cells[1] && !cells[3])
            continue;
        grid = grid ? grid : FSCI_VIEW_GRID(view, NULL, columns);
        fsci_grid_add(view, grid, cells);
    }
}

static const char *list_names(fsci_arena *arena, const fsci_json *names)
{
    const char *list = NULL;
    FSCI_JSON_EACH (name, names)
        list = fsci_joined(arena, list, ", ", name->string);
    return list;
}

/* What was chosen within each budget. */
static void add_selections(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {{"run", FSCI_LEFT},
                                          {"models", FSCI_RIGHT},
                                          {"objective", FSCI_POINT},
                                          {"published", FSCI_LEFT},
                                          {"families", FSCI_WRAP}};
    fsci_arena *arena = view->arena;
    const fsci_json *before = NULL;
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    for (; part && (!before || fsci_study_continues(before, part));
         before = part, part = part->next) {
        const fsci_json *objective = expected_at(record, words(part, "run"), "objective");
        fsci_grid_add(view, grid,
                      (const char *[]){words(part, "run"),
                                       fsci_say_integer(arena, number(part, "n_models")),
                                       fsci_say_digits(arena, number(part, "objective"), 6),
                                       say_published(arena, objective),
                                       list_names(arena, fsci_json_get(part, "families"))});
    }
}

static void add_parameters(const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"parameter", FSCI_LEFT}, {"value", FSCI_POINT}, {"from", FSCI_POINT}, {"to", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (p, fsci_json_get(part, "parameters"))
        fsci_grid_add(view, grid,
                      (const char *[]){name_of(p), fsci_say_digits(arena, number(p, "value"), 4),
                                       fsci_say_digits(arena, number(p, "lo"), 4),
                                       fsci_say_digits(arena, number(p, "hi"), 4)});
}

/* What was expected of runs that predict nothing. */
static void add_numbers(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"number", FSCI_WRAP}, {"ours", FSCI_POINT}, {"published", FSCI_LEFT}};
    fsci_arena *arena = view->arena;
    const fsci_json *before = NULL;
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    for (; part && (!before || fsci_study_continues(before, part));
         before = part, part = part->next)
        FSCI_JSON_EACH (e, fsci_json_get(record, "expected"))
            if (!strcmp(words(e, "run"), words(part, "run")))
                fsci_grid_add(view, grid,
                              (const char *[]){words(e, "what"),
                                               fsci_say_digits(arena, number(e, "ours"), 6),
                                               say_published(arena, e)});
}

static void add_run(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    const fsci_json *targets = fsci_json_get(part, "targets");
    fsci_view_add(view, FSCI_HEADING, NULL, words(part, "title"));
    if (fsci_json_count(targets)) {
        fsci_view_add(view, FSCI_SENTENCE, NULL, say_models(view->arena, targets->first));
        add_scores(record, part, view);
        add_sweeps(record, part, view);
    } else if (!strcmp(words(part, "kind"), "selection")) {
        add_selections(record, part, view);
    } else if (!strcmp(words(part, "kind"), "fit")) {
        add_parameters(part, view);
    } else {
        add_numbers(record, part, view);
    }
}

static void add_runs(const fsci_json *record, fsci_view *view)
{
    const fsci_json *before = NULL;
    FSCI_JSON_EACH (part, fsci_json_get(record, "records")) {
        if (!fsci_study_continues(before, part))
            add_run(record, part, view);
        before = part;
    }
}

/* ---- all runs ---------------------------------------------------------------------------- */

/* "pc3 test" of "targets.pc3.test.mse", "mmlu" of "targets.pc3.benchmark_weights.mmlu". */
static const char *say_place(fsci_arena *arena, const char *what)
{
    static const char *const plain[] = {"targets.", "pca."}, weights[] = "benchmark_weights.";
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strncmp(what, plain[i], strlen(plain[i])))
            what += strlen(plain[i]);
    const char *in = strstr(what, weights);
    char *text = fsci_copy_string(arena, in ? in + sizeof weights - 1 : what);
    size_t n = text ? strlen(text) : 0;
    if (n > 4 && !strcmp(text + n - 4, ".mse"))
        text[n - 4] = '\0';
    for (char *c = text; c && *c; c++)
        if (*c == '.')
            *c = ' ';
    return text;
}

/* The published numbers of one run and source that ours do not round to. */
static void add_disagreement(const fsci_json *record, const fsci_json *first, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *run = words(first, "run"), *source = words(first, "source"), *differ = NULL;
    size_t n = 0, agree = 0;
    FSCI_JSON_EACH (e, fsci_json_get(record, "expected")) {
        if (strcmp(words(e, "run"), run) || strcmp(words(e, "source"), source))
            continue;
        n++;
        if (fsci_json_get_bool(e, "agrees", false))
            agree++;
        else
            differ =
                fsci_joined(arena, differ, "; ",
                            fsci_format(arena, "%s %s, ours %s", say_place(arena, words(e, "what")),
                                        fsci_say_digits(arena, number(e, "published"), 6),
                                        fsci_say_digits(arena, number(e, "ours"), 4)));
    }
    if (differ)
        fsci_view_add(view, FSCI_ITEM, run,
                      fsci_format(arena, "%s: %zu of %zu agree; %s", source, agree, n, differ));
}

static bool is_first_of_source(const fsci_json *record, const fsci_json *entry)
{
    FSCI_JSON_EACH (e, fsci_json_get(record, "expected")) {
        if (e == entry)
            break;
        if (!strcmp(words(e, "run"), words(entry, "run")) &&
            !strcmp(words(e, "source"), words(entry, "source")))
            return false;
    }
    return true;
}

static bool all_agree(const fsci_json *expected)
{
    FSCI_JSON_EACH (e, expected)
        if (!fsci_json_get_bool(e, "agrees", false))
            return false;
    return true;
}

static void add_disagreements(const fsci_json *record, fsci_view *view)
{
    const fsci_json *expected = fsci_json_get(record, "expected");
    if (all_agree(expected))
        return;
    fsci_view_add(view, FSCI_HEADING, NULL, "Published numbers that differ from ours");
    FSCI_JSON_EACH (entry, expected)
        if (is_first_of_source(record, entry))
            add_disagreement(record, entry, view);
}

/* Optima whose training error is beyond this many times the best are no rivals of it. */
static const double RIVAL = 1.5;

static bool is_rival(const fsci_json *optima, const fsci_json *optimum)
{
    return number(optimum, "value") <= RIVAL * number(optima->first, "value");
}

static void add_rivals(const fsci_json *part, const fsci_json *entry, fsci_view *view,
                       fsci_grid *grid)
{
    fsci_arena *arena = view->arena;
    const fsci_json *optima = fsci_json_get(entry, "optima");
    double best = number(fsci_json_get(entry, "train"), "mse");
    FSCI_JSON_EACH (o, optima) {
        double mse = best * number(o, "value") / number(optima->first, "value");
        bool first = o == optima->first;
        if (is_rival(optima, o))
            fsci_grid_add(
                view, grid,
                (const char *[]){
                    first ? words(part, "run") : "", first ? words(entry, "predictors") : "",
                    fsci_say_integer(arena, number(o, "count")), fsci_say_digits(arena, mse, 4),
                    fsci_say_digits(arena, number(o, "test_mse"), 3),
                    fsci_say_digits(arena, number(o, "standard_weight"), 3)});
    }
}

/* Fits in which the search from many starts found optima nearly as good as the best. */
static void add_optima(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"run", FSCI_LEFT},       {"from", FSCI_LEFT},
                                          {"starts", FSCI_RIGHT},   {"train MSE", FSCI_RIGHT},
                                          {"test MSE", FSCI_RIGHT}, {"steepness", FSCI_RIGHT}};
    fsci_grid *grid = NULL;
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (entry, fsci_json_get(part, "targets")) {
            const fsci_json *optima = fsci_json_get(entry, "optima");
            if (fsci_json_count(optima) < 2 || !is_rival(optima, optima->first->next))
                continue;
            if (!grid) {
                fsci_view_add(view, FSCI_HEADING, NULL, "Fits with rival optima");
                grid = FSCI_VIEW_GRID(view, NULL, columns);
            }
            add_rivals(part, entry, view, grid);
        }
}

/* ---- numbers of several runs side by side ------------------------------------------------ */

/* The longer of the two goes down the page. */
static void add_comparison(const fsci_json *record, const fsci_json *wanted, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    fsci_comparison c;
    if (!fsci_comparison_read(arena, record, wanted, &c))
        return;
    bool runs_down = c.n_runs >= c.n_members;
    size_t rows = runs_down ? c.n_runs : c.n_members, across = runs_down ? c.n_members : c.n_runs;
    fsci_column *columns = FSCI_NEW(arena, fsci_column, across + 1);
    const char **cells = FSCI_NEW(arena, const char *, across + 1);
    if (!columns || !cells)
        return;
    columns[0] = (fsci_column){runs_down ? "run" : "", FSCI_WRAP};
    for (size_t j = 0; j < across; j++)
        columns[j + 1] = (fsci_column){runs_down ? c.members[j] : c.runs[j], FSCI_POINT};
    fsci_view_add(view, FSCI_HEADING, NULL, words(wanted, "title"));
    fsci_grid *grid = fsci_view_grid(view, NULL, columns, across + 1);
    for (size_t i = 0; i < rows; i++) {
        cells[0] = runs_down ? c.runs[i] : c.members[i];
        for (size_t j = 0; j < across; j++) {
            size_t run = runs_down ? i : j, member = runs_down ? j : i;
            cells[j + 1] = fsci_say_digits(arena, number(c.numbers[run], c.members[member]), 3);
        }
        fsci_grid_add(view, grid, cells);
    }
}

/* ---- the whole --------------------------------------------------------------------------- */

static void add_title(const fsci_json *record, const fsci_json *study, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *expected = fsci_json_get(record, "expected");
    size_t agree = 0;
    FSCI_JSON_EACH (e, expected)
        agree += fsci_json_get_bool(e, "agrees", false);
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, words(study, "id"), words(study, "title"));
    const char *runs = fsci_say_count(
        arena, (double)fsci_json_count(fsci_json_get(record, "records")), "run", "runs");
    if (title)
        title->aside = fsci_json_count(expected)
                           ? fsci_format(arena, "%s; %zu of %zu published numbers agree", runs,
                                         agree, fsci_json_count(expected))
                           : runs;
    fsci_view_add(view, FSCI_SENTENCE, NULL, string(study, "question"));
    fsci_view_add(view, FSCI_ITEM, "source",
                  fsci_say_source(arena, fsci_json_get(study, "source")));
}

/* The codes of what the runs warn of; each run alone says more. */
static void add_warnings(const fsci_json *record, fsci_view *view)
{
    const char *codes = NULL;
    double n = 0;
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (warning, fsci_json_get(part, "warnings")) {
            const char *code = words(warning, "code");
            n++;
            if (!codes || !strstr(codes, code))
                codes = fsci_joined(view->arena, codes, ", ", code);
        }
    if (codes)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(view->arena,
                                  "%s in the runs (%s): --json has them, and each run "
                                  "alone shows its own.",
                                  fsci_say_count(view->arena, n, "warning", "warnings"), codes));
}

void fsci_study_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *study = fsci_json_get(record, "study");
    bool runs = fsci_study_shows_runs(record);
    add_title(record, study, view);
    if (runs)
        add_runs(record, view);
    FSCI_JSON_EACH (wanted, fsci_json_get(study, "compare"))
        add_comparison(record, wanted, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_disagreements(record, view);
    if (runs)
        add_optima(record, view);
    if (fsci_json_count(fsci_json_get(study, "findings")))
        fsci_view_add(view, FSCI_HEADING, NULL, "Findings");
    FSCI_JSON_EACH (finding, fsci_json_get(study, "findings"))
        fsci_view_add(view, FSCI_SENTENCE, NULL, finding->string);
    add_warnings(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
