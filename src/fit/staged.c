#include "fit/staged.h"

#include "fit/placement.h"

#include <math.h>

/* Parts that come in together, at this many minima of the smaller law; places brought to
 * convergence at a time; starts of the whole law beside them; minima of which parts are exchanged
 * at most, and how many of them in vain. */
enum {
    TOGETHER = FSCI_INSERTION_PARTS,
    BEAM = 4,
    KEPT = 8,
    USUAL = 48,
    EXCHANGES = 32,
    IN_VAIN = 3,
    IN_VAIN_EARLY = 1,
    DRAWS_OF_A_ROUND = 256
};

/* The law with its first n_parts parts, and points brought to convergence there. */
typedef struct stage_search {
    fsci_placement *place;
    size_t n_parts;
    fsci_parameters parameters;
    fsci_objective objective;
    size_t n, room;
    double *u, *value;
    double exchanged[EXCHANGES]; /* minima whose parts were */
    size_t n_exchanged, rounds;
} stage_search;

static fsc_status begin(stage_search *s, fsci_placement *place, size_t n_parts, size_t n_usual,
                        fsc_error *err)
{
    bool out[FSCI_STAGES];
    *s = (stage_search){.place = place,
                        .n_parts = n_parts,
                        .objective = *place->objective,
                        .room = n_usual + KEPT * (EXCHANGES + 1)};
    for (size_t i = 0; i < place->stages->n; i++)
        out[i] = i >= n_parts;
    FSCI_TRY(fsci_stages_hold(place->arena, place->stages, out, NULL, place->objective->parameters,
                              &s->parameters, err));
    s->objective.parameters = &s->parameters;
    s->u = FSCI_NEW(place->arena, double, s->room * s->parameters.n_free + 1);
    s->value = FSCI_NEW(place->arena, double, s->room);
    return s->u && s->value ? FSC_OK : fsci_fail_memory(err);
}

/* The points from `first` on to convergence. */
static fsc_status converge(stage_search *s, size_t first, bool from_afar, fsc_error *err)
{
    const fsci_solver_options options = {.tolerance = FSCI_SEARCH_TOLERANCE,
                                         .from_afar = from_afar};
    return fsci_search_advance(&s->objective, &options, s->n - first,
                               s->u + first * s->parameters.n_free, s->value + first,
                               &s->place->iterations, s->place->threads, err);
}

static void add_point(stage_search *s, const double *theta)
{
    fsci_parameters_reduce(&s->parameters, theta, s->u + s->n++ * s->parameters.n_free);
}

/* Fills the gaps; the best places to convergence, beside what was found before. */
static fsc_status fill(stage_search *s, const fsci_gap *gaps, size_t n_gaps, fsci_search *search,
                       fsc_error *err)
{
    size_t first = s->n;
    fsci_places places;
    FSCI_TRY(fsci_placement_fill(s->place, s->n_parts, gaps, n_gaps, DRAWS_OF_A_ROUND * s->rounds++,
                                 &places, err));
    while (s->n < first + KEPT) {
        size_t best = 0;
        for (size_t i = 1; i < places.n; i++)
            if (places.value[i] < places.value[best])
                best = i;
        if (!places.n || !isfinite(places.value[best]))
            break;
        add_point(s, places.theta + best * s->parameters.n);
        places.value[best] = INFINITY;
    }
    FSCI_TRY(converge(s, first, false, err));
    *search = (fsci_search){.scheme = "staged"};
    return fsci_search_conclude(s->place->arena, &s->objective, s->n, s->u, s->value, search, err);
}

/* The best minimum whose parts were not exchanged yet; NULL: none. */
static const fsci_optimum *next_minimum(stage_search *s, const fsci_search *search)
{
    for (size_t i = 0; i < search->n_optima && s->n_exchanged < EXCHANGES; i++) {
        double value = search->optima[i].value;
        bool known = false;
        for (size_t k = 0; k < s->n_exchanged; k++)
            known = known ||
                    fabs(s->exchanged[k] - value) <= fsci_search_same_within(&s->objective, value);
        if (known)
            continue;
        s->exchanged[s->n_exchanged++] = value;
        return &search->optima[i];
    }
    return NULL;
}

/* Takes parts out of the best minima and puts them in elsewhere, until that was in vain some times
 * in a row. */
static fsc_status exchange(stage_search *s, fsci_search *search, size_t most_in_vain,
                           fsc_error *err)
{
    double *theta = FSCI_NEW(s->place->arena, double, s->parameters.n);
    const fsci_optimum *from;
    fsci_gap *gaps;
    size_t n_gaps;
    if (!theta)
        return fsci_fail_memory(err);
    for (size_t in_vain = 0; in_vain < most_in_vain && (from = next_minimum(s, search));) {
        double best = search->optima[0].value;
        fsci_parameters_expand(&s->parameters, from->u, theta);
        FSCI_TRY(fsci_placement_gaps(s->place, s->n_parts, theta, &gaps, &n_gaps, err));
        FSCI_TRY(fill(s, gaps, n_gaps, search, err));
        double gain = best - search->optima[0].value;
        in_vain = gain > fsci_search_same_within(&s->objective, best) ? 0 : in_vain + 1;
    }
    return FSC_OK;
}

/* Starts of the whole law, as of any other. */
static fsc_status add_usual(stage_search *s, size_t n, fsc_error *err)
{
    size_t first = s->n;
    double *theta = FSCI_NEW(s->place->arena, double, s->parameters.n + 1);
    if (!theta)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        fsci_starts_point(&s->place->starts, i, theta);
        add_point(s, theta);
    }
    s->place->tried += n;
    return converge(s, first, true, err);
}

/* From the minima of a law with fewer parts, `parameters` its own, to those with s->n_parts. */
static fsc_status grow(stage_search *s, const fsci_parameters *parameters, size_t had,
                       fsci_search *search, fsc_error *err)
{
    size_t n = s->parameters.n, n_gaps = search->n_optima < BEAM ? search->n_optima : BEAM;
    fsci_gap gaps[BEAM] = {{0}};
    for (size_t i = 0; i < n_gaps; i++) {
        if (!(gaps[i].theta = FSCI_NEW(s->place->arena, double, n)))
            return fsci_fail_memory(err);
        fsci_parameters_expand(parameters, search->optima[i].u, gaps[i].theta);
        gaps[i].value = search->optima[i].value;
        for (size_t k = had; k < s->n_parts; k++)
            gaps[i].out[k] = true;
    }
    return fill(s, gaps, n_gaps, search, err);
}

/* The law without its parts, searched as any other. */
static fsc_status search_bare(fsci_placement *place, const fsci_search_options *options,
                              stage_search *bare, fsci_search *search, fsc_error *err)
{
    fsci_search_options screened = *options;
    screened.scheme = FSCI_STARTS_SCREENED;
    FSCI_TRY(begin(bare, place, 0, 0, err));
    FSCI_TRY(fsci_search_run(place->arena, &bare->objective, NULL, &screened, search, err));
    place->tried += search->n_starts;
    place->iterations += search->iterations;
    return FSC_OK;
}

static fsc_status run(fsci_placement *place, const fsci_search_options *options,
                      fsci_search *search, fsc_error *err)
{
    size_t all = place->stages->n, had = 0;
    size_t usual = options->scheme == FSCI_STARTS_COUNT ? options->count : USUAL;
    stage_search *smaller = FSCI_NEW(place->arena, stage_search, 1);
    if (!smaller)
        return fsci_fail_memory(err);
    FSCI_TRY(search_bare(place, options, smaller, search, err));
    while (had < all) {
        size_t n_parts = had + TOGETHER < all ? had + TOGETHER : all;
        bool whole = n_parts == all;
        stage_search *s = FSCI_NEW(place->arena, stage_search, 1);
        if (!s)
            return fsci_fail_memory(err);
        FSCI_TRY(begin(s, place, n_parts, whole ? usual : 0, err));
        if (whole)
            FSCI_TRY(add_usual(s, usual, err));
        FSCI_TRY(grow(s, &smaller->parameters, had, search, err));
        FSCI_TRY(exchange(s, search, whole ? IN_VAIN : IN_VAIN_EARLY, err));
        smaller = s;
        had = n_parts;
    }
    search->n_starts = place->tried;
    search->iterations += place->iterations;
    return FSC_OK;
}

fsc_status fsci_staged_run(fsci_arena *arena, const fsci_objective *objective,
                           const fsci_separable *separable, const fsci_stages *stages,
                           const fsci_search_options *options, fsci_search *search, fsc_error *err)
{
    if (!stages || options->scheme == FSCI_STARTS_GRID)
        return fsci_search_run(arena, objective, separable, options, search, err);
    fsci_placement place = {.arena = fsci_arena_new(),
                            .objective = objective,
                            .stages = stages,
                            .threads = options->threads};
    if (!place.arena)
        return fsci_fail_memory(err);
    fsc_status status = fsci_starts_new(objective, NULL, options, &place.starts, err);
    if (status == FSC_OK)
        status = run(&place, options, search, err);
    for (size_t i = 0; status == FSC_OK && i < search->n_optima; i++) {
        const double *u = search->optima[i].u;
        search->optima[i].u = fsci_copy_array(arena, u, objective->parameters->n_free, sizeof *u);
        if (!search->optima[i].u)
            status = fsci_fail_memory(err);
    }
    fsci_starts_free(&place.starts);
    fsci_arena_free(place.arena);
    return status;
}
