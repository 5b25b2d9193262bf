// What a CRL cannot do without: serial numbers in order, one pass of DER through hash and file, one
// signature.
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "der.h"
#include "limits.h"

static int by_bytes(const void *left, const void *right) { return memcmp(left, right, serial_size); }

static unsigned char *sorted_serials(size_t count) {
  unsigned char *serials = malloc(count * serial_size);
  require(serials);
  require(RAND_bytes(serials, (int)(count * serial_size)) == 1);
  for (size_t i = 0; i < count; i++) {
    // One length for all, so that the length of the whole is known before it is written.
    serials[i * serial_size] = (serials[i * serial_size] & 0x3f) | 0x40;
  }
  qsort(serials, count, serial_size, by_bytes);
  return serials;
}

// An entry whose serial number is to be put in at `*serial`.
static struct buffer entry_form(long now, size_t *serial) {
  static const unsigned char reason[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                         0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01, 0x01};
  static const unsigned char empty[serial_size];
  struct buffer entry = {0};
  size_t mark = der_open(&entry, der_sequence);
  der_value(&entry, der_integer, empty, serial_size);
  der_utc_time(&entry, now);
  buffer_append(&entry, reason, sizeof reason);
  der_close(&entry, mark);
  // Behind the headers of sequence and number, of two bytes each.
  *serial = 4;
  return entry;
}

static void write_extensions(struct buffer *buffer, const struct issuer *issuer) {
  static const unsigned char number[] = {0x30, 0x0a, 0x06, 3, 0x55, 0x1d, 0x14, 4, 3, 2, 1, 1};
  static const unsigned char identifier[] = {0x06, 0x03, 0x55, 0x1d, 0x23};
  size_t tagged = der_open(buffer, 0xa0);
  size_t list = der_open(buffer, der_sequence);
  size_t extension = der_open(buffer, der_sequence);
  buffer_append(buffer, identifier, sizeof identifier);
  size_t octets = der_open(buffer, der_octets);
  size_t sequence = der_open(buffer, der_sequence);
  der_value(buffer, 0x80, issuer->identifier, identifier_size);
  der_close(buffer, sequence);
  der_close(buffer, octets);
  der_close(buffer, extension);
  buffer_append(buffer, number, sizeof number);
  der_close(buffer, list);
  der_close(buffer, tagged);
}

static void write_fields(struct buffer *buffer, const struct issuer *issuer, long now) {
  der_value(buffer, der_integer, "\1", 1);
  der_signature_algorithm(buffer);
  buffer_append(buffer, issuer->name.bytes, issuer->name.length);
  der_utc_time(buffer, now);
  der_utc_time(buffer, now + 7 * 86400);
}

static void append_header(struct buffer *buffer, size_t length) {
  unsigned char *place = buffer_reserve(buffer, 1 + der_longest_length);
  place[0] = der_sequence;
  buffer->length += 1 + der_length(place + 1, length);
}

static size_t with_header(size_t length) {
  unsigned char place[der_longest_length];
  return 1 + der_length(place, length) + length;
}

// A file, and the signature over all that goes into it.
struct output {
  int file;
  EVP_MD_CTX *signing;
  struct buffer waiting;
};

static void flush(struct output *output) {
  struct buffer *waiting = &output->waiting;
  require(EVP_DigestSignUpdate(output->signing, waiting->bytes, waiting->length) == 1);
  require(write(output->file, waiting->bytes, waiting->length) == (ssize_t)waiting->length);
  waiting->length = 0;
}

static void append(struct output *output, const struct buffer *bytes) {
  buffer_append(&output->waiting, bytes->bytes, bytes->length);
  if (output->waiting.length > 1 << 16) flush(output);
}

static void append_entries(struct output *output, const unsigned char *serials, size_t count,
                           struct buffer *form, size_t serial) {
  for (size_t i = 0; i < count; i++) {
    memcpy(form->bytes + serial, serials + i * serial_size, serial_size);
    append(output, form);
  }
}

// The outermost header needs the length of a signature that is not there yet: it is written last, into
// room that was left for it.
static void finish(struct output *output, size_t body, size_t room) {
  unsigned char signature[80];
  size_t length = sizeof signature;
  struct buffer end = {0}, start = {0};
  require(EVP_DigestSignFinal(output->signing, signature, &length) == 1);
  der_signature_algorithm(&end);
  der_signature(&end, signature, length);
  require(write(output->file, end.bytes, end.length) == (ssize_t)end.length);
  append_header(&start, body + end.length);
  require(start.length == room);
  require(pwrite(output->file, start.bytes, room, 0) == (ssize_t)room);
  require(!close(output->file));
}

void limit_crl(size_t count, const char *path) {
  struct issuer issuer = {0};
  struct buffer fields = {0}, extensions = {0}, header = {0};
  long now = time(NULL);
  size_t serial;
  issuer_make(&issuer);
  unsigned char *serials = sorted_serials(count);
  struct buffer form = entry_form(now, &serial);
  write_fields(&fields, &issuer, now);
  write_extensions(&extensions, &issuer);
  size_t body = fields.length + with_header(count * form.length) + extensions.length;
  // Two bytes more or less of a signature do not change how long the header is, but for sizes that
  // nobody asks for.
  size_t room = with_header(with_header(body) + 86) - (with_header(body) + 86);
  struct output output = {.file = open(path, O_CREAT | O_TRUNC | O_RDWR, 0644),
                          .signing = EVP_MD_CTX_new()};
  require(output.file >= 0 && lseek(output.file, (off_t)room, SEEK_SET) > 0);
  require(EVP_DigestSignInit(output.signing, NULL, EVP_sha256(), NULL, issuer.key) == 1);
  append_header(&header, body);
  append(&output, &header);
  append(&output, &fields);
  header.length = 0;
  append_header(&header, count * form.length);
  append(&output, &header);
  append_entries(&output, serials, count, &form, serial);
  append(&output, &extensions);
  flush(&output);
  finish(&output, with_header(body), room);
}
