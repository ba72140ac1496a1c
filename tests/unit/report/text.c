#include "samples.h"

#include "report/glyph.h"
#include "report/draw.h"

static char *text_of(const char *name, int width, bool color, bool unicode)
{
    fsci_arena *arena = fsci_arena_new();
    fsci_buffer out = {0};
    fsci_text_options options = {.width = width, .color = color, .unicode = unicode};
    assert_int_equal(fsci_report_text(read_sample(arena, name), &options, &out, NULL), FSC_OK);
    fsci_arena_free(arena);
    return fsci_buffer_take(&out);
}

static void every_line_fits(void **state)
{
    (void)state;
    static const int widths[] = {40, 60, 80, 132};
    for (int s = 0; s < N_SAMPLES; s++)
        for (size_t w = 0; w < 2 * sizeof widths / sizeof *widths; w++) {
            char *text = text_of(sample_names[s], widths[w / 2], false, w % 2);
            for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
                if (fsci_text_columns(line) > (size_t)widths[w / 2] ||
                    line[strlen(line) - 1] == ' ' || line[strspn(line, " ")] == '%')
                    fail_msg("%s at %d columns: \"%s\"", sample_names[s], widths[w / 2], line);
            free(text);
        }
}

static void a_fit_answers_first(void **state)
{
    (void)state;
    char *text = text_of("fit-chinchilla", 80, false, true);
    assert_says(text,
                "chinchilla   L = E + A·N^-α + B·D^-β                             240 of 245 "
                "rows\n\n  At N = 70 B parameters, D = 1.4 T tokens: L = 1.973 nat/token (95 %");
    assert_says(text,
                ".\n\n  At C = 5.76e23, 1.67 decades (47 times) beyond the data:\n  quantity");
    assert_says(text, "  N_opt     73 B parameters  56 to 117 B ");
    assert_says(text, "  L_opt     1.974 nat/token  1.941 to 2.006 ");
    assert_says(text, "  parameter   value      95 % bootstrap (by row)   status   unit\n"
                      "  E              1.817   1.766 to 1.864            ok       nat/token\n"
                      "  A            480       300 to 790                ok\n");
    assert_says(text, "0.001018274 (Huber 0.001 on log L); 64 starts, 41 reached it,\n");
    assert_says(text, "245 rows read, 240 used, 5 dropped by --where kept_240 == 1\n");
    assert_says(text, "hoffmann-2022    1.69    406.4   0.34      410.7   0.28     0.004121009\n");
    assert_says(text, "  ! W-SENS    a moves from 0.514");
    free(text);
}

static void without_intervals_there_is_no_column_for_them(void **state)
{
    (void)state;
    char *text = text_of("fit-hostile", 80, false, true);
    assert_says(text, "  b                              12      at bound\n");
    assert_silent(text, "95 %");
    free(text);
}

static void names_cannot_control_the_terminal(void **state)
{
    (void)state;
    char *text = text_of("fit-hostile", 80, false, true);
    assert_says(text, "a[家族 ?evil??[31m]             1.7 "); /* wide characters are two columns */
    assert_silent(text, "\033");
    assert_silent(text, "\a");
    assert_silent(text, "\xe2\x80\xae"); /* right-to-left override */
    free(text);
}

static void a_forecast_stands_beside_its_baseline(void **state)
{
    (void)state;
    char *text = text_of("observation-gsm8k", 80, false, true);
    assert_says(text, "gsm8k_cot of 28 models held out, forecast from 3 capability components, is "
                      "off\n  by 0.069 (root mean square); from training compute alone by 0.19 (26 "
                      "models).\n");
    assert_says(text, "On the 26 of known compute: 0.070 against 0.19, a squared error 7.5 times");
    assert_says(text, "47 training up to 8.4e22 FLOP, 28 test");
    assert_says(text, "  Meta-Llama-3-70B    0.816      0.819       0.742 to 0.876         2.8e24");
    assert_says(text,
                "  predicted from         models  rms error  mean abs  bias    covered  rms "
                "train\n  3 capability               28  0.069      0.051     -0.012   82.1 %  "
                "0.056\n");
    assert_says(text, "PC-1 67.1 %, PC-2 23.4 %");
    assert_says(text, "  Qwen1.5               7   0.33              0.986\n");
    assert_says(text, "\n  falcon-7b ");
    free(text);
}

static void few_test_models_are_not_ranked(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_buffer out = {0};
    fsci_json *record = read_json(
        arena, "{\"kind\":\"observation\",\"targets\":[{\"target\":\"t\",\"predictors\":\"pc1\","
               "\"link\":{\"kind\":\"sigmoid\",\"chance\":0.25,\"ceiling\":1},\"train\":{\"n\":9,"
               "\"mse\":0.01},\"test\":{\"n\":3,\"mse\":0.04,\"mae\":0.1}},{\"target\":\"t\","
               "\"predictors\":\"flops\",\"test\":{\"n\":3,\"mse\":0.09}}]}");
    assert_int_equal(fsci_report_text(record, NULL, &out, NULL), FSC_OK);
    assert_says(out.data, "Too few test models to say");
    assert_says(out.data, "is off by 0.15"); /* 0.2 of the range from chance to ceiling */
    assert_silent(out.data, "squared error");
    fsci_buffer_free(&out);
    fsci_arena_free(arena);
}

static void laws_are_grouped_and_shown(void **state)
{
    (void)state;
    char *list = text_of("laws", 100, false, true), *page = text_of("law", 80, false, true);
    assert_says(list, "pretraining-loss\n\n  law ");
    assert_says(list, "downstream\n\n");
    assert_says(page, "Hoffmann et al. 2022, arXiv 2203.15556, eq. 2, approach 3\n");
    assert_says(page, "  A           weight of the size term                  > 0      1 to 1e12, "
                      "log\n");
    assert_says(page, "(α·A/(β·B))^(1/(α+β)) ·");
    free(list);
    free(page);
}

static void findings_read_as_those_of_a_compiler(void **state)
{
    (void)state;
    char *text = text_of("lint", 80, false, true);
    assert_says(text, "my-law.yaml:12:3: error: unknown field 'parametres'; did you mean "
                      "'parameters'?\n");
    assert_says(text, "  2 errors, 1 warning.\n");
    free(text);
}

static void ascii_is_ascii(void **state)
{
    (void)state;
    for (int s = 0; s < N_SAMPLES; s++) {
        char *text = text_of(sample_names[s], 80, false, false);
        for (const char *c = text; *c; c++)
            assert_in_range((unsigned char)*c, '\n', '~');
        free(text);
    }
    char *text = text_of("fit-chinchilla", 80, false, false);
    assert_says(text, "L = E + A*N^-alpha + B*D^-beta");
    free(text);
}

static void color_only_adds_attributes(void **state)
{
    (void)state;
    for (int s = 0; s < N_SAMPLES; s++) {
        char *plain = text_of(sample_names[s], 80, false, true);
        char *colored = text_of(sample_names[s], 80, true, true), *to = colored;
        assert_true(strstr(colored, "\033[") || !strcmp(sample_names[s], "lint"));
        for (const char *from = colored; (*to = *from); from++) {
            if (*from == '\033')
                from += strcspn(from, "m");
            else
                to++;
        }
        assert_string_equal(colored, plain);
        free(plain);
        free(colored);
    }
}

static void refuses_what_is_no_record(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {{"{\"law\": 1}", "it has no \"kind\""},
                 {"[1, 2]", "it has no \"kind\""},
                 {"{\"kind\": \"poem\"}", "records of kind 'poem' have no view"}};
    fsci_arena *arena = fsci_arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_buffer out = {0};
        fsc_error err;
        fsci_json *record = read_json(arena, cases[i].json);
        assert_int_equal(fsci_report_text(record, NULL, &out, &err), FSC_EINPUT);
        assert_says(err.message, cases[i].says);
        assert_int_equal(fsci_report_csv(record, &out, &err), FSC_EINPUT);
        assert_int_equal(fsci_report_svg(record, NULL, &out, &err), FSC_EINPUT);
        assert_int_equal(fsci_report_html((const fsci_json *const[]){record}, 1, &out, &err),
                         FSC_EINPUT);
        assert_int_equal(out.length, 0);
        fsci_buffer_free(&out);
    }
    fsci_arena_free(arena);
}

/* A record of the right kind may lack everything else. */
/* A long lead stands whole on a line of its own; a formula breaks after a factor, not in a name. */
static void long_names_are_whole(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_view view = {.arena = arena};
    const fsci_column columns[] = {{"formula", FSCI_WRAP}, {"n", FSCI_LEFT}};
    fsci_view_add(&view, FSCI_ITEM, "nezhurina-2025-mammut-imagenet", "25 points");
    fsci_view_add(&view, FSCI_ITEM, "short", "one");
    fsci_grid *grid = FSCI_VIEW_GRID(&view, "", columns);
    fsci_grid_add(&view, grid,
                  (const char *[]){"y = (rate_k^-γ·lag_kind)^-beta·fall_of_rate", "1"});
    fsci_buffer out = {0};
    fsci_view_text(&view, &(fsci_text_options){.width = 40, .unicode = true}, &out);
    assert_says(out.data,
                "  nezhurina-2025-mammut-imagenet\n                            25 points\n"
                "  short                     one\n");
    assert_says(out.data, "(rate_k^-γ·lag_kind)^-beta·");
    fsci_buffer_free(&out);
    fsci_arena_free(arena);
}

static void views_live_with_gaps(void **state)
{
    (void)state;
    static const char *const bare[] = {
        "{\"kind\":\"fit\"}",
        "{\"kind\":\"prediction\"}",
        "{\"kind\":\"observation\"}",
        "{\"kind\":\"laws\"}",
        "{\"kind\":\"evaluation\"}",
        "{\"kind\":\"lint\"}",
        "{\"kind\":\"fit\",\"parameters\":[{}],\"derived\":[{}],\"predictions\":[{}],"
        "\"published\":[{}],\"sensitivity\":[{}],\"warnings\":[{}],\"figures\":[{}],"
        "\"data\":{\"dropped\":[{}],\"columns\":{\"x\":{}}},\"starts\":{},\"solver\":{}}",
        "{\"kind\":\"observation\",\"targets\":[{}],\"pca\":{\"scores\":[{}],\"loadings\":[{}],"
        "\"explained_variance_ratio\":[null]},\"families\":[{}],\"benchmarks\":[null],"
        "\"imputed\":[{}]}",
        "{\"kind\":\"laws\",\"laws\":[{}]}",
        "{\"kind\":\"laws\",\"laws\":[{\"formula\":\"y\","
        "\"columns\":[{}],\"parameters\":[{}],\"derived\":[{}],\"published\":[{}],\"checks\":[{}],"
        "\"reduces_to\":[{}]}]}",
        "{\"kind\":\"lint\",\"messages\":[{}]}",
        "{\"kind\":\"prediction\",\"rows\":[{},{}]}"};
    fsci_arena *arena = fsci_arena_new();
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
        fsci_buffer out = {0};
        const fsci_json *record = read_json(arena, bare[i]);
        assert_int_equal(fsci_report_text(record, NULL, &out, NULL), FSC_OK);
        assert_int_equal(fsci_report_html(&record, 1, &out, NULL), FSC_OK);
        assert_int_equal(fsci_report_csv(record, &out, NULL), FSC_OK);
        if (out.length)
            assert_silent(out.data, "(null)");
        fsci_buffer_free(&out);
    }
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_fits),
        cmocka_unit_test(a_fit_answers_first),
        cmocka_unit_test(without_intervals_there_is_no_column_for_them),
        cmocka_unit_test(names_cannot_control_the_terminal),
        cmocka_unit_test(a_forecast_stands_beside_its_baseline),
        cmocka_unit_test(few_test_models_are_not_ranked),
        cmocka_unit_test(laws_are_grouped_and_shown),
        cmocka_unit_test(findings_read_as_those_of_a_compiler),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(color_only_adds_attributes),
        cmocka_unit_test(refuses_what_is_no_record),
        cmocka_unit_test(views_live_with_gaps),
        cmocka_unit_test(long_names_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
