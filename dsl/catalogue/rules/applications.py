"""The models of `keras.applications`, as they are applied to an image.

The numbers are those of `applications.json`; the shape follows from the windows that the image
passes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import number, shape_of
from dsl.catalogue.kinds import choice
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.rules.mobile_nets import reckoned
from dsl.records import Record
from dsl.shapes.counting import UNKNOWN_WITHIN, Within, count
from dsl.shapes.dims import plus, product, same
from dsl.shapes.types import Shape, TensorType
from dsl.shapes.windows import fits, slide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.shapes.dims import Dim

NAMES = """
    ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169
    DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4
    EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2
    EfficientNetV2B3 EfficientNetV2L EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3
    NASNetLarge NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16
    VGG19 Xception
"""
SETTINGS = {"alpha": 1.0, "depth_multiplier": 1, "minimalistic": False}
"""Arguments that change what is inside, with Keras's defaults."""
CLASSES = 1000
OTHER_PRETRAINED_SIZES = {
    "MobileNet": (128, 160, 192, 224),
    "MobileNetV2": (96, 128, 160, 192, 224),
}
"""The sizes that there are trained classifiers for, beside the default."""
PRETRAINED_WIDTHS = {
    "MobileNet": (0.25, 0.5, 0.75, 1.0),
    "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
    "MobileNetV3Large": (0.75, 1.0),
    "MobileNetV3Small": (0.75, 1.0),
}
"""The values of `alpha` that there are trained weights for."""


@rule(*[f"applications.{name}" for name in NAMES.split()])
def application(
    image: TensorType,
    *,
    symbol: str,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = CLASSES,
    include_preprocessing: bool = True,
    policy: Policy,
) -> Output | Refusal:
    """Features, pooled or not, or classes.

    >>> from dsl.shapes.dims import BATCH
    >>> image = TensorType("float32", (BATCH, 250, 250, 3))
    >>> features = {"symbol": "applications.Xception", "include_top": False, "policy": Policy()}
    >>> given = application(image, **features)
    >>> str(given.value), given.params, given.frozen
    ('float32[8, 8, 2048]', 20861480, 54528)
    >>> str(application(image, **features, pooling="avg").value)
    'float32[2048]'
    """
    head = (include_top, weights, input_shape, pooling, classes)
    return applied(image, Wanted(symbol, *head, {}, policy, include_preprocessing))


@rule("applications.MobileNet")
def mobile_net(
    image: TensorType,
    *,
    symbol: str,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = CLASSES,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    policy: Policy,
) -> Output | Refusal:
    """A model of several widths and depths."""
    settings = {"alpha": alpha, "depth_multiplier": depth_multiplier}
    wanted = Wanted(symbol, include_top, weights, input_shape, pooling, classes, settings, policy)
    return applied(image, wanted)


@rule("applications.MobileNetV2")
def mobile_net_v2(
    image: TensorType,
    *,
    symbol: str,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = CLASSES,
    alpha: float = 1.0,
    policy: Policy,
) -> Output | Refusal:
    """A model of several widths."""
    settings = {"alpha": alpha}
    wanted = Wanted(symbol, include_top, weights, input_shape, pooling, classes, settings, policy)
    return applied(image, wanted)


@rule("applications.MobileNetV3Large", "applications.MobileNetV3Small")
def mobile_net_v3(
    image: TensorType,
    *,
    symbol: str,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = CLASSES,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_preprocessing: bool = True,
    policy: Policy,
) -> Output | Refusal:
    """A model of several widths, also without its slower parts."""
    settings = {"alpha": alpha, "minimalistic": minimalistic}
    head = (include_top, weights, input_shape, pooling, classes)
    return applied(image, Wanted(symbol, *head, settings, policy, include_preprocessing))


class Wanted(Record):
    """The arguments of an application; settings are those that change what is inside."""

    symbol: str
    include_top: bool
    weights: Any
    input_shape: Any
    pooling: str | None
    classes: int
    settings: dict[str, Any]
    policy: Policy
    preprocessing: bool = True


def _name(wanted: Wanted) -> str:
    return wanted.symbol.rpartition(".")[2]


def applied(image: TensorType, wanted: Wanted) -> Output | Refusal:
    """What a model gives of an image."""
    name = _name(wanted)
    facts = models()[name]
    built = _built_for(image, wanted.input_shape)
    if isinstance(built, Refusal):
        return built
    refusal = _size_problem(image, built, facts, wanted.include_top)
    if refusal is None and wanted.weights == "imagenet":
        refusal = _pretrained_problem(name, built, facts, wanted)
    if refusal is not None:
        return refusal
    space = _space(facts, shape_of(image)[1:3], built)
    if isinstance(space, Refusal):
        return space
    variant = _variant(name, facts, wanted.settings)
    if variant is None:
        words = f"an alpha of {wanted.settings['alpha']} leaves no channels in some layer of {name}"
        return Refusal(words, "alpha", help="1 is the usual width", code="bad-value")
    channels = variant["body"]["channels"]
    batch = shape_of(image)[0]
    shape: Shape = (batch, wanted.classes if wanted.include_top else channels)
    if not wanted.include_top and wanted.pooling is None:
        shape = (batch, *space, channels)
    value = TensorType(wanted.policy.compute, shape)
    params, frozen = _counts(facts, variant, built, wanted)
    found = _cost(image, built, wanted)
    madds, within = (None, UNKNOWN_WITHIN) if found is None else found
    return Output(value, params, frozen, madds=madds, within=within)


def _cost(image: TensorType, built: Shape, wanted: Wanted) -> tuple[int, Within] | None:
    """Multiply-adds and what is held, where the sizes are numbers and the settings were measured."""
    from dsl.catalogue.application_costs import Head, Image, cost  # noqa: PLC0415 -- its table is large

    batch, height, width, channels = shape_of(image)
    samples = count(batch)
    if not (isinstance(height, int) and isinstance(width, int) and isinstance(channels, int)):
        return None
    known = isinstance(built[0], int) and isinstance(built[1], int)
    sides = (number(built[0]), number(built[1])) if known else None
    pretrained = wanted.weights == "imagenet"
    classes = wanted.classes if wanted.include_top else None
    head = Head(classes, wanted.pooling is not None, pretrained, wanted.preprocessing)
    changed = _changed(wanted.settings)
    found = cost(_name(wanted), changed, Image((height, width), sides, channels), head)
    if found is None or samples is None:
        return None
    madds, within = found
    return madds * samples, within.times(samples)


@cache
def models() -> Mapping[str, Any]:
    """What was measured of each model."""
    import json  # noqa: PLC0415 -- read on first use
    import pkgutil  # noqa: PLC0415 -- as above

    text = pkgutil.get_data("dsl.catalogue", "applications.json")
    if text is None:
        words = "dsl/catalogue/applications.json is missing; make it with `make catalogue`"
        raise FileNotFoundError(words)
    return dict(json.loads(text)["models"])


# ---- what it is built for


def _built_for(image: TensorType, input_shape: Any) -> Shape | Refusal:
    """Height, width and channels that the model is built for: `input_shape`, or the image's own."""
    shape = shape_of(image)
    if len(shape) != 4:
        words = f"an image [height, width, channels] is needed, and this is {image}"
        return Refusal(words, operand=0, code="wrong-rank")
    if not isinstance(shape[3], int):
        words = f"the channels of {image} must be a known number"
        return Refusal(words, operand=0, help="colours are 3", code="unknown-size")
    if input_shape is None:
        return shape[1:]
    if (
        not isinstance(input_shape, list | tuple)
        or len(input_shape) != 3
        or not all(map(_is_size, input_shape))
    ):
        words = "`input_shape` is a height, a width and channels"
        return Refusal(
            words, "input_shape", help="leave it away: it is the image's", code="bad-value"
        )
    for wanted, size in zip(input_shape, shape[1:], strict=True):
        if wanted is not None and same(wanted, size) is False:
            words = f"`input_shape` is {list(input_shape)} where the image is {image}"
            return Refusal(words, "input_shape", 0, "leave it away: it is the image's")
    return tuple(input_shape)


def _is_size(size: Any) -> bool:
    """Whether a size is a number, or open."""
    return size is None or (isinstance(size, int) and not isinstance(size, bool))


def _size_problem(image: TensorType, built: Shape, facts: Any, include_top: bool) -> Refusal | None:
    least = facts["min_size"]
    sides = built[:2]
    if any(isinstance(side, int) and side < least for side in sides):
        words = f"the image must be at least {least} by {least}, and this is {image}"
        helps = "`Resizing` or `UpSampling2D` makes it larger"
        return Refusal(words, operand=0, help=helps, code="too-small")
    known = [isinstance(side, int) for side in sides]
    if include_top and facts["top_needs_size"] and not all(known):
        words = f"the classifier must know the height and width of the image, and this is {image}"
        helps = "give the input numbers, or write `include_top=false`"
        return Refusal(words, "include_top", 0, helps, "unknown-size")
    if facts["needs_size"] and not all(known):
        words = f"the height and width of the image must be known, and this is {image}"
        helps = "built for any size, its branches would not meet in the run"
        return Refusal(words, operand=0, help=helps, code="unknown-size")
    if known == [True, False] and _has_corrected_pads(facts):
        words = f"height and width must both be known, or neither, and this is {image}"
        return Refusal(words, operand=0, code="unknown-size")
    return None


def _has_corrected_pads(facts: Any) -> bool:
    return any("odd_pads" in step for step in facts["windows"])


def _pretrained_problem(name: str, built: Shape, facts: Any, wanted: Wanted) -> Refusal | None:
    """Why the published weights don't go with this."""
    if built[2] != 3:
        words = f"the weights `imagenet` are for images of 3 channels, and here are {built[2]}"
        return Refusal(words, "weights", 0, "write `weights=none`", "bad-value")
    settings = wanted.settings
    widths = PRETRAINED_WIDTHS.get(name, ()) if not settings.get("minimalistic") else (1.0,)
    if "alpha" in settings and settings["alpha"] not in widths:
        words = f"there are weights `imagenet` of {name} for an alpha of {choice(tuple(map(str, widths)))}"
        return Refusal(words, "alpha", None, "write `weights=none`", "bad-value")
    if settings.get("depth_multiplier", 1) != 1:
        words = "the weights `imagenet` are for a depth_multiplier of 1"
        return Refusal(words, "depth_multiplier", None, "write `weights=none`", "bad-value")
    if not wanted.include_top:
        return None
    if wanted.classes != CLASSES:
        words = f"the weights `imagenet` are for {CLASSES} classes, and here are {wanted.classes}"
        helps = "write `include_top=false` and classify with a `Dense`, or `weights=none`"
        return Refusal(words, "classes", None, helps, "bad-value")
    sizes = {facts["default_size"], *OTHER_PRETRAINED_SIZES.get(name, ())}
    if facts["top_needs_size"] and not (built[0] == built[1] and built[0] in sizes):
        size = facts["default_size"]
        words = f"the trained classifier is for images of {size} by {size}, and this is not one"
        helps = f"resize with `Resizing({size}, {size})`, or write `include_top=false`"
        return Refusal(words, "include_top", 0, helps, "bad-value")
    return None


# ---- what it gives


def _space(facts: Any, sides: Shape, built: Shape) -> Shape | Refusal:
    """Height and width of the features."""
    after: list[Dim] = []
    for axis, (side, made) in enumerate(zip(sides, built[:2], strict=True)):
        # Keras looks at the height alone to see whether sizes are known while it builds
        parity_known = isinstance(built[0], int) and isinstance(made, int)
        found = _through(facts["windows"], side, made if parity_known else None)
        if isinstance(found, Refusal):
            return Refusal(f"{found.words}, on axis {axis + 1}", None, 0, found.help, found.code)
        after.append(found)
    return tuple(after)


def _through(windows: Any, size: Dim, made: Dim) -> Dim | Refusal:
    """A side of the features, from that of the image and that which the model is built for."""
    for step in windows:
        odd = isinstance(made, int) and made % 2 == 1
        pads = sum(step["odd_pads"] if odd and "odd_pads" in step else step["pads"])
        moves = step["kernel"], step["stride"], step["padding"]
        if moves[2] == "valid" and not fits(plus(size, pads), moves[0]):
            words = (
                f"the image is too small: a window of {moves[0]} does not fit what is left of it"
            )
            return Refusal(words, code="too-small")
        size = slide(plus(size, pads), *moves)
        made = slide(plus(made, pads), *moves)
    return size


def _changed(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that are not Keras's defaults."""
    return {name: value for name, value in settings.items() if value != SETTINGS[name]}


def _variant(name: str, facts: Any, settings: dict[str, Any]) -> Any:
    """What was measured or can be reckoned under these settings; None where a layer would have no channels."""
    changed = _changed(settings)
    if not changed:
        return facts
    measured = [one for one in facts.get("variants", ()) if one["settings"] == changed]
    return measured[0] if measured else reckoned(name, settings)


def _counts(facts: Any, variant: Any, built: Shape, wanted: Wanted) -> tuple[int | None, int]:
    """Parameters, and how many of them do not learn."""
    body, top = variant["body"], variant["top"]
    params, frozen = body["params"]
    channels = built[2]
    if channels != 3:
        if body["per_channel"] is None or not isinstance(channels, int):
            return None, 0
        params += body["per_channel"][0] * (channels - 3)
        frozen += body["per_channel"][1] * (channels - 3)
    if not wanted.include_top:
        return params, frozen
    params += top["params"][0] + top["per_class"] * (wanted.classes - CLASSES)
    if "per_position" in top:
        positions = _space(facts, built[:2], built)
        found = None if isinstance(positions, Refusal) else product(positions)
        if not isinstance(found, int):
            return None, 0
        params += top["per_position"] * found
    return params, frozen + top["params"][1]
