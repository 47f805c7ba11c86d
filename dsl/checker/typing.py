"""Types as the source writes them: declared, compared with what was proved, bound to names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import words
from dsl.checker.expressions import evaluate
from dsl.checker.facts import ClaimFact
from dsl.checker.scope import Binding
from dsl.checker.targets import split
from dsl.checker.values import UnknownSize, Value, describe, is_unknown
from dsl.diagnostics import Label
from dsl.graph import Tensor
from dsl.records import replace
from dsl.shapes import dims
from dsl.shapes.dims import BATCH, Dim, Size
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType

if TYPE_CHECKING:
    from types import EllipsisType

    from dsl.checker.frame import Frame
    from dsl.source import Span

DTYPES = (
    "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool", "string", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip

DTYPES_ELSEWHERE = {
    "float": "float32", "double": "float64", "half": "float16", "int": "int32", "integer": "int32", "long": "int64",
    "short": "int16", "byte": "uint8", "boolean": "bool", "str": "string", "text": "string",
}  # fmt: skip
"""How other languages call dtypes."""

LARGEST_SIZE = 2**31 - 1

OPERATIONS = {"+": dims.plus, "-": dims.minus, "*": dims.times, "//": dims.floor_div}


def declared(node: nodes.Type, frame: Frame, *, sizes_may_be_new: bool) -> TensorType:
    """The type that a source writes, the batch in front.

    Args:
        node: as written.
        frame: where names are looked up.
        sizes_may_be_new: whether a name that nothing binds is a named size.
    """
    before = len(frame.state.problems)
    dtype = dtype_of(node, frame)
    dims_ = node.dims[1:] if _has_batch(node, frame) else node.dims
    sizes = tuple(size_of(one, frame, sizes_may_be_new=sizes_may_be_new) for one in dims_)
    mistaken = len(frame.state.problems) > before
    return TensorType(dtype, None if mistaken else (BATCH, *sizes))


def _has_batch(node: nodes.Type, frame: Frame) -> bool:
    """Whether a type begins with the `None` of Keras's batch, which is reported."""
    first = node.dims[0] if len(node.dims) > 1 else None
    if not isinstance(first, nodes.Name) or first.id not in {"none", "None"}:
        return False
    rest = node.span.source.span(node.dims[1].span.start, node.dims[-1].span.end).text
    frame.report(
        codes.BAD_VALUE,
        first.span,
        f"a type has no `{first.id}`: the batch is implied",
        help=f"write {node.dtype}[{rest}]; another size that may be any is written `?`",
    )
    return True


def dtype_of(node: nodes.Type, frame: Frame, default: str = "float32") -> str | None:
    """The dtype that a type writes."""
    if not node.dtype:
        return default
    if node.dtype in DTYPES:
        return node.dtype
    alias = DTYPES_ELSEWHERE.get(node.dtype.lower())
    near = [alias] if alias else lookup.closest(node.dtype, DTYPES, 3)
    frame.report(
        codes.UNKNOWN_NAME,
        node.dtype_span or node.span,
        f"there is no dtype {node.dtype}",
        help=words.did_you_mean(near) or "dtypes are float32, int32, bool, string and their kin",
        fix=words.mend(node.dtype_span or node.span, node.dtype, near),
    )
    return None


def size_of(node: nodes.Expr | nodes.Unknown, frame: Frame, *, sizes_may_be_new: bool) -> Dim:
    """One size of a type; unknown after a diagnostic."""
    match node:
        case nodes.Unknown():
            return None
        case nodes.Name() if frame.scope.find(node.id) is None and node.id not in {
            "true",
            "false",
            "none",
            "None",
        }:
            if sizes_may_be_new:
                return _new_size(node, frame)
        case nodes.Name():
            binding = frame.find(node.id)
            if binding is not None and binding.kind == "size":
                return _as_size(node, binding.value, frame)
        case nodes.Binary() if node.op in OPERATIONS:
            left = size_of(node.left, frame, sizes_may_be_new=sizes_may_be_new)
            right = size_of(node.right, frame, sizes_may_be_new=sizes_may_be_new)
            if node.op == "//" and right == 0:
                return None
            return OPERATIONS[node.op](left, right)
        case nodes.Group():
            return size_of(node.value, frame, sizes_may_be_new=sizes_may_be_new)
    return _as_size(node, evaluate(node, frame), frame)


def _new_size(node: nodes.Name, frame: Frame) -> Dim:
    """A name that nothing binds; in the main program it is the number that it was given, if it was."""
    number = None
    if frame.at_top and frame.file.is_main:
        number = frame.state.sizes.get(node.id)
        frame.state.program.sizes[node.id] = number
    size = Size.named(node.id) if number is None else number
    value = UnknownSize(size) if isinstance(size, Size) else size
    frame.scope.names[node.id] = Binding(value, node.span, "size")
    return size


def _as_size(node: nodes.Node, value: Value, frame: Frame) -> Dim:
    if isinstance(value, UnknownSize):
        return value.dim
    if is_unknown(value):
        return None
    if value is None:
        frame.report(
            codes.BAD_VALUE,
            node.span,
            "a size that may be any is written `?`",
            help="write `?` for a size that may be any; the batch is implied and stands in no type",
        )
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        fraction = isinstance(value, float)
        frame.report(
            codes.BAD_VALUE,
            node.span,
            f"a size is a whole number, not {describe(value)}",
            help="`//` divides to whole numbers: 64 // 2"
            if fraction
            else "one input has one shape: write a line for each"
            if isinstance(value, list | tuple)
            else f"write {value}, without quotes"
            if isinstance(value, str) and frame.scope.find(value)
            else "write a whole number, `?`, or a name",
        )
        return None
    if value > LARGEST_SIZE:
        frame.report(
            codes.BAD_VALUE,
            node.span,
            f"a size is at most {LARGEST_SIZE:,}, not {value}",
            help="write the number of things that there are on this axis",
        )
        return None
    if value < 1:
        frame.report(
            codes.BAD_VALUE,
            node.span,
            f"a size is at least 1, not {value}",
            help="write `?` for a size that may be any; the batch is implied and stands in no type",
        )
        return None
    return value


def clash(wanted: TensorType, found: TensorType) -> bool:
    """Whether two types cannot be one: another rank, or a size proved to differ."""
    if wanted.shape is None or found.shape is None:
        return False
    if len(wanted.shape) != len(found.shape):
        return True
    return any(
        isinstance(a, int) and isinstance(b, int) and a != b
        for a, b in zip(wanted.shape, found.shape, strict=True)
    )


def without_names(kind: TensorType) -> TensorType:
    """The type with named sizes unknown: what `keras.Input` is given."""
    if kind.shape is None:
        return kind
    shape = tuple(one if isinstance(one, int) or one == BATCH else None for one in kind.shape)
    return TensorType(kind.dtype, shape)


def unify(node: nodes.Type, value: Value, name: str, frame: Frame) -> bool:
    """Bind the names of a block's input type to the operand's sizes, and compare the rest; whether it fits."""
    before = len(frame.state.problems)
    _unify(node, value, name, frame)
    return len(frame.state.problems) == before


def _unify(node: nodes.Type, value: Value, name: str, frame: Frame) -> None:
    if not isinstance(value, Tensor):
        _leave_open(node, frame)
        return
    shape = value.type.shape
    if shape is None and frame.state.problems.has_errors:
        _leave_open(node, frame)  # what it is hangs on a mistake that was told
        return
    if node.dtype:
        wanted = dtype_of(node, frame)
        if wanted and value.type.dtype and wanted != value.type.dtype:
            _report_type(node, value, name, f"the dtype {wanted}", frame)
    if shape is None:
        shape = (None,) * (len(node.dims) + 1)
    if len(shape) != len(node.dims) + 1:
        count = len(node.dims)
        _report_type(node, value, name, f"{count} size{'s' * (count != 1)} after the batch", frame)
        _leave_open(node, frame)
        return
    for one, size in zip(node.dims, shape[1:], strict=True):
        _unify_size(one, size, node, value, name, frame)


def _leave_open(node: nodes.Type, frame: Frame) -> None:
    """Bind the names of a type to anything."""
    for one in node.dims:
        if isinstance(one, nodes.Name) and frame.scope.find(one.id) is None:
            frame.scope.names[one.id] = Binding(UNKNOWN, one.span, "size")


def _unify_size(
    node: nodes.Expr | nodes.Unknown,
    size: Dim,
    kind: nodes.Type,
    value: Tensor,
    name: str,
    frame: Frame,
) -> None:
    if isinstance(node, nodes.Unknown):
        return
    if isinstance(node, nodes.Name) and frame.scope.find(node.id) is None:
        bound = size if isinstance(size, int) else UnknownSize(size)
        frame.scope.names[node.id] = Binding(bound, node.span, "size")
        return
    wanted = size_of(node, frame, sizes_may_be_new=False)
    if dims.same(wanted, size) is False:
        shown = f"the sizes {kind.span.text}, of which {node.span.text} is {dims.show(wanted)}"
        if isinstance(node, nodes.Number):
            shown = f"the sizes {kind.span.text}"
        _report_type(node, value, name, shown, frame)


def _report_type(node: nodes.Node, value: Tensor, name: str, wanted: str, frame: Frame) -> None:
    block = frame.through[0][1] if frame.through else "this"
    at = frame.through[0][0] if frame.through else node.span
    outside = replace(frame, through=frame.through[1:])
    outside.report(
        codes.SHAPE_MISMATCH,
        at,
        f"{block} takes {name} with {wanted}, and gets {value.type}",
        help="bring the tensor to that shape first, or declare the block's input otherwise",
        labels=[
            Label(node.span, f"{name} is declared here"),
            Label(value.span, f"{value.type} comes from here"),
        ],
    )


def check_annotation(node: nodes.Type, value: Value, frame: Frame) -> Value:
    """Prove or refute an annotation; the tensor with what is known of it now."""
    if not isinstance(value, Tensor):
        if not is_unknown(value):
            frame.report(
                codes.WRONG_KIND,
                node.span,
                f"a type is written for a tensor, and this is {describe(value)}",
                help="leave the type out",
            )
        return value
    wanted = declared(node, frame, sizes_may_be_new=True)
    wrong_dtype = bool(node.dtype) and value.type.dtype not in {None, wanted.dtype}
    if not wrong_dtype and not _refuted(wanted, value.type):
        return _refined(node, value, wanted, frame)
    frame.report(
        codes.NOT_AS_ANNOTATED,
        node.span,
        f"{wanted if node.dtype else str(wanted).removeprefix('float32')} is written here, and the tensor is {value.type}",
        help="write the type it has, or change what makes it",
        labels=[Label(value.span, f"{value.type} comes from here")],
    )
    return value


def _refuted(wanted: TensorType, found: TensorType) -> bool:
    if wanted.shape is None or found.shape is None:
        return False
    if len(wanted.shape) != len(found.shape):
        return True
    return any(dims.same(a, b) is False for a, b in zip(wanted.shape, found.shape, strict=True))


def _refined(node: nodes.Type, value: Tensor, wanted: TensorType, frame: Frame) -> Tensor:
    """The tensor with what was unknown of it filled from its annotation, which the built model is to prove."""
    found = value.type
    if wanted.shape is None or (found.shape is not None and None not in found.shape[1:]):
        return value
    shape = wanted.shape
    if found.shape is not None:
        shape = tuple(w if f is None else f for f, w in zip(found.shape, wanted.shape, strict=True))
    claimed = wanted.dtype if node.dtype else frame.state.policy.compute
    dtype = found.dtype or claimed
    better = Tensor(TensorType(dtype, shape), value.operation, value.index, value.span)
    proof = tuple(_announced(size, frame) for size in wanted.shape[1:])
    batch = ... if frame.state.batch_sizes else None
    frame.fact(node, ClaimFact((batch, *proof), "" if found.dtype else dtype or ""))
    application = frame.state.makers.get(value)
    if application is not None:
        better.maker = frame.state.makers[better] = application
        application.outputs = tuple(better if one is value else one for one in application.outputs)
        operation = value.operation
        operation.outputs = tuple(
            better.type if index == value.index else one
            for index, one in enumerate(operation.outputs)
        )
    return better


def _announced(size: Dim, frame: Frame) -> int | EllipsisType | None:
    """The size that Keras must announce: none for one that an input leaves open, `...` where any will do."""
    if size is None or isinstance(size, int):
        return ... if size is None else size
    inputs = [one.tensor.type.shape or () for one in frame.state.program.inputs]
    declared_names = {name for shape in inputs for one in shape for name in dims.names_in(one)}
    return None if dims.names_in(size) <= declared_names else ...


def check_annotations(
    types: tuple[nodes.Type, ...], value: Value, span: Span, frame: Frame
) -> Value:
    """Prove or refute the annotations of a statement: one for each tensor."""
    if len(types) == 1:
        return check_annotation(types[0], value, frame)
    if isinstance(value, Tensor) and value.type == UNKNOWN_TENSOR:
        value = tuple(split(value, len(types), frame))
    if not isinstance(value, list | tuple) or len(value) != len(types):
        if not is_unknown(value):
            frame.report(
                codes.WRONG_OPERANDS,
                span,
                f"{len(types)} types for {describe(value)}",
                help="write one type for each tensor",
            )
        return value
    return tuple(check_annotation(kind, one, frame) for kind, one in zip(types, value, strict=True))


def annotated(types: tuple[nodes.Type, ...], value: nodes.Expr) -> frozenset[Span]:
    """The applications whose results a statement's annotations are about."""
    if not types:
        return frozenset()
    parts = value.items if isinstance(value, nodes.Tuple | nodes.List) else (value,)
    return frozenset(_last(one).span for one in parts)


def _last(node: nodes.Expr) -> nodes.Expr:
    match node:
        case nodes.Group():
            return _last(node.value)
        case nodes.Chain():
            return _last(node.stages[-1])
    return node
