/* note: the warnings that a record carries, each a code and one sentence. */
#ifndef FSCI_OBSERVE_NOTE_H
#define FSCI_OBSERVE_NOTE_H

#include "record/json.h"

typedef struct fsci_notes {
    fsci_arena *arena;
    fsci_json *record;
} fsci_notes;

/* Adds {code, message} to record.warnings. */
void fsci_note(fsci_notes *notes, const char *code, const char *format, ...) FSCI_PRINTF(3, 4);

#endif
