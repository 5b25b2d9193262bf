// What a plan without a cache cannot do without: every file of some trees, read out of git.
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "buffer.h"
#include "limits.h"
#include "source.h"
#include "threads.h"

enum { stretch = 256 };

struct run {
  struct source source;
  struct stretches stretches;
  struct buffer files;
  atomic_size_t bytes;
};

static int note(const char *folder, const git_tree_entry *entry, void *context) {
  struct run *run = context;
  (void)folder;
  if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
    buffer_append(&run->files, git_tree_entry_id(entry), sizeof(git_oid));
  }
  return 0;
}

static void *work(void *context) {
  struct run *run = context;
  git_odb *database = source_database(&run->source);
  const git_oid *files = (const void *)run->files.bytes;
  size_t begin, end;
  while (stretches_take(&run->stretches, &begin, &end)) {
    for (size_t i = begin; i < end; i++) {
      git_odb_object *object;
      require(!git_odb_read(&object, database, &files[i]));
      atomic_fetch_add(&run->bytes, git_odb_object_size(object));
      git_odb_object_free(object);
    }
  }
  return NULL;
}

static void find_files(struct run *run, const char *repository, const char *name) {
  git_repository *handle;
  git_tree *tree;
  source_open(&run->source, repository, name);
  require(!git_repository_open(&handle, repository));
  require(!git_tree_lookup(&tree, handle, &run->source.tree));
  require(!git_tree_walk(tree, GIT_TREEWALK_PRE, note, run));
  git_tree_free(tree);
  git_repository_free(handle);
}

void limit_blobs(const char *repository, int threads, char **trees) {
  struct run run = {0};
  while (*trees) find_files(&run, repository, *trees++);
  run.stretches = (struct stretches){.count = run.files.length / sizeof(git_oid), .each = stretch};
  run_threads(threads, work, &run);
  printf("%zu files, %zu bytes\n", run.stretches.count, atomic_load(&run.bytes));
}
