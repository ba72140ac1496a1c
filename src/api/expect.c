#include "api/expect.h"

#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const fsci_shape fsci_expect_shape[] = {{"in", FSCI_YAML_SCALAR, false, NULL},
                                        {"values", FSCI_YAML_MAP, true, NULL},
                                        {"tolerance", FSCI_YAML_SCALAR, false, NULL},
                                        {"rtol", FSCI_YAML_SCALAR, false, NULL},
                                        {"source", FSCI_YAML_SCALAR, false, NULL},
                                        {"note", FSCI_YAML_SCALAR, false, NULL},
                                        {0}};

/* ---- paths ---- */

static bool has_text(const fsci_json *value, const char *text, size_t length)
{
    if (value->kind == FSCI_JSON_STRING)
        return value->string && strlen(value->string) == length &&
               !strncmp(value->string, text, length);
    FSCI_JSON_EACH (member, value->kind == FSCI_JSON_OBJECT ? value : NULL)
        if (member->kind == FSCI_JSON_STRING && has_text(member, text, length))
            return true;
    return false;
}

/* Whether an element has all of the texts in "pc3+target". */
static bool has_texts(const fsci_json *value, const char *texts, size_t length)
{
    for (const char *end = texts + length;; texts++) {
        const char *plus = memchr(texts, '+', (size_t)(end - texts));
        size_t n = (size_t)((plus ? plus : end) - texts);
        if (!has_text(value, texts, n))
            return false;
        if (!plus)
            return true;
        texts += n;
    }
}

/* The member or element that one step of a path names. */
static const fsci_json *step(const fsci_json *value, const char *name, size_t length)
{
    char *end;
    size_t place = isdigit((unsigned char)*name) ? strtoul(name, &end, 10) : SIZE_MAX, i = 0;
    bool by_place = place != SIZE_MAX && end == name + length;
    FSCI_JSON_EACH (item, value) {
        if (value->kind == FSCI_JSON_OBJECT
                ? strlen(item->key) == length && !strncmp(item->key, name, length)
            : by_place ? i++ == place
                       : has_texts(item, name, length))
            return item;
    }
    return NULL;
}

static const fsci_json *follow(const fsci_json *value, const char *path)
{
    while (value && *path) {
        size_t length = strcspn(path, ".");
        value = step(value, path, length);
        path += length + (path[length] == '.');
    }
    return value;
}

/* ---- numbers ---- */

/* Half a unit of the last digit of a decimal: 0.05 for "12.3", 5e-5 for "2.6e-3". */
static double half_unit(const char *text)
{
    const char *point = strchr(text, '.'), *power = strpbrk(text, "eE");
    size_t decimals = point ? strspn(point + 1, "0123456789") : 0;
    return 0.5 * pow(10, (power ? strtol(power + 1, NULL, 10) : 0) - (double)decimals);
}

static fsc_status read_number(const fsci_document *file, const fsci_yaml *node, double *value,
                              fsc_error *err)
{
    if (node->kind == FSCI_YAML_SCALAR && fsci_number_read(node->text, node->length, value))
        return FSC_OK;
    return fsci_document_fail(file, node->at, err, "'%.60s' is not a number",
                              node->text ? node->text : node->key);
}

/* `tolerance` as it is, `rtol` times the number, or what the number was rounded by. */
static fsc_status read_tolerance(const fsci_document *file, const fsci_yaml *entry,
                                 const fsci_yaml *node, double published, double *tolerance,
                                 fsc_error *err)
{
    const fsci_yaml *absolute = fsci_yaml_get(entry, "tolerance");
    const fsci_yaml *relative = fsci_yaml_get(entry, "rtol");
    *tolerance = half_unit(node->text);
    if (absolute)
        return read_number(file, absolute, tolerance, err);
    if (!relative)
        return FSC_OK;
    FSCI_TRY(read_number(file, relative, tolerance, err));
    *tolerance *= fabs(published);
    return FSC_OK;
}

/* A hair for what rounds to the printed number by way of a tie. */
static const double TIE = 1e-9;

static fsc_status compare(const fsci_document *file, const fsci_yaml *entry, const fsci_yaml *node,
                          const fsci_json *record, const char *run, bool strict,
                          fsci_json *expected, fsc_error *err)
{
    fsci_arena *a = file->arena;
    const char *in = fsci_document_text(entry, "in");
    const char *path = fsci_format(a, "%s%s%s", in ? in : "", in ? "." : "", node->key);
    double published, tolerance;
    if (!path)
        return fsci_fail_memory(err);
    FSCI_TRY(read_number(file, node, &published, err));
    FSCI_TRY(read_tolerance(file, entry, node, published, &tolerance, err));
    const fsci_json *found = follow(record, path);
    if (!found && !strict)
        return FSC_OK;
    if (!found)
        return fsci_document_fail(file, node->key_at, err, "the record of '%.60s' has no '%.200s'",
                                  run, path);
    double ours = found->kind == FSCI_JSON_NUMBER ? found->number : NAN;
    fsci_json *out = fsci_json_push(expected, fsci_json_object(a));
    fsci_json_set_string(a, out, "run", run);
    fsci_json_set_string(a, out, "what", path);
    fsci_json_set_number(a, out, "published", published);
    fsci_json_set_number(a, out, "ours", ours);
    fsci_json_set_number(a, out, "tolerance", tolerance);
    fsci_json_set_bool(a, out, "agrees", fabs(ours - published) <= tolerance * (1 + TIE));
    fsci_json_set_string(a, out, "source", fsci_document_text(entry, "source"));
    if (fsci_yaml_get(entry, "note"))
        fsci_json_set_string(a, out, "note", fsci_document_text(entry, "note"));
    return FSC_OK;
}

fsc_status fsci_expect_compare(const fsci_document *file, const fsci_yaml *run,
                               const fsci_json *record, bool strict, fsci_json *expected,
                               fsc_error *err)
{
    const fsci_yaml *list = fsci_yaml_get(run, "expect");
    const char *name = fsci_document_text(run, "name");
    for (const fsci_yaml *entry = list ? list->first : NULL; entry; entry = entry->next)
        FSCI_YAML_EACH (node, fsci_yaml_get(entry, "values"))
            FSCI_TRY(compare(file, entry, node, record, name, strict, expected, err));
    return FSC_OK;
}
