"""Names of layers: decided from the text alone, so that checker and emitter agree and no counter drifts.

A layer is called after the tensor that its statement binds, where that name is bound once in its scope, else after
its class with a counter of the scope. The checker puts the names of enclosing blocks in front and loop indices behind.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from dsl import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPERATOR_NAMES = frozenset(
    [
        "absolute",
        "add",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "bitwise_invert",
        "equal",
        "floor_divide",
        "get_item",
        "greater",
        "greater_equal",
        "invert",
        "less",
        "less_equal",
        "logical_and",
        "logical_not",
        "logical_or",
        "matmul",
        "mod",
        "multiply",
        "negative",
        "not_equal",
        "power",
        "subtract",
        "true_divide",
    ]
)
"""What Keras calls the operations that operators make, before its counters."""

MERGES = frozenset(
    ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"]
)
"""Functions of `keras.layers` that make a layer when a list stands first."""

MASK_OPERATIONS = frozenset(
    [
        "any",
        "cast",
        "concatenate",
        "expand_dims",
        "logical_or",
        "not_equal",
        "ones_like",
        "zeros_like",
    ]
)
"""What Keras calls the operations that masks are made of: a layer that heeds one brings them into the model."""

ScopeKey = int
TOP: ScopeKey = 0


class Names:
    """The local names of the layers that a file makes, by node.

    Args:
        tree: the file.
        snake_of: the default name of what a name builds (`conv2d` for `Conv2D`), None where it builds nothing.
        is_block: whether a name is a block or model of the program.
        operations: names that Keras gives to operations of the program; grows as files are read.
    """

    def __init__(
        self,
        tree: nodes.Tree,
        snake_of: Callable[[str], str | None],
        is_block: Callable[[str], bool],
        operations: set[str],
    ) -> None:
        """Read the whole file once."""
        self._snake_of = snake_of
        self._is_block = is_block
        self._operations = operations
        self._locals: dict[int, str] = {}
        self._counters: dict[ScopeKey, Counter[str]] = {}
        self._taken: dict[ScopeKey, set[str]] = {}
        self._bound: dict[ScopeKey, Counter[str]] = {}
        self._pending: list[tuple[ScopeKey, tuple[nodes.Statement, ...]]] = []
        self._defaults: list[tuple[ScopeKey, nodes.Expr]] = []
        self._queue(TOP, tree.statements, ())
        for block in [
            one for one in walk_statements(tree.statements) if isinstance(one, nodes.Block)
        ]:
            names = [p.name.id for p in (*block.parameters, *block.inputs)]
            self._queue(id(block), block.body, names)
            defaults = [one.default for one in block.parameters if one.default is not None]
            self._defaults.extend((id(block), one) for one in defaults)

    def _queue(
        self, scope: ScopeKey, body: tuple[nodes.Statement, ...], parameters: list[str] | tuple[()]
    ) -> None:
        bound = Counter(binding for one in walk_statements(body) for binding in bindings(one))
        bound.update(parameters)
        self._bound[scope] = bound
        self._taken[scope] = {identifier(name) for name in bound}
        self._counters[scope] = Counter()
        self._pending.append((scope, body))

    def finish(self) -> None:
        """Give every node its name; called once all files of the program have been read."""
        for scope, default in self._defaults:
            for node, snake in self._makers(scope, default, stage=False):
                self.local(scope, node, snake)
        for scope, body in self._pending:
            for statement in walk_statements(body):
                self._name_statement(scope, statement)
        self._pending = []

    def bound_once(self, scope: ScopeKey, name: str) -> bool:
        """Whether the text of a scope binds a name exactly once."""
        return self._bound[scope][name] == 1

    def is_bound(self, scope: ScopeKey, name: str) -> bool:
        """Whether the text of a scope binds a name anywhere."""
        return self._bound[scope][name] > 0

    def has(self, node: nodes.Node) -> bool:
        """Whether the text shows that a node makes a layer of the graph (not one inside another layer)."""
        return id(node) in self._locals

    def local(self, scope: ScopeKey, node: nodes.Node, snake: str) -> str:
        """The local name of the layer that a node makes."""
        found = self._locals.get(id(node))
        if found is None:
            found = self._locals[id(node)] = self._counted(scope, snake)
        return found

    def _name_statement(self, scope: ScopeKey, statement: nodes.Statement) -> None:
        target, value = target_of(statement)
        if target and value is not None and self.bound_once(scope, target):
            head = self._head(scope, value)
            if head is not None:
                self._locals[id(head)] = self._free_of_operations(scope, identifier(target))
        for expression in expressions_of(statement):
            for node, snake in self._makers(scope, expression, stage=False):
                self.local(scope, node, snake)

    def _counted(self, scope: ScopeKey, snake: str) -> str:
        counter, taken = self._counters[scope], self._taken[scope]
        while True:
            number = counter[snake]
            counter[snake] += 1
            name = self._free_of_operations(scope, f"{snake}_{number}" if number else snake)
            if name not in taken:
                return name

    def _free_of_operations(self, scope: ScopeKey, name: str) -> str:
        """A name that no operation of Keras can take: only names at top level stand without a path."""
        if scope != TOP:
            return name
        stem, _, number = name.rpartition("_")
        plain = stem if number.isdigit() else name
        return f"{name}_layer" if plain in OPERATOR_NAMES or plain in self._operations else name

    # ---- which nodes make layers

    def _builds(self, scope: ScopeKey, expression: nodes.Expr) -> str | None:
        """The default name of what a callee or a bare stage builds."""
        match expression:
            case nodes.Group():
                return self._builds(scope, expression.value)
            case nodes.Name() if not self.is_bound(scope, expression.id) or scope == TOP:
                return self._snake_of(expression.id)
            case nodes.Attribute():
                return self._snake_of(dotted(expression))
        return None

    def _head(self, scope: ScopeKey, expression: nodes.Expr) -> nodes.Expr | None:
        """The node that makes the layer whose application (or configuration) an expression is."""
        match expression:
            case nodes.Group():
                return self._head(scope, expression.value)
            case nodes.Chain():
                last = expression.stages[-1]
                if isinstance(last, nodes.Name | nodes.Attribute):
                    makes = self._builds(scope, last) or _is_merge(last, 1)
                    return last if makes else None
                return self._head_of_call(scope, last, piped=1)
            case nodes.Call():
                return self._head_of_call(scope, expression, piped=0)
        return None

    def _head_of_call(self, scope: ScopeKey, call: nodes.Expr, piped: int) -> nodes.Expr | None:
        if isinstance(call, nodes.Group):
            return self._head_of_call(scope, call.value, piped)
        if not isinstance(call, nodes.Call):
            return None
        if self._builds(scope, call.callee) or _is_merge(call.callee, piped + positional(call)):
            return call
        if isinstance(call.callee, nodes.Call | nodes.Group):
            return self._head_of_call(scope, call.callee, 0)
        return None

    def _makers(
        self, scope: ScopeKey, expression: nodes.Expr, *, stage: bool
    ) -> Iterator[tuple[nodes.Expr, str]]:
        """Nodes that make a layer, in text order, with its default name."""
        match expression:
            case nodes.Name() | nodes.Attribute() if stage:
                snake = self._builds(scope, expression) or _is_merge(expression, 1)
                if snake:
                    yield expression, snake
            case nodes.Call():
                yield from self._makers_of_call(scope, expression, stage)
            case nodes.Chain():
                for number, one in enumerate(expression.stages):
                    yield from self._makers(scope, one, stage=number > 0)
            case _:
                for child in children(expression):
                    yield from self._makers(
                        scope, child, stage=stage and isinstance(expression, nodes.Group)
                    )

    def _makers_of_call(
        self, scope: ScopeKey, call: nodes.Call, stage: bool
    ) -> Iterator[tuple[nodes.Expr, str]]:
        snake = self._builds(scope, call.callee)
        merge = _is_merge(call.callee, positional(call) + stage)
        if snake or merge:
            yield call, snake or merge
            if snake and not self._is_block(dotted(call.callee)):
                return  # layers among the arguments are inside this one, and bear no name of the graph
        else:
            yield from self._makers(scope, call.callee, stage=False)
        for argument in call.arguments:
            yield from self._makers(scope, argument.value, stage=False)


LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "þ": "th",
    }
)
"""Letters that no accent separates from an ASCII one."""


def identifier(name: str) -> str:
    """A name as Keras can use it in scopes: ASCII, transliterated where it is not."""
    if name.isascii():
        return name
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS))
    kept = "".join(
        char if char.isascii() else f"u{ord(char):x}"
        for char in plain
        if not unicodedata.combining(char)
    )
    return kept or "layer"


def dotted(expression: nodes.Expr) -> str:
    """`ops.image.resize` as text, empty where an expression is no dotted name."""
    match expression:
        case nodes.Name():
            return expression.id
        case nodes.Attribute():
            start = dotted(expression.value)
            return f"{start}.{expression.name}" if start else ""
    return ""


def positional(call: nodes.Call) -> int:
    """How many arguments of a call go by position."""
    return sum(not argument.name for argument in call.arguments)


def _is_merge(callee: nodes.Expr, operands: int) -> str:
    if isinstance(callee, nodes.Name) and callee.id in MERGES and operands == 1:
        return callee.id
    return ""


def target_of(statement: nodes.Statement) -> tuple[str, nodes.Expr | None]:
    """The one name that a statement binds, and to what."""
    match statement:
        case nodes.Assign(target=nodes.Name() as name):
            return name.id, statement.value
        case nodes.Shared() | nodes.Const():
            return statement.name.id, statement.value
        case nodes.Output() if len(statement.names) == 1:
            return statement.names[0].id, statement.value
    return "", None


def bindings(statement: nodes.Statement) -> list[str]:
    """The names that a statement binds itself (not those in its body)."""
    match statement:
        case nodes.Assign():
            return target_names(statement.target)
        case nodes.Augmented():
            return target_names(statement.target)
        case nodes.For():
            return target_names(statement.target)
        case nodes.Shared() | nodes.Const() | nodes.Input() | nodes.Block():
            return [statement.name.id]
        case nodes.Output() if statement.value is not None:
            return [name.id for name in statement.names]
        case nodes.Import():
            return [one.alias.id for one in statement.names]
        case nodes.Gap():
            return list(statement.names)
    return []


def target_names(target: nodes.Expr) -> list[str]:
    """The names in the target of an assignment, in order."""
    match target:
        case nodes.Name():
            return [target.id]
        case nodes.Tuple() | nodes.List():
            return [name for item in target.items for name in target_names(item)]
        case nodes.Splat() | nodes.Group():
            return target_names(target.value)
    return []


def walk_statements(body: tuple[nodes.Statement, ...]) -> Iterator[nodes.Statement]:
    """Statements in text order, into loops and choices but not into blocks."""
    for statement in body:
        yield statement
        match statement:
            case nodes.For():
                yield from walk_statements(statement.body)
            case nodes.If():
                for _, inner in statement.branches:
                    yield from walk_statements(inner)


def expressions_of(statement: nodes.Statement) -> list[nodes.Expr]:
    """The expressions of a statement that may make layers, in text order (not those in its body)."""
    match statement:
        case (
            nodes.Assign() | nodes.Augmented() | nodes.Shared() | nodes.Const() | nodes.Return()
            | nodes.ExprStatement() | nodes.Output()
        ):  # fmt: skip
            return [statement.value] if statement.value is not None else []
        case nodes.For():
            return [statement.iterable]
        case nodes.If():
            return [test for test, _ in statement.branches if test is not None]
    return []


def children(expression: nodes.Expr) -> tuple[nodes.Expr, ...]:  # noqa: C901, PLR0912 -- one line for each node
    """The expressions directly inside one, in text order."""
    match expression:
        case nodes.List() | nodes.Tuple():
            return expression.items
        case nodes.Dict():
            return tuple(part for pair in expression.pairs for part in pair)
        case nodes.Comprehension():
            condition = (expression.condition,) if expression.condition else ()
            return (expression.element, expression.iterable, *condition)
        case nodes.DictComprehension():
            return (expression.key, expression.value, expression.iterable)
        case nodes.Splat() | nodes.Group() | nodes.Attribute():
            return (expression.value,)
        case nodes.Call():
            return (expression.callee, *(argument.value for argument in expression.arguments))
        case nodes.Subscript():
            return (expression.value, *expression.items)
        case nodes.Slice():
            return tuple(
                one
                for one in (expression.start, expression.stop, expression.step)
                if one is not None
            )
        case nodes.Unary():
            return (expression.operand,)
        case nodes.Binary():
            return (expression.left, expression.right)
        case nodes.Compare():
            return expression.operands
        case nodes.IfElse():
            return (expression.body, expression.test, expression.orelse)
        case nodes.Chain():
            return expression.stages
        case nodes.FString():
            return tuple(
                part.value for part in expression.parts if isinstance(part, nodes.Replacement)
            )
    return ()
