/* terminal: what a person at a terminal sees beside the record. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "forescale.h"

int terminal_width(void);  /* columns of standard output, 80 when unknown; at most 100 */
bool terminal_color(void); /* a terminal, NO_COLOR not set, TERM not dumb */

/* "forescale: runs.csv:17:3: message" with the line at fault and a caret, on standard error. */
void terminal_error(const fsc_error *err);
/* Each warning of a record in a line on standard error. */
void terminal_warnings(fsc_record *record);

#endif
