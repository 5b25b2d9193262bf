"""The bare limits: our own C programs on the same input, on the same cores."""

import os

# Enough for a loop that lasts long beside the start of a process.
_KEYS = 20_000
# Larger fleets take long, and one run of them says enough.
_REPEATED = 10_000


class Limits:
    def __init__(self, bench, world, size):
        self.bench = bench
        self.world = world
        self.size = size
        self.threads = str(os.cpu_count())

    def desired(self):
        """What needs nothing but the desired state."""
        self._apply()
        self._repeat("limit: read all of desired state", [
            "blobs", self.world.repository, self.threads, "HEAD:desired-state"])
        file = self.world.folder / "limit.crl"
        self._repeat("limit: CRL", ["crl", str(self.size), file])

    def published(self):
        self._repeat("limit: read desired state and ledger", [
            "blobs", self.world.repository, self.threads, "HEAD:desired-state",
            "published:ledger"])

    def _apply(self):
        """The best of some runs: a disk that was slow for once would make certwright look good."""
        costs = [
            self.bench.meter.once(self._command([
                "apply", self.world.repository, "HEAD:desired-state/fleet",
                self.world.folder / f"limit-{number}", self.threads]))
            for number in range(3 if self.size <= _REPEATED else 1)]
        self.bench.book.add("limit: apply", self.size, min(costs, key=lambda cost: cost.wall))

    def _repeat(self, work, words):
        self.bench.book.add(work, self.size, self.bench.meter.median(self._command(words)))

    def _command(self, words):
        return [self.bench.limits, *words]


def cryptography(bench):
    """Key generation and signing alone."""
    threads = str(os.cpu_count())
    cost = bench.meter.median([bench.limits, "keys", str(_KEYS), threads])
    bench.book.add("limit: keys and signatures", _KEYS, cost, count=_KEYS)
