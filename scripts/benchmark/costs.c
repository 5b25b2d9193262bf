// costs FILE COMMAND...: runs the command and writes what it cost to the file, as JSON. It is a program
// of its own because a process counts the memory of whoever forked it as its own peak, and Python's is
// larger than much of what is measured here.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// What the process itself wrote to disks, which can be read until it is waited for.
static long long bytes_written(pid_t process) {
  char path[64], line[128];
  long long written = -1;
  snprintf(path, sizeof path, "/proc/%d/io", process);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "write_bytes: %lld", &written);
  if (file) fclose(file);
  return written;
}

int main(int count, char **words) {
  siginfo_t ended;
  struct rusage usage;
  int status;
  if (count < 3) {
    fputs("usage: costs FILE COMMAND...\n", stderr);
    return 64;
  }
  double start = now();
  pid_t process = fork();
  if (process == 0) {
    execvp(words[2], words + 2);
    perror(words[2]);
    _exit(127);
  }
  if (process < 0 || waitid(P_PID, (id_t)process, &ended, WEXITED | WNOWAIT)) return 1;
  double wall = now() - start;
  long long written = bytes_written(process);
  if (wait4(process, &status, 0, &usage) != process) return 1;
  FILE *file = fopen(words[1], "w");
  if (!file) return 1;
  fprintf(file, "{\"wall\": %.6f, \"cpu\": %.6f, \"memory\": %ld, \"written\": %lld}\n", wall,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024, written);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
