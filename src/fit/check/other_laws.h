/* other_laws: what the answer would be under another law of the same inputs: those of a list that
 * predict the column of the fit from its input columns, judged by the largest runs held out. */
#ifndef FSCI_FIT_OTHER_LAWS_H
#define FSCI_FIT_OTHER_LAWS_H

#include "fit/quantity.h"

enum { FSCI_MOST_OTHER_LAWS = 3 };

typedef struct fsci_other_law {
    const char *id;
    double rmse;   /* of the rows held out */
    bool close;    /* at most a tenth worse there than the best law */
    double *value; /* [quantities] NaN for what the law does not have */
    double answer; /* its response where the form is asked for; NaN when it has none */
} fsci_other_law;

typedef struct fsci_other_laws {
    fsci_other_law items[FSCI_MOST_OTHER_LAWS]; /* the best first */
    size_t n;
    double own_rmse;
    bool asked;          /* the form is looked at where --at asked, else beyond the largest run */
    fsci_quantity where; /* the fit's own response there */
} fsci_other_laws;

/* The best other law by the rows that the record's hold-out forecast, and up to two more that do
 * nearly as well, fitted under the objective of the fit to its rows; a law that is the same curve
 * is left out. None where nothing was held out, for a fit by groups, or on more than 2,000 rows.
 * Any number of threads and ranks gives the same bits. */
fsc_status fsci_other_laws_find(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                const fsci_fit_settings *settings,
                                const fsci_quantities *quantities, const fsc_law *const *laws,
                                size_t n_laws, fsci_other_laws *out, fsc_error *err);

/* Adds `form`: how far the answers of laws that forecast about as well lie apart. */
void fsci_other_laws_record(fsci_arena *arena, const fsci_fitted *fitted,
                            const fsci_other_laws *others, fsci_json *record);

#endif
