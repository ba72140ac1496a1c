#include "fit/inverse.h"

#include "expr/tree.h"
#include "fit/set.h"

#include <math.h>
#include <string.h>

/* How far beyond the data the amount is looked for. */
static const double FACTOR = 1e12, SPANS = 100;

static bool is_given(const fsci_at *at, const char *name)
{
    for (size_t i = 0; i < at->n; i++)
        if (!strcmp(at->items[i].name, name))
            return true;
    return false;
}

/* The one input that is not given, if all else is; NULL otherwise. */
static const char *missing(const fsci_fitted *f, const fsci_at *at)
{
    const char *unknown = NULL;
    if (at->n != f->n_inputs || !is_given(at, f->response))
        return NULL;
    for (size_t i = 0; i < f->n_inputs; i++) {
        if (is_given(at, f->inputs[i]))
            continue;
        if (unknown || fsci_set_is(f, f->inputs[i]))
            return NULL;
        unknown = f->inputs[i];
    }
    return unknown;
}

/* response = prediction, or the law's own equation where it is not solved for its response. */
static fsc_status equation_of(fsci_arena *a, const fsci_fitted *f, fsci_formula **equation,
                              fsc_error *err)
{
    if (!f->prediction) {
        *equation = f->implicit;
        return FSC_OK;
    }
    const fsci_node response = {.kind = FSCI_NODE_NAME, .name = f->response, .height = 1};
    const char *text = fsci_formula_text(a, &response, f->prediction->right);
    if (!text)
        return fsci_fail_memory(err);
    return fsci_formula_parse(a, "--at", 1, 1, text, equation, err);
}

fsc_status fsci_inverse_of(fsci_arena *a, const fsci_fitted *f, const fsci_at *at, bool *asked,
                           fsci_fitted_derived *inverse, fsc_error *err)
{
    const char *unknown = f->response && (f->prediction || f->implicit) ? missing(f, at) : NULL;
    const fsci_json *column =
        unknown ? fsci_json_get(fsci_json_at(f->record, "data.columns"), unknown) : NULL;
    double min = fsci_json_get_number(column, "min"), max = fsci_json_get_number(column, "max");
    *asked = isfinite(min) && isfinite(max);
    if (!*asked)
        return FSC_OK;
    bool log = min > 0;
    const char **arguments = FSCI_NEW(a, const char *, at->n + 1);
    const char *meaning = fsci_format(a, "where %s is as asked", f->response);
    if (!arguments || !meaning)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < at->n; i++)
        arguments[i] = at->items[i].name;
    *inverse = (fsci_fitted_derived){.name = unknown,
                                     .unit = fsci_json_get_string(column, "unit"),
                                     .meaning = meaning,
                                     .arguments = arguments,
                                     .n_arguments = at->n,
                                     .solve = unknown,
                                     .lo = log ? min / FACTOR : min - SPANS * (max - min),
                                     .hi = log ? max * FACTOR : max + SPANS * (max - min),
                                     .log = log};
    return equation_of(a, f, &inverse->formula, err);
}
