"""Draw cases from the catalogue: mostly right ones, and of these two in five with one thing changed."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

from dsl.catalogue import lookup
from dsl.catalogue.application import has_rule, operands_of, rule_of
from tests.differential import operands
from tests.differential.cases import Case, Ref
from tests.differential.values import any_dtype, axis_or_none, fitting, other, precision
from tests.differential.values_of_functions import FUNCTION_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.catalogue.lookup import Parameter, Symbol

NAMESPACES = ("ops", "ops.image", "activations", "random")

NOT_DRAWN = {
    "applications": "each takes seconds to build; test_applications_against_keras builds them all",
    "no rule": "nothing is announced of them, so that nothing can be wrong",
    "no tensor": "functions of numbers alone (zeros, arange) make constants, which no output may be",
    "huge sizes": "sizes that weights or data are made of: Keras would take the memory for them",
    "files": "a word as a vocabulary is the path of a file, which the checker does not open",
    "callables": "functions as arguments (Lambda, map, scan) are no values of the language",
}
"""What no case is drawn of, and why."""

CHANGED = 0.4
SPARSE = 1 / 30


@cache
def symbols() -> tuple[Symbol, ...]:
    """Layers with a rule, by each name; functions of tensors with a rule, by their first."""
    layers = [lookup.symbol("layers", name) for name in lookup.names("layers")]
    functions = [lookup.symbol(space, name) for space in NAMESPACES for name in lookup.names(space)]
    drawn = [one for one in layers if one and one.is_layer and has_rule(one)]
    drawn += [one for one in functions if one and has_rule(one) and _takes_tensors(one)]
    return tuple(one for one in drawn if one.is_layer or one.path == f"keras.{one.key}")


def _takes_tensors(symbol: Symbol) -> bool:
    rule = rule_of(symbol)
    return rule is not None and bool(operands_of(rule) or rule.__code__.co_flags & 0x04)


def draw(seed: int, number: int) -> Case:
    """The case of that number: always the same one."""
    rng = random.Random(f"{seed}:{number}")
    known = symbols()
    layers = [one for one in known if one.is_layer]
    functions = [one for one in known if not one.is_layer]
    symbol = rng.choice(layers if rng.random() < 0.62 else functions)
    return draw_of(symbol, number, rng)


def draw_of(symbol: Symbol, number: int, rng: random.Random) -> Case:
    """A case of a symbol."""
    case = Case(number, symbol, rng, bare=rng.random() < 0.5)
    if symbol.is_layer:
        operands.for_layer(case)
        _configure(case)
        _call(case)
    else:
        operands.for_function(case)
        _arguments_of_function(case)
    if rng.random() < 0.06:
        for one in case.inputs:
            one.batch = 4
    _make_sparse(case, random.Random(f"{number}:sparse"))
    if symbol.is_layer and rng.random() < 0.05:
        case.precision = rng.choice(("mixed_float16", "mixed_bfloat16", "float16", "float64"))
    if rng.random() < CHANGED:
        _change(case)
    _forget_unused(case)
    return case


def _make_sparse(case: Case, rng: random.Random) -> None:
    """One case in thirty has inputs that are declared sparse."""
    if rng.random() < SPARSE:
        for one in case.inputs:
            one.sparse = rng.random() < 0.7


def _configure(case: Case) -> None:
    """The required arguments, and a few others."""
    required = [one for one in case.symbol.parameters if one.required]
    for one in required:
        case.arguments[one.name] = fitting(case, case.symbol, one)
    optional = [
        one
        for one in case.symbol.parameters
        if not one.required and one.kind in {lookup.POSITIONAL, lookup.KEYWORD}
    ]
    usual = [one for one in optional if one.name not in BASE]
    for one in case.random.sample(usual, min(len(usual), case.random.choice((0, 1, 1, 2, 3)))):
        case.arguments[one.name] = fitting(case, case.symbol, one)
    for one in NEEDED.get(case.symbol.key, ()):
        if one not in case.arguments and case.random.random() < 0.9:
            found = next(parameter for parameter in optional if parameter.name == one)
            case.arguments[one] = fitting(case, case.symbol, found)
    for one in optional:
        if one.name in BASE and case.random.random() < BASE[one.name]:
            case.arguments[one.name] = fitting(case, case.symbol, one)


BASE = {
    "name": 0.04,
    "dtype": 0.08,
    "trainable": 0.04,
    "activity_regularizer": 0.02,
    "autocast": 0.02,
}
"""Parameters that every layer has, and how often they are given."""

NEEDED = {
    "CategoryEncoding": ("num_tokens",),
    "Discretization": ("bin_boundaries",),
    "IntegerLookup": ("vocabulary",),
    "StringLookup": ("vocabulary",),
    "TextVectorization": ("vocabulary",),
    "GroupNormalization": ("groups",),
    "STFTSpectrogram": ("frame_length", "fft_length"),
    "MelSpectrogram": ("sequence_length", "fft_length", "sequence_stride"),
    "RandomZoom": ("width_factor",),
}
"""Parameters with a default that seldom fits."""


def _call(case: Case) -> None:
    """The other arguments of a layer's call."""
    key, draw_ = case.symbol.key, case.random
    names = {one.name for one in case.symbol.call_parameters}
    if "states" in names:
        states = operands.states_of(case)
        case.operands.append(states if len(states) > 1 or draw_.random() < 0.7 else states[0])
    if "initial_state" in names and draw_.random() < 0.12:
        states = operands.states_of(case)
        case.call["initial_state"] = (
            states if len(states) > 1 else draw_.choice((states, states[0]))
        )
    if "mask" in names and draw_.random() < 0.08:
        case.call["mask"] = _mask(case)
    for name in ("return_attention_scores", "use_causal_mask"):
        if name in names and draw_.random() < 0.15:
            case.call[name] = draw_.random() < 0.8
    if "attention_mask" in names and draw_.random() < 0.1:
        query, value = (case.inputs[index].sizes for index in (0, 1))
        case.call["attention_mask"] = case.tensor([query[0], value[0]], "bool")
    if key == "ReversibleEmbedding" and draw_.random() < 0.4:
        case.call["reverse"] = True
        case.inputs[0].dtype = "float32"
        case.inputs[0].sizes = [*case.inputs[0].sizes, case.arguments.get("output_dim")]
    if "count_weights" in names and draw_.random() < 0.15:
        case.call["count_weights"] = case.tensor(case.inputs[0].sizes)


def _mask(case: Case) -> Any:
    """A mask for the first operand, or one each."""
    if isinstance(case.operands[0], list):
        given = [case.given(one) for one in case.operands[0][:2]]
        return [case.tensor(one.sizes[:1], "bool") for one in given if one is not None]
    sizes = case.inputs[0].sizes
    return case.tensor(sizes if case.symbol.key == "Softmax" else sizes[:1], "bool")


def _arguments_of_function(case: Case) -> None:
    rule = rule_of(case.symbol)
    assert rule is not None
    taken = len(operands_of(rule)) or 1
    rest = [
        one
        for one in case.symbol.parameters[taken:]
        if one.kind in {lookup.POSITIONAL, lookup.KEYWORD}
    ]
    for one in rest:
        if one.required or case.random.random() < 0.4:
            case.arguments[one.name] = _for_function(case, one)


def _for_function(case: Case, parameter: Parameter) -> Any:
    name = parameter.name
    own = FUNCTION_VALUES.get(f"{case.symbol.name}.{name}") or FUNCTION_VALUES.get(name)
    if own is not None:
        return own(case)
    if name == "axis":
        return axis_or_none(case)
    if name == "dtype":
        return any_dtype(case)
    return fitting(case, case.symbol, parameter)


# ---- one thing changed


def _change(case: Case) -> None:
    kinds = list(CHANGES)
    weights = [CHANGES[kind] for kind in kinds]
    kind = case.random.choices(kinds, weights)[0]
    case.change = kind.__name__.strip("_") if kind(case) else ""


def _argument(case: Case) -> bool:
    """Another value for a parameter."""
    known = [
        one
        for one in case.symbol.parameters[0 if case.symbol.is_layer else 1 :]
        if one.kind in {lookup.POSITIONAL, lookup.KEYWORD}
    ]
    given = [one for one in known if one.name in case.arguments]
    usual = given if given and case.random.random() < 0.5 else known
    if not usual:
        return False
    one = case.random.choice(usual)
    if isinstance(case.arguments.get(one.name), Ref):
        return False
    if not case.symbol.is_layer and one.name not in case.arguments and one.required:
        return False  # it is an operand
    case.arguments[one.name] = other(case, case.symbol, one)
    return True


def _unknown_argument(case: Case) -> bool:
    names = ("foo", "unit", "kernel", "input_length", "batch_size", "axes", "strid", "rates")
    case.arguments[case.random.choice(names)] = case.random.choice((1, "relu", True))
    return True


def _missing(case: Case) -> bool:
    required = [
        one.name for one in case.symbol.parameters if one.name in case.arguments and one.required
    ]
    if not required:
        return False
    del case.arguments[case.random.choice(required)]
    return True


def _rank(case: Case) -> bool:
    operands.change_rank(case, case.random.choice(case.inputs))
    return True


def _size(case: Case) -> bool:
    operands.change_size(case, case.random.choice(case.inputs))
    return True


def _dtype(case: Case) -> bool:
    kinds = (*operands.FLOATING, *operands.WHOLE, "string", "complex64", "float32")
    case.random.choice(case.inputs).dtype = case.random.choice(kinds)
    return True


def _more(case: Case) -> bool:
    """An operand too many, or one tensor as a list, or a list as one."""
    if case.operands and isinstance(case.operands[0], list):
        case.operands = case.operands[0] if case.random.random() < 0.5 else [case.operands[0][0]]
    elif case.random.random() < 0.5:
        case.operands.append(case.tensor(case.inputs[0].sizes))
    else:
        case.operands = [list(case.operands)]
    return True


def _policy(case: Case) -> bool:
    if not case.symbol.is_layer:
        return False
    case.arguments["dtype"] = precision(case)
    return True


CHANGES: dict[Callable[[Case], bool], float] = {
    _argument: 9,
    _unknown_argument: 0.5,
    _missing: 0.6,
    _rank: 3,
    _size: 2,
    _dtype: 2,
    _more: 1,
    _policy: 0.5,
}
"""What may be changed, and how often."""


def _forget_unused(case: Case) -> None:
    """Inputs that nothing refers to any more are no part of the case."""
    used: set[str] = set()

    def note(value: Any) -> None:
        if isinstance(value, Ref):
            used.add(value.name)
        elif isinstance(value, list | tuple):
            for one in value:
                note(one)

    for value in (*case.operands, *case.arguments.values(), *case.call.values()):
        note(value)
    case.inputs = [one for one in case.inputs if one.name in used]
