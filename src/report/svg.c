#include "report/svg.h"

#include "report/draw.h"
#include "report/glyph.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

/* Colours after Okabe and Ito (2008), told apart with any colour vision, without the yellow that
 * does not show on white; text is darker (in the dark: lighter) than lines. */
const char fsci_figure_style[] =
    ".fsc{background:#fff;color:#1c1c1c;"
    "font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}"
    ".fsc text{fill:#1c1c1c}.fsc .mute{fill:#595959}.fsc .small{font-size:12px}"
    ".fsc .title{font-size:15px;font-weight:600}"
    ".fsc .paper{fill:#fff}.fsc .grid{stroke:#e7e7e7;stroke-width:1}"
    ".fsc .axis{stroke:#8c8c8c;stroke-width:1}.fsc .mark{stroke:#595959;stroke-width:1.2;"
    "stroke-dasharray:5 4}.fsc .lead{stroke:#8c8c8c;stroke-width:.8}"
    ".fsc .ln{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}"
    ".fsc .thin{stroke-width:1.1}.fsc .dash{stroke-dasharray:6 5}.fsc .open{fill:#fff}"
    ".fsc .pt{stroke-width:1.5}.fsc .faint{opacity:.5}.fsc .band{stroke:none;fill-opacity:.16}"
    ".fsc .range{stroke-width:2.2;stroke-opacity:.32;stroke-linecap:round;fill:none}"
    ".fsc .halo{paint-order:stroke;stroke:#fff;stroke-width:3.5px;stroke-linejoin:round}"
    ".fsc .s0{stroke:#0072b2}.fsc .s1{stroke:#d55e00}.fsc .s2{stroke:#009e73}"
    ".fsc .s3{stroke:#cc79a7}.fsc .s4{stroke:#e69f00}.fsc .s5{stroke:#56b4e9}"
    ".fsc .s6{stroke:#7a7a7a}.fsc .sk{stroke:#1c1c1c}"
    ".fsc .f0{fill:#0072b2}.fsc .f1{fill:#d55e00}.fsc .f2{fill:#009e73}.fsc .f3{fill:#cc79a7}"
    ".fsc .f4{fill:#e69f00}.fsc .f5{fill:#56b4e9}.fsc .f6{fill:#7a7a7a}.fsc .fk{fill:#1c1c1c}"
    ".fsc .t0{fill:#005c91}.fsc .t1{fill:#a84a00}.fsc .t2{fill:#00704f}.fsc .t3{fill:#964570}"
    ".fsc .t4{fill:#855b00}.fsc .t5{fill:#1b6d9e}.fsc .t6{fill:#595959}.fsc .tk{fill:#1c1c1c}"
    "@media screen and (prefers-color-scheme:dark){"
    ".fsc{background:#16181c;color:#e8e8e8}.fsc text{fill:#e8e8e8}.fsc .mute{fill:#a6a8ab}"
    ".fsc .paper,.fsc .open{fill:#16181c}.fsc .grid{stroke:#2b2e34}.fsc .axis{stroke:#75787d}"
    ".fsc .mark{stroke:#a6a8ab}.fsc .lead{stroke:#75787d}.fsc .halo{stroke:#16181c}"
    ".fsc .s0{stroke:#4aa3e0}.fsc .s1{stroke:#f0803c}.fsc .s2{stroke:#2fbf95}"
    ".fsc .s3{stroke:#dc94bd}.fsc .s4{stroke:#f0b429}.fsc .s5{stroke:#8ccbf2}"
    ".fsc .s6{stroke:#9a9a9a}.fsc .sk{stroke:#e8e8e8}"
    ".fsc .f0{fill:#4aa3e0}.fsc .f1{fill:#f0803c}.fsc .f2{fill:#2fbf95}.fsc .f3{fill:#dc94bd}"
    ".fsc .f4{fill:#f0b429}.fsc .f5{fill:#8ccbf2}.fsc .f6{fill:#9a9a9a}.fsc .fk{fill:#e8e8e8}"
    ".fsc .t0{fill:#6cb8ec}.fsc .t1{fill:#f59a62}.fsc .t2{fill:#4fd0aa}.fsc .t3{fill:#e6aecd}"
    ".fsc .t4{fill:#f4c556}.fsc .t5{fill:#a5d7f6}.fsc .t6{fill:#b5b5b5}.fsc .tk{fill:#e8e8e8}}";

void fsci_svg_number(fsci_buffer *out, double value)
{
    char text[FSCI_FIXED_TEXT];
    bool usable = isfinite(value) && fabs(value) < 1e6;
    fsci_write_fixed(usable ? value : 0, 2, text);
    size_t n = strlen(text);
    while (text[n - 1] == '0')
        n--;
    n -= text[n - 1] == '.';
    fsci_buffer_add(out, text, n);
}

static void attribute(fsci_buffer *out, const char *name, double value)
{
    fsci_buffer_printf(out, " %s=\"", name);
    fsci_svg_number(out, value);
    fsci_buffer_putc(out, '"');
}

void fsci_svg_path(fsci_buffer *out, char letter, double x, double y)
{
    fsci_buffer_putc(out, letter);
    fsci_svg_number(out, x);
    fsci_buffer_putc(out, ' ');
    fsci_svg_number(out, y);
}

void fsci_svg_line(fsci_buffer *out, const char *class, double x1, double y1, double x2, double y2)
{
    fsci_buffer_printf(out, "<line class=\"%s\"", class);
    attribute(out, "x1", x1);
    attribute(out, "y1", y1);
    attribute(out, "x2", x2);
    attribute(out, "y2", y2);
    fsci_buffer_puts(out, "/>\n");
}

void fsci_svg_rect(fsci_buffer *out, const char *class, double x, double y, double w, double h)
{
    fsci_buffer_printf(out, "<rect class=\"%s\"", class);
    attribute(out, "x", x);
    attribute(out, "y", y);
    attribute(out, "width", w);
    attribute(out, "height", h);
    fsci_buffer_puts(out, "/>\n");
}

void fsci_svg_text(fsci_buffer *out, const char *class, double x, double y, const char *anchor,
                   const char *text)
{
    fsci_buffer_printf(out, "<text class=\"%s\" text-anchor=\"%s\"", class, anchor);
    attribute(out, "x", x);
    attribute(out, "y", y);
    fsci_buffer_putc(out, '>');
    fsci_markup_add(out, text);
    fsci_buffer_puts(out, "</text>\n");
}

static void circle(fsci_buffer *out, double x, double y, double r)
{
    fsci_svg_path(out, 'M', x - r, y);
    for (int half = 1; half >= -1; half -= 2) {
        fsci_buffer_putc(out, 'a');
        fsci_svg_number(out, r);
        fsci_buffer_putc(out, ' ');
        fsci_svg_number(out, r);
        fsci_buffer_puts(out, " 0 1 0 ");
        fsci_svg_number(out, half * 2 * r);
        fsci_buffer_puts(out, " 0");
    }
    fsci_buffer_putc(out, 'z');
}

void fsci_svg_marker(fsci_buffer *out, int shape, double x, double y, double radius)
{
    /* Corners on a circle of radius 1, sized to look equally large. */
    static const struct {
        int n;
        double corners[12][2];
    } shapes[] = {
        {0, {{0, 0}}},
        {4, {{-.88, -.88}, {.88, -.88}, {.88, .88}, {-.88, .88}}},
        {3, {{0, -1.25}, {1.1, .8}, {-1.1, .8}}},
        {4, {{0, -1.3}, {1.1, 0}, {0, 1.3}, {-1.1, 0}}},
        {3, {{0, 1.25}, {1.1, -.8}, {-1.1, -.8}}},
        {12,
         {{-.4, -1.2},
          {.4, -1.2},
          {.4, -.4},
          {1.2, -.4},
          {1.2, .4},
          {.4, .4},
          {.4, 1.2},
          {-.4, 1.2},
          {-.4, .4},
          {-1.2, .4},
          {-1.2, -.4},
          {-.4, -.4}}},
        {5, {{0, -1.2}, {1.15, -.37}, {.7, 1}, {-.7, 1}, {-1.15, -.37}}},
    };
    size_t i = (size_t)shape % (sizeof shapes / sizeof *shapes);
    if (!shapes[i].n) {
        circle(out, x, y, radius);
        return;
    }
    for (int k = 0; k < shapes[i].n; k++)
        fsci_svg_path(out, k ? 'L' : 'M', x + radius * shapes[i].corners[k][0],
                      y + radius * shapes[i].corners[k][1]);
    fsci_buffer_putc(out, 'z');
}

char fsci_svg_color(int color)
{
    return color < 0 ? 'k' : (char)('0' + color % FSCI_COLORS);
}

double fsci_svg_text_width(const char *text, double size)
{
    double ems = 0;
    for (uint32_t code; (code = fsci_glyph_next(&text));) {
        bool ascii = code < 0x80;
        ems += !ascii                                      ? 0.62 * fsci_glyph_columns(code)
               : strchr("iljtfrI.,:;'|!()[] -", (int)code) ? 0.36
               : strchr("mwMWQO@%", (int)code)             ? 0.88
               : code >= 'A' && code <= 'Z'                ? 0.70
                                                           : 0.60;
    }
    return ems * size;
}
