#include "sim/world.h"

#include "expr/tree.h"
#include "law/evaluate.h"
#include "num/distribution.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double map(fsci_residual space, double y)
{
    return space == FSCI_RESIDUAL_LOG     ? log(y)
           : space == FSCI_RESIDUAL_LOGIT ? log(y) - log1p(-y)
                                          : y;
}

static double unmap(fsci_residual space, double g)
{
    return space == FSCI_RESIDUAL_LOG     ? exp(g)
           : space == FSCI_RESIDUAL_LOGIT ? 1 / (1 + exp(-g))
                                          : g;
}

/* What the response equals, and its name. */
static fsc_status find_curve(const fsci_world_input *in, const fsci_node **curve,
                             const fsci_formula **origin, const char **response, fsc_error *err)
{
    const fsc_law *law = in->law;
    const fsci_formula *f = law ? law->formula : in->formula;
    *origin = f;
    if (law && !law->solution)
        return fsci_fail(err, FSC_EINPUT,
                         "law %s is not solved for one column, so it has no response to simulate",
                         law->id);
    if (!law && (!f->left || f->left->kind != FSCI_NODE_NAME))
        return fsci_formula_fail(err, f, NULL,
                                 "a simulation needs one name on the left side, as in 'y = ...'");
    *curve = law ? law->solution : f->right;
    *response = law ? law->columns.items[law->response].name : f->left->name;
    return FSC_OK;
}

static bool is_known(const fsci_world_input *in, const char *name)
{
    for (size_t i = 0; i < in->n_columns; i++)
        if (!strcmp(in->columns[i].name, name))
            return true;
    for (size_t i = 0; i < in->parameters.n; i++)
        if (!strcmp(in->parameters.items[i].name, name))
            return true;
    return false;
}

/* Names of the law, or of the formula, that nobody gave a value. */
static fsc_status check_names(fsci_arena *arena, const fsci_world_input *in, const char *response,
                              fsc_error *err)
{
    const fsci_name *names;
    fsci_buffer missing = {0};
    size_t n = fsci_formula_names(arena, in->law ? in->law->formula : in->formula, &names);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].name, response) != 0 && !is_known(in, names[i].name))
            fsci_buffer_printf(&missing, "%s%s", missing.length ? ", " : "", names[i].name);
    fsc_status status = FSC_OK;
    if (missing.length)
        status = fsci_fail(err, FSC_EUSAGE,
                           "no value for %s; give parameters with --fix NAME=VALUE (or --set), "
                           "columns with --at NAME=LO..HI or --design TABLE",
                           missing.data);
    fsci_buffer_free(&missing);
    return status;
}

static fsci_symbol *make_symbols(fsci_arena *arena, const fsci_world_input *in, size_t *n)
{
    size_t n_derived = in->law ? in->law->derived.n : 0;
    fsci_symbol *s = FSCI_NEW(arena, fsci_symbol, in->parameters.n + in->n_columns + n_derived);
    *n = 0;
    for (size_t i = 0; s && i < in->parameters.n; i++)
        s[(*n)++] = (fsci_symbol){
            .name = in->parameters.items[i].name, .kind = FSCI_SYMBOL_PARAMETER, .first = i};
    for (size_t i = 0; s && i < in->n_columns; i++)
        s[(*n)++] = (fsci_symbol){.name = in->columns[i].name,
                                  .kind = FSCI_SYMBOL_NUMBERS,
                                  .numbers = in->columns[i].values};
    for (size_t i = 0; s && i < n_derived; i++)
        s[(*n)++] = (fsci_symbol){.name = in->law->derived.items[i].name,
                                  .kind = FSCI_SYMBOL_FORMULA,
                                  .definition = in->law->derived.items[i].formula->right};
    return s;
}

static fsc_status evaluate(fsci_arena *arena, const fsci_world_input *in, const fsci_node *curve,
                           const fsci_formula *origin, double *values, fsc_error *err)
{
    size_t n;
    fsci_symbol *symbols = make_symbols(arena, in, &n);
    double *theta = FSCI_NEW(arena, double, in->parameters.n);
    if (!symbols || !theta)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->parameters.n; i++)
        theta[i] = in->parameters.items[i].value;
    fsci_scope scope = {
        .symbols = symbols, .n_symbols = n, .n_rows = in->n, .n_parameters = in->parameters.n};
    fsci_program *program;
    FSCI_TRY(fsci_program_new(arena, origin, &curve, 1, &scope, &program, err));
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) / 64 + 1) * 64);
    if (!scratch)
        return fsci_fail_memory(err);
    fsci_program_values(program, scratch, theta, 0, in->n, values, in->n);
    free(scratch);
    return FSC_OK;
}

static fsc_status check_curve(const fsci_world *w, fsc_error *err)
{
    static const char *const spaces[] = {"", " with errors of its logarithm",
                                         " with errors of its logit"};
    for (size_t i = 0; i < w->n; i++)
        if (!isfinite(map(w->space, w->curve[i])))
            return fsci_fail(err, FSC_EINPUT,
                             "row %zu: the law gives %s = %g there, which cannot be simulated%s",
                             i + 1, w->response, w->curve[i], spaces[w->space]);
    return FSC_OK;
}

fsc_status fsci_world_new(fsci_arena *arena, const fsci_world_input *in, fsci_world *world,
                          fsc_error *err)
{
    const fsci_node *curve = NULL;
    const fsci_formula *origin = NULL;
    *world = (fsci_world){.n = in->n, .space = in->space, .noise = in->noise};
    FSCI_TRY(find_curve(in, &curve, &origin, &world->response, err));
    FSCI_TRY(check_names(arena, in, world->response, err));
    world->curve = FSCI_NEW(arena, double, in->n);
    if (!world->curve)
        return fsci_fail_memory(err);
    FSCI_TRY(evaluate(arena, in, curve, origin, world->curve, err));
    return check_curve(world, err);
}

size_t fsci_world_cluster(const fsci_world *w, size_t i)
{
    return w->noise.clusters ? i * w->noise.clusters / w->n : 0;
}

/* Student's t by inversion, so that a row takes one draw whatever the law of its error. */
static double draw_error(const fsci_noise *noise, fsci_stream *stream)
{
    if (isinf(noise->freedom))
        return noise->scale * fsci_random_normal(stream);
    double p = fsci_random_uniform(stream) + 0x1p-54;
    return noise->scale * fsci_t_quantile(p, noise->freedom);
}

void fsci_world_draw(const fsci_world *w, uint64_t seed, uint64_t replicate, double *response)
{
    fsci_stream stream = fsci_stream_new(seed, replicate);
    size_t cluster = SIZE_MAX;
    double together = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->noise.clusters && fsci_world_cluster(w, i) != cluster) {
            cluster = fsci_world_cluster(w, i);
            together = w->noise.cluster_scale * fsci_random_normal(&stream);
        }
        double g = map(w->space, w->curve[i]) + together + draw_error(&w->noise, &stream);
        response[i] = unmap(w->space, g);
    }
}
