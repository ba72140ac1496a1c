#include "sim/world.h"

#include "base/number.h"
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

/* What the response equals (NULL: it is to be solved for), and its name. */
static fsc_status find_curve(const fsci_world_input *in, const fsci_node **curve,
                             const fsci_formula **origin, const char **response, fsc_error *err)
{
    const fsc_law *law = in->law;
    const fsci_formula *f = law ? law->formula : in->formula;
    *origin = f;
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
        if (!strcmp(in->columns[i].of ? in->columns[i].of : in->columns[i].name, name))
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

const char *fsci_world_category_of(fsci_arena *arena, const fsci_world_input *in, const char *name)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, in->law ? in->law->formula : in->formula, &names);
    for (size_t i = 0; i < n; i++)
        if (names[i].index && !strcmp(names[i].name, name))
            return names[i].index;
    return NULL;
}

/* The last part of "t_j": the index of a set. */
static const char *index_text(const char *name)
{
    const char *last = strrchr(name, '_');
    return last ? last + 1 : "";
}

/* Parameter i, with all members of its set, or values at levels, where it is the first of them. */
static size_t parameter_symbol(fsci_arena *arena, const fsci_world_input *in, size_t i,
                               fsci_symbol *s)
{
    const fsci_value *v = &in->parameters.items[i];
    size_t n = 1;
    *s = (fsci_symbol){.name = v->name, .kind = FSCI_SYMBOL_PARAMETER, .first = i};
    while (v->member && i + n < in->parameters.n && v[n].member && !strcmp(v[n].name, v->name))
        n++;
    const char *category = fsci_world_category_of(arena, in, v->name);
    if (n == 1 && !category)
        return 1;
    s->kind = FSCI_SYMBOL_PARAMETERS;
    s->index = category ? category : index_text(v->name);
    s->n_levels = n;
    return n;
}

/* The set of a column, in the order of the parameters with the same index; false when it is made
 * already. */
static bool set_symbol(fsci_arena *arena, const fsci_world_input *in, size_t first, fsci_symbol *s)
{
    const char *of = in->columns[first].of, *index = index_text(of), *leader = NULL;
    for (size_t i = 0; i < first; i++)
        if (in->columns[i].of && !strcmp(in->columns[i].of, of))
            return false;
    double *numbers = FSCI_NEW(arena, double, (in->parameters.n + 1) * in->n);
    *s = (fsci_symbol){.name = of, .kind = FSCI_SYMBOL_SET, .numbers = numbers};
    for (size_t k = 0; numbers && k < in->parameters.n; k++) {
        const fsci_value *v = &in->parameters.items[k];
        if (!v->member || strcmp(index_text(v->name), index) != 0 ||
            (leader && strcmp(leader, v->name) != 0))
            continue;
        leader = v->name;
        double *to = numbers + s->n_levels++ * in->n;
        for (size_t row = 0; row < in->n; row++)
            to[row] = NAN;
        for (size_t c = 0; c < in->n_columns; c++)
            if (in->columns[c].of && !strcmp(in->columns[c].of, of) &&
                !strcmp(in->columns[c].member, v->member))
                memcpy(to, in->columns[c].values, in->n * sizeof *to);
    }
    return true;
}

/* Every member of a set that has a column has one. */
static fsc_status check_members(const fsci_world_input *in, fsc_error *err)
{
    for (size_t c = 0; c < in->n_columns; c++)
        for (size_t k = 0; in->columns[c].of && k < in->parameters.n; k++) {
            const fsci_value *v = &in->parameters.items[k];
            bool same = v->member && !strcmp(index_text(v->name), index_text(in->columns[c].of));
            bool has = !same;
            for (size_t i = 0; i < in->n_columns && !has; i++)
                has = in->columns[i].of && !strcmp(in->columns[i].of, in->columns[c].of) &&
                      !strcmp(in->columns[i].member, v->member);
            if (!has)
                return fsci_fail(err, FSC_EUSAGE, "no value for '%s' of %s", v->member,
                                 in->columns[c].of);
        }
    return FSC_OK;
}

static fsci_symbol *make_symbols(fsci_arena *arena, const fsci_world_input *in, size_t *n)
{
    size_t n_derived = in->law ? in->law->derived.n : 0;
    fsci_symbol *s = FSCI_NEW(arena, fsci_symbol, in->parameters.n + in->n_columns + n_derived);
    *n = 0;
    for (size_t i = 0; s && i < in->parameters.n;)
        i += parameter_symbol(arena, in, i, &s[(*n)++]);
    for (size_t i = 0; s && i < in->n_columns; i++)
        if (in->columns[i].of)
            *n += set_symbol(arena, in, i, &s[*n]);
        else
            s[(*n)++] = (fsci_symbol){.name = in->columns[i].name,
                                      .kind = in->columns[i].codes ? FSCI_SYMBOL_CODES
                                                                   : FSCI_SYMBOL_NUMBERS,
                                      .numbers = in->columns[i].values,
                                      .codes = in->columns[i].codes,
                                      .levels = in->columns[i].levels,
                                      .n_levels = in->columns[i].n_levels};
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

/* The constants as a published set has them: each parameter's first value, in the law's order. */
static fsc_status make_set(fsci_arena *arena, const fsci_world_input *in, fsci_law_published *set,
                           fsc_error *err)
{
    double *theta = FSCI_NEW(arena, double, in->law->parameters.n);
    *set = (fsci_law_published){.values = in->parameters, .theta = theta};
    if (!theta)
        return fsci_fail_memory(err);
    for (size_t i = in->parameters.n; i-- > 0;) {
        size_t k = fsci_law_parameter_index(in->law, in->parameters.items[i].name);
        if (k != SIZE_MAX)
            theta[k] = in->parameters.items[i].value;
    }
    return FSC_OK;
}

/* The response of an implicit law at one row. */
static fsc_status solve_row(const fsci_world_input *in, const fsci_law_published *set,
                            const fsci_values *at, double *value, fsc_error *err)
{
    fsci_arena *own = fsci_arena_new();
    fsci_evaluation e;
    fsc_status status =
        own ? fsci_law_evaluate_set(own, in->law, set, at, &e, err) : fsci_fail_memory(err);
    *value = status == FSC_OK ? e.value : NAN;
    fsci_arena_free(own);
    return status;
}

static fsc_status solve(fsci_arena *arena, const fsci_world_input *in, double *values,
                        fsc_error *err)
{
    fsci_law_published set;
    fsci_values at = {.items = FSCI_NEW(arena, fsci_value, in->n_columns)};
    const char *response = in->law->columns.items[in->law->response].name;
    if (!at.items)
        return fsci_fail_memory(err);
    FSCI_TRY(make_set(arena, in, &set, err));
    for (size_t row = 0; row < in->n; row++) {
        at.n = 0;
        for (size_t i = 0; i < in->n_columns; i++) {
            const fsci_world_column *c = &in->columns[i];
            if (strcmp(c->name, response) != 0 && c->values)
                at.items[at.n++] = (fsci_value){
                    .name = c->of ? c->of : c->name, .member = c->member, .value = c->values[row]};
        }
        FSCI_TRY(solve_row(in, &set, &at, &values[row], err));
    }
    return FSC_OK;
}

static fsc_status check_curve(const fsci_world *w, fsc_error *err)
{
    static const char *const spaces[] = {"", " with errors of its logarithm",
                                         " with errors of its logit"};
    for (size_t i = 0; i < w->n; i++)
        if (!isfinite(map(w->space, w->curve[i])))
            return fsci_fail(err, FSC_EINPUT,
                             "row %zu: the law gives %s = %s there, which cannot be simulated%s",
                             i + 1, w->response, fsci_briefly(w->curve[i], 6).text,
                             spaces[w->space]);
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
    FSCI_TRY(check_members(in, err));
    world->curve = FSCI_NEW(arena, double, in->n);
    if (!world->curve)
        return fsci_fail_memory(err);
    FSCI_TRY(curve ? evaluate(arena, in, curve, origin, world->curve, err)
                   : solve(arena, in, world->curve, err));
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
