/* source: the text of an input as a window that readers move along. Plain text is one window; gzip
 * is unpacked piece by piece, so that the whole text is never in memory. */
#ifndef FSCI_TABLE_SOURCE_H
#define FSCI_TABLE_SOURCE_H

#include "base/error.h"

typedef struct fsci_source {
    const char *name;
    const char *at, *end; /* what is in view and not yet read */
    bool last;            /* nothing follows `end` */

    const char *data; /* the input, packed or not; the caller's */
    size_t length;
    struct z_stream_s *unpacker; /* NULL for plain text */
    size_t fed;                  /* bytes of data given to it */
    char *window;
    size_t room;
} fsci_source;

/* A first window is in view, a UTF-8 byte order mark skipped. FSC_EINPUT for a broken gzip file. */
fsc_status fsci_source_open(fsci_source *source, const char *name, const char *data, size_t length,
                            fsc_error *err);
/* Keeps at..end in view and brings more behind it; pointers into the window are void. */
fsc_status fsci_source_more(fsci_source *source, fsc_error *err);
/* Back to the first byte. */
fsc_status fsci_source_rewind(fsci_source *source, fsc_error *err);
void fsci_source_close(fsci_source *source);

#endif
