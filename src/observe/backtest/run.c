#include "observe/backtest/engine.h"

#include "base/number.h"
#include "observe/backtest/overall.h"
#include "observe/backtest/write.h"
#include "observe/checks.h"
#include "observe/split.h"

#include <math.h>
#include <string.h>

typedef struct run {
    fsci_arena *arena;
    const fsci_backtest_input *input;
    fsci_json *record;
    fsci_notes notes;
    fsci_frame frame;
    const double *date;
    const fsci_method **methods;
    size_t n_methods;
    fsci_contest *contests;
    size_t n_contests;
} run;

/* ---- what was asked ---- */

/* All of the table unless some are named; a given law only when one is. */
static fsc_status choose_methods(run *r, fsc_error *err)
{
    size_t n_all;
    const fsci_method *all = fsci_methods(&n_all);
    r->methods = FSCI_NEW(r->arena, const fsci_method *, n_all + r->input->n_methods);
    if (!r->methods)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < r->input->n_methods; i++)
        r->methods[r->n_methods++] = r->input->methods[i];
    for (size_t i = 0; r->input->n_methods == 0 && i < n_all; i++)
        if (strcmp(all[i].id, "given") || r->input->models->given)
            r->methods[r->n_methods++] = &all[i];
    return FSC_OK;
}

static bool is_asked(const fsci_backtest_input *input, const char *rule)
{
    for (size_t i = 0; i < input->n_splits; i++)
        if (!strcmp(input->splits[i], rule))
            return true;
    return input->n_splits == 0;
}

/* A target that a benchmark repeats, or that goes beyond its ceiling, is refused on all its rows.
 */
static fsc_status check_target(run *r, size_t target, fsc_error *err)
{
    fsci_observe_input whole = *r->input->models;
    fsci_split split;
    size_t known = 0;
    for (size_t i = 0; i < r->frame.n; i++)
        known += !isnan(r->frame.target[target][i]) && fsci_frame_has_score(&r->frame, i);
    if (known < 2)
        return fsci_fail(err, FSC_EINPUT,
                         "target %s is known for %zu %s; a backtest trains on some and forecasts "
                         "others",
                         r->frame.targets[target], known,
                         known == 1 ? "model with a benchmark score"
                                    : "models with a benchmark score");
    whole.train = NULL, whole.later = NULL, whole.until = NULL;
    whole.rank = 0, whole.n_hold_families = 0;
    FSCI_TRY(fsci_split_make(r->arena, &r->frame, &whole, r->frame.target[target], &split, err));
    FSCI_TRY(fsci_check_space(&r->frame, &split, whole.scale, 1, &r->notes, err));
    return fsci_check_target(&r->frame, &split, target, &whole, err);
}

/* ---- targets x splits ---- */

static fsc_status make_items(run *r, fsci_contest *c, fsc_error *err)
{
    c->items = FSCI_NEW(r->arena, fsci_item, c->folds.n);
    if (!c->items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->folds.n; i++) {
        const fsci_fold *fold = &c->folds.items[i];
        c->items[i] = (fsci_item){.problem = c->problem,
                                  .fold = fold,
                                  .canary = i == 0,
                                  .n_test = fold->n - fold->n_train};
    }
    return FSC_OK;
}

static fsc_status add_contest(run *r, const fsci_problem *problem, const fsci_split_rule *rule,
                              fsci_json *skipped, fsc_error *err)
{
    fsci_contest *c = &r->contests[r->n_contests];
    *c = (fsci_contest){.problem = problem, .rule = rule};
    FSCI_TRY(fsci_folds_make(r->arena, problem, rule, &c->folds, err));
    if (c->folds.n > 0) {
        r->n_contests++;
        return make_items(r, c, err);
    }
    if (r->input->n_splits)
        return fsci_fail(err, FSC_EINPUT, "%s cannot be split by '%s': %s", problem->name, rule->id,
                         c->folds.why_not);
    fsci_json *object = fsci_json_push(skipped, fsci_json_object(r->arena));
    fsci_json_set_string(r->arena, object, "target", problem->name);
    fsci_json_set_string(r->arena, object, "split", rule->id);
    fsci_json_set_string(r->arena, object, "why", c->folds.why_not);
    return FSC_OK;
}

static fsc_status make_contests(run *r, fsc_error *err)
{
    size_t n_rules, n_targets = r->frame.n_targets;
    const fsci_split_rule *rules = fsci_split_rules(&n_rules);
    fsci_problem *problems = FSCI_NEW(r->arena, fsci_problem, n_targets);
    fsci_json *skipped = fsci_json_array(r->arena);
    r->contests = FSCI_NEW(r->arena, fsci_contest, n_targets * n_rules);
    if (!problems || !r->contests)
        return fsci_fail_memory(err);
    for (size_t t = 0; t < n_targets; t++) {
        FSCI_TRY(check_target(r, t, err));
        FSCI_TRY(fsci_problem_make(r->arena, &r->frame, r->input, r->date, t, &problems[t], err));
        for (size_t i = 0; i < n_rules; i++)
            if (is_asked(r->input, rules[i].id))
                FSCI_TRY(add_contest(r, &problems[t], &rules[i], skipped, err));
    }
    fsci_json_set(r->arena, r->record, "skipped", skipped);
    return FSC_OK;
}

/* All folds of all contests in one queue, so that threads share evenly. */
static fsc_status run_contests(run *r, fsc_error *err)
{
    size_t n = 0, at = 0;
    for (size_t c = 0; c < r->n_contests; c++)
        n += r->contests[c].folds.n;
    fsci_item *queue = FSCI_NEW(r->arena, fsci_item, n);
    if (!queue)
        return fsci_fail_memory(err);
    for (size_t c = 0; c < r->n_contests; c++) {
        size_t folds = r->contests[c].folds.n;
        memcpy(queue + at, r->contests[c].items, folds * sizeof *queue);
        r->contests[c].items = queue + at;
        at += folds;
    }
    return fsci_engine_run(r->arena, r->input->models->threads, r->methods, r->n_methods, queue, n,
                           err);
}

/* ---- warnings ---- */

static void warn_of_leaks(run *r)
{
    FSCI_JSON_EACH (row, fsci_json_get(r->record, "methods"))
        if (fsci_json_get_bool(row, "leak", false))
            fsci_note(&r->notes, "W-LEAK",
                      "%s on %s (%s): its forecasts change when the answers that it must not see "
                      "do; it is ranked nowhere",
                      fsci_json_get_string(row, "id"), fsci_json_get_string(row, "target"),
                      fsci_json_get_string(row, "split"));
}

static void warn_of_few(run *r)
{
    size_t ranked = 0;
    FSCI_JSON_EACH (split, fsci_json_get(r->record, "splits")) {
        double n = fsci_json_get_number(split, "n_models");
        ranked += n >= FSCI_RANK_LEAST;
        if (n < FSCI_RANK_LEAST)
            fsci_note(&r->notes, "W-FEW-TEST",
                      "%s split by %s: %s test models are too few to rank methods by",
                      fsci_json_get_string(split, "target"), fsci_json_get_string(split, "name"),
                      fsci_briefly(n, 6).text);
    }
    if (ranked == 0)
        fsci_note(&r->notes, "W-NO-RANK",
                  "this table cannot rank any method: no split of it leaves enough models to train "
                  "on and five to test on");
}

static void warn_of_no_skill(run *r)
{
    const fsci_json *choice = fsci_json_get(r->record, "recommended");
    FSCI_JSON_EACH (row, fsci_json_get(r->record, "overall")) {
        double skill = fsci_json_get_number(fsci_json_get(row, "skill_vs"), "persistence");
        if (!strcmp(fsci_json_get_string(row, "split"), "headline") &&
            !strcmp(fsci_json_get_string(row, "id"), fsci_json_get_string(choice, "id")) &&
            skill <= 0)
            fsci_note(&r->notes, "W-NO-SKILL",
                      "%s does no better here than persistence, the last model of the family or "
                      "the best so far",
                      fsci_json_get_string(row, "id"));
    }
}

static void warn_of_parts(run *r)
{
    size_t parts = 0, folds = 0, most = 0;
    for (size_t c = 0; c < r->n_contests; c++)
        for (size_t i = 0; i < r->contests[c].folds.n; i++, folds++) {
            size_t known = r->contests[c].folds.items[i].n_known;
            parts += known > 0;
            most = known > most ? known : most;
        }
    if (parts > 0)
        fsci_note(
            &r->notes, "W-PART",
            "methods are trained on %d models, spread over families and scores, in %zu of %zu "
            "fits that have more (up to %zu)",
            FSCI_FOLD_MOST, parts, folds, most);
}

static void warn(run *r)
{
    warn_of_parts(r);
    warn_of_leaks(r);
    warn_of_few(r);
    warn_of_no_skill(r);
}

fsc_status fsci_backtest_run(fsci_arena *arena, const fsci_backtest_input *input, fsci_json *record,
                             fsc_error *err)
{
    run r = {.arena = arena, .input = input, .record = record, .notes = {arena, record}};
    FSCI_TRY(fsci_frame_read(arena, input->models, &r.notes, &r.frame, err));
    if (r.frame.n_targets == 0)
        return fsci_fail(err, FSC_EUSAGE, "say what to forecast: --target COLUMN");
    for (size_t i = 0; i < input->n_splits; i++)
        if (!fsci_split_rule_find(input->splits[i]))
            return fsci_fail(err, FSC_EUSAGE, "'%s' is no way to split", input->splits[i]);
    FSCI_TRY(fsci_problem_dates(arena, &r.frame, &r.date, err));
    FSCI_TRY(choose_methods(&r, err));
    FSCI_TRY(make_contests(&r, err));
    FSCI_TRY(run_contests(&r, err));
    fsci_results results = {r.methods, r.n_methods, r.contests, r.n_contests};
    FSCI_TRY(fsci_backtest_write(arena, &results, record, err));
    const fsci_json *own = record;
    FSCI_TRY(fsci_backtest_overall(arena, &own, 1, input->models->seed, record, err));
    warn(&r);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
