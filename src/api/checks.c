#include "api/checks.h"

#include "fit/scale.h"
#include "fit/sensitivity.h"

/* Above this many rows a dozen refits are no longer a matter of a moment. */
enum { MOST_ROWS = 50000 };

fsc_status fsci_fit_checks(fsci_arena *arena, const fsc_args *args, const fsci_fit *fit,
                           const fsci_fitted *fitted, const fsci_fit_settings *settings,
                           const fsci_rows *rows, fsci_json *record, fsc_error *err)
{
    fsci_quantities quantities;
    fsci_influence influence;
    const fsci_column *family;
    FSCI_TRY(fsci_family_find(rows->table, fsci_args_text(args, "family"), &family, err));
    if (fsci_args_flag(args, "quick") || fit->model.n > MOST_ROWS)
        return FSC_OK;
    FSCI_TRY(fsci_quantities_find(arena, fit, fitted, &quantities, err));
    FSCI_TRY(fsci_influence_find(arena, fit, &quantities, &influence, err));
    fsci_influence_record(arena, fit, &quantities, &influence, record);
    const fsci_sensitivity_input input = {.fit = fit,
                                          .quantities = &quantities,
                                          .influence = &influence,
                                          .settings = settings,
                                          .whole = rows->whole,
                                          .family = family};
    return fsci_sensitivity_run(arena, &input, record, err);
}
