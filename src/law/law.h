/* law: a scaling law as data. One YAML file is one law; reading it gives this structure, checked:
 * every formula parses, every name in it is declared, every start and published value lies in its
 * domain. Nothing here fits anything.
 *
 * The fields are those of docs/law-format.md, which is written from the same table that reads them
 * (law/fields.c). A law owns an arena that holds all it points to. */
#ifndef FSCI_LAW_LAW_H
#define FSCI_LAW_LAW_H

#include "expr/expr.h"
#include "law/yaml.h"

/* A list of T in the law's arena. */
#define FSCI_LIST(T)                                                                               \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t n;                                                                                  \
    }

typedef FSCI_LIST(const char *) fsci_texts;

/* ---- domains and starts ---- */

/* One end of a range: a number, `factor * min(column)` or `factor / min(column)` of the data (then
 * value is the factor), or another parameter (then value is the bound in numbers that the other one
 * implies). */
typedef struct fsci_bound {
    double value;          /* ±INFINITY when there is no bound */
    const char *column;    /* NULL for a plain number */
    const char *parameter; /* NULL unless it is one */
    bool of_max;           /* max(column) rather than min(column) */
    bool over;             /* the factor over it rather than times it */
    bool open;             /* the end itself is outside (always when there is no bound) */
} fsci_bound;

typedef struct fsci_domain {
    fsci_bound lo, hi;
} fsci_domain;

/* The bound as a number, given the extremes of its column in the data (ignored for a number). */
double fsci_bound_at(const fsci_bound *bound, double column_min, double column_max);
/* Whether a value satisfies the ends that are plain numbers. */
bool fsci_domain_holds(const fsci_domain *domain, double value);

/* Reads "normal:MEAN:SD", each a number or the word fitted (NaN), SD above 0; false for others. */
bool fsci_prior_read(const char *text, double *mean, double *sd);

/* Where a search for a parameter begins. */
typedef struct fsci_start {
    fsci_bound lo, hi;      /* when grid.n is 0 */
    bool log;               /* spread evenly in the logarithm; lo > 0 */
    FSCI_LIST(double) grid; /* exactly these values */
} fsci_start;

/* ---- parts ---- */

/* A named number of a law file: {N: 70e9, D: 1.4e12}, or of a member of a set: {t_j: {web: -2}}. */
typedef struct fsci_value {
    const char *name, *member; /* NULL for most */
    const fsci_yaml *node;
    double value;
} fsci_value;
typedef FSCI_LIST(fsci_value) fsci_values;

/* Every part begins with these two, in this order. */
#define FSCI_LAW_PART                                                                              \
    const char *name; /* NULL for a part that has none (source, objective, check, reduction) */    \
    const fsci_yaml *node

typedef struct fsci_law_source {
    FSCI_LAW_PART;
    const char *authors, *arxiv, *doi, *where;
    int64_t year;
} fsci_law_source;

/* How the response follows a column, at any parameters the law allows. */
typedef enum fsci_law_trend {
    FSCI_LAW_TREND_NONE,
    FSCI_LAW_TREND_FALLING,
    FSCI_LAW_TREND_RISING
} fsci_law_trend;

typedef struct fsci_law_column {
    FSCI_LAW_PART;
    const char *meaning, *unit; /* unit NULL: a pure number */
    fsci_domain domain;
    fsci_texts aliases;    /* column names this symbol may have in tables, best first */
    fsci_texts convention; /* the ways the quantity is counted in practice */
    fsci_start range;      /* where it lies in practice; lo.value NaN and no grid when not stated */
    fsci_law_trend trend;  /* of the response in it */
    bool is_category;      /* parameters of the formula differ by it, as c[family] */
} fsci_law_column;

typedef struct fsci_law_parameter {
    FSCI_LAW_PART;
    const char *meaning, *unit;
    fsci_domain domain;
    fsci_start start;
    const char *prior; /* "normal:MEAN:SD"; NULL for none */
} fsci_law_parameter;

/* Residual and loss a law asks for; see architecture "Fitting". */
typedef enum fsci_residual {
    FSCI_RESIDUAL_IDENTITY,
    FSCI_RESIDUAL_LOG,
    FSCI_RESIDUAL_LOGIT
} fsci_residual;

typedef enum fsci_law_loss {
    FSCI_LAW_SQUARED,
    FSCI_LAW_HUBER,
    FSCI_LAW_L1,
    FSCI_LAW_NORMAL,
    FSCI_LAW_LOGNORMAL,
    FSCI_LAW_BINOMIAL,
    FSCI_LAW_BETA_BINOMIAL,
    FSCI_LAW_NEGATIVE_BINOMIAL
} fsci_law_loss;

typedef struct fsci_law_objective {
    FSCI_LAW_PART;
    fsci_residual residual;
    fsci_law_loss loss;
    double delta;          /* huber; NaN otherwise */
    fsci_formula *weights; /* of columns; NULL: one per row */
    const char *trials;    /* column of counts, for the binomial losses */
    int64_t starts;        /* brought to convergence unless told otherwise; 0: as screened */
} fsci_law_objective;

/* A quantity computed from the parameters and, when it has arguments, from those. Its formula may
 * use derived quantities above it whose arguments are among its own. One that is solved for is the
 * value of the name `solve` at which its formula, an equation, holds. */
typedef struct fsci_law_derived {
    FSCI_LAW_PART;
    fsci_formula *formula;
    fsci_texts arguments;
    const char *solve;  /* NULL for most */
    fsci_start between; /* where the solution is looked for; in the logarithm when `log` */
    const char *unit, *meaning;
} fsci_law_derived;

/* A named text of a law file: {C: PF-day}. */
typedef struct fsci_law_word {
    FSCI_LAW_PART;
    const char *text;
} fsci_law_word;

typedef struct fsci_law_published {
    FSCI_LAW_PART;
    fsci_values values, errors;
    FSCI_LIST(fsci_law_word) units; /* in which it counts columns, where not in the law's */
    const char *where, *note;
    const double *theta; /* [n parameters] the values in the law's order; of a set the first */
    const double *error; /* [n parameters] NaN where none is given */
} fsci_law_published;

/* A value computed outside this program that the law must reproduce. */
typedef struct fsci_check {
    FSCI_LAW_PART;
    const char *set;       /* name of a published set */
    fsci_values at, gives; /* arguments; the response or derived quantities */
    double tolerance;      /* absolute; NaN when rtol is given */
    double rtol;           /* relative; NaN when tolerance is given */
    const char *by;        /* how the value was obtained */
} fsci_check;

/* `name` of the other law in terms of this law's parameters. */
typedef struct fsci_law_map {
    FSCI_LAW_PART;
    fsci_formula *formula;
} fsci_law_map;

typedef struct fsci_law_reduction {
    FSCI_LAW_PART;
    const char *law, *when;
    fsci_values at; /* columns and parameters of this law at that limit, as numbers */
    FSCI_LIST(fsci_law_map) maps;
    FSCI_LIST(fsci_law_map) columns; /* the other's columns in terms of this law's */
} fsci_law_reduction;

/* A part of the law that can be taken out, such as one break of many; searches put such parts in
 * one by one, in this order. */
typedef struct fsci_law_stage {
    FSCI_LAW_PART;
    fsci_values at;  /* the parameter that takes it out, and its value then */
    fsci_texts idle; /* parameters that have no effect then */
} fsci_law_stage;

/* Where the law was fitted, and how far it was seen to hold beyond. */
typedef struct fsci_law_reach {
    FSCI_LAW_PART;
    const char *data, *where;
    const char *column; /* whose extent is told: a column or an argument; NULL when none is */
    double from, to;    /* what was fitted; NaN when not stated */
    double predicted;   /* how far it was predicted; NaN when nowhere or not stated */
    double error;       /* relative error there; NaN when nobody measured */
} fsci_law_reach;

typedef enum fsci_law_otherwise { FSCI_LAW_WARNS, FSCI_LAW_REFUSES } fsci_law_otherwise;

/* What the law asks of the rows it is fitted to, of the constants found, or of the point at which
 * it is evaluated: exactly one of the five formulas. */
typedef struct fsci_law_expectation {
    FSCI_LAW_PART;
    fsci_formula *rows;     /* of columns: true at every row */
    fsci_formula *distinct; /* of columns: takes `least` different values or more */
    fsci_formula *fitted;   /* of columns and parameters: true at every row once fitted */
    fsci_formula *reached;  /* the same: true at `least` rows, or one */
    fsci_formula *asked;    /* of columns and arguments: true where the law is evaluated */
    int64_t least;
    fsci_law_otherwise otherwise;
    const char *code, *says; /* the warning's; what is wrong and what to do, without a full stop */
} fsci_law_expectation;

/* ---- the law ---- */

/* The group a law is listed under; the order of the catalogue. */
typedef enum fsci_question {
    FSCI_QUESTION_PRETRAINING_LOSS,
    FSCI_QUESTION_DATA,
    FSCI_QUESTION_SCHEDULE,
    FSCI_QUESTION_DOWNSTREAM,
    FSCI_QUESTION_FINE_TUNING,
    FSCI_QUESTION_SAMPLING,
    FSCI_QUESTION_MULTIMODAL,
    FSCI_QUESTION_THEORY
} fsci_question;

typedef struct fsc_law {
    const char *id;
    const fsci_yaml *node;
    fsci_arena *arena;
    const char *file; /* where it was read from, for messages */
    const char *text; /* the whole file, for excerpts and for its hash */
    size_t length;

    const char *title, *notes;
    int64_t version;
    fsci_question question;
    fsci_law_source source;     /* source.node NULL when the law has none */
    fsci_formula *formula;      /* derived quantities written out */
    const fsci_formula *stated; /* as in the file; may name derived quantities */
    const char *implicit;       /* the response of a formula whose left side is not just its name */
    FSCI_LIST(fsci_law_column) columns;
    FSCI_LIST(fsci_law_parameter) parameters;
    fsci_law_objective objective;
    fsci_texts prepare;
    FSCI_LIST(fsci_law_derived) derived;
    FSCI_LIST(fsci_law_published) published;
    FSCI_LIST(fsci_check) checks;
    FSCI_LIST(fsci_law_reduction) reduces_to;
    FSCI_LIST(fsci_law_stage) stages;
    FSCI_LIST(fsci_law_reach) reach;
    FSCI_LIST(fsci_law_expectation) expects;

    size_t response;           /* index of the response in columns */
    const fsci_node *solution; /* what the response equals: the right side of `response = ...`, or
                                  the derived quantity of that name; NULL: only by solving */
} fsc_law;

/* Reads one law. `name` is its file name or a description; when it ends in .yaml the id must equal
 * it. Errors: FSC_EINPUT with the first error fsci_law_check finds, file, line, column, excerpt. */
fsc_status fsci_law_read(const char *name, const char *text, size_t length, fsc_law **law,
                         fsc_error *err);
fsc_status fsci_law_read_file(const char *path, fsc_law **law, fsc_error *err);
void fsci_law_free(fsc_law *law);

/* An expression of the law at one level of its categories: c[family] is c. The node itself where it
 * has none; NULL when out of memory. */
const fsci_node *fsci_law_one_level(fsci_arena *arena, const fsci_node *node);

/* The column by whose levels a parameter of the law, or another name, differs; NULL for none. */
const char *fsci_law_category_of(const fsc_law *law, const char *name);

/* Index by name, SIZE_MAX when absent. */
size_t fsci_law_parameter_index(const fsc_law *law, const char *name);
size_t fsci_law_column_index(const fsc_law *law, const char *name);
/* Whether a column or an argument of a derived quantity has the name. */
bool fsci_law_takes(const fsc_law *law, const char *name);
/* The derived quantity that is solved for and that `derived` is or rests on; NULL for none. */
const fsci_law_derived *fsci_law_solved_in(const fsc_law *law, const fsci_law_derived *derived);
/* The unit in which a set counts a column or argument, NULL when not stated. */
const char *fsci_law_unit(const fsc_law *law, const fsci_law_published *set, const char *name);
/* By name, NULL when absent. */
const fsci_law_published *fsci_law_published_find(const fsc_law *law, const char *name);
const fsci_law_derived *fsci_law_derived_find(const fsc_law *law, const char *name);

const char *fsci_question_name(fsci_question question); /* "pretraining-loss" */
const char *fsci_residual_name(fsci_residual residual); /* "log" */
const char *fsci_law_loss_name(fsci_law_loss loss);     /* "beta-binomial" */

/* ---- lint ---- */

typedef enum fsci_severity { FSCI_WARNING, FSCI_ERROR } fsci_severity;

typedef struct fsci_finding {
    fsci_severity severity;
    fsci_span at;
    const char *message; /* one sentence */
} fsci_finding;

typedef FSCI_LIST(fsci_finding) fsci_findings;

/* Everything that is wrong with a law's text, in file order, in `arena`. FSC_OK also when there are
 * findings; otherwise FSC_ENOMEM. */
fsc_status fsci_law_check(fsci_arena *arena, const char *name, const char *text, size_t length,
                          fsci_findings *findings, fsc_error *err);

/* The field reference of docs/law-format.md as markdown, from the table that reads the fields. */
void fsci_law_describe_fields(fsci_buffer *out);

#endif
