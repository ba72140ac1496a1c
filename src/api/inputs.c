/* Tables and laws that a program reads once and holds. */
#include "api/ctx.h"
#include "api/source.h"

fsc_status fsc_table_read(fsc_ctx *ctx, const char *path, fsc_table **table, fsc_error *err)
{
    (void)ctx;
    return fsci_source_table(path, NULL, table, err);
}

void fsc_table_free(fsc_table *table)
{
    fsci_table_free(table);
}

fsc_status fsc_law_find(fsc_ctx *ctx, const char *id, fsc_law **law, fsc_error *err)
{
    fsci_catalogue catalogue;
    fsci_arena *arena = fsci_arena_new();
    *law = NULL;
    fsc_status status =
        arena ? fsci_ctx_catalogue(ctx, NULL, arena, &catalogue, err) : fsci_fail_memory(err);
    if (status == FSC_OK)
        status = fsci_catalogue_find(&catalogue, id, law, err);
    fsci_arena_free(arena);
    return status;
}

void fsc_law_free(fsc_law *law)
{
    fsci_law_free(law);
}
