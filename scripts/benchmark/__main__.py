"""Measures certwright beside bare limits and peers; scripts/bench prepares and starts this."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import life
import limits
import peers
import report
import starting
from book import Book
from bundles import Bundles
from measure import Failure, Meter
from moment import HOUR
from world import Certwright
from year import Year

# What --only may name, in the order in which it is measured.
WORK = ("startup", "validate", "apply", "plan", "change", "renew", "verify", "revoke", "fetch", "crl",
        "shapes", "limits", "peers", "year", "bundles")


class Wanted:
    """Which measurements were asked for."""

    def __init__(self, names):
        self.names = set(names)

    def __call__(self, name):
        return name in self.names

    def any(self, names):
        return bool(self.names & names)


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    work: Path
    source: Path
    limits: Path
    meter: Meter
    certwright: Certwright
    book: Book
    wants: Wanted


def main():
    options = parse()
    bench = prepare(options)
    measure(bench, options)
    report.write(bench.book, options.out)
    print((options.out / "table.md").read_text())


def parse():
    parser = Parser(prog="scripts/bench", add_help=False)
    parser.add_argument("--binary", type=program, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sizes", type=numbers, default=[1000, 10000])
    parser.add_argument("--only", type=names, default=list(WORK))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--year-size", type=number, default=1000)
    parser.add_argument("--year-days", type=number, default=365)
    parser.add_argument("--year-step", type=number, default=24)
    parser.add_argument("--proxies", type=number, default=9)
    parser.add_argument("--allowed", type=number, default=1000)
    parser.add_argument("--lists", type=number, default=1)
    return parser.parse_args()


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the exit code for wrong usage."""

    def error(self, message):
        print(f"bench: {message}", file=sys.stderr)
        sys.exit(64)


def number(text):
    """A count: of nothing there is nothing to measure."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is less than one")
    return value


def numbers(text):
    return sorted({number(word) for word in text.split(",")})


def program(text):
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def names(text):
    chosen = text.split(",")
    unknown = sorted(set(chosen) - set(WORK))
    if unknown:
        raise argparse.ArgumentTypeError(f"no measurement {unknown[0]!r}; there are {', '.join(WORK)}")
    return chosen


def prepare(options):
    options.out.mkdir(parents=True, exist_ok=True)
    meter = Meter(options.tools / "costs", options.work)
    wanted = Wanted(name for name in options.only if not (options.no_peers and name == "peers"))
    return Bench(
        options.work, options.source, options.tools / "limits", meter,
        Certwright(options.binary, meter), Book(log), wanted)


def measure(bench, options):
    wants = bench.wants
    if wants("startup"):
        starting.measure(bench)
    if wants("limits"):
        limits.cryptography(bench)
    if wants.any(life.AFTER_APPLY | {"validate", "apply", "limits"}):
        for size in options.sizes:
            life.Life(bench, size).run()
    if wants("shapes"):
        life.shapes(bench, options.sizes[0])
    if wants("peers"):
        peers.measure(bench, options.sizes)
    if wants("year"):
        Year(bench, options.year_size, options.year_days, options.year_step * HOUR).run()
    if wants("bundles"):
        Bundles(bench, options.proxies, options.allowed, options.lists).run()


def log(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
