/* Cells are taken in blocks: what is gathered from here and there goes into short arrays, and the
 * exponentials of a block are one loop that the compiler turns into vector instructions. */
#include "latent/irt_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 128 };

bool fsci_cells_sort(const fsci_responses *r, const uint32_t *key, const uint32_t *other, size_t n,
                     fsci_cells_by *out)
{
    *out = (fsci_cells_by){calloc(n + 2, sizeof *out->first),
                           malloc((r->cells + 1) * sizeof *out->other),
                           malloc((r->cells + 1) * sizeof *out->right), NULL};
    if (r->trials)
        out->trials = malloc((r->cells + 1) * sizeof *out->trials);
    if (!out->first || !out->other || !out->right || (r->trials && !out->trials))
        return false;
    size_t *at = out->first + 1; /* at[k] is where group k goes on; first[k + 1] in the end */
    for (size_t i = 0; i < r->cells; i++)
        at[key[i] + 1]++;
    for (size_t k = 1; k <= n; k++)
        at[k] += at[k - 1];
    for (size_t i = 0; i < r->cells; i++) {
        size_t to = at[key[i]]++;
        out->other[to] = other[i];
        out->right[to] = r->right[i];
        if (r->trials)
            out->trials[to] = r->trials[i];
    }
    return true;
}

void fsci_cells_free(fsci_cells_by *cells)
{
    free(cells->first);
    free(cells->other);
    free(cells->right);
    free(cells->trials);
}

/* exp(x) for |x| <= 700, relative error below 4e-15: 2^k by the exponent bits, and a polynomial
 * (Taylor to degree 11) on |r| <= ln(2)/2. Written so that it vectorises. */
static inline double fast_exp(double x)
{
    const double rounder = 6755399441055744.0, ln2_hi = 0x1.62e42fee00000p-1,
                 ln2_lo = 0x1.a39ef35793c76p-33;
    double shifted = x * 1.4426950408889634 + rounder, k = shifted - rounder;
    double r = (x - k * ln2_hi) - k * ln2_lo;
    double p = 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1;
    p = p * r + 1;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits <<= 52;
    uint64_t value;
    memcpy(&value, &p, sizeof value);
    value += bits;
    memcpy(&p, &value, sizeof p);
    return p;
}

static void exponentials(const double *eta, double *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = eta[i] < -30 ? -30 : eta[i] > 30 ? 30 : eta[i];
        e[i] = fast_exp(-x);
    }
}

static size_t block_of(const fsci_cells_by *by, size_t group, size_t from)
{
    size_t left = by->first[group + 1] - from;
    return left < BLOCK ? left : BLOCK;
}

/* ln P and ln Q of a cell with guessing. */
static double guessing_value(const fsci_irt_item *p, double e, double right, double trials)
{
    double sigma = 1 / (1 + e), P = p->c + (1 - p->c) * sigma, Q = (1 - p->c) * e * sigma;
    return right * log(P) + (trials - right) * log(Q);
}

fsci_ability_sums fsci_ability_at(const fsci_cells_by *by, size_t model, const fsci_irt_item *items,
                                  double theta, bool guessing)
{
    double eta[BLOCK], e[BLOCK];
    fsci_ability_sums s = {0};
    for (size_t from = by->first[model], n; from < by->first[model + 1]; from += n) {
        n = block_of(by, model, from);
        for (size_t i = 0; i < n; i++) {
            const fsci_irt_item *p = &items[by->other[from + i]];
            eta[i] = p->a * theta + p->d;
        }
        exponentials(eta, e, n);
        for (size_t i = 0; i < n; i++) {
            const fsci_irt_item *p = &items[by->other[from + i]];
            double trials = by->trials ? by->trials[from + i] : 1, right = by->right[from + i];
            double sigma = 1 / (1 + e[i]), P = sigma, dP = p->a * sigma * (1 - sigma);
            if (guessing) {
                P = p->c + (1 - p->c) * sigma;
                dP *= 1 - p->c;
                double Q = 1 - P, v = P * Q;
                s.slope += (right - trials * P) * dP / v;
                s.information += trials * dP * dP / v;
            } else {
                s.slope += p->a * (right - trials * P);
                s.information += trials * p->a * dP;
            }
        }
    }
    return s;
}

void fsci_ability_values(const fsci_cells_by *by, size_t model, const fsci_irt_item *items,
                         const double *theta, size_t n_theta, bool guessing, double *out)
{
    double eta[BLOCK], e[BLOCK];
    for (size_t k = 0; k < n_theta; k++)
        out[k] = 0;
    for (size_t from = by->first[model], n; from < by->first[model + 1]; from += n) {
        n = block_of(by, model, from);
        for (size_t k = 0; k < n_theta; k++) {
            double sum = 0, product = 1;
            for (size_t i = 0; i < n; i++) {
                const fsci_irt_item *p = &items[by->other[from + i]];
                eta[i] = p->a * theta[k] + p->d;
            }
            exponentials(eta, e, n);
            for (size_t i = 0; i < n; i++) {
                double trials = by->trials ? by->trials[from + i] : 1, right = by->right[from + i];
                if (guessing) {
                    sum += guessing_value(&items[by->other[from + i]], e[i], right, trials);
                } else if (trials == 1) { /* ln(1 + e) by products of a few, one logarithm each */
                    sum -= (1 - right) * fmin(30, fmax(-30, eta[i]));
                    product *= 1 + e[i];
                    if (product > 1e250) {
                        sum -= log(product);
                        product = 1;
                    }
                } else {
                    sum -= (trials - right) * eta[i] + trials * log1p(e[i]);
                }
            }
            out[k] += sum - log(product);
        }
    }
}

fsci_item_sums fsci_item_at(const fsci_cells_by *by, size_t item, const fsci_irt_item *p,
                            const double *theta, const double *weight, size_t nodes, bool guessing)
{
    double eta[BLOCK], e[BLOCK];
    fsci_item_sums s = {0};
    for (size_t from = by->first[item], n; from < by->first[item + 1]; from += n) {
        n = block_of(by, item, from);
        for (size_t k = 0; k < nodes; k++) {
            for (size_t i = 0; i < n; i++)
                eta[i] = p->a * theta[by->other[from + i] * nodes + k] + p->d;
            exponentials(eta, e, n);
            for (size_t i = 0; i < n; i++) {
                size_t at = by->other[from + i] * nodes + k;
                double trials = by->trials ? by->trials[from + i] : 1, w = weight[at];
                double slope = p->a * theta[at]; /* of eta by ln a */
                double sigma = 1 / (1 + e[i]), P = sigma, dP = sigma * (1 - sigma), ratio = 1;
                if (guessing) {
                    P = p->c + (1 - p->c) * sigma;
                    dP *= 1 - p->c;
                    ratio = dP / (P * (1 - P));
                }
                double g = w * (by->right[from + i] - trials * P) * ratio;
                double v = w * trials * dP * ratio;
                s.score[0] += g;
                s.score[1] += g * slope;
                s.information[0] += v;
                s.information[1] += v * slope;
                s.information[4] += v * slope * slope;
                if (guessing) {
                    double dc = (1 - sigma) * p->c * (1 - p->c) / dP; /* against eta */
                    s.score[2] += g * dc;
                    s.information[2] += v * dc;
                    s.information[5] += v * slope * dc;
                    s.information[8] += v * dc * dc;
                }
            }
        }
    }
    return s;
}
