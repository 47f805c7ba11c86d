"""Linear algebra, Fourier transforms, convolutions as functions: announced as Keras's own announce."""

from itertools import product

import pytest

from dsl.shapes.dims import Size
from tests.tensors import of_ops, tensor, typed

pytestmark = pytest.mark.keras

T = Size.named("T")
DTYPES = ("bool", "uint8", "int32", "float16", "bfloat16", "float32", "float64", "complex64")


MATRICES = [
    *(tensor(4, 4, dtype=dtype) for dtype in DTYPES),
    *(tensor(*sizes) for sizes in ((), (4,), (4, 3), (3, 4), (T, T), (T, 4), (2, 5, 5), (None, 3))),
    *(typed(*sizes) for sizes in ((), (4,), (4, 4), (4, None), (None, None), (2, 3, 5))),
]
OF_MATRICES = ("cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "logdet", "lu_factor")
OF_MATRICES += ("matrix_rank", "pinv", "qr", "slogdet", "svd")


def test_functions_of_a_matrix(disagreements):
    cases = [of_ops(key, x) for key, x in product(OF_MATRICES, MATRICES)]
    cases += [of_ops("qr", x, mode=m) for x in MATRICES for m in ("complete", "full", None)]
    flags = ({"full_matrices": False}, {"compute_uv": False})
    cases += [of_ops("svd", x, **more) for x in MATRICES for more in flags]
    assert disagreements(cases) == []


def test_functions_of_two_matrices(disagreements):
    left = (tensor(4, 4), tensor(T, T), typed(4, 4), tensor(4, 3), tensor(2, 4, 4), tensor(4))
    right = (tensor(4), tensor(4, 2), tensor(3), tensor(2, 4, 2), tensor(T), tensor(), typed())
    right += (typed(4), typed(4, 2), tensor(4, 4, dtype="float64"), tensor(T, 2), tensor(2, 4, 4))
    keys = ("solve", "solve_triangular", "lstsq", "cdist")
    cases = [of_ops(key, a, b) for key in keys for a, b in product(left, right)]
    cases += [of_ops("cdist", tensor(4, 4, dtype=a), tensor(3, 4)) for a in DTYPES]
    assert disagreements(cases) == []


LENGTHS = (None, 1, 4, 7, 0, -1, -2, -3, 2.0, "a", True)


def test_transforms(disagreements):
    signals = [tensor(6, 8), tensor(8), tensor(), typed(8), typed(), tensor(T), tensor(None, 8)]
    signals += [tensor(8, dtype=dtype) for dtype in DTYPES]
    pairs = [(x, x) for x in signals] + [[x, tensor(8)] for x in signals]
    pairs += [(tensor(8),), [tensor(8)] * 3, tensor(8)]
    keys = ("fft", "fft2", "ifft2", "irfft")
    cases = [of_ops(key, pair) for key, pair in product(keys, pairs)]
    cases += [of_ops("rfft", x, fft_length=n) for x in signals for n in LENGTHS]
    cases += [of_ops("irfft", (x, x), fft_length=n) for x in signals[:3] for n in LENGTHS]
    cases += [of_ops(key, x) for key in ("view_as_complex", "view_as_real") for x in signals]
    cases += [of_ops("polar", x, angle) for x in signals for angle in (tensor(8), 0.5)]
    assert disagreements(cases) == []


def test_windows_over_signals(disagreements):
    signals = (tensor(16), tensor(2, 3), tensor(T), tensor(3, 16, dtype="float64"), typed(5))
    steps = [(4, 2, 4), (4, 3, 5), (8, 2, 4), (4, 20, 16), (4, 2, 17), (4, 1, 19)]
    odd = [(4, 0, 4), (4, -1, 4), (4, 2, 0), (4, 2, -3), (4, 2, -5), (4, 2.0, 4), (4, 2, 4.0)]
    cases = []
    for x, (length, stride, bins), center in product(signals, steps + odd, (True, False, None)):
        more = {"sequence_length": length, "sequence_stride": stride, "fft_length": bins}
        cases.append(of_ops("stft", x, **more, center=center))
        cases.append(of_ops("istft", (x, x), **more, center=center))
    for x, size in product(signals, (None, 7, 100, 0, -1)):
        more = {"sequence_length": 4, "sequence_stride": 2, "fft_length": 4}
        cases.append(of_ops("istft", [x, x], **more, length=size))
    windows = ((4, 2), (17, 1), (18, 1), (5, 20), (4, 0), (4, -1), (16, -1), (0, 1), (-1, 1))
    for x, (length, stride) in product(signals, windows):
        more = {"sequence_length": length, "sequence_stride": stride}
        cases.append(of_ops("extract_sequences", x, **more))
    assert disagreements(cases) == []


STEPS = [1, 2, (1, 2), [2, 1], (2,), (1, 2, 3), 0, -1, 1.5, "a", None, (2, 0)]
MAPS = (tensor(8, 8, 3), tensor(None, T, 3), tensor(8, 2, 3), typed(2, 8, 9, 3), tensor(8, 8, None))
MAPS += (tensor(8, 8, 3, dtype="float16"), tensor(3, 8, 8), tensor(8, 3), tensor(3), tensor())


def _convolutions(key, *kernels):
    cases = [of_ops(key, x, *kernels) for x in MAPS]
    cases += [of_ops(key, x, *kernels, padding=p) for x in MAPS for p in ("same", "SAME", "causal")]
    cases += [of_ops(key, MAPS[0], *kernels, padding=p) for p in ("full", None, 3)]
    for x, name, value in product(MAPS[:4], ("strides", "dilation_rate"), STEPS):
        cases.append(of_ops(key, x, *kernels, **{name: value}))
    cases += [of_ops(key, x, *kernels, data_format="channels_first") for x in MAPS]
    cases += [of_ops(key, MAPS[0], *kernels, strides=2, dilation_rate=2)]
    return cases


def test_convolutions(disagreements):
    cases = _convolutions("conv", typed(3, 3, 3, 5))
    cases += _convolutions("depthwise_conv", typed(3, 3, 3, 2))
    cases += _convolutions("separable_conv", typed(3, 3, 3, 2), typed(1, 1, 6, 5))
    odd = (typed(), typed(3), typed(3, 5), typed(3, 3, 5), typed(3, 3, 4, 5), tensor(3, 3, 5))
    odd += (typed(3, 3, None, 5), typed(3, 3, 3, None), typed(None, 3, 3, 5), typed(9, 1, 3, 2))
    for key, kernel, padding in product(("conv", "depthwise_conv"), odd, ("valid", "same")):
        cases.append(of_ops(key, MAPS[0], kernel, padding=padding))
    mixing = (typed(), typed(5), typed(1, 1, 4, 5), typed(1, 1, 6, None))
    cases += [of_ops("separable_conv", MAPS[0], typed(3, 3, 3, 2), one) for one in mixing]
    assert disagreements(cases) == []


def test_transposed_convolutions(disagreements):
    kernel = typed(3, 3, 5, 3)
    kernels = (kernel, typed(3, 3, 5, 4), typed(3, 5, 3), typed(3, 3, 3, 5, 3), typed(3), typed())
    kernels += (typed(None, 3, 5, 3), typed(3, 3, None, 3), typed(3, 3, 5, None))
    cases = [of_ops("conv_transpose", x, k) for x, k in product(MAPS, kernels)]
    settings = [{"strides": s} for s in STEPS] + [{"dilation_rate": s} for s in STEPS]
    more = (0, 1, (0, 1), [1, 0], (1,), -1, 2.0, 5)
    settings += [{"strides": 2, "output_padding": one} for one in more]
    for x, setting, padding in product(MAPS[:3], settings, ("valid", "same")):
        cases.append(of_ops("conv_transpose", x, kernel, padding=padding, **setting))
    cases += [of_ops("conv_transpose", x, kernel, padding="causal") for x in MAPS]
    cases += [of_ops("conv_transpose", x, kernel, data_format="channels_first") for x in MAPS]
    assert disagreements(cases) == []


MATRIX, SIGNAL, IMAGE = "x: [4, 4]", "x: [16]", "x: [8, 8, 3]"
SCORES = "o: [9, 4]\ninput n: int32[]"
PROGRAMS = [
    (MATRIX, "y = cholesky(x, upper=true)", "y"),
    (MATRIX, "y = x -> ops.linalg.inv", "y"),
    (MATRIX, "y = logdet(x)", "y"),
    (MATRIX, "a, b = eig(x)", "a b"),
    (MATRIX, "a, b = lu_factor(x)", "a b"),
    (
        MATRIX,
        "a, b = qr(x, mode=complete)\nu, s, v = svd(b, full_matrices=false)\nz = a @ u",
        "z s",
    ),
    (MATRIX, "s = svd(x, compute_uv=false)", "s"),
    (MATRIX, "parts = [*eigh(x)]\nz = parts[1]", "z"),
    (MATRIX, "a, d = slogdet(x)", "d"),
    (MATRIX, "y = kron(pinv(x), x)", "y"),
    (
        MATRIX + "\ninput b: [4, 2]",
        "y = solve(x, b)\nz = solve_triangular(x, b, lower=true)",
        "y z",
    ),
    (MATRIX + "\ninput b: [3, 4]", "y = cdist(x, b)", "y"),
    (SIGNAL, "a, b = fft((x, zeros_like(x)))\ny = irfft(rfft(x))", "a b y"),
    (MATRIX, "a, b = fft2([x, x])\nc, d = ifft2((a, b))", "c d"),
    (SIGNAL, "y = istft(stft(x, 4, 2, 4, hamming), 4, 2, 4)", "y"),
    (SIGNAL, "y = extract_sequences(x, 4, 2)\nz = polar(x, 0.5)", "y z"),
    ("x: [3, 2]", "y = view_as_real(view_as_complex(x))", "y"),
    (IMAGE, "y = conv(x, ones((3, 3, 3, 5)), strides=2, padding=same)", "y"),
    (IMAGE, "y = depthwise_conv(x, ones([3, 3, 3, 2]), same)", "y"),
    (IMAGE, "y = separable_conv(x, ones((3, 3, 3, 2)), ones((1, 1, 6, 5)))", "y"),
    (IMAGE, "y = conv_transpose(x, ones((3, 3, 5, 3)), strides=2)", "y"),
    (IMAGE, "y = adaptive_average_pool(x, (2, 2))", "y"),
    (IMAGE, "y = adaptive_max_pool(x, (2, 2), channels_first)", "y"),
    ("x: [3, 8, 8]", "y = fold(unfold(x, 2, stride=2), [8, 8], 2, stride=2)", "y"),
    ("t: int32[5]\ninput m: int32[]\ninput " + SCORES, "y = ctc_loss(t, o, m, n)", "y"),
    (SCORES, "_, y = ctc_decode(o, n, strategy=beam_search, top_paths=2)", "y"),
    (IMAGE, "y = x * psnr(x, x, max_val=1.0)\nz = ops.image.ssim(x, x, filter_size=5)", "y z"),
    (IMAGE, "y = ops.image.affine_transform(x, ones((8,)), nearest, wrap)", "y"),
    (IMAGE, "y = ops.image.perspective_transform(x, ones((4, 2)), ones((4, 2)))", "y"),
    (IMAGE, "y = ops.image.hsv_to_rgb(ops.image.rgb_to_hsv(x))", "y"),
    (IMAGE, "y = ops.image.extract_patches(x, (4, 2), same)\nz = ops.image.sobel_edges(x)", "y z"),
    ("x: [8, 8, 8, 1]", "y = ops.image.extract_patches_3d(x, 4)", "y"),
    (IMAGE, "m = ops.image.map_coordinates(x, ones((4, 5)), 1)\ny = x * mean(m)", "y"),
    (
        IMAGE,
        "y = ops.image.scale_and_translate(x, [none, 4, 4, 3], [2.0, 2.0], [0.0, 0.0], [1, 2], linear)",
        "y",
    ),
]


@pytest.mark.parametrize(("inputs", "body", "outputs"), PROGRAMS)
def test_programs_build_as_announced(inputs, body, outputs):
    import dsl

    text = f"input {inputs}\n{body}\n" + "".join(f"output {one}\n" for one in outputs.split())
    found = dsl.check(text)
    assert found.ok, [one.message for one in found.diagnostics]
    announced = [one.tensor.type for one in found.program.outputs]
    model = dsl.build_model(text)
    built = [(one.dtype, tuple(one.shape)) for one in model.outputs]
    own = [tuple(n if isinstance(n, int) else None for n in one.shape) for one in announced]
    assert built == [(one.dtype, sizes) for one, sizes in zip(announced, own, strict=True)]
    classes = {type(one).__name__ for one in model.operations}
    named = {one.class_name for one in found.program.operations if one.kind == "operator"}
    assert named <= classes
