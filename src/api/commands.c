/* The one table of commands, and the options each takes (options.c). */
#include "forescale.h"

#include <string.h>

#define ROWS      "where", "let", "drop-bad"
#define INTERVALS "level", "seed", "threads"
#define OUTPUT    "json", "csv", "output", "html", "svg", "figure", "quiet", NULL

static const char *const fit_options[] = {
    "map",       "where",    "let",       "prepare",  "comments", "weight",  "drop-bad", "residual",
    "objective", "trials",   "prior",     "fix",      "tie",      "bound",   "start",    "starts",
    "law-path",  "interval", "bootstrap", "resample", "cluster",  INTERVALS, "at",       "predict",
    "family",    "quick",    "checklist", "answers",  "by",       "share",   OUTPUT};
static const char *const predict_options[] = {"at",       "let",   "map", "prepare",
                                              "comments", "level", OUTPUT};
static const char *const observe_options[] = {"study",
                                              "as",
                                              "append",
                                              "with",
                                              "target",
                                              "benchmarks",
                                              "model",
                                              "family",
                                              "pcs",
                                              "predictors",
                                              "method",
                                              "given",
                                              "cutoff",
                                              "rank",
                                              "hold-family",
                                              "until",
                                              "later",
                                              "scale",
                                              "link",
                                              "loss",
                                              "chance",
                                              "ceiling",
                                              "reference-family",
                                              "interval",
                                              "items",
                                              "bootstrap",
                                              "bootstrap-by",
                                              "aue",
                                              "where",
                                              "let",
                                              INTERVALS,
                                              OUTPUT};
static const char *const backtest_options[] = {
    "study",    "as",       "append",    "with",     "target", "benchmarks",  "model",
    "family",   "methods",  "splits",    "cutoff",   "rank",   "hold-family", "until",
    "later",    "scale",    "link",      "loss",     "chance", "ceiling",     "where",
    "let",      "seed",     "threads",   "given",    "items",  "map",         "holdout",
    "drop-bad", "residual", "objective", "trials",   "weight", "prior",       "by",
    "share",    "starts",   "law-path",  "comments", "level",  "cluster",     OUTPUT};
static const char *const select_options[] = {
    "as",     "append",       "budget", "by",      "criterion", "include",    "exclude",
    "cost",   "max-families", "pcs",    "missing", "target",    "with",       "cutoff",
    "link",   "loss",         "chance", "ceiling", "scale",     "benchmarks", "model",
    "family", "where",        "let",    OUTPUT};
static const char *const compare_options[] = {
    "map",       "where",     "let",   "prepare", "comments", "weight",  "drop-bad", "residual",
    "objective", "trials",    "prior", "by",      "share",    "folds",   "cluster",  "holdout",
    "nested",    "crossover", "at",    "starts",  "law-path", INTERVALS, OUTPUT};
static const char *const design_options[] = {"at",         "set",      "fix",   "noise", "add",
                                             "candidates", "target",   "map",   "where", "let",
                                             "comments",   "law-path", "level", OUTPUT};
static const char *const mix_options[] = {
    "map",       "where",    "let",     "prepare",   "comments", "weight", "drop-bad", "residual",
    "objective", "fix",      "tie",     "bound",     "start",    "starts", "law-path", "by",
    "weights",   "cap",      "floor",   "available", "tokens",   "within", "rest",     "at",
    "bootstrap", "resample", "cluster", INTERVALS,   OUTPUT};
static const char *const laws_options[] = {"law-path", "set", "at", "full", OUTPUT};
static const char *const metric_options[] = {"k",         "group",   "map",      "param",
                                             "where",     "let",     "comments", "table",
                                             "bootstrap", INTERVALS, OUTPUT};
static const char *const data_options[] = {OUTPUT};
static const char *const sim_options[] = {
    "set",      "fix",      "at",         "rows",    "design",   "errors",    "cluster-errors",
    "law-path", "residual", "replicates", "point",   "interval", "bootstrap", "objective",
    "bound",    "start",    "comments",   INTERVALS, OUTPUT};
static const char *const table_options[] = {"where", "let", "prepare", "comments", OUTPUT};
static const char *const expr_options[] = {"show", "columns", OUTPUT};
static const char *const demo_options[] = {INTERVALS, OUTPUT};
static const char *const help_options[] = {"man", "markdown", NULL};

static const fsc_command commands[] = {
    {"demo", "demo [options]", "the main job on bundled data",
     "Forecasts GSM8K with chain of thought for models beyond the compute of Llama-2-7B from "
     "weaker models, and fits the Chinchilla law with bootstrap intervals. Writes report.html "
     "unless told otherwise.",
     "forescale demo\n", 0, 0, demo_options, "report.html"},
    {"fit", "fit LAW|'FORMULA' TABLE [options]", "fit a law to a table of runs",
     "LAW is an id of the catalogue or the path of a law file. In a FORMULA a name that is no "
     "column is a free parameter. The minimum is sought from many starts; the answer says how many "
     "reached it and which other optima exist.",
     "forescale fit chinchilla data/chinchilla-epoch/runs.csv --where 'kept_240 == 1' "
     "--bootstrap 1000 --at C=5.76e23\n"
     "forescale fit 'loss = E + A*N^-alpha + B*D^-beta' data/chinchilla-epoch/runs.csv "
     "--residual log --objective huber:1e-3\n",
     2, 2, fit_options, NULL},
    {"predict", "predict FIT.json [TABLE] [--at NAME=VALUE,...]", "predict from a saved fit",
     "FIT.json is the record that 'fit -o' wrote; the law file is not needed.",
     "forescale fit chinchilla data/chinchilla-epoch/runs.csv -o fit.json\n"
     "forescale predict fit.json --at N=70B,D=1.4T\n",
     1, 2, predict_options, NULL},
    {"observe", "observe TABLE [--target COLUMN] [options] | observe --study NAME",
     "capability space of public models, and forecasts from it",
     "Observational scaling laws (Ruan, Maddison, Hashimoto 2024, arXiv:2405.10938): missing "
     "scores are imputed, principal components taken, and a target is predicted through a link "
     "curve that is fitted on the training rows only. A target that no named table has is looked "
     "for in the tables beside the first one; the answer names every file that was read.",
     "forescale observe data/obs-scaling/models.csv --target gsm8k_cot --cutoff 'flops <= 8.4e22' "
     "--benchmarks mmlu,arc_c,hellaswag,winogrande,truthfulqa,xwinograd "
     "--link sigmoid_floor\n"
     "forescale observe data/obs-scaling/models.csv --target gsm8k_cot --as ruan2024\n"
     "forescale observe --study emergent\n",
     0, 1, observe_options, NULL},
    {"backtest",
     "backtest TABLE --target COLUMN [options] | backtest --study NAME | backtest LAW... TABLE "
     "[--holdout EXPR]",
     "score every forecasting method on the same rows",
     "Splits the models of a table in every way it allows (by compute, by date, by family, as "
     "--cutoff says, ...), fits all methods to the training rows of each, and scores their "
     "forecasts of the others. Says which method to use and how sure that is. With laws, the rows "
     "of --holdout (default: the largest tenth, and rolling origin) and each --family of the table "
     "are forecast from the others.",
     "forescale backtest data/obs-scaling/models.csv --target gsm8k_cot --as ruan2024\n"
     "forescale backtest data/obs-scaling/models.csv --target mmlu --splits compute,family "
     "--html report.html\n"
     "forescale backtest --study arena\n"
     "forescale backtest chinchilla kaplan-nd data/chinchilla-epoch/runs.csv --holdout 'C > "
     "1e21'\n",
     0, -1, backtest_options, NULL},
    {"select", "select TABLE --budget N [--by family|model] [options]",
     "which models to evaluate next",
     "Places the models in their capability space and finds the subset that tells most about it "
     "within a budget (Ruan, Maddison, Hashimoto 2024, section 5). By families every subset is "
     "looked at or ruled out; by models branch and bound proves the optimum or states how far the "
     "answer can be from it.",
     "forescale select data/obs-scaling/models.csv --budget 8 --include Llama-2\n"
     "forescale select data/obs-scaling/models.csv --budget 20 --by model --criterion D\n"
     "forescale select data/obs-scaling/models.csv --budget 1e24 --cost flops --exclude Llama-2 "
     "--where 'flops > 0'\n",
     1, 1, select_options, NULL},
    {"compare", "compare LAW LAW... TABLE | compare LAW TABLE --by COLUMN [--share P,Q]",
     "several laws on the same rows",
     "Fits every law to the rows that all can use, under one objective (the first law's unless one "
     "is given), and orders them by how well the largest runs are forecast from the others. Beside "
     "that: rolling origin, cross-validation, AICc and BIC weights, tests between laws whose files "
     "declare that one reduces to the other. Laws that are fitted to a prepared table are compared "
     "on it. With --by each law is fitted with all parameters the same, with those of --share the "
     "same, and with all free at each level. With --crossover it says where two curves cross, and "
     "with --at which of them is lower there, how sure that is, "
     "and how large the runs must be to tell.",
     "forescale compare chinchilla kaplan-nd data/chinchilla-epoch/runs.csv --where 'kept_240 == "
     "1'\n"
     "forescale compare chinchilla data/overtraining-gadre/models.csv --map L=loss_c4_val "
     "--by train_set --share alpha,beta\n"
     "forescale compare power-plus-constant data/laion-clip/scores.csv --map x=gflop,L=error "
     "--where 'eval_set == \"imagenet1k\" and pretrain_set == \"datacomp_1b\"' --by family "
     "--crossover x --at x=2.6e12\n",
     2, -1, compare_options, NULL},
    {"design", "design LAW [TABLE] [--at NAME=LO..HI,...] [options]",
     "what runs can tell about a law, before they are trained",
     "The runs are the rows of TABLE, whose response is not looked at, or the points of --at "
     "(ranges make a grid). Around a published set of parameters it says which of them these runs "
     "tell apart, what standard errors to expect, along which directions parameters trade off, and "
     "which run to add: the one that narrows the intervals most for its FLOP.",
     "forescale design chinchilla --at N=1e8..1e10,D=2e9..2e11\n"
     "forescale design chinchilla data/chinchilla-epoch/runs.csv --set besiroglu-2024 --noise "
     "0.005 --target beta\n",
     1, 2, design_options, NULL},
    {"mix", "mix LAW|'FORMULA' TABLE [--by COLUMN] [options]",
     "the mixture of domains with the least loss",
     "Fits a law of shares, one with sum_j(...) over their columns, and finds the shares at which "
     "it is least. With --by the law is fitted to each level (each validation domain) and their "
     "weighted sum is minimised: one exponential alone is always least at an end. Intervals come "
     "from refits to resampled mixtures, each with its own minimum; the answer says which shares "
     "stand at 0 or at a limit, in how many of the refits, and what is beyond all mixtures tried.",
     "forescale mix mixing data/data-mixing/five_domains.csv --where 'model_size == \"70M\"' --by "
     "domain --weights weight --map "
     "r_j=academic,r_j=prose,r_j=dialogue,r_j=symbolic --rest internet\n"
     "forescale mix 'L = c + k1*exp(sum_j(t_j*r_j)) + k2*exp(sum_j(u_j*r_j))' "
     "data/data-mixing/five_domains.csv --where 'model_size == \"70M\" and domain == \"ArXiv\"' "
     "--map L=loss,r_j=academic,r_j=prose --rest others --cap academic=0.3 --bootstrap 100\n",
     2, 2, mix_options, NULL},
    {"laws", "laws [list] | laws show ID | laws eval ID --at ... | laws check LAW",
     "the catalogue of laws",
     "list groups the laws by the question they answer; show prints one with its published "
     "constants; eval computes it at one point, with a published set of constants; check lints a "
     "law, given by its id or file (exit status 1 when it has errors).",
     "forescale laws\nforescale laws show chinchilla\n"
     "forescale laws eval chinchilla --set hoffmann-2022 --at N=70B,D=1.4T\n"
     "forescale laws check laws/chinchilla.yaml\n",
     0, 2, laws_options, NULL},
    {"metric", "metric [NAME [TABLE]] [options]",
     "estimates from evaluation samples: pass@k, intervals, emergence, limits",
     "Without arguments it lists the metrics, with NAME it tells the columns, settings and results "
     "of one. A table of samples has a row per item and model (n samples of which c are right) or "
     "a row per sample; it is counted as it streams by. Rows of the answer (--csv) can go on to "
     "'fit'.",
     "forescale metric\nforescale metric passk\n"
     "forescale metric passk data/monkeys/problems.csv --k 1,10,100 --group model\n",
     0, 2, metric_options, NULL},
    {"data", "data [list | show NAME]", "the bundled tables",
     "Real measurements with their source and licence; the path of a table works wherever a table "
     "is asked for.",
     "forescale data\nforescale data show chinchilla-epoch\n", 0, 2, data_options, NULL},
    {"sim", "sim law|coverage LAW|'FORMULA' --at NAME=LO..HI,... [options]",
     "runs of a law whose constants are known",
     "Simulates a table of runs from a law with given constants, a design and noise: to try a "
     "method where the truth is known, or to see what a sweep could tell before it is paid for. A "
     "range LO..HI has 8 steps, LO..HI:K has K, even in the logarithm. --csv writes the table. "
     "coverage simulates and fits many such tables, and says how often each kind of interval held "
     "the truth.",
     "forescale sim law chinchilla --set besiroglu-2024 --at N=50M..16B,D=1B..300B "
     "--errors normal:0.005 --csv > runs.csv\n"
     "forescale sim law 'y = E + A*x^-a' --fix E=1,A=2,a=0.5 --at x=1..1e4 --rows 40 "
     "--errors student:4:0.02 --cluster-errors 8:0.05 --residual log\n"
     "forescale sim coverage 'y = E + A*x^-a' --fix E=1,A=2,a=0.5 --at x=1..1e4:60 "
     "--errors normal:0.02 --residual log --point x=1e6 --threads 0\n",
     2, 2, sim_options, NULL},
    {"table", "table [TABLE] [--where EXPR] [--let NAME=EXPR] [--prepare OP]",
     "a table as a fit would see it",
     "Shows the rows after --let, --where and --prepare; --csv writes them all. Without a table "
     "the operators are listed.",
     "forescale table\n"
     "forescale table data/xlstm-isoflop/runs.csv --where 'budget > 0' "
     "--prepare 'isoflop(flops, params, loss, by=budget)' --csv\n",
     0, 1, table_options, NULL},
    {"expr", "expr --show 'FORMULA' [--columns A,B]", "how a formula is compiled",
     "Prints the graph of a formula: which nodes are shared, computed once per table or once per "
     "evaluation. Also lists the functions of the language.",
     "forescale expr --show 'L = E + A*N^-alpha + B*D^-beta'\n", 0, 0, expr_options, NULL},
    {"help", "help [COMMAND | warnings]",
     "this text, the options of a command, the codes of warnings", "",
     "forescale help fit\nforescale help warnings\n", 0, 1, help_options, NULL},
};

size_t fsc_commands(const fsc_command **list)
{
    *list = commands;
    return sizeof commands / sizeof *commands;
}

const fsc_command *fsc_command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}
