#include "expr/lex.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* Longest spelling first. Signs people paste from papers are taken for what they mean. */
static const struct {
    const char *text;
    fsci_op op;
} operators[] = {
    {"==", FSCI_OP_EQ},      {"!=", FSCI_OP_NE},      {"<=", FSCI_OP_LE},
    {">=", FSCI_OP_GE},      {"<", FSCI_OP_LT},       {">", FSCI_OP_GT},
    {"+", FSCI_OP_ADD},      {"-", FSCI_OP_SUB},      {"*", FSCI_OP_MUL},
    {"/", FSCI_OP_DIV},      {"^", FSCI_OP_POW},      {"\u2212", FSCI_OP_SUB},
    {"\u00b7", FSCI_OP_MUL}, {"\u00d7", FSCI_OP_MUL}, {"\u2264", FSCI_OP_LE},
    {"\u2265", FSCI_OP_GE},  {"\u2260", FSCI_OP_NE},
};

static const struct {
    const char *text;
    fsci_op op;
} words[] = {{"and", FSCI_OP_AND}, {"or", FSCI_OP_OR}, {"not", FSCI_OP_NOT}};

/* Habits from other languages, and what to write here. */
static const struct {
    const char *text, *instead;
} foreign[] = {
    {"**", "a power is written ^, as in N^-alpha"},
    {"&&", "write `and`"},
    {"||", "write `or`"},
    {"<>", "write != for 'not equal'"},
    {"&", "write `and`"},
    {"|", "write `or`; for an absolute value abs(x)"},
    {"!", "write `not`, or != for 'not equal'"},
    {"%", "there is no remainder or percent; write the number as a fraction"},
    {"{", "group with ( )"},
    {"}", "group with ( )"},
    {";", "a formula is one expression; separate arguments with commas"},
    {"~", "write = between the two sides of an equation"},
};

enum { LONGEST_NUMBER = 1024 };

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool starts_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static size_t operator_at(const char *text, fsci_op *op)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (starts_with(text, operators[i].text)) {
            *op = operators[i].op;
            return strlen(operators[i].text);
        }
    return 0;
}

/* Letters of any script join names; the multi-byte operators do not. */
static bool in_name(const char *text)
{
    unsigned char c = (unsigned char)*text;
    fsci_op op;
    return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0x80 && !operator_at(text, &op));
}

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (in_name(text + n))
        n++;
    return n;
}

static fsc_status lex_number(const fsci_formula *formula, fsci_token *token, fsc_error *err)
{
    const char *text = formula->text + token->at;
    size_t used = fsci_number_scan(text, strnlen(text, LONGEST_NUMBER), &token->number);
    size_t tail = name_length(text + used);
    token->kind = FSCI_TOKEN_NUMBER;
    token->len = (int32_t)used;
    if (!used)
        return fsci_formula_fail_at(err, formula, token->at, 1, "'.' is no number here");
    if (isinf(token->number))
        return fsci_formula_fail_at(err, formula, token->at, token->len,
                                    "'%.*s' is beyond the range of numbers", (int)used, text);
    if (!tail)
        return FSC_OK;
    if (tail == 1 && strchr("kKMBGT", text[used]))
        return fsci_formula_fail_at(
            err, formula, token->at, (int32_t)(used + tail),
            "'%.*s%c': formulas take plain numbers; write the size as a power, as in 7e9",
            (int)used, text, text[used]);
    return fsci_formula_fail_at(err, formula, token->at, (int32_t)(used + tail),
                                "'%.*s' is a number run into a name; write %.*s*%.*s for a product",
                                (int)(used + tail), text, (int)used, text, (int)tail, text + used);
}

static fsc_status lex_quoted(const fsci_formula *formula, fsci_token *token, fsc_error *err)
{
    const char *text = formula->text + token->at;
    const char *end = strchr(text + 1, *text);
    if (!end)
        return fsci_formula_fail_at(err, formula, token->at, 1, "this %c is never closed", *text);
    token->kind = *text == '`' ? FSCI_TOKEN_COLUMN : FSCI_TOKEN_TEXT;
    token->len = (int32_t)(end - text) + 1;
    if (token->kind == FSCI_TOKEN_COLUMN && token->len == 2)
        return fsci_formula_fail_at(err, formula, token->at, 2,
                                    "a column name is missing between the backticks");
    return FSC_OK;
}

static fsc_status lex_name(const fsci_formula *formula, fsci_token *token)
{
    const char *text = formula->text + token->at;
    token->kind = FSCI_TOKEN_NAME;
    token->len = (int32_t)name_length(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((size_t)token->len == strlen(words[i].text) && starts_with(text, words[i].text)) {
            token->kind = FSCI_TOKEN_OPERATOR;
            token->op = words[i].op;
        }
    return FSC_OK;
}

static fsc_status fail_stray(const fsci_formula *formula, int32_t at, fsc_error *err)
{
    const char *text = formula->text + at;
    unsigned char c = (unsigned char)*text;
    if (c < ' ' || c == 0x7f)
        return fsci_formula_fail_at(err, formula, at, 1,
                                    "a control character (byte %d) is no part of a formula", c);
    return fsci_formula_fail_at(err, formula, at, 1, "'%c' is no part of a formula", c);
}

fsc_status fsci_lex(const fsci_formula *formula, int32_t at, fsci_token *token, fsc_error *err)
{
    at += (int32_t)strspn(formula->text + at, " \t\r\n");
    const char *text = formula->text + at;
    *token = (fsci_token){.kind = FSCI_TOKEN_END, .at = at};
    if (!*text)
        return FSC_OK;
    if (is_digit((unsigned char)*text) || *text == '.')
        return lex_number(formula, token, err);
    if (in_name(text))
        return lex_name(formula, token);
    if (strchr("'\"`", *text))
        return lex_quoted(formula, token, err);
    size_t length = operator_at(text, &token->op);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        size_t n = strlen(foreign[i].text);
        if (n > length && starts_with(text, foreign[i].text))
            return fsci_formula_fail_at(err, formula, at, (int32_t)n, "'%s' is not used here: %s",
                                        foreign[i].text, foreign[i].instead);
    }
    token->kind = length ? FSCI_TOKEN_OPERATOR : *text == '=' ? FSCI_TOKEN_EQUALS : FSCI_TOKEN_MARK;
    token->len = length ? (int32_t)length : 1;
    token->mark = *text;
    if (token->kind == FSCI_TOKEN_MARK && !strchr("()[],", *text))
        return fail_stray(formula, at, err);
    return FSC_OK;
}
