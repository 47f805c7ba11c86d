"""Whole programs drawn as text: branches, merges, sharing, blocks, loops, models, training.

A program grows statement by statement. The writer keeps of each tensor no more than its rank and
what it is good for; sizes meet mostly because branches begin at one tensor. What the compiler says
of the text is then compared with the model that it builds.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTHS = (1, 2, 3, 4, 6, 8)
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "softmax", "elu", "swish", "linear")
MERGES = ("add", "average", "maximum", "multiply", "concatenate")


class Bound(Record):
    """A tensor of the program: its name, its axes without the batch, what of its sizes is known.

    Args:
        name: in the program.
        rank: its axes, without the batch.
        length: the word or number of its steps; the same word is the same length.
        width: of its last axis, 0 where the writer does not know it.
        ids: whether it holds whole numbers.
        sources: the inputs that it comes from.
    """

    name: str
    rank: int
    length: str = ""
    width: int = 0
    ids: bool = False
    sources: frozenset[str] = frozenset()


class Writer(Thing):
    """A program on its way."""

    random: random.Random
    lines: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    tensors: list[Bound] = field(default_factory=list)
    inputs: list[Bound] = field(default_factory=list)
    count: int = 0
    shared: list[tuple[str, int]] = field(default_factory=list)

    def new(self, stem: str = "t") -> str:
        """A name that is not taken."""
        self.count += 1
        return f"{stem}{self.count}"

    def pick(self, *, rank: int = 0) -> Bound | None:
        """A tensor, a late one more often; of a rank where one is given."""
        known = [one for one in self.tensors if not one.ids and (not rank or one.rank == rank)]
        if not known:
            return None
        return self.random.choice(known[-3:] if self.random.random() < 0.6 else known)

    def bind(self, expression: str, like: Bound, stem: str = "t", **changes: object) -> Bound:
        """A statement that binds what an expression gives."""
        name = self.new(stem)
        self.lines.append(f"{name} = {expression}")
        known = {one.name: one.sources for one in (*self.tensors, *self.inputs)}
        names = [one for one in re.findall(r"\w+", expression) if one in known]
        sources = frozenset().union(*(known[one] for one in names))
        fields = {"rank": like.rank, "length": like.length, "width": like.width, "sources": sources}
        fields |= changes
        made = Bound(name, **fields)  # type: ignore[arg-type]
        self.tensors.append(made)
        return made


def draw(seed: int, number: int) -> str:
    """The program of that number: always the same one."""
    rng = random.Random(f"program:{seed}:{number}")
    writer = Writer(rng)
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        _input(writer)
    for _ in range(rng.randint(3, 12)):
        rng.choices(list(STATEMENTS), list(STATEMENTS.values()))[0](writer)
    return _whole(writer)


# ---- inputs


def _input(writer: Writer) -> None:
    draw_ = writer.random
    name = writer.new("x")
    kind = draw_.choice(("flat", "flat", "sequence", "sequence", "image", "ids"))
    length = draw_.choice(("?", "T", "T", "5", "8", "8"))
    width = draw_.choice(WIDTHS)
    dtype = draw_.choice(("", "", "", "", "int32", "float16", "bool"))
    if kind == "ids":
        writer.lines.append(f"input {name}: int32[{length}]")
        ids = Bound(name, 1, length, 0, ids=True, sources=frozenset({name}))
        writer.inputs.append(ids)
        mask = draw_.choice(("", "", ", mask_zero=true"))
        writer.bind(f"Embedding(9, {width}{mask})({name})", ids, rank=2, width=width)
        return
    sizes = {
        "flat": [str(width)],
        "sequence": [length, str(width)],
        "image": [draw_.choice(("8", "?", "H", "7")), draw_.choice(("8", "6")), str(width)],
    }[kind]
    writer.lines.append(f"input {name}: {dtype}[{', '.join(sizes)}]")
    steps = length if kind == "sequence" else ""
    made = Bound(name, len(sizes), steps, width, sources=frozenset({name}))
    writer.inputs.append(made)
    writer.tensors.append(made)


# ---- statements


def _layer(writer: Writer) -> None:
    """A layer that fits the rank, mostly."""
    x = writer.pick()
    if x is not None:
        expression, changes = _of_rank(writer, x)
        arrow = writer.random.random() < 0.4
        writer.bind(
            f"{x.name} -> {expression}" if arrow else f"{expression}({x.name})", x, **changes
        )


def _of_rank(writer: Writer, x: Bound) -> tuple[str, dict[str, object]]:
    draw_, width = writer.random, writer.random.choice(WIDTHS)
    act = draw_.choice(ACTIVATIONS)
    same: dict[str, object] = {}
    usual: list[tuple[str, dict[str, object]]] = [
        (f"Dense({width}, {act})", {"width": width}),
        (f"Dense({width})", {"width": width}),
        ("LayerNormalization()", same),
        ("BatchNormalization()", same),
        ("Dropout(0.2)", same),
        (f"Activation({act})", same),
        ("Flatten()", {"rank": 1, "length": "", "width": 0}),
    ]
    state = draw_.choice(("LSTM", "GRU", "SimpleRNN"))
    by_rank: dict[int, list[tuple[str, dict[str, object]]]] = {
        1: [("RepeatVector(3)", {"rank": 2, "length": "3"})],
        2: [
            (f"{state}({width}, return_sequences)", {"width": width}),
            (f"{state}({width})", {"rank": 1, "length": "", "width": width}),
            (f"Conv1D({width}, 3, same, {act})", {"width": width}),
            (f"Conv1D({width}, 2)", {"width": width, "length": ""}),
            ("MaxPooling1D(2)", {"length": ""}),
            ("GlobalAveragePooling1D()", {"rank": 1, "length": ""}),
            (f"Bidirectional({state}({width}))", {"rank": 1, "length": "", "width": 2 * width}),
            (f"TimeDistributed(Dense({width}))", {"width": width}),
            ("Masking()", same),
        ],
        3: [
            (f"Conv2D({width}, 3, same, {act})", {"width": width}),
            (f"Conv2D({width}, 2, strides=2)", {"width": width, "length": ""}),
            ("MaxPooling2D(2)", same),
            (f"SeparableConv2D({width}, 3, same)", {"width": width}),
            ("GlobalMaxPooling2D()", {"rank": 1}),
            ("UpSampling2D(2)", same),
        ],
    }
    own = by_rank.get(x.rank, [])
    if draw_.random() < 0.04:
        own = by_rank[draw_.choice((2, 3))]
    return draw_.choice(own if own and draw_.random() < 0.6 else usual)


def _branches(writer: Writer) -> None:
    """Branches from one tensor, merged."""
    draw_ = writer.random
    x = writer.pick()
    if x is None:
        return
    width = draw_.choice(WIDTHS)
    ends = []
    for _ in range(draw_.randint(2, 3)):
        act = draw_.choice(ACTIVATIONS)
        own = width if draw_.random() < 0.93 else width + 1
        ends.append(writer.bind(f"{x.name} -> Dense({own}, {act})", x, "b", width=own))
    merge = draw_.choice(MERGES)
    names = ", ".join(one.name for one in ends)
    capital = draw_.random() < 0.4
    call = f"{merge.capitalize()}()([{names}])" if capital else f"{merge}([{names}])"
    total = sum(one.width for one in ends) if merge == "concatenate" else width
    writer.bind(call, x, width=total)


def _operator(writer: Writer) -> None:
    """Arithmetic between a tensor and what came of it, or a number."""
    draw_ = writer.random
    x = writer.pick()
    if x is None:
        return
    sign = draw_.choice(("+", "-", "*", "+", "/"))
    same = [one for one in writer.tensors if _meet(one, x) and one is not x]
    other = draw_.choice(same).name if same and draw_.random() < 0.7 else draw_.choice(("2", "0.5"))
    writer.bind(f"{x.name} {sign} {other}", x)


def _meet(one: Bound, other: Bound) -> bool:
    """Whether two tensors probably have one shape."""
    known = (one.rank, one.length, one.width) == (other.rank, other.length, other.width)
    return known and not one.ids and one.rank < 3 and bool(one.width)


def _function(writer: Writer) -> None:
    draw_ = writer.random
    x = writer.pick()
    if x is None:
        return
    less: dict[str, object] = {"rank": x.rank - 1, "length": "", "width": 0}
    kinds: list[tuple[str, dict[str, object]]] = [
        (f"{draw_.choice(ACTIVATIONS)}({x.name})", {}),
        (f"{draw_.choice(('exp', 'abs', 'square', 'sqrt'))}({x.name})", {}),
        (f"mean({x.name}, axis=-1, keepdims=true)", {"width": 1}),
        (f"{x.name}[..., :1]", {"width": 1}),
    ]
    if x.rank > 1:
        kinds += [
            (f"{draw_.choice(('mean', 'max', 'sum'))}({x.name}, axis=1)", less),
            (f"{x.name}[:, {draw_.choice((0, -1))}]", {**less, "width": x.width}),
            (f"{x.name}[:, {draw_.choice(('1:', ':-1', '::2'))}]", {"length": ""}),
        ]
    expression, changes = draw_.choice(kinds)
    if changes.get("rank", 1):
        writer.bind(expression, x, **changes)


def _shared(writer: Writer) -> None:
    """A shared layer, applied to what has one width; now and then to another width."""
    draw_ = writer.random
    x = writer.pick()
    if x is None or not x.width:
        return
    name, width = writer.new("same"), draw_.choice(WIDTHS)
    shared = "shared " if draw_.random() < 0.93 else ""
    writer.lines.append(f"{shared}{name} = Dense({width})")
    fitting = [one for one in writer.tensors if one.width == x.width and not one.ids]
    others = writer.tensors if draw_.random() < 0.05 else fitting
    for one in [x, *draw_.sample(others, min(len(others), draw_.randint(1, 2)))]:
        writer.bind(f"{name}({one.name})", one, width=width)


def _states(writer: Writer) -> None:
    x = writer.pick(rank=2)
    if x is None:
        return
    draw_, width = writer.random, writer.random.choice(WIDTHS)
    names = [writer.new("s") for _ in range(3)]
    call = f"LSTM({width}, return_sequences, return_state)({x.name})"
    writer.lines.append(f"{', '.join(names)} = {call}")
    writer.tensors.append(Bound(names[0], 2, x.length, width, sources=x.sources))
    writer.tensors += [Bound(name, 1, "", width, sources=x.sources) for name in names[1:]]
    if draw_.random() < 0.5:
        again = f"LSTM({width})({names[0]}, initial_state=[{names[1]}, {names[2]}])"
        writer.bind(again, Bound("", 1, "", width))


def _attention(writer: Writer) -> None:
    x = writer.pick(rank=2)
    if x is not None:
        expression = writer.random.choice(
            (
                f"MultiHeadAttention(2, 3)({x.name}, {x.name})",
                f"MultiHeadAttention(2, 3)({x.name}, {x.name}, use_causal_mask=true)",
                f"Attention()([{x.name}, {x.name}])",
            )
        )
        writer.bind(f"{x.name} + {expression}", x)


def _block(writer: Writer) -> None:
    """A block (or a model) with a parameter, applied once or twice."""
    draw_ = writer.random
    x = writer.pick()
    if x is None or not x.width:
        return
    width = draw_.choice(WIDTHS)
    is_model = draw_.random() < 0.4 and x.rank < 3 and (x.rank == 1 or x.length.isdigit())
    name = writer.new("Model" if is_model else "Block")
    sizes = ", ".join([x.length, str(x.width)] if x.rank == 2 else [str(x.width)])
    given = f"x: [{sizes}]" if is_model else "x"
    body = draw_.choice(BODIES)
    writer.head += [
        f"{'model' if is_model else 'block'} {name}(width)({given}):",
        *(f"    {line}" for line in body),
        "",
    ]
    if draw_.random() < 0.5:
        shared = writer.new("once")
        writer.lines.append(f"shared {shared} = {name}({width})")
        again = [one for one in writer.tensors if _meet(one, x)]
        for one in [x, *again[:1]]:
            writer.bind(f"{shared}({one.name})", one, width=width)
        return
    writer.bind(f"{name}({width})({x.name})", x, width=width)


BODIES = (
    ("return Dense(width, relu)(x)",),
    ("y = Dense(width)(x)", "return relu(y)"),
    ("y = x -> Dense(width, relu) -> Dense(width)", "return y + Dense(width)(x)"),
    ("for i in range(2):", "    x = Dense(width, tanh)(x)", "return x"),
    ("if width > 2:", "    x = LayerNormalization()(x)", "return Dense(width)(x)"),
)
"""Bodies of blocks: they take a tensor of any rank and give `width` in its last axis."""


def _loop(writer: Writer) -> None:
    x = writer.pick()
    if x is None or not x.width:
        return
    draw_ = writer.random
    name = writer.bind(f"{x.name}", x).name
    act = draw_.choice(ACTIVATIONS)
    body = draw_.choice(
        (
            f"{name} = {name} -> Dense({x.width}, {act})",
            f"{name} += {name} -> Dense({x.width}, {act})",
            f"{name} = Dropout(0.1)({name})",
        )
    )
    writer.lines += [f"for i in range({draw_.randint(1, 3)}):", f"    {body}"]


STATEMENTS: dict[Callable[[Writer], None], float] = {
    _layer: 6,
    _branches: 2,
    _operator: 2,
    _function: 2,
    _shared: 1,
    _states: 0.7,
    _attention: 0.7,
    _block: 1.2,
    _loop: 0.7,
}
"""What a program is made of, and how often."""


# ---- the end


def _whole(writer: Writer) -> str:
    """The text: every input must reach an output, so that what is left over is joined."""
    draw_ = writer.random
    ends = [one for one in writer.tensors if not one.ids]
    ends = draw_.sample(ends[-5:], min(len(ends), 5, draw_.randint(1, 4)))
    reached = frozenset().union(*(one.sources for one in ends))
    ends += [_of(writer, one) for one in writer.inputs if one.name not in reached]
    outputs = []
    for number, one in enumerate(ends):
        head, loss = _head(writer, one)
        writer.lines.append(f"output out{number} = {head}")
        outputs.append((f"out{number}", loss))
    lines = [*writer.head, *writer.lines]
    if draw_.random() < 0.4 and outputs:
        lines += _train(writer, outputs)
    return "\n".join(lines) + "\n"


def _of(writer: Writer, one: Bound) -> Bound:
    """A tensor of an input: what is embedded of whole numbers."""
    found = [tensor for tensor in writer.tensors if one.name in tensor.sources]
    return found[0]


def _head(writer: Writer, x: Bound) -> tuple[str, str]:
    """An output's layer and a loss that fits it."""
    draw_ = writer.random
    width = draw_.choice((1, 3, 5))
    return draw_.choice(
        (
            (f"Dense({width})({x.name})", "mse"),
            (f"Dense(3, softmax)({x.name})", "categorical_crossentropy"),
            (f"Dense(3, softmax)({x.name})", "sparse_categorical_crossentropy"),
            (f"Dense(1, sigmoid)({x.name})", "binary_crossentropy"),
            (f"Identity()({x.name})", "mae"),
        )
    )


def _train(writer: Writer, outputs: list[tuple[str, str]]) -> list[str]:
    draw_ = writer.random
    terms = [f"{loss}({name})" for name, loss in outputs]
    if len(terms) > 1 and draw_.random() < 0.3:
        terms[0] = f"0.5 * {terms[0]}"
    optimizer = draw_.choice(("adam", "SGD(0.01, momentum=0.9)", "rmsprop"))
    found = [
        "train:",
        f"    optimizer = {optimizer}",
        f"    loss = {' + '.join(terms)}",
        "    epochs = 1",
        "    batch_size = 4",
    ]
    if draw_.random() < 0.2:
        found.append(
            f"    precision = {draw_.choice(('mixed_float16', 'mixed_bfloat16', 'float64'))}"
        )
    if draw_.random() < 0.3:
        found.append(f"    metrics = [mae({outputs[0][0]})]")
    return found
