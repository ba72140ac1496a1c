/* second: second derivatives of root 0, forward over reverse (Griewank and Walther 2008, Evaluating
 * Derivatives, 2nd ed., chapter 5). Over a block of rows, adjoints run down from the root once,
 * from seeds that are the rows' weights; then for each direction tangents run up, and the tangents
 * of the adjoints run down (flow.h). Within blocks the directions are the *inputs* of the rows: the
 * scalars made of parameters that rows use, z, and the parameters by level. A whole group of levels
 * is one direction, since no row sees two of them. What the scalars are made of comes in at the
 * end, once for all rows:
 *
 *   d2f/dtheta2 = (dz/dtheta)' (d2f/dz2) (dz/dtheta) + sum_z (df/dz) d2z/dtheta2
 */
#include "expr/flow.h"
#include "expr/program.h"

#include <math.h>
#include <string.h>

/* Rows at a time at most: three arrays a vertex, which should stay in a second-level cache. */
enum { SECOND_BLOCK = 128 };

typedef struct second {
    fsci_run run;
    const fsci_tape *t;
    const fsci_graph *g;
    fsci_flows flows;
    double *weight, *values; /* [rows of a block], [n_roots * rows of a block] */

    fsci_vertex_id *scalars, *groups; /* the inputs of rows */
    size_t n_scalars, n_groups;
    double *slopes;   /* [n_scalars * n_thetas] dz/dtheta */
    double *gradient; /* [n_scalars] df/dz */
    double *curve;    /* [n_scalars^2] d2f/dz2 */
    double *product;  /* [n_scalars * n_thetas] of curve and slopes */
    double *by_level; /* [n_parameters * n_scalars] d2f by a parameter by level, and a scalar */
} second;

/* Where the results go; what is NULL is not wanted. */
typedef struct sums {
    double *gradient, *hessian;
    const double *direction;
    double *product; /* hessian * direction */
} sums;

/* ---- memory ---- */

static void *take(unsigned char *scratch, size_t *bytes, size_t count, size_t size)
{
    void *at = scratch ? scratch + *bytes : NULL;
    *bytes += (count * size + 63) & ~(size_t)63;
    return at;
}

/* Vertices of root 0 that vary, and room for the inputs of rows among them. */
static size_t count_varying(const fsci_tape *t)
{
    return t->n_thetas + t->n_scalar_steps_0 + t->n_block_steps_0;
}

/* Shares out the scratch behind that of the tape; with scratch NULL only counts its bytes. */
static size_t share_out(const fsci_tape *t, unsigned char *scratch, second *s)
{
    size_t n = t->graph->n_vertices, bytes = fsci_tape_scratch_bytes(t);
    size_t n_varying = count_varying(t), n_scalars = t->n_thetas + t->n_scalar_steps_0;
    s->t = t;
    s->g = t->graph;
    s->flows.room = t->block < SECOND_BLOCK ? t->block : SECOND_BLOCK;
    for (int k = 0; k < FSCI_FLOWS; k++)
        s->flows.at[k] = take(scratch, &bytes, n, sizeof *s->flows.at[k]);
    s->flows.array = take(scratch, &bytes, n, sizeof *s->flows.array);
    double *arrays = take(scratch, &bytes, FSCI_FLOWS * n_varying * s->flows.room, sizeof *arrays);
    for (int k = 0; k < 2; k++)
        s->flows.spare[k] = take(scratch, &bytes, s->flows.room, sizeof(double));
    s->weight = take(scratch, &bytes, s->flows.room, sizeof(double));
    s->values = take(scratch, &bytes, t->n_roots * s->flows.room, sizeof(double));
    s->scalars = take(scratch, &bytes, n_scalars, sizeof *s->scalars);
    s->groups = take(scratch, &bytes, t->n_block_steps_0, sizeof *s->groups);
    s->slopes = take(scratch, &bytes, n_scalars * t->n_thetas, sizeof(double));
    s->gradient = take(scratch, &bytes, n_scalars, sizeof(double));
    s->curve = take(scratch, &bytes, n_scalars * n_scalars, sizeof(double));
    s->product = take(scratch, &bytes, n_scalars * t->n_thetas, sizeof(double));
    s->by_level = take(scratch, &bytes, t->n_parameters * n_scalars, sizeof(double));
    if (scratch)
        s->flows.array[0] = arrays;
    return bytes;
}

static void give_array(second *s, fsci_vertex_id id, double **next)
{
    s->flows.array[id] = *next;
    *next += FSCI_FLOWS * s->flows.room;
}

static void add_input(second *s, fsci_vertex_id id)
{
    for (size_t k = 0; k < s->n_scalars; k++)
        if (s->scalars[k] == id)
            return;
    s->scalars[s->n_scalars++] = id;
}

/* Arrays for what varies, and which of it rows take as it is. */
static void find_inputs(second *s)
{
    const fsci_tape *t = s->t;
    double *next = s->flows.array[0];
    memset(s->flows.array, 0, s->g->n_vertices * sizeof *s->flows.array);
    for (size_t k = 0; k < t->n_thetas; k++)
        give_array(s, t->thetas[k], &next);
    for (size_t k = 0; k < t->n_scalar_steps_0; k++)
        give_array(s, t->scalar_steps[k].vertex, &next);
    for (size_t k = 0; k < t->n_block_steps_0; k++) {
        fsci_vertex_id id = t->block_steps[k].vertex;
        const fsci_vertex *v = &s->g->vertices[id];
        if (!(v->class & FSCI_CLASS_PARAMETER))
            continue;
        give_array(s, id, &next);
        if (v->op == FSCI_OP_GROUP)
            s->groups[s->n_groups++] = id;
        for (uint32_t a = 0; a < v->n_args; a++) {
            fsci_vertex_id arg = fsci_graph_arg(s->g, id, a);
            if (arg && s->g->vertices[arg].class == FSCI_CLASS_PARAMETER)
                add_input(s, arg);
        }
    }
    if (s->g->vertices[t->roots[0]].class == FSCI_CLASS_PARAMETER)
        add_input(s, t->roots[0]);
}

static void find_slopes(second *s)
{
    const fsci_tape *t = s->t;
    for (size_t z = 0; z < s->n_scalars; z++) {
        double *row = s->slopes + z * t->n_thetas;
        for (size_t k = 0; k < t->n_thetas; k++)
            row[k] = t->thetas[k] == s->scalars[z];
        for (size_t k = 0; k < t->n_scalar_steps_0; k++) /* gradient rows are in their order */
            if (t->scalar_steps[k].vertex == s->scalars[z])
                memcpy(row, s->run.gradients + k * t->n_thetas, t->n_thetas * sizeof *row);
    }
}

/* What does not flow leaves no trace, whatever the slope. */
static double along(double moves, double slope)
{
    return moves != 0 ? moves * slope : 0;
}

static size_t parameter(const second *s, size_t entry)
{
    return s->g->vertices[s->t->thetas[entry]].symbol->first;
}

static void begin(const fsci_program *program, void *scratch, const double *theta, second *s)
{
    const fsci_tape *t = program->main;
    *s = (second){.n_scalars = 0};
    share_out(t, scratch, s);
    s->run = fsci_run_begin(t, scratch, theta, true);
    s->flows.run = &s->run;
    s->flows.graph = t->graph;
    fsci_run_gradients(&s->run);
    find_inputs(s);
    find_slopes(s);
    memset(s->gradient, 0, s->n_scalars * sizeof *s->gradient);
    memset(s->curve, 0, s->n_scalars * s->n_scalars * sizeof *s->curve);
    memset(s->by_level, 0, t->n_parameters * s->n_scalars * sizeof *s->by_level);
}

/* ---- one block ---- */

static double total(const second *s, fsci_operand x)
{
    double lane[FSCI_LANES] = {0};
    if (!x.at)
        return 0;
    for (size_t i = 0; i < s->flows.n; i += FSCI_LANES)
        for (size_t l = 0; l < FSCI_LANES; l++)
            lane[l] += x.at[(i + l) & x.mask];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* Index of the parameter that row i sees of a group; SIZE_MAX where its level is missing. */
static size_t level_of(const fsci_vertex *group, size_t row)
{
    uint32_t code = group->codes->codes[row];
    return code == FSCI_NO_CODE ? SIZE_MAX : group->symbol->first + code;
}

/* to[level * stride] += x over the rows of a block. */
static void add_by_level(const fsci_vertex *group, const fsci_window *w, fsci_operand x, double *to,
                         size_t stride)
{
    for (size_t i = 0; x.at && i < w->n; i++) {
        size_t level = level_of(group, w->row + i);
        if (level != SIZE_MAX)
            to[level * stride] += x.at[i & x.mask];
    }
}

static void add_by_levels(const fsci_vertex *group, const fsci_vertex *other, const fsci_window *w,
                          fsci_operand x, double *hessian, size_t p)
{
    for (size_t i = 0; x.at && i < w->n; i++) {
        size_t a = level_of(group, w->row + i), b = level_of(other, w->row + i);
        if (a == SIZE_MAX || b == SIZE_MAX)
            continue;
        hessian[a * p + b] += x.at[i & x.mask];
        if (group != other)
            hessian[b * p + a] += x.at[i & x.mask];
    }
}

static void find_adjoints(const second *s, const fsci_window *w, const double *weight, sums *to)
{
    const fsci_tape *t = s->t;
    for (size_t i = 0; i < s->flows.n; i++)
        s->weight[i] = i >= w->n ? 0 : weight ? weight[i] : 1;
    fsci_flow_clear(&s->flows, FSCI_ADJOINT);
    s->flows.at[FSCI_ADJOINT][t->roots[0]] = (fsci_operand){s->weight, SIZE_MAX};
    fsci_flow_pull(&s->flows, t->block_steps, t->n_block_steps_0);
    for (size_t z = 0; z < s->n_scalars; z++)
        s->gradient[z] += total(s, s->flows.at[FSCI_ADJOINT][s->scalars[z]]);
    for (size_t k = 0; to->gradient && k < s->n_groups; k++)
        add_by_level(&s->g->vertices[s->groups[k]], w, s->flows.at[FSCI_ADJOINT][s->groups[k]],
                     to->gradient, 1);
}

/* Tangents that are set, up and down once. */
static void sweep(const second *s, const fsci_step *steps, size_t n_steps)
{
    fsci_flow_clear(&s->flows, FSCI_SECOND);
    fsci_flow_push(&s->flows, steps, n_steps);
    fsci_flow_bend(&s->flows, steps, n_steps);
}

/* A row of d2f by the inputs, for each of them; the matrix is symmetric. */
static void find_curves(const second *s, const fsci_window *w, sums *to)
{
    const fsci_tape *t = s->t;
    size_t p = t->n_parameters;
    for (size_t d = 0; d < s->n_scalars + s->n_groups; d++) {
        bool scalar = d < s->n_scalars;
        fsci_vertex_id input = scalar ? s->scalars[d] : s->groups[d - s->n_scalars];
        const fsci_vertex *group = &s->g->vertices[input];
        fsci_flow_clear(&s->flows, FSCI_TANGENT);
        s->flows.at[FSCI_TANGENT][input] = s->run.operands[FSCI_SLOT_ONE];
        sweep(s, t->block_steps, t->n_block_steps_0);
        for (size_t z = 0; z < s->n_scalars && (z <= d || !scalar); z++) {
            fsci_operand x = s->flows.at[FSCI_SECOND][s->scalars[z]];
            if (scalar)
                s->curve[d * s->n_scalars + z] += total(s, x);
            else
                add_by_level(group, w, x, s->by_level + z, s->n_scalars);
        }
        for (size_t k = 0; !scalar && k <= d - s->n_scalars; k++)
            add_by_levels(group, &s->g->vertices[s->groups[k]], w,
                          s->flows.at[FSCI_SECOND][s->groups[k]], to->hessian, p);
    }
}

/* One direction: the inputs move as the parameters do. */
static void find_product(const second *s, const fsci_window *w, sums *to)
{
    const fsci_tape *t = s->t;
    fsci_flow_clear(&s->flows, FSCI_TANGENT);
    for (size_t z = 0; z < s->n_scalars; z++) {
        double *at = fsci_flow_array(&s->flows, FSCI_TANGENT, s->scalars[z]), moves = 0;
        for (size_t k = 0; k < t->n_thetas; k++)
            moves += along(to->direction[parameter(s, k)], s->slopes[z * t->n_thetas + k]);
        for (int lane = 0; lane < FSCI_LANES; lane++)
            at[lane] = moves;
        s->flows.at[FSCI_TANGENT][s->scalars[z]] = (fsci_operand){at, 0};
    }
    for (size_t k = 0; k < s->n_groups; k++) {
        const fsci_vertex *group = &s->g->vertices[s->groups[k]];
        double *at = fsci_flow_array(&s->flows, FSCI_TANGENT, s->groups[k]);
        for (size_t i = 0; i < s->flows.n; i++) {
            size_t level = i < w->n ? level_of(group, w->row + i) : SIZE_MAX;
            at[i] = level == SIZE_MAX ? 0 : to->direction[level];
        }
        s->flows.at[FSCI_TANGENT][s->groups[k]] = (fsci_operand){at, SIZE_MAX};
    }
    sweep(s, t->block_steps, t->n_block_steps_0);
    for (size_t z = 0; z < s->n_scalars; z++)
        s->curve[z] += total(s, s->flows.at[FSCI_SECOND][s->scalars[z]]);
    for (size_t k = 0; k < s->n_groups; k++)
        add_by_level(&s->g->vertices[s->groups[k]], w, s->flows.at[FSCI_SECOND][s->groups[k]],
                     to->product, 1);
}

/* ---- what the scalars are made of ---- */

static void finish_gradient(const second *s, sums *to)
{
    for (size_t z = 0; z < s->n_scalars; z++)
        for (size_t k = 0; k < s->t->n_thetas; k++)
            to->gradient[parameter(s, k)] +=
                along(s->gradient[z], s->slopes[z * s->t->n_thetas + k]);
}

/* (dz/dtheta)' (d2f/dz2) (dz/dtheta), and the same for what is by level. */
static void finish_curves(const second *s, sums *to)
{
    size_t n = s->n_scalars, m = s->t->n_thetas, p = s->t->n_parameters;
    for (size_t a = 0; a < n; a++)
        for (size_t k = 0; k < m; k++) {
            double sum = 0;
            for (size_t b = 0; b < n; b++)
                sum += along(s->curve[a >= b ? a * n + b : b * n + a], s->slopes[b * m + k]);
            s->product[a * m + k] = sum;
        }
    for (size_t k = 0; k < m; k++)
        for (size_t l = 0; l < m; l++)
            for (size_t a = 0; a < n; a++)
                to->hessian[parameter(s, k) * p + parameter(s, l)] +=
                    along(s->product[a * m + l], s->slopes[a * m + k]);
    for (size_t level = 0; s->n_groups && level < p; level++)
        for (size_t k = 0; k < m; k++) {
            double sum = 0;
            for (size_t a = 0; a < n; a++)
                sum += along(s->by_level[level * n + a], s->slopes[a * m + k]);
            to->hessian[level * p + parameter(s, k)] += sum;
            to->hessian[parameter(s, k) * p + level] += sum;
        }
}

/* sum_z (df/dz) d2z/dtheta2 along the tangents that are set at the parameters; out[entry]. */
static void bend_scalars(second *s, double *out)
{
    const fsci_tape *t = s->t;
    s->flows.n = FSCI_LANES;
    sweep(s, t->scalar_steps, t->n_scalar_steps_0);
    for (size_t k = 0; k < t->n_thetas; k++)
        out[k] = s->flows.at[FSCI_SECOND][t->thetas[k]].at
                     ? *s->flows.at[FSCI_SECOND][t->thetas[k]].at
                     : 0;
}

/* The slopes of f by the inputs, as adjoints of the scalars. */
static void seed_scalars(second *s)
{
    s->flows.n = FSCI_LANES;
    fsci_flow_clear(&s->flows, FSCI_ADJOINT);
    fsci_flow_clear(&s->flows, FSCI_TANGENT);
    for (size_t z = 0; z < s->n_scalars; z++) {
        double *at = fsci_flow_array(&s->flows, FSCI_ADJOINT, s->scalars[z]);
        for (int lane = 0; lane < FSCI_LANES; lane++)
            at[lane] = s->gradient[z];
        s->flows.at[FSCI_ADJOINT][s->scalars[z]] = (fsci_operand){at, SIZE_MAX};
    }
    fsci_flow_pull(&s->flows, s->t->scalar_steps, s->t->n_scalar_steps_0);
}

static void finish_hessian(second *s, sums *to)
{
    const fsci_tape *t = s->t;
    double *column = s->product;
    finish_curves(s, to);
    seed_scalars(s);
    for (size_t k = 0; t->n_scalar_steps_0 && s->n_scalars && k < t->n_thetas; k++) {
        fsci_flow_clear(&s->flows, FSCI_TANGENT);
        s->flows.at[FSCI_TANGENT][t->thetas[k]] = s->run.operands[FSCI_SLOT_ONE];
        bend_scalars(s, column);
        for (size_t l = 0; l < t->n_thetas; l++)
            to->hessian[parameter(s, l) * t->n_parameters + parameter(s, k)] += column[l];
    }
}

static void finish_product(second *s, sums *to)
{
    const fsci_tape *t = s->t;
    double *column = s->product;
    for (size_t z = 0; z < s->n_scalars; z++)
        for (size_t k = 0; k < t->n_thetas; k++)
            to->product[parameter(s, k)] += along(s->curve[z], s->slopes[z * t->n_thetas + k]);
    if (!s->n_scalars || !t->n_scalar_steps_0)
        return;
    seed_scalars(s);
    for (size_t k = 0; k < t->n_thetas; k++) {
        double *at = fsci_flow_array(&s->flows, FSCI_TANGENT, t->thetas[k]);
        for (int lane = 0; lane < FSCI_LANES; lane++)
            at[lane] = to->direction[parameter(s, k)];
        s->flows.at[FSCI_TANGENT][t->thetas[k]] = (fsci_operand){at, SIZE_MAX};
    }
    bend_scalars(s, column);
    for (size_t k = 0; k < t->n_thetas; k++)
        to->product[parameter(s, k)] += column[k];
}

/* ---- the whole ---- */

static void run_rows(const fsci_program *program, second *s, size_t begin, size_t end,
                     const double *weight, double *values, sums *to)
{
    for (size_t row = begin; row < end; row += s->flows.room) {
        size_t n = end - row < s->flows.room ? end - row : s->flows.room;
        const fsci_matrix columns = program->columns;
        fsci_window window = {.row = row,
                              .n = n,
                              .columns = {columns.at ? columns.at + row : NULL, columns.stride},
                              .values = {s->values, s->flows.room}};
        s->flows.n = (n + FSCI_LANES - 1) / FSCI_LANES * FSCI_LANES;
        fsci_run_block(&s->run, &window);
        memcpy(values + (row - begin), s->values, n * sizeof *values);
        find_adjoints(s, &window, weight ? weight + (row - begin) : NULL, to);
        if (to->hessian)
            find_curves(s, &window, to);
        if (to->product)
            find_product(s, &window, to);
    }
}

size_t fsci_program_second_bytes(const fsci_program *program)
{
    second s = {.n_scalars = 0};
    return share_out(program->main, NULL, &s);
}

void fsci_program_hessian(const fsci_program *program, void *scratch, const double *theta,
                          size_t begin_row, size_t end, const double *weight, double *values,
                          double *gradient, double *hessian)
{
    size_t p = program->main->n_parameters;
    sums to = {.gradient = gradient, .hessian = hessian};
    second s;
    begin(program, scratch, theta, &s);
    memset(gradient, 0, p * sizeof *gradient);
    memset(hessian, 0, p * p * sizeof *hessian);
    run_rows(program, &s, begin_row, end, weight, values, &to);
    finish_gradient(&s, &to);
    finish_hessian(&s, &to);
}

void fsci_program_hessian_times(const fsci_program *program, void *scratch, const double *theta,
                                size_t begin_row, size_t end, const double *weight,
                                const double *direction, double *values, double *product)
{
    sums to = {.direction = direction, .product = product};
    second s;
    begin(program, scratch, theta, &s);
    memset(product, 0, program->main->n_parameters * sizeof *product);
    run_rows(program, &s, begin_row, end, weight, values, &to);
    finish_product(&s, &to);
}
