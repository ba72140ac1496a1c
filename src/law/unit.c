#include "law/unit.h"

#include <stddef.h>
#include <string.h>

const fsci_unit_bounds *fsci_unit_bounds_of(const char *unit)
{
    static const fsci_unit_bounds known[] = {
        {"param", "parameters", 1e3, 1e17, "millions or billions", "tokens or FLOP"},
        {"token", "tokens", 1e4, 1e18, "millions or billions", "FLOP"},
        {"FLOP", "FLOP", 1e9, 1e32, "PF-days (8.64e19 FLOP) or exaFLOP", "another unit"},
        {"PF-day", "PF-days", 0, 1e9, "", "FLOP (8.64e19 to the PF-day)"},
    };
    for (size_t i = 0; unit && i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].unit, unit))
            return &known[i];
    return NULL;
}
