#include "fit/law_json.h"

#include "base/number.h"

#include <string.h>

/* Text that only looks like a number in these members: identifiers, not quantities. */
static bool is_name(const fsci_yaml *node)
{
    static const char *const names[] = {"arxiv", "doi", "id", "name", "formula"};
    for (size_t i = 0; node->key && i < sizeof names / sizeof *names; i++)
        if (!strcmp(node->key, names[i]))
            return true;
    return false;
}

fsci_json *fsci_law_json(fsci_arena *arena, const fsci_yaml *node)
{
    double number;
    if (!node)
        return fsci_json_null(arena);
    if (node->kind == FSCI_YAML_SCALAR) {
        bool numeric = !is_name(node) && fsci_number_read(node->text, node->length, &number);
        return numeric ? fsci_json_number(arena, number) : fsci_json_string(arena, node->text);
    }
    bool is_map = node->kind == FSCI_YAML_MAP;
    fsci_json *to = is_map ? fsci_json_object(arena) : fsci_json_array(arena);
    FSCI_YAML_EACH (entry, node) {
        fsci_json *value = fsci_law_json(arena, entry);
        if (is_map)
            fsci_json_set(arena, to, entry->key, value);
        else
            fsci_json_push(to, value);
    }
    return to;
}
