/* Runs the cases of tests/lang: three lines each (formula; inputs; answer), apart by blank lines;
 * lines that start with # are comments.
 *
 *   inputs   `x = 1, 2, NA; family = GPT, Llama; a ~ 0.5; g[family] ~ 1, 2`, or - for none:
 *            columns, one value per row (text when a value is neither number nor NA), parameters,
 *            parameters by level in order of appearance; of a set, members apart by |
 *   answer   one value per row (the same in all rows when one is given), NA for missing; or
 *            `! COL message` or `! row R message`, rows from 0, for what must fail
 *
 * Every formula that parses must also read back from its own text, and agree with the walker. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/number.h"
#include "expr/expr.h"
#include "unit.h"
#include "walker.h"

#include <glob.h>
#include <stdlib.h>

#define CASES TEST_DATA "/../lang/*.t"

enum { MOST = 64 };

typedef struct language_case {
    const char *file;
    int line;
    char *formula, *inputs, *answer;
} language_case;

typedef struct inputs {
    fsci_arena *arena;
    fsci_symbol symbols[MOST];
    double theta[MOST];
    fsci_scope scope;
} inputs;

#define FAIL_CASE(c, format, ...)                                                                  \
    fail_msg("%s:%d: %s\n" format, (c)->file, (c)->line, (c)->formula, __VA_ARGS__)

/* ---- reading ---- */

static char *trim(char *text)
{
    text += strspn(text, " ");
    for (size_t n = strlen(text); n && text[n - 1] == ' ';)
        text[--n] = '\0';
    return text;
}

static size_t split(char *text, const char *by, char *parts[MOST])
{
    size_t n = 0;
    for (char *rest = text, *part; (part = strsep(&rest, by)) && n < MOST;)
        parts[n++] = trim(part);
    return n;
}

static bool read_value(const char *text, double *value)
{
    *value = NAN;
    return strcmp(text, "NA") == 0 || fsci_number_read(text, strlen(text), value);
}

static void read_codes(inputs *in, fsci_symbol *symbol, char **cells, size_t n)
{
    uint32_t *codes = FSCI_NEW(in->arena, uint32_t, n);
    const char **names = FSCI_NEW(in->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        codes[i] = FSCI_NO_CODE;
        if (strcmp(cells[i], "NA") == 0)
            continue;
        for (codes[i] = 0; codes[i] < symbol->n_levels; codes[i]++)
            if (strcmp(names[codes[i]], cells[i]) == 0)
                break;
        if (codes[i] == symbol->n_levels)
            names[symbol->n_levels++] = cells[i];
    }
    symbol->kind = FSCI_SYMBOL_CODES;
    symbol->codes = codes;
    symbol->levels = names;
}

static size_t count_members(const char *list)
{
    size_t n = 1;
    for (; *list; list++)
        n += *list == '|';
    return n;
}

static void read_column(inputs *in, fsci_symbol *symbol, char *list)
{
    char *cells[MOST];
    size_t members = count_members(list), n = split(list, ",|", cells);
    double *numbers = FSCI_NEW(in->arena, double, n);
    symbol->kind = members > 1 ? FSCI_SYMBOL_SET : FSCI_SYMBOL_NUMBERS;
    symbol->n_levels = members > 1 ? members : 0;
    symbol->numbers = numbers;
    in->scope.n_rows = n / members;
    for (size_t i = 0; i < n; i++)
        if (!read_value(cells[i], &numbers[i])) {
            read_codes(in, symbol, cells, n);
            return;
        }
}

static void read_parameter(inputs *in, fsci_symbol *symbol, char *name, char *list)
{
    char *values[MOST], *bracket = strchr(name, '[');
    size_t members = count_members(list), n = split(list, ",|", values);
    symbol->kind = bracket || members > 1 ? FSCI_SYMBOL_PARAMETERS : FSCI_SYMBOL_PARAMETER;
    symbol->first = in->scope.n_parameters;
    if (members > 1) {
        symbol->index = strrchr(name, '_') + 1;
        symbol->n_levels = members;
    }
    if (bracket) {
        *bracket = '\0';
        symbol->index = bracket + 1;
        bracket[strlen(bracket + 1)] = '\0';
    }
    for (size_t i = 0; i < n; i++)
        assert_true(read_value(values[i], &in->theta[in->scope.n_parameters++]));
}

static void read_inputs(inputs *in, char *text)
{
    char *parts[MOST];
    size_t n = strcmp(text, "-") == 0 ? 0 : split(text, ";", parts);
    in->scope = (fsci_scope){.symbols = in->symbols, .n_symbols = n, .n_rows = 1};
    for (size_t k = 0; k < n; k++) {
        size_t mark = strcspn(parts[k], "=~");
        bool column = parts[k][mark] == '=';
        assert_true(parts[k][mark]);
        parts[k][mark] = '\0';
        in->symbols[k] = (fsci_symbol){.name = trim(parts[k])};
        if (column)
            read_column(in, &in->symbols[k], parts[k] + mark + 1);
        else
            read_parameter(in, &in->symbols[k], trim(parts[k]), parts[k] + mark + 1);
    }
}

/* ---- checking ---- */

static void check_failure(const language_case *c, const fsc_error *err)
{
    char found[1024];
    if (err->row >= 0)
        snprintf(found, sizeof found, "! row %d %s", (int)err->row, err->message);
    else
        snprintf(found, sizeof found, "! %d %s", (int)err->col, err->message);
    if (strcmp(found, c->answer) != 0)
        FAIL_CASE(c, "fails as   %s\nmust be    %s", found, c->answer);
    assert_int_equal(err->status, FSC_EINPUT);
    if (err->row < 0) {
        assert_string_equal(err->source, "case");
        assert_true(err->len > 0);
        assert_true((size_t)err->col <= strlen(err->excerpt) + 1);
    }
}

/* The text written from a tree reads back as a tree with the same text. */
static void check_text(const language_case *c, fsci_arena *arena, const fsci_formula *formula)
{
    fsci_buffer once = {0}, twice = {0};
    fsci_formula *again;
    fsc_error err;
    fsci_formula_write(formula->right, false, &once);
    if (fsci_formula_parse(arena, "again", 1, 1, once.data, &again, &err) != FSC_OK)
        FAIL_CASE(c, "is written %s: %s", once.data, err.message);
    fsci_formula_write(again->right, false, &twice);
    if (strcmp(once.data, twice.data) != 0)
        FAIL_CASE(c, "is written %s, which is written %s", once.data, twice.data);
    fsci_buffer_free(&once);
    fsci_buffer_free(&twice);
}

static void check_value(const language_case *c, size_t row, double got, double want)
{
    if (isnan(got) && isnan(want))
        return;
    if (!(fabs(got - want) <= 1e-14 * fabs(want)))
        FAIL_CASE(c, "row %zu: got %.17g, want %.17g", row, got, want);
}

static void check_values(const language_case *c, const inputs *in, const fsci_formula *formula,
                         const fsci_program *program)
{
    char *answers[MOST];
    double values[MOST];
    size_t n = in->scope.n_rows, n_answers = split(c->answer, ",", answers);
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) + 63) / 64 * 64);
    fsci_program_values(program, scratch, in->theta, 0, n, values, n);
    if (n_answers != 1 && n_answers != n)
        FAIL_CASE(c, "%zu answers for %zu rows", n_answers, n);
    for (size_t i = 0; i < n; i++) {
        double want;
        walk at = {.scope = &in->scope, .theta = in->theta, .row = i};
        assert_true(read_value(answers[n_answers == 1 ? 0 : i], &want));
        check_value(c, i, values[i], want);
        wide walked = walk_node(&at, formula->right);
        long double off = fabsl(walked.v - values[i]);
        if (!at.wild && !(off <= 1e-12L * fabs(want) + 8 * DBL_EPSILON * walked.slack) &&
            !isnan(want))
            FAIL_CASE(c, "row %zu: the walker says %.17Lg", i, walked.v);
    }
    free(scratch);
}

static void check_case(language_case *c)
{
    inputs in = {.arena = fsci_arena_new()};
    fsci_formula *formula;
    fsci_program *program;
    fsc_error err;
    bool must_fail = *c->answer == '!';
    fsc_status status = fsci_formula_parse(in.arena, "case", 1, 1, c->formula, &formula, &err);
    if (status == FSC_OK) {
        check_text(c, in.arena, formula);
        read_inputs(&in, c->inputs);
        status = fsci_program_new(in.arena, formula, &formula->right, 1, &in.scope, &program, &err);
    }
    if (status == FSC_OK && must_fail)
        FAIL_CASE(c, "must fail: %s", c->answer);
    if (status != FSC_OK && !must_fail)
        FAIL_CASE(c, "fails: %s", err.message);
    if (must_fail)
        check_failure(c, &err);
    else
        check_values(c, &in, formula, program);
    fsci_arena_free(in.arena);
}

/* ---- files ---- */

static int check_file(const char *path)
{
    fsci_input input;
    fsc_error err;
    int n_cases = 0, line_number = 0, filled = 0;
    language_case c = {.file = strrchr(path, '/') + 1};
    char **parts[3] = {&c.formula, &c.inputs, &c.answer};
    assert_int_equal(fsci_input_open(path, &input, &err), FSC_OK);
    char *text = strndup(input.data, input.length), *rest = text, *line;
    fsci_input_close(&input);
    while ((line = strsep(&rest, "\n"))) {
        line_number++;
        if (*line == '#' || (*line == '\0' && !filled))
            continue;
        if (*line == '\0')
            fail_msg("%s:%d: a case has three lines", c.file, line_number);
        if (!filled)
            c.line = line_number;
        *parts[filled++] = line;
        if (filled == 3) {
            check_case(&c);
            n_cases++;
            filled = 0;
        }
    }
    free(text);
    return n_cases;
}

static void every_case_holds(void **unused)
{
    glob_t files;
    int n_cases = 0;
    (void)unused;
    assert_int_equal(glob(CASES, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        n_cases += check_file(files.gl_pathv[i]);
    print_message("%d cases in %zu files\n", n_cases, files.gl_pathc);
    assert_true(n_cases >= 60);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
