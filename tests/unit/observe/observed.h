/* observed: the bundled tables, the reference numbers beside them, and a run that must succeed. */
#ifndef TESTS_UNIT_OBSERVE_OBSERVED_H
#define TESTS_UNIT_OBSERVE_OBSERVED_H

#include "base/file.h"
#include "observe/observe.h"
#include "unit.h"

#include <stdlib.h>

#define SEVEN_BENCHMARKS                                                                           \
    "mmlu", "arc_c", "hellaswag", "winogrande", "truthfulqa", "xwinograd", "humaneval"
#define EIGHT_BENCHMARKS SEVEN_BENCHMARKS, "gsm8k"

static inline fsc_table *table_of(const char *path)
{
    fsc_table *table;
    fsc_error err = {0};
    if (fsci_table_read(path, NULL, &table, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return table;
}

static inline fsc_table *bundled(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/obs-scaling/%s.csv", PROJECT_DATA, name);
    return table_of(path);
}

static inline fsc_table *table_from(const char *text)
{
    fsc_table *table;
    fsc_error err = {0};
    if (fsci_table_parse("models.csv", text, strlen(text), NULL, &table, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return table;
}

/* models.csv and later_models.csv, one below the other. */
static inline fsc_table *all_models(void)
{
    fsci_input a, b;
    fsc_error err = {0};
    if (fsci_input_open(PROJECT_DATA "/obs-scaling/models.csv", &a, &err) != FSC_OK ||
        fsci_input_open(PROJECT_DATA "/obs-scaling/later_models.csv", &b, &err) != FSC_OK)
        fail_msg("%s", err.message);
    const char *rows = (const char *)memchr(b.data, '\n', b.length) + 1;
    size_t length = b.length - (size_t)(rows - b.data);
    char *text = malloc(a.length + length + 1);
    assert_non_null(text);
    memcpy(text, a.data, a.length);
    memcpy(text + a.length, rows, length);
    text[a.length + length] = '\0';
    fsc_table *table = table_from(text);
    free(text);
    fsci_input_close(&a);
    fsci_input_close(&b);
    return table;
}

/* Joined on the model; "all_models" as the left one are the later models too. */
static inline fsc_table *joined(const char *left, const char *right)
{
    fsc_table *a = strcmp(left, "all_models") ? bundled(left) : all_models();
    fsc_table *b = bundled(right), *both;
    fsc_error err = {0};
    if (fsci_table_join(a, b, "model", true, &both, &err) != FSC_OK)
        fail_msg("%s", err.message);
    fsci_table_free(a);
    fsci_table_free(b);
    return both;
}

static inline fsci_json *gold(fsci_arena *arena, const char *name)
{
    char path[512];
    fsci_input input;
    fsci_json *value = NULL;
    fsc_error err = {0};
    snprintf(path, sizeof path, "%s/obs/%s.json", TEST_DATA, name);
    if (fsci_input_open(path, &input, &err) != FSC_OK ||
        fsci_json_read(arena, path, input.data, input.length, &value, &err) != FSC_OK)
        fail_msg("%s", err.message);
    fsci_input_close(&input);
    return value;
}

static inline const double *numbers_of(const fsc_table *table, const char *column)
{
    const fsci_column *found = fsci_table_find(table, column);
    assert_non_null(found);
    assert_int_equal(found->kind, FSCI_COLUMN_NUMBERS);
    return found->numbers;
}

/* Rows whose column is known and at most `limit`. */
static inline bool *at_most(fsci_arena *arena, const fsc_table *table, const char *column,
                            double limit)
{
    size_t n = fsci_table_rows(table);
    const double *x = numbers_of(table, column);
    bool *mask = FSCI_NEW(arena, bool, n);
    for (size_t i = 0; i < n; i++)
        mask[i] = x[i] <= limit;
    return mask;
}

static inline fsci_json *observed(fsci_arena *arena, const fsci_observe_input *input)
{
    fsci_json *record = fsci_json_object(arena);
    fsc_error err = {0};
    if (fsci_observe_run(arena, input, record, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return record;
}

/* The element of `list` whose member `key` is the text `value`; NULL when there is none. */
static inline const fsci_json *where(const fsci_json *list, const char *key, const char *value)
{
    FSCI_JSON_EACH (item, list) {
        const char *text = fsci_json_get_string(item, key);
        if (text && !strcmp(text, value))
            return item;
    }
    return NULL;
}

/* Whether the record carries the warning, and its sentence says `part`. */
static inline bool warns(const fsci_json *record, const char *code, const char *part)
{
    const fsci_json *warning = where(fsci_json_get(record, "warnings"), "code", code);
    return warning && strstr(fsci_json_get_string(warning, "message"), part);
}

#endif
