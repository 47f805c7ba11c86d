"""No text of a program breaks out of its place: not in the generated Python, nor in a page that shows it."""

import ast
import json
import re
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsl.compiler import check, emit
from dsl.picture.fold import diagrams
from dsl.picture.mermaid import mermaid
from dsl.picture.svg import svg
from dsl.report import html
from dsl.report.json import to_json
from dsl.report.sarif import to_sarif
from dsl.report.text import render_all
from dsl.source import Source
from dsl.views.json import summary_json
from dsl.views.summary import summary_text
from magics.display import summary_html

pytestmark = pytest.mark.slow

LITERAL = {
    "vocabulary": "output y = StringLookup(vocabulary=[{text}, 'b'])(words) -> Embedding(9, 4)",
    "mask token": "output y = StringLookup(vocabulary=['zz'], mask_token={text})(words) -> Embedding(9, 4)",
    "dictionary": "d = {{{text}: 3}}\nfor name, n in d: h = Embedding(9, n)(Hashing(9)(words))\noutput y = h",
    "f-string": "t = {text}\noutput y = StringLookup(vocabulary=[f'{{t}}', 'b'])(words) -> Embedding(9, 4)",
    "condition": "output y = Embedding(9, 4 if {text} == 'a' else 5)(Hashing(9)(words))",
    "default": "$t = {text}\noutput y = StringLookup(vocabulary=[$t, 'b'])(words) -> Embedding(9, 4)",
}
COMMENTED = {
    "at the head": "# {text}\ninput x: [4]\noutput y = Dense(3)(x)",
    "above a block": "# {text}\nblock B()(x):\n    return Dense(3)(x)\ninput x: [4]\noutput y = B()(x)",
    "in a block": "block B()(x):\n    # {text}\n    return Dense(3)(x)\ninput x: [4]\noutput y = B()(x)",
    "behind a line": "input x: [4]\noutput y = Dense(3)(x)  # {text}",
    "in a chain": "input x: [4]\noutput y = x\n    # {text}\n    -> Dense(3)",
    "in training": "input x: [4]\noutput y = Dense(1)(x)\ntrain:\n    loss = mse  # {text}",
}
NASTY = [
    '"""', "'''", '"', "'", "\\", '\\"', "{", "}", "{x}", "{{", "%s", "#", "\n", "\r", "\t", "\x00",
    "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\ufeff", "\ud7ff", "é", "\U0001d518", "\u202e", "{% raw %}",
    "{{ 1 }}", "{# #}", "import os", "');import os#", '")\nimport os\n("', "\\N{DIGIT ONE}", "\\x41",
    "</script><script>", "<b>", "&lt;", "]]>", "-->", "coding: latin-1",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), max_size=6).map("".join)


def written(text):
    """A string of the language that means the text."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'


def shape_of(source, name="page.graph"):
    """The syntax tree of what a program compiles to, its strings left out; None where it is refused."""
    done = check(Source(name, source))
    if not done.ok:
        return None
    tree = ast.parse(emit(done))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("place", LITERAL)
@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
@example(text='"""')
@example(text="\\")
def test_a_string_stays_a_string(place, text):
    source = "input words: string[5]\n" + LITERAL[place]
    found = shape_of(source.format(text=written(text)))
    plain = {shape_of(source.format(text=written(other))) for other in ("a", "c", "c d", "{")}
    assert found is None or found in plain


def test_the_strings_that_are_compared_do_compile():
    for source in LITERAL.values():
        assert shape_of("input words: string[5]\n" + source.format(text='"a"')) is not None


@pytest.mark.parametrize("place", COMMENTED)
@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
@example(text='"""')
@example(text="a\\")
def test_a_comment_stays_a_comment(place, text):
    line = re.sub(r"[\r\n]", " ", text)
    found = shape_of(COMMENTED[place].format(text=line))
    plain = {shape_of(COMMENTED[place].format(text=other)) for other in ("a", "", "a " * 60)}
    assert found is None or found in plain


@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
@example(text='"""\nimport os\n"""')
def test_the_name_of_the_file_stays_a_name(text):
    source = "input x: [4]\noutput y = Dense(3)(x)\n"
    assert shape_of(source, f"{text}.graph") == shape_of(source)


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
@example(text="<img src=x onerror=alert(1)>")
def test_nothing_of_a_program_is_markup_in_a_page(text):
    line = re.sub(r"[\r\n]", " ", text)
    shown = html.render_all(
        check(Source("page.graph", f'x = F("{line}", <b>)\n{line}')).diagnostics
    )
    tags = set(re.findall(r"<(/?\w+)", shown))
    assert tags <= {
        "pre",
        "/pre",
        "span",
        "/span",
        "div",
        "/div",
        "b",
        "/b",
        "code",
        "/code",
        "style",
        "/style",
    }
    assert "<b>)" not in shown
    assert "<script" not in shown
    assert "<img" not in shown


TAGS = {"svg", "g", "rect", "text", "tspan", "path", "defs", "marker", "style", "title"}


@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
@example(text="</svg><script>")
@example(text="\ufffe\ud800")
def test_every_view_and_report_of_a_hostile_program_is_whole(text):
    source = f"input x: [8]\nh = Dense(3, name={written(text)})(x)\noutput y = StringLookup([{written(text)}])(h)\n"
    done = check(Source(f"{text}.graph", source))
    drawn = diagrams(done.program, 3, [one.span for one in done.diagnostics])
    picture = ET.fromstring(svg(drawn).encode())  # noqa: S314 -- our own text
    assert {one.tag.rpartition("}")[2] for one in picture.iter()} <= TAGS
    for shown in (mermaid(drawn), render_all(done.diagnostics), summary_text(done.program)):
        assert all(
            char.isprintable() or char == "\n" or unicodedata.combining(char) for char in shown
        )
    for data in (
        to_json(done.diagnostics),
        to_sarif(done.diagnostics, "0"),
        summary_json(done.program),
    ):
        json.loads(data)
    assert "<script" not in summary_html(done.program) + html.render_all(done.diagnostics)
