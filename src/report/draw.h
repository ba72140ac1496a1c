/* draw: a view as terminal text or as a part of an HTML page. The view's arena holds the scratch.
 * Out of memory shows in the arena and in `out->failed`. */
#ifndef FSCI_REPORT_DRAW_H
#define FSCI_REPORT_DRAW_H

#include "report/report.h"
#include "report/view.h"

void fsci_view_text(const fsci_view *view, const fsci_text_options *options, fsci_buffer *out);

/* A section of a page: the view, its figures (an array of figure objects, may be NULL) where it
 * says, how the record was made (folded), and the record itself as JSON that is not shown. */
typedef struct fsci_section {
    fsci_view view;
    const fsci_json *figures, *record;
} fsci_section;

/* One self-contained page. */
void fsci_page_html(fsci_arena *arena, const fsci_section *sections, size_t n, fsci_buffer *out);

/* Draws a figure object (README.md) as an <svg> element. Standalone: with XML namespace, style and
 * all. Otherwise the page has the style (fsci_figure_style). */
void fsci_figure_svg(fsci_arena *arena, const fsci_json *figure, bool standalone, fsci_buffer *out);
extern const char fsci_figure_style[];

/* An array of objects as RFC 4180 text; columns are the members in order of appearance, those of an
 * object inside an object stand in its place, arrays become their items with spaces between. */
void fsci_list_csv(fsci_arena *arena, const fsci_json *list, fsci_buffer *out);

#endif
