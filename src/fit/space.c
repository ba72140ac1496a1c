#include "fit/space.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {"identity", "log", "logit"};

const char *fsci_space_name(fsci_space space)
{
    return names[space];
}

bool fsci_space_find(const char *name, fsci_space *space)
{
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, names[i])) {
            *space = (fsci_space)i;
            return true;
        }
    return false;
}

double fsci_residual_map(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? log(value)
           : space == FSCI_SPACE_LOGIT ? log(value) - log1p(-value)
                                       : value;
}

double fsci_residual_unmap(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? exp(value)
           : space == FSCI_SPACE_LOGIT ? 1 / (1 + exp(-value))
                                       : value;
}

double fsci_residual_slope(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? 1 / value
           : space == FSCI_SPACE_LOGIT ? 1 / (value * (1 - value))
                                       : 1;
}
