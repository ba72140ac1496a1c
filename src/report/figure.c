/* A figure from its object (README.md): title and legend above, axes, series, marks, labels. */
#include "report/draw.h"

#include "report/fields.h"
#include "report/glyph.h"
#include "report/plot.h"
#include "report/quantity.h"
#include "report/svg.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 720, HEIGHT = 440, HEAD = 10, LEFT = 58, RIGHT = 24, BOTTOM = 52, LINE = 20 };

/* As the figure asks, for one of many categories; else HEIGHT. */
static int height_of(const fsci_json *figure)
{
    double height = number(figure, "height");
    return height >= HEIGHT && height <= 4 * HEIGHT ? (int)height : HEIGHT;
}

/* What the names of categories beside the plot need. */
static double left_of(const fsci_axis *y)
{
    double widest = 0;
    FSCI_JSON_EACH (name, y->categories)
        widest = fmax(widest, fsci_svg_text_width(name->string ? name->string : "", 12));
    return fmax(LEFT, widest + 18);
}

/* "training compute (FLOP)"; the unit is left out when the label names it. */
static const char *axis_title(const fsci_plot *p, const fsci_axis *axis)
{
    const char *unit = fsci_unit_name(axis->unit), *label = axis->label ? axis->label : "";
    return *unit && !strstr(label, unit) ? fsci_format(p->arena, "%s (%s)", label, unit) : label;
}

/* Title, legend and the name of the y axis; gives where the plot may begin. */
static double draw_head(fsci_plot *p, const fsci_series *series, size_t n)
{
    const char *title = string(p->figure, "title");
    double x = HEAD, y = 24;
    if (title)
        fsci_svg_text(p->out, "title", HEAD, y, "start", title);
    y += 4;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!fsci_series_in_legend(&series[i]))
            continue;
        double width = 24 + fsci_svg_text_width(series[i].name, 12) + 18;
        if (!any || x + width > WIDTH - RIGHT) {
            x = HEAD;
            y += LINE;
        }
        any = true;
        fsci_series_swatch(p, &series[i], x, y - 4);
        fsci_svg_text(p->out, "small", x + 24, y, "start", series[i].name);
        x += width;
    }
    y += LINE + 2;
    fsci_svg_text(p->out, "mute small", HEAD, y, "start", axis_title(p, &p->y));
    return y + 14;
}

static void draw_axes(fsci_plot *p)
{
    fsci_tick *ticks;
    fsci_box a = p->area;
    double bottom = a.y + a.h;
    size_t n = fsci_axis_ticks(p->arena, &p->y, &ticks);
    for (size_t i = 0; i < n; i++) {
        if (!ticks[i].text)
            continue;
        fsci_svg_line(p->out, "grid", a.x, ticks[i].place, a.x + a.w, ticks[i].place);
        fsci_svg_text(p->out, "mute small", a.x - 8, ticks[i].place + 4, "end", ticks[i].text);
    }
    n = fsci_axis_ticks(p->arena, &p->x, &ticks);
    for (size_t i = 0; i < n; i++) {
        bool major = ticks[i].text != NULL;
        if (major && !p->x.categories)
            fsci_svg_line(p->out, "grid", ticks[i].place, a.y, ticks[i].place, bottom);
        if (!p->x.categories)
            fsci_svg_line(p->out, "axis", ticks[i].place, bottom, ticks[i].place,
                          bottom + (major ? 6 : 3));
        if (major)
            fsci_svg_text(p->out, "mute small", ticks[i].place, bottom + 20, "middle",
                          ticks[i].text);
    }
    fsci_svg_line(p->out, "axis", a.x, bottom, a.x + a.w, bottom);
    fsci_svg_text(p->out, "mute small", a.x + a.w, bottom + 40, "end", axis_title(p, &p->x));
}

/* The ends of a mark on the page: NaN when the axes cannot show it. */
static void mark_ends(const fsci_plot *p, const char *kind, double at, double from[2], double to[2])
{
    const fsci_box *a = &p->area;
    if (!strcmp(kind, "vline")) {
        from[0] = to[0] = fsci_axis_place(&p->x, at);
        from[1] = a->y;
        to[1] = a->y + a->h;
    } else if (!strcmp(kind, "hline")) {
        from[1] = to[1] = fsci_axis_place(&p->y, at);
        from[0] = a->x;
        to[0] = a->x + a->w;
    } else { /* diagonal: y = x, over what both axes show */
        double lo = fmax(fsci_axis_value(&p->x, 0), fsci_axis_value(&p->y, 0));
        double hi = fmin(fsci_axis_value(&p->x, 1), fsci_axis_value(&p->y, 1));
        from[0] = fsci_axis_place(&p->x, lo);
        from[1] = fsci_axis_place(&p->y, lo);
        to[0] = fsci_axis_place(&p->x, hi);
        to[1] = fsci_axis_place(&p->y, hi);
    }
}

static void draw_mark(fsci_plot *p, const fsci_json *mark)
{
    const char *kind = string(mark, "kind");
    double from[2], to[2];
    mark_ends(p, kind ? kind : "", number(mark, "at"), from, to);
    if (!isfinite(from[0] + from[1] + to[0] + to[1]))
        return;
    fsci_svg_line(p->out, "mark", from[0], from[1], to[0], to[1]);
    fsci_board_segment(&p->board, from[0], from[1], to[0], to[1]);
}

/* A mark's name stands near its upper or right end. */
static void label_mark(fsci_plot *p, const fsci_json *mark)
{
    const char *kind = string(mark, "kind"), *label = string(mark, "label");
    double from[2], to[2];
    mark_ends(p, kind ? kind : "", number(mark, "at"), from, to);
    if (!label || !isfinite(from[0] + from[1] + to[0] + to[1]))
        return;
    bool upright = kind && !strcmp(kind, "vline");
    double x = upright ? from[0] : from[0] + 0.9 * (to[0] - from[0]);
    double y = upright ? from[1] + 12 : from[1] + 0.9 * (to[1] - from[1]);
    fsci_plot_label(p, "halo small mute", label, x, y, true);
}

static void begin_svg(const fsci_json *figure, bool standalone, fsci_buffer *out)
{
    const char *title = string(figure, "title"), *caption = string(figure, "caption");
    fsci_buffer_printf(out, "<svg%s class=\"fsc\" role=\"img\" viewBox=\"0 0 %d %d\"",
                       standalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", WIDTH,
                       height_of(figure));
    if (standalone)
        fsci_buffer_printf(out, " width=\"%d\" height=\"%d\"", WIDTH, height_of(figure));
    fsci_buffer_puts(out, ">\n<title>");
    fsci_markup_add(out, title ? title : "figure");
    fsci_buffer_puts(out, "</title>\n");
    if (caption) {
        fsci_buffer_puts(out, "<desc>");
        fsci_markup_add(out, caption);
        fsci_buffer_puts(out, "</desc>\n");
    }
    if (standalone)
        fsci_buffer_printf(out, "<style>%s</style>\n", fsci_figure_style);
    fsci_svg_rect(out, "paper", 0, 0, WIDTH, height_of(figure));
}

static void set_up_axes(fsci_plot *p, const fsci_series *series, size_t n)
{
    p->x = fsci_axis_read(fsci_json_get(p->figure, "x"));
    p->y = fsci_axis_read(fsci_json_get(p->figure, "y"));
    for (size_t i = 0; i < n; i++)
        fsci_series_cover(p, &series[i]);
    FSCI_JSON_EACH (mark, fsci_json_get(p->figure, "marks")) {
        const char *kind = string(mark, "kind");
        bool vertical = kind && !strcmp(kind, "vline");
        fsci_axis_cover(vertical ? &p->x : &p->y, number(mark, "at"));
    }
    fsci_axis_settle(&p->x);
    fsci_axis_settle(&p->y);
}

static void set_up_area(fsci_plot *p, double top)
{
    double left = left_of(&p->y);
    p->area = (fsci_box){left, top, WIDTH - left - RIGHT, height_of(p->figure) - BOTTOM - top};
    p->x.from = p->area.x;
    p->x.to = p->area.x + p->area.w;
    p->y.from = p->area.y + p->area.h;
    p->y.to = p->area.y;
    p->board = (fsci_board){.arena = p->arena, .frame = p->area};
}

/* Series are clipped by an inner <svg>: unlike a clip path it needs no name that must be unique. */
static void draw_series(fsci_plot *p, const fsci_series *series, size_t n)
{
    fsci_box a = {p->area.x - 5, p->area.y - 5, p->area.w + 10, p->area.h + 10};
    const double box[] = {a.x, a.y, a.w, a.h};
    static const char *const names[] = {"x", "y", "width", "height"};
    fsci_buffer_puts(p->out, "<svg");
    for (int i = 0; i < 4; i++) {
        fsci_buffer_printf(p->out, " %s=\"", names[i]);
        fsci_svg_number(p->out, box[i]);
        fsci_buffer_putc(p->out, '"');
    }
    fsci_buffer_puts(p->out, " viewBox=\"");
    for (int i = 0; i < 4; i++) {
        fsci_svg_number(p->out, box[i]);
        fsci_buffer_putc(p->out, i < 3 ? ' ' : '"');
    }
    fsci_buffer_puts(p->out, ">\n");
    for (size_t i = 0; i < n; i++)
        fsci_series_draw(p, &series[i]);
    fsci_buffer_puts(p->out, "</svg>\n");
}

void fsci_figure_svg(fsci_arena *arena, const fsci_json *figure, bool standalone, fsci_buffer *out)
{
    size_t n;
    fsci_plot p = {.arena = arena, .out = out, .figure = figure};
    fsci_series *series = fsci_series_read(arena, figure, &n);
    begin_svg(figure, standalone, out);
    set_up_axes(&p, series, n);
    set_up_area(&p, draw_head(&p, series, n));
    draw_axes(&p);
    FSCI_JSON_EACH (mark, fsci_json_get(figure, "marks"))
        draw_mark(&p, mark);
    draw_series(&p, series, n);
    fsci_buffer_add(out, p.over.data, p.over.length);
    out->failed |= p.over.failed;
    fsci_buffer_free(&p.over);
    FSCI_JSON_EACH (mark, fsci_json_get(figure, "marks"))
        label_mark(&p, mark);
    for (size_t i = 0; i < n; i++)
        fsci_series_label_end(&p, &series[i]);
    for (size_t i = 0; i < n; i++)
        fsci_series_label_points(&p, &series[i]);
    fsci_buffer_puts(out, "</svg>\n");
}
