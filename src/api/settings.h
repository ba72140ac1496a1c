/* settings: everything a fit may be asked, from the options. */
#ifndef FSCI_API_SETTINGS_H
#define FSCI_API_SETTINGS_H

#include "api/args.h"
#include "fit/settings.h"

fsc_status fsci_args_settings(const fsc_args *args, fsci_arena *arena, fsci_fit_settings *settings,
                              fsc_error *err);

#endif
