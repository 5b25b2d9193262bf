"""How long certwright takes before it does anything, and for the sample in this repository."""

from world import World


def measure(bench):
    world = World(bench.work / "sample", bench.certwright, simulated=False)
    sample = bench.source / "desired-state"
    world.commit((str(file.relative_to(bench.source)), file.read_bytes())
                 for file in sorted(sample.rglob("*")) if file.is_file())
    bench.book.add("start-up", 0, world.median("--version"))
    bench.book.add("validate the sample", 0, world.median("validate"))
    bench.book.add("plan the sample", 0, world.median("plan"))
