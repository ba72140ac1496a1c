#include "observe/families.h"

#include <math.h>
#include <string.h>

static const char DEFAULT_REFERENCE[] = "Llama-2";

fsc_status fsci_families_group(fsci_arena *arena, const fsci_frame *frame, const size_t *rows,
                               size_t n, fsci_families *families, fsc_error *err)
{
    size_t *start = FSCI_NEW(arena, size_t, frame->n_families + 2);
    size_t *members = FSCI_NEW(arena, size_t, n);
    double *log10_flops = FSCI_NEW(arena, double, n);
    if (!start || !members || !log10_flops)
        return fsci_fail_memory(err);
    *families = (fsci_families){frame, log10_flops, members, start};
    for (size_t i = 0; i < n; i++) {
        log10_flops[i] = log10(frame->flops[rows[i]]);
        if (!isnan(log10_flops[i]) && frame->family[rows[i]] != FSCI_MISSING_CODE)
            start[frame->family[rows[i]] + 2]++;
    }
    for (size_t f = 0; f < frame->n_families; f++)
        start[f + 2] += start[f + 1];
    for (size_t i = 0; i < n; i++) /* start[f + 1] runs from family f's first place to its end */
        if (!isnan(log10_flops[i]) && frame->family[rows[i]] != FSCI_MISSING_CODE)
            members[start[frame->family[rows[i]] + 1]++] = i;
    return FSC_OK;
}

size_t fsci_family_size(const fsci_families *families, size_t family)
{
    return families->start[family + 1] - families->start[family];
}

fsci_line fsci_family_line(const fsci_families *families, size_t family, const double *y)
{
    return fsci_line_fit(families->members + families->start[family],
                         fsci_family_size(families, family), families->log10_flops, y);
}

fsc_status fsci_reference_family(const fsci_families *families, const char *wanted, size_t *family,
                                 fsc_error *err)
{
    const fsci_frame *frame = families->frame;
    const char *name = wanted ? wanted : DEFAULT_REFERENCE;
    size_t most = 1;
    *family = frame->n_families;
    for (size_t f = 0; f < frame->n_families; f++) {
        size_t size = fsci_family_size(families, f);
        if (!strcmp(frame->families[f], name) && (wanted || size >= 2)) {
            *family = f;
            return FSC_OK;
        }
        if (size > most) {
            *family = f;
            most = size;
        }
    }
    if (!wanted)
        return FSC_OK;
    const char *near = fsci_nearest(wanted, frame->families, frame->n_families);
    return fsci_fail(err, FSC_EINPUT, "no model is of the family '%s'%s%s%s", wanted,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

double fsci_equivalent_flops(const fsci_line *line, double z)
{
    return line->slope > 0 ? pow(10, (z - line->intercept) / line->slope) : NAN;
}
