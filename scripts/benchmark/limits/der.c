#include "der.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// As many bytes as the longest length here needs; what is too much is taken out again.
enum { room = der_longest_length };

size_t der_length(unsigned char *place, size_t length) {
  if (length < 0x80) {
    place[0] = (unsigned char)length;
    return 1;
  }
  size_t count = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  place[0] = (unsigned char)(0x80 | count);
  for (size_t i = 0; i < count; i++) {
    place[1 + i] = (unsigned char)(length >> 8 * (count - 1 - i));
  }
  return 1 + count;
}

size_t der_open(struct buffer *buffer, unsigned char tag) {
  buffer_reserve(buffer, 1 + room)[0] = tag;
  buffer->length += 1 + room;
  return buffer->length;
}

void der_close(struct buffer *buffer, size_t mark) {
  size_t length = buffer->length - mark;
  unsigned char *start = buffer->bytes + mark;
  size_t used = der_length(start - room, length);
  memmove(start - room + used, start, length);
  buffer->length -= room - used;
}

void der_value(struct buffer *buffer, unsigned char tag, const void *bytes, size_t length) {
  size_t mark = der_open(buffer, tag);
  buffer_append(buffer, bytes, length);
  der_close(buffer, mark);
}

void der_utc_time(struct buffer *buffer, long seconds) {
  time_t time = seconds;
  struct tm parts;
  char text[16];
  require(gmtime_r(&time, &parts));
  require(strftime(text, sizeof text, "%y%m%d%H%M%SZ", &parts) == 13);
  der_value(buffer, der_time, text, 13);
}

void der_signature_algorithm(struct buffer *buffer) {
  static const unsigned char identifier[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2};
  der_value(buffer, der_sequence, identifier, sizeof identifier);
}

void der_signature(struct buffer *buffer, const unsigned char *bytes, size_t length) {
  size_t mark = der_open(buffer, der_bits);
  buffer_append(buffer, "\0", 1);
  buffer_append(buffer, bytes, length);
  der_close(buffer, mark);
}

void der_signed(struct buffer *buffer, const struct buffer *body, const unsigned char *signature,
                size_t length) {
  size_t mark = der_open(buffer, der_sequence);
  buffer_append(buffer, body->bytes, body->length);
  der_signature_algorithm(buffer);
  der_signature(buffer, signature, length);
  der_close(buffer, mark);
}
