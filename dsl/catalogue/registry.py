"""Rules: which pure function says what a layer or function makes of its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from dsl.records import Record, field, replace
from dsl.shapes.counting import NOTHING_WITHIN, Within
from dsl.shapes.types import UNKNOWN_TENSOR, TensorType


class _UnknownValue:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _UnknownValue()
"""The value of an argument that the compiler does not know (a Python import, a failed expression)."""


class Policy(Record):
    """A dtype policy: what a layer computes in, what its weights are, whether its inputs are cast, how weights are quantized.

    Args:
        compute: what it computes in, and announces.
        variable: the dtype of its weights.
        autocast: whether floats that go in are cast.
        quantized: how weights are kept, where that is in small integers.
        weights: what weights are cast to, where that is another dtype than `compute`.
    """

    compute: str = "float32"
    variable: str = "float32"
    autocast: bool = True
    quantized: str = ""
    weights: str = ""

    @classmethod
    def named(cls, word: str) -> Policy:
        """The policy of that name: `float16` for all, `mixed_float16` with float32 weights, `int8_from_float32`."""
        mode, _, source = word.partition("_from_")
        if source:
            return replace(cls.named(source), quantized=mode)
        compute = "int64" if word == "int" else word.removeprefix("mixed_")
        word = compute if word == "int" else word
        return cls(compute, word if compute == word else "float32")


class Configured(Record):
    """An object of Keras as a value (`LSTM(32)` in `Bidirectional(LSTM(32))`, `HeNormal(seed=1)`).

    Args:
        symbol: its key: a layer's bare name (`LSTM`), else with its namespace (`initializers.HeNormal`).
        arguments: parameter name to value, every default filled in; nested objects are Configured too.
    """

    symbol: str
    arguments: Mapping[str, Any] = field()


Structure: TypeAlias = TensorType | tuple["Structure", ...] | list["Structure"]


class Output(Record):
    """What an application gives.

    Args:
        value: its type, or a tuple (or list, as Keras has it) of them where it gives several tensors.
        params: numbers held in its weights; None where that is not known.
        frozen: how many of these are not trainable by Keras's own doing (moving means).
        warnings: sentences on what will surprise (the run gives another shape than `Model` announces).
        madds: multiply-adds for one sample of the batch (products that are summed up: matrix products,
            convolutions); None where a size is not known. `BATCH` counts as one (`dsl.shapes.counting`); a batch
            that an input fixes as a number counts whole, and the checker divides by it.
        within: what it holds that operands and outputs don't tell, for the cost of training.
        narrow: how many of the numbers in its weights take one byte, whatever its policy.
    """

    value: Structure
    params: int | None = 0
    frozen: int = 0
    warnings: tuple[str, ...] = ()
    madds: int | None = 0
    within: Within = NOTHING_WITHIN
    narrow: int = 0


UNKNOWN_OUTPUT: Final = Output(UNKNOWN_TENSOR, params=None, madds=None)
"""What an application gives of which nothing is known."""


class Refusal(Record):
    """Why Keras would not build it, in words of the language; the checker adds the place.

    Args:
        words: one sentence without a full stop, e.g. "the window of 5 is larger than the 3 that are left of axis 1".
        argument: the configuration or call argument at fault, if one is.
        operand: the index of the tensor at fault, if one is.
        help: what would mend it; empty where the rule cannot say.
        code: id of the diagnostic code: "shape-mismatch" (operands do not meet), "wrong-rank", "bad-value"
            (an argument outside of its domain), "unknown-size" (a size must be known), "too-small",
            "list-operand" (a list where one tensor goes), "senseless-value" (an argument that Keras takes in silence, though it can't mean anything),
            "cannot-run" (the model builds, and no data can go through it).
    """

    words: str
    argument: str | None = None
    operand: int | None = None
    help: str = ""
    code: str = "shape-mismatch"


Rule: TypeAlias = Callable[..., Output | Refusal | None]
RuleT = TypeVar("RuleT", bound=Rule)
RULES: dict[str, Rule] = {}
COPING: set[Rule] = set()
"""Rules that take `UNKNOWN` arguments and operands of unknown rank themselves."""


def rule(*symbols: str) -> Callable[[RuleT], RuleT]:
    """Register a rule for these symbols: a layer by its name (`"Dense"`), a function by its path (`"ops.mean"`).

    The rule's positional parameters are the tensors (a list of them for a merge); its keyword-only parameters are
    those arguments of the configuration (for a function: of the call) that it looks at, with Keras's own names,
    `policy` if it needs the dtype policy, `around` for that of the model, where the layer's own is another, and `symbol` if it needs the key that it stands for. Optional tensors
    (`mask`, `initial_state`) are keyword-only parameters too.

    Raises:
        ValueError: where a symbol has a rule already.
    """

    def register(function: RuleT) -> RuleT:
        for symbol in symbols:
            if symbol in RULES:
                raise ValueError(f"{symbol} already has the rule {RULES[symbol].__name__}")
            RULES[symbol] = function
        return function

    return register


def copes_with_unknown(function: RuleT) -> RuleT:
    """Mark a rule that takes `UNKNOWN` arguments and operands of unknown rank itself; others never see them."""
    COPING.add(function)
    return function
