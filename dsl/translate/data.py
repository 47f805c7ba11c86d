"""What the arrays for inputs and outputs must be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dsl.catalogue.targets import TARGETS
from dsl.emit import plan
from dsl.records import replace
from dsl.shapes.dims import Size, names_in
from dsl.translate.indices import index_limits

if TYPE_CHECKING:
    from dsl.graph import Endpoint, LossTerm, Program

    Shape = tuple[int | str | None, ...] | None

WORDS = {"string": "texts", "bool": "truth values, 0 or 1"}
"""How inputs are called that hold no numbers."""


def inputs(program: Program) -> tuple[plan.DataSpec, ...]:
    """What arrays for the inputs must be."""
    shared = _shared_sizes(program)
    limits = index_limits(program)
    found = []
    for one in program.inputs:
        spec = _input(one, limits.get(id(one.tensor.operation)))
        found.append(replace(spec, shape=_known(spec.shape, shared)))
    return tuple(found)


def _input(one: Endpoint, limit: int | None) -> plan.DataSpec:
    dtype = one.tensor.type.dtype or "float32"
    words = WORDS.get(dtype, f"inputs of {dtype}")
    spec = plan.DataSpec(one.name, words, dtype, _sizes(one), line=one.span.line)
    if limit is None:
        return spec
    kind = dtype if "int" in dtype else "int32"
    words = f"indices from 0 to {limit - 1}"
    return replace(spec, words=words, dtype=kind, low=0, high=limit - 1)


def outputs(program: Program) -> tuple[plan.DataSpec, ...]:
    """What arrays for the targets must be."""
    losses = program.training.losses if program.training is not None else {}
    shared = _shared_sizes(program)
    found = []
    for one in program.outputs:
        spec = _target(one, losses.get(one.name))
        found.append(replace(spec, shape=_known(spec.shape, shared)))
    return tuple(found)


def _target(one: Endpoint, loss: LossTerm | None) -> plan.DataSpec:
    """What a loss takes for an output; nothing is known of what a Python function takes."""
    if loss is None:
        return plan.DataSpec(one.name, "", "", None, line=one.span.line)
    target = TARGETS.get(loss.name)
    if target is None:
        return plan.DataSpec(one.name, "targets", "", None, line=one.span.line)
    dtype = "int32" if target.whole else "float32"
    spec = plan.DataSpec(
        one.name, target.words, dtype, _sizes(one), target.low, target.high, line=one.span.line
    )
    if target.form == "same":
        return spec
    if target.form == "groups":
        return replace(spec, shape=(1,))
    return _classes(spec, target.form, loss.arguments)


def _classes(spec: plan.DataSpec, form: str, arguments: dict[str, Any]) -> plan.DataSpec:
    """Numbers of classes: how many there are the output says, on the loss's axis."""
    sizes, axis = spec.shape, arguments.get("axis", -1)
    ignored = arguments.get("ignore_class")
    if not sizes or not isinstance(axis, int):
        return replace(spec, shape=None, low=None)
    last = axis in {-1, len(sizes)}
    shapes: dict[str, Shape] = {"rows": (), "labels": (None,), "classes": (*sizes[:-1], 1)}
    classes = sizes[-1] if last else None
    spec = replace(spec, shape=shapes[form] if last else None)
    if not isinstance(classes, int):
        return replace(spec, low=None if isinstance(ignored, int) else spec.low)
    words = f"{spec.words} from 0 to {classes - 1}"
    if not isinstance(ignored, int):
        return replace(spec, words=words, high=classes - 1)
    return replace(spec, words=f"{words} or {ignored}", high=classes - 1, ignored=ignored)


def _sizes(endpoint: Endpoint) -> Shape:
    """The sizes after the batch; those that only have a name by it."""
    shape = endpoint.tensor.type.shape
    return None if shape is None else tuple(map(_size, shape[1:]))


def _size(size: object) -> int | str | None:
    if isinstance(size, Size):
        names = names_in(size)
        return str(size) if names == {str(size)} else None
    return size if isinstance(size, int) else None


def _shared_sizes(program: Program) -> set[str]:
    """The named sizes that arrays must have in common: those of more than one axis."""
    losses = program.training.losses if program.training is not None else {}
    ends = [*program.inputs, *(one for one in program.outputs if one.name in losses)]
    counted = Counter(size for one in ends for size in _sizes(one) or () if isinstance(size, str))
    return {name for name, times in counted.items() if times > 1}


def _known(shape: Shape, shared: set[str]) -> Shape:
    """A shape without the names that no other array has."""
    if shape is None:
        return None
    return tuple(None if isinstance(one, str) and one not in shared else one for one in shape)
