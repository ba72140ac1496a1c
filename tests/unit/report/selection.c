/* The choice of models in words: the answer first, then how sure it is. */
#include "samples.h"

static char *text_of(fsci_json *record)
{
    fsci_buffer out = {0};
    const fsci_text_options options = {.width = 80, .unicode = true};
    assert_int_equal(fsci_report_text(record, &options, &out, NULL), FSC_OK);
    return fsci_buffer_take(&out);
}

static void families_are_named_first(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *text = text_of(read_sample(arena, "selection"));
    assert_says(text,
                "selection   V-optimal families, 3 components             15 candidates, "
                "budget 5\n\n  Evaluate 5 models of 4 families: Falcon, Phi, GPT-Neo/J, XGLM.\n");
    assert_says(text, "  Predictions for the candidates then have 2.56 times the variance that all "
                      "15\n  models would give.\n");
    assert_says(text, ", proven best of 127 combinations by enumeration\n");
    assert_says(text, "37.1 %       -8.08487    OPT     GPT-Neo/J, XGLM\n");
    assert_silent(text, "cost");
    free(text);
    fsci_arena_free(arena);
}

/* A record of single models at a price, whose search was stopped. */
static const char stopped[] =
    "{\"kind\": \"selection\", \"criterion\": \"D\", \"formula\": \"log det G\", \"by\": \"model\","
    " \"components\": 2, \"budget\": 20.5, \"cost\": \"dollars\", \"objective\": -2.5,"
    " \"efficiency\": 0.25, \"exhaustive\": false, \"bound\": -2.25, \"gap\": 0.25,"
    " \"combinations\": 1.5e20, \"method\": \"branch and bound\", \"families\": [],"
    " \"models\": [\"a/one-hf\", \"two\"], \"n_models\": 2, \"total_cost\": 20.25,"
    " \"chosen\": [{\"family\": null, \"models\": [\"a/one-hf\"], \"cost\": 20,"
    " \"objective_without\": null, \"efficiency_without\": null},"
    " {\"family\": \"F\", \"models\": [\"two\"], \"cost\": 0.25, \"objective_without\": -3,"
    " \"efficiency_without\": 0.125}],"
    " \"included\": [\"two\"], \"excluded\": [], \"all\": {\"objective\": 0, \"n_models\": 9},"
    " \"runners_up\": [{\"objective\": -2.75, \"efficiency\": 0.2, \"models\": [\"two\", "
    "\"b/six\"]}],"
    " \"glm\": {\"target\": \"score\", \"n_known\": 7, \"region_rule\": \"the strongest\","
    " \"region\": [\"x\", \"y\"]},"
    " \"candidates\": [{\"model\": \"a/one-hf\", \"chosen\": true},"
    " {\"model\": \"two\", \"chosen\": true}, {\"model\": \"b/six\", \"chosen\": false}],"
    " \"warnings\": []}";

static void what_is_not_proven_is_not_claimed(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *text = text_of(read_json(arena, stopped));
    assert_says(text, "3 candidates, budget 20.5 dollars\n\n"
                      "  Evaluate 2 models, for 20.25 dollars.\n");
    assert_says(text, "has, per component, 4 times the\n  volume that all 9 models would give.\n");
    assert_says(text, "-2.5, at most -2.25, of 1.5e20 combinations by branch and bound\n");
    assert_says(text, "  included  two\n");
    assert_silent(text, "excluded");
    assert_silent(text, "proven");
    assert_says(text, "of score, guessed from 7 candidates where it is known\n");
    assert_says(text, "the strongest, 2 of them\n");
    free(text);
    fsci_arena_free(arena);
}

/* Without the publisher, and only what differs from the best. */
static void others_are_told_by_their_difference(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    char *text = text_of(read_json(arena, stopped));
    assert_says(text, "20 %         -2.75       six    one\n");
    free(text);
    fsci_arena_free(arena);
}

static void the_list_is_the_candidates(void **state)
{
    (void)state;
    fsci_arena *arena = fsci_arena_new();
    fsci_buffer out = {0};
    assert_int_equal(fsci_report_csv(read_json(arena, stopped), &out, NULL), FSC_OK);
    assert_string_equal(out.data, "model,chosen\r\na/one-hf,true\r\ntwo,true\r\nb/six,false\r\n");
    fsci_buffer_free(&out);
    fsci_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_are_named_first),
        cmocka_unit_test(what_is_not_proven_is_not_claimed),
        cmocka_unit_test(others_are_told_by_their_difference),
        cmocka_unit_test(the_list_is_the_candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
