/* expr: the formula language. Text is parsed to a formula (a tree), formulas are compiled against
 * symbols to a program (a graph with shared nodes, then a tape), and the program is evaluated over
 * blocks of rows, with exact derivatives by parameter.
 *
 * A formula is either an expression ("6*N*D") or an equation ("L = E + A*N^-alpha"). Grammar,
 * loosest first: or; and; not; comparisons (== != < <= > >=, not chained); + -; * /; unary - +;
 * ^ (right-associative, binds tighter than a unary minus on its left: -x^2 = -(x^2), and takes a
 * signed exponent: N^-alpha); calls f(a, b), per-group parameters a[family], sums over a set
 * sum_j(t_j*x_j) or over numbers sum_j(8, x^j) (in both, j is the number of the term), numbers,
 * names, `names between backticks`, 'text' or "text", true, false. */
#ifndef FSCI_EXPR_EXPR_H
#define FSCI_EXPR_EXPR_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

/* ---- text to tree ---- */

typedef struct fsci_node fsci_node; /* one node of a formula's tree; defined in expr/tree.h */

typedef struct fsci_formula {
    const char *text;       /* as given */
    const char *source;     /* for messages: "formula", or a file name */
    int32_t line, col;      /* place of the first byte of text in source; 1, 1 for a bare formula */
    const fsci_node *left;  /* NULL for an expression */
    const fsci_node *right; /* the expression, or the right side of the equation */
} fsci_formula;

/* Limits, so that hostile text is refused cleanly. */
enum { FSCI_FORMULA_BYTES = 1 << 16, FSCI_FORMULA_DEPTH = 200, FSCI_FORMULA_NODES = 20000 };

/* Parses `text` into `arena`. Errors (FSC_EINPUT) carry source, line, column and the excerpt; an
 * unknown function suggests the nearest. line/col say where text starts in source (1, 1 if alone).
 */
fsc_status fsci_formula_parse(fsci_arena *arena, const char *source, int32_t line, int32_t col,
                              const char *text, fsci_formula **formula, fsc_error *err);

/* Names in order of first appearance (a[family] gives a with index "family", then family). */
typedef struct fsci_name {
    const char *name;
    const char *index; /* column that indexes a per-group parameter, NULL otherwise */
    const char *set;   /* index of the sum whose set it is of: j of x_j in sum_j(…); else NULL */
    int32_t col, len;  /* place within the formula's text, from 1 */
} fsci_name;
size_t fsci_formula_names(fsci_arena *arena, const fsci_formula *formula, const fsci_name **names);

bool fsci_formula_uses(const fsci_formula *formula, const char *name);

/* A failure pointing at a name (or, with name NULL, at the whole formula). */
fsc_status fsci_formula_fail(fsc_error *err, const fsci_formula *formula, const fsci_name *name,
                             const char *format, ...) FSCI_PRINTF(4, 5);

/* The tree as text again, minimal parentheses; pretty uses · − and superscript-free A·N^-α style
 * Greek letters for names like alpha (UTF-8). */
void fsci_formula_write(const fsci_node *node, bool pretty, fsci_buffer *out);
/* "left = right" in `arena`, or the right side alone where `left` is NULL; NULL when out of memory.
 */
const char *fsci_formula_text(fsci_arena *arena, const fsci_node *left, const fsci_node *right);
/* Whether a formula takes the name as it is; others stand between backticks. */
bool fsci_is_identifier(const char *name);

/* New trees from old, in `arena`: a function of one argument by its name, and a sign + - * / ^
 * between two. NULL when out of memory, or from a NULL argument. */
const fsci_node *fsci_node_call(fsci_arena *arena, const char *function, const fsci_node *argument);
const fsci_node *fsci_node_binary(fsci_arena *arena, char sign, const fsci_node *a,
                                  const fsci_node *b);
/* 0: does not contain the name; 1: affine in it; 2: otherwise. `names` are taken jointly, so A*B is
 * degree 2 in {A, B}. Decides which parameters can be solved for by linear least squares. */
int fsci_node_degree(const fsci_node *node, const char *const *names, size_t n_names);

/* ---- symbols ---- */

typedef enum fsci_symbol_kind {
    FSCI_SYMBOL_NUMBERS,    /* a column of numbers, NaN where missing */
    FSCI_SYMBOL_CODES,      /* a column of categories */
    FSCI_SYMBOL_SET,        /* columns of numbers, one per level: what sum_j takes for x_j */
    FSCI_SYMBOL_PARAMETER,  /* one value, theta[first] */
    FSCI_SYMBOL_PARAMETERS, /* one value per level of a category column: theta[first + code] */
    FSCI_SYMBOL_FORMULA     /* stands for another expression (a derived name) */
} fsci_symbol_kind;

#define FSCI_NO_CODE UINT32_MAX /* a missing category */

typedef struct fsci_symbol {
    const char *name;
    fsci_symbol_kind kind;
    const double *numbers; /* [n_rows], of a SET [n_levels * n_rows] one after the other; like all
                              arrays and texts here, borrowed for as long as the program lives; the
                              symbol itself is copied */
    const uint32_t *codes; /* [n_rows] */
    const char *const *levels; /* [n_levels] */
    size_t n_levels;
    size_t first;      /* PARAMETER, PARAMETERS */
    const char *index; /* PARAMETERS: name of the CODES symbol that indexes it, or of the sum */
    const fsci_node *definition; /* FORMULA */
} fsci_symbol;

typedef struct fsci_scope {
    const fsci_symbol *symbols;
    size_t n_symbols;
    size_t n_rows;       /* rows of every column; 1 when there are no columns */
    size_t n_parameters; /* length of theta */
    const double *held;  /* [n_parameters] value of a parameter that never moves, which is then a
                            constant of the program and without slope; NaN for others. NULL: all
                            move */
    const bool *wanted;  /* [n_parameters] derivatives by others are left 0 and cost nothing; NULL:
                            by all */
    bool *outside; /* [n_rows] NULL: a row outside a domain is an error; else it is marked here
                      and compiling goes on */
} fsci_scope;

/* ---- tree to program ---- */

typedef struct fsci_program fsci_program;

/* Compiles `n_roots` expressions that are evaluated together (shared nodes are computed once).
 * Constants are folded, equal nodes shared, data-only nodes computed here once per table,
 * parameter-only nodes once per evaluation. `origin` is the formula messages point into.
 *
 * Errors, FSC_EINPUT: an unknown name (nearest suggested), text where a number is needed (it may
 * only be compared with a CODES symbol), a definition that contains itself; and a value outside its
 * domain that depends on data alone (log of a number <= 0, x^p of a negative x, a divisor of 0):
 * err->row is then the first such row. Missing values (NaN) pass through and are no domain error,
 * and what `where`, `and`, `or` do not ask for is not checked. With n_rows 0 nothing is computed,
 * so that a formula can be compiled and described without a table. */
fsc_status fsci_program_new(fsci_arena *arena, const fsci_formula *origin,
                            const fsci_node *const *roots, size_t n_roots, const fsci_scope *scope,
                            fsci_program **program, fsc_error *err);

/* Scratch for one thread, 64-byte aligned; a multiple of 64. Its content need not be kept between
 * calls. One program may be evaluated by many threads, each with its own. */
size_t fsci_program_scratch_bytes(const fsci_program *program);
/* Operations that one row takes, derivatives apart: how long an evaluation is. */
size_t fsci_program_steps(const fsci_program *program);

/* values[root * stride + (row - begin)] for rows [begin, end). A row gives the same bits whatever
 * rows it is evaluated with, and on every processor. */
void fsci_program_values(const fsci_program *program, void *scratch, const double *theta,
                         size_t begin, size_t end, double *values, size_t stride);

/* The same for root 0 only, with its derivatives: jacobian[j * stride + (row - begin)] =
 * d value / d theta[j], for all j < n_parameters; 0 for a parameter that is not in the formula.
 * Where the value is missing the derivatives are anything. Kinks: functions.h. */
void fsci_program_jacobian(const fsci_program *program, void *scratch, const double *theta,
                           size_t begin, size_t end, double *values, double *jacobian,
                           size_t stride);

/* Sums over rows [begin, end) of root 0, weighted (weight[row - begin]; NULL for ones; a row of
 * weight 0 adds nothing, whatever its value), with values[row - begin] of each on the way:
 *
 *   gradient[j]                  sum_i w_i d value_i / d theta_j
 *   hessian[j * n_parameters + k]  sum_i w_i d2 value_i / d theta_j d theta_k, symmetric
 *   product[j]                   sum_k hessian_jk direction_k, without making the hessian
 *
 * Exact, by forward over reverse: a hessian costs about as many gradients as rows see different
 * parameters, a product two. Kinks bend nowhere. The same bits on every processor for the same
 * rows. `scratch` holds fsci_program_second_bytes, which is more than the scratch of the above and
 * serves it too. */
size_t fsci_program_second_bytes(const fsci_program *program);
void fsci_program_hessian(const fsci_program *program, void *scratch, const double *theta,
                          size_t begin, size_t end, const double *weight, double *values,
                          double *gradient, double *hessian);
void fsci_program_hessian_times(const fsci_program *program, void *scratch, const double *theta,
                                size_t begin, size_t end, const double *weight,
                                const double *direction, double *values, double *product);

/* A readable listing: what is computed once per table, once per evaluation and for every row, and
 * what is shared; at most 78 columns wide. For `forescale expr --show`. */
void fsci_program_describe(const fsci_program *program, fsci_buffer *out);

/* Functions of the language, for help: name, arguments, meaning. */
typedef struct fsci_function_help {
    const char *name, *arguments, *meaning;
} fsci_function_help;
size_t fsci_functions(const fsci_function_help **list);

#endif
