#include "api/checks.h"

#include "base/file.h"
#include "fit/check/checklist.h"
#include "fit/check/flat.h"
#include "fit/contest/held_out.h"
#include "fit/scale.h"
#include "fit/check/sensitivity.h"
#include "fit/check/side_by_side.h"

/* Up to so many rows a dozen refits, or one, are a matter of a moment. */
enum { MOST_REFITTED = 10000, MOST_HELD = 1000000 };

static fsc_status read_answers(fsci_arena *arena, const char *path, const fsci_yaml **answers,
                               fsc_error *err)
{
    fsci_input file;
    fsci_yaml *root;
    FSCI_TRY(fsci_input_open(path, &file, err));
    fsc_status status = fsci_yaml_read(arena, path, file.data, file.length, &root, err);
    if (status == FSC_OK)
        status = fsci_checklist_check(root, path, file.data, file.length, err);
    fsci_input_close(&file);
    *answers = root;
    return status;
}

fsc_status fsci_check_inputs_read(fsci_arena *arena, const fsc_args *args, const fsc_table *table,
                                  fsci_check_inputs *inputs, fsc_error *err)
{
    const char *path = fsci_args_text(args, "answers");
    *inputs = (fsci_check_inputs){0};
    FSCI_TRY(fsci_family_find(table, fsci_args_text(args, "family"), &inputs->family, err));
    return path ? read_answers(arena, path, &inputs->answers, err) : FSC_OK;
}

static fsc_status other_choices(fsci_arena *arena, const fsci_catalogue *catalogue,
                                const fsci_fit *fit, const fsci_fitted *fitted,
                                const fsci_fit_settings *settings, const fsci_rows *rows,
                                const fsci_column *family, fsci_json *record, fsc_error *err)
{
    fsci_quantities quantities;
    fsci_influence influence;
    fsci_other_laws others;
    fsci_laws laws;
    FSCI_TRY(fsci_quantities_find(arena, fit, fitted, &quantities, err));
    FSCI_TRY(fsci_influence_find(arena, fit, &quantities, &influence, err));
    fsci_influence_record(arena, fit, &quantities, &influence, record);
    FSCI_TRY(fsci_catalogue_list(catalogue, &laws, err));
    fsc_status status =
        fsci_other_laws_find(arena, fit, fitted, settings, &quantities,
                             (const fsc_law *const *)laws.items, laws.n, &others, err);
    if (status == FSC_OK)
        fsci_other_laws_record(arena, fitted, &others, record);
    fsci_laws_free(&laws);
    FSCI_TRY(status);
    const fsci_sensitivity_input input = {.fit = fit,
                                          .quantities = &quantities,
                                          .influence = &influence,
                                          .settings = settings,
                                          .whole = rows->whole,
                                          .family = family,
                                          .others = &others};
    FSCI_TRY(fsci_sensitivity_run(arena, &input, record, err));
    return fsci_side_by_side_add(arena, fit, settings, &quantities, record, err);
}

fsc_status fsci_fit_checks(const fsc_ctx *ctx, fsci_arena *arena, const fsc_args *args,
                           const fsci_fit *fit, const fsci_fitted *fitted,
                           const fsci_fit_settings *settings, const fsci_rows *rows,
                           const fsci_column *family, fsci_json *record, fsc_error *err)
{
    bool quick = fsci_args_flag(args, "quick");
    if (quick || fit->model.n > MOST_HELD)
        fsci_held_out_missing(arena, quick ? "--quick" : "over a million rows; use backtest",
                              record);
    else
        FSCI_TRY(fsci_held_out_add(arena, fit, settings, record, err));
    if (quick || fit->model.n > MOST_REFITTED)
        return FSC_OK;
    fsci_catalogue catalogue;
    FSCI_TRY(fsci_flat_add(arena, fit, fitted, record, err));
    FSCI_TRY(fsci_ctx_catalogue(ctx, args, arena, &catalogue, err));
    return other_choices(arena, &catalogue, fit, fitted, settings, rows, family, record, err);
}

fsc_status fsci_fit_checklist(fsci_arena *arena, const fsc_args *args, const fsci_yaml *answers,
                              fsci_json *record, fsc_error *err)
{
    return answers || fsci_args_text(args, "checklist")
               ? fsci_checklist_add(arena, answers, record, err)
               : FSC_OK;
}
