/* Preloaded into a program: one call on a file in a folder fails, or the program is killed in its place.
 *
 * FAULT_FOLDER  the folder; calls on other files are not counted
 * FAULT_LOG     a file that gets a line for each counted call, and "hit" after the one that it happens to
 * FAULT_NUMBER  to which call it happens, from 1; 0 is to none
 * FAULT_DEED    "error": EIO, once; "broken": EIO from then on; "kill": SIGKILL, before the call
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int counted;

static int fails(const char *call, const char *path)
{
    const char *folder = getenv("FAULT_FOLDER"), *log = getenv("FAULT_LOG");
    char whole[2 * PATH_MAX], line[3 * PATH_MAX];
    if (!folder || !log || !path)
        return 0;
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here))
            return 0;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    if (strncmp(path, folder, strlen(folder)))
        return 0;
    int number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST), due = atoi(getenv("FAULT_NUMBER"));
    const char *deed = getenv("FAULT_DEED");
    int hit = due && (number == due || (number > due && !strcmp(deed, "broken")));
    int size = snprintf(line, sizeof line, "%s %s\n%s", call, path + strlen(folder), hit ? "hit\n" : "");
    int descriptor = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    syscall(SYS_write, descriptor, line, size);
    syscall(SYS_close, descriptor);
    if (hit && !strcmp(deed, "kill"))
        syscall(SYS_kill, getpid(), SIGKILL);
    if (hit)
        errno = EIO;
    return hit;
}

static int fails_on(const char *call, int descriptor)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (size < 0 || path[0] != '/') /* a pipe or a socket has no path */
        return 0;
    path[size] = 0;
    return fails(call, path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define BY_PATH(type, call, name, parameters, path, arguments) \
    type name parameters { return fails(call, path) ? -1 : NEXT(name) arguments; }
#define BY_DESCRIPTOR(type, call, name, parameters, arguments) \
    type name parameters { return fails_on(call, descriptor) ? -1 : NEXT(name) arguments; }

BY_DESCRIPTOR(ssize_t, "write", write, (int descriptor, const void *data, size_t size), (descriptor, data, size))
BY_DESCRIPTOR(ssize_t, "write", writev, (int descriptor, const struct iovec *parts, int many), (descriptor, parts, many))
BY_DESCRIPTOR(ssize_t, "write", pwrite, (int descriptor, const void *data, size_t size, off_t at), (descriptor, data, size, at))
BY_DESCRIPTOR(ssize_t, "write", pwrite64, (int descriptor, const void *data, size_t size, off64_t at), (descriptor, data, size, at))
BY_DESCRIPTOR(ssize_t, "write", sendfile, (int descriptor, int from, off_t *at, size_t size), (descriptor, from, at, size))
BY_DESCRIPTOR(ssize_t, "write", sendfile64, (int descriptor, int from, off64_t *at, size_t size), (descriptor, from, at, size))
BY_DESCRIPTOR(int, "sync", fsync, (int descriptor), (descriptor))
BY_DESCRIPTOR(int, "sync", fdatasync, (int descriptor), (descriptor))
BY_DESCRIPTOR(int, "truncate", ftruncate, (int descriptor, off_t size), (descriptor, size))
BY_DESCRIPTOR(int, "truncate", ftruncate64, (int descriptor, off64_t size), (descriptor, size))
BY_DESCRIPTOR(int, "mode", fchmod, (int descriptor, mode_t mode), (descriptor, mode))
BY_PATH(int, "mode", chmod, (const char *path, mode_t mode), path, (path, mode))
BY_PATH(int, "mode", fchmodat, (int at, const char *path, mode_t mode, int flags), path, (at, path, mode, flags))
BY_PATH(int, "rename", rename, (const char *from, const char *to), to, (from, to))
BY_PATH(int, "rename", renameat, (int at, const char *from, int there, const char *to), to, (at, from, there, to))
BY_PATH(int, "link", link, (const char *from, const char *to), to, (from, to))
BY_PATH(int, "link", linkat, (int at, const char *from, int there, const char *to, int flags), to, (at, from, there, to, flags))
BY_PATH(int, "unlink", unlink, (const char *path), path, (path))
BY_PATH(int, "unlink", unlinkat, (int at, const char *path, int flags), path, (at, path, flags))

#define OPENS(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return fails("open", path) ? -1 : NEXT(name)(path, flags, mode); \
    }
#define OPENS_AT(name) \
    int name(int at, const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return fails("open", path) ? -1 : NEXT(name)(at, path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
