/* forescale: the command line. A client of the public header alone: it turns words into options,
 * runs the command, and puts the record where it was asked for. */
#include "forescale.h"

#include "cli/help.h"
#include "cli/terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit statuses: 0 done, 1 the answer is no, 2 usage, 3 bad input, 4 environment. */
static int exit_status(fsc_status status)
{
    return status == FSC_ENOMEM || status == FSC_EPIPE ? FSC_EENV : (int)status;
}

/* A reader that has gone ends us as it ends grep: silently, by the signal. */
static int fail(fsc_status status, const fsc_error *err, fsc_rank_role role)
{
    if (role == FSC_RANK_SILENT)
        return exit_status(status);
    if (err->status == FSC_EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    terminal_error(err);
    if (role == FSC_RANK_ALONE)
        _Exit(exit_status(err->status)); /* mpirun then ends the ranks that wait for this one */
    return exit_status(err->status);
}

static const char *long_name(const fsc_args *args, const fsc_command *command, char letter)
{
    (void)args;
    for (const char *const *name = command->options; *name; name++)
        if (fsc_option_find(*name)->letter == letter)
            return *name;
    return NULL;
}

typedef struct words {
    char **at;
    int n, next;
} words;

static const char *take(words *w)
{
    return w->next < w->n ? w->at[w->next++] : NULL;
}

/* --name, --name=value or --name value. */
static fsc_status set_long(fsc_args *args, const char *word, words *w, fsc_error *err)
{
    char name[64];
    size_t length = strcspn(word, "=");
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
             word);
    if (word[length] == '=')
        return fsc_args_set(args, name, word + length + 1, err);
    const fsc_option *option = fsc_option_find(name);
    const char *value = option && option->kind != FSC_OPTION_FLAG ? take(w) : NULL;
    return fsc_args_set(args, name, value, err);
}

/* -j, -o file, -ofile. */
static fsc_status set_short(fsc_args *args, const fsc_command *command, const char *word, words *w,
                            fsc_error *err)
{
    for (; *word; word++) {
        char letter[2] = {*word, '\0'};
        const char *name = long_name(args, command, *word);
        if (!name)
            return fsc_args_set(args, letter, NULL, err); /* says that there is none */
        if (fsc_option_find(name)->kind == FSC_OPTION_FLAG) {
            fsc_status status = fsc_args_set(args, name, NULL, err);
            if (status != FSC_OK)
                return status;
            continue;
        }
        return fsc_args_set(args, name, word[1] ? word + 1 : take(w), err);
    }
    return FSC_OK;
}

static fsc_status read_words(fsc_args *args, const fsc_command *command, words *w, bool *help,
                             fsc_error *err)
{
    bool options = true;
    const char *word;
    while ((word = take(w))) {
        fsc_status status;
        if (options && !strcmp(word, "--"))
            options = false, status = FSC_OK;
        else if (options && (!strcmp(word, "--help") || !strcmp(word, "-h")))
            *help = true, status = FSC_OK;
        else if (options && !strncmp(word, "--", 2))
            status = set_long(args, word + 2, w, err);
        else if (options && word[0] == '-' && word[1])
            status = set_short(args, command, word + 1, w, err);
        else
            status = fsc_args_add(args, word, err);
        if (status != FSC_OK)
            return status;
    }
    return FSC_OK;
}

/* One view of the record to one place. */
static fsc_status put(fsc_record *record, fsc_view view, const fsc_view_options *look,
                      const char *path, fsc_error *err)
{
    char *text;
    size_t length;
    fsc_status status = fsc_record_view(record, view, look, &text, &length, err);
    if (status == FSC_OK)
        status = fsc_write_file(path, text, length, err);
    free(text);
    return status;
}

/* Files first: when one cannot be written nothing is said to have been done. */
static fsc_status put_files(const fsc_args *args, const fsc_command *command, fsc_record *record,
                            const fsc_view_options *look, bool *to_stdout, fsc_error *err)
{
    const struct {
        const char *path;
        fsc_view view;
    } files[] = {{fsc_args_get(args, "output", 0), FSC_VIEW_JSON},
                 {fsc_args_get(args, "html", 0), FSC_VIEW_HTML},
                 {fsc_args_get(args, "svg", 0), FSC_VIEW_SVG}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = files[i].path;
        if (!path && files[i].view == FSC_VIEW_HTML)
            path = command->html;
        if (!path)
            continue;
        *to_stdout = *to_stdout || !strcmp(path, "-");
        fsc_status status = put(record, files[i].view, look, path, err);
        if (status != FSC_OK)
            return status;
    }
    return FSC_OK;
}

static fsc_status show(const fsc_args *args, const fsc_command *command, fsc_record *record,
                       fsc_error *err)
{
    fsc_view_options look = {.width = terminal_width(),
                             .color = terminal_color(),
                             .figure = fsc_args_get(args, "figure", 0)};
    bool quiet = fsc_args_get(args, "quiet", 0), to_stdout = false;
    bool json = fsc_args_get(args, "json", 0), csv = fsc_args_get(args, "csv", 0);
    const char *checklist = json || csv ? NULL : fsc_args_get(args, "checklist", 0);
    fsc_status status = put_files(args, command, record, &look, &to_stdout, err);
    if (status != FSC_OK)
        return status;
    if ((json || csv) && !quiet)
        terminal_warnings(record);
    if (json || csv)
        return put(record, json ? FSC_VIEW_JSON : FSC_VIEW_CSV, &look, "-", err);
    if (checklist)
        return put(record,
                   strcmp(checklist, "latex") ? FSC_VIEW_CHECKLIST_MARKDOWN
                                              : FSC_VIEW_CHECKLIST_LATEX,
                   &look, "-", err);
    return quiet || to_stdout ? FSC_OK : put(record, FSC_VIEW_TEXT, &look, "-", err);
}

/* Why the outputs asked for do not go together; NULL when they do. */
static const char *clash(const fsc_args *args)
{
    if (fsc_args_get(args, "json", 0) && fsc_args_get(args, "csv", 0))
        return "--json and --csv both go to standard output; keep one, or give -o FILE for the "
               "record";
    if (fsc_args_get(args, "figure", 0) && !fsc_args_get(args, "svg", 0))
        return "--figure says which figure --svg writes; give --svg FILE too";
    return NULL;
}

static int run(const fsc_args *args, const fsc_command *command)
{
    fsc_error err = {0};
    const char *outputs = clash(args);
    if (outputs) {
        fprintf(stderr, "forescale: %s\n", outputs);
        return FSC_EUSAGE;
    }
    fsc_record *record = NULL;
    fsc_ctx *ctx = fsc_ctx_new(getenv("FORESCALE_LAWS"));
    if (!ctx) {
        fputs("forescale: out of memory\n", stderr);
        return FSC_EENV;
    }
    fsc_rank_role role;
    fsc_status status = fsc_ranks_agree(fsc_run(ctx, args, &record, &err), &role, &err);
    if (status == FSC_OK && role == FSC_RANK_SPEAKS)
        status = show(args, command, record, &err);
    int code = status != FSC_OK            ? fail(status, &err, role)
               : fsc_record_is_yes(record) ? FSC_OK
                                           : FSC_NO;
    fsc_record_free(record);
    fsc_ctx_free(ctx);
    return code;
}

/* What is wrong with the words themselves is wrong on every rank. */
static int refuse(fsc_status status, fsc_error *err)
{
    fsc_rank_role role;
    status = fsc_ranks_agree(status, &role, err);
    return fail(status, err, role);
}

static int command_line(int argc, char **argv)
{
    words w = {.at = argv, .n = argc, .next = 1};
    const char *verb = take(&w);
    if (!verb)
        return help_brief();
    if (!strcmp(verb, "--version") || !strcmp(verb, "-V"))
        return help_print("forescale " FSC_VERSION_STRING "\n");
    if (!strcmp(verb, "--help") || !strcmp(verb, "-h"))
        verb = "help";
    fsc_args *args = NULL;
    fsc_error err = {0};
    bool help = !strcmp(verb, "help"), asked = false;
    fsc_status status = fsc_args_new(verb, &args, &err);
    const fsc_command *command = status == FSC_OK ? fsc_command_find(verb) : NULL;
    if (status == FSC_OK)
        status = read_words(args, command, &w, &asked, &err);
    int code;
    if (asked)
        code = help_topic(verb, args);
    else if (status != FSC_OK)
        code = refuse(status, &err);
    else
        code = help ? help_topic(w.n > 2 && argv[2][0] != '-' ? argv[2] : NULL, args)
                    : run(args, command);
    fsc_args_free(args);
    return code;
}

int main(int argc, char **argv)
{
    fsc_error err = {0};
    fsc_status status = fsc_ranks_begin(&err);
    int code = status == FSC_OK ? command_line(argc, argv) : fail(status, &err, FSC_RANK_SPEAKS);
    fsc_ranks_end();
    return code;
}
