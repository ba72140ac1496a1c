/* The catalogue of laws: `laws list` grouped by question, `laws show` as a page about one law. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

/* A list may hold names, or objects that are named by a member or by their key. */
static const char *names_of(fsci_arena *arena, const fsci_json *list)
{
    const char *text = NULL;
    FSCI_JSON_EACH (item, list)
        text = fsci_joined(arena, text, ", ",
                           item->kind == FSCI_JSON_OBJECT ? name_of(item)
                                                          : fsci_say_scalar(arena, item));
    return text;
}

static const char *question_of(const fsci_json *law)
{
    const char *question = string(law, "question");
    return question ? question : "other";
}

/* Adds a question to those there are, unless it is among them. */
static bool is_new(fsci_arena *arena, fsci_json *questions, const char *question)
{
    FSCI_JSON_EACH (before, questions)
        if (!strcmp(before->string, question))
            return false;
    return fsci_json_push(questions, fsci_json_string(arena, question)) != NULL;
}

static void add_group(const fsci_json *laws, const char *question, fsci_view *view)
{
    static const fsci_column columns[] = {{"law", FSCI_LEFT},
                                          {"formula", FSCI_WRAP},
                                          {"what it says", FSCI_WRAP},
                                          {"source", FSCI_PAGE},
                                          {"sets", FSCI_RIGHT}};
    fsci_view_add(view, FSCI_HEADING, NULL, question);
    fsci_grid *grid = FSCI_VIEW_GRID(view, NULL, columns);
    FSCI_JSON_EACH (law, laws) {
        const fsci_json *source = fsci_json_get(law, "source");
        const char *authors = string(source, "authors");
        double year = number(source, "year");
        double sets = (double)fsci_json_count(fsci_json_get(law, "published"));
        if (strcmp(question_of(law), question))
            continue;
        if (authors && isfinite(year))
            authors = fsci_format(view->arena, "%s %.0f", authors, year);
        fsci_grid_add(view, grid,
                      (const char *[]){
                          string(law, "id"), fsci_say_formula(view->arena, string(law, "formula")),
                          string(law, "title"), authors,
                          sets > 0 ? fsci_say_integer(view->arena, sets) : fsci_missing});
    }
}

static void add_list(const fsci_json *laws, fsci_view *view)
{
    fsci_view_add(view, FSCI_TITLE, "laws",
                  fsci_say_count(view->arena, (double)fsci_json_count(laws), "law", "laws"));
    fsci_json *questions = fsci_json_array(view->arena);
    FSCI_JSON_EACH (law, laws)
        if (is_new(view->arena, questions, question_of(law)))
            add_group(laws, question_of(law), view);
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  "forescale laws show ID tells all about one of them; sets are published "
                  "constants that laws eval can use.");
}

/* ---- one law ----------------------------------------------------------------------------- */

/* "0.4 to 4", "1 to 1e12, log", or what a grid holds. */
static const char *start_of(fsci_arena *arena, const fsci_json *start)
{
    const fsci_json *grid =
        start && start->kind == FSCI_JSON_OBJECT ? fsci_json_get(start, "grid") : NULL;
    if (grid)
        return names_of(arena, grid);
    if (!start || fsci_json_count(start) < 2)
        return start ? fsci_say_scalar(arena, start) : NULL;
    const char *scale = start->first->next->next ? start->first->next->next->string : NULL;
    return fsci_format(arena, "%s to %s%s%s", fsci_say_scalar(arena, start->first),
                       fsci_say_scalar(arena, start->first->next), scale ? ", " : "",
                       scale ? scale : "");
}

static void add_symbols(const fsci_json *law, fsci_view *view)
{
    static const fsci_column columns[] = {{"column", FSCI_LEFT},      {"meaning", FSCI_WRAP},
                                          {"unit", FSCI_LEFT},        {"domain", FSCI_LEFT},
                                          {"in practice", FSCI_WRAP}, {"trend", FSCI_LEFT}};
    static const fsci_column parameters[] = {{"parameter", FSCI_LEFT},
                                             {"meaning", FSCI_WRAP},
                                             {"unit", FSCI_LEFT},
                                             {"domain", FSCI_LEFT},
                                             {"start", FSCI_LEFT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Columns", columns);
    FSCI_JSON_EACH (item, fsci_json_get(law, "columns"))
        fsci_grid_add(view, grid,
                      (const char *[]){name_of(item), string(item, "meaning"), string(item, "unit"),
                                       string(item, "domain"),
                                       start_of(view->arena, fsci_json_get(item, "range")),
                                       string(item, "trend")});
    grid = FSCI_VIEW_GRID(view, "Parameters", parameters);
    FSCI_JSON_EACH (item, fsci_json_get(law, "parameters"))
        fsci_grid_add(view, grid,
                      (const char *[]){name_of(item), string(item, "meaning"), string(item, "unit"),
                                       string(item, "domain"),
                                       start_of(view->arena, fsci_json_get(item, "start"))});
}

static void add_derived(const fsci_json *law, fsci_view *view)
{
    static const fsci_column columns[] = {{"derived", FSCI_LEFT},
                                          {"formula", FSCI_WRAP},
                                          {"unit", FSCI_LEFT},
                                          {"meaning", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Derived quantities", columns);
    FSCI_JSON_EACH (item, fsci_json_get(law, "derived")) {
        const char *arguments = names_of(view->arena, fsci_json_get(item, "arguments"));
        const char *name = name_of(item);
        if (arguments)
            name = fsci_format(view->arena, "%s(%s)", name, arguments);
        fsci_grid_add(view, grid,
                      (const char *[]){name, fsci_say_formula(view->arena, string(item, "formula")),
                                       string(item, "unit"), string(item, "meaning")});
    }
}

/* Values and, after "±", errors of a published set; of a set of parameters "t_j[web] -2". */
static const char *add_constants(fsci_arena *arena, const fsci_json *values,
                                 const fsci_json *errors, const char *of, const char *list)
{
    FSCI_JSON_EACH (value, values) {
        const char *name = of ? fsci_format(arena, "%s[%s]", of, value->key) : value->key;
        if (value->kind == FSCI_JSON_OBJECT) {
            list = add_constants(arena, value, fsci_json_get(errors, value->key), name, list);
            continue;
        }
        double error = number(errors, value->key);
        const char *text = fsci_say_digits(arena, value->number, 6);
        if (isfinite(error))
            text = fsci_format(arena, "%s ± %s", text, fsci_say_digits(arena, error, 3));
        list = fsci_joined(arena, list, ", ", fsci_format(arena, "%s %s", name, text));
    }
    return list;
}

static const char *constants_of(fsci_arena *arena, const fsci_json *set)
{
    const char *list = add_constants(arena, fsci_json_get(set, "values"),
                                     fsci_json_get(set, "errors"), NULL, NULL);
    FSCI_JSON_EACH (unit, fsci_json_get(set, "units"))
        list = fsci_joined(arena, list, "; ",
                           fsci_format(arena, "%s in %s", unit->key,
                                       fsci_unit_name(unit->string ? unit->string : "")));
    return list;
}

static void add_published(const fsci_json *law, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"published set", FSCI_LEFT}, {"values", FSCI_WRAP}, {"where", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Published sets", columns);
    FSCI_JSON_EACH (set, fsci_json_get(law, "published"))
        fsci_grid_add(
            view, grid,
            (const char *[]){name_of(set), constants_of(view->arena, set), string(set, "where")});
    FSCI_JSON_EACH (set, fsci_json_get(law, "published"))
        fsci_view_add(view, FSCI_ITEM, name_of(set), string(set, "note"));
}

/* "1e16 to 2e19 FLOP", as far as it is stated. */
static const char *fitted_of(fsci_arena *arena, const fsci_json *reach, const char *unit)
{
    const char *extent = fsci_say_extent(arena, number(reach, "from"), number(reach, "to"), unit);
    const char *column = string(reach, "column");
    bool known = isfinite(number(reach, "from")) && isfinite(number(reach, "to"));
    return column && known ? fsci_format(arena, "%s %s", column, extent) : NULL;
}

/* "5.7e21 FLOP, 2.45 decades (280 times) beyond the data" */
static const char *predicted_of(fsci_arena *arena, const fsci_json *reach, const char *unit)
{
    double predicted = number(reach, "predicted"), to = number(reach, "to");
    if (!isfinite(predicted))
        return NULL;
    const char *text = fsci_say_quantity(arena, predicted, NAN, unit);
    return to > 0 && predicted > to
               ? fsci_joined(arena, text, ", ", fsci_say_decades(arena, log10(predicted / to)))
               : text;
}

static void add_reach(const fsci_json *law, fsci_view *view)
{
    static const fsci_column columns[] = {{"fitted to", FSCI_WRAP},
                                          {"extent", FSCI_WRAP},
                                          {"predicted, how far beyond", FSCI_WRAP},
                                          {"error there", FSCI_LEFT},
                                          {"where", FSCI_ASIDE}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid =
        FSCI_VIEW_GRID(view, "Where it was fitted, and how far it was tried", columns);
    FSCI_JSON_EACH (reach, fsci_json_get(law, "reach")) {
        const char *column = string(reach, "column");
        const char *unit =
            column ? string(fsci_json_get(fsci_json_get(law, "columns"), column), "unit") : NULL;
        double error = number(reach, "error");
        fsci_grid_add(view, grid,
                      (const char *[]){
                          string(reach, "data"), fitted_of(arena, reach, unit),
                          predicted_of(arena, reach, unit),
                          isfinite(error)
                              ? fsci_format(arena, "%s %%", fsci_say_digits(arena, 100 * error, 2))
                              : NULL,
                          string(reach, "where")});
    }
}

static void add_expectations(const fsci_json *law, fsci_view *view)
{
    static const char *const kinds[][2] = {{"rows", "every row: "},
                                           {"distinct", "different values of "},
                                           {"fitted", "once fitted, every row: "},
                                           {"reached", "once fitted, some row: "},
                                           {"asked", "where it is evaluated: "}};
    static const fsci_column columns[] = {
        {"expects", FSCI_WRAP}, {"else", FSCI_LEFT}, {"which says", FSCI_WRAP}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "What it takes", columns);
    FSCI_JSON_EACH (item, fsci_json_get(law, "expects")) {
        const char *what = NULL, *code = string(item, "code"), *how = string(item, "otherwise");
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !what; k++)
            if (string(item, kinds[k][0]))
                what = fsci_format(view->arena, "%s%s", kinds[k][1], string(item, kinds[k][0]));
        if (isfinite(number(item, "least")))
            what = fsci_format(view->arena, "%g %s or more", number(item, "least"), what);
        else if (string(item, "distinct"))
            what =
                fsci_format(view->arena, "every row another value of %s", string(item, "distinct"));
        bool refuses = how && !strcmp(how, "refuse");
        fsci_grid_add(
            view, grid,
            (const char *[]){what, refuses ? fsci_format(view->arena, "%s, refused", code) : code,
                             string(item, "says")});
    }
}

static void add_relations(const fsci_json *law, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *columns = fsci_json_get(law, "columns");
    FSCI_JSON_EACH (item, fsci_json_get(law, "reduces_to")) {
        const char *when = string(item, "when"), *to = string(item, "law");
        if (to)
            fsci_view_add(view, FSCI_ITEM, "reduces to",
                          when ? fsci_format(arena, "%s when %s", to, when) : to);
    }
    FSCI_JSON_EACH (item, fsci_json_get(law, "checks")) {
        const char *set = string(item, "set");
        const char *at = fsci_say_arguments(arena, fsci_json_get(item, "at"), columns);
        const char *gives = fsci_say_arguments(arena, fsci_json_get(item, "gives"), columns);
        fsci_view_add(view, FSCI_ITEM, "checked",
                      fsci_format(arena, "%s%s%s gives %s", set ? set : "", at ? " at " : "",
                                  at ? at : "", gives ? gives : "–"));
    }
}

static void add_page(const fsci_json *law, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *formula = fsci_say_formula(arena, string(law, "formula"));
    fsci_block *title = fsci_view_add(view, FSCI_TITLE, string(law, "id"), formula ? formula : "");
    if (title)
        title->aside =
            fsci_format(arena, "version %s", fsci_say_integer(arena, number(law, "version")));
    fsci_view_add(view, FSCI_SENTENCE, NULL, string(law, "title"));
    fsci_view_add(view, FSCI_ITEM, "question", string(law, "question"));
    fsci_view_add(view, FSCI_ITEM, "source", fsci_say_source(arena, fsci_json_get(law, "source")));
    if (fsci_json_get(law, "objective"))
        fsci_view_add(view, FSCI_ITEM, "objective",
                      fsci_say_objective(arena, fsci_json_get(law, "objective"),
                                         fsci_say_left(arena, string(law, "formula"))));
    FSCI_JSON_EACH (step, fsci_json_get(law, "prepare"))
        fsci_view_add(view, FSCI_ITEM, "prepared", step->string);
    const char *notes = words(law, "notes");
    size_t length = strlen(notes);
    while (length && notes[length - 1] == '\n')
        length--;
    fsci_view_add(view, FSCI_ITEM, "notes", length ? fsci_copy_text(arena, notes, length) : NULL);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_symbols(law, view);
    add_derived(law, view);
    add_published(law, view);
    add_reach(law, view);
    add_expectations(law, view);
    add_relations(law, view);
}

void fsci_laws_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *laws = fsci_record_list(view->arena, record);
    const fsci_json *only = fsci_json_count(laws) == 1 ? laws->first : NULL;
    if (only && string(only, "formula"))
        add_page(only, view);
    else
        add_list(laws, view);
    fsci_view_warnings(view, record);
}
