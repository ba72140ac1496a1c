#include "opt/stop.h"

const char *fsci_stop_name(fsci_stop stop)
{
    static const char *const names[] = {"converged", "stalled", "limit", "domain", "abandoned"};
    return names[stop];
}
