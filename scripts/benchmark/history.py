"""Commits of very many files, made in one stream and never checked out."""

import subprocess

from measure import Failure

_IMPORT = ["git", "-c", "fastimport.unpackLimit=0", "-c", "pack.compression=1", "fast-import",
           "--quiet"]


def commit(repository, files, environment, branch="main"):
    """Adds or replaces files, given as pairs of path and bytes, on a branch that may not exist yet."""
    process = subprocess.Popen(
        _IMPORT, cwd=repository, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    with process.stdin as stream:
        _write(stream, files, branch, _exists(repository, branch, environment))
    errors = process.stderr.read().decode(errors="replace")
    if process.wait() != 0:
        raise Failure(f"git fast-import: {errors}")


def _write(stream, files, branch, exists):
    stream.write(f"commit refs/heads/{branch}\n"
                 "committer Bench <bench@example.com> 1893456000 +0000\n"
                 "data 7\nchange\n\n".encode())
    if exists:
        stream.write(f"from refs/heads/{branch}^0\n".encode())
    for path, content in files:
        stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))


def _exists(repository, branch, environment):
    return subprocess.run(
        ["git", "rev-parse", "--quiet", "--verify", f"refs/heads/{branch}"], cwd=repository,
        env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
