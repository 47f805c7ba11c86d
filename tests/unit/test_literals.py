"""Values, names and comments that can't break out of their place."""

from __future__ import annotations

import ast
import math
import tokenize
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.emit.layout import expression
from dsl.emit.literals import clean_comment, clean_doc, literal, quoted, safe_name

HOSTILE = [
    '"""',
    "'''\"",
    "a\nimport os",
    "a\rimport os",
    "a\x0cb\x1c\x85\u2028\u2029c",
    "back\\slash\\",
    "\ud800 alone",
    "nul \0",
    "\u202eright to left",
    "{braces} %s",
]
TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(), st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp"]))
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(TEXTS)
def test_a_string_is_read_back_from_one_line(text: str) -> None:
    written = quoted(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable()


@given(VALUES)
def test_a_value_is_read_back(value: Any) -> None:
    assert eval(expression(literal(value))) == value  # noqa: S307


def test_a_nan_is_read_back() -> None:
    assert math.isnan(eval(expression(literal(math.nan))))  # noqa: S307


def test_a_number_of_any_length_is_read_back() -> None:
    assert ast.literal_eval(expression(literal(10**9999))) == 10**9999


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="no literal for a object"):
        literal(object())


@given(TEXTS)
def test_a_comment_stays_on_its_line(text: str) -> None:
    comment = clean_comment(f"#{text}")
    source = f"x = 1  {comment}\n"
    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse("x = 1\n"))
    kinds = [token.type for token in tokenize.generate_tokens(StringIO(source).readline)]
    assert kinds.count(tokenize.COMMENT) == bool(comment)


@given(TEXTS)
def test_a_docstring_stays_in_its_quotes(text: str) -> None:
    tree = ast.parse(f'"""{clean_doc(text)}."""\n')
    assert len(tree.body) == 1
    assert ast.get_docstring(tree) is not None


@pytest.mark.parametrize(
    ("comment", "clean"),
    [
        ("# two words ", "# two words"),
        ("#tight", "# tight"),
        ("##  chapter", "## chapter"),
        ("#", ""),
        ("#!/bin/sh", "# !/bin/sh"),
        ("# noqa: E501", "# `noqa`: E501"),
        ("# fmt: off", "# `fmt`: off"),
        ("# see # type: ignore", "# see # `type`: ignore"),
        ("# the type: any", "# the type: any"),
    ],
)
def test_a_comment_speaks_to_readers_alone(comment: str, clean: str) -> None:
    assert clean_comment(comment) == clean


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("x", "x"),
        ("in", "in_"),
        ("match", "match"),
        ("len", "len_"),
        ("keras", "keras_"),
        ("train", "train_"),
        ("l", "l_"),
        ("_", "_"),
        ("ﬁlter", "filter_"),
        ("größe", "größe"),
    ],
)
def test_a_name_is_safe_to_bind(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_name_avoids_those_that_are_taken() -> None:
    assert safe_name("in", {"in_"}) == "in__"
