"""What a run makes of whole numbers and truths: the tables of `layer_run_dtypes`, layer by layer, dtype by dtype."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest

from dsl import compiler
from dsl.source import Source

pytestmark = pytest.mark.keras

DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "int64")
LAYERS = {
    "[8]": (
        "Dropout(0.5) GaussianNoise(0.5) GaussianDropout(0.5) AlphaDropout(0.5) ActivityRegularization() ReLU() ELU() "
        "LeakyReLU() PReLU() Softmax() UnitNormalization() BatchNormalization() LayerNormalization() RMSNormalization() "
        "GroupNormalization(2) RepeatVector(3) Masking() Dense(4) Rescaling(0.5) Activation(linear) Activation(relu) "
        "Activation(relu6) Activation(tanh) Activation(exponential) Activation(leaky_relu) Activation(sigmoid) "
        "Activation(softmax) Activation(gelu) Activation(elu) Activation(softsign) Activation(hard_sigmoid)"
    ),
    "[8, 4]": (
        "ZeroPadding1D() Cropping1D() UpSampling1D(2) MaxPooling1D() AveragePooling1D(2) GlobalMaxPooling1D() "
        "GlobalAveragePooling1D() AdaptiveMaxPooling1D(2) AdaptiveAveragePooling1D(2) SpatialDropout1D(0.5) "
        "Conv1D(2,3) DepthwiseConv1D(3) SeparableConv1D(2,3) Conv1DTranspose(2,3)"
    ),
}
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot(1)")


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(
    ("layer", "sizes"), [(one, sizes) for sizes, listed in LAYERS.items() for one in listed.split()]
)
def test_a_layer_gives_what_is_said(layer: str, sizes: str) -> None:
    programs = {one: f"input x: {one}{sizes}\noutput y = {layer}(x)\n" for one in DTYPES}
    assert _wrong(programs) == {}


@pytest.mark.parametrize("merge", MERGES)
def test_a_merge_gives_what_is_said(merge: str) -> None:
    layer = merge if "(" in merge else f"{merge}()"
    pairs = [(one, other) for one in DTYPES for other in (one, "int64", "float32")]
    programs = {
        f"{one}, {other}": f"input a: {one}[8]\ninput b: {other}[8]\noutput y = {layer}([a, b])\n"
        for one, other in pairs
    }
    assert _wrong(programs) == {}


def _wrong(programs: dict[str, str]) -> dict[str, str]:
    """Where a run gives something else than the compiler says, by the dtypes of the inputs."""
    found = {}
    for name, text in programs.items():
        checked = compiler.check(Source("run.graph", text))
        said, real = _said(checked), _real(checked)
        if said != real:
            found[name] = f"said {said}, and the run {real}"
    return found


def _said(checked: compiler.Compilation) -> str:
    """The dtype that a run is said to give: that of the warning, else that of the model."""
    for one in checked.diagnostics:
        if one.severity == "error" or "the run takes" in one.message:
            return "fails"
        gives = re.search(r"the run gives (\w+)$", one.message)
        if gives:
            return gives[1]
    return str(checked.program.outputs[0].tensor.type.dtype)


def _real(checked: compiler.Compilation) -> str:
    import keras
    import numpy as np

    if not checked.ok:
        return "fails"
    names: dict[str, Any] = {"__name__": "run"}
    exec(compiler.emit(checked), names)  # noqa: S102 -- the code under test
    given = [
        np.ones((2, *one.tensor.type.shape[1:])).astype(one.tensor.type.dtype)
        for one in checked.program.inputs
    ]
    try:
        made = names["build_model"]()(given if given[1:] else given[0])
    except Exception:  # noqa: BLE001 -- however it fails
        return "fails"
    return str(keras.backend.standardize_dtype(made.dtype))
