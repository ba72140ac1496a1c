#include "fit/check/sensitivity.h"

#include "base/number.h"
#include "fit/check/change.h"
#include "record/warning.h"

#include <math.h>

static bool outside(const fsci_quantity *q, double value)
{
    return value < q->lo || value > q->hi;
}

/* One line of the table. */
typedef struct choice {
    const char *change;
    const double *value; /* [quantities] NaN where it has none */
    double rows;         /* NaN when it could not be fitted */
    bool fair;           /* somebody might well have made it */
} choice;

static fsc_status list_choices(fsci_arena *a, const fsci_sensitivity_input *in,
                               const fsci_changes *changes, choice *list, fsc_error *err)
{
    const fsci_quantities *q = in->quantities;
    for (size_t k = 0; k < changes->n; k++) {
        const fsci_variant *v = &changes->items[k];
        double *value = FSCI_NEW(a, double, q->n + 1);
        if (!value)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < q->n; i++)
            value[i] = v->theta ? fsci_quantity_value(&q->items[i], v->theta) : NAN;
        *list++ = (choice){v->change, value, v->theta ? (double)v->rows : NAN, true};
    }
    for (size_t k = 0; k < in->others->n; k++) {
        const fsci_other_law *law = &in->others->items[k];
        const char *change = fsci_format(a, "%s %s (forecast rmse %s, here %s)",
                                         law->rmse < in->others->own_rmse ? "better-forecasting law"
                                         : k                              ? "law"
                                                                          : "next-best law",
                                         law->id, fsci_briefly(law->rmse, 2).text,
                                         fsci_briefly(in->others->own_rmse, 2).text);
        *list++ = (choice){change, law->value, (double)in->fit->model.n, law->close};
    }
    return FSC_OK;
}

static void add_rows(fsci_arena *a, const fsci_quantities *quantities, const choice *c,
                     fsci_json *list)
{
    for (size_t i = 0; i < quantities->n; i++) {
        const fsci_quantity *q = &quantities->items[i];
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "change", c->change);
        fsci_json_set_string(a, item, "quantity", q->name);
        fsci_json_set_number(a, item, "value", c->value[i]);
        fsci_json_set_number(a, item, "moved", c->value[i] - q->value);
        fsci_json_set_bool(a, item, "outside", outside(q, c->value[i]));
        fsci_json_set_number(a, item, "rows", c->rows);
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
static void warn(fsci_arena *a, const fsci_quantities *quantities, const choice *choices, size_t n,
                 fsci_json *record)
{
    const fsci_quantity *worst = NULL;
    const choice *by = NULL;
    double most = 0, value_there = NAN;
    size_t moving = 0;
    for (size_t k = 0; k < n; k++) {
        bool moves = false;
        for (size_t i = 0; choices[k].fair && i < quantities->n; i++) {
            const fsci_quantity *q = &quantities->items[i];
            double value = choices[k].value[i];
            double ratio = fabs(value - q->value) / (q->hi - q->lo);
            if (!q->headline || !outside(q, value))
                continue;
            moves = true;
            if (ratio > most) {
                most = ratio;
                worst = q;
                by = &choices[k];
                value_there = value;
            }
        }
        moving += moves;
    }
    if (!worst)
        return;
    const char *others =
        moving > 1
            ? fsci_format(a, "; %zu of %zu changes move a headline out of its interval", moving, n)
            : "";
    fsci_record_warn(a, record, "W-SENS",
                     "%s moves from %s to %s with this change: %s (its interval: %s to "
                     "%s)%s. Say which choice you made and why, or quote the range.",
                     worst->name, fsci_brief(a, worst->value, 3), fsci_brief(a, value_there, 3),
                     by->change, fsci_brief(a, worst->lo, 3), fsci_brief(a, worst->hi, 3), others);
}

fsc_status fsci_sensitivity_run(fsci_arena *arena, const fsci_sensitivity_input *input,
                                fsci_json *record, fsc_error *err)
{
    fsci_changes changes;
    FSCI_TRY(fsci_changes_find(arena, input, &changes, err));
    FSCI_TRY(fsci_variants_fit(arena, input->fit, changes.items, changes.n,
                               input->settings->search.threads, err));
    size_t n = changes.n + input->others->n;
    choice *choices = FSCI_NEW(arena, choice, n + 1);
    if (!choices)
        return fsci_fail_memory(err);
    FSCI_TRY(list_choices(arena, input, &changes, choices, err));
    add_headline(arena, input->quantities, record);
    fsci_json *list = fsci_json_set_array(arena, record, "sensitivity");
    for (size_t k = 0; k < n; k++)
        add_rows(arena, input->quantities, &choices[k], list);
    warn(arena, input->quantities, choices, n, record);
    return FSC_OK;
}
