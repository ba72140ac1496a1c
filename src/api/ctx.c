#include "api/ctx.h"

#include "base/file.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

fsc_ctx *fsc_ctx_new(const char *laws)
{
    fsc_ctx *ctx = calloc(1, sizeof *ctx);
    if (ctx && laws && !(ctx->laws = strdup(laws))) {
        free(ctx);
        return NULL;
    }
    return ctx;
}

void fsc_ctx_free(fsc_ctx *ctx)
{
    if (!ctx)
        return;
    free(ctx->laws);
    free(ctx);
}

fsci_json *fsci_record_begin(fsci_arena *arena, const char *kind)
{
    fsci_json *root = fsci_json_object(arena);
    fsci_json_set_string(arena, root, "kind", kind);
    fsci_json_set_number(arena, root, "schema", 1);
    fsci_json *program = fsci_json_set_object(arena, root, "program");
    fsci_json_set_string(arena, program, "version", FSC_VERSION_STRING);
    return root;
}

fsc_status fsci_record_new(fsc_record **out, fsc_error *err)
{
    fsc_record *record = calloc(1, sizeof *record);
    if (record && !(record->arena = fsci_arena_new())) {
        free(record);
        record = NULL;
    }
    *out = record;
    return record ? FSC_OK : fsci_fail_memory(err);
}

void fsc_record_free(fsc_record *record)
{
    if (!record)
        return;
    fsci_arena_free(record->arena);
    free(record->json);
    free(record);
}

bool fsc_record_is_yes(const fsc_record *record)
{
    return !record->no;
}

bool fsc_record_warning(const fsc_record *record, size_t i, const char **code, const char **message)
{
    FSCI_JSON_EACH (warning, fsci_json_get(record->root, "warnings")) {
        if (i--)
            continue;
        *code = fsci_json_get_string(warning, "code");
        *message = fsci_json_get_string(warning, "message");
        return *code && *message;
    }
    return false;
}

const char *fsc_record_json(fsc_record *record)
{
    if (!record->json) {
        fsci_buffer out = {0};
        fsci_json_write(record->root, 2, &out);
        fsci_buffer_putc(&out, '\n');
        record->json = fsci_buffer_take(&out);
    }
    return record->json;
}

/* The records inside one: itself, or the parts of a demonstration. */
static size_t parts_of(const fsci_json *root, const fsci_json **parts, size_t most)
{
    size_t n = 0;
    const char *kind = fsci_json_get_string(root, "kind");
    bool demo = kind && !strcmp(kind, "demo");
    FSCI_JSON_EACH (part, demo ? fsci_json_get(root, "records") : NULL)
        if (n < most)
            parts[n++] = part;
    if (!n)
        parts[n++] = root;
    return n;
}

enum { MOST_PARTS = 8 };

static fsc_status write_view(const fsc_record *record, fsc_view view, const fsc_view_options *o,
                             fsci_buffer *out, fsc_error *err)
{
    const fsci_json *parts[MOST_PARTS];
    size_t n = parts_of(record->root, parts, MOST_PARTS);
    fsci_text_options text = {.width = o ? o->width : 80, .color = o && o->color, .unicode = true};
    switch (view) {
    case FSC_VIEW_JSON:
        fsci_json_write(record->root, 2, out);
        fsci_buffer_putc(out, '\n');
        return FSC_OK;
    case FSC_VIEW_TEXT:
        for (size_t i = 0; i < n; i++) {
            fsci_buffer_puts(out, i ? "\n" : "");
            FSCI_TRY(fsci_report_text(parts[i], &text, out, err));
        }
        return FSC_OK;
    case FSC_VIEW_HTML:
        return fsci_report_html(parts, n, out, err);
    case FSC_VIEW_SVG:
        return fsci_report_svg(parts[0], o ? o->figure : NULL, out, err);
    case FSC_VIEW_CSV:
        return fsci_report_csv(parts[0], out, err);
    case FSC_VIEW_CHECKLIST_MARKDOWN:
    case FSC_VIEW_CHECKLIST_LATEX:
        return fsci_report_checklist(parts[0], view == FSC_VIEW_CHECKLIST_LATEX, out, err);
    }
    return fsci_fail(err, FSC_EUSAGE, "no such view");
}

fsc_status fsc_record_view(const fsc_record *record, fsc_view view, const fsc_view_options *options,
                           char **text, size_t *length, fsc_error *err)
{
    fsci_buffer out = {0};
    *text = NULL;
    *length = 0;
    fsc_status status = write_view(record, view, options, &out, err);
    if (status == FSC_OK) {
        *length = out.length;
        *text = fsci_buffer_take(&out);
        if (!*text)
            status = fsci_fail_memory(err);
    }
    fsci_buffer_free(&out);
    return status;
}

fsc_status fsc_write_file(const char *path, const char *text, size_t length, fsc_error *err)
{
    return fsci_output_write(path, text, length, err);
}
