"""What was measured, in the order in which it was."""

import json
import os
from dataclasses import asdict, dataclass

from measure import Cost
from units import bytes_, seconds


@dataclass(frozen=True)
class Entry:
    work: str
    size: int
    cost: Cost
    # How much larger the repository became, in bytes.
    grown: int | None = None
    # What a cost cannot say, such as how many certificates a peer made.
    count: int | None = None
    # Between the fastest and the slowest of several runs, in seconds.
    spread: float | None = None
    # How many processes ran or waited, on average of the minute in which this was measured.
    load: float = 0
    note: str = ""


class Book:
    def __init__(self, log):
        self.entries = []
        self.year = []
        self._log = log

    def add(self, work, size, cost, **more):
        entry = Entry(work, size, cost, load=os.getloadavg()[0], **more)
        self.entries.append(entry)
        self._log(f"{work} {size:,}: {seconds(cost.wall)} {bytes_(cost.memory)} {entry.note}".rstrip())

    def find(self, work, size):
        return next((e for e in self.entries if (e.work, e.size) == (work, size)), None)

    def cost(self, work, size):
        entry = self.find(work, size)
        return entry.cost if entry else None

    def sizes(self, work):
        return sorted({entry.size for entry in self.entries if entry.work == work})

    def json(self):
        return json.dumps(
            {"entries": [asdict(entry) for entry in self.entries], "year": self.year}, indent=1)
