/* The record of `laws eval`: one value of a published law, with its terms. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

enum { MOST_MEMBERS = 12 };

static const char *names_of(fsci_arena *arena, const fsci_json *list, const char *after)
{
    const char *text = NULL;
    FSCI_JSON_EACH (name, list)
        text = fsci_joined(arena, text, *after ? "," : ", ",
                           fsci_format(arena, "%s%s", name->string ? name->string : "", after));
    return text;
}

/* "Give --at N=…,D=… for L, or --at C=… for N_opt, D_opt." */
static void say_what_to_give(const fsci_json *record, fsci_view *view)
{
    const char *list = NULL;
    FSCI_JSON_EACH (question, fsci_json_get(record, "takes"))
        list =
            fsci_joined(view->arena, list, ", or ",
                        fsci_format(view->arena, "--at %s for %s",
                                    names_of(view->arena, fsci_json_get(question, "at"), "=…"),
                                    names_of(view->arena, fsci_json_get(question, "gives"), "")));
    if (list)
        fsci_view_add(view, FSCI_SENTENCE, NULL, fsci_format(view->arena, "Give %s.", list));
}

static void add_derived(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"derived", FSCI_WRAP}, {"value", FSCI_LEFT}, {"", FSCI_ASIDE}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Derived quantities", columns);
    FSCI_JSON_EACH (item, fsci_json_get(record, "derived"))
        fsci_grid_add(view, grid,
                      (const char *[]){string(item, "name"),
                                       fsci_say_quantity(view->arena, number(item, "value"), NAN,
                                                         string(item, "unit")),
                                       string(item, "meaning")});
}

static void add_terms(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"term", FSCI_WRAP}, {"value", FSCI_POINT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Terms", columns);
    FSCI_JSON_EACH (term, fsci_json_get(record, "terms"))
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_say_formula(view->arena, term->key),
                                       fsci_say_scalar(view->arena, term)});
}

/* The first terms of a sum over a set, and the rest together. */
static void add_sum(const fsci_json *sum, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *name = string(sum, "sum"), *brace = name ? strchr(name, '(') : NULL;
    const fsci_column columns[] = {
        {brace ? fsci_format(arena, "%.*s", (int)(brace - name), name) : "sum", FSCI_WRAP},
        {"value", FSCI_POINT}};
    fsci_grid *grid =
        FSCI_VIEW_GRID(view, fsci_format(arena, "Terms of %s", columns[0].title), columns);
    size_t shown = 0, n = fsci_json_count(fsci_json_get(sum, "terms"));
    double rest = 0;
    FSCI_JSON_EACH (term, fsci_json_get(sum, "terms")) {
        if (++shown <= MOST_MEMBERS)
            fsci_grid_add(view, grid, (const char *[]){term->key, fsci_say_scalar(arena, term)});
        else
            rest += term->number;
    }
    if (n > MOST_MEMBERS)
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_format(arena, "%zu more", n - MOST_MEMBERS),
                                       fsci_say_scalar(arena, fsci_json_number(arena, rest))});
    fsci_grid_add(view, grid,
                  (const char *[]){"all", fsci_say_scalar(arena, fsci_json_get(sum, "value"))});
}

/* The response when the inputs complete it, else what they do give. */
void fsci_evaluation_view(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *law = fsci_json_get(record, "law");
    const char *id = string(law, "id");
    const char *formula = fsci_say_formula(arena, string(law, "formula"));
    const char *at =
        fsci_say_arguments(arena, fsci_json_get(record, "at"), fsci_json_get(record, "columns"));
    double value = number(record, "value");
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, id ? id : "evaluation", formula ? formula : "");
    if (title)
        title->aside = string(record, "set");
    if (!at)
        say_what_to_give(record, view);
    else if (isfinite(value))
        fsci_view_add(view, FSCI_ANSWER, NULL,
                      fsci_format(arena, "At %s: %s = %s", at, words(record, "response"),
                                  fsci_say_quantity(arena, value, NAN, string(record, "unit"))));
    else
        fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(arena, "At %s:", at));
    add_terms(record, view);
    FSCI_JSON_EACH (sum, fsci_json_get(record, "sums"))
        add_sum(sum, view);
    add_derived(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
