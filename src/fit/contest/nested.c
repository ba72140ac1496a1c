/* Tests of a law against one that its file says it reduces to, and of parameters by group against
 * shared ones. */
#include "fit/contest/comparison.h"
#include "fit/priors.h"
#include "num/distribution.h"

#include <math.h>
#include <string.h>

/* What a law file says of one that is another law with its parameters tied, on all rows. */
static const char always[] = "always";

static const fsci_law_reduction *declared(const fsc_law *law, const fsc_law *other)
{
    for (size_t i = 0; i < law->reduces_to.n; i++)
        if (!strcmp(law->reduces_to.items[i].law, other->id))
            return &law->reduces_to.items[i];
    return NULL;
}

/* "beta = alpha/(1 + alpha)": how the parameters of the full law are tied. */
static const char *special_case(fsci_arena *a, const fsci_law_reduction *r)
{
    const char *list = NULL;
    for (size_t i = 0; i < r->maps.n; i++) {
        const fsci_law_map *map = &r->maps.items[i];
        if (strcmp(map->name, map->formula->text) != 0)
            list = fsci_format(a, "%s%s%s = %s", list ? list : "", list ? ", " : "", map->name,
                               map->formula->text);
    }
    return list ? list : always;
}

/* How `full` becomes `reduced`: what its file says, or which parameters are shared; NULL when they
 * are not nested. */
static const char *nesting(fsci_arena *a, const fsci_contender *full, const fsci_contender *reduced)
{
    const fsc_law *law = full->subject.law, *other = reduced->subject.law;
    bool same = law == other &&
                (law || full->subject.formula == reduced->subject.formula || full->subject.grouped);
    const fsci_grouped *by = full->subject.grouped, *less = reduced->subject.grouped;
    if (by && same && (!less || less->n_names < by->n_names))
        return fsci_format(a, "the same parameters at every level of %s", by->column);
    if (!law || !other || by || less || full->apart != reduced->apart)
        return NULL;
    const fsci_law_reduction *to = declared(law, other), *from = declared(other, law);
    if (to && strcmp(to->when, always) != 0)
        return to->when;
    return from && !strcmp(from->when, always) ? special_case(a, from) : NULL;
}

static double diagnostic(const fsci_contender *c, const char *name)
{
    return fsci_json_get_number(fsci_json_get(c->record, "diagnostics"), name);
}

/* F for least squares, else twice the gain in log-likelihood as chi-squared. */
static void add_test(fsci_arena *a, const fsci_contender *full, const fsci_contender *reduced,
                     const char *when, fsci_json *list)
{
    const fsci_objective *o = &full->fit->model.objective;
    double k_full = (double)full->fit->model.parameters.n_free;
    double df = k_full - (double)reduced->fit->model.parameters.n_free;
    double rest = (double)full->fit->model.n - k_full;
    double s_full = full->fit->search.best.value, s_reduced = reduced->fit->search.best.value;
    bool least_squares = o->loss == FSCI_LOSS_SQUARED && !o->density;
    double gain = diagnostic(reduced, "minus_two_log_likelihood") -
                  diagnostic(full, "minus_two_log_likelihood");
    double f = (s_reduced - s_full) / df / (s_full / rest);
    bool penalised = fsci_priors_any(&full->fit->model.parameters) ||
                     fsci_priors_any(&reduced->fit->model.parameters);
    bool sound = !penalised && df > 0 && rest > 0 && s_full <= s_reduced * (1 + 1e-9);
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "full", full->id);
    fsci_json_set_string(a, item, "reduced", reduced->id);
    fsci_json_set_string(a, item, "when", when);
    fsci_json_set_string(a, item, "statistic", least_squares ? "F" : "likelihood ratio");
    fsci_json_set_number(a, item, "value",
                         !sound          ? NAN
                         : least_squares ? fmax(f, 0)
                                         : fmax(gain, 0));
    fsci_json *degrees = fsci_json_set_array(a, item, "df");
    fsci_json_push(degrees, fsci_json_number(a, df));
    if (least_squares)
        fsci_json_push(degrees, fsci_json_number(a, rest));
    fsci_json_set_number(a, item, "p",
                         !sound          ? NAN
                         : least_squares ? fsci_f_upper(fmax(f, 0), df, rest)
                                         : fsci_chi2_upper(fmax(gain, 0), df));
    if (!sound)
        fsci_json_set_string(a, item, "note",
                             penalised ? "a fit with priors is no maximum of the likelihood; use "
                                         "AICc, which counts the parameters the rows determine"
                             : df > 0  ? "the full law does not fit better here: on these rows the "
                                         "laws are not nested, or a minimum was missed"
                                       : "both have as many free parameters; use AICc");
}

static size_t find(const fsci_comparison_input *in, const char *id)
{
    for (size_t i = 0; i < in->n; i++)
        if (!strcmp(in->contenders[i].id, id))
            return i;
    return SIZE_MAX;
}

/* --nested FULL,REDUCED: refused when nobody declares it. */
static fsc_status asked_test(fsci_arena *a, const fsci_comparison_input *in, fsci_json *list,
                             fsc_error *err)
{
    size_t full = find(in, in->nested[0]), reduced = find(in, in->nested[1]);
    for (size_t i = 0; i < 2; i++)
        if (find(in, in->nested[i]) == SIZE_MAX)
            return fsci_fail(err, FSC_EUSAGE, "--nested: '%s' is not among the laws compared",
                             in->nested[i]);
    const char *when = nesting(a, &in->contenders[full], &in->contenders[reduced]);
    if (!when)
        return fsci_fail(err, FSC_EINPUT,
                         "%s is not nested in %s: no law file declares that it reduces to it, so "
                         "no F or likelihood-ratio test applies; compare AICc and the backtest",
                         in->nested[1], in->nested[0]);
    add_test(a, &in->contenders[full], &in->contenders[reduced], when, list);
    return FSC_OK;
}

fsc_status fsci_nested_tests(fsci_arena *a, const fsci_comparison_input *in, fsci_json *record,
                             fsc_error *err)
{
    fsci_json *list = fsci_json_set_array(a, record, "nested");
    if (in->nested)
        return asked_test(a, in, list, err);
    for (size_t i = 0; i < in->n; i++)
        for (size_t j = 0; j < in->n; j++) {
            const char *when = i == j ? NULL : nesting(a, &in->contenders[i], &in->contenders[j]);
            if (when)
                add_test(a, &in->contenders[i], &in->contenders[j], when, list);
        }
    return FSC_OK;
}
