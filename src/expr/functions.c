#include "expr/functions.h"

#include <string.h>

#define DOMAIN_SIGN(domain_, sign_)                                                                \
    .domain = FSCI_DOMAIN_##domain_, .sign = FSCI_SIGN_##sign_, .has_slope = true
#define FUNCTION(id, text, n, most_, domain, sign)                                                 \
    [FSCI_OP_##id] = {.name = text,                                                                \
                      .least = n,                                                                  \
                      .most = most_,                                                               \
                      .binds = FSCI_BINDS_LEAF,                                                    \
                      DOMAIN_SIGN(domain, sign)},
#define OPERATOR(id, text, n, how, domain, sign)                                                   \
    [FSCI_OP_##id] = {.name = text,                                                                \
                      .least = n,                                                                  \
                      .most = n,                                                                   \
                      .binds = FSCI_BINDS_##how,                                                   \
                      DOMAIN_SIGN(domain, sign)},
#define LOGIC(id, text, n, how)                                                                    \
    [FSCI_OP_##id] = {.name = text, .least = n, .most = n, .binds = FSCI_BINDS_##how},

#define FUNCTION_1(id, text, most, args, help, domain, sign, ...)                                  \
    FUNCTION(id, text, 1, most, domain, sign)
#define FUNCTION_2(id, text, most, args, help, domain, sign, ...)                                  \
    FUNCTION(id, text, 2, most, domain, sign)
#define FUNCTION_3(id, text, most, args, help, domain, sign, ...)                                  \
    FUNCTION(id, text, 3, most, domain, sign)
#define OPERATOR_1(id, text, how, domain, sign, ...) OPERATOR(id, text, 1, how, domain, sign)
#define OPERATOR_2(id, text, how, domain, sign, ...) OPERATOR(id, text, 2, how, domain, sign)
#define LOGIC_1(id, text, how, ...)                  LOGIC(id, text, 1, how)
#define LOGIC_2(id, text, how, ...)                  LOGIC(id, text, 2, how)

static const fsci_operation operations[FSCI_OPERATION_COUNT] = {
    FSCI_FUNCTIONS_1(FUNCTION_1) FSCI_FUNCTIONS_2(FUNCTION_2) FSCI_FUNCTIONS_3(FUNCTION_3)
        FUNCTION(LOGSUM, "logsumexp", 1, FSCI_MANY, ALL, UNKNOWN) FSCI_OPERATORS_1(OPERATOR_1)
            FSCI_OPERATORS_2(OPERATOR_2) FSCI_LOGIC_1(LOGIC_1) FSCI_LOGIC_2(LOGIC_2)};

#define HELP(id, text, most, args, help, ...) {text, args, help},

static const fsci_function_help help_rows[FSCI_FUNCTION_COUNT] = {
    FSCI_FUNCTIONS_1(HELP) FSCI_FUNCTIONS_2(HELP)
        FSCI_FUNCTIONS_3(HELP){"logsumexp", "a, b, ...", "log(exp(a) + exp(b) + ...)"}};

const fsci_operation *fsci_operation_of(fsci_op op)
{
    return &operations[op];
}

bool fsci_has_slope(fsci_op op, size_t k)
{
    return operations[op].has_slope && !(op == FSCI_OP_WHERE && k == 0);
}

bool fsci_selects(fsci_op op)
{
    return op == FSCI_OP_MIN || op == FSCI_OP_MAX || op == FSCI_OP_CLAMP || op == FSCI_OP_WHERE;
}

fsci_op fsci_function_find(const char *name)
{
    for (fsci_op op = 0; op < FSCI_FUNCTION_COUNT; op++)
        if (strcmp(operations[op].name, name) == 0)
            return op;
    return FSCI_OP_COUNT;
}

size_t fsci_functions(const fsci_function_help **list)
{
    *list = help_rows;
    return FSCI_FUNCTION_COUNT;
}
