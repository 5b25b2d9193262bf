// The bare limits, each a program of its own as far as measuring goes.
#pragma once
#include <stddef.h>

void limit_apply(const char *repository, const char *tree, const char *output, int threads);
// `trees` ends with NULL.
void limit_blobs(const char *repository, int threads, char **trees);
void limit_crl(size_t count, const char *path);
void limit_keys(size_t count, int threads);
