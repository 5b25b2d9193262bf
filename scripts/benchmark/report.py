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
    yield from ("", "## Ratios", "")
    yield from table.ratios(ratios(book))
    yield from ("", "## Measurements", "")
    yield from table.measurements(book.entries)
    for name, _ in charts:
        yield from ("", f"![{name.removesuffix('.svg')}]({name})")
