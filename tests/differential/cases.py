"""A drawn case: one layer or function, its arguments, its tensors; and the program that says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dsl.catalogue.domains import domain
from dsl.records import Record, Thing, field

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from dsl.catalogue.lookup import Symbol


class Given(Thing):
    """A tensor that goes in: sizes are numbers, None (`?`) or names; without the batch."""

    name: str
    dtype: str = "float32"
    sizes: list[Any] = field(default_factory=list)
    batch: int | None = None
    sparse: bool = False

    @property
    def statement(self) -> str:
        """Its line in a program."""
        sizes = ", ".join("?" if size is None else str(size) for size in self.sizes)
        dtype = "" if self.dtype == "float32" else self.dtype
        settings = [] if self.batch is None else [f"batch_size={self.batch}"]
        settings += ["sparse=true"] if self.sparse else []
        return f"input {self.name}: {dtype}[{sizes}]" + (
            f"({', '.join(settings)})" if settings else ""
        )


class Ref(Record):
    """A tensor in an argument: the input of that name."""

    name: str


class Made(Record):
    """A layer, cell, initializer, … as an argument."""

    path: str
    arguments: dict[str, Any] = field(default_factory=dict)


class Case(Thing):
    """What is drawn.

    Args:
        number: which of its seed it is.
        symbol: the layer or function.
        random: what everything of it is drawn with.
        inputs: the tensors.
        arguments: of the configuration; for a function those of the call that are no operands.
        operands: what goes in by position: `Ref`, lists of these.
        call: arguments of a layer's call by name.
        precision: the global policy, or nothing.
        change: what was made wrong, or odd, about it; for reports.
        bare: whether words stand without quotes, and required arguments without names.
    """

    number: int
    symbol: Symbol
    random: random.Random
    inputs: list[Given] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)
    operands: list[Any] = field(default_factory=list)
    call: dict[str, Any] = field(default_factory=dict)
    precision: str = ""
    change: str = ""
    bare: bool = False

    @property
    def path(self) -> str:
        """How the program calls it."""
        path = self.symbol.path.removeprefix("keras.")
        return path.removeprefix("layers.")

    def tensor(self, sizes: list[Any], dtype: str = "float32") -> Ref:
        """A further input of these sizes."""
        one = Given(f"x{len(self.inputs)}", dtype, list(sizes))
        self.inputs.append(one)
        return Ref(one.name)

    def given(self, ref: Any) -> Given | None:
        """The input that something refers to."""
        name = getattr(ref, "name", None)
        return next((one for one in self.inputs if one.name == name), None)

    def application(self) -> str:
        """The expression that is judged."""
        operands = [spelled(one) for one in self.operands]
        if not self.symbol.is_layer:
            return f"{self.path}({', '.join([*operands, *self._settings()])})"
        called = [f"{name}={spelled(value)}" for name, value in self.call.items()]
        return f"{self.path}({', '.join(self._settings())})({', '.join([*operands, *called])})"

    def program(self, targets: list[str]) -> str:
        """The whole program.

        Args:
            targets: of what the application gives the parts that are outputs: `""` for all of
                it, `"[0]"`, `"[1][0]"`.
        """
        lines = [one.statement for one in self.inputs]
        if targets == [""]:
            lines.append(f"output y = {self.application()}")
        else:
            lines.append(f"t = {self.application()}")
            lines += [f"output y{number} = t{part}" for number, part in enumerate(targets)]
        if self.precision:
            names = ["y"] if targets == [""] else [f"y{number}" for number in range(len(targets))]
            lines += self._train(names)
        return "\n".join(lines) + "\n"

    def _train(self, outputs: list[str]) -> list[str]:
        losses = " + ".join(f"mse({name})" for name in outputs)
        settings = [
            "optimizer = adam",
            f"loss = {losses}",
            "epochs = 1",
            "batch_size = 4",
            f"precision = {self.precision}",
        ]
        return ["train:", *(f"    {line}" for line in settings)]

    def _words(self, parameter: str) -> frozenset[str]:
        return domain(self.symbol, parameter).words

    def _settings(self) -> Iterator[str]:
        """Arguments of the configuration: the required ones may go by position."""
        required = [one.name for one in self.symbol.parameters if one.required]
        positions = self.bare and self.symbol.is_layer
        for name, value in self.arguments.items():
            place = required.pop(0) if required else ""
            positions = positions and name == place and not isinstance(value, str)
            bare = self.bare and isinstance(value, str) and value in self._words(name)
            text = value if bare else spelled(value)
            yield text if positions else f"{name}={text}"


def spelled(value: Any) -> str:
    """A value as the language writes it.

    >>> spelled([1, None, "same", (2,)])
    '[1, none, "same", (2,)]'
    """
    match value:
        case None | bool():
            return str(value).lower()
        case str():
            return json.dumps(value)
        case Ref():
            return value.name
        case Made():
            inner = ", ".join(f"{name}={spelled(one)}" for name, one in value.arguments.items())
            return f"{value.path.rpartition('.')[2]}({inner})"
        case list():
            return f"[{', '.join(spelled(one) for one in value)}]"
        case tuple():
            return f"({', '.join(spelled(one) for one in value)}{',' if len(value) == 1 else ''})"
        case dict():
            inner = ", ".join(f"{json.dumps(key)}: {spelled(one)}" for key, one in value.items())
            return "{" + inner + "}"
    return repr(value)
