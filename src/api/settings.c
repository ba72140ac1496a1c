#include "api/settings.h"

#include "api/provenance.h"

static fsc_status check_resampling(const fsci_fit_settings *s, fsc_error *err)
{
    bool by_cluster =
        s->resample == FSCI_RESAMPLE_CLUSTER || s->resample == FSCI_RESAMPLE_HIERARCHICAL;
    const char *unit = fsci_resample_name(s->resample);
    if (by_cluster && !s->cluster)
        return fsci_fail(err, FSC_EUSAGE,
                         "--resample %s needs --cluster COLUMN, the column that says which rows "
                         "belong together",
                         unit);
    if (s->cluster && s->bootstrap && !by_cluster)
        return fsci_fail(err, FSC_EUSAGE,
                         "--resample %s does not draw clusters; leave --cluster out, or give "
                         "--resample cluster or hierarchical",
                         unit);
    if (s->resample == FSCI_RESAMPLE_HIERARCHICAL && s->interval == FSCI_INTERVAL_STUDENTISED)
        return fsci_fail(err, FSC_EUSAGE,
                         "--interval studentised knows no standard error of a hierarchical "
                         "resample; give --resample cluster, or --interval bca");
    return FSC_OK;
}

/* Which intervals, and from how many refits on what. */
static fsc_status read_intervals(const fsc_args *args, fsci_fit_settings *s, fsc_error *err)
{
    enum { USUAL_REFITS = 1000 };
    const char *interval = fsci_args_text(args, "interval");
    const char *unit = fsci_args_text(args, "resample");
    bool given = fsc_args_get(args, "bootstrap", 0) != NULL;
    s->bootstrap = fsci_args_count(args, "bootstrap");
    s->cluster = fsci_args_text(args, "cluster");
    if (given && s->bootstrap < 2)
        return fsci_fail(err, FSC_EUSAGE,
                         "--bootstrap %zu has no spread; give 100 or more, or leave it out",
                         s->bootstrap);
    s->interval = given || unit ? FSCI_INTERVAL_PERCENTILE : FSCI_INTERVAL_LOCAL;
    if (interval && !fsci_interval_named(interval, &s->interval))
        return fsci_fail(err, FSC_EUSAGE, "--interval %s is for forecasts (observe), not for a fit",
                         interval);
    if (!given && (unit || fsci_interval_resamples(s->interval)))
        s->bootstrap = USUAL_REFITS;
    s->resample = s->cluster ? FSCI_RESAMPLE_CLUSTER : FSCI_RESAMPLE_CASES;
    if (unit)
        fsci_resample_named(unit, &s->resample);
    return check_resampling(s, err);
}

/* Everything `fit` was asked, from the options. */
fsc_status fsci_args_settings(const fsc_args *args, fsci_arena *arena, fsci_fit_settings *s,
                              fsc_error *err)
{
    *s = (fsci_fit_settings){0};
    FSCI_TRY(fsci_args_map(args, arena, &s->map, err));
    FSCI_TRY(fsci_args_pairs(args, "fix", arena, &s->fix, err));
    FSCI_TRY(fsci_args_pairs(args, "tie", arena, &s->tie, err));
    FSCI_TRY(fsci_args_pairs(args, "bound", arena, &s->bound, err));
    FSCI_TRY(fsci_args_pairs(args, "start", arena, &s->start, err));
    FSCI_TRY(fsci_args_pairs(args, "prior", arena, &s->prior, err));
    s->residual = fsci_args_text(args, "residual");
    s->objective = fsci_args_text(args, "objective");
    s->weight = fsci_args_text(args, "weight");
    s->trials = fsci_args_text(args, "trials");
    s->drop_bad = fsci_args_flag(args, "drop-bad");
    FSCI_TRY(fsci_settings_starts(fsci_args_text(args, "starts"), &s->search, err));
    FSCI_TRY(fsci_args_common(args, &s->level, &s->seed, &s->search.threads, err));
    s->search.seed = s->seed;
    return read_intervals(args, s, err);
}
