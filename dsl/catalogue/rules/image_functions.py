"""Functions of `keras.ops.image` that move points, change colours and compare: most keep the shape."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.catalogue.rules.images import image_problem
from dsl.catalogue.rules.operands import alike_shapes, never_alike, run_problem
from dsl.shapes.dims import BATCH, Dim, same
from dsl.shapes.dtypes import DTYPES, is_float
from dsl.shapes.types import Shape, TensorType

FLOATS = ("float16", "bfloat16", "float32", "float64")
MOVES = tuple(
    one for one in DTYPES if one not in ("bool", "int8", "complex64", "complex128", "string")
)
RUNS = {
    "affine_transform": MOVES,
    "perspective_transform": MOVES,
    "psnr": tuple(one for one in DTYPES if one not in ("bool", "string")),
    "scale_and_translate": (*FLOATS, "complex64", "complex128"),
    "sobel_edges": FLOATS,
    "ssim": tuple(one for one in DTYPES if not one.startswith("complex")),
}
"""The dtypes whose run succeeds; each other one is announced all the same."""


@rule("ops.image.rgb_to_hsv", "ops.image.hsv_to_rgb")
def colours(images: TensorType, *, data_format: str | None = None, symbol: str) -> Output | Refusal:
    """Three channels to three others.

    >>> colours(TensorType("uint8", (8, 8, 3)), symbol="ops.image.rgb_to_hsv").words
    'rgb_to_hsv takes floats, and this is uint8[8, 8, 3] without its batch'
    """
    name, shape = symbol.rpartition(".")[2], shape_of(images)
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    if images.dtype is not None and not is_float(images.dtype):
        words = f"{name} takes floats, and this is {images}"
        helps = '`cast(x, "float32") / 255.0` makes them of bytes'
        return Refusal(words, operand=0, help=helps, code="wrong-dtype")
    if same(shape[-3 if data_format == "channels_first" else -1], 3) is False:
        words = f"an image in colours has 3 channels, and this is {images}"
        return Refusal(words, operand=0)
    return Output(images)


@rule("ops.image.affine_transform")
def affine_transform(images: TensorType, transform: TensorType) -> Output | Refusal:
    """Turned, stretched and shifted by 8 numbers for all images, or for each."""
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    rank = len(shape_of(transform))
    if rank not in (1, 2):
        words = f"a transform is 8 numbers, or 8 for each image, and this is {transform}"
        return Refusal(words, operand=1, code="wrong-rank")
    many = rank == 2 and same(shape_of(transform)[0], 1) is False
    if same(shape_of(transform)[-1], 8) is False or (many and len(shape_of(images)) == 3):
        words = f"a transform is 8 numbers, or 8 for each image, and this is {transform}"
        return Refusal(words, operand=1, code="cannot-run")
    return run_problem("affine_transform", RUNS["affine_transform"], images) or Output(images)


@rule("ops.image.perspective_transform")
def perspective_transform(
    images: TensorType, start_points: TensorType, end_points: TensorType
) -> Output | Refusal:
    """Four corners of each image go to four others."""
    refusal = image_problem(images)
    if refusal is not None:
        return refusal
    for index, points in enumerate((start_points, end_points), 1):
        shape = shape_of(points)
        if shape[-2:] != (4, 2) or len(shape) not in (2, 3):
            words = f"four points of two numbers are needed, and this is {points}"
            return Refusal(words, operand=index, help="a tensor of [4, 2]")
    if not alike_shapes(shape_of(start_points), shape_of(end_points)):
        words = f"the points to go to are {end_points} where those to start from are {start_points}"
        return Refusal(words, operand=2)
    name = "perspective_transform"
    return run_problem(name, RUNS[name], images) or Output(images)


@rule("ops.image.map_coordinates")
def map_coordinates(inputs: TensorType, coordinates: TensorType) -> Output | Refusal:
    """A number for each point; the first axis of the points goes through the axes of the map.

    >>> image, points = TensorType("float32", (8, 8)), TensorType("float32", (2, 5, 6))
    >>> map_coordinates(image, points).value.shape
    (5, 6)
    """
    rank, shape = len(shape_of(inputs)), shape_of(coordinates)
    if not shape or shape[0] != rank:
        words = f"coordinates need {rank} as their first size, one for each axis of {inputs}, and are {coordinates}"
        helps = "the batch is an axis of both"
        return Refusal(words, operand=1, help=helps)
    if len(shape) < 2:
        words = f"coordinates have an axis of points behind the first, and this is {coordinates}"
        return Refusal(words, operand=1, code="wrong-rank")
    return Output(TensorType(inputs.dtype, shape[1:]))


@rule("ops.image.scale_and_translate")
def scale_and_translate(
    images: TensorType, *, output_shape: Any, spatial_dims: Any = ()
) -> Output | Refusal:
    """Of the shape that is wanted, its first axis with it; nothing is looked at while building."""
    if not isinstance(output_shape, list | tuple) or not all(
        size is None or (isinstance(size, int) and size >= 0) for size in output_shape
    ):
        words = f"`output_shape` is a list of sizes, the first axis with them, and {output_shape!r} is not"
        return Refusal(words, "output_shape", code="bad-value")
    shape = tuple(output_shape)
    if shape and shape[0] is None and shape_of(images)[:1] == (BATCH,):
        shape = (BATCH, *shape[1:])
    refusal = run_problem("scale_and_translate", RUNS["scale_and_translate"], images)
    if refusal is not None:
        return refusal
    warnings: tuple[str, ...] = ()
    real = _scaled(shape_of(images), shape, spatial_dims)
    if real is not None and real != shape:
        given = TensorType(images.dtype, real)
        words = f"scale_and_translate announces {TensorType(images.dtype, shape)}, and the run gives {given}"
        warnings = (words,)
    return Output(TensorType(images.dtype, shape), warnings=warnings)


def _scaled(shape: Shape, wanted: Shape, axes: Any) -> Shape | None:
    """What a run gives: only the axes of space are scaled; None where they are not known."""
    if not isinstance(axes, list | tuple) or not all(isinstance(one, int) for one in axes):
        return None
    sizes: list[Dim] = list(shape)
    if any(not -len(shape) <= axis < min(len(shape), len(wanted)) for axis in axes):
        return None
    for axis in axes:
        sizes[axis] = wanted[axis]
    return tuple(sizes)


@rule("ops.image.sobel_edges")
def sobel_edges(images: TensorType) -> Output | Refusal:
    """How steep each place is, along the height and along the width."""
    if len(shape_of(images)) != 4:
        words = f"[height, width, channels] is needed, and this is {images}"
        return Refusal(words, operand=0, code="wrong-rank")
    made = TensorType(images.dtype, (*shape_of(images), 2))
    return run_problem("sobel_edges", RUNS["sobel_edges"], images) or Output(made)


@rule("ops.image.ssim")
def ssim(
    image1: TensorType,
    image2: TensorType,
    *,
    filter_size: Any = 11,
    data_format: str | None = None,
) -> Output | Refusal:
    """How like two images are: a number for each, or one number without a batch."""
    for index, image in enumerate((image1, image2)):
        refusal = image_problem(image, index)
        if refusal is not None:
            return refusal
    shape, other = shape_of(image1), shape_of(image2)
    batch = shape[:1] if len(shape) == 4 else ()
    plane = shape[-2:] if data_format == "channels_first" else shape[-3:-1]
    least = min((size for size in plane if isinstance(size, int)), default=None)
    if least is not None and isinstance(filter_size, int) and least < filter_size:
        words = f"the filter of {filter_size} does not fit into {image1}"
        code = "senseless-value" if least + 1 == filter_size else "cannot-run"
        return Refusal(words, "filter_size", 0, "use a smaller filter", code)
    warnings: tuple[str, ...] = ()
    if never_alike(shape, other):
        warnings = (f"ssim compares images of one shape, and these are {image1} and {image2}",)
    made = Output(TensorType(image1.dtype, batch), warnings=warnings)
    return run_problem("ssim", RUNS["ssim"], image1) or made


@rule("ops.psnr")
def psnr(x1: TensorType, x2: TensorType) -> Output | Refusal:
    """How like two tensors are: one number, announced as float32."""
    if len(shape_of(x1)) != len(shape_of(x2)):
        words = f"operand 2 is {x2} where operand 1 is {x1}"
        return Refusal(words, operand=1, help="both need equally many axes", code="wrong-rank")
    if never_alike(shape_of(x1), shape_of(x2)):
        words = f"operand 2 is {x2} where operand 1 is {x1}"
        return Refusal(words, operand=1, help="both need one shape", code="cannot-run")
    refusal = run_problem("psnr", RUNS["psnr"] if shape_of(x1) else None, x1, x2)
    if refusal is not None:
        return refusal
    warnings: tuple[str, ...] = ()
    if is_float(x1.dtype) and x1.dtype != "float32":
        warnings = (f"psnr announces float32, and the run gives {x1.dtype}",)
    return Output(TensorType("float32", ()), warnings=warnings)
