"""Functions of numbers, places, counts, ranges and chance announce what Keras's own announce."""

from itertools import product

import pytest

from dsl.shapes.dims import Size
from tests.tensors import of_ops, tensor, typed

pytestmark = pytest.mark.keras

T = Size.named("T")
DTYPES = ("bool", "int8", "uint16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


X, ROW, OPEN = tensor(6, 8), typed(6), tensor(None, 8)
IDS = typed(6, dtype="int32")
SIZES = (3, 0, -1, 2.0, True, None)
SHAPES = ((2, 3), [2, 3], (), (None, 3), (-1, 3), (2.0, 3), 5)


def test_ranges_and_windows(disagreements):
    ends = [(0, 1), (X, 2.0), (1, tensor(8, dtype="float16")), (X, typed(7)), (OPEN, X)]
    keys = ("linspace", "logspace", "geomspace")
    cases = [of_ops(key, *pair, axis=a) for key in keys for pair in ends for a in (0, -1, 1, 5)]
    cases += [of_ops(key, X, 1, num=n) for key in keys for n in SIZES]
    cases += [of_ops(key, *pair, dtype=d) for key in keys for d in DTYPES for pair in ends[1:3]]
    cases += [of_ops("linspace", x, 1, retstep=True) for x in (X, 0)]
    windows = ("bartlett", "blackman", "hamming", "hanning")
    cases += [of_ops(key, x=n) for key in windows for n in (5, 0, -1, 2.5, X)]
    cases += [of_ops("kaiser", x=n, beta=2.0) for n in (5, 0, -1, 2.5, X)]
    cases += [of_ops("arange", start=a, stop=b) for a, b in ((1, 5), (5, 1), (3, 3), (0, 2.5))]
    cases += [
        of_ops(key, N=n, M=m) for key in ("eye", "tri") for n in (3, -1) for m in (None, 2, 1.5)
    ]
    cases += [of_ops("eye", N=3, k=k) for k in (3, 4, -3, -4)]
    assert disagreements(cases) == []


def test_pairs_of_whole_numbers(disagreements):
    cases = [
        of_ops(key, X, y) for key in ("gcd", "lcm", "ldexp", "nextafter") for y in (X, 2, 2.5, OPEN)
    ]
    dtypes = [(tensor(8, dtype=a), tensor(8, dtype=b)) for a, b in product(DTYPES, DTYPES)]
    cases += [
        of_ops(key, *pair) for key in ("gcd", "ldexp", "nextafter", "kron") for pair in dtypes
    ]
    cases += [of_ops("allclose", X, y) for y in (X, tensor(7, 8), 1, [1, 2])]
    cases += [of_ops("kron", x, y) for x in (X, OPEN, ROW) for y in (X, 2.0, typed(2), [1, 2])]
    assert disagreements(cases) == []


def test_counts_and_places(disagreements):
    cases = [
        of_ops("bincount", x, weights=w) for x in (X, IDS, typed()) for w in (None, [1, 2], [0.5])
    ]
    cases += [of_ops("digitize", X, bins) for bins in (ROW, typed(T), X, [1.0, 2.0])]
    cases += [of_ops("histogram", x, bins=n) for x in (ROW, X) for n in SIZES if n is not None]
    cases += [of_ops("histogram", ROW, range=r) for r in (None, (0, 1), [0, 1], (1, 0), (0,))]
    cases += [of_ops("searchsorted", row, X) for row in (ROW, typed(T), X, [1.0])]
    cases += [
        of_ops(key, x) for key in ("nonzero", "size", "ndim", "corrcoef") for x in (X, ROW, OPEN)
    ]
    cases += [of_ops("unravel_index", IDS, shape=s) for s in SHAPES]
    cases += [
        of_ops("argpartition", x, kth=k, axis=a)
        for x in (X, OPEN)
        for k in (2, 2.0)
        for a in (-1, None, 3)
    ]
    cases += [of_ops("trapezoid", x, axis=a) for x in (X, IDS) for a in (-1, 1, 3, None, (1,), "a")]
    flags = ("return_index", "return_inverse", "return_counts")
    cases += [
        of_ops("unique", x, axis=a, **{f: True})
        for x in (X, OPEN)
        for a in (None, 1, 3)
        for f in flags
    ]
    cases += [of_ops("unique", X, size=n) for n in SIZES]
    assert disagreements(cases) == []


def test_diagonals_and_parts(disagreements):
    cases = [
        of_ops(key, x, k=k)
        for key in ("diag", "diagflat")
        for x in (ROW, typed(4, 6), typed(T), X)
        for k in (0, 2, -9)
    ]
    cases += [of_ops("vander", x, N=n) for x in (ROW, X, typed(T)) for n in SIZES]
    parts = (2, 3, 0, -1, [2, 4], [9], (1,), None)
    keys = ("hsplit", "vsplit", "dsplit")
    cases += [
        of_ops(key, x, indices_or_sections=p)
        for key in keys
        for x in (X, ROW, OPEN, typed(4, 6, 8))
        for p in parts
    ]
    cases += [
        of_ops("dstack", xs)
        for xs in ([X, X], [ROW, ROW], [typed(), typed()], [X, OPEN], [X, tensor(6, 7)], [X, 1.0])
    ]
    cases += [
        of_ops("view", x, dtype=d)
        for x in (X, tensor(7), typed())
        for d in (*DTYPES, "string", "complex64")
    ]
    cases += [
        of_ops("cross", tensor(6, n), tensor(6, m)) for n, m in product((2, 3, 4, None), repeat=2)
    ]
    cases += [of_ops("cross", tensor(3, 6), tensor(3, 6), axis=a) for a in (1, -2, 2, 5)]
    cases += [
        of_ops("correlate", a, b, mode=m)
        for a in (ROW, typed(T))
        for b in (typed(3), X)
        for m in ("valid", "same", "full", "SAME")
    ]
    patterns = ("a b -> b a", "a b -> (a b)", "(a c) b -> a c b", "a b -> a d", "a b", "a -> a")
    cases += [
        of_ops("rearrange", x, pattern=p, c=2) for x in (typed(4, 6), tensor(6)) for p in patterns
    ]
    assert disagreements(cases) == []


def test_pieces_and_segments(disagreements):
    at = typed(6, 1, dtype="int32")
    cases = [of_ops("scatter", at, ROW, shape=s) for s in SHAPES]
    cases += [
        of_ops("scatter_update", X, at, ROW, reduction=r) for r in (None, "add", "MAX", "foo")
    ]
    cases += [of_ops("slice_update", X, (0, 0, 0), X)]
    starts = ((0, 0), [1, 2], (0,), 0, typed(2, dtype="int32"), (9, 9))
    cases += [
        of_ops("slice", typed(4, 6), s, shape=n)
        for s in starts
        for n in ((2, 3), (-1, 3), (3,), (-2, 3))
    ]
    keys = ("segment_sum", "segment_max", "segment_min", "segment_prod")
    cases += [
        of_ops(key, x, i, num_segments=n)
        for key in keys
        for x in (typed(6, 3), X, typed())
        for i in (IDS, typed(5, dtype="int32"), X)
        for n in (2, None, -1)
    ]
    truth = tensor(6, 8, dtype="bool")
    lists = (([truth], [X]), ([truth, truth], [X, X]), ([truth], [1.0]), (truth, X), ([], [X]))
    cases += [of_ops("select", *pair, 0) for pair in lists]
    keys = (1, (0, 1), [0], None, (..., 0), (0, 1, 2, 3), (9, 9))
    cases += [("ops.get_item", {}, X, key) for key in keys]
    assert disagreements(cases) == []


def test_chance(disagreements):
    keys = ("normal", "truncated_normal", "uniform")
    cases = [(f"random.{key}", {"shape": s}) for key in keys for s in SHAPES if s != (2.0, 3)]
    cases += [(f"random.{key}", {"shape": (2,), "dtype": d}) for key in keys for d in DTYPES]
    cases += [("random.normal", {"shape": (2,), "mean": X})]
    cases += [
        ("random.randint", {"shape": (2,), "minval": 0, "maxval": 5, "dtype": d}) for d in DTYPES
    ]
    cases += [("random.gamma", {"shape": (2,), "alpha": a}) for a in (2.0, X)]
    cases += [("random.binomial", {"shape": (2,), "counts": 3, "probabilities": 0.5})]
    assert disagreements(cases) == []


def test_numbers_where_tensors_are_taken(disagreements):
    cases = [of_ops(key, [1, 2, 3]) for key in ("mean", "sum", "array", "sort", "cumsum")]
    cases += [of_ops(key, n) for key in ("sqrt", "exp", "abs", "square") for n in (64, 0.5)]
    cases += [of_ops("array", [[1, 2.5], [3, 4]]), of_ops("stack", [[1, 2], [3, 4]])]
    cases += [
        of_ops(key, X, [1, 2, 3, 4, 5, 6, 7, 8]) for key in ("equal", "less", "add", "maximum")
    ]
    assert disagreements(cases) == []
