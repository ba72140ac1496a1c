/* Domains (">= 0, < 0.2", any) and their ends (a number, max(x), 10*max(x), 1/min(x)). */
#include "base/number.h"
#include "law/lint.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

const fsci_domain fsci_domain_all = {{.value = -INFINITY, .open = true},
                                     {.value = INFINITY, .open = true}};

double fsci_bound_at(const fsci_bound *bound, double column_min, double column_max)
{
    if (!bound->column)
        return bound->value;
    double extreme = bound->of_max ? column_max : column_min;
    return bound->over ? bound->value / extreme : bound->value * extreme;
}

static bool above(const fsci_bound *lo, double value)
{
    return lo->column || (lo->open ? value > lo->value : value >= lo->value);
}

static bool below(const fsci_bound *hi, double value)
{
    return hi->column || (hi->open ? value < hi->value : value <= hi->value);
}

bool fsci_domain_holds(const fsci_domain *domain, double value)
{
    return isfinite(value) && above(&domain->lo, value) && below(&domain->hi, value);
}

typedef struct scanner {
    fsci_arena *arena;
    const char *start, *at;
} scanner;

static void skip_space(scanner *s)
{
    while (*s->at == ' ' || *s->at == '\t')
        s->at++;
}

static bool take(scanner *s, char c)
{
    skip_space(s);
    if (*s->at != c)
        return false;
    s->at++;
    return true;
}

static size_t word(scanner *s)
{
    skip_space(s);
    size_t n = 0;
    while (isalnum((unsigned char)s->at[n]) || s->at[n] == '_')
        n++;
    return n;
}

/* min(column) or max(column), after the factor. */
static const char *read_extreme(scanner *s, fsci_bound *bound)
{
    size_t n = word(s);
    bound->of_max = !memcmp(s->at, "max", 3);
    s->at += n;
    if (!take(s, '('))
        return "expected ( after min or max";
    n = word(s);
    if (n == 0)
        return "expected the name of a column";
    bound->column = fsci_copy_text(s->arena, s->at, n);
    s->at += n;
    return take(s, ')') ? NULL : "expected ) after the name of the column";
}

static const char *read_bound(scanner *s, fsci_bound *bound)
{
    skip_space(s);
    size_t used = fsci_number_scan(s->at, strlen(s->at), &bound->value);
    s->at += used;
    if (used && !isfinite(bound->value))
        return "a number beyond the range of a double";
    bound->over = used && take(s, '/');
    if (used && !bound->over && !take(s, '*'))
        return NULL;
    if (!used)
        bound->value = 1;
    size_t n = word(s);
    if (n == 3 && (!memcmp(s->at, "min", 3) || !memcmp(s->at, "max", 3)))
        return read_extreme(s, bound);
    if (used || n == 0 || isdigit((unsigned char)*s->at))
        return "expected a number, min(column), max(column) or a parameter";
    const char *name = s->at;
    bound->parameter = fsci_copy_text(s->arena, name, n);
    s->at += n;
    skip_space(s);
    if (*s->at != '(')
        return NULL;
    s->at = name;
    return "expected a number, min(column), max(column) or a parameter";
}

const char *fsci_bound_read(fsci_arena *arena, const char *text, fsci_bound *bound, size_t *offset)
{
    scanner s = {arena, text, text};
    *bound = (fsci_bound){0};
    const char *problem = read_bound(&s, bound);
    skip_space(&s);
    if (!problem && *s.at)
        problem = "expected nothing more";
    if (!problem && bound->parameter)
        problem = "expected a number, min(column) or max(column)";
    *offset = (size_t)(s.at - text);
    if (problem)
        *bound = (fsci_bound){.value = NAN};
    return problem;
}

static const char *read_comparison(scanner *s, fsci_domain *domain)
{
    skip_space(s);
    const char *start = s->at;
    if (*start != '<' && *start != '>')
        return "expected a comparison with <, <=, > or >=, or the word any";
    fsci_bound *end = *start == '<' ? &domain->hi : &domain->lo;
    if (end->column || end->parameter || isfinite(end->value))
        return *start == '<' ? "a second upper bound" : "a second lower bound";
    s->at++;
    fsci_bound bound = {.open = *s->at != '='};
    s->at += !bound.open;
    double none = end->value;
    const char *problem = read_bound(s, &bound);
    *end = bound;
    if (bound.parameter)
        end->value = none; /* until the other parameter is known */
    return problem;
}

const char *fsci_domain_read(fsci_arena *arena, const char *text, fsci_domain *domain,
                             size_t *offset)
{
    scanner s = {arena, text, text};
    *domain = fsci_domain_all;
    *offset = 0;
    if (!strcmp(text, "any"))
        return NULL;
    const char *problem;
    do
        problem = read_comparison(&s, domain);
    while (!problem && take(&s, ','));
    skip_space(&s);
    if (!problem && *s.at)
        problem = "expected a comma or nothing more";
    *offset = (size_t)(s.at - text);
    const fsci_bound *lo = &domain->lo, *hi = &domain->hi;
    if (!problem && !lo->column && !hi->column && !lo->parameter && !hi->parameter &&
        (lo->value > hi->value || (lo->value == hi->value && (lo->open || hi->open)))) {
        *offset = 0;
        problem = "no number satisfies it";
    }
    if (problem)
        *domain = fsci_domain_all;
    return problem;
}

static bool read_part(const char *text, size_t length, double *value)
{
    static const char word[] = "fitted";
    if (length == strlen(word) && !strncmp(text, word, length)) {
        *value = NAN;
        return true;
    }
    return fsci_number_read(text, length, value) && isfinite(*value);
}

bool fsci_prior_read(const char *text, double *mean, double *sd)
{
    static const char kind[] = "normal:";
    size_t head = strlen(kind);
    const char *colon = strncmp(text, kind, head) ? NULL : strchr(text + head, ':');
    return colon && read_part(text + head, (size_t)(colon - text) - head, mean) &&
           read_part(colon + 1, strlen(colon + 1), sd) && !(*sd <= 0);
}
