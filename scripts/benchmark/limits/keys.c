// The cryptography alone: a P-256 key and a signature, again and again.
#include "certificate.h"
#include "limits.h"
#include "threads.h"

struct run {
  struct issuer issuer;
  struct stretches stretches;
};

static void *work(void *context) {
  struct run *run = context;
  struct maker maker;
  struct buffer pem = {0};
  unsigned char point[point_size], signature[80];
  size_t begin, end;
  maker_start(&maker, &run->issuer);
  while (stretches_take(&run->stretches, &begin, &end)) {
    for (size_t i = begin; i < end; i++) {
      pem.length = 0;
      maker_key(&maker, &pem, point);
      maker_sign(&maker, &pem, signature);
    }
  }
  return NULL;
}

void limit_keys(size_t count, int threads) {
  struct run run = {.stretches = {.count = count, .each = 64}};
  issuer_make(&run.issuer);
  run_threads(threads, work, &run);
}
