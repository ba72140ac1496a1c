#include "api/metric/metric.h"

#include "api/ctx.h"
#include "api/provenance.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_RESAMPLES = 1000 };

static fsc_status find_metric(const char *name, const fsci_metric **found, fsc_error *err)
{
    const fsci_metric *const *list;
    const char *names[64];
    size_t n = fsci_metrics(&list);
    for (size_t i = 0; i < n; i++) {
        names[i] = list[i]->id;
        if (!strcmp(list[i]->id, name)) {
            *found = list[i];
            return FSC_OK;
        }
    }
    const char *near = fsci_nearest(name, names, n);
    if (near)
        return fsci_fail(err, FSC_EUSAGE, "no metric '%s'; did you mean '%s'?", name, near);
    return fsci_fail(err, FSC_EUSAGE, "no metric '%s'; 'forescale metric' lists them", name);
}

/* ---- what metrics there are ----------------------------------------------------------------- */

static fsci_json *describe_briefly(fsci_arena *a, const fsci_metric *m, fsci_json *list)
{
    fsci_json *item = fsci_json_push(list, fsci_json_object(a));
    fsci_json_set_string(a, item, "id", m->id);
    fsci_json_set_string(a, item, "summary", m->summary);
    fsci_json_set_string(a, item, "source", m->source);
    return item;
}

static void describe(fsci_arena *a, const fsci_metric *m, fsci_json *list)
{
    fsci_json *item = describe_briefly(a, m, list);
    fsci_json_set_string(a, item, "text", m->text);
    fsci_json_set_string(a, item, "example", fsci_format(a, "forescale metric %s", m->example));
    fsci_json *columns = fsci_json_set_array(a, item, "columns");
    for (const fsci_metric_column *c = m->columns; c->role; c++) {
        fsci_json *column = fsci_json_push(columns, fsci_json_object(a));
        fsci_json_set_string(a, column, "name", c->role);
        fsci_json_set_bool(a, column, "needed", c->needed);
        fsci_json_set_string(a, column, "aliases", c->aliases);
        fsci_json_set_string(a, column, "meaning", c->meaning);
    }
    fsci_json *settings = fsci_json_set_array(a, item, "settings");
    for (const fsci_metric_setting *s = m->settings; s && s->name; s++) {
        fsci_json *setting = fsci_json_push(settings, fsci_json_object(a));
        fsci_json_set_string(a, setting, "name", s->name);
        fsci_json_set_string(a, setting, "value", s->value);
        fsci_json_set_string(a, setting, "default", s->initial);
        fsci_json_set_string(a, setting, "meaning", s->meaning);
    }
    fsci_json *results = fsci_json_set_array(a, item, "results");
    for (const fsci_metric_result *r = m->results; r && r->name; r++) {
        fsci_json *result = fsci_json_push(results, fsci_json_object(a));
        fsci_json_set_string(a, result, "name", r->name);
        fsci_json_set_string(a, result, "content", r->content);
    }
}

/* ---- --map and --param ------------------------------------------------------------------------
 */

static fsc_status check_map(const fsci_metric_run *run, fsc_error *err)
{
    const char *roles[32];
    size_t n = 0;
    for (const fsci_metric_column *c = run->metric->columns; c->role; c++)
        roles[n++] = c->role;
    for (size_t i = 0; i < run->map.n; i++) {
        const char *role = run->map.items[i].name, *near = fsci_nearest(role, roles, n);
        size_t j = 0;
        while (j < n && strcmp(roles[j], role))
            j++;
        if (j == n)
            return fsci_fail(err, FSC_EUSAGE, "--map: metric %s has no column '%s'%s%s%s",
                             run->metric->id, role, near ? "; did you mean '" : "",
                             near ? near : "; 'forescale metric NAME' lists them",
                             near ? "'?" : "");
    }
    return FSC_OK;
}

static fsc_status check_setting(const fsci_metric_run *run, const fsci_setting *given,
                                fsc_error *err)
{
    const char *names[32];
    const fsci_metric_setting *s = run->metric->settings;
    double number;
    size_t n = 0;
    for (; s && s->name && strcmp(s->name, given->name); s++)
        names[n++] = s->name;
    if (!s || !s->name) {
        const char *near = fsci_nearest(given->name, names, n);
        return fsci_fail(err, FSC_EUSAGE, "--param: metric %s has no setting '%s'%s%s%s",
                         run->metric->id, given->name, near ? "; did you mean '" : "",
                         near ? near : "", near ? "'?" : "; 'forescale metric NAME' lists them");
    }
    if (strchr(s->value, '|') && !fsci_is_choice(s->value, given->value))
        return fsci_fail(err, FSC_EUSAGE, "--param %s is one of %s, not '%s'", s->name, s->value,
                         given->value);
    bool wants_number = !strcmp(s->value, "NUMBER") || !strcmp(s->value, "N");
    if (wants_number && !fsci_quantity_read(given->value, strlen(given->value), &number))
        return fsci_fail(err, FSC_EUSAGE, "--param %s needs a number, not '%s'", s->name,
                         given->value);
    return FSC_OK;
}

static fsc_status read_settings(fsci_metric_run *run, fsc_error *err)
{
    FSCI_TRY(fsci_args_pairs(run->args, "map", run->arena, &run->map, err));
    FSCI_TRY(check_map(run, err));
    FSCI_TRY(fsci_args_pairs(run->args, "param", run->arena, &run->settings, err));
    for (size_t i = 0; i < run->settings.n; i++)
        FSCI_TRY(check_setting(run, &run->settings.items[i], err));
    bool given = fsc_args_get(run->args, "bootstrap", 0) != NULL;
    run->n_resamples = given ? fsci_args_count(run->args, "bootstrap") : DEFAULT_RESAMPLES;
    return fsci_args_common(run->args, &run->level, &run->seed, &run->threads, err);
}

/* Columns that were named and are not there. */
static fsc_status check_columns(const fsci_metric_run *run, fsc_error *err)
{
    for (size_t i = 0; i < run->map.n; i++)
        if (!fsci_table_find(run->rows.table, run->map.items[i].value))
            return fsci_table_no_column(run->rows.table, run->map.items[i].value, err);
    return FSC_OK;
}

/* ---- a run ------------------------------------------------------------------------------------
 */

static void say_settings(fsci_metric_run *run)
{
    fsci_arena *a = run->arena;
    fsci_json *settings = fsci_json_set_object(a, run->root, "settings");
    for (const fsci_metric_setting *s = run->metric->settings; s && s->name; s++)
        fsci_json_set_string(a, settings, s->name, fsci_metric_text(run, s->name));
    if (run->metric->streams)
        return;
    fsci_json *columns = fsci_json_set_object(a, run->root, "columns");
    for (const fsci_metric_column *c = run->metric->columns; c->role; c++) {
        const fsci_column *bound = fsci_metric_bound(run, c->role);
        if (bound)
            fsci_json_set_string(a, columns, c->role, bound->name);
    }
}

static fsc_status run_metric(fsci_metric_run *run, fsc_error *err)
{
    fsci_arena *a = run->arena;
    fsci_json_set_string(a, run->root, "name", run->metric->id);
    fsci_json_set_string(a, run->root, "summary", run->metric->summary);
    fsci_json_set_array(a, run->root, "answer");
    FSCI_TRY(read_settings(run, err));
    if (!run->metric->streams) {
        FSCI_TRY(fsci_rows_read(a, run->args, run->path, run->inputs, &run->rows, err));
        FSCI_TRY(check_columns(run, err));
        fsci_rows_describe(a, &run->rows, run->root);
    }
    say_settings(run);
    run->list = fsci_json_set_array(a, run->root, "rows");
    run->figures = fsci_json_array(a);
    FSCI_TRY(run->metric->run(run, err));
    fsci_metric_plots(run);
    fsci_json_set(a, run->root, "figures", run->figures);
    return FSC_OK;
}

/* All metrics in brief, or the one that is named in full. */
static void list_metrics(fsci_metric_run *run)
{
    fsci_arena *a = run->arena;
    const fsci_metric *const *list;
    size_t n = fsci_metrics(&list);
    fsci_json *metrics = fsci_json_set_array(a, run->root, "metrics");
    for (size_t i = 0; i < n && !run->metric; i++)
        describe_briefly(a, list[i], metrics);
    if (run->metric)
        describe(a, run->metric, metrics);
}

fsc_status fsci_command_metric(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                               fsc_error *err)
{
    (void)ctx;
    fsci_arena *a = record->arena;
    const char *name = fsci_args_positional(args, 0), *path = fsci_args_positional(args, 1);
    fsci_metric_run run = {.arena = a, .args = args, .path = path, .inputs = fsci_json_array(a)};
    fsc_status status = FSC_OK;
    if (name)
        FSCI_TRY(find_metric(name, &run.metric, err));
    bool compute = run.metric && path;
    record->root = run.root = fsci_record_begin(a, compute ? "metric" : "metrics");
    fsci_json_set_array(a, run.root, "warnings");
    if (compute) {
        status = run_metric(&run, err);
        fsci_rows_free(&run.rows);
    } else {
        list_metrics(&run);
    }
    if (status == FSC_OK)
        fsci_provenance_add(a, args, run.inputs, run.root);
    return status;
}
