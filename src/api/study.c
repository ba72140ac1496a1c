#include "api/study.h"

#include "api/document.h"
#include "api/expect.h"
#include "api/provenance.h"
#include "api/source.h"
#include "fit/law_json.h"

#include <stdio.h>
#include <string.h>

static const fsci_shape source_shape[] = {
    {"authors", FSCI_YAML_SCALAR, true, NULL}, {"year", FSCI_YAML_SCALAR, true, NULL},
    {"arxiv", FSCI_YAML_SCALAR, false, NULL},  {"doi", FSCI_YAML_SCALAR, false, NULL},
    {"where", FSCI_YAML_SCALAR, false, NULL},  {0}};
static const fsci_shape run_shape[] = {{"name", FSCI_YAML_SCALAR, true, NULL},
                                       {"title", FSCI_YAML_SCALAR, true, NULL},
                                       {"command", FSCI_YAML_SCALAR, false, NULL},
                                       {"arguments", FSCI_YAML_LIST, false, NULL},
                                       {"options", FSCI_YAML_MAP, false, NULL},
                                       {"expect", FSCI_YAML_LIST, false, fsci_expect_shape},
                                       {0}};
static const fsci_shape defaults_shape[] = {{"command", FSCI_YAML_SCALAR, false, NULL},
                                            {"arguments", FSCI_YAML_LIST, false, NULL},
                                            {"options", FSCI_YAML_MAP, false, NULL},
                                            {0}};
static const fsci_shape compare_shape[] = {{"title", FSCI_YAML_SCALAR, true, NULL},
                                           {"predictors", FSCI_YAML_SCALAR, true, NULL},
                                           {"of", FSCI_YAML_SCALAR, true, NULL},
                                           {"runs", FSCI_YAML_LIST, false, NULL},
                                           {0}};
static const fsci_shape study_shape[] = {{"id", FSCI_YAML_SCALAR, true, NULL},
                                         {"title", FSCI_YAML_SCALAR, true, NULL},
                                         {"question", FSCI_YAML_SCALAR, false, NULL},
                                         {"source", FSCI_YAML_MAP, false, source_shape},
                                         {"defaults", FSCI_YAML_MAP, false, defaults_shape},
                                         {"runs", FSCI_YAML_LIST, true, run_shape},
                                         {"compare", FSCI_YAML_LIST, false, compare_shape},
                                         {"show", FSCI_YAML_SCALAR, false, NULL},
                                         {"findings", FSCI_YAML_LIST, false, NULL},
                                         {0}};
static const fsci_shelf shelf = {"study", "studies", fsci_embedded_studies, study_shape};

typedef struct study {
    fsc_ctx *ctx;
    const fsc_args *outer;
    fsci_document file;
    fsc_record *record;
} study;

/* ---- what a run is asked ---- */

/* A member of a run, else of the study's defaults. */
static const fsci_yaml *member(const study *s, const fsci_yaml *run, const char *key)
{
    const fsci_yaml *own = fsci_yaml_get(run, key);
    return own ? own : fsci_yaml_get(fsci_yaml_get(s->file.root, "defaults"), key);
}

static bool takes(const fsc_args *args, const char *option)
{
    for (const char *const *o = fsci_args_command(args)->options; *o; o++)
        if (!strcmp(*o, option))
            return true;
    return false;
}

/* What was given on the command line comes first: it is set in every run that takes it. */
static fsc_status pass_on(const study *s, fsc_args *args, fsc_error *err)
{
    const char *value;
    for (const char *const *o = fsci_args_command(s->outer)->options; *o; o++) {
        const fsc_option *option = fsc_option_find(*o);
        if (option->output || !strcmp(*o, "study") || !takes(args, *o))
            continue;
        for (size_t i = 0; (value = fsc_args_get(s->outer, *o, i)); i++)
            FSCI_TRY(fsc_args_set(args, *o, option->kind == FSC_OPTION_FLAG ? NULL : value, err));
    }
    return FSC_OK;
}

static fsc_status set_one(const study *s, fsc_args *args, const char *option,
                          const fsci_yaml *value, fsc_error *err)
{
    const fsc_option *about = fsc_option_find(option);
    bool flag = about && about->kind == FSC_OPTION_FLAG && !strcmp(value->text, "true");
    if (value->kind != FSCI_YAML_SCALAR)
        return fsci_document_fail(&s->file, value->at, err, "'%s' needs a single value or a list",
                                  option);
    fsc_status status = fsc_args_set(args, option, flag ? NULL : value->text, err);
    return status ? fsci_document_blame(&s->file, value->at, status, err) : FSC_OK;
}

/* Sets what is not set yet. `optional`: options that the command does not take are passed over. */
static fsc_status set_options(const study *s, const fsci_yaml *options, bool optional,
                              fsc_args *args, fsc_error *err)
{
    for (const fsci_yaml *o = options ? options->first : NULL; o; o = o->next) {
        if (fsc_args_get(args, o->key, 0) || (optional && !takes(args, o->key)))
            continue;
        if (o->kind != FSCI_YAML_LIST)
            FSCI_TRY(set_one(s, args, o->key, o, err));
        else
            FSCI_YAML_EACH (value, o)
                FSCI_TRY(set_one(s, args, o->key, value, err));
    }
    return FSC_OK;
}

/* The table of the command line stands for the one a study names first. */
static fsc_status set_arguments(const study *s, const fsci_yaml *run, fsc_args *args,
                                fsc_error *err)
{
    const fsci_yaml *list = member(s, run, "arguments");
    const char *table = fsci_args_positional(s->outer, 0);
    bool replace = table && fsci_args_command(args)->most == 1;
    if (replace)
        FSCI_TRY(fsc_args_add(args, table, err));
    for (const fsci_yaml *a = list && !replace ? list->first : NULL; a; a = a->next) {
        fsc_status status =
            a->kind == FSCI_YAML_SCALAR ? fsc_args_add(args, a->text, err) : FSC_EINPUT;
        if (a->kind != FSCI_YAML_SCALAR)
            return fsci_document_fail(&s->file, a->at, err, "an argument is a single value");
        if (status != FSC_OK)
            return fsci_document_blame(&s->file, a->at, status, err);
    }
    return FSC_OK;
}

static fsc_status fill_args(const study *s, const fsci_yaml *run, fsc_args *args, fsc_error *err)
{
    const fsci_yaml *defaults = fsci_yaml_get(s->file.root, "defaults");
    FSCI_TRY(set_arguments(s, run, args, err));
    FSCI_TRY(pass_on(s, args, err));
    FSCI_TRY(set_options(s, fsci_yaml_get(run, "options"), false, args, err));
    return set_options(s, fsci_yaml_get(defaults, "options"), true, args, err);
}

static fsc_status make_args(const study *s, const fsci_yaml *run, fsc_args **args, fsc_error *err)
{
    const fsci_yaml *command = member(s, run, "command");
    const char *name = command ? command->text : "observe";
    *args = NULL;
    fsc_status status = fsc_args_new(name, args, err);
    if (status != FSC_OK)
        return fsci_document_blame(&s->file, command ? command->at : run->at, status, err);
    status = fill_args(s, run, *args, err);
    if (status == FSC_OK)
        return FSC_OK;
    fsc_args_free(*args);
    return status;
}

/* ---- running ---- */

/* A fault of a run names the run; one in a file that the run reads keeps its place there. */
static fsc_status blame_run(const fsci_yaml *run, fsc_status status, fsc_error *err)
{
    char whole[sizeof err->message];
    if (!err)
        return status;
    snprintf(whole, sizeof whole, "run '%.60s': %.680s", fsci_document_text(run, "name"),
             err->message);
    memcpy(err->message, whole, sizeof whole);
    return status;
}

static fsc_status run_one(const study *s, const fsci_yaml *run, fsci_json *records, fsc_error *err)
{
    fsc_args *args;
    fsc_record *part = NULL;
    fsci_arena *arena = s->record->arena;
    FSCI_TRY(make_args(s, run, &args, err));
    fsc_status status = fsc_run(s->ctx, args, &part, err);
    if (status != FSC_OK) {
        status = blame_run(run, status, err);
    } else {
        fsci_json *copy = fsci_json_push(records, fsci_json_copy(arena, part->root));
        fsci_json_set_string(arena, copy, "run", fsci_document_text(run, "name"));
        fsci_json_set_string(arena, copy, "title", fsci_document_text(run, "title"));
    }
    fsc_record_free(part);
    fsc_args_free(args);
    return status;
}

/* Every run is checked before the first one starts. */
static fsc_status check_runs(const study *s, const fsci_yaml *runs, fsc_error *err)
{
    FSCI_YAML_EACH (run, runs) {
        fsc_args *args;
        FSCI_TRY(make_args(s, run, &args, err));
        fsc_args_free(args);
        const char *name = fsci_document_text(run, "name");
        for (const fsci_yaml *before = runs->first; before != run; before = before->next)
            if (!strcmp(fsci_document_text(before, "name"), name))
                return fsci_document_fail(&s->file, fsci_yaml_get(run, "name")->at, err,
                                          "two runs are named '%.60s'", name);
    }
    return FSC_OK;
}

/* Whether an option was given that may leave out what a study expects. */
static bool changes(const fsc_args *outer)
{
    static const char *const harmless[] = {"study", "level", "seed", "threads", "bootstrap"};
    for (const char *const *o = fsci_args_command(outer)->options; *o; o++) {
        bool same = fsc_option_find(*o)->output || !fsc_args_get(outer, *o, 0);
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
            same = same || !strcmp(*o, harmless[i]);
        if (!same)
            return true;
    }
    return false;
}

static fsc_status check_show(const study *s, fsc_error *err)
{
    const fsci_yaml *show = fsci_yaml_get(s->file.root, "show");
    if (!show || !strcmp(show->text, "runs") || !strcmp(show->text, "comparisons"))
        return FSC_OK;
    return fsci_document_fail(&s->file, show->at, err, "show is runs or comparisons, not '%.60s'",
                              show->text);
}

static bool same_text(const fsci_json *a, const fsci_json *b, const char *key)
{
    const char *own = fsci_json_get_string(a, key), *other = fsci_json_get_string(b, key);
    return own && other && !strcmp(own, other);
}

/* The tables of all runs, each once. */
static fsci_json *gather_inputs(fsci_arena *arena, const fsci_json *records)
{
    fsci_json *inputs = fsci_json_array(arena);
    FSCI_JSON_EACH (part, records)
        FSCI_JSON_EACH (input, fsci_json_get(fsci_json_get(part, "provenance"), "inputs")) {
            bool known = false;
            FSCI_JSON_EACH (before, inputs)
                known = known ||
                        (same_text(before, input, "name") && same_text(before, input, "sha256"));
            if (!known)
                fsci_json_push(inputs, fsci_json_copy(arena, input));
        }
    return inputs;
}

static void describe(const study *s, fsci_json *root)
{
    static const char *const members[] = {"id",       "title",   "question", "source",
                                          "findings", "compare", "show"};
    fsci_arena *arena = s->record->arena;
    fsci_json *about = fsci_json_set_object(arena, root, "study");
    fsci_source_text_hash(arena, s->file.text, s->file.length, about);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (fsci_yaml_get(s->file.root, members[i]))
            fsci_json_set(arena, about, members[i],
                          fsci_law_json(arena, fsci_yaml_get(s->file.root, members[i])));
}

fsc_status fsci_study_run(fsc_ctx *ctx, const fsc_args *outer, const char *name, const char *kind,
                          fsc_record *record, fsc_error *err)
{
    fsci_arena *arena = record->arena;
    study s = {.ctx = ctx, .outer = outer, .record = record};
    FSCI_TRY(fsci_document_read(arena, &shelf, name, &s.file, err));
    const fsci_yaml *runs = fsci_yaml_get(s.file.root, "runs");
    bool as_written = !fsci_args_positional(outer, 0) && !changes(outer);
    FSCI_TRY(check_show(&s, err));
    FSCI_TRY(check_runs(&s, runs, err));
    record->root = fsci_record_begin(arena, kind);
    describe(&s, record->root);
    fsci_json *records = fsci_json_set_array(arena, record->root, "records");
    fsci_json *expected = fsci_json_set_array(arena, record->root, "expected");
    FSCI_YAML_EACH (run, runs) {
        FSCI_TRY(run_one(&s, run, records, err));
        if (!fsci_args_positional(outer, 0))
            FSCI_TRY(fsci_expect_compare(&s.file, run, records->last, as_written, expected, err));
    }
    fsci_json_set_array(arena, record->root, "warnings");
    fsci_provenance_add(arena, outer, gather_inputs(arena, records), record->root);
    return FSC_OK;
}
