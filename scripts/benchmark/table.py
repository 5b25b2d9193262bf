"""Markdown."""

from units import bytes_, count, seconds

_RATIOS = ("work", "certwright", "beside", "takes", "ratio", "CPU ratio", "goal", "met")
_MEASUREMENTS = ("work", "size", "time", "CPU", "CPU each", "memory", "written", "repository grew",
                 "load", "")


def ratios(rows):
    yield from _head(_RATIOS)
    for row in rows:
        met = "" if row.met is None else "yes" if row.met else "no"
        yield _row(row.work, row.ours, row.beside, row.theirs, row.ratio, row.cpu, row.goal, met)


def measurements(entries):
    yield from _head(_MEASUREMENTS)
    for entry in entries:
        yield _row(entry.work, count(entry.size) if entry.size else "", *_costs(entry),
                   bytes_(entry.grown),
                   f"{entry.load:.1f}", entry.note)


def _costs(entry):
    cost = entry.cost
    each = entry.count if entry.work.startswith("peer: ") and entry.count else entry.size
    of_one = f"{cost.cpu / each * 1e6:,.0f} µs" if each and cost.cpu is not None else ""
    return [seconds(cost.wall), seconds(cost.cpu), of_one, bytes_(cost.memory), bytes_(cost.written)]


def _head(names):
    yield _row(*names)
    yield _row(*["---"] * len(names))


def _row(*cells):
    return "| " + " | ".join(cells) + " |"
