/* A spread gives the same results at any number of threads, and stays where it is inside an item.
 */
#include "base/parallel.h"
#include "base/spread.h"
#include "unit.h"

enum { ITEMS = 57 };

typedef struct cell {
    double value;
    size_t inner_workers;
} cell;

static void note_worker(void *context, size_t item, size_t worker, void *result)
{
    (void)context;
    *(size_t *)result = worker + (item - item);
}

static void fill(void *context, size_t item, size_t worker, void *result)
{
    (void)context, (void)worker;
    cell *c = result;
    size_t workers[8];
    assert_true(fsci_parallel_inside());
    assert_int_equal(fsci_spread(4, 8, sizeof *workers, workers, note_worker, NULL, NULL), FSC_OK);
    c->value = 1.0 / (double)(item + 1);
    for (size_t i = 0; i < 8; i++)
        c->inner_workers += workers[i];
}

static void same_at_any_thread_count(void **state)
{
    (void)state;
    for (int threads = 0; threads < 9; threads += 4) {
        cell cells[ITEMS];
        assert_int_equal(fsci_spread(threads, ITEMS, sizeof *cells, cells, fill, NULL, NULL),
                         FSC_OK);
        for (size_t i = 0; i < ITEMS; i++) {
            assert_true(cells[i].value == 1.0 / (double)(i + 1));
            assert_int_equal(cells[i].inner_workers, 0); /* all on the item's own thread */
        }
    }
    assert_false(fsci_parallel_inside());
}

/* Item i writes i numbers. */
static void fill_some(void *context, size_t item, size_t worker, void *result)
{
    (void)context, (void)worker;
    double *numbers = result;
    for (size_t i = 0; i < item; i++) {
        assert_true(numbers[i] == 0);
        numbers[i] = (double)(100 * item + i);
    }
}

static void results_of_different_sizes(void **state)
{
    (void)state;
    size_t start[ITEMS + 1] = {0};
    double results[ITEMS * (ITEMS - 1) / 2];
    for (size_t i = 0; i < ITEMS; i++)
        start[i + 1] = start[i] + i;
    for (size_t i = 0; i < start[ITEMS]; i++)
        results[i] = -1;
    assert_int_equal(
        fsci_spread_uneven(3, ITEMS, start, sizeof *results, results, fill_some, NULL, NULL),
        FSC_OK);
    for (size_t item = 0; item < ITEMS; item++)
        for (size_t i = 0; i < item; i++)
            assert_true(results[start[item] + i] == (double)(100 * item + i));
}

static void no_items(void **state)
{
    (void)state;
    cell none[1] = {{7, 7}};
    assert_int_equal(fsci_spread(2, 0, sizeof *none, none, fill, NULL, NULL), FSC_OK);
    assert_true(none[0].value == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_at_any_thread_count),
                                       cmocka_unit_test(results_of_different_sizes),
                                       cmocka_unit_test(no_items)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
