#include "plan/selection.h"

#include "record/figure.h"

static void push_text(fsci_arena *a, fsci_json *series, const char *key, const char *text)
{
    fsci_json *list = (fsci_json *)fsci_json_get(series, key);
    if (!list)
        list = fsci_json_set_array(a, series, key);
    fsci_json_push(list, fsci_json_string(a, text));
}

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
        if (chosen)
            push_text(a, series, "labels", s->input->by_model || !family ? model : family);
    }
}

void fsci_selection_figures(fsci_arena *arena, const fsci_selection *s, fsci_json *record)
{
    if (s->candidates->capability.space.pca.k < 2)
        return;
    fsci_json *figure =
        fsci_figure_add(arena, fsci_json_set_array(arena, record, "figures"), "models",
                        "Models chosen, in capability space",
                        "The first two components of each candidate's benchmark scores.");
    fsci_figure_axis(arena, figure, "x", "PC-1", NULL, "linear");
    fsci_figure_axis(arena, figure, "y", "PC-2", NULL, "linear");
    fsci_json *others = fsci_figure_series(arena, figure, "other candidates", "points", "faint");
    fsci_json *chosen = fsci_figure_series(arena, figure, "chosen", "points", "strong");
    fsci_json_set_string(arena, chosen, "label", "points");
    add_models(arena, s, false, others);
    add_models(arena, s, true, chosen);
}
