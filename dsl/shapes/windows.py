"""Sizes that sliding windows leave: convolutions, poolings, transposed convolutions.

The formulas are those of Keras's `compute_conv_output_shape` and
`compute_conv_transpose_output_shape`.
"""

from __future__ import annotations

from dsl.shapes.dims import Dim, ceil_div, floor_div, is_negative, minus, plus, times


def extent(window: int, dilation: int = 1) -> int:
    """What a dilated window spans.

    >>> extent(3), extent(3, 2)
    (3, 5)
    """
    return (window - 1) * dilation + 1


def fits(size: Dim, window: int, dilation: int = 1) -> bool:
    """Whether a window may fit into an axis: False only where it is proved not to.

    >>> fits(2, 3), fits(3, 3), fits(None, 3), fits(5, 3, 3)
    (False, True, True, False)
    """
    return not is_negative(minus(size, extent(window, dilation)))


def slide(size: Dim, window: int, stride: int, padding: str, dilation: int = 1) -> Dim:
    """The number of places of a window, which must fit.

    Args:
        size: of the axis.
        window: its size.
        stride: from place to place.
        padding: `valid`, `same` or `causal`.
        dilation: distance of the window's elements.

    >>> from dsl.shapes.dims import Size, show
    >>> slide(28, 3, 1, "valid"), slide(28, 3, 2, "same"), slide(None, 3, 2, "same")
    (26, 14, None)
    >>> show(slide(Size.named("T"), 5, 1, "valid")), show(slide(Size.named("T"), 2, 2, "valid"))
    ('T - 4', 'T // 2')
    """
    if padding != "valid":
        return ceil_div(size, stride)
    return plus(floor_div(minus(size, extent(window, dilation)), stride), 1)


def spread(
    size: Dim,
    window: int,
    stride: int,
    padding: str,
    dilation: int = 1,
    output_padding: int | None = None,
) -> Dim:
    """The size after a transposed convolution.

    >>> spread(7, 3, 2, "same"), spread(7, 3, 2, "valid"), spread(7, 3, 2, "same", 1, 0)
    (14, 15, 13)
    """
    reach = extent(window, dilation)
    if output_padding is None:
        return plus(times(size, stride), 0 if padding == "same" else max(reach - stride, 0))
    trimmed = 2 * (reach // 2) if padding == "same" else 0
    return plus(times(minus(size, 1), stride), reach + output_padding - trimmed)
