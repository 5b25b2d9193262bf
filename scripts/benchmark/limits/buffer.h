// Bytes that grow, and the one way this program ends when something is wrong.
#pragma once
#include <stddef.h>

struct buffer {
  unsigned char *bytes;
  size_t length, capacity;
};

// Makes room for so many more bytes and returns where they begin. They count once `length` says so.
unsigned char *buffer_reserve(struct buffer *buffer, size_t count);
void buffer_append(struct buffer *buffer, const void *bytes, size_t count);

_Noreturn void fail(const char *what);
#define require(condition) ((condition) ? (void)0 : fail(#condition))
