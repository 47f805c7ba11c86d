"""Arrays that do not fit are refused before a step is trained; Keras itself raises late, or trains something else."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

import dsl
from dsl.build import Script
from dsl.catalogue.targets import TARGETS

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore"),  # of Keras and NumPy, about what is wrong here
]

MIXED = """
input image: [4]
input words: int32[?]
h = concatenate([image, words -> Embedding(9, 4) -> GlobalAveragePooling1D])
output kind = Dense(3, softmax)(h)
output size = Dense(2)(h)
output flag = Dense(1, sigmoid)(h)
train:
    loss = sparse_categorical_crossentropy(kind) + mse(size) + binary_crossentropy(flag)
"""

ROWS = 16


def mixed(**changes: Any) -> dict[str, Any]:
    import numpy as np

    random = np.random.default_rng(0)
    made = {
        "image": random.normal(size=(ROWS, 4)),
        "words": random.integers(0, 9, (ROWS, 5)),
        "kind": random.integers(0, 3, ROWS),
        "size": random.normal(size=(ROWS, 2)),
        "flag": random.integers(0, 2, ROWS),
    }
    return made | changes


@cache
def script(text: str) -> Script:
    return Script(dsl.check(text))


def refusal(text: str, arrays: dict[str, Any]) -> str:
    with pytest.raises(ValueError) as caught:
        script(text).data(arrays, "d")
    return str(caught.value).removeprefix("d: ")


def outcome(text: str, arrays: dict[str, Any]) -> Any:
    """What Keras makes of arrays: `raises`, or the loss."""
    names = script(text)
    x, y = ([arrays[one] for one in side] for side in (names.inputs, names.outputs))
    model = names.model()
    model.run_eagerly = True  # faster, for one step
    try:
        history = model.fit(x, y, epochs=1, verbose=0)
    except Exception:  # noqa: BLE001 -- whatever it is
        return "raises"
    return history.history["loss"][0]


def ones(*shape: int) -> Any:
    import numpy as np

    return np.ones(shape)


def filled(value: Any, *shape: int) -> Any:
    import numpy as np

    return np.full(shape, value)


def one_hot() -> Any:
    import numpy as np

    return np.eye(3)[np.arange(ROWS) % 3]


REFUSED = {
    "one number too many": (lambda: {"image": ones(16, 5)}, "raises",
        "array 'image' has shape (16, 5), <text>:2 expects inputs of float32 of shape (16, 4): axis 1 differs"),
    "an axis too few": (lambda: {"words": filled(1, 16)}, "raises",
        "array 'words' has shape (16,), <text>:3 expects indices from 0 to 8 of shape (16, None): axis 1 differs"),
    "an axis too many": (lambda: {"image": ones(16, 4, 2)}, "raises",
        "array 'image' has shape (16, 4, 2), <text>:2 expects inputs of float32 of shape (16, 4): axis 2 differs"),
    "texts": (lambda: {"image": filled("a", 16, 4)}, "raises",
        "array 'image' has 64 values of <U1, <text>:2 expects inputs of float32"),
    "objects": (lambda: {"image": ones(16, 4).astype(object)}, "raises",
        "array 'image' has 64 values of object, <text>:2 expects inputs of float32"),
    "dates": (lambda: {"image": filled(1, 16, 4).astype("datetime64[s]")}, "raises",
        "array 'image' has 64 values of datetime64[s], <text>:2 expects inputs of float32"),
    "complex numbers": (lambda: {"image": filled(1j, 16, 4)}, "silent",
        "array 'image' has 64 values of complex128, <text>:2 expects inputs of float32"),
    "no rows": (lambda: {"image": ones(0, 4)}, "raises",
        "array 'image' has 0 values of float64, <text>:2 expects inputs of float32"),
    "a number": (lambda: {"image": ones()}, "raises",
        "array 'image' has 1 values of float64, <text>:2 expects inputs of float32"),
    "a row too few": (lambda: {"flag": ones(15)}, "raises",
        "arrays of different lengths: {'image': 16, 'words': 16, 'kind': 16, 'size': 16, 'flag': 15}"),
    "holes": (lambda: {"image": filled(math.nan, 16, 4)}, "nan",
        "array 'image' has nan in row 0 (16 rows are wrong), <text>:2 expects inputs of float32"),
    "infinity": (lambda: {"size": filled(-math.inf, 16, 2)}, "nan",
        "array 'size' has -inf in row 0 (16 rows are wrong), <text>:6 expects targets"),
    "too large for its dtype": (lambda: {"image": filled(1e300, 16, 4)}, "nan",
        "array 'image' has 1e+300 in row 0 (16 rows are wrong), <text>:2 expects inputs of float32"),
    "halves for whole numbers": (lambda: {"words": filled(1.5, 16, 5)}, "silent",
        "array 'words' has 1.5 in row 0 (16 rows are wrong), <text>:3 expects indices from 0 to 8"),
    "an index past the table": (lambda: {"words": filled(9, 16, 5)}, "raises",
        "array 'words' has 9 in row 0 (16 rows are wrong), <text>:3 expects indices from 0 to 8"),
    "an index from the end": (lambda: {"words": filled(-1, 16, 5)}, "silent",
        "array 'words' has -1 in row 0 (16 rows are wrong), <text>:3 expects indices from 0 to 8"),
    "an index beyond int32": (lambda: {"words": filled(2**40, 16, 5)}, "silent",
        "array 'words' has 1099511627776 in row 0 (16 rows are wrong), <text>:3 expects indices from 0 to 8"),
    "classes one-hot": (lambda: {"kind": one_hot()}, "raises",
        "array 'kind' has shape (16, 3), <text>:5 expects class numbers from 0 to 2 (one-hot rows are for categorical_crossentropy)"),
    "a class past the last": (lambda: {"kind": filled(3, 16)}, "raises",
        "array 'kind' has 3 in row 0 (16 rows are wrong), <text>:5 expects class numbers from 0 to 2"),
    "a class below the first": (lambda: {"kind": filled(-1, 16)}, "raises",
        "array 'kind' has -1 in row 0 (16 rows are wrong), <text>:5 expects class numbers from 0 to 2"),
    "half a class": (lambda: {"kind": filled(1.5, 16)}, "silent",
        "array 'kind' has 1.5 in row 0 (16 rows are wrong), <text>:5 expects class numbers from 0 to 2"),
    "a target that is spread": (lambda: {"size": ones(16, 1)}, "silent",
        "array 'size' has shape (16, 1), <text>:6 expects targets of shape (16, 2): axis 1 differs"),
    "percents for shares": (lambda: {"flag": filled(100, 16)}, "silent",
        "array 'flag' has 100 in row 0 (16 rows are wrong), <text>:7 expects targets from 0 to 1"),
    "signs for shares": (lambda: {"flag": filled(-1, 16)}, "silent",
        "array 'flag' has -1 in row 0 (16 rows are wrong), <text>:7 expects targets from 0 to 1"),
}  # fmt: skip
"""By what is wrong: the arrays; what Keras does with them (it raises, computes no number, or is silent); what is said."""


@pytest.mark.parametrize("name", REFUSED)
def test_an_array_that_does_not_fit_is_named(name: str) -> None:
    changes, _, words = REFUSED[name]
    assert refusal(MIXED, mixed(**changes())) == words


@pytest.mark.parametrize("name", REFUSED)
def test_keras_would_raise_or_train_something_else(name: str) -> None:
    changes, does, _ = REFUSED[name]
    found = outcome(MIXED, mixed(**changes()))
    kind = "silent" if isinstance(found, float) and math.isfinite(found) else "lost"
    assert kind == ("silent" if does == "silent" else "lost")
    assert does != "raises" or found == "raises"


@pytest.mark.parametrize("wrong", ["missing", "extra"])
def test_other_arrays_than_those_of_the_graph_are_refused(wrong: str) -> None:
    arrays = mixed()
    if wrong == "missing":
        arrays.pop("flag")
    else:
        arrays["weight"] = ones(16)
    words = refusal(MIXED, arrays)
    assert words.startswith(f"holds {[*arrays]}, <text> expects ['image',")


def test_the_first_wrong_row_is_named_and_all_are_counted() -> None:
    image = ones(16, 4)
    image[[3, 3, 7], [0, 2, 1]] = math.nan
    assert "nan in row 3 (2 rows are wrong)" in refusal(MIXED, mixed(image=image))


FITTING = {
    "whole floats for whole numbers": lambda: {"words": filled(1.0, 16, 5), "kind": filled(2.0, 16)},
    "booleans": lambda: {"flag": filled(True, 16), "image": filled(True, 16, 4)},
    "a column": lambda: {"flag": ones(16, 1), "kind": filled(1, 16, 1)},
    "halves of shares": lambda: {"flag": filled(0.5, 16)},
    "small dtypes": lambda: {"words": filled(1, 16, 5).astype("uint8"), "image": ones(16, 4).astype("float16")},
    "another length of sequences": lambda: {"words": filled(1, 16, 9)},
}  # fmt: skip


@pytest.mark.parametrize("name", FITTING)
def test_what_fits_is_let_through_and_trains(name: str) -> None:
    arrays = mixed(**FITTING[name]())
    script(MIXED).data(arrays, "d")
    found = outcome(MIXED, arrays)
    assert isinstance(found, float)
    assert math.isfinite(found)


# ---- losses

GRAPHS = {
    "CTC": "input x: [10, 4]\noutput y = Dense(5)(x)\n",
    "Circle": "input x: [4]\noutput y = x -> Dense(5) -> UnitNormalization\n",
}
GRAPH = "input x: [4]\noutput y = Dense(5, softmax)(x)\n"


def of_loss(name: str, arguments: str = "") -> str:
    return f"{GRAPHS.get(name, GRAPH)}train:\n    loss = {name}({arguments})(y)\n"


def right(name: str) -> Any:
    import numpy as np

    target = TARGETS[name]
    random = np.random.default_rng(0)
    if target.form == "same":
        low, high = target.low or 0, 2 if target.high is None else target.high
        return random.integers(low, high, (ROWS, 5), endpoint=True)
    rows = (ROWS, 3) if target.form == "labels" else (ROWS,)
    return random.integers(1, 5, rows)


def of_inputs(name: str, y: Any) -> dict[str, Any]:
    return {"x": ones(ROWS, *((10, 4) if name == "CTC" else (4,))), "y": y}


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_each_loss_trains_on_what_it_is_said_to_take(name: str) -> None:
    arrays = of_inputs(name, right(name))
    script(of_loss(name)).data(arrays, "d")
    found = outcome(of_loss(name), arrays)
    assert isinstance(found, float)
    assert math.isfinite(found)


BEYOND = {
    "BinaryCrossentropy": 2, "BinaryFocalCrossentropy": 2, "CTC": 5, "CategoricalCrossentropy": 2,
    "CategoricalFocalCrossentropy": 2, "CategoricalGeneralizedCrossEntropy": 5, "CategoricalHinge": 2, "Circle": 0.5,
    "Dice": 2, "Hinge": 2, "KLDivergence": 2, "MeanSquaredLogarithmicError": -1, "Poisson": -1,
    "SparseCategoricalCrossentropy": 5, "SquaredHinge": 2, "Tversky": 2,
}  # fmt: skip
"""For each loss that does not take every number, one that it means nothing by."""


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_each_loss_refuses_what_it_means_nothing_by(name: str) -> None:
    target = TARGETS[name]
    assert (name in BEYOND) == (target.low is not None or target.high is not None or target.whole)
    if name in BEYOND:
        y = right(name) + 0 * BEYOND[name]
        y.flat[-1] = BEYOND[name]
        assert f"has {BEYOND[name]} in row 15 (1 rows are wrong)" in refusal(
            of_loss(name), of_inputs(name, y)
        )


def test_a_loss_that_spreads_its_rows_wants_them_bare() -> None:
    """Keras announces that it takes a column, and compares every row with every class then."""
    name = "CategoricalGeneralizedCrossEntropy"
    assert "of shape (16,): axis 1 differs" in refusal(
        of_loss(name), of_inputs(name, right(name)[:, None])
    )


def test_class_numbers_for_one_hot_rows_are_told() -> None:
    import numpy as np

    name = "CategoricalCrossentropy"
    for y in (np.arange(ROWS) % 5, np.arange(ROWS)[:, None] % 5):
        words = refusal(of_loss(name), of_inputs(name, y))
        assert "expects one-hot rows (class numbers are for sparse_categorical_cross" in words
        assert outcome(of_loss(name), of_inputs(name, y)) == "raises"


def test_an_ignored_class_is_none_of_the_others() -> None:
    text = of_loss("SparseCategoricalCrossentropy", "ignore_class=255")
    y = filled(255, ROWS)
    y[0] = 2
    script(text).data({"x": ones(ROWS, 4), "y": y}, "d")
    y[1] = 254
    words = refusal(text, {"x": ones(ROWS, 4), "y": y})
    assert "has 254 in row 1 (1 rows are wrong), <text>:2 expects class numbers from 0 to 4 or 255" in words  # fmt: skip


# ---- inputs of other kinds


@pytest.mark.parametrize(
    ("dtype", "value"),
    [("uint8", 300), ("uint8", -1), ("int8", 128), ("bool", 2), ("int64", 0.5), ("float16", 1e6)],
)
def test_what_a_dtype_cannot_hold_is_refused(dtype: str, value: float) -> None:
    text = f'input x: {dtype}[4]\noutput y = Dense(1)(cast(x, "float32"))\ntrain:\n    loss = mse\n'
    words = refusal(text, {"x": filled(value, 16, 4), "y": ones(16)})
    assert f"'x' has {float(value) if isinstance(value, float) else value} in row 0" in words


SHARED = """
input a: [T, 4]
input b: [T, 4]
output y = Dense(2, softmax)(a + b)
train:
    loss = sparse_categorical_crossentropy(y)
"""


@pytest.mark.parametrize("wrong", ["b", "y"])
def test_sizes_of_one_name_are_the_same_in_all_arrays(wrong: str) -> None:
    arrays = {"a": ones(16, 3, 4), "b": ones(16, 3, 4), "y": filled(1, 16, 3)}
    script(SHARED).data(arrays, "d")
    arrays[wrong] = filled(1, 16, 5, 4) if wrong == "b" else filled(1, 16, 5)
    assert ": axis 1 differs, T is 3" in refusal(SHARED, arrays)
    assert outcome(SHARED, arrays) == "raises"


def test_indices_are_followed_into_blocks_models_and_shapes() -> None:
    text = """
model Read(n)(words: int32[6]):
    return words -> Embedding(n, 4) -> Flatten -> Dense(4)
block Both(n)(a, b):
    return Embedding(n, 4)(concatenate([a, b]))
input a: int32[3]
input b: int32[3]
input c: int32[2, 3]
input free: int32[3]
h = Both(7)(a, b) -> Flatten -> Dense(4)
k = Read(5)(c -> Flatten)
output y = Dense(1)(h + k + Dense(4)(cast(free + 1, "float32")))
train:
    loss = mse
"""
    arrays = {one: filled(0, 16, 3) for one in ("a", "b", "free")}
    arrays |= {"c": filled(0, 16, 2, 3), "y": ones(16)}
    script(text).data(arrays | {"free": filled(-9, 16, 3)}, "d")
    for name, limit in (("a", 7), ("b", 7), ("c", 5)):
        words = refusal(text, arrays | {name: arrays[name] + limit})
        assert f"array '{name}' has {limit} in row 0" in words


def test_texts_are_let_through_and_train() -> None:
    text = "input x: string[2]\noutput y = x -> Hashing(9) -> Embedding(9, 2) -> Flatten -> Dense(1)\ntrain:\n    loss = mse\n"
    data = script(text).data({"x": filled("a", 16, 2), "y": ones(16)}, "d")
    history = script(text).train(script(text).model(), data)
    assert math.isfinite(history.history["loss"][0])
    assert "has 32 values of int64" in refusal(text, {"x": filled(1, 16, 2), "y": ones(16)})


def test_of_a_loss_of_ones_own_nothing_is_demanded() -> None:
    text = "from my_losses import masked\ninput x: [4]\noutput y = Dense(3)(x)\ntrain:\n    loss = masked(y)\n"
    from dsl.translate.data import outputs

    (spec,) = outputs(dsl.check(text).program)
    assert (spec.words, spec.dtype, spec.shape) == ("targets", "", None)
