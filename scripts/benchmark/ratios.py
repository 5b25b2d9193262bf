"""Measurements beside their limits, their peers and the goals that were set for them."""

from dataclasses import dataclass

from measure import Cost
from peers import PEERS
from units import bytes_, count, seconds, times


@dataclass(frozen=True)
class Ratio:
    work: str
    ours: str
    beside: str = ""
    theirs: str = ""
    ratio: str = ""
    # The same of processor time, which other work on the machine distorts less.
    cpu: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Goal:
    """The most, or least, that a number may be; for one size alone, or for each."""

    text: str
    holds: object
    sizes: tuple = ()

    def judge(self, size, value):
        """The goal as the table says it, and whether it is met; None where it was not set."""
        if self.sizes and size not in self.sizes:
            return {"goal": f"{self.text} at {' and '.join(map(count, self.sizes))}"}
        return {"goal": self.text, "met": self.holds(value)}


def at_most(limit, text, *sizes):
    return Goal(text, lambda value: value <= limit, sizes)


def at_least(limit, text, *sizes):
    return Goal(text, lambda value: value >= limit, sizes)


_TEN_THOUSAND, _HUNDRED_THOUSAND, _MILLION = 10_000, 100_000, 1_000_000
_NO_OP = "plan, nothing to do"


def ratios(book):
    rows = []
    for part in (_applies, _peers, _plans, _lists, _scheduled, _others, _millions, _year):
        rows += part(book)
    return rows


def _beside(ours, name, theirs):
    """How much longer ours takes than a limit."""
    return {"ours": seconds(ours.wall), "beside": name, "theirs": seconds(theirs.wall),
            "ratio": times(ours.wall / theirs.wall), "cpu": times(ours.cpu / theirs.cpu)}


def _applies(book):
    goal = at_most(2, "≤ 2 ×", _TEN_THOUSAND, _HUNDRED_THOUSAND)
    for size in book.sizes("apply"):
        ours, limit = book.cost("apply", size), book.cost("limit: apply", size)
        if limit:
            yield Ratio(f"first apply of {count(size)}", **_beside(ours, "bare C program", limit),
                        **goal.judge(size, ours.wall / limit.wall))


def _peers(book):
    sizes = book.sizes("apply")
    if not sizes:
        return
    size = sizes[-1]
    ours = book.cost("apply", size)
    names = [f"peer: {peer.name}" for peer in PEERS] + ["peer: openssl req and ca, full index"]
    for name in names:
        for entry in (entry for entry in book.entries if entry.work == name):
            yield _peer(name, entry, size, ours)


def _peer(name, entry, size, ours):
    each, theirs = ours.wall / size, entry.cost.wall / entry.count
    goal = {}
    if name == f"peer: {PEERS[0].name}":
        goal = at_least(50, "≥ 50 ×").judge(size, theirs / each)
    index = f" of {count(entry.size)}" if "index" in name else ""
    cpu = (entry.cost.cpu / entry.count) / (ours.cpu / size)
    return Ratio(
        f"one of a first apply of {count(size)}", seconds(each), name.removeprefix("peer: ") + index,
        seconds(theirs), times(theirs / each), times(cpu), **goal)


def _plans(book):
    for work, most, text in (
            (_NO_OP, 2, "≤ 2 s"), (f"{_NO_OP}, cached", 0.1, "≤ 0.1 s"),
            ("plan, changed 1, cached", 0.15, "≤ 0.15 s"), ("plan, changed 1", None, "")):
        for size in book.sizes(work):
            yield from _plan(book, work, size, most, text)


def _plan(book, work, size, most, text):
    cost, limit = book.cost(work, size), book.cost("limit: read desired state and ledger", size)
    goal = at_most(most, text, _HUNDRED_THOUSAND).judge(size, cost.wall) if most else {}
    figures = {"ours": seconds(cost.wall)}
    if limit and "cached" not in work:
        figures = _beside(cost, "bare C that reads it all", limit)
    yield Ratio(f"{work}, {count(size)}", **figures, **goal)
    if work == _NO_OP:
        goal = at_most(300e6, "≤ 300 MB", _HUNDRED_THOUSAND)
        yield Ratio(f"{work}, {count(size)}, memory", bytes_(cost.memory),
                    **goal.judge(size, cost.memory))


def refresh(book, size):
    """What a new CRL takes besides looking at everything else; None when noise hides it."""
    whole = book.find("apply, refreshes the CRL of all", size)
    idle = book.find("apply, nothing to do, all revoked", size)
    wall = whole.cost.wall - idle.cost.wall
    if wall <= max(whole.spread, idle.spread):
        return None
    return Cost(wall, whole.cost.cpu - idle.cost.cpu, whole.cost.memory)


def _lists(book):
    for size in book.sizes("apply, refreshes the CRL of all"):
        yield from _list_time(book, size)
        yield _list_memory(book, size)


def _list_time(book, size):
    name, new = f"new CRL of {count(size)} entries", refresh(book, size)
    limit, peer = book.cost("limit: CRL", size), book.cost("peer: openssl ca -gencrl", size)
    if new is None:
        yield Ratio(name, "lost in noise")
        return
    if limit:
        goal = at_most(2, "≤ 2 ×", _MILLION)
        yield Ratio(name, **_beside(new, "bare streaming CRL", limit),
                    **goal.judge(size, new.wall / limit.wall))
    if peer:
        yield Ratio(name, seconds(new.wall), "openssl ca -gencrl", seconds(peer.wall),
                    times(peer.wall / new.wall), times(peer.cpu / new.cpu))


def _list_memory(book, size):
    memory = book.cost("apply, refreshes the CRL of all", size).memory
    peer = book.cost("peer: openssl ca -gencrl", size)
    beside = ("openssl ca -gencrl", bytes_(peer.memory), times(peer.memory / memory)) if peer else ()
    return Ratio(f"new CRL of {count(size)} entries, memory of the apply", bytes_(memory), *beside,
                 **at_most(150e6, "≤ 150 MB", _MILLION).judge(size, memory))


def _scheduled(book):
    goal = at_most(2e6, "≤ 2 MB", _HUNDRED_THOUSAND)
    for entry in book.entries:
        if entry.work.startswith("apply, renews some"):
            yield Ratio(
                f"objects written when {entry.count} of {count(entry.size)} are renewed",
                bytes_(entry.grown), **goal.judge(entry.size, entry.grown))


# Work, the most it may be, how that is written, of which size, and which number is meant.
_OTHERS = (
    ("validate the sample", 0.03, "≤ 30 ms", (), "wall"),
    ("verify", 30, "≤ 30 s", (_HUNDRED_THOUSAND,), "wall"),
    ("revoke one and push", 2, "≤ 2 s", (_HUNDRED_THOUSAND,), "wall"),
    ("first fetch of a proxy host", 1e6, "≤ 1 MB and its CRLs", (_HUNDRED_THOUSAND, _MILLION), "grown"),
)


def _others(book):
    for work, most, text, sizes, field in _OTHERS:
        for size in book.sizes(work):
            entry = book.find(work, size)
            value = entry.grown if field == "grown" else entry.cost.wall
            shown = bytes_(value) if field == "grown" else seconds(value)
            yield Ratio(f"{work}, {count(size)}" if size else work, shown,
                        **at_most(most, text, *sizes).judge(size, value))


def _millions(book):
    big, small = book.cost("apply", _MILLION), book.cost("apply", _HUNDRED_THOUSAND)
    if big:
        yield Ratio("first apply of 1,000,000, memory", bytes_(big.memory),
                    **at_most(4e9, "≤ 4 GB").judge(_MILLION, big.memory))
    if big and small:
        ours, theirs = big.cpu / _MILLION, small.cpu / _HUNDRED_THOUSAND
        yield Ratio("CPU of one of 1,000,000", seconds(ours), "one of 100,000", seconds(theirs),
                    cpu=times(ours / theirs),
                    **at_most(1.3, "≤ 1.3 ×").judge(_MILLION, ours / theirs))
    cached = book.cost(f"{_NO_OP}, cached", _MILLION)
    if cached:
        yield Ratio(f"{_NO_OP}, cached, 1,000,000", seconds(cached.wall),
                    **at_most(1, "≤ 1 s").judge(_MILLION, cached.wall))


def _year(book):
    work = "year: last run with nothing to do"
    for size in book.sizes(work):
        first = book.cost("year: first run with nothing to do", size)
        last = book.find(work, size)
        # Judged by processor time: other programs may have begun or ended since the first.
        goal = at_most(1.2, "≤ 1.2 × of CPU").judge(size, last.cost.cpu / first.cpu)
        yield Ratio(f"{work}, {count(size)} {last.note}", **_beside(last.cost, "the first", first),
                    **goal)
        yield Ratio(f"repository after the year, {count(size)}", bytes_(last.grown),
                    **at_most(2e9, "≤ 2 GB", _HUNDRED_THOUSAND).judge(size, last.grown))
