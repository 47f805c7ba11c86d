"""What expressions stand for while a program is checked: values, layers, tensors, lists of these.

Numbers, words, strings, booleans, none, lists, tuples and dictionaries are Python's own; the rest is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dsl.catalogue.registry import UNKNOWN, Configured
from dsl.graph import Operation, Tensor
from dsl.records import Record, Thing, field
from dsl.shapes.dims import Size, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl import nodes
    from dsl.catalogue.lookup import Parameter, Symbol
    from dsl.checker.scope import File
    from dsl.source import Span

Value: TypeAlias = Any
Parameters: TypeAlias = "tuple[Parameter, ...]"


class Word(str):
    """A bare word of the source (`relu`): a string that may look for its parameter."""

    __slots__ = ()


class UnknownSize(Record):
    """A size that is not a number at compile time: `x.shape[1]` where axis 1 is `?`, `T` or the batch."""

    dim: Size | None

    def __str__(self) -> str:
        """As the language writes it."""
        return show(self.dim)


class LayerClass(Record):
    """A layer by its bare name (`Flatten`): each use makes one with its defaults."""

    symbol: Symbol


class Function(Record):
    """A function of tensors by its bare name."""

    symbol: Symbol


class Layer(Thing):
    """A configured layer, an application of Keras, or an object such as an initializer.

    Args:
        symbol: what Keras knows it as.
        arguments: parameter name to value, defaults included.
        given: names of the parameters that the source gives.
        span: the configuration.
        name: the layer's name in Keras.
        shared: whether it may be applied more than once though it holds weights.
        operation: its operation, once applied.
        node: the node of the tree that configures it.
    """

    symbol: Symbol
    arguments: dict[str, Value]
    given: frozenset[str]
    span: Span
    name: str = ""
    shared: bool = False
    trainable: bool = True
    operation: Operation | None = None
    applied: list[Span] = field(default_factory=list)
    bound: str = ""
    node: Any = None

    @property
    def words(self) -> str:
        """How the source calls it."""
        return self.bound or self.symbol.name


class Signature(Record):
    """What can be read of a thing that Python defines.

    Args:
        kind: `class`, `function`, or empty where that is not known.
        parameters: of the function, or of the class's configuration; None where they are not known.
        call: of a layer's call; None where they are not known.
        is_layer: whether it is a class of layers, for sure.
        tensors_only: whether its call takes nothing but tensors by position, for sure.
        shapeless: whether it has no `compute_output_shape`, for sure.
        says_shape: whether it says what shape it gives, for sure, so that Keras does not trace it.
        at: where its configuration, or the function, is defined.
        called_at: where its call is.
    """

    kind: str = ""
    parameters: Parameters | None = None
    call: Parameters | None = None
    is_layer: bool = False
    tensors_only: bool = False
    shapeless: bool = False
    says_shape: bool = False
    at: Span | None = None
    called_at: Span | None = None


NOTHING_KNOWN = Signature()


class PythonObject(Thing):
    """A name imported from Python, or what a call of it makes: opaque.

    Args:
        signature: what could be read of it.
        configured: whether it is what a call of the name makes.
        layer_name: the name that its configuration gives to a layer.
    """

    module: str
    name: str
    span: Span
    signature: Signature = NOTHING_KNOWN
    configured: bool = False
    layer_name: str = ""
    shared: bool = False
    operation: Operation | None = None
    applied: list[Span] = field(default_factory=list)
    bound: str = ""

    @property
    def words(self) -> str:
        """How the source calls it."""
        return self.bound or self.name

    @property
    def is_class(self) -> bool:
        """Whether a call of it configures: it is a class, by its text or else by its capital, and not configured yet."""
        known = self.signature.kind
        return not self.configured and (known == "class" if known else self.name[:1].isupper())

    @property
    def may_be_layer(self) -> bool:
        """Whether what its configuration makes may be a layer of Keras."""
        return self.is_class and (self.signature.is_layer or self.signature.parameters is None)


class BlockDefinition(Thing):
    """A block or model as defined: the node and the file whose names it sees."""

    node: nodes.Block
    file: File
    used: bool = False
    endless: bool = False
    applications: list[Span] = field(default_factory=list)

    @property
    def is_model(self) -> bool:
        """Whether each configuration becomes a nested `keras.Model`."""
        return self.node.kind == "model"

    @property
    def words(self) -> str:
        """Its name."""
        return self.node.name.id


class ConfiguredBlock(Thing):
    """A block with its first parentheses filled.

    Args:
        ran: whether it has been applied in earnest.
        declared: the inputs of a model, once it was.
    """

    definition: BlockDefinition
    arguments: dict[str, Value]
    span: Span
    name: str = ""
    trainable: bool = True
    shared: bool = False
    operation: Operation | None = None
    made: dict[str, Value] = field(default_factory=dict)
    ran: bool = False
    declared: tuple[Tensor, ...] = ()
    applied: list[Span] = field(default_factory=list)
    bound: str = ""

    @property
    def words(self) -> str:
        """How the source calls it."""
        return self.bound or self.definition.words


class InputRecord(Record):
    """Several inputs under one name."""

    fields: Mapping[str, Tensor]


def is_unknown(value: Value) -> bool:
    """Whether the checker knows nothing of it (the reason has been reported)."""
    return value is UNKNOWN


def holds_unknown(value: Value) -> bool:
    """Whether something in it is not known (the reason has been reported)."""
    if isinstance(value, list | tuple):
        return any(holds_unknown(item) for item in value)
    if isinstance(value, Layer):
        return any(holds_unknown(value.arguments[name]) for name in value.given)
    return is_unknown(value)


def is_mistaken(value: Value) -> bool:
    """Whether it is what an application gives in which a mistake was reported."""
    return isinstance(value, Tensor) and value.operation.kind == "unknown"


def is_unapplied(value: Value) -> bool:
    """Whether it is a layer or block where a tensor may be meant."""
    return isinstance(value, Layer | LayerClass | ConfiguredBlock | BlockDefinition)


def is_constant(value: Value) -> bool:
    """Whether it is a value known at compile time through and through."""
    if isinstance(value, list | tuple):
        return all(is_constant(item) for item in value)
    if isinstance(value, dict):
        return all(is_constant(item) for item in value.values())
    return value is None or isinstance(value, bool | int | float | str)


def contains_tensor(value: Value) -> bool:
    """Whether a tensor is in it."""
    if isinstance(value, list | tuple):
        return any(contains_tensor(item) for item in value)
    return isinstance(value, Tensor)


def configured(value: Value) -> Value:
    """The value as rules of the catalogue see it."""
    match value:
        case Layer():
            key = value.symbol.key
            return Configured(key, {k: configured(v) for k, v in value.arguments.items()})
        case LayerClass():
            defaults = {p.name: p.default for p in value.symbol.parameters}
            return Configured(value.symbol.key, defaults)
        case Word():
            return str(value)
        case list():
            return [configured(item) for item in value]
        case tuple():
            return tuple(configured(item) for item in value)
        case dict():
            return {key: configured(item) for key, item in value.items()}
        case Tensor():
            return value.type
        case None | bool() | int() | float() | str():
            return value
    return UNKNOWN


def describe(value: Value) -> str:
    """What it is, in words of the language, with its article."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case Word():
            return f"the word {value}"
        case str():
            return f'the text "{value}"'
        case int() | float():
            return f"the number {value}"
        case Tensor():
            return f"a tensor {value.type}"
        case UnknownSize():
            return f"a size that is not known here ({value})"
        case _:
            return _describe_other(value)


def _describe_other(value: Value) -> str:
    match value:
        case list():
            return "a list of tensors" if value and contains_tensor(value) else "a list"
        case tuple():
            return "a tuple of tensors" if value and contains_tensor(value) else "a tuple"
        case dict():
            return "a dictionary"
        case InputRecord():
            return "a record of inputs"
        case Layer():
            kind = "layer" if value.symbol.namespace in {"layers", "applications"} else "object"
            return f"the {kind} {value.words}"
        case LayerClass():
            return f"the layer {value.symbol.name}"
        case Function():
            return f"the function {value.symbol.name}"
        case BlockDefinition() | ConfiguredBlock():
            kind = (value if isinstance(value, BlockDefinition) else value.definition).node.kind
            return f"the {kind} {value.words}"
        case PythonObject():
            return f"{value.name} of {value.module}"
    return "something unknown"


def applied(value: Value, text: str) -> str:
    """How something would be applied: `Dense(3)(x)`, `Flatten()(x)`."""
    if isinstance(value, BlockDefinition):
        return f"{text}({'…' if value.node.parameters else ''})(x)"
    if isinstance(value, LayerClass):
        needs = any(one.required for one in value.symbol.parameters if one.name != "self")
        return f"{text}({'…' if needs else ''})(x)"
    return f"{text}(x)"
