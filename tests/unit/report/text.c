#include "samples.h"

#include "report/glyph.h"

static void every_line_fits(void **state)
{
    (void)state;
    static const int widths[] = {40, 60, 80, 132};
    for (int s = 0; s < N_SAMPLES; s++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            fsci_arena *arena = fsci_arena_new();
            fsci_buffer out = {0};
            fsci_text_options options = {.width = widths[w], .unicode = w % 2 == 0};
            fsci_json *record = read_sample(arena, sample_names[s]);
            assert_int_equal(fsci_report_text(record, &options, &out, NULL), FSC_OK);
            for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n"))
                if (fsci_text_columns(line) > (size_t)widths[w])
                    fail_msg("%s at %d columns: \"%s\"", sample_names[s], widths[w], line);
            fsci_buffer_free(&out);
            fsci_arena_free(arena);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
