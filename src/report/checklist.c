/* The checklist of a fit, for the appendix of a paper: Markdown or LaTeX. */
#include "report/report.h"

#include "report/fields.h"

#include <string.h>

typedef enum markup { MARKDOWN, LATEX } markup;

/* Text in which nothing is markup. */
static void put(const char *text, markup to, fsci_buffer *out)
{
    for (const char *c = text; *c; c++) {
        const char *special = to == LATEX ? strchr("&%$#_{}", *c) : strchr("|\\`*_<>[]", *c);
        if (*c == '\n')
            fsci_buffer_putc(out, ' ');
        else if (to == LATEX && c[0] == '-' && c[1] == '-')
            fsci_buffer_puts(out, "-{}"); /* no dash: it is an option */
        else if (to == LATEX && *c == '\\')
            fsci_buffer_puts(out, "\\textbackslash{}");
        else if (to == LATEX && (*c == '^' || *c == '~'))
            fsci_buffer_printf(out, "\\%c{}", *c);
        else if (to == LATEX && (*c == '<' || *c == '>' || *c == '|'))
            fsci_buffer_printf(out, "$%c$", *c == '|' ? '|' : *c);
        else {
            if (special)
                fsci_buffer_putc(out, '\\');
            fsci_buffer_putc(out, *c);
        }
    }
}

static void put_answer(const fsci_json *item, markup to, fsci_buffer *out)
{
    bool open = !string(item, "filled");
    const char *on = !open         ? ""
                     : to == LATEX ? "\\textbf{"
                                   : "**",
               *off = !open         ? ""
                      : to == LATEX ? "}"
                                    : "**";
    fsci_buffer_puts(out, on);
    put(words(item, "answer"), to, out);
    fsci_buffer_puts(out, off);
    const char *before = " (";
    FSCI_JSON_EACH (code, fsci_json_get(item, "warnings")) {
        fsci_buffer_printf(out, "%s%s", before, code->string);
        before = ", ";
    }
    fsci_buffer_puts(out, *before == ' ' ? "" : ")");
}

static void markdown(const fsci_json *list, fsci_buffer *out)
{
    fsci_buffer_puts(out, "| | question | answer |\n|---|---|---|\n");
    const char *group = "";
    FSCI_JSON_EACH (item, list) {
        bool again = !strcmp(group, words(item, "group"));
        group = words(item, "group");
        fsci_buffer_printf(out, "| %s | %s | ", again ? "" : group, words(item, "question"));
        put_answer(item, MARKDOWN, out);
        fsci_buffer_puts(out, " |\n");
    }
}

static void latex(const fsci_json *list, fsci_buffer *out)
{
    fsci_buffer_puts(out, "% needs \\usepackage{longtable,booktabs}\n"
                          "\\begin{longtable}{p{.3\\linewidth}p{.62\\linewidth}}\n"
                          "\\toprule\nquestion & answer \\\\\n\\midrule\n\\endhead\n");
    const char *group = "";
    FSCI_JSON_EACH (item, list) {
        if (strcmp(group, words(item, "group")) != 0)
            fsci_buffer_printf(out, "\\multicolumn{2}{l}{\\textit{%s}} \\\\\n",
                               words(item, "group"));
        group = words(item, "group");
        put(words(item, "question"), LATEX, out);
        fsci_buffer_puts(out, " & ");
        put_answer(item, LATEX, out);
        fsci_buffer_puts(out, " \\\\\n");
    }
    fsci_buffer_puts(out, "\\bottomrule\n\\end{longtable}\n");
}

fsc_status fsci_report_checklist(const fsci_json *record, bool as_latex, fsci_buffer *out,
                                 fsc_error *err)
{
    const fsci_json *list = fsci_json_get(record, "checklist");
    if (!list)
        return fsci_fail(err, FSC_EUSAGE,
                         "this record has no checklist; ask 'forescale fit' for "
                         "one with --checklist");
    if (as_latex)
        latex(list, out);
    else
        markdown(list, out);
    return FSC_OK;
}
