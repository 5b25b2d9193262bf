#include "source.h"

#include "buffer.h"

void source_open(struct source *source, const char *repository, const char *tree) {
  git_repository *handle;
  git_object *object;
  source->repository = repository;
  require(!git_repository_open(&handle, repository));
  require(!git_revparse_single(&object, handle, tree));
  source->tree = *git_object_id(object);
  git_object_free(object);
  git_repository_free(handle);
}

git_odb *source_database(const struct source *source) {
  git_repository *handle;
  git_odb *database;
  require(!git_repository_open(&handle, source->repository));
  require(!git_repository_odb(&database, handle));
  return database;
}
