"""Values that Keras takes and that mean nothing: it takes them; and of those that it raises for, it takes none."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from dsl import compiler
from dsl.catalogue import kinds, lookup
from dsl.catalogue.domains import domain, unread
from dsl.catalogue.registry import Configured
from dsl.source import Source
from tests.keras.test_masks_against_keras import ARGUMENTS, CALLS, public_layers, shape_for

pytestmark = pytest.mark.keras

VALUES = (
    0,
    -1,
    2**63,
    2.5,
    0.5,
    True,
    False,
    None,
    "foo",
    "",
    [],
    [2],
    [0, 1],
    [0.5, 0.2],
    [2, 2, 2],
    {},
)
BY_OTHERS = {
    ("Conv1DTranspose", "output_padding"),
    ("Conv2DTranspose", "output_padding"),
    ("Conv3DTranspose", "output_padding"),
    ("Discretization", "num_bins"),
    ("GRUCell", "units"),
    ("GroupNormalization", "groups"),
    ("GroupQueryAttention", "num_query_heads"),
    ("LSTMCell", "units"),
    ("MelSpectrogram", "sequence_stride"),
    ("STFTSpectrogram", "frame_length"),
    ("STFTSpectrogram", "window"),
    ("SimpleRNNCell", "units"),
    ("StackedRNNCells", "cells"),
    ("BatchNormalization", "axis"),
}
"""Parameters whose odd values are right or wrong together with others, or by chance."""


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", public_layers())
def test_what_is_said_of_odd_values(name: str) -> None:
    symbol = lookup.symbol("layers", name)
    assert symbol is not None
    checked = _example(name)
    if checked is None:
        pytest.skip("no example has one input alone")
    given = next(one for one in checked.program.operations if one.symbol == name).arguments
    x = checked.program.inputs[0].tensor.type
    wrong = []
    for parameter in (one.name for one in symbol.parameters):
        known = domain(symbol, parameter)
        asked = (
            known.kind is not None
            and known.kind is not kinds.FLAG
            and parameter not in ("name", "dtype")
        )
        if not asked or (name, parameter) in BY_OTHERS:
            continue
        for value in VALUES:
            if known.refuse(value) is None:
                continue
            odd = unread(symbol, parameter, given) or known.code_of(value) == "senseless-value"
            if odd is not _takes(name, {**given, parameter: value}, x):
                wrong.append((parameter, value, "refused" if odd else "taken"))
    assert wrong == []


def _example(name: str) -> Any:
    for rest in ("", ", h", ", h, c"):
        call = CALLS.get(name, "x")
        text = f"input x: {shape_for(name)}\ny{rest} = {name}({ARGUMENTS.get(name, '')})({call})\noutput y\n"
        checked = compiler.check(Source("example.graph", text))
        if checked.ok:
            return checked
    return None


def _takes(name: str, given: Any, x: Any) -> bool:
    import keras

    sizes = [size if isinstance(size, int) else None for size in x.shape]
    try:
        layer = getattr(keras.layers, name)(**{key: _made(value) for key, value in given.items()})
        tensor = keras.Input(batch_shape=sizes, dtype=x.dtype)
        made = layer(*eval(f"({CALLS.get(name, 'x')},)", {"x": tensor}))  # noqa: S307 -- of the table
        keras.Model(tensor, made)
    except Exception:  # noqa: BLE001 -- any will do as a refusal
        return False
    return True


def _made(value: Any) -> Any:
    import keras

    if isinstance(value, list | tuple):
        return type(value)(_made(one) for one in value)
    if not isinstance(value, Configured):
        return value
    arguments = {key: _made(one) for key, one in value.arguments.items()}
    return getattr(keras.layers, value.symbol)(**arguments)
