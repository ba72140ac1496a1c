#include "api/law_figures.h"

#include "law/evaluate.h"
#include "record/figure.h"
#include "report/quantity.h"

#include <math.h>

enum { POINTS = 61, MOST_SETS = 7, MOST_FIGURES = 3 };

static bool spans(const fsci_law_column *column)
{
    return isfinite(column->range.lo.value) && isfinite(column->range.hi.value);
}

static double along(const fsci_start *range, double share)
{
    double lo = range->lo.value, hi = range->hi.value;
    return range->log ? lo * pow(hi / lo, share) : lo + share * (hi - lo);
}

/* Where the other columns are held: the middle of their range. */
static double middle(const fsci_start *range)
{
    return range->grid.n ? range->grid.items[range->grid.n / 2] : along(range, 0.5);
}

typedef struct plot {
    fsci_arena *arena;
    const fsc_law *law;
    fsci_values at; /* every input, the others in the middle */
    size_t moving;  /* of `at` */
    const fsci_start *range;
    double least, most; /* of the curves drawn */
} plot;

static void add_curve(plot *p, const fsci_law_published *set, fsci_json *figure)
{
    fsci_json *series = fsci_figure_series(p->arena, figure, set->name, "line", NULL);
    for (int k = 0; k < POINTS; k++) {
        double x = along(p->range, (double)k / (POINTS - 1));
        p->at.items[p->moving].value = x;
        double y = fsci_law_response(p->law, set->theta, &p->at);
        p->least = fmin(p->least, y);
        p->most = fmax(p->most, y);
        fsci_figure_point(p->arena, series, x, y);
    }
}

/* "With N = 316 M parameters, U = 10 B tokens." */
static const char *caption(const plot *p)
{
    const char *text = NULL;
    for (size_t i = 0; i < p->at.n; i++) {
        const fsci_value *input = &p->at.items[i];
        size_t column = fsci_law_column_index(p->law, input->name);
        const char *amount =
            fsci_say_quantity(p->arena, input->value, NAN, p->law->columns.items[column].unit);
        if (i != p->moving)
            text = fsci_format(p->arena, "%s%s%s = %s", text ? text : "With ", text ? ", " : "",
                               input->name, amount);
    }
    return text ? fsci_format(p->arena, "%s.", text) : "The published sets.";
}

static void add_figure(plot *p, const fsci_law_column *column, fsci_json *figures)
{
    const fsc_law *law = p->law;
    const fsci_law_column *y = &law->columns.items[law->response];
    fsci_json *figure = fsci_figure_add(
        p->arena, figures, fsci_format(p->arena, "over-%s", column->name),
        fsci_format(p->arena, "%s against %s", y->meaning, column->meaning), caption(p));
    p->least = INFINITY;
    p->most = -INFINITY;
    for (size_t i = 0; i < law->published.n && i < MOST_SETS; i++)
        add_curve(p, &law->published.items[i], figure);
    bool decades = p->least > 0 && p->most > 20 * p->least; /* fewer have hardly a tick */
    fsci_figure_axis(p->arena, figure, "x", column->name, column->unit,
                     p->range->log ? "log" : "linear");
    fsci_figure_axis(p->arena, figure, "y", y->name, y->unit, decades ? "log" : "linear");
}

/* A column that the curve is drawn along, or held at; sets are of one level of a category. */
static bool is_number(const fsc_law *law, size_t i)
{
    return i != law->response && !law->columns.items[i].is_category;
}

void fsci_law_figures(fsci_arena *arena, const fsc_law *law, fsci_json *record)
{
    plot p = {.arena = arena, .law = law};
    p.at.items = FSCI_NEW(arena, fsci_value, law->columns.n + 1);
    bool whole = law->published.n > 0 && p.at.items;
    for (size_t i = 0; whole && i < law->columns.n; i++) {
        const fsci_law_column *column = &law->columns.items[i];
        if (!is_number(law, i))
            continue;
        whole = spans(column) || column->range.grid.n > 0;
        p.at.items[p.at.n++] = (fsci_value){.name = column->name};
    }
    if (!whole)
        return;
    fsci_json *figures = fsci_json_set_array(arena, record, "figures");
    for (size_t i = 0, moving = 0, drawn = 0; i < law->columns.n && drawn < MOST_FIGURES; i++) {
        const fsci_law_column *column = &law->columns.items[i];
        if (!is_number(law, i))
            continue;
        for (size_t j = 0, k = 0; j < law->columns.n; j++)
            if (is_number(law, j))
                p.at.items[k++].value = middle(&law->columns.items[j].range);
        p.moving = moving++;
        p.range = &column->range;
        if (!spans(column))
            continue;
        add_figure(&p, column, figures);
        drawn++;
    }
}
