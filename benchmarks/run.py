"""How fast the compiler is, as ratios taken in one run.

    python benchmarks/run.py [--only PART] [--runs N] [--json FILE]

Each figure is a median. The two sides of a ratio are measured in turn on the same machine, so that
what else the machine does falls on both. Times are of whole processes unless said otherwise;
memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent), "TF_CPP_MIN_LOG_LEVEL": "3"}
ENVIRONMENT.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # an installed package has its bytecode; so has lark
CHAIN = 500  # as long as a chain of a wide graph is; Keras itself takes no more than 980


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds, and peak memory in MiB."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Row:
    """One line of the table: a ratio, its bound, and the two figures it is made of."""

    what: str
    ours: str
    theirs: str
    ratio: float
    bound: str
    holds: bool


def process(command: list[str]) -> Cost:
    """Run a command to its end, and measure it."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        command[0], command, ENVIRONMENT,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
    )  # fmt: skip
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(
            f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}"
        )
    return Cost(seconds, usage.ru_maxrss / 1024)


def in_turn(runs: int, *sides: Callable[[], Cost]) -> list[Cost]:
    """The medians of several things measured in turn, after one round that does not count."""
    rounds = [[side() for side in sides] for _ in range(runs + 1)][1:]
    return [
        Cost(
            statistics.median(one.seconds for one in side),
            statistics.median(one.memory for one in side),
        )
        for side in zip(*rounds, strict=True)
    ]


def python(code: str) -> Callable[[], Cost]:
    """A process that runs this code."""
    return lambda: process([sys.executable, "-c", code])


def compiling(source: Path, target: Path) -> Callable[[], Cost]:
    """A process that compiles this source."""
    return lambda: process([sys.executable, "-m", "dsl", str(source), "-o", str(target)])


def at_most(what: str, ours: float, theirs: float, unit: str, bound: float) -> Row:
    """A row whose ratio, ours by theirs, may be no more than the bound."""
    ratio = ours / theirs
    return Row(
        what, f"{ours:.3f} {unit}", f"{theirs:.3f} {unit}", ratio, f"<= {bound:g}", ratio <= bound
    )


def cold(folder: Path, runs: int) -> Iterable[Row]:
    """A compile from nothing, beside importing what it is made of, and beside importing Keras."""
    ours, made_of = in_turn(
        runs,
        compiling(EXAMPLES / "question_answering.graph", folder / "qa.py"),
        python("import lark, jinja2"),
    )
    (keras,) = in_turn(runs, python("import keras"))
    yield at_most("compile / import lark, jinja2: time", ours.seconds, made_of.seconds, "s", 2)
    yield at_most("compile / import lark, jinja2: memory", ours.memory, made_of.memory, "MiB", 2)
    yield at_most("compile / import keras: time", ours.seconds, keras.seconds, "s", 1 / 20)


def chains(layers: int) -> str:
    """A program of so many layers, in parallel chains of at most `CHAIN` each."""
    lengths = [CHAIN] * (layers // CHAIN) + ([layers % CHAIN] if layers % CHAIN else [])
    lines = ["input x: [16]"]
    for number, length in enumerate(lengths):
        lines.append(f"x{number} = Dense(16, relu)(x)")
        lines.extend([f"x{number} = Dense(16, relu)(x{number})"] * (length - 1))
    ends = ", ".join(f"x{number}" for number in range(len(lengths)))
    return "\n".join(
        [*lines, f"output y = {f'concatenate([{ends}])' if len(lengths) > 1 else ends}\n"]
    )


KERAS_CHAIN = """
import statistics, time, keras
from keras import layers
def build():
    keras.backend.clear_session()
    start = time.perf_counter()
    first = x = layers.Input((16,))
    for _ in range(800):
        x = layers.Dense(16, activation="relu")(x)
    keras.Model(first, x)
    return time.perf_counter() - start
print(statistics.median([build() for _ in range({runs} + 1)][1:]))
"""


def chain(folder: Path, runs: int) -> Iterable[Row]:
    """800 layers in a row: a compile from nothing, beside Keras building them in a warm process."""
    source = folder / "chain.graph"
    lines = ["input x: [16]", *["x = Dense(16, relu)(x)"] * 799, "output y = Dense(16, relu)(x)\n"]
    source.write_text("\n".join(lines))
    (ours,) = in_turn(runs, compiling(source, folder / "chain.py"))
    keras = float(answer(KERAS_CHAIN.replace("{runs}", str(runs))))
    ratio = keras / ours.seconds
    yield Row(
        "Keras building 800 layers / compiling them: time",
        f"{ours.seconds:.3f} s", f"{keras:.3f} s", ratio, ">= 5", ratio >= 5,
    )  # fmt: skip


def answer(code: str, *arguments: str) -> str:
    """What a Python process prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def growth(folder: Path, runs: int) -> Iterable[Row]:
    """From 100 to 10,000 layers: what each further layer costs, beside those up to 1,000."""
    costs: dict[int, Cost] = {}
    for layers in (100, 1000, 3000, 10000):
        source = folder / f"wide{layers}.graph"
        source.write_text(chains(layers))
        (costs[layers],) = in_turn(runs, compiling(source, folder / "wide.py"))
    first = slope(costs[100], costs[1000], 900)
    for low, high in ((1000, 3000), (3000, 10000)):
        step = slope(costs[low], costs[high], high - low)
        span = f"a layer between {low:,} and {high:,} / up to 1,000"
        yield at_most(f"{span}: time", step.seconds * 1000, first.seconds * 1000, "ms", 1.5)
        yield at_most(f"{span}: memory", step.memory * 1024, first.memory * 1024, "KiB", 1.5)


def slope(low: Cost, high: Cost, layers: int) -> Cost:
    """What each further layer cost."""
    return Cost((high.seconds - low.seconds) / layers, (high.memory - low.memory) / layers)


PACE = """
import runpy, statistics, sys, time
import keras, numpy as np
generated = runpy.run_path(sys.argv[1])["build_model"]()
by_hand = runpy.run_path(sys.argv[2])["digits"](keras)
draw = np.random.default_rng(0)
images, labels = draw.random((1024, 8, 8, 1), "float32"), draw.integers(0, 10, 1024)
def epoch(model):
    start = time.perf_counter()
    model.fit(images, labels, epochs=1, batch_size=32, verbose=0)
    return time.perf_counter() - start
for model in (generated, by_hand):
    model.compile("adam", "sparse_categorical_crossentropy")
    epoch(model)
rounds = [[epoch(generated), epoch(by_hand)] for _ in range(int(sys.argv[3]))]
print(*[statistics.median(side) for side in zip(*rounds)])
"""


def pace(folder: Path, runs: int) -> Iterable[Row]:
    """An epoch of the generated digits model, beside one of the same model written by hand."""
    target = folder / "digits.py"
    compiling(EXAMPLES / "digits.graph", target)()
    listings = HERE.parent / "tests" / "keras" / "listings.py"
    ours, theirs = map(float, answer(PACE, str(target), str(listings), str(2 * runs)).split())
    yield at_most("an epoch, generated / by hand: time", ours, theirs, "s", 1.05)


KNOWING = """
import sys, time
start = time.perf_counter()
import lark, jinja2
made_of = time.perf_counter() - start
import dsl.compiler, dsl.emit.text, dsl.files  # the rest of a compile, so that the catalogue alone is timed
start = time.perf_counter()
from importlib import import_module
from dsl.catalogue import lookup
from dsl.catalogue.application import rule_of
for key in sys.argv[1:]:
    rule_of(lookup.by_key(key))
print(time.perf_counter() - start, made_of)
"""
EVERYDAY = (
    "Dense",
    "Embedding",
    "LSTM",
    "Conv2D",
    "MaxPooling2D",
    "BatchNormalization",
    "Flatten",
    "layers.concatenate",
    "ops.mean",
)
"""Layers and functions of nine families: more than a program of everyday has."""


def catalogue(_folder: Path, runs: int) -> Iterable[Row]:
    """What the catalogue adds to a cold start: its facts, and the rules of an everyday program."""
    rounds = [answer(KNOWING, *EVERYDAY).split() for _ in range(2 * runs)]
    ours, made_of = (
        1000 * statistics.median(map(float, side)) for side in zip(*rounds, strict=True)
    )
    yield at_most("reading the catalogue / import lark, jinja2: time", ours, made_of, "ms", 0.2)


CHECKED = """
import statistics, sys, time
from dsl import compiler
from dsl.source import Source
def seconds(layers):
    lines = ["input x: [16]", *["x = Dense(16, relu)(x)"] * (layers - 1), "output y = Dense(16, relu)(x)"]
    source = Source("chain.graph", "\\n".join(lines) + "\\n")
    start = time.perf_counter()
    assert compiler.check(source).ok
    return time.perf_counter() - start
rounds = [seconds(800) - seconds(100) for _ in range(int(sys.argv[1]) + 1)][1:]
print(statistics.median(rounds) / 700)
"""


def layer(_folder: Path, runs: int) -> Iterable[Row]:
    """To read and check one layer more, beside Keras building it; both in a warm process."""
    ours = 1e6 * float(answer(CHECKED, str(runs)))
    theirs = 1e6 * float(answer(KERAS_CHAIN.replace("{runs}", str(runs)))) / 800
    yield at_most("one layer, checked / built by Keras: time", ours, theirs, "us", 1 / 5)


PARTS = {part.__name__: part for part in (cold, catalogue, layer, chain, growth, pace)}


def table(rows: list[Row]) -> str:
    """The rows as text."""
    lines = [("what", "ours", "theirs", "ratio", "bound", "")]
    lines += [
        (
            row.what,
            row.ours,
            row.theirs,
            f"{row.ratio:.3f}",
            row.bound,
            "" if row.holds else "TOO MUCH",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def main() -> int:
    """Measure what is asked for, print it, and say by the exit code whether all bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    parser.add_argument("--runs", type=int, default=7, help="how often each side is run (7)")
    parser.add_argument("--json", type=Path, help="write the rows to this file too")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or PARTS:
            rows.extend(PARTS[name](Path(folder), options.runs))
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
