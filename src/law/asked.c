#include "law/asked.h"

#include "law/sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char fsci_law_spread[] = "rmse";

const fsci_formula *fsci_law_asked(const fsci_law_expectation *e)
{
    return e->rows ? e->rows : e->asked ? e->asked : e->fitted;
}

static bool is_given(const fsci_values *at, const char *name)
{
    for (size_t i = 0; i < at->n; i++)
        if (!strcmp(at->items[i].name, name))
            return true;
    return false;
}

static bool is_among(const fsci_symbol *symbols, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(symbols[i].name, name))
            return true;
    return false;
}

/* Symbols for the parameters and for the names of a condition that are given; *n is 0 when another
 * is in it, or none that is given. */
static fsc_status symbols_of(fsci_arena *arena, const fsci_law_sets *sets,
                             const fsci_formula *condition, fsci_symbol **symbols, size_t *n,
                             fsc_error *err)
{
    const fsci_name *names;
    size_t n_names = fsci_formula_names(arena, condition, &names);
    size_t n_own = sets->law->parameters.n, n_given = 0;
    *symbols = FSCI_NEW(arena, fsci_symbol, n_own + n_names + 1);
    *n = 0;
    if (!*symbols)
        return fsci_fail_memory(err);
    fsci_law_sets_symbols(sets, 0, *symbols);
    for (size_t i = 0; i < n_names; i++) {
        if (is_among(*symbols, n_own, names[i].name))
            continue;
        if (!is_given(sets->at, names[i].name))
            return FSC_OK;
        FSCI_TRY(fsci_law_sets_input(arena, sets, names[i].name, *symbols + n_own + n_given, err));
        n_given++;
    }
    *n = n_given ? n_own + n_given : 0;
    return FSC_OK;
}

/* Whether the condition holds; true too where it cannot be told. */
static fsc_status holds(fsci_arena *arena, const fsci_law_sets *sets, const fsci_formula *condition,
                        bool *met, fsc_error *err)
{
    fsci_symbol *symbols;
    size_t n;
    bool outside = false;
    fsci_program *program;
    *met = true;
    FSCI_TRY(symbols_of(arena, sets, condition, &symbols, &n, err));
    if (!n)
        return FSC_OK;
    fsci_scope scope = {.symbols = symbols,
                        .n_symbols = n,
                        .n_rows = 1,
                        .n_parameters = sets->n_theta + 1,
                        .outside = &outside};
    FSCI_TRY(fsci_program_new(arena, condition, &condition->right, 1, &scope, &program, err));
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) / 64 + 1) * 64);
    double value;
    if (!scratch)
        return fsci_fail_memory(err);
    fsci_program_values(program, scratch, sets->theta, 0, 1, &value, 1);
    free(scratch);
    *met = value != 0 && !isnan(value);
    return FSC_OK;
}

fsc_status fsci_law_object(fsci_arena *arena, const fsc_law *law, const fsci_law_published *set,
                           const fsci_values *at, fsci_law_objections *out, fsc_error *err)
{
    fsci_law_sets sets;
    *out = (fsci_law_objections){0};
    out->list.items = FSCI_NEW(arena, const fsci_law_expectation *, law->expects.n + 1);
    if (!out->list.items)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_law_sets_new(arena, law, set->theta, &set->values, at, &sets, err));
    FSCI_TRY(fsci_law_sets_check(arena, &sets, err));
    for (size_t i = 0; i < law->expects.n; i++) {
        const fsci_law_expectation *e = &law->expects.items[i];
        const fsci_formula *condition = fsci_law_asked(e);
        bool met = true;
        if (condition)
            FSCI_TRY(holds(arena, &sets, condition, &met, err));
        if (!met)
            out->list.items[out->list.n++] = e;
    }
    return FSC_OK;
}
