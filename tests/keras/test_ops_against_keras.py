"""Functions of `keras.ops` and `keras.activations` announce what Keras's own announce."""

from itertools import product

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import operands_of, rule_of
from dsl.catalogue.operators import operation_class
from dsl.catalogue.rules import FAMILIES
from dsl.shapes.dims import Size
from tests.keras.older import lacks
from tests.tensors import tensor, typed

pytestmark = pytest.mark.keras

T = Size.named("T")
DTYPES = ("bool", "uint8", "int8", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def keys_of(family, count):
    keys = FAMILIES[family]
    return [key for key in keys if len(operands_of(rule_of(lookup.by_key(key)))) == count]


def case(key, *operands, **arguments):
    return (key, arguments, *operands)


X = tensor(6, 8)
LIKE = (X, tensor(T, 8), tensor(None, 8), typed(4, 6, 8), tensor())
REQUIRED = {"cast": {"dtype": "int32"}, "saturate_cast": {"dtype": "int32"}}
REQUIRED |= {"clip": {"x_min": 0, "x_max": 1}, "full_like": {"fill_value": 2}}
REQUIRED |= {"threshold": {"threshold": 0.1, "default_value": 0.0}}


@pytest.mark.parametrize("family", ["elementwise", "activation_functions"])
def test_functions_of_one(family, disagreements):
    cases = []
    for key in keys_of(family, 1):
        more = REQUIRED.get(key.rpartition(".")[2], {})
        tensors = [*LIKE, *(tensor(6, 8, dtype=dtype) for dtype in DTYPES)]
        cases += [case(key, x, **more) for x in tensors]
    assert disagreements(cases) == []


def test_functions_of_two(disagreements):
    shapes = [(X, X), (X, tensor(8)), (X, typed(8)), (X, tensor(1, 8)), (X, tensor(7, 8))]
    shapes += [(tensor(None, 8), X), (X, tensor(None, 8)), (typed(4, 6, 8), X)]
    dtypes = [(tensor(8, dtype=a), tensor(8, dtype=b)) for a, b in product(DTYPES, DTYPES)]
    numbers = [(tensor(8, dtype=a), n) for a in DTYPES for n in (2, 2.5, True)]
    numbers += [(n, tensor(8, dtype=a)) for a in DTYPES for n in (2, 2.5)]
    cases = []
    for key in keys_of("pairwise", 2):
        own = shapes + dtypes + ([] if "shift" in key or "close" in key else numbers)
        if "bitwise" in key or "shift" in key:
            own = [pair for pair in own if pair != shapes[4]]  # it fails in the run alone
        cases += [case(key, *pair) for pair in own]
    assert disagreements(cases) == []


def test_where(disagreements):
    truth = tensor(6, 8, dtype="bool")
    choices = [(X, X), (X, 0.0), (0, X), (1, 2), (X, tensor(8)), (X, tensor(7, 8)), (None, X)]
    assert disagreements([case("ops.where", truth, *pair) for pair in choices]) == []


AXES = (None, 0, 1, 2, -1, -3, (1, 2), (0, -1), 3, -4)


def test_reductions(disagreements):
    skip = {
        "ops.argpartition",
        "ops.corrcoef",
        "ops.moments",
        "ops.trapezoid",
        "ops.fliplr",
        "ops.flipud",
        *(key for key in FAMILIES["reductions"] if key.endswith("tile")),
    }
    cases = [case(key, X, axis=1, q=0.5) for key in ("ops.quantile", "ops.percentile")]
    cases += [case("ops.quantile", X, axis=1, q=[0.1, 0.5], keepdims=True)]
    cases += [case(key, x) for key in ("ops.fliplr", "ops.flipud") for x in (X, tensor())]
    cases += [case("ops.moments", X, axes=axis) for axis in AXES if axis is not None]
    for key in FAMILIES["reductions"]:
        if key in skip:
            continue
        keepdims = "keepdims" in {p.name for p in lookup.by_key(key).parameters}
        single = any(w in key for w in ("arg", "cum", "sort", "average"))
        axes = [axis for axis in AXES if not (single and isinstance(axis, tuple))]
        axes = axes[:-2] if "nancum" in key else axes  # beyond the axes, it fails in the run alone
        more = {"shift": 1} if key == "ops.roll" else {}
        tensors = [X, tensor(T, 8), *(tensor(6, 8, dtype=dtype) for dtype in DTYPES)]
        for x, axis in product(tensors, axes):
            cases.append(case(key, x, axis=axis, **more))
        cases += [case(key, X, axis=axis, keepdims=True) for axis in axes if keepdims]
    assert disagreements(cases) == []


def test_weighted_averages_and_norms(disagreements):
    cases = [
        case("ops.average", X, axis=axis, weights=w) for axis in (None, 1) for w in (X, typed(6))
    ]
    cases += [case("ops.average", X, axis=1, weights=typed(5))]
    orders = (None, 1, 2, 3, "fro", "nuc", "max", float("inf"))
    cases += [case("ops.norm", X, ord=o, axis=a) for o in orders for a in (-1, (1, 2))]
    assert disagreements(cases) == []


def test_reshapes(disagreements):
    tensors = (X, tensor(T, 8), tensor(None, 8), typed(4, 6, 8))
    shapes = [(-1, 48), (-1, 8), (-1, 6, 8), (2, 3), (4, 48), (4, -1), (-1, 7), (-1, -1), (5, -1)]
    shapes += [(None, 48), (-2, 3), (192,), 192, (-1,)]
    cases = [case("ops.reshape", x, newshape=s) for x, s in product(tensors, shapes)]
    assert disagreements(cases) == []


def test_orders_of_axes(disagreements):
    cases = [case("ops.ravel", x) for x in (X, typed(2, 3))]
    orders = (None, (0, 2, 1), (2, 1, 0), (0, -1, 1), (0, 1), (0, 1, 1), (0, 1, 3))
    cases += [case("ops.transpose", X, axes=order) for order in orders]
    pairs = ((1, 2), (0, -1), (1, 3), (-4, 0))
    cases += [case("ops.swapaxes", X, axis1=a, axis2=b) for a, b in pairs]
    cases += [case("ops.moveaxis", X, source=a, destination=b) for a, b in pairs]
    cases += [case("ops.moveaxis", X, source=(0, 1), destination=(2, 0))]
    cases += [case("ops.expand_dims", X, axis=axis) for axis in (0, 1, 3, -1, -4, 4, -5, (1, 2))]
    ones = tensor(1, 8, 1)
    cases += [case("ops.squeeze", ones, axis=axis) for axis in (None, 1, 3, -1, 2, (1, 3), 0, 4)]
    cases += [case("ops.rot90", typed(2, 3, 4), k=k) for k in (0, 1, 2)]
    cases += [case("ops.broadcast_to", typed(1, 8), shape=s) for s in ((4, 8), (3, 4, 8), (4, 7))]
    assert disagreements(cases) == []


def test_multiples(disagreements):
    cases = [case("ops.repeat", X, repeats=2, axis=a) for a in (None, 0, 1, -1, 3)]
    cases += [case("ops.repeat", x, repeats=[1, 2, 3], axis=1) for x in (tensor(3, 8), X)]
    cases += [case("ops.tile", X, repeats=r) for r in (2, (1, 2, 3), (2, 1, 1, 1), (2, 2))]
    pads = (1, (1, 2), ((0, 0), (1, 2), (0, 3)), ((0, 0), (1, 1)))
    cases += [case("ops.pad", x, pad_width=p) for p in pads for x in (X, tensor(None, 8))]
    assert disagreements(cases) == []


LISTS = [
    [X, X],
    [X, tensor(5, 8)],
    [X, tensor(6, 7)],
    [X, tensor(8)],
    [X, tensor(None, 8)],
    [tensor(None, 8), X],
    [X, tensor(6, 8, dtype="int32"), tensor(6, 8, dtype="float16")],
    [X],
]


def test_joins(disagreements):
    cases = [case("ops.concatenate", xs, axis=a) for xs in LISTS for a in (0, 1, -1, 3)]
    cases += [case("ops.stack", xs, axis=a) for xs in LISTS for a in (0, 1, -1, 3, 4)]
    cases += [case(key, xs) for key in ("ops.hstack", "ops.vstack") for xs in LISTS]
    cases += [case("ops.append", *xs[:2], axis=1) for xs in LISTS if len(xs) == 2 and xs[1] == X]
    cases += [case("ops.append", typed(2, 3), typed(4, 3), axis=a) for a in (None, 0)]
    assert disagreements(cases) == []


def test_parts(disagreements):
    parts = (2, 3, 5, [2, 4], (1,), [7])
    cases = [
        case("ops.split", x, indices_or_sections=p, axis=a)
        for p in parts
        for a in (1, -1, 0, 3)
        for x in (X, tensor(None, 9))
    ]
    cases += [case("ops.unstack", x, axis=a) for x in (X, tensor(None, 8)) for a in (0, 1, -1, 3)]
    cases += [case("ops.unstack", tensor(None, 8), axis=1, num=3)]
    cases += [case("ops.meshgrid", typed(3), typed(4), indexing=i) for i in ("xy", "ij")]
    assert disagreements(cases) == []


def test_products(disagreements):
    pairs = [(X, tensor(8, 5)), (X, typed(8, 5)), (X, tensor(6, 8)), (X, typed(8)), (typed(6), X)]
    pairs += [(tensor(3, 6, 8), tensor(8, 5)), (tensor(2, 6, 8), tensor(3, 8, 5))]
    pairs += [(tensor(6, None), tensor(8, 5)), (typed(4), typed(4)), (typed(), X), (X, 2.0)]
    pairs += [(tensor(6, 8, dtype="int8"), tensor(8, 5, dtype="int8"))]
    pairs += [(tensor(6, 8, dtype="int32"), tensor(8, 5, dtype="float16"))]
    keys = ("ops.matmul", "ops.dot", "ops.inner", "ops.outer", "ops.vdot")
    cases = [case(key, *pair) for key in keys for pair in pairs]
    axes = (0, 1, [[2], [1]], [[2], [2]], [[1, 2], [1, 2]], [[3], [1]], (-1, -1))
    cases += [case("ops.tensordot", X, X, axes=axis) for axis in axes if axis != (-1, -1)]
    assert disagreements(cases) == []


@pytest.mark.parametrize(
    ("subscripts", "operands"),
    [
        ("btc,bcd->btd", (X, tensor(8, 5))),
        ("bqd,bkd->bqk", (X, tensor(7, 8))),
        ("btc,cd->btd", (X, typed(8, 5))),
        ("btc->bct", (X,)),
        ("btc->bc", (X,)),
        ("btc->", (X,)),
        ("...c,cd->...d", (X, typed(8, 5))),
        ("b...,b...->b...", (X, X)),
        ("...ij,...jk", (X, tensor(8, 5))),
        ("ij,jk", (typed(2, 3), typed(3, 4))),
        ("btc,bcd->btd", (X, tensor(7, 5))),
        ("bt,bcd->btd", (X, tensor(8, 5))),
        ("btc->btc", (X, X)),
        ("bij,bjk->bik", (tensor(2, 3, dtype="int8"), tensor(3, 4, dtype="int8"))),
    ],
)
def test_einsum(subscripts, operands, agree_on_einsum):
    assert agree_on_einsum(subscripts, operands) == ""


@pytest.fixture
def agree_on_einsum():
    import keras

    from dsl.catalogue.application import apply
    from dsl.catalogue.registry import Policy, Refusal

    def compare(subscripts, operands):
        symbol = lookup.by_key("ops.einsum")
        ours = apply(symbol, {}, operands, {"subscripts": subscripts}, Policy())
        shapes = [tuple(s if isinstance(s, int) else None for s in x.shape) for x in operands]
        tensors = [
            keras.KerasTensor(s, dtype=x.dtype) for s, x in zip(shapes, operands, strict=True)
        ]
        try:
            theirs = keras.ops.einsum(subscripts, *tensors)
        except ValueError as problem:
            return "" if isinstance(ours, Refusal) else f"Keras: {problem}"
        if isinstance(ours, Refusal):
            return ours.words if subscripts != "btc,bcd->btd" else ""
        own = tuple(s if isinstance(s, int) else None for s in ours.value.shape)
        same = (own, ours.value.dtype) == (theirs.shape, theirs.dtype)
        return "" if same else f"{ours.value} {theirs.shape} {theirs.dtype}"

    return compare


def test_normalizations_and_losses(disagreements):
    cases = [case(f"ops.{k}_normalization", X, axis=a) for k in ("layer", "rms") for a in (-1, 1)]
    cases += [case("ops.batch_normalization", X, typed(n), typed(n), axis=-1) for n in (8, 7)]
    pairs = [(X, X), (X, tensor(6, 7)), (X, tensor(8)), (tensor(6), X), (tensor(6, 1), X)]
    keys = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
    cases += [case(f"ops.{key}", *pair) for key in keys for pair in pairs]
    heads = tensor(5, 2, 8)
    cases += [case("ops.dot_product_attention", heads, heads, heads)]
    cases += [
        case("ops.array_split", x, indices_or_sections=4, axis=1) for x in (X, tensor(None, 8))
    ]
    assert disagreements(cases) == []


def test_selections(disagreements):
    places = (typed(3, dtype="int32"), typed(3, 2, dtype="int32"), 2, [0, 2])
    cases = [case("ops.take", X, p, axis=a) for p in places for a in (None, 1, -1, 0, 3)]
    at = tensor(3, 8, dtype="int32")
    cases += [case("ops.take_along_axis", X, at, axis=a) for a in (1, -1, 2)]
    cases += [case("ops.top_k", x, k=3) for x in (X, tensor(None))]
    cases += [case("ops.in_top_k", tensor(dtype="int32"), tensor(8), k=3)]
    ids = tensor(6, dtype="int32")
    cases += [case("ops.one_hot", ids, num_classes=5, axis=a) for a in (-1, 0, 1, 2, -2)]
    cases += [case("ops.one_hot", ids, num_classes=5, dtype="int8")]
    cases += [case("ops.multi_hot", ids, num_classes=5)]
    cases += [case("ops.diagonal", X, offset=o, axis1=1, axis2=2) for o in (0, 1, -2, 9)]
    cases += [case("ops.trace", X, axis1=a, axis2=b) for a, b in ((1, 2), (0, 1), (1, 1), (1, 4))]
    cases += [case("ops.diff", X, n=n, axis=a) for n in (1, 2) for a in (1, -1, 3)]
    assert disagreements(cases) == []


def test_images(disagreements):
    images = (tensor(9, 8, 3), tensor(None, 8, 3), typed(9, 8, 3), tensor(8, 3), tensor(9, 8, 4))
    cases = []
    for image in images:
        if image != tensor(8, 3):
            cases.append(case("ops.image.resize", image, size=(4, 5)))
            cases.append(case("ops.image.gaussian_blur", image))
        cases.append(case("ops.image.rgb_to_grayscale", image))
        pads = {"top_padding": 1, "left_padding": 2, "target_height": 12, "right_padding": 3}
        crops = {"top_cropping": 1, "left_cropping": 2, "target_height": 4, "right_cropping": 3}
        cases.append(case("ops.image.pad_images", image, **pads))
        cases.append(case("ops.image.crop_images", image, **crops))
    cases += [case("ops.image.resize", images[0], size=4)]
    for key in ("ops.max_pool", "ops.average_pool"):
        cases += [case(key, images[0], pool_size=p) for p in (2, (2, 3), 10, (2, 2, 2))]
        cases += [case(key, images[0], pool_size=3, strides=2, padding="same")]
    deep = (tensor(4, 4, 8), tensor(None, 4, 8), tensor(5, 4, 6), tensor(4, 8))
    cases += [case("ops.depth_to_space", x, block_size=2) for x in deep]
    cases += [case("ops.space_to_depth", x, block_size=2) for x in deep]
    assert disagreements(cases) == []


def test_constants(disagreements):
    cases = [case("ops.arange", start=5), case("ops.arange", start=1, stop=6, step=2)]
    cases += [
        case("ops.arange", start=1.0, stop=2, step=0.25),
        case("ops.arange", start=5, dtype="int64"),
    ]
    cases += [case("ops.zeros", shape=(2, 3)), case("ops.ones", shape=(2, 3), dtype="int32")]
    cases += [case("ops.full", shape=(2, 3), fill_value=2), case("ops.eye", N=3, M=4)]
    assert disagreements(cases) == []


OPERATION_KEYS = [
    key
    for family in ("elementwise", "activation_functions", "reductions", "products", "selecting")
    for key in FAMILIES[family]
]


def test_operations_bear_the_names_that_keras_gives_them():
    import keras

    wrong = []
    for key in OPERATION_KEYS:
        if lacks(lookup.by_key(key)):
            continue
        function = keras
        for part in key.split("."):
            function = getattr(function, part)
        made = _try(function)
        operation = getattr(made, "_keras_history", (None,))[0]
        if operation is not None and type(operation).__name__ != operation_class(key):
            wrong.append((key, operation_class(key), type(operation).__name__))
    assert wrong == []


def _try(function):
    """The function applied to one, two or three images; None where it wants something else."""
    import keras

    x = keras.KerasTensor((None, 4, 4))
    for count in (1, 2, 3):
        try:
            made = function(*[x] * count)
        except Exception:  # noqa: BLE001, S112 -- another number of them may do
            continue
        return made[0] if isinstance(made, list | tuple) else made
    return None
