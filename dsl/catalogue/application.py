"""Ask the rules what an application gives."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.domains import domain, unread
from dsl.catalogue.initializing import refuse_initializers
from dsl.catalogue.lookup import ANY_KEYWORD, REST
from dsl.catalogue.quantizing import refuse_quantized
from dsl.catalogue.registry import (
    COPING,
    RULES,
    UNKNOWN,
    UNKNOWN_OUTPUT,
    Configured,
    Output,
    Policy,
    Refusal,
)
from dsl.catalogue.regularizing import refuse_regularizers
from dsl.catalogue.rules import FAMILIES
from dsl.catalogue.rules.operands import literal
from dsl.catalogue.run_dtypes import run_problem, run_surprise
from dsl.records import replace
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.catalogue.lookup import Symbol
    from dsl.catalogue.registry import Rule

RESERVED = ("policy", "around", "symbol")
TAKES_MANY, TAKES_THE_REST = 0x04, 0x08
"""Flags of a rule's code: it has `*operands`, it has `**others`."""
ANNOUNCED_OF_TEXTS = frozenset({"ops.cbrt", "ops.fabs", "ops.std"})
"""Functions that Keras announces of texts, and whose run fails."""
HALVED = "the activation glu halves the last axis in the run, and the model announces all of it"


def has_rule(symbol: Symbol) -> bool:
    """Whether it is known what the symbol's application gives."""
    return symbol.key in homes()


def apply(
    symbol: Symbol,
    arguments: Mapping[str, Any],
    operands: Sequence[Any],
    call_arguments: Mapping[str, Any],
    policy: Policy,
    *,
    variables: Policy | None = None,
) -> Output | Refusal | None:
    """What an application gives, why Keras refuses it, or None where no rule says.

    Args:
        symbol: a layer or a function.
        arguments: of the layer's configuration; those left out have Keras's defaults.
        operands: what goes by position: tensors, or one list of them.
        call_arguments: the other arguments of the call, by name, tensors among them.
        policy: what the layer computes in.
        variables: whose dtype its weights have, where that is another one.
    """
    rule = rule_of(symbol)
    if rule is None:
        return None
    refusal = refuse_arguments(symbol, {**arguments, **call_arguments})
    refusal = refusal or _refuse_activation(symbol, arguments)
    if refusal is not None:
        return refusal
    operands, by_name = _bound(symbol, rule, tuple(operands), call_arguments)
    if not symbol.is_layer and not _has_tensor((*operands, *by_name.values())):
        operands = _as_constants(rule, operands)
    refusal = _refuse_operands(symbol, rule, operands)
    if refusal is not None:
        return refusal
    around, policy = policy, policy_of(symbol, rule, arguments, policy)
    refusal = refuse_quantized(symbol, policy, arguments)
    if refusal is not None:
        return refusal
    own = {"policy": policy, "around": around, "symbol": symbol.key}
    given = {**_defaults(symbol), **arguments, **by_name, **own}
    if isinstance(given.get("data_format"), str):
        given["data_format"] = given["data_format"].lower()
    given |= {name: False for name in _flags(symbol) if given.get(name, False) is None}
    wanted = _wanted(symbol, rule, given)
    if rule not in COPING and _is_unknown((*operands, *wanted.values())):
        return UNKNOWN_OUTPUT
    made = rule(*operands, **wanted)
    if not isinstance(made, Output):
        return made
    if symbol.is_layer:
        weights = variables or policy
        return (
            refuse_initializers(symbol, given, operands, weights)
            or refuse_regularizers(symbol, given, operands, made.value)
            or _as_layer(made, given)
        )
    return (
        _refuse_texts(symbol, made, operands)
        or run_problem(symbol.key, operands, by_name)
        or _as_function(made, symbol.key, operands)
    )


def _refuse_activation(symbol: Symbol, arguments: Mapping[str, Any]) -> Refusal | None:
    """Why a function is no activation of a layer, that gives it a tensor alone: it needs more."""
    for name, value in arguments.items():
        known = (
            lookup.symbol("activations", value)
            if isinstance(value, str) and name.endswith("activation")
            else None
        )
        needed = [one.name for one in known.parameters if one.required] if known else []
        if len(needed) > 1:
            words = f"{value} needs {' and '.join(needed[1:])}, and {symbol.name} gives it a tensor alone"
            helps = f"apply it as a function: x -> {value}({', '.join(f'{one}=…' for one in needed[1:])})"
            return Refusal(words, argument=name, help=helps, code="cannot-run")
    return None


def _wanted(symbol: Symbol, rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a rule looks at; all of them, where it takes the rest."""
    wanted = {name: given[name] for name in keywords_of(rule) if name in given}
    if rule.__code__.co_flags & TAKES_THE_REST:
        stars = [one.name for one in symbol.parameters if one.kind in (REST, ANY_KEYWORD)]
        known = (*wanted, *stars, *RESERVED)
        wanted |= {name: value for name, value in given.items() if name not in known}
    return wanted


def _as_layer(made: Output, given: Mapping[str, Any]) -> Output:
    if given.get("activation") != "glu":
        return made
    return replace(made, warnings=(*made.warnings, HALVED))


def _as_function(made: Output, key: str, operands: Sequence[Any]) -> Output:
    if not isinstance(made.value, TensorType):
        return made
    more = run_surprise(key, operands, made.value.dtype)
    return replace(made, warnings=(*made.warnings, *more)) if more else made


def apply_configured(
    layer: Configured,
    operands: Sequence[Any],
    call_arguments: Mapping[str, Any],
    policy: Policy,
) -> Output | Refusal | None:
    """As `apply`, for a layer that is an argument of another one."""
    symbol = lookup.by_key(layer.symbol)
    arguments = {name: value for name, value in layer.arguments.items() if name != "dtype"}
    if symbol is None:
        return None
    dtype = layer.arguments.get("dtype")
    own = Policy.named(dtype) if isinstance(dtype, str) else Policy()
    policy = replace(policy, quantized=own.quantized)
    return apply(symbol, arguments, operands, call_arguments, policy, variables=own)


def policy_of(
    symbol: Symbol, rule: Rule | None, arguments: Mapping[str, Any], policy: Policy
) -> Policy:
    """The policy that a layer's own `dtype` sets, where it does not mean that of what comes out; else the model's."""
    dtype = arguments.get("dtype")
    means_output = rule is not None and "dtype" in keywords_of(rule)
    if symbol.is_layer and isinstance(dtype, str) and not means_output:
        policy = Policy.named(dtype)
    return policy if arguments.get("autocast", True) else replace(policy, autocast=False)


def refuse_arguments(symbol: Symbol, arguments: Mapping[str, Any]) -> Refusal | None:
    """Why the values of arguments are outside of their domains, if one is."""
    for name, value in arguments.items():
        known = domain(symbol, name)
        words = known.refuse(value)
        if words is not None:
            code = "senseless-value" if unread(symbol, name, arguments) else known.code_of(value)
            return Refusal(words, argument=name, code=code)
    return None


def rule_of(symbol: Symbol) -> Rule | None:
    """The symbol's rule, its family imported."""
    if symbol.key not in RULES and symbol.key in homes():
        import_module(f"dsl.catalogue.rules.{homes()[symbol.key]}")
    return RULES.get(symbol.key)


def keywords_of(rule: Rule) -> tuple[str, ...]:
    """The names of a rule's keyword-only parameters."""
    code = rule.__code__
    return tuple(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])


def operands_of(rule: Rule) -> tuple[str, ...]:
    """The names of a rule's tensors."""
    code = rule.__code__
    return tuple(code.co_varnames[: code.co_argcount])


@cache
def homes() -> dict[str, str]:
    """The file that has each symbol's rule, by key."""
    return {key: family for family, keys in FAMILIES.items() for key in keys}


def _flags(symbol: Symbol) -> tuple[str, ...]:
    """A layer's booleans: none counts as false."""
    flags = (one.name for one in symbol.parameters if isinstance(one.default, bool))
    return tuple(flags) if symbol.is_layer else ()


def _defaults(symbol: Symbol) -> dict[str, Any]:
    call = {
        parameter.name: parameter.default
        for parameter in symbol.call_parameters
        if not parameter.required
    }
    return {**call, **symbol.defaults}


def _bound(
    symbol: Symbol, rule: Rule, operands: tuple[Any, ...], by_name: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The rule's tensors, those given by name (`relu(x=a)`) put into their place; the rest."""
    parameters = symbol.call_parameters if symbol.is_layer else symbol.parameters
    rest = dict(by_name)
    own = [parameter.name for parameter in parameters][: len(operands_of(rule))]
    last = max((place for place, name in enumerate(own) if name in rest), default=-1)
    for name in own[len(operands) : last + 1]:
        operands = (*operands, rest.pop(name, None))
    return operands, rest


def _has_tensor(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_has_tensor(item) for item in value)
    return isinstance(value, TensorType)


def _as_constants(rule: Rule, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers where tensors are taken: without a tensor beside them Keras computes at once (`sqrt(64)`)."""
    names = operands_of(rule)
    kinds = [rule.__annotations__.get(name, "Any") for name in names]
    kinds += ["TensorType"] * (len(operands) - len(kinds))
    return tuple(_as_constant(kind, one) for kind, one in zip(kinds, operands, strict=False))


def _as_constant(kind: str, value: Any) -> Any:
    if kind.startswith("list") and isinstance(value, list | tuple):
        return [_as_constant("TensorType", item) for item in value]
    if kind.startswith("TensorType") or isinstance(value, list | tuple):
        return literal(value) or value
    return value


def _refuse_operands(symbol: Symbol, rule: Rule, operands: tuple[Any, ...]) -> Refusal | None:
    """Why the number or form of the tensors is wrong, if it is."""
    names = operands_of(rule)
    least = len(names) - len(rule.__defaults__ or ())
    if rule.__code__.co_flags & TAKES_MANY:  # it takes any number
        return None
    if not least <= len(operands) <= len(names):
        inner = symbol.name.removesuffix("Cell")
        if inner != symbol.name and len(operands) == 1:
            words = f"{symbol.name} takes one step and its states, and here is one"
            helps = f"a cell is run by RNN({symbol.name}(…)), which is the layer {inner}"
            return Refusal(words, help=helps, code="wrong-operands")
        return Refusal(
            f"{symbol.name} takes {_range(least, len(names))}, and here {_are(operands)}",
            help=f"give it {', '.join(names)}{', without brackets' * _is_list(operands)}: {symbol.name}(…)({', '.join(names[: max(least, 1)])})",
            code="wrong-operands",
        )
    for index, (name, operand) in enumerate(zip(names, operands, strict=False)):
        if operand is not UNKNOWN and not _fits(rule.__annotations__.get(name, "Any"), operand):
            return _refuse_operand(symbol, index, operand)
    return None


def _fits(annotation: str, operand: Any) -> bool:
    """Whether an operand has the form that a rule's parameter says."""
    if annotation.startswith("TensorType"):
        return isinstance(operand, TensorType) or (operand is None and "None" in annotation)
    if annotation == "list[TensorType]" and isinstance(operand, list | tuple):
        return all(isinstance(one, TensorType) or one is UNKNOWN for one in operand)
    return not isinstance(operand, str | dict)


def _refuse_texts(symbol: Symbol, made: Output, operands: tuple[Any, ...]) -> Refusal | None:
    """Why a function has no dtype of what it gives: it is none of texts."""
    given = [one for one in operands if isinstance(one, TensorType) and one.dtype == "string"]
    untyped = isinstance(made.value, TensorType) and made.value.dtype is None
    if not given or not untyped:
        return None
    words = f"{symbol.name} is not computed of texts, and this is {given[0]}"
    code = "cannot-run" if symbol.key in ANNOUNCED_OF_TEXTS else "wrong-dtype"
    return Refusal(words, operand=operands.index(given[0]), code=code)


def _refuse_operand(symbol: Symbol, index: int, operand: Any) -> Refusal:
    takes, form, helps = "one tensor here", f"this is {_shown(operand)}", "give it a tensor"
    code = "wrong-operands"
    if isinstance(operand, list | tuple):
        code = "list-operand"
        form = f"this is a list of {len(operand)}"
        helps = "join them first, with concatenate([…]) or +; of a layer that gives its states too, take the output: out, *states = …"
        if len(operand) == 1:
            helps = (
                "take the tensor out of its list, h[0]; a comma at the end of a line makes a list"
            )
        if not all(isinstance(one, TensorType) for one in operand):
            takes, form, helps = "tensors", "its list holds something else", "list tensors alone"
    words = f"{symbol.name} takes {takes}, and {form}"
    return Refusal(words, operand=index, help=helps, code=code)


def _shown(operand: Any) -> str:
    match operand:
        case dict():
            return "a dictionary"
        case None | bool():
            return str(operand).lower()
    return str(operand)


def _range(least: int, most: int) -> str:
    if least == most:
        return "one tensor" if most == 1 else f"{most} tensors"
    return f"{least} to {most} tensors"


def _is_list(operands: tuple[Any, ...]) -> bool:
    return len(operands) == 1 and isinstance(operands[0], list | tuple)


def _are(operands: tuple[Any, ...]) -> str:
    if _is_list(operands):
        return "is one list"
    return "is one" if len(operands) == 1 else f"are {len(operands) or 'none'}"


def _is_unknown(value: Any) -> bool:
    if isinstance(value, TensorType):
        return value.shape is None
    if isinstance(value, list | tuple):
        return any(_is_unknown(item) for item in value)
    return value is UNKNOWN
