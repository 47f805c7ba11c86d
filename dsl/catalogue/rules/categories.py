"""Layers that turn numbers and words into categories, and categories into codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.checks import shape_of
from dsl.catalogue.layer_run_dtypes import surprise
from dsl.catalogue.registry import Output, Policy, Refusal, rule
from dsl.catalogue.vocabularies import Vocabulary, refuse_salt, refuse_vocabulary
from dsl.shapes.types import TensorType

if TYPE_CHECKING:
    from dsl.shapes.dims import Dim
    from dsl.shapes.types import Shape

FLOATS = "float32"
"""The floats of lookups are of Keras's own, whatever the policy."""


@rule("CategoryEncoding")
def category_encoding(
    x: TensorType, *, num_tokens: int | None, output_mode: str, policy: Policy
) -> Output | Refusal:
    """Categories as a code for each, or one for all of the last axis."""
    if num_tokens is None:
        return Refusal("CategoryEncoding needs num_tokens", argument="num_tokens", code="bad-value")
    shape = coded(shape_of(x), output_mode, num_tokens)
    # What is counted has the dtype of the weights, though there are none.
    own = surprise("CategoryEncoding", str(x.dtype), policy.compute, policy.variable)
    deep = _deep("CategoryEncoding", x, output_mode)
    return Output(TensorType(policy.compute, shape), warnings=(*own, *deep))


@rule("Discretization")
def discretization(
    x: TensorType,
    *,
    bin_boundaries: Any,
    num_bins: int | None,
    output_mode: str,
    sparse: bool,
    policy: Policy,
) -> Output | Refusal:
    """Which bin each number falls into."""
    if (bin_boundaries is None) == (num_bins is None):
        return Refusal(
            "Discretization takes bin_boundaries or num_bins, one of the two",
            argument="bin_boundaries" if bin_boundaries is not None else None,
            code="bad-value",
        )
    refusal = _refuse_sparse(output_mode, sparse)
    if refusal is not None:
        return refusal
    if bin_boundaries is not None and not isinstance(bin_boundaries, list | tuple):
        is_taken = isinstance(bin_boundaries, dict | str)
        code = "senseless-value" if is_taken else "bad-value"
        is_empty = is_taken and not bin_boundaries
        if not is_empty and (output_mode == "int" or isinstance(bin_boundaries, str)):
            code = "cannot-run"  # its letters are counted, and no data goes through
        return Refusal(
            "bin_boundaries must be a list of numbers", argument="bin_boundaries", code=code
        )
    if output_mode == "int":
        return Output(TensorType("int32", x.shape))
    bins = len(bin_boundaries) + 1 if bin_boundaries is not None else num_bins
    shape = shape_of(x)
    if output_mode == "one_hot":
        return Output(TensorType(policy.compute, coded(shape, output_mode, bins)))
    behind = (shape[0], *shape[2:]) if len(shape) >= 2 else ()
    return Output(TensorType(policy.compute, (*behind, bins)))


@rule("Hashing")
def hashing(
    x: TensorType,
    *,
    num_bins: int,
    output_mode: str,
    sparse: bool,
    dtype: Any,
    policy: Policy,
) -> Output | Refusal:
    """Which bin each value is hashed into."""
    own = Policy.named(dtype).variable if isinstance(dtype, str) else policy.variable
    if dtype is None and output_mode == "int":
        own = "int64"
    if output_mode == "int" and own not in ("int32", "int64"):
        words = f"Hashing gives whole numbers in mode int, and so no {own}"
        return Refusal(words, argument="dtype", code="bad-value")
    refusal = _refuse_sparse(output_mode, sparse)
    if refusal is not None:
        return refusal
    if output_mode == "int":
        return Output(TensorType(own, x.shape))
    shape: Shape = (*shape_of(x)[:-1], num_bins)
    longer = _longer("Hashing", x) if output_mode == "one_hot" else ()
    return Output(TensorType(own, shape), warnings=(*longer, *_deep("Hashing", x, output_mode)))


@rule("HashedCrossing")
def hashed_crossing(
    inputs: list[TensorType], *, num_bins: int, output_mode: str, dtype: Any, policy: Policy
) -> Output | Refusal:
    """Which bin two values together are hashed into."""
    given: Any = inputs
    form = f"a list of {len(given)}" if isinstance(given, list | tuple) else str(given)
    if form != "a list of 2":
        words = f"HashedCrossing takes a list of two tensors, and this is {form}"
        return Refusal(words, help="write [a, b]", code="wrong-operands")
    first, second = (shape_of(x) for x in inputs)
    if first != second:
        # Keras compares the last axes alone, and no names: what else differs, fails in the run.
        last = [size if isinstance(size, int) else None for size in (first[-1], second[-1])]
        both = f"{inputs[0]} and {inputs[1]}"
        words = f"HashedCrossing takes two tensors of one shape, and these are {both}"
        if last[0] != last[1]:
            return Refusal(words, operand=1)
        if len(first) != len(second):
            return Refusal(words, operand=1, code="cannot-run")
    own = Policy.named(dtype).compute if isinstance(dtype, str) else policy.compute
    if dtype is None and output_mode == "int":
        own = "int64"
    return Output(TensorType(own, coded(first, output_mode, num_bins)))


@rule("IntegerLookup", "StringLookup")
def lookup(
    x: TensorType,
    *,
    vocabulary: Any,
    idf_weights: Any,
    mask_token: Any,
    oov_token: Any,
    max_tokens: Any,
    num_oov_indices: int,
    pad_to_max_tokens: bool,
    output_mode: str,
    invert: bool,
    sparse: bool,
    salt: Any,
    symbol: str,
    oov_method: str = "farmhash",
) -> Output | Refusal:
    """The number of each word in a vocabulary, or codes for them; whatever dtype is asked for.

    >>> from dsl.shapes.types import BATCH
    >>> x = TensorType("string", (BATCH, 1))
    >>> how = {"max_tokens": None, "num_oov_indices": 1, "pad_to_max_tokens": False, "salt": None}
    >>> how |= {"invert": False, "sparse": False, "symbol": "StringLookup", "idf_weights": None}
    >>> how |= {"mask_token": None, "oov_token": "[UNK]"}
    >>> str(lookup(x, vocabulary=["a", "b"], output_mode="one_hot", **how).value)
    'float32[3]'
    """
    texts = symbol == "StringLookup"
    given = Vocabulary(
        vocabulary, texts, output_mode, mask_token, oov_token, num_oov_indices, max_tokens, idf_weights, invert
    )  # fmt: skip
    refusal = (
        _refuse_padding(pad_to_max_tokens, max_tokens)
        or refuse_salt(salt, numbers=not texts, oov_method=oov_method)
        or _refuse_inverted(invert, output_mode)
        or _refuse_sparse(output_mode, sparse)
        or refuse_vocabulary(given)
    )
    if refusal is not None:
        return refusal
    if output_mode == "int":
        real = "string" if invert and texts else "int64"
        value = TensorType("int64", x.shape)
        return Output(value, warnings=surprise(symbol, str(x.dtype), "int64", real))
    width = max_tokens if pad_to_max_tokens else given.size
    value = TensorType(FLOATS, coded(shape_of(x), output_mode, width))
    return Output(value, warnings=_whole(symbol, output_mode))


def _refuse_inverted(invert: bool, output_mode: str) -> Refusal | None:
    if not invert or output_mode == "int":
        return None
    words = f"invert gives back words, and so no codes of mode {output_mode}"
    return Refusal(words, argument="output_mode", code="bad-value")


@rule("TextVectorization")
def text_vectorization(
    x: TensorType,
    *,
    vocabulary: Any,
    idf_weights: Any,
    max_tokens: Any,
    pad_to_max_tokens: bool,
    output_mode: str,
    output_sequence_length: int | None,
    split: Any,
    standardize: Any,
    ngrams: Any,
    sparse: bool,
    ragged: bool,
) -> Output | Refusal:
    """Texts as sequences of numbers, or as one code for each."""
    given = Vocabulary(
        vocabulary, True, output_mode, "", "[UNK]", max_tokens=max_tokens, idf_weights=idf_weights
    )  # fmt: skip
    refusal = (
        _refuse_padding(pad_to_max_tokens, max_tokens)
        or _refuse_pieces(split, standardize, ngrams)
        or _refuse_form(output_mode, output_sequence_length, ragged=ragged)
        or _refuse_sparse(output_mode, sparse)
        or refuse_vocabulary(given)
    )
    if refusal is not None:
        return refusal
    if output_mode == "int":
        return Output(TensorType("int64", (shape_of(x)[0], output_sequence_length)))
    shape: Shape = shape_of(x)
    if split is not None:
        shape = (*shape, None)
    elif len(shape) < 2:
        shape = (*shape, 1)
    width = max_tokens if pad_to_max_tokens else given.size
    value = TensorType(FLOATS, coded(shape, output_mode, width))
    whole = _whole("TextVectorization", output_mode)
    return Output(value, warnings=(*_flat_text(x, output_mode), *whole))


def _refuse_pieces(split: Any, standardize: Any, ngrams: Any) -> Refusal | None:
    for name, value in (("split", split), ("standardize", standardize)):
        if isinstance(value, dict):
            return Refusal(f"{name} takes a word or a function", argument=name, code="bad-value")
    whole = isinstance(ngrams, tuple) and all(isinstance(one, int) for one in ngrams)
    if ngrams is None or isinstance(ngrams, int) or whole:
        return None
    words = "ngrams must be an integer or a tuple of integers"
    return Refusal(words, argument="ngrams", help="write (1, 2)", code="bad-value")


def _refuse_form(output_mode: str, length: Any, *, ragged: bool) -> Refusal | None:
    if output_mode == "int":
        return None
    for name, value in (("output_sequence_length", length), ("ragged", ragged or None)):
        if value is not None:
            words = f"{name} is for mode int, not for {output_mode}"
            return Refusal(words, argument=name, code="bad-value")
    return None


def coded(shape: Shape, output_mode: str, width: Dim) -> Shape:
    """The shape of codes: `one_hot` has one for each value, the others one for the last axis.

    >>> coded((None, 4), "one_hot", 9), coded((None, 1), "one_hot", 9), coded((None, 4), "count", 9)
    ((None, 4, 9), (None, 9), (None, 9))
    """
    if output_mode == "int":
        return shape
    if output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, width)
    return (*shape[:-1], width)


def _refuse_sparse(output_mode: str, sparse: bool) -> Refusal | None:
    if not sparse or output_mode != "int":
        return None
    return Refusal("sparse is for codes, not for mode int", argument="sparse", code="bad-value")


def _refuse_padding(pad_to_max_tokens: bool, max_tokens: int | None) -> Refusal | None:
    if not pad_to_max_tokens or max_tokens is not None:
        return None
    words = "pad_to_max_tokens needs max_tokens"
    return Refusal(words, argument="pad_to_max_tokens", code="bad-value")


def _deep(symbol: str, x: TensorType, output_mode: str) -> tuple[str, ...]:
    """Where the run drops another axis than the model announces."""
    if output_mode == "one_hot" or len(shape_of(x)) < 3:
        return ()
    return (f"{symbol} in mode {output_mode} drops another axis in the run than it announces",)


def _longer(symbol: str, x: TensorType) -> tuple[str, ...]:
    """That a code for each value has an axis more than is announced, unless the last one is 1."""
    if len(shape_of(x)) < 2 or shape_of(x)[-1] == 1:
        return ()
    return (
        f"{symbol} in mode one_hot announces a code for the last axis, and the run gives one for each of its values",
    )


def _whole(symbol: str, output_mode: str) -> tuple[str, ...]:
    """That codes come as whole numbers, but where they are weighted."""
    if output_mode == "tf_idf":
        return ()
    return (f"{symbol} announces {FLOATS}, and the run gives int64",)


def _flat_text(x: TensorType, output_mode: str) -> tuple[str, ...]:
    if output_mode == "one_hot" or len(shape_of(x)) < 2:
        return ()
    return (f"TextVectorization in mode {output_mode} gives one axis less in the run",)
