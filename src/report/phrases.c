#include "report/phrases.h"

#include "report/fields.h"
#include "report/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *letter;
} greek[] = {{"alpha", "α"},   {"beta", "β"}, {"gamma", "γ"}, {"delta", "δ"},
             {"epsilon", "ε"}, {"eta", "η"},  {"theta", "θ"}, {"kappa", "κ"},
             {"lambda", "λ"},  {"mu", "μ"},   {"nu", "ν"},    {"rho", "ρ"},
             {"sigma", "σ"},   {"tau", "τ"},  {"phi", "φ"},   {"omega", "ω"}};

static const char *letter_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (strlen(greek[i].name) == length && !memcmp(greek[i].name, name, length))
            return greek[i].letter;
    return NULL;
}

static size_t name_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_')
        n++;
    return n;
}

/* A name before its subscript: "alpha" of "alpha_N". */
static size_t stem_length(const char *name, size_t length)
{
    const char *mark = memchr(name, '_', length);
    return mark ? (size_t)(mark - name) : length;
}

const char *fsci_say_formula(fsci_arena *arena, const char *formula)
{
    char *text = formula ? FSCI_NEW(arena, char, 2 * strlen(formula) + 1) : NULL, *end = text;
    char quote = '\0';
    for (const char *s = formula; text && *s;) {
        size_t n = name_length(s), stem = stem_length(s, n);
        const char *letter = quote ? NULL : letter_of(s, stem);
        if (!n && strchr("`'\"", *s) && (!quote || quote == *s))
            quote = quote ? '\0' : *s;
        if (letter)
            end += sprintf(end, "%s%.*s", letter, (int)(n - stem), s + stem);
        else if (*s == '*' && !quote)
            end += sprintf(end, "·");
        else
            end += sprintf(end, "%.*s", n ? (int)n : 1, s);
        s += n ? n : 1;
    }
    return text;
}

const char *fsci_say_scalar(fsci_arena *arena, const fsci_json *value)
{
    switch (value ? value->kind : FSCI_JSON_NULL) {
    case FSCI_JSON_NUMBER:
        return fsci_say(arena, value->number, NAN);
    case FSCI_JSON_STRING:
        return value->string;
    case FSCI_JSON_BOOL:
        return value->boolean ? "yes" : "no";
    default:
        return fsci_missing;
    }
}

const char *fsci_say_count(fsci_arena *arena, double n, const char *one, const char *many)
{
    return fsci_format(arena, "%s %s", fsci_say_integer(arena, n), n == 1 ? one : many);
}

const char *fsci_say_input(fsci_arena *arena, const fsci_json *input, const fsci_json *columns)
{
    const char *unit = string(fsci_json_get(columns, input->key), "unit");
    if (input->kind != FSCI_JSON_NUMBER)
        return fsci_say_scalar(arena, input);
    bool said = fsci_unit_is_counted(unit) || (unit && !strcmp(unit, "PF-day"));
    return fsci_say_given(arena, input->number, said ? unit : NULL);
}

/* "0.5, 0.25, 0.25" of {web: 0.5, code: 0.25, books: 0.25}. */
static const char *say_members(fsci_arena *arena, const fsci_json *members)
{
    const char *list = NULL;
    FSCI_JSON_EACH (member, members)
        list = fsci_joined(arena, list, ", ", fsci_say_scalar(arena, member));
    return fsci_format(arena, "(%s)", list ? list : "");
}

const char *fsci_say_arguments(fsci_arena *arena, const fsci_json *arguments,
                               const fsci_json *columns)
{
    const char *list = NULL;
    FSCI_JSON_EACH (input, arguments)
        list = fsci_joined(arena, list, ", ",
                           fsci_format(arena, "%s = %s", input->key,
                                       input->kind == FSCI_JSON_OBJECT
                                           ? say_members(arena, input)
                                           : fsci_say_input(arena, input, columns)));
    return list;
}

const char *fsci_say_source(fsci_arena *arena, const fsci_json *source)
{
    const char *text = string(source, "authors");
    double year = number(source, "year");
    if (isfinite(year))
        text = fsci_joined(arena, text, " ", fsci_format(arena, "%.0f", year));
    static const struct {
        const char *key, *before;
    } parts[] = {{"arxiv", "arXiv "}, {"doi", "doi "}, {"where", ""}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = string(source, parts[i].key);
        if (part)
            text =
                fsci_joined(arena, text, ", ", fsci_format(arena, "%s%s", parts[i].before, part));
    }
    return text;
}

const char *fsci_say_left(fsci_arena *arena, const char *formula)
{
    const char *text = formula ? fsci_say_formula(arena, formula) : NULL;
    const char *sign = text ? strstr(text, " = ") : NULL;
    return sign ? fsci_format(arena, "%.*s", (int)(sign - text), text) : NULL;
}

const char *fsci_say_objective(fsci_arena *arena, const fsci_json *objective, const char *response)
{
    static const struct {
        const char *loss, *name;
    } names[] = {{"squared", "least squares"},
                 {"huber", "Huber"},
                 {"l1", "absolute error"},
                 {"normal", "normal likelihood"},
                 {"lognormal", "lognormal likelihood"},
                 {"binomial", "binomial likelihood"},
                 {"beta-binomial", "beta-binomial likelihood"},
                 {"negative-binomial", "negative binomial likelihood"}};
    const char *loss = string(objective, "loss");
    const char *space = string(objective, "space");
    double delta = number(objective, "delta");
    if (!space)
        space = string(objective, "residual");
    for (size_t i = 0; loss && i < sizeof names / sizeof *names; i++)
        if (!strcmp(loss, names[i].loss)) {
            loss = names[i].name;
            break;
        }
    const char *text = loss ? loss : "objective";
    if (isfinite(delta))
        text = fsci_format(arena, "%s %s", text, fsci_say_digits(arena, delta, 4));
    if (!response)
        response = "the response";
    bool plain = !space || !strcmp(space, "identity");
    return fsci_format(arena, "%s on %s%s%s", text, plain ? "" : space, plain ? "" : " ", response);
}

void fsci_view_warnings(fsci_view *view, const fsci_json *record)
{
    FSCI_JSON_EACH (warning, fsci_json_get(record, "warnings")) {
        const char *code = string(warning, "code");
        fsci_view_add(view, FSCI_WARNING, code ? code : "W", string(warning, "message"));
    }
}

const char *fsci_say_inputs(fsci_arena *arena, const fsci_json *inputs)
{
    const char *list = NULL;
    FSCI_JSON_EACH (input, inputs) {
        const char *name = string(input, "name");
        const char *digest = string(input, "sha256");
        if (name && digest)
            name = fsci_format(arena, "%s (sha256 %.8s)", name, digest);
        list = fsci_joined(arena, list, ", ", name);
    }
    return list;
}

void fsci_view_origin(fsci_view *view, const fsci_json *record)
{
    const fsci_json *provenance = fsci_json_get(record, "provenance");
    const char *version = string(fsci_json_get(record, "program"), "version");
    double seed = number(provenance, "seed");
    const char *made = fsci_format(view->arena, "forescale %s", version ? version : "");
    if (isfinite(seed))
        made = fsci_format(view->arena, "%s, seed %.0f", made, seed);
    const char *inputs = fsci_say_inputs(view->arena, fsci_json_get(provenance, "inputs"));
    if (inputs)
        made = fsci_joined(view->arena, made, ", from ", inputs);
    fsci_view_add(view, FSCI_FOOT, "made by", made);
    fsci_view_add(view, FSCI_FOOT, "more",
                  "--html FILE for a page with figures, --csv, --json for everything");
}
