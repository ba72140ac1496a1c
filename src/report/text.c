#include "report/draw.h"
#include "report/glyph.h"

#include <string.h>

enum { INDENT = 2, LEAST_WIDTH = 40, DEFAULT_WIDTH = 80, WIDE = 110, WIDEST_LEAD = 24 };

typedef struct pen {
    fsci_arena *arena;
    fsci_buffer *out;
    size_t width;
    bool color, unicode;
} pen;

static const char BOLD[] = "\033[1m", FAINT[] = "\033[2m", ALERT[] = "\033[33m", NONE[] = "";

static void spaces(const pen *p, size_t n)
{
    fsci_buffer_printf(p->out, "%*s", (int)n, "");
}

static void painted(const pen *p, const char *style, const char *text, size_t length)
{
    bool on = p->color && *style;
    if (on)
        fsci_buffer_puts(p->out, style);
    fsci_buffer_add(p->out, text, length);
    if (on)
        fsci_buffer_puts(p->out, "\033[0m");
}

/* How well a line may end after a sign: of a formula after a factor, of a name or path after the
 * signs that divide it. */
enum { NO_END, NAME_END, SIGN_END, FACTOR_END, N_ENDS };

static int end_after(uint32_t code, uint32_t before)
{
    if (code == 0xb7)
        return FACTOR_END;
    if (code == '_')
        return NAME_END;
    return code == '/' || code == ',' || (code == '-' && before != '^') ? SIGN_END : NO_END;
}

/* Bytes of `text` that make a line of at most `columns`, broken at the last space that no %
 * follows, else at the best end in its second half, else at the last end, else anywhere. *rest is
 * where the next line starts. */
static size_t line_bytes(const char *text, size_t columns, const char **rest)
{
    size_t used = 0, space = 0, ends[N_ENDS] = {0}, last = 0, fits = 0;
    uint32_t before = 0;
    for (const char *s = text;;) {
        const char *from = s;
        uint32_t code = fsci_glyph_next(&s);
        fits = (size_t)(from - text);
        if (code == ' ' && *s != '%')
            space = fits;
        used += code ? (size_t)fsci_glyph_columns(code) : 0;
        if (!code || (used > columns && fits))
            break;
        int end = end_after(code, before);
        if (end)
            last = ends[end] = (size_t)(s - text);
        before = code;
    }
    for (int end = FACTOR_END; end > NO_END && text[fits] && !space; end--)
        space = 2 * ends[end] >= fits ? ends[end] : 0;
    if (text[fits])
        fits = space ? space : last ? last : fits;
    *rest = text + fits + strspn(text + fits, " ");
    return fits;
}

static size_t columns_in(const char *text, size_t bytes)
{
    size_t columns = 0;
    for (const char *s = text; s < text + bytes;)
        columns += (size_t)fsci_glyph_columns(fsci_glyph_next(&s));
    return columns;
}

/* Writes text from column `at`, where the cursor is, continuing lines at column `hang`. */
static void flow(const pen *p, const char *style, const char *text, size_t at, size_t hang)
{
    const char *rest = text;
    do {
        if (rest != text) {
            fsci_buffer_putc(p->out, '\n');
            spaces(p, at = hang);
        }
        const char *line = rest;
        painted(p, style, line, line_bytes(line, p->width - at, &rest));
    } while (*rest);
    fsci_buffer_putc(p->out, '\n');
}

static const char *safe(const pen *p, const char *text)
{
    return fsci_text_safe(p->arena, text ? text : "", p->unicode);
}

/* ---- tables ------------------------------------------------------------------------------ */

typedef struct layout {
    const char ***cells; /* [n_rows + 1][n_columns], the titles first, all safe */
    size_t *widths, *before_point, *pieces;
    size_t n_rows, n_columns, gap;
} layout;

/* Columns before the decimal point, or the whole width of what does not begin with a number. */
static size_t before_point(const char *text)
{
    size_t digits = strspn(text, "+-0123456789");
    return digits ? digits : fsci_text_columns(text);
}

/* Columns of the longest piece that a line break would have to cut. */
static size_t longest_piece(const layout *l, size_t column)
{
    size_t longest = 0;
    for (size_t r = 0; r < l->n_rows; r++) {
        size_t columns = 0;
        uint32_t before = 0;
        for (const char *s = l->cells[r][column]; *s;) {
            uint32_t code = fsci_glyph_next(&s);
            columns = code == ' ' && *s != '%' ? 0 : columns + (size_t)fsci_glyph_columns(code);
            longest = columns > longest ? columns : longest;
            if (end_after(code, before) && code < 0x80)
                columns = 0;
            before = code;
        }
    }
    return longest;
}

static void measure(const fsci_grid *grid, layout *l)
{
    for (size_t c = 0; c < l->n_columns; c++) {
        size_t before = 0, after = 0, widest = fsci_text_columns(l->cells[0][c]);
        for (size_t r = 1; r < l->n_rows; r++) {
            size_t columns = fsci_text_columns(l->cells[r][c]), left = before_point(l->cells[r][c]);
            before = left > before ? left : before;
            after = columns - left > after ? columns - left : after;
            widest = columns > widest ? columns : widest;
        }
        if (grid->columns[c].align == FSCI_POINT && before + after > widest)
            widest = before + after;
        l->widths[c] = widest;
        l->before_point[c] = before;
        l->pieces[c] = longest_piece(l, c);
    }
}

static bool lay_out(const pen *p, const fsci_grid *grid, layout *l)
{
    *l = (layout){.n_rows = grid->n_rows + 1, .n_columns = grid->n_columns};
    l->cells = FSCI_NEW(p->arena, const char **, l->n_rows);
    l->widths = FSCI_NEW(p->arena, size_t, l->n_columns);
    l->before_point = FSCI_NEW(p->arena, size_t, l->n_columns);
    l->pieces = FSCI_NEW(p->arena, size_t, l->n_columns);
    const fsci_grid_row *row = grid->first;
    for (size_t r = 0; l->cells && r < l->n_rows; r++) {
        if (!(l->cells[r] = FSCI_NEW(p->arena, const char *, l->n_columns)))
            return false;
        for (size_t c = 0; c < l->n_columns; c++)
            l->cells[r][c] = safe(p, r ? row->cells[c] : grid->columns[c].title);
        row = r ? row->next : row;
    }
    if (fsci_arena_failed(p->arena))
        return false;
    measure(grid, l);
    return true;
}

enum { GAP = 3, TIGHT_GAP = 2, LEAST_WRAPPED = 12, LEAST_ASIDE = 28 };

static bool wraps(const fsci_column *column)
{
    return column->align == FSCI_WRAP || column->align == FSCI_ASIDE || column->align == FSCI_PAGE;
}

/* The widest wrapping column that may still be narrowed; NULL when there is none. */
static size_t *widest_of(const fsci_grid *grid, const layout *l, bool cut)
{
    size_t *widest = NULL;
    for (size_t c = 0; c < l->n_columns; c++)
        if (wraps(&grid->columns[c]) && l->widths[c] > (cut ? LEAST_WRAPPED : l->pieces[c]) &&
            (!widest || l->widths[c] > *widest))
            widest = &l->widths[c];
    return widest;
}

/* Narrows the gaps, then the widest wrapping column again and again, until the table fits, first
 * without cutting words; false when it cannot. */
static bool squeeze(const pen *p, const fsci_grid *grid, layout *l)
{
    size_t total = INDENT + GAP * (l->n_columns - 1);
    for (size_t c = 0; c < l->n_columns; c++)
        total += l->widths[c];
    l->gap = total > p->width ? TIGHT_GAP : GAP;
    total -= (GAP - l->gap) * (l->n_columns - 1);
    for (; total > p->width; total--) {
        size_t *widest = widest_of(grid, l, false);
        if (!widest && !(widest = widest_of(grid, l, true)))
            return false;
        --*widest;
    }
    return true;
}

/* One screen line of a row; *more is set when a wrapped cell goes on. */
static void row_line(const pen *p, const fsci_grid *grid, const layout *l, size_t row,
                     const char **rest, bool *more)
{
    size_t pending = INDENT;
    *more = false;
    for (size_t c = 0; c < l->n_columns; c++) {
        const char *cell = rest[c];
        size_t bytes = line_bytes(cell, l->widths[c], &rest[c]), pad = 0;
        size_t columns = columns_in(cell, bytes);
        if (grid->columns[c].align == FSCI_RIGHT)
            pad = l->widths[c] - columns;
        else if (grid->columns[c].align == FSCI_POINT && row && bytes)
            pad = l->before_point[c] - before_point(cell);
        if (bytes) {
            spaces(p, pending + pad);
            painted(p, row ? NONE : FAINT, cell, bytes);
            pending = 0;
        } else {
            pad = 0;
        }
        pending += l->widths[c] - columns - pad + l->gap;
        *more |= *rest[c] != '\0';
    }
    fsci_buffer_putc(p->out, '\n');
}

/* A table too wide for the page: one "title  value" line per cell, a blank line between rows. */
static void stacked(const pen *p, const layout *l)
{
    size_t lead = 0;
    for (size_t c = 0; c < l->n_columns; c++) {
        size_t columns = fsci_text_columns(l->cells[0][c]);
        lead = columns > lead ? columns : lead;
    }
    lead = lead > WIDEST_LEAD ? WIDEST_LEAD : lead;
    for (size_t r = 1; r < l->n_rows; r++) {
        if (r > 1)
            fsci_buffer_putc(p->out, '\n');
        for (size_t c = 0; c < l->n_columns; c++) {
            if (!*l->cells[r][c])
                continue;
            const char *rest, *title = l->cells[0][c];
            size_t bytes = line_bytes(title, lead, &rest);
            spaces(p, INDENT);
            painted(p, FAINT, title, bytes);
            spaces(p, lead - columns_in(title, bytes) + 2);
            flow(p, NONE, l->cells[r][c], INDENT + lead + 2, INDENT + lead + 2);
        }
    }
}

static size_t aside_of(const fsci_grid *grid)
{
    size_t c = 0;
    while (c < grid->n_columns && grid->columns[c].align != FSCI_ASIDE)
        c++;
    return c;
}

static void draw_fitted(const pen *p, const fsci_grid *grid)
{
    layout l;
    size_t aside = grid ? aside_of(grid) : 0;
    if (!grid || !lay_out(p, grid, &l))
        return;
    size_t wanted = aside < l.n_columns ? l.widths[aside] : 0;
    bool fits = squeeze(p, grid, &l);
    if (wanted && (!fits || (l.widths[aside] < wanted && l.widths[aside] < LEAST_ASIDE))) {
        draw_fitted(p, fsci_grid_without(p->arena, grid, aside));
        return;
    }
    if (!fits) {
        stacked(p, &l);
        return;
    }
    for (size_t r = 0; r < l.n_rows; r++)
        for (bool more = true; more;)
            row_line(p, grid, &l, r, l.cells[r], &more);
}

static void draw_grid(const pen *p, const fsci_grid *whole)
{
    const fsci_grid *grid = fsci_grid_pruned(p->arena, whole);
    for (size_t c = grid ? grid->n_columns : 0; grid && c-- > 0 && p->width < WIDE;)
        if (grid->columns[c].align == FSCI_PAGE)
            grid = fsci_grid_without(p->arena, grid, c);
    draw_fitted(p, grid);
}

/* ---- the other blocks -------------------------------------------------------------------- */

static void draw_title(const pen *p, const fsci_block *block)
{
    const char *lead = safe(p, block->lead), *text = safe(p, block->text);
    const char *aside = safe(p, block->aside);
    size_t left = fsci_text_columns(lead), middle = fsci_text_columns(text);
    size_t right = fsci_text_columns(aside);
    painted(p, BOLD, lead, strlen(lead));
    spaces(p, GAP);
    if (left + middle + right + 2 * GAP <= p->width) {
        fsci_buffer_puts(p->out, text);
        if (right)
            spaces(p, p->width - left - GAP - middle - right);
        fsci_buffer_puts(p->out, aside);
        fsci_buffer_putc(p->out, '\n');
        return;
    }
    if (left + GAP > p->width / 2) {
        fsci_buffer_puts(p->out, "\n  ");
        left = INDENT - GAP;
    }
    flow(p, NONE, text, left + GAP, INDENT);
    if (right) {
        spaces(p, INDENT);
        flow(p, FAINT, aside, INDENT, INDENT);
    }
}

/* Width of the leads of the neighbours of one kind, of which `block` is one. */
static size_t widest_lead(const pen *p, const fsci_view *view, const fsci_block *block)
{
    size_t widest = 0;
    bool same_run = false;
    for (const fsci_block *b = view->first; b; b = b->next) {
        if (b->kind != block->kind) {
            if (same_run)
                break;
            widest = 0;
            continue;
        }
        size_t columns = fsci_text_columns(safe(p, b->lead));
        widest = columns > widest ? columns : widest;
        same_run |= b == block;
    }
    return widest > WIDEST_LEAD ? WIDEST_LEAD : widest;
}

static void draw_item(const pen *p, const fsci_view *view, const fsci_block *block)
{
    bool warning = block->kind == FSCI_WARNING;
    const char *lead = safe(p, block->lead), *mark = warning ? "! " : "", *rest;
    size_t width = widest_lead(p, view, block), text_at = INDENT + strlen(mark) + width + 2;
    size_t bytes = line_bytes(lead, width, &rest);
    spaces(p, INDENT);
    painted(p, ALERT, mark, strlen(mark));
    const char *style = warning ? ALERT : FAINT;
    if (*rest) { /* a long lead has a line of its own */
        flow(p, style, lead, INDENT + strlen(mark), INDENT + strlen(mark));
        spaces(p, text_at);
    } else {
        painted(p, style, lead, bytes);
        spaces(p, width - columns_in(lead, bytes) + 2);
    }
    flow(p, NONE, safe(p, block->text), text_at, text_at);
}

static void draw_line(const pen *p, const fsci_block *block)
{
    flow(p, NONE, safe(p, fsci_format(p->arena, "%s %s", block->lead, block->text)), 0, 4);
}

/* Already laid out by whoever wrote it; every line is moved in and made safe. */
static void draw_listing(const pen *p, const fsci_block *block)
{
    for (const char *at = block->text; *at;) {
        size_t length = strcspn(at, "\n");
        const char *line = fsci_copy_text(p->arena, at, length);
        if (!line)
            return;
        spaces(p, INDENT);
        fsci_buffer_puts(p->out, safe(p, line));
        fsci_buffer_putc(p->out, '\n');
        at += length + (at[length] == '\n');
    }
}

static void draw_sentence(const pen *p, const fsci_block *block, const char *style)
{
    spaces(p, INDENT);
    flow(p, style, safe(p, block->text), INDENT, INDENT);
}

static void draw_block(const pen *p, const fsci_view *view, const fsci_block *block)
{
    switch (block->kind) {
    case FSCI_TITLE:
        draw_title(p, block);
        break;
    case FSCI_HEADING:
        flow(p, BOLD, safe(p, block->text), 0, 0);
        break;
    case FSCI_ANSWER:
        draw_sentence(p, block, BOLD);
        break;
    case FSCI_SENTENCE:
        draw_sentence(p, block, NONE);
        break;
    case FSCI_ITEM:
    case FSCI_WARNING:
    case FSCI_FOOT:
        draw_item(p, view, block);
        break;
    case FSCI_LISTING:
        draw_listing(p, block);
        break;
    case FSCI_LINE:
        draw_line(p, block);
        break;
    case FSCI_GRID:
        draw_grid(p, block->grid);
        break;
    case FSCI_FIGURES:
        break;
    }
}

static bool announces(const fsci_block *block)
{
    size_t length = strlen(block->text);
    return length && block->text[length - 1] == ':';
}

/* Neighbours of one kind stand together, and so do a text that ends in a colon and its table. */
static bool stands_apart(const fsci_block *before, const fsci_block *block)
{
    if (announces(before))
        return false;
    return before->kind != block->kind || block->kind == FSCI_GRID || announces(block);
}

void fsci_view_text(const fsci_view *view, const fsci_text_options *options, fsci_buffer *out)
{
    int width = options && options->width ? options->width : DEFAULT_WIDTH;
    pen p = {.arena = view->arena,
             .out = out,
             .width = width < LEAST_WIDTH ? LEAST_WIDTH : (size_t)width,
             .color = options && options->color,
             .unicode = !options || options->unicode};
    const fsci_block *before = NULL;
    for (const fsci_block *block = view->first; block; block = block->next) {
        if (block->kind == FSCI_FIGURES || (block->grid && !block->grid->n_rows))
            continue;
        if (before && stands_apart(before, block))
            fsci_buffer_putc(out, '\n');
        draw_block(&p, view, block);
        before = block;
    }
}
