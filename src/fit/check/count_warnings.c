/* What the rows say of how sizes, tokens and compute were counted: in which unit, by which of
 * several ways, and which of them was computed from the others. */
#include "fit/check/count_warnings.h"

#include "expr/expr.h"
#include "fit/scale.h"
#include "law/unit.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

typedef struct subject {
    fsci_arena *arena;
    const fsci_model *model;
    const fsci_scale *scale;
    fsci_json *record;
} subject;

/* A column's name as a formula takes it. */
static const char *in_formula(fsci_arena *a, const char *name)
{
    return fsci_is_identifier(name) ? name : fsci_format(a, "`%s`", name);
}

/* Amounts of one unit beside amounts of another in a column. */
static void mixed_unit(const subject *s, const fsci_binding *b, const fsci_unit_bounds *bounds)
{
    size_t n = 0, first = 0;
    bool low = b->min < bounds->least;
    for (size_t i = s->model->n; i-- > 0;)
        if (low ? b->values[i] < bounds->least : b->values[i] > bounds->most) {
            n++;
            first = i;
        }
    fsci_record_warn(s->arena, s->record, "W-UNIT",
                     "%s is %s %s %s in %zu of %zu rows (first at line %lld: %s), which looks like "
                     "%s there: are units mixed? Give one unit in all rows.",
                     b->column, low ? "below" : "above",
                     fsci_brief(s->arena, low ? bounds->least : bounds->most, 4), bounds->plain, n,
                     s->model->n, (long long)fsci_table_line(s->model->table, s->model->row[first]),
                     fsci_brief(s->arena, b->values[first], 4),
                     low ? bounds->below : bounds->above);
}

static void unit(subject *s)
{
    for (size_t i = 0; i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        const fsci_unit_bounds *bounds = b->values ? fsci_unit_bounds_of(b->unit) : NULL;
        if (bounds && b->max < bounds->least)
            fsci_record_warn(s->arena, s->record, "W-UNIT",
                             "%s is at most %s %s: that looks like %s. Give plain units, as "
                             "--let '%s_plain=%s*%s' --map %s=%s_plain.",
                             b->column, fsci_brief(s->arena, b->max, 4), bounds->plain,
                             bounds->below, b->symbol, bounds->factor,
                             in_formula(s->arena, b->column), b->symbol, b->symbol);
        else if (bounds && b->min > bounds->most)
            fsci_record_warn(s->arena, s->record, "W-UNIT",
                             "%s is at least %s %s, more than there can be: that looks like %s.",
                             b->column, fsci_brief(s->arena, b->min, 4), bounds->plain,
                             bounds->above);
        else if (bounds && (b->min < bounds->least || b->max > bounds->most))
            mixed_unit(s, b, bounds);
    }
}

static void counting(subject *s)
{
    const fsc_law *law = s->model->subject.law;
    for (size_t i = 0; law && i < s->model->n_bindings; i++) {
        const fsci_binding *b = &s->model->bindings[i];
        size_t c = fsci_law_column_index(law, b->symbol);
        for (size_t k = 0; c != SIZE_MAX && k < law->columns.items[c].convention.n; k++) {
            const char *name = fsci_format(s->arena, "%s_%s", b->symbol,
                                           law->columns.items[c].convention.items[k]);
            const fsci_column *other = name ? fsci_table_find(s->model->table, name) : NULL;
            if (other && other != b->source)
                fsci_record_warn(s->arena, s->record, "W-COUNT",
                                 "%s is counted as %s and the table also has %s: constants differ "
                                 "between ways of counting. State which one you quote.",
                                 b->symbol, b->column, other->name);
        }
    }
}

static bool whole_numbers(const fsci_binding *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (b->values[i] > 1e3 && b->values[i] < 1e15 && b->values[i] != floor(b->values[i]))
            return false;
    return true;
}

static void add_computed(const subject *s, const char *column, const char *rule)
{
    fsci_json *data = (fsci_json *)fsci_json_get(s->record, "data");
    if (!data)
        return;
    fsci_json *list = fsci_json_set_array(s->arena, data, "computed");
    fsci_json *item = fsci_json_push(list, fsci_json_object(s->arena));
    fsci_json_set_string(s->arena, item, "column", column);
    fsci_json_set_string(s->arena, item, "rule", rule);
}

/* A count that is no whole number was computed; with C = 6 N D it is known from what. */
static void derived(subject *s)
{
    const fsci_model *m = s->model;
    const fsci_binding *N = fsci_model_input(m, "N", "param"),
                       *D = fsci_model_input(m, "D", "token");
    if (!N || !D || !s->scale->values || !s->scale->is_compute || s->scale->is_made)
        return;
    for (size_t i = 0; i < s->model->n; i++) {
        double C = s->scale->values[s->model->row[i]];
        if (!(fabs(C / (6 * N->values[i] * D->values[i]) - 1) < 1e-6))
            return;
    }
    const fsci_binding *computed = !whole_numbers(D, s->model->n)   ? D
                                   : !whole_numbers(N, s->model->n) ? N
                                                                    : NULL;
    if (computed)
        add_computed(s, computed->column,
                     fsci_format(s->arena, "%s = 6·%s·%s", s->scale->name, N->column, D->column));
    if (computed)
        fsci_record_warn(s->arena, s->record, "W-DERIVED",
                         "%s is no whole number and %s = 6·%s·%s in every row: %s was computed "
                         "from the others, so their errors are in it too. Fit measured counts "
                         "where there are some.",
                         computed->column, s->scale->name, N->column, D->column, computed->column);
}

void fsci_count_warnings(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    fsci_scale scale;
    subject s = {.arena = arena, .model = &fit->model, .scale = &scale, .record = record};
    if (fsci_scale_find(arena, &fit->model, &scale, NULL) != FSC_OK)
        return;
    unit(&s);
    counting(&s);
    derived(&s);
}
