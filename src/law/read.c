/* YAML to structs, driven by the table in law/fields.c. */
#include "base/number.h"
#include "law/lint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One field being read: where it is and what it is called in messages. */
typedef struct slot {
    fsci_lint *lint;
    const fsci_field *field;
    const fsci_yaml *node;
    const char *owner; /* "parameter 'alpha'" */
} slot;

/* The layout of every FSCI_LIST; copied in and out by memcpy, whatever its element type. */
typedef struct list {
    void *items;
    size_t n;
} list;

static void complain(const slot *s, const fsci_yaml *node, const char *what)
{
    fsci_lint_add(s->lint, FSCI_ERROR, node->at, "%s of %s: %s, such as %s", s->field->name,
                  s->owner, what, s->field->example);
}

/* The text of a scalar that is not empty, else a finding and NULL. */
static const char *scalar(const slot *s, const fsci_yaml *node, const char *form)
{
    char what[128];
    if (node->kind == FSCI_YAML_SCALAR && node->length) // NOLINT(clang-analyzer-core.*): a field is
        return node->text;
    const char *found = node->kind == FSCI_YAML_MAP    ? "a map"
                        : node->kind == FSCI_YAML_LIST ? "a list"
                                                       : "nothing";
    snprintf(what, sizeof what, "expected %s, found %s", form, found);
    complain(s, node, what);
    return NULL;
}

static bool container(const slot *s, fsci_yaml_kind kind)
{
    char what[128];
    if (s->node->kind == kind && s->node->count)
        return true;
    snprintf(what, sizeof what, "expected %s", fsci_shape_form(s->field->shape));
    complain(s, s->node, what);
    return false;
}

static void *allocate(const slot *s, list *to, size_t size)
{
    to->items = fsci_alloc(s->lint->arena, s->node->count, size);
    return to->items;
}

static void read_text(const slot *s, void *to)
{
    *(const char **)to = scalar(s, s->node, "a text");
}

static bool number(const slot *s, const fsci_yaml *node, double *value)
{
    char what[128];
    *value = NAN;
    const char *text = scalar(s, node, "a number");
    if (!text)
        return false;
    if (fsci_number_read(text, node->length, value) && isfinite(*value))
        return true;
    snprintf(what, sizeof what, "'%.40s' is not a number", text);
    complain(s, node, what);
    *value = NAN;
    return false;
}

static void read_number(const slot *s, void *to)
{
    number(s, s->node, to);
}

static void read_integer(const slot *s, void *to)
{
    double value;
    if (!number(s, s->node, &value))
        return;
    if (value >= 1 && value <= 1e9 && value == floor(value))
        *(int64_t *)to = (int64_t)value;
    else
        complain(s, s->node, "expected a whole number from 1");
}

static void read_choice(const slot *s, void *to)
{
    const char *text = scalar(s, s->node, "one word");
    if (!text)
        return;
    unsigned n = 0;
    for (; s->field->choices[n]; n++)
        if (!strcmp(text, s->field->choices[n])) {
            *(unsigned *)to = n; /* every enum of law.h has this representation */
            return;
        }
    fsci_buffer known = {0};
    for (unsigned i = 0; i < n; i++)
        fsci_buffer_printf(&known, "%s%s", i ? ", " : "", s->field->choices[i]);
    fsci_lint_add(s->lint, FSCI_ERROR, s->node->at, "%s of %s cannot be '%s'%s (one of: %s)",
                  s->field->name, s->owner, text,
                  fsci_lint_suggest(s->lint, text, s->field->choices, n),
                  known.failed ? "" : known.data);
    fsci_buffer_free(&known);
}

static fsci_formula *formula(const slot *s, const fsci_yaml *node)
{
    if (!scalar(s, node, "a formula"))
        return NULL;
    if (!node->verbatim) {
        complain(s, node, "a formula stands on one line and without escapes");
        return NULL;
    }
    fsci_formula *result = NULL;
    fsc_error err;
    if (fsci_formula_parse(s->lint->arena, s->lint->file, node->at.line, node->at.col, node->text,
                           &result, &err) == FSC_OK)
        return result;
    fsci_span at = node->at;
    bool whole_line = (size_t)at.col + node->length < sizeof err.excerpt; /* else col is shifted */
    if (whole_line && err.line == at.line)
        at = (fsci_span){at.line, err.col, err.len > 0 ? err.len : 1};
    fsci_lint_add(s->lint, FSCI_ERROR, at, "%s of %s: %s", s->field->name, s->owner, err.message);
    return NULL;
}

static void read_formula(const slot *s, void *to)
{
    *(fsci_formula **)to = formula(s, s->node);
}

static void read_texts(const slot *s, void *to)
{
    fsci_texts texts = {0};
    if (!container(s, FSCI_YAML_LIST) ||
        !(texts.items = FSCI_NEW(s->lint->arena, const char *, s->node->count)))
        return;
    FSCI_YAML_EACH (entry, s->node) {
        const char *text = scalar(s, entry, "a text");
        if (text)
            texts.items[texts.n++] = text;
    }
    *(fsci_texts *)to = texts;
}

/* A complaint about a part of a scalar. */
static void complain_within(const slot *s, const fsci_yaml *node, size_t offset, const char *what)
{
    fsci_span at = node->at;
    if (node->verbatim && (int32_t)offset < at.len)
        at = (fsci_span){at.line, at.col + (int32_t)offset, 1};
    fsci_lint_add(s->lint, FSCI_ERROR, at, "%s of %s: %s in '%.60s'", s->field->name, s->owner,
                  what, node->text);
}

static void read_domain(const slot *s, void *to)
{
    size_t offset;
    if (!scalar(s, s->node, "comparisons joined by commas"))
        return;
    const char *problem = fsci_domain_read(s->lint->arena, s->node->text, to, &offset);
    if (problem)
        complain_within(s, s->node, offset, problem);
}

static bool start_end(const slot *s, const fsci_yaml *node, fsci_bound *bound)
{
    size_t offset;
    if (!scalar(s, node, "a number"))
        return false;
    const char *problem = fsci_bound_read(s->lint->arena, node->text, bound, &offset);
    if (problem)
        complain_within(s, node, offset, problem);
    return !problem;
}

static void read_grid(const slot *s, const fsci_yaml *grid, fsci_start *start)
{
    if (grid->kind != FSCI_YAML_LIST || !grid->count) {
        complain(s, grid, "a grid is a list of numbers");
        return;
    }
    if (!(start->grid.items = FSCI_NEW(s->lint->arena, double, grid->count)))
        return;
    FSCI_YAML_EACH (entry, grid) {
        if (number(s, entry, &start->grid.items[start->grid.n]))
            start->grid.n++;
    }
}

static void read_start(const slot *s, void *to)
{
    fsci_start *start = to;
    const fsci_yaml *node = s->node, *grid = fsci_yaml_get(node, "grid");
    if (grid && node->count == 1) {
        read_grid(s, grid, start);
        return;
    }
    const fsci_yaml *first = node->first, *second = first ? first->next : NULL;
    const fsci_yaml *third = second ? second->next : NULL;
    start->log = third && third->kind == FSCI_YAML_SCALAR && !strcmp(third->text, "log");
    if (node->kind != FSCI_YAML_LIST || node->count != 2u + start->log)
        complain(s, node, "expected [lo, hi], [lo, hi, log] or {grid: [...]}");
    else if (start_end(s, first, &start->lo) && start_end(s, second, &start->hi) &&
             !start->lo.column && !start->hi.column) {
        if (start->lo.value >= start->hi.value)
            complain(s, node, "its low end must be less than its high end");
        else if (start->log && start->lo.value <= 0)
            complain(s, first, "a start spread in the logarithm begins above 0");
    }
}

static void add_value(const slot *s, const char *member, const char *name, const fsci_yaml *node,
                      fsci_values *to)
{
    fsci_value value = {.name = name, .member = member, .node = node};
    if (number(s, node, &value.value))
        to->items[to->n++] = value;
}

/* name: number, or name: {member: number, ...}. */
static void read_values(const slot *s, void *to)
{
    fsci_values values = {0};
    size_t n = 0;
    if (!container(s, FSCI_YAML_MAP))
        return;
    FSCI_YAML_EACH (entry, s->node)
        n += entry->kind == FSCI_YAML_MAP ? entry->count : 1;
    if (!(values.items = FSCI_NEW(s->lint->arena, fsci_value, n + 1)))
        return;
    FSCI_YAML_EACH (entry, s->node) {
        if (entry->kind != FSCI_YAML_MAP)
            add_value(s, NULL, entry->key, entry, &values);
        else
            FSCI_YAML_EACH (member, entry)
                add_value(s, member->key, entry->key, member, &values);
    }
    *(fsci_values *)to = values;
}

static void read_words(const slot *s, void *to)
{
    list words = {0};
    fsci_law_word *items;
    if (!container(s, FSCI_YAML_MAP) || !(items = allocate(s, &words, sizeof *items)))
        return;
    FSCI_YAML_EACH (entry, s->node) {
        items[words.n++] = (fsci_law_word){entry->key, entry, scalar(s, entry, "a text")};
    }
    memcpy(to, &words, sizeof words);
}

static void read_formulas(const slot *s, void *to)
{
    list maps = {0};
    fsci_law_map *items;
    if (!container(s, FSCI_YAML_MAP) || !(items = allocate(s, &maps, sizeof *items)))
        return;
    FSCI_YAML_EACH (entry, s->node) {
        items[maps.n++] = (fsci_law_map){entry->key, entry, formula(s, entry)};
    }
    memcpy(to, &maps, sizeof maps);
}

static void read_part(const slot *s, void *to)
{
    fsci_part_read(s->lint, s->field->part, s->node, NULL, to);
}

static void read_many(const slot *s, void *to, fsci_yaml_kind kind)
{
    list parts = {0};
    const fsci_part *part = s->field->part;
    if (!container(s, kind) || !allocate(s, &parts, part->size))
        return;
    FSCI_YAML_EACH (entry, s->node) {
        fsci_part_read(s->lint, part, entry, entry->key,
                       (char *)parts.items + parts.n++ * part->size);
    }
    memcpy(to, &parts, sizeof parts);
}

static void read_parts(const slot *s, void *to)
{
    read_many(s, to, FSCI_YAML_LIST);
}

static void read_named(const slot *s, void *to)
{
    read_many(s, to, FSCI_YAML_MAP);
}

static void (*const readers[])(const slot *, void *) = {
    [FSCI_SHAPE_TEXT] = read_text,       [FSCI_SHAPE_INTEGER] = read_integer,
    [FSCI_SHAPE_NUMBER] = read_number,   [FSCI_SHAPE_CHOICE] = read_choice,
    [FSCI_SHAPE_FORMULA] = read_formula, [FSCI_SHAPE_TEXTS] = read_texts,
    [FSCI_SHAPE_DOMAIN] = read_domain,   [FSCI_SHAPE_START] = read_start,
    [FSCI_SHAPE_VALUES] = read_values,   [FSCI_SHAPE_FORMULAS] = read_formulas,
    [FSCI_SHAPE_PART] = read_part,       [FSCI_SHAPE_PARTS] = read_parts,
    [FSCI_SHAPE_NAMED] = read_named,     [FSCI_SHAPE_WORDS] = read_words,
};

/* ---- parts ---- */

/* "parameter 'alpha'", "published set 'hoffmann-2022'", "the law", "check". */
static const char *owner_name(fsci_lint *lint, const fsci_part *part, const fsci_yaml *node,
                              const char *name)
{
    const fsci_yaml *own = fsci_yaml_get(node, "name");
    if (!name && own && own->kind == FSCI_YAML_SCALAR)
        name = own->text;
    const char *text = name ? fsci_format(lint->arena, "%s '%.60s'", part->noun, name)
                            : fsci_format(lint->arena, "the %s", part->noun);
    return text ? text : part->noun;
}

static void find_unknown(fsci_lint *lint, const fsci_part *part, const fsci_yaml *node,
                         const char *owner)
{
    const char *known[FSCI_PART_FIELDS];
    for (size_t i = 0; i < part->n_fields; i++)
        known[i] = part->fields[i].name;
    FSCI_YAML_EACH (entry, node) {
        size_t i = 0;
        while (i < part->n_fields && strcmp(entry->key, known[i]) != 0)
            i++;
        if (i == part->n_fields)
            fsci_lint_add(lint, FSCI_ERROR, entry->key_at, "unknown field '%.60s' in %s%s",
                          entry->key, owner,
                          fsci_lint_suggest(lint, entry->key, known, part->n_fields));
    }
}

/* Whether the map has a field by a name so like this one's that it was told as a slip. */
static bool is_misspelt(const fsci_part *part, const fsci_yaml *node, const fsci_field *field)
{
    const char *known[FSCI_PART_FIELDS];
    for (size_t i = 0; i < part->n_fields; i++)
        known[i] = part->fields[i].name;
    FSCI_YAML_EACH (entry, node) {
        const char *near = fsci_nearest(entry->key, known, part->n_fields);
        if (near && strcmp(near, entry->key) != 0 && !strcmp(near, field->name))
            return true;
    }
    return false;
}

static void set_absent(fsci_shape shape, void *to)
{
    if (shape == FSCI_SHAPE_NUMBER)
        *(double *)to = NAN;
    else if (shape == FSCI_SHAPE_DOMAIN)
        *(fsci_domain *)to = fsci_domain_all;
    else if (shape == FSCI_SHAPE_START)
        *(fsci_start *)to = (fsci_start){.lo.value = NAN, .hi.value = NAN};
}

/* Whether the node is a map; if not, says which fields it should have. */
static bool is_map(fsci_lint *lint, const fsci_part *part, const fsci_yaml *node, const char *owner)
{
    if (node->kind == FSCI_YAML_MAP)
        return true;
    fsci_buffer fields = {0};
    for (size_t i = 0; i < part->n_fields; i++)
        fsci_buffer_printf(&fields, "%s%s", i ? ", " : "", part->fields[i].name);
    fsci_lint_add(lint, FSCI_ERROR, node->at, "%s is a map with the fields %s", owner,
                  fields.failed ? "" : fields.data);
    fsci_buffer_free(&fields);
    return false;
}

void fsci_part_read(fsci_lint *lint, const fsci_part *part, const fsci_yaml *node, const char *name,
                    void *to)
{
    const char *owner = owner_name(lint, part, node, name);
    const struct {
        FSCI_LAW_PART;
    } head = {name, node};
    memcpy(to, &head, sizeof head);
    bool readable = is_map(lint, part, node, owner);
    if (readable)
        find_unknown(lint, part, node, owner);
    for (size_t i = 0; i < part->n_fields; i++) {
        const fsci_field *field = &part->fields[i];
        void *member = (char *)to + field->offset;
        const fsci_yaml *value = fsci_yaml_get(node, field->name);
        set_absent(field->shape, member);
        if (value)
            readers[field->shape](&(slot){lint, field, value, owner}, member);
        else if (field->required && readable && !is_misspelt(part, node, field))
            fsci_lint_add(lint, FSCI_ERROR, node->key ? node->key_at : node->at,
                          "%s has no %s; add one, such as %s: %s", owner, field->name, field->name,
                          field->example);
    }
}
