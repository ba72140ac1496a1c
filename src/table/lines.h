/* lines: which line of its file each row came from. Rows mostly sit on consecutive lines, so only
 * the rows that do not follow the one before them are stored. */
#ifndef FSCI_TABLE_LINES_H
#define FSCI_TABLE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fsci_line_jump {
    size_t row;
    int64_t line;
} fsci_line_jump;

typedef struct fsci_lines {
    fsci_line_jump *jumps; /* in order of rows; the first is row 0 */
    size_t n_jumps, room;
    size_t n_rows;
    int64_t next; /* the line that needs no jump */
} fsci_lines;

bool fsci_lines_jump(fsci_lines *lines, int64_t line);

/* The line of the next row; false when out of memory. */
static inline bool fsci_lines_add(fsci_lines *lines, int64_t line)
{
    if (line != lines->next && !fsci_lines_jump(lines, line))
        return false;
    lines->n_rows++;
    lines->next = line + 1;
    return true;
}

int64_t fsci_lines_find(const fsci_lines *lines, size_t row);
void fsci_lines_free(fsci_lines *lines);

#endif
