#include "expr/program.h"

#include "expr/build.h"

#include <stdlib.h>
#include <string.h>

/* ---- data, once per table ---- */

static fsc_status compute_columns(fsci_program *program, const fsci_tape *t, void *scratch,
                                  fsc_error *err)
{
    fsci_run run = fsci_run_begin(t, scratch, NULL, false);
    for (size_t row = 0; row < program->n_rows; row += t->block) {
        size_t n = program->n_rows - row < t->block ? program->n_rows - row : t->block;
        fsci_run_block(&run, NULL, NULL, row, n, false);
        FSCI_TRY(fsci_domain_check(program, &run, row, n, err));
        for (size_t k = 0; k < program->main->n_of[FSCI_SLOT_COLUMN]; k++)
            memcpy(program->columns[k] + row, run.operands[t->slot_of[program->main->column[k]]].at,
                   n * sizeof(double));
    }
    return FSC_OK;
}

static fsc_status prepare(fsci_program *program, fsc_error *err)
{
    fsci_arena *arena = program->graph->arena;
    const fsci_tape *main = program->main;
    size_t n_columns = main->n_of[FSCI_SLOT_COLUMN];
    program->columns = FSCI_NEW(arena, double *, n_columns);
    program->asked = FSCI_NEW(arena, bool, program->graph->n_vertices);
    if (!program->columns || !program->asked)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < n_columns; k++)
        if (!(program->columns[k] = FSCI_NEW(arena, double, program->n_rows + FSCI_LANES)))
            return fsci_fail_memory(err);
    if (!n_columns)
        return FSC_OK;
    program->data = fsci_tape_new(program->graph, FSCI_ROLE_DATA, main->column, n_columns, 0);
    void *scratch =
        program->data ? aligned_alloc(64, fsci_tape_scratch_bytes(program->data) + 64) : NULL;
    if (!scratch)
        return fsci_fail_memory(err);
    fsc_status status = compute_columns(program, program->data, scratch, err);
    free(scratch);
    return status;
}

fsc_status fsci_program_new(fsci_arena *arena, const fsci_formula *origin,
                            const fsci_node *const *roots, size_t n_roots, const fsci_scope *scope,
                            fsci_program **program, fsc_error *err)
{
    fsci_program *p = FSCI_NEW(arena, fsci_program, 1);
    fsci_graph *g = p ? fsci_graph_new(arena, scope->n_rows) : NULL;
    fsci_vertex_id *vertices = FSCI_NEW(arena, fsci_vertex_id, n_roots);
    if (!g || !vertices)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_graph_build(g, origin, roots, n_roots, scope, vertices, err));
    *p = (fsci_program){
        .graph = g,
        .origin = origin,
        .roots = vertices,
        .n_roots = n_roots,
        .n_rows = scope->n_rows,
        .outside = scope->outside,
        .main = fsci_tape_new(g, FSCI_ROLE_MAIN, vertices, n_roots, scope->n_parameters)};
    if (!p->main)
        return fsci_fail_memory(err);
    FSCI_TRY(prepare(p, err));
    *program = p;
    return FSC_OK;
}

/* ---- evaluation ---- */

size_t fsci_program_scratch_bytes(const fsci_program *program)
{
    return fsci_tape_scratch_bytes(program->main);
}

static void copy_root(const fsci_program *program, const fsci_run *run, size_t root, size_t n,
                      double *out)
{
    fsci_operand value = run->operands[run->tape->slot_of[program->roots[root]]];
    if (value.mask)
        memcpy(out, value.at, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = *value.at;
}

void fsci_program_values(const fsci_program *program, void *scratch, const double *theta,
                         size_t begin, size_t end, double *values, size_t stride)
{
    const fsci_tape *t = program->main;
    fsci_run run = fsci_run_begin(t, scratch, theta, false);
    for (size_t row = begin; row < end; row += t->block) {
        size_t n = end - row < t->block ? end - row : t->block;
        fsci_run_block(&run, program->columns, theta, row, n, false);
        for (size_t root = 0; root < program->n_roots; root++)
            copy_root(program, &run, root, n, values + root * stride + (row - begin));
    }
}

void fsci_program_jacobian(const fsci_program *program, void *scratch, const double *theta,
                           size_t begin, size_t end, double *values, double *jacobian,
                           size_t stride)
{
    const fsci_tape *t = program->main;
    fsci_run run = fsci_run_begin(t, scratch, theta, true);
    fsci_run_gradients(&run);
    for (size_t row = begin; row < end; row += t->block) {
        size_t n = end - row < t->block ? end - row : t->block;
        fsci_run_block(&run, program->columns, theta, row, n, true);
        copy_root(program, &run, 0, n, values + (row - begin));
        fsci_run_reverse(&run, row, n, jacobian + (row - begin), stride);
    }
}
