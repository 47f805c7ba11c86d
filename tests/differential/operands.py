"""The tensors that a layer or function is applied to, mostly such as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.catalogue.application import operands_of, rule_of
from tests.differential.nested import CELLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.differential.cases import Case, Given, Ref

NUMBERS = (1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9)
NAMES = ("T", "S", "T")
FLOATING = ("float16", "float64", "bfloat16")
WHOLE = ("int32", "int32", "uint8", "int64", "bool", "int8", "uint32")

IMAGES = frozenset({"AugMix", "AutoContrast", "CenterCrop", "Equalization", "RandAugment"})
SEQUENCES = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed"})
FLAT = frozenset({"RepeatVector", "MelSpectrogram", "STFTSpectrogram", "StackedRNNCells", *CELLS})
TABLES = frozenset({"Embedding", "ReversibleEmbedding", "CategoryEncoding"})
MERGES = frozenset(
    {"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate", "Dot"}
)


def size(case: Case) -> Any:
    """A number, seldom an unknown or named size."""
    drawn = case.random.random()
    if drawn < 0.06:
        return None
    return case.random.choice(NAMES if drawn < 0.12 else NUMBERS)


def shape_of_rank(case: Case, rank: int) -> list[Any]:
    """Sizes for so many axes."""
    return [size(case) for _ in range(rank)]


def dtype(case: Case, usual: float) -> str:
    """float32 mostly."""
    if case.random.random() < usual:
        return "float32"
    return case.random.choice((*FLOATING, *WHOLE, "string", "complex64"))


# ---- layers


def layer_rank(case: Case) -> int:
    """How many axes a layer takes, without the batch."""
    key, draw = case.symbol.key, case.random
    digits = [int(letter) for letter in key if letter.isdigit()]
    if digits:
        return digits[0] + 1 + key.startswith("ConvLSTM")
    if key in IMAGES or key.startswith("Random") or key in {"Resizing", "Solarization", "Pipeline"}:
        return 3
    if key in SEQUENCES:
        return 2 if key != "TimeDistributed" else draw.randint(1, 4)
    return 1 if key in FLAT else draw.choice((1, 1, 2, 2, 3, 3, 4, 0))


def for_layer(case: Case) -> None:
    """Draw a layer's first operands."""
    key = case.symbol.key
    special = LAYERS.get(key)
    if special is not None:
        special(case)
    elif key in MERGES:
        case.operands = [meeting(case, case.random.choice((1, 2, 2, 2, 3, 4)))]
    else:
        usual = 0.88
        case.operands = [case.tensor(shape_of_rank(case, layer_rank(case)), dtype(case, usual))]


def meeting(case: Case, count: int) -> list[Ref]:
    """Tensors of one shape; now and then one that is broadcast, or differs in an axis."""
    draw = case.random
    shape = shape_of_rank(case, draw.choice((1, 1, 2, 2, 3)))
    kind = dtype(case, 0.9)
    found = [case.tensor(shape, kind)]
    for _ in range(count - 1):
        own = list(shape)
        if draw.random() < 0.2:
            own[draw.randrange(len(own))] = draw.choice((1, size(case)))
        found.append(case.tensor(own[draw.random() < 0.08 :], kind))
    return found


def _dot(case: Case) -> None:
    draw = case.random
    rank = draw.choice((1, 2, 2, 3))
    first = shape_of_rank(case, rank)
    second = [one if draw.random() < 0.8 else size(case) for one in first]
    if draw.random() < 0.3:
        second.reverse()
    case.operands = [[case.tensor(first), case.tensor(second)]]


def _ids(case: Case) -> None:
    draw = case.random
    kind = draw.choice(("int32", "int32", "int64", "float32", "uint8", "bool"))
    case.operands = [case.tensor(shape_of_rank(case, draw.choice((0, 1, 1, 2))), kind)]


def _texts(case: Case) -> None:
    draw = case.random
    kind = draw.choice(("string", "string", "string", "int32", "float32", "int64"))
    case.operands = [case.tensor(_narrow(case), kind)]


def _whole_numbers(case: Case) -> None:
    kind = case.random.choice(("int64", "int64", "int32", "string", "float32"))
    case.operands = [case.tensor(_narrow(case), kind)]


def _narrow(case: Case) -> list[Any]:
    draw = case.random
    return draw.choice(([1], [1], [], shape_of_rank(case, 1), shape_of_rank(case, 2)))


def _crossed(case: Case) -> None:
    draw = case.random
    shape = draw.choice(([1], [1], [], [3]))
    kinds = [
        draw.choice(("int32", "int64", "string", "float32")) for _ in range(draw.randint(1, 3))
    ]
    case.operands = [[case.tensor(shape, kind) for kind in kinds]]


def _attention(case: Case) -> None:
    """`[query, value]` or `[query, value, key]`."""
    draw = case.random
    batch = [*shape_of_rank(case, 2)]
    query = [*batch]
    value = [size(case), batch[-1]]
    listed = [case.tensor(query), case.tensor(value)]
    if draw.random() < 0.4:
        listed.append(case.tensor(value if draw.random() < 0.8 else shape_of_rank(case, 2)))
    case.operands = [listed]


def _heads(case: Case) -> None:
    """query, value and perhaps key."""
    draw = case.random
    rank = draw.choice((2, 2, 2, 3))
    query = shape_of_rank(case, rank)
    value = [*query[:-2], size(case), draw.choice((query[-1], size(case)))]
    case.operands = [case.tensor(query), case.tensor(value)]
    if draw.random() < 0.3:
        case.operands.append(case.tensor([*value[:-1], size(case)]))


def _states(case: Case) -> None:
    """A cell's input; its states hang on its units, and come later."""
    case.operands = [case.tensor(shape_of_rank(case, 1))]


LAYERS: dict[str, Callable[[Case], None]] = {
    "Dot": _dot,
    **dict.fromkeys(TABLES, _ids),
    "Hashing": _texts,
    "StringLookup": _texts,
    "TextVectorization": _texts,
    "IntegerLookup": _whole_numbers,
    "HashedCrossing": _crossed,
    "Attention": _attention,
    "AdditiveAttention": _attention,
    "MultiHeadAttention": _heads,
    "GroupQueryAttention": _heads,
    **dict.fromkeys((*CELLS, "StackedRNNCells"), _states),
}


def states_of(case: Case) -> list[Ref]:
    """States that fit what is configured, mostly."""
    draw = case.random
    units = _units(case.arguments)
    kind = case.symbol.key
    inner = str(getattr(case.arguments.get("layer") or case.arguments.get("cell"), "path", ""))
    count = 2 if "LSTM" in kind + inner else 1
    count *= 2 if kind == "Bidirectional" else 1
    if draw.random() < 0.1:
        count = draw.randint(1, 4)
    return [case.tensor([units if draw.random() < 0.9 else size(case)]) for _ in range(count)]


def _units(arguments: dict[str, Any]) -> Any:
    found = arguments.get("units")
    for name in ("layer", "cell"):
        inner = arguments.get(name)
        found = found or (_units(inner.arguments) if hasattr(inner, "arguments") else None)
    return found if isinstance(found, int) and 0 < found < 100 else 3


# ---- functions


def for_function(case: Case) -> None:
    """Draw a function's tensors."""
    rule = rule_of(case.symbol)
    assert rule is not None
    special = FUNCTIONS.get(case.symbol.name)
    if special is not None:
        special(case)
        return
    names = operands_of(rule)
    optional = len(rule.__defaults__ or ())
    if optional and case.random.random() < 0.5:
        names = names[: len(names) - case.random.randint(1, optional)]
    annotations = rule.__annotations__
    if names and annotations.get(names[0], "").startswith("list"):
        case.operands = [meeting(case, case.random.choice((1, 2, 2, 3)))]
        return
    case.operands = list(_of_one_shape(case, len(names)))


def _of_one_shape(case: Case, count: int) -> list[Any]:
    """Tensors that broadcast, or a number beside a tensor."""
    draw = case.random
    shape = shape_of_rank(case, draw.choice((0, 1, 1, 2, 2, 3, 4)))
    kind = dtype(case, 0.72)
    found: list[Any] = [case.tensor(shape, kind)]
    for _ in range(count - 1):
        drawn = draw.random()
        if drawn < 0.2:
            found.append(draw.choice((2, 0.5, -1, True, 3)))
            continue
        own = list(shape)
        if own and drawn < 0.4:
            own[draw.randrange(len(own))] = draw.choice((1, size(case)))
        found.append(case.tensor(own, kind if draw.random() < 0.8 else dtype(case, 0.3)))
    if count > 1 and draw.random() < 0.1:
        draw.shuffle(found)
    return found


def _products(case: Case) -> None:
    draw = case.random
    rank = draw.choice((1, 2, 2, 3))
    first = shape_of_rank(case, rank)
    inner = first[-1]
    second = [*first[:-2], inner, size(case)] if rank > 1 else [inner, size(case)]
    if draw.random() < 0.3:
        second = shape_of_rank(case, draw.randint(0, 3))
    case.operands = [case.tensor(first, dtype(case, 0.85)), case.tensor(second, dtype(case, 0.85))]


def _einsum(case: Case) -> None:
    draw = case.random
    first = shape_of_rank(case, 2)
    second = [first[-1], size(case)]
    words = draw.choice(
        ("abc,acd->abd", "abc,acd->ad", "...c,...cd->...d", "abc,dce->abe", "abc->ac")
    )
    tensors = [case.tensor(first), case.tensor(second)]
    case.operands = [words, *tensors[: words.count(",") + 1]]


def _heads_of_function(case: Case) -> None:
    draw = case.random
    query = shape_of_rank(case, 3)
    key = [size(case), *query[1:]]
    case.operands = [case.tensor(query), case.tensor(key), case.tensor(key)]
    if draw.random() < 0.2:
        case.operands[2] = case.tensor(shape_of_rank(case, 3))


def _taken(case: Case) -> None:
    draw = case.random
    x = case.tensor(shape_of_rank(case, draw.randint(0, 3)))
    indices = case.tensor(shape_of_rank(case, draw.randint(0, 2)), "int32")
    case.operands = [x, draw.choice((indices, indices, 0, [0, 1], -1))]


def _taken_along(case: Case) -> None:
    shape = shape_of_rank(case, case.random.randint(1, 3))
    case.operands = [case.tensor(shape), case.tensor(shape, "int32")]


def _where(case: Case) -> None:
    tensors = _of_one_shape(case, 3)
    first = case.given(tensors[0])
    if first is not None and case.random.random() < 0.8:
        first.dtype = "bool"
    case.operands = tensors[: case.random.choice((1, 3, 3, 3, 2))]


def _labels(case: Case) -> None:
    shape = shape_of_rank(case, case.random.randint(1, 3))
    target = shape[:-1] if "sparse" in case.symbol.name else shape
    kind = "int32" if "sparse" in case.symbol.name else "float32"
    case.operands = [case.tensor(target, kind), case.tensor(shape)]


def _top(case: Case) -> None:
    case.operands = [case.tensor([], "int32"), case.tensor(shape_of_rank(case, 1))]


def _moments(case: Case) -> None:
    shape = shape_of_rank(case, case.random.randint(1, 3))
    case.operands = [case.tensor(shape), case.tensor(shape[-1:]), case.tensor(shape[-1:])]


def _grid(case: Case) -> None:
    case.operands = [case.tensor([]) for _ in range(case.random.randint(1, 3))]


def _images(case: Case) -> None:
    case.operands = [case.tensor(shape_of_rank(case, 3), dtype(case, 0.85))]


def _pooled(case: Case) -> None:
    case.operands = [case.tensor(shape_of_rank(case, case.random.choice((2, 3, 3, 4))))]


FUNCTIONS: dict[str, Callable[[Case], None]] = {
    **dict.fromkeys(("matmul", "dot", "inner", "tensordot", "cross", "outer", "vdot"), _products),
    "einsum": _einsum,
    "dot_product_attention": _heads_of_function,
    "take": _taken,
    "take_along_axis": _taken_along,
    "where": _where,
    "categorical_crossentropy": _labels,
    "sparse_categorical_crossentropy": _labels,
    "in_top_k": _top,
    "batch_normalization": _moments,
    "meshgrid": _grid,
    **dict.fromkeys(("max_pool", "average_pool", "adaptive_average_pool"), _pooled),
    "adaptive_max_pool": _pooled,
    **dict.fromkeys(("depth_to_space", "space_to_depth"), _images),
}


def change_rank(case: Case, given: Given) -> None:
    """One axis more or fewer."""
    draw = case.random
    if given.sizes and draw.random() < 0.6:
        del given.sizes[draw.randrange(len(given.sizes))]
    else:
        given.sizes.insert(draw.randint(0, len(given.sizes)), size(case))


def change_size(case: Case, given: Given) -> None:
    """Another size of one axis."""
    if given.sizes:
        place = case.random.randrange(len(given.sizes))
        given.sizes[place] = case.random.choice((None, size(case), "T"))
