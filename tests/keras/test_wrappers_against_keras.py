"""Each layer inside of `TimeDistributed`, at each rank: what raises, what is announced, and what a run makes of it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

import dsl
from tests.keras.test_masks_against_keras import ARGUMENTS, public_layers

if TYPE_CHECKING:
    from dsl.compiler import Compilation

pytestmark = pytest.mark.keras

SHAPES = ([5, 4], [3, 5, 4], [3, 6, 5, 4], [3, 6, 6, 5, 4])
WHOLE = frozenset(
    {"CategoryEncoding", "Embedding", "Hashing", "IntegerLookup", "ReversibleEmbedding"}
)
TEXTS = frozenset({"StringLookup", "TextVectorization"})
OTHERS = {"EinsumDense": '"abc,cd->abd", [none, 6]'}
INSIDE = [one for one in public_layers() if one != "TimeDistributed"]
TAKEN = frozenset({"AugMix", "ContrastLimitedAdaptiveHistogramEqualization", "MelSpectrogram", "RandAugment"})  # fmt: skip
"""Layers whose run fails on some images or sounds; nothing is said of that."""


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", INSIDE)
def test_a_layer_for_each_step(name: str) -> None:
    dtype = "int32" if name in WHOLE else "string" if name in TEXTS else "float32"
    layer = f"{name}({OTHERS.get(name, ARGUMENTS.get(name, ''))})"
    wrong = {}
    for shape in SHAPES:
        done = dsl.check(f"input x: {dtype}{shape}\noutput y = TimeDistributed({layer})(x)\n")
        said, real = _said(done), _real(layer, shape, dtype)
        if said not in {real, "own"} and not (real == "fails" and name in TAKEN):
            wrong[len(shape) + 1] = f"said {said}, and Keras {real}"
    assert wrong == {}


def _said(done: Compilation) -> str:
    """`raises`, `fails`, what is announced, with `otherwise` where a run gives something else; `own` for a rule of the language."""
    claims = [one.code.keras for one in done.diagnostics if one.severity == "error"]
    if claims:
        return {"raises-build": "raises", "raises-fit": "fails"}.get(claims[0], "own")
    kind = done.program.outputs[0].tensor.type
    told = [one.message for one in done.diagnostics if one.code.id == "surprise"]
    if any("the run takes" in one for one in told):
        return "fails"
    sizes = [size if isinstance(size, int) else None for size in (kind.shape or ())[1:]]
    return f"{kind.dtype}{sizes}{' otherwise' if told else ''}"


def _real(layer: str, shape: list[int], dtype: str) -> str:
    """The same of Keras: of the emitted layer, a run, and one in training."""
    import keras
    import numpy as np

    words = {"true": True, "none": None, "same": "same", "relu": "relu"}
    try:
        inner = eval(layer, {**vars(keras.layers), **words})  # noqa: S307 -- a line of this file
        x = keras.Input(shape, dtype=dtype)
        y = keras.layers.TimeDistributed(inner)(x)
        model = keras.Model(x, y)
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return "raises"
    ones = np.ones((2, *shape))
    given = keras.ops.convert_to_tensor(
        ones.astype(str) if dtype == "string" else ones.astype(dtype)
    )
    try:
        made = [model(given, training=learns) for learns in (False, True)]
    except Exception:  # noqa: BLE001 -- as above
        return "fails"
    same = y.dtype == keras.backend.standardize_dtype(made[0].dtype) and y.ndim == made[0].ndim
    pairs = zip(y.shape[1:], made[0].shape[1:], strict=False)
    same = same and all(size in (None, real) for size, real in pairs)
    return f"{y.dtype}{list(y.shape[1:])}{'' if same else ' otherwise'}"
