#include "law/asked.h"
#include "law/evaluate.h"

#include "api/ctx.h"
#include "api/published.h"
#include "base/number.h"
#include "law/sets.h"
#include "law/unit.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* The set asked for, or the only one, or a refusal that lists them. */
fsc_status fsci_args_set(const fsc_args *args, const fsc_law *law, const fsci_law_published **set,
                         fsc_error *err)
{
    enum { MOST = 32, SHOWN = 8 };
    const char *names[MOST], *name = fsci_args_text(args, "set");
    size_t n = law->published.n < MOST ? law->published.n : MOST;
    if (!law->published.n)
        return fsci_fail(err, FSC_EINPUT,
                         "law %s has no published set of parameters to evaluate; fit it first",
                         law->id);
    *set = law->published.items;
    if (!name || (*set = fsci_law_published_find(law, name)))
        return FSC_OK;
    fsci_buffer list = {0};
    for (size_t i = 0; i < n; i++) {
        names[i] = law->published.items[i].name;
        if (i < SHOWN)
            fsci_buffer_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    if (law->published.n > SHOWN)
        fsci_buffer_printf(&list, " and %zu more: laws show %s", law->published.n - SHOWN, law->id);
    const char *near = fsci_nearest(name, names, n);
    fsc_status status = fsci_fail(err, FSC_EINPUT, "law %s has no published set '%s'%s%s%s (%s)",
                                  law->id, name, near ? "; did you mean '" : "", near ? near : "",
                                  near ? "'?" : "", list.data ? list.data : "");
    fsci_buffer_free(&list);
    return status;
}

/* `at` with what each name means to the law: `web` is a member of r_j. */
static fsc_status name_inputs(fsci_arena *arena, const fsc_law *law, const fsci_law_published *set,
                              const fsci_values *at, fsci_values *named, fsc_error *err)
{
    *named = (fsci_values){.items = FSCI_NEW(arena, fsci_value, at->n + 1), .n = at->n};
    if (!named->items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < at->n; i++) {
        FSCI_TRY(fsci_law_input_named(arena, law, &set->values, at->items[i].name, &named->items[i],
                                      err));
        named->items[i].value = at->items[i].value;
    }
    return FSC_OK;
}

static fsc_status read_at(const fsc_args *args, fsci_arena *arena, fsci_values *at, fsc_error *err)
{
    fsci_settings_list list;
    FSCI_TRY(fsci_args_pairs(args, "at", arena, &list, err));
    *at = (fsci_values){.items = FSCI_NEW(arena, fsci_value, list.n), .n = list.n};
    if (!at->items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < list.n; i++) {
        const char *text = list.items[i].value;
        at->items[i].name = list.items[i].name;
        if (strstr(text, ".."))
            return fsci_fail(
                err, FSC_EUSAGE,
                "--at %s=%s: laws eval takes single values; for a grid give the same to sim "
                "law (--at NAME=LO..HI:STEPS, --set NAME), for one of a fit to fit",
                list.items[i].name, text);
        if (!fsci_quantity_read(text, strlen(text), &at->items[i].value))
            return fsci_fail(err, FSC_EUSAGE, "--at %s=%s: '%s' %s", list.items[i].name, text, text,
                             fsci_quantity_flaw(text, strlen(text)));
    }
    return FSC_OK;
}

/* The name, or of a set those of its members: r_web, r_code. */
static void add_input(fsci_arena *a, const fsc_law *law, const fsci_law_published *set,
                      const char *name, fsci_json *list)
{
    const char *index = fsci_law_index_of(law, name);
    const char *of = NULL; /* the first parameter that has members */
    for (size_t i = 0; index && i < set->values.n; i++) {
        const fsci_value *v = &set->values.items[i];
        const char *same = v->member ? fsci_law_index_of(law, v->name) : NULL;
        if (!same || strcmp(same, index) != 0 || (of && strcmp(of, v->name) != 0))
            continue;
        of = v->name;
        fsci_json_push(
            list, fsci_json_string(a, fsci_format(a, "%.*s%s", (int)(strlen(name) - strlen(index)),
                                                  name, v->member)));
    }
    if (!of)
        fsci_json_push(list, fsci_json_string(a, name));
}

static fsci_json *add_question(fsci_arena *a, const fsc_law *law, const fsci_law_published *set,
                               const fsci_texts *names, fsci_json *takes)
{
    fsci_json *question = fsci_json_push(takes, fsci_json_object(a));
    fsci_json *list = fsci_json_set_array(a, question, "at");
    for (size_t i = 0; i < names->n; i++)
        add_input(a, law, set, names->items[i], list);
    return fsci_json_set_array(a, question, "gives");
}

static bool same_texts(const fsci_texts *a, const fsci_texts *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = !strcmp(a->items[i], b->items[i]);
    return same;
}

/* The derived quantities that are functions of exactly these inputs. */
static void add_functions(fsci_arena *a, const fsc_law *law, const fsci_texts *inputs,
                          const char *response, fsci_json *gives)
{
    for (size_t i = 0; i < law->derived.n; i++)
        if (same_texts(&law->derived.items[i].arguments, inputs) &&
            strcmp(law->derived.items[i].name, response) != 0)
            fsci_json_push(gives, fsci_json_string(a, law->derived.items[i].name));
}

/* What --at may give, and what is known then. */
static fsc_status add_questions(fsci_arena *a, const fsc_law *law, const fsci_law_published *set,
                                fsci_json *root, fsc_error *err)
{
    fsci_json *takes = fsci_json_set_array(a, root, "takes");
    fsci_texts inputs;
    FSCI_TRY(fsci_law_inputs(a, law, &inputs, err));
    const char *response = law->columns.items[law->response].name;
    if (inputs.n) {
        fsci_json *gives = add_question(a, law, set, &inputs, takes);
        fsci_json_push(gives, fsci_json_string(a, response));
        add_functions(a, law, &inputs, response, gives);
    }
    for (size_t i = 0; i < law->derived.n; i++) {
        const fsci_texts *arguments = &law->derived.items[i].arguments;
        bool known = !arguments->n || same_texts(arguments, &inputs);
        for (size_t j = 0; j < i; j++)
            known = known || same_texts(&law->derived.items[j].arguments, arguments);
        if (!known)
            add_functions(a, law, arguments, response, add_question(a, law, set, arguments, takes));
    }
    return FSC_OK;
}

static const char *unit_of(const fsc_law *law, const char *derived)
{
    const fsci_law_derived *d = fsci_law_derived_find(law, derived);
    size_t column = fsci_law_column_index(law, derived);
    if (d)
        return d->unit;
    return column == SIZE_MAX ? NULL : law->columns.items[column].unit;
}

/* Of a derived quantity, or of a column whose amount for a response is asked. */
static const char *meaning_of(const fsc_law *law, const char *derived)
{
    const fsci_law_derived *d = fsci_law_derived_find(law, derived);
    size_t column = fsci_law_column_index(law, derived);
    if (d)
        return d->meaning;
    return column == SIZE_MAX ? NULL : law->columns.items[column].meaning;
}

static void describe_sums(fsci_arena *a, const fsci_evaluation *e, fsci_json *root)
{
    fsci_json *sums = fsci_json_set_array(a, root, "sums");
    for (size_t i = 0; i < e->sums.n; i++) {
        const fsci_evaluated_sum *sum = &e->sums.items[i];
        fsci_json *item = fsci_json_push(sums, fsci_json_object(a));
        fsci_json_set_string(a, item, "sum", sum->name);
        fsci_json_set_string(a, item, "term", sum->term);
        fsci_json_set_number(a, item, "value", sum->value);
        fsci_json *terms = fsci_json_set_object(a, item, "terms");
        for (size_t m = 0; m < sum->n; m++)
            fsci_json_set_number(a, terms, sum->members[m], sum->values[m]);
    }
}

static void describe(fsci_arena *a, const fsc_law *law, const fsci_law_published *set,
                     const fsci_values *at, const fsci_evaluation *e, fsci_json *root)
{
    fsci_json *about = fsci_json_set_object(a, root, "law");
    fsci_json_set_string(a, about, "id", law->id);
    fsci_json_set_number(a, about, "version", (double)law->version);
    fsci_json_set_string(a, about, "formula", law->stated->text);
    fsci_json_set_string(a, root, "set", set->name);
    fsci_json *inputs = fsci_json_set_object(a, root, "at");
    for (size_t i = 0; i < at->n; i++)
        fsci_json_set_number(a, inputs, at->items[i].name, at->items[i].value);
    fsci_json *columns = fsci_json_set_object(a, root, "columns");
    for (size_t i = 0; i < law->columns.n; i++) {
        fsci_json *column = fsci_json_set_object(a, columns, law->columns.items[i].name);
        fsci_json_set_string(a, column, "unit",
                             fsci_law_unit(law, set, law->columns.items[i].name));
    }
    fsci_json_set_string(a, root, "response", law->columns.items[law->response].name);
    fsci_json_set_number(a, root, "value", e->value);
    fsci_json_set_string(a, root, "unit",
                         fsci_law_unit(law, set, law->columns.items[law->response].name));
    fsci_json *terms = fsci_json_set_object(a, root, "terms");
    for (size_t i = 0; i < e->terms.n; i++)
        fsci_json_set_number(a, terms, e->terms.items[i].name, e->terms.items[i].value);
    if (e->sums.n)
        describe_sums(a, e, root);
    fsci_json *derived = fsci_json_set_array(a, root, "derived");
    for (size_t i = 0; i < e->derived.n; i++) {
        fsci_json *item = fsci_json_push(derived, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", e->derived.items[i].name);
        fsci_json_set_number(a, item, "value", e->derived.items[i].value);
        fsci_json_set_string(a, item, "unit", unit_of(law, e->derived.items[i].name));
        fsci_json_set_string(a, item, "meaning", meaning_of(law, e->derived.items[i].name));
    }
}

/* The law file may refuse the point. */
static fsc_status refuse(const fsci_law_objections *against, fsc_error *err)
{
    for (size_t i = 0; i < against->list.n; i++) {
        const fsci_law_expectation *e = against->list.items[i];
        if (e->otherwise == FSCI_LAW_REFUSES)
            return fsci_fail(err, FSC_EINPUT, "--at: %s (%s: not %s)", e->says, e->code,
                             fsci_law_asked(e)->text);
    }
    return FSC_OK;
}

static void warn(fsci_arena *a, const fsci_law_objections *against, fsci_json *root)
{
    for (size_t i = 0; i < against->list.n; i++) {
        const fsci_law_expectation *e = against->list.items[i];
        fsci_record_warn(a, root, e->code, "%s (not %s).", e->says, fsci_law_asked(e)->text);
    }
}

/* Amounts that no run has, which are likely to be of another unit. */
static void doubt_units(fsci_arena *a, const fsc_law *law, const fsci_law_published *set,
                        const fsci_values *named, fsci_json *root)
{
    for (size_t i = 0; i < named->n; i++) {
        const fsci_value *v = &named->items[i];
        const fsci_unit_bounds *b = fsci_unit_bounds_of(fsci_law_unit(law, set, v->name));
        if (b && (v->value < b->least || v->value > b->most) && v->value < 1e200)
            fsci_record_warn(a, root, "W-UNIT",
                             "%s = %s %s: no run has so %s; that looks like %s. Give plain units.",
                             v->name, fsci_brief(a, v->value, 4), b->plain,
                             v->value < b->least ? "few" : "many",
                             v->value < b->least ? b->below : b->above);
    }
}

/* A response that the law itself says cannot be, as a score above 1. */
static void doubt_response(fsci_arena *a, const fsc_law *law, double value, fsci_json *root)
{
    const fsci_law_column *y = &law->columns.items[law->response];
    const fsci_bound *end = value < y->domain.lo.value ? &y->domain.lo : &y->domain.hi;
    if (!isnan(value) && !fsci_domain_holds(&y->domain, value))
        fsci_record_warn(a, root, "W-OUTSIDE-RANGE",
                         "%s is %s there, %s %s, which it cannot be: the law does not hold there.",
                         y->name, fsci_brief(a, value, 4), end == &y->domain.lo ? "below" : "above",
                         fsci_brief(a, end->value, 4));
}

/* Questions that have no answer, as a target below the floor. */
static void doubt_values(fsci_arena *a, const fsc_law *law, const fsci_evaluation *e,
                         fsci_json *root)
{
    for (size_t i = 0; i < e->derived.n; i++) {
        const fsci_law_derived *d = fsci_law_derived_find(law, e->derived.items[i].name);
        if ((!d || d->arguments.n) && isnan(e->derived.items[i].value))
            fsci_record_warn(a, root, "W-OUT-OF-REACH",
                             "%s has no value there: no amount gives that under this law, as "
                             "beyond its floor or ceiling.",
                             e->derived.items[i].name);
    }
}

fsc_status fsci_laws_evaluate(const fsc_args *args, const fsci_catalogue *catalogue, const char *id,
                              fsc_record *record, fsc_error *err)
{
    fsci_arena *a = record->arena;
    fsc_law *law;
    const fsci_law_published *set;
    fsci_values at, named;
    fsci_evaluation evaluation;
    fsci_law_objections against;
    FSCI_TRY(fsci_catalogue_find(catalogue, id, &law, err));
    fsc_status status = fsci_args_set(args, law, &set, err);
    if (status == FSC_OK)
        status = read_at(args, a, &at, err);
    if (status == FSC_OK)
        status = name_inputs(a, law, set, &at, &named, err);
    if (status == FSC_OK)
        status = fsci_law_object(a, law, set, &named, &against, err);
    if (status == FSC_OK)
        status = refuse(&against, err);
    if (status == FSC_OK)
        status = fsci_law_evaluate_set(a, law, set, &named, &evaluation, err);
    if (status == FSC_OK) {
        record->root = fsci_record_begin(a, "evaluation");
        describe(a, law, set, &at, &evaluation, record->root);
        fsci_json_set_array(a, record->root, "warnings");
        warn(a, &against, record->root);
        doubt_units(a, law, set, &named, record->root);
        doubt_response(a, law, evaluation.value, record->root);
        doubt_values(a, law, &evaluation, record->root);
        status = add_questions(a, law, set, record->root, err);
    }
    fsci_law_free(law);
    return status;
}
