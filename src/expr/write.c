#include "expr/tree.h"

#include "base/number.h"

#include <string.h>

/* Signs of the plain and the pretty form, where they differ or carry spaces. */
static const struct {
    fsci_op op;
    const char *plain, *pretty;
} spellings[] = {
    {FSCI_OP_ADD, " + ", " + "},      {FSCI_OP_SUB, " - ", " \u2212 "},
    {FSCI_OP_MUL, "*", "\u00b7"},     {FSCI_OP_POW, "^", "^"},
    {FSCI_OP_NEG, "-", "\u2212"},     {FSCI_OP_DIV, "/", "/"},
    {FSCI_OP_NOT, "not ", "not "},    {FSCI_OP_LE, " <= ", " \u2264 "},
    {FSCI_OP_GE, " >= ", " \u2265 "}, {FSCI_OP_NE, " != ", " \u2260 "},
};

static const char *const greek[][2] = {
    {"alpha", "α"},  {"beta", "β"},  {"gamma", "γ"}, {"delta", "δ"},  {"epsilon", "ε"},
    {"zeta", "ζ"},   {"eta", "η"},   {"theta", "θ"}, {"iota", "ι"},   {"kappa", "κ"},
    {"lambda", "λ"}, {"mu", "μ"},    {"nu", "ν"},    {"xi", "ξ"},     {"rho", "ρ"},
    {"sigma", "σ"},  {"tau", "τ"},   {"phi", "φ"},   {"chi", "χ"},    {"psi", "ψ"},
    {"omega", "ω"},  {"Gamma", "Γ"}, {"Delta", "Δ"}, {"Lambda", "Λ"}, {"Sigma", "Σ"},
};

typedef struct writer {
    fsci_buffer *out;
    bool pretty;
} writer;

static void write_node(const writer *w, const fsci_node *node, fsci_binds least);

static fsci_binds binds(const fsci_node *node)
{
    if (node->kind == FSCI_NODE_NUMBER && node->number < 0)
        return FSCI_BINDS_SIGN;
    if (node->kind != FSCI_NODE_APPLY)
        return FSCI_BINDS_LEAF;
    return node->op == FSCI_OP_POW ? FSCI_BINDS_POWER : fsci_operation_of(node->op)->binds;
}

bool fsci_is_identifier(const char *name)
{
    static const char *const reserved[] = {"and", "or", "not", "true", "false"};
    if (!*name || (*name >= '0' && *name <= '9'))
        return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0)
            return false;
    for (; *name; name++)
        if (!strchr("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *name) &&
            (unsigned char)*name < 0x80)
            return false;
    return true;
}

/* Greek letters for the whole name or for what stands before its digits or underscore. */
static void write_name(const writer *w, const char *name)
{
    size_t stem = strcspn(name, "_0123456789");
    if (!fsci_is_identifier(name)) {
        fsci_buffer_printf(w->out, "`%s`", name);
        return;
    }
    for (size_t i = 0; w->pretty && i < sizeof greek / sizeof *greek; i++)
        if (strlen(greek[i][0]) == stem && strncmp(greek[i][0], name, stem) == 0) {
            fsci_buffer_puts(w->out, greek[i][1]);
            name += stem;
            break;
        }
    fsci_buffer_puts(w->out, name);
}

static void write_operator(const writer *w, fsci_op op)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (spellings[i].op == op) {
            fsci_buffer_puts(w->out, w->pretty ? spellings[i].pretty : spellings[i].plain);
            return;
        }
    fsci_buffer_printf(w->out, " %s ", fsci_operation_of(op)->name);
}

static void write_call(const writer *w, const fsci_node *node)
{
    fsci_buffer_printf(w->out, "%s(", fsci_operation_of(node->op)->name);
    for (size_t i = 0; i < node->n_args; i++) {
        if (i)
            fsci_buffer_puts(w->out, ", ");
        write_node(w, node->args[i], FSCI_BINDS_OR);
    }
    fsci_buffer_putc(w->out, ')');
}

/* What each side must bind at least, so that reading gives the same tree back. */
static void write_apply(const writer *w, const fsci_node *node)
{
    fsci_binds own = binds(node), left = own, right = own + 1;
    if (own == FSCI_BINDS_LEAF) {
        write_call(w, node);
        return;
    }
    if (own == FSCI_BINDS_POWER) {
        left = FSCI_BINDS_LEAF;
        right = FSCI_BINDS_SIGN;
    } else if (own == FSCI_BINDS_COMPARISON) {
        left = own + 1;
    }
    if (node->n_args == 1) {
        write_operator(w, node->op);
        write_node(w, node->args[0], own);
        return;
    }
    write_node(w, node->args[0], left);
    write_operator(w, node->op);
    write_node(w, node->args[1], right);
}

static void write_leaf(const writer *w, const fsci_node *node)
{
    char number[FSCI_NUMBER_TEXT];
    switch (node->kind) {
    case FSCI_NODE_NUMBER:
        fsci_number_write(node->number, number);
        fsci_buffer_puts(w->out, number);
        break;
    case FSCI_NODE_TEXT:
        fsci_buffer_printf(w->out, strchr(node->name, '\'') ? "\"%s\"" : "'%s'", node->name);
        break;
    case FSCI_NODE_SUM:
        fsci_buffer_printf(w->out, node->number > 0 ? "sum_%s(%g, " : "sum_%s(", node->name,
                           node->number);
        write_node(w, node->args[0], FSCI_BINDS_OR);
        fsci_buffer_putc(w->out, ')');
        break;
    case FSCI_NODE_GROUP:
        write_name(w, node->name);
        fsci_buffer_putc(w->out, '[');
        write_name(w, node->args[0]->name);
        fsci_buffer_putc(w->out, ']');
        break;
    default:
        write_name(w, node->name);
    }
}

static void write_node(const writer *w, const fsci_node *node, fsci_binds least)
{
    bool wrapped = binds(node) < least;
    if (wrapped)
        fsci_buffer_putc(w->out, '(');
    if (node->kind == FSCI_NODE_APPLY)
        write_apply(w, node);
    else
        write_leaf(w, node);
    if (wrapped)
        fsci_buffer_putc(w->out, ')');
}

void fsci_formula_write(const fsci_node *node, bool pretty, fsci_buffer *out)
{
    write_node(&(writer){.out = out, .pretty = pretty}, node, FSCI_BINDS_OR);
}

const char *fsci_formula_text(fsci_arena *arena, const fsci_node *left, const fsci_node *right)
{
    fsci_buffer text = {0};
    if (left) {
        fsci_formula_write(left, false, &text);
        fsci_buffer_puts(&text, " = ");
    }
    fsci_formula_write(right, false, &text);
    const char *copy = text.failed ? NULL : fsci_copy_text(arena, text.data, text.length);
    fsci_buffer_free(&text);
    return copy;
}
