/* unit: cmocka with the headers it needs, and a near-equality that prints both sides. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* |got − want| <= tolerance, NaN never near anything. */
#define assert_near(got, want, tolerance)                                                          \
    do {                                                                                           \
        double got_ = (got), want_ = (want), tolerance_ = (tolerance);                             \
        if (!(fabs(got_ - want_) <= tolerance_))                                                   \
            fail_msg("%s: got %.17g, want %.17g, off by %.3g, allowed %.3g", #got, got_, want_,    \
                     fabs(got_ - want_), tolerance_);                                              \
    } while (0)

#define assert_rel(got, want, relative) assert_near(got, want, (relative)*fabs((double)(want)))

/* The quick run, and those under sanitizers and valgrind, leave out long cases. */
static inline bool is_quick(void)
{
    return getenv("FORESCALE_QUICK") != NULL;
}

/* How many made-up cases to try: the quick run, and the one under valgrind, make do with a tenth.
 */
static inline int cases_of(int full)
{
    return is_quick() ? full / 10 : full;
}

#endif
