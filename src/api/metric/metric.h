/* metric: `forescale metric NAME TABLE`. One table of descriptors (metrics.c) gives the list of
 * verbs, the binding and checking of columns and settings, help, and docs/metrics. A metric is a
 * descriptor and a function that reads columns, calls src/metric and writes rows. */
#ifndef FSCI_API_METRIC_H
#define FSCI_API_METRIC_H

#include "api/args.h"
#include "api/rows.h"
#include "num/summary.h"
#include "record/figure.h"
#include "record/json.h"
#include "record/warning.h"

typedef enum fsci_metric_kind {
    FSCI_METRIC_NUMBER,
    FSCI_METRIC_GAPPY, /* numbers, where there are any: NaN in empty cells */
    FSCI_METRIC_POSITIVE,
    FSCI_METRIC_COUNT, /* whole, 0 or more */
    FSCI_METRIC_SHARE, /* 0..1 */
    FSCI_METRIC_KEY    /* names, or numbers that stand for names */
} fsci_metric_kind;

/* Lists of these end with a NULL name. */
typedef struct fsci_metric_column {
    const char *role;
    fsci_metric_kind kind;
    bool needed;
    const char *aliases; /* further names it may have in tables, joined by | */
    const char *meaning;
} fsci_metric_column;

typedef struct fsci_metric_setting {
    const char *name;
    const char *value;   /* "a|b|c" is a choice; else what to write: "NUMBER", "X:Y:..." */
    const char *initial; /* NULL: none */
    const char *meaning;
} fsci_metric_setting;

typedef struct fsci_metric_result {
    const char *name; /* member of the record */
    const char *content;
} fsci_metric_result;

/* A result as a figure: y against x of its items. Entries of one figure follow each other. */
typedef struct fsci_metric_plot {
    const char *figure, *title;
    const char *list;      /* the result, or rows */
    const char *by, *name; /* the member that names an item's series; else this name */
    const char *kind;      /* points, line, marked */
    const char *x, *x_label, *x_scale, *y, *y_label, *y_scale;
    const char *lo, *hi; /* members, of upright bars; NULL: none */
} fsci_metric_plot;

typedef struct fsci_metric_run fsci_metric_run;
typedef fsc_status fsci_metric_fn(fsci_metric_run *run, fsc_error *err);

typedef struct fsci_metric {
    const char *id;
    const char *summary; /* one line */
    const char *source;  /* papers */
    const char *text;    /* what is computed, how, and what to beware of */
    const char *example; /* after "forescale metric " */
    const fsci_metric_column *columns;
    const fsci_metric_setting *settings;
    const fsci_metric_result *results;
    const fsci_metric_plot *plots; /* beside the figures that `run` draws; may be NULL */
    fsci_metric_fn *run;
    bool streams; /* its table is read by samples.h, not as a whole */
} fsci_metric;

size_t fsci_metrics(const fsci_metric *const **list);

struct fsci_metric_run {
    fsci_arena *arena; /* of the record */
    const fsc_args *args;
    const fsci_metric *metric;
    const char *path;
    fsci_rows rows; /* rows.table NULL when the metric streams */
    fsci_settings_list settings, map;
    fsci_json *root, *list, *figures, *inputs; /* list: the record's rows */
    double level;
    uint64_t seed;
    int threads;
    size_t n_resamples;
};

/* ---- reading (metric_read.c) -------------------------------------------------------------- */

/* A column of keys as numbers 0..n-1: names in order of appearance, numbers ascending. */
typedef struct fsci_keys {
    const uint32_t *codes; /* [rows] */
    const char *const *labels;
    const double *values; /* [n] of a column of numbers, else NULL */
    size_t n;
} fsci_keys;

size_t fsci_metric_rows(const fsci_metric_run *run);
/* The table's column that plays a role, NULL when none does. --map, --group, the role's own name,
 * then its aliases. */
const fsci_column *fsci_metric_bound(const fsci_metric_run *run, const char *role);
/* Checked by kind; NULL when an optional one is absent; NaN only where an optional cell is empty.
 */
fsc_status fsci_metric_numbers(fsci_metric_run *run, const char *role, const double **values,
                               fsc_error *err);
/* Absent: one key "" for all rows. */
fsc_status fsci_metric_keys(fsci_metric_run *run, const char *role, fsci_keys *keys,
                            fsc_error *err);
/* The same of one column of the table. */
fsc_status fsci_metric_column_keys(fsci_metric_run *run, const fsci_column *column, fsci_keys *keys,
                                   fsc_error *err);
/* "FILE, line N: ..." */
fsc_status fsci_metric_fail(const fsci_metric_run *run, size_t row, fsc_error *err,
                            const char *format, ...) FSCI_PRINTF(4, 5);
#if defined(__clang_analyzer__) && !defined(FSCI_METRIC_READ_C)
#define fsci_metric_fail(...) (fsci_metric_fail(__VA_ARGS__), FSC_EINPUT)
#endif

/* --param NAME=VALUE, else its default. */
const char *fsci_metric_text(const fsci_metric_run *run, const char *setting);
bool fsci_metric_is(const fsci_metric_run *run, const char *setting, const char *choice);
double fsci_metric_number(const fsci_metric_run *run, const char *setting); /* NaN when none */
/* Values joined by ':'. */
fsc_status fsci_metric_values(fsci_metric_run *run, const char *setting, double **values, size_t *n,
                              fsc_error *err);
/* --k, ascending as given; *n 0 when not given. Whole numbers from 1. */
fsc_status fsci_metric_k(fsci_metric_run *run, double **k, size_t *n, fsc_error *err);
/* What a row's score is worth as a fraction: divides by 100 when unit=percent, and refuses values
 * outside 0..1 afterwards. */
fsc_status fsci_metric_scores(fsci_metric_run *run, const char *role, const double **values,
                              fsc_error *err);

/* Rows of one key, in order of `order` (may be NULL: of the table): index[n]. */
size_t fsci_metric_pick(const fsci_keys *keys, size_t key, size_t n_rows, const double *order,
                        size_t *index);

/* values[index[0..n)], in the arena; NULL when values is NULL or memory is out. */
double *fsci_metric_gather(fsci_metric_run *run, const double *values, const size_t *index,
                           size_t n);
/* FSC_EINPUT naming the row when two of the n picked rows have one x. `what`: "size". */
fsc_status fsci_metric_distinct(const fsci_metric_run *run, const double *x, const size_t *index,
                                size_t n, const char *what, fsc_error *err);

/* The setting of metrics that read scores. */
#define FSCI_UNIT_SETTING                                                                          \
    {                                                                                              \
        "unit", "fraction|percent", "fraction", "of the scores in the table"                       \
    }

/* ---- writing (metric_write.c) -------------------------------------------------------------- */

/* A further row; `group` "" leaves it out. */
fsci_json *fsci_metric_row(fsci_metric_run *run, const char *group);
/* An item of the named result, which is made when there is none. */
fsci_json *fsci_metric_item(fsci_metric_run *run, const char *result, const char *group);
void fsci_metric_estimate(fsci_metric_run *run, fsci_json *row, double value, fsci_interval i);
void fsci_metric_set(fsci_metric_run *run, fsci_json *row, const char *key, double value);
void fsci_metric_say(fsci_metric_run *run, const char *format, ...) FSCI_PRINTF(2, 3);
/* A number as short as it can be written, 1e6. */
const char *fsci_metric_short(fsci_metric_run *run, double value);
void fsci_metric_word(fsci_metric_run *run, fsci_json *row, const char *key, const char *word);
/* method, unit and n of the intervals of `value`. */
void fsci_metric_intervals(fsci_metric_run *run, const char *method, const char *unit);
fsci_json *fsci_metric_figure(fsci_metric_run *run, const char *id, const char *title,
                              const char *x, const char *x_scale, const char *y,
                              const char *y_scale);
/* Those that the descriptor declares, once the record is written. */
void fsci_metric_plots(fsci_metric_run *run);
void fsci_metric_band(fsci_metric_run *run, fsci_json *figure, const char *name, const double *x,
                      const double *lo, const double *hi, size_t n);
void fsci_metric_line(fsci_metric_run *run, fsci_json *figure, const char *name, const char *style,
                      const double *x, const double *y, size_t n);
void fsci_metric_points(fsci_metric_run *run, fsci_json *figure, const char *name, const double *x,
                        const double *y, size_t n);

#endif
