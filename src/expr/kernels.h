/* kernels: the loops over rows, one set per instruction set, all giving the same bits. Each set is
 * kernels.inc compiled at another width; the transcendental functions are SLEEF's deterministic
 * `cinz` family (no fused multiply-add, same result in every lane width). */
#ifndef FSCI_EXPR_KERNELS_H
#define FSCI_EXPR_KERNELS_H

#include "expr/functions.h"

/* Arrays that kernels write hold a multiple of this many values, and may be read as far. A value
 * that is the same for all rows is that many copies. */
enum { FSCI_LANES = 8 };

/* Element i is at[i & mask]: mask is SIZE_MAX for an array, 0 for a value copied over the lanes. */
typedef struct fsci_operand {
    double *at;
    size_t mask;
} fsci_operand;

/* One term c*exp(e) of a sum; without an exponent e.at is NULL and the term is c. */
typedef struct fsci_term {
    fsci_operand c, e;
    double *power; /* exp(e), kept for the reverse sweep */
} fsci_term;

/* In all of them n is a multiple of FSCI_LANES. */
typedef void fsci_value_fn(double *y, const fsci_operand *in, size_t n);
/* to[i] = before[i] + adjoint[i] * (slope of y by one argument); a zero adjoint adds nothing,
 * whatever the slope, so that a branch not taken cannot spoil a row. */
typedef void fsci_chain_fn(double *to, fsci_operand before, fsci_operand adjoint,
                           const fsci_operand *in, fsci_operand y, size_t n);

typedef struct fsci_kernels {
    const char *name;
    fsci_value_fn *value[FSCI_OPERATION_COUNT];    /* NULL for LOGSUM */
    fsci_chain_fn *chain[FSCI_OPERATION_COUNT][3]; /* NULL for what has no slope */
    /* The same with a second derivative in place of the slope; NULL where it is always zero. */
    fsci_chain_fn *bend[FSCI_OPERATION_COUNT][FSCI_PAIRS];
    /* y = log(sum), sum = total of c*exp(e); rows whose sum leaves the range of doubles are done
     * again on a shifted scale. */
    void (*logsum)(double *y, double *sum, const fsci_term *terms, size_t n_terms, size_t n);
    /* share[i] = adjoint[i] / sum[i] */
    void (*logsum_share)(double *share, fsci_operand adjoint, fsci_operand sum, size_t n);
    /* By a term: c gains share*exp(e), e gains c*share*exp(e); either `to` may be NULL. */
    void (*logsum_chain)(double *to_c, fsci_operand before_c, double *to_e, fsci_operand before_e,
                         const fsci_term *term, fsci_operand share, size_t n);
    /* out[i] = before[i] + factor * adjoint[i] */
    void (*deliver)(double *out, fsci_operand before, double factor, fsci_operand adjoint,
                    size_t n);
} fsci_kernels;

extern const fsci_kernels fsci_kernels_scalar;
#if defined(__x86_64__)
extern const fsci_kernels fsci_kernels_sse2, fsci_kernels_avx, fsci_kernels_avx512;
#endif

/* The widest set this processor runs. */
const fsci_kernels *fsci_kernels_best(void);
/* All sets this processor runs, for tests. Gives their number. */
size_t fsci_kernels_list(const fsci_kernels *list[4]);

/* A sum of powers between these is taken as computed. */
#define FSCI_SUM_LEAST 1e-290
#define FSCI_SUM_MOST  1e290

#endif
