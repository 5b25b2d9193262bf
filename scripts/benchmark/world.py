"""A git repository with keys, caches and clones beside it, on which certwright runs."""

import os
import shutil
from pathlib import Path

import history
from measure import said
from moment import START, stamp


class Certwright:
    """The binary, and what it can do."""

    def __init__(self, path, meter):
        self.path = Path(path).resolve()
        self.meter = meter
        self.has_cache = "--no-cache" in said([self.path, "help", "plan"])
        # What makes a command read everything, whether or not there could be a cache.
        self.uncached = ["--no-cache"] if self.has_cache else []


class World:
    """Worlds are not removed one by one: ext4 is slow at making files for minutes after it has deleted
    many, and whatever is measured next would pay for that.
    """

    def __init__(self, folder, certwright, simulated=True):
        self.folder = Path(folder)
        self.certwright = certwright
        self.simulated = simulated
        self.repository = self.folder / "repository"
        self.keys = self.folder / "keys"
        self.environment = self._environment()
        self.repository.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def _environment(self):
        """Nothing of the caller's but the path, and everything below this folder."""
        return {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TMPDIR": str(self.folder),
            "HOME": str(self.folder / "home"), "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"), "CERTWRIGHT_KEYS": str(self.keys),
            "CERTWRIGHT_CLONES": str(self.folder / "clones"),
            "CERTWRIGHT_CACHE": str(self.folder / "cache" / "certwright"),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        }

    def git(self, *words, folder=None):
        return said(["git", *words], cwd=folder or self.repository, env=self.environment)

    def commit(self, files):
        history.commit(self.repository, files, self.environment)

    # Commands

    def run(self, *words, at=START, **options):
        """Runs certwright once."""
        return self.certwright.meter.once(self._command(words, at), **self._place(), **options)

    def median(self, *words, at=START):
        """Runs certwright several times; for commands that change nothing."""
        return self.certwright.meter.median(self._command(words, at), **self._place())

    def said(self, *words, at=START):
        return said(self._command(words, at), cwd=self.repository, env=self.environment)

    def apply(self, *words, at=START):
        """Applies without asking. What a branch is born with is said only when there is none."""
        birth = ["--simulated-time"] if self.simulated and not self.has_published() else []
        return self.run(
            "apply", "--auto-approve", "--allow", "authorities=2", *birth, *words, at=at)

    def _command(self, words, at):
        return [self.certwright.path, *words, *(["--at", stamp(at)] if self.simulated else [])]

    def _place(self):
        return {"folder": self.repository, "environment": self.environment}

    # State

    def has_published(self):
        return bool(self.git("branch", "--list", "published").strip())

    def size(self):
        """Bytes of all objects in the repository."""
        objects = self.repository / ".git" / "objects"
        return sum(file.stat().st_size for file in objects.rglob("*") if file.is_file())

    def packs(self):
        return len(list((self.repository / ".git" / "objects" / "pack").glob("*.pack")))

    def grow(self, action):
        """What an action costs, and by how many bytes the repository grew."""
        before = self.size()
        cost = action()
        return cost, self.size() - before

    # Copies

    def copy_for_lists(self, folder):
        """A world with the same branches and the authorities' keys alone: all that a CRL needs."""
        copy = World(folder, self.certwright, self.simulated)
        shutil.rmtree(copy.repository)
        # Objects are never written twice, so both may have the same files.
        shutil.copytree(
            self.repository, copy.repository, ignore=shutil.ignore_patterns("objects"))
        objects = Path(".git") / "objects"
        said(["cp", "--archive", "--link", self.repository / objects, copy.repository / objects])
        for authority in ("root", "issuing"):
            shutil.copytree(self.keys / authority, copy.keys / authority)
        copy.keys.chmod(0o700)
        return copy
