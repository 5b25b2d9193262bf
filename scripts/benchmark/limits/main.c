#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

static int usage(void) {
  fputs(
      "usage: limits keys COUNT THREADS\n"
      "       limits crl COUNT FILE\n"
      "       limits blobs REPOSITORY THREADS TREE...\n"
      "       limits apply REPOSITORY TREE OUTPUT THREADS\n",
      stderr);
  return 64;
}

int main(int count, char **words) {
  const char *work = count > 1 ? words[1] : "";
  if (!strcmp(work, "keys") && count == 4) {
    limit_keys(strtoul(words[2], NULL, 10), atoi(words[3]));
  } else if (!strcmp(work, "crl") && count == 4) {
    limit_crl(strtoul(words[2], NULL, 10), words[3]);
  } else if (!strcmp(work, "blobs") && count > 4) {
    git_libgit2_init();
    limit_blobs(words[2], atoi(words[3]), words + 4);
  } else if (!strcmp(work, "apply") && count == 6) {
    git_libgit2_init();
    limit_apply(words[2], words[3], words[4], atoi(words[5]));
  } else {
    return usage();
  }
  return 0;
}
