/* facts: what is known of benchmarks by name, from the bundled table data/benchmark-facts. */
#ifndef FSCI_API_FACTS_H
#define FSCI_API_FACTS_H

#include "observe/backtest/backtest.h"

/* All facts, in `arena`. */
fsc_status fsci_facts_read(fsci_arena *arena, const fsci_benchmark_fact **facts, size_t *n,
                           fsc_error *err);

#endif
