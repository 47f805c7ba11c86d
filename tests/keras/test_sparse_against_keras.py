"""Which tensors Keras takes for sparse, and which layers fail over them, is what Keras says, name by name."""

from __future__ import annotations

import random
import re
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

import dsl
from dsl import compiler
from dsl.build import Script
from dsl.files import loader_beside, read_source
from dsl.records import replace
from tests.differential import draw, keras_side
from tests.keras.test_masks_against_keras import ARGUMENTS, CALLS, public_layers, shape_for

if TYPE_CHECKING:
    from dsl.catalogue.lookup import Symbol
    from tests.differential.cases import Case

pytestmark = pytest.mark.keras

CASES = 2
TRIES = 25
FOUND = "sparse-operand"

OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "<", ">=", "&", "|", "^")
OPERANDS = ("dense", "sparse", "number")


def draws(symbol: Symbol) -> list[Case]:
    """A few cases of a symbol that Keras builds."""
    found: list[Case] = []
    for number in range(TRIES):
        case = draw.draw_of(symbol, number, random.Random(f"sparse:{symbol.key}:{number}"))
        text = any(one.dtype == "string" for one in case.inputs)
        if case.change or case.precision or text or not case.inputs or not builds(case):
            continue
        found.append(case)
        if len(found) == CASES:
            break
    return found


def builds(case: Case) -> list[bool] | None:
    """Whether each tensor that Keras gives is sparse; None where it raises."""
    try:
        built = keras_side.build(case)
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return None
    return [tensor.sparse for tensor in built.model.outputs]


def announced(text: str) -> list[bool] | str:
    """Whether what the last application gives is sparse, as the compiler has it; or its errors."""
    done = dsl.check(text)
    errors = {one.code.id for one in done.diagnostics if one.severity == "error"} - {"lost-batch"}
    if errors:
        return ", ".join(sorted(errors))
    return [one.sparse for one in done.program.results]


def structure(case: Case) -> list[str]:
    return keras_side.build(case).structure


@pytest.mark.parametrize("symbol", draw.symbols(), ids=lambda one: one.key)
def test_what_is_sparse_after_a_layer_or_function(symbol):
    for case in draws(symbol):
        for one in case.inputs:
            one.sparse = False
        parts = structure(case)
        if isinstance(announced(case.program(parts)), str):
            continue  # it cannot run, or means nothing
        names = case.inputs[:2]
        for flags in product((False, True), repeat=len(names)):
            for one, flag in zip(names, flags, strict=True):
                one.sparse = flag
            text = case.program(parts)
            theirs, ours = builds(case), announced(text)
            if "sparse-traced" in {one.code.id for one in dsl.check(text).diagnostics}:
                continue
            assert ours == (FOUND if theirs is None else theirs), text


@pytest.mark.parametrize("op", OPERATORS)
def test_what_is_sparse_after_an_operator(op):
    truths = op in {"&", "|", "^"}
    kind = "bool[4, 4]" if truths else "[4, 4]"
    for left, right in product(OPERANDS, repeat=2):
        if {left, right} == {"number"} or (op == "@" and "number" in {left, right}):
            continue
        sides = {"dense": "a", "sparse": "b", "number": "true" if truths else "2"}
        text = f"input a: {kind}\ninput b: {kind}(sparse=true)\noutput y = {sides[left]} {op} {sides[right]}\noutput p = a\noutput q = b\n"
        assert against_keras(text), text


UNARY = (
    "-b",
    "~c",
    "abs(b)",
    "b[:, 0]",
    "b[:, 1:]",
    "cast(b, float16)",
    "convert_to_tensor(b, sparse=false)",
)
CONSTANTS = ("array([1.0, 2.0, 3.0, 4.0])", "[1.0, 2.0, 3.0, 4.0]", "2.0", "ones([4])")
FUNCTIONS = (
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "dot",
    "matmul",
    "fmax",
    "divide_no_nan",
)


@pytest.mark.parametrize("text", UNARY)
def test_what_is_sparse_of_one(text):
    program = f"input b: [4, 4](sparse=true)\ninput c: bool[4](sparse=true)\noutput y = {text}\noutput p = b\noutput q = c\n"
    assert against_keras(program)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_sparse_beside_a_constant(name):
    for constant, tensor in product(CONSTANTS, ("a", "b")):
        for pair in (
            f"{tensor}, {constant}",
            f"{constant}, {tensor}",
            f"x2={tensor}, x1={constant}",
        ):
            text = f"input a: [4, 4]\ninput b: [4, 4](sparse=true)\noutput y = {name}({pair})\noutput p = a\noutput q = b\n"
            if not any(one.severity == "error" for one in dsl.check(text).diagnostics):
                assert against_keras(text), text


def against_keras(text: str) -> bool:
    """Whether the outputs of the built model are sparse where the compiler says so."""
    done = dsl.check(text)
    assert not [one.message for one in done.diagnostics if one.severity == "error"], text
    model: Any = Script(done).model()
    # an output that needs a name goes through an Identity, which keeps what it gets
    return [bool(one.sparse) for one in model.outputs] == [
        one.sparse for one in done.program.results
    ]


MIXED = """train:
    optimizer = adam
    loss = mse(y)
    epochs = 1
    batch_size = 4
    precision = mixed_float16
"""


@pytest.mark.parametrize("layer", ["Pipeline([Rescaling(2.0)])(s)", "GRUCell(4)(x, [s])[0]"])
def test_what_is_cast_on_its_way_in_is_dense(layer):
    text = f"input x: [4]\ninput s: [4](sparse=true)\nt = {layer}\noutput y = t\noutput z = concatenate([x, s])\n"
    told, builds_ = claims_and_builds(text + MIXED)
    assert told != builds_


WHOLE = {"CategoryEncoding", "Embedding", "Hashing", "IntegerLookup", "ReversibleEmbedding"}
HEAD = "input x: [4]\ninput h: [4]\n"
CELLS = {
    "SimpleRNNCell(4)": 1, "SimpleRNNCell(4, dropout=0.5)": 1, "SimpleRNNCell(4, recurrent_dropout=0.5)": 1,
    "GRUCell(4)": 1, "GRUCell(4, reset_after=false)": 1, "LSTMCell(4)": 2,
}  # fmt: skip


def claims_and_builds(text: str) -> tuple[bool, bool]:
    """Whether the compiler says that Keras fails over a sparse tensor, and whether what is emitted builds."""
    done = dsl.check(text)
    found = [one for one in done.diagnostics if one.severity == "error"]
    assert {one.code.id for one in found} <= {FOUND}, text
    try:
        Script(replace(done, diagnostics=())).model()
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return bool(found), False
    return bool(found), True


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("by", ["* 2.0", "/ 0.5", "+ 0", "* 2.0 + 0", "* h"])
@pytest.mark.parametrize("batch", ["", "(batch_size=3)"])
def test_cells_over_products(cell, by, batch):
    count = CELLS[cell]
    head = f"input x: [4]{batch}\ninput h: [4]{batch}\n"
    for number in range(count + 1):
        operands = [f"x {by}" if one == number else "x" for one in range(count + 1)]
        call = f"{operands[0]}, [{', '.join(operands[1:])}]"
        told, builds_ = claims_and_builds(f"{head}y, _s = {cell}({call})\noutput y\noutput z = h\n")
        assert told != builds_, call


@pytest.mark.parametrize(
    "text",
    [
        "y, _s = StackedRNNCells([GRUCell(4), SimpleRNNCell(4, dropout=0.5)])(x * 2.0, [h, x])",
        "y, _s = StackedRNNCells([SimpleRNNCell(4, dropout=0.5), GRUCell(4)])(x * 2.0, [h, x])",
        "y, _s = StackedRNNCells([SimpleRNNCell(4), GRUCell(4)])(x, [x, h * 2.0])",
        "y, _s = StackedRNNCells([SimpleRNNCell(4), GRUCell(4)])(x, [h * 2.0, x])",
        "y, _s = GRUCell(4, dtype=float16)(x, [h * 2.0])",
        "y, _s = GRUCell(4, dtype=float16, autocast=false)(cast(x, float16), [cast(h * 2.0, float16)])",
        "y, _s = GRUCell(4)(x, [Rescaling(2.0)(h)])",
        "y, _s = GRUCell(4)(x, [Flatten()(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [-(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [sqrt(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [(h * 2.0)[:, 0:4]])",
        "y, _s = GRUCell(4)(x, [Dense(4)(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [add([h * 2.0, x * 2.0])])",
        "y, _s = GRUCell(4)(x, [add([h * 2.0, x])])",
        "y, _s = GRUCell(4)(x, [multiply([h * 2.0, x * 3.0])])",
        "y, _s = GRUCell(4)(x, [relu(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [tanh(h * 2.0)])",
        "y, _s = GRUCell(4)(x, [one_hot(cast(sum(h, axis=1), int32), 4, sparse=true)])",
        "y = Pipeline([Rescaling(2.0)])(x * 2.0) + h",
        "y = Pipeline([Dropout(0.0)])(x * 2.0) + h",
        "y = Pipeline([Dropout(0.0), GaussianNoise(0.1)])(x * 2.0) + h",
        "y = Pipeline([Identity(), Rescaling(2.0)])(x * 2.0) + h",
        "y = Pipeline([Rescaling(2.0)])(x) * 2.0 + h",
        "y = RNN(GRUCell(4))(Reshape([2, 2])(x * 2.0), initial_state=h * 2.0)",
        "y = Bidirectional(LSTM(4))(Reshape([2, 2])(x * 2.0)) + sum(h)",
        "y = TimeDistributed(Dense(2))(Reshape([2, 2])(x * 2.0))[:, 0] + h[:, 0:1]",
    ],
)  # fmt: skip
def test_programs_build_where_nothing_is_said(text):
    told, builds_ = claims_and_builds(f"{HEAD}{text}\noutput y\noutput z = concatenate([x, h])\n")
    assert told != builds_


@pytest.mark.parametrize("name", sorted(set(public_layers()) - set(CALLS)))
def test_a_pipeline_of_one_layer(name):
    kind = "int32" if name in WHOLE else ""
    layer = f"{name}({ARGUMENTS.get(name, '')})"
    text = f"input x: {kind}{shape_for(name)}(sparse=true)\noutput y = Pipeline([{layer}])(x)\n"
    told, builds_ = claims_and_builds(text)
    if "sparse-traced" not in {one.code.id for one in dsl.check(text).diagnostics}:
        assert told != builds_


MODEL = """model Step()(a: {size}, h: [4]):
    y, _s = GRUCell(4)(h, [h])
    return y, Permute([2, 1])(a)
input a: [5, 3]
input h: [4]
y, p = Step()(a{a}, h{h})
output y
output p
output z = concatenate([a, a])
"""


@pytest.mark.parametrize("size", ["[5, 3]", "[?, 3]", "[T, 3]"])
@pytest.mark.parametrize("a", ["", " * 2.0"])
@pytest.mark.parametrize("h", ["", " * 2.0"])
def test_a_nested_model_is_traced_again_for_other_shapes(size, a, h):
    text = MODEL.format(size=size, a=a, h=h)
    told, builds_ = claims_and_builds(text)
    assert told != builds_
    if builds_:
        assert against_keras(text)


OWN = """
import keras
from keras import ops

class Mean(keras.layers.Layer):
    def call(self, x):
        return ops.mean(x, axis=-1, keepdims=True)

class Told(Mean):
    def compute_output_shape(self, shape):
        return (*shape[:-1], 1)

class Spec(Mean):
    def compute_output_spec(self, x):
        return keras.KerasTensor((*x.shape[:-1], 1), dtype=x.dtype)

class Whole(keras.Model):
    def call(self, x):
        return ops.mean(x, axis=-1, keepdims=True)

class Wide(keras.layers.Dense):
    pass

def doubled(x):
    return ops.mean(x, axis=-1, keepdims=True)
"""


@pytest.mark.parametrize(
    ("call", "warned"),
    [
        ("Mean()({})", True), ("Told()({})", False), ("Spec()({})", False), ("Whole()({})", True),
        ("Wide(1)({})", False), ("doubled({})", False), ("Lambda(doubled)({})", False),
        ("Lambda(doubled, output_shape=(1,))({})", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("operand", ["x * 2.0", "x * 2.0 + 0", "x"])
def test_layers_of_ones_own(tmp_path, monkeypatch, call, warned, operand):
    (tmp_path / "sparse_own.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sparse_own", raising=False)
    path = tmp_path / "test.graph"
    names = ", ".join(re.findall(r"(?:class|def) ([A-Z]\w+|doubled)", OWN))
    path.write_text(
        f"from sparse_own import {names}\ninput x: [4]\noutput y: [1] = {call.format(operand)}\n"
    )
    source = read_source(str(path))
    done = compiler.check(source, loader=loader_beside(source))
    assert done.ok
    told = "sparse-traced" in {one.code.id for one in done.diagnostics}
    assert told == (warned and operand == "x * 2.0")
    if told:
        with pytest.raises(dsl.CompileError):
            Script(done).model()
    else:
        Script(done).model()
