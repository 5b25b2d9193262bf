// A tree of a git repository, and reading what lies in it.
#pragma once
#include <git2.h>

struct source {
  const char *repository;
  git_oid tree;
};
// `tree` is named as git names it: HEAD:desired-state.
void source_open(struct source *source, const char *repository, const char *tree);

// A database of one thread: handles are not shared.
git_odb *source_database(const struct source *source);
