// What an apply cannot do without: reads the YAML of a tree with libyaml out of git, makes a P-256
// key and a certificate for each identity, has OpenSSL read and verify the certificate, stores the
// keys durably, and writes one git pack with blobs, trees and a commit.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "certificate.h"
#include "der.h"
#include "limits.h"
#include "pack.h"
#include "source.h"
#include "threads.h"

enum { stretch = 256 };

struct identity {
  git_oid source;
  unsigned char id[object_id_size];
};

struct run {
  struct source source;
  struct issuer issuer;
  struct pack pack;
  struct stretches stretches;
  struct identity *identities;
  size_t count, trees, capacity;
  int keys;
};

// --- Finding the files

static void note_file(struct run *run, const git_oid *id) {
  if (run->count == run->capacity) {
    run->capacity = run->capacity ? run->capacity * 2 : 1024;
    run->identities = realloc(run->identities, run->capacity * sizeof *run->identities);
    require(run->identities);
  }
  run->identities[run->count++].source = *id;
}

static void find_files(struct run *run, git_repository *repository, const git_oid *id) {
  git_tree *tree;
  require(!git_tree_lookup(&tree, repository, id));
  run->trees++;
  for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
    const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      find_files(run, repository, git_tree_entry_id(entry));
    } else {
      note_file(run, git_tree_entry_id(entry));
    }
  }
  git_tree_free(tree);
}

// --- Reading a file

// Which field the next scalar belongs to, and how deep it lies.
struct reading {
  struct request *request;
  char field[32];
  int depth, expects_value;
};

static void take_value(struct reading *reading, const yaml_event_t *event) {
  const unsigned char *text = event->data.scalar.value;
  size_t length = event->data.scalar.length;
  if (!strcmp(reading->field, "name")) {
    require(length < sizeof reading->request->name);
    memcpy(reading->request->name, text, length + 1);
  } else if (!strcmp(reading->field, "dnsNames")) {
    der_value(&reading->request->alternatives, 0x82, text, length);
  } else if (!strcmp(reading->field, "uris")) {
    der_value(&reading->request->alternatives, 0x86, text, length);
  }
}

static void take_scalar(struct reading *reading, const yaml_event_t *event) {
  if (reading->depth > 1) {
    take_value(reading, event);
  } else if (reading->expects_value) {
    take_value(reading, event);
    reading->expects_value = 0;
  } else {
    snprintf(reading->field, sizeof reading->field, "%s", (const char *)event->data.scalar.value);
    reading->expects_value = 1;
  }
}

static void take_event(struct reading *reading, const yaml_event_t *event) {
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      take_scalar(reading, event);
      break;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
      reading->depth++;
      break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
      reading->depth--;
      reading->expects_value = 0;
      break;
    default:
      break;
  }
}

static void read_request(struct request *request, const void *bytes, size_t length) {
  struct reading reading = {.request = request};
  yaml_parser_t parser;
  yaml_event_t event;
  int more = 1;
  request->name[0] = 0;
  request->alternatives.length = 0;
  require(yaml_parser_initialize(&parser));
  yaml_parser_set_input_string(&parser, bytes, length);
  while (more) {
    require(yaml_parser_parse(&parser, &event));
    take_event(&reading, &event);
    more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  require(request->name[0]);
}

// --- Making an identity

static void store_key(int folder, size_t number, const struct buffer *pem) {
  char name[32];
  snprintf(name, sizeof name, "%02zx/%08zx.pem", number % 256, number);
  int file = openat(folder, name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  require(file >= 0);
  require(write(file, pem->bytes, pem->length) == (ssize_t)pem->length);
  require(!close(file));
}

static void make_identities(struct run *run, struct maker *maker, struct batch *batch,
                            git_odb *database) {
  struct request request = {0};
  struct buffer key = {0}, certificate = {0};
  unsigned char point[point_size];
  size_t begin, end;
  while (stretches_take(&run->stretches, &begin, &end)) {
    for (size_t i = begin; i < end; i++) {
      git_odb_object *object;
      require(!git_odb_read(&object, database, &run->identities[i].source));
      read_request(&request, git_odb_object_data(object), git_odb_object_size(object));
      git_odb_object_free(object);
      key.length = certificate.length = 0;
      maker_key(maker, &key, point);
      store_key(run->keys, i, &key);
      maker_certificate(maker, &request, point, &certificate);
      batch_add(batch, object_blob, &certificate, run->identities[i].id);
    }
    batch_flush(batch);
  }
}

static void *work(void *context) {
  struct run *run = context;
  struct maker maker;
  struct batch batch;
  maker_start(&maker, &run->issuer);
  batch_start(&batch, &run->pack, stretch);
  make_identities(run, &maker, &batch, source_database(&run->source));
  return NULL;
}

// --- Writing trees

static void append_entry(struct buffer *tree, const char *mode, const char *name,
                         const unsigned char id[object_id_size]) {
  buffer_append(tree, mode, strlen(mode));
  buffer_append(tree, " ", 1);
  buffer_append(tree, name, strlen(name) + 1);
  buffer_append(tree, id, object_id_size);
}

// A tree like the one that was read, with certificates in place of files. `next` is the number of the
// next identity in the order in which files were found.
static void write_tree(struct run *run, struct batch *batch, git_repository *repository,
                       const git_oid *source, size_t *next, unsigned char id[object_id_size]) {
  struct buffer content = {0};
  git_tree *tree;
  require(!git_tree_lookup(&tree, repository, source));
  for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
    const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
    const char *name = git_tree_entry_name(entry);
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      unsigned char below[object_id_size];
      write_tree(run, batch, repository, git_tree_entry_id(entry), next, below);
      append_entry(&content, "40000", name, below);
    } else {
      append_entry(&content, "100644", name, run->identities[(*next)++].id);
    }
  }
  git_tree_free(tree);
  batch_add(batch, object_tree, &content, id);
  free(content.bytes);
}

static void write_commit(struct batch *batch, const unsigned char tree[object_id_size],
                         char text[2 * object_id_size + 1]) {
  static const char person[] = "Limit <limit@example.com> 1893456000 +0000";
  struct buffer content = {0};
  unsigned char id[object_id_size];
  char name[2 * object_id_size + 1];
  git_oid_tostr(name, sizeof name, (const git_oid *)(const void *)tree);
  unsigned char *place = buffer_reserve(&content, 512);
  content.length = (size_t)snprintf((char *)place, 512, "tree %s\nauthor %s\ncommitter %s\n\nall\n",
                                    name, person, person);
  batch_add(batch, object_commit, &content, id);
  git_oid_tostr(text, 2 * object_id_size + 1, (const git_oid *)(const void *)id);
  free(content.bytes);
}

static void write_history(struct run *run, git_repository *repository,
                          char commit[2 * object_id_size + 1]) {
  struct batch batch;
  unsigned char root[object_id_size];
  size_t next = 0;
  batch_start(&batch, &run->pack, stretch);
  write_tree(run, &batch, repository, &run->source.tree, &next, root);
  write_commit(&batch, root, commit);
  batch_flush(&batch);
}

// --- The whole

static void make_key_folders(struct run *run, const char *output) {
  char path[512];
  snprintf(path, sizeof path, "%s/keys", output);
  require(!mkdir(path, 0700));
  run->keys = open(path, O_RDONLY | O_DIRECTORY);
  require(run->keys >= 0);
  for (int i = 0; i < 256; i++) {
    snprintf(path, sizeof path, "%02x", i);
    require(!mkdirat(run->keys, path, 0700));
  }
}

static void set_branch(const char *repository, const char *commit) {
  char path[512];
  snprintf(path, sizeof path, "%s/refs/heads/published", repository);
  FILE *file = fopen(path, "w");
  require(file && fprintf(file, "%s\n", commit) > 0);
  require(!fflush(file) && !fsync(fileno(file)) && !fclose(file));
}

void limit_apply(const char *repository, const char *tree, const char *output, int threads) {
  struct run run = {0};
  git_repository *from, *to;
  char published[400], pack[512], index[512], commit[2 * object_id_size + 1];
  source_open(&run.source, repository, tree);
  require(!git_repository_open(&from, repository));
  find_files(&run, from, &run.source.tree);
  require(!mkdir(output, 0700));
  make_key_folders(&run, output);
  snprintf(published, sizeof published, "%s/published.git", output);
  snprintf(pack, sizeof pack, "%s/objects/pack/pack-all.pack", published);
  snprintf(index, sizeof index, "%s/objects/pack/pack-all.idx", published);
  require(!git_repository_init(&to, published, 1));
  issuer_make(&run.issuer);
  pack_start(&run.pack, pack, run.count + run.trees + 1);
  run.stretches = (struct stretches){.count = run.count, .each = stretch};
  run_threads(threads, work, &run);
  // Keys are durable before what was signed for them.
  require(!syncfs(run.keys));
  write_history(&run, from, commit);
  pack_finish(&run.pack, index);
  set_branch(published, commit);
}
