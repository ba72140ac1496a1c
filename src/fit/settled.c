#include "fit/settled.h"

#include "fit/factor.h"

#include <math.h>
#include <string.h>

/* Of an interval: ends that lie apart by more than this factor, or by more than this number where
 * the quantity is an exponent or a share. */
static const double vague_factor = 1e6, vague_width = 4;

static const fsci_fitted_derived *find_derived(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n_derived; i++)
        if (!strcmp(f->derived[i].name, name))
            return &f->derived[i];
    return NULL;
}

/* Whether a formula is made of a parameter that is not settled. */
static bool rests_on_ambiguous(fsci_arena *a, const fsci_fitted *f, const fsci_formula *formula)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, formula, &names);
    for (size_t i = 0; i < n; i++) {
        const fsci_fitted_derived *other = find_derived(f, names[i].name);
        if (other && other->formula != formula && rests_on_ambiguous(a, f, other->formula))
            return true;
        for (size_t k = 0; k < f->n; k++)
            if (f->parameters[k].ambiguous && !strcmp(f->parameters[k].name, names[i].name))
                return true;
    }
    return false;
}

bool fsci_derived_is_settled(fsci_arena *arena, const fsci_fitted *f, const fsci_fitted_derived *d,
                             double lo, double hi)
{
    bool factors = fsci_spreads_by_factors(f, d);
    if (factors && lo > 0 && hi > vague_factor * lo)
        return false;
    if (!rests_on_ambiguous(arena, f, d->formula))
        return true;
    bool none = isnan(lo) && isnan(hi);
    return !none && (factors || d->unit || hi - lo <= vague_width);
}

bool fsci_prediction_is_settled(const fsci_fitted *f, double lo, double hi, double log10_beyond)
{
    bool ambiguous = false;
    for (size_t k = 0; k < f->n; k++)
        ambiguous = ambiguous || f->parameters[k].ambiguous;
    return !(ambiguous && isnan(lo) && isnan(hi) && log10_beyond > 0);
}
