"""What Keras itself says, beside what the rules say."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any

import pytest

from dsl.catalogue import lookup, versions
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Configured, Policy, Refusal
from dsl.shapes.types import TensorType
from tests.keras.older import (
    UPDATES,
    does_otherwise,
    installed,
    known_there,
    lacks,
    write_down,
)

PLAIN = Policy()


LATER = ("senseless-value", "cannot-run")
"""Codes of what Keras builds: nothing, or a run, is wrong with it."""


def compare(
    key: str,
    arguments: dict[str, Any],
    *operands: Any,
    policy: Policy = PLAIN,
    **call_arguments: Any,
) -> str:
    """How Keras and the rule disagree over an application; empty where they agree.

    What an older Keras does not have is not compared, nor what it is known to do otherwise.

    Args:
        key: of the layer or function, as in `rule`.
        arguments: of the layer's configuration (empty for a function).
        operands: `TensorType`, or a list of these.
        policy: the global dtype policy; an argument `dtype` is left to the caller's `policy`.
        call_arguments: of the call, or of the function; tensors as `TensorType`.
    """
    symbol = lookup.by_key(key)
    assert symbol is not None, key
    arguments = known_there(symbol, arguments)
    if lacks(symbol, arguments, call_arguments):
        return ""
    kind, said = _disagreement(symbol, arguments, operands, call_arguments, policy)
    if not said or does_otherwise(key, kind):
        return ""
    return f"{key}({arguments}) on {[_words(o) for o in operands]} {call_arguments or ''}: {said}"


def _disagreement(
    symbol: lookup.Symbol, arguments: Any, operands: Any, call: Any, policy: Policy
) -> tuple[str, str]:
    """What Keras does otherwise than the rule says, as `versions.rule_since` has it, and in words."""
    ours = apply(symbol, arguments, operands, call, policy)
    assert ours is not None, f"{symbol.key} has no rule"
    later = isinstance(ours, Refusal) and ours.code in LATER
    try:
        theirs = _ask_keras(symbol, arguments, operands, call, policy)
    except Exception as problem:  # noqa: BLE001 -- any will do as a refusal
        if isinstance(ours, Refusal) and not later:
            return "", ""
        given = ours.code if isinstance(ours, Refusal) else _words(ours.value)
        return "raises", f"ours {given}, Keras says {type(problem).__name__}: {str(problem)[:200]}"
    if isinstance(ours, Refusal):
        if ours.code == "cannot-run" and _runs(symbol, arguments, operands, call):
            return "runs", f"ours says that runs fail ({ours.words}), and they do not"
        said = f"ours refuses ({ours.words}), Keras gives {theirs}"
        return ("", "") if later else ("builds", said)
    announced = (_plain(ours.value), ours.params, ours.frozen)
    if ours.params is None:
        announced, theirs = announced[:1], theirs[:1]
    return ("", "") if announced == theirs else ("gives", f"ours {announced}, Keras {theirs}")


def _ask_keras(
    symbol: lookup.Symbol, arguments: Any, operands: Any, call: Any, policy: Policy
) -> tuple[Any, int, int]:
    import keras

    name = {("float16", "float32"): "mixed_float16", ("bfloat16", "float32"): "mixed_bfloat16"}
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name.get((policy.compute, policy.variable), policy.compute))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = _attribute(keras, symbol.path)
            values = [_keras_value(operand) for operand in operands]
            settings = {key: _keras_value(value) for key, value in arguments.items()}
            named = {key: _keras_value(value) for key, value in call.items()}
            if not symbol.is_layer:
                return _types(made(*values, **settings, **named)), 0, 0
            layer = made(**settings)
            result = _types(layer(*values, **named))
            return result, layer.count_params(), _size(layer.non_trainable_weights)
    finally:
        keras.config.set_dtype_policy(old)


def _runs(symbol: lookup.Symbol, arguments: Any, operands: Any, call: Any) -> bool:
    """Whether the layer or function runs on arrays of such shapes."""
    import keras

    named = {key: _array(value) for key, value in call.items()}
    try:
        layer = _attribute(keras, symbol.path)
        if symbol.is_layer:
            layer = layer(**{key: _keras_value(value) for key, value in arguments.items()})
        else:
            named |= {key: _array(value) for key, value in arguments.items()}
        layer(*[_array(operand) for operand in operands], **named)
    except Exception:  # noqa: BLE001 -- any will do as a failure
        return False
    return True


def _array(value: Any) -> Any:
    """Ones in the place of a tensor; an open axis has two."""
    import keras
    import numpy as np

    if isinstance(value, list | tuple):
        return type(value)(_array(one) for one in value)
    if not isinstance(value, TensorType):
        return value
    ones = np.ones([n if isinstance(n, int) else 2 for n in value.shape or ()], "float32")
    return keras.ops.cast(ones, value.dtype)


def _attribute(keras: Any, path: str) -> Any:
    value = keras
    for part in path.split(".")[1:]:
        value = getattr(value, part)
    return value


def _size(weights: Any) -> int:
    return sum(int(prod(weight.shape)) for weight in weights)


def _keras_value(value: Any) -> Any:
    import keras

    if isinstance(value, TensorType):
        assert value.shape is not None
        shape = tuple(size if isinstance(size, int) else None for size in value.shape)
        return keras.KerasTensor(shape, dtype=value.dtype)
    if isinstance(value, Configured):
        symbol = lookup.by_key(value.symbol)
        assert symbol is not None
        known = known_there(symbol, value.arguments)
        settings = {key: _keras_value(inner) for key, inner in known.items()}
        return _attribute(keras, symbol.path)(**settings)
    if isinstance(value, list | tuple):
        return type(value)(_keras_value(item) for item in value)
    return value


def _types(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return (
            type(value)(_types(item) for item in value)
            if type(value) in (list, tuple)
            else (tuple(_types(item) for item in value))
        )
    return getattr(value.dtype, "name", value.dtype), tuple(value.shape)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_plain(item) for item in value)
    sizes = value.shape and tuple(size if isinstance(size, int) else None for size in value.shape)
    return value.dtype, sizes


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_words(item) for item in value) + "]"
    return str(value)


@pytest.fixture
def disagreements() -> Any:
    """A function: cases, each the arguments of `compare` as a tuple, to what they disagree on."""

    def run(cases: Any, **call: Any) -> list[str]:
        return [said for case in cases if (said := compare(*case, **call))]

    return run


def pytest_configure(config: pytest.Config) -> None:
    """Note whether what an older Keras does otherwise is to be written down."""
    if config.getoption("--update", default=False):
        UPDATES.append(True)


def pytest_sessionfinish() -> None:
    """Write down what an older Keras does otherwise than the rules say."""
    write_down()


@pytest.fixture
def keras_takes() -> Any:
    """A function: whether Keras builds a layer with these arguments on an operand."""

    def run(key: str, arguments: dict[str, Any], *operands: Any, **call: Any) -> bool:
        symbol = lookup.by_key(key)
        assert symbol is not None, key
        try:
            _ask_keras(symbol, arguments, operands, call, PLAIN)
        except Exception:  # noqa: BLE001 -- any will do as a refusal
            return False
        return True

    return run


@pytest.fixture(autouse=True)
def _same_keras(request: pytest.FixtureRequest) -> None:
    """What is compared with Keras needs one that the catalogue knows, and that has what is compared."""
    if not request.path.stem.endswith("_against_keras"):
        return
    if installed() not in versions.supported():
        pytest.skip(f"the catalogue does not know Keras {installed()}")
    callspec = getattr(request.node, "callspec", None)
    for name in callspec.params.values() if callspec else ():
        symbol = lookup.by_key(name) if isinstance(name, str) else None
        if symbol is not None and lacks(symbol):
            pytest.skip(f"{name} came with Keras {versions.since(symbol)}")
