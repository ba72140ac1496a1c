/* note: where the pipeline puts its warnings, each a code and one sentence; a record of NULL takes
 * none. */
#ifndef FSCI_OBSERVE_NOTE_H
#define FSCI_OBSERVE_NOTE_H

#include "record/warning.h"

typedef struct fsci_notes {
    fsci_arena *arena;
    fsci_json *record;
} fsci_notes;

/* fsci_note(notes, "W-CODE", format, ...) */
#define fsci_note(notes, ...) fsci_record_warn((notes)->arena, (notes)->record, __VA_ARGS__)

#endif
