/* The one table of warning codes: what `forescale help warnings` prints and docs/warnings.md holds.
 * A code is an identifier for good; a sentence in a record says what happened there, a row here
 * when that happens and what to do. tests/e2e/test_warnings.py checks that no code is missing. */
#include "forescale.h"

static const fsc_warning codes[] = {
    /* the rows */
    {"W-UNIT", "counts look like millions or billions", "give plain units with --let"},
    {"W-COUNT", "the table counts a quantity in two ways", "state the one you quote"},
    {"W-DERIVED", "an input was computed from the others",
     "fit measured counts; errors of one are in the other"},
    {"W-FEW", "an input has fewer than five values, or there are as many rows as parameters",
     "add runs at other values"},
    {"W-RAY", "two inputs move together in all runs",
     "add runs off the ray; forescale design says which"},
    {"W-SPAN", "an input spans less than 1.5 decades", "add smaller or larger runs"},
    {"W-CONFOUND", "a training setting changes with scale",
     "say how it was tuned, or add runs that vary it"},
    {"W-TRAJ", "several rows are of one run", "resample runs, or keep the last row of each"},
    {"W-CLUSTER", "rows that share a value were resampled one by one", "give --cluster"},
    {"W-WARMUP", "rows from the first tenth of a run or its warm-up", "leave them out"},
    {"W-LR", "rows taken before the learning rate had decayed",
     "use finished runs, or a law with a schedule"},
    {"W-EPOCH", "data were repeated more than four times", "use a law of repeated data"},
    {"W-MIXED", "versions, shots, tokenizers or the like differ between rows",
     "fit one of them, or by them"},
    {"W-FAILED", "failed runs are among the rows, or rows outside the domain left out",
     "leave failures out and say what they were"},
    {"W-NAN", "rows with a missing value are left out", "say why they are missing"},
    {"W-CHANCE", "a third of the scores is within two standard errors of chance",
     "use a finer metric or more items"},
    {"W-SAT", "a third of the scores exceeds 0.97", "use a harder benchmark"},
    /* the search */
    {"W-STARTS", "few starts reached the best minimum, or another is as good",
     "give more --starts"},
    {"W-STOP", "the solver ended before its stop test held", "start elsewhere, or scale the data"},
    {"W-BOUND", "a parameter ended on its bound", "question the bound, or drop the term"},
    /* what is known */
    {"W-AMBIG", "the data do not settle some parameters", "hold or tie them, or add runs"},
    {"W-COND", "two parameters trade off", "quote what they predict together"},
    {"W-LOCAL", "local errors rest on few rows", "use --bootstrap"},
    {"W-BOOT", "too few refits for the tails of the interval", "give a larger --bootstrap"},
    {"W-LEVER", "one run moves a headline by more than half its interval",
     "check that run; quote the fit without it"},
    {"W-RESID", "residuals change with an input", "look at the residuals; try another law"},
    {"W-SENS", "another choice moves a headline out of its interval",
     "state the choice, or quote the range"},
    {"W-FLAT", "sizes within 1 % of the least loss span more than a factor of three",
     "choose among them by what else they cost"},
    {"W-EXTRAP", "the answer lies more than a decade beyond the data",
     "the interval holds only if the law does"},
    {"W-NOHOLD", "no run was held out", "hold some out: compare, backtest"},
    {"W-LAW", "a law file has a fault that does not stop it", "see laws check"},
    /* models and their benchmarks */
    {"W-AS", "a published analysis has no settings for this target", "give them as options"},
    {"W-AUE", "some splits leave too few models for an area under the error", "add models"},
    {"W-COMPONENTS", "as many components as benchmarks", "use fewer --pcs"},
    {"W-CONSTANT", "a benchmark is the same in every training row", "leave it out"},
    {"W-COVERAGE", "intervals held fewer test models than they should", "widen them"},
    {"W-DUPLICATE", "a model stands in several rows", "keep one row of each"},
    {"W-EMPTY-COLUMN", "a column without a value is left out", "nothing, if that is meant"},
    {"W-EMPTY-ROW", "models without a score are left out", "nothing, if that is meant"},
    {"W-FAMILY", "models without a family each count as one", "fill in the column"},
    {"W-FEW-TEST", "too few test models to judge a forecast by", "hold out more"},
    {"W-GAP", "a chosen subset is not proven the best", "see the bound beside it"},
    {"W-IMPUTE", "imputed scores still moved", "add scores, or leave out empty benchmarks"},
    {"W-NO-FAMILY", "there is no column of families", "name it with --family"},
    {"W-NO-TEST", "every model is training", "hold models out with --cutoff"},
    {"W-OPTIMA", "another optimum of a link is nearly as good", "see both before trusting one"},
    {"W-REFERENCE", "the reference family does not rise with compute", "choose another"},
    {"W-SEPARATION", "a link is nearly a step", "read its forecasts, not its weights"},
    {"W-TEXT", "a column of numbers holds text and is left out", "correct the cell"},
    {"W-UNKNOWN", "models without a predictor are left out of the test error",
     "fill in the column"},
};

size_t fsc_warnings(const fsc_warning **list)
{
    *list = codes;
    return sizeof codes / sizeof *codes;
}
