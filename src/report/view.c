#include "report/view.h"

#include <stdbool.h>
#include <stdint.h>

fsci_block *fsci_view_add(fsci_view *view, fsci_block_kind kind, const char *lead, const char *text)
{
    fsci_block *block = text ? FSCI_NEW(view->arena, fsci_block, 1) : NULL;
    if (!block)
        return NULL;
    *block = (fsci_block){.kind = kind, .lead = lead, .text = text};
    if (view->last)
        view->last->next = block;
    else
        view->first = block;
    return view->last = block;
}

fsci_grid *fsci_view_grid(fsci_view *view, const char *caption, const fsci_column *columns,
                          size_t n)
{
    fsci_block *block = fsci_view_add(view, FSCI_GRID, NULL, "");
    fsci_grid *grid = FSCI_NEW(view->arena, fsci_grid, 1);
    if (!block || !grid)
        return NULL;
    grid->caption = caption;
    grid->columns = fsci_copy_array(view->arena, columns, n, sizeof *columns);
    grid->n_columns = grid->columns ? n : 0;
    return block->grid = grid;
}

void fsci_grid_add(fsci_view *view, fsci_grid *grid, const char *const *cells)
{
    fsci_grid_row *row = grid ? FSCI_NEW(view->arena, fsci_grid_row, 1) : NULL;
    if (!row || !(row->cells = fsci_copy_array(view->arena, cells, grid->n_columns, sizeof *cells)))
        return;
    if (grid->last)
        grid->last->next = row;
    else
        grid->first = row;
    grid->last = row;
    grid->n_rows++;
}

static bool has_cells(const fsci_grid *grid, size_t column)
{
    for (const fsci_grid_row *row = grid->first; row; row = row->next)
        if (row->cells[column] && *row->cells[column])
            return true;
    return false;
}

const fsci_grid *fsci_grid_pruned(fsci_arena *arena, const fsci_grid *grid)
{
    return fsci_grid_without(arena, grid, SIZE_MAX);
}

const fsci_grid *fsci_grid_without(fsci_arena *arena, const fsci_grid *grid, size_t leave_out)
{
    fsci_view scratch = {.arena = arena};
    fsci_column *columns = FSCI_NEW(arena, fsci_column, grid->n_columns);
    size_t *kept = FSCI_NEW(arena, size_t, grid->n_columns), n = 0;
    const char **cells = FSCI_NEW(arena, const char *, grid->n_columns);
    if (!columns || !kept || !cells)
        return NULL;
    for (size_t c = 0; c < grid->n_columns; c++)
        if (c != leave_out && has_cells(grid, c)) {
            columns[n] = grid->columns[c];
            kept[n++] = c;
        }
    fsci_grid *pruned = fsci_view_grid(&scratch, grid->caption, columns, n);
    for (const fsci_grid_row *row = grid->first; row; row = row->next) {
        for (size_t c = 0; c < n; c++)
            cells[c] = row->cells[kept[c]];
        fsci_grid_add(&scratch, pruned, cells);
    }
    return pruned;
}

const char *fsci_joined(fsci_arena *arena, const char *list, const char *separator,
                        const char *piece)
{
    return list && piece ? fsci_format(arena, "%s%s%s", list, separator, piece)
           : piece       ? piece
                         : list;
}
