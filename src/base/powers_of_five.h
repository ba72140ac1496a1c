/* powers_of_five: the 128 leading bits of 5^q, the highest bit set, as two words, the high one
 * first; off by less than one, and exact for q of 0..FSCI_LAST_EXACT_POWER. tools/powers-of-five.c
 * writes the table when the library is built. */
#ifndef FSCI_BASE_POWERS_OF_FIVE_H
#define FSCI_BASE_POWERS_OF_FIVE_H

#include <stdint.h>

enum { FSCI_FIRST_POWER = -342, FSCI_LAST_EXACT_POWER = 55, FSCI_LAST_POWER = 308 };

/* Of 5^q at [q - FSCI_FIRST_POWER]. */
extern const uint64_t fsci_powers_of_five[][2];

#endif
