/* samples: the records under tests/data/records as every test of this room reads them. */
#ifndef TESTS_REPORT_SAMPLES_H
#define TESTS_REPORT_SAMPLES_H

#include "base/file.h"
#include "report/report.h"
#include "unit.h"

#include <stdlib.h>

static const char *const sample_names[] = {
    "fit-chinchilla",    "fit-hostile", "prediction", "observation-gsm8k",
    "observation-space", "selection",   "laws",       "law",
    "evaluation",        "lint",        "mixture"};
enum { N_SAMPLES = sizeof sample_names / sizeof *sample_names };

static inline fsci_json *read_sample(fsci_arena *arena, const char *name)
{
    fsci_input input;
    fsci_json *record = NULL;
    char *path = fsci_format(arena, "%s/records/%s.json", TEST_DATA, name);
    assert_int_equal(fsci_input_open(path, &input, NULL), FSC_OK);
    assert_int_equal(fsci_json_read(arena, path, input.data, input.length, &record, NULL), FSC_OK);
    fsci_input_close(&input);
    return record;
}

static inline fsci_json *read_json(fsci_arena *arena, const char *text)
{
    fsci_json *record = NULL;
    assert_int_equal(fsci_json_read(arena, "test", text, strlen(text), &record, NULL), FSC_OK);
    return record;
}

static inline void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void assert_silent(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in:\n%s", part, text);
}

#endif
