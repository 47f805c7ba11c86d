"""The graph as a whole: what reaches what, and the warnings that belong to checking itself."""

from __future__ import annotations

import pytest

X = "input x: [8]\n"


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        (f"{X}input z: [3]\noutput y = Dense(1)(x)", "unused-input", "z"),
        (f"{X}z = Dense(3)(x)\nw = Dense(4)(z)\noutput y = Dense(1)(x)", "unused-tensor", "Dense(4)(z)"),
        (f"{X}for i in range(901):\n    x = relu(x)\noutput y = x", "too-deep", None),
        ("input i: [99, 99, 3]\noutput y = Xception(include_top=false)(i)", "downloads", None),
        (f"{X}output y = Dropout(0.5)(x, training=true)", "overridden", "training"),
        (f"same = 3\n{X}output y = Dense(same)(x) -> relu -> Dense(3, same)", "bad-value", None),
        (f"from mine import f\n{X}output y = Dense(1)(f(x))", "unknown-shape", "f(x)"),
    ],
)  # fmt: skip
def test_one_thing_is_told(rejects, program, code, place):
    rejects(program, code, place)


@pytest.mark.parametrize(
    "program",
    [
        f"{X}for i in range(890):\n    x = relu(x)\noutput y = x",
        "input i: [99, 99, 3]\noutput y = Xception(include_top=false, weights=none)(i)",
        f"from mine import f\n{X}h: [3] = f(x)\noutput y = Dense(1)(h)",
        f"{X}output y = x",
    ],
)
def test_nothing_is_told(told, program):
    assert [one for one in told(program) if one[0] != "unknown-shape"] == []


def test_a_warning_that_a_comment_allows(accepts):
    accepts(f"{X}z = Dense(3)(x)  # allow: unused-tensor\noutput y = Dense(1)(x)")


def test_parameters_are_counted(checked):
    program = f"{X}h = Dense(4)(x)\noutput y = Dense(2, trainable=false)(h)"
    found = checked(program).program
    assert (found.params, found.trainable_params) == (8 * 4 + 4 + 4 * 2 + 2, 8 * 4 + 4)


def test_every_error_is_told_in_one_run(told):
    program = f"{X}_a = Dense(3, unit=2)(x)\n_b = Dens(3)(x)\noutput y = add([x, Dense(2)(x)])"
    assert [code for code, _ in told(program)] == [
        "unknown-argument",
        "unknown-name",
        "shape-mismatch",
    ]
