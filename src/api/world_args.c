#include "api/world_args.h"

#include "api/published.h"
#include "api/source.h"
#include "base/number.h"
#include "law/sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_STEPS = 8 };

/* "LO..HI", "LO..HI:STEPS" or one value. */
static fsc_status read_range(const fsci_setting *s, fsci_range *r, fsc_error *err)
{
    const char *dots = strstr(s->value, ".."), *colon = strchr(s->value, ':');
    size_t length = strlen(s->value);
    double steps = USUAL_STEPS;
    *r = (fsci_range){.name = s->name, .steps = 1};
    bool good = dots ? fsci_quantity_read(s->value, (size_t)(dots - s->value), &r->lo)
                     : fsci_quantity_read(s->value, length, &r->lo);
    r->hi = r->lo;
    if (dots) {
        size_t end = colon ? (size_t)(colon - dots - 2) : strlen(dots + 2);
        good = good && fsci_quantity_read(dots + 2, end, &r->hi) && r->hi > r->lo;
        if (colon)
            good = good && fsci_number_read(colon + 1, strlen(colon + 1), &steps);
        good = good && steps >= 1 && steps <= FSCI_DESIGN_ROWS && steps == floor(steps);
        r->steps = good ? (size_t)steps : 1;
    }
    if (good)
        return FSC_OK;
    return fsci_fail(err, FSC_EUSAGE,
                     "--at %s=%s: write one value, a range LO..HI with LO < HI, or LO..HI:STEPS",
                     s->name, s->value);
}

static fsc_status read_ranges(const fsc_args *args, fsci_arena *arena, fsci_range **ranges,
                              size_t *n, fsc_error *err)
{
    fsci_settings_list list;
    FSCI_TRY(fsci_args_pairs(args, "at", arena, &list, err));
    *ranges = FSCI_NEW(arena, fsci_range, list.n);
    *n = list.n;
    if (!*ranges)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < list.n; i++)
        FSCI_TRY(read_range(&list.items[i], &(*ranges)[i], err));
    return FSC_OK;
}

/* Codes and levels of a category, copied: the table is not kept. */
static fsci_world_column category(fsci_arena *arena, const fsci_column *column, size_t n)
{
    const char **levels = FSCI_NEW(arena, const char *, column->n_levels);
    for (size_t k = 0; levels && k < column->n_levels; k++)
        levels[k] = fsci_copy_string(arena, column->levels[k]);
    return (fsci_world_column){.name = fsci_copy_string(arena, column->name),
                               .codes = fsci_copy_array(arena, column->codes, n, sizeof(uint32_t)),
                               .levels = levels,
                               .n_levels = column->n_levels};
}

/* The columns of --design; --at adds to them what it holds at one value. */
static fsc_status design_of_table(const fsc_args *args, fsci_arena *arena, const char *path,
                                  const fsci_range *ranges, size_t n_ranges, fsci_json *inputs,
                                  fsci_design *d, fsc_error *err)
{
    fsc_table *table;
    const fsci_table_options options = {.hash_comments = fsci_args_flag(args, "comments")};
    FSCI_TRY(fsci_source_table(path, &options, &table, err));
    size_t n_columns = fsci_table_columns(table), n = fsci_table_rows(table);
    fsci_source_provenance(arena, path, n, inputs);
    *d = (fsci_design){FSCI_NEW(arena, fsci_world_column, n_columns + n_ranges), 0, n};
    fsc_status status = d->columns ? FSC_OK : fsci_fail_memory(err);
    for (size_t c = 0; status == FSC_OK && c < n_columns; c++) {
        const fsci_column *column = fsci_table_column(table, c);
        if (column->kind != FSCI_COLUMN_NUMBERS) {
            if (!column->n_missing)
                d->columns[d->n_columns++] = category(arena, column, n);
            continue;
        }
        d->columns[d->n_columns++] = (fsci_world_column){
            .name = fsci_copy_string(arena, column->name),
            .values = fsci_copy_array(arena, column->numbers, n, sizeof(double))};
    }
    fsci_table_free(table);
    for (size_t r = 0; status == FSC_OK && r < n_ranges; r++) {
        double *values = FSCI_NEW(arena, double, n);
        if (ranges[r].steps != 1)
            status = fsci_fail(err, FSC_EUSAGE,
                               "--at %s: beside --design a column takes one value, not a range",
                               ranges[r].name);
        for (size_t i = 0; values && i < n; i++)
            values[i] = ranges[r].lo;
        d->columns[d->n_columns++] = (fsci_world_column){.name = ranges[r].name, .values = values};
    }
    return status == FSC_OK && fsci_arena_failed(arena) ? fsci_fail_memory(err) : status;
}

static fsc_status read_design(const fsc_args *args, fsci_arena *arena, uint64_t seed,
                              fsci_json *inputs, fsci_design *d, fsc_error *err)
{
    fsci_range *ranges;
    size_t n;
    const char *path = fsci_args_text(args, "design");
    bool drawn = fsc_args_get(args, "rows", 0) != NULL;
    FSCI_TRY(read_ranges(args, arena, &ranges, &n, err));
    if (path && drawn)
        return fsci_fail(err, FSC_EUSAGE, "--design and --rows both say how many rows; keep one");
    if (path)
        return design_of_table(args, arena, path, ranges, n, inputs, d, err);
    if (!n)
        return fsci_fail(err, FSC_EUSAGE,
                         "sim law needs a design: --at NAME=LO..HI,... or --design TABLE");
    if (!drawn)
        return fsci_design_grid(arena, ranges, n, d, err);
    size_t rows = fsci_args_count(args, "rows");
    if (!rows || rows > FSCI_DESIGN_ROWS)
        return fsci_fail(err, FSC_EUSAGE, "--rows %zu: give 1 to %d", rows, FSCI_DESIGN_ROWS);
    return fsci_design_random(arena, ranges, n, rows, seed, d, err);
}

/* "c[gpt]": the value of c at gpt. */
static fsc_status name_parameter(fsci_arena *arena, const char *text, fsci_value *v, fsc_error *err)
{
    size_t length = strlen(text), at = strcspn(text, "[");
    bool of_level = at && at + 2 < length && text[length - 1] == ']';
    *v = (fsci_value){.name = of_level ? fsci_copy_text(arena, text, at) : text,
                      .member =
                          of_level ? fsci_copy_text(arena, text + at + 1, length - at - 2) : NULL};
    return v->name && (v->member || !of_level) ? FSC_OK : fsci_fail_memory(err);
}

/* Parameters: --fix before a published set. */
static fsc_status read_parameters(const fsc_args *args, fsci_arena *arena, const fsc_law *law,
                                  fsci_values *values, fsc_error *err)
{
    fsci_settings_list fix;
    const fsci_law_published *set = NULL;
    FSCI_TRY(fsci_args_pairs(args, "fix", arena, &fix, err));
    if (law && (fsci_args_text(args, "set") || !fix.n))
        FSCI_TRY(fsci_args_set(args, law, &set, err));
    *values =
        (fsci_values){.items = FSCI_NEW(arena, fsci_value, fix.n + (set ? set->values.n : 0))};
    if (!values->items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < fix.n; i++) {
        fsci_value *v = &values->items[values->n++];
        const char *text = fix.items[i].value;
        FSCI_TRY(name_parameter(arena, fix.items[i].name, v, err));
        if (!fsci_quantity_read(text, strlen(text), &v->value))
            return fsci_fail(err, FSC_EUSAGE, "--fix %s=%s: '%s' %s", v->name, text, text,
                             fsci_quantity_flaw(text, strlen(text)));
    }
    for (size_t i = 0; set && i < set->values.n; i++) {
        bool given = false;
        for (size_t j = 0; j < fix.n; j++)
            given = given || !strcmp(values->items[j].name, set->values.items[i].name);
        if (!given)
            values->items[values->n++] = set->values.items[i];
    }
    return FSC_OK;
}

/* "normal:0.01", "student:4:0.01"; "8:0.05". */
static fsc_status read_noise(const fsc_args *args, fsci_noise *noise, fsc_error *err)
{
    const char *text = fsci_args_text(args, "errors"), *rest = text;
    *noise = (fsci_noise){.freedom = INFINITY};
    char *end = NULL;
    if (text && !strncmp(text, "student:", 8)) {
        noise->freedom = strtod(text + 8, &end);
        rest = *end == ':' && noise->freedom > 0 ? end + 1 : NULL;
    } else if (text) {
        rest = !strncmp(text, "normal:", 7) ? text + 7 : NULL;
    }
    if (text && (!rest || !fsci_number_read(rest, strlen(rest), &noise->scale) || noise->scale < 0))
        return fsci_fail(err, FSC_EUSAGE,
                         "--errors %s: write normal:SD or student:DF:SCALE, as normal:0.01", text);
    text = fsci_args_text(args, "cluster-errors");
    if (!text)
        return FSC_OK;
    double clusters = strtod(text, &end);
    if (*end != ':' || clusters < 2 || clusters > FSCI_DESIGN_ROWS || clusters != floor(clusters) ||
        !fsci_number_read(end + 1, strlen(end + 1), &noise->cluster_scale) ||
        noise->cluster_scale < 0)
        return fsci_fail(err, FSC_EUSAGE,
                         "--cluster-errors %s: write K:SD with K of 2 or more, as 8:0.05", text);
    noise->clusters = (size_t)clusters;
    return FSC_OK;
}

static fsci_residual read_space(const fsc_args *args, const fsc_law *law)
{
    static const char *const names[] = {"identity", "log", "logit"};
    const char *text = fsci_args_text(args, "residual");
    for (int i = 0; text && i < 3; i++)
        if (!strcmp(text, names[i]))
            return (fsci_residual)i;
    return law ? law->objective.residual : FSCI_RESIDUAL_IDENTITY;
}

/* Columns that are members of a law's sets: web of r_j. */
static fsc_status name_columns(fsci_arena *arena, const fsci_world_input *in,
                               fsci_world_column *columns, size_t n, fsc_error *err)
{
    for (size_t i = 0; in->law && i < n; i++) {
        fsci_value meant;
        FSCI_TRY(
            fsci_law_input_named(arena, in->law, &in->parameters, columns[i].name, &meant, err));
        columns[i].of = meant.member ? meant.name : NULL;
        columns[i].member = meant.member;
    }
    return FSC_OK;
}

static const fsci_value *value_at(const fsci_values *values, const char *name, const char *level)
{
    const fsci_value *any = NULL;
    for (size_t i = 0; i < values->n; i++) {
        const fsci_value *v = &values->items[i];
        if (strcmp(v->name, name) != 0)
            continue;
        if (v->member && !strcmp(v->member, level))
            return v;
        any = v->member ? any : v;
    }
    return any;
}

/* A parameter that differs by a category has a value at every level of it, its own or the one that
 * is given for all. */
static fsc_status spread_levels(const fsci_world_input *in, const fsci_world_column *category,
                                const char *name, fsci_values *to, fsc_error *err)
{
    for (size_t k = 0; k < category->n_levels; k++) {
        const fsci_value *v = value_at(&in->parameters, name, category->levels[k]);
        if (!v)
            return fsci_fail(err, FSC_EUSAGE, "no value for %s[%s]; give it with --fix", name,
                             category->levels[k]);
        to->items[to->n++] =
            (fsci_value){.name = name, .member = category->levels[k], .value = v->value};
    }
    return FSC_OK;
}

static const fsci_world_column *find_category(const fsci_world_input *in, const char *name)
{
    for (size_t i = 0; name && i < in->n_columns; i++)
        if (in->columns[i].codes && !strcmp(in->columns[i].name, name))
            return &in->columns[i];
    return NULL;
}

static fsc_status spread_all_levels(fsci_arena *arena, fsci_world_input *in, fsc_error *err)
{
    size_t room = in->parameters.n + 1;
    for (size_t i = 0; i < in->n_columns; i++)
        room += in->columns[i].n_levels * in->parameters.n;
    fsci_values to = {.items = FSCI_NEW(arena, fsci_value, room)};
    if (!to.items)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->parameters.n; i++) {
        const fsci_value *v = &in->parameters.items[i];
        const fsci_world_column *category =
            find_category(in, fsci_world_category_of(arena, in, v->name));
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(in->parameters.items[k].name, v->name) != 0;
        if (!category)
            to.items[to.n++] = *v;
        else if (first)
            FSCI_TRY(spread_levels(in, category, v->name, &to, err));
    }
    in->parameters = to;
    return FSC_OK;
}

fsc_status fsci_world_args(const fsc_args *args, const fsci_subject *subject, fsci_arena *arena,
                           uint64_t seed, fsci_json *inputs, fsci_world_input *in, fsc_error *err)
{
    fsci_design design;
    *in = (fsci_world_input){.law = subject->law, .formula = subject->formula};
    FSCI_TRY(read_design(args, arena, seed, inputs, &design, err));
    FSCI_TRY(read_parameters(args, arena, subject->law, &in->parameters, err));
    FSCI_TRY(read_noise(args, &in->noise, err));
    FSCI_TRY(name_columns(arena, in, design.columns, design.n_columns, err));
    in->space = read_space(args, subject->law);
    in->columns = design.columns;
    in->n_columns = design.n_columns;
    in->n = design.n;
    FSCI_TRY(spread_all_levels(arena, in, err));
    if (in->noise.clusters > in->n)
        return fsci_fail(err, FSC_EUSAGE, "--cluster-errors: %zu clusters are more than %zu rows",
                         in->noise.clusters, in->n);
    return FSC_OK;
}
