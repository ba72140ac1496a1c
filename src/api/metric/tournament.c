/* metric tournament-elo: ratings from games, and what they are worth. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/rank.h"
#include "metric/regress.h"
#include "metric/resample.h"
#include "metric/tournament.h"
#include "num/distribution.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"a", FSCI_METRIC_KEY, false, "model_a|player_a|first", "one player"},
    {"b", FSCI_METRIC_KEY, false, "model_b|player_b|second", "the other"},
    {"result", FSCI_METRIC_KEY, false, "winner|score|outcome",
     "of a: 1, 0.5 or 0; or a, b, tie; or win, loss, draw"},
    {"order", FSCI_METRIC_NUMBER, false, "time|round", "order of the games; else that of the rows"},
    {"compute", FSCI_METRIC_POSITIVE, false, "flops|elapsed",
     "compute spent when the game was played"},
    {"rating", FSCI_METRIC_NUMBER, false, "elo|arena_elo",
     "instead of games: ratings beside scores"},
    {"accuracy", FSCI_METRIC_SHARE, false, "score|value", "scores beside ratings"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"k", "NUMBER", "32", "K factor of Elo"},
    {"start", "NUMBER", "1200", "rating to start from, and mean of the Bradley-Terry ratings"},
    {"prior", "NUMBER", "0", "draws added between every pair, as 0.5: keeps all ratings finite"},
    {"orders", "N", "100", "random orders of the games for the spread of Elo"},
    {"buckets", "N", "5", "of compute, with equal numbers of games; or of ratings"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group (player), value (Bradley-Terry rating; null when unbounded), lo, hi, se, bound "
     "(finite, above: it lost to nobody it is compared with, below, apart), component, elo, "
     "elo_sd (over orders), games, points"},
    {"connectivity",
     "components, connected (every rating can be compared), joined (some chain of games "
     "joins all)"},
    {"scaling",
     "compute (end of the bucket), best, top_ten (mean of the ten best Elo ratings so far)"},
    {"slope", "per_doubling of compute, of the best rating, lo, hi (bootstrap over games, each in "
              "its place)"},
    {"concordance", "pearson, spearman, n of rating and accuracy"},
    {"bins", "from, to, accuracy, n of ratings"},
    {0}};

/* ---- reading
 * -------------------------------------------------------------------------------------- */

typedef struct games {
    fsci_game *list;
    const char **names;
    double *compute;
    size_t n, players;
} games;

static size_t player_of(const char *name, games *g)
{
    for (size_t i = 0; i < g->players; i++)
        if (!strcmp(g->names[i], name))
            return i;
    g->names[g->players] = name;
    return g->players++;
}

static double score_of(const char *text, const char *a, const char *b)
{
    static const struct {
        const char *word;
        double score;
    } words[] = {{"1", 1},    {"1.0", 1},     {"0", 0},      {"0.0", 0},    {"0.5", 0.5},
                 {"a", 1},    {"b", 0},       {"tie", 0.5},  {"draw", 0.5}, {"win", 1},
                 {"loss", 0}, {"model_a", 1}, {"model_b", 0}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i].word))
            return words[i].score;
    return !strcmp(text, a) ? 1 : !strcmp(text, b) ? 0 : NAN;
}

static fsc_status read_games(fsci_metric_run *run, games *g, fsc_error *err)
{
    fsci_keys a, b, result, one = {0};
    const double *order, *compute;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    one.codes = FSCI_NEW(run->arena, uint32_t, rows);
    FSCI_TRY(fsci_metric_keys(run, "a", &a, err));
    FSCI_TRY(fsci_metric_keys(run, "b", &b, err));
    FSCI_TRY(fsci_metric_keys(run, "result", &result, err));
    FSCI_TRY(fsci_metric_numbers(run, "order", &order, err));
    FSCI_TRY(fsci_metric_numbers(run, "compute", &compute, err));
    *g = (games){FSCI_NEW(run->arena, fsci_game, rows),
                 FSCI_NEW(run->arena, const char *, a.n + b.n), FSCI_NEW(run->arena, double, rows),
                 rows, 0};
    size_t *who_a = FSCI_NEW(run->arena, size_t, a.n), *who_b = FSCI_NEW(run->arena, size_t, b.n);
    if (!index || !one.codes || !g->list || !g->names || !g->compute || !who_a || !who_b)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < a.n; k++)
        who_a[k] = player_of(a.labels[k], g);
    for (size_t k = 0; k < b.n; k++)
        who_b[k] = player_of(b.labels[k], g);
    fsci_metric_pick(&one, 0, rows, order ? order : compute, index);
    for (size_t i = 0; i < rows; i++) {
        size_t r = index[i];
        double score =
            score_of(result.labels[result.codes[r]], a.labels[a.codes[r]], b.labels[b.codes[r]]);
        if (isnan(score))
            return fsci_metric_fail(run, r, err,
                                    "'%.40s' is no result; write 1, 0.5 or 0, or a, b or tie",
                                    result.labels[result.codes[r]]);
        g->list[i] = (fsci_game){(uint32_t)who_a[a.codes[r]], (uint32_t)who_b[b.codes[r]], score};
        g->compute[i] = compute ? compute[r] : NAN;
        if (g->list[i].a == g->list[i].b)
            return fsci_metric_fail(run, r, err, "%s plays against itself", a.labels[a.codes[r]]);
    }
    return FSC_OK;
}

/* ---- ratings
 * ---------------------------------------------------------------------------------------- */

static fsc_status elo_spread(fsci_metric_run *run, const games *g, double *elo, double *sd,
                             fsc_error *err)
{
    double start = fsci_metric_number(run, "start"), K = fsci_metric_number(run, "k");
    size_t orders = (size_t)fsci_metric_number(run, "orders");
    fsci_game *shuffled = fsci_copy_array(run->arena, g->list, g->n, sizeof *g->list);
    double *r = FSCI_NEW(run->arena, double, g->players),
           *sum = FSCI_NEW(run->arena, double, 2 * g->players);
    if (!shuffled || !r || !sum)
        return fsci_fail_memory(err);
    for (size_t p = 0; p < g->players; p++)
        elo[p] = start;
    fsci_elo_run(g->list, g->n, K, elo);
    for (size_t o = 0; o < orders; o++) {
        fsci_stream stream = fsci_stream_new(run->seed, o);
        for (size_t i = g->n; i > 1; i--) {
            size_t j = (size_t)fsci_random_below(&stream, i);
            fsci_game kept = shuffled[i - 1];
            shuffled[i - 1] = shuffled[j];
            shuffled[j] = kept;
        }
        for (size_t p = 0; p < g->players; p++)
            r[p] = 0;
        fsci_elo_run(shuffled, g->n, K, r); /* around 0, so that squares keep their digits */
        for (size_t p = 0; p < g->players; p++) {
            sum[2 * p] += r[p];
            sum[2 * p + 1] += r[p] * r[p];
        }
    }
    for (size_t p = 0; p < g->players; p++) {
        double mean = sum[2 * p] / (double)orders;
        sd[p] = orders > 1 ? sqrt(fmax(0, sum[2 * p + 1] / (double)orders - mean * mean)) : NAN;
    }
    return FSC_OK;
}

static void add_player(fsci_metric_run *run, const games *g, const fsci_bradley_terry *bt, size_t p,
                       double elo, double sd)
{
    static const char *const bounds[] = {"below", "finite", "above"};
    double z = fsci_normal_quantile(0.5 + run->level / 2), n = 0, points = 0;
    bool finite = bt->connected;
    for (size_t i = 0; i < g->n; i++) {
        n += g->list[i].a == p || g->list[i].b == p;
        points += g->list[i].a == p   ? g->list[i].score
                  : g->list[i].b == p ? 1 - g->list[i].score
                                      : 0;
    }
    double rating = bt->rating[p], se = bt->se[p];
    fsci_json *row = fsci_metric_row(run, g->names[p]);
    fsci_metric_estimate(run, row, finite ? rating : NAN,
                         finite ? (fsci_interval){rating - z * se, rating + z * se}
                                : (fsci_interval){NAN, NAN});
    fsci_metric_set(run, row, "se", finite ? se : NAN);
    fsci_metric_word(run, row, "bound",
                     finite         ? "finite"
                     : bt->bound[p] ? bounds[bt->bound[p] + 1]
                                    : "apart");
    fsci_metric_set(run, row, "component", (double)bt->component[p]);
    fsci_metric_set(run, row, "elo", elo);
    fsci_metric_set(run, row, "elo_sd", sd);
    fsci_metric_set(run, row, "games", n);
    fsci_metric_set(run, row, "points", points);
}

enum { MOST_BUCKETS = 64 };

/* Ratings after each bucket of games: x[k] its last compute in doublings, the best and the mean of
 * the ten best. */
typedef struct climb {
    const games *g;
    size_t buckets;
    double start, k;
} climb;

/* Every game counts weight[i] times, NULL: once. False when out of memory. */
static bool climb_ratings(const climb *c, const double *weight, double *x, double *best,
                          double *top)
{
    const games *g = c->g;
    size_t players = g->players, ten = players < 10 ? players : 10, i = 0;
    double *r = malloc((2 * players + 1) * sizeof *r), *sorted = r ? r + players : NULL;
    for (size_t p = 0; p < players && r; p++)
        r[p] = c->start;
    for (size_t k = 0; k < c->buckets && r; k++) {
        for (; i < g->n * (k + 1) / c->buckets; i++)
            for (double times = weight ? weight[i] : 1; times > 0; times--)
                fsci_elo_run(g->list + i, 1, c->k, r);
        memcpy(sorted, r, players * sizeof *r);
        fsci_sort(sorted, players);
        x[k] = log2(g->compute[i - 1]);
        best[k] = sorted[players - 1];
        top[k] = fsci_mean(sorted + players - ten, ten);
    }
    free(r);
    return r != NULL;
}

static void climb_slope(void *context, const double *weight, double *out)
{
    const climb *c = context;
    double x[MOST_BUCKETS], best[MOST_BUCKETS], top[MOST_BUCKETS];
    *out = NAN;
    if (!climb_ratings(c, weight, x, best, top))
        return;
    fsci_polynomial line = fsci_polynomial_fit(x, best, c->buckets, 1);
    *out = line.ok ? fsci_polynomial_leading(&line) : NAN;
}

static fsc_status add_scaling(fsci_metric_run *run, const games *g, fsc_error *err)
{
    double buckets = fsci_metric_number(run, "buckets"), x[MOST_BUCKETS] = {0};
    double best[MOST_BUCKETS] = {0};
    double top[MOST_BUCKETS] = {0}, slope = NAN;
    climb c = {g, (size_t)buckets, fsci_metric_number(run, "start"), fsci_metric_number(run, "k")};
    fsci_interval limits;
    if (isnan(g->compute[0]) || !(buckets >= 1) || buckets > (double)g->n)
        return FSC_OK;
    if (buckets > MOST_BUCKETS)
        return fsci_fail(err, FSC_EUSAGE, "--param buckets goes up to %d", MOST_BUCKETS);
    const size_t most = 1 + (size_t)2e8 / g->n; /* resamples of that many games take seconds */
    size_t resamples = run->n_resamples < most ? run->n_resamples : most;
    fsci_resampling how = {g->n, NULL, resamples, run->seed, run->level, run->threads};
    if (!climb_ratings(&c, NULL, x, best, top) ||
        !fsci_resample(&how, climb_slope, &c, 1, &limits, NULL))
        return fsci_fail_memory(err);
    for (size_t k = 0; k < c.buckets; k++) {
        fsci_json *item = fsci_metric_item(run, "scaling", "");
        fsci_metric_set(run, item, "compute", g->compute[g->n * (k + 1) / c.buckets - 1]);
        fsci_metric_set(run, item, "best", best[k]);
        fsci_metric_set(run, item, "top_ten", top[k]);
    }
    climb_slope(&c, NULL, &slope);
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "slope");
    fsci_metric_set(run, item, "per_doubling", slope);
    fsci_metric_set(run, item, "lo", limits.lo);
    fsci_metric_set(run, item, "hi", limits.hi);
    fsci_record_warn(
        run->arena, run->root, "W-BEST-OF-MANY",
        "the best of a growing pool rises without any gain in quality, by about the spread "
        "times sqrt(2 ln m); and ratings of a judge measure its preference");
    return FSC_OK;
}

static fsc_status run_games(fsci_metric_run *run, fsc_error *err)
{
    games g;
    FSCI_TRY(read_games(run, &g, err));
    size_t n = g.players;
    fsci_arena *a = run->arena;
    fsci_bradley_terry bt = {FSCI_NEW(a, double, n),
                             FSCI_NEW(a, double, n),
                             FSCI_NEW(a, size_t, n),
                             FSCI_NEW(a, int8_t, n),
                             0,
                             false,
                             false};
    double *elo = FSCI_NEW(a, double, n), *sd = FSCI_NEW(a, double, n);
    if (fsci_arena_failed(a) ||
        !fsci_bradley_terry_fit(g.list, g.n, n, fsci_metric_number(run, "start"),
                                fsci_metric_number(run, "prior"), &bt))
        return fsci_fail_memory(err);
    FSCI_TRY(elo_spread(run, &g, elo, sd, err));
    fsci_metric_intervals(run, "local", "games");
    for (size_t p = 0; p < n; p++)
        add_player(run, &g, &bt, p, elo[p], sd[p]);
    fsci_json *item = fsci_json_set_object(a, run->root, "connectivity");
    fsci_metric_set(run, item, "components", (double)bt.components);
    fsci_json_set_bool(a, item, "connected", bt.connected);
    fsci_json_set_bool(a, item, "joined", bt.weakly);
    if (!bt.connected)
        fsci_record_warn(
            a, run->root, "W-UNBOUNDED",
            "%s: maximum-likelihood ratings have no finite values across the %zu components; "
            "--param prior=0.5 adds half a draw to every pair",
            bt.weakly ? "some players beat, or lost to, all they are compared with"
                      : "no chain of games joins all players",
            bt.components);
    FSCI_TRY(add_scaling(run, &g, err));
    fsci_metric_say(run, "%zu players, %zu games; %s.", n, g.n,
                    bt.connected ? "all ratings are finite" : "ratings are unbounded");
    return FSC_OK;
}

/* ---- ratings beside scores
 * -------------------------------------------------------------------------- */

static fsc_status run_concordance(fsci_metric_run *run, const double *rating,
                                  const double *accuracy, fsc_error *err)
{
    size_t n = fsci_metric_rows(run), buckets = (size_t)fsci_metric_number(run, "buckets");
    double *x = FSCI_NEW(run->arena, double, n), *y = FSCI_NEW(run->arena, double, n);
    double *scratch = FSCI_NEW(run->arena, double, 2 * n + 2);
    size_t m = 0;
    if (!x || !y || !scratch)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (isnan(rating[i]) || isnan(accuracy[i]))
            continue;
        size_t at = m++;
        for (; at && x[at - 1] > rating[i]; at--) {
            x[at] = x[at - 1];
            y[at] = y[at - 1];
        }
        x[at] = rating[i];
        y[at] = accuracy[i];
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "concordance");
    double spearman = fsci_spearman(x, y, m, scratch);
    fsci_metric_set(run, item, "pearson", fsci_pearson(x, y, m));
    fsci_metric_set(run, item, "spearman", spearman);
    fsci_metric_set(run, item, "n", (double)m);
    for (size_t k = 0; k < buckets && buckets <= m; k++) {
        size_t from = m * k / buckets, to = m * (k + 1) / buckets;
        item = fsci_metric_item(run, "bins", "");
        fsci_metric_set(run, item, "from", x[from]);
        fsci_metric_set(run, item, "to", x[to - 1]);
        fsci_metric_set(run, item, "accuracy", fsci_mean(y + from, to - from));
        fsci_metric_set(run, item, "n", (double)(to - from));
    }
    fsci_json *figure = fsci_metric_figure(run, "concordance", "Accuracy by rating", "rating",
                                           "linear", "accuracy", "linear");
    fsci_metric_points(run, figure, "models", x, y, m);
    fsci_metric_say(run, "Rank correlation of rating and accuracy %s over %zu.",
                    fsci_briefly(spearman, 4).text, m);
    return FSC_OK;
}

static fsc_status run_tournament(fsci_metric_run *run, fsc_error *err)
{
    const double *rating, *accuracy;
    if (fsci_metric_bound(run, "a") && fsci_metric_bound(run, "b") &&
        fsci_metric_bound(run, "result"))
        return run_games(run, err);
    FSCI_TRY(fsci_metric_numbers(run, "rating", &rating, err));
    FSCI_TRY(fsci_metric_numbers(run, "accuracy", &accuracy, err));
    if (rating && accuracy)
        return run_concordance(run, rating, accuracy, err);
    return fsci_fail(err, FSC_EINPUT,
                     "metric tournament-elo takes games (a, b, result) or ratings beside "
                     "scores (rating, accuracy); name columns with --map");
}

const fsci_metric fsci_metric_tournament_elo = {
    .id = "tournament-elo",
    .summary =
        "Elo and Bradley-Terry ratings of a tournament, with errors and what cannot be compared",
    .source = "Bradley & Terry 1952; Elo 1978; arXiv:2502.18864",
    .text =
        "Elo depends on the order of the games, so its spread over random orders stands beside it. "
        "Bradley-Terry is maximum likelihood with standard errors from the information on ratings "
        "of a fixed mean; it has finite values only when wins lead from every player to every "
        "other. A player that lost to nobody is unbounded above, and is said to be, instead of a "
        "number that grows with the iterations. A table of ratings and scores gives their "
        "concordance.",
    .example = "tournament-elo games.csv --param prior=0.5",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_tournament};
