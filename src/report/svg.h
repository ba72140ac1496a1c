/* svg: the few shapes figures are made of, with numbers rounded to a hundredth of a unit so that
 * the same record gives the same bytes. Colours are classes: s0…s6 stroke, f0…f6 fill, t0…t6 text
 * (sk, fk, tk: ink); the style sheet gives each a light and a dark value. */
#ifndef FSCI_REPORT_SVG_H
#define FSCI_REPORT_SVG_H

#include "base/buffer.h"

enum { FSCI_COLORS = 7, FSCI_INK = -1 };

/* Rounded to two decimals, zeros dropped; what is not finite is 0. */
void fsci_svg_number(fsci_buffer *out, double value);
/* A letter of a path and its numbers: fsci_svg_path(out, 'L', x, y). */
void fsci_svg_path(fsci_buffer *out, char letter, double x, double y);
void fsci_svg_line(fsci_buffer *out, const char *class, double x1, double y1, double x2, double y2);
void fsci_svg_rect(fsci_buffer *out, const char *class, double x, double y, double w, double h);
/* anchor: "start", "middle", "end". */
void fsci_svg_text(fsci_buffer *out, const char *class, double x, double y, const char *anchor,
                   const char *text);
/* The path of a marker around (x, y): circle, square, triangle, diamond, cross, … by number. */
void fsci_svg_marker(fsci_buffer *out, int shape, double x, double y, double radius);
/* One letter for a colour in class names: '0'…'6', 'k' for ink. */
char fsci_svg_color(int color);

/* Width of text in pixels at a font size, on the generous side of common sans-serif fonts. */
double fsci_svg_text_width(const char *text, double size);

#endif
