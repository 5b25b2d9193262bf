"""A year of scheduled runs in simulated time: how the repository grows, and whether runs slow down."""

from fleet import Fleet
from moment import DAY, START, stamp
from world import World

# Of all identities, over the whole time.
_REVOKED = 0.01


class Year:
    def __init__(self, bench, size, days, step):
        self.bench = bench
        self.size = size
        self.days = days
        self.step = step
        self.fleet = Fleet(size)
        self.world = World(bench.work / "year", bench.certwright)
        self.revoked = 0

    def run(self):
        self.world.commit(self.fleet.files())
        self.world.apply()
        self._note(0)
        first = self._idle(0)
        elapsed = self.step
        while elapsed <= self.days * DAY:
            self._revoke_until(elapsed)
            self.world.apply(at=START + elapsed)
            if elapsed % DAY < self.step:
                self._note(elapsed)
            elapsed += self.step
        last = self._idle(elapsed - self.step)
        self._add("year: first run with nothing to do", first)
        self._add("year: last run with nothing to do", last)
        self.world.run("verify", at=START + elapsed)

    def _revoke_until(self, elapsed):
        """Revocations are merged evenly over the time."""
        until = round(self.size * _REVOKED * elapsed / (self.days * DAY))
        if until > self.revoked:
            spread = max(1, round(1 / _REVOKED))
            numbers = [number * spread % self.size for number in range(self.revoked, until)]
            self.world.commit(self.fleet.revoked(numbers))
            self.revoked = until

    def _idle(self, elapsed):
        return self.world.median("apply", "--auto-approve", at=START + elapsed)

    def _note(self, elapsed):
        self.bench.book.year.append({
            "identities": self.size, "time": stamp(START + elapsed), "day": elapsed / DAY,
            "bytes": self.world.size(), "packs": self.world.packs()})

    def _add(self, work, cost):
        last = self.bench.book.year[-1]
        self.bench.book.add(
            work, self.size, cost, grown=last["bytes"], count=last["packs"],
            note=f"({self.days} days, every {self.step // 3600} h, {last['packs']} packs)")
