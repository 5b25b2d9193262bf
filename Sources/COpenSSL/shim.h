#ifndef CERTWRIGHT_COPENSSL_SHIM_H
#define CERTWRIGHT_COPENSSL_SHIM_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// Swift imports neither function-like macros nor OpenSSL's typed stacks, which are made of them.

static inline STACK_OF(X509) *_Nullable certwright_certificates_new(void) {
  return sk_X509_new_null();
}

// Takes ownership of the certificate only when it answers 1.
static inline int certwright_certificates_push(STACK_OF(X509) *_Nonnull stack, X509 *_Nonnull item) {
  return sk_X509_push(stack, item) > 0;
}

static inline void certwright_certificates_free(STACK_OF(X509) *_Nullable stack) {
  sk_X509_pop_free(stack, X509_free);
}

static const int certwright_key_pair = EVP_PKEY_KEYPAIR;
static const int certwright_public_key = EVP_PKEY_PUBLIC_KEY;

// An OSSL_PARAM keeps the pointer to its name, so a name must outlive the call that it is made in,
// which a Swift string does not.
static inline const char *_Nonnull certwright_group(void) { return OSSL_PKEY_PARAM_GROUP_NAME; }
static inline const char *_Nonnull certwright_public(void) { return OSSL_PKEY_PARAM_PUB_KEY; }
static inline const char *_Nonnull certwright_private(void) { return OSSL_PKEY_PARAM_PRIV_KEY; }
static inline const char *_Nonnull certwright_modulus(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *_Nonnull certwright_exponent(void) { return OSSL_PKEY_PARAM_RSA_E; }
static inline const char *_Nonnull certwright_rsa_secret(void) { return OSSL_PKEY_PARAM_RSA_D; }

// Linux's syncfs(2), which the C library declares for _GNU_SOURCE alone; Swift's import lacks it.
extern int syncfs(int descriptor);
static inline int certwright_syncfs(int descriptor) { return syncfs(descriptor); }

// renameat2(2) of the same kind; 1 is RENAME_NOREPLACE: an error when the new name is taken.
extern int renameat2(int from, const char *_Nonnull name, int to, const char *_Nonnull target, unsigned flags);
static inline int certwright_rename_new(int from, const char *_Nonnull name, int to, const char *_Nonnull target) {
  return renameat2(from, name, to, target, 1);
}

static inline void certwright_free(void *_Nullable memory) { OPENSSL_free(memory); }

#endif
