/* The only file that knows zlib. */
#include "table/source.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FIRST_ROOM = 1 << 18, LARGEST_FEED = 1 << 30, GZIP_ONLY = 15 + 16 };

static bool is_gzip(const char *data, size_t length)
{
    return length >= 2 && !memcmp(data, "\x1f\x8b", 2);
}

static bool is_padding(const char *data, size_t length)
{
    while (length && *data == '\0') {
        data++;
        length--;
    }
    return length == 0;
}

/* Unpacks into window[used..room) until it is full or the input ends; gives the new `used`. */
static fsc_status unpack(fsci_source *s, size_t *used, fsc_error *err)
{
    z_stream *z = s->unpacker;
    while (*used < s->room && !s->last) {
        size_t feed = s->length - s->fed, take = s->room - *used;
        z->next_in = (Bytef *)(s->data + s->fed);
        z->avail_in = (uInt)(feed < LARGEST_FEED ? feed : LARGEST_FEED);
        z->next_out = (Bytef *)(s->window + *used);
        z->avail_out = (uInt)(take < LARGEST_FEED ? take : LARGEST_FEED);
        int outcome = inflate(z, Z_NO_FLUSH);
        s->fed = (size_t)((const char *)z->next_in - s->data);
        *used = (size_t)((char *)z->next_out - s->window);
        if (outcome == Z_MEM_ERROR)
            return fsci_fail_memory(err);
        if (outcome == Z_STREAM_END) { /* another member may follow, or zeros up to a block */
            s->last = is_padding(s->data + s->fed, s->length - s->fed);
            inflateReset(z);
        } else if (outcome != Z_OK) {
            return fsci_fail(err, FSC_EINPUT, "%s: the gzip file %s; copy or pack it again",
                             s->name, outcome == Z_BUF_ERROR ? "ends too early" : "is damaged");
        }
    }
    return FSC_OK;
}

fsc_status fsci_source_more(fsci_source *s, fsc_error *err)
{
    size_t kept = (size_t)(s->end - s->at);
    if (kept)
        memmove(s->window, s->at, kept);
    if (kept > s->room / 2 || !s->window) {
        size_t room = s->window ? s->room * 2 : FIRST_ROOM;
        char *window = realloc(s->window, room);
        if (!window)
            return fsci_fail_memory(err);
        s->window = window;
        s->room = room;
    }
    size_t used = kept;
    fsc_status status = unpack(s, &used, err);
    s->at = s->window;
    s->end = s->window + used;
    return status;
}

fsc_status fsci_source_rewind(fsci_source *s, fsc_error *err)
{
    s->at = s->data;
    s->end = s->data + s->length;
    s->last = true;
    if (s->unpacker) {
        inflateReset(s->unpacker);
        s->at = s->end = s->window;
        s->last = false;
        s->fed = 0;
        FSCI_TRY(fsci_source_more(s, err));
    }
    if (s->end - s->at >= 3 && !memcmp(s->at, "\xef\xbb\xbf", 3))
        s->at += 3;
    return FSC_OK;
}

fsc_status fsci_source_open(fsci_source *s, const char *name, const char *data, size_t length,
                            fsc_error *err)
{
    *s = (fsci_source){.name = name, .data = data, .length = length};
    if (is_gzip(data, length)) {
        s->unpacker = calloc(1, sizeof *s->unpacker);
        if (!s->unpacker || inflateInit2(s->unpacker, GZIP_ONLY) != Z_OK) {
            free(s->unpacker);
            s->unpacker = NULL;
            return fsci_fail_memory(err);
        }
    }
    return fsci_source_rewind(s, err);
}

void fsci_source_close(fsci_source *s)
{
    if (s->unpacker)
        inflateEnd(s->unpacker);
    free(s->unpacker);
    free(s->window);
    *s = (fsci_source){0};
}
