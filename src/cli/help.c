#include "cli/help.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 78, OPTION_COLUMN = 28, WARNING_COLUMN = 17 };

/* Standard output may be full or closed: that is an environment failure, not silence. */
static int finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return FSC_OK;
    fprintf(stderr, "forescale: cannot write standard output: %s\n", strerror(errno));
    return FSC_EENV;
}

int help_print(const char *text)
{
    fputs(text, stdout);
    return finish();
}

int help_brief(void)
{
    return help_print(
        "forescale fits, checks and extrapolates neural scaling laws.\n"
        "\n"
        "  forescale demo --html report.html\n"
        "  forescale fit chinchilla runs.csv --bootstrap 1000 --at C=1e24\n"
        "  forescale observe models.csv --target gsm8k_cot --cutoff 'flops <= 8.4e22'\n"
        "  forescale laws\n"
        "\n"
        "'forescale help' lists the commands, 'forescale help fit' the options of one, 'forescale "
        "help\n"
        "warnings' what the codes of warnings mean.\n");
}

/* Words of `text` wrapped at WIDTH, each line after `indent` spaces; `at` is the column now. */
static void wrap(const char *text, int indent, int at)
{
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (at > indent && at + 1 + length > WIDTH) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", length, text);
        at += length;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void show_option(const fsc_option *o)
{
    char left[96];
    int length = snprintf(left, sizeof left, "  %c%c%s--%s%s%s", o->letter ? '-' : ' ',
                          o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
                          o->value ? " " : "", o->value ? o->value : "");
    printf("%s", left);
    if (length >= OPTION_COLUMN - 1)
        printf("\n%*s", OPTION_COLUMN, "");
    else
        printf("%*s", OPTION_COLUMN - length, "");
    char help[512];
    snprintf(help, sizeof help, "%s%s%s%s", o->help, o->initial ? " (default: " : "",
             o->initial ? o->initial : "", o->initial ? ")" : "");
    wrap(help, OPTION_COLUMN, OPTION_COLUMN);
}

/* The forms of a command below each other, none of them wider than WIDTH. */
static void show_usage(const char *synopsis)
{
    static const char between[] = " | ";
    for (const char *form = synopsis, *next; form; form = next) {
        char text[256];
        next = strstr(form, between);
        snprintf(text, sizeof text, "%s forescale %.*s", form == synopsis ? "usage:" : "      ",
                 next ? (int)(next - form) : (int)strlen(form), form);
        puts(text);
        next = next ? next + strlen(between) : NULL;
    }
    putchar('\n');
}

/* Bytes of a command line up to a blank outside quotes, or to its end. */
static size_t shell_word(const char *text, size_t length)
{
    char quote = 0;
    size_t n = 0;
    for (; n < length && (quote || text[n] != ' '); n++)
        if (text[n] == '\'')
            quote = quote ? 0 : '\'';
    return n;
}

/* A command line to paste, continued where it is too long; an option keeps its value. */
static void show_example(const char *line, size_t length)
{
    size_t at = 0;
    for (size_t from = 0; from < length;) {
        size_t n = shell_word(line + from, length - from);
        if (line[from] == '-' && from + n < length && line[from + n + 1] != '-')
            n += 1 + shell_word(line + from + n + 1, length - from - n - 1);
        if (at > 0 && at + 1 + n > WIDTH - 2) {
            printf(" \\\n     ");
            at = 5;
        }
        printf("%s%.*s", at ? " " : "  ", (int)n, line + from);
        at += n + (at ? 1 : 2);
        from += n + 1;
    }
    putchar('\n');
}

static void show_command(const fsc_command *c)
{
    show_usage(c->synopsis);
    wrap(c->text[0] ? c->text : c->summary, 0, 0);
    for (int output = 0; output < 2; output++) {
        bool any = false;
        for (const char *const *name = c->options; *name; name++) {
            const fsc_option *o = fsc_option_find(*name);
            if (o->output != output)
                continue;
            if (!any)
                puts(output ? "\nOutput:" : "\nOptions:");
            any = true;
            show_option(o);
        }
    }
    if (c->examples[0])
        puts("\nExamples:");
    for (const char *e = c->examples; *e; e += strcspn(e, "\n") + 1)
        show_example(e, strcspn(e, "\n"));
}

static void show_overview(void)
{
    const fsc_command *list;
    size_t n = fsc_commands(&list);
    puts("usage: forescale COMMAND ...\n");
    for (size_t i = 0; i < n; i++) {
        printf("  %-10s", list[i].name);
        wrap(list[i].summary, 12, 12);
    }
    puts("\nValues take suffixes: 7B, 1.4T, 250k, 3e21. '-' is standard input or output.\n"
         "FORESCALE_LAWS names folders of law files, joined by ':'.\n"
         "\n"
         "Exit status: 0 done; 1 the answer is no; 2 wrong use; 3 bad input;\n"
         "4 the environment refused (disk, memory, permission).");
}

static void show_markdown(const fsc_command *c)
{
    printf("## forescale %s\n\n%s\n\n    forescale %s\n\n%s\n\n", c->name, c->summary, c->synopsis,
           c->text);
    if (c->options[0])
        puts("| option | value | default | meaning |\n|---|---|---|---|");
    for (const char *const *name = c->options; *name; name++) {
        const fsc_option *o = fsc_option_find(*name);
        printf("| `--%s`", o->name);
        if (o->letter)
            printf(", `-%c`", o->letter);
        fputs(" | ", stdout);
        for (const char *v = o->value ? o->value : ""; *v; v++)
            printf(*v == '|' ? "\\|" : "%c", *v);
        printf(" | %s | %s |\n", o->initial ? o->initial : "", o->help);
    }
    puts("");
    for (const char *e = c->examples; *e; e += strcspn(e, "\n") + 1)
        printf("    %.*s\n", (int)strcspn(e, "\n"), e);
    puts("");
}

static void show_warnings(void)
{
    const fsc_warning *list;
    size_t n = fsc_warnings(&list);
    puts("Codes of warnings: when each is given, and what to do.\n");
    for (size_t i = 0; i < n; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s: %s", list[i].when, list[i].advice);
        int at = printf("  %s", list[i].code);
        if (at >= WARNING_COLUMN) {
            putchar('\n');
            at = 0;
        }
        printf("%*s", WARNING_COLUMN - at, "");
        wrap(text, WARNING_COLUMN, WARNING_COLUMN);
    }
}

static void show_warnings_markdown(void)
{
    const fsc_warning *list;
    size_t n = fsc_warnings(&list);
    puts("# Warnings\n\nEvery record has `warnings: [{code, message}]`. The message says what "
         "happened; the code is for good.\nMade by `forescale help warnings --markdown`.\n\n"
         "| code | when | what to do |\n|---|---|---|");
    for (size_t i = 0; i < n; i++)
        printf("| `%s` | %s | %s |\n", list[i].code, list[i].when, list[i].advice);
}

/* roff: a leading dot or quote and every backslash and hyphen need care. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\' || *text == '-')
            printf("\\%s", *text == '-' ? "-" : "e");
        else
            putchar(*text);
}

static void show_man_command(const fsc_command *c)
{
    printf(".SS forescale ");
    roff(c->synopsis);
    puts("");
    roff(c->text[0] ? c->text : c->summary);
    puts("");
    for (const char *const *name = c->options; *name; name++) {
        const fsc_option *o = fsc_option_find(*name);
        printf(".TP\n.B \\-\\-");
        roff(o->name);
        if (o->letter)
            printf(", \\-%c", o->letter);
        printf(" \\fI");
        roff(o->value ? o->value : "");
        puts("\\fR");
        roff(o->help);
        puts("");
    }
    for (const char *e = c->examples; *e; e += strcspn(e, "\n") + 1) {
        char line[512];
        snprintf(line, sizeof line, "%.*s", (int)strcspn(e, "\n"), e);
        puts(".PP\n.nf");
        roff(line);
        puts("\n.fi");
    }
}

static void show_man(void)
{
    const fsc_command *list;
    size_t n = fsc_commands(&list);
    puts(".TH FORESCALE 1 \"\" \"forescale " FSC_VERSION_STRING "\"\n.SH NAME\n"
         "forescale \\- fit, check and extrapolate neural scaling laws\n.SH SYNOPSIS\n"
         ".B forescale\n.I COMMAND ...\n.SH COMMANDS");
    for (size_t i = 0; i < n; i++)
        show_man_command(&list[i]);
    puts(".SH EXIT STATUS\n0 done; 1 the answer is no; 2 wrong use; 3 bad input; 4 the environment "
         "refused.");
}

int help_topic(const char *name, const fsc_args *args)
{
    const fsc_command *list, *one = name ? fsc_command_find(name) : NULL;
    size_t n = fsc_commands(&list);
    bool markdown = fsc_args_get(args, "markdown", 0) != NULL;
    if (name && !strcmp(name, "warnings")) {
        markdown ? show_warnings_markdown() : show_warnings();
        return finish();
    }
    if (name && !one) {
        fprintf(stderr, "forescale: no command '%s'; 'forescale help' lists them\n", name);
        return FSC_EUSAGE;
    }
    if (fsc_args_get(args, "man", 0))
        show_man();
    else if (markdown)
        for (size_t i = 0; i < n; i++)
            show_markdown(&list[i]);
    else if (one && strcmp(one->name, "help") != 0)
        show_command(one);
    else
        show_overview();
    return finish();
}
