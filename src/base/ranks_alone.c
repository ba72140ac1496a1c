#include "base/ranks.h"

#include <stdlib.h>

/* What the launchers of Open MPI, MPICH and Slurm's PMI tell a process about the size of its job.
 */
static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};

fsc_status fsc_ranks_begin(fsc_error *err)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = getenv(sizes[i]);
        if (text && strtol(text, NULL, 10) > 1)
            return fsci_fail(err, FSC_EENV,
                             "this is one of %s processes that mpirun started, but forescale is "
                             "without MPI; start forescale-mpi, which 'make mpi' builds, or run "
                             "it without mpirun and give --threads",
                             text);
    }
    return FSC_OK;
}

void fsc_ranks_end(void)
{
}

fsc_status fsc_ranks_agree(fsc_status status, fsc_rank_role *role, fsc_error *err)
{
    (void)err;
    *role = FSC_RANK_SPEAKS;
    return status;
}

int fsci_ranks_count(void)
{
    return 1;
}

fsci_share fsci_ranks_share(size_t n_items)
{
    return (fsci_share){0, n_items};
}

fsc_status fsci_ranks_gather(size_t n_items, const size_t *start, size_t bytes, void *results,
                             fsc_error *err)
{
    (void)n_items, (void)start, (void)bytes, (void)results, (void)err;
    return FSC_OK;
}
