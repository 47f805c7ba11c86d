"""Recurrent layers, their cells, and states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dsl.catalogue.registry import (
    UNKNOWN,
    UNKNOWN_OUTPUT,
    Configured,
    Output,
    Policy,
    Refusal,
    Structure,
    rule,
)
from dsl.records import Record, replace
from dsl.shapes.counting import Within, count
from dsl.shapes.dims import Dim, minus, same
from dsl.shapes.types import Shape, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence

Widths: TypeAlias = "tuple[int | Widths, ...]"
"""The widths of a cell's states; of stacked cells, one entry a cell."""

GATES = {"LSTMCell": 4, "GRUCell": 3, "SimpleRNNCell": 1}


class Cell(Record):
    """What a layer needs to know of its cell.

    Args:
        width: of its output.
        states: their widths.
        params: the numbers in its weights.
        madds: multiply-adds of one step.
        inner: of these, those with the states.
        chained: of these, those of a stack's cells with what the cell before gives.
    """

    width: int
    states: Widths
    params: int
    madds: int
    inner: int
    chained: int = 0


def gated(features: int, units: int, gates: int, biases: int) -> int:
    """Parameters of a cell: a kernel, a recurrent kernel and biases for each gate.

    >>> gated(8, 4, 4, 1)
    208
    """
    return gates * units * (features + units + biases)


def cell_of(configured: Configured, features: int) -> Cell | Refusal | None:
    """The facts of a cell that takes that many features; None of a cell that isn't Keras's."""
    symbol, arguments = configured.symbol, configured.arguments
    if symbol == "StackedRNNCells":
        return stacked(arguments["cells"], features)
    if symbol not in GATES:
        return None
    units, biased = arguments["units"], arguments["use_bias"]
    doubled = symbol == "GRUCell" and arguments["reset_after"]
    if not isinstance(units, int) or UNKNOWN in (biased, doubled):
        return None
    biases = (2 if doubled else 1) if biased else 0
    states = (units, units) if symbol == "LSTMCell" else (units,)
    gates = GATES[symbol]
    params, madds = (gated(features, units, gates, each) for each in (biases, 0))
    return Cell(units, states, params, madds, gates * units * units)


def stacked(cells: Any, features: int) -> Cell | Refusal | None:
    """The facts of cells that feed one another."""
    if not isinstance(cells, list | tuple) or not cells:
        return Refusal("stacked cells are a list of at least one cell", "cells", code="bad-value")
    states: list[int | Widths] = []
    params = madds = inner = chained = 0
    for number, one in enumerate(cells):
        cell = cell_of(one, features) if isinstance(one, Configured) else None
        if not isinstance(cell, Cell):
            return cell
        states.append(cell.states if len(cell.states) > 1 else cell.states[0])
        params += cell.params
        madds += cell.madds
        inner += cell.inner
        chained += cell.madds - cell.inner if number else cell.chained
        features = cell.width
    return Cell(features, tuple(states), params, madds, inner, chained)


# ---- what a recurrent layer takes


def sequence_problem(x: TensorType, rank: int = 3) -> Refusal | None:
    """Why a tensor is no sequence of vectors (or of images, for ConvLSTM) of known width."""
    shape = x.shape or ()
    if len(shape) != rank:
        form = "[time, features]" if rank == 3 else f"[time, {rank - 3} axes of space, channels]"
        helps = "`Embedding` or `Reshape` gives it a last axis"
        if len(shape) > rank:
            helps = "`Reshape([time, features])` makes one axis of the others; ConvLSTM2D takes images over time"
        elif x.dtype == "float32" and rank == 3:
            helps = "the layer before it may need return_sequences=true; `Reshape` and `RepeatVector` make a time axis"
        return Refusal(
            f"a sequence {form} is needed, and this is {x}", None, 0, helps, "wrong-rank"
        )
    if not isinstance(shape[-1], int):
        return Refusal(
            f"the last axis of {x} must be a known number, since weights depend on it",
            operand=0,
            help="give the input a number for its last axis",
            code="unknown-size",
        )
    return None


def batch_problem(x: TensorType, stateful: bool) -> Refusal | None:
    """Why a layer that keeps its states between batches can't take this tensor."""
    if not stateful or (x.shape and isinstance(x.shape[0], int)):
        return None
    return Refusal(
        "a stateful layer needs to know how many sequences are in a batch",
        "stateful",
        help="give the input a size of the batch: `input x: [10, 8](batch_size=32)`",
        code="unknown-size",
    )


def mask_problem(x: TensorType, mask: Any) -> Refusal | None:
    """Why a mask does not belong to a sequence."""
    if not isinstance(mask, TensorType) or mask.shape is None or x.shape is None:
        return None
    if len(mask.shape) == 2 and same(mask.shape[1], x.shape[1]) is not False:
        return None
    words = f"the mask is {mask} where the sequence is {x}: it has one truth for each step"
    code = "shape-mismatch" if len(mask.shape) == 2 else "cannot-run"
    return Refusal(words, "mask", help="a mask is bool[time]", code=code)


def state_problem(given: Any, widths: Widths) -> Refusal | None:
    """Why these are not the states of a layer whose states have these widths."""
    if given is None:
        return None
    states = list(given) if isinstance(given, list | tuple) else [given]
    if len(states) != len(widths):
        needed = "one state" if len(widths) == 1 else f"{len(widths)} states"
        # What is too many for a layer of one state Keras leaves out in silence.
        silent = len(widths) == 1 < len(states)
        helps = "LSTM's states are `initial_state=[h, c]`" if len(widths) == 2 else ""
        if len(states) == 2 * len(widths):
            helps = f"join those of both directions first: concatenate([h, h_back]){', …' * (len(widths) > 1)}"
        return Refusal(
            f"the layer has {needed} and {len(states)} {'is' if len(states) == 1 else 'are'} given",
            "initial_state",
            help=helps or f"give {needed}",
            code="senseless-value" if silent else "bad-state",
        )
    for state, width in zip(states, widths, strict=True):
        refusal = _one_state_problem(state, width)
        if refusal is not None:
            return refusal
    return None


def _one_state_problem(state: Any, width: int | Widths) -> Refusal | None:
    if isinstance(width, tuple):
        return state_problem(state, width)
    if not isinstance(state, TensorType) or state.shape is None:
        return None
    if len(state.shape) == 2 and same(state.shape[1], width) is not False:
        return None
    stretched = len(state.shape) != 2 or 1 in (state.shape[1], width)
    return Refusal(
        f"a state is {state} where the layer's states are [{width}]",
        "initial_state",
        help=f"bring it to the width {width}, say with `Dense({width})`",
        code="senseless-value" if stretched else "bad-state",
    )


# ---- what a recurrent layer gives


def recurrent(
    x: TensorType,
    cell: Cell,
    policy: Policy,
    flags: tuple[bool, bool, bool],
    initial_state: Any,
    mask: Any,
) -> Output | Refusal:
    """The output of a layer that runs a cell; flags: return_sequences, return_state, stateful."""
    return_sequences, return_state, stateful = flags
    refusal = (
        batch_problem(x, stateful)
        or state_problem(initial_state, cell.states)
        or mask_problem(x, mask)
    )
    if refusal is not None:
        return refusal
    batch, time, *_ = x.shape or (None, None)
    shape: Shape = (batch, time, cell.width) if return_sequences else (batch, cell.width)
    output = TensorType(policy.compute, shape)
    madds = count(batch, time, cell.madds)
    chained = Within(inner=count(batch, time, cell.chained) or 0)
    within = states_within(cell.inner, (batch, time), initial_state).beside(chained)
    if not return_state:
        return Output(output, cell.params, madds=madds, within=within)
    states = _states(cell.states, batch, policy)
    return Output((output, *states), cell.params, madds=madds, within=within)


def states_within(step: int | None, axes: tuple[Dim, Dim], initial_state: Any) -> Within:
    """What a layer multiplies with its own states.

    Args:
        step: so many multiply-adds in each step.
        axes: batch and time.
        initial_state: what it starts from, if that is given.
    """
    batch, time = axes
    later = count(batch, minus(time, 1), step) or 0
    first = 0 if initial_state is not None else count(batch, step) or 0
    return Within(inner=later, still=first)


def _states(widths: Widths, batch: Any, policy: Policy) -> list[Structure]:
    return [
        _states(width, batch, policy)
        if isinstance(width, tuple)
        else TensorType(policy.compute, (batch, width))
        for width in widths
    ]


def _layer(
    x: TensorType,
    cell: str,
    arguments: dict[str, Any],
    policy: Policy,
    flags: tuple[bool, bool, bool],
    initial_state: Any,
    mask: Any,
) -> Output | Refusal:
    refusal = sequence_problem(x)
    if refusal is not None:
        return refusal
    facts = cell_of(Configured(cell, arguments), _features(x))
    assert isinstance(facts, Cell)  # noqa: S101 -- each of Keras's cells has facts
    return recurrent(x, facts, policy, flags, initial_state, mask)


def _features(x: TensorType) -> int:
    return x.shape[-1] if x.shape and isinstance(x.shape[-1], int) else 0


@rule("LSTM")
def lstm(
    x: TensorType,
    *,
    units: int,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
    stateful: bool = False,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
) -> Output | Refusal:
    """Four gates; its states are h and c.

    >>> from dsl.shapes.dims import BATCH
    >>> x = TensorType("float32", (BATCH, 10, 8))
    >>> given = lstm(x, units=4, return_sequences=True, policy=Policy())
    >>> given.params, str(given.value)
    (208, 'float32[10, 4]')
    >>> states = [TensorType("float32", (BATCH, 4))]
    >>> lstm(x, units=4, initial_state=states, policy=Policy()).words
    'the layer has 2 states and 1 is given'
    """
    flags = (return_sequences, return_state, stateful)
    arguments = {"units": units, "use_bias": use_bias}
    return _layer(x, "LSTMCell", arguments, policy, flags, initial_state, mask)


@rule("GRU")
def gru(
    x: TensorType,
    *,
    units: int,
    use_bias: bool = True,
    reset_after: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
    stateful: bool = False,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
) -> Output | Refusal:
    """Three gates, with two biases each where it resets after the product; its state is h."""
    flags = (return_sequences, return_state, stateful)
    arguments = {"units": units, "use_bias": use_bias, "reset_after": reset_after}
    return _layer(x, "GRUCell", arguments, policy, flags, initial_state, mask)


@rule("SimpleRNN")
def simple_rnn(
    x: TensorType,
    *,
    units: int,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
    stateful: bool = False,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
) -> Output | Refusal:
    """One gate; its state is h."""
    flags = (return_sequences, return_state, stateful)
    arguments = {"units": units, "use_bias": use_bias}
    return _layer(x, "SimpleRNNCell", arguments, policy, flags, initial_state, mask)


@rule("RNN")
def rnn(
    x: TensorType,
    *,
    cell: Any,
    return_sequences: bool = False,
    return_state: bool = False,
    stateful: bool = False,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
) -> Output | Refusal:
    """A cell, or a list of them; a cell of one's own leaves everything unknown."""
    refusal = sequence_problem(x)
    if refusal is not None:
        # Without a time axis the batch, if it is known, is taken for the features of a step.
        late = len(x.shape or ()) > 3 or (
            len(x.shape or ()) == 2 and isinstance((x.shape or ())[0], int)
        )
        return replace(refusal, code="cannot-run") if late else refusal
    features = _features(x)
    if isinstance(cell, list | tuple):
        facts = stacked(cell, features)
    elif isinstance(cell, Configured):
        facts = cell_of(cell, features)
        if facts is None and cell.symbol[:1].isupper():
            words = f"RNN runs a cell, such as LSTMCell, and {cell.symbol} is none"
            helps = f"give it {cell.symbol}Cell(…), or apply {cell.symbol} itself"
            return Refusal(words, "cell", help=helps, code="bad-value")
    else:
        facts = None
    if isinstance(facts, Cell):
        flags = (return_sequences, return_state, stateful)
        made = recurrent(x, facts, policy, flags, initial_state, mask)
        several = isinstance(cell, list | tuple) or cell.symbol == "StackedRNNCells"
        if several and isinstance(made, Refusal) and made.code == "bad-state":
            return replace(made, code="senseless-value")  # cells without a state are passed over
        return made
    return facts or UNKNOWN_OUTPUT


# ---- cells applied by hand, one step at a time


def _step(x: TensorType, states: Any, cell: Configured, policy: Policy) -> Output | Refusal:
    shape = x.shape or ()
    if len(shape) < 2 or not isinstance(shape[-1], int):
        words = f"a cell takes one step, [features] with a known number of them, and this is {x}"
        if len(shape) == 1 and isinstance(shape[0], int):
            return Refusal(words, None, 0, code="senseless-value")  # the batch counts as features
        return Refusal(words, None, 0, code="wrong-rank" if len(shape) < 2 else "unknown-size")
    if len(shape) > 2:
        words = f"a cell takes one step, [features], and this is {x}"
        return Refusal(words, None, 0, code="senseless-value")
    facts = cell_of(cell, shape[-1])
    if not isinstance(facts, Cell):
        return facts or UNKNOWN_OUTPUT
    refusal = state_problem(states, facts.states)
    if refusal is not None:
        more = isinstance(states, list | tuple) and len(states) > len(facts.states)
        # A cell takes its own states from the list, and leaves the rest.
        several = cell.symbol == "StackedRNNCells"  # the cells without a state are passed over
        bare = isinstance(states, TensorType)  # its rows are taken for the states
        code = "senseless-value" if more or several or bare else refusal.code
        return Refusal(refusal.words, "states", 1, refusal.help, code)
    width = None if facts.width == 1 and _stretches(cell.symbol, states) else facts.width
    output = TensorType(policy.compute, (*shape[:-1], width))
    after: Structure = _states(facts.states, shape[0], policy)
    if width is None and isinstance(after, list):
        after = [output for _ in after]
    if isinstance(after, list) and len(after) == 1 and not isinstance(states, list | tuple):
        after = after[0]
    return Output((output, after), facts.params, madds=count(*shape[:-1], facts.madds))


FORGOTTEN = {"GRUCell": 0, "LSTMCell": 1}
"""The state of a cell that meets its gates place for place."""


def _stretches(symbol: str, states: Any) -> bool:
    """Whether a state of unknown width meets gates of the width 1: what comes of both is as wide as the state."""
    place = FORGOTTEN.get(symbol)
    listed = states if isinstance(states, list | tuple) else [states]
    one = listed[place] if place is not None and place < len(listed) else None
    shape = one.shape if isinstance(one, TensorType) else None
    return bool(shape) and not isinstance((shape or ())[-1], int)


@rule("LSTMCell", "SimpleRNNCell")
def cell(
    x: TensorType,
    states: Any,
    *,
    symbol: str,
    units: int,
    use_bias: bool = True,
    policy: Policy,
) -> Output | Refusal:
    """One step: the output, and the states after it."""
    return _step(x, states, Configured(symbol, {"units": units, "use_bias": use_bias}), policy)


@rule("GRUCell")
def gru_cell(
    x: TensorType,
    states: Any,
    *,
    units: int,
    use_bias: bool = True,
    reset_after: bool = True,
    policy: Policy,
) -> Output | Refusal:
    """One step of a GRU."""
    arguments = {"units": units, "use_bias": use_bias, "reset_after": reset_after}
    return _step(x, states, Configured("GRUCell", arguments), policy)


@rule("StackedRNNCells")
def stacked_cells(
    x: TensorType, states: Any, *, cells: Sequence[Any], policy: Policy
) -> Output | Refusal:
    """One step of cells that feed one another."""
    return _step(x, states, Configured("StackedRNNCells", {"cells": cells}), policy)
