"""Colours: every program falls into tokens that give it back, none of them wrong."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from magics.lexer import GraphLexer

CASES = Path(__file__).parents[1] / "cases"
PROGRAMS = [*sorted(CASES.glob("ok/*.graph")), *sorted(Path("examples").glob("*.graph"))]


def tokens(text):
    return [
        (str(kind).removeprefix("Token."), words) for kind, words in GraphLexer().get_tokens(text)
    ]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_falls_into_tokens(path):
    text = path.read_text(encoding="utf-8")
    found = tokens(text)
    assert "".join(words for _, words in found).strip() == text.strip()
    assert not [words for kind, words in found if kind in ("Error", "Text")]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("input x: float32[3]", "Keyword.Type", "float32"),
        ("input x: [3]", "Keyword.Declaration", "input"),
        ("y = Dense(3)(x)", "Name.Class", "Dense"),
        ("y = Dense(units=3)(x)", "Name.Attribute", "units"),
        ("y = concatenate([a, b])", "Name.Function", "concatenate"),
        ("y = x -> Flatten", "Operator", "->"),
        ("y = Dense($units)(x)", "Name.Variable.Global", "$units"),
        ("block Unit(n)(x):", "Name.Class", "Unit"),
        ("# words", "Comment.Single", "# words"),
        ("train:\n    loss = mse", "Keyword", "train"),
        ("model = 3", "Name", "model"),
        ("x = 1_000.5e-3", "Literal.Number", "1_000.5e-3"),
        ('x = "a # b"', "Literal.String", '"a # b"'),
        ("x = not true", "Keyword.Constant", "true"),
    ],
)
def test_a_word_is_what_it_is(text, kind, words):
    assert (kind, words) in tokens(text)


def test_pygments_finds_the_lexer_by_name():
    found = {one.name: one.value for one in entry_points(group="pygments.lexers")}
    assert found["graph"] == "magics.lexer:GraphLexer"


@pytest.mark.slow
def test_nbconvert_colours_a_cell():
    import nbformat
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.HighlightMagicsPreprocessor.languages = {"%%graph": "graph"}
    cell = nbformat.v4.new_code_cell("%%graph\ninput x: [8]\noutput y = Dense(3, relu)(x)")
    text, _ = HTMLExporter(config=config).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert '<span class="nc">Dense</span>' in text
