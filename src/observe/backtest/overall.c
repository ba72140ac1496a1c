#include "observe/backtest/overall.h"

#include "observe/backtest/paired.h"
#include "observe/backtest/write.h"

#include <math.h>
#include <string.h>

static const double SURE = 0.05;
static const char HEADLINE[] = "headline";

/* One target split one way, with the row of every method. */
typedef struct event {
    const fsci_json *split;
    const char *name;       /* of the run in a study, else of the target */
    const fsci_json **rows; /* [n_methods], NULL where a method was not run */
    bool headline, counts;  /* enough models are tested */
} event;

typedef struct table {
    fsci_arena *arena;
    event *events;
    size_t n_events;
    const char **methods;
    size_t n_methods, reference;
    uint64_t seed;
} table;

static double number(const fsci_json *object, const char *key)
{
    return fsci_json_get_number(object, key);
}

static const char *text(const fsci_json *object, const char *key)
{
    const char *string = fsci_json_get_string(object, key);
    return string ? string : "";
}

const char *fsci_default_method(void)
{
    return "blend";
}

/* ---- gathering ---- */

static size_t index_of(const table *t, const char *id)
{
    size_t i = 0;
    while (i < t->n_methods && strcmp(t->methods[i], id))
        i++;
    return i;
}

static fsc_status list_methods(table *t, const fsci_json *const *records, size_t n, fsc_error *err)
{
    size_t room = 0;
    for (size_t r = 0; r < n; r++)
        room += fsci_json_count(fsci_json_get(records[r], "about"));
    t->methods = FSCI_NEW(t->arena, const char *, room);
    if (!t->methods)
        return fsci_fail_memory(err);
    for (size_t r = 0; r < n; r++)
        FSCI_JSON_EACH (about, fsci_json_get(records[r], "about"))
            if (index_of(t, text(about, "id")) == t->n_methods)
                t->methods[t->n_methods++] = text(about, "id");
    t->reference = index_of(t, fsci_default_method());
    return FSC_OK;
}

/* Rows follow the splits in their order, method by method. */
static fsc_status add_events(table *t, const fsci_json *record, fsc_error *err)
{
    const fsci_json *row = fsci_json_get(record, "methods")->first;
    size_t per_split = fsci_json_count(fsci_json_get(record, "about"));
    const char *run = fsci_json_get_string(record, "run");
    FSCI_JSON_EACH (split, fsci_json_get(record, "splits")) {
        event *e = &t->events[t->n_events++];
        *e = (event){.split = split,
                     .name = run ? run : text(split, "target"),
                     .rows = FSCI_NEW(t->arena, const fsci_json *, t->n_methods),
                     .headline = fsci_json_get_bool(split, "headline", false),
                     .counts = number(split, "n_models") >= FSCI_RANK_LEAST};
        if (!e->rows)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < per_split && row; i++, row = row->next)
            if (!fsci_json_get_bool(row, "leak", false))
                e->rows[index_of(t, text(row, "id"))] = row;
    }
    return FSC_OK;
}

static fsc_status gather(table *t, const fsci_json *const *records, size_t n, fsc_error *err)
{
    size_t room = 0;
    for (size_t r = 0; r < n; r++)
        room += fsci_json_count(fsci_json_get(records[r], "splits"));
    t->events = FSCI_NEW(t->arena, event, room);
    if (!t->events)
        return fsci_fail_memory(err);
    FSCI_TRY(list_methods(t, records, n, err));
    for (size_t r = 0; r < n; r++)
        FSCI_TRY(add_events(t, records[r], err));
    return FSC_OK;
}

static bool is_in(const event *e, const char *split)
{
    return e->counts && (split == HEADLINE ? e->headline : !strcmp(text(e->split, "name"), split));
}

/* ---- means ---- */

/* A number at a path of the method's row; NaN where the event is not of the split or has none. */
static double number_of(const event *e, const char *split, size_t method, const char *path)
{
    const fsci_json *row = e->rows[method];
    const fsci_json *value = row && is_in(e, split) ? fsci_json_at(row, path) : NULL;
    return value && value->kind == FSCI_JSON_NUMBER ? value->number : NAN;
}

/* Mean over events of such numbers, NaN left out; of their logarithms. */
static double mean_of(const table *t, const char *split, size_t method, const char *path, bool logs)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < t->n_events; i++) {
        double value = number_of(&t->events[i], split, method, path);
        if (isnan(value))
            continue;
        sum += logs ? log(fmax(value, 1e-300)) : value;
        n++;
    }
    return n == 0 ? NAN : logs ? exp(sum / (double)n) : sum / (double)n;
}

static double extreme_of(const table *t, const char *split, size_t method, const char *path,
                         double sign, const char **target)
{
    double most = NAN;
    for (size_t i = 0; i < t->n_events; i++) {
        double value = number_of(&t->events[i], split, method, path);
        if (!isnan(value) && (isnan(most) || sign * value > sign * most)) {
            most = value;
            *target = t->events[i].name;
        }
    }
    return most;
}

/* 1 - the geometric mean of the ratio of squared errors, over events that have both. */
static double skill(const table *t, const char *split, size_t method, const char *reference)
{
    size_t other = index_of(t, reference), n = 0;
    double sum = 0;
    for (size_t i = 0; i < t->n_events && other < t->n_methods; i++) {
        const event *e = &t->events[i];
        if (!is_in(e, split) || !e->rows[method] || !e->rows[other])
            continue;
        sum += log(number(e->rows[method], "mse") / number(e->rows[other], "mse"));
        n++;
    }
    return n ? 1 - exp(sum / (double)n) : NAN;
}

/* ---- paired tests ---- */

/* Sum over events of the difference of mean squared errors, by family, relative to the reference's
 * mean squared error, so that no single target decides. */
static fsci_json *differences(const table *t, const char *split, size_t method)
{
    fsci_json *sums = fsci_json_object(t->arena);
    for (size_t i = 0; i < t->n_events; i++) {
        const event *e = &t->events[i];
        const fsci_json *row = e->rows[method], *base = e->rows[t->reference];
        if (!is_in(e, split) || !row || !base)
            continue;
        double scale = number(row, "n_test") * (number(row, "mse") + number(base, "mse"));
        if (!(scale > 0)) /* neither errs at all */
            continue;
        FSCI_JSON_EACH (own, fsci_json_get(row, "family_sse")) {
            double other = number(fsci_json_get(base, "family_sse"), own->key);
            double before = number(sums, own->key);
            fsci_json_set_number(t->arena, sums, own->key,
                                 (isnan(before) ? 0 : before) + (own->number - other) / scale);
        }
    }
    return sums;
}

static double test(const table *t, const char *split, size_t method, size_t *n_families)
{
    const fsci_json *sums = differences(t, split, method);
    size_t n = 0;
    double *d = FSCI_NEW(t->arena, double, fsci_json_count(sums));
    FSCI_JSON_EACH (sum, sums)
        if (d)
            d[n++] = sum->number;
    *n_families = n;
    return d && method != t->reference ? fsci_paired_p(d, n, t->seed, method) : NAN;
}

/* ---- one split ---- */

static void write_row(const table *t, const char *split, size_t m, fsci_json *row)
{
    static const struct {
        const char *key, *path;
    } means[] = {{"rmse", "rmse"},
                 {"mae", "mae"},
                 {"median_ae", "median_ae"},
                 {"crps", "crps"},
                 {"interval_score", "interval_score"},
                 {"coverage", "coverage.95"},
                 {"coverage_50", "coverage.50"},
                 {"coverage_80", "coverage.80"},
                 {"width", "width.95"},
                 {"kendall", "kendall"},
                 {"mean_signed_error", "mean_signed_error"}};
    const char *worst = NULL, *least = NULL;
    fsci_json_set_number(t->arena, row, "mse", mean_of(t, split, m, "mse", true));
    double most = extreme_of(t, split, m, "mse", 1, &worst);
    fsci_json_set_number(t->arena, row, "worst", most);
    fsci_json_set_string(t->arena, row, "worst_target", worst);
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        fsci_json_set_number(t->arena, row, means[i].key,
                             mean_of(t, split, m, means[i].path, false));
    double low = extreme_of(t, split, m, "coverage.95", -1, &least);
    fsci_json_set_number(t->arena, row, "least_coverage", low);
    fsci_json_set_string(t->arena, row, "least_coverage_target", least);
    fsci_json_set_number(t->arena, row, "aue", mean_of(t, split, m, "aue", true));
    fsci_json *skills = fsci_json_set_object(t->arena, row, "skill_vs");
    fsci_json_set_number(t->arena, skills, "persistence", skill(t, split, m, "persistence"));
    fsci_json_set_number(t->arena, skills, "flops", skill(t, split, m, "flops"));
}

/* Over the events of a split. */
typedef struct tally {
    size_t n_targets;
    double n_test, n_fallback;
} tally;

static tally count(const table *t, const char *split, size_t method)
{
    tally c = {0};
    for (size_t i = 0; i < t->n_events; i++) {
        const fsci_json *row = t->events[i].rows[method];
        if (!row || !is_in(&t->events[i], split))
            continue;
        double fallback = number(row, "n_fallback");
        c.n_targets++;
        c.n_test += number(row, "n_test");
        c.n_fallback += isnan(fallback) ? 0 : fallback;
    }
    return c;
}

static fsc_status write_split(const table *t, const char *split, fsci_json *list, fsc_error *err)
{
    double *p = FSCI_NEW(t->arena, double, t->n_methods);
    fsci_json **rows = FSCI_NEW(t->arena, fsci_json *, t->n_methods);
    if (!p || !rows)
        return fsci_fail_memory(err);
    for (size_t m = 0; m < t->n_methods; m++) {
        tally c = count(t, split, m);
        size_t n_families = 0;
        p[m] = NAN;
        if (c.n_targets == 0)
            continue;
        rows[m] = fsci_json_push(list, fsci_json_object(t->arena));
        fsci_json_set_string(t->arena, rows[m], "split", split);
        fsci_json_set_string(t->arena, rows[m], "id", t->methods[m]);
        fsci_json_set_number(t->arena, rows[m], "n_targets", (double)c.n_targets);
        fsci_json_set_number(t->arena, rows[m], "n_test", c.n_test);
        fsci_json_set_number(t->arena, rows[m], "n_fallback", c.n_fallback);
        write_row(t, split, m, rows[m]);
        if (t->reference < t->n_methods && c.n_fallback < c.n_test)
            p[m] = test(t, split, m, &n_families);
        fsci_json_set_number(t->arena, rows[m], "n_families", (double)n_families);
        fsci_json_set_number(t->arena, rows[m], "p", p[m]);
    }
    fsci_holm(p, t->n_methods);
    for (size_t m = 0; m < t->n_methods; m++)
        if (rows[m])
            fsci_json_set_number(t->arena, rows[m], "p_holm", p[m]);
    return FSC_OK;
}

static bool is_new(const table *t, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (t->events[i].counts &&
            !strcmp(text(t->events[i].split, "name"), text(t->events[at].split, "name")))
            return false;
    return t->events[at].counts;
}

/* ---- wins ---- */

static void write_wins(const table *t, fsci_json *record)
{
    fsci_json *wins = fsci_json_set_object(t->arena, record, "wins");
    fsci_json *methods = fsci_json_set_array(t->arena, wins, "methods");
    fsci_json *share = fsci_json_set_array(t->arena, wins, "share");
    double most = 0;
    for (size_t a = 0; a < t->n_methods; a++) {
        fsci_json *row = fsci_json_push(share, fsci_json_array(t->arena));
        fsci_json_push(methods, fsci_json_string(t->arena, t->methods[a]));
        for (size_t b = 0; b < t->n_methods; b++) {
            double won = 0, n = 0;
            for (size_t i = 0; i < t->n_events; i++) {
                const event *e = &t->events[i];
                if (!is_in(e, HEADLINE) || !e->rows[a] || !e->rows[b])
                    continue;
                double own = number(e->rows[a], "mse"), other = number(e->rows[b], "mse");
                won += own < other ? 1 : own == other ? 0.5 : 0;
                n++;
            }
            most = fmax(most, n);
            fsci_json_push(row, fsci_json_number(t->arena, a == b ? NAN : won / n));
        }
    }
    fsci_json_set_number(t->arena, wins, "n", most);
}

/* ---- which one to use ---- */

static const fsci_json *headline_row(const fsci_json *overall, const char *id)
{
    FSCI_JSON_EACH (row, overall)
        if (!strcmp(text(row, "split"), HEADLINE) && !strcmp(text(row, "id"), id))
            return row;
    return NULL;
}

/* The method of least geometric-mean error among those that were run on as much as `base`, or, when
 * it is NULL, on as much as any, and had an answer of their own; `base` when none is better. */
static const fsci_json *best_row(const fsci_json *overall, const fsci_json *base)
{
    const fsci_json *best = base;
    double most = number(base, "n_targets");
    FSCI_JSON_EACH (row, overall)
        if (!base && !strcmp(text(row, "split"), HEADLINE))
            most = fmax(most, number(row, "n_targets"));
    FSCI_JSON_EACH (row, overall)
        if (!strcmp(text(row, "split"), HEADLINE) && number(row, "n_targets") >= most &&
            number(row, "n_fallback") < number(row, "n_test") &&
            !(number(row, "mse") >= number(best, "mse")))
            best = row;
    return best;
}

static void write_recommended(const table *t, const fsci_json *overall, fsci_json *record)
{
    const char *id = fsci_default_method();
    const fsci_json *base = headline_row(overall, id), *best = best_row(overall, base);
    bool asked = !base && best && t->reference == t->n_methods; /* the default was not run */
    double p = number(best, "p_holm");
    bool sure = base && best != base && p < SURE;
    fsci_json *out = fsci_json_set_object(t->arena, record, "recommended");
    fsci_json_set_string(t->arena, out, "default", id);
    fsci_json_set_string(t->arena, out, "id", sure || asked ? text(best, "id") : id);
    fsci_json_set_string(t->arena, out, "best", base || asked ? text(best, "id") : NULL);
    fsci_json_set_number(t->arena, out, "ratio", number(best, "mse") / number(base, "mse"));
    fsci_json_set_number(t->arena, out, "p_holm", best == base ? NAN : p);
    fsci_json_set_string(t->arena, out, "basis", sure ? "scores" : asked ? "asked" : "default");
}

fsc_status fsci_backtest_overall(fsci_arena *arena, const fsci_json *const *records, size_t n,
                                 uint64_t seed, fsci_json *record, fsc_error *err)
{
    table t = {.arena = arena, .seed = seed};
    FSCI_TRY(gather(&t, records, n, err));
    fsci_json *overall = fsci_json_set_array(arena, record, "overall");
    for (size_t i = 0; i < t.n_events; i++)
        if (is_new(&t, i))
            FSCI_TRY(write_split(&t, text(t.events[i].split, "name"), overall, err));
    FSCI_TRY(write_split(&t, HEADLINE, overall, err));
    write_wins(&t, record);
    write_recommended(&t, overall, record);
    return FSC_OK;
}
