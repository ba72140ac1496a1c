/* Fits LAW to TABLE TIMES times after a first and prints the median CPU seconds of one fit; the
 * table and the law are read before. OPTIONS is JSON of the options of `forescale fit`.
 *
 *   catalogue_fit LAW TABLE OPTIONS TIMES */
#include "forescale.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 99 };

static double cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static fsc_status measure(fsc_ctx *ctx, char **argv, int times, fsc_error *err)
{
    double spent[MOST];
    fsc_law *law = NULL;
    fsc_table *table = NULL;
    fsc_status status = fsc_law_find(ctx, argv[1], &law, err);
    if (status == FSC_OK)
        status = fsc_table_read(ctx, argv[2], &table, err);
    for (int i = -1; i < times && status == FSC_OK; i++) {
        fsc_record *record;
        double begin = cpu();
        status = fsc_fit_run(ctx, law, table, argv[3], &record, err);
        if (i >= 0)
            spent[i] = cpu() - begin;
        if (status == FSC_OK)
            fsc_record_free(record);
    }
    if (status == FSC_OK) {
        qsort(spent, (size_t)times, sizeof *spent, compare);
        printf("%.9f\n", spent[times / 2]);
    }
    fsc_table_free(table);
    fsc_law_free(law);
    return status;
}

int main(int argc, char **argv)
{
    int times = argc == 5 ? atoi(argv[4]) : 0;
    if (times < 1 || times > MOST) {
        fprintf(stderr, "usage: catalogue_fit LAW TABLE OPTIONS TIMES\n");
        return 2;
    }
    fsc_error err = {0};
    fsc_ctx *ctx = fsc_ctx_new(NULL);
    fsc_status status = ctx ? measure(ctx, argv, times, &err) : FSC_ENOMEM;
    if (status != FSC_OK)
        fprintf(stderr, "catalogue_fit: %s\n", ctx ? err.message : fsc_status_text(status));
    fsc_ctx_free(ctx);
    return status == FSC_OK ? 0 : 1;
}
