#include "fit/asked.h"

#include "fit/grouped.h"
#include "fit/points.h"
#include "law/asked.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* The condition with parameters by level where the fit has them so. */
static const char *text_of(fsci_arena *a, const fsci_subject *subject,
                           const fsci_formula *condition)
{
    const fsci_node *node =
        subject->grouped ? fsci_grouped_rewrite(a, condition->right, subject->grouped) : NULL;
    return node ? fsci_formula_text(a, NULL, node) : condition->text;
}

void fsci_asked_record(fsci_arena *a, const fsci_subject *subject, fsci_json *object)
{
    const fsc_law *law = subject->law;
    fsci_json *list = NULL;
    for (size_t i = 0; i < law->expects.n; i++) {
        const fsci_law_expectation *e = &law->expects.items[i];
        const fsci_formula *condition = fsci_law_asked(e);
        if (!condition)
            continue;
        list = list ? list : fsci_json_set_array(a, object, "expects");
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "condition", text_of(a, subject, condition));
        fsci_json_set_bool(a, item, "refuses", e->otherwise == FSCI_LAW_REFUSES);
        fsci_json_set_string(a, item, "code", e->code);
        fsci_json_set_string(a, item, "says", e->says);
    }
}

static bool is_given(const fsci_points *points, const char *name)
{
    for (size_t i = 0; i < points->n_inputs; i++)
        if (!strcmp(points->inputs[i].name, name))
            return true;
    return false;
}

static bool is_parameter(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->parameters[i].name, name))
            return true;
    return false;
}

/* Whether the points and the constants fitted decide the condition, and not the constants alone. */
static bool is_decided(fsci_arena *a, const fsci_fitted *f, const fsci_formula *condition,
                       const fsci_points *points)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, condition, &names), given = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_given(points, names[i].name))
            given++;
        else if (!is_parameter(f, names[i].name))
            return false;
    }
    return given > 0;
}

/* At how many of the points the condition does not hold; 0 where they do not decide it. */
static size_t count_against(fsci_arena *a, const fsci_fitted *f, const char *text,
                            const fsci_points *points)
{
    fsci_formula *formula;
    fsci_curve curve;
    fsci_fitted bare = *f;
    size_t against = 0;
    bare.method = FSCI_INTERVAL_LOCAL;
    bare.covariance = bare.settled = NULL;
    if (fsci_formula_parse(a, "expects", 1, 1, text, &formula, NULL) != FSC_OK)
        return 0;
    if (!is_decided(a, f, formula, points) ||
        fsci_curve_find(a, &bare, formula, formula->right, points, FSCI_SPACE_IDENTITY, &curve,
                        NULL) != FSC_OK)
        return 0;
    for (size_t k = 0; k < points->n; k++)
        against += curve.value[k] == 0 || isnan(curve.value[k]);
    return against;
}

static fsc_status check(fsci_arena *a, const fsci_fitted *f, const fsci_json *item,
                        const fsci_points *points, fsci_json *record, fsc_error *err)
{
    const char *condition = fsci_json_get_string(item, "condition");
    const char *code = fsci_json_get_string(item, "code"),
               *says = fsci_json_get_string(item, "says");
    size_t against = condition && code && says ? count_against(a, f, condition, points) : 0;
    if (!against)
        return FSC_OK;
    const char *where =
        points->n > 1 ? fsci_format(a, " at %zu of %zu points", against, points->n) : "";
    if (fsci_json_get_bool(item, "refuses", false))
        return fsci_fail(err, FSC_EINPUT, "--at: %s (%s: not %s%s)", says, code, condition, where);
    fsci_record_warn(a, record, code, "%s (not %s%s, asked by --at).", says, condition, where);
    return FSC_OK;
}

fsc_status fsci_asked_check(fsci_arena *a, const fsci_fitted *f, const fsci_at *at, size_t n_at,
                            fsci_json *record, fsc_error *err)
{
    const fsci_json *expects = fsci_json_at(f->record, "law.expects");
    for (size_t i = 0; expects && i < n_at; i++) {
        fsci_points points;
        FSCI_TRY(fsci_points_at(a, f, &at[i], &points, err));
        FSCI_JSON_EACH (item, expects)
            FSCI_TRY(check(a, f, item, &points, record, err));
    }
    return FSC_OK;
}
