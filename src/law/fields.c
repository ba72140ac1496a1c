#include "law/fields.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PART_OF(noun, type, fields)                                                                \
    {                                                                                              \
        noun, sizeof(type), fields, COUNT(fields)                                                  \
    }

/* A field that is called as its member; the rest is choices or part, where the shape has them. */
#define FIELD(type, member, shape_, required_, example_, meaning_, ...)                            \
    {                                                                                              \
        .name = #member, .shape = FSCI_SHAPE_##shape_, .required = required_,                      \
        .offset = offsetof(type, member), .example = example_, .meaning = meaning_, __VA_ARGS__    \
    }

enum { OPTIONAL = false, REQUIRED = true };

static const char *const questions[] = {[FSCI_QUESTION_PRETRAINING_LOSS] = "pretraining-loss",
                                        [FSCI_QUESTION_DATA] = "data",
                                        [FSCI_QUESTION_SCHEDULE] = "schedule",
                                        [FSCI_QUESTION_DOWNSTREAM] = "downstream",
                                        [FSCI_QUESTION_FINE_TUNING] = "fine-tuning",
                                        [FSCI_QUESTION_SAMPLING] = "sampling",
                                        [FSCI_QUESTION_MULTIMODAL] = "multimodal",
                                        [FSCI_QUESTION_THEORY] = "theory",
                                        NULL};

static const char *const residuals[] = {[FSCI_RESIDUAL_IDENTITY] = "identity",
                                        [FSCI_RESIDUAL_LOG] = "log",
                                        [FSCI_RESIDUAL_LOGIT] = "logit",
                                        NULL};

static const char *const trends[] = {[FSCI_LAW_TREND_NONE] = "none",
                                     [FSCI_LAW_TREND_FALLING] = "falling",
                                     [FSCI_LAW_TREND_RISING] = "rising",
                                     NULL};

static const char *const losses[] = {[FSCI_LAW_SQUARED] = "squared",
                                     [FSCI_LAW_HUBER] = "huber",
                                     [FSCI_LAW_L1] = "l1",
                                     [FSCI_LAW_NORMAL] = "normal",
                                     [FSCI_LAW_LOGNORMAL] = "lognormal",
                                     [FSCI_LAW_BINOMIAL] = "binomial",
                                     [FSCI_LAW_BETA_BINOMIAL] = "beta-binomial",
                                     [FSCI_LAW_NEGATIVE_BINOMIAL] = "negative-binomial",
                                     NULL};

static const fsci_field source_fields[] = {
    FIELD(fsci_law_source, authors, TEXT, REQUIRED, "Hoffmann et al.", "who published the law"),
    FIELD(fsci_law_source, year, INTEGER, REQUIRED, "2022", "year of that text"),
    FIELD(fsci_law_source, arxiv, TEXT, OPTIONAL, "\"2203.15556\"", "arXiv number, in quotes"),
    FIELD(fsci_law_source, doi, TEXT, OPTIONAL, "10.1000/182",
          "DOI, where there is no arXiv number"),
    FIELD(fsci_law_source, where, TEXT, OPTIONAL, "\"eq. 2, approach 3\"",
          "equation or table of the text"),
};
static const fsci_part source_part = PART_OF("source", fsci_law_source, source_fields);

static const fsci_field column_fields[] = {
    FIELD(fsci_law_column, meaning, TEXT, REQUIRED, "training tokens",
          "what the symbol stands for"),
    FIELD(fsci_law_column, unit, TEXT, OPTIONAL, "token", "its unit; none is a pure number"),
    FIELD(fsci_law_column, domain, DOMAIN, OPTIONAL, "\"> 0\"",
          "the values it may take; a row outside is bad input"),
    FIELD(fsci_law_column, aliases, TEXTS, OPTIONAL, "[tokens, n_tokens]",
          "column names it may have in tables, the likeliest first"),
    FIELD(fsci_law_column, convention, TEXTS, OPTIONAL, "[total, no_embed]",
          "the ways the quantity is counted in practice"),
    FIELD(fsci_law_column, range, START, OPTIONAL, "[1e6, 1e11, log]",
          "where it lies in practice: what figures show and simulated data span"),
    FIELD(fsci_law_column, trend, CHOICE, OPTIONAL, "falling",
          "how the response follows it, the other columns being fixed", .choices = trends),
};
static const fsci_part column_part = PART_OF("column", fsci_law_column, column_fields);

static const fsci_field parameter_fields[] = {
    FIELD(fsci_law_parameter, meaning, TEXT, REQUIRED, "exponent of size",
          "what the parameter stands for"),
    FIELD(fsci_law_parameter, unit, TEXT, OPTIONAL, "nat/token",
          "its unit; none is a pure number or one that depends on another parameter"),
    FIELD(fsci_law_parameter, domain, DOMAIN, REQUIRED, "\"> 0\" (or any)",
          "the values it may take"),
    FIELD(fsci_law_parameter, start, START, REQUIRED, "[0.05, 1.5]", "where searches for it begin"),
    FIELD(fsci_law_parameter, prior, TEXT, OPTIONAL, "\"normal:fitted:fitted\"",
          "under a likelihood, the normal distribution it (in all its groups) has about a mean: "
          "normal:MEAN:SD, each a number or fitted"),
};
static const fsci_part parameter_part = PART_OF("parameter", fsci_law_parameter, parameter_fields);

static const fsci_field objective_fields[] = {
    FIELD(fsci_law_objective, residual, CHOICE, OPTIONAL, "log",
          "the space in which the two sides are compared", .choices = residuals),
    FIELD(fsci_law_objective, loss, CHOICE, OPTIONAL, "huber",
          "what is summed over the rows and minimised", .choices = losses),
    FIELD(fsci_law_objective, delta, NUMBER, OPTIONAL, "1e-3",
          "where the Huber loss turns from squared to linear"),
    FIELD(fsci_law_objective, weights, FORMULA, OPTIONAL, "\"1/sigma^2\"",
          "weight of a row, an expression of columns"),
    FIELD(fsci_law_objective, trials, TEXT, OPTIONAL, "n_items",
          "column that holds the number of trials, for the binomial losses"),
    FIELD(fsci_law_objective, starts, INTEGER, OPTIONAL, "200",
          "starts to bring to convergence, for a law with many minima; 24 of 128 when absent"),
};
static const fsci_part objective_part = PART_OF("objective", fsci_law_objective, objective_fields);

static const fsci_field derived_fields[] = {
    FIELD(fsci_law_derived, formula, FORMULA, REQUIRED, "\"C/(6*N_opt)\"",
          "an expression of parameters, arguments and derived quantities above it"),
    FIELD(fsci_law_derived, arguments, TEXTS, OPTIONAL, "[C]",
          "names it is a function of, besides the parameters"),
    FIELD(
        fsci_law_derived, solve, TEXT, OPTIONAL, "V",
        "a name in the formula, which is then an equation: the quantity is the value of that name "
        "at which it holds"),
    FIELD(fsci_law_derived, between, START, OPTIONAL, "[1e3, 1e7, log]",
          "where the solution is looked for"),
    FIELD(fsci_law_derived, unit, TEXT, OPTIONAL, "token", "its unit"),
    FIELD(fsci_law_derived, meaning, TEXT, OPTIONAL, "optimal tokens", "what it is"),
};
static const fsci_part derived_part = PART_OF("derived quantity", fsci_law_derived, derived_fields);

static const fsci_field published_fields[] = {
    FIELD(fsci_law_published, name, TEXT, REQUIRED, "hoffmann-2022", "kebab-case name of the set"),
    FIELD(fsci_law_published, values, VALUES, REQUIRED, "{E: 1.69, A: 406.4}",
          "every parameter of the law; of a set in a sum a map from member to number"),
    FIELD(fsci_law_published, errors, VALUES, OPTIONAL, "{E: 0.03}",
          "standard errors, for the parameters that have one"),
    FIELD(fsci_law_published, units, WORDS, OPTIONAL, "{C: PF-day}",
          "units in which the set counts columns or arguments, where they are not the law's"),
    FIELD(fsci_law_published, where, TEXT, OPTIONAL, "table 1", "where the numbers stand"),
    FIELD(fsci_law_published, note, TEXT, OPTIONAL, "rounded in the paper",
          "what a user of the numbers should know"),
};
static const fsci_part published_part =
    PART_OF("published set", fsci_law_published, published_fields);

static const fsci_field check_fields[] = {
    FIELD(fsci_check, set, TEXT, REQUIRED, "hoffmann-2022", "the published set to evaluate"),
    FIELD(fsci_check, at, VALUES, OPTIONAL, "{N: 70e9, D: 1.4e12}",
          "values of the columns or arguments"),
    FIELD(fsci_check, gives, VALUES, REQUIRED, "{L: 1.9366}",
          "what must come out: the response or derived quantities"),
    FIELD(fsci_check, tolerance, NUMBER, OPTIONAL, "5e-4",
          "allowed absolute difference; either this or `rtol`"),
    FIELD(fsci_check, rtol, NUMBER, OPTIONAL, "1e-3", "allowed relative difference"),
    FIELD(fsci_check, by, TEXT, OPTIONAL, "hand calculation",
          "how the value was obtained; never with this program"),
};
static const fsci_part check_part = PART_OF("check", fsci_check, check_fields);

static const char *const otherwise[] = {
    [FSCI_LAW_WARNS] = "warn", [FSCI_LAW_REFUSES] = "refuse", NULL};

static const fsci_field expectation_fields[] = {
    FIELD(fsci_law_expectation, rows, FORMULA, OPTIONAL, "\"streams == round(streams)\"",
          "a condition on the columns, to hold at every row; one of the five"),
    FIELD(fsci_law_expectation, distinct, FORMULA, OPTIONAL, "D/N",
          "an expression of columns that takes `least` different values, or another one in every "
          "row; one of the five"),
    FIELD(fsci_law_expectation, fitted, FORMULA, OPTIONAL, "\"k > 0\"",
          "a condition on columns, fitted parameters and `rmse`, the spread of the residuals, to "
          "hold at every row; one of the five"),
    FIELD(fsci_law_expectation, reached, FORMULA, OPTIONAL, "\"x > d1\"",
          "the same, to hold at `least` rows, or one; one of the five"),
    FIELD(fsci_law_expectation, asked, FORMULA, OPTIONAL, "\"users >= batch\"",
          "a condition on columns and arguments of derived quantities, to hold where the law is "
          "evaluated; one of the five"),
    FIELD(fsci_law_expectation, least, INTEGER, OPTIONAL, "2",
          "of `distinct`, absent: as many as there are rows; of `reached`, absent: 1"),
    FIELD(fsci_law_expectation, otherwise, CHOICE, OPTIONAL, "refuse",
          "what happens when it does not hold; warn when absent", .choices = otherwise),
    FIELD(fsci_law_expectation, code, TEXT, REQUIRED, "W-DESIGN", "the warning's code"),
    FIELD(fsci_law_expectation, says, TEXT, REQUIRED,
          "all runs have one ratio, so a and b cannot be told apart; add another",
          "what is wrong and what to do, without a full stop"),
};
static const fsci_part expectation_part =
    PART_OF("expectation", fsci_law_expectation, expectation_fields);

static const fsci_field reduction_fields[] = {
    FIELD(fsci_law_reduction, law, TEXT, REQUIRED, "power-plus-constant", "id of the other law"),
    FIELD(fsci_law_reduction, when, TEXT, REQUIRED, "\"D -> infinity\"",
          "the limit or restriction in which this law is that one"),
    FIELD(fsci_law_reduction, at, VALUES, OPTIONAL, "{D: 1e300}",
          "that limit or restriction in numbers: columns and parameters of this law"),
    FIELD(fsci_law_reduction, columns, FORMULAS, OPTIONAL, "{x: N}",
          "columns of that law as expressions of this law's, where the names differ"),
    FIELD(fsci_law_reduction, maps, FORMULAS, OPTIONAL, "{L_inf: E}",
          "parameters of that law as expressions of this law's"),
};
static const fsci_part reduction_part = PART_OF("reduction", fsci_law_reduction, reduction_fields);

static const fsci_field stage_fields[] = {
    FIELD(fsci_law_stage, at, VALUES, REQUIRED, "{c2: 0}",
          "the parameter that takes this part out of the law, and its value then"),
    FIELD(fsci_law_stage, idle, TEXTS, OPTIONAL, "[d2, f2]", "parameters that have no effect then"),
};
static const fsci_part stage_part = PART_OF("stage", fsci_law_stage, stage_fields);

static const fsci_field reach_fields[] = {
    FIELD(fsci_law_reach, data, TEXT, REQUIRED, "five runs on RedPajama",
          "what was fitted, and what was predicted from it"),
    FIELD(fsci_law_reach, column, TEXT, OPTIONAL, "C",
          "the column, or argument of a derived quantity, whose extent is told"),
    FIELD(fsci_law_reach, from, NUMBER, OPTIONAL, "1e16", "its least value fitted"),
    FIELD(fsci_law_reach, to, NUMBER, OPTIONAL, "2e19", "its largest value fitted"),
    FIELD(fsci_law_reach, predicted, NUMBER, OPTIONAL, "5.7e21",
          "its value at the farthest run predicted"),
    FIELD(fsci_law_reach, error, NUMBER, OPTIONAL, "0.007",
          "relative error of that prediction, or of the predictions in the mean"),
    FIELD(fsci_law_reach, where, TEXT, OPTIONAL, "table 1", "where the numbers stand"),
};
static const fsci_part reach_part = PART_OF("reach", fsci_law_reach, reach_fields);

static const fsci_field law_fields[] = {
    FIELD(fsc_law, id, TEXT, REQUIRED, "chinchilla", "kebab-case name, the same as the file's"),
    FIELD(fsc_law, version, INTEGER, REQUIRED, "1", "raised whenever the formula changes"),
    FIELD(fsc_law, title, TEXT, REQUIRED, "Loss from parameters and tokens", "one line for lists"),
    FIELD(fsc_law, question, CHOICE, REQUIRED, "pretraining-loss",
          "the group the law is listed under", .choices = questions),
    FIELD(fsc_law, notes, TEXT, OPTIONAL, "N counts embeddings.",
          "what a user should know before trusting a fit"),
    FIELD(fsc_law, source, PART, OPTIONAL, "{authors: Hoffmann et al., year: 2022}",
          "where the law comes from", .part = &source_part),
    FIELD(fsc_law, formula, FORMULA, REQUIRED, "L = E + A*N^-alpha + B*D^-beta",
          "the law: two sides, on one line"),
    FIELD(fsc_law, implicit, TEXT, OPTIONAL, "y",
          "the response, when the left side of the formula is more than its name; a derived "
          "quantity of that name says the law solved for it, else predictions find the root"),
    FIELD(fsc_law, columns, NAMED, REQUIRED, "{N: {meaning: parameters}}",
          "the symbols that stand for columns of a table", .part = &column_part),
    FIELD(fsc_law, parameters, NAMED, REQUIRED,
          "{E: {meaning: floor, domain: \"> 0\", start: [0.4, 4]}}", "the symbols that are fitted",
          .part = &parameter_part),
    FIELD(fsc_law, objective, PART, OPTIONAL, "{residual: log, loss: huber, delta: 1e-3}",
          "what a fit minimises unless told otherwise; squared differences when absent",
          .part = &objective_part),
    FIELD(fsc_law, prepare, TEXTS, OPTIONAL, "[\"pareto(C, err)\"]",
          "operators applied to the table first, in order; their columns are symbols of the law or "
          "columns of the table"),
    FIELD(fsc_law, derived, NAMED, OPTIONAL, "{a: {formula: \"beta/(alpha+beta)\"}}",
          "quantities that follow from the parameters", .part = &derived_part),
    FIELD(fsc_law, published, PARTS, OPTIONAL, "[{name: hoffmann-2022, values: {E: 1.69}}]",
          "parameter values found in print", .part = &published_part),
    FIELD(fsc_law, checks, PARTS, OPTIONAL,
          "[{set: hoffmann-2022, at: {N: 70e9, D: 1.4e12}, gives: {L: 1.9366}, tolerance: 5e-4}]",
          "values the tests hold the law to", .part = &check_part),
    FIELD(fsc_law, reduces_to, PARTS, OPTIONAL,
          "[{law: power-plus-constant, when: \"D -> infinity\"}]",
          "simpler laws that are special cases of this one", .part = &reduction_part),
    FIELD(fsc_law, stages, PARTS, OPTIONAL, "[{at: {c2: 0}, idle: [d2, f2]}]",
          "parts, such as the breaks of a curve, that a search for the minimum adds one by one, in "
          "this order",
          .part = &stage_part),
    FIELD(fsc_law, reach, PARTS, OPTIONAL,
          "[{data: five runs, column: C, from: 1e16, to: 2e19, predicted: 5.7e21, error: 0.007}]",
          "where it was fitted, and how far from there it was put to the test",
          .part = &reach_part),
    FIELD(fsc_law, expects, PARTS, OPTIONAL,
          "[{distinct: D/N, least: 2, code: W-DESIGN, says: add runs of another ratio}]",
          "what rows and fitted constants must satisfy, and what to say when they do not",
          .part = &expectation_part),
};
_Static_assert(COUNT(law_fields) <= FSCI_PART_FIELDS, "the largest part");
const fsci_part fsci_law_part = PART_OF("law", fsc_law, law_fields);

const char *fsci_shape_form(fsci_shape shape)
{
    static const char *const forms[] = {
        [FSCI_SHAPE_TEXT] = "a text",
        [FSCI_SHAPE_INTEGER] = "a whole number from 1",
        [FSCI_SHAPE_NUMBER] = "a number",
        [FSCI_SHAPE_CHOICE] = "one word",
        [FSCI_SHAPE_FORMULA] = "a formula",
        [FSCI_SHAPE_TEXTS] = "a list of texts",
        [FSCI_SHAPE_DOMAIN] = "comparisons joined by commas, or `any`",
        [FSCI_SHAPE_START] = "[lo, hi], [lo, hi, log] or {grid: [...]}",
        [FSCI_SHAPE_VALUES] = "a map from name to number",
        [FSCI_SHAPE_WORDS] = "a map from name to text",
        [FSCI_SHAPE_FORMULAS] = "a map from name to formula",
        [FSCI_SHAPE_PART] = "a map",
        [FSCI_SHAPE_PARTS] = "a list of maps",
        [FSCI_SHAPE_NAMED] = "a map from name to map",
    };
    return forms[shape];
}

const char *fsci_question_name(fsci_question question)
{
    return questions[question];
}

const char *fsci_residual_name(fsci_residual residual)
{
    return residuals[residual];
}

const char *fsci_law_loss_name(fsci_law_loss loss)
{
    return losses[loss];
}

/* ---- the field reference of the manual ---- */

static void describe_part(const fsci_part *part, fsci_buffer *out)
{
    fsci_buffer_puts(out, "| field | | form | meaning | example |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < part->n_fields; i++) {
        const fsci_field *f = &part->fields[i];
        fsci_buffer_printf(out, "| `%s` |%s | %s", f->name, f->required ? " required" : "",
                           fsci_shape_form(f->shape));
        for (const char *const *choice = f->choices; choice && *choice; choice++)
            fsci_buffer_printf(out, "%s `%s`", choice == f->choices ? ":" : ",", *choice);
        fsci_buffer_printf(out, " | %s | `%s` |\n", f->meaning, f->example);
    }
    for (size_t i = 0; i < part->n_fields; i++) {
        const fsci_field *f = &part->fields[i];
        if (!f->part)
            continue;
        fsci_buffer_printf(out, "\n### %s`%s`\n\n", f->shape == FSCI_SHAPE_PART ? "" : "Each of ",
                           f->name);
        describe_part(f->part, out);
    }
}

void fsci_law_describe_fields(fsci_buffer *out)
{
    describe_part(&fsci_law_part, out);
}
