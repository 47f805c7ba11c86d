"""Wrong programs beside all that is said of them: `tests/cases/bad/NAME.graph` and `NAME.txt`.

`pytest tests/unit/test_bad_programs.py --update` writes the texts anew; read the difference as a beginner would.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl import compiler
from dsl.loaders import DictLoader
from dsl.report.text import render_all
from dsl.source import Source

BAD = Path(__file__).parents[1] / "cases" / "bad"
PROGRAMS = sorted(BAD.glob("*.graph"))
IMPORTED = {f"imported/{one.name}": one.read_text("utf-8") for one in BAD.glob("imported/*.graph")}


def said_of(program: Path) -> str:
    """All diagnostics of a program, as text."""
    names = {**IMPORTED, **{name.rpartition("/")[2]: text for name, text in IMPORTED.items()}}
    source = Source(program.name, program.read_text("utf-8"))
    return render_all(compiler.check(source, loader=DictLoader(names)).diagnostics) + "\n"


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.stem)
def test_a_wrong_program_is_told_what_is_wrong(program: Path, update: bool) -> None:
    said = said_of(program)
    expected = program.with_suffix(".txt")
    if update:
        expected.write_text(said, "utf-8")
    assert said == expected.read_text("utf-8")


def test_each_text_has_its_program() -> None:
    assert {one.stem for one in BAD.glob("*.txt")} == {one.stem for one in PROGRAMS}
