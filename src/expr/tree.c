#include "expr/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

enum { EXCERPT_ROOM = 1024 };

/* The line of text that holds byte `at`. A formula inside a file starts at formula->col of its
 * line, so the excerpt is indented as much: a caret under column col then points right. */
static fsci_place place_of(const fsci_formula *formula, int32_t at, int32_t len,
                           char indented[EXCERPT_ROOM])
{
    const char *text = formula->text, *start = text, *end;
    int32_t line = formula->line;
    for (const char *c = text; c < text + at; c++)
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    size_t length = (size_t)((end = strchr(start, '\n')) ? end - start : (long)strlen(start));
    size_t indent = start == text && formula->col > 1 ? (size_t)formula->col - 1 : 0;
    size_t col = (size_t)(text + at - start) + 1;
    if (indent && indent + length < EXCERPT_ROOM) {
        snprintf(indented, EXCERPT_ROOM, "%*s%.*s", (int)indent, "", (int)length, start);
        start = indented;
        length += indent;
        col += indent;
    }
    if (col + (size_t)len > length + 2)
        len = (int32_t)(length + 2 - col);
    return (fsci_place){.source = formula->source,
                        .text = start,
                        .text_len = length,
                        .line = line,
                        .col = (int32_t)col,
                        .len = len > 0 ? len : 1};
}

FSCI_PRINTF(5, 0)
static fsc_status fail_at(fsc_error *err, const fsci_formula *formula, int32_t at, int32_t len,
                          const char *format, va_list args)
{
    char indented[EXCERPT_ROOM], message[sizeof err->message];
    if (!err)
        return FSC_EINPUT;
    vsnprintf(message, sizeof message, format, args);
    fsci_place place = place_of(formula, at, len, indented);
    return fsci_fail_at(err, FSC_EINPUT, &place, "%s", message);
}

fsc_status fsci_formula_fail_at(fsc_error *err, const fsci_formula *formula, int32_t at,
                                int32_t len, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fsc_status status = fail_at(err, formula, at, len, format, args);
    va_end(args);
    return status;
}

fsc_status fsci_formula_fail(fsc_error *err, const fsci_formula *formula, const fsci_name *name,
                             const char *format, ...)
{
    int32_t at = name ? name->col - 1 : 0;
    int32_t len = name ? name->len : (int32_t)strlen(formula->text);
    va_list args;
    va_start(args, format);
    fsc_status status = fail_at(err, formula, at, len, format, args);
    va_end(args);
    return status;
}

/* ---- names ---- */

typedef struct name_list {
    fsci_arena *arena;
    fsci_name *names;
    size_t count, room;
} name_list;

/* A sum around the node that is looked at. */
typedef struct open_sum {
    const char *index;
    const struct open_sum *outer;
} open_sum;

static bool known(const name_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i].name, name) == 0)
            return true;
    return false;
}

bool fsci_in_set(const char *name, const char *index)
{
    size_t n = strlen(name), m = strlen(index);
    return n > m + 1 && name[n - m - 1] == '_' && !strcmp(name + n - m, index);
}

/* The innermost sum around a name whose set it is of. */
static const char *set_of(const open_sum *sums, const char *name)
{
    while (sums && !fsci_in_set(name, sums->index))
        sums = sums->outer;
    return sums ? sums->index : NULL;
}

static void collect(name_list *list, const fsci_node *node, const open_sum *sums)
{
    const open_sum own = {node->name, sums};
    bool named = node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP;
    if (named && !known(list, node->name)) {
        if (list->count == list->room) {
            size_t room = list->room ? 2 * list->room : 16;
            fsci_name *names = FSCI_NEW(list->arena, fsci_name, room);
            if (!names)
                return;
            if (list->count)
                memcpy(names, list->names, list->count * sizeof *names);
            list->names = names;
            list->room = room;
        }
        list->names[list->count++] = (fsci_name){
            .name = node->name,
            .index = node->kind == FSCI_NODE_GROUP ? node->args[0]->name : NULL,
            .set = set_of(sums, node->name),
            .col = node->at + 1,
            .len = node->len,
        };
    }
    for (size_t i = 0; i < node->n_args; i++)
        collect(list, node->args[i], node->kind == FSCI_NODE_SUM ? &own : sums);
}

size_t fsci_formula_names(fsci_arena *arena, const fsci_formula *formula, const fsci_name **names)
{
    name_list list = {.arena = arena};
    if (formula->left)
        collect(&list, formula->left, NULL);
    collect(&list, formula->right, NULL);
    *names = list.names;
    return list.count;
}

static bool uses(const fsci_node *node, const char *name)
{
    bool named = node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP;
    bool found = named && !strcmp(node->name, name);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = uses(node->args[i], name);
    return found;
}

bool fsci_formula_uses(const fsci_formula *formula, const char *name)
{
    return uses(formula->right, name) || (formula->left && uses(formula->left, name));
}

/* ---- new trees from old ---- */

const fsci_node *fsci_node_apply(fsci_arena *arena, fsci_op op, const fsci_node *const *args,
                                 size_t n_args)
{
    fsci_node *node = FSCI_NEW(arena, fsci_node, 1);
    const fsci_node *const *copy = fsci_copy_array(arena, args, n_args, sizeof *args);
    if (!node || !copy)
        return NULL;
    *node = (fsci_node){.kind = FSCI_NODE_APPLY, .op = op, .args = copy, .n_args = n_args};
    for (size_t i = 0; i < n_args; i++) {
        if (!args[i])
            return NULL;
        if (args[i]->height >= node->height)
            node->height = args[i]->height + 1;
    }
    return node;
}

const fsci_node *fsci_node_with(fsci_arena *arena, const fsci_node *node,
                                const fsci_node *const *args)
{
    fsci_node *copy = fsci_copy_array(arena, node, 1, sizeof *node);
    if (!copy || !(copy->args = fsci_copy_array(arena, args, node->n_args, sizeof *args)))
        return NULL;
    copy->at = copy->len = copy->height = 0;
    for (size_t i = 0; i < node->n_args; i++) {
        if (!args[i])
            return NULL;
        if (args[i]->height >= copy->height)
            copy->height = args[i]->height + 1;
    }
    return copy;
}

const fsci_node *fsci_node_call(fsci_arena *arena, const char *function, const fsci_node *argument)
{
    fsci_op op = fsci_function_find(function);
    return op == FSCI_OP_COUNT ? NULL : fsci_node_apply(arena, op, &argument, 1);
}

const fsci_node *fsci_node_binary(fsci_arena *arena, char sign, const fsci_node *a,
                                  const fsci_node *b)
{
    fsci_op op = sign == '+'   ? FSCI_OP_ADD
                 : sign == '-' ? FSCI_OP_SUB
                 : sign == '*' ? FSCI_OP_MUL
                 : sign == '/' ? FSCI_OP_DIV
                               : FSCI_OP_POW;
    return fsci_node_apply(arena, op, (const fsci_node *[]){a, b}, 2);
}

/* ---- degree ---- */

static int degree_of_power(const fsci_node *node, int base, int power)
{
    const fsci_node *p = node->args[1];
    if (!base && !power)
        return 0;
    return p->kind == FSCI_NODE_NUMBER && p->number == 1 ? base : 2;
}

/* log(x^p) is p log x. */
static int degree_of_log(const fsci_node *a, const char *const *names, size_t n_names)
{
    bool power = a->kind == FSCI_NODE_APPLY && a->op == FSCI_OP_POW;
    return power && !fsci_node_degree(a->args[0], names, n_names)
               ? fsci_node_degree(a->args[1], names, n_names)
               : 2;
}

int fsci_node_degree(const fsci_node *node, const char *const *names, size_t n_names)
{
    int degree[3] = {0}, most = 0, sum = 0;
    if (node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP)
        for (size_t i = 0; i < n_names; i++)
            if (strcmp(node->name, names[i]) == 0)
                return 1;
    for (size_t i = 0; i < node->n_args; i++) {
        int d = fsci_node_degree(node->args[i], names, n_names);
        degree[i < 3 ? i : 2] = d;
        most = d > most ? d : most;
        sum += d;
    }
    if (!sum || node->kind != FSCI_NODE_APPLY)
        return most;
    switch (node->op) {
    case FSCI_OP_ADD:
    case FSCI_OP_SUB:
    case FSCI_OP_NEG:
        return most;
    case FSCI_OP_MUL:
        return sum < 2 ? sum : 2;
    case FSCI_OP_DIV:
        return degree[1] ? 2 : degree[0];
    case FSCI_OP_WHERE:
        return degree[0] ? 2 : most;
    case FSCI_OP_POW:
        return degree_of_power(node, degree[0], degree[1]);
    case FSCI_OP_LOG:
        return degree_of_log(node->args[0], names, n_names);
    default:
        return 2;
    }
}
