"""Files that stay: table.md, results.json and a chart for each curve."""

import os
import platform

import curves
import table
from ratios import ratios


def write(book, folder):
    charts = list(curves.charts(book))
    for name, svg in charts:
        (folder / name).write_text(svg)
    (folder / "results.json").write_text(book.json())
    (folder / "table.md").write_text("\n".join(_page(book, charts)) + "\n")


def _page(book, charts):
    yield f"# Benchmark: {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    yield from ("", _load(book), "", "## Ratios", "")
    yield from table.ratios(ratios(book))
    yield from ("", "## Measurements", "")
    yield from table.measurements(book.entries)
    for name, _ in charts:
        yield from ("", f"![{name.removesuffix('.svg')}]({name})")


def _load(book):
    """What is measured keeps all cores busy, and a little more; the rest is somebody else's."""
    loads = [entry.load for entry in book.entries]
    text = f"The load was {min(loads):.1f} to {max(loads):.1f}."
    if max(loads) > os.cpu_count() + 1.5:
        text += (" Other programs were at work: times are longer than they should be, some more than"
                 " others. Trust the ratios of CPU, and those roughly.")
    return text
