#include "fit/interval/score.h"

#include "num/summary.h"

#include <math.h>

double fsci_score_slope(const fsci_objective *o, double r)
{
    if (o->density) /* where the rows are the scores themselves */
        return 1;
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2 * r;
    double limit = o->loss == FSCI_LOSS_HUBER ? o->delta : 0;
    return fabs(r) <= limit ? r : o->loss == FSCI_LOSS_HUBER ? copysign(limit, r) : copysign(1, r);
}

double fsci_score_bend(const fsci_objective *o, double r, double width)
{
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2;
    if (o->loss == FSCI_LOSS_HUBER)
        return fabs(r) <= o->delta ? 1 : 0;
    return fabs(r) <= width ? 1 / width : 0;
}

double fsci_score_width(const fsci_objective *o, double *r, size_t n)
{
    if (o->loss != FSCI_LOSS_L1)
        return 0;
    fsci_sort(r, n);
    double spread = (fsci_quantile(r, n, 0.75) - fsci_quantile(r, n, 0.25)) / 1.34;
    double sd = fsci_sd(r, n);
    double scale = spread > 0 && spread < sd ? spread : sd;
    return 1.06 * scale * pow((double)n, -0.2);
}
