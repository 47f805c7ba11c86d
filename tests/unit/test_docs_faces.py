"""The pages about Python, the command line and notebooks say what is."""

import json
import re
from pathlib import Path

import pytest

from dsl import compiler
from dsl.cli.options import parser
from dsl.report.json import to_json
from dsl.source import Source
from dsl.views.json import summary_json

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _blocks(page, language):
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _run(blocks):
    names = {}
    for block in blocks:
        exec(compile(block, "python.md", "exec"), names)  # noqa: S102 -- our own page


def test_the_examples_of_the_python_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = [one for one in _blocks("python.md", "python") if "build_model(" not in one]
    assert len(blocks) == 3
    _run(blocks)


@pytest.mark.keras
def test_the_examples_that_build_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _run(_blocks("python.md", "python"))


def test_the_json_of_the_command_lines_page_is_what_is_written():
    wrong, right = _blocks("cli.md", "graph")
    errors, summary = map(json.loads, _blocks("cli.md", "json"))
    found = compiler.check(Source("page.graph", wrong))
    assert json.loads(to_json(found.diagnostics)) == errors
    program = compiler.check(Source("page.graph", right)).program
    assert json.loads(summary_json(program)) == summary


def test_the_options_of_the_magic_are_documented():
    pytest.importorskip("IPython")
    from magics.options import cell_parser

    page = (DOCS / "notebook.md").read_text(encoding="utf-8")
    options = [one for action in cell_parser()._actions for one in action.option_strings]
    assert [one for one in options if one != "-h" and f"`{one}" not in page] == []


def test_every_command_has_the_documented_options():
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    options = [one for action in parser("", "")._actions for one in action.option_strings]
    assert [one for one in options if one not in {"-h", "--help"} and f"`{one}" not in page] == []


def test_the_table_on_the_page_about_costs_is_what_is_written():
    from dsl.views.summary import summary_text

    graph = (DOCS.parent / "examples" / "first_model.graph").read_text(encoding="utf-8")
    program = compiler.check(Source("first_model.graph", graph)).program
    (shown,) = _blocks("cost.md", "text")
    assert summary_text(program, (1, 128)) == "model first_model\n" + shown
