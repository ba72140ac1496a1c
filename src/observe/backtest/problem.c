#include "observe/backtest/problem.h"

#include "observe/date.h"

#include <ctype.h>
#include <math.h>

/* ---- dates ---- */

fsc_status fsci_problem_dates(fsci_arena *arena, const fsci_frame *frame, const double **date,
                              fsc_error *err)
{
    double *years = FSCI_NEW(arena, double, frame->n);
    const char **texts = fsci_frame_texts(arena, frame, FSCI_ROLE_DATE);
    if (!years || !texts)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < frame->n; i++) {
        int day;
        years[i] = NAN;
        if (!texts[i])
            continue;
        if (!fsci_date_read(texts[i], &day))
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)i,
                                 "%s of %s is '%s', not a date such as 2023-07-18, 2023-07 or 2023",
                                 frame->column[FSCI_ROLE_DATE]->name, frame->model[i], texts[i]);
        years[i] = fsci_date_years(day);
    }
    *date = years;
    return FSC_OK;
}

/* ---- chance ---- */

/* Names are compared by their letters and digits. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            return true;
    }
}

static double chance_of(const fsci_observe_input *input, const char *name)
{
    for (size_t i = 0; i < input->n_chances; i++)
        if (same_name(input->chances[i].name, name))
            return input->chances[i].value;
    return 0;
}

fsc_status fsci_problem_chances(fsci_arena *arena, const fsci_frame *frame,
                                const fsci_observe_input *input, const double **chance,
                                fsc_error *err)
{
    double *values = FSCI_NEW(arena, double, frame->p);
    if (!values)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < frame->p; j++)
        values[j] = chance_of(input, frame->benchmarks[j]);
    *chance = values;
    return FSC_OK;
}

fsc_status fsci_problem_make(fsci_arena *arena, const fsci_frame *frame,
                             const fsci_backtest_input *input, const double *date, size_t index,
                             fsci_problem *problem, fsc_error *err)
{
    const fsci_observe_input *models = input->models;
    *problem = (fsci_problem){.frame = frame,
                              .input = models,
                              .name = frame->targets[index],
                              .target = frame->target[index],
                              .t = FSCI_NEW(arena, double, frame->n),
                              .date = date,
                              .items = frame->items,
                              .target_items = frame->target_items[index],
                              .bounded = models->link != FSCI_LINK_LINEAR};
    if (!problem->t)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < frame->n; i++)
        problem->t[i] = (problem->target[i] - models->chance) / (models->ceiling - models->chance);
    return fsci_problem_chances(arena, frame, models, &problem->chance, err);
}
