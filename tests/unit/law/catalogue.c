#include "law/catalogue.h"
#include "base/file.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const fsci_catalogue built_in;

static void every_law_lints_clean(void **state)
{
    (void)state;
    fsci_laws laws;
    fsc_error err;
    if (fsci_catalogue_list(&built_in, &laws, &err))
        fail_msg("%s:%d:%d: %s", err.source, err.line, err.col, err.message);
    assert_true(laws.n >= 8);
    for (size_t i = 0; i < laws.n; i++) {
        fsci_arena *arena = fsci_arena_new();
        fsci_findings findings;
        const fsc_law *law = laws.items[i];
        assert_int_equal(fsci_law_check(arena, law->file, law->text, law->length, &findings, &err),
                         FSC_OK);
        for (size_t k = 0; k < findings.n; k++)
            fail_msg("%s:%d:%d: %s", law->file, findings.items[k].at.line,
                     findings.items[k].at.col, findings.items[k].message);
        fsci_arena_free(arena);
    }
    fsci_laws_free(&laws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_lints_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
