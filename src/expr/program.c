#include "expr/program.h"

#include "expr/build.h"

#include <stdlib.h>
#include <string.h>

/* ---- data, once per table ---- */

static fsci_matrix from_row(fsci_matrix matrix, size_t row)
{
    return (fsci_matrix){matrix.at ? matrix.at + row : NULL, matrix.stride};
}

static fsc_status compute_columns(const fsci_program *program, void *scratch, fsc_error *err)
{
    const fsci_tape *t = program->data;
    fsci_run run = fsci_run_begin(t, scratch, NULL, false);
    for (size_t row = 0; row < program->n_rows; row += t->block) {
        size_t n = program->n_rows - row < t->block ? program->n_rows - row : t->block;
        fsci_window window = {.row = row, .n = n, .values = from_row(program->columns, row)};
        fsci_run_block(&run, &window);
        FSCI_TRY(fsci_domain_check(program, &run, row, n, err));
    }
    return FSC_OK;
}

static fsc_status prepare(fsci_program *program, fsc_error *err)
{
    fsci_arena *arena = program->graph->arena;
    const fsci_tape *main = program->main;
    size_t n_columns = main->n_of[FSCI_SLOT_COLUMN], stride = program->n_rows + FSCI_LANES;
    if (!n_columns)
        return FSC_OK;
    program->columns = (fsci_matrix){fsci_alloc(arena, n_columns, stride * sizeof(double)), stride};
    program->asked = FSCI_NEW(arena, bool, program->graph->n_vertices);
    program->data = fsci_tape_new(program->graph, FSCI_ROLE_DATA, main->column, n_columns, 0, NULL);
    if (!program->columns.at || !program->asked || !program->data)
        return fsci_fail_memory(err);
    void *scratch = aligned_alloc(64, fsci_tape_scratch_bytes(program->data));
    if (!scratch)
        return fsci_fail_memory(err);
    fsc_status status = compute_columns(program, scratch, err);
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
    fsci_scope own = *scope; /* the graph points at symbols for as long as the program lives */
    own.symbols = fsci_copy_array(arena, scope->symbols, scope->n_symbols, sizeof *own.symbols);
    if (!g || !vertices || !own.symbols)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_graph_build(g, origin, roots, n_roots, &own, vertices, err));
    *p = (fsci_program){.graph = g,
                        .origin = origin,
                        .roots = vertices,
                        .n_roots = n_roots,
                        .n_rows = scope->n_rows,
                        .outside = scope->outside,
                        .main = fsci_tape_new(g, FSCI_ROLE_MAIN, vertices, n_roots,
                                              scope->n_parameters, scope->wanted)};
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

size_t fsci_program_steps(const fsci_program *program)
{
    return program->main->n_block_steps;
}

/* Rows [begin, end) block by block. What is left over below a whole number of lanes is done once
 * more together with the rows before it, which gives the same bits; a table that is shorter than
 * that is done in the scratch. */
static void evaluate(const fsci_program *program, const fsci_run *run, size_t begin, size_t end,
                     fsci_matrix values, fsci_matrix jacobian)
{
    size_t n, block = program->main->block;
    for (size_t row = begin; row < end; row += n) {
        n = end - row < block ? end - row : block;
        if (n >= FSCI_LANES)
            n -= n % FSCI_LANES;
        else
            row = end - (n = FSCI_LANES);
        fsci_window window = {.row = row,
                              .n = n,
                              .columns = from_row(program->columns, row),
                              .values = from_row(values, row - begin),
                              .jacobian = from_row(jacobian, row - begin)};
        fsci_run_block(run, &window);
        if (jacobian.at)
            fsci_run_reverse(run, &window);
    }
}

static void copy_few(fsci_matrix from, size_t columns, size_t n, fsci_matrix to)
{
    for (size_t k = 0; k < columns; k++)
        memcpy(to.at + k * to.stride, from.at + k * from.stride, n * sizeof(double));
}

static void evaluate_few(const fsci_program *program, const fsci_run *run, size_t begin, size_t n,
                         fsci_matrix values, fsci_matrix jacobian)
{
    const fsci_tape *t = program->main;
    size_t n_roots = run->first_only ? 1 : t->n_roots;
    fsci_window window = {.row = begin,
                          .n = n,
                          .columns = from_row(program->columns, begin),
                          .values = {run->few, FSCI_LANES},
                          .jacobian = {run->few + t->n_roots * FSCI_LANES, FSCI_LANES}};
    fsci_run_block(run, &window);
    copy_few(window.values, n_roots, n, values);
    if (!jacobian.at)
        return;
    fsci_run_reverse(run, &window);
    copy_few(window.jacobian, t->n_parameters, n, jacobian);
}

static void run_rows(const fsci_program *program, const fsci_run *run, size_t begin, size_t end,
                     fsci_matrix values, fsci_matrix jacobian)
{
    if (end - begin >= FSCI_LANES)
        evaluate(program, run, begin, end, values, jacobian);
    else if (end > begin)
        evaluate_few(program, run, begin, end - begin, values, jacobian);
}

void fsci_program_values(const fsci_program *program, void *scratch, const double *theta,
                         size_t begin, size_t end, double *values, size_t stride)
{
    fsci_run run = fsci_run_begin(program->main, scratch, theta, false);
    run_rows(program, &run, begin, end, (fsci_matrix){values, stride}, (fsci_matrix){NULL, 0});
}

void fsci_program_jacobian(const fsci_program *program, void *scratch, const double *theta,
                           size_t begin, size_t end, double *values, double *jacobian,
                           size_t stride)
{
    fsci_run run = fsci_run_begin(program->main, scratch, theta, true);
    fsci_run_gradients(&run);
    run_rows(program, &run, begin, end, (fsci_matrix){values, stride},
             (fsci_matrix){jacobian, stride});
}
