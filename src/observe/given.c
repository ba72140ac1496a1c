#include "observe/given.h"

#include "base/number.h"

#include <string.h>

static fsc_status read_weight(const fsci_frame *frame, const char *name, double value,
                              fsci_link *link, fsc_error *err)
{
    size_t j = 0;
    if (!strcmp(name, "intercept")) {
        link->intercept = value;
        return FSC_OK;
    }
    if (!strcmp(name, "floor")) {
        link->floor = value;
        return FSC_OK;
    }
    while (j < frame->p && strcmp(frame->benchmarks[j], name))
        j++;
    if (j < frame->p) {
        link->weights[j] = value;
        return FSC_OK;
    }
    const char *near = fsci_nearest(name, frame->benchmarks, frame->p);
    return fsci_fail(err, FSC_EINPUT,
                     "'%.60s' of --given is neither a benchmark nor intercept or floor%s%s%s", name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static fsc_status read_law(const fsci_setting *s, fsci_link *link, fsc_error *err)
{
    const fsci_given *given = s->input->given;
    for (size_t i = 0; i < given->n; i++)
        FSCI_TRY(read_weight(s->frame, given->names[i], given->values[i], link, err));
    if (!(link->floor >= 0 && link->floor < 1))
        return fsci_fail(err, FSC_EINPUT, "floor %s of --given is not in [0, 1)",
                         fsci_briefly(link->floor, 6).text);
    return FSC_OK;
}

fsc_status fsci_given_forecast(fsci_arena *arena, const fsci_setting *s, fsci_forecast *forecast,
                               fsc_error *err)
{
    fsci_sample sample = fsci_setting_sample(s);
    size_t p = s->frame->p;
    FSCI_TRY(fsci_forecast_begin(arena, s, forecast, err));
    fsci_fitted *f = &forecast->fitted;
    f->predictor = (fsci_predictor){.kind = FSCI_PREDICTOR_GIVEN};
    f->k = p;
    f->x = sample.complete;
    f->link = (fsci_link){.kind = s->input->link, .k = p, .weights = FSCI_NEW(arena, double, p)};
    f->z = FSCI_NEW(arena, double, sample.n);
    f->value = FSCI_NEW(arena, double, sample.n);
    if (!f->link.weights || !f->z || !f->value)
        return fsci_fail_memory(err);
    FSCI_TRY(read_law(s, &f->link, err));
    fsci_fitted_predict(&sample, f, &f->link, f->z, f->value);
    return FSC_OK;
}
