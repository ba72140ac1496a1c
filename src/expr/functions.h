/* functions: every operation of the language, one row each. A row gives the spelling, the help, the
 * domain, what is known of the result's sign, and the value and the slopes as code over vectors of
 * rows (the vocabulary is in kernels.inc). The enumeration, the help, the parser's arities and the
 * kernels of every instruction set are expanded from these rows: a new function is a new row.
 *
 *   function  id, spelling, most arguments, arguments as help shows them, meaning,
 *             domain, sign, value, slope by each argument
 *   operator  id, spelling, how tightly it binds, domain, sign, value, slopes
 *   logic     id, spelling, how tightly it binds, value; no slope
 *
 * What of it is curved has a row more among the bends below. In the code a, b, c are the arguments
 * and y is the value. A missing argument (NaN) makes a missing value, but for the logic of `and`
 * and `or` and the branch that `where` does not take. At a kink: abs has slope 0 at 0; min and max
 * follow their first argument on a tie; clamp follows x on its bounds; where has no slope by its
 * condition. */
#ifndef FSCI_EXPR_FUNCTIONS_H
#define FSCI_EXPR_FUNCTIONS_H

#include "expr/expr.h"

#include <math.h>

/* What every argument (of DIVISOR the second) must satisfy; checked where it depends on data only.
 */
typedef enum fsci_op_domain {
    FSCI_DOMAIN_ALL,
    FSCI_DOMAIN_POSITIVE,    /* x > 0 */
    FSCI_DOMAIN_NONNEGATIVE, /* x >= 0 */
    FSCI_DOMAIN_ABOVE_M1,    /* x > -1 */
    FSCI_DOMAIN_UNIT,        /* 0 < x < 1 */
    FSCI_DOMAIN_DIVISOR,     /* divisor != 0 */
    FSCI_DOMAIN_POWER        /* base >= 0, and > 0 under a negative power */
} fsci_op_domain;

static inline bool fsci_op_domain_has(fsci_op_domain domain, double x)
{
    switch (domain) {
    case FSCI_DOMAIN_POSITIVE:
        return !(x <= 0);
    case FSCI_DOMAIN_NONNEGATIVE:
        return !(x < 0);
    case FSCI_DOMAIN_ABOVE_M1:
        return !(x <= -1);
    case FSCI_DOMAIN_UNIT:
        return !(x <= 0 || x >= 1);
    default:
        return true;
    }
}

/* Whether arguments, as many as an operation of this domain has, are in it; missing ones are. */
static inline bool fsci_op_domain_holds(fsci_op_domain domain, const double *args, size_t n_args)
{
    if (domain == FSCI_DOMAIN_DIVISOR)
        return args[1] != 0 || isnan(args[0]);
    if (domain == FSCI_DOMAIN_POWER)
        return isnan(args[1]) || !(args[0] < 0 || (args[0] == 0 && args[1] < 0));
    for (size_t k = 0; k < n_args; k++)
        if (!fsci_op_domain_has(domain, args[k]))
            return false;
    return true;
}

/* Of the result: positive always; positive when all arguments are; not known. */
typedef enum fsci_sign { FSCI_SIGN_UNKNOWN, FSCI_SIGN_POSITIVE, FSCI_SIGN_KEEPS } fsci_sign;

/* Loosest first. */
typedef enum fsci_binds {
    FSCI_BINDS_OR = 1,
    FSCI_BINDS_AND,
    FSCI_BINDS_NOT,
    FSCI_BINDS_COMPARISON,
    FSCI_BINDS_SUM,
    FSCI_BINDS_PRODUCT,
    FSCI_BINDS_SIGN,
    FSCI_BINDS_POWER,
    FSCI_BINDS_LEAF
} fsci_binds;

enum { FSCI_MANY = 64 }; /* arguments of min, max, logsumexp: folded from the left */

#define FSCI_FUNCTIONS_1(X)                                                                        \
    X(EXP, "exp", 1, "x", "e to the power x", ALL, POSITIVE, EXP(a), y)                            \
    X(LOG, "log", 1, "x", "natural logarithm", POSITIVE, UNKNOWN, LOG(a), ONE / a)                 \
    X(LOG2, "log2", 1, "x", "logarithm to base 2", POSITIVE, UNKNOWN, LOG2(a),                     \
      NUM(0x1.71547652b82fep+0) / a)                                                               \
    X(LOG10, "log10", 1, "x", "logarithm to base 10", POSITIVE, UNKNOWN, LOG10(a),                 \
      NUM(0x1.bcb7b1526e50ep-2) / a)                                                               \
    X(LOG1P, "log1p", 1, "x", "log(1 + x), exact near 0", ABOVE_M1, KEEPS, LOG1P(a),               \
      ONE / (ONE + a))                                                                             \
    X(EXPM1, "expm1", 1, "x", "exp(x) - 1, exact near 0", ALL, KEEPS, EXPM1(a), EXP(a))            \
    X(SQRT, "sqrt", 1, "x", "square root", NONNEGATIVE, KEEPS, SQRT(a), NUM(0.5) / y)              \
    X(ABS, "abs", 1, "x", "x without its sign", ALL, KEEPS, ABS(a),                                \
      WHEN(a > ZERO, ONE) - WHEN(a < ZERO, ONE))                                                   \
    X(ROUND, "round", 1, "x", "the nearest whole number, of two the even one", ALL, UNKNOWN,       \
      nearest(a), ZERO)                                                                            \
    X(SIGMOID, "sigmoid", 1, "x", "1/(1 + exp(-x))", ALL, POSITIVE, sigmoid(a), y *sigmoid(-a))    \
    X(LOGIT, "logit", 1, "p", "log(p/(1 - p)), undoes sigmoid", UNIT, UNKNOWN, logit(a),           \
      ONE / (a * (ONE - a)))                                                                       \
    X(SOFTPLUS, "softplus", 1, "x", "log(1 + exp(x))", ALL, POSITIVE, softplus(a), sigmoid(a))     \
    X(TANH, "tanh", 1, "x", "hyperbolic tangent", ALL, KEEPS, TANH(a), sech_squared(a))            \
    X(ERF, "erf", 1, "x", "error function", ALL, KEEPS, ERF(a),                                    \
      NUM(0x1.20dd750429b6dp+0) * EXP(-(a * a)))                                                   \
    X(ERFC, "erfc", 1, "x", "1 - erf(x), exact far from 0", ALL, POSITIVE, ERFC(a),                \
      NUM(-0x1.20dd750429b6dp+0) * EXP(-(a * a)))                                                  \
    X(LGAMMA, "lgamma", 1, "x", "log of the gamma function", POSITIVE, UNKNOWN, LGAMMA(a),         \
      digamma(a))

#define FSCI_FUNCTIONS_2(X)                                                                        \
    X(POW, "pow", 2, "x, p", "x^p; x >= 0 unless p is a whole number", POWER, KEEPS, power(a, b),  \
      power_slope(a, b, y), power_log(a, y))                                                       \
    X(MIN, "min", FSCI_MANY, "a, b, ...", "the least", ALL, KEEPS,                                 \
      MISSING_2(a, b, EITHER(a <= b, a, b)), WHEN(a <= b, ONE), WHEN(a > b, ONE))                  \
    X(MAX, "max", FSCI_MANY, "a, b, ...", "the greatest", ALL, KEEPS,                              \
      MISSING_2(a, b, EITHER(a >= b, a, b)), WHEN(a >= b, ONE), WHEN(a < b, ONE))                  \
    X(LBETA, "lbeta", 2, "a, b", "log of the beta function", POSITIVE, UNKNOWN, lbeta(a, b),       \
      digamma(a) - digamma(a + b), digamma(b) - digamma(a + b))

#define FSCI_FUNCTIONS_3(X)                                                                        \
    X(CLAMP, "clamp", 3, "x, lo, hi", "x, at least lo and at most hi", ALL, KEEPS, clamp(a, b, c), \
      WHEN((a >= b) & (a <= c), ONE), WHEN((a < b) & (b <= c), ONE),                               \
      WHEN(((a >= b) & (a > c)) | ((a < b) & (b > c)), ONE))                                       \
    X(WHERE, "where", 3, "condition, a, b", "a where the condition is true, else b", ALL, KEEPS,   \
      MISSING_1(a, EITHER(a != ZERO, b, c)), ZERO, WHEN(a != ZERO, ONE), WHEN(a == ZERO, ONE))

#define FSCI_OPERATORS_1(X) X(NEG, "-", SIGN, ALL, UNKNOWN, -a, -ONE)

#define FSCI_OPERATORS_2(X)                                                                        \
    X(ADD, "+", SUM, ALL, KEEPS, a + b, ONE, ONE)                                                  \
    X(SUB, "-", SUM, ALL, UNKNOWN, a - b, ONE, -ONE)                                               \
    X(MUL, "*", PRODUCT, ALL, KEEPS, a *b, b, a)                                                   \
    X(DIV, "/", PRODUCT, DIVISOR, KEEPS, a / b, ONE / b, -(y / b))

/* How slopes change: the second derivatives by the arguments named, as code like the slopes. A pair
 * that has no row is zero everywhere (sums, comparisons, choices), but at a kink, where it is taken
 * to be zero too.
 *
 *   bend  id, pair of arguments, second derivative */
#define FSCI_BENDS_1(X)                                                                            \
    X(EXP, AA, y)                                                                                  \
    X(LOG, AA, -(ONE / (a * a)))                                                                   \
    X(LOG2, AA, NUM(-0x1.71547652b82fep+0) / (a * a))                                              \
    X(LOG10, AA, NUM(-0x1.bcb7b1526e50ep-2) / (a * a))                                             \
    X(LOG1P, AA, -(ONE / ((ONE + a) * (ONE + a))))                                                 \
    X(EXPM1, AA, EXP(a))                                                                           \
    X(SQRT, AA, NUM(-0.25) / (a * y))                                                              \
    X(SIGMOID, AA, y *sigmoid(-a) * TANH(NUM(-0.5) * a))                                           \
    X(LOGIT, AA, (a + a - ONE) / (a * a * (ONE - a) * (ONE - a)))                                  \
    X(SOFTPLUS, AA, sigmoid(a) * sigmoid(-a))                                                      \
    X(TANH, AA, NUM(-2) * y * sech_squared(a))                                                     \
    X(ERF, AA, NUM(-0x1.20dd750429b6dp+1) * a * EXP(-(a * a)))                                     \
    X(ERFC, AA, NUM(0x1.20dd750429b6dp+1) * a * EXP(-(a * a)))                                     \
    X(LGAMMA, AA, trigamma(a))

#define FSCI_BENDS_2(X)                                                                            \
    X(POW, AA, power_bend(a, b, y))                                                                \
    X(POW, AB, power_twist(a, b, y))                                                               \
    X(POW, BB, power_log(a, power_log(a, y)))                                                      \
    X(LBETA, AA, trigamma(a) - trigamma(a + b))                                                    \
    X(LBETA, AB, -trigamma(a + b))                                                                 \
    X(LBETA, BB, trigamma(b) - trigamma(a + b))                                                    \
    X(MUL, AB, ONE)                                                                                \
    X(DIV, AB, -(ONE / (b * b)))                                                                   \
    X(DIV, BB, (y + y) / (b * b))

/* Truth is 1 (any number but 0), falsehood 0, and a missing operand leaves open what it decides:
 * three-valued logic after Kleene (1952). */
#define FSCI_LOGIC_1(X) X(NOT, "not", NOT, MISSING_1(a, WHEN(a == ZERO, ONE)))

#define FSCI_LOGIC_2(X)                                                                            \
    X(OR, "or", OR, EITHER(IS_TRUE(a) | IS_TRUE(b), ONE, MISSING_2(a, b, ZERO)))                   \
    X(AND, "and", AND, WHEN((a != ZERO) & (b != ZERO), MISSING_2(a, b, ONE)))                      \
    X(EQ, "==", COMPARISON, MISSING_2(a, b, WHEN(a == b, ONE)))                                    \
    X(NE, "!=", COMPARISON, MISSING_2(a, b, WHEN(a != b, ONE)))                                    \
    X(LT, "<", COMPARISON, MISSING_2(a, b, WHEN(a < b, ONE)))                                      \
    X(LE, "<=", COMPARISON, MISSING_2(a, b, WHEN(a <= b, ONE)))                                    \
    X(GT, ">", COMPARISON, MISSING_2(a, b, WHEN(a > b, ONE)))                                      \
    X(GE, ">=", COMPARISON, MISSING_2(a, b, WHEN(a >= b, ONE)))

/* Pairs of arguments; the pair of arguments k and l is k + l. */
typedef enum fsci_pair { FSCI_PAIR_AA, FSCI_PAIR_AB, FSCI_PAIR_BB, FSCI_PAIRS } fsci_pair;

typedef enum fsci_op {
#define FSCI_OP_ID(id, ...) FSCI_OP_##id,
    FSCI_FUNCTIONS_1(FSCI_OP_ID) FSCI_FUNCTIONS_2(FSCI_OP_ID) FSCI_FUNCTIONS_3(FSCI_OP_ID)
        FSCI_OP_LOGSUM, /* log of a sum of c*exp(e); logsumexp in the language */
    FSCI_OPERATORS_1(FSCI_OP_ID) FSCI_OPERATORS_2(FSCI_OP_ID) FSCI_LOGIC_1(FSCI_OP_ID)
        FSCI_LOGIC_2(FSCI_OP_ID)
#undef FSCI_OP_ID
            FSCI_OP_NUMBER, /* from here on leaves, in graphs only */
    FSCI_OP_COLUMN,
    FSCI_OP_CODES,
    FSCI_OP_THETA,
    FSCI_OP_GROUP,
    FSCI_OP_COUNT,
    FSCI_FUNCTION_COUNT = FSCI_OP_LOGSUM + 1,
    FSCI_OPERATION_COUNT = FSCI_OP_NUMBER
} fsci_op;

typedef struct fsci_operation {
    const char *name;
    uint8_t least, most; /* arguments */
    fsci_binds binds;    /* LEAF for a function */
    fsci_op_domain domain;
    fsci_sign sign;
    bool has_slope;
} fsci_operation;

const fsci_operation *fsci_operation_of(fsci_op op); /* op < FSCI_OPERATION_COUNT */

/* Whether the value moves with argument k (comparisons and conditions only jump). */
bool fsci_has_slope(fsci_op op, size_t k);

/* Whether the value is one of the arguments: min, max, clamp and where. */
bool fsci_selects(fsci_op op);

/* The function of that name; FSCI_OP_COUNT when there is none. */
fsci_op fsci_function_find(const char *name);

#endif
