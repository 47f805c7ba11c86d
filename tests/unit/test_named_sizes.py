"""Rules on named sizes say what the same rules say of the numbers that the names stand for."""

import pytest

from dsl.catalogue import lookup
from dsl.catalogue.application import apply
from dsl.catalogue.registry import Output, Policy
from dsl.shapes.dims import BATCH, Size, substitute
from dsl.shapes.types import TensorType

T = Size.named("T")
U = Size.named("U")
LINE = (BATCH, T, 4)
MAP = (BATCH, T, U, 4)

CASES = [
    ("Conv1D", {"filters": 3, "kernel_size": 5, "strides": 2}, LINE),
    ("Conv1D", {"filters": 3, "kernel_size": 5, "strides": 3, "padding": "same"}, LINE),
    ("Conv2D", {"filters": 3, "kernel_size": 3, "dilation_rate": 2}, MAP),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 4, "strides": 2}, MAP),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, MAP),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 3, "strides": 2}, MAP),
    ("MaxPooling1D", {"pool_size": 3}, LINE),
    ("AveragePooling2D", {"pool_size": 2, "padding": "same"}, MAP),
    ("Cropping1D", {"cropping": (2, 3)}, LINE),
    ("ZeroPadding2D", {"padding": 2}, MAP),
    ("UpSampling2D", {"size": 3}, MAP),
    ("Flatten", {}, MAP),
    ("Reshape", {"target_shape": (-1, 8)}, (BATCH, T, 4, 4)),
    ("Permute", {"dims": (3, 1, 2)}, MAP),
    ("Dense", {"units": 3}, MAP),
    ("LayerNormalization", {}, MAP),
    ("STFTSpectrogram", {"frame_length": 8}, (BATCH, T, 1)),
    ("MelSpectrogram", {}, (BATCH, T)),
]


def announced(key, arguments, shape):
    out = apply(lookup.by_key(key), arguments, [TensorType("float32", shape)], {}, Policy())
    assert isinstance(out, Output), out
    return out


@pytest.mark.parametrize(("key", "arguments", "shape"), CASES)
@pytest.mark.parametrize("sizes", [{"T": 16, "U": 17}, {"T": 23, "U": 20}])
def test_a_name_stands_for_any_number(key, arguments, shape, sizes):
    named = announced(key, arguments, shape)
    numbers = announced(key, arguments, tuple(substitute(size, sizes) for size in shape))
    assert tuple(substitute(size, sizes) for size in named.value.shape) == numbers.value.shape
    assert named.params == numbers.params


def test_pooling_twice_by_two_is_pooling_by_four():
    once = announced("MaxPooling1D", {"pool_size": 2}, LINE)
    twice = announced("MaxPooling1D", {"pool_size": 2}, once.value.shape)
    assert str(twice.value) == "float32[T // 4, 4]"
    assert twice.value == announced("MaxPooling1D", {"pool_size": 4}, LINE).value


def test_what_is_cropped_and_padded_again_is_as_before():
    cropped = announced("Cropping1D", {"cropping": (2, 2)}, LINE)
    assert announced("ZeroPadding1D", {"padding": 2}, cropped.value.shape).value.shape == LINE
