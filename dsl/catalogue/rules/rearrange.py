"""`keras.ops.rearrange`: axes named, merged and parted in a pattern of words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import bad_value, shape_of
from dsl.catalogue.registry import Output, Refusal, rule
from dsl.shapes.dims import Dim, floor_div, product
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.types import Shape


@rule("ops.rearrange")
def rearrange(tensor: TensorType, *, pattern: str, **lengths: Any) -> Output | Refusal:
    """Axes named, merged and parted in a pattern; Keras multiplies their sizes, so it must know them.

    >>> x = TensorType("float32", (2, 12, 3))
    >>> str(rearrange(x, pattern="b (h w) c -> b h w c", h=4).value)
    'float32[2, 4, 3, 3] without its batch'
    """
    if not isinstance(pattern, str) or pattern.count("->") != 1:
        return bad_value("a pattern says before -> after", "pattern", '"b h w c -> b c h w"')
    before, after = (_groups(side) for side in pattern.split("->"))
    sizes = _named_sizes(before, shape_of(tensor), lengths)
    if isinstance(sizes, Refusal):
        return sizes
    parts = [_names(group) for group in after]
    named = [name for part in parts for name in part]
    missing = next((name for name in named if name not in sizes), None)
    if missing is not None:
        return bad_value(f"`{missing}` stands on the right of `{pattern}` alone", "pattern")
    unknown = next((name for name in named if not isinstance(sizes[name], int)), None)
    if unknown is not None:
        words = (
            f"`rearrange` needs sizes that are numbers, and `{unknown}` of {tensor} is not known"
        )
        helps = "Permute and Reshape do it with any batch; or transpose and reshape"
        return Refusal(words, None, 0, helps, "unknown-size")
    shape = tuple(product([sizes[name] for name in part]) for part in parts)
    return Output(TensorType(tensor.dtype, shape))


def _groups(side: str) -> list[str]:
    """The axes on one side, those in parentheses together.

    >>> _groups(" b (h w) c ")
    ['b', '(h w)', 'c']
    """
    return re.findall(r"\w+|\(.*?\)", side)


def _names(group: str) -> list[str]:
    """The names of a group, or of an axis alone."""
    inner = re.match(r"\(([\w\s]+)\)", group)
    return inner.group(1).split() if inner else [group]


def _named_sizes(
    groups: list[str], shape: Shape, lengths: dict[str, Any]
) -> dict[str, Dim] | Refusal:
    """From each name to its size; one of a group may follow from the others."""
    sizes: dict[str, Dim] = {}
    for group, size in zip(groups, shape, strict=False):
        if not group.startswith("("):
            sizes[group] = size
            continue
        found = _parted(group, size, lengths)
        if isinstance(found, Refusal):
            return found
        sizes |= found
    return sizes


def _parted(group: str, size: Dim, lengths: dict[str, Any]) -> dict[str, Dim] | Refusal:
    """The sizes of the names in one group."""
    names = _names(group)
    known: dict[str, Dim] = {name: lengths[name] for name in names if name in lengths}
    rest = [name for name in names if name not in lengths]
    wrong = next((name for name, one in known.items() if not isinstance(one, int) or one < 1), None)
    if wrong is not None:
        return bad_value(f"`{wrong}` is a positive whole number", wrong)
    if len(rest) > 1:
        return bad_value(f"the size of `{rest[1]}` must be given", "pattern", f"add {rest[1]}=2")
    if not rest:
        return known
    return {**known, rest[0]: floor_div(size, product(list(known.values())))}
