"""Functions of images, windows, losses and attention: announced as Keras's own announce."""

from itertools import product

import pytest

from dsl.shapes.dims import Size
from tests.tensors import of_ops, tensor, typed

pytestmark = pytest.mark.keras

T = Size.named("T")
DTYPES = ("bool", "uint8", "int32", "float16", "bfloat16", "float32", "float64", "complex64")


IMAGES = [tensor(9, 8, 3), tensor(None, T, 3), typed(9, 8, 3), tensor(8, 3), tensor(9, 8, 4)]
IMAGES += [tensor(), typed(), tensor(4, 9, 8, 3), tensor(3, 9, 8), tensor(9, 8, None)]
IMAGES += [tensor(9, 8, 3, dtype=dtype) for dtype in DTYPES]
LAYOUTS = ("channels_last", "channels_first", None)


def test_functions_of_an_image(disagreements):
    keys = ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_grayscale", "sobel_edges", "gaussian_blur")
    cases = [
        of_ops(f"image.{key}", image, data_format=layout)
        for key, image, layout in product((*keys, "elastic_transform"), IMAGES, LAYOUTS)
    ]
    assert disagreements(cases) == []


def test_moved_points(disagreements):
    transforms = (typed(8), tensor(8), typed(2, 8), tensor(6), typed(), typed(1, 1, 8), typed(6))
    cases = [of_ops("image.affine_transform", *two) for two in product(IMAGES, transforms)]
    points = (typed(4, 2), tensor(4, 2), typed(2, 4, 2), typed(4, 3), tensor(2), typed(1, 1, 4, 2))
    for start, end in product(points, points):
        cases.append(of_ops("image.perspective_transform", IMAGES[0], start, end))
    cases += [of_ops("image.perspective_transform", x, points[0], points[0]) for x in IMAGES]
    places = (typed(4, 5), typed(3, 5, 6), tensor(5), typed(4), typed(), typed(4, None, T))
    cases += [of_ops("image.map_coordinates", x, p, order=1) for x, p in product(IMAGES, places)]
    for words in ({"interpolation": "cubic"}, {"fill_mode": "foo"}):
        cases.append(of_ops("image.affine_transform", IMAGES[0], typed(8), **words))
    shapes = ((None, 4, 5, 3), [2, 4, 5, 3], (4, 5), 4, (2.0, 3), (-1, 4), ())
    for x, shape in product(IMAGES, shapes):
        more = {"scale": [2.0, 2.0], "translation": [0.0, 0.0], "spatial_dims": (1, 2)}
        more |= {"output_shape": shape, "method": "linear"}
        cases.append(of_ops("image.scale_and_translate", x, **more))
    assert disagreements(cases) == []


def test_likeness(disagreements):
    others = (tensor(9, 8, 3), tensor(T, 8, 3), tensor(9, 8, 1), typed(9, 8, 3), tensor(9, 7, 3))
    cases = [
        of_ops("image.ssim", x, other, filter_size=size)
        for x, other, size in product(IMAGES, others, (3, 9, 20))
    ]
    cases += [of_ops("psnr", x, other, max_val=1.0) for x, other in product(IMAGES, others)]
    assert disagreements(cases) == []


def test_sizes_of_images(disagreements):
    sizes = ((4, 5), [4, 5], 4, (4,), (4, 5, 6), (0, 4), (-1, 4), (2.0, 3), ("a", 4), (None, 3))
    cases = [of_ops("image.resize", x, size=s) for x, s in product(IMAGES, sizes)]
    both = {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}
    cases += [of_ops("image.resize", IMAGES[0], size=(4, 5), **both)]
    for (key, what), x, layout in product(
        (("pad", "padding"), ("crop", "cropping")), IMAGES, LAYOUTS
    ):
        settings = [{f"top_{what}": 1, f"bottom_{what}": 2, f"left_{what}": 0, f"right_{what}": 1}]
        settings += [{f"top_{what}": 1, "target_height": 4, f"left_{what}": 1, "target_width": 12}]
        settings += [{f"top_{what}": 1}, {}, {**settings[0], "target_height": 4}]
        settings += [{**settings[0], f"top_{what}": -1}, {**settings[0], f"top_{what}": 2.0}]
        cases += [of_ops(f"image.{key}_images", x, **one, data_format=layout) for one in settings]
    blocks = (2, 3, 1, 0, -1, 2.0, None)
    for key, x, block in product(("depth_to_space", "space_to_depth"), IMAGES, blocks):
        cases.append(of_ops(key, x, block_size=block))
    assert disagreements(cases) == []


def test_patches(disagreements):
    sizes = (2, 3, (2, 3), [3, 2], (2, 2, 2), (2,), 0, -1, 2.0, None, "a", 20)
    settings = [{}, {"strides": 1}, {"strides": (1, 2)}, {"strides": 0}, {"dilation_rate": 2}]
    settings += [{"padding": p} for p in ("same", "SAME", "causal", None)]
    settings += [{"data_format": "channels_first"}]
    maps = [*IMAGES[:10], tensor(6, 6, 6, 2, dtype="int32")]
    cases = [
        of_ops(f"image.{key}", x, size=size, **more)
        for key in ("extract_patches", "extract_patches_3d")
        for x, size, more in product(maps, sizes, settings)
    ]
    assert disagreements(cases) == []


def test_unfold_and_fold(disagreements):
    pairs = (2, (2, 3), [2, 2], (2,), 0, -1, 2.0, None, "a", 12, (0, 2))
    maps = (tensor(3, 8, 8), tensor(3, 8, T), tensor(None, 8, 8), typed(2, 3, 8, 9), tensor(8, 8))
    cases = [of_ops("unfold", x, kernel_size=k) for x, k in product(maps, pairs)]
    names = ("dilation", "padding", "stride")
    for x, name, pair in product(maps[:2], names, pairs):
        if name != "padding" or not isinstance(pair, str):
            cases.append(of_ops("unfold", x, kernel_size=2, **{name: pair}))
            cases.append(
                of_ops("fold", tensor(12, 49), output_size=8, kernel_size=2, **{name: pair})
            )
    columns = (tensor(12, 49), tensor(12, 16), tensor(None, T), tensor(10, 49), tensor(12))
    for x, size, kernel in product(columns, (8, (8, 8), [8, 8], (None, 8), -1), pairs):
        cases.append(of_ops("fold", x, output_size=size, kernel_size=kernel))
    assert disagreements(cases) == []


def test_pools(disagreements):
    windows = (2, (2, 3), [2, 2], (2,), (2, 2, 2), 0, -1, 2.0, None, "a", 20)
    maps = [x for x in IMAGES if x.dtype == "float32"]
    for_steps = product(maps[:4], ("valid", "same"), (1, (1, 2), (2,), 0, -1, 1.5, "a", (1, 2, 3)))
    cases = []
    for key in ("max_pool", "average_pool"):
        cases += [of_ops(key, x, pool_size=p) for x, p in product(maps, windows)]
        more = ({"padding": p} for p in ("same", "SAME", "causal", None))
        cases += [of_ops(key, maps[0], pool_size=2, **one) for one in more]
        cases += [of_ops(key, x, pool_size=2, strides=s, padding=p) for x, p, s in for_steps]
    sizes = ((2, 2), (2,), (2, 2, 2), [2, 2], 2, (), (0, 2), (None, 2), (-1, 2), (2.0, 2), "ab")
    for key, x, size, layout in product(("average", "max"), IMAGES, sizes, LAYOUTS[:2]):
        cases.append(of_ops(f"adaptive_{key}_pool", x, output_size=size, data_format=layout))
    assert disagreements(cases) == []


def test_losses_of_sequences(disagreements):
    labels, scores = tensor(5, dtype="int32"), tensor(9, 4)
    lengths = (tensor(dtype="int32"), tensor(1, dtype="int32"), typed(2, dtype="int32"), typed())
    cases = [of_ops("ctc_loss", labels, scores, a, b) for a, b in product(lengths, lengths)]
    cases += [of_ops("ctc_loss", labels, x, lengths[0], lengths[0]) for x in IMAGES]
    cases += [of_ops("ctc_decode", x, n) for x, n in product((scores, *IMAGES), lengths)]
    for paths, strategy in product((1, 2, 0, -1, None, 2.0), ("greedy", "beam_search")):
        more = {"top_paths": paths, "strategy": strategy}
        cases.append(of_ops("ctc_decode", scores, lengths[0], **more))
    assert disagreements(cases) == []


AXES = (-1, 0, 1, -2, 3, -4, (0, 1), [1], (), None, 1.0, "a")


def test_losses_and_normalizations(disagreements):
    tensors = (tensor(6, 8), tensor(T, 8), tensor(), typed(6, 8), typed(), tensor(6, None))
    cases = [
        of_ops(f"{key}_normalization", x, axis=axis)
        for key, x, axis in product(("layer", "rms"), tensors, AXES)
        if not (key == "rms" and axis is None)
    ]
    keys = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
    others = (*tensors, tensor(6), tensor(6, 1), tensor(6, 7), tensor(6, 8, dtype="int32"))
    cases += [of_ops(key, *two) for key, *two in product(keys, others, tensors)]
    for key, axis in product(keys[1:], AXES):
        target = tensor(6) if key.startswith("sparse") else tensor(6, 8)
        cases.append(of_ops(key, target, tensor(6, 8), axis=axis))
    for offset, scale in product((None, typed(8), typed(7), 2.0), repeat=2):
        more = {"axis": -1, "offset": offset, "scale": scale}
        cases.append(of_ops("batch_normalization", tensors[0], typed(8), typed(8), **more))
    for classes, axis in product((5, 0, -1, 2.0, None, "a"), (-1, 0, 1, 3, -2)):
        for key, x in product(("one_hot", "multi_hot"), (tensor(6, dtype="int32"), tensor())):
            cases.append(of_ops(key, x, num_classes=classes, axis=axis))
    assert disagreements(cases) == []


def test_attention(disagreements):
    queries = [tensor(5, 4, 8), tensor(T, 4, 8), tensor(4, 8), tensor(5, 3, 8), typed(2, 5, 4, 8)]
    others = [*queries, tensor(7, 2, 8), tensor(5, 4, 6), tensor(5, 4, 8, dtype="float16")]
    cases = [
        of_ops("dot_product_attention", q, k, v) for q, k, v in product(queries, others, others)
    ]
    assert disagreements(cases) == []
