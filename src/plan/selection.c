#include "plan/selection.h"

#include "observe/write.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *formula;
} criteria[] = {
    [FSCI_SELECT_V] = {"V", "-trace(G_all G^-1), G = sum of p p' over the chosen models, p their "
                            "component scores"},
    [FSCI_SELECT_D] = {"D", "log det G, G = sum of p p' over the chosen models, p their component "
                            "scores"},
    [FSCI_SELECT_A] = {"A", "-trace(G^-1), G = sum of p p' over the chosen models, p their "
                            "component scores"},
    [FSCI_SELECT_E] = {"E", "least eigenvalue of G = sum of p p' over the chosen models, p their "
                            "component scores"},
    [FSCI_SELECT_GLM] = {"glm", "-trace(T G^-1), G = sum of mu'^2/(mu(1-mu)) x x' over the chosen "
                                "models, T = mean of mu'^2 x x' over the region, x = (1, component "
                                "scores)"},
};

static double efficiency(const fsci_selection *s, double objective)
{
    return fsci_criterion_efficiency(&s->units->design.criterion, objective, s->all);
}

/* ---- subsets ---- */

static double total_cost(const fsci_selection *s, const bool *in)
{
    double cost = 0;
    for (size_t i = 0; i < s->candidates->n; i++)
        if (fsci_units_has(s->units, in, i))
            cost += s->candidates->cost[i];
    return cost;
}

/* {families, models, n_models, total_cost}; families in order of appearance. */
static void write_subset(fsci_arena *a, const fsci_selection *s, const bool *in, fsci_json *out)
{
    const fsci_candidates *c = s->candidates;
    fsci_json *families = fsci_json_set_array(a, out, "families");
    fsci_json *models = fsci_json_set_array(a, out, "models");
    bool *met = FSCI_NEW(a, bool, c->frame.n_families);
    for (size_t i = 0; met && i < c->n; i++) {
        uint32_t code = c->frame.family[c->capability.split.rows[i]];
        if (!fsci_units_has(s->units, in, i))
            continue;
        fsci_json_push(models, fsci_json_string(a, fsci_candidate_model(c, i)));
        if (code == FSCI_MISSING_CODE || met[code])
            continue;
        met[code] = true;
        fsci_json_push(families, fsci_json_string(a, c->frame.families[code]));
    }
    fsci_json_set_number(a, out, "n_models", (double)fsci_json_count(models));
    fsci_json_set_number(a, out, "total_cost", total_cost(s, in));
}

static void write_runners_up(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    const fsci_shortlist *found = &s->result->found;
    fsci_json *list = fsci_json_set_array(a, record, "runners_up");
    for (size_t i = 1; i < found->n; i++) {
        fsci_json *subset = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_number(a, subset, "objective", found->objective[i]);
        fsci_json_set_number(a, subset, "efficiency", efficiency(s, found->objective[i]));
        write_subset(a, s, found->in[i], subset);
    }
}

/* ---- the parts of the answer ---- */

/* The objective with unit `u` put the other way than in[]; in[] is left as it was. */
static double objective_with(const fsci_selection *s, bool *in, size_t u)
{
    const fsci_design *d = &s->units->design;
    double G[FSCI_CRITERION_MAX_K * (FSCI_CRITERION_MAX_K + 1) / 2];
    in[u] = !in[u];
    fsci_design_information(d, in, G);
    in[u] = !in[u];
    return fsci_criterion_value(&d->criterion, G);
}

/* What each chosen unit is and what would be lost without it. */
static void write_parts(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    const fsci_candidates *c = s->candidates;
    bool *in = s->result->found.in[0];
    fsci_json *list = fsci_json_set_array(a, record, "chosen");
    for (size_t u = 0; u < s->units->design.n; u++) {
        if (!in[u])
            continue;
        fsci_json *part = fsci_json_push(list, fsci_json_object(a));
        fsci_json *models = NULL;
        for (size_t i = 0; i < c->n; i++) {
            if (s->units->unit[i] != u)
                continue;
            const char *family = fsci_candidate_family(c, i);
            if (!models) {
                fsci_json_set_string(a, part, "family", family);
                models = fsci_json_set_array(a, part, "models");
            }
            fsci_json_push(models, fsci_json_string(a, fsci_candidate_model(c, i)));
        }
        fsci_json_set_number(a, part, "cost", s->units->design.cost[u]);
        double without = objective_with(s, in, u);
        fsci_json_set_number(a, part, "objective_without", without);
        fsci_json_set_number(a, part, "efficiency_without", efficiency(s, without));
    }
}

static void write_standing(fsci_arena *a, const fsci_selection *s, const char *key,
                           fsci_standing standing, fsci_json *record)
{
    fsci_json *list = fsci_json_set_array(a, record, key);
    for (size_t i = 0; i < s->candidates->n; i++)
        if (s->units->standing[i] == standing)
            fsci_json_push(list, fsci_json_string(a, fsci_candidate_model(s->candidates, i)));
}

/* What all models that may be chosen would give. */
static void write_all(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    double cost = 0;
    size_t n = 0;
    for (size_t i = 0; i < s->candidates->n; i++) {
        bool may = s->units->standing[i] != FSCI_STANDING_OUT;
        n += may;
        cost += may ? s->candidates->cost[i] : 0;
    }
    fsci_json *all = fsci_json_set_object(a, record, "all");
    fsci_json_set_number(a, all, "objective", s->all);
    fsci_json_set_number(a, all, "n_models", (double)n);
    fsci_json_set_number(a, all, "total_cost", cost);
}

static void write_curve(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    fsci_json *list = s->n_curve ? fsci_json_set_array(a, record, "curve") : NULL;
    for (size_t i = 0; i < s->n_curve; i++) {
        const fsci_budget_step *step = &s->curve[i];
        fsci_json *out = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_number(a, out, "budget", step->budget);
        fsci_json_set_number(a, out, "objective", step->objective);
        fsci_json_set_number(a, out, "efficiency", efficiency(s, step->objective));
        fsci_json_set_bool(a, out, "exhaustive", step->proven);
        fsci_json_set_number(a, out, "bound", step->bound);
    }
}

static void write_guess(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    const fsci_guess *guess = s->candidates->guess;
    if (!guess)
        return;
    fsci_json *out = fsci_json_set_object(a, record, "glm");
    fsci_json_set_string(a, out, "target", guess->target);
    fsci_json *link = fsci_json_set_object(a, out, "link");
    fsci_json_set_string(a, link, "kind", fsci_link_name(guess->link.kind));
    fsci_json_set_number(a, link, "chance", s->input->observe.chance);
    fsci_json_set_number(a, link, "floor", guess->link.floor);
    fsci_json_set_number(a, link, "ceiling", s->input->observe.ceiling);
    fsci_json_set_number(a, out, "intercept", guess->link.intercept);
    fsci_json_set(a, out, "weights", fsci_json_numbers(a, guess->link.weights, guess->link.k));
    fsci_json_set_number(a, out, "n_known", (double)guess->link.n);
    fsci_json_set_string(a, out, "region_rule",
                         guess->held_out ? "models that the cutoff holds out"
                                         : "the tenth of the candidates with most equivalent "
                                           "compute");
    fsci_json *region = fsci_json_set_array(a, out, "region");
    for (size_t i = 0; i < guess->n_region; i++)
        fsci_json_push(region, fsci_json_string(a, s->candidates->frame.model[guess->region[i]]));
}

static void write_candidates(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    static const char *const standings[] = {"open", "included", "excluded"};
    const fsci_candidates *c = s->candidates;
    fsci_json *list = fsci_json_set_array(a, record, "candidates");
    for (size_t i = 0; i < c->n; i++) {
        fsci_json *one = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, one, "model", fsci_candidate_model(c, i));
        fsci_json_set_string(a, one, "family", fsci_candidate_family(c, i));
        fsci_json_set_number(a, one, "cost", c->cost[i]);
        fsci_json_set_number(a, one, "weight", c->weight[i]);
        fsci_json_set_string(a, one, "standing", standings[s->units->standing[i]]);
        fsci_json_set_bool(a, one, "chosen", fsci_units_has(s->units, s->result->found.in[0], i));
    }
}

static void write_search(fsci_arena *a, const fsci_selection *s, fsci_json *record)
{
    const fsci_design_result *result = s->result;
    double objective = result->found.objective[0];
    fsci_json_set_number(a, record, "objective", objective);
    fsci_json_set_number(a, record, "efficiency", efficiency(s, objective));
    fsci_json_set_bool(a, record, "exhaustive", result->proven);
    fsci_json_set_number(a, record, "bound", result->bound);
    fsci_json_set_number(a, record, "gap", result->bound - objective);
    fsci_json_set_number(a, record, "combinations", result->combinations);
    fsci_json_set_number(a, record, "evaluated", result->evaluated);
    fsci_json_set_string(a, record, "method", fsci_method_name(result->method));
}

void fsci_selection_write(fsci_arena *arena, const fsci_selection *s, fsci_json *record)
{
    const fsci_select_input *in = s->input;
    fsci_json_set_string(arena, record, "criterion", criteria[in->criterion].name);
    fsci_json_set_string(arena, record, "formula", criteria[in->criterion].formula);
    fsci_json_set_string(arena, record, "by", in->by_model ? "model" : "family");
    fsci_json_set_number(arena, record, "components", (double)in->observe.pcs);
    fsci_json_set_number(arena, record, "budget", in->budget);
    fsci_json_set_string(arena, record, "cost", in->cost);
    fsci_json_set(arena, record, "max_families",
                  in->by_model || !in->most_families
                      ? fsci_json_null(arena)
                      : fsci_json_number(arena, (double)in->most_families));
    write_search(arena, s, record);
    write_subset(arena, s, s->result->found.in[0], record);
    write_parts(arena, s, record);
    write_standing(arena, s, "included", FSCI_STANDING_IN, record);
    write_standing(arena, s, "excluded", FSCI_STANDING_OUT, record);
    fsci_json_set_number(arena, record, "left_out", (double)s->candidates->n_left_out);
    write_all(arena, s, record);
    write_runners_up(arena, s, record);
    write_curve(arena, s, record);
    write_guess(arena, s, record);
    write_candidates(arena, s, record);
    fsci_write_capability(arena, &s->candidates->frame, &s->candidates->capability,
                          fsci_json_set_object(arena, record, "space"));
}
