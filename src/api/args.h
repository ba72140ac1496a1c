/* args: the options of one run, checked against the table in api/options.c. */
#ifndef FSCI_API_ARGS_H
#define FSCI_API_ARGS_H

#include "base/arena.h"
#include "base/error.h"
#include "fit/predict.h"

const fsc_command *fsci_args_command(const fsc_args *args);
size_t fsci_args_positionals(const fsc_args *args);
const char *fsci_args_positional(const fsc_args *args, size_t i);

/* Whether `value` is one of "first|second|third". */
bool fsci_is_choice(const char *choices, const char *value);

/* With the default of the table when not given; NULL when there is none. */
const char *fsci_args_text(const fsc_args *args, const char *option);
bool fsci_args_flag(const fsc_args *args, const char *option);
double fsci_args_number(const fsc_args *args, const char *option); /* NaN when there is none */
size_t fsci_args_count(const fsc_args *args, const char *option);

/* NAME=VALUE pairs of all values of an ASSIGN option, commas split, in order given. */
fsc_status fsci_args_pairs(const fsc_args *args, const char *option, fsci_arena *arena,
                           fsci_settings_list *pairs, fsc_error *err);
/* Those of --map, where a symbol stands once for each column of its set. */
fsc_status fsci_args_map(const fsc_args *args, fsci_arena *arena, fsci_settings_list *pairs,
                         fsc_error *err);
/* The pairs of its i-th value only. */
fsc_status fsci_args_pairs_of(const fsc_args *args, const char *option, size_t i, fsci_arena *arena,
                              fsci_settings_list *pairs, fsc_error *err);
/* The points asked for by every --at. */
fsc_status fsci_args_at(const fsc_args *args, fsci_arena *arena, fsci_at **at, size_t *n,
                        fsc_error *err);
/* Names of all values of a LIST option, commas split; one in `backticks` or "quotes", which are
 * taken off, or after a backslash belongs to the name. */
fsc_status fsci_args_list(const fsc_args *args, const char *option, fsci_arena *arena,
                          const char ***names, size_t *n, fsc_error *err);
/* The command line that makes this run again, quoted for a shell. */
const char *fsci_args_command_line(const fsc_args *args, fsci_arena *arena);

#endif
