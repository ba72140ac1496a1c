/* help: the tables of commands and options, shown. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "forescale.h"

int help_print(const char *text);
int help_brief(void); /* no arguments: ten lines with two examples */
/* Of one command, or of all when `name` is NULL; --man and --markdown in `args` choose the form. */
int help_topic(const char *name, const fsc_args *args);

#endif
