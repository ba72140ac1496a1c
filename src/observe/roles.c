#include "observe/roles.h"

#include "base/number.h"
#include "table/words.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* Names in lower case, words joined by single underscores. */
static const struct {
    fsci_role role;
    const char *name;
} names[] = {
    {FSCI_ROLE_MODEL, "model"},
    {FSCI_ROLE_MODEL, "model_name"},
    {FSCI_ROLE_MODEL, "model_id"},
    {FSCI_ROLE_FAMILY, "family"},
    {FSCI_ROLE_FAMILY, "model_family"},
    {FSCI_ROLE_PARAMS, "params"},
    {FSCI_ROLE_PARAMS, "parameters"},
    {FSCI_ROLE_PARAMS, "n_params"},
    {FSCI_ROLE_PARAMS, "num_params"},
    {FSCI_ROLE_PARAMS, "size"},
    {FSCI_ROLE_PARAMS, "model_size"},
    {FSCI_ROLE_TOKENS, "tokens"},
    {FSCI_ROLE_TOKENS, "n_tokens"},
    {FSCI_ROLE_TOKENS, "num_tokens"},
    {FSCI_ROLE_TOKENS, "pretraining_data_size"},
    {FSCI_ROLE_FLOPS, "flops"},
    {FSCI_ROLE_FLOPS, "flop"},
    {FSCI_ROLE_FLOPS, "compute"},
    {FSCI_ROLE_DATE, "date"},
    {FSCI_ROLE_DATE, "release_date"},
    {FSCI_ROLE_DATE, "publication_date"},
    {FSCI_ROLE_DATE, "released"},
};

static const struct {
    const char *suffix;
    double unit;
} units[] = {
    {"k", 1e3},        {"m", 1e6},         {"million", 1e6}, {"millions", 1e6},
    {"b", 1e9},        {"g", 1e9},         {"billion", 1e9}, {"billions", 1e9},
    {"t", 1e12},       {"trillion", 1e12}, {"flop", 1},      {"flops", 1},
    {"parameters", 1}, {"params", 1},      {"tokens", 1},    {"trillions", 1e12},
};

static const char *const role_names[FSCI_ROLES] = {"model",  "family", "params",
                                                   "tokens", "flops",  "date"};

const char *fsci_role_name(fsci_role role)
{
    return role_names[role];
}

bool fsci_plain_name(const char *column, char plain[FSCI_PLAIN_BYTES])
{
    size_t length = 0;
    for (const char *c = column; *c; c++) {
        bool word = isalnum((unsigned char)*c);
        if (!word && (length == 0 || plain[length - 1] == '_'))
            continue;
        if (length + 1 == FSCI_PLAIN_BYTES)
            return false;
        plain[length++] = word ? (char)tolower((unsigned char)*c) : '_';
    }
    if (length > 0 && plain[length - 1] == '_')
        length--;
    plain[length] = '\0';
    return true;
}

static bool find_role(const char *plain, fsci_role *role)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fsci_same_words(names[i].name, plain)) {
            *role = names[i].role;
            return true;
        }
    return false;
}

/* "b", "billion", "1e21". */
static bool find_unit(const char *word, double *unit)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(units[i].suffix, word)) {
            *unit = units[i].unit;
            return true;
        }
    return fsci_number_read(word, strlen(word), unit) && *unit >= 1000; /* not "tokens_2" */
}

bool fsci_role_of(const char *column, fsci_role *role, double *unit)
{
    char plain[FSCI_PLAIN_BYTES];
    if (!fsci_plain_name(column, plain))
        return false;
    *unit = 1;
    if (find_role(plain, role))
        return true;
    char *last = strrchr(plain, '_');
    if (!last || !find_unit(last + 1, unit))
        return false;
    *last = '\0';
    return find_role(plain, role) && *role >= FSCI_ROLE_PARAMS && *role <= FSCI_ROLE_FLOPS;
}
