#include "plan/blend.h"

#include "base/number.h"
#include "fit/points.h"

#include <math.h>
#include <string.h>

/* How far from 1 shares may add. */
static const double slack = 1e-6;

/* The first set of columns; NULL when the law has none. */
static const fsci_binding *shares_of(const fsci_mixture_part *part)
{
    const fsci_model *m = &part->fit->model;
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].set)
            return &m->bindings[i];
    return NULL;
}

static fsc_status check_laws(const fsci_mixture_input *in, fsc_error *err)
{
    for (size_t k = 0; k < in->n_parts; k++) {
        if (!in->parts[k].fit->model.prediction)
            return fsci_fail(
                err, FSC_EINPUT,
                "the law is not solved for its response, so nothing says which mixture "
                "has the least");
        if (!shares_of(&in->parts[k]))
            return fsci_fail(
                err, FSC_EINPUT,
                "the law has no set of columns, as r_j in sum_j(t_j*r_j), so it has no "
                "shares to choose");
    }
    return FSC_OK;
}

/* ---- domains ---- */

static double sum_at(const fsci_binding *b, size_t n, size_t row)
{
    double sum = 0;
    for (size_t m = 0; m < b->set->n; m++)
        sum += b->members[m * n + row];
    return sum;
}

/* Whether the columns are all domains (they add to 1) or leave one out. */
static fsc_status find_rest(const fsci_mixture_input *in, bool *rest, fsc_error *err)
{
    *rest = false;
    for (size_t k = 0; k < in->n_parts; k++) {
        const fsci_model *m = &in->parts[k].fit->model;
        const fsci_binding *b = shares_of(&in->parts[k]);
        for (size_t i = 0; i < m->n; i++) {
            double sum = sum_at(b, m->n, i);
            if (sum > 1 + slack || b->min < 0)
                return fsci_fail(
                    err, FSC_EINPUT,
                    "%s, line %lld: %s add to %s; they are no shares of one whole%s",
                    fsci_table_name(m->table), (long long)fsci_table_line(m->table, m->row[i]),
                    b->column, fsci_briefly(sum, 6).text,
                    fabs(sum - 100) < 1 ? "; percentages? divide them with --let" : "");
            *rest = *rest || sum < 1 - slack;
        }
    }
    return *rest || !in->rest
               ? FSC_OK
               : fsci_fail(
                     err, FSC_EUSAGE,
                     "--rest %s: the shares of %s add to 1 at every row, so no domain is left "
                     "out",
                     in->rest, shares_of(&in->parts[0])->column);
}

static fsc_status name_domains(fsci_blend *b, fsc_error *err)
{
    const fsci_mixture_input *in = b->input;
    const fsci_set *set = shares_of(&in->parts[0])->set;
    bool rest;
    FSCI_TRY(find_rest(in, &rest, err));
    b->n_set = set->n;
    b->n = set->n + rest;
    b->names = FSCI_NEW(b->arena, const char *, b->n);
    if (!b->names)
        return fsci_fail_memory(err);
    memcpy(b->names, set->names, set->n * sizeof *b->names);
    if (rest)
        b->names[set->n] = in->rest ? in->rest : "the rest";
    return FSC_OK;
}

static fsc_status apply(const fsci_blend *b, const char *option, const fsci_mixture_limit *limits,
                        size_t n, double *to, fsc_error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < b->n && strcmp(b->names[j], limits[i].name) != 0)
            j++;
        const char *near = fsci_nearest(limits[i].name, b->names, b->n);
        if (j == b->n)
            return fsci_fail(err, FSC_EUSAGE, "--%s: no domain '%s'%s%s%s (domains: %s)", option,
                             limits[i].name, near ? "; did you mean '" : "", near ? near : "",
                             near ? "'?" : "", fsci_join(b->arena, b->names, b->n, ", "));
        to[j] = limits[i].value;
    }
    return FSC_OK;
}

void fsci_blend_measured(const fsci_blend *b, size_t j, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t i = 0; i < b->n_measured; i++) {
        *lo = fmin(*lo, b->measured[i * b->n + j]);
        *hi = fmax(*hi, b->measured[i * b->n + j]);
    }
}

static fsc_status set_limits(fsci_blend *b, fsc_error *err)
{
    const fsci_mixture_input *in = b->input;
    double least = 0, most = 0;
    b->lo = FSCI_NEW(b->arena, double, b->n);
    b->hi = FSCI_NEW(b->arena, double, b->n);
    if (!b->lo || !b->hi)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < b->n; j++)
        b->hi[j] = 1;
    FSCI_TRY(apply(b, "floor", in->floors, in->n_floors, b->lo, err));
    FSCI_TRY(apply(b, "cap", in->caps, in->n_caps, b->hi, err));
    for (size_t j = 0; in->within && j < b->n; j++) {
        double from, to;
        fsci_blend_measured(b, j, &from, &to);
        b->lo[j] = fmax(b->lo[j], from);
        b->hi[j] = fmin(b->hi[j], to);
    }
    for (size_t j = 0; j < b->n; j++) {
        if (b->lo[j] > b->hi[j])
            return fsci_fail(err, FSC_EUSAGE, "%s: its floor %s is above its cap %s", b->names[j],
                             fsci_briefly(b->lo[j], 6).text, fsci_briefly(b->hi[j], 6).text);
        least += b->lo[j];
        most += b->hi[j];
    }
    if (least > 1 + slack || most < 1 - slack)
        return fsci_fail(err, FSC_EUSAGE, "the %s add to %s, so no mixture meets them",
                         least > 1 ? "floors" : "caps",
                         fsci_briefly(least > 1 ? least : most, 6).text);
    return FSC_OK;
}

/* ---- rows ---- */

static fsc_status read_measured(fsci_blend *b, fsc_error *err)
{
    const fsci_mixture_part *first = &b->input->parts[0];
    const fsci_model *m = &first->fit->model;
    const fsci_binding *shares = shares_of(first);
    int64_t *line = FSCI_NEW(b->arena, int64_t, m->n);
    b->measured = FSCI_NEW(b->arena, double, m->n * b->n);
    if (!b->measured || !line)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m->n; i++) {
        double *to = b->measured + i * b->n;
        for (size_t j = 0; j < b->n_set; j++)
            to[j] = shares->members[j * m->n + i];
        if (b->n > b->n_set)
            to[b->n_set] = fmax(1 - sum_at(shares, m->n, i), 0);
        line[i] = fsci_table_line(m->table, m->row[i]);
    }
    b->n_measured = m->n;
    b->line = line;
    return FSC_OK;
}

/* Refits draw rows by number: they draw the same mixtures where all tables list the same ones. */
static void find_draws(fsci_blend *b)
{
    const fsci_mixture_input *in = b->input;
    const fsci_binding *first = shares_of(&in->parts[0]);
    b->paired = true;
    b->n_draws = in->parts[0].fitted->n_resamples;
    for (size_t k = 1; k < in->n_parts; k++) {
        const fsci_model *m = &in->parts[k].fit->model;
        const fsci_binding *own = shares_of(&in->parts[k]);
        size_t n = in->parts[k].fitted->n_resamples;
        b->paired = b->paired && n == b->n_draws && m->n == b->n_measured &&
                    !memcmp(own->members, first->members, m->n * b->n_set * sizeof(double));
        b->n_draws = n < b->n_draws ? n : b->n_draws;
    }
}

/* ---- laws ---- */

static fsc_status compile(fsci_blend *b, size_t k, fsc_error *err)
{
    const fsci_fitted *f = b->input->parts[k].fitted;
    const fsci_binding *shares = shares_of(&b->input->parts[k]);
    const fsci_at nothing = {0}, *at = b->input->at ? b->input->at : &nothing;
    fsci_points given;
    FSCI_TRY(fsci_points_at(b->arena, f, at, &given, err));
    fsci_input_values *inputs = FSCI_NEW(b->arena, fsci_input_values, f->n_inputs + 1);
    size_t n = 0;
    if (!inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n_inputs; i++) {
        const fsci_input_values *found = NULL;
        for (size_t j = 0; j < given.n_inputs; j++)
            if (!strcmp(given.inputs[j].name, f->inputs[i]))
                found = &given.inputs[j];
        if (!found && strcmp(f->inputs[i], shares->symbol) != 0)
            return fsci_fail(err, FSC_EUSAGE, "the law needs %s besides the shares; give --at %s=…",
                             f->inputs[i], f->inputs[i]);
        if (found)
            inputs[n++] = *found;
    }
    if (n < given.n_inputs || given.n > 1)
        return fsci_fail(err, FSC_EUSAGE,
                         "--at: give one value of each input of the law besides the shares, and "
                         "nothing else");
    inputs[n++] = (fsci_input_values){
        .name = shares->symbol, .levels = shares->set->names, .n_levels = b->n_set, .varied = true};
    const fsci_points points = {.inputs = inputs, .n_inputs = n, .n = 1};
    FSCI_TRY(fsci_curve_program(b->arena, f, f->prediction, f->prediction->right, &points,
                                &b->programs[k], err));
    size_t bytes = fsci_program_second_bytes(b->programs[k]);
    b->scratch = bytes > b->scratch ? bytes : b->scratch;
    b->n_theta = f->n + b->n_set > b->n_theta ? f->n + b->n_set : b->n_theta;
    return FSC_OK;
}

/* Domains, limits and mixtures measured: all that the models tell before they are fitted. */
static fsc_status open_domains(fsci_arena *arena, const fsci_mixture_input *in, fsci_blend *b,
                               fsc_error *err)
{
    *b = (fsci_blend){.arena = arena, .input = in};
    FSCI_TRY(check_laws(in, err));
    FSCI_TRY(name_domains(b, err));
    FSCI_TRY(read_measured(b, err));
    return set_limits(b, err);
}

fsc_status fsci_mixture_check(fsci_arena *arena, const fsci_mixture_input *in, fsc_error *err)
{
    fsci_blend b;
    return open_domains(arena, in, &b, err);
}

fsc_status fsci_blend_open(fsci_arena *arena, const fsci_mixture_input *in, fsci_blend *b,
                           fsc_error *err)
{
    FSCI_TRY(open_domains(arena, in, b, err));
    b->programs = FSCI_NEW(arena, fsci_program *, in->n_parts);
    if (!b->programs)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < in->n_parts; k++)
        FSCI_TRY(compile(b, k, err));
    find_draws(b);
    return FSC_OK;
}

/* ---- values ---- */

fsc_status fsci_blender_new(const fsci_blend *b, fsci_blender *to, fsc_error *err)
{
    fsci_arena *a = b->arena;
    *to = (fsci_blender){.blend = b,
                         .draw = SIZE_MAX,
                         .scratch = fsci_alloc_aligned(a, b->scratch),
                         .theta = FSCI_NEW(a, double, b->n_theta),
                         .gradient = FSCI_NEW(a, double, b->n_theta),
                         .hessian = FSCI_NEW(a, double, b->n_theta * b->n_theta),
                         .simplex = FSCI_NEW(a, double, fsci_simplex_scratch(b->n)),
                         .x = FSCI_NEW(a, double, b->n)};
    if (!to->scratch || !to->theta || !to->gradient || !to->hessian || !to->simplex || !to->x)
        return fsci_fail_memory(err);
    return FSC_OK;
}

/* Constants of law k, and the shares behind them. */
static size_t fill(const fsci_blender *of, size_t k, const double *shares)
{
    const fsci_fitted *f = of->blend->input->parts[k].fitted;
    for (size_t j = 0; j < f->n; j++)
        of->theta[j] =
            of->draw == SIZE_MAX ? f->parameters[j].value : f->resamples[of->draw * f->n + j];
    memcpy(of->theta + f->n, shares, of->blend->n_set * sizeof *shares);
    return f->n;
}

double fsci_blend_value(const fsci_blender *of, const double *shares, double *parts)
{
    const fsci_blend *b = of->blend;
    double sum = 0, value;
    for (size_t k = 0; k < b->input->n_parts; k++) {
        fill(of, k, shares);
        fsci_program_values(b->programs[k], of->scratch, of->theta, 0, 1, &value, 1);
        sum += b->input->parts[k].weight * value;
        if (parts)
            parts[k] = value;
    }
    return sum;
}

/* The rest has no part in the laws: its slope and bend are 0. */
static bool weighted(void *context, const double *shares, double *f, double *size, double *gradient,
                     double *hessian)
{
    const fsci_blender *of = context;
    const fsci_blend *b = of->blend;
    double value;
    *f = *size = 0;
    if (gradient) {
        memset(gradient, 0, b->n * sizeof *gradient);
        memset(hessian, 0, b->n * b->n * sizeof *hessian);
    }
    for (size_t k = 0; k < b->input->n_parts; k++) {
        size_t own = fill(of, k, shares), p = own + b->n_set;
        double w = b->input->parts[k].weight;
        if (gradient)
            fsci_program_hessian(b->programs[k], of->scratch, of->theta, 0, 1, NULL, &value,
                                 of->gradient, of->hessian);
        else
            fsci_program_values(b->programs[k], of->scratch, of->theta, 0, 1, &value, 1);
        *f += w * value;
        *size += w * fabs(value);
        for (size_t i = 0; gradient && i < b->n_set; i++) {
            gradient[i] += w * of->gradient[own + i];
            for (size_t j = 0; j < b->n_set; j++)
                hessian[i * b->n + j] += w * of->hessian[(own + i) * p + own + j];
        }
    }
    return isfinite(*f);
}

fsci_simplex_result fsci_blend_minimise(const fsci_blender *of, const double *starts,
                                        size_t n_starts, double *shares, size_t *reached)
{
    const fsci_blend *b = of->blend;
    const fsci_simplex_problem problem = {.n = b->n,
                                          .function = weighted,
                                          .context = (void *)of,
                                          .lo = b->lo,
                                          .hi = b->hi,
                                          .total = 1};
    fsci_simplex_result best = {.value = NAN, .gap = NAN};
    double *x = of->x;
    size_t count = 0;
    for (size_t s = 0; s < n_starts; s++) {
        memcpy(x, starts + s * b->n, b->n * sizeof *x);
        fsci_simplex_result r = fsci_simplex_solve(&problem, of->simplex, x);
        bool same = fabs(r.value - best.value) <= 1e-9 * fabs(best.value);
        if (isnan(best.value) || r.value < best.value) {
            count = same ? count : 0;
            best = r;
            memcpy(shares, x, b->n * sizeof *x);
        }
        count += same || r.value == best.value;
    }
    if (reached)
        *reached = count;
    return best;
}
