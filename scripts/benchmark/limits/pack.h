// One git pack with its index, written as its objects come.
#pragma once
#include <openssl/evp.h>
#include <pthread.h>
#include <zlib.h>

#include "buffer.h"

enum { object_commit = 1, object_tree = 2, object_blob = 3 };
enum { object_id_size = 20 };

struct entry {
  unsigned char id[object_id_size];
  unsigned int checksum;
  size_t offset;
};

struct pack {
  int file;
  size_t offset, count, capacity;
  struct entry *entries;
  EVP_MD_CTX *digest;
  pthread_mutex_t lock;
};

// Objects that one thread has compressed and not yet added.
struct batch {
  struct pack *pack;
  z_stream stream;
  EVP_MD *sha1;
  EVP_MD_CTX *digest;
  struct buffer bytes;
  struct entry *entries;
  size_t count, capacity;
};

// `count` is how many objects there will be: it stands at the beginning of the file.
void pack_start(struct pack *pack, const char *path, size_t count);
// Ends the file and writes the index beside it; both are durable then.
void pack_finish(struct pack *pack, const char *index_path);

// `capacity` is how many objects are compressed before they are flushed.
void batch_start(struct batch *batch, struct pack *pack, size_t capacity);
void batch_add(struct batch *batch, int type, const struct buffer *content,
               unsigned char id[object_id_size]);
void batch_flush(struct batch *batch);
