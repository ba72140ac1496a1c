#include "base/ranks.h"

#include <limits.h>
#include <mpi.h>
#include <time.h>

/* How long a rank that failed waits for the others to say that they failed too. */
static const double patience_seconds = 5;
enum { MOST_RANKS = 4096 };

static bool is_running(void)
{
    int begun = 0, ended = 0;
    MPI_Initialized(&begun);
    MPI_Finalized(&ended);
    return begun && !ended;
}

fsc_status fsc_ranks_begin(fsc_error *err)
{
    int begun = 0, provided;
    MPI_Initialized(&begun);
    if (begun)
        return FSC_OK; /* by the program that holds us */
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return fsci_fail(err, FSC_EENV, "MPI does not start; see 'mpirun --version'");
    int n = fsci_ranks_count();
    if (n > MOST_RANKS)
        return fsci_fail(err, FSC_EENV, "%d ranks are more than the %d that can be used", n,
                         MOST_RANKS);
    return FSC_OK;
}

void fsc_ranks_end(void)
{
    if (is_running())
        MPI_Finalize();
}

int fsci_ranks_count(void)
{
    int n = 1;
    if (is_running())
        MPI_Comm_size(MPI_COMM_WORLD, &n);
    return n;
}

static int rank_of_this(void)
{
    int rank = 0;
    if (is_running())
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

/* Messages of the agreement, apart from the collective calls in which other ranks may be. */
enum { TO_FIRST = 1, FROM_FIRST = 2 };

/* Whether all requests are done, waiting for ever or for as long as patience lasts. */
static bool all_done(int n, MPI_Request *requests, bool wait)
{
    int done = 0;
    double until = MPI_Wtime() + patience_seconds;
    do {
        MPI_Testall(n, requests, &done, MPI_STATUSES_IGNORE);
        if (!done)
            nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    } while (!done && (wait || MPI_Wtime() < until));
    return done;
}

/* The largest number that any rank brings; false when some do not come in time. */
static bool largest(int rank, int n, int mine, bool wait, int *most)
{
    int numbers[MOST_RANKS];
    MPI_Request requests[MOST_RANKS];
    *most = mine;
    if (rank) {
        MPI_Isend(&mine, 1, MPI_INT, 0, TO_FIRST, MPI_COMM_WORLD, &requests[0]);
        MPI_Irecv(most, 1, MPI_INT, 0, FROM_FIRST, MPI_COMM_WORLD, &requests[1]);
        return all_done(2, requests, wait);
    }
    for (int r = 1; r < n; r++)
        MPI_Irecv(&numbers[r], 1, MPI_INT, r, TO_FIRST, MPI_COMM_WORLD, &requests[r]);
    /* NOLINTBEGIN(clang-analyzer-optin.mpi.*): all_done waits by MPI_Testall, or gives them up */
    if (!all_done(n - 1, requests + 1, wait))
        return false;
    for (int r = 1; r < n; r++)
        *most = numbers[r] > *most ? numbers[r] : *most;
    /* NOLINTEND(clang-analyzer-optin.mpi.*) */
    for (int r = 1; r < n; r++)
        MPI_Send(most, 1, MPI_INT, r, FROM_FIRST, MPI_COMM_WORLD);
    return true;
}

/* The worst status, of the ranks that have it the first, in one number. */
fsc_status fsc_ranks_agree(fsc_status status, fsc_rank_role *role, fsc_error *err)
{
    int rank = rank_of_this(), n = fsci_ranks_count(), mine = (int)status * n + n - 1 - rank, most;
    *role = FSC_RANK_SPEAKS;
    if (n == 1)
        return status;
    if (!largest(rank, n, mine, status == FSC_OK, &most)) {
        fsc_error own = err ? *err : (fsc_error){0};
        *role = FSC_RANK_ALONE;
        return fsci_fail(err, FSC_EENV, "rank %d of %d failed where the others did not: %.600s",
                         rank, n, own.message);
    }
    if (most != mine)
        *role = FSC_RANK_SILENT;
    return (fsc_status)(most / n);
}

fsci_share fsci_ranks_share(size_t n_items)
{
    size_t rank = (size_t)rank_of_this(), n = (size_t)fsci_ranks_count();
    size_t first = n_items * rank / n;
    return (fsci_share){first, n_items * (rank + 1) / n - first};
}

/* All ranks must have come here with the same sizes, or bytes would be taken for what they are not.
 */
static bool agree_on(size_t n_items, size_t units, size_t bytes)
{
    unsigned long long mine[] = {n_items, units, bytes, ~n_items, ~units, ~bytes}, most[6];
    MPI_Allreduce(mine, most, 6, MPI_UNSIGNED_LONG_LONG, MPI_MAX, MPI_COMM_WORLD);
    return most[0] == ~most[3] && most[1] == ~most[4] && most[2] == ~most[5];
}

fsc_status fsci_ranks_gather(size_t n_items, const size_t *start, size_t bytes, void *results,
                             fsc_error *err)
{
    int counts[MOST_RANKS], places[MOST_RANKS], n = fsci_ranks_count();
    size_t units = start ? start[n_items] : n_items;
    if (!agree_on(n_items, units, bytes))
        return fsci_fail(err, FSC_EENV,
                         "the ranks do not agree on what to compute; do all nodes see the same "
                         "files?");
    if (units > INT_MAX || bytes > INT_MAX)
        return fsci_fail(err, FSC_EENV, "%zu results on %d ranks are more than can be gathered",
                         units, n);
    for (int r = 0; r < n; r++) {
        size_t first = n_items * (size_t)r / (size_t)n, end = n_items * (size_t)(r + 1) / (size_t)n;
        places[r] = (int)(start ? start[first] : first);
        counts[r] = (int)(start ? start[end] : end) - places[r];
    }
    MPI_Datatype item;
    MPI_Type_contiguous((int)bytes, MPI_BYTE, &item);
    MPI_Type_commit(&item);
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, results, counts, places, item,
                   MPI_COMM_WORLD);
    MPI_Type_free(&item);
    return FSC_OK;
}
