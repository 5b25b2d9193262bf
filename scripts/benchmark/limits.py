"""The bare limits: our own C programs on the same input, on the same cores."""

import os

# Enough for a loop that lasts long beside the start of a process.
_KEYS = 20_000


class Limits:
    def __init__(self, bench, world, size):
        self.bench = bench
        self.world = world
        self.size = size
        self.threads = str(os.cpu_count())

    def desired(self):
        """What needs nothing but the desired state."""
        output = self.world.folder / "limit"
        self._add("limit: apply", [
            "apply", self.world.repository, "HEAD:desired-state/fleet", output, self.threads])
        self._repeat("limit: read all of desired state", [
            "blobs", self.world.repository, self.threads, "HEAD:desired-state"])
        file = self.world.folder / "limit.crl"
        self._repeat("limit: CRL", ["crl", str(self.size), file])

    def published(self):
        self._repeat("limit: read desired state and ledger", [
            "blobs", self.world.repository, self.threads, "HEAD:desired-state",
            "published:ledger"])

    def _add(self, work, words):
        self.bench.book.add(work, self.size, self.bench.meter.once(self._command(words)))

    def _repeat(self, work, words):
        self.bench.book.add(work, self.size, self.bench.meter.median(self._command(words)))

    def _command(self, words):
        return [self.bench.limits, *words]


def cryptography(bench):
    """Key generation and signing alone."""
    threads = str(os.cpu_count())
    cost = bench.meter.median([bench.limits, "keys", str(_KEYS), threads])
    bench.book.add("limit: keys and signatures", _KEYS, cost, count=_KEYS)
