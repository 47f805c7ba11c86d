"""Statements: what each binds, and where each may stand."""

from __future__ import annotations

import pytest

X = "input x: [8]\n"
BLOCK = "block Unit(n, act=relu)(x):\n    return Dense(n, act)(x)\n"


@pytest.mark.parametrize(
    ("program", "shapes"),
    [
        ("input a: [4]\ninput b: int32[?]\noutput y = Dense(2)(a)\noutput z = b", ["float32[2]", "int32[?]"]),
        ("const n = 4\ninput a: [n, n]\noutput y = a", ["float32[4, 4]"]),
        ("input a: [T, 8]\noutput y = Conv1D(2, 5)(a)", ["float32[T - 4, 2]"]),
        ("input a: [T, 8]\noutput y = MaxPooling1D(2)(a)", ["float32[T // 2, 8]"]),
        ("input a: [T, 8]\ninput b: [T, 8]\noutput y = a + b", ["float32[T, 8]"]),
        ("input c: {a: [1], b: [2]}\noutput y = concatenate([c.a, c.b])", ["float32[3]"]),
        ("input c: {a: [1], b: [2]}\noutput y = concatenate([v for k, v in c])", ["float32[3]"]),
        (f"{X}x += x\noutput y = x", ["float32[8]"]),
        (f"{X}xs = []\nfor i in range(3):\n    xs += [Dense(2)(x)]\noutput y = concatenate(xs)", ["float32[6]"]),
        (f"{X}for n, m in [(3, 4), (5, 6)]:\n    x = x -> Dense(n) -> Dense(m)\noutput y = x", ["float32[6]"]),
        (f"{X}deep = true\nif deep: x = Dense(3)(x)\nelse: x = Dense(4)(x)\noutput y = x", ["float32[3]"]),
        (f"{X}output a, b = Dense(2)(x), Dense(3)(x)", ["float32[2]", "float32[3]"]),
        (f"{X}a = Dense(2)(x)\nb = Dense(3)(x)\noutput b, a", ["float32[3]", "float32[2]"]),
        (f"{X}output y: [3] = Dense(3)(x)", ["float32[3]"]),
        (f"{X}$n = 5\noutput y = Dense($n)(x)", ["float32[5]"]),
        (f"{X}a, (b, *c) = 1, (2, 3, 4)\noutput y = Dense(a + b + len(c))(x)", ["float32[5]"]),
        (f'{X}sizes = {{small: 2, large: 9}}\noutput y = Dense(sizes["large"])(x)', ["float32[9]"]),
    ],
)  # fmt: skip
def test_what_is_right(shape_of, program, shapes):
    assert shape_of(program) == shapes


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        ("input x: [8]\ninput x: [8]\noutput y = x", "duplicate-name", "x"),
        (f"{X}output y = x\noutput y = x", "duplicate-name", "y"),
        ("input x: [0]\noutput y = x", "bad-value", "0"),
        ("input x: flot32[3]\noutput y = x", "unknown-name", "flot32"),
        ("input größe: [3]\noutput y = größe", "bad-name", "größe"),
        (f"{X}const n = 3\nn = 4\noutput y = Dense(n)(x)", "rebound", "n"),
        (f"{X}const n = Dense(3)\noutput y = n(x)", "wrong-kind", "Dense(3)"),
        (f"{X}output y = Dense($units)(x)", "outside-missing", "$units"),
        (f"{X}x\noutput y = x", "misplaced", "x"),
        (f"{X}return x\noutput y = x", "misplaced", None),
        (f"{X}output y: [4] = Dense(3)(x)", "not-as-annotated", "[4]"),
        (f"{X}a, b = Dense(3)(x)\noutput y = a", "wrong-operands", "a, b"),
        (f"{X}if x > 0:\n    x = Dense(3)(x)\noutput y = x", "tensor-decides", None),
        (f"{X}for t in x:\n    x = Dense(3)(x)\noutput y = x", "tensor-decides", None),
        (f"{X}for i in range(2):\n    shared d = Dense(8)\n    x = d(x)\noutput y = x", "misplaced", None),
        (f"{X}xs = [x]\nxs += x\noutput y = Add()(xs)", "wrong-kind", "x"),
        (f"{X}z = Dense(3)(x)\noutput y = x", "unused-tensor", "Dense(3)(x)"),
        (f"{X}pool = Dropout(0.5)\noutput y = x", "not-applied", "Dropout(0.5)"),
        (f"{X}input z: [3]\noutput y = x", "unused-input", "z"),
        (X, "no-output", None),
        ("input x: [T - 4]\nn = x.shape[-1]\noutput y = Dense(n)(x)", "unknown-size", None),
        (f'{X}from "other.graph" import Unit\noutput y = x', "no-file", None),
    ],
)  # fmt: skip
def test_what_is_wrong(rejects, program, code, place):
    rejects(program, code, place)


def test_names_that_say_they_go_unused(accepts):
    accepts("input x: [5, 8]\nh, _state = GRU(8, return_state)(x)\n_z = Dense(3)(h)\noutput y = h")


def test_the_words_of_the_language_are_names_too(accepts):
    accepts("input model: [4]\noutput = Dense(3)(model)\noutput output")


# ---- values from outside


def test_outside_values(shape_of, rejects):
    assert shape_of(f"{X}output y = Dense($units)(x)", units=5) == ["float32[5]"]
    assert shape_of(f"{X}$units = 3\noutput y = Dense($units)(x)", units=5) == ["float32[5]"]
    rejects(f"{X}output y = Dense($units)(x)", "outside-kind", "$units", units=object())


# ---- blocks


@pytest.mark.parametrize(
    ("program", "shape"),
    [
        (f"{BLOCK}{X}output y = Unit(3)(x)", "float32[3]"),
        (f"{X}output y = x -> Unit(3)\n{BLOCK}", "float32[3]"),
        ("block Two()(a, b):\n    return concatenate([a, b])\ninput x: [8]\noutput y = x -> Two()(x)", "float32[16]"),
        ("block Two()(a, b):\n    return concatenate([a, b])\ninput x: [8]\noutput y = [x, x] -> Two()", "float32[16]"),
        ("block Half()(x: [C]):\n    return Dense(C // 2)(x)\ninput x: [8]\noutput y = x -> Half() -> Half()", "float32[2]"),
        (f'{BLOCK}{X}output y = Unit(3, act=tanh, name="head", trainable=false)(x)', "float32[3]"),
        ("block B(deep=false)(x):\n    return Dense(3 if deep else 2)(x)\ninput x: [8]\noutput y = B(deep)(x)", "float32[3]"),
        (f"n = 5\nblock B()(x):\n    return Dense(n)(x)\n{X}output y = B()(x)", "float32[5]"),
        (f"{BLOCK}{X}shared u = Unit(8)\noutput y = u(u(x))", "float32[8]"),
        ("model M()(a: [4], b: [4]):\n    return a + b\ninput p: [4]\noutput y = M()([p, p])", "float32[4]"),
        ("model M()(a: [4], b: [4]):\n    return a + b\ninput p: [4]\noutput y = M()(b=p, a=p)", "float32[4]"),
    ],
)  # fmt: skip
def test_blocks(shape_of, program, shape):
    assert shape_of(program) == [shape]


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        (f"{BLOCK}{X}output y = x", "unused-block", "Unit"),
        (f"{BLOCK}{X}output y = Unit()(x)", "missing-argument", None),
        (f"{BLOCK}{X}output y = Unit(3)", "not-applied", "Unit(3)"),
        (f"{BLOCK}{X}output y = Unit(x)(x)", "tensor-configures", "x"),
        (f"{BLOCK}{X}output y = Unit(3)(x)\nUnit = 3", "rebound", "Unit"),
        ("block B()(x):\n    y = Dense(3)(x)\ninput x: [8]\noutput y = B()(x)", "misplaced", "B"),
        ("block B()(x):\n    return Dense(3)\ninput x: [8]\noutput y = B()(x)", "not-applied", "Dense(3)"),
        ("block B()(x: [4]):\n    return Dense(3)(x)\ninput x: [8]\noutput y = B()(x)", "shape-mismatch", None),
        ("block B()(x: [H, W]):\n    return Dense(3)(x)\ninput x: [8]\noutput y = B()(x)", "shape-mismatch", None),
        ("z = 3\nz = 4\nblock B()(x):\n    return Dense(z)(x)\ninput x: [8]\noutput y = B()(x)", "unknown-name", "z"),
        ("block B()(x):\n    return Dens(8)(x)\ninput x: [8]\noutput y = x + B()(x)", "unknown-name", "Dens"),
        ("model M()(a):\n    return a\ninput p: [4]\noutput y = M()(p)", "missing-argument", "a"),
        ("model M()(a: [5]):\n    return a\ninput p: [4]\noutput y = M()(p)", "shape-mismatch", None),
    ],
)  # fmt: skip
def test_blocks_that_are_wrong(rejects, program, code, place):
    rejects(program, code, place)


def test_an_error_inside_a_block_is_told_once_with_its_applications(checked):
    program = "block B()(x):\n    return Conv2D(3, 3)(x)\ninput x: [8]\noutput y = B()(x) + B()(x)"
    (found,) = checked(program).diagnostics
    assert [label.span.text for label in found.labels][-2:].count("B()(x)") >= 1


# ---- other files


def test_blocks_of_another_file(shape_of):
    files = {
        "blocks.graph": f"const units = 3\n{BLOCK}block Three()(x):\n    return Unit(units)(x)\n"
    }
    program = f'from "blocks.graph" import Three as T\n{X}output y = T()(x)'
    assert shape_of(program, files=files) == ["float32[3]"]


def test_what_another_file_does_not_have(rejects):
    program = f'from "blocks.graph" import Uni\n{X}output y = Uni(3)(x)'
    rejects(program, "not-in-file", "Uni", files={"blocks.graph": BLOCK})


def test_files_that_import_one_another(told):
    files = {"a.graph": f'from "b.graph" import Unit\n{BLOCK.replace("Unit", "A")}',
             "b.graph": f'from "a.graph" import A\n{BLOCK}'}  # fmt: skip
    program = f'from "a.graph" import A\n{X}output y = A(3)(x)'
    assert "import-cycle" in [code for code, _ in told(program, files=files)]


def test_a_layer_of_python_is_unknown_unless_annotated(told):
    program = f"from my_code import Mine\n{X}y = Mine(3)(x)\noutput z = Dense(2)(y)"
    assert told(program) == [("unknown-shape", "Mine(3)(x)")]


@pytest.mark.parametrize("value", ["...", "*x", "*[1, 2]"])
def test_what_is_no_value_is_told_where_nothing_runs(rejects, value):
    rejects(
        f"input x: [8]\nfor i in range(0):\n    z = {value}\noutput y = Dense(1)(x)\n",
        "syntax",
        value,
    )
