"""Measures the models of `keras.applications`: `python -m dsl.catalogue.harvest_applications`.

Every model is built without values in its weights. Numbers of parameters are linear in the
channels of the image, in the classes and (VGG) in the positions under the classifier, so a few
builds say them all. The chain of windows along one path from image to features says what becomes
of its height and width.
"""

from __future__ import annotations

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("applications.json")
SOME_SIZE = 299
SIZES = (SOME_SIZE, 224, 331, 252, 254, 264, 240)
"""Together they bring each halving an even and an odd size."""
CLASSES = 1000
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "MobileNet": tuple({"alpha": alpha} for alpha in (0.25, 0.5, 0.75)),
    "MobileNetV2": tuple({"alpha": alpha} for alpha in (0.35, 0.5, 0.75, 1.3, 1.4)),
    "MobileNetV3Large": ({"alpha": 0.75}, {"minimalistic": True}),
    "MobileNetV3Small": ({"alpha": 0.75}, {"minimalistic": True}),
}
"""Settings with published weights that change the numbers of parameters."""


def build(make: Any, size: int | None, channels: int = 3, **settings: Any) -> Any:
    """The model for images of that size, its weights without values."""
    import keras

    settings = {"weights": None, "include_top": False} | settings
    scope = keras.StatelessScope(initialize_variables=False)
    with scope, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make(input_shape=(size, size, channels), **settings)


def counts(model: Any) -> list[int]:
    """How many numbers its weights hold, and how many of them are not trainable."""
    frozen = sum(_size(weight) for weight in model.non_trainable_weights)
    return [frozen + sum(_size(weight) for weight in model.trainable_weights), frozen]


def _size(weight: Any) -> int:
    size = 1
    for dim in weight.shape:
        size *= dim
    return size


def body(make: Any, size: int | None, **settings: Any) -> dict[str, Any]:
    """Channels and parameters of the features; None by channel where only colour images will do."""
    model = build(make, size, **settings)
    known = counts(model)
    found: dict[str, Any] = {
        "channels": model.output.shape[-1],
        "params": known,
        "per_channel": None,
    }
    try:
        wider = counts(build(make, size, channels=4, **settings))
    except ValueError:
        return found
    return found | {"per_channel": _difference(wider, known)}


def _difference(more: list[int], less: list[int]) -> list[int]:
    return [a - b for a, b in zip(more, less, strict=True)]


def top(make: Any, size: int, known: list[int], **settings: Any) -> dict[str, Any]:
    """Parameters that the classifier adds, by class and by position of the features."""
    settings |= {"include_top": True}
    model = counts(build(make, size, classes=CLASSES, **settings))
    more = counts(build(make, size, classes=CLASSES + 1, **settings))
    larger = counts(build(make, size + 64, classes=CLASSES, **settings))
    found: dict[str, Any] = {
        "params": _difference(model, known),
        "per_class": _difference(more, model)[0],
    }
    added = _difference(larger, model)[0]
    if not added:
        return found
    positions = [_positions(make, side) for side in (size, size + 64)]
    each = added // (positions[1] - positions[0])
    found["params"][0] -= each * positions[0]
    return found | {"per_position": each}


def _positions(make: Any, size: int) -> int:
    shape = build(make, size).output.shape
    return int(shape[1] * shape[2])


def steps(model: Any) -> list[list[Any]]:
    """The windows between its input and its output.

    Each is `[[kernel, stride, padding], [before, after], parity of its input]`.
    """
    return list(reversed(list(_walk(model.output, model.inputs))))


def _walk(tensor: Any, inputs: Any) -> Any:
    stops = {id(one) for one in inputs}
    while id(tensor) not in stops:
        layer, index, _ = tensor._keras_history  # noqa: SLF001 -- the only way back
        arguments = layer._inbound_nodes[index].input_tensors  # noqa: SLF001
        if hasattr(layer, "layers"):
            inner = getattr(layer, "_functional", layer)
            yield from _walk(inner.outputs[0], inner.inputs)
        else:
            yield from step_of(layer, arguments[0].shape)
        tensor = next(one for one in arguments if len(one.shape) == 4 and one.shape[1] != 1)


def step_of(layer: Any, shape: Any) -> Any:
    """The window of a layer, if it has one, over a map of that shape."""
    kind = type(layer).__name__
    parity = None if shape[1] is None else shape[1] % 2
    if kind == "ZeroPadding2D":
        yield [[1, 1, "valid"], list(layer.padding[0]), parity]
    elif kind == "Cropping2D":
        yield [[1, 1, "valid"], [-side for side in layer.cropping[0]], parity]
    elif "Conv2D" in kind:
        yield [[_side(layer.kernel_size), _side(layer.strides), layer.padding], [0, 0], parity]
    elif "Pooling2D" in kind and "Global" not in kind:
        yield [[_side(layer.pool_size), _side(layer.strides), layer.padding], [0, 0], parity]


def _side(pair: Any) -> int:
    return int(pair[0] if isinstance(pair, tuple | list) else pair)


def windows(models: list[Any]) -> list[dict[str, Any]]:
    """The steps that change a size, on the way through a model built for several sizes."""
    return merged([steps(model) for model in models])


def merged(several: list[list[list[Any]]]) -> list[dict[str, Any]]:
    """The steps that change a size, those pads told apart that depend on whether it is odd."""
    chain: list[dict[str, Any]] = []
    for alike in zip(*several, strict=True):
        kernel, stride, padding = alike[0][0]
        even = next((pads for _, pads, parity in alike if not parity), None)
        odd = next((pads for _, pads, parity in alike if parity), even)
        even = even or odd
        if stride == 1 and (padding == "same" or kernel == 1) and even == odd == [0, 0]:
            continue
        step = {"kernel": kernel, "stride": stride, "padding": padding, "pads": even}
        chain.append(step if even == odd else step | {"odd_pads": odd})
    return chain


def measure(name: str) -> dict[str, Any]:
    """All that is recorded of one model."""
    import keras

    make = getattr(keras.applications, name)
    parameters = inspect.signature(make).parameters
    default = default_size(make)
    known = body(make, SOME_SIZE)
    chain = _chain(make)
    found: dict[str, Any] = {"default_size": default, "min_size": _min_size(make)}
    found["needs_size"] = counts(build(make, None)) != known["params"]
    found |= {"windows": chain, "body": known, "top": top(make, default, known["params"])}
    found["top_needs_size"] = not _builds(make, None, include_top=True)
    if "include_preprocessing" in parameters:
        raw = body(make, SOME_SIZE, include_preprocessing=False)
        found |= {} if raw == known else {"raw_body": raw}
    for setting in VARIANTS.get(name, ()):
        one = body(make, SOME_SIZE, **setting)
        variant = {
            "settings": setting,
            "body": one,
            "top": top(make, default, one["params"], **setting),
        }
        found.setdefault("variants", []).append(variant)
    return found


def _chain(make: Any) -> list[dict[str, Any]]:
    known, unknown = build(make, SOME_SIZE), build(make, None)
    lopsided = any(pads[0] != pads[1] for _, pads, _ in steps(unknown))
    more = [build(make, size) for size in SIZES[1:]] if lopsided else []
    return windows([unknown, known, *more])


def default_size(make: Any) -> int:
    """The side of the images that it classifies; 224 where any will do."""
    import keras

    scope = keras.StatelessScope(initialize_variables=False)
    with scope:
        size = make(weights=None, include_top=True).input.shape[1]
    return size or 224


def _min_size(make: Any) -> int:
    """The smallest size that it builds for, below which Keras says so."""
    return next(
        size for size in (32, 71, 75) if _builds(make, size) and not _builds(make, size - 1)
    )


def _builds(make: Any, size: int | None, **settings: Any) -> bool:
    try:
        build(make, size, **settings)
    except ValueError:
        return False
    return True


def main() -> None:
    """Write `applications.json`."""
    import keras

    names = [name for name in sorted(dir(keras.applications)) if name[0].isupper()]
    models = {name: measure(name) for name in names}
    found = {"keras": keras.__version__, "models": models}
    TARGET.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
