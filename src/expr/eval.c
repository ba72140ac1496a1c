/* eval: runs a tape. Nothing is allocated and nothing outlives a call: all state is in the scratch.
 */
#include "expr/tape.h"

#include <math.h>
#include <string.h>

/* ---- scratch ---- */

static size_t padded(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

size_t fsci_tape_scratch_bytes(const fsci_tape *t)
{
    return padded(t->n_slots * sizeof(fsci_operand)) + padded(t->most_terms * sizeof(fsci_term)) +
           padded(t->n_rows * t->n_thetas * sizeof(double)) +
           t->n_of[FSCI_SLOT_SCALAR] * FSCI_LANES * sizeof(double) +
           t->n_of[FSCI_SLOT_BLOCK] * t->block * sizeof(double);
}

static fsci_run begin(const fsci_tape *t, void *scratch)
{
    char *p = scratch;
    fsci_run run = {.tape = t, .operands = (fsci_operand *)p};
    p += padded(t->n_slots * sizeof(fsci_operand));
    run.terms = (fsci_term *)p;
    p += padded(t->most_terms * sizeof(fsci_term));
    run.rows = (double *)p;
    p += padded(t->n_rows * t->n_thetas * sizeof(double));
    double *base[FSCI_SLOT_KINDS] = {[FSCI_SLOT_CONSTANT] = t->constants,
                                     [FSCI_SLOT_SCALAR] = (double *)p,
                                     [FSCI_SLOT_BLOCK] =
                                         (double *)p + t->n_of[FSCI_SLOT_SCALAR] * FSCI_LANES};
    const size_t length[FSCI_SLOT_KINDS] = {FSCI_LANES, FSCI_LANES, t->block, 0};
    const size_t mask[FSCI_SLOT_KINDS] = {0, 0, SIZE_MAX, SIZE_MAX};
    for (size_t s = 0; s < t->n_slots; s++) {
        fsci_slot slot = t->slots[s];
        double *at =
            slot.kind == FSCI_SLOT_COLUMN ? NULL : base[slot.kind] + slot.index * length[slot.kind];
        run.operands[s] = (fsci_operand){at, mask[slot.kind]};
    }
    return run;
}

/* ---- values ---- */

static void gather_group(const fsci_symbol *parameters, const fsci_symbol *codes,
                         const double *theta, size_t row, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t code = codes->codes[row + i];
        out[i] = code == FSCI_NO_CODE ? NAN : theta[parameters->first + code];
    }
}

static void load_leaf(const fsci_vertex *v, const double *theta, size_t row, size_t n, double *out)
{
    if (v->op == FSCI_OP_GROUP)
        gather_group(v->symbol, v->codes, theta, row, n, out);
    else if (v->op == FSCI_OP_COLUMN)
        memcpy(out, v->symbol->numbers + row, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] =
                v->symbol->codes[row + i] == FSCI_NO_CODE ? NAN : (double)v->symbol->codes[row + i];
    for (; n % FSCI_LANES; n++)
        out[n] = 0;
}

/* The operands of a LOGSUM step as terms. */
static size_t load_terms(const fsci_run *run, const fsci_step *step)
{
    const fsci_slot_id *in = run->tape->inputs + step->first;
    size_t n_terms = (step->n_in - 1) / 3;
    for (size_t k = 0; k < n_terms; k++) {
        const fsci_slot_id *term = in + 1 + 3 * k;
        run->terms[k] = (fsci_term){.c = run->operands[term[0]]};
        if (term[2]) {
            run->terms[k].e = run->operands[term[1]];
            run->terms[k].power = run->operands[term[2]].at;
        }
    }
    return n_terms;
}

static void load_operands(const fsci_run *run, const fsci_step *step, fsci_operand in[3])
{
    for (uint32_t k = 0; k < step->n_in; k++)
        in[k] = run->operands[run->tape->inputs[step->first + k]];
}

static void run_step(const fsci_run *run, const fsci_step *step, size_t n)
{
    const fsci_tape *t = run->tape;
    double *out = run->operands[step->out].at;
    if (step->op == FSCI_OP_LOGSUM) {
        size_t n_terms = load_terms(run, step);
        t->kernels->logsum(out, run->operands[t->inputs[step->first]].at, run->terms, n_terms, n);
        return;
    }
    fsci_operand in[3];
    load_operands(run, step, in);
    t->kernels->value[step->op](out, in, n);
}

fsci_run fsci_run_begin(const fsci_tape *t, void *scratch, const double *theta, bool first_only)
{
    fsci_run run = begin(t, scratch);
    size_t n_steps = first_only ? t->n_scalar_steps_0 : t->n_scalar_steps;
    for (size_t k = 0; k < t->n_thetas; k++) {
        double value = theta[t->graph->vertices[t->thetas[k]].symbol->first];
        double *copies = run.operands[t->slot_of[t->thetas[k]]].at;
        for (int lane = 0; lane < FSCI_LANES; lane++)
            copies[lane] = value;
    }
    for (size_t s = 0; s < n_steps; s++)
        run_step(&run, &t->scalar_steps[s], FSCI_LANES);
    return run;
}

void fsci_run_block(const fsci_run *run, double *const *columns, const double *theta, size_t row,
                    size_t n, bool first_only)
{
    const fsci_tape *t = run->tape;
    size_t n_steps = first_only ? t->n_block_steps_0 : t->n_block_steps;
    size_t n_padded = (n + FSCI_LANES - 1) / FSCI_LANES * FSCI_LANES;
    for (size_t k = 0; k < t->n_of[FSCI_SLOT_COLUMN]; k++)
        run->operands[t->slot_of[t->column[k]]].at = columns[k] + row;
    for (size_t s = 0; s < n_steps; s++) {
        const fsci_step *step = &t->block_steps[s];
        if (step->op >= FSCI_OPERATION_COUNT)
            load_leaf(&t->graph->vertices[step->vertex], theta, row, n,
                      run->operands[step->out].at);
        else
            run_step(run, step, n_padded);
    }
}

/* ---- derivatives ---- */

static double *target(const fsci_run *run, fsci_slot_id slot)
{
    return slot ? run->operands[slot].at : NULL;
}

static void run_logsum_chain(const fsci_run *run, const fsci_step *step, const fsci_chain *chain,
                             size_t n)
{
    const fsci_kernels *k = run->tape->kernels;
    fsci_operand adjoint = run->operands[chain->adjoint];
    if (chain->arg == FSCI_CHAIN_SHARE) {
        k->logsum_share(target(run, chain->to), adjoint,
                        run->operands[run->tape->inputs[step->first]], n);
        return;
    }
    load_terms(run, step);
    k->logsum_chain(target(run, chain->to), run->operands[chain->before], target(run, chain->to_e),
                    run->operands[chain->before_e], &run->terms[chain->arg], adjoint, n);
}

static void run_chain(const fsci_run *run, const fsci_step *step, const fsci_chain *chain, size_t n)
{
    if (step->op == FSCI_OP_LOGSUM) {
        run_logsum_chain(run, step, chain, n);
        return;
    }
    fsci_operand in[3];
    load_operands(run, step, in);
    run->tape->kernels->chain[step->op][chain->arg](
        run->operands[chain->to].at, run->operands[chain->before], run->operands[chain->adjoint],
        in, run->operands[step->out], n);
}

void fsci_run_gradients(const fsci_run *run)
{
    const fsci_tape *t = run->tape;
    size_t p = t->n_thetas;
    for (size_t c = 0; c < t->n_scalar_chains; c++)
        run_chain(run, &t->scalar_steps[t->scalar_chains[c].step], &t->scalar_chains[c],
                  FSCI_LANES);
    memset(run->rows, 0, t->n_rows * p * sizeof(double));
    for (size_t g = 0; g < t->n_gradient_steps; g++) {
        const fsci_gradient_step *step = &t->gradient_steps[g];
        double *row = run->rows + step->row * p, slope = *run->operands[step->slope].at;
        if (step->from_row < 0)
            row[step->from] += slope;
        else
            for (size_t j = 0; j < p; j++)
                row[j] += run->rows[(size_t)step->from_row * p + j] * slope;
    }
}

static void scatter(const fsci_run *run, const fsci_scatter *s, size_t row, size_t n,
                    double *jacobian, size_t stride)
{
    fsci_operand adjoint = run->operands[s->adjoint];
    for (size_t i = 0; i < n; i++) {
        uint32_t code = s->codes->codes[row + i];
        if (code != FSCI_NO_CODE)
            jacobian[(s->symbol->first + code) * stride + i] += adjoint.at[i & adjoint.mask];
    }
}

void fsci_run_reverse(const fsci_run *run, size_t row, size_t n, double *jacobian, size_t stride)
{
    const fsci_tape *t = run->tape;
    size_t n_padded = (n + FSCI_LANES - 1) / FSCI_LANES * FSCI_LANES;
    for (size_t c = 0; c < t->n_block_chains; c++)
        run_chain(run, &t->block_steps[t->block_chains[c].step], &t->block_chains[c], n_padded);
    for (size_t j = 0; j < t->n_untouched; j++)
        memset(jacobian + t->untouched[j] * stride, 0, n * sizeof *jacobian);
    for (size_t d = 0; d < t->n_deliveries; d++) {
        const fsci_delivery *delivery = &t->deliveries[d];
        double *out = jacobian + delivery->parameter * stride;
        double factor = delivery->row < 0
                            ? 1
                            : run->rows[(size_t)delivery->row * t->n_thetas + delivery->entry];
        fsci_operand before = {out, SIZE_MAX};
        t->kernels->deliver(out, delivery->more ? before : run->operands[FSCI_SLOT_ZERO], factor,
                            run->operands[delivery->adjoint], n);
    }
    for (size_t s = 0; s < t->n_scatters; s++)
        scatter(run, &t->scatters[s], row, n, jacobian, stride);
}
