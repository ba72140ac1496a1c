/* The record of `mix`: the mixture of least loss, and how sure it is. */
#include "report/fields.h"
#include "report/kinds.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

static double count_inside(const fsci_json *record)
{
    double n = 0;
    FSCI_JSON_EACH (item, fsci_json_get(record, "shares"))
        n += number(item, "share") > 0;
    return n;
}

/* "A 40 %, B 35 %": the largest, and how many more there are. */
static const char *say_largest(fsci_arena *arena, const fsci_json *record)
{
    enum { SAID = 5 };
    const char *text = NULL;
    double last = INFINITY, said = 0, n = count_inside(record);
    for (size_t k = 0; k < SAID; k++) {
        double next = 0;
        FSCI_JSON_EACH (item, fsci_json_get(record, "shares"))
            if (number(item, "share") < last)
                next = fmax(next, number(item, "share"));
        FSCI_JSON_EACH (item, fsci_json_get(record, "shares"))
            if (next > 0 && number(item, "share") == next) {
                text = fsci_joined(arena, text, ", ",
                                   fsci_format(arena, "%s %s", words(item, "name"),
                                               fsci_say_percent(arena, next)));
                said++;
            }
        last = next;
    }
    return said < n ? fsci_format(arena, "%s and %g more", text, n - said) : text;
}

static void add_answer(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *loss = fsci_json_get(record, "loss"), *gain = fsci_json_get(record, "gain");
    const char *unit = string(record, "unit");
    fsci_view_add(view, FSCI_ANSWER, NULL,
                  fsci_format(arena, "The best mixture is %s: %s %s%s%s.",
                              say_largest(arena, record), words(record, "response"),
                              fsci_say_estimate(arena, number(loss, "value"), number(loss, "lo"),
                                                number(loss, "hi"), unit),
                              unit ? " " : "", fsci_unit_name(unit)));
    if (gain)
        fsci_view_add(
            view, FSCI_SENTENCE, NULL,
            fsci_format(arena,
                        "That is %s less than at the best mixture measured (line %g). Not to "
                        "know the constants better costs %s in the median.",
                        fsci_say_estimate(arena, number(gain, "value"), number(gain, "lo"),
                                          number(gain, "hi"), NULL),
                        number(fsci_json_get(record, "best_measured"), "line"),
                        fsci_say_digits(arena, number(record, "regret"), 2)));
}

static const struct {
    const char *stands, *words;
} places[] = {{"zero", "at 0"}, {"floor", "at floor"}, {"cap", "at cap"},
              {"all", "at 1"},  {"held", "held"},      {"inside", "between"}};

static const char *say_place(fsci_arena *arena, const fsci_json *item)
{
    double share = number(item, "stands_share");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (!strcmp(places[i].stands, words(item, "stands")))
            return isnan(share) ? places[i].words
                                : fsci_format(arena, "%s (%.0f %%)", places[i].words, 100 * share);
    return "";
}

static const char *say_percents(fsci_arena *arena, double lo, double hi)
{
    return isnan(lo) || isnan(hi) ? fsci_missing
                                  : fsci_format(arena, "%.1f to %.1f %%", 100 * lo, 100 * hi);
}

static void add_shares(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {{"domain", FSCI_WRAP},
                                   {"share", FSCI_POINT},
                                   {fsci_interval_title(arena, record), FSCI_LEFT},
                                   {"stands (refits)", FSCI_LEFT},
                                   {"measured", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "The best mixture", columns);
    FSCI_JSON_EACH (item, fsci_json_get(record, "shares"))
        fsci_grid_add(
            view, grid,
            (const char *[]){
                words(item, "name"), fsci_format(arena, "%.1f %%", 100 * number(item, "share")),
                say_percents(arena, number(item, "lo"), number(item, "hi")), say_place(arena, item),
                say_percents(arena, number(item, "measured_lo"), number(item, "measured_hi"))});
}

static void add_parts(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_column columns[] = {{words(record, "by"), FSCI_WRAP},
                                   {"weight", FSCI_POINT},
                                   {words(record, "response"), FSCI_LEFT},
                                   {"R²", FSCI_POINT},
                                   {"rows", FSCI_POINT}};
    if (!string(record, "by"))
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "What it gives", columns);
    FSCI_JSON_EACH (item, fsci_json_get(record, "parts"))
        fsci_grid_add(
            view, grid,
            (const char *[]){words(item, "name"), fsci_say_digits(arena, number(item, "weight"), 3),
                             fsci_say_estimate(arena, number(item, "value"), number(item, "lo"),
                                               number(item, "hi"), string(record, "unit")),
                             fsci_format(arena, "%.3f", number(item, "r2")),
                             fsci_say_integer(arena, number(item, "rows"))});
}

static void add_items(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *search = fsci_json_get(record, "search");
    fsci_view_add(
        view, FSCI_ITEM, "laws",
        fsci_format(arena, "%s%s",
                    fsci_say_objective(arena, fsci_json_get(record, "objective"),
                                       string(record, "response")),
                    !string(record, "by") ? ""
                    : string(record, "weights")
                        ? fsci_format(arena, ", by %s, weighted by %s", words(record, "by"),
                                      words(record, "weights"))
                        : fsci_format(arena, ", by %s, all of one weight", words(record, "by"))));
    fsci_view_add(view, FSCI_ITEM, "search",
                  fsci_format(arena,
                              "%g starts, %g reached the least; the slope there promises %s more",
                              number(search, "starts"), number(search, "reached_best"),
                              fsci_say_digits(arena, number(search, "gap"), 2)));
    if (string(record, "by"))
        fsci_view_add(view, FSCI_ITEM, "resampled",
                      fsci_json_get_bool(record, "paired", false)
                          ? "mixtures, with all their losses"
                          : "rows of each law on their own");
}

void fsci_mixture_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *law = fsci_json_get(record, "law");
    const char *id = string(law, "id");
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, id ? id : "mixture",
                                      fsci_say_formula(view->arena, string(law, "formula")));
    if (title)
        title->aside = fsci_say_count(
            view->arena, (double)fsci_json_count(fsci_json_get(record, "parts")), "law", "laws");
    add_answer(record, view);
    add_shares(record, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_parts(record, view);
    add_items(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

const fsci_json *fsci_mixture_list(fsci_arena *arena, const fsci_json *record)
{
    (void)arena;
    return fsci_json_get(record, "shares");
}
