/* The one table of options: parsing, checking, help, man pages and the JSON of fsc_args_json all
 * read it. Which command takes which: commands.c. */
#include "forescale.h"

#include <string.h>

static const fsc_option options[] = {
    /* rows and columns */
    {"map", 'm', FSC_OPTION_ASSIGN, true, false, "SYMBOL=COLUMN", NULL,
     "bind a law's symbol to a column, as L=loss,N=params; a set to several, as r_j=web,r_j=code "
     "or r_j=share_*; a column with a comma in its name in backticks"},
    {"where", 'w', FSC_OPTION_EXPR, true, false, "EXPR", NULL,
     "keep the rows for which EXPR is true, as 'C > 1e19 and family != \"GPT-2\"'"},
    {"let", 'l', FSC_OPTION_ASSIGN, true, false, "NAME=EXPR", NULL,
     "add a column computed from others, as C=6*N*D"},
    {"prepare", 0, FSC_OPTION_TEXT, true, false, "OPERATOR", NULL,
     "make another table of the rows first, as 'pareto(C, err)', 'isoflop(C, N, L, by=budget)' or "
     "'where(C < 1e20)'; may be given again; none leaves out the law's own (forescale help table)"},
    {"comments", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "skip lines of the table that begin with #"},
    {"table", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "which table of an SQLite database (default: the only one)"},
    {"weight", 0, FSC_OPTION_EXPR, false, false, "EXPR", NULL,
     "weight of each row in the objective"},
    {"drop-bad", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "drop rows outside a column's domain (counted in the record) instead of stopping"},
    /* objective */
    {"residual", 'r', FSC_OPTION_CHOICE, false, false, "identity|log|logit", NULL,
     "space in which the two sides are compared (default: the law's, or identity)"},
    {"objective", 0, FSC_OPTION_TEXT, false, false, "squared|huber:DELTA|l1|DENSITY", NULL,
     "what is summed over rows: a loss, or minus the log-likelihood under a DENSITY, one of "
     "normal, lognormal, binomial, beta-binomial, negative-binomial (default: the law's, or "
     "squared)"},
    {"trials", 0, FSC_OPTION_EXPR, false, false, "EXPR", NULL,
     "trials behind each response of a binomial or beta-binomial objective, a column or a number; "
     "the response is the share of them that succeeded"},
    /* parameters */
    {"fix", 0, FSC_OPTION_ASSIGN, true, false, "NAME=VALUE", NULL,
     "hold a parameter at a value; E[GPT-2]=1.7 holds one group of a per-group parameter"},
    {"tie", 0, FSC_OPTION_ASSIGN, true, false, "NAME=OTHER", NULL,
     "make a parameter equal to another, as beta=alpha"},
    {"bound", 0, FSC_OPTION_ASSIGN, true, false, "NAME=LO:HI", NULL,
     "keep a parameter within bounds, as E=0:4 (either may be left out, or be another parameter: "
     "beta=0:alpha, or 'beta < alpha')"},
    {"start", 0, FSC_OPTION_ASSIGN, true, false, "NAME=VALUE", NULL,
     "start a parameter at a value, or at several: alpha=0:0.5:1"},
    {"starts", 0, FSC_OPTION_TEXT, false, false, "N|grid", NULL,
     "bring N starts, or the law's grid of starts, to convergence (default: screened)"},
    {"prior", 0, FSC_OPTION_ASSIGN, true, false, "NAME=normal:MEAN:SD", NULL,
     "under a likelihood, take a parameter (in all its groups) as normal about a mean: each a "
     "number, or fitted; a=normal:fitted:fitted shrinks a[family] towards its mean"},
    {"law-path", 0, FSC_OPTION_FILE, true, false, "DIR", NULL,
     "look for law files in DIR before the built-in catalogue"},
    /* intervals */
    {"interval", 0, FSC_OPTION_CHOICE, false, false,
     "local|profile|percentile|bca|studentised|bootstrap|predictive", NULL,
     "how intervals are made (default: local; percentile, also called bootstrap, when --bootstrap "
     "is given); of a forecast: local, bootstrap, or predictive, which adds the sampling of items, "
     "scatter between models and distance to refits on resampled families"},
    {"bootstrap", 'b', FSC_OPTION_COUNT, false, false, "N", NULL, "refit on N resamples"},
    {"resample", 0, FSC_OPTION_CHOICE, false, false, "cases|cluster|hierarchical|parametric", NULL,
     "what a resample draws: rows; clusters; clusters and then rows within them; or responses "
     "simulated from the fit (default: cases, or cluster with --cluster)"},
    {"cluster", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL,
     "rows with one value of COLUMN (a run, a family, a base model) belong together: they are "
     "resampled together, and the local covariance allows for it; a backtest of laws "
     "also tells how much of how many of them forecasts the largest"},
    {"level", 0, FSC_OPTION_NUMBER, false, false, "P", "0.95", "coverage of intervals"},
    {"seed", 0, FSC_OPTION_COUNT, false, false, "N", "1", "seed of every random stream"},
    {"threads", 't', FSC_OPTION_COUNT, false, false, "N", "0",
     "threads to use; the answer does not depend on it (0: one per processor; among ranks one)"},
    /* checks */
    {"checklist", 0, FSC_OPTION_CHOICE, false, false, "markdown|latex", NULL,
     "print what a paper must state about the fit, filled in as far as it is known"},
    {"answers", 0, FSC_OPTION_FILE, false, false, "FILE", NULL,
     "YAML of answers for --checklist, as 'metric: validation loss on C4'"},
    {"quick", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "the fit alone: no sensitivity rows, influence or hold-out"},
    /* predictions */
    {"at", 'a', FSC_OPTION_ASSIGN, true, false, "NAME=VALUE", NULL,
     "predict at these columns, or evaluate derived quantities at these arguments; the response "
     "and all columns but one, as L=2.1,N=7B: how much of that one gives it; values take 7B, 1.4T, "
     "3e21 and ranges 1e20..1e25; may be given again for another point; with --crossover x, as "
     "x=1e12: which curve is lower there, and how large runs must be to tell"},
    {"predict", 0, FSC_OPTION_FILE, false, false, "TABLE", NULL, "predict every row of TABLE"},
    /* observe */
    {"study", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "run a study: emergent, posttraining, agents, leaderboard2, selection, preregistered, sweeps, "
     "space, intervals, arena (of backtest), or a file of yours; other options go on to each of "
     "its runs"},
    {"as", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "settings of a published analysis for whatever is not given: ruan2024"},
    {"append", 0, FSC_OPTION_FILE, true, false, "TABLE", NULL,
     "add the rows of TABLE below those of the first"},
    {"with", 0, FSC_OPTION_FILE, true, false, "TABLE", NULL,
     "join the columns of TABLE on the model column"},
    {"target", 0, FSC_OPTION_TEXT, true, false, "COLUMN", NULL,
     "forecast this column; may be given again"},
    {"benchmarks", 0, FSC_OPTION_LIST, true, false, "A,B,...", NULL,
     "columns that span the capability space, a name with a comma in backticks (default: every "
     "numeric column without a role)"},
    {"model", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL, "column of model names"},
    {"family", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL, "column of model families"},
    {"pcs", 'k', FSC_OPTION_COUNT, false, false, "K", "3", "principal components to use"},
    {"predictors", 0, FSC_OPTION_LIST, true, false, "LIST", NULL,
     "what to forecast from: pc1, pc2, ..., flops, size, mean, benchmarks (all of them, ridge), "
     "neighbours or neighbours5, persistence (default: pcK and flops)"},
    {"method", 0, FSC_OPTION_TEXT, false, false, "ID", NULL,
     "forecast by this method of those that 'backtest' scores (default, unless --predictors or "
     "--as is given: blend)"},
    {"given", 0, FSC_OPTION_ASSIGN, true, false, "BENCHMARK=WEIGHT,...", NULL,
     "score a law as it stands beside those fitted: weights of benchmarks, intercept and floor"},
    {"cutoff", 'c', FSC_OPTION_EXPR, false, false, "EXPR", NULL,
     "train on the rows for which EXPR is true, test on all others"},
    {"rank", 0, FSC_OPTION_NUMBER, false, false, "FRACTION", NULL,
     "test on the best FRACTION of the models by the target itself, as 0.1"},
    {"hold-family", 0, FSC_OPTION_TEXT, true, false, "NAME", NULL,
     "test on the models of family NAME; may be given again"},
    {"until", 0, FSC_OPTION_TEXT, false, false, "DATE", NULL,
     "train on models released by DATE (2023, 2023-07 or 2023-07-18), by the column of dates; "
     "--with joins one on the model or on the family"},
    {"later", 0, FSC_OPTION_EXPR, false, false, "EXPR", NULL,
     "keep the rows for which EXPR is true apart: never fitted, scored on their own"},
    {"scale", 0, FSC_OPTION_CHOICE, false, false, "center|zscore|logit", "center",
     "how benchmarks are scaled before the components are taken"},
    {"link", 0, FSC_OPTION_CHOICE, false, false, "sigmoid|sigmoid_floor|linear", "sigmoid",
     "curve from capability to target"},
    {"loss", 0, FSC_OPTION_TEXT, false, false, "squared|huber:DELTA", "squared",
     "loss of the link fit"},
    {"chance", 0, FSC_OPTION_NUMBER, false, false, "X", "0", "target score of a guesser"},
    {"ceiling", 0, FSC_OPTION_NUMBER, false, false, "X", "1", "largest possible target score"},
    {"bootstrap-by", 0, FSC_OPTION_CHOICE, false, false, "model|family", NULL,
     "what refits resample (default: model; family where --interval is predictive)"},
    {"items", 0, FSC_OPTION_ASSIGN, true, false, "COLUMN=N,...", NULL,
     "of how many items a score is the mean, for its sampling error (default: what is known of "
     "common benchmarks)"},
    {"aue", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "the test error over 30 splits, holding out the top 60 % to 5 % by compute and by the target, "
     "and the area under it"},
    {"reference-family", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "family whose compute is the scale of equivalent FLOPs (default: Llama-2 if present)"},
    /* backtest */
    {"methods", 0, FSC_OPTION_LIST, true, false, "A,B,...", NULL,
     "which methods to score (default: all; they are described in docs/arena.md, and an unknown "
     "name lists them)"},
    {"splits", 0, FSC_OPTION_LIST, true, false, "A,B,...", NULL,
     "ways to divide the models: cutoff, later, compute, target, calendar, frontier, family, "
     "family-1, family-2, largest, noise, benchmark, model (default: all that the table allows)"},
    /* select */
    {"budget", 0, FSC_OPTION_NUMBER, false, false, "N", NULL,
     "models to choose at most, or what they may cost together (--cost)"},
    {"by", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL,
     "fit each level of COLUMN, each number if it has numbers; select chooses by family (default) "
     "or model"},
    {"share", 0, FSC_OPTION_LIST, true, false, "P,Q,...", NULL,
     "with --by: parameters that are the same at every level"},
    {"criterion", 0, FSC_OPTION_CHOICE, false, false, "V|D|A|E|glm", "V",
     "what a choice is judged by: the variance of predictions for all candidates (V), the volume "
     "(D), the sum (A) or the worst (E) of the uncertainty of the weights, or the variance of the "
     "fitted curve of --target beyond the cutoff (glm)"},
    {"include", 0, FSC_OPTION_TEXT, true, false, "NAME", NULL,
     "have this family or model in any case; may be given again"},
    {"exclude", 0, FSC_OPTION_TEXT, true, false, "NAME", NULL,
     "never choose this family or model; it stays in the capability space; may be given again"},
    {"cost", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL,
     "what each model costs (default: 1)"},
    {"max-families", 0, FSC_OPTION_COUNT, false, false, "M", "10",
     "families to choose at most, by family; 0 is any number"},
    {"missing", 0, FSC_OPTION_CHOICE, false, false, "impute|drop|stop", "impute",
     "models that lack a score: impute it, leave them out, or stop"},
    /* mix */
    {"weights", 0, FSC_OPTION_TEXT, false, false, "COLUMN", NULL,
     "what each level of --by counts: a column with one value in all rows of a level (default: all "
     "the same)"},
    {"cap", 0, FSC_OPTION_ASSIGN, true, false, "NAME=SHARE,...", NULL,
     "the largest share that a domain may have"},
    {"floor", 0, FSC_OPTION_ASSIGN, true, false, "NAME=SHARE,...", NULL,
     "the least share that a domain may have"},
    {"within", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "keep the share of every domain within those measured"},
    {"available", 0, FSC_OPTION_ASSIGN, true, false, "NAME=TOKENS,...", NULL,
     "tokens that there are of a domain, epochs that you would make of them included: with "
     "--tokens a cap of its share"},
    {"tokens", 0, FSC_OPTION_TEXT, false, false, "N", NULL, "tokens to train on"},
    {"rest", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "name of the domain that has no column: what the shares lack of 1"},
    /* metric */
    {"k", 0, FSC_OPTION_LIST, true, false, "K,K,...", NULL,
     "numbers of attempts (default: 1, 10, 100, ... as far as the samples reach)"},
    {"group", 'g', FSC_OPTION_LIST, true, false, "COLUMN,...", NULL,
     "an answer for each value of COLUMN, or each combination (default: the column of models)"},
    {"param", 0, FSC_OPTION_ASSIGN, true, false, "NAME=VALUE", NULL,
     "a setting of the metric; 'forescale metric NAME' lists them"},
    /* expr */
    {"show", 0, FSC_OPTION_EXPR, false, false, "FORMULA", NULL, "the formula whose graph is shown"},
    {"columns", 0, FSC_OPTION_LIST, true, false, "A,B,...", NULL,
     "names that are columns (default: L, N, D, C, M, S, x, y)"},
    /* laws */
    {"full", 0, FSC_OPTION_FLAG, false, false, NULL, NULL,
     "also try the law on data simulated from it, its derivatives, trends and limits"},
    {"set", 0, FSC_OPTION_TEXT, false, false, "NAME", NULL,
     "a published set of parameters (default: the first one of the law)"},
    /* compare */
    {"folds", 0, FSC_OPTION_COUNT, false, false, "K", "10",
     "folds of the cross-validation; 0 for none"},
    {"holdout", 0, FSC_OPTION_EXPR, false, false, "EXPR", NULL,
     "hold out the rows for which EXPR is true (default: the largest tenth)"},
    {"nested", 0, FSC_OPTION_LIST, false, false, "FULL,REDUCED", NULL,
     "test these two only; refused when no law file says that one reduces to the other"},
    {"crossover", 0, FSC_OPTION_TEXT, false, false, "SYMBOL", NULL,
     "where the curves of the first two laws, or of the levels of --by, cross along SYMBOL"},
    /* sim */
    {"rows", 0, FSC_OPTION_COUNT, false, false, "N", NULL,
     "N rows drawn within the ranges of --at, instead of every combination of their steps"},
    {"design", 0, FSC_OPTION_FILE, false, false, "TABLE", NULL,
     "simulate at the rows of TABLE, by its columns"},
    {"errors", 0, FSC_OPTION_TEXT, false, false, "normal:SD|student:DF:SCALE", NULL,
     "errors of the rows, on the scale of --residual (default: none)"},
    {"cluster-errors", 0, FSC_OPTION_TEXT, false, false, "K:SD", NULL,
     "rows in K clusters, named in a column 'run', each with a normal error that its rows share"},
    {"replicates", 0, FSC_OPTION_COUNT, false, false, "N", NULL,
     "sim coverage: tables to simulate and fit (default: 400)"},
    {"point", 0, FSC_OPTION_ASSIGN, true, false, "NAME=VALUE", NULL,
     "sim coverage: also judge the curve and a new run at this point"},
    /* design */
    {"noise", 0, FSC_OPTION_NUMBER, false, false, "SD", NULL,
     "spread of residuals to expect, in the law's residual space (default: 0.01)"},
    {"add", 0, FSC_OPTION_ASSIGN, true, false, "NAME=VALUE,...", NULL,
     "a run that could be added, or with ranges a grid of them (default: a grid around the runs)"},
    {"candidates", 0, FSC_OPTION_FILE, false, false, "TABLE", NULL,
     "a table of runs that could be added"},
    /* help */
    {"man", 0, FSC_OPTION_FLAG, false, false, NULL, NULL, "as a man page"},
    {"markdown", 0, FSC_OPTION_FLAG, false, false, NULL, NULL, "as Markdown"},
    /* output */
    {"json", 'j', FSC_OPTION_FLAG, false, true, NULL, NULL,
     "put the record on standard output as JSON"},
    {"csv", 0, FSC_OPTION_FLAG, false, true, NULL, NULL,
     "put the main table of the record on standard output as CSV: of a fit its predictions, else "
     "quantities at --at, else its parameters"},
    {"output", 'o', FSC_OPTION_FILE, false, true, "FILE", NULL, "write the record to FILE as JSON"},
    {"html", 0, FSC_OPTION_FILE, false, true, "FILE", NULL, "write a self-contained HTML report"},
    {"svg", 0, FSC_OPTION_FILE, false, true, "FILE", NULL, "write the main figure as SVG"},
    {"figure", 0, FSC_OPTION_TEXT, false, true, "ID", NULL, "which figure --svg writes"},
    {"quiet", 'q', FSC_OPTION_FLAG, false, true, NULL, NULL,
     "no text on standard output, no warnings on standard error"},
};

const fsc_option *fsc_option_find(const char *name)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!strcmp(options[i].name, name))
            return &options[i];
    return NULL;
}
