#include "api/coverage.h"

#include "api/provenance.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/spread.h"
#include "fit/curve.h"
#include "fit/points.h"
#include "fit/predict.h"
#include "fit/interval/profile.h"
#include "fit/record.h"

#include <math.h>
#include <string.h>

/* ---- what is judged ---- */

typedef struct method {
    const char *name, *unit;
    fsci_interval_method interval;
    fsci_resample_unit resample;
    bool clusters; /* told which rows belong together; only in worlds that have clusters */
} method;

static const method methods[] = {
    {"local", "rows", FSCI_INTERVAL_LOCAL, FSCI_RESAMPLE_CASES, false},
    {"profile", "rows", FSCI_INTERVAL_PROFILE, FSCI_RESAMPLE_CASES, false},
    {"percentile", "rows", FSCI_INTERVAL_PERCENTILE, FSCI_RESAMPLE_CASES, false},
    {"bca", "rows", FSCI_INTERVAL_BCA, FSCI_RESAMPLE_CASES, false},
    {"studentised", "rows", FSCI_INTERVAL_STUDENTISED, FSCI_RESAMPLE_CASES, false},
    {"percentile", "simulation", FSCI_INTERVAL_PERCENTILE, FSCI_RESAMPLE_PARAMETRIC, false},
    {"local", "clusters", FSCI_INTERVAL_LOCAL, FSCI_RESAMPLE_CLUSTER, true},
    {"profile", "clusters", FSCI_INTERVAL_PROFILE, FSCI_RESAMPLE_CLUSTER, true},
    {"percentile", "clusters", FSCI_INTERVAL_PERCENTILE, FSCI_RESAMPLE_CLUSTER, true},
    {"bca", "clusters", FSCI_INTERVAL_BCA, FSCI_RESAMPLE_CLUSTER, true},
    {"studentised", "clusters", FSCI_INTERVAL_STUDENTISED, FSCI_RESAMPLE_CLUSTER, true},
    {"percentile", "clusters and rows", FSCI_INTERVAL_PERCENTILE, FSCI_RESAMPLE_HIERARCHICAL, true},
};
static const double levels[] = {0.5, 0.8, 0.95};
enum { METHODS = sizeof methods / sizeof *methods, LEVELS = sizeof levels / sizeof *levels };

/* Of one method, quantity and level in one replicate. */
typedef struct outcome {
    double given;   /* 1 when there is an interval, perhaps with an open end; not one of width 0, as
                       a covariance gives on a bound */
    double covered; /* 1 when it holds the truth */
    double open;    /* 1 when an end is open */
    double width;   /* of a closed one, else 0 */
} outcome;

typedef struct quantity {
    const char *name;
    double truth;          /* NaN: a new run, another one in each replicate */
    fsci_formula *formula; /* of a parameter; NULL for the prediction */
    fsci_at at;            /* the level of its category, if it differs by one */
} quantity;

typedef struct study {
    const fsci_subject *subject;
    const fsci_world *world;
    const fsc_table *design; /* without the response */
    fsci_fit_settings settings;
    const quantity *quantities;
    size_t n_quantities; /* the last two are the curve and a new run when there is a point */
    size_t which[METHODS], n_methods;
    const fsci_at *point;
    const fsci_world *there; /* the world at the point */
    size_t refits;
    uint64_t seed;
} study;

static outcome judge(double lo, double hi, bool lo_open, bool hi_open, double truth)
{
    bool given = (isfinite(lo) || lo_open) && (isfinite(hi) || hi_open) && lo != hi;
    bool open = given && (lo_open || hi_open);
    bool above = lo_open || lo <= truth, below = hi_open || hi >= truth;
    return (outcome){.given = given,
                     .covered = given && above && below,
                     .open = open,
                     .width = given && !open ? hi - lo : 0};
}

/* ---- one fit of one replicate ---- */

/* Without a scale there is no profile, which is something else than an end that is open. */
static bool is_open(const char *reason)
{
    return reason && strcmp(reason, fsci_profile_reason(FSCI_PROFILE_NONE)) != 0;
}

static bool is_log(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->parameters[i].name, name))
            return f->parameters[i].log;
    return false;
}

static fsc_status judge_parameter(fsci_arena *a, const fsci_fitted *f, const quantity *q,
                                  outcome *out, fsc_error *err)
{
    fsci_points points = {0};
    fsci_curve c;
    if (q->at.n)
        FSCI_TRY(fsci_points_at(a, f, &q->at, &points, err));
    fsci_space space = is_log(f, q->name) ? FSCI_SPACE_LOG : FSCI_SPACE_IDENTITY;
    FSCI_TRY(fsci_curve_find(a, f, q->formula, q->formula->right, &points, space, &c, err));
    *out = judge(c.lo[0], c.hi[0], is_open(c.lo_open ? c.lo_open[0] : NULL),
                 is_open(c.hi_open ? c.hi_open[0] : NULL), q->truth);
    return FSC_OK;
}

static fsc_status judge_point(fsci_arena *a, const study *s, const fsci_fitted *f, double new_run,
                              double curve, outcome *mean, outcome *run, fsc_error *err)
{
    fsci_json *rows = fsci_json_array(a), *derived = fsci_json_array(a);
    FSCI_TRY(fsci_predict_at(a, f, s->point, 1, rows, derived, err));
    const fsci_json *row = rows->first;
    *mean = judge(fsci_json_get_number(row, "mean_lo"), fsci_json_get_number(row, "mean_hi"),
                  is_open(fsci_json_get_string(row, "mean_lo_open")),
                  is_open(fsci_json_get_string(row, "mean_hi_open")), curve);
    *run = judge(fsci_json_get_number(row, "obs_lo"), fsci_json_get_number(row, "obs_hi"), false,
                 false, new_run);
    return FSC_OK;
}

/* Every quantity at every level; out[n_quantities * LEVELS]. */
static fsc_status judge_fit(fsci_arena *a, const study *s, const method *m, const fsc_table *table,
                            double new_run, outcome *out, fsc_error *err)
{
    fsci_fit_settings settings = s->settings;
    fsci_fit *fit = FSCI_NEW(a, fsci_fit, 1);
    fsci_fit_context context = {.rows_read = s->world->n, .settings = &settings};
    fsci_json *record = fsci_json_object(a);
    fsci_fitted f;
    settings.interval = m->interval;
    settings.resample = m->resample;
    settings.cluster = m->clusters ? "run" : NULL;
    settings.bootstrap = fsci_interval_resamples(m->interval) ? s->refits : 0;
    if (!fit)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_fit_run(a, s->subject, table, &settings, fit, err));
    fsci_json_set_string(a, record, "kind", "fit");
    fsci_json_set_number(a, record, "schema", 1);
    FSCI_TRY(fsci_fit_record(a, fit, &context, record, err));
    FSCI_TRY(fsci_fitted_read(a, record, &f, err));
    size_t n = s->n_quantities - (s->point ? 2 : 0);
    for (size_t l = 0; l < LEVELS; l++) {
        f.level = levels[l];
        for (size_t q = 0; q < n; q++)
            FSCI_TRY(judge_parameter(a, &f, &s->quantities[q], &out[q * LEVELS + l], err));
        if (s->point)
            FSCI_TRY(judge_point(a, s, &f, new_run, s->there->curve[0], &out[n * LEVELS + l],
                                 &out[(n + 1) * LEVELS + l], err));
    }
    return FSC_OK;
}

/* ---- one replicate ---- */

/* New runs are drawn from streams apart from the tables'. */
static const uint64_t new_runs = (uint64_t)1 << 62;

/* A replicate that cannot be fitted gives no interval. */
static void run_replicate(void *context, size_t i, size_t worker, void *result)
{
    const study *s = context;
    fsci_arena *a = fsci_arena_new();
    double *response = a ? FSCI_NEW(a, double, s->world->n) : NULL, new_run = NAN;
    bool *all = a ? FSCI_NEW(a, bool, s->world->n) : NULL;
    fsc_table *table = NULL;
    (void)worker;
    if (response && all) {
        memset(all, 1, s->world->n);
        fsci_world_draw(s->world, s->seed, i, response);
        if (s->point)
            fsci_world_draw(s->there, s->seed, new_runs + i, &new_run);
    }
    bool ready = response && all && fsci_table_take(s->design, all, &table, NULL) == FSC_OK &&
                 fsci_table_add_numbers(table, s->world->response, response, NULL) == FSC_OK;
    for (size_t m = 0; ready && m < s->n_methods; m++) {
        outcome *out = (outcome *)result + m * s->n_quantities * LEVELS;
        if (judge_fit(a, s, &methods[s->which[m]], table, new_run, out, NULL) != FSC_OK)
            memset(out, 0, s->n_quantities * LEVELS * sizeof *out);
    }
    fsci_table_free(table);
    fsci_arena_free(a);
}

/* ---- the study ---- */

/* The design as a table, with a column of clusters where the world has them. */
static fsc_status make_table(const fsci_world_input *in, const fsci_world *w, fsc_table **table,
                             fsc_error *err)
{
    fsci_buffer text = {0};
    fsci_buffer_puts(&text, w->noise.clusters ? "run" : "row");
    for (size_t c = 0; c < in->n_columns; c++)
        if (strcmp(in->columns[c].name, w->response) != 0)
            fsci_buffer_printf(&text, ",%s", in->columns[c].name);
    for (size_t i = 0; i < w->n; i++) {
        fsci_buffer_printf(&text, "\nr%zu", w->noise.clusters ? fsci_world_cluster(w, i) : i);
        for (size_t k = 0; k < in->n_columns; k++) {
            const fsci_world_column *c = &in->columns[k];
            if (c->codes)
                fsci_buffer_printf(&text, ",%s", c->levels[c->codes[i]]);
            else if (strcmp(c->name, w->response) != 0)
                fsci_buffer_printf(&text, ",%.17g", c->values[i]);
        }
    }
    fsc_status status =
        text.failed ? fsci_fail_memory(err)
                    : fsci_table_parse("simulated.csv", text.data, text.length, NULL, table, err);
    fsci_buffer_free(&text);
    return status;
}

/* Columns of a set are bound to it in the order of the design. */
static fsc_status bind_sets(fsci_arena *a, const fsci_world_input *in, study *s, fsc_error *err)
{
    fsci_setting *map = FSCI_NEW(a, fsci_setting, in->n_columns + 1);
    size_t n = 0;
    if (!map)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n_columns; i++)
        if (in->columns[i].of)
            map[n++] = (fsci_setting){in->columns[i].of, in->columns[i].name};
    s->settings.map = (fsci_settings_list){map, n};
    return FSC_OK;
}

/* The parameters, but for members of sets, and what is asked at the point. */
static fsc_status find_quantities(fsci_arena *a, const fsci_world_input *in, study *s,
                                  fsc_error *err)
{
    quantity *q = FSCI_NEW(a, quantity, in->parameters.n + 2);
    if (!q)
        return fsci_fail_memory(err);
    s->quantities = q;
    for (size_t i = 0; i < in->parameters.n; i++) {
        const fsci_value *v = &in->parameters.items[i];
        const char *category = fsci_world_category_of(a, in, v->name), *text = v->name;
        if (v->member && !category)
            continue;
        quantity *one = &q[s->n_quantities++];
        *one = (quantity){.name = v->name, .truth = v->value};
        if (v->member) {
            one->name = fsci_format(a, "%s[%s]", v->name, v->member);
            text = fsci_format(a, "%s[%s]", v->name, category);
            fsci_setting *level = FSCI_NEW(a, fsci_setting, 1);
            if (!one->name || !text || !level)
                return fsci_fail_memory(err);
            *level = (fsci_setting){category, v->member};
            one->at = (fsci_at){level, 1};
        }
        FSCI_TRY(fsci_formula_parse(a, v->name, 1, 1, text, &one->formula, err));
    }
    if (!s->point)
        return FSC_OK;
    q[s->n_quantities++] = (quantity){.name = "curve", .truth = s->there->curve[0]};
    q[s->n_quantities++] = (quantity){.name = "new run", .truth = NAN};
    return FSC_OK;
}

/* A column of the design at one value: a number, or a level of its category. */
static fsci_world_column column_at(const fsci_world_input *in, const fsci_setting *at,
                                   const double *value, uint32_t *code)
{
    for (size_t i = 0; i < in->n_columns; i++) {
        fsci_world_column c = in->columns[i];
        if (strcmp(c.name, at->name) != 0)
            continue;
        c.values = c.codes ? NULL : value;
        for (size_t k = 0; c.codes && k < c.n_levels; k++)
            if (!strcmp(c.levels[k], at->value)) {
                *code = (uint32_t)k;
                c.codes = code;
            }
        if (c.codes == code || !c.codes)
            return c;
    }
    return (fsci_world_column){.name = at->name, .values = value};
}

/* --point: the same law and noise at one more place. */
static fsc_status find_point(const fsc_args *args, fsci_arena *a, const fsci_world_input *in,
                             study *s, fsc_error *err)
{
    fsci_settings_list list;
    FSCI_TRY(fsci_args_pairs(args, "point", a, &list, err));
    if (!list.n)
        return FSC_OK;
    fsci_world_input here = *in;
    fsci_world_column *columns = FSCI_NEW(a, fsci_world_column, list.n);
    double *values = FSCI_NEW(a, double, list.n);
    uint32_t *codes = FSCI_NEW(a, uint32_t, list.n);
    fsci_world *there = FSCI_NEW(a, fsci_world, 1);
    fsci_at *at = FSCI_NEW(a, fsci_at, 1);
    if (!columns || !values || !codes || !there || !at)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < list.n; i++) {
        columns[i] = column_at(in, &list.items[i], &values[i], &codes[i]);
        if (!columns[i].codes &&
            !fsci_quantity_read(list.items[i].value, strlen(list.items[i].value), &values[i]))
            return fsci_fail(err, FSC_EUSAGE, "--point %s=%s: write one number", list.items[i].name,
                             list.items[i].value);
    }
    *at = (fsci_at){list.items, list.n};
    here.columns = columns;
    here.n_columns = list.n;
    here.n = 1;
    here.noise.clusters = in->noise.clusters ? 1 : 0;
    s->point = at;
    s->there = there;
    return fsci_world_new(a, &here, there, err);
}

static void choose_methods(const fsc_args *args, const fsci_world *w, study *s)
{
    const char *wanted = fsci_args_text(args, "interval");
    fsci_interval_method only = FSCI_INTERVAL_LOCAL;
    if (wanted)
        fsci_interval_named(wanted, &only);
    for (size_t m = 0; m < METHODS; m++)
        if ((!wanted || methods[m].interval == only) && (!methods[m].clusters || w->noise.clusters))
            s->which[s->n_methods++] = m;
}

static fsc_status read_fit(const fsc_args *args, fsci_arena *a, const fsci_world *w, study *s,
                           size_t *replicates, int *threads, fsc_error *err)
{
    static const char *const spaces[] = {"identity", "log", "logit"};
    enum { USUAL_REPLICATES = 400, USUAL_REFITS = 400 };
    double level;
    FSCI_TRY(fsci_args_common(args, &level, &s->seed, threads, err));
    s->settings = (fsci_fit_settings){.residual = spaces[w->space],
                                      .objective = fsci_args_text(args, "objective"),
                                      .level = 0.95,
                                      .seed = s->seed,
                                      .search = {.seed = s->seed, .threads = 1}};
    FSCI_TRY(fsci_args_pairs(args, "bound", a, &s->settings.bound, err));
    FSCI_TRY(fsci_args_pairs(args, "start", a, &s->settings.start, err));
    *replicates = fsc_args_get(args, "replicates", 0) ? fsci_args_count(args, "replicates")
                                                      : USUAL_REPLICATES;
    s->refits =
        fsc_args_get(args, "bootstrap", 0) ? fsci_args_count(args, "bootstrap") : USUAL_REFITS;
    if (*replicates < 2 || s->refits < 2)
        return fsci_fail(err, FSC_EUSAGE,
                         "--replicates %zu with --bootstrap %zu: both must be 2 or more",
                         *replicates, s->refits);
    return FSC_OK;
}

/* ---- its record ---- */

/* How far from its nominal level a coverage may lie by chance: 3.29 standard errors, which happens
 * to one cell of a table in a thousand. */
static double monte_carlo(double level, double n)
{
    return 3.29 * sqrt(level * (1 - level) / n);
}

static void add_cell(fsci_arena *a, const study *s, const outcome *all, size_t replicates, size_t m,
                     size_t q, fsci_json *rows)
{
    static const char *const names[] = {"50", "80", "95"};
    size_t cells = s->n_methods * s->n_quantities * LEVELS;
    fsci_json *row = fsci_json_push(rows, fsci_json_object(a));
    fsci_json_set_string(a, row, "method", methods[s->which[m]].name);
    fsci_json_set_string(a, row, "unit", methods[s->which[m]].unit);
    fsci_json_set_string(a, row, "quantity", s->quantities[q].name);
    fsci_json_set_number(a, row, "truth", s->quantities[q].truth);
    fsci_json *coverage = fsci_json_set_object(a, row, "coverage");
    outcome sum = {0};
    bool within = true;
    for (size_t l = 0; l < LEVELS; l++) {
        sum = (outcome){0};
        for (size_t i = 0; i < replicates; i++) {
            const outcome *o = &all[i * cells + (m * s->n_quantities + q) * LEVELS + l];
            sum.given += o->given;
            sum.covered += o->covered;
            sum.open += o->open;
            sum.width += o->width;
        }
        double share = sum.covered / sum.given;
        within = within && fabs(share - levels[l]) <= monte_carlo(levels[l], sum.given);
        fsci_json_set_number(a, coverage, names[l], share);
    }
    fsci_json_set_number(a, row, "width", sum.width / (sum.given - sum.open));
    fsci_json_set_number(a, row, "none", 1 - sum.given / (double)replicates);
    fsci_json_set_number(a, row, "open", sum.open / (double)replicates);
    fsci_json_set_bool(a, row, "nominal", within);
}

/* Said before anything is simulated. A refit takes about so much for each quantity. */
enum { REFIT_BYTES = 128 };

static fsc_status check_room(const study *s, size_t replicates, int threads, fsc_error *err)
{
    double cells = (double)(s->n_methods * s->n_quantities * LEVELS);
    double bytes = (double)replicates * cells * (double)sizeof(outcome) +
                   (double)s->refits * threads * (double)(s->n_quantities * REFIT_BYTES);
    double available = fsci_memory_available();
    if (bytes < available)
        return FSC_OK;
    return fsci_fail(err, FSC_EENV,
                     "--replicates %zu with --bootstrap %zu would take %s GB, and %s GB are "
                     "free; give fewer",
                     replicates, s->refits, fsci_briefly(bytes / 1e9, 3).text,
                     fsci_briefly(available / 1e9, 3).text);
}

static fsc_status run_study(fsci_arena *a, const study *s, size_t replicates, int threads,
                            fsci_json *root, fsc_error *err)
{
    size_t cells = s->n_methods * s->n_quantities * LEVELS;
    FSCI_TRY(check_room(s, replicates, threads, err));
    outcome *all = FSCI_NEW(a, outcome, replicates * cells);
    if (!all)
        return fsci_fail_memory(err);
    FSCI_TRY(
        fsci_spread(threads, replicates, cells * sizeof *all, all, run_replicate, (void *)s, err));
    fsci_json_set_number(a, root, "replicates", (double)replicates);
    fsci_json_set_number(a, root, "refits", (double)s->refits);
    fsci_json *rows = fsci_json_set_array(a, root, "rows");
    for (size_t m = 0; m < s->n_methods; m++)
        for (size_t q = 0; q < s->n_quantities; q++)
            add_cell(a, s, all, replicates, m, q, rows);
    return fsci_arena_failed(a) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_coverage(const fsc_args *args, const fsci_subject *subject, fsci_arena *a,
                         fsci_json *inputs, fsci_json *root, fsc_error *err)
{
    fsci_world_input in;
    fsci_world world;
    fsc_table *design = NULL;
    size_t replicates;
    int threads;
    uint64_t seed = (uint64_t)fsci_args_count(args, "seed");
    study s = {.subject = subject, .world = &world};
    FSCI_TRY(fsci_world_args(args, subject, a, seed, inputs, &in, err));
    FSCI_TRY(fsci_world_new(a, &in, &world, err));
    FSCI_TRY(read_fit(args, a, &world, &s, &replicates, &threads, err));
    FSCI_TRY(bind_sets(a, &in, &s, err));
    FSCI_TRY(find_point(args, a, &in, &s, err));
    FSCI_TRY(find_quantities(a, &in, &s, err));
    choose_methods(args, &world, &s);
    fsci_world_describe(a, &in, &world, seed, root);
    fsci_json_set_number(a, root, "runs", (double)world.n);
    FSCI_TRY(make_table(&in, &world, &design, err));
    s.design = design;
    fsc_status status = run_study(a, &s, replicates, threads, root, err);
    fsci_table_free(design);
    fsci_json_set_array(a, root, "warnings");
    if (status == FSC_OK)
        fsci_provenance_add(a, args, inputs, root);
    return status;
}
