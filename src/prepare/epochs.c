/* Passes over a pool (Goyal et al. 2024): how much each of them adds to the samples seen. */
#include "prepare/operators.h"

#include <math.h>

fsc_status fsci_prepare_epochs(fsci_preparing *p)
{
    enum { MOST = FSCI_CALL_PARTS - 1 };
    const double *samples = p->column[0], *pool = p->column[1];
    double most;
    FSCI_TRY(fsci_call_number(p->call, "most", 10, &most, p->err));
    if (!(most >= 1 && most <= MOST))
        return fsci_fail(p->err, FSC_EINPUT, "operator epochs: most=%g; give 1 to %d", most, MOST);
    double *first = fsci_preparing_set(p, "first_pass");
    if (!first)
        return fsci_fail_memory(p->err);
    size_t beyond = 0;
    for (size_t i = 0; i < p->n; i++) {
        first[i] = fmin(samples[i], pool[i]);
        beyond += samples[i] > (most + 1) * pool[i];
    }
    for (int k = 1; k <= (int)most; k++) {
        double *gain = fsci_preparing_set(p, fsci_format(p->arena, "gain%d", k));
        if (!gain)
            return fsci_fail_memory(p->err);
        for (size_t i = 0; i < p->n; i++) {
            double from = k * pool[i], to = fmin(samples[i], (k + 1) * pool[i]);
            gain[i] = to > from ? log(to / from) : 0 * samples[i] * pool[i];
        }
    }
    if (beyond)
        fsci_preparing_remark(p, "W-EPOCHS",
                              "%zu rows have more than %g passes over their pool; later passes are "
                              "not counted",
                              beyond, most + 1);
    return FSC_OK;
}
