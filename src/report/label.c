#include "report/label.h"

#include <math.h>
#include <string.h>

static void add(fsci_arena *arena, fsci_boxes *boxes, fsci_box box)
{
    if (boxes->n == boxes->room) {
        size_t room = boxes->room ? 2 * boxes->room : 64;
        fsci_box *items = FSCI_NEW(arena, fsci_box, room);
        if (!items)
            return;
        if (boxes->n)
            memcpy(items, boxes->items, boxes->n * sizeof *items);
        boxes->items = items;
        boxes->room = room;
    }
    boxes->items[boxes->n++] = box;
}

void fsci_board_mark(fsci_board *board, double x, double y, double radius)
{
    add(board->arena, &board->marks, (fsci_box){x - radius, y - radius, 2 * radius, 2 * radius});
}

void fsci_board_segment(fsci_board *board, double x1, double y1, double x2, double y2)
{
    enum { PIECE = 6, MOST_PIECES = 256 };
    double length = hypot(x2 - x1, y2 - y1);
    int n = (int)fmin(MOST_PIECES, ceil(length / PIECE));
    for (int i = 0; i < n; i++) {
        double t = (i + 0.5) / n;
        fsci_board_mark(board, x1 + t * (x2 - x1), y1 + t * (y2 - y1), 1.5);
    }
}

void fsci_board_text(fsci_board *board, fsci_box box)
{
    add(board->arena, &board->texts, box);
}

static double shared(double a, double size_a, double b, double size_b)
{
    /* Not fmin and fmax, which are calls: this runs a million times a page. */
    double from = a > b ? a : b, to = a + size_a < b + size_b ? a + size_a : b + size_b;
    return to > from ? to - from : 0;
}

/* Area of `box` that is taken. */
static double taken(const fsci_boxes *boxes, fsci_box box)
{
    double area = 0;
    for (size_t i = 0; i < boxes->n; i++) {
        fsci_box other = boxes->items[i];
        area += shared(box.x, box.w, other.x, other.w) * shared(box.y, box.h, other.y, other.h);
    }
    return area;
}

static bool inside(fsci_box frame, fsci_box box)
{
    return box.x >= frame.x && box.y >= frame.y && box.x + box.w <= frame.x + frame.w &&
           box.y + box.h <= frame.y + frame.h;
}

bool fsci_board_place(fsci_board *board, double x, double y, double w, double h, bool needed,
                      fsci_box *box)
{
    /* Where the text's centre stands from the anchor, in halves of its size; best first. */
    static const double sides[][2] = {{1, 0},    {1, -.7}, {1, .7},  {0, -1}, {0, 1},    {-1, 0},
                                      {-1, -.7}, {-1, .7}, {.6, -1}, {.6, 1}, {-.6, -1}, {-.6, 1}};
    enum { GAP = 7, RING = 9, NEAR_RINGS = 2, FAR_RINGS = 7 };
    const double spare = 0.03 * w * h, farther = 0.12 * w * h; /* cost in area of marks covered */
    double best = INFINITY;
    for (int ring = 0; ring < (needed ? FAR_RINGS : NEAR_RINGS); ring++)
        for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
            double reach = GAP + ring * RING, dx = sides[i][0], dy = sides[i][1];
            fsci_box try = {x + dx * (w / 2 + reach) - w / 2, y + dy * (h / 2 + reach) - h / 2, w,
                            h};
            if (!inside(board->frame, try) || taken(&board->texts, try) > 0)
                continue;
            double cost = taken(&board->marks, try);
            if (!needed && cost > spare)
                continue;
            cost += ring * farther + (double)i * 0.01;
            if (cost < best) {
                best = cost;
                *box = try;
            }
        }
    if (!isfinite(best))
        return false;
    fsci_board_text(board, *box);
    return true;
}
