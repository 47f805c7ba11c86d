"""Functions of `keras.ops.image`, and those of `keras.ops` that slide windows."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of, space_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.convolution_functions import places
from dsl.shapes.dims import Dim, floor_div, minus, plus, times
from dsl.shapes.types import Shape, TensorType
from dsl.shapes.windows import fits, slide


def image_problem(images: TensorType, operand: int = 0) -> Refusal | None:
    """Why this is no image and no batch of images."""
    if len(shape_of(images)) in (3, 4):
        return None
    words = f"[height, width, channels] is needed, and this is {images}"
    return Refusal(words, operand=operand, code="wrong-rank")


def plane_of(data_format: str | None) -> tuple[int, int]:
    """Where height and width stand."""
    return (-2, -1) if data_format == "channels_first" else (-3, -2)


def with_plane(images: TensorType, data_format: str | None, height: Dim, width: Dim) -> TensorType:
    """Images of another height and width."""
    rows, columns = plane_of(data_format)
    sizes = list(shape_of(images))
    sizes[rows], sizes[columns] = height, width
    return TensorType(images.dtype, tuple(sizes))


@rule("ops.image.resize")
def resize(
    images: TensorType,
    *,
    size: Any,
    crop_to_aspect_ratio: Any = False,
    pad_to_aspect_ratio: Any = False,
    data_format: str | None = None,
) -> Output | Refusal:
    """To a height and width.

    >>> from dsl.shapes.dims import BATCH
    >>> str(resize(TensorType("float32", (BATCH, 8, 8, 3)), size=(4, 5)).value)
    'float32[4, 5, 3]'
    """
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    pair = isinstance(size, list | tuple) and len(size) == 2
    if not pair or not all(isinstance(one, int) and one > 0 for one in size):
        words = f"`size` is a height and a width, and {size!r} is not"
        return Refusal(words, "size", help="write `(height, width)`", code="bad-value")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        words = "an image is cropped or padded to its aspect ratio, not both"
        return Refusal(words, "pad_to_aspect_ratio", code="bad-value")
    return Output(with_plane(images, data_format, *size))


@rule("ops.image.rgb_to_grayscale")
def rgb_to_grayscale(images: TensorType, *, data_format: str | None = None) -> Output | Refusal:
    """One channel of three."""
    at = -3 if data_format == "channels_first" else -1
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    sizes = list(shape_of(images))
    if isinstance(sizes[at], int) and sizes[at] not in (1, 3):
        words = f"an image in colours has 3 channels, and this is {images}"
        return Refusal(words, operand=0, code="shape-mismatch")
    sizes[at] = 1
    return Output(TensorType(images.dtype, tuple(sizes)))


@rule("ops.image.gaussian_blur", "ops.image.elastic_transform")
def filtered(images: TensorType) -> Output | Refusal:
    """Shape and dtype stay."""
    return image_problem(images) or Output(images)


@rule("ops.image.pad_images")
def pad_images(
    images: TensorType,
    *,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Output | Refusal:
    """Of each side two of three: the pads before and after, and the size."""
    given = (
        (top_padding, bottom_padding, target_height),
        (left_padding, right_padding, target_width),
    )
    return _resized(images, given, data_format, 1)


@rule("ops.image.crop_images")
def crop_images(
    images: TensorType,
    *,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Output | Refusal:
    """Of each side two of three: the crops before and after, and the size."""
    given = (
        (top_cropping, bottom_cropping, target_height),
        (left_cropping, right_cropping, target_width),
    )
    return _open_side(images, given, data_format) or _resized(images, given, data_format, -1)


def _open_side(images: TensorType, given: Any, data_format: str | None) -> Refusal | None:
    """Why an open side cannot be cropped, where its size afterwards is not given."""
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    for name, (*_, target), at in zip(
        ("height", "width"), given, plane_of(data_format), strict=True
    ):
        if target is None and not isinstance(shape_of(images)[at], int):
            words = f"the {name} of {images} is open, so that `target_{name}` must be given"
            return Refusal(words, operand=0, code="unknown-size")
    return None


def _resized(
    images: TensorType, given: Any, data_format: str | None, sign: int
) -> Output | Refusal:
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    names = (("height", "top", "bottom"), ("width", "left", "right"))
    after: list[Dim] = []
    for (name, start, end), (before, behind, target), at in zip(
        names, given, plane_of(data_format), strict=True
    ):
        if sum(value is None for value in (before, behind, target)) != 1:
            words = f"of {start}, {end} and target {name} exactly two must be given"
            return Refusal(words, code="bad-value")
        if not all(value is None or isinstance(value, int) for value in (before, behind, target)):
            words = f"{start}, {end} and target {name} are whole numbers"
            silent = target is None and not isinstance(shape_of(images)[at], int)
            return Refusal(words, code="senseless-value" if silent else "bad-value")
        size = shape_of(images)[at]
        found = target if target is not None else plus(size, sign * (before + behind))
        rest = minus(times(sign, minus(found, size)), (before or 0) + (behind or 0))
        if any(isinstance(n, int) and n < 0 for n in (before, behind, found, rest)):
            words = f"the {name} of {images} cannot become {found} that way"
            return Refusal(words, operand=0, code="bad-value")
        after.append(found)
    return Output(with_plane(images, data_format, *after))


# ---- windows


@rule("ops.max_pool", "ops.average_pool")
def pool(
    inputs: TensorType,
    *,
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: str | None = None,
) -> Output | Refusal:
    """One number of each window.

    >>> from dsl.shapes.dims import BATCH
    >>> str(pool(TensorType("float32", (BATCH, 8, 8, 3)), pool_size=2).value)
    'float32[4, 4, 3]'
    """
    shape = shape_of(inputs)
    rank = len(shape) - 2
    front = 2 if data_format == "channels_first" else 1
    words = f"[length, channels] is needed, or [height, width, channels], or one axis more, and this is {inputs}"
    if len(shape) < front:
        return Refusal(words, operand=0, code="wrong-rank")
    if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
        return Refusal(f"padding must be valid or same, not {padding}", "padding", code="bad-value")
    space = space_of(shape, data_format)
    refusal = _pool_problem(space, pool_size, strides, padding.lower())
    if refusal is not None:
        return refusal
    if not 1 <= rank <= 3:
        return Refusal(words, operand=0, code="cannot-run")
    windows = _each(pool_size, rank)
    steps = windows if strides is None else _each(strides, rank)
    sizes = list(shape)
    for at, (window, step) in enumerate(zip(windows, steps, strict=True), front):
        if padding.lower() == "valid" and not fits(sizes[at], window):
            words = (
                f"the window of {window} is larger than the {sizes[at]} that are left of axis {at}"
            )
            helps = "use `padding=same` or a smaller window"
            return Refusal(words, "pool_size", 0, helps, "too-small")
        sizes[at] = slide(sizes[at], window, step, padding.lower())
    return Output(TensorType(inputs.dtype, tuple(sizes)))


def _each(value: Any, rank: int) -> tuple[Any, ...]:
    """A number for each axis; one in a list stretches."""
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    return values * rank if len(values) == 1 else values


def _pool_problem(space: Shape, pool_size: Any, strides: Any, padding: str) -> Refusal | None:
    """Why these are not positive integers, one for each axis of space.

    Keras lets numpy stretch and divide, and asks only that something is left.
    """
    rank = len(space)
    given = {"pool_size": pool_size, "strides": pool_size if strides is None else strides}
    for name, value in given.items():
        values = _each(value, rank)
        if len(values) == rank and all(isinstance(one, int) and one > 0 for one in values):
            continue
        words = f"{name} is a positive integer for each of the {rank} axes of space, and {value!r} is not"
        used = (given["strides"],) if padding == "same" else given.values()
        lengths = {len(_each(one, 1)) for one in used} | {rank}
        most = max(lengths)
        rows = [_each(one, most) for one in (_stretched(space, most), *given.values())]
        silent = lengths <= {1, most} and all(
            places(size, window if padding == "valid" else 1, step, 1, padding)
            for size, window, step in zip(*rows, strict=False)
        )
        return Refusal(words, name, 0, code="senseless-value" if silent else "bad-value")
    return None


def _stretched(space: Shape, most: int) -> Shape:
    """One axis of space as numpy stretches it; an open one counts as -1 behind the first."""
    if len(space) != 1 or most < 2:
        return space
    (size,) = space
    return (size, *((size if isinstance(size, int) else -1),) * (most - 1))


@rule("ops.depth_to_space")
def depth_to_space(
    x: TensorType, *, block_size: int, data_format: str = "channels_last"
) -> Output | Refusal:
    """Channels become blocks of the plane."""
    channels = -3 if data_format == "channels_first" else -1
    refusal = _batch_of_images(x) or _block_problem(block_size)
    if refusal is not None:
        return refusal
    sizes = list(shape_of(x))
    size = sizes[channels]
    if isinstance(size, int) and size % block_size**2:
        words = f"{size} channels are no multiple of {block_size**2}"
        return Refusal(words, "block_size", 0, code="bad-value")
    sizes[channels] = floor_div(size, block_size**2)
    for at in plane_of(data_format):
        sizes[at] = times(sizes[at], block_size)
    return Output(TensorType(x.dtype, tuple(sizes)))


@rule("ops.space_to_depth")
def space_to_depth(
    x: TensorType, *, block_size: int, data_format: str = "channels_last"
) -> Output | Refusal:
    """Blocks of the plane become channels."""
    channels = -3 if data_format == "channels_first" else -1
    refusal = _batch_of_images(x) or _block_problem(block_size)
    if refusal is not None:
        return refusal
    sizes = list(shape_of(x))
    for at in plane_of(data_format):
        size = sizes[at]
        if isinstance(size, int) and size % block_size:
            words = f"axis {at + len(sizes)} of {x} is no multiple of {block_size}"
            return Refusal(words, "block_size", 0, code="bad-value")
        sizes[at] = floor_div(size, block_size)
    sizes[channels] = times(sizes[channels], block_size**2)
    return Output(TensorType(x.dtype, tuple(sizes)))


def _block_problem(block_size: Any) -> Refusal | None:
    if isinstance(block_size, int) and block_size > 1:
        return None
    words = f"block_size is an integer from 2 up, and {block_size!r} is none"
    return Refusal(words, "block_size", code="bad-value")


def _batch_of_images(x: TensorType) -> Refusal | None:
    if len(shape_of(x)) == 4:
        return None
    words = f"[height, width, channels] is needed, and this is {x}"
    return Refusal(words, operand=0, code="wrong-rank")
