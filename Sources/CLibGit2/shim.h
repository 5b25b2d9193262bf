#ifndef CERTWRIGHT_LIBGIT2_SHIM_H
#define CERTWRIGHT_LIBGIT2_SHIM_H

#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

/* git_libgit2_opts is variadic, which Swift cannot call: one typed function for each option. */

static inline int certwright_git_fsync(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

static inline int certwright_git_window_files(size_t limit) {
  return git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, limit);
}

static inline int certwright_git_allow_extension(const char *name) {
  const char *names[] = {name};
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)1);
}

/* deflateInit and inflateInit are macros. */

static inline int certwright_deflate_init(z_stream *stream, int level) {
  return deflateInit(stream, level);
}

static inline int certwright_inflate_init(z_stream *stream) { return inflateInit(stream); }

/* glibc declares renameat2 for _GNU_SOURCE alone, and syscall is variadic. 2 is RENAME_EXCHANGE of
   linux/fs.h: both names exist at every moment. */

static inline int certwright_exchange(const char *path, const char *other) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 2u);
}

/* An object database backend with the objects folder that it reads; libgit2 knows the first
   member only. */
typedef struct {
  git_odb_backend backend;
  char *folder;
} certwright_loose_backend;

#endif
