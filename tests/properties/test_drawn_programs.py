"""What holds of any program: drawn from the grammar, right ones drawn with layers of the catalogue, and wrong ones.

`make fuzz` draws many more of them.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dsl.compiler import Compilation, check, emit
from dsl.diagnostics import Problems
from dsl.fixes import fixed
from dsl.formatter import format_source
from dsl.parser import parse
from dsl.source import Source
from tests.fuzz.target import run
from tests.properties.drawn import derived, programs

pytestmark = pytest.mark.slow

RUFF = Path(sys.executable).with_name("ruff")
few = settings.default.max_examples // 5
"""The programs are large: a fifth of what the profile asks for."""
patient = settings(max_examples=few, suppress_health_check=list(HealthCheck))


def checked(text: str) -> Compilation:
    return check(Source("drawn.graph", text), values={"flag": True} if "$flag" in text else {})


def errors(done: Compilation) -> int:
    return sum(one.severity == "error" for one in done.diagnostics)


def python(done: Compilation) -> str:
    """What a program becomes, without its head and tables, which bear the hash of the text and its lines."""
    body = ast.parse(emit(done)).body[1:]
    kept = [one for one in body if not isinstance(one, ast.Assign | ast.AnnAssign)]
    return ast.dump(ast.Module(kept, []))


@patient
@given(derived())
def test_what_the_grammar_derives_goes_through_every_pass(text: str) -> None:
    run(text)


@patient
@given(programs(wrong=8))
def test_wrong_programs_go_through_every_pass(text: str) -> None:
    run(text)


@patient
@given(programs(wrong=8))
def test_diagnostics_stand_in_the_order_of_the_text(text: str) -> None:
    found = checked(text).diagnostics
    places = [(one.span.start, one.span.end) for one in found]
    assert places == sorted(places)
    for one in found:
        for span in (*(label.span for label in one.labels), *([one.fix.span] if one.fix else ())):
            assert 0 <= span.start <= span.end <= len(span.source.text)


@patient
@given(programs(wrong=8))
def test_mends_never_make_more_errors(text: str) -> None:
    source = Source("drawn.graph", text)
    after, count = fixed(source, lambda one: checked(one.text).diagnostics)
    assert errors(checked(after.text)) <= errors(checked(text))
    assert (after.text == text) == (count == 0)


@patient
@given(programs())
def test_the_layout_changes_nothing_of_a_program(text: str) -> None:
    source = Source("drawn.graph", text)
    again = format_source(source, Problems())
    assert again is not None
    assert (
        parse(source, Problems()).statements
        == parse(Source("drawn.graph", again), Problems()).statements
    )
    before, after = checked(text), checked(again)
    assert before.ok == after.ok
    if before.ok:
        assert python(before) == python(after)


@patient
@given(programs())
def test_right_programs_become_python_as_ruff_lays_it_out(text: str) -> None:
    done = checked(text)
    if not done.ok:
        return
    made = emit(done)
    assert made == emit(checked(text))
    compile(made, "drawn.py", "exec")
    command = [RUFF, "format", "--isolated", "--diff", "-"]
    ran = subprocess.run(
        command, input=made, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.stdout == ""


def test_most_of_the_programs_that_should_be_right_are() -> None:
    told: Counter[bool] = Counter()

    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def count(text: str) -> None:
        told[checked(text).ok] += 1

    count()
    assert told[True] > 4 * told[False]
