/* Forecasts a column of a table of models, and prints the test error and the largest models.
 *
 *   forecast TABLE TARGET CUTOFF      as  forecast models.csv 'Agent score' 'flops <= 1e23'
 *
 * Build:  cc forecast.c $(pkg-config --cflags --libs forescale) -o forecast
 *
 * The record is the one that `forescale observe --json` prints (docs/records.md); a program that
 * needs single numbers reads them with the JSON library it has. */
#include <forescale.h>
#include <stdio.h>
#include <stdlib.h>

static int say(const fsc_error *err)
{
    fprintf(stderr, "forecast: %s\n", err->message);
    return err->status == FSC_EUSAGE ? 2 : 3;
}

static fsc_status ask(fsc_ctx *ctx, char **argv, fsc_record **record, fsc_error *err)
{
    fsc_args *args = NULL;
    fsc_status status = fsc_args_new("observe", &args, err);
    if (status == FSC_OK)
        status = fsc_args_add(args, argv[1], err);
    if (status == FSC_OK)
        status = fsc_args_set(args, "target", argv[2], err);
    if (status == FSC_OK)
        status = fsc_args_set(args, "cutoff", argv[3], err);
    /* several options at once, as JSON; a list gives one several times */
    if (status == FSC_OK)
        status = fsc_args_json(args,
                               "{\"interval\": \"predictive\", \"ceiling\": 100,"
                               " \"predictors\": [\"pc1\", \"size\"]}",
                               err);
    if (status == FSC_OK)
        status = fsc_run(ctx, args, record, err);
    fsc_args_free(args);
    return status;
}

static fsc_status show(const fsc_record *record, fsc_error *err)
{
    const char *code, *message;
    char *text;
    size_t length;
    fsc_status status = fsc_record_view(record, FSC_VIEW_CSV, NULL, &text, &length, err);
    if (status != FSC_OK)
        return status;
    fwrite(text, 1, length, stdout);
    free(text);
    for (size_t i = 0; fsc_record_warning(record, i, &code, &message); i++)
        fprintf(stderr, "%s: %s\n", code, message);
    status = fsc_record_view(record, FSC_VIEW_HTML, NULL, &text, &length, err);
    if (status != FSC_OK)
        return status;
    status = fsc_write_file("forecast.html", text, length, err);
    free(text);
    return status;
}

int main(int argc, char **argv)
{
    fsc_error err = {0};
    fsc_record *record = NULL;
    if (argc != 4) {
        fprintf(stderr, "usage: forecast TABLE TARGET CUTOFF\n");
        return 2;
    }
    fsc_ctx *ctx = fsc_ctx_new(NULL);
    if (!ctx)
        return 4;
    fsc_status status = ask(ctx, argv, &record, &err);
    if (status == FSC_OK)
        status = show(record, &err);
    fsc_record_free(record);
    fsc_ctx_free(ctx);
    return status == FSC_OK ? 0 : say(&err);
}
