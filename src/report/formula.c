#include "report/formula.h"

#include "report/glyph.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* The sign of a product, which is not ASCII and yet no part of a name. */
static bool is_product(const char *s)
{
    return !strncmp(s, "·", 2);
}

static bool is_letter(const char *s)
{
    return isalnum((unsigned char)*s) || ((unsigned char)*s >= 0x80 && !is_product(s));
}

/* Bytes of the exponent after a '^': a sign, then a name, a number or what stands in brackets. */
static size_t exponent_bytes(const char *s)
{
    size_t n = *s == '-', depth = 0;
    if (s[n] == '(') {
        do {
            depth += s[n] == '(';
            depth -= s[n] == ')';
            n++;
        } while (depth && s[n]);
        return n;
    }
    while (is_letter(s + n) || s[n] == '_' || s[n] == '.')
        n++;
    return n;
}

/* Bytes of a name at `s`, up to its first _. */
static size_t head_bytes(const char *s)
{
    size_t n = 0;
    while (is_letter(s + n))
        n++;
    return n;
}

/* Bytes of the index of a symbol behind the _ after its head, as of N_eff and sum_j; 0 for none.
 * Longer names, as val_loss, are words of a table and stay as they are. */
static size_t index_bytes(const char *s, size_t head, const char *end)
{
    size_t n = head && s[head] == '_' ? head_bytes(s + head + 1) : 0;
    const char *after = s + head + 1 + n;
    return (head <= 2 || !strncmp(s, "sum_", 4)) && n && after <= end && *after != '_' ? n : 0;
}

/* Bytes of a name with all its parts, or of what stands between names. */
static size_t plain_bytes(const char *s, const char *end)
{
    size_t n = head_bytes(s);
    bool name = n > 0;
    while (name && s + n < end && s[n] == '_')
        n += 1 + head_bytes(s + n + 1);
    while (!name && s + n < end && !is_letter(s + n))
        n += is_product(s + n) ? 2 : 1;
    return s + n > end ? (size_t)(end - s) : n;
}

static void add_piece(fsci_arena *arena, const char *text, size_t length, fsci_buffer *out)
{
    const char *piece = fsci_copy_text(arena, text, length);
    if (piece)
        fsci_markup_add(out, piece);
}

static void add_level(fsci_arena *arena, const char *text, size_t length, fsci_buffer *out)
{
    const char *end = text + length;
    for (const char *s = text; s < end;) {
        size_t head = head_bytes(s), index = index_bytes(s, head, end);
        size_t n = index ? head : plain_bytes(s, end);
        add_piece(arena, s, n, out);
        s += n;
        if (!index)
            continue;
        fsci_buffer_puts(out, "<sub>");
        add_piece(arena, s + 1, index, out);
        fsci_buffer_puts(out, "</sub>");
        s += 1 + index;
    }
}

void fsci_markup_formula(fsci_arena *arena, const char *formula, fsci_buffer *out)
{
    for (const char *s = formula; *s;) {
        size_t plain = strcspn(s, "^");
        add_level(arena, s, plain, out);
        s += plain;
        if (*s != '^')
            break;
        size_t raised = exponent_bytes(++s);
        fsci_buffer_puts(out, "<sup>");
        add_level(arena, s, raised, out);
        fsci_buffer_puts(out, "</sup>");
        s += raised;
    }
}
