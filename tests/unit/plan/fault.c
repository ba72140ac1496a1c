/* Out of memory at every allocation of a choice in turn: FSC_ENOMEM each time, nothing leaked,
 * never a lesser answer. */
#include "plan/select.h"
#include "scarce.h"
#include "unit.h"

#include <stdlib.h>

/* Runs the choice with allocation `k` failing; NaN when that failure was met, else the objective.
 */
static double attempt(const fsci_select_input *input, long k)
{
    long before = live;
    double objective = NAN;
    fsc_error err = {0};
    until_failure = k;
    fsci_arena *arena = fsci_arena_new();
    fsci_json *record = arena ? fsci_json_object(arena) : NULL;
    fsc_status status = record ? fsci_select_run(arena, input, record, &err) : FSC_ENOMEM;
    bool met = until_failure < 0;
    until_failure = -1;
    if (status == FSC_OK)
        objective = fsci_json_get_number(record, "objective");
    else
        assert_int_equal(status, FSC_ENOMEM);
    fsci_arena_free(arena);
    assert_int_equal(live, before);
    if (k >= 0)
        assert_true(met ? status == FSC_ENOMEM : status == FSC_OK);
    return objective;
}

static void check(fsci_select_input input)
{
    if (!OWN_ALLOCATOR)
        skip();
    enum { FEW = 26 }; /* so that each run is short, yet by branch and bound */
    fsc_table *all, *table;
    fsc_error err = {0};
    if (fsci_table_read(PROJECT_DATA "/obs-scaling/models.csv", NULL, &all, &err) != FSC_OK)
        fail_msg("%s", err.message);
    bool *keep = calloc(fsci_table_rows(all), sizeof *keep);
    memset(keep, true, FEW * sizeof *keep);
    assert_int_equal(fsci_table_take(all, keep, &table, &err), FSC_OK);
    fsci_table_free(all);
    free(keep);
    input.observe = (fsci_observe_input){.table = table, .pcs = 3, .ceiling = 1, .level = 0.95};
    double whole = attempt(&input, -1), last = NAN;
    long k = 0, stride = is_quick() ? 7 : 1;
    for (; isnan(last); k += stride)
        last = attempt(&input, k);
    assert_true(k > 50);
    assert_true(last == whole);
    fsci_table_free(table);
}

static void by_family(void **state)
{
    (void)state;
    check((fsci_select_input){.budget = 12, .most_families = 10});
}

static void by_model(void **state)
{
    (void)state;
    check((fsci_select_input){.budget = 12, .by_model = true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_family),
        cmocka_unit_test(by_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
