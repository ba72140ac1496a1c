/* Inputs: files and pipes of any length give the same bytes. */
#include "base/file.h"
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHORT = 1000, LONG = (1 << 24) + 12345 };

typedef struct feed {
    int fd;
    size_t length;
} feed;

static char byte_at(size_t i)
{
    return (char)(i * 2654435761u >> 13);
}

static void *write_bytes(void *argument)
{
    feed *f = argument;
    char piece[4096];
    for (size_t done = 0; done < f->length;) {
        size_t n = f->length - done < sizeof piece ? f->length - done : sizeof piece;
        for (size_t i = 0; i < n; i++)
            piece[i] = byte_at(done + i);
        ssize_t put = write(f->fd, piece, n);
        if (put < 0)
            break;
        done += (size_t)put;
    }
    close(f->fd);
    return NULL;
}

/* Reads standard input while another thread writes `length` bytes to it. */
static fsc_status read_pipe(size_t length, fsci_input *input, fsc_error *err)
{
    int keep = dup(STDIN_FILENO), ends[2];
    pthread_t writer;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    feed f = {ends[1], length};
    assert_int_equal(pthread_create(&writer, NULL, write_bytes, &f), 0);
    fsc_status status = fsci_input_open("-", input, err);
    dup2(keep, STDIN_FILENO); /* a writer that was not read to the end is told so */
    close(keep);
    pthread_join(writer, NULL);
    return status;
}

static void pipes_of_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, SHORT, LONG};
    for (size_t i = 0; i < 3; i++) {
        fsci_input input;
        fsc_error err;
        assert_int_equal(read_pipe(lengths[i], &input, &err), FSC_OK);
        assert_int_equal(input.length, lengths[i]);
        assert_int_equal(input.mapped, lengths[i] == LONG);
        for (size_t k = 0; k < input.length; k++)
            if (input.data[k] != byte_at(k))
                fail_msg("byte %zu of %zu differs", k, input.length);
        fsci_input_close(&input);
    }
}

static void a_long_pipe_needs_a_folder(void **state)
{
    (void)state;
    char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    fsci_input input;
    fsc_error err;
    setenv("TMPDIR", "/nowhere", 1);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(read_pipe(LONG, &input, &err), FSC_EENV);
    assert_string_equal(err.message, "cannot keep standard input in /nowhere: No such file or "
                                     "directory; set TMPDIR to a folder with room");
    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipes_of_any_length),
        cmocka_unit_test(a_long_pipe_needs_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
