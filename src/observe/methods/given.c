/* A law whose weights were known beforehand (--given), scored as it stands. */
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

static double weight_of(const fsci_given *given, const char *name)
{
    for (size_t i = 0; i < given->n; i++)
        if (!strcmp(given->names[i], name))
            return given->values[i];
    return 0;
}

fsc_status fsci_predict_given(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                              fsc_error *err)
{
    (void)arena;
    if (!task->given)
        return fsci_fail(err, FSC_EINPUT, "no law is given");
    double floor = weight_of(task->given, "floor");
    for (size_t i = task->n_train; i < task->n; i++) {
        double z = weight_of(task->given, "intercept");
        for (size_t j = 0; j < task->p; j++)
            z += weight_of(task->given, task->benchmarks[j]) * task->complete[j * task->n + i];
        out->point[i - task->n_train] =
            task->link == FSCI_LINK_LINEAR ? z : floor + (1 - floor) / (1 + exp(-z));
    }
    return FSC_OK;
}
