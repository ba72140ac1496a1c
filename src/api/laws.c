#include "api/ctx.h"
#include "api/law_figures.h"
#include "api/provenance.h"
#include "api/trial.h"
#include "fit/law_json.h"
#include "law/law.h"
#include "record/warning.h"

#include <string.h>

static void add_names(fsci_arena *a, const fsci_yaml *list, bool keyed, const char *key,
                      fsci_json *item)
{
    fsci_json *names = fsci_json_set_array(a, item, key);
    for (const fsci_yaml *e = list ? list->first : NULL; e; e = e->next) {
        const fsci_yaml *name = keyed ? NULL : fsci_yaml_get(e, "name");
        fsci_json_push(names, fsci_json_string(a, keyed ? e->key : name ? name->text : NULL));
    }
}

/* A file that is no law takes no other from the list. */
static void warn_of_faults(fsci_arena *a, const fsci_laws *laws, fsci_json *record)
{
    for (size_t i = 0; i < laws->n_faults; i++) {
        const fsc_error *fault = &laws->faults[i];
        fsci_record_warn(a, record, "W-LAW", "%s, line %d: %s", fault->source, (int)fault->line,
                         fault->message);
    }
}

static fsc_status list_laws(const fsci_catalogue *catalogue, fsc_record *record, fsc_error *err)
{
    fsci_arena *a = record->arena;
    fsci_laws laws;
    FSCI_TRY(fsci_catalogue_list(catalogue, &laws, err));
    record->root = fsci_record_begin(a, "laws");
    fsci_json *list = fsci_json_set_array(a, record->root, "laws");
    for (size_t i = 0; i < laws.n; i++) {
        static const char *const members[] = {"id",       "version", "title",
                                              "question", "formula", "source"};
        const fsci_yaml *node = laws.items[i]->node;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        for (size_t m = 0; m < sizeof members / sizeof *members; m++)
            fsci_json_set(a, item, members[m], fsci_law_json(a, fsci_yaml_get(node, members[m])));
        add_names(a, fsci_yaml_get(node, "columns"), true, "columns", item);
        add_names(a, fsci_yaml_get(node, "parameters"), true, "parameters", item);
        add_names(a, fsci_yaml_get(node, "published"), false, "published", item);
    }
    warn_of_faults(a, &laws, record->root);
    fsci_laws_free(&laws);
    return FSC_OK;
}

static fsc_status show_law(const fsci_catalogue *catalogue, const char *id, fsc_record *record,
                           fsc_error *err)
{
    fsc_law *law;
    FSCI_TRY(fsci_catalogue_find(catalogue, id, &law, err));
    record->root = fsci_record_begin(record->arena, "laws");
    fsci_json *list = fsci_json_set_array(record->arena, record->root, "laws");
    fsci_json_push(list, fsci_law_json(record->arena, law->node));
    fsci_law_figures(record->arena, law, record->root);
    fsci_law_free(law);
    return FSC_OK;
}

static fsc_status check_law(const fsci_catalogue *catalogue, const char *name, fsc_record *record,
                            fsc_error *err)
{
    fsci_arena *a = record->arena;
    const char *file;
    fsci_findings findings;
    FSCI_TRY(fsci_catalogue_check(catalogue, a, name, &file, &findings, err));
    record->root = fsci_record_begin(a, "lint");
    fsci_json_set_string(a, record->root, "file", file);
    fsci_json *list = fsci_json_set_array(a, record->root, "messages");
    for (size_t i = 0; i < findings.n; i++) {
        const fsci_finding *f = &findings.items[i];
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "severity", f->severity == FSCI_ERROR ? "error" : "warning");
        fsci_json_set_number(a, item, "line", f->at.line);
        fsci_json_set_number(a, item, "column", f->at.col);
        fsci_json_set_string(a, item, "message", f->message);
        record->no = record->no || f->severity == FSCI_ERROR;
    }
    return FSC_OK;
}

/* All that `check --full` tries beyond reading the file. */
static fsc_status try_law(fsc_ctx *ctx, const fsci_catalogue *catalogue, const char *name,
                          fsc_record *record, fsc_error *err)
{
    fsc_law *law;
    fsc_status status = fsci_catalogue_find(catalogue, name, &law, err);
    if (status == FSC_OK) {
        fsci_json *results = fsci_json_set_array(record->arena, record->root, "trials");
        fsci_trial trial = {.arena = record->arena,
                            .ctx = ctx,
                            .catalogue = catalogue,
                            .law = law,
                            .results = results};
        status = fsci_trial_run(&trial, err);
        record->no = record->no || trial.failed;
        fsci_law_free(law);
    }
    return status;
}

static fsc_status check(fsc_ctx *ctx, const fsc_args *args, const fsci_catalogue *catalogue,
                        const char *what, fsc_record *record, fsc_error *err)
{
    FSCI_TRY(check_law(catalogue, what, record, err));
    return fsci_args_flag(args, "full") && !record->no ? try_law(ctx, catalogue, what, record, err)
                                                       : FSC_OK;
}

/* Options that one action alone takes are not passed over by another. */
static fsc_status check_options(const fsc_args *args, const char *action, fsc_error *err)
{
    static const struct {
        const char *option, *action;
    } own[] = {{"set", "eval"}, {"at", "eval"}, {"full", "check"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (fsc_args_get(args, own[i].option, 0) && strcmp(action, own[i].action) != 0)
            return fsci_fail(err, FSC_EUSAGE, "--%s is for laws %s, not laws %s", own[i].option,
                             own[i].action, action);
    return FSC_OK;
}

/* What stands first is the action; without one the catalogue is listed. */
static fsc_status dispatch(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    const char *action = fsci_args_positional(args, 0), *what = fsci_args_positional(args, 1);
    fsci_catalogue catalogue;
    FSCI_TRY(fsci_ctx_catalogue(ctx, args, record->arena, &catalogue, err));
    FSCI_TRY(check_options(args, action ? action : "list", err));
    if (!action || !strcmp(action, "list"))
        return list_laws(&catalogue, record, err);
    static const char *const actions[] = {"list", "show", "eval", "check"};
    bool known = !strcmp(action, "show") || !strcmp(action, "eval") || !strcmp(action, "check");
    const char *near = fsci_nearest(action, actions, 4);
    if (!known)
        return fsci_fail(err, FSC_EUSAGE, "laws does not know '%s'; did you mean '%s'?", action,
                         near ? near : "show");
    if (!what)
        return fsci_fail(err, FSC_EUSAGE, "laws %s needs %s", action,
                         "the id of a law or the path of a law file");
    if (!strcmp(action, "show"))
        return show_law(&catalogue, what, record, err);
    return !strcmp(action, "check") ? check(ctx, args, &catalogue, what, record, err)
                                    : fsci_laws_evaluate(args, &catalogue, what, record, err);
}

fsc_status fsci_command_laws(fsc_ctx *ctx, const fsc_args *args, fsc_record *record, fsc_error *err)
{
    FSCI_TRY(dispatch(ctx, args, record, err));
    if (!fsci_json_get(record->root, "warnings"))
        fsci_json_set_array(record->arena, record->root, "warnings");
    fsci_provenance_add(record->arena, args, fsci_json_array(record->arena), record->root);
    return FSC_OK;
}
