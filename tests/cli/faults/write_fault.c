/* Loaded before the C library: the N-th write to a regular file below a folder fails, or is short.
   WRITE_FAULT="ERRNO N FOLDER"; ERRNO 0 writes one byte of each from the N-th on. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;

static int is_meant(int fd, const char *folder) {
    struct stat about;
    char name[64], path[4096];
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    const char *fault = getenv("WRITE_FAULT");
    int error, taken;
    long from;
    if (fault && sscanf(fault, "%d %ld %n", &error, &from, &taken) == 2 && is_meant(fd, fault + taken)) {
        if (atomic_fetch_add(&calls, 1) + 1 >= from) {
            if (error) {
                errno = error;
                return -1;
            }
            if (count > 1) count = 1 + count / 3;
        }
    }
    return real(fd, bytes, count);
}
