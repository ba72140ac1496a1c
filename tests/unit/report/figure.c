#include "markup.h"
#include "samples.h"

#include "report/axis.h"
#include "report/contour.h"
#include "report/label.h"
#include "report/svg.h"

static char *svg_of(const fsci_json *record, const char *id)
{
    fsci_buffer out = {0};
    assert_int_equal(fsci_report_svg(record, id, &out, NULL), FSC_OK);
    return fsci_buffer_take(&out);
}

static const struct {
    const char *sample, *id;
} figures[] = {{"fit-chinchilla", "contours"},           {"fit-chinchilla", "residuals"},
               {"fit-chinchilla", "observed-fitted"},    {"observation-gsm8k", "gsm8k_cot-pc3"},
               {"observation-gsm8k", "gsm8k_cot-flops"}, {"observation-gsm8k", "families"},
               {"observation-gsm8k", "variance"},        {"observation-space", "families"},
               {"observation-space", "variance"}};

static void figures_are_well_formed_and_the_same_every_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        fsci_arena *arena = fsci_arena_new();
        const fsci_json *record = read_sample(arena, figures[i].sample);
        char *svg = svg_of(record, figures[i].id), *again = svg_of(record, figures[i].id);
        assert_well_formed(svg);
        assert_string_equal(svg, again);
        assert_says(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
        assert_says(svg, "<title>");
        assert_says(svg, "prefers-color-scheme:dark");
        assert_silent(svg, "nan");
        assert_silent(svg, "inf\"");
        assert_silent(svg, "inf ");
        assert_silent(svg, "<script");
        free(svg);
        free(again);
        fsci_arena_free(arena);
    }
}

/* Numbers of attribute x1 … and of paths have at most two decimals. */
static void numbers_are_short(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1, "1"},        {-0.001, "0"},  {0.125, "0.13"}, {2.5, "2.5"},
                 {99.999, "100"}, {-3.1, "-3.1"}, {NAN, "0"},      {1e300, "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_buffer out = {0};
        fsci_svg_number(&out, cases[i].value);
        assert_string_equal(out.data, cases[i].text);
        fsci_buffer_free(&out);
    }
}

static void a_missing_figure_is_told_with_those_there_are(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_buffer out = {0};
    fsc_error err;
    assert_int_equal(fsci_report_svg(read_sample(arena, "fit-chinchilla"), "shape", &out, &err),
                     FSC_EUSAGE);
    assert_string_equal(err.message,
                        "no figure 'shape' in this record; it has contours, residuals, "
                        "observed-fitted");
    assert_int_equal(fsci_report_svg(read_sample(arena, "lint"), NULL, &out, &err), FSC_EUSAGE);
    assert_string_equal(err.message, "this record has no figures; leave out --svg");
    fsci_buffer_free(&out);
    fsci_arena_free(arena);
}

static void the_forecast_figure_shows_what_the_record_says(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *svg = svg_of(read_sample(arena, "observation-gsm8k"), NULL);
    assert_says(svg, ">gsm8k_cot, forecast from 3 capability components</text>");
    assert_says(svg, ">compute of a Llama-2 model as capable (FLOP)</text>");
    assert_says(svg, ">10²³</text>");
    assert_says(svg, ">training compute ends</text>");
    assert_says(svg, "all trained with at most 8.4e22 FLOP");
    assert_says(svg, "<title>Llama-2-70b (Llama-2): observed 0.580, predicted 0.603</title>");
    free(svg);
    fsci_arena_free(arena);
}

/* Every model with a place is a point: 75 in the figure over equivalents, 2 without compute fewer
 * in the figure over compute. */
static void no_point_is_lost(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int points;
    } cases[] = {{"gsm8k_cot-pc3", 75}, {"gsm8k_cot-flops", 73}};
    fsci_arena *arena = fsci_arena_new();
    for (size_t i = 0; i < 2; i++) {
        char *svg = svg_of(read_sample(arena, "observation-gsm8k"), cases[i].id);
        int points = 0;
        for (const char *s = svg; (s = strstr(s, "): observed ")); s++)
            points++;
        assert_int_equal(points, cases[i].points);
        free(svg);
    }
    fsci_arena_free(arena);
}

static void hostile_names_stay_text(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    const fsci_json *record = read_json(
        arena,
        "{\"kind\":\"fit\",\"figures\":[{\"id\":\"a\",\"title\":\"</title><script>1</script>\","
        "\"caption\":\"a & "
        "b\",\"x\":{\"label\":\"<x>\",\"unit\":\"\\\"u\\\"\"},\"series\":[{\"name\":"
        "\"<i>\",\"kind\":\"points\",\"label\":\"points\",\"x\":[1,2,null],\"y\":[1,null,2],"
        "\"labels\":[\"<b>\",\"&\",null],\"names\":[\"]]>\",\"b\",\"c\"]},{\"name\":\"\\u0007\","
        "\"kind\":\"line\",\"label\":\"end\",\"x\":[1,2],\"y\":[1e308,-1e308]},{\"kind\":"
        "\"unknown\"}],"
        "\"marks\":[{},{\"kind\":\"vline\",\"at\":1.5,\"label\":\"<m>\"}]}]}");
    char *svg = svg_of(record, NULL);
    assert_well_formed(svg);
    assert_silent(svg, "<script");
    assert_silent(svg, "<b>");
    assert_says(svg, "&lt;x&gt; (&quot;u&quot;)");
    assert_says(svg, ">&lt;m&gt;</text>");
    free(svg);
    fsci_arena_free(arena);
}

/* ---- axes -------------------------------------------------------------------------------- */

/* The texts of the ticks from lo to hi, with spaces between. */
static const char *ticks_of(fsci_arena *arena, const char *json, double lo, double hi)
{
    fsci_axis axis = fsci_axis_read(read_json(arena, json));
    fsci_tick *ticks;
    const char *list = "";
    fsci_axis_cover(&axis, lo);
    fsci_axis_cover(&axis, hi);
    axis.fixed_lo = axis.fixed_hi = true;
    fsci_axis_settle(&axis);
    axis.to = 100;
    size_t n = fsci_axis_ticks(arena, &axis, &ticks);
    for (size_t i = 0; i < n; i++) {
        assert_true(ticks[i].place >= -1e-6 && ticks[i].place <= 100 + 1e-6);
        if (ticks[i].text)
            list = fsci_format(arena, "%s%s ", list, ticks[i].text);
    }
    return list;
}

static void ticks_are_round_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *axis;
        double lo, hi;
        const char *ticks;
    } cases[] = {{"{}", 0, 1, "0.0 0.2 0.4 0.6 0.8 1.0 "},
                 {"{}", 2.03, 3.51, "2.2 2.4 2.6 2.8 3.0 3.2 3.4 "},
                 {"{}", -0.02, 0.05, "-0.02 -0.01 0.00 0.01 0.02 0.03 0.04 0.05 "},
                 {"{}", 0, 1250, "0 200 400 600 800 1000 1200 "},
                 {"{\"scale\":\"log\",\"unit\":\"FLOP\"}", 1e20, 1e24, "10²⁰ 10²¹ 10²² 10²³ 10²⁴ "},
                 {"{\"scale\":\"log\",\"unit\":\"param\"}", 5e7, 2e10, "100 M 1 B 10 B "},
                 {"{\"scale\":\"log\"}", 2, 40, "2 5 10 20 "},
                 {"{\"scale\":\"log\"}", 2, 6, "2 3 4 5 6 "},
                 {"{\"scale\":\"log\"}", 1e-12, 1e-4, "10⁻¹² 10⁻¹⁰ 10⁻⁸ 10⁻⁶ 10⁻⁴ "},
                 {"{\"categories\":[\"PC-1\",\"PC-2\"]}", 1, 2, "PC-1 PC-2 "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fsci_arena *arena = fsci_arena_new();
        assert_string_equal(ticks_of(arena, cases[i].axis, cases[i].lo, cases[i].hi),
                            cases[i].ticks);
        fsci_arena_free(arena);
    }
}

static void log_axes_have_no_place_for_zero(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_axis axis = fsci_axis_read(read_json(arena, "{\"scale\":\"log\"}"));
    fsci_axis_cover(&axis, 0);
    fsci_axis_cover(&axis, -1);
    fsci_axis_cover(&axis, 10);
    fsci_axis_cover(&axis, 1000);
    axis.fixed_lo = axis.fixed_hi = true;
    fsci_axis_settle(&axis);
    axis.to = 100;
    assert_near(fsci_axis_place(&axis, 100), 50, 1e-12);
    assert_true(isnan(fsci_axis_place(&axis, 0)));
    assert_near(fsci_axis_value(&axis, 0.5), 100, 1e-10);
    fsci_arena_free(arena);
}

static void one_value_still_has_an_axis(void **state)
{
    (void)state;
    fsci_axis axis = fsci_axis_read(NULL);
    fsci_axis_cover(&axis, 3);
    fsci_axis_settle(&axis);
    axis.to = 100;
    assert_near(fsci_axis_place(&axis, 3), 50, 1e-12);
}

/* ---- contours and labels ----------------------------------------------------------------- */

typedef struct trail {
    int n;
    double worst;
} trail;

static void on_the_circle(void *context, double x1, double y1, double x2, double y2)
{
    trail *t = context;
    t->n++;
    t->worst = fmax(t->worst, fabs(hypot(x1, y1) - 1));
    t->worst = fmax(t->worst, fabs(hypot(x2, y2) - 1));
}

/* The line x² + y² = 1; linear interpolation is off by at most a quarter of the squared step. */
static void a_circle_is_found(void **state)
{
    (void)state;
    enum { N = 41 };
    double x[N], y[N], z[N * N], step = 0.1;
    trail t = {0};
    for (int i = 0; i < N; i++)
        x[i] = y[i] = -2 + step * i + 0.013;
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            z[j * N + i] = x[i] * x[i] + y[j] * y[j];
    fsci_contour(&(fsci_field){N, N, x, y, z}, 1, on_the_circle, &t);
    assert_in_range(t.n, 60, 100);
    assert_near(t.worst, 0, step * step / 4);
}

static void count_segment(void *context, double x1, double y1, double x2, double y2)
{
    trail *t = context;
    t->n++;
    t->worst = fmax(t->worst, fabs(fabs(x2 - x1) - fabs(y2 - y1)));
}

static void saddles_and_gaps(void **state)
{
    (void)state;
    const double at[2] = {0, 1}, saddle[4] = {1, 0, 0, 1}, gap[4] = {1, NAN, 0, 1};
    trail t = {0};
    fsci_contour(&(fsci_field){2, 2, at, at, saddle}, 0.4, count_segment, &t);
    assert_int_equal(t.n, 2);
    assert_near(t.worst, 0, 1e-12); /* both cut a corner at 45 degrees */
    t.n = 0;
    fsci_contour(&(fsci_field){2, 2, at, at, gap}, 0.4, count_segment, &t);
    assert_int_equal(t.n, 0);
}

static bool overlap(fsci_box a, fsci_box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void labels_never_overlap(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_board board = {.arena = arena, .frame = {0, 0, 300, 200}};
    fsci_box boxes[40], box;
    size_t n = 0;
    for (int i = 0; i < 40; i++)
        fsci_board_mark(&board, 20 + 7 * i % 260, 10 + 37 * i % 180, 4);
    for (int i = 0; i < 40; i++)
        if (fsci_board_place(&board, 20 + 7 * i % 260, 10 + 37 * i % 180, 50, 14, i % 2, &box))
            boxes[n++] = box;
    assert_in_range(n, 10, 40);
    for (size_t i = 0; i < n; i++) {
        assert_true(boxes[i].x >= 0 && boxes[i].x + boxes[i].w <= 300);
        assert_true(boxes[i].y >= 0 && boxes[i].y + boxes[i].h <= 200);
        for (size_t j = 0; j < i; j++)
            assert_false(overlap(boxes[i], boxes[j]));
    }
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_well_formed_and_the_same_every_time),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(a_missing_figure_is_told_with_those_there_are),
        cmocka_unit_test(the_forecast_figure_shows_what_the_record_says),
        cmocka_unit_test(no_point_is_lost),
        cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(ticks_are_round_numbers),
        cmocka_unit_test(log_axes_have_no_place_for_zero),
        cmocka_unit_test(one_value_still_has_an_axis),
        cmocka_unit_test(a_circle_is_found),
        cmocka_unit_test(saddles_and_gaps),
        cmocka_unit_test(labels_never_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
