"""Layers around a layer."""

from __future__ import annotations

from typing import Any

from dsl.catalogue.application import apply_configured
from dsl.catalogue.checks import kept_dtype
from dsl.catalogue.layer_run_dtypes import surprise
from dsl.catalogue.registry import (
    UNKNOWN_OUTPUT,
    Configured,
    Output,
    Policy,
    Refusal,
    Structure,
    rule,
)
from dsl.catalogue.rules.any_rank import of_any_rank
from dsl.records import replace
from dsl.shapes.counting import count, total
from dsl.shapes.dims import same
from dsl.shapes.types import UNKNOWN_TENSOR, Shape, TensorType

RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
ALIKE = ("stateful", "return_sequences", "return_state")


def inner(
    layer: Configured, x: TensorType, call: dict[str, Any], policy: Policy
) -> Output | Refusal:
    """What the wrapped layer gives; all is unknown where no rule says."""
    given = apply_configured(layer, [x], call, policy)
    return UNKNOWN_OUTPUT if given is None else given


# ---- Bidirectional


@rule("Bidirectional")
def bidirectional(
    x: TensorType,
    *,
    layer: Any,
    merge_mode: str | None = "concat",
    backward_layer: Any = None,
    initial_state: Any = None,
    mask: TensorType | None = None,
    policy: Policy,
    around: Policy,
) -> Output | Refusal:
    """Two recurrent layers, one of them backwards; states follow, the forward ones first.

    Keras announces twice the width of the forward layer, even where the backward one's differs.
    """
    if not isinstance(layer, Configured):
        return UNKNOWN_OUTPUT
    back = _backward(layer) if backward_layer is None else backward_layer
    refusal = _pair_problem(layer, back)
    if refusal is not None:
        return refusal
    states = _halves(initial_state)
    forward = inner(layer, x, {"initial_state": states[0], "mask": mask}, policy)
    backward = inner(back, x, {"initial_state": states[1], "mask": mask}, policy)
    if isinstance(forward, Refusal) or isinstance(backward, Refusal):
        return forward if isinstance(forward, Refusal) else backward
    made = _merged(forward, backward, merge_mode, policy)
    return made if isinstance(made, Refusal) else _with_states(made, layer, policy, around)


def _with_states(made: Output, layer: Configured, policy: Policy, around: Policy) -> Output:
    """What is given, and what a run makes of the states: they keep the dtype of the layer that has them."""
    dtype = layer.arguments.get("dtype")
    real = (Policy.named(dtype) if isinstance(dtype, str) else around).compute
    if not layer.arguments.get("return_state") or real == policy.compute:
        return made
    words = f"the model announces states in {policy.compute}, and the run gives them in {real}"
    return replace(made, warnings=(*made.warnings, words))


def _backward(layer: Configured) -> Configured:
    return Configured(layer.symbol, {**layer.arguments, "go_backwards": True})


def _pair_problem(layer: Configured, back: Any) -> Refusal | None:
    for name, one in (("layer", layer), ("backward_layer", back)):
        if isinstance(one, Configured) and one.symbol not in RECURRENT:
            return Refusal(
                f"Bidirectional runs a recurrent layer, and {one.symbol} is none",
                name,
                help="give it `LSTM`, `GRU`, `SimpleRNN`, `RNN` or a `ConvLSTM`",
                code="bad-value",
            )
    if not isinstance(back, Configured):
        return Refusal("the backward layer must be a layer", "backward_layer", code="bad-value")
    if layer.arguments["go_backwards"] == back.arguments["go_backwards"]:
        return Refusal(
            "both layers run in the same direction",
            "backward_layer",
            help="write `go_backwards=true` in the backward layer",
            code="bad-value",
        )
    for name in ALIKE:
        if layer.arguments[name] != back.arguments[name]:
            return Refusal(
                f"the two layers differ in `{name}`",
                "backward_layer",
                help=f"give both the same `{name}`",
                code="bad-value",
            )
    return None


def _halves(initial_state: Any) -> tuple[Any, Any]:
    if initial_state is None:
        return None, None
    states = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
    half = len(states) // 2
    return states[:half], states[half:]


def _merged(
    forward: Output, backward: Output, merge_mode: str | None, policy: Policy
) -> Output | Refusal:
    first, *states = _parts(forward.value)
    other, *more_states = _parts(backward.value)
    params, madds = (total(pair) for pair in _counts(forward, backward))
    unknown = Output(UNKNOWN_TENSOR, params, madds=madds)
    if not isinstance(first, TensorType) or not isinstance(other, TensorType):
        return unknown
    if first.shape is None or other.shape is None:
        return unknown
    width, back = first.shape[-1], other.shape[-1]
    if merge_mode in ("sum", "mul", "ave") and same(width, back) is False:
        return Refusal(
            f"outputs of the widths {width} and {back} cannot be merged by `{merge_mode}`",
            "backward_layer",
            help="give both layers as many units, or use `merge_mode=concat`",
        )
    # Keras announces the forward layer's states twice
    after = (*states, *states)
    output = TensorType(
        policy.compute, _doubled(first.shape) if merge_mode == "concat" else first.shape
    )
    surprise = _surprise(width, back, merge_mode, bool(more_states))
    outputs: tuple[Structure, ...] = (output, output) if merge_mode is None else (output,)
    value: Structure = output if len(outputs) == 1 and not after else (*outputs, *after)
    frozen = forward.frozen + backward.frozen
    within = forward.within.beside(backward.within)
    return Output(value, params, frozen, (*forward.warnings, *surprise), madds, within)


def _counts(*made: Output) -> tuple[list[int | None], list[int | None]]:
    return [one.params for one in made], [one.madds for one in made]


def _parts(value: Structure) -> list[Structure]:
    return list(value) if isinstance(value, tuple) else [value]


def _doubled(shape: Shape) -> Shape:
    width = shape[-1]
    return (*shape[:-1], width * 2 if isinstance(width, int) else None)


def _surprise(width: Any, back: Any, merge_mode: str | None, states: bool) -> tuple[str, ...]:
    if same(width, back) is not False:
        return ()
    if merge_mode == "concat":
        real = width + back
        words = f"the model announces the width {2 * width}, and the run gives {real}"
    elif merge_mode is None or states:
        words = (
            f"the model announces the width {width} both ways, and the run gives {back} backwards"
        )
    else:
        return ()
    return (words,)


# ---- TimeDistributed


@rule("TimeDistributed")
def time_distributed(
    x: TensorType, *, layer: Any, mask: TensorType | None = None, policy: Policy, around: Policy
) -> Output | Refusal:
    """The layer applied to each step, with the same weights."""
    shape = x.shape or ()
    if len(shape) < 3:
        return Refusal(
            f"TimeDistributed needs a time axis and one more, and this is {x}",
            operand=0,
            help="the layer before it may need return_sequences=true; without a time axis, apply the layer itself",
            code="wrong-rank",
        )
    refusal = _mask_problem(x, mask)
    if refusal is not None:
        return refusal
    if not isinstance(layer, Configured):
        return UNKNOWN_OUTPUT
    called = _called_bare(layer, policy, around)
    step_type = TensorType(kept_dtype(x, policy), (shape[0], *shape[2:]))
    step = inner(layer, step_type, {}, called)
    if isinstance(step, Refusal):
        found = _unasked(layer, step, step_type, called)
        if isinstance(found, Refusal):
            return found
        step = found
    return _each_step(layer, step, shape, policy)


def _called_bare(layer: Configured, policy: Policy, around: Policy) -> Policy:
    """What a layer inside computes in: `call` alone is called, which casts nothing; weights may be cast for the wrapper."""
    dtype = layer.arguments.get("dtype")
    own = Policy.named(dtype) if isinstance(dtype, str) else around
    weights = policy.compute if policy.compute != policy.variable else own.variable
    return Policy(policy.compute, own.variable, autocast=False, weights=weights)


def _unasked(
    layer: Configured, refusal: Refusal, x: TensorType, policy: Policy
) -> Output | Refusal:
    """What becomes of a shape that a layer refuses, where Keras asks it for its shape alone."""
    if refusal.code not in {"wrong-rank", "shape-mismatch", "too-small", "cannot-run"}:
        return refusal

    def fit(shape: Shape) -> Shape | None:
        made = inner(layer, TensorType(x.dtype, shape), {}, policy)
        value = made.value if isinstance(made, Output) else None
        return value.shape if isinstance(value, TensorType) else None

    shape = x.shape or ()
    dims = layer.arguments.get("dims") or ()
    if layer.symbol in RAISING or (layer.symbol == "RandomCrop" and len(shape) < 3):
        return replace(refusal, code="wrong-rank")
    if layer.symbol == "Permute" and len(shape) <= len(dims):
        return refusal
    bare = of_any_rank(layer.symbol, layer.arguments, shape, fit)
    if bare is None:
        late = not _looks_when_asked(layer.symbol, len(shape) + 1)
        return replace(refusal, code="cannot-run") if late else refusal
    if bare.announced is None or bare.real is None:
        return replace(refusal, code="wrong-rank" if bare.announced is None else "cannot-run")
    announced, real = (str(TensorType(policy.compute, one)) for one in (bare.announced, bare.real))
    words = f"{layer.symbol} announces {announced} for a step, and the run gives {real}"
    value = TensorType(policy.compute, bare.announced)
    return Output(value, warnings=() if announced == real else (words,))


LOOKING = frozenset({"EinsumDense", "Reshape", "STFTSpectrogram"})
"""Layers that look at the shape when they are asked for another."""
RAISING = frozenset({"CenterCrop", "RandomColorDegeneration"})
"""Layers that then raise, though they look no sooner than in the run where they are called."""


def _looks_when_asked(symbol: str, rank: int) -> bool:
    """Whether a layer that is asked for its shape, or for its weights, looks at the shape of a step.

    >>> _looks_when_asked("Conv2D", 3), _looks_when_asked("LSTM", 5), _looks_when_asked("MaxPooling1D", 3)
    (True, False, False)
    """
    if symbol in TRANSPOSED:
        return rank > int(symbol[4]) + 3
    if symbol in (*RECURRENT, "Bidirectional") and "Conv" not in symbol:
        return rank == 3
    return "Conv" in symbol or symbol in LOOKING


def _each_step(layer: Configured, step: Output, shape: Shape, policy: Policy) -> Output | Refusal:
    if not isinstance(step.value, TensorType):
        words = f"TimeDistributed needs a layer with one output, and {layer.symbol} has several"
        return Refusal(words, "layer", code="bad-value")
    after = step.value.shape
    madds = count(shape[1], step.madds)
    if after is None:
        return Output(UNKNOWN_TENSOR, step.params, step.frozen, madds=madds)
    value = TensorType(policy.compute, (after[0], shape[1], *after[1:]))
    steps = count(shape[1]) or 0
    within = step.within.times(steps)
    given = surprise("TimeDistributed", str(step.value.dtype), policy.compute, step.value.dtype)
    warnings = step.warnings or given
    return Output(value, step.params, step.frozen, warnings, madds, within, step.narrow)


def _mask_problem(x: TensorType, mask: Any) -> Refusal | None:
    if not isinstance(mask, TensorType) or mask.shape is None or x.shape is None:
        return None
    if len(mask.shape) >= 2 and same(mask.shape[1], x.shape[1]) is not False:
        return None
    words = f"the mask is {mask} where the steps are {x}"
    return Refusal(words, "mask", help="a mask is bool[time]", code="cannot-run")


# ---- SpectralNormalization

LAST_OF_KERNEL = {
    "Dense": "units",
    "Embedding": "output_dim",
    "ReversibleEmbedding": "output_dim",
    "Conv1D": "filters",
    "Conv2D": "filters",
    "Conv3D": "filters",
    "DepthwiseConv1D": "depth_multiplier",
    "DepthwiseConv2D": "depth_multiplier",
}
"""The argument that is the last size of a layer's kernel."""
TRANSPOSED = frozenset({"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"})


@rule("SpectralNormalization")
def spectral_normalization(
    x: TensorType, *, layer: Any, power_iterations: int = 1, policy: Policy
) -> Output | Refusal:
    """The layer, and a vector as long as the last axis of its kernel, which does not learn."""
    if isinstance(power_iterations, int) and power_iterations <= 0:
        return Refusal("`power_iterations` is at least 1", "power_iterations", code="bad-value")
    if not isinstance(layer, Configured):
        return UNKNOWN_OUTPUT
    given = inner(layer, x, {}, policy)
    if isinstance(given, Refusal):
        # Keras asks the layer inside for its weights and its shape alone.
        late = given.code == "wrong-rank" and _builds_of_less(layer.symbol, x)
        return replace(given, code="cannot-run") if late else given
    if given.params is None:
        return given
    has_kernel = layer.symbol in (*LAST_OF_KERNEL, *TRANSPOSED, "EinsumDense")
    if not has_kernel:
        return Refusal(
            f"SpectralNormalization needs a layer with a kernel, and {layer.symbol} has none",
            "layer",
            help="wrap a `Dense`, `Embedding` or convolution",
            code="bad-value",
        )
    if given.narrow:
        words = f"SpectralNormalization divides the kernel of {layer.symbol}, and that one is kept as small integers"
        return Refusal(words, "layer", help="leave out its dtype", code="bad-value")
    vector = _vector(layer, x, given.value)
    params = None if vector is None else given.params + vector
    frozen = given.frozen + (vector or 0)
    kept = kept_dtype(x, policy)
    cast = surprise("SpectralNormalization", str(kept), policy.compute, kept)
    return Output(given.value, params, frozen, cast or given.warnings, given.madds, given.within)


def _builds_of_less(symbol: str, x: TensorType) -> bool:
    """Whether a layer inside makes its weights of fewer axes than it takes: of the last one alone."""
    shape = x.shape or ()
    least = int(symbol[4]) + 2 if symbol in TRANSPOSED else 2 if symbol == "Dense" else 0
    return 0 < len(shape) < least and isinstance(shape[-1], int)


def _vector(layer: Configured, x: TensorType, made: Structure) -> int | None:
    """The last size of a layer's kernel; None where the operand or the arguments do not tell it."""
    if layer.symbol == "EinsumDense":
        return _last_of_einsum(str(layer.arguments["equation"]), x, made)
    if layer.symbol in TRANSPOSED and x.shape:
        channels = x.shape[1 if layer.arguments["data_format"] == "channels_first" else -1]
        return channels if isinstance(channels, int) else None
    size = layer.arguments[LAST_OF_KERNEL[layer.symbol]]
    return size if isinstance(size, int) else None


def _last_of_einsum(equation: str, x: TensorType, made: Structure) -> int | None:
    """The size of the kernel's last letter, which the output has, or else the input.

    >>> from dsl.shapes.types import BATCH
    >>> x, made = (TensorType("float32", (BATCH, 9, size)) for size in (4, 3))
    >>> _last_of_einsum("abc,cd->abd", x, made), _last_of_einsum("...c,dc->...d", x, made)
    (3, 4)
    """
    source, _, rest = equation.replace(" ", "").partition(",")
    kernel, _, target = rest.partition("->")
    for letters, tensor in ((target, made), (source, x)):
        shape = tensor.shape if isinstance(tensor, TensorType) else None
        before, dots, behind = letters.partition("...")
        place = before.find(kernel[-1])
        if dots and kernel[-1] in behind:
            place = behind.index(kernel[-1]) - len(behind)
        if shape and kernel[-1] in letters:
            size = shape[place]
            return size if isinstance(size, int) else None
    return None
