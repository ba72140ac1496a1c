/* fields: members of a record in a word, for the sources of this room that read records. */
#ifndef FSCI_REPORT_FIELDS_H
#define FSCI_REPORT_FIELDS_H

#include "record/json.h"

static inline double number(const fsci_json *object, const char *key) /* NaN when absent */
{
    return fsci_json_get_number(object, key);
}

static inline const char *string(const fsci_json *object, const char *key) /* NULL when absent */
{
    return fsci_json_get_string(object, key);
}

static inline const char *words(const fsci_json *object, const char *key) /* "" when absent */
{
    const char *text = fsci_json_get_string(object, key);
    return text ? text : "";
}

/* The name of an item of a list: its own, or the key under which it stands. */
static inline const char *name_of(const fsci_json *item)
{
    const char *name = fsci_json_get_string(item, "name");
    return name ? name : item->key ? item->key : "";
}

#endif
