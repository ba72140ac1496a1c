#include "fit/check/sensitivity.h"

#include "fit/check/change.h"
#include "record/warning.h"

#include <math.h>

static bool outside(const fsci_quantity *q, double value)
{
    return value < q->lo || value > q->hi;
}

static void add_rows(fsci_arena *a, const fsci_quantities *quantities, const fsci_variant *v,
                     fsci_json *list)
{
    for (size_t i = 0; i < quantities->n; i++) {
        const fsci_quantity *q = &quantities->items[i];
        double value = v->theta ? fsci_quantity_value(q, v->theta) : NAN;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "change", v->change);
        fsci_json_set_string(a, item, "quantity", q->name);
        fsci_json_set_number(a, item, "value", value);
        fsci_json_set_number(a, item, "moved", value - q->value);
        fsci_json_set_bool(a, item, "outside", outside(q, value));
        fsci_json_set_number(a, item, "rows", v->theta ? (double)v->rows : NAN);
    }
}

static void add_headline(fsci_arena *a, const fsci_quantities *quantities, fsci_json *record)
{
    fsci_json *headline = fsci_json_set_object(a, record, "headline");
    fsci_json *list = fsci_json_set_array(a, headline, "quantities");
    for (size_t i = 0; i < quantities->n; i++) {
        const fsci_quantity *q = &quantities->items[i];
        if (!q->headline)
            continue;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "quantity", q->name);
        fsci_json_set_string(a, item, "unit", q->unit);
        if (q->at)
            fsci_json_set(a, item, "at", fsci_json_copy(a, q->at));
        fsci_json_set_number(a, item, "value", q->value);
        fsci_json_set_number(a, item, "lo", q->lo);
        fsci_json_set_number(a, item, "hi", q->hi);
    }
    fsci_json_set_string(a, headline, "rule", fsci_headline_rule);
}

/* The headline that leaves its interval farthest, measured by the interval's half width. */
static void warn(fsci_arena *a, const fsci_quantities *quantities, const fsci_changes *changes,
                 fsci_json *record)
{
    const fsci_quantity *worst = NULL;
    const fsci_variant *by = NULL;
    double most = 0, value_there = NAN;
    size_t moving = 0;
    for (size_t k = 0; k < changes->n; k++) {
        bool moves = false;
        for (size_t i = 0; changes->items[k].theta && i < quantities->n; i++) {
            const fsci_quantity *q = &quantities->items[i];
            double value = fsci_quantity_value(q, changes->items[k].theta);
            double ratio = fabs(value - q->value) / (q->hi - q->lo);
            if (!q->headline || !outside(q, value))
                continue;
            moves = true;
            if (ratio > most) {
                most = ratio;
                worst = q;
                by = &changes->items[k];
                value_there = value;
            }
        }
        moving += moves;
    }
    if (!worst)
        return;
    const char *others =
        moving > 1 ? fsci_format(a, "; %zu of %zu changes move a headline out of its interval",
                                 moving, changes->n)
                   : "";
    fsci_record_warn(a, record, "W-SENS",
                     "%s moves from %.3g to %.3g with this change: %s (its interval: %.3g to "
                     "%.3g)%s. Say which choice you made and why, or quote the range.",
                     worst->name, worst->value, value_there, by->change, worst->lo, worst->hi,
                     others);
}

fsc_status fsci_sensitivity_run(fsci_arena *arena, const fsci_sensitivity_input *input,
                                fsci_json *record, fsc_error *err)
{
    fsci_changes changes;
    FSCI_TRY(fsci_changes_find(arena, input, &changes, err));
    FSCI_TRY(fsci_variants_fit(arena, input->fit, changes.items, changes.n,
                               input->settings->search.threads, err));
    add_headline(arena, input->quantities, record);
    fsci_json *list = fsci_json_set_array(arena, record, "sensitivity");
    for (size_t k = 0; k < changes.n; k++)
        add_rows(arena, input->quantities, &changes.items[k], list);
    warn(arena, input->quantities, &changes, record);
    return FSC_OK;
}
