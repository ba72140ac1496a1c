#include "plan/selection.h"

#include "record/figure.h"

#include <string.h>

static void push_text(fsci_arena *a, fsci_json *series, const char *key, const char *text)
{
    fsci_json *list = (fsci_json *)fsci_json_get(series, key);
    if (!list)
        list = fsci_json_set_array(a, series, key);
    fsci_json_push(list, fsci_json_string(a, text));
}

static void push_number(fsci_arena *a, fsci_json *series, const char *key, double value)
{
    fsci_json_push((fsci_json *)fsci_json_get(series, key), fsci_json_number(a, value));
}

/* ---- capability space ---- */

/* Candidates in the plane of the first two components. */
static void add_models(fsci_arena *a, const fsci_selection *s, bool chosen, fsci_json *series)
{
    const fsci_candidates *c = s->candidates;
    const double *scores = c->capability.scores;
    for (size_t i = 0; i < c->n; i++) {
        if (fsci_units_has(s->units, s->result->found.in[0], i) != chosen)
            continue;
        const char *model = fsci_candidate_model(c, i), *family = fsci_candidate_family(c, i);
        fsci_figure_point(a, series, scores[i], scores[c->capability.split.n + i]);
        push_text(a, series, "names", family ? fsci_format(a, "%s (%s)", model, family) : model);
        const char *slash = strrchr(model, '/');
        if (chosen && !s->input->by_model && family)
            push_text(a, series, "labels", family);
        else if (chosen)
            push_text(a, series, "labels", slash ? slash + 1 : model);
    }
}

static void add_map(fsci_arena *a, const fsci_selection *s, fsci_json *figures)
{
    fsci_json *figure =
        fsci_figure_add(a, figures, "models", "Models chosen, in capability space",
                        "The first two components of each candidate's benchmark scores.");
    fsci_figure_axis(a, figure, "x", "PC-1", NULL, "linear");
    fsci_figure_axis(a, figure, "y", "PC-2", NULL, "linear");
    fsci_json *others = fsci_figure_series(a, figure, "other candidates", "points", "faint");
    fsci_json *chosen = fsci_figure_series(a, figure, "chosen", "points", "strong");
    fsci_json_set_string(a, chosen, "label", "points");
    add_models(a, s, false, others);
    add_models(a, s, true, chosen);
}

/* ---- what budgets buy ---- */

/* A curve that ends below this has room for a line at 1, which it does not reach. */
static const double WELL_BELOW = 0.9;

static double efficiency(const fsci_selection *s, double objective)
{
    return fsci_criterion_efficiency(&s->units->design.criterion, objective, s->all);
}

/* Where the optimum is not proven: from the best that is known to the bound. */
static void add_gaps(fsci_arena *a, const fsci_selection *s, fsci_json *figure)
{
    fsci_json *gaps = NULL;
    for (size_t i = 0; i < s->n_curve; i++) {
        const fsci_budget_step *step = &s->curve[i];
        if (step->proven)
            continue;
        if (!gaps) {
            gaps = fsci_figure_series(a, figure, "not proven", "ranges", NULL);
            fsci_json_set_array(a, gaps, "lo");
            fsci_json_set_array(a, gaps, "hi");
        }
        push_number(a, gaps, "x", step->budget);
        push_number(a, gaps, "lo", efficiency(s, step->objective));
        push_number(a, gaps, "hi", efficiency(s, step->bound));
    }
}

static void add_curve(fsci_arena *a, const fsci_selection *s, fsci_json *figures)
{
    const fsci_select_input *in = s->input;
    fsci_json *figure =
        fsci_figure_add(a, figures, "budget", "What a budget buys",
                        fsci_format(a, "Efficiency of the best choice relative to all %zu models.",
                                    s->candidates->n));
    fsci_figure_axis(a, figure, "x", in->cost ? in->cost : "models evaluated", NULL, "linear");
    fsci_figure_axis(a, figure, "y", "efficiency", NULL, "linear");
    add_gaps(a, s, figure);
    fsci_json *best = fsci_figure_series(a, figure, in->by_model ? "best models" : "best families",
                                         "line", "marked");
    fsci_json_set_string(a, best, "label", "none");
    for (size_t i = 0; i < s->n_curve; i++)
        fsci_figure_point(a, best, s->curve[i].budget, efficiency(s, s->curve[i].objective));
    fsci_figure_mark(a, figure, "vline", in->budget, "budget");
    if (efficiency(s, s->curve[s->n_curve - 1].objective) < WELL_BELOW)
        fsci_figure_mark(a, figure, "hline", 1, "all models");
}

void fsci_selection_figures(fsci_arena *arena, const fsci_selection *s, fsci_json *record)
{
    fsci_json *figures = fsci_json_set_array(arena, record, "figures");
    if (s->candidates->capability.space.pca.k >= 2)
        add_map(arena, s, figures);
    if (s->n_curve)
        add_curve(arena, s, figures);
}
