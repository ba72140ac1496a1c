/* label: a board that knows what is drawn where and finds room for text beside it. */
#ifndef FSCI_REPORT_LABEL_H
#define FSCI_REPORT_LABEL_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct fsci_box {
    double x, y, w, h; /* left, top */
} fsci_box;

typedef struct fsci_boxes {
    fsci_box *items;
    size_t n, room;
} fsci_boxes;

typedef struct fsci_board {
    fsci_arena *arena;
    fsci_box frame;
    fsci_boxes marks; /* points and lines: text rather not on them */
    fsci_boxes texts; /* text never on text */
} fsci_board;

void fsci_board_mark(fsci_board *board, double x, double y, double radius);
void fsci_board_segment(fsci_board *board, double x1, double y1, double x2, double y2);
void fsci_board_text(fsci_board *board, fsci_box box);

/* Finds room for a text of w × h near (x, y) and takes it. A text that is not `needed` is given up
 * rather than put on marks; a needed one may move farther away. False when there is no room. */
bool fsci_board_place(fsci_board *board, double x, double y, double w, double h, bool needed,
                      fsci_box *box);

#endif
