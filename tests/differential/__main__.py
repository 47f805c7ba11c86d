"""A long run: `python -m tests.differential --cases 100000 --programs 5000 --seed 1 --processes 2`.

It goes in chunks, each a process and a file of the folder given; a run that was broken off goes on
where it was when it is started again with the same folder and seed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.differential.chunk import note_death
from tests.differential.report import disagreements, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

Chunk = tuple[str, int, int, int, Path]
"""What is drawn, the seed, the first number, the last one (without it), and the file."""

CHUNK = 1000
PAUSE = 0.2


def main() -> int:
    """Run what is missing, and sum up; exit 1 where there is a disagreement."""
    asked = _arguments().parse_args()
    folder = Path(asked.report)
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [*_chunks(asked, folder, "case", asked.cases)]
    chunks += _chunks(asked, folder, "program", asked.programs)
    _run([one for one in chunks if not one[-1].exists()], asked.processes)
    lines = [line for *_, path in chunks for line in _read(path)]
    found = disagreements(lines)
    (folder / "summary.txt").write_text(summary(lines), encoding="utf-8")
    (folder / "disagreements.md").write_text(found, encoding="utf-8")
    sys.stdout.write(f"{summary(lines)}\n{folder}/disagreements.md has each disagreement\n")
    return 1 if found else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many layers and functions")
    parser.add_argument("--programs", type=int, default=500, help="how many whole programs")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other ones")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--processes", type=int, default=1, help="how many at once")
    parser.add_argument(
        "--report", default="build/differential", help="the folder of what is found"
    )
    return parser


def _chunks(asked: argparse.Namespace, folder: Path, what: str, count: int) -> Iterator[Chunk]:
    size = CHUNK if what == "case" else CHUNK // 5
    for first in range(asked.first, asked.first + count, size):
        last = min(first + size, asked.first + count)
        yield what, asked.seed, first, last, folder / f"{what}-{asked.seed}-{first}-{last}.jsonl"


def _run(waiting: list[Chunk], processes: int) -> None:
    """Some chunks at once; one that dies goes on behind the case that it died of."""
    total, start = len(waiting), time.monotonic()
    running: list[tuple[subprocess.Popen[bytes], Chunk]] = []
    while waiting or running:
        while waiting and len(running) < processes:
            chunk = waiting.pop(0)
            command = [sys.executable, "-m", "tests.differential.chunk", *map(str, chunk)]
            running.append((subprocess.Popen(command, stderr=subprocess.DEVNULL), chunk))
        for process, chunk in [one for one in running if one[0].poll() is not None]:
            running.remove((process, chunk))
            what, _, first, last, path = chunk
            died = process.returncode != 0
            if died:
                note_death(what, first, path)
                waiting.insert(0, chunk)
            done, seconds = total - len(waiting) - len(running), time.monotonic() - start
            state = f" died with {process.returncode}, and goes on" if died else ""
            sys.stdout.write(
                f"{done}/{total} chunks, {seconds:.0f} s: {what} {first}-{last}{state}\n"
            )
            sys.stdout.flush()
        time.sleep(PAUSE)


def _read(path: Path) -> list[dict[str, Any]]:
    """What a chunk found; as far as it came, where it died."""
    for one in (path, Path(f"{path}.part")):
        if one.exists():
            return [json.loads(line) for line in one.read_text("utf-8").splitlines()]
    return []


if __name__ == "__main__":
    sys.exit(main())
