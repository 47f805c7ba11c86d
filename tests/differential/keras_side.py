"""What Keras makes of a case, called by hand and without anything of the compiler."""

from __future__ import annotations

import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dsl.records import Record, field
from tests.differential.cases import Made, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.differential.cases import Case, Given

SECONDS = 30
STEPS = 9
"""What an unknown or named size is in a run."""


class Built(Record):
    """What Keras gives.

    Args:
        model: from the inputs to the outputs.
        structure: `""` for one tensor, else `"[0]"`, `"[1][0]"` for each part.
        types: dtype and shape of each output.
    """

    model: Any
    structure: list[str]
    types: list[tuple[str, tuple[int | None, ...]]]
    params: int = 0
    trainable: int = 0
    inputs: list[Any] = field(default_factory=list)


class TooLongError(Exception):
    """Keras was not done in time."""


@contextmanager
def in_time() -> Iterator[None]:
    """Raise where something takes longer than `SECONDS`."""

    def stop(*_: object) -> None:
        raise TooLongError

    old = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def policy(name: str) -> Iterator[None]:
    """Under a global policy, where one is named."""
    import keras

    old = keras.config.dtype_policy()
    if name:
        keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(old)


def build(case: Case) -> Built:
    """The model of a case.

    Raises:
        Exception: whatever Keras raises.
    """
    import keras

    with in_time(), quiet(), policy(case.precision):
        tensors = {one.name: _input(one) for one in case.inputs}
        result = _apply(case, tensors)
        parts = list(_parts(result, ""))
        model = keras.Model(list(tensors.values()), [tensor for _, tensor in parts])
    return Built(
        model,
        [place for place, _ in parts],
        [(str(tensor.dtype), tuple(tensor.shape)) for _, tensor in parts],
        model.count_params(),
        sum(_product(weight.shape) for weight in model.trainable_weights),
        list(tensors.values()),
    )


def _product(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= int(size)
    return total


def _input(one: Given) -> Any:
    import keras

    shape = tuple(size if isinstance(size, int) else None for size in one.sizes)
    settings = {"batch_size": one.batch, "dtype": one.dtype, "name": one.name}
    return keras.Input(shape, sparse=one.sparse, **settings)


def _apply(case: Case, tensors: dict[str, Any]) -> Any:
    made = _attribute(case.symbol.path)
    settings = {name: value_of(value, tensors) for name, value in case.arguments.items()}
    operands = [value_of(value, tensors) for value in case.operands]
    if not case.symbol.is_layer:
        return made(*operands, **settings)
    call = {name: value_of(value, tensors) for name, value in case.call.items()}
    layer = made(**settings)
    result = layer(*operands, **call)
    if settings.get("trainable") is False:
        # The language freezes what a layer holds, too; Keras by this alone (and only what changes counts).
        layer.trainable = True
        layer.trainable = False
    return result


def value_of(value: Any, tensors: dict[str, Any]) -> Any:
    """A drawn value as Keras takes it."""
    match value:
        case Ref():
            return tensors[value.name]
        case Made():
            settings = {name: value_of(one, tensors) for name, one in value.arguments.items()}
            return _attribute(f"keras.{value.path}")(**settings)
        case list():
            return [value_of(one, tensors) for one in value]
        case tuple():
            return tuple(value_of(one, tensors) for one in value)
    return value


def _attribute(path: str) -> Any:
    import keras

    value: Any = keras
    for part in path.split(".")[1:]:
        value = getattr(value, part)
    return value


def _parts(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Each tensor of a result, with where it stands.

    Raises:
        TypeError: where something else stands in it.
    """
    import keras

    if isinstance(value, keras.KerasTensor):
        yield place, value
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _parts(one, f"{place}[{number}]")
    else:
        raise TypeError(f"gives {type(value).__name__}, which is no tensor")


# ---- running


def arrays(case: Case, rows: int = 2, steps: int = STEPS) -> list[Any]:
    """Random arrays for the inputs: small whole numbers, which fit every table."""
    import keras
    import numpy as np

    draw = np.random.default_rng(case.number)
    found = []
    for one in case.inputs:
        sizes = [size if isinstance(size, int) else steps for size in one.sizes]
        shape = [one.batch or rows, *sizes]
        if one.dtype == "string":
            import tensorflow as tf

            found.append(tf.constant(draw.choice(["a", "b", "c"], shape).astype(object)))
        else:
            found.append(keras.ops.cast(draw.integers(0, 2, shape), one.dtype))
    return found


def run(
    case: Case, built: Built, *, steps: int = STEPS, rows: int = 2, training: bool = False
) -> list[tuple[str, tuple[int, ...]]]:
    """Dtype and shape of each output in a run.

    Raises:
        Exception: whatever Keras raises.
    """
    with in_time(), quiet(), policy(case.precision):
        given = arrays(case, rows, steps)
        results = built.model(given if len(given) != 1 else given[0], training=training)
    listed = results if isinstance(results, list | tuple) else [results]
    return [(_dtype(one), tuple(one.shape)) for one in listed]


def _dtype(tensor: Any) -> str:
    import keras

    return str(keras.backend.standardize_dtype(tensor.dtype))


def fit(case: Case, built: Built) -> None:
    """A step of training.

    Raises:
        Exception: whatever Keras raises.
    """
    import keras
    import numpy as np

    with in_time(), quiet(), policy(case.precision):
        built.model.compile(optimizer="sgd", loss=["mse"] * len(built.types))
        given = arrays(case)
        results = built.model(given if len(given) != 1 else given[0])
        listed = results if isinstance(results, list | tuple) else [results]
        targets = [np.zeros(one.shape, "float32") for one in listed]
        built.model.fit(given, targets, epochs=1, verbose=0)
        keras.utils.clear_session(free_memory=False)
