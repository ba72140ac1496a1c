/* sim: tables of runs from worlds whose law is known. */
#include "api/coverage.h"
#include "api/provenance.h"

#include <math.h>
#include <string.h>

static const char *space_name(fsci_residual space)
{
    return space == FSCI_RESIDUAL_LOG ? "log" : space == FSCI_RESIDUAL_LOGIT ? "logit" : "identity";
}

static const char *label_of(fsci_arena *a, const fsci_value *parameter)
{
    return parameter->member ? fsci_format(a, "%s[%s]", parameter->name, parameter->member)
                             : parameter->name;
}

void fsci_world_describe(fsci_arena *a, const fsci_world_input *in, const fsci_world *w,
                         uint64_t seed, fsci_json *root)
{
    const fsci_formula *f = in->law ? in->law->formula : in->formula;
    fsci_json *law = fsci_json_set_object(a, root, "law");
    fsci_json_set_string(a, law, "id", in->law ? in->law->id : NULL);
    fsci_json_set_string(a, law, "formula", f->text);
    fsci_json_set_string(a, law, "response", w->response);
    fsci_json *parameters = fsci_json_set_object(a, root, "parameters");
    for (size_t i = 0; i < in->parameters.n; i++)
        fsci_json_set_number(a, parameters, label_of(a, &in->parameters.items[i]),
                             in->parameters.items[i].value);
    fsci_json *noise = fsci_json_set_object(a, root, "noise");
    fsci_json_set_string(a, noise, "space", space_name(w->space));
    fsci_json_set_string(a, noise, "law", isinf(w->noise.freedom) ? "normal" : "student");
    fsci_json_set_number(a, noise, "freedom", w->noise.freedom);
    fsci_json_set_number(a, noise, "scale", w->noise.scale);
    fsci_json_set_number(a, noise, "clusters", (double)w->noise.clusters);
    fsci_json_set_number(a, noise, "cluster_scale", w->noise.cluster_scale);
    fsci_json_set_number(a, root, "seed", (double)seed);
}

/* Columns of the design that the law does not name are left out. */
static bool is_used(const fsci_world_column *column, const fsci_name *names, size_t n)
{
    const char *name = column->of ? column->of : column->name;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i].name, name))
            return true;
    return false;
}

static fsc_status add_table(fsci_arena *a, const fsci_world_input *in, const fsci_world *w,
                            uint64_t seed, fsci_json *root, fsc_error *err)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, in->law ? in->law->formula : in->formula, &names);
    double *response = FSCI_NEW(a, double, w->n);
    if (!response)
        return fsci_fail_memory(err);
    fsci_world_draw(w, seed, 0, response);
    fsci_json *table = fsci_json_set_array(a, root, "table");
    for (size_t i = 0; i < w->n; i++) {
        fsci_json *row = fsci_json_push(table, fsci_json_object(a));
        if (w->noise.clusters)
            fsci_json_set_string(a, row, "run",
                                 fsci_format(a, "run-%zu", fsci_world_cluster(w, i) + 1));
        for (size_t k = 0; k < in->n_columns; k++) {
            const fsci_world_column *c = &in->columns[k];
            if (!is_used(c, names, n) || !strcmp(c->name, w->response))
                continue;
            if (c->codes)
                fsci_json_set_string(a, row, c->name, c->levels[c->codes[i]]);
            else
                fsci_json_set_number(a, row, c->name, c->values[i]);
        }
        fsci_json_set_number(a, row, w->response, response[i]);
    }
    return fsci_arena_failed(a) ? fsci_fail_memory(err) : FSC_OK;
}

static fsc_status simulate(const fsc_args *args, const fsci_subject *subject, fsci_arena *arena,
                           fsci_json *inputs, fsci_json *root, fsc_error *err)
{
    fsci_world_input in;
    fsci_world world;
    uint64_t seed = (uint64_t)fsci_args_count(args, "seed");
    FSCI_TRY(fsci_world_args(args, subject, arena, seed, inputs, &in, err));
    FSCI_TRY(fsci_world_new(arena, &in, &world, err));
    fsci_world_describe(arena, &in, &world, seed, root);
    FSCI_TRY(add_table(arena, &in, &world, seed, root, err));
    fsci_json_set_array(arena, root, "warnings");
    fsci_provenance_add(arena, args, inputs, root);
    return FSC_OK;
}

fsc_status fsci_command_sim(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    const char *name = fsci_args_positional(args, 0);
    fsci_subject subject;
    fsc_law *law;
    bool judged = !strcmp(name, "coverage");
    if (!judged && strcmp(name, "law") != 0)
        return fsci_fail(
            err, FSC_EUSAGE,
            "there is no simulation '%s'; write: sim law LAW|'FORMULA' for a table, or "
            "sim coverage for how often intervals hold the truth",
            name);
    record->root = fsci_record_begin(record->arena, judged ? "coverage" : "simulation");
    fsci_json *inputs = fsci_json_array(record->arena);
    FSCI_TRY(fsci_subject_find(ctx, args, fsci_args_positional(args, 1), record->arena, &subject,
                               &law, err));
    fsc_status status =
        judged ? fsci_coverage(args, &subject, record->arena, inputs, record->root, err)
               : simulate(args, &subject, record->arena, inputs, record->root, err);
    fsci_law_free(law);
    return status;
}
