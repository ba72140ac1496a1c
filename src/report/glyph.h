/* glyph: UTF-8 of unknown origin made safe and measured. Names in records come from files of other
 * people: they may hold any bytes, control sequences or direction marks. */
#ifndef FSCI_REPORT_GLYPH_H
#define FSCI_REPORT_GLYPH_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdint.h>

/* The code point at *text, which is moved past it; a malformed byte is U+FFFD. 0 at the end. */
uint32_t fsci_glyph_next(const char **text);

/* Display columns in a terminal: 0 for marks that combine, 2 for East Asian wide and emoji. */
int fsci_glyph_columns(uint32_t code);
size_t fsci_text_columns(const char *text);

/* A copy that is safe to print: controls and direction marks become '?', line breaks and tabs a
 * space, malformed bytes U+FFFD; without `unicode` our own signs become ASCII, all others '?'. */
const char *fsci_text_safe(fsci_arena *arena, const char *text, bool unicode);

/* Adds text as character data or attribute value of XML and HTML. */
void fsci_markup_add(fsci_buffer *out, const char *text);

#endif
