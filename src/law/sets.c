#include "law/sets.h"

#include "base/buffer.h"
#include "law/evaluate.h"

#include <stdlib.h>
#include <string.h>

/* ---- which names are of a set ---- */

static const char *index_in(fsci_arena *arena, const fsci_formula *formula, const char *name)
{
    const fsci_name *used;
    size_t n = formula ? fsci_formula_names(arena, formula, &used) : 0;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(used[i].name, name))
            return used[i].set;
    return NULL;
}

const char *fsci_law_index_of(const fsc_law *law, const char *name)
{
    const char *index = index_in(law->arena, law->formula, name);
    for (size_t i = 0; i < law->derived.n && !index; i++)
        index = index_in(law->arena, law->derived.items[i].formula, name);
    return index;
}

/* The last part of "t_j": what the lint has found to be an index. */
static const char *index_text(const char *name)
{
    const char *last = strrchr(name, '_');
    return last ? last + 1 : "";
}

static const fsci_value *member_of(const fsci_values *values, const char *name, const char *member)
{
    for (size_t i = 0; values && i < values->n; i++)
        if (values->items[i].member && !strcmp(values->items[i].name, name) &&
            (!member || !strcmp(values->items[i].member, member)))
            return &values->items[i];
    return NULL;
}

/* ---- the members ---- */

const fsci_law_set *fsci_law_sets_find(const fsci_law_sets *sets, const char *index)
{
    for (size_t i = 0; i < sets->items.n; i++)
        if (!strcmp(sets->items.items[i].index, index))
            return &sets->items.items[i];
    return NULL;
}

/* Adds the members of the first name of each index that is not known yet. */
static fsc_status add_members(fsci_arena *arena, const fsci_values *from, fsci_law_sets *sets,
                              fsc_error *err)
{
    for (size_t i = 0; from && i < from->n; i++) {
        const char *name = from->items[i].name;
        if (!from->items[i].member || fsci_law_sets_find(sets, index_text(name)))
            continue;
        fsci_law_set *set = &sets->items.items[sets->items.n++];
        *set = (fsci_law_set){index_text(name), FSCI_NEW(arena, const char *, from->n), 0};
        if (!set->members)
            return fsci_fail_memory(err);
        for (size_t k = i; k < from->n; k++)
            if (from->items[k].member && !strcmp(from->items[k].name, name))
                set->members[set->n++] = from->items[k].member;
    }
    return FSC_OK;
}

/* How many values a parameter has. */
static size_t width(const fsci_law_sets *sets, const fsci_values *values, const char *name)
{
    return member_of(values, name, NULL) ? fsci_law_sets_find(sets, index_text(name))->n : 1;
}

static void fill_theta(fsci_law_sets *sets, const double *theta, const fsci_values *values)
{
    for (size_t i = 0; i < sets->law->parameters.n; i++) {
        const char *name = sets->law->parameters.items[i].name;
        double *to = sets->theta + sets->first[i];
        *to = theta[i];
        for (size_t k = 0; values && k < values->n; k++)
            if (values->items[k].member && !strcmp(values->items[k].name, name))
                *to++ = values->items[k].value;
    }
}

fsc_status fsci_law_sets_new(fsci_arena *arena, const fsc_law *law, const double *theta,
                             const fsci_values *values, const fsci_values *at, fsci_law_sets *sets,
                             fsc_error *err)
{
    size_t most = (values ? values->n : 0) + at->n;
    *sets = (fsci_law_sets){.law = law, .at = at};
    sets->items.items = FSCI_NEW(arena, fsci_law_set, most + 1);
    sets->first = FSCI_NEW(arena, size_t, law->parameters.n + 1);
    sets->theta = FSCI_NEW(arena, double, law->parameters.n + most + 1);
    if (!sets->items.items || !sets->first || !sets->theta)
        return fsci_fail_memory(err);
    FSCI_TRY(add_members(arena, values, sets, err));
    FSCI_TRY(add_members(arena, at, sets, err));
    for (size_t i = 0; i < law->parameters.n; i++) {
        sets->first[i] = sets->n_theta;
        sets->n_theta += width(sets, values, law->parameters.items[i].name);
    }
    fill_theta(sets, theta, values);
    return FSC_OK;
}

/* ---- what stands for a name ---- */

void fsci_law_sets_symbols(const fsci_law_sets *sets, size_t n_derived, fsci_symbol *symbols)
{
    size_t n = sets->law->parameters.n;
    fsci_law_symbols(sets->law, n_derived, symbols);
    for (size_t i = 0; i < n; i++) {
        size_t next = i + 1 < n ? sets->first[i + 1] : sets->n_theta;
        const fsci_law_set *set = fsci_law_sets_find(sets, index_text(symbols[i].name));
        symbols[i].first = sets->first[i];
        if (next - sets->first[i] == 1 || !set)
            continue;
        symbols[i].kind = FSCI_SYMBOL_PARAMETERS;
        symbols[i].index = set->index;
        symbols[i].levels = set->members;
        symbols[i].n_levels = set->n;
    }
    for (size_t i = n; i < n + n_derived; i++)
        if (symbols[i].kind == FSCI_SYMBOL_PARAMETER)
            symbols[i].first = sets->n_theta;
}

/* No value is of a member that there is not. */
static fsc_status check_known(const fsci_law_sets *sets, const fsci_law_set *set, const char *name,
                              fsc_error *err)
{
    for (size_t i = 0; i < sets->at->n; i++) {
        const fsci_value *v = &sets->at->items[i];
        bool known = strcmp(v->name, name) != 0;
        for (size_t m = 0; m < set->n && !known; m++)
            known = v->member && !strcmp(v->member, set->members[m]);
        if (!known)
            return fsci_fail(err, FSC_EINPUT, "'%s' is no member of %s",
                             v->member ? v->member : "one value", name);
        if (v->member && member_of(sets->at, v->name, v->member) != v)
            return fsci_fail(err, FSC_EINPUT, "%s has two values for '%s'", v->name, v->member);
    }
    return FSC_OK;
}

fsc_status fsci_law_sets_input(fsci_arena *arena, const fsci_law_sets *sets, const char *name,
                               fsci_symbol *symbol, fsc_error *err)
{
    const fsci_law_set *set = NULL;
    for (size_t i = 0; i < sets->at->n; i++) {
        const fsci_value *given = &sets->at->items[i];
        if (strcmp(given->name, name) != 0)
            continue;
        set = fsci_law_sets_find(sets, index_text(name));
        if (!set || set->n == 1 || !fsci_law_index_of(sets->law, name)) {
            *symbol =
                (fsci_symbol){.name = name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = &given->value};
            return FSC_OK;
        }
        break;
    }
    double *numbers = set ? FSCI_NEW(arena, double, set->n) : NULL;
    if (!numbers)
        return fsci_fail_memory(err);
    for (size_t m = 0; m < set->n; m++) {
        const fsci_value *value = member_of(sets->at, name, set->members[m]);
        if (!value)
            return fsci_fail(err, FSC_EINPUT,
                             "%s takes %zu values, one for each member of sum_%s; '%s' has none",
                             name, set->n, set->index, set->members[m]);
        numbers[m] = value->value;
    }
    FSCI_TRY(check_known(sets, set, name, err));
    *symbol = (fsci_symbol){.name = name,
                            .kind = FSCI_SYMBOL_SET,
                            .numbers = numbers,
                            .levels = set->members,
                            .n_levels = set->n};
    return FSC_OK;
}

/* ---- names that people give ---- */

enum { NAMES_SHOWN = 8 };

typedef struct name_list {
    const char **items;
    size_t n, room;
} name_list;

static bool add_name(fsci_arena *arena, name_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->items[i], name))
            return true;
    if (list->n == list->room) {
        size_t room = 2 * list->room + 16;
        const char **items = FSCI_NEW(arena, const char *, room);
        if (!items)
            return false;
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        *list = (name_list){items, list->n, room};
    }
    list->items[list->n++] = name;
    return true;
}

/* A column or argument as --at takes it: itself, or r_web, r_code, and web, code when `bare`. */
static bool add_taken(fsci_arena *arena, const fsci_law_sets *sets, const char *name, bool bare,
                      name_list *list)
{
    const char *index = fsci_law_index_of(sets->law, name);
    const fsci_law_set *set = index ? fsci_law_sets_find(sets, index) : NULL;
    for (size_t m = 0; set && m < set->n; m++) {
        const char *member = bare ? set->members[m]
                                  : fsci_format(arena, "%.*s%s", (int)(index_text(name) - name),
                                                name, set->members[m]);
        if (!member || !add_name(arena, list, member))
            return false;
    }
    return set || bare || add_name(arena, list, name);
}

static bool add_all_taken(fsci_arena *arena, const fsci_law_sets *sets, bool bare, name_list *list)
{
    const fsc_law *law = sets->law;
    for (size_t i = 0; i < law->columns.n; i++)
        if (!add_taken(arena, sets, law->columns.items[i].name, bare, list))
            return false;
    for (size_t i = 0; i < law->derived.n; i++)
        for (size_t j = 0; j < law->derived.items[i].arguments.n; j++)
            if (!add_taken(arena, sets, law->derived.items[i].arguments.items[j], bare, list))
                return false;
    return true;
}

static fsc_status unknown_input(fsci_arena *arena, const fsci_law_sets *sets, const char *name,
                                fsc_error *err)
{
    const char *id = sets->law->id;
    name_list list = {0};
    if (!add_all_taken(arena, sets, false, &list))
        return fsci_fail_memory(err);
    size_t n_plain = list.n;
    if (!add_all_taken(arena, sets, true, &list))
        return fsci_fail_memory(err);
    const char *near = fsci_nearest(name, list.items, list.n);
    if (near)
        return fsci_fail(err, FSC_EINPUT,
                         "law %s has no column or argument '%s'; did you mean '%s'?", id, name,
                         near);
    fsci_buffer known = {0};
    for (size_t i = 0; i < n_plain && i < NAMES_SHOWN; i++)
        fsci_buffer_printf(&known, "%s%s", i ? ", " : "", list.items[i]);
    fsc_status status = fsci_fail(
        err, FSC_EINPUT, "law %s has no column or argument '%s'; it takes %s%s (`laws show %s`)",
        id, name, known.data ? known.data : "", n_plain > NAMES_SHOWN ? ", ..." : "", id);
    fsci_buffer_free(&known);
    return status;
}

fsc_status fsci_law_sets_check(fsci_arena *arena, const fsci_law_sets *sets, fsc_error *err)
{
    for (size_t i = 0; i < sets->at->n; i++)
        if (!fsci_law_takes(sets->law, sets->at->items[i].name))
            return unknown_input(arena, sets, sets->at->items[i].name, err);
    return FSC_OK;
}

/* The member of x_j that the rest of "x_…" means: by its place, else by its name. */
static const char *member_named(const fsci_law_set *set, const char *rest)
{
    char *end;
    unsigned long place = strtoul(rest, &end, 10);
    bool number = *rest >= '0' && *rest <= '9' && !*end;
    if (!set) /* only the inputs say how many there are */
        return number && place > 0 ? rest : NULL;
    if (number && place >= 1 && place <= set->n)
        return set->members[place - 1];
    for (size_t m = 0; m < set->n; m++)
        if (!strcmp(set->members[m], rest))
            return set->members[m];
    return NULL;
}

/* Tries one column or argument of a set; whether the name is a member of it. */
static bool try_input(const fsc_law *law, const fsci_law_sets *sets, const char *input,
                      const char *name, fsci_value *value, size_t *n_bare)
{
    const char *index = fsci_law_index_of(law, input);
    if (!index)
        return false;
    size_t stem = (size_t)(index_text(input) - input);
    const fsci_law_set *set = fsci_law_sets_find(sets, index);
    const char *member = strncmp(name, input, stem) == 0 ? member_named(set, name + stem) : NULL;
    const char *bare = set && !member ? member_named(set, name) : NULL;
    if (bare && (*name < '0' || *name > '9') && (*n_bare)++ == 0)
        *value = (fsci_value){.name = input, .member = bare, .node = value->node};
    if (member)
        *value = (fsci_value){.name = input, .member = member};
    return member != NULL;
}

fsc_status fsci_law_input_named(fsci_arena *arena, const fsc_law *law, const fsci_values *constants,
                                const char *name, fsci_value *value, fsc_error *err)
{
    fsci_law_sets sets = {.law = law};
    fsci_value found = {0};
    size_t n_bare = 0;
    *value = (fsci_value){.name = name};
    sets.items.items = FSCI_NEW(arena, fsci_law_set, (constants ? constants->n : 0) + 1);
    if (!sets.items.items)
        return fsci_fail_memory(err);
    FSCI_TRY(add_members(arena, constants, &sets, err));
    if (fsci_law_column_index(law, name) != SIZE_MAX)
        return FSC_OK;
    for (size_t i = 0; i < law->columns.n; i++)
        if (try_input(law, &sets, law->columns.items[i].name, name, &found, &n_bare)) {
            *value = found;
            return FSC_OK;
        }
    if (n_bare == 1)
        *value = found;
    return FSC_OK;
}
