"""The extension of JupyterLab: its words are the language's, and its files find each other."""

import json
import re
from pathlib import Path

import pytest

from dsl.checker.expressions import CONSTANTS
from dsl.shapes.dtypes import DTYPES
from dsl.version import __version__
from magics import lexer, squiggles

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "magics" / "labextension"
STATIC = FOLDER / "static"
GRAMMAR = (ROOT / "dsl" / "parser" / "grammar.lark").read_text(encoding="utf-8")


def words_of(name):
    """A list of words of language.js."""
    text = (STATIC / "language.js").read_text(encoding="utf-8")
    found = re.search(rf"const {name} = \[(.*?)\];", text, re.DOTALL)
    return re.findall(r"'(\w+)'", found[1])


def grammar_words():
    rules = re.sub(r"//.*|/.*/", "", GRAMMAR)
    return sorted(set(re.findall(r'"([a-z]+)"', rules)))


def test_the_words_are_those_of_the_grammar():
    listed = words_of("HEADS") + words_of("WORDS") + words_of("OPERATORS")
    assert sorted(listed) == grammar_words()


def test_the_lexer_has_the_same_words():
    assert sorted(lexer._STATEMENTS) == sorted(words_of("HEADS") + words_of("WORDS"))
    assert sorted(lexer._CONSTANTS) == sorted(words_of("CONSTANTS"))
    assert sorted(lexer._DTYPES) == sorted(words_of("DTYPES"))


def test_constants_and_dtypes_are_those_of_the_language():
    assert sorted(words_of("CONSTANTS")) == sorted(CONSTANTS)
    assert sorted(words_of("DTYPES")) == sorted(DTYPES)


def test_the_package_names_the_container_and_the_version():
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    assert package["version"] == __version__
    assert (FOLDER / package["jupyterlab"]["_build"]["load"]).is_file()
    assert package["name"] == "dslc"


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.stem)
def test_what_a_file_imports_is_there(path):
    text = path.read_text(encoding="utf-8")
    modules = re.findall(r"from '\./([\w.]+)'|new URL\('([\w.]+)'", text)
    for names in modules:
        assert (STATIC / "".join(names)).is_file()


def test_both_ends_speak_of_the_same():
    text = (STATIC / "squiggles.js").read_text(encoding="utf-8")
    assert f"'{squiggles.TARGET}'" in text
