/* score: one prediction against what was observed, and a sample of such scores in summary. All on
 * the normalised target. */
#ifndef FSCI_OBSERVE_BACKTEST_SCORE_H
#define FSCI_OBSERVE_BACKTEST_SCORE_H

#include "num/summary.h"
#include "observe/method.h"

enum { FSCI_LEVELS = 3 }; /* of intervals: 50, 80 and 95 % */
extern const double fsci_backtest_level[FSCI_LEVELS];

typedef struct fsci_scored {
    double observed, predicted;
    float crps;               /* of the quantiles; NaN without any */
    float interval;           /* score of the 95 % interval (Gneiting & Raftery 2007) */
    float width[FSCI_LEVELS]; /* NaN without quantiles */
    bool covered[FSCI_LEVELS];
    bool fallback; /* the method had no answer; this is the training mean's */
} fsci_scored;

/* CRPS as twice the mean pinball loss over the levels, each weighing half the way to its
 * neighbours, the outermost as far as 0 and 1 (Gneiting & Ranjan 2011, equation 13). */
void fsci_score_one(double observed, double point, const double quantile[FSCI_QUANTILES],
                    fsci_scored *scored);

/* Means over n predictions but where said. NaN for what there is nothing of. */
typedef struct fsci_score_summary {
    size_t n, n_fallback, n_intervals;
    double mse, mae, median_ae, mean_signed_error;
    double are; /* mean |error| / observed, of observed above 0 */
    double crps, interval;
    double coverage[FSCI_LEVELS], width[FSCI_LEVELS];
    fsci_interval wilson[FSCI_LEVELS]; /* 95 % of the coverage, as if rows were independent */
    size_t n_own;
    double own_mse, own_signed_error; /* of the rows that the method answered itself */
} fsci_score_summary;

/* Of scored[n]; FSC_ENOMEM. */
fsc_status fsci_score_summarise(const fsci_scored *scored, size_t n, fsci_score_summary *summary,
                                fsc_error *err);

/* Concordant less discordant pairs, and their number: Kendall's tau a without pairs tied in what
 * was observed. At most FSCI_RANKED predictions, evenly spaced, are looked at. */
enum { FSCI_RANKED = 1000 };
double fsci_score_pairs(const fsci_scored *scored, size_t n, double *pairs);

/* Wilson's (1927) interval for a share of n. */
fsci_interval fsci_wilson(double share, size_t n, double level);

#endif
