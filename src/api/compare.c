#include "api/compare.h"

#include "api/ctx.h"
#include "api/provenance.h"
#include "api/settings.h"
#include "api/subject.h"
#include "base/number.h"
#include "fit/grouped.h"
#include "fit/scale.h"

#include <math.h>
#include <string.h>

enum { MOST_LAWS = 64 };

/* Laws are kept until the record is made. */
typedef struct sources {
    fsc_law *laws[MOST_LAWS];
    size_t n;
    fsci_rows rows;
} sources;

static bool has_symbol(fsci_arena *a, const fsci_subject *s, const char *symbol)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, s->formula, &names);
    if (s->law && fsci_law_column_index(s->law, symbol) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i].name, symbol))
            return true;
    return false;
}

/* The dispersion of the likelihood that all laws are fitted by (of the first law unless one is
 * given), as it is named beside the formula of one of them; NULL for none. */
static const char *dispersion_of(fsci_arena *a, const fsci_fit_settings *settings,
                                 const fsci_subject *first, const fsci_subject *own)
{
    const char *objective = settings->objective ? settings->objective
                            : first->law        ? fsci_law_loss_name(first->law->objective.loss)
                                                : NULL;
    const fsci_density *density = objective ? fsci_density_find(objective) : NULL;
    const char *name = density ? density->dispersion : NULL;
    while (name && has_symbol(a, own, name))
        name = fsci_format(a, "%s_obs", name);
    return name;
}

/* An option of names and values, of which each law takes those that are of its symbols. */
typedef struct shared_option {
    const char *name;
    const fsci_settings_list *all;
    bool *used; /* [all->n] by some law */
} shared_option;

static fsc_status shared_option_new(fsci_arena *a, const char *name, const fsci_settings_list *all,
                                    shared_option *out, fsc_error *err)
{
    *out = (shared_option){name, all, FSCI_NEW(a, bool, all->n)};
    return out->used ? FSC_OK : fsci_fail_memory(err);
}

/* `more` is a symbol that the law has besides those of its formula, or NULL. */
static fsc_status take_own(fsci_arena *a, const shared_option *option, const fsci_subject *subject,
                           const char *more, fsci_settings_list *own, fsc_error *err)
{
    const fsci_settings_list *all = option->all;
    fsci_setting *items = FSCI_NEW(a, fsci_setting, all->n);
    size_t n = 0;
    if (!items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < all->n; i++)
        if (has_symbol(a, subject, all->items[i].name) ||
            (more && !strcmp(more, all->items[i].name))) {
            items[n++] = all->items[i];
            option->used[i] = true;
        }
    *own = (fsci_settings_list){items, n};
    return FSC_OK;
}

static fsc_status check_used(const shared_option *option, fsc_error *err)
{
    for (size_t i = 0; i < option->all->n; i++)
        if (!option->used[i])
            return fsci_fail(err, FSC_EUSAGE, "--%s %s=%s: no law here has a symbol '%s'",
                             option->name, option->all->items[i].name, option->all->items[i].value,
                             option->all->items[i].name);
    return FSC_OK;
}

static fsc_status read_laws(fsc_ctx *ctx, const fsc_args *args, fsci_arena *a,
                            const fsci_fit_settings *settings, sources *from, fsci_contender *out,
                            size_t *n, fsc_error *err)
{
    size_t n_laws = fsci_args_positionals(args) - 1;
    shared_option map, prior;
    FSCI_TRY(shared_option_new(a, "map", &settings->map, &map, err));
    FSCI_TRY(shared_option_new(a, "prior", &settings->prior, &prior, err));
    if (n_laws > MOST_LAWS / 4)
        return fsci_fail(err, FSC_EUSAGE, "at most %d laws can be compared at once", MOST_LAWS / 4);
    for (size_t i = 0; i < n_laws; i++) {
        fsci_contender *c = &out[i];
        const char *text = fsci_args_positional(args, i);
        *c = (fsci_contender){.settings = *settings};
        FSCI_TRY(fsci_subject_find(ctx, args, text, a, &c->subject, &from->laws[from->n], err));
        c->id = from->laws[from->n] ? from->laws[from->n]->id : text;
        from->n += from->laws[from->n] != NULL;
        for (size_t j = 0; j < i; j++)
            if (!strcmp(out[j].id, c->id))
                return fsci_fail(err, FSC_EUSAGE, "%s is given twice", c->id);
        FSCI_TRY(take_own(a, &map, &c->subject, NULL, &c->settings.map, err));
        const char *dispersion = dispersion_of(a, settings, &out[0].subject, &c->subject);
        FSCI_TRY(take_own(a, &prior, &c->subject, dispersion, &c->settings.prior, err));
    }
    *n = n_laws;
    FSCI_TRY(check_used(&map, err));
    return check_used(&prior, err);
}

static bool same_texts(const fsci_texts *a, const fsci_texts *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = !strcmp(a->items[i], b->items[i]);
    return same;
}

/* The law whose operators make the table of all: with --prepare the first, for its symbols; else
 * the one that states some, with which others that do agree. NULL for none. */
static fsc_status prepared_as(const fsc_args *args, const fsci_contender *list, size_t n,
                              const fsc_law **law, fsc_error *err)
{
    *law = NULL;
    if (fsc_args_get(args, "prepare", 0)) {
        *law = n ? list[0].subject.law : NULL;
        return FSC_OK;
    }
    for (size_t i = 0; i < n; i++) {
        const fsc_law *own = list[i].subject.law;
        if (!own || !own->prepare.n)
            continue;
        if (*law && !same_texts(&own->prepare, &(*law)->prepare))
            return fsci_fail(err, FSC_EINPUT,
                             "laws %s and %s are fitted to tables prepared in different ways (%s; "
                             "%s), and laws are compared on one: give it with --prepare",
                             (*law)->id, own->id, (*law)->prepare.items[0], own->prepare.items[0]);
        *law = own;
    }
    return FSC_OK;
}

/* With --by every law stands three times: one for all levels, with the shared parameters the same,
 * and all its own at each level. */
static fsc_status add_groups(const fsc_args *args, fsci_arena *a, const fsc_table *table,
                             fsci_contender *list, size_t *n, fsc_error *err)
{
    const char *by = fsci_args_text(args, "by"), **shared;
    size_t n_shared, n_laws = *n;
    FSCI_TRY(fsci_args_list(args, "share", a, &shared, &n_shared, err));
    if (!by)
        return n_shared ? fsci_fail(err, FSC_EUSAGE,
                                    "--share needs --by COLUMN: the same at which levels?")
                        : FSC_OK;
    for (size_t i = 0; i < n_laws; i++)
        for (size_t kind = n_shared ? 0 : 1; kind < 2; kind++) {
            const fsci_grouping grouping = {
                .column = by, .shared = shared, .n_shared = kind ? 0 : n_shared};
            fsci_contender *c = &list[(*n)++];
            *c = list[i];
            FSCI_TRY(fsci_grouped_subject(a, &list[i].subject, table, &list[i].settings, &grouping,
                                          &c->subject, err));
            c->id = kind ? fsci_format(a, "%s by %s", list[i].id, by)
                         : fsci_format(a, "%s by %s, %s shared", list[i].id, by,
                                       fsci_join(a, shared, n_shared, ", "));
        }
    return FSC_OK;
}

static fsc_status read_held(const fsc_args *args, fsci_arena *a, const fsc_table *table,
                            fsci_comparison_input *in, fsc_error *err)
{
    const char *rule = fsci_args_text(args, "holdout");
    if (!rule)
        return FSC_OK;
    bool *held = FSCI_NEW(a, bool, fsci_table_rows(table));
    size_t n = 0;
    if (!held)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_rows_mask(a, table, "--holdout", rule, held, err));
    for (size_t i = 0; i < fsci_table_rows(table); i++)
        n += held[i];
    if (!n || n == fsci_table_rows(table))
        return fsci_fail(err, FSC_EINPUT, "--holdout '%s' holds out %s of the %zu rows of %s", rule,
                         n ? "all" : "none", fsci_table_rows(table), fsci_table_name(table));
    in->held = held;
    in->held_name = rule;
    return FSC_OK;
}

static fsc_status read_nested(const fsc_args *args, fsci_arena *a, fsci_comparison_input *in,
                              fsc_error *err)
{
    const char **pair;
    size_t n;
    FSCI_TRY(fsci_args_list(args, "nested", a, &pair, &n, err));
    if (n && n != 2)
        return fsci_fail(err, FSC_EUSAGE,
                         "--nested takes two laws, the full one and the reduced one, as "
                         "chinchilla,power-plus-constant");
    in->nested = n ? pair : NULL;
    return FSC_OK;
}

/* --at x=1e12 with --crossover x. */
static fsc_status read_decision(const fsc_args *args, fsci_arena *a, fsci_comparison_input *in,
                                fsc_error *err)
{
    fsci_settings_list list;
    FSCI_TRY(fsci_args_pairs(args, "at", a, &list, err));
    if (!list.n)
        return FSC_OK;
    const fsci_setting *one = &list.items[0];
    const char *symbol = in->crossover ? in->crossover : "SYMBOL";
    if (list.n > 1 || !in->crossover || strcmp(one->name, in->crossover) != 0)
        return fsci_fail(err, FSC_EUSAGE,
                         "--at asks which curve is lower at one scale: give --crossover %s --at "
                         "%s=VALUE",
                         symbol, symbol);
    if (!fsci_quantity_read(one->value, strlen(one->value), &in->decide_at))
        return fsci_fail(err, FSC_EUSAGE, "--at %s=%s: '%s' %s", symbol, one->value, one->value,
                         fsci_quantity_flaw(one->value, strlen(one->value)));
    if (!(in->decide_at > 0) || !isfinite(in->decide_at))
        return fsci_fail(err, FSC_EUSAGE, "--at %s=%s: a scale is above 0", symbol, one->value);
    return FSC_OK;
}

static fsc_status fill_input(const fsc_args *args, fsci_arena *a, const fsc_table *table,
                             const fsci_fit_settings *settings, bool families,
                             fsci_comparison_input *in, fsc_error *err)
{
    const char *cluster = fsci_args_text(args, "cluster");
    in->table = table;
    in->folds = fsci_args_count(args, "folds");
    if (in->folds == 1)
        return fsci_fail(err, FSC_EUSAGE,
                         "--folds 1 leaves nothing to fit; give 2 or more, or 0 for none");
    in->crossover = fsci_args_text(args, "crossover");
    FSCI_TRY(read_decision(args, a, in, err));
    in->seed = settings->seed;
    in->threads = settings->search.threads;
    in->level = settings->level;
    if (cluster)
        FSCI_TRY(fsci_table_as_categories(a, table, cluster, &in->cluster, err));
    if (families)
        FSCI_TRY(fsci_family_find(table, fsci_args_text(args, "family"), &in->family, err));
    FSCI_TRY(read_held(args, a, table, in, err));
    return read_nested(args, a, in, err);
}

static fsc_status compare(fsc_ctx *ctx, const fsc_args *args, sources *from, fsci_json *inputs,
                          fsci_compare_fn *run, fsc_record *record, fsc_error *err)
{
    fsci_arena *a = record->arena;
    size_t n_given = fsci_args_positionals(args);
    fsci_fit_settings settings;
    fsci_comparison_input in = {0};
    const fsc_law *as;
    fsci_contender *list = FSCI_NEW(a, fsci_contender, MOST_LAWS);
    if (!list)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_args_settings(args, a, &settings, err));
    settings.cluster = NULL; /* here of the folds */
    FSCI_TRY(read_laws(ctx, args, a, &settings, from, list, &in.n, err));
    FSCI_TRY(
        fsci_rows_read(a, args, fsci_args_positional(args, n_given - 1), inputs, &from->rows, err));
    FSCI_TRY(prepared_as(args, list, in.n, &as, err));
    FSCI_TRY(fsci_rows_prepare(a, args, as, &from->rows, err));
    FSCI_TRY(add_groups(args, a, from->rows.table, list, &in.n, err));
    in.contenders = list;
    FSCI_TRY(
        fill_input(args, a, from->rows.table, &settings, run == fsci_law_backtest_run, &in, err));
    fsci_rows_describe(a, &from->rows, record->root);
    fsci_rows_prepared(a, &from->rows, record->root);
    return run(a, &in, record->root, err);
}

fsc_status fsci_compare_laws(fsc_ctx *ctx, const fsc_args *args, const char *kind,
                             fsci_compare_fn *run, fsc_record *record, fsc_error *err)
{
    sources from = {0};
    fsci_json *inputs = fsci_json_array(record->arena);
    record->root = fsci_record_begin(record->arena, kind);
    fsci_json_set_array(record->arena, record->root, "warnings");
    fsc_status status = compare(ctx, args, &from, inputs, run, record, err);
    fsci_rows_free(&from.rows);
    for (size_t i = 0; i < from.n; i++)
        fsci_law_free(from.laws[i]);
    if (status == FSC_OK)
        fsci_provenance_add(record->arena, args, inputs, record->root);
    return status;
}

fsc_status fsci_command_compare(fsc_ctx *ctx, const fsc_args *args, fsc_record *record,
                                fsc_error *err)
{
    if (fsci_args_positionals(args) < 3 && !fsci_args_text(args, "by"))
        return fsci_fail(err, FSC_EUSAGE,
                         "compare needs two laws or more and a table, or one law with --by COLUMN");
    return fsci_compare_laws(ctx, args, "comparison", fsci_comparison_run, record, err);
}
