#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static fsc_status read_stream(int fd, const char *name, fsci_input *input, fsc_error *err)
{
    size_t capacity = 1 << 16, length = 0;
    char *data = malloc(capacity);
    while (data) {
        if (length == capacity) {
            char *larger = realloc(data, capacity + capacity / 2);
            if (!larger)
                break;
            data = larger;
            capacity += capacity / 2;
        }
        ssize_t got = read(fd, data + length, capacity - length);
        if (got == 0) {
            *input = (fsci_input){.data = data, .length = length};
            return FSC_OK;
        }
        if (got < 0 && errno != EINTR) {
            fsc_status status = errno == EISDIR ? FSC_EINPUT : FSC_EENV;
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
    if (!strcmp(path, "-"))
        return read_stream(STDIN_FILENO, "standard input", input, err);
    int fd;
    struct stat about;
    FSCI_TRY(open_file(path, &fd, &about, err));
    fsc_status status = FSC_OK;
    void *map = MAP_FAILED;
    if (S_ISREG(about.st_mode) && about.st_size > 0)
        map = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map != MAP_FAILED)
        *input = (fsci_input){.data = map, .length = (size_t)about.st_size, .mapped = true};
    else
        status = read_stream(fd, path, input, err);
    close(fd);
    return status;
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
