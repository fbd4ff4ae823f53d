// The functions of the C library that change files, in the place of its own: those of a program
// go before those of the libraries it is linked with, LMDB's calls among them. Each goes on to the
// system, after the question whether this is where the process is to end.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CCrashPoints.h"

#include <stdatomic.h>

// Below zero: not armed.
static atomic_long remaining = -1;
static atomic_long steps = 0;

void crash_points_arm(long count) {
    atomic_store(&steps, 0);
    atomic_store(&remaining, count);
}

long crash_points_disarm(void) {
    atomic_store(&remaining, -1);
    return atomic_load(&steps);
}

#if defined(__linux__)

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static void step(void) {
    if (atomic_load(&remaining) < 0) return;
    if (atomic_fetch_sub(&remaining, 1) == 0) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    atomic_fetch_add(&steps, 1);
}

static int opening(const char *path, int flags, mode_t mode) {
    if (flags & O_CREAT) step();
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define MODE_OF(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return opening(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return opening(path, flags | O_LARGEFILE, mode);
}

int mkdir(const char *path, mode_t mode) {
    step();
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlink(const char *path) {
    step();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rmdir(const char *path) {
    step();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int rename(const char *from, const char *to) {
    step();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fsync(int file) {
    step();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    step();
    return (int)syscall(SYS_fdatasync, file);
}

int ftruncate(int file, off_t length) {
    step();
    return (int)syscall(SYS_ftruncate, file, length);
}

int ftruncate64(int file, off64_t length) {
    step();
    return (int)syscall(SYS_ftruncate, file, length);
}

ssize_t write(int file, const void *bytes, size_t count) {
    step();
    return syscall(SYS_write, file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    step();
    return syscall(SYS_writev, file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    step();
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    step();
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

int flock(int file, int operation) {
    step();
    return (int)syscall(SYS_flock, file, operation);
}

#endif
