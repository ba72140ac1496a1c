/* The record of a study: what its runs say in one table each, with the published numbers beside
 * ours, and how far the two agree. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"
#include "report/phrases.h"
#include "report/quantity.h"

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

/* Whether a part goes into the table of the one before it: neither predicts, and they share a
 * title. */
static bool continues(const fsci_json *before, const fsci_json *part)
{
    return before && !fsci_json_count(fsci_json_get(before, "targets")) &&
           !fsci_json_count(fsci_json_get(part, "targets")) &&
           !strcmp(words(before, "title"), words(part, "title"));
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
    for (; part && (!before || continues(before, part)); before = part, part = part->next) {
        const fsci_json *objective = expected_at(record, words(part, "run"), "objective");
        fsci_grid_add(view, grid,
                      (const char *[]){words(part, "run"),
                                       fsci_say_integer(arena, number(part, "n_models")),
                                       fsci_say_digits(arena, number(part, "objective"), 6),
                                       say_published(arena, objective),
                                       list_names(arena, fsci_json_get(part, "families"))});
    }
}

/* What was expected of runs that predict nothing. */
static void add_numbers(const fsci_json *record, const fsci_json *part, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"number", FSCI_WRAP}, {"ours", FSCI_POINT}, {"published", FSCI_LEFT}};
    fsci_arena *arena = view->arena;
    const fsci_json *before = NULL;
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    for (; part && (!before || continues(before, part)); before = part, part = part->next)
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
    } else if (!strcmp(words(part, "kind"), "selection")) {
        add_selections(record, part, view);
    } else {
        add_numbers(record, part, view);
    }
}

static void add_runs(const fsci_json *record, fsci_view *view)
{
    const fsci_json *before = NULL;
    FSCI_JSON_EACH (part, fsci_json_get(record, "records")) {
        if (!continues(before, part))
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
    fsci_view_add(view, FSCI_ITEM, run,
                  fsci_format(arena, "%s: %zu of %zu%s%s", source, agree, n, differ ? "; but " : "",
                              differ ? differ : ""));
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

static bool is_listed(const fsci_json *list, const char *text)
{
    FSCI_JSON_EACH (item, list)
        if (item->string && !strcmp(item->string, text))
            return true;
    return !list;
}

/* The object of numbers at `in` of a part: a path that may name the predictors of a target. */
static const fsci_json *numbers_at(const fsci_json *part, const char *predictors, const char *key)
{
    FSCI_JSON_EACH (entry, fsci_json_get(part, "targets"))
        if (!strcmp(words(entry, "predictors"), predictors))
            return fsci_json_at(entry, key);
    return NULL;
}

/* What is compared: the objects of numbers of some runs. */
typedef struct comparison {
    size_t n_runs, n_members;
    const char **runs;         /* [n_runs] */
    const fsci_json **numbers; /* [n_runs] */
    const char **members;      /* [n_members] names, those of the first run */
} comparison;

static bool read_comparison(fsci_arena *arena, const fsci_json *record, const fsci_json *wanted,
                            comparison *c)
{
    const fsci_json *records = fsci_json_get(record, "records");
    *c = (comparison){.runs = FSCI_NEW(arena, const char *, fsci_json_count(records) + 1),
                      .numbers = FSCI_NEW(arena, const fsci_json *, fsci_json_count(records) + 1)};
    if (!c->runs || !c->numbers)
        return false;
    FSCI_JSON_EACH (part, records) {
        const fsci_json *numbers =
            numbers_at(part, words(wanted, "predictors"), words(wanted, "of"));
        if (!numbers || !is_listed(fsci_json_get(wanted, "runs"), words(part, "run")))
            continue;
        c->runs[c->n_runs] = words(part, "run");
        c->numbers[c->n_runs++] = numbers;
    }
    if (!c->n_runs || !(c->members = FSCI_NEW(arena, const char *, c->numbers[0]->count + 1)))
        return false;
    FSCI_JSON_EACH (member, c->numbers[0])
        if (member->kind == FSCI_JSON_NUMBER)
            c->members[c->n_members++] = member->key;
    return true;
}

/* The longer of the two goes down the page. */
static void add_comparison(const fsci_json *record, const fsci_json *wanted, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    comparison c;
    if (!read_comparison(arena, record, wanted, &c))
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
        fsci_view_add(view, FSCI_ITEM, "warnings",
                      fsci_format(view->arena,
                                  "%s in the runs (%s); --json has them, and each run "
                                  "alone shows its own",
                                  fsci_say_integer(view->arena, n), codes));
}

void fsci_study_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *study = fsci_json_get(record, "study");
    add_title(record, study, view);
    add_runs(record, view);
    FSCI_JSON_EACH (wanted, fsci_json_get(study, "compare"))
        add_comparison(record, wanted, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_disagreements(record, view);
    add_optima(record, view);
    if (fsci_json_count(fsci_json_get(study, "findings")))
        fsci_view_add(view, FSCI_HEADING, NULL, "Findings");
    FSCI_JSON_EACH (finding, fsci_json_get(study, "findings"))
        fsci_view_add(view, FSCI_SENTENCE, NULL, finding->string);
    add_warnings(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

/* ---- figures and the list ---------------------------------------------------------------- */

static bool is_about_target(const fsci_json *part, const char *id)
{
    FSCI_JSON_EACH (entry, fsci_json_get(part, "targets")) {
        size_t n = strlen(words(entry, "target"));
        if (!strncmp(id, words(entry, "target"), n) && id[n] == '-')
            return true;
    }
    return false;
}

/* Every figure of the runs; those of the capability space, which the runs share or nearly so, of
 * the first alone. */
const fsci_json *fsci_study_figures(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *records = fsci_json_get(record, "records");
    fsci_json *all = fsci_json_array(arena);
    FSCI_JSON_EACH (part, records) {
        bool observation = !strcmp(words(part, "kind"), "observation");
        FSCI_JSON_EACH (figure, observation ? fsci_observation_figures(arena, part)
                                            : fsci_record_figures(arena, part)) {
            const char *id = words(figure, "id");
            if (observation && part != records->first && !is_about_target(part, id))
                continue;
            fsci_json *copy = fsci_json_push(all, fsci_json_copy(arena, figure));
            fsci_json_set_string(arena, copy, "id",
                                 fsci_format(arena, "%s/%s", words(part, "run"), id));
        }
    }
    return all;
}

/* A row per fit, or per published number of the runs that fit nothing. */
const fsci_json *fsci_study_list(fsci_arena *arena, const fsci_json *record)
{
    static const char *const sets[] = {"train", "test", "later"};
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (entry, fsci_json_get(part, "targets")) {
            fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
            fsci_json_set_string(arena, row, "run", words(part, "run"));
            fsci_json_set_string(arena, row, "target", words(entry, "target"));
            fsci_json_set_string(arena, row, "predictors", words(entry, "predictors"));
            for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
                const fsci_json *of = fsci_json_get(entry, sets[i]);
                const char *n = fsci_format(arena, "n_%s", sets[i]);
                const char *mse = fsci_format(arena, "mse_%s", sets[i]);
                if (!n || !mse)
                    return NULL;
                fsci_json_set_number(arena, row, n, number(of, "n"));
                fsci_json_set_number(arena, row, mse, number(of, "mse"));
            }
        }
    return fsci_json_count(list) ? list : fsci_json_get(record, "expected");
}
