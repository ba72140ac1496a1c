#include "expr/program.h"

#include <stdio.h>
#include <string.h>

/* ---- vertices as trees ---- */

static const fsci_node *leaf_node(const fsci_graph *g, const fsci_vertex *v)
{
    fsci_node *node = FSCI_NEW(g->arena, fsci_node, 1);
    if (!node)
        return NULL;
    *node = (fsci_node){.kind = FSCI_NODE_NUMBER, .number = v->number};
    if (v->op == FSCI_OP_NUMBER)
        return node;
    node->kind = FSCI_NODE_NAME;
    node->name = v->symbol->name;
    if (v->op == FSCI_OP_GROUP) {
        const fsci_vertex codes = {.op = FSCI_OP_CODES, .symbol = v->codes};
        const fsci_node *index = leaf_node(g, &codes);
        node->kind = FSCI_NODE_GROUP;
        node->n_args = 1;
        node->args = fsci_copy_array(g->arena, &index, 1, sizeof index);
        return index && node->args ? node : NULL;
    }
    return node;
}

static const fsci_node *join(const fsci_graph *g, fsci_op op, const fsci_node *a,
                             const fsci_node *b)
{
    if (!a || !b)
        return NULL;
    return fsci_node_apply(g->arena, op, (const fsci_node *[]){a, b}, 2);
}

/* log(c*exp(e) + …), factors of one left out. */
static const fsci_node *logsum_node(const fsci_graph *g, const fsci_vertex *v,
                                    fsci_vertex_name_fn *name, void *context)
{
    const fsci_node *sum = NULL;
    for (uint32_t k = 0; k < v->n_args; k += 2) {
        fsci_vertex_id c = g->args[v->first + k], e = g->args[v->first + k + 1];
        const fsci_node *term = fsci_vertex_node(g, c, name, context);
        if (e) {
            const fsci_node *exponent = fsci_vertex_node(g, e, name, context);
            const fsci_node *power =
                exponent ? fsci_node_apply(g->arena, FSCI_OP_EXP, &exponent, 1) : NULL;
            bool one = g->vertices[c].op == FSCI_OP_NUMBER && g->vertices[c].number == 1;
            term = one ? power : join(g, FSCI_OP_MUL, term, power);
        }
        sum = k ? join(g, FSCI_OP_ADD, sum, term) : term;
        if (!sum)
            return NULL;
    }
    return fsci_node_apply(g->arena, FSCI_OP_LOG, &sum, 1);
}

const fsci_node *fsci_vertex_node(const fsci_graph *g, fsci_vertex_id id, fsci_vertex_name_fn *name,
                                  void *context)
{
    const fsci_vertex *v = &g->vertices[id];
    const char *own = name ? name(context, id) : NULL;
    const fsci_node *args[3];
    if (own) {
        fsci_node *node = FSCI_NEW(g->arena, fsci_node, 1);
        if (node)
            *node = (fsci_node){.kind = FSCI_NODE_NAME, .name = own};
        return node;
    }
    if (v->op >= FSCI_OPERATION_COUNT)
        return leaf_node(g, v);
    if (v->op == FSCI_OP_LOGSUM)
        return logsum_node(g, v, name, context);
    if (v->n_args == 2 && (g->vertices[g->args[v->first]].op == FSCI_OP_CODES))
        return v->origin; /* a comparison with text, whose level codes say nothing */
    for (uint32_t k = 0; k < v->n_args; k++)
        if (!(args[k] = fsci_vertex_node(g, g->args[v->first + k], name, context)))
            return NULL;
    return fsci_node_apply(g->arena, v->op, args, v->n_args);
}

/* ---- the listing ---- */

enum { WIDTH = 78, INDENT = 2 }; /* a terminal's 80 columns, less a margin */

typedef struct listing {
    const fsci_program *program;
    const fsci_graph *g;
    fsci_buffer *out;
    uint32_t *uses;     /* [n_vertices] by live vertices and as roots */
    bool *named;        /* [n_vertices] gets a line of its own */
    const char **names; /* [n_vertices] once listed */
    fsci_vertex_id now; /* whose line is being written */
    size_t n_named;
} listing;

static bool is_live(const listing *l, fsci_vertex_id id)
{
    const fsci_tape *data = l->program->data;
    return l->program->main->slot_of[id] || (data && data->slot_of[id]);
}

static bool is_leaf(const listing *l, fsci_vertex_id id)
{
    return l->g->vertices[id].op >= FSCI_OPERATION_COUNT;
}

/* Lines are for roots, for what is shared, and for what another class uses: hoisted. */
static void choose_named(listing *l)
{
    const fsci_graph *g = l->g;
    for (fsci_vertex_id id = 1; id < g->n_vertices; id++)
        for (uint32_t k = 0; is_live(l, id) && k < g->vertices[id].n_args; k++) {
            fsci_vertex_id arg = fsci_graph_arg(g, id, k);
            bool hoisted = g->vertices[arg].class != g->vertices[id].class;
            l->named[arg] |= (++l->uses[arg] > 1 || hoisted) && !is_leaf(l, arg);
        }
    for (size_t r = 0; r < l->program->n_roots; r++) {
        l->uses[l->program->roots[r]]++;
        l->named[l->program->roots[r]] = true;
    }
}

static const char *name_of(void *context, fsci_vertex_id id)
{
    const listing *l = context;
    return id == l->now ? NULL : l->names[id];
}

/* Writes `text` after what is on the line already, breaking at spaces before the right margin. */
static void write_wrapped(fsci_buffer *out, const char *text, size_t used)
{
    const size_t indent = used;
    while (*text) {
        size_t length = strcspn(text + (*text == ' '), " ") + (*text == ' '), columns = 0;
        for (size_t i = 0; i < length; i++)
            columns += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (used + columns > WIDTH && used > indent) {
            fsci_buffer_printf(out, "\n%*s", (int)indent, "");
            used = indent;
            columns--, length--, text++;
        }
        fsci_buffer_add(out, text, length);
        used += columns;
        text += length;
    }
}

/* The same, from a buffer that is then done with; ends the line. */
static void end_wrapped(fsci_buffer *out, fsci_buffer *line, size_t used)
{
    out->failed |= line->failed;
    if (line->data && !line->failed)
        write_wrapped(out, line->data, used);
    fsci_buffer_putc(out, '\n');
    fsci_buffer_free(line);
}

static void write_line(listing *l, fsci_vertex_id id)
{
    fsci_buffer line = {0};
    const fsci_node *node;
    l->now = id;
    node = fsci_vertex_node(l->g, id, name_of, l);
    l->names[id] = fsci_format(l->g->arena, "\u00a7%zu", ++l->n_named);
    if (!node || !l->names[id]) {
        l->out->failed = true;
        return;
    }
    fsci_formula_write(node, false, &line);
    if (l->uses[id] > 1)
        fsci_buffer_printf(&line, "    (used %u times)", l->uses[id]);
    for (size_t r = 0; r < l->program->n_roots; r++)
        if (l->program->roots[r] == id)
            fsci_buffer_puts(&line, "    (the value)");
    fsci_buffer_printf(l->out, "%*s\u00a7%-3zu ", INDENT, "", l->n_named);
    end_wrapped(l->out, &line, INDENT + 5);
}

static void write_class(listing *l, fsci_class class, const char *title)
{
    bool titled = false;
    for (fsci_vertex_id id = 1; id < l->g->n_vertices; id++) {
        if (l->g->vertices[id].class != class || !l->named[id])
            continue;
        if (!titled)
            fsci_buffer_puts(l->out, title);
        titled = true;
        write_line(l, id);
    }
}

/* The names of the leaves that are data, or that are parameters. */
static void write_leaves(const listing *l, const char *title, bool parameters)
{
    size_t n = 0;
    fsci_buffer line = {0};
    for (fsci_vertex_id id = 1; id < l->g->n_vertices; id++) {
        const fsci_vertex *v = &l->g->vertices[id];
        bool is_parameter = v->op == FSCI_OP_THETA || v->op == FSCI_OP_GROUP;
        if (!is_live(l, id) || !v->symbol || is_parameter != parameters)
            continue;
        fsci_buffer_printf(&line, "%s%s", n++ ? ", " : "", v->symbol->name);
        if (v->op == FSCI_OP_GROUP)
            fsci_buffer_printf(&line, "[%s]", v->codes->name);
    }
    fsci_buffer_printf(l->out, "%-12s", title);
    if (!n)
        fsci_buffer_puts(&line, "none");
    end_wrapped(l->out, &line, 12);
}

void fsci_program_describe(const fsci_program *program, fsci_buffer *out)
{
    const fsci_graph *g = program->graph;
    listing l = {.program = program,
                 .g = g,
                 .out = out,
                 .uses = FSCI_NEW(g->arena, uint32_t, g->n_vertices),
                 .named = FSCI_NEW(g->arena, bool, g->n_vertices),
                 .names = FSCI_NEW(g->arena, const char *, g->n_vertices)};
    if (!l.uses || !l.named || !l.names) {
        out->failed = true;
        return;
    }
    choose_named(&l);
    write_leaves(&l, "data", false);
    write_leaves(&l, "parameters", true);
    write_class(&l, FSCI_CLASS_CONSTANT, "constant\n");
    write_class(&l, FSCI_CLASS_DATA, "data, computed once per table\n");
    write_class(&l, FSCI_CLASS_PARAMETER, "parameter, computed once per evaluation\n");
    write_class(&l, FSCI_CLASS_MIXED, "mixed, computed for every row\n");
}
