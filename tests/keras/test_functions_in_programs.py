"""Every function of numbers, written in a program: it compiles, and Keras builds it under the name that is announced."""

import pytest

import dsl
from dsl.catalogue import lookup
from dsl.catalogue.application import operands_of, rule_of
from dsl.catalogue.operators import operation_class
from dsl.catalogue.rules import FAMILIES

pytestmark = pytest.mark.keras

HEAD = """
input x: [4, 4]
input v: [4](batch_size=4)
input r: float32[](batch_size=4)
input i: int32[4]
input t: bool[4, 4]
"""
FOOT = """
total = sum(v) + sum(r) + sum(cast(i, float32)) + sum(cast(t, float32))
output w = Dense(1)(Flatten()(x)) + total
"""
OF_NUMBERS = "arranging constants counting diagonals einsum elementwise joining pairwise placing products rearrange reductions"
WRITTEN = {
    "ops.bitwise_and": "bitwise_and(i, i)",
    "ops.broadcast_to": "broadcast_to(x[0], (3, 4, 4))",
    "ops.correlate": "correlate(r, r)",
    "ops.cross": "cross(x[:, :, :3], x[:, :, :3])",
    "ops.diag": "diag(r)",
    "ops.digitize": "digitize(x, r)",
    "ops.dot_product_attention": "dot_product_attention(*[x[:, None]] * 3)",
    "ops.dsplit": "dsplit(x, 2)",
    "ops.einsum": 'einsum("bij,bjk->bik", x, x)',
    "ops.gcd": "gcd(i, i)",
    "ops.histogram": "histogram(r, range=(0, 1))",
    "ops.lcm": "lcm(i, i)",
    "ops.ldexp": "ldexp(x[:, 0], i)",
    "ops.logical_not": "logical_not(t)",
    "ops.rearrange": 'rearrange(v, "a b -> b a")',
    "ops.scatter": "scatter(i, x[:, 0], (9, 9))",
    "ops.searchsorted": "searchsorted(r, r)",
    "ops.segment_max": "segment_max(v, cast(r, int32), num_segments=3)",
    "ops.segment_min": "segment_min(v, cast(r, int32), num_segments=3)",
    "ops.segment_prod": "segment_prod(v, cast(r, int32), num_segments=3)",
    "ops.segment_sum": "segment_sum(v, cast(r, int32), num_segments=3)",
    "ops.select": "select([t], [x], 0)",
    "ops.slice": "ops.slice(x, (0, 0, 0), (2, 4, 4))",
    "ops.vander": "vander(r)",
    "ops.vdot": "vdot(r, r)",
}
"""Calls that a generated one would not be."""

NEEDED = {
    **dict.fromkeys(("N", "n", "start", "num_segments"), "3"),
    **dict.fromkeys(("axis", "axis1", "source", "kth", "pad_width", "x_max", "shift"), "1"),
    **dict.fromkeys(
        ("axis2", "destination", "repeats", "indices_or_sections", "k", "fill_value"), "2"
    ),
    **dict.fromkeys(("q", "threshold"), "0.5"),
    **dict.fromkeys(("x_min", "default_value"), "0"),
    "axes": "(0, 2, 1)",
    "beta": "2.0",
    "dtype": "int32",
    "key": "(0, 1)",
    "newshape": "(-1, 16)",
    "shape": "(4, 4)",
    "start_indices": "(0, 0, 0)",
    "stop": "9",
    "x": "5",
}
WHOLE = ("bitwise", "shift")


def called(key):
    """A call of the function in the language."""
    if key in WRITTEN:
        return WRITTEN[key]
    symbol, rule = lookup.by_key(key), rule_of(lookup.by_key(key))
    names = operands_of(rule)
    needed = names[: len(names) - len(rule.__defaults__ or ())]
    tensor = "i" if any(word in key for word in WHOLE) else "x"
    kinds = [rule.__annotations__.get(name, "Any") for name in needed]
    given = [_operand(tensor, *one) for one in zip(needed, kinds, strict=True)]
    given += ["x", "x"] if rule.__code__.co_flags & 0x04 else []
    rest = [one for one in symbol.parameters[len(needed) :] if one.required]
    kinds = (lookup.POSITIONAL, lookup.KEYWORD)
    given += [f"{one.name}={NEEDED[one.name]}" for one in rest if one.kind in kinds]
    return f"{key}({', '.join(given)})"


def _operand(tensor, name, kind):
    if kind.startswith("list"):
        return f"[{tensor}, {tensor}]"
    return NEEDED[name] if name in NEEDED and name != "x" and kind == "Any" else tensor


KEYS = [
    key
    for family in OF_NUMBERS.split()
    for key in FAMILIES[family]
    if key.startswith("ops.") and key not in ("ops.unstack", "ops.take_along_axis", "ops.hypot")
]


@pytest.fixture(scope="module")
def program():
    lines = [f"_y{number} = {called(key)}" for number, key in enumerate(KEYS)]
    return HEAD + "\n".join(lines) + FOOT


@pytest.fixture(scope="module")
def made(program):
    """What the emitted code makes of each call: its tensors, flat."""
    names = ", ".join(f"_y{number}" for number in range(len(KEYS)))
    code = dsl.compile(program).replace("return keras.Model(", f"return [{names}], keras.Model(")
    import keras

    module = {"__name__": "emitted"}
    exec(compile(code, "emitted", "exec"), module)  # noqa: S102 -- it is our own
    values, _ = module["build_model"]()
    return [keras.tree.flatten(value) for value in values]


def test_they_are_right(program):
    found = dsl.check(program)
    codes = {one.code.id for one in found.diagnostics}
    assert codes <= {"surprise", "unused-tensor"}


def test_operations_bear_the_names_that_keras_gives_them(made):
    classes = {
        key: type(tensors[0]._keras_history[0]).__name__
        for key, tensors in zip(KEYS, made, strict=True)
        if tensors and symbolic(tensors[0])
    }
    assert {key: operation_class(key) for key in classes} == classes


def symbolic(value):
    return hasattr(value, "_keras_history")
