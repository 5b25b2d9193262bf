#include "pack.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Certificates do not compress well, and base64 not at all well: more effort buys next to nothing.
static const int compression = 1;

static void write_all(int file, const void *bytes, size_t count) {
  for (const char *next = bytes; count;) {
    ssize_t written = write(file, next, count);
    require(written > 0);
    next += written;
    count -= (size_t)written;
  }
}

static int create(const char *path) {
  int file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0444);
  require(file >= 0);
  return file;
}

static void close_durably(int file) {
  require(!fsync(file));
  require(!close(file));
}

static void append(struct pack *pack, const void *bytes, size_t count) {
  require(EVP_DigestUpdate(pack->digest, bytes, count) == 1);
  write_all(pack->file, bytes, count);
  pack->offset += count;
}

void pack_start(struct pack *pack, const char *path, size_t count) {
  memset(pack, 0, sizeof *pack);
  pack->capacity = count;
  pack->entries = malloc(count * sizeof *pack->entries);
  pack->digest = EVP_MD_CTX_new();
  require(pack->entries && pack->digest);
  require(EVP_DigestInit_ex(pack->digest, EVP_sha1(), NULL) == 1);
  pthread_mutex_init(&pack->lock, NULL);
  pack->file = create(path);
  uint32_t header[3] = {0, htonl(2), htonl((uint32_t)count)};
  memcpy(header, "PACK", 4);
  append(pack, header, sizeof header);
}

static int by_id(const void *left, const void *right) {
  return memcmp(left, right, object_id_size);
}

static void append_number(struct buffer *buffer, size_t number) {
  require(number <= INT32_MAX);
  uint32_t bytes = htonl((uint32_t)number);
  buffer_append(buffer, &bytes, sizeof bytes);
}

static void write_index(const struct pack *pack, const unsigned char digest[object_id_size],
                        const char *path) {
  struct buffer index = {0};
  unsigned char own[object_id_size];
  buffer_append(&index, "\377tOc\0\0\0\2", 8);
  size_t below = 0;
  for (int first = 0; first < 256; first++) {
    while (below < pack->count && pack->entries[below].id[0] <= first) below++;
    append_number(&index, below);
  }
  for (size_t i = 0; i < pack->count; i++) {
    buffer_append(&index, pack->entries[i].id, object_id_size);
  }
  for (size_t i = 0; i < pack->count; i++) {
    uint32_t checksum = htonl(pack->entries[i].checksum);
    buffer_append(&index, &checksum, sizeof checksum);
  }
  for (size_t i = 0; i < pack->count; i++) append_number(&index, pack->entries[i].offset);
  buffer_append(&index, digest, object_id_size);
  require(EVP_Digest(index.bytes, index.length, own, NULL, EVP_sha1(), NULL) == 1);
  buffer_append(&index, own, sizeof own);
  int file = create(path);
  write_all(file, index.bytes, index.length);
  close_durably(file);
  free(index.bytes);
}

void pack_finish(struct pack *pack, const char *index_path) {
  unsigned char digest[object_id_size];
  require(pack->count == pack->capacity);
  require(EVP_DigestFinal_ex(pack->digest, digest, NULL) == 1);
  write_all(pack->file, digest, sizeof digest);
  close_durably(pack->file);
  qsort(pack->entries, pack->count, sizeof *pack->entries, by_id);
  write_index(pack, digest, index_path);
}

void batch_start(struct batch *batch, struct pack *pack, size_t capacity) {
  memset(batch, 0, sizeof *batch);
  batch->pack = pack;
  batch->capacity = capacity;
  batch->entries = malloc(capacity * sizeof *batch->entries);
  batch->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
  batch->digest = EVP_MD_CTX_new();
  require(batch->entries && batch->sha1 && batch->digest);
  require(deflateInit(&batch->stream, compression) == Z_OK);
}

static void identify(struct batch *batch, int type, const struct buffer *content,
                     unsigned char id[object_id_size]) {
  static const char *const names[] = {"", "commit", "tree", "blob"};
  char header[32];
  int length = snprintf(header, sizeof header, "%s %zu", names[type], content->length) + 1;
  require(EVP_DigestInit_ex2(batch->digest, batch->sha1, NULL) == 1);
  require(EVP_DigestUpdate(batch->digest, header, (size_t)length) == 1);
  require(EVP_DigestUpdate(batch->digest, content->bytes, content->length) == 1);
  require(EVP_DigestFinal_ex(batch->digest, id, NULL) == 1);
}

static void append_header(struct buffer *bytes, int type, size_t size) {
  unsigned char byte = (unsigned char)(type << 4 | (size & 15));
  for (size >>= 4; size; size >>= 7) {
    unsigned char more = byte | 0x80;
    buffer_append(bytes, &more, 1);
    byte = size & 0x7f;
  }
  buffer_append(bytes, &byte, 1);
}

static void append_compressed(struct batch *batch, const struct buffer *content) {
  z_stream *stream = &batch->stream;
  require(deflateReset(stream) == Z_OK);
  size_t bound = deflateBound(stream, content->length);
  stream->next_in = content->bytes;
  stream->avail_in = (unsigned int)content->length;
  stream->next_out = buffer_reserve(&batch->bytes, bound);
  stream->avail_out = (unsigned int)bound;
  require(deflate(stream, Z_FINISH) == Z_STREAM_END);
  batch->bytes.length += stream->total_out;
}

void batch_add(struct batch *batch, int type, const struct buffer *content,
               unsigned char id[object_id_size]) {
  if (batch->count == batch->capacity) batch_flush(batch);
  struct entry *entry = &batch->entries[batch->count++];
  identify(batch, type, content, id);
  memcpy(entry->id, id, object_id_size);
  entry->offset = batch->bytes.length;
  append_header(&batch->bytes, type, content->length);
  append_compressed(batch, content);
  entry->checksum = (unsigned int)crc32(0, batch->bytes.bytes + entry->offset,
                                        (unsigned int)(batch->bytes.length - entry->offset));
}

void batch_flush(struct batch *batch) {
  struct pack *pack = batch->pack;
  pthread_mutex_lock(&pack->lock);
  require(pack->count + batch->count <= pack->capacity);
  for (size_t i = 0; i < batch->count; i++) {
    struct entry *entry = &pack->entries[pack->count++];
    *entry = batch->entries[i];
    entry->offset += pack->offset;
  }
  append(pack, batch->bytes.bytes, batch->bytes.length);
  pthread_mutex_unlock(&pack->lock);
  batch->bytes.length = 0;
  batch->count = 0;
}
