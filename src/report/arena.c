/* The record of `backtest --study`: methods over many tables. */
#include "report/backtest.h"
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

static const char *say(fsci_arena *arena, double value)
{
    return isnan(value) ? fsci_missing : fsci_say_digits(arena, value, 2);
}

static const char *whole_percent(fsci_arena *arena, double share)
{
    return isnan(share) ? fsci_missing : fsci_format(arena, "%.0f %%", 100 * share);
}

/* ---- one task after the other ------------------------------------------------------------ */

static const fsci_json *find(const fsci_json *part, const char *split, const char *id)
{
    FSCI_JSON_EACH (method, fsci_json_get(part, "methods"))
        if (!strcmp(words(method, "split"), split) && !strcmp(words(method, "id"), id))
            return method;
    return NULL;
}

/* The default beside the published estimator and persistence: squared errors, and its intervals. */
static void add_task(const fsci_json *part, const fsci_json *split, const char *id, fsci_view *view,
                     fsci_grid *grid)
{
    fsci_arena *arena = view->arena;
    const char *name = words(split, "name");
    const fsci_json *own = find(part, name, id);
    fsci_grid_add(
        view, grid,
        (const char *[]){words(part, "run"), fsci_say_integer(arena, number(split, "n_test")),
                         say(arena, number(own, "mse")),
                         say(arena, number(find(part, name, "published-3"), "mse")),
                         say(arena, number(find(part, name, "persistence"), "mse")),
                         whole_percent(arena, number(fsci_json_get(own, "coverage"), "95")),
                         say(arena, number(fsci_json_get(own, "width"), "95"))});
}

static bool has_split(const fsci_json *record, const char *name)
{
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (split, fsci_json_get(part, "splits"))
            if (!strcmp(words(split, "name"), name))
                return true;
    return false;
}

static void add_tasks(const fsci_json *record, const char *name, const char *heading,
                      fsci_view *view)
{
    static const fsci_column columns[] = {{"task", FSCI_LEFT},         {"n", FSCI_RIGHT},
                                          {"MSE", FSCI_POINT},         {"published", FSCI_POINT},
                                          {"persistence", FSCI_POINT}, {"95 %", FSCI_RIGHT},
                                          {"width", FSCI_POINT}};
    const char *id = words(fsci_json_get(record, "recommended"), "id");
    if (!has_split(record, name))
        return;
    fsci_view_add(view, FSCI_HEADING, NULL, heading);
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (split, fsci_json_get(part, "splits"))
            if (!strcmp(words(split, "name"), name))
                add_task(part, split, id, view, grid);
}

/* ---- the view ---------------------------------------------------------------------------- */

static void add_groups(const fsci_json *record, fsci_view *view)
{
    FSCI_JSON_EACH (group, fsci_json_get(record, "groups")) {
        fsci_view_add(
            view, FSCI_HEADING, NULL,
            fsci_format(view->arena, "%s: headline splits together", words(group, "name")));
        fsci_backtest_overall_grid(view, group, "headline");
    }
}

static void add_splits(const fsci_json *record, fsci_view *view)
{
    const char *last = "";
    FSCI_JSON_EACH (row, fsci_json_get(record, "overall")) {
        const char *split = words(row, "split");
        if (!strcmp(split, last) || !strcmp(split, "headline"))
            continue;
        last = split;
        fsci_view_add(view, FSCI_HEADING, NULL,
                      fsci_format(view->arena, "Split '%s', over all tables", split));
        fsci_backtest_overall_grid(view, record, split);
    }
}

void fsci_arena_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *study = fsci_json_get(record, "study");
    double n = (double)fsci_json_count(fsci_json_get(record, "records"));
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, "arena", words(study, "title"));
    if (title)
        title->aside = fsci_format(arena, "%s", fsci_say_count(arena, n, "target", "targets"));
    fsci_backtest_answer(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    fsci_backtest_together(record, view);
    add_groups(record, view);
    add_tasks(record, "cutoff", "Task by task, as the run divides the models", view);
    add_tasks(record, "later", "Task by task, models released later", view);
    add_tasks(record, "compute", "Task by task, by compute", view);
    add_tasks(record, "family", "Task by task, families never seen", view);
    add_splits(record, view);
    fsci_view_add(view, FSCI_ITEM, "study",
                  fsci_format(arena, "%s, sha256 %s", words(study, "id"), words(study, "sha256")));
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

/* Every method of every target and split. */
const fsci_json *fsci_arena_list(fsci_arena *arena, const fsci_json *record)
{
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH (part, fsci_json_get(record, "records"))
        FSCI_JSON_EACH (method, fsci_json_get(part, "methods"))
            fsci_json_push(list, fsci_json_copy(arena, method));
    return list;
}
