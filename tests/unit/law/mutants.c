/* Spoiled copies of every law of the catalogue, from a fixed seed: the linter answers each with
 * findings inside the text, and reading agrees with it. */
#include "base/embedded.h"
#include "law/law.h"
#include "unit.h"

#include <stdlib.h>

enum { SPARE = 256 };

static uint64_t bits = 0x9E3779B97F4A7C15u;

static size_t below(size_t n)
{
    bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
    return n ? (size_t)(bits % n) : 0;
}

static const char *const pieces[] = {
    "{",    "}",     "[",   "]",   ": ",  "- ",    "\n",       "\n  ", "'", "\"",
    "&a ",  "*a",    "!t ", "#",   "|\n", ">\n",   "^",        "(",    ")", "=",
    "min(", "1e999", "-1",  "NaN", "\t",  "\\x41", "\xCE\xB1", "\xff", "~", ", ",
};

/* Cuts, repeats, inserts or overwrites somewhere; gives the new length. */
static size_t mutate(char *text, size_t length)
{
    size_t at = below(length + 1), run = below(40);
    if (run > length - at)
        run = length - at;
    const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
    switch (below(4)) {
    case 0:
        memmove(text + at, text + at + run, length - at - run);
        return length - run;
    case 1:
        memmove(text + at + run, text + at, length - at);
        return length + run;
    case 2:
        memmove(text + at + strlen(piece), text + at, length - at);
        memcpy(text + at, piece, strlen(piece));
        return length + strlen(piece);
    default:
        if (at < length)
            text[at] = (char)(32 + below(95));
        return length;
    }
}

static int32_t count_lines(const char *text, size_t length)
{
    int32_t lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

static void assert_answered(const char *name, const char *text, size_t length)
{
    fsci_arena *arena = fsci_arena_new();
    fsci_findings findings;
    fsc_error err;
    fsc_law *law;
    size_t errors = 0;
    assert_int_equal(fsci_law_check(arena, name, text, length, &findings, &err), FSC_OK);
    int32_t lines = count_lines(text, length);
    for (size_t i = 0; i < findings.n; i++) {
        const fsci_finding *f = &findings.items[i];
        assert_true(f->at.line >= 1 && f->at.line <= lines && f->at.col >= 1 && f->at.len >= 1);
        assert_true(f->message[0]);
        errors += f->severity == FSCI_ERROR;
    }
    assert_int_equal(fsci_law_read(name, text, length, &law, &err), errors ? FSC_EINPUT : FSC_OK);
    fsci_law_free(law);
    fsci_arena_free(arena);
}

static void mutants_are_answered(void **state)
{
    (void)state;
    int laws = 0;
    while (fsci_embedded_laws[laws].name)
        laws++;
    for (const fsci_embedded *law = fsci_embedded_laws; law->name; law++) {
        char *text = malloc(law->length + SPARE);
        assert_non_null(text);
        for (int k = 0; k < cases_of(3200) / laws; k++) {
            memcpy(text, law->bytes, law->length);
            size_t length = law->length;
            for (size_t steps = 1 + below(3); steps > 0; steps--)
                length = mutate(text, length);
            assert_answered(law->name, text, length);
        }
        free(text);
    }
}

static void every_prefix_is_answered(void **state)
{
    (void)state;
    const fsci_embedded *law = &fsci_embedded_laws[0];
    for (size_t length = 0; length < law->length; length += 7)
        assert_answered(law->name, (const char *)law->bytes, length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_are_answered),
        cmocka_unit_test(every_prefix_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
