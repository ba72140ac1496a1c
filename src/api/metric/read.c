#define FSCI_METRIC_READ_C
#include "api/metric/metric.h"

#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t fsci_metric_rows(const fsci_metric_run *run)
{
    return fsci_table_rows(run->rows.table);
}

fsc_status fsci_metric_fail(const fsci_metric_run *run, size_t row, fsc_error *err,
                            const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return fsci_fail_row(err, FSC_EINPUT, (int64_t)row, "%s, line %lld: %s",
                         fsci_table_name(run->rows.table),
                         (long long)fsci_table_line(run->rows.table, row), text);
}

/* ---- which column plays a role -------------------------------------------------------------- */

static const fsci_metric_column *find_role(const fsci_metric_run *run, const char *role)
{
    const fsci_metric_column *c = run->metric->columns;
    while (c->role && strcmp(c->role, role))
        c++;
    return c;
}

static const char *mapped(const fsci_metric_run *run, const char *role)
{
    for (size_t i = 0; i < run->map.n; i++)
        if (!strcmp(run->map.items[i].name, role))
            return run->map.items[i].value;
    return NULL;
}

const fsci_column *fsci_metric_bound(const fsci_metric_run *run, const char *role)
{
    const char *named = mapped(run, role);
    if (!named && !strcmp(role, "group"))
        named = fsc_args_get(run->args, "group", 0);
    if (named)
        return fsci_table_find(run->rows.table, named);
    const fsci_column *found = fsci_table_find(run->rows.table, role);
    for (const char *a = find_role(run, role)->aliases; a && *a && !found;) {
        char alias[64];
        size_t length = strcspn(a, "|");
        snprintf(alias, sizeof alias, "%.*s", (int)length, a);
        found = fsci_table_find(run->rows.table, alias);
        a += length + (a[length] == '|');
    }
    return found;
}

static fsc_status no_column(const fsci_metric_run *run, const fsci_metric_column *c, fsc_error *err)
{
    const char *list = NULL;
    for (size_t i = 0; i < fsci_table_columns(run->rows.table); i++)
        list = fsci_format(run->arena, "%s%s%s", list ? list : "", list ? ", " : "",
                           fsci_table_column(run->rows.table, i)->name);
    return fsci_fail(err, FSC_EINPUT,
                     "metric %s needs a column of %.80s: name it with --map %s=COLUMN (%s has "
                     "%.300s)",
                     run->metric->id, c->meaning, c->role, fsci_table_name(run->rows.table),
                     list ? list : "none");
}

static const char *flaw(fsci_metric_kind kind, double x)
{
    if (kind == FSCI_METRIC_COUNT && !(x >= 0 && x == floor(x) && x < 9007199254740992.0))
        return "is no count; a whole number, 0 or more, is wanted";
    if (kind == FSCI_METRIC_POSITIVE && !(x > 0))
        return "is not above 0";
    if (kind == FSCI_METRIC_SHARE && !(x >= 0 && x <= 1))
        return "is not between 0 and 1; give a percentage as a fraction";
    return NULL;
}

fsc_status fsci_metric_numbers(fsci_metric_run *run, const char *role, const double **values,
                               fsc_error *err)
{
    const fsci_metric_column *c = find_role(run, role);
    const fsci_column *bound = fsci_metric_bound(run, role);
    char text[FSCI_NUMBER_TEXT];
    *values = NULL;
    if (!bound)
        return c->needed ? no_column(run, c, err) : FSC_OK;
    if (bound->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(run->rows.table, bound, err);
    for (size_t i = 0; i < fsci_metric_rows(run); i++) {
        double x = bound->numbers[i];
        if (isnan(x) && c->needed && c->kind != FSCI_METRIC_GAPPY)
            return fsci_metric_fail(
                run, i, err, "column %s is empty; leave the row out with --where", bound->name);
        const char *wrong = isnan(x) ? NULL : flaw(c->kind, x);
        if (wrong) {
            fsci_number_write(x, text);
            return fsci_metric_fail(run, i, err, "%s %s %s", bound->name, text, wrong);
        }
    }
    *values = bound->numbers;
    return FSC_OK;
}

fsc_status fsci_metric_scores(fsci_metric_run *run, const char *role, const double **values,
                              fsc_error *err)
{
    const double *raw;
    bool percent = fsci_metric_is(run, "unit", "percent");
    size_t n = fsci_metric_rows(run);
    FSCI_TRY(fsci_metric_numbers(run, role, &raw, err));
    double *scaled = FSCI_NEW(run->arena, double, n + 1);
    if (!scaled)
        return fsci_fail_memory(err);
    *values = raw ? scaled : NULL;
    for (size_t i = 0; raw && i < n; i++) {
        scaled[i] = percent ? raw[i] / 100 : raw[i];
        if (scaled[i] < 0 || scaled[i] > 1)
            return fsci_metric_fail(run, i, err,
                                    "%s %s is outside 0 to %s; --param unit=%s says "
                                    "that scores are %s",
                                    role, fsci_briefly(raw[i], 6).text, percent ? "100" : "1",
                                    percent ? "fraction" : "percent",
                                    percent ? "fractions" : "percentages");
    }
    return FSC_OK;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static fsc_status number_keys(fsci_metric_run *run, const fsci_column *c, fsci_keys *keys,
                              fsc_error *err)
{
    size_t rows = fsci_metric_rows(run), n = 0;
    double *values = FSCI_NEW(run->arena, double, rows);
    uint32_t *codes = FSCI_NEW(run->arena, uint32_t, rows);
    const char **labels = FSCI_NEW(run->arena, const char *, rows);
    if (!values || !codes || !labels)
        return fsci_fail_memory(err);
    memcpy(values, c->numbers, rows * sizeof *values);
    qsort(values, rows, sizeof *values, ascending);
    for (size_t i = 0; i < rows; i++)
        if (!n || values[i] != values[n - 1])
            values[n++] = values[i];
    for (size_t i = 0; i < n; i++) {
        char text[FSCI_NUMBER_TEXT];
        fsci_number_write(values[i], text);
        labels[i] = fsci_copy_string(run->arena, text);
    }
    for (size_t i = 0; i < rows; i++)
        codes[i] =
            (uint32_t)((double *)bsearch(&c->numbers[i], values, n, sizeof *values, ascending) -
                       values);
    *keys = (fsci_keys){codes, labels, values, n};
    return FSC_OK;
}

fsc_status fsci_metric_column_keys(fsci_metric_run *run, const fsci_column *c, fsci_keys *keys,
                                   fsc_error *err)
{
    size_t rows = fsci_metric_rows(run);
    for (size_t i = 0; i < rows && c->n_missing; i++)
        if (c->kind == FSCI_COLUMN_NUMBERS ? isnan(c->numbers[i])
                                           : c->codes[i] == FSCI_MISSING_CODE)
            return fsci_metric_fail(run, i, err,
                                    "column %s is empty; leave the row out with --where", c->name);
    if (c->kind == FSCI_COLUMN_NUMBERS)
        return number_keys(run, c, keys, err);
    *keys = (fsci_keys){c->codes, c->levels, NULL, c->n_levels};
    return FSC_OK;
}

/* Pairs of keys that occur, as "A / B", in order of appearance. */
static fsc_status cross(fsci_metric_run *run, fsci_keys *keys, const fsci_keys *other,
                        fsc_error *err)
{
    size_t rows = fsci_metric_rows(run), all = keys->n * other->n, n = 0;
    uint32_t *codes = FSCI_NEW(run->arena, uint32_t, rows),
             *number = calloc(all + 1, sizeof *number);
    const char **labels = FSCI_NEW(run->arena, const char *, rows);
    if (!codes || !labels || !number) {
        free(number);
        return fsci_fail_memory(err);
    }
    for (size_t i = 0; i < rows && keys->codes && other->codes; i++) {
        size_t pair = keys->codes[i] * other->n + other->codes[i];
        if (!number[pair]) {
            labels[n] = fsci_format(run->arena, "%s / %s", keys->labels[keys->codes[i]],
                                    other->labels[other->codes[i]]);
            number[pair] = (uint32_t)++n;
        }
        codes[i] = number[pair] - 1;
    }
    free(number);
    *keys = (fsci_keys){codes, labels, NULL, n};
    return FSC_OK;
}

/* --group A,B: every combination that occurs. */
static fsc_status group_keys(fsci_metric_run *run, fsci_keys *keys, fsc_error *err)
{
    const char **names;
    size_t n;
    *keys = (fsci_keys){0};
    FSCI_TRY(fsci_args_list(run->args, "group", run->arena, &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        const fsci_column *c = fsci_table_find(run->rows.table, names[i]);
        fsci_keys other = {0};
        if (!c)
            return fsci_table_no_column(run->rows.table, names[i], err);
        FSCI_TRY(fsci_metric_column_keys(run, c, i ? &other : keys, err));
        if (i)
            FSCI_TRY(cross(run, keys, &other, err));
    }
    return FSC_OK;
}

fsc_status fsci_metric_keys(fsci_metric_run *run, const char *role, fsci_keys *keys, fsc_error *err)
{
    static const char *const none[] = {""};
    const fsci_metric_column *c = find_role(run, role);
    if (!strcmp(role, "group") && fsc_args_get(run->args, "group", 0))
        return group_keys(run, keys, err);
    const fsci_column *bound = fsci_metric_bound(run, role);
    if (bound)
        return fsci_metric_column_keys(run, bound, keys, err);
    if (c->needed)
        return no_column(run, c, err);
    uint32_t *codes = FSCI_NEW(run->arena, uint32_t, fsci_metric_rows(run) + 1);
    *keys = (fsci_keys){codes, none, NULL, 1};
    return codes ? FSC_OK : fsci_fail_memory(err);
}

size_t fsci_metric_pick(const fsci_keys *keys, size_t key, size_t n_rows, const double *order,
                        size_t *index)
{
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        if (keys->codes[i] != key)
            continue;
        size_t at = n++;
        for (; order && at && order[index[at - 1]] > order[i]; at--)
            index[at] = index[at - 1];
        index[at] = i;
    }
    return n;
}

double *fsci_metric_gather(fsci_metric_run *run, const double *values, const size_t *index,
                           size_t n)
{
    double *out = values ? FSCI_NEW(run->arena, double, n + 1) : NULL;
    for (size_t i = 0; i < n && out; i++)
        out[i] = values[index[i]];
    return out;
}

fsc_status fsci_metric_distinct(const fsci_metric_run *run, const double *x, const size_t *index,
                                size_t n, const char *what, fsc_error *err)
{
    for (size_t i = 1; i < n; i++)
        if (x[index[i]] == x[index[i - 1]])
            return fsci_metric_fail(
                run, index[i], err,
                "%s %s comes twice in one group; average the rows, or tell them "
                "apart with --group",
                what, fsci_briefly(x[index[i]], 6).text);
    return FSC_OK;
}

/* ---- settings -------------------------------------------------------------------------------- */

const char *fsci_metric_text(const fsci_metric_run *run, const char *setting)
{
    for (size_t i = 0; i < run->settings.n; i++)
        if (!strcmp(run->settings.items[i].name, setting))
            return run->settings.items[i].value;
    for (const fsci_metric_setting *s = run->metric->settings; s && s->name; s++)
        if (!strcmp(s->name, setting))
            return s->initial;
    return NULL;
}

bool fsci_metric_is(const fsci_metric_run *run, const char *setting, const char *choice)
{
    const char *text = fsci_metric_text(run, setting);
    return text && !strcmp(text, choice);
}

double fsci_metric_number(const fsci_metric_run *run, const char *setting)
{
    const char *text = fsci_metric_text(run, setting);
    double value;
    return text && fsci_quantity_read(text, strlen(text), &value) ? value : NAN;
}

static fsc_status split_numbers(fsci_arena *arena, const char *what, const char *text,
                                char separator, double **values, size_t *n, fsc_error *err)
{
    *n = 1;
    for (const char *c = text; *c; c++)
        *n += *c == separator;
    *values = FSCI_NEW(arena, double, *n);
    if (!*values)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n; i++) {
        const char *end = strchr(text, separator);
        size_t length = end ? (size_t)(end - text) : strlen(text);
        if (!fsci_quantity_read(text, length, &(*values)[i]))
            return fsci_fail(err, FSC_EUSAGE, "%s: '%.*s' is no number", what, (int)length, text);
        text += length + 1;
    }
    return FSC_OK;
}

fsc_status fsci_metric_values(fsci_metric_run *run, const char *setting, double **values, size_t *n,
                              fsc_error *err)
{
    const char *text = fsci_metric_text(run, setting);
    *n = 0;
    if (!text)
        return FSC_OK;
    return split_numbers(run->arena, fsci_format(run->arena, "--param %s", setting), text, ':',
                         values, n, err);
}

fsc_status fsci_metric_k(fsci_metric_run *run, double **k, size_t *n, fsc_error *err)
{
    const char *text = fsc_args_get(run->args, "k", 0);
    *n = 0;
    if (!text)
        return FSC_OK;
    FSCI_TRY(split_numbers(run->arena, "--k", text, ',', k, n, err));
    for (size_t i = 0; i < *n; i++)
        if (!((*k)[i] >= 1 && (*k)[i] == floor((*k)[i]) && (*k)[i] < 9e15))
            return fsci_fail(err, FSC_EUSAGE,
                             "--k: %s is no number of attempts; give whole numbers "
                             "from 1, as --k 1,10,100",
                             fsci_briefly((*k)[i], 6).text);
    return FSC_OK;
}
