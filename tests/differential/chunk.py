"""One chunk of cases in a process of its own: `python -m tests.differential.chunk case 1 0 500 FILE`.

Keras keeps something of every model that it makes, and now and then dies; a process for each chunk
loses neither memory nor the other chunks.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.differential.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
FORGET_AFTER = 200


def verdicts(what: str, seed: int, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Judge the cases (or programs) of these numbers; each as a line of the report."""
    import keras

    judged = _cases if what == "case" else _programs
    for number in range(first, last):
        yield from judged(seed, number)
        if number % FORGET_AFTER == 0:
            keras.utils.clear_session()


def _cases(seed: int, number: int) -> Iterator[dict[str, Any]]:
    from tests.differential import draw, judge

    case = draw.draw(seed, number)
    yield line("case", number, case.symbol.key, judge.family(case), judge.judge(case))


def _programs(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """A program; where it is right, the same with a mistake in it as well."""
    from tests.differential import judge_programs, mistakes, programs

    text = programs.draw(seed, number)
    verdict = judge_programs.judge(text, number)
    yield line("program", number, "program", "trained" if "\ntrain:" in text else "plain", verdict)
    wrong = mistakes.judge(text, seed, number) if verdict.kind == "accepted" else None
    if wrong is not None:
        yield line("mistake", number, wrong.parameter, wrong.parameter, wrong)


def line(what: str, number: int, subject: str, family: str, verdict: Verdict) -> dict[str, Any]:
    """A verdict as a line of the report: its program only where there is something to see."""
    short = {
        "what": what,
        "number": number,
        "subject": subject,
        "family": family,
        "kind": verdict.kind,
        "codes": list(verdict.codes),
        "parameter": verdict.parameter,
    }
    if verdict.kind in {"accepted", "refused"}:
        return short
    return {**short, "program": verdict.program, "ours": verdict.ours, "theirs": verdict.theirs}


def last_of(path: Path) -> int:
    """The last number in a file of lines; -1 where there is none."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return int(json.loads(lines[-1])["number"]) if lines else -1


def note_death(what: str, first: int, path: Path) -> None:
    """Note the case that took the process with it, so that a chunk that goes on passes it."""
    unfinished = Path(f"{path}.part")
    number = max(last_of(unfinished) + 1, first)
    said = Verdict("dies", "", "the process dies")
    with unfinished.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line(what, number, "?", "?", said)) + "\n")


def main() -> None:
    """Judge a chunk, from where it was left; the file appears when it is done."""
    what, seed, first, last, path = sys.argv[1:]
    unfinished = Path(f"{path}.part")
    begin = max(int(first), last_of(unfinished) + 1)
    with unfinished.open("a", encoding="utf-8") as file:
        for one in verdicts(what, int(seed), begin, int(last)):
            file.write(json.dumps(one) + "\n")
            file.flush()
    unfinished.rename(path)


if __name__ == "__main__":
    main()
