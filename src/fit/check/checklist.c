#include "fit/check/checklist.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

typedef const char *fill_fn(fsci_arena *a, const fsci_json *record);

static const char *text_of(const fsci_json *object, const char *key)
{
    const char *text = fsci_json_get_string(object, key);
    return text ? text : "";
}

static double number_of(const fsci_json *record, const char *member, const char *key)
{
    return fsci_json_get_number(fsci_json_get(record, member), key);
}

static const char *add(fsci_arena *a, const char *list, const char *piece)
{
    return !piece ? list : list ? fsci_format(a, "%s; %s", list, piece) : piece;
}

/* ---- answers that the record holds ---- */

static const char *form(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *law = fsci_json_get(record, "law");
    const char *id = fsci_json_get_string(law, "id");
    return id ? fsci_format(a, "%s version %s: %s", id,
                            fsci_briefly(fsci_json_get_number(law, "version"), 6).text,
                            text_of(law, "formula"))
              : fsci_format(a, "own formula: %s", text_of(law, "formula"));
}

static const char *variables(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (c, fsci_json_at(record, "data.columns")) {
        const char *unit = fsci_json_get_string(c, "unit");
        list = add(a, list,
                   fsci_format(a, "%s is column %s (%s)", c->key, text_of(c, "column"),
                               unit ? unit : "unit not stated"));
    }
    return list;
}

static const char *parameters(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (p, fsci_json_get(record, "parameters")) {
        const char *group = fsci_json_get_string(p, "group"),
                   *tied = fsci_json_get_string(p, "tied_to");
        const char *name =
            group ? fsci_format(a, "%s[%s]", text_of(p, "name"), group) : text_of(p, "name");
        double lo = fsci_json_get_number(p, "lo");
        const char *status = text_of(p, "status"),
                   *value = fsci_brief(a, fsci_json_get_number(p, "value"), 5);
        list = add(a, list,
                   tied ? fsci_format(a, "%s tied to %s", name, tied)
                   : isnan(lo)
                       ? fsci_format(a, "%s = %s (%s)", name, value, status)
                       : fsci_format(a, "%s = %s (%s to %s, %s)", name, value, fsci_brief(a, lo, 4),
                                     fsci_brief(a, fsci_json_get_number(p, "hi"), 4), status));
    }
    return list;
}

static const char *principle(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *source = fsci_json_at(record, "law.source");
    const char *authors = fsci_json_get_string(source, "authors");
    const char *arxiv = fsci_json_get_string(source, "arxiv");
    double year = fsci_json_get_number(source, "year");
    if (!authors)
        return NULL;
    return fsci_format(a, "%s%s%s%s, %s", authors,
                       isnan(year) ? "" : fsci_format(a, " %s", fsci_briefly(year, 6).text),
                       arxiv ? ", arXiv:" : "", arxiv ? arxiv : "", text_of(source, "where"));
}

static const char *design(fsci_arena *a, const fsci_json *record)
{
    const char *list = fsci_format(a, "%.0f rows", number_of(record, "data", "rows_used"));
    FSCI_JSON_EACH (c, fsci_json_at(record, "data.columns")) {
        double min = fsci_json_get_number(c, "min");
        if (!isnan(min))
            list = add(a, list,
                       fsci_format(a, "%s %s to %s", c->key, fsci_brief(a, min, 4),
                                   fsci_brief(a, fsci_json_get_number(c, "max"), 4)));
    }
    return list;
}

/* What can be seen of it; that nothing was computed cannot. */
static const char *measured(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (c, fsci_json_at(record, "data.computed"))
        list = add(a, list,
                   fsci_format(a, "%s was computed from the others (%s in every row)",
                               text_of(c, "column"), text_of(c, "rule")));
    return list;
}

static const char *hyperparameters(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (c, fsci_json_at(record, "data.settings")) {
        double min = fsci_json_get_number(c, "min"), max = fsci_json_get_number(c, "max");
        list = add(a, list,
                   min == max ? fsci_format(a, "%s held at %s", text_of(c, "column"),
                                            fsci_brief(a, min, 4))
                              : fsci_format(a, "%s varies from %s to %s", text_of(c, "column"),
                                            fsci_brief(a, min, 4), fsci_brief(a, max, 4)));
    }
    return list;
}

static const char *checkpoints(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *runs = fsci_json_at(record, "data.runs");
    double rows = number_of(record, "data", "rows_used"), n = fsci_json_get_number(runs, "n");
    if (!runs)
        return NULL;
    return rows == n ? fsci_format(a, "one row of each of %.0f runs (column %s)", n,
                                   text_of(runs, "column"))
                     : fsci_format(a, "%.0f rows of %.0f runs (column %s)", rows, n,
                                   text_of(runs, "column"));
}

static const char *transformations(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (step, fsci_json_get(record, "prepared"))
        list = add(a, list, step->string);
    return list;
}

static const char *raw_data(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    const fsci_json *provenance = fsci_json_get(record, "provenance");
    FSCI_JSON_EACH (input, fsci_json_get(provenance, "inputs"))
        list =
            add(a, list,
                fsci_format(a, "%s, sha256 %s", text_of(input, "name"), text_of(input, "sha256")));
    return add(a, list,
               fsci_format(a, "%s (forescale %s)", text_of(provenance, "command"),
                           text_of(fsci_json_get(record, "program"), "version")));
}

static const char *objective(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *o = fsci_json_get(record, "objective");
    double delta = fsci_json_get_number(o, "delta");
    const char *weight = fsci_json_get_string(o, "weight");
    return fsci_format(
        a, "sum over rows, %s%s on %s residuals, %s; value %s", text_of(o, "loss"),
        isnan(delta) ? "" : fsci_format(a, " (delta %s)", fsci_briefly(delta, 6).text),
        text_of(o, "space"), weight ? fsci_format(a, "weights %s", weight) : "all rows alike",
        fsci_briefly(fsci_json_get_number(o, "value"), 7).text);
}

static const char *algorithm(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *s = fsci_json_get(record, "solver");
    return fsci_format(a,
                       "trust region with exact derivatives; %s after %s iterations, scaled "
                       "gradient %s",
                       text_of(s, "stop"),
                       fsci_briefly(fsci_json_get_number(s, "iterations"), 6).text,
                       fsci_briefly(fsci_json_get_number(s, "gradient_norm"), 2).text);
}

static const char *initialisation(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *s = fsci_json_get(record, "starts");
    return fsci_format(a,
                       "%s: %s starts, %s brought to convergence, %s reached the best; %zu "
                       "distinct minima",
                       text_of(s, "scheme"), fsci_briefly(fsci_json_get_number(s, "n"), 6).text,
                       fsci_briefly(fsci_json_get_number(s, "solved"), 6).text,
                       fsci_briefly(fsci_json_get_number(s, "reached_best"), 6).text,
                       fsci_json_count(fsci_json_get(s, "distinct_optima")));
}

static const char *dropped(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (rule, fsci_json_at(record, "data.dropped"))
        list = add(a, list,
                   fsci_format(a, "%.0f by %s", fsci_json_get_number(rule, "rows"),
                               text_of(rule, "rule")));
    return list ? list : "none";
}

static const char *validation(fsci_arena *a, const fsci_json *record)
{
    const fsci_json *h = fsci_json_get(record, "holdout"), *i = fsci_json_get(record, "intervals");
    const char *list = NULL;
    if (h)
        list = fsci_format(a,
                           "%s by %s held out (%s rows): rmse %s, %.0f %% inside 95 %% "
                           "intervals",
                           text_of(h, "name"), text_of(h, "scale"),
                           fsci_briefly(fsci_json_get_number(h, "n_test"), 6).text,
                           fsci_briefly(fsci_json_get_number(h, "rmse"), 3).text,
                           100 * fsci_json_get_number(fsci_json_get(h, "coverage"), "95"));
    list = add(a, list,
               fsci_format(a, "%s %% intervals: %s, by %s",
                           fsci_briefly(100 * fsci_json_get_number(i, "level"), 6).text,
                           text_of(i, "method"), text_of(i, "unit")));
    return add(a, list,
               fsci_format(a, "rmse of residuals %s, R2 %s",
                           fsci_briefly(number_of(record, "diagnostics", "rmse"), 3).text,
                           fsci_briefly(number_of(record, "diagnostics", "r2"), 4).text));
}

/* The largest move of every headline quantity. */
static const char *sensitivity(fsci_arena *a, const fsci_json *record)
{
    const char *list = NULL;
    FSCI_JSON_EACH (headline, fsci_json_at(record, "headline.quantities")) {
        const char *name = text_of(headline, "quantity");
        const fsci_json *worst = NULL;
        FSCI_JSON_EACH (row, fsci_json_get(record, "sensitivity"))
            if (!strcmp(text_of(row, "quantity"), name) &&
                (!worst || fabs(fsci_json_get_number(row, "moved")) >
                               fabs(fsci_json_get_number(worst, "moved"))))
                worst = row;
        if (worst)
            list = add(a, list,
                       fsci_format(a, "%s from %s to %s (%s)", name,
                                   fsci_brief(a, fsci_json_get_number(headline, "value"), 4),
                                   fsci_brief(a, fsci_json_get_number(worst, "value"), 4),
                                   text_of(worst, "change")));
    }
    return list;
}

/* ---- the questions ---- */

static const struct {
    const char *group, *question, *key;
    fill_fn *fill;
    const char *warnings; /* codes that bear on it */
} questions[] = {
    {"hypothesis", "What is the form of the law?", "form", form, ""},
    {"hypothesis", "What do its variables stand for, in which units?", "variables", variables,
     "W-UNIT"},
    {"hypothesis", "Which parameters are fitted, which tied or held?", "parameters", parameters,
     "W-BOUND W-AMBIG W-COND"},
    {"hypothesis", "On what principle does the form rest?", "principle", principle, ""},
    {"hypothesis", "Is each variable measured, or computed from others?", "measured", measured,
     "W-DERIVED"},
    {"training", "How many runs, of which sizes, on how much data?", "design", design,
     "W-FEW W-RAY W-SPAN"},
    {"training", "Were data repeated?", "repeated_data", NULL, "W-EPOCH"},
    {"training", "How are parameters, tokens and FLOP counted?", "counting", NULL, "W-COUNT"},
    {"training", "Which hyper-parameters were held, tuned or scaled, and how?", "hyperparameters",
     hyperparameters, "W-CONFOUND W-LR"},
    {"training", "Are training code and checkpoints open, and where?", "training_code", NULL, ""},
    {"extraction", "How many checkpoints of each run are used?", "checkpoints", checkpoints,
     "W-TRAJ W-WARMUP W-CLUSTER"},
    {"extraction", "Which metric, on which data and split?", "metric", NULL, "W-MIXED"},
    {"extraction", "Was the metric smoothed, interpolated or centred?", "transformations",
     transformations, "W-CHANCE W-SAT"},
    {"extraction", "Where are the data and the analysis?", "raw_data", raw_data, ""},
    {"fitting", "Which objective, residuals and weights?", "objective", objective, "W-LOCAL"},
    {"fitting", "Which algorithm, with what result?", "algorithm", algorithm, "W-STOP"},
    {"fitting", "From which starts?", "initialisation", initialisation, "W-STARTS"},
    {"fitting", "Which points were left out, and why?", "dropped", dropped, "W-FAILED W-NAN"},
    {"fitting", "How was the fit validated?", "validation", validation, "W-NOHOLD W-RESID W-LEVER"},
    {"conclusions", "How do they change with other choices?", "sensitivity", sensitivity, "W-SENS"},
};

enum { QUESTIONS = sizeof questions / sizeof *questions };

fsc_status fsci_checklist_check(const fsci_yaml *answers, const char *source, const char *text,
                                size_t length, fsc_error *err)
{
    const char *keys[QUESTIONS];
    for (size_t i = 0; i < QUESTIONS; i++)
        keys[i] = questions[i].key;
    if (answers->kind != FSCI_YAML_MAP)
        return fsci_fail(err, FSC_EINPUT, "%s: answers are lines of KEY: TEXT, as 'metric: ...'",
                         source);
    FSCI_YAML_EACH (entry, answers) {
        fsci_place place = fsci_yaml_place(source, text, length, entry->key_at);
        bool known = false;
        for (size_t i = 0; i < QUESTIONS; i++)
            known = known || !strcmp(keys[i], entry->key);
        const char *near = known ? NULL : fsci_nearest(entry->key, keys, QUESTIONS);
        if (!known)
            return fsci_fail_at(err, FSC_EINPUT, &place, "the checklist asks no '%s'%s%s%s",
                                entry->key, near ? "; did you mean '" : "", near ? near : "",
                                near ? "'?" : "");
        if (entry->kind != FSCI_YAML_SCALAR)
            return fsci_fail_at(err, FSC_EINPUT, &place, "the answer to '%s' is to be text",
                                entry->key);
    }
    return FSC_OK;
}

/* Codes of the record's warnings that bear on a question. */
static void add_warnings(fsci_arena *a, const fsci_json *record, const char *codes, fsci_json *item)
{
    fsci_json *list = fsci_json_set_array(a, item, "warnings");
    FSCI_JSON_EACH (warning, fsci_json_get(record, "warnings")) {
        const char *code = text_of(warning, "code");
        const char *found = *code ? strstr(codes, code) : NULL;
        char after = found ? found[strlen(code)] : 'x';
        bool said = false;
        FSCI_JSON_EACH (before, list)
            said = said || !strcmp(before->string, code);
        if ((after == ' ' || after == '\0') && !said)
            fsci_json_push(list, fsci_json_string(a, code));
    }
}

fsc_status fsci_checklist_add(fsci_arena *a, const fsci_yaml *answers, fsci_json *record,
                              fsc_error *err)
{
    fsci_json *list = fsci_json_array(a);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const fsci_yaml *given = answers ? fsci_yaml_get(answers, questions[i].key) : NULL;
        const char *known = questions[i].fill ? questions[i].fill(a, record) : NULL;
        const char *answer = given ? add(a, known, given->text) : known;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "group", questions[i].group);
        fsci_json_set_string(a, item, "question", questions[i].question);
        fsci_json_set_string(a, item, "key", questions[i].key);
        fsci_json_set_string(a, item, "answer", answer ? answer : "not stated");
        fsci_json_set_string(a, item, "filled", given ? "answered" : known ? "automatic" : NULL);
        add_warnings(a, record, questions[i].warnings, item);
    }
    fsci_json_set(a, record, "checklist", list);
    return fsci_arena_failed(a) ? fsci_fail_memory(err) : FSC_OK;
}
