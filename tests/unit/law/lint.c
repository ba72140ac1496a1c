/* Each case spoils one place of a sound law and expects one finding, at its line and column. */
#include "law/law.h"
#include "unit.h"

#include <stdlib.h>

static const char sound[] =
    "id: toy\n"
    "version: 1\n"
    "title: A toy\n"
    "question: theory\n"
    "source: {authors: Nobody, year: 2020}\n"
    "formula: L = E + A*N^-alpha\n"
    "columns:\n"
    "  L: {meaning: loss, domain: \"> 0\", aliases: [loss]}\n"
    "  N: {meaning: size, domain: \"> 0\"}\n"
    "parameters:\n"
    "  E: {meaning: floor, domain: \">= 0\", start: [0, min(L)]}\n"
    "  A: {meaning: weight, domain: \"> 0\", start: [1, 1e6, log]}\n"
    "  alpha: {meaning: exponent, domain: \"> 0, < 2\", start: {grid: [0.1, 0.5]}}\n"
    "objective: {residual: log, loss: huber, delta: 1e-3}\n"
    "derived:\n"
    "  reducible: {arguments: [N], formula: A*N^-alpha}\n"
    "  ratio: {arguments: [N], formula: reducible/E}\n"
    "  needed: {arguments: [target], formula: (A/(target - E))^(1/alpha)}\n"
    "published:\n"
    "  - {name: made-up, values: {E: 1, A: 10, alpha: 0.5}, errors: {E: 0.1}}\n"
    "checks:\n"
    "  - {set: made-up, at: {N: 100}, gives: {L: 2, ratio: 1}, tolerance: 1e-9}\n"
    "reduces_to:\n"
    "  - {law: linear, when: E = 0, maps: {a: log(A)}}\n";

static char *replaced(const char *from, const char *to)
{
    const char *at = strstr(sound, from);
    if (!at)
        fail_msg("the sound law has no '%s'", from);
    size_t before = (size_t)(at - sound);
    char *text = malloc(sizeof sound + strlen(to) + 1);
    assert_non_null(text);
    memcpy(text, sound, before);
    strcpy(text + before, to);
    strcat(text, at + strlen(from));
    return text;
}

/* What to spoil, and a piece of the spoiled text with the place of the finding between bars. */
typedef struct lint_case {
    const char *from, *to, *where, *message;
} lint_case;

static const lint_case cases[] = {
    /* shape */
    {"formula: L = E + A*N^-alpha\n", "", "|i|d: toy",
     "the law has no formula; add one, such as formula: L = E"},
    {"formula:", "formla:", "|formla|: L",
     "unknown field 'formla' in the law; did you mean 'formula'?"},
    {"start: [1", "strat: [1", "|strat|: [1",
     "unknown field 'strat' in parameter 'A'; did you mean 'start'?"},
    {"version: 1", "version: 1.5", "version: |1.5|", "expected a whole number from 1"},
    {"version: 1", "version: 0", "version: |0|", "expected a whole number from 1"},
    {"version: 1", "version: one", "version: |one|", "version of the law: 'one' is not a number"},
    {"title: A toy", "title:", "title:|\n", "expected a text, found nothing"},
    {"title: A toy", "title: [A toy]", "title: |[|A", "expected a text, found a list"},
    {"question: theory", "question: theori", "question: |theori|",
     "cannot be 'theori'; did you mean 'theory'? (one of: pretraining-loss, data,"},
    {"loss: huber", "loss: hubr", "loss: |hubr|",
     "loss of the objective cannot be 'hubr'; did you mean 'huber'?"},
    {"E: {meaning: floor, domain: \">= 0\", start: [0, min(L)]}", "E: 1", "  E: |1|",
     "parameter 'E' is a map with the fields meaning, unit, domain, start"},
    {"A: {meaning: weight, domain: \"> 0\",", "A: {meaning: weight,", "  |A|: {meaning",
     "parameter 'A' has no domain; add one, such as domain: \"> 0\" (or any)"},
    {"aliases: [loss]", "aliases: loss", "aliases: |loss|", "expected a list of texts"},
    {"A: 10", "A: ten", "A: |ten|", "values of published set 'made-up': 'ten' is not a number"},
    {"A: 10", "A: 1e999", "A: |1e999|", "'1e999' is not a number"},
    /* domains and starts */
    {"\"> 0, < 2\"", "\"> 0, = 2\"", "\"> 0, |=| 2\"", "expected a comparison with <, <=, > or >="},
    {"\"> 0, < 2\"", "\"> 0, > 2\"", "\"> 0, |>| 2\"", "a second lower bound"},
    {"\"> 0, < 2\"", "\"> 2, < 0\"", "\"|>| 2, < 0\"", "no number satisfies it"},
    {"\"> 0, < 2\"", "\"> 0, < mean(N)\"", "< |m|ean(N)",
     "expected a number, min(column), max(column) or a parameter"},
    {"\"> 0, < 2\"", "\"> 0, < max(M)\"", "\"|> 0, < max(M)|\"", "uses 'M', which is no column"},
    {"[0, min(L)]", "[0, min(K)]", "[0, |min(K)|]", "uses 'K', which is no column"},
    {"[0, min(L)]", "[0, 1/2]", "[0, 1/|2|]",
     "expected a number, min(column), max(column) or a parameter"},
    {"[0, min(L)]", "[0, 2*min(L]", "[0, |2*min(L|]", "expected ) after the name of the column"},
    {"[1, 1e6, log]", "[0, 1e6, log]", "[|0|, 1e6, log]",
     "a start spread in the logarithm begins above 0"},
    {"[1, 1e6, log]", "[1e6, 1, log]", "|[|1e6, 1, log]",
     "its low end must be less than its high end"},
    {"[1, 1e6, log]", "[1, 1e6, lg]", "|[|1, 1e6, lg]",
     "expected [lo, hi], [lo, hi, log] or {grid: [...]}"},
    {"[1, 1e6, log]", "[-1, 1e6]", "[|-1|, 1e6]", "start -1 of 'A' is outside its domain > 0"},
    {"[0.1, 0.5]", "[0.1, 2]", "start: |{|grid: [0.1, 2]",
     "start 2 of 'alpha' is outside its domain > 0, < 2"},
    {"{grid: [0.1, 0.5]}", "{grid: 1}", "{grid: |1|}", "a grid is a list of numbers"},
    /* identity */
    {"id: toy", "id: Toy", "id: |Toy|", "'Toy' is not kebab-case"},
    {"id: toy", "id: toy-", "id: |toy-|", "'toy-' is not kebab-case"},
    {"id: toy", "id: tool", "id: |tool|", "the id is 'tool' but the file is toy.yaml"},
    {"name: made-up", "name: made_up", "name: |made_up|", "'made_up' is not kebab-case"},
    /* names */
    {"A*N^-alpha\nc", "A*needed\nc", "L = E + A*|needed|",
     "the formula uses 'needed', a function of 'target', which is no column"},
    {"A*N^-alpha\nc", "A*Nd^-alpha\nc", "L = E + A*|Nd|^",
     "the formula names 'Nd', which is neither a column nor a parameter; did you mean 'N'?"},
    {"L = E + A*N^-alpha", "L = A*N^-alpha", "  |E|: {meaning",
     "parameter 'E' is declared but not used"},
    {"  N: {meaning: size", "  M: {meaning: mass}\n  N: {meaning: size", "  |M|: {meaning",
     "column 'M' is declared but not used"},
    {"E + A*N^-alpha\nc", "E + A*N^^alpha\nc", "N^|^|alpha", "formula of the law: "},
    {"formula: L = E", "formula: E", "formula: |E + A*N^-alpha|",
     "the formula has one side; write response = E + A*N^-alpha"},
    {"formula: L = E", "formula: log(L) = E", "formula: |log(L) = E + A*N^-alpha|",
     "the left side of the formula is not just the response; name it, such as implicit: L"},
    {"L = E + A*N", "L = E*L + A*N", "formula: |L = E*L + A*N^-alpha|",
     "the left side of the formula is not just the response"},
    {"columns:", "implicit: L\ncolumns:", "|implicit|: L",
     "the formula gives L already; remove implicit"},
    {"formula: L = E", "implicit: K\nformula: log(L) = E", "implicit: |K|",
     "implicit names 'K', which is no column"},
    {"formula: L = E", "formula: >\n  L = E", "formula: |>|", "a formula stands on one line"},
    {"formula: L = E + A*N^-alpha", "formula: \"L = E + \\x41*N^-alpha\"", "formula: |\"L",
     "a formula stands on one line and without escapes"},
    {"aliases: [loss]", "aliases: [N]", "aliases: |[|N]",
     "alias 'N' of column 'L' also means column 'N'"},
    {"  E: {mean", "  N: {meaning: x, domain: any, start: [0, 1]}\n  E: {mean",
     "  |N|: {meaning: x", "'N' is a column and a parameter"},
    {"  E: {mean", "  log: {meaning: x, domain: any, start: [0, 1]}\n  E: {mean", "  |log|: {",
     "'log' is a word of the formula language"},
    {"  E: {mean", "  a-b: {meaning: x, domain: any, start: [0, 1]}\n  E: {mean", "  |a-b|: {",
     "'a-b' cannot be a name in a formula"},
    {"E + A*N^-alpha\nc", "E + A[team]*N^-alpha\nc", "A[|team|]",
     "the formula names 'team', which is neither a column nor a parameter"},
    {"E + A*N^-alpha\nc", "E + A[E]*N^-alpha\nc", "+ |A[E]|",
     "'A' is indexed by 'E', which is no column"},
    {"columns:", "prepare: [\"paretto(C, err)\"]\ncolumns:", "\"|paretto(C, err)|\"",
     "'paretto' is no operator on tables; did you mean 'pareto'?"},
    {"columns:", "prepare: [\"pareto(C)\"]\ncolumns:", "\"|pareto(C)|\"",
     "operator pareto takes 2 columns and has 1; usage: pareto(C, loss, bins=N)"},
    {"columns:", "prepare: [\"pareto(C, err\"]\ncolumns:", "\"|pareto(C, err|\"",
     "column 14: expected ',' or ')'"},
    {"columns:", "prepare: [\"where(N >)\"]\ncolumns:", "prepare: [\"where(N >|)|",
     "missing: found the end of the formula"},
    {"columns:", "prepare: [\"where(N = 3)\"]\ncolumns:", "where(|N| = 3)",
     "a condition is needed, not an equation; compare with =="},
    /* slips in names, units and signs */
    {"L = E + A*N^-alpha\nc", "L == E + A*N^-alpha\nc", "|L == E + A*N^-alpha|",
     "the sides of a law stand apart by one =, not ==: 'L == E + A*N^-alpha'"},
    {"set: made-up", "set: made-upp", "set: |made-upp|", "did you mean 'made-up'?"},
    {"ratio: 1}, tol", "ratoi: 1}, tol", "|ratoi|: 1",
     "'ratoi' is neither the response nor a derived quantity; did you mean 'ratio'?"},
    {"at: {N: 100}", "at: {N: 100, targte: 2}", "|targte|: 2", "did you mean 'target'?"},
    {"\"> 0, < 2\"", "\"> 0, < min(l)\"", "\"|> 0, < min(l)|\"",
     "which is no column; did you mean 'L'?"},
    /* reach */
    {"reduces_to:", "reach: [{data: x, column: M}]\nreduces_to:", "column: |M|",
     "'M' is neither a column nor an argument of a derived quantity"},
    {"reduces_to:", "reach: [{data: x, to: 5}]\nreduces_to:", "|to|: 5",
     "to of what? name the column"},
    {"reduces_to:", "reach: [{data: x, column: N, from: 9, to: 5}]\nreduces_to:", "from: |9|",
     "from is greater than to"},
    {"reduces_to:", "reach: [{data: x, error: -1}]\nreduces_to:", "error: |-1|",
     "an error is a share"},
    /* stages */
    {"reduces_to:", "stages: [{at: {A: 1}, idle: [alpah]}]\nreduces_to:", "idle: |[|alpah]",
     "'alpah' is no parameter; did you mean 'alpha'?"},
    {"reduces_to:", "stages: [{at: {E: 0, A: 1}}]\nreduces_to:", "at: |{|E: 0, A: 1}",
     "taken out by one parameter; this names 2"},
    {"reduces_to:", "stages: [{at: {E: 0}, idle: [E]}]\nreduces_to:", "idle: |[|E]",
     "'E' stands in two places of the stages"},
    {"reduces_to:", "stages: [{at: {alpha: 3}}]\nreduces_to:", "alpha: |3|",
     "outside the domain of 'alpha'"},
    /* the objective */
    {", delta: 1e-3", "", "|objective|:", "the Huber loss needs a delta"},
    {"loss: huber", "loss: squared", "|delta|: 1e-3",
     "only the Huber loss has a delta; the loss here is squared"},
    {"delta: 1e-3", "delta: -1", "delta: |-1|", "delta must be greater than 0"},
    {"loss: huber, delta: 1e-3", "loss: binomial",
     "|objective|:", "the binomial loss needs trials"},
    {"delta: 1e-3", "delta: 1e-3, trials: N", "|trials|: N", "trials are for the binomial losses"},
    {"loss: huber, delta: 1e-3", "loss: binomial, trials: n", "trials: |n|",
     "trials names 'n', which is no column; did you mean 'N'?"},
    {"delta: 1e-3", "delta: 1e-3, weights: 1/alpha", "1/|alpha|}",
     "weights uses 'alpha', which is no column"},
    /* derived quantities */
    {"formula: reducible/E", "formula: reducibel/E", "|reducibel|/E",
     "'ratio' uses 'reducibel', which is no parameter, argument or derived quantity; did you mean "
     "'reducible'?"},
    {"formula: reducible/E", "formula: ratio/E", "|ratio|/E", "'ratio' is defined by itself"},
    {"formula: A*N^-alpha}", "formula: A*ratio}", "A*|ratio|}",
     "'reducible' uses 'ratio', which is defined below it; only those above may be used, so that "
     "no definition is cyclic"},
    {"ratio: {arguments: [N], ", "ratio: {", "|reducible|/E",
     "'ratio' uses 'reducible', a function of N; add N to its arguments"},
    {"reducible: {arguments: [N], ", "reducible: {", "formula: A*|N|^-alpha}",
     "'reducible' uses column 'N'; add it to its arguments"},
    {"formula: reducible/E", "formula: q = reducible/E", "formula: |q| = red",
     "'ratio' is an equation"},
    {"formula: reducible/E", "formula: \"reducible/E[N]\"", "reducible/|E[N]|",
     "'ratio' uses 'E' per N"},
    {"  ratio: {arguments: [N]", "  ratio: {arguments: [E, N]", "arguments: |[|E, N]",
     "argument 'E' of 'ratio' is a parameter"},
    {"  ratio: {arguments: [N]", "  ratio: {arguments: [reducible, N]",
     "arguments: |[|reducible, N]", "argument 'reducible' of 'ratio' is a derived quantity"},
    {"  ratio: {arguments: [N]", "  ratio: {arguments: [N, N]", "arguments: |[|N, N]",
     "argument 'N' of 'ratio' is named twice"},
    {"  ratio: {arguments: [N]", "  L: {arguments: [N]", "  |L|: {arguments",
     "'L' is a column; only the response named under implicit may also be derived"},
    /* quantities that are solved for */
    {"formula: reducible/E}", "formula: x^2 = reducible/E, solve: x}", "solve: |x|}",
     "say where 'x' lies"},
    {"formula: reducible/E}", "formula: x^2 - reducible, solve: x, between: [1, 9]}",
     "solve: |x|, b", "'ratio' is solved for, so its formula is an equation"},
    {"formula: reducible/E}", "formula: N^2 = reducible, solve: x, between: [1, 9]}",
     "solve: |x|, b", "the equation has no 'x' to solve for"},
    {"formula: reducible/E}", "formula: N^2 = reducible, solve: N, between: [1, 9]}",
     "solve: |N|, b", "'N' is known; solve for a name of its own"},
    {"formula: A*N^-alpha}\n  ratio: {arguments: [N], formula: reducible/E}",
     "formula: x = A*N^-alpha, solve: x, between: [1, 9]}\n"
     "  ratio: {arguments: [N], formula: y = reducible, solve: y, between: [1, 9]}",
     "formula: y = |reducible|", "'ratio' and 'reducible' are both solved for"},
    /* expectations */
    {"reduces_to:", "expects:\n  - {rows: N > 1, fitted: E > 0, code: W-A, says: s}\nreduces_to:",
     "- |{|rows", "has one of rows, distinct, fitted, reached and asked; this has 2"},
    {"reduces_to:", "expects:\n  - {code: W-A, says: s}\nreduces_to:", "- |{|code", "this has 0"},
    {"reduces_to:", "expects:\n  - {rows: N > 1, least: 2, code: W-A, says: s}\nreduces_to:",
     "- |{|rows", "`least` says how many"},
    {"reduces_to:", "expects:\n  - {rows: N > E, code: W-A, says: s}\nreduces_to:", "N > |E|, c",
     "rows uses 'E', which is no column; parameters are for `fitted`"},
    {"reduces_to:", "expects:\n  - {fitted: n > E, code: W-A, says: s}\nreduces_to:", "|n| > E, c",
     "fitted uses 'n', which is no column or parameter"},
    {"reduces_to:", "expects:\n  - {asked: n > 1, code: W-A, says: s}\nreduces_to:", "|n| > 1, c",
     "asked uses 'n', which is no column or argument"},
    {"reduces_to:", "expects:\n  - {rows: N > 1, code: A, says: s}\nreduces_to:", "code: |A|, s",
     "a code begins with W-"},
    {"reduces_to:", "expects:\n  - {rows: N = 1, code: W-A, says: s}\nreduces_to:", "|N| = 1, c",
     "rows is an equation"},
    /* published sets, checks, reductions */
    {"alpha: 0.5}", "alhpa: 0.5}", "|alhpa|: 0.5",
     "published set 'made-up' gives 'alhpa', which is no parameter; did you mean 'alpha'?"},
    {"A: 10, alpha: 0.5}", "A: 10}", "|values|: {E: 1, A: 10}",
     "published set 'made-up' has no value for parameter 'alpha'"},
    {"A: 10", "A: {}", "|A|: {}", "published set 'made-up' has no value for parameter 'A'"},
    {"A: 10", "A: {x: 10}", "{|x|: 10}", "'A' stands in no sum over a set and has no members"},
    {"N: 100", "N: {x: 100}", "{|x|: 100}", "'N' stands in no sum over a set and has no members"},
    {"alpha: 0.5}", "alpha: 2}", "alpha: |2|}", "has alpha = 2, outside its domain > 0, < 2"},
    {"errors: {E: 0.1}", "errors: {E: -0.1}", "{E: |-0.1|}",
     "a standard error must be greater than 0"},
    {"checks:", "  - {name: made-up, values: {E: 1, A: 10, alpha: 0.5}}\nchecks:",
     "{name: |made-up|, values: {E: 1, A: 10, alpha: 0.5}}\n",
     "a second published set named 'made-up'"},
    {"set: made-up", "set: made-dwn", "set: |made-dwn|", "no published set is named 'made-dwn'"},
    {"gives: {L: 2", "gives: {K: 2", "{|K|: 2",
     "'K' is neither the response nor a derived quantity"},
    {"at: {N: 100}, gives", "gives", "gives: {|L|: 2",
     "'L' needs column N, which `at` does not give"},
    {"at: {N: 100}, gives", "gives", "2, |ratio|: 1",
     "'ratio' is a function of N, which `at` does not give"},
    {"at: {N: 100}", "at: {N: 100, Q: 1}", "100, |Q|: 1",
     "'Q' is neither a column nor an argument"},
    {"at: {N: 100}", "at: {N: -1}", "{N: |-1|}", "N = -1 is outside its domain > 0"},
    {", tolerance: 1e-9}", "}", "  - |{|set",
     "a check needs tolerance (absolute) or rtol (relative)"},
    {"tolerance: 1e-9", "tolerance: 1e-9, rtol: 1e-9", "|rtol|: 1e-9",
     "both tolerance (absolute) and rtol (relative); keep one"},
    {"tolerance: 1e-9", "tolerance: 0", "tolerance: |0|", "a tolerance must be greater than 0"},
    {"maps: {a: log(A)}", "maps: {a: log(B)}", "log(|B|)", "a uses 'B', which is no parameter"},
    {"law: linear", "law: Linear", "law: |Linear|", "'Linear' is not kebab-case"},
    /* not YAML */
    {"version: 1\n", "version: 1\nversion: 2\n", "|version|: 2",
     "'version' appears twice here; keep one of the two"},
    {"title: A toy", "title: 'A toy", "title: |'A toy", "not valid YAML: "},
};

static fsci_findings lint(fsci_arena *arena, const char *text)
{
    fsci_findings findings;
    fsc_error err;
    assert_int_equal(fsci_law_check(arena, "laws/toy.yaml", text, strlen(text), &findings, &err),
                     FSC_OK);
    return findings;
}

/* The place between the bars of `where`, in `text`. */
static fsci_span place(const char *text, const char *where)
{
    const char *bar = strchr(where, '|'), *end = strchr(bar + 1, '|');
    char piece[256] = {0};
    size_t before = (size_t)(bar - where), length = end ? (size_t)(end - bar) - 1 : 0;
    memcpy(piece, where, before);
    strcpy(piece + before, bar + 1);
    if (end)
        memmove(piece + before + length, piece + before + length + 1,
                strlen(piece + before + length));
    const char *at = strstr(text, piece);
    if (!at)
        fail_msg("no '%s' in the spoiled law", piece);
    fsci_span span = {1, 1, (int32_t)length};
    for (const char *c = text; c < at + before; c++) {
        span.line += *c == '\n';
        span.col = *c == '\n' ? 1 : span.col + 1;
    }
    return span;
}

static bool matches(const fsci_finding *f, fsci_span at, const char *message)
{
    return f->severity == FSCI_ERROR && strstr(f->message, message) && f->at.line == at.line &&
           f->at.col == at.col && (!at.len || f->at.len == at.len);
}

static void the_sound_law_is_clean(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_findings findings = lint(arena, sound);
    for (size_t i = 0; i < findings.n; i++)
        fail_msg("%d:%d: %s", findings.items[i].at.line, findings.items[i].at.col,
                 findings.items[i].message);
    fsci_arena_free(arena);
}

static void every_fault_is_found_at_its_place(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const lint_case *c = &cases[i];
        char *text = replaced(c->from, c->to);
        fsci_span at = place(text, c->where);
        fsci_arena *arena = fsci_arena_new();
        fsci_findings findings = lint(arena, text);
        bool found = false;
        for (size_t k = 0; k < findings.n; k++)
            found |= matches(&findings.items[k], at, c->message);
        if (!found) {
            failed++;
            print_message("'%s' -> '%s': wanted %d:%d (%d) %s, found\n", c->from, c->to, at.line,
                          at.col, at.len, c->message);
            for (size_t k = 0; k < findings.n; k++)
                print_message("   %d:%d (%d) %s\n", findings.items[k].at.line,
                              findings.items[k].at.col, findings.items[k].at.len,
                              findings.items[k].message);
        }
        fsci_arena_free(arena);
        free(text);
    }
    assert_int_equal(failed, 0);
}

static void findings_come_all_at_once_in_file_order(void **state)
{
    (void)state;
    char *text = replaced("version: 1\ntitle: A toy\nquestion: theory",
                          "version: 0\ntitel: A toy\nquestion: theori");
    fsci_arena *arena = fsci_arena_new();
    fsci_findings findings = lint(arena, text);
    assert_int_equal(findings.n, 3); /* version, titel, question; a slip is told once */
    for (size_t i = 1; i < findings.n; i++)
        assert_true(findings.items[i - 1].at.line < findings.items[i].at.line);
    fsci_arena_free(arena);
    free(text);
}

static void a_unit_written_otherwise_is_warned_of(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *text = replaced("meaning: size", "meaning: size, unit: Tokens");
    fsci_findings findings = lint(arena, text);
    assert_int_equal(findings.n, 1);
    assert_int_equal(findings.items[0].severity, FSCI_WARNING);
    assert_int_equal(findings.items[0].at.col, 28);
    assert_string_equal(findings.items[0].message, "write unit: token for this; amounts that look "
                                                   "like another unit are then warned of");
    free(text);
    text = replaced("meaning: size", "meaning: size, unit: GFLOP"); /* a unit of its own */
    assert_int_equal(lint(arena, text).n, 0);
    free(text);
    fsci_arena_free(arena);
}

static void a_law_without_checks_is_warned_of(void **state)
{
    (void)state;
    char *text = replaced("checks:\n  - {set: made-up, at: {N: 100}, gives: {L: 2, ratio: 1}, "
                          "tolerance: 1e-9}\n",
                          "");
    fsci_arena *arena = fsci_arena_new();
    fsci_findings findings = lint(arena, text);
    assert_int_equal(findings.n, 1);
    assert_int_equal(findings.items[0].severity, FSCI_WARNING);
    fsc_law *law;
    fsc_error err;
    assert_int_equal(fsci_law_read("toy.yaml", text, strlen(text), &law, &err), FSC_OK);
    fsci_law_free(law);
    fsci_arena_free(arena);
    free(text);
}

static void reading_stops_at_the_first_error_with_its_line(void **state)
{
    (void)state;
    char *text = replaced("L = E + A*N^-alpha\nc", "L = E + A*Nd^-alpha\nc");
    fsc_law *law;
    fsc_error err;
    assert_int_equal(fsci_law_read("here/toy.yaml", text, strlen(text), &law, &err), FSC_EINPUT);
    assert_null(law);
    assert_string_equal(err.source, "here/toy.yaml");
    assert_string_equal(err.excerpt, "formula: L = E + A*Nd^-alpha");
    assert_int_equal(err.line, 6);
    assert_int_equal(err.col, 20);
    assert_int_equal(err.len, 2);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sound_law_is_clean),
        cmocka_unit_test(every_fault_is_found_at_its_place),
        cmocka_unit_test(findings_come_all_at_once_in_file_order),
        cmocka_unit_test(a_unit_written_otherwise_is_warned_of),
        cmocka_unit_test(a_law_without_checks_is_warned_of),
        cmocka_unit_test(reading_stops_at_the_first_error_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
