"""What a command costs: time, processor time, peak memory and bytes written."""

import json
import os
import statistics
import subprocess
from dataclasses import dataclass, fields
from pathlib import Path


class Failure(Exception):
    """A command that is part of a measurement did not do what it was run for."""


@dataclass(frozen=True)
class Cost:
    wall: float
    # Of something that is not a command of its own, nothing but the time is known.
    cpu: float | None = None
    memory: int | None = None
    written: int | None = None

    @staticmethod
    def median(costs):
        return Cost(*(statistics.median(getattr(cost, field.name) for cost in costs)
                      for field in fields(Cost)))


class Meter:
    """Runs commands through the program `costs`, which measures them from outside."""

    # Short commands are repeated until so many seconds have gone by, or so many times.
    patience = 2.0
    most = 7

    def __init__(self, program, scratch):
        self.program = program
        self.scratch = Path(scratch)

    def once(self, command, folder=None, environment=None, output=os.devnull):
        report, errors = self.scratch / "cost.json", self.scratch / "errors"
        with open(errors, "wb") as sink, open(output, "wb") as result:
            code = subprocess.run(
                [self.program, report, *command], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=result, stderr=sink, check=False).returncode
        if code != 0:
            words = " ".join(map(str, command))
            said = errors.read_text(errors="replace").strip()[-2000:]
            raise Failure(f"exit code {code} of: {words}\n{said}")
        return Cost(**json.loads(report.read_text()))

    def median(self, command, **options):
        """For commands that change nothing: the first run warms up and counts only if it is long."""
        costs = [self.once(command, **options)]
        if costs[0].wall < self.patience:
            costs = []
            while len(costs) < self.most and sum(cost.wall for cost in costs) < self.patience:
                costs.append(self.once(command, **options))
        return Cost.median(costs)


def said(command, **options):
    """The standard output of a command that must succeed."""
    outcome = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    if outcome.returncode != 0:
        words = " ".join(map(str, command))
        raise Failure(f"exit code {outcome.returncode} of: {words}\n{outcome.stderr.strip()[-2000:]}")
    return outcome.stdout
