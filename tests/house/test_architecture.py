"""The page about the house tells the truth about its rooms, and no function outgrows a page."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CODE = [*(ROOT / "dsl").rglob("*.py"), *(ROOT / "magics").rglob("*.py")]


def test_each_path_that_the_page_names_is_there():
    named = re.findall(r"`((?:dsl|templates|tests|magics)/[\w./]*)`", PAGE)
    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_each_room_is_on_the_page():
    rooms = {one.name for one in (ROOT / "dsl").iterdir() if (one / "__init__.py").exists()}
    assert {one for one in rooms if f"dsl/{one}/" not in PAGE} == set()


def test_the_page_has_the_order_of_imports_that_is_held():
    written = PAGE.partition("Imports go downward")[2].partition("##")[0]
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter", "utf-8")
    layers = contracts["importlinter:contract:rooms"]["layers"].split("\n")
    held = [one.strip() for one in layers if one.strip() not in ("", "__main__")]
    shown = re.sub(r"\s*→\s*", "→", written).rpartition(":\n")[2].strip().rstrip(".")
    assert shown.replace("`", "").split("→") == held


def test_the_page_is_read_in_five_minutes():
    assert len(PAGE.splitlines()) < 150


@pytest.mark.parametrize("path", CODE, ids=lambda one: str(one.relative_to(ROOT)))
def test_no_function_is_longer_than_a_page(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    lengths = {one.name: (one.end_lineno or 0) - one.lineno + 1 for one in functions}
    assert {name: length for name, length in lengths.items() if length > 60} == {}
