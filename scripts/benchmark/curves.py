"""Which measurements make which chart."""

import ratios
from chart import Axis, Series, draw

_IDENTITIES = Axis("identities")
_TIME = Axis("time", "s")
_MEMORY = Axis("peak memory", "B")


def charts(book):
    """Pairs of a file's name and its SVG, of every curve that was measured."""
    for name, title, x_axis, y_axis, series in (
            ("apply", "First apply", _IDENTITIES, _TIME, _apply(book)),
            ("plan", "Plan", _IDENTITIES, _TIME, _plan(book)),
            ("memory", "Memory", _IDENTITIES, _MEMORY, _memory(book)),
            ("crl", "A new CRL", Axis("entries"), _TIME, _lists(book)),
            ("year", "Repository over the year", Axis("days", is_logarithmic=False),
             Axis("all objects", "B", is_logarithmic=False), _year(book))):
        measured = [each for each in series if each.points]
        if any(not each.is_reference for each in measured):
            yield f"{name}.svg", draw(title, x_axis, y_axis, measured)


def _curve(book, name, work, field="wall", **more):
    points = tuple((size, getattr(book.cost(work, size), field)) for size in book.sizes(work))
    return Series(name, points, **more)


def _at_rate(book, name, work):
    """A peer that was measured on a few certificates, as if it went on like that."""
    entry = next((entry for entry in book.entries if entry.work == work), None)
    each = entry.cost.wall / entry.count if entry else 0
    points = tuple((size, each * size) for size in book.sizes("apply")) if entry else ()
    return Series(f"{name}, at its rate", points, is_reference=True)


def _apply(book):
    return [
        _curve(book, "certwright", "apply"),
        _curve(book, "bare C program", "limit: apply", is_reference=True),
        _at_rate(book, "openssl loop", "peer: openssl req and ca"),
        _at_rate(book, "Python loop", "peer: python cryptography")]


def _plan(book):
    return [
        _curve(book, "nothing to do", "plan, nothing to do"),
        _curve(book, "nothing to do, cached", "plan, nothing to do, cached"),
        _curve(book, "one change, cached", "plan, changed 1, cached"),
        _curve(book, "bare C that reads it all", "limit: read desired state and ledger",
               is_reference=True)]


def _memory(book):
    return [
        _curve(book, "first apply", "apply", "memory"),
        _curve(book, "plan, nothing to do", "plan, nothing to do", "memory"),
        _curve(book, "plan, cached", "plan, nothing to do, cached", "memory"),
        _curve(book, "apply of bare C", "limit: apply", "memory", is_reference=True)]


def _lists(book):
    work = "apply, refreshes the CRL of all"
    alone = ((size, ratios.refresh(book, size)) for size in book.sizes(work))
    return [
        _curve(book, "certwright, whole run", work),
        Series("certwright, less an idle run", tuple((size, cost.wall) for size, cost in alone if cost)),
        _curve(book, "bare streaming CRL", "limit: CRL", is_reference=True),
        _curve(book, "openssl ca -gencrl", "peer: openssl ca -gencrl", is_reference=True)]


def _year(book):
    points = tuple((entry["day"], entry["bytes"]) for entry in book.year)
    return [Series(f"{book.year[0]['identities']:,} identities", points)] if points else []
