/* warning: what a record says to be careful about: a code to look up and one sentence. */
#ifndef FSCI_RECORD_WARNING_H
#define FSCI_RECORD_WARNING_H

#include "record/json.h"

/* Adds {code, message} to the array record.warnings, which is made when there is none. Sentences
 * are cut at 1023 bytes. */
void fsci_record_warn(fsci_arena *arena, fsci_json *record, const char *code, const char *format,
                      ...) FSCI_PRINTF(4, 5);

#endif
