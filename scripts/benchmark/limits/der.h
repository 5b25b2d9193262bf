// DER, written from front to back: a length is put in its place when its value is complete.
#pragma once
#include "buffer.h"

enum {
  der_boolean = 0x01,
  der_integer = 0x02,
  der_bits = 0x03,
  der_octets = 0x04,
  der_text = 0x0c,
  der_time = 0x17,
  der_sequence = 0x30,
  der_set = 0x31,
};

enum { der_longest_length = 5 };
// Writes a length and returns how many bytes it took.
size_t der_length(unsigned char *place, size_t length);

// The mark that this returns is what closes the value.
size_t der_open(struct buffer *buffer, unsigned char tag);
void der_close(struct buffer *buffer, size_t mark);

void der_value(struct buffer *buffer, unsigned char tag, const void *bytes, size_t length);
void der_utc_time(struct buffer *buffer, long seconds);

// ecdsa-with-SHA256, a whole AlgorithmIdentifier.
void der_signature_algorithm(struct buffer *buffer);
// A signature as a BIT STRING.
void der_signature(struct buffer *buffer, const unsigned char *bytes, size_t length);
// SEQUENCE { body, algorithm, signature }.
void der_signed(struct buffer *buffer, const struct buffer *body, const unsigned char *signature,
                size_t length);
