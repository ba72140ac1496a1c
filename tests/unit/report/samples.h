/* samples: the records under tests/data/records, read for a test. */
#ifndef TESTS_REPORT_SAMPLES_H
#define TESTS_REPORT_SAMPLES_H

#include "base/file.h"
#include "report/report.h"
#include "unit.h"

static const char *const sample_names[] = {"fit-chinchilla",
                                           "fit-hostile",
                                           "prediction",
                                           "observation-gsm8k",
                                           "observation-space",
                                           "laws",
                                           "law",
                                           "evaluation",
                                           "lint"};
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

#endif
