"""Every program in the documentation does what its block says.

A block begins with ```` ```graph ````, and may be tagged `error=CODE` (its first error),
`warning=CODE` (one of its warnings, and no error), or `file=NAME` (a file that the later blocks of
the page may import; it may be Python too). Without a tag a program is accepted without a word, and emitted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsl import compiler
from dsl.loaders import DictLoader
from dsl.source import Source

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"^```(?:graph|python(?= file=))(?P<tags>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A program of a page: where it stands, its tag and what that says, and the files before it."""

    where: str
    tag: str
    value: str
    text: str
    files: dict[str, str]


def blocks(page: Path) -> list[Block]:
    """The programs of a page, in order."""
    text, files, found = page.read_text(), {}, []
    for match in BLOCK.finditer(text):
        tag, _, value = match["tags"].strip().partition("=")
        if tag == "file":
            files = {**files, value: match["text"]}
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(f"{page.name}:{line}", tag, value, match["text"], files))
    return found


PROGRAMS = [block for page in PAGES for block in blocks(page)]


@pytest.mark.parametrize(
    "block", [one for one in PROGRAMS if one.tag != "file"], ids=lambda block: block.where
)
def test_a_program_of_the_documentation_does_what_it_says(block: Block) -> None:
    checked = compiler.check(Source("page.graph", block.text), loader=DictLoader(block.files))
    errors = [one.code.id for one in checked.diagnostics if one.severity == "error"]
    warnings = [one.code.id for one in checked.diagnostics if one.severity == "warning"]
    if block.tag == "error":
        assert errors[:1] == [block.value]
    elif block.tag == "warning":
        assert (errors, block.value in warnings) == ([], True)
    else:
        assert (errors, warnings) == ([], [])
        compiler.emit(checked)


def test_the_pages_hold_programs() -> None:
    assert len(PROGRAMS) > 40


def test_no_tag_is_unknown() -> None:
    assert {block.tag for block in PROGRAMS} <= {"", "error", "warning", "file"}
