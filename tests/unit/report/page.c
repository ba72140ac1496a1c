#include "markup.h"
#include "samples.h"

#include "base/number.h"

static char *page_of(const fsci_json *const *records, size_t n)
{
    fsci_buffer out = {0};
    assert_int_equal(fsci_report_html(records, n, &out, NULL), FSC_OK);
    return fsci_buffer_take(&out);
}

static void every_page_is_well_formed_and_alone(void **state)
{
    (void)state;
    for (int s = 0; s < N_SAMPLES; s++) {
        fsci_arena *arena = fsci_arena_new();
        const fsci_json *record = read_sample(arena, sample_names[s]);
        char *page = page_of(&record, 1), *again = page_of(&record, 1);
        assert_well_formed(page);
        assert_string_equal(page, again);
        assert_silent(page, "http"); /* nothing is fetched, no name space is needed */
        assert_silent(page, "src=");
        assert_silent(page, "@import");
        assert_silent(page, "<script>");
        assert_says(page, "prefers-color-scheme:dark");
        assert_says(page, "@media print");
        free(page);
        free(again);
        fsci_arena_free(arena);
    }
}

static void hostile_names_stay_text(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *record = read_sample(arena, "fit-hostile");
    char *page = page_of(&record, 1);
    assert_silent(page, "<script>alert");
    assert_silent(page, "</script>alert");
    assert_says(page, "a[&lt;script&gt;alert(1)&lt;/script&gt;]");
    assert_says(page, "\\u003cscript>alert(1)\\u003c/script>");
    assert_silent(page, "\033");
    free(page);
    fsci_arena_free(arena);
}

static void the_page_holds_the_record(void **state)
{
    (void)state;
    for (int s = 0; s < N_SAMPLES; s++) {
        fsci_arena *arena = fsci_arena_new();
        const fsci_json *record = read_sample(arena, sample_names[s]);
        fsci_buffer want = {0}, got = {0};
        char *page = page_of(&record, 1);
        char *data = strstr(page, "id=\"record-1\">");
        assert_non_null(data);
        data += strlen("id=\"record-1\">");
        *strstr(data, "</script>") = '\0';
        fsci_json_write(record, 0, &want);
        fsci_json_write(read_json(arena, data), 0, &got);
        assert_string_equal(got.data, want.data);
        fsci_buffer_free(&want);
        fsci_buffer_free(&got);
        free(page);
        fsci_arena_free(arena);
    }
}

/* One too large to be handed about goes without its largest members, and the page says so. */
static void the_page_of_a_large_record_stays_small(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_json *record = read_sample(arena, "fit-chinchilla");
    fsci_json *big = fsci_json_set_array(arena, record, "draws");
    for (int i = 0; i < 300; i++) /* 2.4 MB */
        fsci_json_push(big, fsci_json_string(arena, fsci_format(arena, "%8000d", i)));
    const fsci_json *records[] = {record};
    char *page = page_of(records, 1);
    assert_true(strlen(page) < 500000);
    assert_well_formed(page);
    assert_says(page, "embedded in this page without its draws");
    char *data = strstr(page, "id=\"record-1\">") + strlen("id=\"record-1\">");
    *strstr(data, "</script>") = '\0';
    const fsci_json *kept = read_json(arena, data);
    assert_int_equal(kept->count, record->count - 1);
    assert_null(fsci_json_get(kept, "draws"));
    assert_non_null(fsci_json_get(kept, "provenance"));
    free(page);
    fsci_arena_free(arena);
}

static void symbols_have_lowered_and_raised_parts(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *record = read_json(
        arena, "{\"kind\":\"evaluation\",\"law\":{\"id\":\"x\",\"formula\":\"L_inf = val_loss + "
               "A*N_eff^-alpha_N*sum_j(t_j*r_j) + lo_1_2\"}}");
    char *page = page_of(&record, 1);
    assert_well_formed(page);
    assert_says(page, "L<sub>inf</sub> = val_loss + A·N<sub>eff</sub><sup>-α<sub>N</sub></sup>·"
                      "sum<sub>j</sub>(t<sub>j</sub>·r<sub>j</sub>) + lo_1_2</p>");
    free(page);
    fsci_arena_free(arena);
}

/* A table that half a page would squeeze has the whole width. */
static void wide_tables_have_the_page(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *record = read_json(
        arena,
        "{\"kind\":\"laws\",\"laws\":[{\"id\":\"x\",\"formula\":\"y = a\",\"reach\":[{\"data\":"
        "\"forty runs of sizes from ten to eighty million\",\"predicted\":1e9,\"column\":"
        "\"N\",\"from\":1e6,\"to\":1e8,\"error\":0.1,\"where\":\"appendix K of the authors, the "
        "second table\"}],\"parameters\":{\"a\":{\"meaning\":\"m\",\"domain\":\"any\"}}}]}");
    char *page = page_of(&record, 1);
    assert_well_formed(page);
    assert_says(page, "<div class=\"scroll wide\"><table>\n<caption>Where it was fitted");
    assert_says(page, "<div class=\"scroll\"><table>\n<caption>Parameters");
    free(page);
    fsci_arena_free(arena);
}

static void two_records_share_a_page(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *records[] = {read_sample(arena, "observation-gsm8k"),
                                  read_sample(arena, "fit-chinchilla")};
    char *page = page_of(records, 2);
    assert_well_formed(page);
    assert_says(page, "<title>gsm8k_cot, chinchilla – forescale</title>");
    assert_says(page, "<a href=\"#section-2\">chinchilla</a>");
    assert_says(page, "<section id=\"section-2\">");
    assert_says(page, "L = E + A·N<sup>-α</sup> + B·D<sup>-β</sup>");
    assert_says(page, "<pre>forescale fit chinchilla data/chinchilla-epoch/runs.csv --where "
                      "&#39;kept_240 == 1&#39;");
    int figures = 0;
    for (const char *s = page; (s = strstr(s, "<figure>")); s++)
        figures++;
    /* two forecasts and agreement, compute, variance, loadings; three of the fit */
    assert_int_equal(figures, 9);
    free(page);
    fsci_arena_free(arena);
}

/* ---- CSV --------------------------------------------------------------------------------- */

static char *csv_of(const fsci_json *record)
{
    fsci_buffer out = {0};
    assert_int_equal(fsci_report_csv(record, &out, NULL), FSC_OK);
    return fsci_buffer_take(&out);
}

static void tables_follow_rfc_4180(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *csv = csv_of(read_json(
        arena, "{\"kind\":\"prediction\",\"rows\":[{\"inputs\":{\"N\":70e9,\"set\":\"a,b\"},"
               "\"mean\":0.1,\"mean_lo\":null},{\"inputs\":{\"N\":1,\"set\":\"say \\\"x\\\"\\n\"},"
               "\"mean\":-2,\"ok\":true,\"at\":[1,\"b\",{\"name\":\"c\"}]}]}"));
    assert_string_equal(csv, "N,set,mean,mean_lo,ok,at\r\n"
                             "70000000000,\"a,b\",0.1,,,\r\n"
                             "1,\"say \"\"x\"\"\n\",-2,,true,1 b c\r\n");
    free(csv);
    fsci_arena_free(arena);
}

static void main_tables_have_a_row_each(void **state)
{
    (void)state;
    static const struct {
        const char *sample, *head;
        int rows;
    } cases[] = {{"fit-chinchilla", "N,D,mean,", 1},
                 {"fit-hostile", "name,group,value", 4},
                 {"prediction", "N,D,mean,", 3},
                 {"observation-gsm8k", "target,predictors,model,family,split,flops,", 75 + 73},
                 {"observation-space", "model,split,family,flops,pc1,pc2,pc3\r\n", 75},
                 {"laws", "id,version,title,question,authors,year,columns,", 4},
                 {"lint", "severity,line,column,message\r\n", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_arena *arena = fsci_arena_new();
        char *csv = csv_of(read_sample(arena, cases[i].sample));
        int lines = 0;
        for (const char *s = csv; (s = strstr(s, "\r\n")); s += 2)
            lines++;
        assert_memory_equal(csv, cases[i].head, strlen(cases[i].head));
        assert_int_equal(lines, cases[i].rows + 1);
        free(csv);
        fsci_arena_free(arena);
    }
}

/* A number in the table is the number of the record, bit for bit. */
static void numbers_round_trip(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *record = read_sample(arena, "prediction"),
                    *row = fsci_json_at(record, "rows.0");
    char *csv = csv_of(record), *line = strstr(csv, "\r\n") + strlen("\r\n");
    for (int skipped = 0; skipped < 2; skipped++)
        line = strchr(line, ',') + 1;
    double value;
    assert_true(fsci_number_read(line, strcspn(line, ","), &value));
    assert_true(value == fsci_json_get_number(row, "mean"));
    free(csv);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_well_formed_and_alone),
        cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(the_page_holds_the_record),
        cmocka_unit_test(the_page_of_a_large_record_stays_small),
        cmocka_unit_test(symbols_have_lowered_and_raised_parts),
        cmocka_unit_test(wide_tables_have_the_page),
        cmocka_unit_test(two_records_share_a_page),
        cmocka_unit_test(tables_follow_rfc_4180),
        cmocka_unit_test(main_tables_have_a_row_each),
        cmocka_unit_test(numbers_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
