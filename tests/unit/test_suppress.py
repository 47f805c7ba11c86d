"""Comments that switch warnings off."""

import pytest

from dsl import codes
from dsl.diagnostics import Diagnostic, Problems
from dsl.parser import parse
from dsl.source import Source
from dsl.suppress import allowed

WARNING = next(
    c for c in codes.CODES.values() if c.severity == "warning" and c.id != "unknown-code"
)


def left(text, *marked, code=WARNING):
    """The ids that stay, of a diagnostic at each of the marked words."""
    source = Source("a.graph", text.replace("CODE", WARNING.id))
    tree = parse(source, Problems())
    starts = [source.text.index(word) for word in marked]
    found = [Diagnostic(code, source.span(start, start + 1), "m", "h") for start in starts]
    return [one.code.id for one in allowed(tree, found)]


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nx = 2  # allow: CODE",
        "a = 1\n# allow: CODE\nx = 2",
        "a = 1\n# allow: CODE\n# for a reason\nx = 2",
        "# allow: CODE\na = 1\nx = 2",
        "# About this.\n\n# allow: unknown-code, CODE\n\na = 1\nx = 2",
        "a = 1\n# allow: CODE\nb = a\n    -> Dense(3)\n    -> x",
        "if a:\n    # allow: CODE\n    x = 2",
    ],
)
def test_a_comment_switches_a_warning_off(text):
    assert left(text, "x") == []


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n# allow: CODE\nb = 2\nx = 3", "a = 1  # allow: CODE\nx = 3",
        "a = 1\nx = 3\n# allow: CODE",
        "a = 1\n# allow: unknown-code\nx = 2", "a = 1\n# please allow: CODE\nx = 2",
        "a = 1\n# allow: CODE\nblock B()(y):\n    x = 3\n    return x",
    ],
)  # fmt: skip
def test_a_comment_elsewhere_does_not(text):
    assert left(text, "x") == [WARNING.id]


def test_errors_stay():
    assert left("a = 1\nx = 2  # allow: CODE", "x", code=codes.SYNTAX) == ["syntax"]


def test_another_source_is_not_touched():
    tree = parse(Source("a.graph", f"# allow: {WARNING.id}\na = 1"), Problems())
    other = Diagnostic(WARNING, Source("b.graph", "x").span(0, 1), "m", "h")
    assert allowed(tree, [other]) == [other]


def test_an_unknown_code_is_a_warning_at_its_word():
    tree = parse(Source("a.graph", f"a = 1  # allow: {WARNING.id}, {WARNING.id}x"), Problems())
    (one,) = allowed(tree, [])
    assert (one.code.id, one.span.text, one.help) == (
        "unknown-code", f"{WARNING.id}x", f"did you mean `{WARNING.id}`?",
    )  # fmt: skip


def test_the_code_of_an_error_can_not_be_allowed():
    tree = parse(Source("a.graph", "a = 1  # allow: syntax"), Problems())
    (one,) = allowed(tree, [])
    assert "can't be allowed" in one.message
