"""Programs drawn by chance: any that the grammar derives, and such as mean something."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import lark
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

import dsl.parser
from dsl.catalogue import lookup
from dsl.compiler import check
from dsl.reference.examples import configured
from dsl.source import Source

GRAMMAR = Path(dsl.parser.__file__).with_name("grammar.lark")
NAMES = [
    "x",
    "y",
    "h",
    "Dense",
    "Conv2D",
    "LSTM",
    "relu",
    "add",
    "concatenate",
    "units",
    "i",
    "mse",
    "adam",
    "range",
]
FIELDS = ["loss", "optimizer", "metrics", "epochs", "name", "axis", "activation", "shape"]
NUMBERS = ["0", "1", "3", "8", "0.5", "1e3", "100000"]
STRINGS = ['"same"', "'a'", 'f"{i}_{x!r:>3}"', '""', '"\\n"', "'{'"]

# ---- any program of the grammar


@cache
def derived() -> st.SearchStrategy[str]:
    """Texts that the grammar derives: each can be read, and hardly one means something."""
    grammar = lark.Lark(GRAMMAR.read_text("utf-8"), parser="lalr")
    words = {
        one.name: st.just(f"{one.pattern.value} ")
        for one in grammar.terminals
        if one.name not in OWN
    }
    return from_lark(grammar, explicit={**words, **OWN}).map(_laid_out)


STEP_IN, STEP_OUT, NOTE = "\x01", "\x02", "\x03"
OWN: dict[str, Any] = {
    "NAME": st.sampled_from([*NAMES, *FIELDS]).map(lambda name: f"{name} "),
    "NUMBER": st.sampled_from(NUMBERS).map(lambda number: f"{number} "),
    "STRING": st.sampled_from(STRINGS).map(lambda string: f"{string} "),
    "_NL": st.sampled_from(["\n", "\n", "  # why\n", "\n\n"]),
    "_INDENT": st.just(STEP_IN),
    "_DEDENT": st.just(STEP_OUT),
    "GAP": st.just(NOTE),
}  # fmt: skip


def _laid_out(text: str) -> str:
    """A text whose steps in and out are marks, with the space that these mean."""
    lines, depth = [], 0
    for line in text.split("\n"):
        depth += line.count(STEP_IN) - line.count(STEP_OUT)
        words = line.replace(STEP_IN, "").replace(STEP_OUT, "").replace(NOTE, "")
        lines.append("    " * depth + words if words.strip() else "")
    return "\n".join(lines)


# ---- programs that mean something

TYPES = {"vector": "[8]", "sequence": "[10, 8]", "image": "[12, 12, 8]"}
"""All have 8 channels, so that what is drawn fits together."""


@cache
def layers(kind: str) -> tuple[str, ...]:
    """The layers of the catalogue that leave such a tensor its shape, configured."""
    found = []
    for name in lookup.names("layers"):
        symbol = lookup.symbol("layers", name)
        if symbol is not None and symbol.is_layer:
            found += [one for one in (configured(symbol), f"{name}(8, 1)") if _keeps(one, kind)]
    return tuple(found)


def _keeps(layer: str, kind: str) -> bool:
    text = f"input x: {TYPES[kind]}\noutput y: float32{TYPES[kind]} = {layer}(x)\n"
    return not check(Source("layer.graph", text)).diagnostics


TO_VECTORS = {
    "vector": ["Dense(8)", "Dense(8, relu)"],
    "sequence": ["LSTM(8)", "GlobalAveragePooling1D()", "GRU(8, dropout=0.1)"],
    "image": ["GlobalMaxPooling2D()"],
}
VALUES = [
    "nowhere",
    "[]",
    "{}",
    '""',
    "none",
    "-1",
    "0",
    "1.5",
    "true",
    "[1, 2]",
    "(1,)",
    "x",
    "Dense(3)",
    "...",
    "[nowhere]",
]


class Writer:
    """Writes a program line by line, with the names that are bound."""

    def __init__(self, draw: Any, wrong: int) -> None:
        """Keep how to draw, and how many in a hundred expressions go wrong."""
        self.draw = draw
        self.wrong = wrong
        self.lines: list[str] = []
        self.tensors: dict[str, str] = {}
        self.depth = 0
        self.count = 0

    def one_of(self, values: Any) -> Any:
        """One of these."""
        return self.draw(st.sampled_from(list(values)))

    def chance(self, percent: int) -> bool:
        """Whether something happens."""
        return bool(self.draw(st.integers(0, 99)) < percent)

    def write(self, line: str) -> None:
        """One line, with a comment at times."""
        note = self.one_of(["", "", "", "  # why", "  #  é"])
        self.lines.append("    " * self.depth + line + note)

    def new_name(self) -> str:
        """A name that is not taken, at times with letters of its own."""
        self.count += 1
        return f"{self.one_of(['t', 'h', 'input', 'model', '_q'])}{self.count}"

    def tensor(self, kind: str = "") -> str:
        """The name of a tensor of a kind."""
        return str(self.one_of([name for name, own in self.tensors.items() if kind in ("", own)]))

    def layer(self, kind: str) -> str:
        """A layer for it, with an odd argument where things go wrong."""
        layer = str(self.one_of(layers(kind)))
        if self.chance(self.wrong):
            name, _, rest = layer.partition("(")
            symbol = lookup.symbol("layers", name)
            named = [one.name for one in symbol.parameters] if symbol else []
            odd = f"{self.one_of([*named, 'unts'])}={self.one_of(VALUES)}"
            return f"{name}({rest[:-1]}{', ' if rest[:-1] else ''}{odd})"
        return layer

    def expression(self, kind: str, deep: int = 2) -> str:
        """A tensor of that kind."""
        if self.chance(self.wrong):
            return str(self.one_of(VALUES))
        inner = self.expression(kind, deep - 1) if deep and self.chance(60) else self.tensor(kind)
        match self.one_of(range(9)):
            case 0 | 1:
                return f"{self.layer(kind)}({inner})"
            case 2 | 3:
                return f"({inner} -> {self.layer(kind)} -> relu)"
            case 4:
                return f"(({self.tensor(kind)} + {inner}) / 2.0)"
            case 5:
                return (
                    f"{self.one_of(['add', 'average', 'maximum'])}([{inner}, {self.tensor(kind)}])"
                )
            case 6:
                return (
                    f"average([{self.layer(kind)}({inner}) for i in range({self.one_of('123')})])"
                )
            case 7:
                return f"({inner} if 1 < {self.one_of('012')} else {self.tensor(kind)})"
            case _:
                return f"(-{self.tensor(kind)} * {inner}[...])"

    def statement(self) -> None:
        """One of the statements that may stand anywhere."""
        name = self.tensor()
        kind = self.tensors[name]
        match self.one_of(range(7 if self.depth < 3 else 3)):
            case 0:
                new = self.new_name()
                self.write(f"{new} = {self.expression(kind)}")
                self.tensors[new] = kind
            case 1:
                stages = [self.layer(kind) for _ in range(self.one_of([1, 2, 3]))]
                self.write(f"{name} = {name}")
                self.lines += ["    " * (self.depth + 1) + f"-> {stage}" for stage in stages]
            case 2:
                self.write(f"{name}: {TYPES[kind]} = {self.expression(kind)}")
            case 3:
                self.within(f"for i in range({self.one_of('0123')}):", name, kind)
            case 4:
                self.within(f"if $flag{self.one_of(['', ' and 1 < 2', ' == false'])}:", name, kind)
                self.within("else:", name, kind)
            case 5:
                self.write(f"{name} += {self.expression(kind)}")
            case _:
                self.write(
                    f'for rate in [0.1, 0.2]: {name} = Dropout(rate, name=f"d{self.count}_{{rate}}")({name})'
                )
                self.count += 1

    def within(self, head: str, name: str, kind: str) -> None:
        """A head and its body, whose names end with it."""
        self.write(head)
        self.depth += 1
        known = dict(self.tensors)
        for _ in range(self.one_of([0, 0, 1])):
            self.statement()
        self.write(f"{name} = {self.expression(kind)}")
        self.tensors = known
        self.depth -= 1

    def block(self) -> str:
        """A block or a model that leaves a vector its shape; its application."""
        name, kind = f"B{self.count}", self.one_of(["block", "model"])
        self.count += 1
        outer, self.tensors = self.tensors, {"x": "vector"}
        type_ = f": {TYPES['vector']}" if kind == "model" or self.chance(30) else ""
        self.write(f"{kind} {name}(width=8)(x{type_}):")
        self.depth += 1
        for _ in range(self.one_of([0, 1, 2])):
            self.statement()
        self.write(f"return {self.expression('vector')}")
        self.depth -= 1
        self.tensors = outer
        return f"{name}({self.one_of(['', 'width=8', '8'])})"

    def ending(self) -> None:
        """Outputs that use all there is, and training."""
        parts = [f"{self.one_of(TO_VECTORS[kind])}({name})" for name, kind in self.tensors.items()]
        self.write(
            f"output digit = concatenate([{', '.join(parts)}, {parts[0]}]) -> Dense(3, softmax)"
        )
        if self.chance(50):
            self.write("train:")
            self.depth += 1
            self.write(
                f"optimizer = {self.one_of(['adam', 'SGD(0.1, momentum=0.9)', 'RMSprop()'])}"
            )
            self.write(f"loss = {self.one_of(['', '0.5 * '])}categorical_crossentropy(digit)")
            self.write("metrics = [accuracy]")
            self.depth -= 1


@st.composite
def programs(draw: Any, wrong: int = 0) -> str:
    """A program that means something; so many in a hundred of its expressions go wrong."""
    writer = Writer(draw, wrong)
    writer.write("$flag = true")
    blocks = [writer.block() for _ in range(writer.one_of([0, 1, 2]))]
    for kind in writer.one_of(
        [["vector"], ["sequence"], ["image"], ["vector", "sequence"], ["image", "vector"]]
    ):
        name = writer.new_name().lstrip("_")
        writer.write(f"input {name}: {TYPES[kind]}")
        writer.tensors[name] = kind
    for _ in range(writer.one_of([1, 2, 4])):
        writer.statement()
    for block in blocks:
        name = writer.new_name()
        vectors = [one for one, kind in writer.tensors.items() if kind == "vector"]
        operand = vectors[0] if vectors else f"Flatten()({writer.tensor()}) -> Dense(8)"
        writer.write(f"{name} = {operand} -> {block}")
        writer.tensors[name] = "vector"
    writer.ending()
    return "\n".join(writer.lines) + "\n"
