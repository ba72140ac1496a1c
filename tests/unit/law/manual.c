/* The field reference of the manual is the table that reads law files, and its example is sound. */
#include "base/file.h"
#include "law/law.h"
#include "unit.h"

static fsci_input manual;

static int open_manual(void **state)
{
    (void)state;
    char path[4096];
    int root = (int)(sizeof PROJECT_DATA - sizeof "/data");
    snprintf(path, sizeof path, "%.*s/docs/law-format.md", root, PROJECT_DATA);
    return fsci_input_open(path, &manual, NULL);
}

static int close_manual(void **state)
{
    (void)state;
    fsci_input_close(&manual);
    return 0;
}

static void its_reference_is_current(void **state)
{
    (void)state;
    fsci_buffer fields = {0};
    fsci_law_describe_fields(&fields);
    assert_false(fields.failed);
    bool current = fields.length <= manual.length &&
                   !memcmp(manual.data + manual.length - fields.length, fields.data, fields.length);
    if (!current)
        fail_msg("docs/law-format.md must end with:\n%s", fields.data);
    fsci_buffer_free(&fields);
}

static void its_example_lints_clean(void **state)
{
    (void)state;
    const char *start = memmem(manual.data, manual.length, "```yaml\n", 8);
    assert_non_null(start);
    start += 8;
    const char *end = memmem(start, (size_t)(manual.data + manual.length - start), "```", 3);
    assert_non_null(end);
    fsc_law *law;
    fsc_error err;
    if (fsci_law_read("my-law.yaml", start, (size_t)(end - start), &law, &err))
        fail_msg("line %d of the example: %s", err.line, err.message);
    fsci_law_free(law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_reference_is_current),
        cmocka_unit_test(its_example_lints_clean),
    };
    return cmocka_run_group_tests(tests, open_manual, close_manual);
}
