"""Tensors that Keras takes for sparse while the model is built: followed as they are made, and told where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import codes, nodes
from dsl.catalogue import sparse as catalogue
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import replace
from dsl.shapes.dtypes import is_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dsl.catalogue.registry import Policy
    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame
    from dsl.graph import Application
    from dsl.source import Span

LONGEST = 32
"""Letters of an operand that still stand in a sentence."""


def flags(value: Any) -> list[bool | None]:
    """Whether operands are sparse, flat; None for numbers and constants."""
    if isinstance(value, list | tuple):
        return [one for item in value for one in flags(item)]
    is_constant = not isinstance(value, Tensor) or value.operation.kind == "constant"
    return [None if is_constant else value.sparse]


def enters(tensor: Tensor, policy: Policy) -> bool:
    """Whether a tensor is sparse within a layer: what is cast on its way in is not."""
    dtype = tensor.type.dtype or ""
    cast = policy.autocast and is_float(dtype) and dtype != policy.compute
    return tensor.sparse and not cast


def mark(
    outputs: Iterable[Tensor],
    key: str,
    arguments: Mapping[str, Any],
    inputs: Sequence[Tensor],
    policy: Policy,
) -> None:
    """Set what a layer gives."""
    entering = [enters(one, policy) for one in inputs]
    for one in outputs:
        one.sparse = catalogue.of_layer(key, entering, arguments)


def check_layer(
    key: str,
    arguments: Mapping[str, Any],
    call: Mapping[str, Any],
    policy: Policy,
    binding: Binding,
    frame: Frame,
) -> None:
    """Report the operand that Keras fails over, or may fail over, as it traces a layer."""
    if key in catalogue.UNCAST:
        policy = replace(policy, autocast=False)

    def sparse(one: Any) -> bool:
        return isinstance(one, Tensor) and enters(one, policy)

    found = catalogue.failing(key, arguments, call, sparse, _is_open)
    perhaps = None if found is not None else catalogue.doubtful(key, arguments, call, sparse)
    culprit = perhaps if found is None else found
    if culprit is not None:
        report(culprit, binding, frame, sure=found is not None)


def report(culprit: Tensor, binding: Binding, frame: Frame, *, sure: bool) -> None:
    """Say of an operand that Keras takes it for sparse, and that the layer cannot, or may not, take it so."""
    node = _node_of(culprit, binding)
    span = binding.place if node is None else node.span
    text = span.text if node is not None and len(span.text) <= LONGEST else ""
    shown = f"`{text}`" if text and "\n" not in text else "this tensor"
    origin = _origin(culprit)
    labels = [] if origin.span == span else [Label(origin.span, _why(origin))]
    simple = isinstance(node, nodes.Name) or (isinstance(node, nodes.Binary) and node.op == "*")
    example = f": {text} + 0" if simple and text else ""
    code = codes.SPARSE_OPERAND if sure else codes.SPARSE_TRACED
    verb = "fails over" if sure else "is traced by Keras, and may fail over"
    frame.report(
        code,
        span,
        f"{binding.what} {verb} {shown}, which Keras takes for sparse while the model is built",
        help=f"add 0 to it, which makes it dense{example}",
        labels=labels,
    )


def _node_of(tensor: Tensor, binding: Binding) -> nodes.Expr | None:
    """The expression that gives an operand; None where an arrow, or a name of several, does."""
    for bound in binding.written:
        node = bound.node
        if bound.value is tensor:
            return node
        items = node.items if isinstance(node, nodes.List | nodes.Tuple) else ()
        if isinstance(bound.value, list | tuple) and len(items) == len(bound.value):
            for item, value in zip(items, bound.value, strict=True):
                if value is tensor:
                    return item
    return None


def _origin(tensor: Tensor) -> Tensor:
    """The first on the way to a tensor that is sparse."""
    while tensor.maker is not None:
        before = next((one for one in tensor.maker.inputs if one.sparse), None)
        if before is None:
            break
        tensor = before
    return tensor


def _why(origin: Tensor) -> str:
    if origin.operation.kind == "input":
        return "this input is declared sparse"
    if origin.operation.class_name == "Multiply":
        return "a product with a number is sparse to Keras"
    return "this is sparse to Keras"


def traces_again(declared: Sequence[Tensor], given: Sequence[Tensor]) -> bool:
    """Whether Keras goes through a nested model for what it is given: it does for other shapes than those declared."""
    return any(_plain(one) != _plain(other) for one, other in zip(declared, given, strict=False))


def _is_open(one: Any) -> bool:
    """Whether a size of a tensor is no number."""
    return isinstance(one, Tensor) and None in _plain(one)


def _plain(tensor: Tensor) -> list[int | None]:
    return [one if isinstance(one, int) else None for one in tensor.type.shape or ()]


def check_inside(
    what: str, inside: Iterable[Application], given: Sequence[Tensor], span: Span, frame: Frame
) -> None:
    """Report a nested model that Keras traces again, and in which a layer fails over a sparse tensor."""
    if _fails_inside(inside, frame.state.policy):
        origins = [_origin(one) for one in given if one.sparse]
        frame.report(
            codes.SPARSE_OPERAND,
            span,
            f"{what} holds a layer that fails over a sparse tensor, as Keras takes what enters for one",
            help="add 0 to it first, which makes it dense",
            labels=[Label(one.span, _why(one)) for one in origins[:1]],
        )


def _fails_inside(inside: Iterable[Application], policy: Policy) -> bool:
    def sparse(one: Any) -> bool:
        return isinstance(one, Tensor) and enters(one, policy)

    for one in inside:
        operation = one.operation
        arguments = operation.arguments
        failing = catalogue.failing(operation.symbol, arguments, one.call, sparse, _is_open)
        if failing is not None or _fails_inside(one.inside, policy):
            return True
    return False
