#include "report/report.h"

#include "report/draw.h"
#include "report/kinds.h"

#include <string.h>

typedef struct kind {
    const char *name;
    void (*view)(const fsci_json *record, fsci_view *view);
    const fsci_json *(*figures)(fsci_arena *arena, const fsci_json *record);
    const fsci_json *(*list)(fsci_arena *arena, const fsci_json *record);
} kind;

static const kind kinds[] = {
    {"fit", fsci_fit_view, fsci_record_figures, fsci_fit_list},
    {"prediction", fsci_prediction_view, fsci_record_figures, fsci_prediction_list},
    {"observation", fsci_observation_view, fsci_observation_figures, fsci_observation_list},
    {"selection", fsci_selection_view, fsci_record_figures, fsci_selection_list},
    {"comparison", fsci_comparison_view, fsci_record_figures, fsci_comparison_list},
    {"design", fsci_design_view, fsci_record_figures, fsci_record_list},
    {"mixture", fsci_mixture_view, fsci_record_figures, fsci_mixture_list},
    {"laws", fsci_laws_view, fsci_record_figures, fsci_record_list},
    {"evaluation", fsci_evaluation_view, fsci_record_figures, fsci_record_list},
    {"expression", fsci_expression_view, fsci_record_figures, fsci_record_list},
    {"study", fsci_study_view, fsci_study_figures, fsci_study_list},
    {"arena", fsci_arena_view, fsci_backtest_figures, fsci_arena_list},
    {"backtest", fsci_backtest_view, fsci_backtest_figures, fsci_backtest_list},
    {"metric", fsci_metric_view, fsci_record_figures, fsci_metric_list},
    {"metrics", fsci_metrics_view, fsci_record_figures, fsci_record_list},
    {"table", fsci_table_view, fsci_record_figures, fsci_record_list},
    {"data", fsci_data_view, fsci_record_figures, fsci_record_list},
    {"coverage", fsci_coverage_view, fsci_record_figures, fsci_coverage_list},
    {"simulation", fsci_simulation_view, fsci_record_figures, fsci_simulation_list},
    {"lint", fsci_lint_view, fsci_record_figures, fsci_record_list},
};

static fsc_status find_kind(const fsci_json *record, const kind **found, fsc_error *err)
{
    const char *name = fsci_json_get_string(record, "kind");
    if (!name)
        return fsci_fail(err, FSC_EINPUT,
                         "this is no record: it has no \"kind\"; give what --json wrote");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name)) {
            *found = &kinds[i];
            return FSC_OK;
        }
    return fsci_fail(err, FSC_EINPUT, "records of kind '%.60s' have no view yet; use --json", name);
}

/* The list of a record is its first array besides the warnings. */
const fsci_json *fsci_record_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    FSCI_JSON_EACH (member, record)
        if (member->kind == FSCI_JSON_ARRAY && strcmp(member->key, "warnings"))
            return member;
    return NULL;
}

/* What was asked for: predictions, else quantities at a scale, else the parameters. */
static const fsci_json *derived_at_scale(fsci_arena *arena, const fsci_json *record)
{
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH (item, fsci_json_get(record, "derived"))
        if (fsci_json_count(fsci_json_get(item, "arguments")))
            fsci_json_push(list, fsci_json_copy(arena, item));
    return list;
}

const fsci_json *fsci_fit_list(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *predictions = fsci_json_get(record, "predictions");
    if (fsci_json_count(predictions))
        return predictions;
    const fsci_json *derived = derived_at_scale(arena, record);
    return fsci_json_count(derived) ? derived : fsci_json_get(record, "parameters");
}

const fsci_json *fsci_prediction_list(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *rows = fsci_json_get(record, "rows");
    return fsci_json_count(rows) ? rows : derived_at_scale(arena, record);
}

const fsci_json *fsci_record_figures(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "figures");
}

/* Everything below works in an arena of its own; memory is asked about once, at the end. */
static fsc_status finish(fsci_arena *arena, fsc_status status, const fsci_buffer *out,
                         fsc_error *err)
{
    if (status == FSC_OK && (!arena || fsci_arena_failed(arena) || out->failed))
        status = fsci_fail_memory(err);
    fsci_arena_free(arena);
    return status;
}

fsc_status fsci_report_text(const fsci_json *record, const fsci_text_options *options,
                            fsci_buffer *out, fsc_error *err)
{
    const kind *of;
    FSCI_TRY(find_kind(record, &of, err));
    fsci_view view = {.arena = fsci_arena_new()};
    if (view.arena) {
        of->view(record, &view);
        if (!fsci_arena_failed(view.arena))
            fsci_view_text(&view, options, out);
    }
    return finish(view.arena, FSC_OK, out, err);
}

fsc_status fsci_report_csv(const fsci_json *record, fsci_buffer *out, fsc_error *err)
{
    const kind *of;
    FSCI_TRY(find_kind(record, &of, err));
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *list = arena ? of->list(arena, record) : NULL;
    if (arena && !fsci_arena_failed(arena))
        fsci_list_csv(arena, list, out);
    return finish(arena, FSC_OK, out, err);
}

fsc_status fsci_report_html(const fsci_json *const *records, size_t n_records, fsci_buffer *out,
                            fsc_error *err)
{
    fsc_status status = FSC_OK;
    fsci_arena *arena = fsci_arena_new();
    fsci_section *sections = arena ? FSCI_NEW(arena, fsci_section, n_records) : NULL;
    for (size_t i = 0; sections && i < n_records && status == FSC_OK; i++) {
        const kind *of = NULL;
        status = find_kind(records[i], &of, err);
        if (status != FSC_OK)
            break;
        sections[i] = (fsci_section){.view = {.arena = arena}, .record = records[i]};
        of->view(records[i], &sections[i].view);
        sections[i].figures = of->figures(arena, records[i]);
    }
    if (status == FSC_OK && sections && !fsci_arena_failed(arena))
        fsci_page_html(arena, sections, n_records, out);
    return finish(arena, status, out, err);
}

static const fsci_json *find_figure(const fsci_json *figures, const char *id)
{
    FSCI_JSON_EACH (figure, figures) {
        const char *own = fsci_json_get_string(figure, "id");
        if (!id || (own && !strcmp(own, id)))
            return figure;
    }
    return NULL;
}

static fsc_status no_figure(fsci_arena *arena, const fsci_json *figures, const char *id,
                            fsc_error *err)
{
    const char *known = NULL;
    FSCI_JSON_EACH (figure, figures)
        known = fsci_joined(arena, known, ", ", fsci_json_get_string(figure, "id"));
    if (!known)
        return fsci_fail(err, FSC_EUSAGE, "this record has no figures; leave out --svg");
    return fsci_fail(err, FSC_EUSAGE, "no figure '%.80s' in this record; it has %.400s", id, known);
}

fsc_status fsci_report_svg(const fsci_json *record, const char *id, fsci_buffer *out,
                           fsc_error *err)
{
    const kind *of;
    FSCI_TRY(find_kind(record, &of, err));
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *figures = arena ? of->figures(arena, record) : NULL;
    const fsci_json *figure = find_figure(figures, id);
    fsc_status status = FSC_OK;
    if (arena && !fsci_arena_failed(arena)) {
        if (figure)
            fsci_figure_svg(arena, figure, true, out);
        else
            status = no_figure(arena, figures, id, err);
    }
    return finish(arena, status, out, err);
}
