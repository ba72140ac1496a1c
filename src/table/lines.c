#include "table/lines.h"

#include <stdlib.h>

bool fsci_lines_jump(fsci_lines *lines, int64_t line)
{
    if (lines->n_jumps == lines->room) {
        size_t room = lines->room + lines->room / 4 + 4;
        fsci_line_jump *jumps = realloc(lines->jumps, room * sizeof *jumps);
        if (!jumps)
            return false;
        lines->jumps = jumps;
        lines->room = room;
    }
    lines->jumps[lines->n_jumps++] = (fsci_line_jump){lines->n_rows, line};
    return true;
}

int64_t fsci_lines_find(const fsci_lines *lines, size_t row)
{
    size_t low = 0, high = lines->n_jumps;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->jumps[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return lines->jumps[low].line + (int64_t)(row - lines->jumps[low].row);
}

void fsci_lines_free(fsci_lines *lines)
{
    free(lines->jumps);
    *lines = (fsci_lines){0};
}
