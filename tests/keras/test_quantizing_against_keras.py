"""Layers whose dtype keeps weights in few bits: what Keras builds and counts, and what runs."""

from __future__ import annotations

from typing import Any

import pytest

from dsl import compiler
from dsl.catalogue.registry import Configured
from dsl.shapes.dims import BATCH
from dsl.shapes.types import TensorType
from dsl.source import Source
from tests.keras.test_masks_against_keras import ARGUMENTS, CALLS, public_layers, shape_for

pytestmark = pytest.mark.keras

STEPS, ROWS, IDS = (
    TensorType("float32", (BATCH, 3, 6)),
    TensorType("float32", (BATCH, 6)),
    TensorType("int32", (BATCH, 4)),
)
POLICIES = (
    "int8_from_float32", "int4_from_float32", "int4/-1_from_float32", "int4/3_from_float32", "int4/128_from_float32",
    "float8_from_float32", "int8_from_mixed_bfloat16", "int4_from_float16", "int4/2_from_mixed_float16",
    "float8_from_mixed_bfloat16", "int8_from_float64", "int8_from_bfloat16",
)  # fmt: skip
REFUSED = (
    "int8", "int4", "float8_e4m3fn", "float8_e4m3fn_from_float32", "int8_from_float16", "int8_from_mixed_float16", "int8_from_",
    "int8_from_float3", "int8x_from_float32", "int8/3_from_float32", "int8_from_int8_from_float32", "gptq_from_float32",
    "gptq/5/3_from_float32", "awq/8/3_from_float32", "int4/0_from_float32", "int4/x_from_float32", "int4/3/3_from_float32",
    "INT8_from_float32",
)  # fmt: skip


def _einsum(equation: str, shape: Any, bias: str | None = None, **more: Any) -> Any:
    return "EinsumDense", {"equation": equation, "output_shape": shape, "bias_axes": bias, **more}


LAYERS = (
    ("Dense", {"units": 5}, ROWS),
    ("Dense", {"units": 5, "use_bias": False}, STEPS),
    ("Dense", {"units": 4, "kernel_initializer": Configured("initializers.STFT", {})}, ROWS),
    (*_einsum("abc,cd->abd", (None, 5), "d"), STEPS),
    (*_einsum("abc,cde->abde", (3, 4, 5), "de"), STEPS),
    (*_einsum("abc,bcd->ad", 7, "d"), STEPS),
    (*_einsum("abc,bd->adc", (7, 6)), STEPS),
    (*_einsum("abc,bdc->abd", (3, 5)), STEPS),
    (*_einsum("...x,xy->...y", (5,), "y"), STEPS),
    ("Embedding", {"input_dim": 9, "output_dim": 5}, IDS),
    ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 5}, IDS),
    ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 5, "tie_weights": False}, IDS),
)
ADAPTED = (
    ("Dense", {"units": 5, "lora_rank": 2}, ROWS),
    (*_einsum("abc,cde->abde", (3, 4, 5), lora_rank=2), STEPS),
    ("Embedding", {"input_dim": 9, "output_dim": 5, "lora_rank": 2}, IDS),
    ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 5, "lora_rank": 2}, IDS),
    (
        "ReversibleEmbedding",
        {"input_dim": 9, "output_dim": 5, "lora_rank": 2, "tie_weights": False},
        IDS,
    ),
)


@pytest.mark.parametrize("policy", POLICIES)
def test_weights_in_few_bits_are_counted(policy: str, disagreements: Any) -> None:
    adapted = () if policy.startswith("float8") else ADAPTED
    cases = [(key, {**given, "dtype": policy}, x) for key, given, x in (*LAYERS, *adapted)]
    assert disagreements(cases) == []


def test_an_embedding_is_adapted_without_few_bits(disagreements: Any) -> None:
    assert disagreements(ADAPTED) == []


@pytest.mark.parametrize("policy", REFUSED)
def test_policies_that_keras_does_not_know(policy: str, disagreements: Any) -> None:
    cases = [("Dense", {"units": 5, "dtype": policy}, ROWS), ("Flatten", {"dtype": policy}, ROWS)]
    assert disagreements(cases) == []


@pytest.mark.parametrize(
    "policy", ["int8_from_float32", "int4/3_from_float32", "float8_from_float32"]
)
@pytest.mark.parametrize("wrapper", ["TimeDistributed", "SpectralNormalization"])
def test_wrapped_layers_have_weights_in_few_bits(
    wrapper: str, policy: str, disagreements: Any
) -> None:
    inside = Configured("Dense", {"units": 5, "use_bias": True, "lora_rank": None, "dtype": policy})
    assert disagreements([(wrapper, {"layer": inside}, STEPS)]) == []


@pytest.mark.parametrize("mode", ["int8", "float8", "gptq/4/3"])
def test_layers_that_no_data_go_through_are_refused(mode: str) -> None:
    """Of every layer: where a quantized dtype is taken, a run succeeds, and where it is refused, none does."""
    wrong = {}
    for name in public_layers():
        given = ", ".join(one for one in (ARGUMENTS.get(name), 'dtype="float64"') if one)
        for more in ("", ", h", ", h, c"):
            text = f"input x: {shape_for(name)}\ny{more} = {name}({given})({CALLS.get(name, 'x')})\noutput y\n"
            checked = compiler.check(Source("test.graph", text))
            if checked.ok:
                policy = f"{mode}_from_float32"
                ours = compiler.check(Source("test.graph", text.replace("float64", policy))).ok
                if ours is not _runs(compiler.emit(checked).replace("float64", policy)):
                    wrong[name] = "taken" if ours else "refused"
                break
    assert wrong == {}


def _runs(script: str) -> bool:
    import numpy as np

    names: dict[str, Any] = {"__name__": "run"}
    try:
        exec(script, names)  # noqa: S102 -- the code under test
        model = names["build_model"]()
        (x,) = model.inputs
        model(np.ones([2, *(size or 3 for size in x.shape[1:])], x.dtype))
    except Exception:  # noqa: BLE001 -- however it fails
        return False
    return True


def test_policies_are_read_as_keras_reads_them(keras_takes: Any) -> None:
    from dsl.catalogue.quantizing import SOURCES, mode_of

    modes = (
        "int8",
        "int4",
        "float8",
        "int4/16",
        "int4/-1",
        "int4/-2",
        "gptq/4/8",
        "gptq/9/8",
        "awq/4/-1",
        "awq/2/1",
    )
    words = [f"{mode}_from_{source}" for mode in modes for source in (*SOURCES, "float", "mixed")]
    wrong = [
        one
        for one in words
        if (mode_of(one) is not None) != keras_takes("Identity", {"dtype": one}, STEPS)
    ]
    assert wrong == []
