#include "record/figure.h"

fsci_json *fsci_figure_add(fsci_arena *arena, fsci_json *figures, const char *id, const char *title,
                           const char *caption)
{
    fsci_json *figure = fsci_json_push(figures, fsci_json_object(arena));
    fsci_json_set_string(arena, figure, "id", id);
    fsci_json_set_string(arena, figure, "title", title);
    fsci_json_set_string(arena, figure, "caption", caption);
    return figure;
}

fsci_json *fsci_figure_axis(fsci_arena *arena, fsci_json *figure, const char *which,
                            const char *label, const char *unit, const char *scale)
{
    fsci_json *axis = fsci_json_set_object(arena, figure, which);
    fsci_json_set_string(arena, axis, "label", label);
    fsci_json_set_string(arena, axis, "unit", unit);
    fsci_json_set_string(arena, axis, "scale", scale);
    return axis;
}

static fsci_json *list_of(fsci_arena *arena, fsci_json *object, const char *key)
{
    fsci_json *list = (fsci_json *)fsci_json_get(object, key);
    return list ? list : fsci_json_set_array(arena, object, key);
}

fsci_json *fsci_figure_series(fsci_arena *arena, fsci_json *figure, const char *name,
                              const char *kind, const char *style)
{
    fsci_json *series = fsci_json_push(list_of(arena, figure, "series"), fsci_json_object(arena));
    fsci_json_set_string(arena, series, "name", name);
    fsci_json_set_string(arena, series, "kind", kind);
    if (style)
        fsci_json_set_string(arena, series, "style", style);
    fsci_json_set_array(arena, series, "x");
    fsci_json_set_array(arena, series, "y");
    return series;
}

void fsci_figure_point(fsci_arena *arena, fsci_json *series, double x, double y)
{
    fsci_json_push(list_of(arena, series, "x"), fsci_json_number(arena, x));
    fsci_json_push(list_of(arena, series, "y"), fsci_json_number(arena, y));
}

void fsci_figure_mark(fsci_arena *arena, fsci_json *figure, const char *kind, double at,
                      const char *label)
{
    fsci_json *mark = fsci_json_push(list_of(arena, figure, "marks"), fsci_json_object(arena));
    fsci_json_set_string(arena, mark, "kind", kind);
    fsci_json_set_number(arena, mark, "at", at);
    fsci_json_set_string(arena, mark, "label", label);
}
