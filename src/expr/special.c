/* special: mathematics done row by row, the same code for every instruction set. */
#include "expr/kernels.h"

#include <math.h>

double Sleef_cinz_expd1_u10purec(double);
double Sleef_cinz_logd1_u10purec(double);

#define EXP1 Sleef_cinz_expd1_u10purec
#define LOG1 Sleef_cinz_logd1_u10purec

static double at(fsci_operand operand, size_t i)
{
    return operand.at[i & operand.mask];
}

void fsci_special_logsum_row(double *y, double *sum, const fsci_term *terms, size_t n_terms,
                             size_t i)
{
    double most = -INFINITY, total = 0;
    if (sum[i] > FSCI_SUM_LEAST && sum[i] < FSCI_SUM_MOST)
        return;
    for (size_t k = 0; k < n_terms; k++) {
        double c = at(terms[k].c, i), e = terms[k].e.at ? at(terms[k].e, i) : 0;
        double size = e + LOG1(fabs(c));
        if (isnan(size))
            return;
        if (c != 0 && size > most)
            most = size;
    }
    if (!isfinite(most))
        return;
    for (size_t k = 0; k < n_terms; k++) {
        double c = at(terms[k].c, i), e = terms[k].e.at ? at(terms[k].e, i) : 0;
        if (c != 0)
            total += copysign(EXP1(e + LOG1(fabs(c)) - most), c);
    }
    y[i] = most + LOG1(total);
    sum[i] = fmin(fmax(EXP1(y[i]), FSCI_SUM_LEAST), FSCI_SUM_MOST);
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].e.at)
            terms[k].power[i] = EXP1(at(terms[k].e, i) - y[i]) * sum[i];
}
