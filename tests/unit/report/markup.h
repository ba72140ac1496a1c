/* markup: a tiny checker that tags nest and every attribute is quoted. */
#ifndef TESTS_REPORT_MARKUP_H
#define TESTS_REPORT_MARKUP_H

#include "unit.h"

#include <stdbool.h>

enum { MOST_DEPTH = 32, MOST_NAME = 24 };

/* The end of a tag that starts at s: the '>' outside quotes. */
static inline const char *tag_end(const char *s)
{
    bool quoted = false;
    for (const char *c = s + 1; *c; c++) {
        if (*c == '<')
            fail_msg("'<' inside a tag at \"%.60s\"", s);
        if (*c == '>' && !quoted)
            return c;
        quoted ^= *c == '"';
    }
    fail_msg("a tag does not end: \"%.60s\"", s);
    return s;
}

/* Elements of HTML that have no end tag. */
static inline bool is_void(const char *name)
{
    return !strcmp(name, "meta") || !strcmp(name, "!doctype");
}

static inline void assert_well_formed(const char *text)
{
    char open[MOST_DEPTH][MOST_NAME];
    int depth = 0;
    for (const char *s = strchr(text, '<'); s; s = strchr(s, '<')) {
        const char *end = tag_end(s);
        bool closing = s[1] == '/';
        char name[MOST_NAME] = "";
        size_t length = strcspn(s + 1 + closing, " >/\n");
        assert_true(length > 0 && length < MOST_NAME);
        memcpy(name, s + 1 + closing, length);
        if (closing) {
            assert_true(depth > 0);
            assert_string_equal(open[--depth], name);
        } else if (end[-1] != '/' && !is_void(name)) {
            assert_true(depth < MOST_DEPTH);
            memcpy(open[depth++], name, MOST_NAME);
        }
        s = end;
    }
    assert_int_equal(depth, 0);
}

#endif
