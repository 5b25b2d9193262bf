// Work that is spread over threads in stretches, so that none waits long for another.
#pragma once
#include <stdatomic.h>
#include <stddef.h>

struct stretches {
  size_t count, each;
  atomic_size_t next;
};
// The next stretch as [*begin, *end); 0 when nothing is left.
int stretches_take(struct stretches *stretches, size_t *begin, size_t *end);

void run_threads(int count, void *(*work)(void *), void *context);
