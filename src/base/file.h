/* file: reading whole inputs and writing outputs that are never half-written. */
#ifndef FSCI_BASE_FILE_H
#define FSCI_BASE_FILE_H

#include "base/error.h"

/* Bytes of an input: a mapped file, or memory read from a pipe; of a long pipe an unnamed file in
 * TMPDIR or /tmp. */
typedef struct fsci_input {
    const char *data;
    size_t length;
    bool mapped;
} fsci_input;

/* Opens `path` ("-" is standard input). FSC_EINPUT when missing, a directory or not readable. */
fsc_status fsci_input_open(const char *path, fsci_input *input, fsc_error *err);
/* Says that the bytes before `end` will not be looked at again soon: of a mapped file they need no
 * memory from here on, and are read again from the disk if they are after all. *from (start with
 * input->data) remembers how far this has come. */
void fsci_input_release(const fsci_input *input, const char **from, const char *end);
void fsci_input_close(fsci_input *input);

/* Writes `length` bytes to `path` ("-" is standard output): a regular or new file through a
 * temporary file beside it and a rename; a device or pipe in place. Flush and close are checked.
 * FSC_EENV on failure (the target is then unchanged), FSC_EPIPE when the reader has gone. */
fsc_status fsci_output_write(const char *path, const char *data, size_t length, fsc_error *err);

#endif
