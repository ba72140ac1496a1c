/* A page from views: no scripts, nothing fetched, light and dark, printable, narrow screens too. */
#include "report/draw.h"

#include "report/formula.h"
#include "report/glyph.h"

#include <string.h>

static const char page_style[] =
    ":root{color-scheme:light dark}*{box-sizing:border-box}"
    "body{margin:0;background:#fff;color:#1c1c1c;font:16px/1.5 system-ui,-apple-system,"
    "'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}"
    "main{max-width:76rem;margin:0 auto;padding:1.5rem 1rem 4rem}"
    "nav{font-size:.9rem;margin-bottom:1rem}nav a{margin-right:1.2rem}a{color:#005c91}"
    "section+section{margin-top:4rem;border-top:1px solid #d5d5d5;padding-top:2rem}"
    "h2{font-size:1.7rem;line-height:1.2;margin:0;overflow-wrap:anywhere}"
    "h3{font-size:1.05rem;margin:2rem 0 .3rem}"
    ".subject{font-size:1.15rem;margin:.3rem 0 0}"
    ".formula{font:1.15rem/1.4 Cambria,'DejaVu Serif',Georgia,serif;margin:.3rem 0 0}"
    ".aside{color:#595959;margin:.2rem 0 0}"
    ".answer{font-size:1.25rem;line-height:1.4;border-left:4px solid #0072b2;padding-left:1rem;"
    "margin:1.5rem 0 1rem;max-width:56rem}"
    "p{margin:.6rem 0;max-width:56rem}"
    "table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-weight:600;padding:.2rem 0}"
    "th,td{text-align:left;padding:.25rem .9rem .25rem 0;vertical-align:top;"
    "border-bottom:1px solid #e7e7e7;overflow-wrap:break-word}"
    "thead th{font-weight:500;color:#595959;border-bottom-color:#b5b5b5;white-space:nowrap}"
    ".num{text-align:right}.num,.whole{white-space:nowrap}"
    ".scroll{overflow-x:auto;margin:1rem 0 1.6rem}"
    ".rest{columns:2 31rem;column-gap:2.4rem}.rest>*{break-inside:avoid}"
    ".rest>h2,.rest>h3{break-after:avoid}.rest>.wide{column-span:all}"
    ".rest table{font-size:.86rem}.rest th,.rest td{padding-right:.5rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:1rem 0 1.6rem}"
    "dt{color:#595959}dd{margin:0;overflow-wrap:anywhere}"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,33rem),1fr));"
    "gap:1.5rem 2rem;margin:1.5rem 0}figure{margin:0;min-width:0}"
    /* of an odd number the first, which matters most, has a row of its own */
    "figure:first-child:nth-last-child(odd){grid-column:1/-1;max-width:60rem}"
    "figure>div{overflow-x:auto}figure svg{display:block;width:100%;min-width:30rem;height:auto}"
    "figure svg "
    "svg{min-width:0}figcaption{font-size:.88rem;color:#595959;max-width:42rem;padding-left:.5rem}"
    ".warnings{list-style:none;padding:0;margin:1.2rem 0;max-width:60rem}"
    ".warnings li{border-left:4px solid #e69f00;padding:.15rem 0 .15rem 1rem;margin:.5rem 0}"
    ".line{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.9rem;margin:.2rem 0}"
    "details{margin-top:1.5rem;font-size:.92rem}summary{cursor:pointer;color:#005c91}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.7rem 1rem;"
    "user-select:all;font:.88rem/1.45 ui-monospace,'DejaVu Sans Mono',monospace}"
    "@media screen and (prefers-color-scheme:dark){body{background:#16181c;color:#e8e8e8}"
    "a,summary{color:#6cb8ec}.aside,dt,figcaption,thead th{color:#a6a8ab}"
    ".answer{border-left-color:#4aa3e0}section+section{border-top-color:#3a3d43}"
    "th,td{border-bottom-color:#2b2e34}thead th{border-bottom-color:#5a5d63}"
    "pre{background:#22252b}}"
    "@media print{main{max-width:none;padding:0}nav{display:none}.rest{columns:1}"
    "figure,table,.answer{break-inside:avoid}.figures{grid-template-columns:1fr}"
    "figure svg{min-width:0;max-width:15cm}}";

static void element(fsci_buffer *out, const char *tag, const char *class, const char *text)
{
    fsci_buffer_printf(out, "<%s", tag);
    if (class)
        fsci_buffer_printf(out, " class=\"%s\"", class);
    fsci_buffer_putc(out, '>');
    fsci_markup_add(out, text ? text : "");
    fsci_buffer_printf(out, "</%s>\n", tag);
}

/* What a title is about: a formula, or words. */
static void add_subject(fsci_arena *arena, const char *text, fsci_buffer *out)
{
    if (!strchr(text, '=')) {
        element(out, "p", "subject", text);
        return;
    }
    fsci_buffer_puts(out, "<p class=\"formula\">");
    fsci_markup_formula(arena, text, out);
    fsci_buffer_puts(out, "</p>\n");
}

static void add_title(fsci_arena *arena, const fsci_block *block, fsci_buffer *out)
{
    fsci_buffer_puts(out, "<header>\n");
    element(out, "h2", NULL, block->lead);
    add_subject(arena, block->text, out);
    if (block->aside)
        element(out, "p", "aside", block->aside);
    fsci_buffer_puts(out, "</header>\n");
}

static const char *cell_class(const fsci_column *column)
{
    switch (column->align) {
    case FSCI_RIGHT:
    case FSCI_POINT:
        return " class=\"num\"";
    case FSCI_LEFT:
        return " class=\"whole\"";
    case FSCI_WRAP:
    case FSCI_ASIDE:
    case FSCI_PAGE:
        break;
    }
    return "";
}

/* Whether a table is too wide for half a page: its cells, wrapped at so many characters. */
static bool is_wide(const fsci_grid *grid)
{
    enum { WRAPPED = 34, HALF_A_PAGE = 96 };
    size_t total = 0;
    for (size_t c = 0; c < grid->n_columns; c++) {
        size_t widest = fsci_text_columns(grid->columns[c].title);
        for (const fsci_grid_row *row = grid->first; row; row = row->next) {
            size_t columns = row->cells[c] ? fsci_text_columns(row->cells[c]) : 0;
            widest = columns > widest ? columns : widest;
        }
        total += widest < WRAPPED ? widest : WRAPPED;
    }
    return total > HALF_A_PAGE;
}

static void add_grid(fsci_arena *arena, const fsci_grid *whole, fsci_buffer *out)
{
    const fsci_grid *grid = fsci_grid_pruned(arena, whole);
    if (!grid || !grid->n_rows)
        return;
    fsci_buffer_printf(out, "<div class=\"scroll%s\"><table>\n", is_wide(grid) ? " wide" : "");
    if (grid->caption)
        element(out, "caption", NULL, grid->caption);
    fsci_buffer_puts(out, "<thead><tr>");
    for (size_t c = 0; c < grid->n_columns; c++) {
        fsci_buffer_printf(out, "<th scope=\"col\"%s>", cell_class(&grid->columns[c]));
        fsci_markup_add(out, grid->columns[c].title);
        fsci_buffer_puts(out, "</th>");
    }
    fsci_buffer_puts(out, "</tr></thead>\n<tbody>\n");
    for (const fsci_grid_row *row = grid->first; row; row = row->next) {
        fsci_buffer_puts(out, "<tr>");
        for (size_t c = 0; c < grid->n_columns; c++) {
            fsci_buffer_printf(out, "<td%s>", cell_class(&grid->columns[c]));
            fsci_markup_add(out, row->cells[c] ? row->cells[c] : "");
            fsci_buffer_puts(out, "</td>");
        }
        fsci_buffer_puts(out, "</tr>\n");
    }
    fsci_buffer_puts(out, "</tbody></table></div>\n");
}

static void add_figures(fsci_arena *arena, const fsci_json *figures, fsci_buffer *out)
{
    if (!fsci_json_count(figures))
        return;
    fsci_buffer_puts(out, "<div class=\"figures\">\n");
    FSCI_JSON_EACH (figure, figures) {
        const char *caption = fsci_json_get_string(figure, "caption");
        fsci_buffer_puts(out, "<figure><div>\n");
        fsci_figure_svg(arena, figure, false, out);
        fsci_buffer_puts(out, "</div>\n");
        if (caption)
            element(out, "figcaption", NULL, caption);
        fsci_buffer_puts(out, "</figure>\n");
    }
    fsci_buffer_puts(out, "</div>\n");
}

/* ---- blocks ------------------------------------------------------------------------------ */

static void add_item(const fsci_block *block, fsci_buffer *out)
{
    element(out, "dt", NULL, block->lead);
    element(out, "dd", NULL, block->text);
}

static void add_warning(const fsci_block *block, fsci_buffer *out)
{
    fsci_buffer_puts(out, "<li>");
    element(out, "strong", NULL, block->lead);
    fsci_markup_add(out, block->text);
    fsci_buffer_puts(out, "</li>\n");
}

static void add_line(const fsci_block *block, fsci_buffer *out)
{
    fsci_buffer_puts(out, "<p class=\"line\">");
    fsci_markup_add(out, block->lead);
    fsci_buffer_putc(out, ' ');
    fsci_markup_add(out, block->text);
    fsci_buffer_puts(out, "</p>\n");
}

static void add_block(const fsci_section *section, const fsci_block *block, fsci_buffer *out)
{
    fsci_arena *arena = section->view.arena;
    switch (block->kind) {
    case FSCI_TITLE:
        add_title(arena, block, out);
        break;
    case FSCI_HEADING:
        element(out, "h3", NULL, block->text);
        break;
    case FSCI_ANSWER:
        element(out, "p", "answer", block->text);
        break;
    case FSCI_SENTENCE:
        element(out, "p", NULL, block->text);
        break;
    case FSCI_LISTING:
        element(out, "pre", NULL, block->text);
        break;
    case FSCI_ITEM:
        add_item(block, out);
        break;
    case FSCI_WARNING:
        add_warning(block, out);
        break;
    case FSCI_LINE:
        add_line(block, out);
        break;
    case FSCI_GRID:
        add_grid(arena, block->grid, out);
        break;
    case FSCI_FIGURES:
        add_figures(arena, section->figures, out);
        break;
    case FSCI_FOOT:
        break;
    }
}

/* The list that blocks of a kind stand in. */
static const char *list_of(const fsci_block *block, bool open)
{
    switch (block ? block->kind : FSCI_TITLE) {
    case FSCI_ITEM:
        return open ? "<dl>\n" : "</dl>\n";
    case FSCI_WARNING:
        return open ? "<ul class=\"warnings\">\n" : "</ul>\n";
    default:
        return "";
    }
}

/* What follows the figures, up to the warnings, may stand in two columns. */
static void add_blocks(const fsci_section *section, fsci_buffer *out)
{
    const fsci_block *before = NULL;
    bool rest = false;
    for (const fsci_block *block = section->view.first; block; block = block->next) {
        bool neighbour = before && before->kind == block->kind;
        if (!neighbour && before)
            fsci_buffer_puts(out, list_of(before, false));
        if (rest && (block->kind == FSCI_WARNING || block->kind == FSCI_FOOT)) {
            fsci_buffer_puts(out, "</div>\n");
            rest = false;
        }
        if (!neighbour)
            fsci_buffer_puts(out, list_of(block, true));
        add_block(section, block, out);
        if (block->kind == FSCI_FIGURES) {
            fsci_buffer_puts(out, "<div class=\"rest\">\n");
            rest = true;
        }
        before = block;
    }
    fsci_buffer_puts(out, list_of(before, false));
    if (rest)
        fsci_buffer_puts(out, "</div>\n");
}

/* ---- how it was made --------------------------------------------------------------------- */

/* Members as a list of terms, what is inside them inside. */
static void add_tree(fsci_arena *arena, const fsci_json *value, fsci_buffer *out)
{
    fsci_buffer text = {0};
    if (value->kind == FSCI_JSON_STRING) {
        fsci_markup_add(out, value->string);
        return;
    }
    if (value->kind != FSCI_JSON_OBJECT && value->kind != FSCI_JSON_ARRAY) {
        fsci_json_write(value, 0, &text);
        fsci_markup_add(out, text.data ? text.data : "");
        out->failed |= text.failed;
        fsci_buffer_free(&text);
        return;
    }
    fsci_buffer_puts(out, value->kind == FSCI_JSON_OBJECT ? "<dl>\n" : "");
    FSCI_JSON_EACH (member, value) {
        if (member->key)
            element(out, "dt", NULL, member->key);
        fsci_buffer_puts(out, member->key ? "<dd>" : "");
        add_tree(arena, member, out);
        fsci_buffer_puts(out, member->key ? "</dd>\n" : "");
    }
    fsci_buffer_puts(out, value->kind == FSCI_JSON_OBJECT ? "</dl>\n" : "");
}

/* ---- the record itself ------------------------------------------------------------------- */

/* Bytes of JSON that a page carries. */
enum { MOST_EMBEDDED = 2 << 20 };

static size_t json_size(const fsci_json *value, fsci_buffer *out)
{
    fsci_buffer json = {0};
    fsci_json_write(value, 0, &json);
    size_t size = json.length;
    out->failed |= json.failed;
    fsci_buffer_free(&json);
    return size;
}

static const fsci_json *largest_member(const fsci_json *record, fsci_buffer *out)
{
    const fsci_json *largest = NULL;
    size_t most = 0;
    FSCI_JSON_EACH (member, record) {
        size_t size = json_size(member, out);
        if (size > most)
            most = size, largest = member;
    }
    return largest;
}

static const fsci_json *without(fsci_arena *arena, const fsci_json *record, const fsci_json *out)
{
    fsci_json *rest = fsci_json_object(arena);
    FSCI_JSON_EACH (member, record)
        if (member != out)
            fsci_json_set(arena, rest, member->key, fsci_json_copy(arena, member));
    return rest;
}

/* The record, or, of one too large to be handed about, what is left without its largest members;
 * those are named in *left_out. */
static const fsci_json *choose_embedded(fsci_arena *arena, const fsci_json *record,
                                        const char **left_out, fsci_buffer *out)
{
    *left_out = NULL;
    while (record && record->count && json_size(record, out) > MOST_EMBEDDED) {
        const fsci_json *largest = largest_member(record, out);
        if (!largest)
            break;
        *left_out = fsci_joined(arena, *left_out, ", ", largest->key);
        record = without(arena, record, largest);
    }
    return record;
}

/* JSON inside <script>: no '<' may stand in it, so that nothing in a string ends the element. */
static void add_data(const fsci_json *record, size_t number, fsci_buffer *out)
{
    fsci_buffer json = {0};
    fsci_json_write(record, 0, &json);
    fsci_buffer_printf(out, "<script type=\"application/json\" id=\"record-%zu\">", number);
    const char *rest = json.data ? json.data : "";
    while (*rest) {
        size_t plain = strcspn(rest, "<");
        fsci_buffer_add(out, rest, plain);
        rest += plain;
        if (*rest) {
            fsci_buffer_puts(out, "\\u003c");
            rest++;
        }
    }
    fsci_buffer_puts(out, "</script>\n");
    out->failed |= json.failed;
    fsci_buffer_free(&json);
}

static void add_origin(fsci_arena *arena, const fsci_json *record, const char *left_out,
                       fsci_buffer *out)
{
    const fsci_json *provenance = fsci_json_get(record, "provenance");
    const char *command = fsci_json_get_string(provenance, "command");
    fsci_buffer_puts(out, "<details><summary>How this was made</summary>\n");
    if (command)
        element(out, "pre", NULL, command);
    if (provenance)
        add_tree(arena, provenance, out);
    if (left_out)
        element(out, "p", NULL,
                fsci_format(arena,
                            "The record is embedded in this page without its %s, which would make "
                            "the page too large; --output FILE writes all of it.",
                            left_out));
    fsci_buffer_puts(out, "</details>\n");
}

/* ---- the page ---------------------------------------------------------------------------- */

static const char *title_of(const fsci_section *section)
{
    const fsci_block *first = section->view.first;
    return first && first->lead ? first->lead : "record";
}

static void begin_page(const fsci_section *sections, size_t n, fsci_buffer *out)
{
    fsci_buffer_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    for (size_t i = 0; i < n; i++) {
        fsci_markup_add(out, title_of(&sections[i]));
        fsci_buffer_puts(out, i + 1 < n ? ", " : " – forescale");
    }
    fsci_buffer_puts(out, "</title>\n<style>");
    fsci_buffer_puts(out, page_style);
    fsci_buffer_puts(out, fsci_figure_style);
    fsci_buffer_puts(out, "</style>\n</head>\n<body>\n<main>\n");
    if (n < 2)
        return;
    fsci_buffer_puts(out, "<nav>");
    for (size_t i = 0; i < n; i++) {
        fsci_buffer_printf(out, "<a href=\"#section-%zu\">", i + 1);
        fsci_markup_add(out, title_of(&sections[i]));
        fsci_buffer_puts(out, "</a>");
    }
    fsci_buffer_puts(out, "</nav>\n");
}

void fsci_page_html(fsci_arena *arena, const fsci_section *sections, size_t n, fsci_buffer *out)
{
    begin_page(sections, n, out);
    for (size_t i = 0; i < n; i++) {
        fsci_buffer_printf(out, "<section id=\"section-%zu\">\n", i + 1);
        add_blocks(&sections[i], out);
        const char *left_out;
        const fsci_json *data = choose_embedded(arena, sections[i].record, &left_out, out);
        add_origin(arena, sections[i].record, left_out, out);
        add_data(data, i + 1, out);
        fsci_buffer_puts(out, "</section>\n");
    }
    fsci_buffer_puts(out, "</main>\n</body>\n</html>\n");
}
