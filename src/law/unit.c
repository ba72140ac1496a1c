#include "law/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const fsci_unit_bounds known[] = {
    {"param", "parameters", 1e3, 1e17, "millions or billions", "1e9", "tokens or FLOP"},
    {"token", "tokens", 1e4, 1e18, "millions or billions", "1e9", "FLOP"},
    {"FLOP", "FLOP", 1e9, 1e32, "PF-days (8.64e19 FLOP) or exaFLOP", "8.64e19", "another unit"},
    {"PF-day", "PF-days", 0, 1e9, "", "", "FLOP (8.64e19 to the PF-day)"},
};

const fsci_unit_bounds *fsci_unit_bounds_of(const char *unit)
{
    for (size_t i = 0; unit && i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].unit, unit))
            return &known[i];
    return NULL;
}

/* The same word but for capitals and a plural s. */
static bool same_word(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    n -= n > 1 && (a[n - 1] == 's' || a[n - 1] == 'S');
    m -= m > 1 && b[m - 1] == 's';
    return n == m && !strncasecmp(a, b, n);
}

const fsci_unit_bounds *fsci_unit_meant(const char *unit)
{
    for (size_t i = 0; unit && i < sizeof known / sizeof *known; i++)
        if (same_word(unit, known[i].unit) || same_word(unit, known[i].plain))
            return &known[i];
    return NULL;
}
