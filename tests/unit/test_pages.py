"""Every code has a page, and every program of a page does what the page says."""

import re
from pathlib import Path

import pytest

from dsl import compiler
from dsl.cli.main import main
from dsl.codes import CODES
from dsl.diagnostics import Problems
from dsl.formatter import format_source
from dsl.loaders import DictLoader
from dsl.pages import document, page
from dsl.report.text import render_all
from dsl.source import Source

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = frozenset(
    {
        "build-failed",
        "training-failed",
        "outside-kind",
        "params-limit",
        "madds-limit",
        "newer-keras",
        "other-keras",
    }
)
"""Codes that no text alone provokes: they need a build, a value from outside, or an option."""


def programs(code):
    """The files, wrong program, what is said of it, and right program of a page."""
    files, found = {}, {}
    for language, tag, text in FENCE.findall(page(code)):
        kind, _, value = tag.strip().partition("=")
        if kind == "file":
            files[value] = text
        else:
            found["said" if language == "text" else kind or "right"] = (value, text)
    return files, found


def checked(text, files):
    return compiler.check(Source("page.graph", text), loader=DictLoader(files)).diagnostics


def test_every_code_has_its_page_and_every_page_its_code():
    pages = {path.stem for path in (ROOT / "dsl/pages").glob("*.md")}
    assert pages == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_speaks_the_truth(code, request):
    files, found = programs(code)
    right = checked(found["right"][1], files)
    assert not right, [one.message for one in right]
    if code in ELSEWHERE:
        return
    value, wrong = found[CODES[code].severity]
    said = checked(wrong, files)
    assert [one.code.id for one in said] == [code] == [value]
    if f"{render_all(said)}\n" != found["said"][1]:
        assert request.config.getoption("--update"), "what is said of the wrong program has changed"
        path = ROOT / f"dsl/pages/{code}.md"
        path.write_text(
            page(code).replace(found["said"][1], f"{render_all(said)}\n"), encoding="utf-8"
        )


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_right_program_is_in_the_layout(code):
    _, found = programs(code)
    text = found["right"][1]
    assert format_source(Source("page.graph", text), Problems()) == text


def test_the_document_is_fresh():
    assert (ROOT / "docs/errors.md").read_text(encoding="utf-8") == document()


def test_explain_prints_a_page(capsys):
    assert main(["explain", "twins"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "warning[twins]: twin branches that share no weights\nKeras says nothing.\n"
    )
    assert "    shared encode = Dense(4, relu)\n" in text
    assert "```" not in text


def test_explain_lists_all_codes(capsys):
    assert main(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CODES)


def test_a_misspelt_code_finds_the_nearest(capsys):
    assert main(["explain", "twin"]) == 2
    assert "did you mean twins" in capsys.readouterr().err
