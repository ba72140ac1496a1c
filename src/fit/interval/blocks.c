#include "fit/interval/blocks.h"

/* Coordinates that have been found tied, as trees: the root of each is the least of them. */
typedef struct ties {
    size_t *up;    /* [m] */
    size_t *first; /* [rows, then clusters] the first coordinate met; SIZE_MAX: none */
} ties;

static size_t root(const ties *t, size_t a)
{
    while (t->up[a] != a)
        a = t->up[a] = t->up[t->up[a]];
    return a;
}

/* Coordinate a is met in row or cluster `at`, and so tied to whatever was met there before. */
static void tie(const ties *t, size_t at, size_t a)
{
    size_t other = t->first[at] == SIZE_MAX ? a : root(t, t->first[at]), own = root(t, a);
    t->first[at] = a;
    t->up[own > other ? own : other] = own > other ? other : own;
}

static void tie_all(const ties *t, const fsci_fit *fit, const size_t *used, size_t m)
{
    size_t n = fit->model.n, clusters = fit->clusters.column ? fit->clusters.n : 0;
    for (size_t a = 0; a < m; a++)
        t->up[a] = a;
    for (size_t i = 0; i < n + clusters; i++)
        t->first[i] = SIZE_MAX;
    for (size_t a = 0; a < m; a++)
        for (size_t i = 0; i < n; i++) {
            if (fit->J[used[a] * n + i] == 0)
                continue;
            tie(t, i, a);
            if (clusters)
                tie(t, n + fit->clusters.of[i], a);
        }
}

/* Members of each of n_groups groups into list, one group after the other; those of group[i] ==
 * SIZE_MAX nowhere. start[n_groups + 1]. */
static void sort_into(const size_t *group, size_t n, size_t n_groups, size_t *start, size_t *list)
{
    for (size_t g = 0; g <= n_groups; g++)
        start[g] = 0;
    for (size_t i = 0; i < n; i++)
        if (group[i] != SIZE_MAX)
            start[group[i] + 1]++;
    for (size_t g = 0; g < n_groups; g++)
        start[g + 1] += start[g];
    for (size_t i = 0; i < n; i++)
        if (group[i] != SIZE_MAX)
            list[start[group[i]]++] = i;
    for (size_t g = n_groups; g > 0; g--)
        start[g] = start[g - 1];
    start[0] = 0;
}

fsc_status fsci_blocks_find(fsci_arena *arena, const fsci_fit *fit, const size_t *used, size_t m,
                            bool whole, fsci_block **blocks, size_t *n_blocks, fsc_error *err)
{
    size_t n = fit->model.n, units = n + (fit->clusters.column ? fit->clusters.n : 0), count = 0;
    const ties t = {.up = FSCI_NEW(arena, size_t, m), .first = FSCI_NEW(arena, size_t, units)};
    size_t *number = FSCI_NEW(arena, size_t, m), *group = FSCI_NEW(arena, size_t, n);
    size_t *coordinates = FSCI_NEW(arena, size_t, m), *rows = FSCI_NEW(arena, size_t, n);
    size_t *start = FSCI_NEW(arena, size_t, m + 1), *row_start = FSCI_NEW(arena, size_t, m + 1);
    if (!t.up || !t.first || !number || !group || !coordinates || !rows || !start || !row_start)
        return fsci_fail_memory(err);
    if (!whole)
        tie_all(&t, fit, used, m);
    for (size_t a = 0; a < m; a++) /* a root comes before those below it */
        number[a] = whole ? 0 : root(&t, a) == a ? count++ : number[root(&t, a)];
    *n_blocks = count = whole ? 1 : count;
    for (size_t i = 0; i < n; i++)
        group[i] = whole ? 0 : t.first[i] == SIZE_MAX ? SIZE_MAX : number[t.first[i]];
    sort_into(number, m, count, start, coordinates);
    sort_into(group, n, count, row_start, rows);
    for (size_t a = 0; a < m; a++)
        coordinates[a] = used[coordinates[a]];
    *blocks = FSCI_NEW(arena, fsci_block, count);
    if (!*blocks)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < count; g++)
        (*blocks)[g] = (fsci_block){.used = coordinates + start[g],
                                    .m = start[g + 1] - start[g],
                                    .row = rows + row_start[g],
                                    .n = row_start[g + 1] - row_start[g]};
    return FSC_OK;
}
