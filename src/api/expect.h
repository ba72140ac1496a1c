/* expect: published numbers beside those of a record. */
#ifndef FSCI_API_EXPECT_H
#define FSCI_API_EXPECT_H

#include "api/document.h"
#include "record/json.h"

extern const fsci_shape fsci_expect_shape[]; /* of one entry of `expect` in a study */

/* Adds {run, what, published, ours, tolerance, agrees, source, note} to the array `expected` for
 * every number that the `expect` of `run` gives. A path names members, places in a list, or an
 * element of a list by one of its texts or several: "targets.pc3.test.mse", "aue.pc3+target.value".
 * Where none is given, the tolerance is half a unit of the last digit that is printed. Errors:
 * FSC_EINPUT with line and column for what is no number and, when `strict`, for a path that leads
 * nowhere (else it is passed over). */
fsc_status fsci_expect_compare(const fsci_document *file, const fsci_yaml *run,
                               const fsci_json *record, bool strict, fsci_json *expected,
                               fsc_error *err);

#endif
