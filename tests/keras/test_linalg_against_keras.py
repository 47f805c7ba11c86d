"""Linear algebra, Fourier transforms, convolutions as functions: announced as Keras's own announce."""

from itertools import product

import pytest

from dsl.shapes.dims import BATCH, Size
from dsl.shapes.types import TensorType

pytestmark = pytest.mark.keras

T = Size.named("T")
DTYPES = ("bool", "uint8", "int32", "float16", "bfloat16", "float32", "float64", "complex64")


def tensor(*sizes, dtype="float32"):
    return TensorType(dtype, (BATCH, *sizes))


def typed(*sizes, dtype="float32"):
    return TensorType(dtype, sizes)


def case(key, *operands, **arguments):
    return (f"ops.{key}", arguments, *operands)


MATRICES = [
    *(tensor(4, 4, dtype=dtype) for dtype in DTYPES),
    *(tensor(*sizes) for sizes in ((), (4,), (4, 3), (3, 4), (T, T), (T, 4), (2, 5, 5), (None, 3))),
    *(typed(*sizes) for sizes in ((), (4,), (4, 4), (4, None), (None, None), (2, 3, 5))),
]
OF_MATRICES = ("cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "logdet", "lu_factor")
OF_MATRICES += ("matrix_rank", "pinv", "qr", "slogdet", "svd")


def test_functions_of_a_matrix(disagreements):
    cases = [case(key, x) for key, x in product(OF_MATRICES, MATRICES)]
    cases += [case("qr", x, mode=m) for x in MATRICES for m in ("complete", "full", None)]
    flags = ({"full_matrices": False}, {"compute_uv": False})
    cases += [case("svd", x, **more) for x in MATRICES for more in flags]
    assert disagreements(cases) == []


def test_functions_of_two_matrices(disagreements):
    left = (tensor(4, 4), tensor(T, T), typed(4, 4), tensor(4, 3), tensor(2, 4, 4), tensor(4))
    right = (tensor(4), tensor(4, 2), tensor(3), tensor(2, 4, 2), tensor(T), tensor(), typed())
    right += (typed(4), typed(4, 2), tensor(4, 4, dtype="float64"), tensor(T, 2), tensor(2, 4, 4))
    keys = ("solve", "solve_triangular", "lstsq", "cdist")
    cases = [case(key, a, b) for key in keys for a, b in product(left, right)]
    cases += [case("cdist", tensor(4, 4, dtype=a), tensor(3, 4)) for a in DTYPES]
    assert disagreements(cases) == []


LENGTHS = (None, 1, 4, 7, 0, -1, -2, -3, 2.0, "a", True)


def test_transforms(disagreements):
    signals = [tensor(6, 8), tensor(8), tensor(), typed(8), typed(), tensor(T), tensor(None, 8)]
    signals += [tensor(8, dtype=dtype) for dtype in DTYPES]
    pairs = [(x, x) for x in signals] + [[x, tensor(8)] for x in signals]
    pairs += [(tensor(8),), [tensor(8)] * 3, tensor(8)]
    keys = ("fft", "fft2", "ifft2", "irfft")
    cases = [case(key, pair) for key, pair in product(keys, pairs)]
    cases += [case("rfft", x, fft_length=n) for x in signals for n in LENGTHS]
    cases += [case("irfft", (x, x), fft_length=n) for x in signals[:3] for n in LENGTHS]
    cases += [case(key, x) for key in ("view_as_complex", "view_as_real") for x in signals]
    cases += [case("polar", x, angle) for x in signals for angle in (tensor(8), 0.5)]
    assert disagreements(cases) == []


def test_windows_over_signals(disagreements):
    signals = (tensor(16), tensor(2, 3), tensor(T), tensor(3, 16, dtype="float64"), typed(5))
    steps = [(4, 2, 4), (4, 3, 5), (8, 2, 4), (4, 20, 16), (4, 2, 17), (4, 1, 19)]
    odd = [(4, 0, 4), (4, -1, 4), (4, 2, 0), (4, 2, -3), (4, 2, -5), (4, 2.0, 4), (4, 2, 4.0)]
    cases = []
    for x, (length, stride, bins), center in product(signals, steps + odd, (True, False, None)):
        more = {"sequence_length": length, "sequence_stride": stride, "fft_length": bins}
        cases.append(case("stft", x, **more, center=center))
        cases.append(case("istft", (x, x), **more, center=center))
    for x, size in product(signals, (None, 7, 100, 0, -1)):
        more = {"sequence_length": 4, "sequence_stride": 2, "fft_length": 4}
        cases.append(case("istft", [x, x], **more, length=size))
    windows = ((4, 2), (17, 1), (18, 1), (5, 20), (4, 0), (4, -1), (16, -1), (0, 1), (-1, 1))
    for x, (length, stride) in product(signals, windows):
        more = {"sequence_length": length, "sequence_stride": stride}
        cases.append(case("extract_sequences", x, **more))
    assert disagreements(cases) == []


STEPS = [1, 2, (1, 2), [2, 1], (2,), (1, 2, 3), 0, -1, 1.5, "a", None, (2, 0)]
MAPS = (tensor(8, 8, 3), tensor(None, T, 3), tensor(8, 2, 3), typed(2, 8, 9, 3), tensor(8, 8, None))
MAPS += (tensor(8, 8, 3, dtype="float16"), tensor(3, 8, 8), tensor(8, 3), tensor(3), tensor())


def _convolutions(key, *kernels):
    cases = [case(key, x, *kernels) for x in MAPS]
    cases += [case(key, x, *kernels, padding=p) for x in MAPS for p in ("same", "SAME", "causal")]
    cases += [case(key, MAPS[0], *kernels, padding=p) for p in ("full", None, 3)]
    for x, name, value in product(MAPS[:4], ("strides", "dilation_rate"), STEPS):
        cases.append(case(key, x, *kernels, **{name: value}))
    cases += [case(key, x, *kernels, data_format="channels_first") for x in MAPS]
    cases += [case(key, MAPS[0], *kernels, strides=2, dilation_rate=2)]
    return cases


def test_convolutions(disagreements):
    cases = _convolutions("conv", typed(3, 3, 3, 5))
    cases += _convolutions("depthwise_conv", typed(3, 3, 3, 2))
    cases += _convolutions("separable_conv", typed(3, 3, 3, 2), typed(1, 1, 6, 5))
    odd = (typed(), typed(3), typed(3, 5), typed(3, 3, 5), typed(3, 3, 4, 5), tensor(3, 3, 5))
    odd += (typed(3, 3, None, 5), typed(3, 3, 3, None), typed(None, 3, 3, 5), typed(9, 1, 3, 2))
    for key, kernel, padding in product(("conv", "depthwise_conv"), odd, ("valid", "same")):
        cases.append(case(key, MAPS[0], kernel, padding=padding))
    mixing = (typed(), typed(5), typed(1, 1, 4, 5), typed(1, 1, 6, None))
    cases += [case("separable_conv", MAPS[0], typed(3, 3, 3, 2), one) for one in mixing]
    assert disagreements(cases) == []


def test_transposed_convolutions(disagreements):
    kernel = typed(3, 3, 5, 3)
    kernels = (kernel, typed(3, 3, 5, 4), typed(3, 5, 3), typed(3, 3, 3, 5, 3), typed(3), typed())
    kernels += (typed(None, 3, 5, 3), typed(3, 3, None, 3), typed(3, 3, 5, None))
    cases = [case("conv_transpose", x, k) for x, k in product(MAPS, kernels)]
    settings = [{"strides": s} for s in STEPS] + [{"dilation_rate": s} for s in STEPS]
    more = (0, 1, (0, 1), [1, 0], (1,), -1, 2.0, 5)
    settings += [{"strides": 2, "output_padding": one} for one in more]
    for x, setting, padding in product(MAPS[:3], settings, ("valid", "same")):
        cases.append(case("conv_transpose", x, kernel, padding=padding, **setting))
    cases += [case("conv_transpose", x, kernel, padding="causal") for x in MAPS]
    cases += [case("conv_transpose", x, kernel, data_format="channels_first") for x in MAPS]
    assert disagreements(cases) == []
