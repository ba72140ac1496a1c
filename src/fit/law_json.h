/* law_json: a law file, or a part of one, as JSON: the same members in the same order, numbers as
 * numbers. What `laws show` prints is thus the file itself. */
#ifndef FSCI_FIT_LAW_JSON_H
#define FSCI_FIT_LAW_JSON_H

#include "law/yaml.h"
#include "record/json.h"

/* NULL (out of memory) is marked in the arena. A NULL node gives null. */
fsci_json *fsci_law_json(fsci_arena *arena, const fsci_yaml *node);

#endif
