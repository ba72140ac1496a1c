/* tape: a graph laid out for evaluation. Three kinds of work are told apart: what is done once per
 * call (scalars), what is done per block of rows, and the reverse sweep of a block.
 *
 * A tape is either the one that computes data-only vertices (once per table, role DATA) or the one
 * that is evaluated for every theta (role MAIN), for which data-only vertices are ready columns. */
#ifndef FSCI_EXPR_TAPE_H
#define FSCI_EXPR_TAPE_H

#include "expr/graph.h"
#include "expr/kernels.h"

typedef enum fsci_role { FSCI_ROLE_DATA, FSCI_ROLE_MAIN } fsci_role;

/* Where a value lives: CONSTANT in the tape, SCALAR and BLOCK in the scratch; COLUMN, VALUE and
 * JACOBIAN in arrays of the whole table, of which a block sees its rows. Constants and scalars are
 * FSCI_LANES copies. */
typedef enum fsci_slot_kind {
    FSCI_SLOT_CONSTANT,
    FSCI_SLOT_SCALAR,
    FSCI_SLOT_BLOCK,
    FSCI_SLOT_COLUMN,   /* index: of the data-only vertices computed beforehand */
    FSCI_SLOT_VALUE,    /* index: root */
    FSCI_SLOT_JACOBIAN, /* index: parameter */
    FSCI_SLOT_KINDS
} fsci_slot_kind;

typedef struct fsci_slot {
    fsci_slot_kind kind;
    uint32_t index;
} fsci_slot;

typedef uint32_t fsci_slot_id;
enum { FSCI_SLOT_ZERO, FSCI_SLOT_ONE }; /* constants every tape has */

/* out = op(inputs[first …]). LOGSUM has its sum first, then c, e, power of each term (e = power =
 * FSCI_SLOT_ZERO for a term without exponent). Leaves: COLUMN and CODES are loaded, GROUP gathered
 * from theta. */
typedef struct fsci_step {
    fsci_op op;
    fsci_slot_id out;
    uint32_t first, n_in;
    fsci_vertex_id vertex;
} fsci_step;

/* to = before + adjoint * slope of a step by its argument. Of LOGSUM, `arg` counts terms, and
 * FSCI_CHAIN_SHARE first divides the adjoint by the sum. */
enum { FSCI_CHAIN_SHARE = UINT8_MAX };
typedef struct fsci_chain {
    uint32_t step;
    uint8_t arg;
    fsci_slot_id adjoint, to, before;
    fsci_slot_id to_e, before_e; /* a term's exponent; `to` is then its factor; ZERO for none */
} fsci_chain;

/* Gradient of a scalar by the parameters: row += slope * (row of its argument, or unit vector). */
typedef struct fsci_gradient_step {
    uint32_t row;
    fsci_slot_id slope;
    int64_t from_row; /* -1: the argument is parameter `from` itself */
    uint32_t from;
} fsci_gradient_step;

/* Jacobian column `parameter` gains adjoint * (gradient entry, or 1 for row -1). Most parameters
 * need none: their adjoint is computed in place. */
typedef struct fsci_delivery {
    size_t parameter;
    fsci_slot_id adjoint;
    int64_t row;
    uint32_t entry;
    bool more;
} fsci_delivery;

typedef struct fsci_scatter {
    fsci_slot_id adjoint;
    const fsci_symbol *symbol, *codes;
} fsci_scatter;

typedef struct fsci_tape {
    const fsci_kernels *kernels;
    const fsci_graph *graph;
    size_t block; /* rows at a time, a multiple of FSCI_LANES */

    fsci_slot *slots;
    fsci_slot_id *slot_of; /* [n_vertices] */
    size_t n_slots, n_of[FSCI_SLOT_KINDS];
    double *constants;      /* [n_of[CONSTANT] * FSCI_LANES] */
    fsci_vertex_id *column; /* [n_of[COLUMN]] the data-only vertex of each column */
    fsci_slot_id *moving;   /* those of COLUMN, VALUE and JACOBIAN, which move with the rows */
    size_t n_moving;
    const fsci_vertex_id *roots;
    size_t n_roots, n_parameters;

    /* Steps in order of evaluation; those of root 0 come first. */
    fsci_step *scalar_steps, *block_steps;
    size_t n_scalar_steps, n_block_steps, n_scalar_steps_0, n_block_steps_0;
    fsci_slot_id *inputs;
    size_t n_inputs, most_terms;
    fsci_vertex_id *thetas; /* parameters in use, THETA vertices; index = entry of a gradient row */
    size_t n_thetas;

    /* Derivatives of root 0. */
    fsci_chain *scalar_chains, *block_chains;
    size_t n_scalar_chains, n_block_chains;
    fsci_gradient_step *gradient_steps;
    size_t n_gradient_steps, n_gradients; /* steps, and rows they fill */
    fsci_delivery *deliveries;
    fsci_scatter *scatters;
    size_t *untouched; /* Jacobian columns that no delivery writes */
    size_t n_deliveries, n_scatters, n_untouched;
} fsci_tape;

/* NULL when out of memory. For role DATA the roots are the vertices wanted as columns. */
fsci_tape *fsci_tape_new(const fsci_graph *graph, fsci_role role, const fsci_vertex_id *roots,
                         size_t n_roots, size_t n_parameters, const bool *wanted);

/* ---- evaluation (eval.c) ---- */

size_t fsci_tape_scratch_bytes(const fsci_tape *tape); /* a multiple of 64 */

/* Column k is at[k * stride …]. */
typedef struct fsci_matrix {
    double *at;
    size_t stride;
} fsci_matrix;

/* A block: rows [row, row + n) of the table, and where it reads and writes its part. What it reads
 * and writes has room up to the next multiple of FSCI_LANES. */
typedef struct fsci_window {
    size_t row, n; /* n <= tape->block */
    fsci_matrix columns, values, jacobian;
} fsci_window;

/* One evaluation in progress; all its memory is the caller's scratch. */
typedef struct fsci_run {
    const fsci_tape *tape;
    const double *theta;
    bool first_only;        /* root 0 alone */
    fsci_operand *operands; /* [n_slots] */
    fsci_term *terms;       /* [most_terms] */
    double *gradients;      /* [n_gradients * n_thetas] of scalars */
    double *few; /* [(n_roots + n_parameters) * FSCI_LANES] for a table shorter than that */
} fsci_run;

/* The arguments of a step; of a LOGSUM step, its terms into run->terms, giving their number. */
void fsci_run_operands(const fsci_run *run, const fsci_step *step, fsci_operand in[3]);
size_t fsci_run_terms(const fsci_run *run, const fsci_step *step);

fsci_run fsci_run_begin(const fsci_tape *tape, void *scratch, const double *theta, bool first_only);
void fsci_run_gradients(const fsci_run *run);
void fsci_run_block(const fsci_run *run, const fsci_window *window);
/* The reverse sweep of the same block. */
void fsci_run_reverse(const fsci_run *run, const fsci_window *window);

#endif
