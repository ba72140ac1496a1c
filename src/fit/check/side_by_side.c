#include "fit/check/side_by_side.h"

#include "fit/interval/profile.h"
#include "fit/predict.h"
#include "fit/record.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

enum { PROFILED_ROWS = 3000, PROFILED_PARAMETERS = 12 };

/* The inputs of an answer as somebody would ask for them. */
static fsc_status ask(fsci_arena *a, const fsci_json *inputs, fsci_at *at, fsc_error *err)
{
    fsci_setting *items = FSCI_NEW(a, fsci_setting, fsci_json_count(inputs) + 1);
    if (!items)
        return fsci_fail_memory(err);
    *at = (fsci_at){items, 0};
    FSCI_JSON_EACH (input, inputs)
        items[at->n++] = (fsci_setting){input->key, input->kind == FSCI_JSON_NUMBER
                                                        ? fsci_format(a, "%.17g", input->number)
                                                        : input->string};
    return FSC_OK;
}

/* That a profile went below the minimum concerns the fit, whatever its intervals are. */
static void pass_on(fsci_arena *a, const fsci_json *from, fsci_json *record)
{
    FSCI_JSON_EACH (warning, fsci_json_get(from, "warnings"))
        if (!strcmp(fsci_json_get_string(warning, "code"), "W-STARTS"))
            fsci_record_warn(a, record, "W-STARTS", "%s", fsci_json_get_string(warning, "message"));
}

/* The quantities again, with intervals by `method`. */
static fsc_status by_method(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                            fsci_interval_method method, const fsci_quantities *asked,
                            fsci_quantities *out, fsci_json *of_fit, fsc_error *err)
{
    fsci_fit bare = *fit;
    fsci_fit_settings own = *settings;
    const fsci_fit_context context = {.rows_read = fit->model.n, .settings = &own};
    fsci_json *record = fsci_json_object(a), *rows, *derived;
    fsci_fitted fitted;
    fsci_at at[FSCI_MOST_QUANTITIES];
    size_t n = 0;
    bare.resamples = (fsci_resamples){0};
    own.interval = method;
    own.bootstrap = 0;
    fsci_json_set_string(a, record, "kind", "fit");
    fsci_json_set_number(a, record, "schema", 1);
    FSCI_TRY(fsci_fit_record(a, &bare, &context, record, err));
    FSCI_TRY(fsci_fitted_read(a, record, &fitted, err));
    if (method == FSCI_INTERVAL_PROFILE)
        FSCI_TRY(fsci_profile_parameters(a, &fitted, settings->search.threads, record, err));
    pass_on(a, record, of_fit);
    for (size_t i = 0; i < asked->n; i++)
        if (asked->items[i].headline && asked->items[i].at)
            FSCI_TRY(ask(a, asked->items[i].at, &at[n++], err));
    derived = fsci_json_set_array(a, record, "derived");
    rows = fsci_json_set_array(a, record, "predictions");
    FSCI_TRY(fsci_predict_at(a, &fitted, at, n, rows, derived, err));
    return fsci_quantities_find(a, &bare, &fitted, out, err);
}

static const fsci_quantity *find(const fsci_quantities *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

static void put(fsci_arena *a, const char *method, const fsci_quantities *found, fsci_json *record)
{
    FSCI_JSON_EACH (item, fsci_json_at(record, "headline.quantities")) {
        const fsci_quantity *q = find(found, fsci_json_get_string(item, "quantity"));
        fsci_json *all = (fsci_json *)fsci_json_get(item, "by_method");
        if (!all)
            all = fsci_json_set_object(a, (fsci_json *)item, "by_method");
        fsci_json *own = fsci_json_set_object(a, all, method);
        fsci_json_set_number(a, own, "lo", q ? q->lo : NAN);
        fsci_json_set_number(a, own, "hi", q ? q->hi : NAN);
    }
}

fsc_status fsci_side_by_side_add(fsci_arena *a, const fsci_fit *fit,
                                 const fsci_fit_settings *settings,
                                 const fsci_quantities *quantities, fsci_json *record,
                                 fsc_error *err)
{
    static const fsci_interval_method cheap[] = {FSCI_INTERVAL_LOCAL, FSCI_INTERVAL_PROFILE};
    for (size_t i = 0; i < 2; i++) {
        fsci_quantities found;
        bool large =
            fit->model.n > PROFILED_ROWS || fit->model.parameters.n_free > PROFILED_PARAMETERS;
        if (cheap[i] == settings->interval)
            put(a, fsci_interval_name(cheap[i]), quantities, record);
        if (cheap[i] == settings->interval || (cheap[i] == FSCI_INTERVAL_PROFILE && large))
            continue;
        fsc_status status = by_method(a, fit, settings, cheap[i], quantities, &found, record, NULL);
        if (status == FSC_OK)
            put(a, fsci_interval_name(cheap[i]), &found, record);
        else if (fsci_arena_failed(a))
            return fsci_fail_memory(err);
    }
    if (fsci_interval_resamples(settings->interval))
        put(a, fsci_interval_name(settings->interval), quantities, record);
    return FSC_OK;
}
