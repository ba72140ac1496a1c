#include "fit/settings.h"

#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const interval_names[] = {"local", "profile", "percentile", "bca",
                                             "studentised"};
static const char *const resample_names[] = {"cases", "cluster", "hierarchical", "parametric"};

const char *fsci_interval_name(fsci_interval_method method)
{
    return interval_names[method];
}

const char *fsci_resample_name(fsci_resample_unit unit)
{
    return resample_names[unit];
}

static bool find_name(const char *const *names, size_t n, const char *name, size_t *index)
{
    for (*index = 0; *index < n; ++*index)
        if (!strcmp(names[*index], name))
            return true;
    return false;
}

bool fsci_interval_named(const char *name, fsci_interval_method *method)
{
    size_t i = FSCI_INTERVAL_PERCENTILE;
    bool found =
        !strcmp(name, "bootstrap") ||
        find_name(interval_names, sizeof interval_names / sizeof *interval_names, name, &i);
    *method = (fsci_interval_method)i;
    return found;
}

bool fsci_resample_named(const char *name, fsci_resample_unit *unit)
{
    size_t i;
    bool found =
        find_name(resample_names, sizeof resample_names / sizeof *resample_names, name, &i);
    *unit = (fsci_resample_unit)i;
    return found;
}

/* "E" names a parameter in all its groups, "E[GPT-2]" in one. */
static bool is_named(const fsci_parameter *p, const char *text)
{
    size_t n = strlen(p->name), m = p->group ? strlen(p->group) : 0;
    if (strncmp(text, p->name, n) != 0)
        return false;
    text += n;
    return !*text || (p->group && *text == '[' && !strncmp(text + 1, p->group, m) &&
                      !strcmp(text + 1 + m, "]"));
}

static fsc_status no_group(const char *option, const char *name, const char *parameter,
                           const char *near, fsc_error *err)
{
    if (near)
        return fsci_fail(err, FSC_EUSAGE, "--%s: no parameter '%s'; did you mean '%s[%s]'?", option,
                         name, parameter, near);
    return fsci_fail(err, FSC_EUSAGE, "--%s: '%s' has no group of the name given in '%s'", option,
                     parameter, name);
}

static fsc_status no_parameter(const char *option, const char *name,
                               const fsci_parameter *parameters, size_t n, fsc_error *err)
{
    const char *names[64], *groups[64], *near, *owner = NULL;
    size_t m = n < 64 ? n : 64, n_groups = 0, stem = strcspn(name, "[");
    for (size_t i = 0; i < m; i++) {
        names[i] = parameters[i].name;
        if (!parameters[i].group || strlen(names[i]) != stem || strncmp(names[i], name, stem) != 0)
            continue;
        owner = names[i];
        groups[n_groups++] = parameters[i].group;
    }
    if (owner && name[stem]) {
        char group[128];
        snprintf(group, sizeof group, "%.*s", (int)strcspn(name + stem + 1, "]"), name + stem + 1);
        return no_group(option, name, owner, fsci_nearest(group, groups, n_groups), err);
    }
    if ((near = fsci_nearest(name, names, m)))
        return fsci_fail(err, FSC_EUSAGE, "--%s: no parameter '%s'; did you mean '%s'?", option,
                         name, near);
    return fsci_fail(err, FSC_EUSAGE, "--%s: no parameter '%s' in the formula", option, name);
}

/* Calls `apply` on every parameter named. */
typedef fsc_status apply_fn(fsci_arena *arena, const char *value, fsci_parameter *all, size_t n,
                            fsci_parameter *p, fsc_error *err);

static fsc_status each(const char *option, const fsci_settings_list *list, apply_fn *apply,
                       fsci_arena *arena, fsci_parameter *all, size_t n, fsc_error *err)
{
    for (size_t s = 0; s < list->n; s++) {
        bool found = false;
        for (size_t i = 0; i < n; i++) {
            if (!is_named(&all[i], list->items[s].name))
                continue;
            found = true;
            FSCI_TRY(apply(arena, list->items[s].value, all, n, &all[i], err));
        }
        if (!found)
            return no_parameter(option, list->items[s].name, all, n, err);
    }
    return FSC_OK;
}

static fsc_status fix(fsci_arena *arena, const char *value, fsci_parameter *all, size_t n,
                      fsci_parameter *p, fsc_error *err)
{
    (void)arena, (void)all, (void)n;
    p->role = FSCI_FIXED;
    if (!fsci_quantity_read(value, strlen(value), &p->value))
        return fsci_fail(err, FSC_EUSAGE, "--fix %s=%s: '%s' %s", p->name, value, value,
                         fsci_quantity_flaw(value, strlen(value)));
    if (p->value < p->lo || p->value > p->hi)
        return fsci_fail(err, FSC_EUSAGE, "--fix %s=%s is outside its bounds, %s to %s", p->name,
                         value, fsci_briefly(p->lo, 6).text, fsci_briefly(p->hi, 6).text);
    return FSC_OK;
}

static fsc_status tie(fsci_arena *arena, const char *value, fsci_parameter *all, size_t n,
                      fsci_parameter *p, fsc_error *err)
{
    (void)arena;
    for (size_t i = 0; i < n; i++) {
        bool same_group = !all[i].group || (p->group && !strcmp(all[i].group, p->group));
        bool all_groups = !strcmp(all[i].name, value);
        if (!is_named(&all[i], value) || (all_groups && !same_group))
            continue;
        if (all[i].role == FSCI_TIED || &all[i] == p)
            return fsci_fail(err, FSC_EUSAGE,
                             "--tie %s=%s goes in a circle; tie both to one free parameter",
                             p->name, value);
        p->role = FSCI_TIED;
        p->tied_to = i;
        all[i].lo = fmax(all[i].lo, p->lo);
        all[i].hi = fmin(all[i].hi, p->hi);
        return FSC_OK;
    }
    return no_parameter("tie", value, all, n, err);
}

static bool read_end(const char *text, size_t length, double *end)
{
    return length == 0 || fsci_quantity_read(text, length, end);
}

/* An end that is no number is the name of another parameter. */
static bool names_parameter(const char *text, size_t length)
{
    bool letter = isalpha((unsigned char)*text) || *text == '_';
    for (size_t i = 0; letter && i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    return length && letter;
}

static fsc_status bound(fsci_arena *arena, const char *value, fsci_parameter *all, size_t n,
                        fsci_parameter *p, fsc_error *err)
{
    (void)all, (void)n;
    const char *colon = strchr(value, ':');
    size_t to_colon = colon ? (size_t)(colon - value) : 0;
    bool above = colon && names_parameter(value, to_colon);
    bool below = colon && names_parameter(colon + 1, strlen(colon + 1));
    double lo = p->lo, hi = p->hi;
    if (!colon || (!above && !read_end(value, to_colon, &lo)) ||
        (!below && !read_end(colon + 1, strlen(colon + 1), &hi)))
        return fsci_fail(err, FSC_EUSAGE,
                         "--bound %s=%s: write LO:HI, as %s=0:4; either may be left out or be "
                         "another parameter",
                         p->name, value, p->name);
    if (above)
        p->above = fsci_copy_text(arena, value, to_colon);
    if (below)
        p->below = colon + 1;
    if (lo < p->lo || hi > p->hi)
        return fsci_fail(err, FSC_EUSAGE, "--bound %s=%s leaves the law's own domain, %s to %s",
                         p->name, value, fsci_briefly(p->lo, 6).text, fsci_briefly(p->hi, 6).text);
    if (!(lo < hi))
        return fsci_fail(err, FSC_EUSAGE, "--bound %s=%s is empty; use --fix to hold a value",
                         p->name, value);
    p->lo = lo;
    p->hi = hi;
    if (p->lo == -INFINITY && p->hi == INFINITY)
        return FSC_OK;
    if (p->start_hi < lo || p->start_lo > hi || isinf(p->start_lo))
        p->start_lo = p->start_hi = NAN;
    p->start_lo = fmax(p->start_lo, lo); /* of a NaN start the bounds decide */
    p->start_hi = fmin(p->start_hi, hi);
    if (!isfinite(p->start_lo) || !isfinite(p->start_hi))
        p->start_lo = p->start_hi = NAN;
    return FSC_OK;
}

static fsc_status start(fsci_arena *arena, const char *value, fsci_parameter *all, size_t n,
                        fsci_parameter *p, fsc_error *err)
{
    (void)all, (void)n;
    size_t count = 1, i = 0;
    for (const char *c = value; *c; c++)
        count += *c == ':';
    double *grid = FSCI_NEW(arena, double, count);
    if (!grid)
        return fsci_fail_memory(err);
    for (const char *at = value; i < count; i++) {
        size_t length = strcspn(at, ":");
        if (!fsci_quantity_read(at, length, &grid[i]))
            return fsci_fail(err, FSC_EUSAGE, "--start %s=%s: '%.*s' %s", p->name, value,
                             (int)length, at, fsci_quantity_flaw(at, length));
        if (grid[i] < p->lo || grid[i] > p->hi)
            return fsci_fail(err, FSC_EUSAGE, "--start %s=%.*s is outside its bounds, %s to %s",
                             p->name, (int)length, at, fsci_briefly(p->lo, 6).text,
                             fsci_briefly(p->hi, 6).text);
        at += length + (at[length] == ':');
    }
    p->grid = grid;
    p->n_grid = count;
    return FSC_OK;
}

/* A tied parameter follows another: nothing else can be asked of it. */
static fsc_status check_ties(const fsci_fit_settings *s, const fsci_parameter *parameters, size_t n,
                             fsc_error *err)
{
    const struct {
        const char *option;
        const fsci_settings_list *list;
    } others[] = {{"fix", &s->fix}, {"bound", &s->bound}, {"start", &s->start}};
    for (size_t i = 0; i < n; i++) {
        if (parameters[i].role != FSCI_TIED)
            continue;
        if (parameters[parameters[i].tied_to].role == FSCI_TIED)
            return fsci_fail(err, FSC_EUSAGE,
                             "--tie: '%s' is tied to '%s', which is tied itself; tie both to one "
                             "free parameter",
                             parameters[i].name, parameters[parameters[i].tied_to].name);
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            for (size_t j = 0; j < others[k].list->n; j++)
                if (is_named(&parameters[i], others[k].list->items[j].name))
                    return fsci_fail(err, FSC_EUSAGE,
                                     "--tie and --%s both say what '%s' is; a tied parameter "
                                     "follows the other: keep one",
                                     others[k].option, others[k].list->items[j].name);
    }
    return FSC_OK;
}

fsc_status fsci_settings_apply(const fsci_fit_settings *s, fsci_arena *arena,
                               fsci_parameter *parameters, size_t n, fsc_error *err)
{
    FSCI_TRY(each("bound", &s->bound, bound, arena, parameters, n, err));
    FSCI_TRY(each("start", &s->start, start, arena, parameters, n, err));
    FSCI_TRY(each("fix", &s->fix, fix, arena, parameters, n, err));
    FSCI_TRY(each("tie", &s->tie, tie, arena, parameters, n, err));
    return check_ties(s, parameters, n, err);
}

fsc_status fsci_settings_starts(const char *text, fsci_search_options *options, fsc_error *err)
{
    double count;
    options->scheme = FSCI_STARTS_SCREENED;
    if (!text)
        return FSC_OK;
    if (!strcmp(text, "grid")) {
        options->scheme = FSCI_STARTS_GRID;
        return FSC_OK;
    }
    if (!fsci_quantity_read(text, strlen(text), &count) || count < 1 || count > 1e6 ||
        floor(count) != count)
        return fsci_fail(err, FSC_EUSAGE,
                         "--starts is a number from 1 to 1000000 or grid, not '%s'", text);
    options->scheme = FSCI_STARTS_COUNT;
    options->count = (size_t)count;
    return FSC_OK;
}
