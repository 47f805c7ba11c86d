"""Right programs beside the Python that they become: `tests/cases/ok/NAME.graph` and `NAME.py`.

`pytest tests/unit/test_right_programs.py --update` writes the Python anew; read the difference as its user would.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from dsl import compiler
from dsl.files import loader_beside, read_source
from dsl.report.text import render_all

OK = Path(__file__).parents[1] / "cases" / "ok"
PROGRAMS = sorted(OK.glob("*.graph"))
RUFF = Path(sys.executable).with_name("ruff")


def checked(program: Path) -> compiler.Compilation:
    """A program of `tests/cases/ok`, checked."""
    source = read_source(str(program))
    return compiler.check(source, loader=loader_beside(source))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.stem)
def test_a_right_program_becomes_this_python(program: Path, update: bool) -> None:
    done = checked(program)
    said = render_all(done.diagnostics)
    assert not said
    text = compiler.emit(done)
    expected = program.with_suffix(".py")
    if update:
        expected.write_text(text, "utf-8")
    if text != expected.read_text("utf-8"):  # pytest's own comparison of long texts takes minutes
        pytest.fail(f"{expected.name} is another text now: `make update`, and read the difference")


def test_each_python_has_its_program() -> None:
    assert {one.stem for one in OK.glob("*.py")} == {one.stem for one in PROGRAMS}


@pytest.mark.parametrize("command", [["check"], ["format", "--diff"]], ids=lambda one: one[0])
def test_ruff_has_nothing_to_say_of_it(command: list[str]) -> None:
    files = [str(one) for one in OK.glob("*.py")]
    call = [str(RUFF), *command, "--isolated", "--no-cache", "--quiet", *files]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.slow
def test_the_python_is_the_same_whatever_python_hashes_by() -> None:
    code = f"""
import runpy, hashlib
names = runpy.run_path({str(Path(__file__))!r})
for program in names["PROGRAMS"]:
    text = names["compiler"].emit(names["checked"](program))
    print(program.stem, hashlib.sha256(text.encode()).hexdigest())
"""
    expected = [
        f"{one.stem} {sha256(one.with_suffix('.py').read_bytes()).hexdigest()}" for one in PROGRAMS
    ]
    for seed in "17":
        there = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=there
        )
        assert done.stdout.splitlines() == expected
