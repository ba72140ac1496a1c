#include "metric/vote.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Where the scratch of a ballot goes. */
typedef struct tally {
    double *count;   /* [n_conditions * n_answers] */
    double *planned; /* [n_conditions] */
    double *votes;   /* [n_answers] of conditions */
    double *samples; /* [n_answers] */
    double *right;   /* [n_answers], sum over its samples */
} tally;

size_t fsci_vote_scratch(const fsci_ballot *b)
{
    return b->n_conditions * b->n_answers + b->n_conditions + 3 * b->n_answers;
}

static tally lay_out(const fsci_ballot *b, double *scratch)
{
    tally t = {.count = scratch};
    memset(scratch, 0, fsci_vote_scratch(b) * sizeof *scratch);
    t.planned = t.count + b->n_conditions * b->n_answers;
    t.votes = t.planned + b->n_conditions;
    t.samples = t.votes + b->n_answers;
    t.right = t.samples + b->n_answers;
    for (size_t i = 0; i < b->n; i++) {
        t.planned[b->condition[i]]++;
        t.samples[b->answer[i]]++;
        t.right[b->answer[i]] += b->right[i];
    }
    return t;
}

static void cast(const fsci_ballot *b, const tally *t, size_t condition)
{
    const double *count = t->count + condition * b->n_answers;
    double most = 0, leaders = 0;
    for (size_t a = 0; a < b->n_answers; a++)
        most = fmax(most, count[a]);
    for (size_t a = 0; a < b->n_answers; a++)
        leaders += most > 0 && count[a] == most;
    for (size_t a = 0; a < b->n_answers; a++)
        if (most > 0 && count[a] == most)
            t->votes[a] += 1 / leaders;
}

double fsci_vote(const fsci_ballot *b, double *scratch)
{
    const double equal = 1e-9; /* sums of thirds */
    tally t = lay_out(b, scratch);
    double votes = 0, samples = 0, sum = 0, winners = 0;
    for (size_t i = 0; i < b->n; i++)
        t.count[b->condition[i] * b->n_answers + b->answer[i]]++;
    for (size_t c = 0; c < b->n_conditions; c++)
        cast(b, &t, c);
    for (size_t a = 0; a < b->n_answers; a++)
        votes = fmax(votes, t.votes[a]);
    for (size_t a = 0; a < b->n_answers; a++)
        if (t.votes[a] > votes - equal)
            samples = fmax(samples, t.samples[a]);
    for (size_t a = 0; a < b->n_answers; a++)
        if (t.votes[a] > votes - equal && t.samples[a] == samples) {
            sum += t.right[a] / t.samples[a];
            winners++;
        }
    return winners > 0 ? sum / winners : NAN;
}

/* Whether every condition has given `answer` often enough. */
static bool agreed(const fsci_ballot *b, const tally *t, double threshold, size_t answer)
{
    for (size_t c = 0; c < b->n_conditions; c++) {
        const double *count = t->count + c * b->n_answers;
        if (t->planned[c] == 0)
            continue;
        if (!(count[answer] > 0 && count[answer] >= threshold * t->planned[c] * (1 - 1e-12)))
            return false;
        for (size_t a = 0; a < b->n_answers; a++) /* below one half others may lead as well */
            if (a != answer && count[a] >= count[answer])
                return false;
    }
    return true;
}

double fsci_vote_early(const fsci_ballot *b, double threshold, size_t *drawn, double *scratch)
{
    tally t = lay_out(b, scratch);
    for (size_t i = 0; i < b->n; i++) {
        t.count[b->condition[i] * b->n_answers + b->answer[i]]++;
        if (i + 1 < b->n && b->round[i + 1] == b->round[i])
            continue;
        if (agreed(b, &t, threshold, b->answer[i])) {
            *drawn = i + 1;
            return t.right[b->answer[i]] / t.samples[b->answer[i]];
        }
    }
    *drawn = b->n;
    return fsci_vote(b, scratch);
}
