/* stream: a table as it passes by, in batches of rows that are then forgotten. */
#include "base/file.h"
#include "table/readers.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 1 << 14 };

typedef struct stream {
    fsci_stream base; /* first: the hooks are given this */
    const fsci_stream_reader *reader;
    fsci_columns columns;
    fsci_source source;
    const fsci_input *input; /* mapped, so that what was read can be let go */
    const char *kept;        /* from here on the input is still in memory */
    fsci_batch_column *wanted;
    size_t room;
} stream;

static fsci_cells choose(fsci_stream *base, const char *name, bool *either)
{
    static const fsci_cells cells[] = {
        [FSCI_WANT_NOTHING] = FSCI_CELLS_SKIPPED,
        [FSCI_WANT_NUMBERS] = FSCI_CELLS_NUMBERS,
        [FSCI_WANT_KEYS] = FSCI_CELLS_CATEGORIES,
        [FSCI_WANT_EITHER] = FSCI_CELLS_NUMBERS,
    };
    stream *s = (stream *)base;
    fsci_want want = s->reader->choose(s->reader->context, name);
    *either = want == FSCI_WANT_EITHER;
    return cells[want];
}

static fsc_status flush(fsci_stream *base, fsc_error *err)
{
    stream *s = (stream *)base;
    fsci_batch batch = {.n_rows = s->columns.n_rows, .lines = base->lines};
    if (s->room < s->columns.names.n) {
        free(s->wanted);
        s->room = s->columns.names.n;
        s->wanted = malloc(s->room * sizeof *s->wanted);
        if (!s->wanted) {
            s->room = 0;
            return fsci_fail_memory(err);
        }
    }
    for (size_t i = 0; i < s->columns.names.n; i++) {
        const fsci_growing *g = &s->columns.items[i];
        bool numbers = g->cells == FSCI_CELLS_NUMBERS;
        if (g->cells == FSCI_CELLS_SKIPPED)
            continue;
        s->wanted[batch.n_columns++] = (fsci_batch_column){.name = s->columns.names.items[i].text,
                                                           .numbers = numbers ? g->numbers : NULL,
                                                           .codes = numbers ? NULL : g->codes,
                                                           .n_levels = g->levels.n,
                                                           .levels = g->levels.items};
    }
    batch.columns = s->wanted;
    FSCI_TRY(s->reader->take(s->reader->context, &batch, err));
    const char *read = s->source.unpacker ? s->source.data + s->source.fed : s->source.at;
    if (read >= s->kept && read <= s->input->data + s->input->length)
        fsci_input_release(s->input, &s->kept, read);
    return FSC_OK;
}

fsc_status fsci_table_stream(const char *name, const fsci_input *input,
                             const fsci_table_options *options, const fsci_stream_reader *reader,
                             size_t *n_rows, fsc_error *err)
{
    stream s = {.base = {.batch = BATCH, .choose = choose, .flush = flush},
                .reader = reader,
                .input = input,
                .kept = input->data};
    s.base.lines = malloc(BATCH * sizeof *s.base.lines);
    fsc_status status =
        s.base.lines ? fsci_columns_open(&s.columns, name, err) : fsci_fail_memory(err);
    if (status == FSC_OK) {
        s.columns.stream = &s.base;
        status =
            fsci_read_text(name, input->data, input->length, options, &s.source, &s.columns, err);
        if (reader->done)
            reader->done(reader->context);
        fsci_columns_close(&s.columns);
    }
    if (n_rows)
        *n_rows = s.base.n_rows;
    free(s.base.lines);
    free(s.wanted);
    return status;
}
