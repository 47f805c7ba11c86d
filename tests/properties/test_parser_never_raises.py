"""Any text gives a tree and diagnostics, never an exception."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import Problems
from dsl.nodes import Tree
from dsl.parser import parse
from dsl.report.text import render
from dsl.source import Source

PROGRAM = """\
# allow: nothing
const vocabulary = 10_000
$units = 64
input text: int32[?]
input cols: {age: float32[1], wage: float32[T - 4, 1]}
shared lstm = LSTM(32, return_sequences)
x = text
    -> Embedding(vocabulary, 64)  # yes
    # halves
    -> MaxPooling2D(2) ->
    Flatten
a, (b, *c) = f(x, *xs, key="é\\n")[..., :-1, 1::2]
f, g: [1], [2, ?] = taps(x)
block SE(ratio=2)(x: [H, W, C]):
    if 1 < x < 3 and not y == -2 ** 2:
        return x
    elif a: z = 1
    else:
        z = [f"{i}_{n!r:>{w}}" "a" for i in range(3) if i > 2]
    return x, y
for in in xs: skips += [{"a": in}]
from "a.graph" import (A as B, C)
output y: float32[T - 4, 4] = Dense(32)(in) if a else b
train tune:
    loss = 0.25 * mse(y)
    epochs = 10
"""
PIECES = [
    *"()[]{}\"':=,\n\t \\#?$*.@%!;", "->", "if ", "else:", "\n    ", '"""', 'f"{', "in", "for ",
    "lambda ", "\r\n", "²", "é", "0", "1e", "not ", "\u00a0", "\f", "\ufeff", "\x00", "->\n",
    "input ", "train:\n", "block B()(x):", "elif a:\n",
]  # fmt: skip


def check(text):
    problems = Problems()
    assert isinstance(parse(Source("any.graph", text), problems), Tree)
    for one in problems:
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message
        assert one.help
        assert render(one)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text(text):
    check(text)


@given(st.lists(st.sampled_from([*PIECES, "x", "Dense(3)", "= "]), max_size=25).map("".join))
@settings(max_examples=250, deadline=None)
def test_any_heap_of_pieces(text):
    check(text)


def mutated(text, chance):
    at = chance.randrange(len(text) + 1)
    match chance.randrange(4):
        case 0:
            return text[:at] + chance.choice(PIECES) + text[at:]
        case 1:
            return text[:at] + text[at + chance.randint(1, 8) :]
        case 2:
            other = chance.randrange(len(text) + 1)
            return text[:at] + text[other : other + chance.randint(1, 30)] + text[at:]
        case _:
            return (
                text[:at]
                if chance.random() < 0.3
                else text[:at] + text[at:].replace("\n", "\n  ", 2)
            )


@pytest.mark.slow
def test_any_mutation_of_a_right_program():
    problems = Problems()
    parse(Source("right.graph", PROGRAM), problems)
    assert not list(problems)
    chance = random.Random(7)
    for _ in range(400):
        text = PROGRAM
        for _ in range(chance.randint(1, 5)):
            text = mutated(text, chance)
        check(text)


def test_a_text_of_errors_takes_linear_time():
    check("x = a b\n" * 2000)
    check("x = (a\n" * 2000)
    check("x = f(" * 2000)
    check("if a:\n" + "    x = a b\n" * 500)
