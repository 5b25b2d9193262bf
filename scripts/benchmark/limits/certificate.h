// P-256 keys and leaf certificates, without what OpenSSL's object model costs, and OpenSSL's opinion
// of them.
#pragma once
#include <openssl/evp.h>

#include "buffer.h"

enum { point_size = 65, identifier_size = 20, serial_size = 16 };

// Whoever signs. Made once, used by all threads.
struct issuer {
  EVP_PKEY *key;
  struct buffer name;
  unsigned char identifier[identifier_size];
};
void issuer_make(struct issuer *issuer);

// What is wanted of one certificate.
struct request {
  char name[256];
  // The content of GeneralNames.
  struct buffer alternatives;
};

// What one thread uses again and again, because making it costs more than using it.
struct maker {
  const struct issuer *issuer;
  EVP_PKEY_CTX *generator;
  EVP_MD_CTX *signing;
  EVP_MD *sha256, *sha1;
  struct buffer body, certificate;
};
void maker_start(struct maker *maker, const struct issuer *issuer);

// Makes a key; `pem` gets it as PKCS#8, `point` its public half.
void maker_key(struct maker *maker, struct buffer *pem, unsigned char point[point_size]);
// Signs bytes and returns the length of the signature.
size_t maker_sign(struct maker *maker, const struct buffer *bytes, unsigned char signature[80]);
// Signs a certificate for the key, has OpenSSL read and verify it, and writes it as PEM.
void maker_certificate(struct maker *maker, const struct request *request,
                       const unsigned char point[point_size], struct buffer *pem);
