/* words: column names as people write them. "FLOPs, total", "Total FLOPs" and "training_flops" all
 * say flops: case, what stands between the words, and words that only say that it is the whole of a
 * training do not matter. */
#ifndef FSCI_TABLE_WORDS_H
#define FSCI_TABLE_WORDS_H

#include "table/table.h"

/* Whether two names say the same. A name of one letter is only itself. */
bool fsci_same_words(const char *a, const char *b);

/* The one column whose name says what `name` does; NULL when there is none, or more than one. */
const fsci_column *fsci_table_find_words(const fsc_table *table, const char *name);

#endif
