"""Calls: the first parentheses configure, the second apply; lower case applies at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import codes, nodes
from dsl.catalogue import lookup
from dsl.catalogue.lookup import Parameter
from dsl.catalogue.own_names import fits, own_name
from dsl.catalogue.registry import UNKNOWN
from dsl.checker import apply, blocks, builtins, functions, operand_checks, python_calls, words
from dsl.checker.argument_values import check_values
from dsl.checker.arguments import bind, require
from dsl.checker.expressions import CONSTANTS, evaluate
from dsl.checker.facts import ApplyFact, FunctionFact, MakeFact
from dsl.checker.habits import PYTHON
from dsl.checker.naming import MERGES
from dsl.checker.values import (
    BlockDefinition,
    ConfiguredBlock,
    Function,
    Layer,
    LayerClass,
    PythonObject,
    Value,
    Word,
    contains_tensor,
    describe,
    is_mistaken,
    is_unknown,
)  # fmt: skip
from dsl.diagnostics import Fix, Label
from dsl.graph import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.checker.binding import Binding
    from dsl.checker.frame import Frame
    from dsl.source import Span

TENSORS = (Parameter("tensors", lookup.REST, UNKNOWN),)
"""The call of what takes any number of tensors by position."""


def call(node: nodes.Call, frame: Frame, namespace: str = "") -> Value:
    """What a call stands for.

    Args:
        node: the call.
        frame: where.
        namespace: where a capital name is looked for first: what the place asks for.
    """
    return call_with(node, node.callee, node.arguments, (), frame, namespace)


def call_with(
    node: nodes.Expr,
    callee: nodes.Expr,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
    namespace: str = "",
) -> Value:
    """A call whose first arguments an arrow may give."""
    inner = nodes.strip(callee)
    if (
        isinstance(inner, nodes.Name)
        and inner.id not in CONSTANTS
        and frame.scope.find(inner.id) is None
    ):
        return _call_unbound(node, inner, arguments, piped, frame, namespace)
    value = evaluate(inner, frame)
    if isinstance(inner, nodes.Attribute) and inner.name == "append":
        _append(inner, frame)
    return use(node, inner, value, arguments, piped, frame)


def _append(callee: nodes.Attribute, frame: Frame) -> None:
    """What `xs.append(x)` was meant to do, after its report: the list is as long as was meant."""
    binding = frame.scope.find(callee.value.id) if isinstance(callee.value, nodes.Name) else None
    if binding is not None and isinstance(binding.value, list) and not frame.dry:
        binding.value.append(UNKNOWN)


def _call_unbound(
    node: nodes.Expr,
    name: nodes.Name,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
    namespace: str,
) -> Value:
    placed = lookup.symbol(namespace, name.id) if namespace else None
    symbol = placed if placed is not None and placed.kind == "class" else words.layer(name.id)
    if symbol is not None:
        if piped:
            return _pipe_into_configuration(node, symbol, arguments, piped, frame)
        return configure(node, symbol, arguments, frame)
    if builtins.is_builtin(name.id, arguments, piped, frame):
        return builtins.call(node, name, arguments, piped, frame)
    if name.id == "positions":
        return builtins.positions(node, arguments, piped, frame)
    if name.id in MERGES and _list_first(arguments, piped, frame):
        merge = lookup.symbol("layers", name.id)
        if merge is not None:
            return call_function(node, merge, arguments, piped, frame)
    function = words.function(name.id)
    if function is not None:
        return call_function(node, function, arguments, piped, frame)
    return _call_unknown(node, name, arguments, piped, frame, namespace)


def _call_unknown(
    node: nodes.Expr,
    name: nodes.Name,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
    namespace: str,
) -> Value:
    """A call of what does not exist: read as what was surely meant, where that is known."""
    words.report_unknown(name.span, name.id, frame, called=True)
    meant = words.meant(name.id, frame)
    if meant:
        inner = nodes.Name(meant, span=name.span)
        return call_with(node, inner, arguments, piped, frame, namespace)
    values = [*piped, *(evaluate(argument.value, frame) for argument in _plain(arguments, frame))]
    if words.is_class_name(name.id) and not piped:
        return UNKNOWN  # it would have been configured here, and applied by the next parentheses
    if name.id in PYTHON and not any(contains_tensor(one) for one in values):
        return UNKNOWN
    return apply.unknown_application(values, node.span, frame)


def _plain(arguments: Sequence[nodes.Argument], frame: Frame) -> list[nodes.Argument]:
    """Those arguments whose evaluation cannot mistake a word for a name."""
    return [
        one
        for one in arguments
        if not isinstance(one.value, nodes.Splat)
        and not (isinstance(one.value, nodes.Name) and frame.scope.find(one.value.id) is None)
    ]


def _list_first(arguments: Sequence[nodes.Argument], piped: Sequence[Value], frame: Frame) -> bool:
    if piped:
        return isinstance(piped[0], list | tuple)
    first = next((one.value for one in arguments if not one.name), None)
    if first is None:
        return any(one.name == "inputs" for one in arguments)
    if isinstance(first, nodes.Splat):
        spread = evaluate(first.value, frame.unapplied())
        return isinstance(spread, list | tuple) and isinstance(
            next(iter(spread), None), list | tuple
        )
    return isinstance(evaluate(first, frame.unapplied()), list | tuple)


def _pipe_into_configuration(
    node: nodes.Expr,
    symbol: Symbol,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    layer = configure(node, symbol, arguments, frame)
    return use(node, node, layer, (), piped, frame)


def use(
    node: nodes.Expr,
    callee: nodes.Expr,
    value: Value,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """Call a value: configure what is a definition, apply what is configured."""
    match value:
        case LayerClass():
            return configure(node, value.symbol, arguments, frame)
        case BlockDefinition():
            return blocks.configure(node, value, arguments, frame)
        case Layer():
            return apply_layer(node, value, arguments, piped, frame)
        case ConfiguredBlock():
            return blocks.apply_block(node, value, arguments, piped, frame)
        case Function():
            dotted = isinstance(callee, nodes.Attribute)  # ops.add says which of the two it is
            symbol = (
                value.symbol if dotted else _function_for(value.symbol, arguments, piped, frame)
            )
            return call_function(node, symbol, arguments, piped, frame)
        case PythonObject():
            return python_calls.call(node, value, arguments, piped, frame)
        case Word():
            return _apply_word(node, value, arguments, piped, frame)
    if is_unknown(value) or is_mistaken(value):
        values = [*piped, *(evaluate(one.value, frame) for one in _plain(arguments, frame))]
        return _unknown_result(values, node.span, frame)
    if isinstance(value, str) and lookup.resolve_word("activations", value):
        return _apply_word(node, Word(value), arguments, piped, frame)
    _report_not_callable(node, callee, value, frame)
    values = [*piped, *(evaluate(one.value, frame) for one in _plain(arguments, frame))]
    return _unknown_result([*values, value], node.span, frame)


def _unknown_result(values: Sequence[Value], span: Span, frame: Frame) -> Value:
    """What a call gives that means nothing: a tensor where one goes in, else a value that nobody knows."""
    if any(contains_tensor(one) or is_mistaken(one) for one in values):
        return apply.unknown_application([*values, UNKNOWN], span, frame)
    frame.lose()
    return UNKNOWN


OF_TENSORS = frozenset({"shape", "dtype", "ndim"})
"""What a tensor says of itself."""


def _report_not_callable(node: nodes.Expr, callee: nodes.Expr, value: Value, frame: Frame) -> None:
    name = callee.span.text if len(callee.span.text) < 30 else "it"
    if isinstance(callee, nodes.Attribute) and callee.name in OF_TENSORS:
        frame.report(
            codes.WRONG_KIND,
            node.span,
            f"`{name}` is no function, and takes no parentheses",
            help=f"write {name}",
            fix=Fix(node.span, callee.span.text),
        )
        return
    if isinstance(value, Tensor):
        help_ = f"a tensor goes into a layer: Dense(32)({name}), or {name} -> Dense(32)"
    elif isinstance(value, list | tuple) and operand_checks.is_thing(value):
        help_ = f"apply each of them: [one(x) for one in {name}]"
    else:
        help_ = "layers, blocks, models and functions of tensors take parentheses"
    binding = frame.scope.find(callee.id) if isinstance(callee, nodes.Name) else None
    labels = [Label(binding.span, f"{name} is bound here")] if binding is not None else []
    frame.report(
        codes.WRONG_KIND,
        node.span,
        f"{describe(value)} cannot be applied",
        help=help_,
        labels=labels,
    )


def _function_for(
    symbol: Symbol, arguments: Sequence[nodes.Argument], piped: Sequence[Value], frame: Frame
) -> Symbol:
    if symbol.namespace == "ops" and symbol.name in MERGES and _list_first(arguments, piped, frame):
        return lookup.symbol("layers", symbol.name) or symbol
    return symbol


# ---- configuring


def configure(
    node: nodes.Expr, symbol: Symbol, arguments: Sequence[nodes.Argument], frame: Frame
) -> Value:
    """The first parentheses: a layer of Keras, an application, or an object such as an initializer."""
    binding = bind(
        symbol.name,
        _configuring(symbol),
        symbol,
        arguments,
        frame,
        node.span,
        others=symbol.call_parameters,
    )
    require(binding)
    check_values(binding)
    python_calls.refuse_shapeless(binding)
    snake = words.default_name(symbol) if words.builds_layer(symbol) else ""
    arguments_given = {**symbol.defaults, **binding.values}
    own = own_name(symbol, arguments_given.get("weights"))
    bears_own = bool(own) and ("name" not in binding.values or arguments_given["name"] == own)
    frame.fact(node, MakeFact(symbol, binding.written, snake, frame.scope_key, bears_own))
    if binding.failed:
        return UNKNOWN
    given = {
        name: value
        for name, value in binding.values.items()
        if not is_unknown(value) or name != "name"
    }
    layer = Layer(symbol, {**symbol.defaults, **given}, frozenset(given), node.span, node=node)
    if snake:
        explicit = given.get("name")
        _check_own_name(symbol, own, explicit, binding)
        layer.name = own if bears_own else _name_of(node, snake, explicit, binding, frame)
        _warn_download(symbol, layer, frame)
        return blocks.once(layer, frame)
    return layer


def _check_own_name(symbol: Symbol, own: str, explicit: Value, binding: Binding) -> None:
    """A name that Keras cannot take for a model that it knows by its name."""
    if not own or not isinstance(explicit, str) or fits(symbol, own, explicit):
        return
    binding.frame.report(
        codes.BAD_VALUE,
        binding.spans["name"],
        f"Keras finds what {symbol.name} is made of by its name, and knows it as {own} alone",
        help="leave name out",
    )


def _configuring(symbol: Symbol) -> tuple[Parameter, ...]:
    """The parameters that a configuration may give: those of an application have `trainable` too."""
    if symbol.namespace != "applications":
        return symbol.parameters
    return (*symbol.parameters, Parameter("trainable", lookup.KEYWORD, True))


def _name_of(node: nodes.Expr, snake: str, explicit: Value, binding: Binding, frame: Frame) -> str:
    if isinstance(explicit, str):
        written = binding.found["name"].node
        place = written.span if written is not None else node.span
        if not check_name(explicit, place, frame):
            return frame.layer_name(node, snake) if frame.file.names.has(node) else f"?{snake}"
        return f"{frame.prefix}.{explicit}" if frame.prefix else explicit
    return frame.layer_name(node, snake) if frame.file.names.has(node) else f"?{snake}"


def check_name(name: str, span: Span, frame: Frame) -> bool:
    """Whether Keras and TensorFlow can use a layer's name."""
    fine = name.isascii() and all(char.isalnum() or char in "_.->" for char in name)
    if not fine or not name:
        shown = "".join(
            char if char.isascii() and (char.isalnum() or char in "_.-") else "_" for char in name
        )
        frame.report(
            codes.SENSELESS_VALUE if fine else codes.BAD_NAME,
            span,
            f'"{name}" cannot be the name of a layer',
            help=f'an f-string puts values in: f"{name}"'
            if "{" in name and name.count("{") == name.count("}")
            else f"a name has letters, digits, `_`, `.` and `-`: {shown.lstrip('_-.') or 'layer'}",
        )
        return False
    return True


def _warn_download(symbol: Symbol, layer: Layer, frame: Frame) -> None:
    if symbol.namespace != "applications" or "weights" in layer.given:
        return
    frame.report(
        codes.DOWNLOADS,
        layer.span,
        f"{symbol.name} downloads weights when the model is built, as `weights` is left out",
        help="write weights=none for fresh ones, or weights=imagenet where they are meant",
    )


# ---- applying


def apply_layer(
    node: nodes.Expr,
    layer: Layer,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """The second parentheses of a layer."""
    parameters = layer.symbol.call_parameters or TENSORS
    binding = bind(
        layer.words,
        parameters,
        layer.symbol,
        arguments,
        frame,
        node.span,
        piped=piped,
        operands=True,
        others=layer.symbol.parameters,
    )
    frame.applied_fact(node, ApplyFact("layer", binding.given(len(piped))))
    if "training" in binding.found and not is_unknown(binding.values["training"]):
        _warn_training(layer, binding, frame)
    operands = [bound for bound in binding.order if not _by_keyword(bound, arguments)]
    if layer.name.startswith("?"):
        layer.name = frame.layer_name(node, layer.name[1:])
    return apply.apply_layer(layer, binding, operands, node.span, frame)


def _by_keyword(bound: object, arguments: Sequence[nodes.Argument]) -> bool:
    value = getattr(bound, "node", None)
    return value is not None and any(one.name and one.value is value for one in arguments)


def _warn_training(layer: Layer, binding: Binding, frame: Frame) -> None:
    frozen = "to freeze the layer write trainable=false where it is configured"
    frame.report(
        codes.OVERRIDDEN,
        binding.spans["training"],
        f"training is given to {layer.words}, and fit, evaluate and predict override it",
        help=frozen,
    )


def call_function(
    node: nodes.Expr,
    symbol: Symbol,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """A function of tensors; the merges of `keras.layers` make a layer that bears a name."""
    is_merge = symbol.namespace == "layers"
    binding = bind(
        symbol.name,
        _of_merge(symbol) if is_merge else symbol.parameters,
        symbol,
        arguments,
        frame,
        node.span,
        piped=piped,
        operands=True,
    )
    require(binding)
    frame.fact(
        node,
        FunctionFact(symbol, binding.written, symbol.name if is_merge else "", frame.scope_key),
    )
    if is_merge:
        return _merge(node, symbol, binding, frame)
    return functions.apply_function(symbol, binding, node.span, frame)


MERGE_CLASSES = {name: name.capitalize() for name in MERGES}


def _of_merge(symbol: Symbol) -> tuple[Parameter, ...]:
    """What a merge takes: its list, and by keyword whatever configures its layer."""
    made = lookup.symbol("layers", MERGE_CLASSES[symbol.name])
    own = {one.name for one in symbol.parameters}
    further = made.parameters if made is not None else ()
    return (
        *symbol.parameters,
        *(
            Parameter(one.name, lookup.KEYWORD, one.default)
            for one in further
            if one.name not in own
        ),
    )


def _merge(node: nodes.Expr, symbol: Symbol, binding: Binding, frame: Frame) -> Value:
    layer_symbol = lookup.symbol("layers", MERGE_CLASSES[symbol.name])
    values = {name: value for name, value in binding.values.items() if name != "inputs"}
    if binding.failed or layer_symbol is None:
        return apply.unknown_application([bound.value for bound in binding.order], node.span, frame)
    layer = Layer(
        layer_symbol,
        {**layer_symbol.defaults, **values},
        frozenset(values),
        node.span,
        shared=True,
        bound=symbol.name,
        node=node,
    )
    layer.name = _name_of(node, symbol.name, values.get("name"), binding, frame)
    if layer.name.startswith("?"):
        layer.name = frame.layer_name(node, symbol.name)
    layer = blocks.once(layer, frame)
    operands = [binding.found["inputs"]]
    inner = bind_operands(layer, operands[0].value, binding, frame)
    return apply.apply_layer(layer, inner, list(inner.order), node.span, frame)


def bind_operands(layer: Layer, value: Value, binding: Binding, frame: Frame) -> Binding:
    """The call's binding of a merge: its one list."""
    from dsl.checker.facts import Bound  # noqa: PLC0415

    inner = bind(layer.words, layer.symbol.call_parameters, layer.symbol, (), frame, binding.place)
    name = layer.symbol.call_parameters[0].name
    inner.put(name, Bound(name, binding.found["inputs"].node, value), binding.spans["inputs"])
    return inner


def _apply_word(
    node: nodes.Expr,
    word: Word,
    arguments: Sequence[nodes.Argument],
    piped: Sequence[Value],
    frame: Frame,
) -> Value:
    """A name that holds a word is applied: the word is a function."""
    symbol = words.function(str(word))
    if symbol is None:
        frame.report(
            codes.WRONG_KIND,
            node.span,
            f"the word {word} is no function of tensors",
            help="activations can be applied: relu, gelu, softmax",
        )
        return apply.unknown_application(list(piped), node.span, frame)
    binding = bind(
        symbol.name,
        symbol.parameters,
        symbol,
        arguments,
        frame,
        node.span,
        piped=piped,
        operands=True,
    )
    frame.applied_fact(node, ApplyFact("word", binding.given(len(piped))))
    return functions.apply_function(symbol, binding, node.span, frame)
