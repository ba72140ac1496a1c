#include "report/glyph.h"

#include <string.h>

enum { REPLACEMENT = 0xfffd };

/* Number of continuation bytes and the smallest code point that needs them, by lead byte. */
static int lead(unsigned char byte, uint32_t *bits, uint32_t *least)
{
    static const struct {
        unsigned char mask, mark;
        uint32_t least;
    } forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (int i = 0; i < 3; i++)
        if ((byte & forms[i].mask) == forms[i].mark) {
            *bits = byte & (unsigned char)~forms[i].mask;
            *least = forms[i].least;
            return i + 1;
        }
    return 0;
}

uint32_t fsci_glyph_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    uint32_t code, least;
    if (!*s)
        return 0;
    (*text)++;
    if (*s < 0x80)
        return *s;
    int more = lead(*s, &code, &least);
    if (!more)
        return REPLACEMENT;
    for (int i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (s[i] & 0x3f);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return REPLACEMENT;
    *text += more;
    return code;
}

typedef struct range {
    uint32_t first, last;
} range;

static bool within(uint32_t code, const range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

#define WITHIN(code, ranges) within((code), (ranges), sizeof(ranges) / sizeof *(ranges))

/* Blocks, not single characters: enough for names of models, files and columns. */
int fsci_glyph_columns(uint32_t code)
{
    static const range none[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
        {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};
    static const range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                 {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                 {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                                 {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff},
                                 {0x20000, 0x3fffd}};
    return WITHIN(code, none) ? 0 : WITHIN(code, wide) ? 2 : 1;
}

size_t fsci_text_columns(const char *text)
{
    size_t columns = 0;
    for (uint32_t code; (code = fsci_glyph_next(&text));)
        columns += (size_t)fsci_glyph_columns(code);
    return columns;
}

static bool unsafe(uint32_t code)
{
    static const range ranges[] = {{0x1, 0x1f},       {0x7f, 0x9f},     {0x61c, 0x61c},
                                   {0x200e, 0x200f},  {0x2028, 0x202e}, {0x2066, 0x2069},
                                   {0xfff9, 0xfffb},  {0xfffe, 0xffff}, {0xe0000, 0xe007f},
                                   {0x1fffe, 0x1ffff}};
    return WITHIN(code, ranges);
}

/* What the signs used by our own texts become in ASCII. */
static const char *in_ascii(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *text;
    } signs[] = {{0xb1, "+-"},     {0xb7, "*"},        {0xb2, "^2"},    {0xd7, "x"},
                 {0x2212, "-"},    {0x2013, "-"},      {0x2026, "..."}, {0x2264, "<="},
                 {0x2265, ">="},   {0x3b1, "alpha"},   {0x3b2, "beta"}, {0x3b3, "gamma"},
                 {0x3b4, "delta"}, {0x3b5, "epsilon"}, {0x3b7, "eta"},  {0x3b8, "theta"},
                 {0x3ba, "kappa"}, {0x3bb, "lambda"},  {0x3bc, "mu"},   {0x3bd, "nu"},
                 {0x3c1, "rho"},   {0x3c3, "sigma"},   {0x3c4, "tau"},  {0x3c6, "phi"},
                 {0x3c9, "omega"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].code == code)
            return signs[i].text;
    return "?";
}

typedef struct piece {
    const char *text;
    size_t length;
} piece;

/* What stands for the code point whose bytes are given. */
static piece safe_form(uint32_t code, const char *bytes, size_t length, bool unicode)
{
    const char *text = NULL;
    if (code == '\n' || code == '\t')
        text = " ";
    else if (unsafe(code))
        text = "?";
    else if (code >= 0x80 && !unicode)
        text = in_ascii(code);
    else if (code == REPLACEMENT)
        text = "\xef\xbf\xbd";
    return text ? (piece){text, strlen(text)} : (piece){bytes, length};
}

const char *fsci_text_safe(fsci_arena *arena, const char *text, bool unicode)
{
    enum { MOST_BYTES_PER_BYTE = 4 }; /* "epsilon" for the two bytes of its letter */
    char *copy = text ? FSCI_NEW(arena, char, MOST_BYTES_PER_BYTE *strlen(text) + 1) : NULL;
    if (!copy)
        return "";
    char *end = copy;
    const char *from = text;
    for (uint32_t code; (code = fsci_glyph_next(&text)); from = text) {
        piece p = safe_form(code, from, (size_t)(text - from), unicode);
        memcpy(end, p.text, p.length);
        end += p.length;
    }
    *end = '\0';
    return copy;
}

static const char *entity(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void fsci_markup_add(fsci_buffer *out, const char *text)
{
    const char *from = text;
    bool digit = false;
    for (uint32_t code; text && (code = fsci_glyph_next(&text)); from = text) {
        piece p = safe_form(code, from, (size_t)(text - from), true);
        bool percent = digit && code == ' ' && *text == '%'; /* stays beside its number */
        const char *named = percent ? "&#160;" : entity(code);
        digit = code >= '0' && code <= '9';
        if (named)
            fsci_buffer_puts(out, named);
        else
            fsci_buffer_add(out, p.text, p.length);
    }
}
