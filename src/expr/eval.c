/* eval: runs a tape. Nothing is allocated and nothing outlives a call: all state is in the scratch.
 */
#include "expr/tape.h"

#include <math.h>
#include <string.h>

/* ---- scratch ---- */

/* Offsets of the parts of the scratch, each on a cache line of its own. */
typedef struct parts {
    size_t operands, terms, gradients, few, scalars, blocks, bytes;
} parts;

static size_t take(size_t *bytes, size_t count, size_t size)
{
    size_t at = *bytes;
    *bytes += (count * size + 63) & ~(size_t)63;
    return at;
}

static parts share_out(const fsci_tape *t)
{
    parts p = {.bytes = 0};
    p.operands = take(&p.bytes, t->n_slots, sizeof(fsci_operand));
    p.terms = take(&p.bytes, t->most_terms, sizeof(fsci_term));
    p.gradients = take(&p.bytes, t->n_gradients * t->n_thetas, sizeof(double));
    p.few = take(&p.bytes, (t->n_roots + t->n_parameters) * FSCI_LANES, sizeof(double));
    p.scalars = take(&p.bytes, t->n_of[FSCI_SLOT_SCALAR] * FSCI_LANES, sizeof(double));
    p.blocks = take(&p.bytes, t->n_of[FSCI_SLOT_BLOCK] * t->block, sizeof(double));
    return p;
}

size_t fsci_tape_scratch_bytes(const fsci_tape *t)
{
    return share_out(t).bytes;
}

/* Points every slot that does not move at its place. */
static fsci_run begin(const fsci_tape *t, unsigned char *scratch)
{
    parts p = share_out(t);
    fsci_run run = {.tape = t,
                    .operands = (void *)(scratch + p.operands),
                    .terms = (void *)(scratch + p.terms),
                    .gradients = (void *)(scratch + p.gradients),
                    .few = (void *)(scratch + p.few)};
    double *scalars = (void *)(scratch + p.scalars), *blocks = (void *)(scratch + p.blocks);
    for (size_t s = 0; s < t->n_slots; s++) {
        size_t index = t->slots[s].index;
        switch (t->slots[s].kind) {
        case FSCI_SLOT_CONSTANT:
            run.operands[s] = (fsci_operand){t->constants + index * FSCI_LANES, 0};
            break;
        case FSCI_SLOT_SCALAR:
            run.operands[s] = (fsci_operand){scalars + index * FSCI_LANES, 0};
            break;
        case FSCI_SLOT_BLOCK:
            run.operands[s] = (fsci_operand){blocks + index * t->block, SIZE_MAX};
            break;
        default:
            run.operands[s] = (fsci_operand){NULL, SIZE_MAX};
        }
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
size_t fsci_run_terms(const fsci_run *run, const fsci_step *step)
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

void fsci_run_operands(const fsci_run *run, const fsci_step *step, fsci_operand in[3])
{
    for (uint32_t k = 0; k < step->n_in; k++)
        in[k] = run->operands[run->tape->inputs[step->first + k]];
}

static void run_step(const fsci_run *run, const fsci_step *step, size_t n)
{
    const fsci_tape *t = run->tape;
    double *out = run->operands[step->out].at;
    if (step->op == FSCI_OP_LOGSUM) {
        size_t n_terms = fsci_run_terms(run, step);
        t->kernels->logsum(out, run->operands[t->inputs[step->first]].at, run->terms, n_terms, n);
        return;
    }
    fsci_operand in[3];
    fsci_run_operands(run, step, in);
    t->kernels->value[step->op](out, in, n);
}

fsci_run fsci_run_begin(const fsci_tape *t, void *scratch, const double *theta, bool first_only)
{
    fsci_run run = begin(t, scratch);
    run.theta = theta;
    run.first_only = first_only;
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

static size_t whole_lanes(size_t n)
{
    return (n + FSCI_LANES - 1) / FSCI_LANES * FSCI_LANES;
}

static void point_at_rows(const fsci_run *run, const fsci_window *w)
{
    const fsci_tape *t = run->tape;
    for (size_t m = 0; m < t->n_moving; m++) {
        fsci_slot slot = t->slots[t->moving[m]];
        const fsci_matrix *matrix = slot.kind == FSCI_SLOT_COLUMN  ? &w->columns
                                    : slot.kind == FSCI_SLOT_VALUE ? &w->values
                                                                   : &w->jacobian;
        run->operands[t->moving[m]].at =
            matrix->at ? matrix->at + slot.index * matrix->stride : NULL;
    }
}

/* A root whose value is there already, or is the same for all rows. */
static void copy_root(const fsci_run *run, const fsci_window *w, size_t root)
{
    const fsci_tape *t = run->tape;
    fsci_slot_id slot = t->slot_of[t->roots[root]];
    fsci_operand value = run->operands[slot];
    double *out = w->values.at + root * w->values.stride;
    if (t->slots[slot].kind == FSCI_SLOT_VALUE && t->slots[slot].index == root)
        return;
    for (size_t i = 0; i < w->n; i++)
        out[i] = value.at[i & value.mask];
}

void fsci_run_block(const fsci_run *run, const fsci_window *w)
{
    const fsci_tape *t = run->tape;
    size_t n_steps = run->first_only ? t->n_block_steps_0 : t->n_block_steps;
    size_t n_roots = run->first_only ? 1 : t->n_roots;
    point_at_rows(run, w);
    for (size_t s = 0; s < n_steps; s++) {
        const fsci_step *step = &t->block_steps[s];
        if (step->op >= FSCI_OPERATION_COUNT)
            load_leaf(&t->graph->vertices[step->vertex], run->theta, w->row, w->n,
                      run->operands[step->out].at);
        else
            run_step(run, step, whole_lanes(w->n));
    }
    for (size_t root = 0; root < n_roots; root++)
        copy_root(run, w, root);
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
    fsci_run_terms(run, step);
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
    fsci_run_operands(run, step, in);
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
    memset(run->gradients, 0, t->n_gradients * p * sizeof(double));
    for (size_t g = 0; g < t->n_gradient_steps; g++) {
        const fsci_gradient_step *step = &t->gradient_steps[g];
        double *row = run->gradients + step->row * p, slope = *run->operands[step->slope].at;
        if (step->from_row < 0)
            row[step->from] += slope;
        else
            for (size_t j = 0; j < p; j++)
                row[j] += run->gradients[(size_t)step->from_row * p + j] * slope;
    }
}

static void scatter(const fsci_run *run, const fsci_scatter *s, const fsci_window *w)
{
    fsci_operand adjoint = run->operands[s->adjoint];
    for (size_t i = 0; i < w->n; i++) {
        uint32_t code = s->codes->codes[w->row + i];
        if (code != FSCI_NO_CODE)
            w->jacobian.at[(s->symbol->first + code) * w->jacobian.stride + i] +=
                adjoint.at[i & adjoint.mask];
    }
}

static void deliver(const fsci_run *run, const fsci_delivery *d, const fsci_window *w)
{
    const fsci_tape *t = run->tape;
    double *out = w->jacobian.at + d->parameter * w->jacobian.stride;
    double factor = d->row < 0 ? 1 : run->gradients[(size_t)d->row * t->n_thetas + d->entry];
    fsci_operand before = {out, SIZE_MAX};
    t->kernels->deliver(out, d->more ? before : run->operands[FSCI_SLOT_ZERO], factor,
                        run->operands[d->adjoint], whole_lanes(w->n));
}

void fsci_run_reverse(const fsci_run *run, const fsci_window *w)
{
    const fsci_tape *t = run->tape;
    for (size_t c = 0; c < t->n_block_chains; c++)
        run_chain(run, &t->block_steps[t->block_chains[c].step], &t->block_chains[c],
                  whole_lanes(w->n));
    for (size_t j = 0; j < t->n_untouched; j++)
        memset(w->jacobian.at + t->untouched[j] * w->jacobian.stride, 0, w->n * sizeof(double));
    for (size_t d = 0; d < t->n_deliveries; d++)
        deliver(run, &t->deliveries[d], w);
    for (size_t s = 0; s < t->n_scatters; s++)
        scatter(run, &t->scatters[s], w);
}
