#include "threads.h"

#include <pthread.h>

#include "buffer.h"

int stretches_take(struct stretches *stretches, size_t *begin, size_t *end) {
  *begin = atomic_fetch_add(&stretches->next, stretches->each);
  if (*begin >= stretches->count) return 0;
  *end = *begin + stretches->each < stretches->count ? *begin + stretches->each : stretches->count;
  return 1;
}

void run_threads(int count, void *(*work)(void *), void *context) {
  pthread_t threads[64];
  require(count > 0 && count <= 64);
  for (int i = 0; i < count; i++) require(!pthread_create(&threads[i], NULL, work, context));
  for (int i = 0; i < count; i++) require(!pthread_join(threads[i], NULL));
}
