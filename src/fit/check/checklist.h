/* checklist: what a reader needs to repeat and to judge a fit, question by question, after the
 * checklist of Li, Kudugunta & Zettlemoyer (2025, "(Mis)Fitting", arXiv:2502.18969, appendix), in
 * our own words. What the record knows is filled in; what only its author knows comes from a file
 * of answers; what nobody answered is "not stated". */
#ifndef FSCI_FIT_CHECKLIST_H
#define FSCI_FIT_CHECKLIST_H

#include "law/yaml.h"
#include "record/json.h"

/* Whether `answers` is a map of keys to text; `text` is what it was read from, for messages.
 * FSC_EINPUT: a key that is none (the nearest is suggested), a value that is no text. */
fsc_status fsci_checklist_check(const fsci_yaml *answers, const char *source, const char *text,
                                size_t length, fsc_error *err);

/* Adds `checklist: [{group, question, key, answer, filled, warnings}]` from the other members of a
 * fit's record and the answers, checked, or NULL. */
fsc_status fsci_checklist_add(fsci_arena *arena, const fsci_yaml *answers, fsci_json *record,
                              fsc_error *err);

#endif
