#include "api/provenance.h"

#include "base/ranks.h"
#include "num/linear.h"

#include <sched.h>

enum { MOST_THREADS = 256 };

/* One per processor that this process may run on, which a scheduler may have made fewer than the
 * machine has; among ranks, which share them, one. */
static size_t default_threads(void)
{
    cpu_set_t set;
    return fsci_ranks_count() == 1 && !sched_getaffinity(0, sizeof set, &set)
               ? (size_t)CPU_COUNT(&set)
               : 1;
}

fsc_status fsci_args_level(const fsc_args *args, double *level, fsc_error *err)
{
    *level = fsci_args_number(args, "level");
    if (!(*level > 0 && *level < 1))
        return fsci_fail(err, FSC_EUSAGE, "--level is a probability between 0 and 1, as 0.95");
    return FSC_OK;
}

fsc_status fsci_args_common(const fsc_args *args, double *level, uint64_t *seed, int *threads,
                            fsc_error *err)
{
    *seed = (uint64_t)fsci_args_count(args, "seed");
    size_t wanted = fsci_args_count(args, "threads"), n = wanted ? wanted : default_threads();
    *threads = (int)(n < MOST_THREADS ? n : MOST_THREADS);
    return fsci_args_level(args, level, err);
}

void fsci_provenance_add(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                         fsci_json *record)
{
    char blas[128];
    double level;
    uint64_t seed;
    int threads;
    fsci_json *p = fsci_json_set_object(arena, record, "provenance");
    fsci_json_set_string(arena, p, "command", fsci_args_command_line(args, arena));
    fsci_json_set(arena, p, "inputs", inputs);
    if (fsci_args_common(args, &level, &seed, &threads, NULL) == FSC_OK) {
        fsci_json_set_number(arena, p, "seed", (double)seed);
        fsci_json_set_number(arena, p, "threads", threads);
        if (fsci_ranks_count() > 1)
            fsci_json_set_number(arena, p, "ranks", fsci_ranks_count());
    }
    fsci_json_set_string(arena, p, "blas", fsci_blas_name(blas, sizeof blas) ? blas : NULL);
    fsci_json_set_string(arena, p, "vector_math", "SLEEF cinz");
}
