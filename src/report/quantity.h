/* quantity: numbers as a reader should see them, with a unit and no more digits than they deserve.
 *
 * `resolution` is the standard error of the number, of which two significant digits decide how many
 * are shown; when it is not known (NaN or 0) four significant digits are. A number that does not
 * exist (NaN) is "–". Independent of the locale. */
#ifndef FSCI_REPORT_QUANTITY_H
#define FSCI_REPORT_QUANTITY_H

#include "base/arena.h"

#include <stdbool.h>

extern const char fsci_missing[]; /* what stands for a value that does not exist */

const char *fsci_say(fsci_arena *arena, double value, double resolution);
/* With at most `digits` significant digits, zeros at the end dropped; or with exactly that many. */
const char *fsci_say_digits(fsci_arena *arena, double value, int digits);
const char *fsci_say_rounded(fsci_arena *arena, double value, int digits);
const char *fsci_say_integer(fsci_arena *arena, double value);
/* "73.2 B parameters", "5.76e23 FLOP", "1.974 nat/token"; unit NULL is none. */
const char *fsci_say_quantity(fsci_arena *arena, double value, double resolution, const char *unit);
/* What a person gave: with all its digits where they are no more than seven. */
const char *fsci_say_given(fsci_arena *arena, double value, const char *unit);
/* The same without the unit's name: "73.2 B". */
const char *fsci_say_amount(fsci_arena *arena, double value, double resolution, const char *unit);
/* "56.2 to 117.2 B", in the scale of `value` beside which it stands and without its unit's name. */
const char *fsci_say_range(fsci_arena *arena, double lo, double hi, double value, const char *unit);
/* "2.79 B (2.17–3.59)": value and interval in one scale; without the interval when there is none.
 */
const char *fsci_say_estimate(fsci_arena *arena, double value, double lo, double hi,
                              const char *unit);
/* "57.33 M to 16.18 B parameters", each in its own scale: the extent of data. */
const char *fsci_say_extent(fsci_arena *arena, double lo, double hi, const char *unit);
/* How far beyond the data, from a base-10 logarithm: "0.64 decades (4.4 times)", "at the edge",
 * "inside". */
const char *fsci_say_decades(fsci_arena *arena, double log10_ratio);
/* The same in a sentence: "0.64 decades (4.4 times) beyond the data", "inside the data"; NULL when
 * it is not known. */
const char *fsci_say_place(fsci_arena *arena, double log10_ratio);
/* "79.3 %" for 0.793. */
const char *fsci_say_percent(fsci_arena *arena, double fraction);

/* How finely a value is known: its standard error or a quarter of its interval, whichever is
 * smaller and known; but never so coarsely that nothing of the value would be left. */
double fsci_resolution(double value, double se, double lo, double hi);
/* Whether a unit is counted in K, M, B, T ("param", "token"). */
bool fsci_unit_is_counted(const char *unit);
/* A unit's name in a sentence: "parameters" for "param"; "" for NULL. */
const char *fsci_unit_name(const char *unit);

/* value with exactly `decimals` (0..9) digits after the point; for |value| < 1e9. */
enum { FSCI_FIXED_TEXT = 40 };
void fsci_write_fixed(double value, int decimals, char text[FSCI_FIXED_TEXT]);

#endif
