#include "certificate.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "der.h"

static const unsigned char basic_constraints[] = {0x55, 0x1d, 0x13};
static const unsigned char key_usage[] = {0x55, 0x1d, 0x0f};
static const unsigned char extended_key_usage[] = {0x55, 0x1d, 0x25};
static const unsigned char alternative_names[] = {0x55, 0x1d, 0x11};
static const unsigned char subject_identifier[] = {0x55, 0x1d, 0x0e};
static const unsigned char issuer_identifier[] = {0x55, 0x1d, 0x23};
static const unsigned char common_name[] = {0x06, 0x03, 0x55, 0x04, 0x03};

// AlgorithmIdentifier of a P-256 key: id-ecPublicKey and the curve.
static const unsigned char key_algorithm[] = {
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

static const long lifetime = 90L * 86400;

static void write_name(struct buffer *buffer, const char *text) {
  size_t name = der_open(buffer, der_sequence);
  size_t set = der_open(buffer, der_set);
  size_t pair = der_open(buffer, der_sequence);
  buffer_append(buffer, common_name, sizeof common_name);
  der_value(buffer, der_text, text, strlen(text));
  der_close(buffer, pair);
  der_close(buffer, set);
  der_close(buffer, name);
}

static void public_point(EVP_PKEY *key, unsigned char point[point_size]) {
  size_t length;
  require(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, point_size, &length));
  require(length == point_size);
}

void issuer_make(struct issuer *issuer) {
  unsigned char point[point_size];
  issuer->key = EVP_EC_gen("P-256");
  require(issuer->key);
  public_point(issuer->key, point);
  require(EVP_Digest(point, point_size, issuer->identifier, NULL, EVP_sha1(), NULL));
  write_name(&issuer->name, "Bare Limit CA");
}

void maker_start(struct maker *maker, const struct issuer *issuer) {
  memset(maker, 0, sizeof *maker);
  maker->issuer = issuer;
  maker->generator = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  require(maker->generator && EVP_PKEY_keygen_init(maker->generator) == 1);
  require(EVP_PKEY_CTX_set_group_name(maker->generator, "P-256") == 1);
  maker->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  maker->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
  maker->signing = EVP_MD_CTX_new();
  require(maker->sha256 && maker->sha1 && maker->signing);
  require(EVP_DigestSignInit(maker->signing, NULL, maker->sha256, NULL, issuer->key) == 1);
}

static void write_pem(struct buffer *pem, const char *label, const struct buffer *der) {
  buffer_append(pem, "-----BEGIN ", 11);
  buffer_append(pem, label, strlen(label));
  buffer_append(pem, "-----\n", 6);
  for (size_t start = 0; start < der->length; start += 48) {
    size_t count = der->length - start < 48 ? der->length - start : 48;
    unsigned char *line = buffer_reserve(pem, 66);
    int written = EVP_EncodeBlock(line, der->bytes + start, (int)count);
    line[written] = '\n';
    pem->length += (size_t)written + 1;
  }
  buffer_append(pem, "-----END ", 9);
  buffer_append(pem, label, strlen(label));
  buffer_append(pem, "-----\n", 6);
}

static void write_private_key(struct buffer *der, EVP_PKEY *key,
                              const unsigned char point[point_size]) {
  BIGNUM *number = NULL;
  unsigned char secret[32];
  require(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number));
  require(BN_bn2binpad(number, secret, sizeof secret) == sizeof secret);
  BN_clear_free(number);
  size_t outer = der_open(der, der_sequence);
  der_value(der, der_integer, "\0", 1);
  buffer_append(der, key_algorithm, sizeof key_algorithm);
  size_t octets = der_open(der, der_octets);
  size_t inner = der_open(der, der_sequence);
  der_value(der, der_integer, "\1", 1);
  der_value(der, der_octets, secret, sizeof secret);
  size_t tagged = der_open(der, 0xa1);
  der_signature(der, point, point_size);
  der_close(der, tagged);
  der_close(der, inner);
  der_close(der, octets);
  der_close(der, outer);
}

void maker_key(struct maker *maker, struct buffer *pem, unsigned char point[point_size]) {
  EVP_PKEY *key = NULL;
  require(EVP_PKEY_generate(maker->generator, &key) == 1);
  public_point(key, point);
  maker->body.length = 0;
  write_private_key(&maker->body, key, point);
  EVP_PKEY_free(key);
  write_pem(pem, "PRIVATE KEY", &maker->body);
}

size_t maker_sign(struct maker *maker, const struct buffer *bytes, unsigned char signature[80]) {
  size_t length = 80;
  // Without a key the context keeps the one it has, and all that is prepared for it.
  require(EVP_DigestSignInit(maker->signing, NULL, NULL, NULL, NULL) == 1);
  require(EVP_DigestSign(maker->signing, signature, &length, bytes->bytes, bytes->length) == 1);
  return length;
}

// An extension with its value still open; the marks close it.
static void open_extension(struct buffer *buffer, const unsigned char identifier[3], int critical,
                           size_t marks[2]) {
  marks[0] = der_open(buffer, der_sequence);
  der_value(buffer, 0x06, identifier, 3);
  if (critical) der_value(buffer, der_boolean, "\xff", 1);
  marks[1] = der_open(buffer, der_octets);
}

static void close_extension(struct buffer *buffer, const size_t marks[2]) {
  der_close(buffer, marks[1]);
  der_close(buffer, marks[0]);
}

static void write_extension(struct buffer *buffer, const unsigned char identifier[3], int critical,
                            unsigned char tag, const void *bytes, size_t length) {
  size_t marks[2];
  open_extension(buffer, identifier, critical, marks);
  der_value(buffer, tag, bytes, length);
  close_extension(buffer, marks);
}

static void write_issuer_identifier(struct buffer *buffer, const struct issuer *issuer) {
  size_t marks[2];
  open_extension(buffer, issuer_identifier, 0, marks);
  size_t sequence = der_open(buffer, der_sequence);
  der_value(buffer, 0x80, issuer->identifier, identifier_size);
  der_close(buffer, sequence);
  close_extension(buffer, marks);
}

static void write_extensions(struct maker *maker, const struct request *request,
                             const unsigned char point[point_size]) {
  static const unsigned char client_use[] = {0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2};
  struct buffer *body = &maker->body;
  unsigned char identifier[identifier_size];
  require(EVP_Digest(point, point_size, identifier, NULL, maker->sha1, NULL));
  size_t tagged = der_open(body, 0xa3);
  size_t list = der_open(body, der_sequence);
  write_extension(body, basic_constraints, 1, der_sequence, NULL, 0);
  write_extension(body, key_usage, 1, der_bits, "\7\x80", 2);
  write_extension(body, extended_key_usage, 0, der_sequence, client_use, sizeof client_use);
  write_extension(body, alternative_names, 0, der_sequence, request->alternatives.bytes,
                  request->alternatives.length);
  write_extension(body, subject_identifier, 0, der_octets, identifier, identifier_size);
  write_issuer_identifier(body, maker->issuer);
  der_close(body, list);
  der_close(body, tagged);
}

static void write_serial(struct buffer *body) {
  unsigned char serial[serial_size];
  require(RAND_bytes(serial, serial_size) == 1);
  // Positive, and not shorter than it is.
  serial[0] = (serial[0] & 0x3f) | 0x40;
  der_value(body, der_integer, serial, serial_size);
}

static void write_body(struct maker *maker, const struct request *request,
                       const unsigned char point[point_size]) {
  struct buffer *body = &maker->body;
  const struct buffer *issuer = &maker->issuer->name;
  long now = time(NULL);
  body->length = 0;
  size_t outer = der_open(body, der_sequence);
  size_t version = der_open(body, 0xa0);
  der_value(body, der_integer, "\2", 1);
  der_close(body, version);
  write_serial(body);
  der_signature_algorithm(body);
  buffer_append(body, issuer->bytes, issuer->length);
  size_t validity = der_open(body, der_sequence);
  der_utc_time(body, now);
  der_utc_time(body, now + lifetime);
  der_close(body, validity);
  write_name(body, request->name);
  size_t key = der_open(body, der_sequence);
  buffer_append(body, key_algorithm, sizeof key_algorithm);
  der_signature(body, point, point_size);
  der_close(body, key);
  write_extensions(maker, request, point);
  der_close(body, outer);
}

static void check(const struct maker *maker) {
  const unsigned char *bytes = maker->certificate.bytes;
  X509 *certificate = d2i_X509(NULL, &bytes, (long)maker->certificate.length);
  require(certificate);
  require(X509_verify(certificate, maker->issuer->key) == 1);
  X509_free(certificate);
}

void maker_certificate(struct maker *maker, const struct request *request,
                       const unsigned char point[point_size], struct buffer *pem) {
  unsigned char signature[80];
  write_body(maker, request, point);
  size_t length = maker_sign(maker, &maker->body, signature);
  maker->certificate.length = 0;
  der_signed(&maker->certificate, &maker->body, signature, length);
  check(maker);
  write_pem(pem, "CERTIFICATE", &maker->certificate);
}
