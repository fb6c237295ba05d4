/* Preloaded into the program: makes the machine fail at a chosen moment.
 *   OCELLUS_FAULT=kill-before-rename:N   SIGKILL just before the N-th rename, from 1
 *   OCELLUS_FAULT=kill-after-rename:N    ... just after it
 *   OCELLUS_FAULT=disk-full:N            writes fail with ENOSPC once N bytes are written
 * Only what lies in a path that holds OCELLUS_FAULT_UNDER counts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static long amount_of(const char* fault) {
  const char* set = getenv("OCELLUS_FAULT");
  const size_t length = strlen(fault);
  return set != NULL && strncmp(set, fault, length) == 0 && set[length] == ':' ? atol(set + length + 1) : -1;
}

static int counts(const char* path) {
  const char* under = getenv("OCELLUS_FAULT_UNDER");
  return under != NULL && strstr(path, under) != NULL;
}

int rename(const char* from, const char* to) {
  static int (*real)(const char*, const char*);
  static long n = 0;
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "rename");
  const long now = counts(to) ? ++n : 0;
  if (now > 0 && now == amount_of("kill-before-rename")) kill(getpid(), SIGKILL);
  const int result = real(from, to);
  if (now > 0 && now == amount_of("kill-after-rename")) kill(getpid(), SIGKILL);
  return result;
}

/* Bytes of `wanted` that still fit; -1 = the disk is full. */
static ssize_t fitting(int file, size_t wanted) {
  static long written = 0;
  char link[64], path[PATH_MAX];
  const long room = amount_of("disk-full");
  if (room < 0) return (ssize_t)wanted;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return (ssize_t)wanted;
  path[length] = '\0';
  if (!counts(path)) return (ssize_t)wanted;
  if (written >= room && wanted > 0) {
    errno = ENOSPC;
    return -1;
  }
  const long left = room - written;
  const ssize_t fits = (long)wanted < left ? (ssize_t)wanted : (ssize_t)left;
  written += fits;
  return fits;
}

ssize_t write(int file, const void* bytes, size_t size) {
  static ssize_t (*real)(int, const void*, size_t);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "write");
  const ssize_t fits = fitting(file, size);
  return fits < 0 ? -1 : real(file, bytes, (size_t)fits);
}

ssize_t writev(int file, const struct iovec* pieces, int n) {
  static ssize_t (*real)(int, const struct iovec*, int);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "writev");
  if (amount_of("disk-full") < 0) return real(file, pieces, n);
  /* Piece by piece, so that the limit is met exactly; a caller has to cope with a short count. */
  for (int i = 0; i < n; ++i) {
    if (pieces[i].iov_len > 0) return write(file, pieces[i].iov_base, pieces[i].iov_len);
  }
  return 0;
}
