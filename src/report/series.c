/* What a series looks like: one row per kind in `looks`. */
#include "report/plot.h"

#include "report/contour.h"
#include "report/glyph.h"
#include "report/quantity.h"
#include "report/svg.h"

#include <math.h>
#include <string.h>

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* ---- reading ----------------------------------------------------------------------------- */

static const double *numbers(fsci_arena *arena, const fsci_json *array, size_t n)
{
    double *values = array ? FSCI_NEW(arena, double, n) : NULL;
    const fsci_json *item = array ? array->first : NULL;
    for (size_t i = 0; values && i < n; i++) {
        values[i] = item && item->kind == FSCI_JSON_NUMBER ? item->number : NAN;
        item = item ? item->next : NULL;
    }
    return values;
}

/* A band or ranges belong to the series after them and share its colour. */
static bool is_backdrop(const fsci_json *json)
{
    const char *kind = fsci_json_get_string(json, "kind");
    return is(kind, "band") || is(kind, "ranges");
}

static fsci_series read_one(fsci_arena *arena, const fsci_json *json, int *next_color)
{
    fsci_series s = {.json = json,
                     .name = fsci_json_get_string(json, "name"),
                     .style = fsci_json_get_string(json, "style"),
                     .n = fsci_json_count(fsci_json_get(json, "x"))};
    double color = fsci_json_get_number(json, "color");
    s.color = is(fsci_json_get_string(json, "color"), "ink") ? FSCI_INK
              : color >= 0 && color < 100                    ? (int)color
              : is_backdrop(json)                            ? *next_color
                                                             : (*next_color)++;
    double shape = fsci_json_get_number(json, "shape");
    s.shape = shape >= 0 && shape < 100 ? (int)shape : s.color < 0 ? 0 : s.color;
    s.x = numbers(arena, fsci_json_get(json, "x"), s.n);
    s.y = numbers(arena, fsci_json_get(json, "y"), s.n);
    s.lo = numbers(arena, fsci_json_get(json, "lo"), s.n);
    s.hi = numbers(arena, fsci_json_get(json, "hi"), s.n);
    return s;
}

fsci_series *fsci_series_read(fsci_arena *arena, const fsci_json *figure, size_t *n)
{
    const fsci_json *list = fsci_json_get(figure, "series");
    fsci_series *series = FSCI_NEW(arena, fsci_series, fsci_json_count(list) + 1);
    int next_color = 0;
    *n = 0;
    FSCI_JSON_EACH (json, list)
        if (series)
            series[(*n)++] = read_one(arena, json, &next_color);
    return series;
}

/* ---- drawing ----------------------------------------------------------------------------- */

/* Places of point i on the page; false when the scales cannot show it. */
static bool place(const fsci_plot *p, const fsci_series *s, const double *values, size_t i,
                  double *x, double *y)
{
    *x = s->x ? fsci_axis_place(&p->x, s->x[i]) : NAN;
    *y = values ? fsci_axis_place(&p->y, values[i]) : NAN;
    return isfinite(*x) && isfinite(*y);
}

static void begin(fsci_plot *p, const char *class, const fsci_series *s, bool stroke, bool fill)
{
    char color = fsci_svg_color(s->color);
    fsci_buffer_printf(p->out, "<path class=\"%s", class);
    if (stroke)
        fsci_buffer_printf(p->out, " s%c", color);
    if (fill)
        fsci_buffer_printf(p->out, " f%c", color);
    fsci_buffer_puts(p->out, "\" d=\"");
}

/* Ends a path; `tip` (may be NULL) is shown while the pointer rests on it. */
static void end(fsci_plot *p, const char *tip)
{
    if (!tip) {
        fsci_buffer_puts(p->out, "\"/>\n");
        return;
    }
    fsci_buffer_puts(p->out, "\"><title>");
    fsci_markup_add(p->out, tip);
    fsci_buffer_puts(p->out, "</title></path>\n");
}

static const char *text_at(const fsci_series *s, const char *key, size_t i)
{
    const fsci_json *list = fsci_json_get(s->json, key), *item = list ? list->first : NULL;
    while (item && i--)
        item = item->next;
    return item ? item->string : NULL;
}

static const char *point_class(const fsci_series *s)
{
    return is(s->style, "open") ? "pt open" : is(s->style, "faint") ? "pt faint" : "pt";
}

/* The more points, the smaller. */
static double radius_of(const fsci_series *s)
{
    double radius = s->n > 400 ? 2 : s->n > 120 ? 2.8 : 4;
    return is(s->style, "faint") ? fmin(radius, 2.5) : is(s->style, "strong") ? 6 : radius;
}

/* Points with names are elements of their own, others are one path. */
static void draw_points(fsci_plot *p, const fsci_series *s)
{
    bool filled = !is(s->style, "open"), named = fsci_json_get(s->json, "names") != NULL;
    double r = radius_of(s), x, y;
    if (!named)
        begin(p, point_class(s), s, true, filled);
    for (size_t i = 0; i < s->n; i++) {
        if (!place(p, s, s->y, i, &x, &y))
            continue;
        if (named)
            begin(p, point_class(s), s, true, filled);
        fsci_svg_marker(p->out, s->shape, x, y, r);
        if (named)
            end(p, text_at(s, "names", i));
        fsci_board_mark(&p->board, x, y, r + 1);
    }
    if (!named)
        end(p, NULL);
}

static void draw_line(fsci_plot *p, const fsci_series *s)
{
    bool dashed = is(s->style, "dashed"), marked = is(s->style, "marked"), pen_down = false;
    double x, y, before_x = 0, before_y = 0;
    begin(p, dashed ? "ln dash" : marked ? "ln thin" : "ln", s, true, false);
    for (size_t i = 0; i < s->n; i++) {
        if (!place(p, s, s->y, i, &x, &y)) {
            pen_down = false;
            continue;
        }
        fsci_svg_path(p->out, pen_down ? 'L' : 'M', x, y);
        if (pen_down)
            fsci_board_segment(&p->board, before_x, before_y, x, y);
        before_x = x;
        before_y = y;
        pen_down = true;
    }
    end(p, NULL);
    if (marked)
        draw_points(p, s);
}

static void draw_band(fsci_plot *p, const fsci_series *s)
{
    double x, y;
    char letter = 'M';
    begin(p, "band", s, false, true);
    for (size_t i = 0; i < s->n; i++)
        if (place(p, s, s->hi, i, &x, &y)) {
            fsci_svg_path(p->out, letter, x, y);
            letter = 'L';
        }
    for (size_t i = s->n; i-- > 0;)
        if (letter == 'L' && place(p, s, s->lo, i, &x, &y))
            fsci_svg_path(p->out, letter, x, y);
    end(p, NULL);
}

static void draw_ranges(fsci_plot *p, const fsci_series *s)
{
    double x, low, high;
    begin(p, "range", s, true, false);
    for (size_t i = 0; i < s->n; i++)
        if (place(p, s, s->lo, i, &x, &low) && place(p, s, s->hi, i, &x, &high)) {
            fsci_svg_path(p->out, 'M', x, low);
            fsci_svg_path(p->out, 'L', x, high);
        }
    end(p, NULL);
}

static void draw_bars(fsci_plot *p, const fsci_series *s)
{
    double width = fmin(64, 0.7 * fabs(p->x.to - p->x.from) / (p->x.hi - p->x.lo)), x, y;
    double base = fsci_axis_place(&p->y, 0);
    for (size_t i = 0; i < s->n; i++) {
        const char *label = text_at(s, "labels", i);
        if (!place(p, s, s->y, i, &x, &y))
            continue;
        begin(p, "bar", s, false, true);
        fsci_svg_path(p->out, 'M', x - width / 2, base);
        fsci_svg_path(p->out, 'L', x - width / 2, y);
        fsci_svg_path(p->out, 'L', x + width / 2, y);
        fsci_svg_path(p->out, 'L', x + width / 2, base);
        end(p, text_at(s, "names", i));
        if (label)
            fsci_svg_text(&p->over, "halo", x, y - 6, "middle", label);
    }
}

/* Squares of a map, the stronger (z, 0 to 1) the darker. */
static void draw_cells(fsci_plot *p, const fsci_series *s)
{
    const double *z = numbers(p->arena, fsci_json_get(s->json, "z"), s->n);
    double w = 0.47 * fabs(p->x.to - p->x.from) / (p->x.hi - p->x.lo), x, y;
    double h = 0.47 * fabs(p->y.to - p->y.from) / (p->y.hi - p->y.lo);
    for (size_t i = 0; z && i < s->n; i++) {
        if (!place(p, s, s->y, i, &x, &y) || !isfinite(z[i]))
            continue;
        fsci_buffer_puts(p->out, "<g opacity=\"");
        fsci_svg_number(p->out, fmin(fmax(z[i], 0.04), 1));
        fsci_buffer_puts(p->out, "\">");
        begin(p, "bar", s, false, true);
        fsci_svg_path(p->out, 'M', x - w, y - h);
        fsci_svg_path(p->out, 'L', x + w, y - h);
        fsci_svg_path(p->out, 'L', x + w, y + h);
        fsci_svg_path(p->out, 'L', x - w, y + h);
        end(p, text_at(s, "names", i));
        fsci_buffer_puts(p->out, "</g>\n");
    }
}

/* ---- contours ---------------------------------------------------------------------------- */

typedef struct tracing {
    fsci_plot *plot;
    double label_x, label_y, best; /* the middle of the piece nearest to where labels look best */
} tracing;

static void trace(void *context, double x1, double y1, double x2, double y2)
{
    tracing *t = context;
    const fsci_box *area = &t->plot->area;
    double x = (x1 + x2) / 2, y = (y1 + y2) / 2;
    double far = hypot(x - (area->x + 0.86 * area->w), 0.4 * (y - (area->y + 0.2 * area->h)));
    fsci_svg_path(t->plot->out, 'M', x1, y1);
    fsci_svg_path(t->plot->out, 'L', x2, y2);
    fsci_board_segment(&t->plot->board, x1, y1, x2, y2);
    if (far < t->best) {
        t->best = far;
        t->label_x = x;
        t->label_y = y;
    }
}

static void label_level(fsci_plot *p, const tracing *t, double level)
{
    const char *text = fsci_say_digits(p->arena, level, 4);
    double w = fsci_svg_text_width(text, 12), h = 13;
    fsci_box box = {t->label_x - w / 2, t->label_y - h / 2, w, h};
    if (!isfinite(t->best))
        return;
    fsci_svg_text(&p->over, "halo small", t->label_x, t->label_y + 4, "middle", text);
    fsci_board_text(&p->board, box);
}

/* The levels of the series, or the ticks an axis over its values would have; n is their number. */
static size_t levels_of(const fsci_plot *p, const fsci_series *s, const fsci_field *field,
                        const double **levels)
{
    const fsci_json *given = fsci_json_get(s->json, "levels");
    const double wide = 20; /* ratio of values above which levels are spread by ratio */
    *levels = numbers(p->arena, given, fsci_json_count(given));
    if (given)
        return *levels ? fsci_json_count(given) : 0;
    fsci_axis axis = {.lo = NAN, .hi = NAN};
    for (size_t i = 0; i < field->nx * field->ny; i++)
        fsci_axis_cover(&axis, field->z[i]);
    axis.log = axis.lo > 0 && axis.hi > wide * axis.lo;
    axis.from = axis.lo = axis.log ? log10(axis.lo) : axis.lo;
    axis.to = axis.hi = axis.log ? log10(axis.hi) : axis.hi;
    fsci_tick *ticks;
    size_t n_ticks = axis.lo < axis.hi ? fsci_axis_ticks(p->arena, &axis, &ticks) : 0, n = 0;
    double *values = FSCI_NEW(p->arena, double, n_ticks);
    for (size_t i = 0; values && i < n_ticks; i++)
        if (ticks[i].text)
            values[n++] = axis.log ? pow(10, ticks[i].place) : ticks[i].place;
    *levels = values;
    return n;
}

static void draw_contour(fsci_plot *p, const fsci_series *s)
{
    size_t ny = fsci_json_count(fsci_json_get(s->json, "y"));
    const double *values = numbers(p->arena, fsci_json_get(s->json, "y"), ny);
    double *x = FSCI_NEW(p->arena, double, s->n), *y = FSCI_NEW(p->arena, double, ny);
    fsci_field field = {.nx = s->n, .ny = ny, .x = x, .y = y};
    field.z = numbers(p->arena, fsci_json_get(s->json, "z"), s->n * ny);
    if (!x || !y || !values || !field.z)
        return;
    for (size_t i = 0; i < s->n; i++)
        x[i] = fsci_axis_place(&p->x, s->x[i]);
    for (size_t j = 0; j < ny; j++)
        y[j] = fsci_axis_place(&p->y, values[j]);
    const double *levels;
    size_t n = levels_of(p, s, &field, &levels);
    for (size_t i = 0; i < n; i++) {
        tracing t = {.plot = p, .best = INFINITY};
        begin(p, "ln thin", s, true, false);
        fsci_contour(&field, levels[i], trace, &t);
        end(p, NULL);
        label_level(p, &t, levels[i]);
    }
}

/* ---- all kinds --------------------------------------------------------------------------- */

typedef struct look {
    const char *kind;
    void (*draw)(fsci_plot *plot, const fsci_series *series);
} look;

static const look looks[] = {{"points", draw_points}, {"line", draw_line},
                             {"band", draw_band},     {"ranges", draw_ranges},
                             {"bars", draw_bars},     {"contour", draw_contour},
                             {"cells", draw_cells}};

void fsci_series_draw(fsci_plot *plot, const fsci_series *series)
{
    const char *kind = fsci_json_get_string(series->json, "kind");
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (is(kind, looks[i].kind))
            looks[i].draw(plot, series);
}

static void cover(fsci_axis *axis, const fsci_json *values)
{
    FSCI_JSON_EACH (value, values)
        if (value->kind == FSCI_JSON_NUMBER)
            fsci_axis_cover(axis, value->number);
}

void fsci_series_cover(fsci_plot *plot, const fsci_series *series)
{
    static const char *const upright[] = {"y", "lo", "hi"};
    cover(&plot->x, fsci_json_get(series->json, "x"));
    for (size_t i = 0; i < sizeof upright / sizeof *upright; i++)
        cover(&plot->y, fsci_json_get(series->json, upright[i]));
    if (is(fsci_json_get_string(series->json, "kind"), "bars")) {
        const double headroom = 1.08; /* for the text on top */
        fsci_axis_cover(&plot->y, 0);
        for (size_t i = 0; i < series->n && series->y; i++)
            fsci_axis_cover(&plot->y, headroom * series->y[i]);
    }
}

/* ---- names ------------------------------------------------------------------------------- */

void fsci_plot_label(fsci_plot *p, const char *class, const char *text, double x, double y,
                     bool needed)
{
    enum { HEIGHT = 14, BASELINE = 11, NEAR = 16 };
    fsci_box box;
    if (!fsci_board_place(&p->board, x, y, fsci_svg_text_width(text, 12), HEIGHT, needed, &box))
        return;
    double to_x = fmin(fmax(x, box.x), box.x + box.w), to_y = fmin(fmax(y, box.y), box.y + box.h);
    if (hypot(to_x - x, to_y - y) > NEAR)
        fsci_svg_line(p->out, "lead", x, y, to_x, to_y);
    const char *anchor = box.x + box.w < x ? "end" : box.x > x ? "start" : "middle";
    double at = box.x + box.w < x ? box.x + box.w : box.x > x ? box.x : box.x + box.w / 2;
    fsci_svg_text(p->out, class, at, box.y + BASELINE, anchor, text);
}

static bool labelled(const fsci_series *s, const char *where)
{
    return is(fsci_json_get_string(s->json, "label"), where);
}

void fsci_series_label_end(fsci_plot *plot, const fsci_series *series)
{
    char class[] = "halo small t0";
    double x, y;
    class[sizeof class - 2] = fsci_svg_color(series->color);
    if (!labelled(series, "end") || !series->name)
        return;
    for (size_t i = series->n; i-- > 0;)
        if (place(plot, series, series->y, i, &x, &y)) {
            fsci_plot_label(plot, class, series->name, x, y, true);
            return;
        }
}

void fsci_series_label_points(fsci_plot *plot, const fsci_series *series)
{
    const fsci_json *text = fsci_json_get(series->json, "labels");
    if (!labelled(series, "points") || !text)
        return;
    text = text->first;
    for (size_t i = 0; text && i < series->n; i++, text = text->next) {
        double x, y;
        if (text->kind == FSCI_JSON_STRING && place(plot, series, series->y, i, &x, &y))
            fsci_plot_label(plot, "halo small", text->string, x, y, false);
    }
}

bool fsci_series_in_legend(const fsci_series *series)
{
    return series->name && !labelled(series, "end") && !labelled(series, "none");
}

void fsci_series_swatch(fsci_plot *plot, const fsci_series *series, double x, double y)
{
    const char *kind = fsci_json_get_string(series->json, "kind");
    bool points = is(kind, "points");
    if (points) {
        begin(plot, point_class(series), series, true, !is(series->style, "open"));
        fsci_svg_marker(plot->out, series->shape, x + 8, y, radius_of(series));
    } else if (is(kind, "band") || is(kind, "cells")) {
        begin(plot, is(kind, "band") ? "band" : "bar", series, false, true);
        fsci_svg_path(plot->out, 'M', x, y - 5);
        fsci_svg_path(plot->out, 'L', x + 16, y - 5);
        fsci_svg_path(plot->out, 'L', x + 16, y + 5);
        fsci_svg_path(plot->out, 'L', x, y + 5);
    } else if (is(kind, "ranges")) {
        begin(plot, "range", series, true, false);
        fsci_svg_path(plot->out, 'M', x + 8, y - 6);
        fsci_svg_path(plot->out, 'L', x + 8, y + 6);
    } else {
        begin(plot, is(series->style, "dashed") ? "ln dash" : "ln", series, true, false);
        fsci_svg_path(plot->out, 'M', x, y);
        fsci_svg_path(plot->out, 'L', x + 16, y);
    }
    end(plot, NULL);
}
