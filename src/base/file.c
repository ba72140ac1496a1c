#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe that carries more is kept in a temporary file and mapped, so that it takes no heap. */
enum { MOST_IN_MEMORY = 1 << 24 };

/* Writes everything and makes sure it arrived; 0 or an errno. Does not close standard output. */
static int write_all(int fd, const char *data, size_t length, bool sync_it)
{
    while (length) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno != EINTR)
            return errno;
        if (put > 0) {
            data += put;
            length -= (size_t)put;
        }
    }
    if (sync_it && fsync(fd) && errno != EINVAL && errno != EROFS)
        return errno;
    return 0;
}

static bool map_file(int fd, size_t length, fsci_input *input)
{
    void *map = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return false;
    *input = (fsci_input){.data = map, .length = length, .mapped = true};
    return true;
}

/* A file without a name in TMPDIR or /tmp; -1 and errno when there cannot be one. */
static int open_unnamed(const char **folder)
{
    char name[4096];
    const char *wanted = getenv("TMPDIR");
    *folder = wanted && *wanted ? wanted : "/tmp";
    snprintf(name, sizeof name, "%s/forescale-XXXXXX", *folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

/* What was read of a stream and the rest of it, by way of an unnamed file. */
static fsc_status spool(int from, const char *name, const char *data, size_t length,
                        fsci_input *input, fsc_error *err)
{
    enum { PIECE = 1 << 16 };
    char piece[PIECE];
    const char *folder;
    int fd = open_unnamed(&folder);
    int reason = fd < 0 ? errno : write_all(fd, data, length, false);
    for (ssize_t got = 1; got && !reason; length += got > 0 ? (size_t)got : 0) {
        got = read(from, piece, sizeof piece);
        if (got > 0)
            reason = write_all(fd, piece, (size_t)got, false);
        else if (got < 0 && errno != EINTR)
            reason = errno;
    }
    if (!reason && !map_file(fd, length, input))
        reason = errno;
    if (fd >= 0)
        close(fd);
    if (!reason)
        return FSC_OK;
    return fsci_fail(err, FSC_EENV, "cannot keep %s in %s: %s; set TMPDIR to a folder with room",
                     name, folder, strerror(reason));
}

static fsc_status read_stream(int fd, const char *name, fsci_input *input, fsc_error *err)
{
    size_t capacity = 1 << 16, length = 0;
    fsc_status status;
    char *data = malloc(capacity);
    while (data) {
        if (length == capacity && length >= MOST_IN_MEMORY) {
            status = spool(fd, name, data, length, input, err);
            free(data);
            return status;
        }
        if (length == capacity) {
            char *larger = realloc(data, capacity * 2);
            if (!larger)
                break;
            data = larger;
            capacity *= 2;
        }
        ssize_t got = read(fd, data + length, capacity - length);
        if (got == 0) {
            *input = (fsci_input){.data = data, .length = length};
            return FSC_OK;
        }
        if (got < 0 && errno != EINTR) {
            status = errno == EISDIR ? FSC_EINPUT : FSC_EENV;
            fsci_fail(err, status, "cannot read %s: %s", name, strerror(errno));
            free(data);
            return status;
        }
        length += got > 0 ? (size_t)got : 0;
    }
    free(data);
    return fsci_fail_memory(err);
}

static fsc_status open_file(const char *path, int *fd, struct stat *about, fsc_error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT)
        return fsci_fail(err, FSC_EINPUT, "%s: no such file; check the path", path);
    if (*fd < 0)
        return fsci_fail(err, FSC_EINPUT, "cannot open %s: %s", path, strerror(errno));
    if (fstat(*fd, about) == 0 && S_ISDIR(about->st_mode)) {
        close(*fd);
        return fsci_fail(err, FSC_EINPUT, "%s is a directory; name a file in it", path);
    }
    return FSC_OK;
}

fsc_status fsci_input_open(const char *path, fsci_input *input, fsc_error *err)
{
    *input = (fsci_input){0};
    int fd = STDIN_FILENO;
    struct stat about = {0};
    bool standard = !strcmp(path, "-");
    if (standard)
        fstat(fd, &about);
    else
        FSCI_TRY(open_file(path, &fd, &about, err));
    fsc_status status = FSC_OK;
    bool whole = S_ISREG(about.st_mode) && about.st_size > 0 && lseek(fd, 0, SEEK_CUR) == 0;
    if (!whole || !map_file(fd, (size_t)about.st_size, input))
        status = read_stream(fd, standard ? "standard input" : path, input, err);
    if (!standard)
        close(fd);
    return status;
}

void fsci_input_release(const fsci_input *input, const char **from, const char *end)
{
    const size_t step = (size_t)1 << 22; /* a multiple of every page size */
    size_t begin = (size_t)(*from - input->data), stop = (size_t)(end - input->data);
    stop -= stop % step;
    if (!input->mapped || stop <= begin)
        return;
    madvise((void *)(input->data + begin), stop - begin, MADV_DONTNEED);
    *from = input->data + stop;
}

void fsci_input_close(fsci_input *input)
{
    if (input->mapped)
        munmap((void *)input->data, input->length);
    else
        free((void *)input->data);
    *input = (fsci_input){0};
}

static fsc_status write_failed(const char *name, int reason, fsc_error *err)
{
    if (reason == EPIPE)
        return fsci_fail(err, FSC_EPIPE, "%s: the reader closed the pipe", name);
    return fsci_fail(err, FSC_EENV, "cannot write %s: %s", name, strerror(reason));
}

static fsc_status write_in_place(const char *path, const char *data, size_t length, fsc_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return write_failed(path, errno, err);
    int reason = write_all(fd, data, length, false);
    if (close(fd) && !reason)
        reason = errno;
    return reason ? write_failed(path, reason, err) : FSC_OK;
}

/* Creates a new file beside `path` with the permissions a plain open would give. */
static int create_beside(const char *path, char *name, size_t room)
{
    for (unsigned try = 0; try < 1000; try++) {
        snprintf(name, room, "%s.%ld-%u.tmp", path, (long)getpid(), try);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static fsc_status write_and_rename(const char *path, const struct stat *old, const char *data,
                                   size_t length, fsc_error *err)
{
    char *real = old ? realpath(path, NULL) : NULL; /* write through a symbolic link */
    const char *target = real ? real : path;
    size_t room = strlen(target) + 48;
    char *temporary = malloc(room);
    int fd = temporary ? create_beside(target, temporary, room) : -1;
    int reason = fd < 0 ? errno : write_all(fd, data, length, true);
    if (!reason && old && fchmod(fd, old->st_mode & 07777))
        reason = errno;
    if (fd >= 0 && close(fd) && !reason)
        reason = errno;
    if (!reason && rename(temporary, target))
        reason = errno;
    if (reason && fd >= 0)
        unlink(temporary);
    free(temporary);
    free(real);
    return reason ? write_failed(path, reason, err) : FSC_OK;
}

fsc_status fsci_output_write(const char *path, const char *data, size_t length, fsc_error *err)
{
    if (!strcmp(path, "-")) {
        int reason = write_all(STDOUT_FILENO, data, length, false);
        return reason ? write_failed("standard output", reason, err) : FSC_OK;
    }
    struct stat about;
    bool exists = stat(path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode))
        return fsci_fail(err, FSC_EENV, "%s is a directory; name a file in it", path);
    if (exists && !S_ISREG(about.st_mode))
        return write_in_place(path, data, length, err);
    return write_and_rename(path, exists ? &about : NULL, data, length, err);
}
