#include "fit/scale.h"

#include "table/words.h"

#include <math.h>
#include <string.h>

/* FLOP of one parameter on one token, forward and backward (Kaplan et al. 2020, table 1). */
static const double flop_per_parameter_token = 6;

static const fsci_column *find_any(const fsc_table *table, const char *const *names)
{
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *column = fsci_table_column(table, i);
        for (const char *const *name = names; *name; name++)
            if (fsci_same_words(column->name, *name))
                return column;
    }
    return NULL;
}

static const fsci_column *find_compute(const fsci_model *model)
{
    static const char *const names[] = {"C", "flops", "flop", "compute", NULL};
    for (size_t i = 0; i < model->n_bindings; i++) {
        const fsci_binding *b = &model->bindings[i];
        if (b->source && b->values && b->unit && !strcmp(b->unit, "FLOP"))
            return b->source;
    }
    const fsci_column *column = find_any(model->table, names);
    return column && column->kind == FSCI_COLUMN_NUMBERS ? column : NULL;
}

static const fsci_binding *positive(const fsci_binding *b)
{
    return b && b->min > 0 ? b : NULL;
}

static const fsci_binding *widest_input(const fsci_model *model)
{
    const fsci_binding *widest = NULL;
    for (size_t i = 0; i < model->n_bindings; i++) {
        const fsci_binding *b = &model->bindings[i];
        bool response = model->response && !strcmp(b->symbol, model->response);
        if (b->values && !response && b->min > 0 && b->max > b->min &&
            (!widest || b->max / b->min > widest->max / widest->min))
            widest = b;
    }
    return widest;
}

fsc_status fsci_scale_find(fsci_arena *arena, const fsci_model *model, fsci_scale *scale,
                           fsc_error *err)
{
    const fsci_column *compute = find_compute(model);
    const fsci_binding *N = positive(fsci_model_input(model, "N", "param")),
                       *D = positive(fsci_model_input(model, "D", "token"));
    *scale = (fsci_scale){.is_compute = compute || (N && D)};
    if (compute) {
        scale->name = compute->name;
        scale->values = compute->numbers;
    } else if (N && D) {
        size_t n = fsci_table_rows(model->table);
        double *values = FSCI_NEW(arena, double, n);
        if (!values)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < n; i++)
            values[i] = flop_per_parameter_token * N->source->numbers[i] * D->source->numbers[i];
        scale->name = fsci_format(arena, "6·%s·%s", N->symbol, D->symbol);
        scale->values = values;
        scale->is_made = true;
    } else {
        const fsci_binding *widest = widest_input(model);
        scale->name = widest ? widest->column : NULL;
        scale->values = widest ? widest->source->numbers : NULL;
    }
    return FSC_OK;
}

fsc_status fsci_family_find(const fsc_table *table, const char *name, const fsci_column **family,
                            fsc_error *err)
{
    static const char *const names[] = {"family", "model_family", "Model Family", "model family",
                                        NULL};
    *family = name ? fsci_table_find(table, name) : find_any(table, names);
    if (name && !*family)
        return fsci_table_no_column(table, name, err);
    if (*family && (*family)->kind != FSCI_COLUMN_CATEGORIES) {
        if (name)
            return fsci_fail(err, FSC_EINPUT,
                             "%s: column '%s' holds numbers; families are names, as text",
                             fsci_table_name(table), name);
        *family = NULL;
    }
    return FSC_OK;
}
