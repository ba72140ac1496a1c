/* lex: the words of a formula. */
#ifndef FSCI_EXPR_LEX_H
#define FSCI_EXPR_LEX_H

#include "expr/tree.h"

typedef enum fsci_token_kind {
    FSCI_TOKEN_END,
    FSCI_TOKEN_NUMBER,
    FSCI_TOKEN_NAME,     /* an identifier, true and false among them */
    FSCI_TOKEN_COLUMN,   /* `between backticks` */
    FSCI_TOKEN_TEXT,     /* 'a' or "a" */
    FSCI_TOKEN_OPERATOR, /* op; - is SUB, ^ is POW, `not` is NOT */
    FSCI_TOKEN_EQUALS,   /* = */
    FSCI_TOKEN_MARK      /* one of ( ) [ ] , */
} fsci_token_kind;

typedef struct fsci_token {
    fsci_token_kind kind;
    fsci_op op;
    char mark;
    double number;
    int32_t at, len; /* bytes, quotes included */
} fsci_token;

/* The token at or after byte `at`. FSC_EINPUT for what starts no token. */
fsc_status fsci_lex(const fsci_formula *formula, int32_t at, fsci_token *token, fsc_error *err);

#endif
