/* published: the set of published parameters that --set names. */
#ifndef FSCI_API_PUBLISHED_H
#define FSCI_API_PUBLISHED_H

#include "api/args.h"
#include "law/law.h"

/* The set asked for, or the first. FSC_EINPUT lists them, or says that the law has none. */
fsc_status fsci_args_set(const fsc_args *args, const fsc_law *law, const fsci_law_published **set,
                         fsc_error *err);

#endif
