/* The figures of a study, and its main table. */
#include "report/study.h"

#include "record/figure.h"
#include "report/fields.h"
#include "report/kinds.h"
#include "report/observation.h"

#include <math.h>
#include <string.h>

bool fsci_study_shows_runs(const fsci_json *record)
{
    return strcmp(words(fsci_json_get(record, "study"), "show"), "comparisons") != 0;
}

bool fsci_study_continues(const fsci_json *before, const fsci_json *part)
{
    return before && !fsci_json_count(fsci_json_get(before, "targets")) &&
           !fsci_json_count(fsci_json_get(part, "targets")) &&
           !strcmp(words(before, "title"), words(part, "title"));
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

bool fsci_comparison_read(fsci_arena *arena, const fsci_json *record, const fsci_json *wanted,
                          fsci_comparison *c)
{
    const fsci_json *records = fsci_json_get(record, "records");
    *c = (fsci_comparison){.runs = FSCI_NEW(arena, const char *, fsci_json_count(records) + 1),
                           .numbers =
                               FSCI_NEW(arena, const fsci_json *, fsci_json_count(records) + 1)};
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

/* Members of one kind, as the weights of benchmarks: a mark for each run over each member. */
static void add_comparison(fsci_arena *arena, const fsci_json *record, const fsci_json *wanted,
                           fsci_json *figures)
{
    fsci_comparison c;
    if (strcmp(words(wanted, "of"), "benchmark_weights") ||
        !fsci_comparison_read(arena, record, wanted, &c))
        return;
    const char *id = fsci_format(arena, "compare-%zu", fsci_json_count(figures) + 1);
    fsci_json *figure = fsci_figure_add(arena, figures, id, words(wanted, "title"), NULL);
    fsci_json *x = fsci_figure_axis(arena, figure, "x", "benchmark", NULL, "linear");
    fsci_json *names = fsci_json_set_array(arena, x, "categories");
    fsci_figure_axis(arena, figure, "y", "weight", NULL, "linear");
    fsci_figure_mark(arena, figure, "hline", 0, NULL);
    for (size_t j = 0; j < c.n_members; j++)
        fsci_json_push(names, fsci_json_string(arena, c.members[j]));
    for (size_t i = 0; i < c.n_runs; i++) {
        fsci_json *series = fsci_figure_series(arena, figure, c.runs[i], "line", "marked");
        for (size_t j = 0; j < c.n_members; j++)
            fsci_figure_point(arena, series, (double)(j + 1), number(c.numbers[i], c.members[j]));
    }
}

/* ---- what more models buy ---------------------------------------------------------------- */

/* The criterion over the number of models chosen, a line per group of selections. */
static void add_selection_curve(fsci_arena *arena, const fsci_json *record, fsci_json *figures)
{
    fsci_json *figure = NULL, *series = NULL;
    const fsci_json *before = NULL;
    FSCI_JSON_EACH (part, fsci_json_get(record, "records")) {
        bool selection = !strcmp(words(part, "kind"), "selection");
        if (selection && !figure) {
            figure = fsci_figure_add(arena, figures, "selection-curve", "What more models buy",
                                     "Variance of predictions for all candidates, from the best "
                                     "choice of each size.");
            fsci_figure_axis(arena, figure, "x", "models evaluated", NULL, "linear");
            fsci_figure_axis(arena, figure, "y", "variance of predictions (minus the objective)",
                             NULL, "log");
        }
        if (selection && !fsci_study_continues(before, part))
            series = fsci_figure_series(arena, figure, words(part, "title"), "line", "marked");
        if (selection)
            fsci_figure_point(arena, series, number(part, "n_models"), -number(part, "objective"));
        before = part;
    }
}

/* "gsm8k_cot-pc3", "aue-gsm8k_cot-flops". */
static bool is_about_target(const fsci_json *part, const char *id)
{
    static const char sweep[] = "aue-";
    id += strncmp(id, sweep, sizeof sweep - 1) ? 0 : sizeof sweep - 1;
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
    FSCI_JSON_EACH (wanted, fsci_json_at(record, "study.compare"))
        add_comparison(arena, record, wanted, all);
    add_selection_curve(arena, record, all);
    if (!fsci_study_shows_runs(record))
        return all;
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
            fsci_json_set_string(
                arena, copy, "title",
                fsci_format(arena, "%s: %s", words(part, "run"), words(figure, "title")));
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
