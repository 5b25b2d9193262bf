#ifndef CERTWRIGHT_LIBGIT2_SHIM_H
#define CERTWRIGHT_LIBGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <sys/syscall.h>
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

static inline int certwright_git_authority_file(const char *file) {
  return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, (const char *)0);
}

/* prctl is variadic: 1 is PR_SET_PDEATHSIG and 9 SIGKILL, so that the network process ends with the
   run that asked it. */

extern int prctl(int option, ...);

static inline int certwright_die_with_parent(void) { return prctl(1, 9ul, 0ul, 0ul, 0ul); }

/* deflateInit and inflateInit are macros. */

static inline int certwright_deflate_init(z_stream *stream, int level) {
  return deflateInit(stream, level);
}

static inline int certwright_inflate_init(z_stream *stream) { return inflateInit(stream); }

/* glibc declares renameat2 for _GNU_SOURCE alone, and syscall is variadic. unistd.h and fcntl.h would
   make this module the owner of types that Swift takes from Glibc, so what is needed of them is
   written out: -100 is AT_FDCWD, the working folder, and 2 is RENAME_EXCHANGE of linux/fs.h, which
   leaves both names in place at every moment. */

extern long syscall(long number, ...);

static inline int certwright_exchange(const char *path, const char *other) {
  return (int)syscall(SYS_renameat2, -100, path, -100, other, 2u);
}

/* An object database backend with the objects folder that it reads; libgit2 knows the first
   member only. */
typedef struct {
  git_odb_backend backend;
  char *folder;
} certwright_loose_backend;

#endif
