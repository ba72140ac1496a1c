#include "law/catalogue.h"
#include "base/file.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const fsci_catalogue built_in;
static fsc_error err;

static fsci_laws list(const fsci_catalogue *catalogue)
{
    fsci_laws laws;
    if (fsci_catalogue_list(catalogue, &laws, &err))
        fail_msg("%s:%d:%d: %s", err.source, err.line, err.col, err.message);
    return laws;
}

static void every_law_lints_clean(void **state)
{
    (void)state;
    fsci_laws laws = list(&built_in);
    assert_true(laws.n >= 8);
    for (size_t i = 0; i < laws.n; i++) {
        fsci_arena *arena = fsci_arena_new();
        fsci_findings findings;
        const fsc_law *law = laws.items[i];
        assert_int_equal(fsci_law_check(arena, law->file, law->text, law->length, &findings, &err),
                         FSC_OK);
        for (size_t k = 0; k < findings.n; k++)
            fail_msg("%s:%d:%d: %s", law->file, findings.items[k].at.line, findings.items[k].at.col,
                     findings.items[k].message);
        fsci_arena_free(arena);
    }
    fsci_laws_free(&laws);
}

/* What one file alone cannot tell: the laws it says it reduces to exist and have the parameters
 * it maps. */
static void reductions_lead_to_laws_of_the_catalogue(void **state)
{
    (void)state;
    fsci_laws laws = list(&built_in);
    for (size_t i = 0; i < laws.n; i++)
        for (size_t k = 0; k < laws.items[i]->reduces_to.n; k++) {
            const fsci_law_reduction *r = &laws.items[i]->reduces_to.items[k];
            fsc_law *simpler;
            if (fsci_catalogue_find(&built_in, r->law, &simpler, &err))
                fail_msg("%s: %s", laws.items[i]->id, err.message);
            for (size_t m = 0; m < r->maps.n; m++)
                if (fsci_law_parameter_index(simpler, r->maps.items[m].name) == SIZE_MAX)
                    fail_msg("%s maps '%s', which %s does not have", laws.items[i]->id,
                             r->maps.items[m].name, r->law);
            fsci_law_free(simpler);
        }
    fsci_laws_free(&laws);
}

static void laws_are_listed_by_question_then_id(void **state)
{
    (void)state;
    fsci_laws laws = list(&built_in);
    assert_int_equal(laws.items[0]->question, FSCI_QUESTION_PRETRAINING_LOSS);
    for (size_t i = 1; i < laws.n; i++) {
        const fsc_law *a = laws.items[i - 1], *b = laws.items[i];
        assert_true(a->question < b->question ||
                    (a->question == b->question && strcmp(a->id, b->id) < 0));
    }
    fsci_laws_free(&laws);
}

static void a_law_is_read_as_written(void **state)
{
    (void)state;
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&built_in, "chinchilla", &law, &err), FSC_OK);
    assert_string_equal(law->id, "chinchilla");
    assert_int_equal(law->version, 1);
    assert_int_equal(law->source.year, 2022);
    assert_string_equal(law->source.arxiv, "2203.15556");
    assert_string_equal(law->columns.items[law->response].name, "L");
    assert_ptr_equal(law->solution, law->formula->right);
    assert_int_equal(law->objective.residual, FSCI_RESIDUAL_LOG);
    assert_int_equal(law->objective.loss, FSCI_LAW_HUBER);
    assert_true(law->objective.delta == 1e-3);

    const fsci_law_parameter *A = &law->parameters.items[fsci_law_parameter_index(law, "A")];
    assert_true(A->domain.lo.value == 0 && A->domain.lo.open);
    assert_true(A->domain.hi.value == INFINITY && !A->domain.hi.column);
    assert_true(A->start.log && A->start.lo.value == 1 && A->start.hi.value == 1e12);

    const fsci_law_published *set = fsci_law_published_find(law, "besiroglu-2024");
    assert_true(set->theta[fsci_law_parameter_index(law, "B")] == 2085.43);
    assert_true(set->error[fsci_law_parameter_index(law, "E")] == 0.03);
    set = fsci_law_published_find(law, "hoffmann-2022");
    assert_true(isnan(set->error[0]));

    const fsci_law_column *N = &law->columns.items[fsci_law_column_index(law, "N")];
    assert_string_equal(N->aliases.items[0], "params");
    assert_string_equal(fsci_law_derived_find(law, "N_opt")->arguments.items[0], "C");
    assert_int_equal(fsci_law_column_index(law, "C"), SIZE_MAX);
    fsci_law_free(law);
}

static void starts_and_domains_may_follow_the_data(void **state)
{
    (void)state;
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&built_in, "power-plus-constant", &law, &err), FSC_OK);
    const fsci_start *x0 = &law->parameters.items[fsci_law_parameter_index(law, "x0")].start;
    assert_string_equal(x0->hi.column, "x");
    assert_true(x0->hi.of_max && !x0->lo.of_max && x0->log);
    assert_true(fsci_bound_at(&x0->lo, 1e5, 1e9) == 1e-6 * 1e5);
    assert_true(fsci_bound_at(&x0->hi, 1e5, 1e9) == 1e6 * 1e9);
    fsci_law_free(law);
}

static void a_two_sided_law_names_its_response(void **state)
{
    (void)state;
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&built_in, "broken-1", &law, &err), FSC_OK);
    assert_string_equal(law->columns.items[law->response].name, "y");
    assert_ptr_equal(law->solution, fsci_law_derived_find(law, "y")->formula->right);
    fsci_law_free(law);
}

static void unknown_ids_suggest_the_nearest(void **state)
{
    (void)state;
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&built_in, "chinchila", &law, &err), FSC_EINPUT);
    assert_null(law);
    assert_string_equal(err.message, "no law is called 'chinchila'; did you mean 'chinchilla'?");
    assert_int_equal(fsci_catalogue_find(&built_in, "xyzzy", &law, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "`laws list` shows all"));
    assert_int_equal(fsci_catalogue_find(&built_in, "./xyzzy.yaml", &law, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "no such file"));
}

/* ---- a search path ---- */

static char folder[] = "/tmp/forescale-laws-XXXXXX";
static char path[128];

static const char *in_folder(const char *file)
{
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return path;
}

static void put(const char *file, const char *id, const char *title)
{
    char text[1024];
    snprintf(text, sizeof text,
             "id: %s\nversion: 7\ntitle: %s\nquestion: theory\nformula: y = k*x\n"
             "columns: {y: {meaning: y}, x: {meaning: x}}\n"
             "parameters: {k: {meaning: k, domain: any, start: [0, 1]}}\n",
             id, title);
    assert_int_equal(fsci_output_write(in_folder(file), text, strlen(text), &err), FSC_OK);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    put("linear.yaml", "linear", "mine");
    put("own-law.yaml", "own-law", "own");
    put("wrong-name.yaml", "other", "other");
    put("notes.txt", "notes", "no law");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const files[] = {"linear.yaml", "own-law.yaml", "wrong-name.yaml",
                                        "notes.txt"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_folder(files[i]));
    return rmdir(folder);
}

static void folders_come_before_the_built_in_laws(void **state)
{
    (void)state;
    const char *directories[] = {"/nonexistent/laws", folder};
    const fsci_catalogue catalogue = {directories, 2};
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&catalogue, "linear", &law, &err), FSC_OK);
    assert_string_equal(law->title, "mine");
    fsci_law_free(law);
    assert_int_equal(fsci_catalogue_find(&catalogue, "own-law", &law, &err), FSC_OK);
    assert_int_equal(law->version, 7);
    fsci_law_free(law);
    assert_int_equal(fsci_catalogue_find(&catalogue, "chinchilla", &law, &err), FSC_OK);
    fsci_law_free(law);
    assert_int_equal(fsci_catalogue_find(&catalogue, "own-lwa", &law, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "did you mean 'own-law'?"));
}

static void a_path_is_read_as_a_file(void **state)
{
    (void)state;
    fsc_law *law;
    assert_int_equal(fsci_catalogue_find(&built_in, in_folder("own-law.yaml"), &law, &err), FSC_OK);
    assert_string_equal(law->file, path);
    fsci_law_free(law);
    assert_int_equal(fsci_catalogue_find(&built_in, in_folder("wrong-name.yaml"), &law, &err),
                     FSC_EINPUT);
    assert_string_equal(err.message, "the id is 'other' but the file is wrong-name.yaml; rename "
                                     "one of them");
    assert_int_equal(fsci_catalogue_find(&built_in, in_folder("notes.txt"), &law, &err), FSC_OK);
    fsci_law_free(law);
    assert_int_equal(fsci_catalogue_find(&built_in, folder, &law, &err), FSC_EINPUT);
    assert_non_null(strstr(err.message, "is a directory"));
}

static void a_broken_file_is_left_out_by_name(void **state)
{
    (void)state;
    const char *directories[] = {folder};
    const fsci_catalogue catalogue = {directories, 1};
    fsci_arena *arena = fsci_arena_new();
    fsci_texts ids;
    assert_int_equal(fsci_catalogue_ids(&catalogue, arena, &ids, &err), FSC_OK);
    for (size_t i = 1; i < ids.n; i++)
        assert_true(strcmp(ids.items[i - 1], ids.items[i]) < 0);
    size_t n_ids = ids.n;
    fsci_arena_free(arena);
    fsci_laws laws;
    assert_int_equal(fsci_catalogue_list(&catalogue, &laws, &err), FSC_OK);
    assert_int_equal(laws.n + laws.n_faults, n_ids);
    assert_int_equal(laws.n_faults, 1);
    assert_string_equal(laws.faults[0].source, in_folder("wrong-name.yaml"));
    assert_int_equal(laws.faults[0].line, 1);
    fsci_laws_free(&laws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_lints_clean),
        cmocka_unit_test(reductions_lead_to_laws_of_the_catalogue),
        cmocka_unit_test(laws_are_listed_by_question_then_id),
        cmocka_unit_test(a_law_is_read_as_written),
        cmocka_unit_test(starts_and_domains_may_follow_the_data),
        cmocka_unit_test(a_two_sided_law_names_its_response),
        cmocka_unit_test(unknown_ids_suggest_the_nearest),
        cmocka_unit_test(folders_come_before_the_built_in_laws),
        cmocka_unit_test(a_path_is_read_as_a_file),
        cmocka_unit_test(a_broken_file_is_left_out_by_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
