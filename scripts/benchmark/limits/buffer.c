#include "buffer.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *what) {
  fprintf(stderr, "limits: not so: %s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

unsigned char *buffer_reserve(struct buffer *buffer, size_t count) {
  if (buffer->capacity - buffer->length < count) {
    buffer->capacity = (buffer->length + count) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->capacity);
    require(buffer->bytes);
  }
  return buffer->bytes + buffer->length;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t count) {
  if (!count) return;
  memcpy(buffer_reserve(buffer, count), bytes, count);
  buffer->length += count;
}
