/* metric particle-filter: what resampling partial solutions by a reward does, on a chain whose
 * exact answer is known, or on a trace of rewards. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "sim/particles.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"from", FSCI_METRIC_KEY, false, "state",
     "chain: state before a step; 'start' before the first"},
    {"to", FSCI_METRIC_KEY, false, "next", "chain: state after it"},
    {"probability", FSCI_METRIC_SHARE, false, "p", "chain: probability of that step"},
    {"reward", FSCI_METRIC_SHARE, true, "score|rho", "reward of `to`, or of a particle in a trace"},
    {"step", FSCI_METRIC_KEY, false, "turn", "trace: steps, each with a row per particle"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"particles", "N", "1000", "particles"},
    {"steps", "N", "2", "steps of the chain"},
    {"scheme", "multinomial|systematic|stratified|residual", "systematic", "of resampling"},
    {"temperature", "NUMBER", "1", "T of the weights (rho/(1-rho))^(1/T), at the first step"},
    {"temperature-end", "NUMBER", NULL, "at the last step, linear between (default: the same)"},
    {"sweeps", "N", "0", "Particle Gibbs: that many sweeps with a retained path (multinomial)"},
    {"beam", "N", "4", "width of the beam search compared with"},
    {"repeats", "N", "1000", "of best-of-n and beam search"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (final state), value (share of the filter's weight), exact, untilted (of the chain "
     "without rewards), best_of, beam (at the same calls), gibbs; of a trace: step, particle, "
     "reward, value (weight)"},
    {"steps", "step, temperature, ess"},
    {"filter", "total_variation (from exact), log_constant, log_constant_exact, calls"},
    {0}};

static fsci_resample_scheme scheme_of(const fsci_metric_run *run)
{
    static const char *const names[] = {"multinomial", "systematic", "stratified", "residual"};
    for (int i = 0; i < 4; i++)
        if (fsci_metric_is(run, "scheme", names[i]))
            return (fsci_resample_scheme)i;
    return FSCI_RESAMPLE_SYSTEMATIC;
}

static void warn_clipped(fsci_metric_run *run, size_t clipped)
{
    if (clipped)
        fsci_record_warn(run->arena, run->root, "W-CLIPPED",
                         "%zu rewards of 0 or 1 have no odds and were moved inside by an epsilon",
                         clipped);
}

/* ---- a trace of rewards
 * ------------------------------------------------------------------------------ */

static fsc_status run_trace(fsci_metric_run *run, const double *reward, double temperature,
                            fsc_error *err)
{
    fsci_keys step;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows), clipped = 0,
           more;
    double *weight = FSCI_NEW(run->arena, double, rows);
    FSCI_TRY(fsci_metric_keys(run, "step", &step, err));
    if (!index || !weight)
        return fsci_fail_memory(err);
    for (size_t s = 0; s < step.n; s++) {
        size_t n = fsci_metric_pick(&step, s, rows, NULL, index);
        double *rho = fsci_metric_gather(run, reward, index, n);
        if (!rho)
            return fsci_fail_memory(err);
        if (n < 2)
            return fsci_fail(err, FSC_EINPUT, "step %s has one particle; weights need two",
                             step.labels[s]);
        fsci_particle_weights(rho, n, temperature, weight, &more);
        clipped += more;
        for (size_t i = 0; i < n; i++) {
            fsci_json *row = fsci_metric_row(run, "");
            fsci_metric_word(run, row, "step", step.labels[s]);
            fsci_metric_set(run, row, "particle", (double)i);
            fsci_metric_set(run, row, "reward", rho[i]);
            fsci_metric_set(run, row, "value", weight[i]);
        }
        fsci_json *item = fsci_metric_item(run, "steps", "");
        fsci_metric_word(run, item, "step", step.labels[s]);
        fsci_metric_set(run, item, "temperature", temperature);
        fsci_metric_set(run, item, "ess", fsci_effective_size(weight, n));
    }
    warn_clipped(run, clipped);
    fsci_metric_say(
        run, "Effective sample size %s in the last step.",
        fsci_briefly(fsci_json_get_number(fsci_json_get(run->root, "steps")->last, "ess"), 4).text);
    return FSC_OK;
}

/* ---- a chain
 * -------------------------------------------------------------------------------------------- */

typedef struct chain {
    fsci_chain_world world;
    const char **names;
    double *start, *transition, *reward;
} chain;

static size_t state_of(const char *name, chain *c)
{
    for (size_t i = 0; i < c->world.states; i++)
        if (!strcmp(c->names[i], name))
            return i;
    c->names[c->world.states] = name;
    return c->world.states++;
}

static fsc_status check_chain(const chain *c, fsc_error *err)
{
    size_t n = c->world.states;
    for (size_t s = 0; s <= n; s++) {
        double sum = 0;
        for (size_t t = 0; t < n; t++)
            sum += s < n ? c->transition[s * n + t] : c->start[t];
        if (!(fabs(sum - 1) < 1e-6))
            return fsci_fail(err, FSC_EINPUT, "the probabilities from %s sum to %s, not 1",
                             s < n ? c->names[s] : "start", fsci_briefly(sum, 6).text);
    }
    return FSC_OK;
}

/* Every state must go on; one that is the end stays where it is. */
static fsc_status read_chain(fsci_metric_run *run, const double *reward, chain *c, fsc_error *err)
{
    fsci_keys from, to;
    const double *p;
    size_t rows = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_keys(run, "from", &from, err));
    FSCI_TRY(fsci_metric_keys(run, "to", &to, err));
    FSCI_TRY(fsci_metric_numbers(run, "probability", &p, err));
    c->names = FSCI_NEW(run->arena, const char *, to.n + 1);
    if (!c->names)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < to.n; k++)
        state_of(to.labels[k], c);
    size_t n = c->world.states;
    c->start = FSCI_NEW(run->arena, double, n);
    c->transition = FSCI_NEW(run->arena, double, n *n);
    c->reward = FSCI_NEW(run->arena, double, n);
    bool *goes_on = FSCI_NEW(run->arena, bool, n);
    if (!c->start || !c->transition || !c->reward || !goes_on)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++) {
        size_t t = to.codes[i], s = 0;
        const char *name = from.labels[from.codes[i]];
        c->reward[t] = reward[i];
        if (!strcmp(name, "start")) {
            c->start[t] += p[i];
            continue;
        }
        while (s < n && strcmp(c->names[s], name))
            s++;
        if (s == n)
            return fsci_metric_fail(run, i, err, "nothing leads to state '%s'", name);
        c->transition[s * n + t] += p[i];
        goes_on[s] = true;
    }
    for (size_t s = 0; s < n; s++)
        if (!goes_on[s])
            c->transition[s * n + s] = 1;
    c->world.start = c->start;
    c->world.transition = c->transition;
    c->world.reward = c->reward;
    return check_chain(c, err);
}

static fsc_status add_gibbs(fsci_metric_run *run, const chain *c, size_t particles, size_t sweeps,
                            fsci_stream *stream, double *share, fsc_error *err)
{
    size_t last = c->world.steps - 1;
    uint32_t *path = FSCI_NEW(run->arena, uint32_t, c->world.steps);
    fsci_filter f = {.answer = FSCI_NEW(run->arena, double, c->world.states),
                     .ess = FSCI_NEW(run->arena, double, c->world.steps)};
    if (!path || !f.answer || !f.ess)
        return fsci_fail_memory(err);
    /* a first path, drawn without rewards */
    for (size_t k = 0, s = c->world.states; k <= last; k++) {
        const double *row = s < c->world.states ? c->transition + s * c->world.states : c->start;
        double u = fsci_random_uniform(stream);
        for (s = 0; s + 1 < c->world.states && u >= row[s]; s++)
            u -= row[s];
        path[k] = (uint32_t)s;
    }
    for (size_t i = 0; i < sweeps; i++) {
        if (!fsci_filter_run(&c->world, FSCI_RESAMPLE_MULTINOMIAL, particles, stream, path, &f))
            return fsci_fail_memory(err);
        share[path[last]] += 1 / (double)sweeps;
    }
    return FSC_OK;
}

/* What each way of sampling says of the last state: [states] shares. */
typedef struct answers {
    double *exact, *untilted, *best, *beam, *gibbs; /* gibbs NULL when it was not asked for */
    double log_exact;
    fsci_filter filter;
} answers;

static fsc_status read_settings(const fsci_metric_run *run, chain *c, size_t *particles,
                                size_t *repeats, size_t *width, fsc_error *err)
{
    *particles = (size_t)fsci_metric_number(run, "particles");
    *width = (size_t)fsci_metric_number(run, "beam");
    *repeats = (size_t)fsci_metric_number(run, "repeats");
    c->world.steps = (size_t)fsci_metric_number(run, "steps");
    c->world.from = fsci_metric_number(run, "temperature");
    c->world.to = fsci_metric_number(run, "temperature-end");
    c->world.to = isnan(c->world.to) ? c->world.from : c->world.to;
    if (*particles < 2 || c->world.steps < 1 || *repeats < 1 || *width < 1 || *width > *particles)
        return fsci_fail(err, FSC_EUSAGE,
                         "--param particles is 2 or more, steps and repeats 1 or more, "
                         "beam from 1 to particles");
    return FSC_OK;
}

static fsc_status find_answers(fsci_metric_run *run, const chain *c, size_t particles,
                               size_t repeats, size_t width, answers *out, fsc_error *err)
{
    fsci_arena *a = run->arena;
    size_t n = c->world.states, sweeps = (size_t)fsci_metric_number(run, "sweeps");
    out->exact = FSCI_NEW(a, double, n);
    out->untilted = FSCI_NEW(a, double, n);
    out->best = FSCI_NEW(a, double, n);
    out->beam = FSCI_NEW(a, double, n);
    out->gibbs = sweeps ? FSCI_NEW(a, double, n) : NULL;
    out->filter.answer = FSCI_NEW(a, double, n);
    out->filter.ess = FSCI_NEW(a, double, c->world.steps);
    fsci_chain_world untilted = c->world;
    untilted.from = untilted.to = INFINITY;
    double unused;
    fsci_stream stream = fsci_stream_new(run->seed, 0), other = fsci_stream_new(run->seed, 1);
    if (fsci_arena_failed(a) || !fsci_chain_exact(&c->world, out->exact, &out->log_exact) ||
        !fsci_chain_exact(&untilted, out->untilted, &unused) ||
        !fsci_filter_run(&c->world, scheme_of(run), particles, &stream, NULL, &out->filter) ||
        !fsci_best_of_run(&c->world, particles, repeats, &other, out->best) ||
        !fsci_beam_run(&c->world, particles, width, repeats, &other, out->beam))
        return fsci_fail_memory(err);
    return sweeps ? add_gibbs(run, c, particles, sweeps, &other, out->gibbs, err) : FSC_OK;
}

/* Gives the total variation between the filter and the exact answer. */
static double write_answers(fsci_metric_run *run, const chain *c, const answers *from)
{
    double distance = 0;
    for (size_t t = 0; t < c->world.states; t++) {
        fsci_json *row = fsci_metric_row(run, c->names[t]);
        fsci_metric_set(run, row, "value", from->filter.answer[t]);
        fsci_metric_set(run, row, "exact", from->exact[t]);
        fsci_metric_set(run, row, "untilted", from->untilted[t]);
        fsci_metric_set(run, row, "best_of", from->best[t]);
        fsci_metric_set(run, row, "beam", from->beam[t]);
        if (from->gibbs)
            fsci_metric_set(run, row, "gibbs", from->gibbs[t]);
        distance += fabs(from->filter.answer[t] - from->exact[t]) / 2;
    }
    for (size_t k = 0; k < c->world.steps; k++) {
        fsci_json *item = fsci_metric_item(run, "steps", "");
        fsci_metric_set(run, item, "step", (double)k + 1);
        fsci_metric_set(run, item, "temperature", fsci_chain_temperature(&c->world, k));
        fsci_metric_set(run, item, "ess", from->filter.ess[k]);
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "filter");
    fsci_metric_set(run, item, "total_variation", distance);
    fsci_metric_set(run, item, "log_constant", from->filter.log_constant);
    fsci_metric_set(run, item, "log_constant_exact", from->log_exact);
    fsci_metric_set(run, item, "calls", (double)from->filter.calls);
    return distance;
}

static fsc_status run_chain(fsci_metric_run *run, const double *reward, fsc_error *err)
{
    chain c = {0};
    answers found = {0};
    size_t particles, repeats, width, clipped = 0;
    FSCI_TRY(read_chain(run, reward, &c, err));
    FSCI_TRY(read_settings(run, &c, &particles, &repeats, &width, err));
    FSCI_TRY(find_answers(run, &c, particles, repeats, width, &found, err));
    double distance = write_answers(run, &c, &found);
    for (size_t t = 0; t < c.world.states; t++)
        clipped += c.reward[t] == 0 || c.reward[t] == 1;
    warn_clipped(run, clipped);
    fsci_metric_say(run, "%zu particles are %s from the exact answer (total variation).", particles,
                    fsci_briefly(distance, 3).text);
    return FSC_OK;
}

static const fsci_metric_plot plots[] = {{"ess", "Effective sample size", "steps", NULL,
                                          "particles", "marked", "step", "step", "linear", "ess",
                                          "effective sample size", "linear", NULL, NULL},
                                         {0}};

static fsc_status run_particles(fsci_metric_run *run, fsc_error *err)
{
    const double *reward;
    double from = fsci_metric_number(run, "temperature"),
           to = fsci_metric_number(run, "temperature-end");
    if (!(from > 0) || to <= 0)
        return fsci_fail(err, FSC_EUSAGE, "--param temperature is above 0");
    FSCI_TRY(fsci_metric_numbers(run, "reward", &reward, err));
    bool is_chain = fsci_metric_bound(run, "from") && fsci_metric_bound(run, "to") &&
                    fsci_metric_bound(run, "probability");
    return is_chain ? run_chain(run, reward, err) : run_trace(run, reward, from, err);
}

const fsci_metric fsci_metric_particle_filter = {
    .id = "particle-filter",
    .summary =
        "resampling partial solutions by a reward: weights, effective size, distance from exact",
    .source = "Puri et al. 2025 (arXiv:2502.01618); Andrieu, Doucet & Holenstein 2010",
    .text =
        "Weights are the odds of the rewards to the power 1/T, by log-sum-exp; T large changes "
        "nothing, T small is greedy. A table of from, to, probability and reward is a chain whose "
        "weighted law is known exactly: the filter's answers stand beside it, beside the chain "
        "without rewards, and beside best-of-n and beam search at the same number of calls. A "
        "state that leads nowhere stays. A table of step and reward is a trace: weights and "
        "effective sample size of each step.",
    .example = "particle-filter chain.csv --param particles=10000,steps=2",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_particles};
