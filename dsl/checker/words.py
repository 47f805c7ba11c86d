"""Names that the program does not bind: what they mean in Keras, and what is said of those that mean nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dsl import codes
from dsl.catalogue import domains, lookup
from dsl.catalogue.nearness import one_slip, plain
from dsl.checker.habits import FOREIGN, METHODS, NOW, OTHERS, PYTHON, TORCH, VALUES
from dsl.diagnostics import Fix, Label
from dsl.parser.lost import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl import nodes
    from dsl.catalogue.lookup import Symbol
    from dsl.checker.frame import Frame
    from dsl.checker.scope import Scope
    from dsl.source import Span

COMPILE_TIME = frozenset(
    [
        "range",
        "len",
        "int",
        "enumerate",
        "zip",
        "reversed",
        "sorted",
        "sum",
        "min",
        "max",
        "abs",
        "round",
    ]
)
"""Python's functions of values that the language has."""

WORD_NAMESPACES = (
    "activations",
    "losses",
    "metrics",
    "optimizers",
    "initializers",
    "regularizers",
    "constraints",
)


def as_method(text: str, name: str) -> str:
    """What to write where a layer or function stands behind a dot, as a method would."""
    if layer(name) is not None:
        return f"send it in: {text} -> {name}(…)"
    return f"write {name}({text}, …)" if function(name) is not None else ""


def is_class_name(name: str) -> bool:
    """Whether a name builds rather than applies at once: it begins with a capital."""
    return name[:1].isupper()


@cache
def layer(name: str) -> Symbol | None:
    """The layer or application of that name."""
    if not is_class_name(name):
        return None
    found = lookup.symbol("layers", name) or lookup.symbol("applications", name)
    if found is not None and found.namespace == "layers" and found.kind != "class":
        return None
    return found


@cache
def function(name: str) -> Symbol | None:
    """The function of tensors of that name: of `keras.activations` first, else of `keras.ops`."""
    if is_class_name(name):
        return None
    for namespace in ("activations", "ops"):
        found = lookup.symbol(namespace, name)
        if found is not None and found.kind == "function":
            return found
    return None


def means_something(name: str) -> bool:
    """Whether a name that nothing binds is a layer, a function or a word of Keras all the same."""
    found = layer(name) or function(name)
    return found is not None or name in COMPILE_TIME or name == "positions" or is_word(name)


def snake_of(name: str) -> str | None:
    """The default name of the layer that a name builds, None where it builds none."""
    if "." in name:
        found = dotted_symbol(name)
        return default_name(found) if found is not None and builds_layer(found) else None
    found = layer(name)
    return None if found is None else default_name(found)


def builds_layer(symbol: Symbol) -> bool:
    """Whether configuring it gives something that is applied to tensors."""
    return symbol.is_layer or symbol.namespace == "applications"


def default_name(symbol: Symbol) -> str:
    """What a layer is called that no tensor gives its name."""
    return symbol.snake or snake(symbol.name)


def snake(name: str) -> str:
    """A class name in snake case.

    >>> snake("ResidualUnit"), snake("SE"), snake("Conv2DBlock")
    ('residual_unit', 'se', 'conv2d_block')
    """
    pieces: list[str] = []
    for index, char in enumerate(name):
        before = name[index - 1] if index else ""
        after = name[index + 1] if index + 1 < len(name) else ""
        starts = (
            char.isupper()
            and index
            and (before.islower() or (after.islower() and before.isupper()))
        )
        digit_then_word = char.isupper() and before.isdigit() and after.islower()
        if (starts or digit_then_word) and before != "_":
            pieces.append("_")
        pieces.append(char.lower())
    return "".join(pieces)


def dotted_symbol(path: str) -> Symbol | None:
    """What a dotted name stands for: `ops.image.resize`, `layers.Dense`, with or without `keras.` in front."""
    namespace, _, name = path.removeprefix("keras.").rpartition(".")
    return lookup.symbol(namespace, name) if namespace else None


@cache
def is_word(name: str) -> bool:
    """Whether some parameter of Keras takes it as a word."""
    return any(
        lookup.resolve_word(space, name) is not None for space in WORD_NAMESPACES
    ) or domains.is_word(name)


def did_you_mean(names: list[str]) -> str:
    """A help line from suggestions, empty without any."""
    if not names:
        return ""
    *rest, last = [f"`{name}`" for name in names]
    return "did you mean " + (", ".join(rest) + " or " + last if rest else last) + "?"


def own_case_first(name: str, near: list[str]) -> list[str]:
    """Suggestions, classes first for a name in capitals, functions and words first for another."""

    def order(one: str) -> tuple[bool, bool]:
        return plain(one) != plain(name), is_class_name(one) != is_class_name(name)

    return sorted(near, key=order)


SHORT = 3
"""Letters of a name of which every other one is a slip away."""


def mend(span: Span, name: str, near: list[str]) -> Fix | None:
    """The edit that puts the right name in place of a misspelt one, where there is one choice.

    Args:
        span: where the name stands, perhaps in quotes.
        name: as it is written.
        near: suggestions, best first.
    """
    same = [one for one in near if plain(one) == plain(name)]
    alike = [one for one in same if is_class_name(one) == is_class_name(name)]
    own = [one for one in near if is_class_name(one) == is_class_name(name)]
    choices = alike or same or own or near
    slips = [one for one in choices if one_slip(plain(name), plain(one))]
    if len(name) <= SHORT:
        choices = alike or same
    elif len(choices) > 1:
        choices = slips
    if len(choices) != 1 or name not in span.text:
        return None
    return Fix(span, span.text.replace(name, choices[0], 1))


def visible_names(frame: Frame) -> list[str]:
    """All names that are bound where a frame stands."""
    found: list[str] = []
    scope: Scope | None = frame.scope
    while scope is not None:
        found.extend(scope.names)
        scope = scope.outer
    return found


def report_unknown(
    span: Span,
    name: str,
    frame: Frame,
    *,
    called: bool = False,
    own: Iterable[str] = (),
    taker: str = "",
) -> None:
    """A name that nothing binds and Keras does not have: once for each scope, with its other places.

    Args:
        span: where.
        name: the name.
        frame: where it stands.
        called: whether it is called.
        own: words that would be understood there.
        taker: what would understand them, if anything.
    """
    if _is_habit(span, name, frame):
        return
    if "*" in frame.file.tree.lost:
        frame.lose()
        return
    elsewhere = _elsewhere(name)
    if elsewhere:
        frame.report(codes.WRONG_KIND, span, elsewhere[0], help=elsewhere[1])
        return
    known = frame.state.unknown_names
    here = (span, frame.through)
    if known.get((frame.scope_key, name)) == here:
        return  # told in an earlier turn of a loop
    first, _ = known.setdefault((frame.scope_key, name), here)
    bound = [] if called else lookup.closest(name, [*own, *visible_names(frame)], 3)
    candidates = [*own, *(visible_names(frame) if taker else _candidates(name, frame, called))]
    if _lacks_input(name, frame, called) and not bound and not taker:
        candidates = []
    near = bound or own_case_first(name, lookup.closest(name, list(dict.fromkeys(candidates)), 3))
    if OWN in frame.file.tree.lost and is_class_name(name) and not near:
        frame.lose()  # the import that was to bring it was told
        return
    exact = [one for one in own if one.lower() == name.lower()]
    near = [*exact, *(one for one in near if one not in exact)][:3]
    help_, labels = _bound_elsewhere(name, span, frame)
    is_sure = called or bool(bound or own) or is_class_name(name) or bool(_now(name, near))
    fix = _edit(first, name, exact or near, help_) if is_sure else None
    what = "no layer or block is called" if is_class_name(name) and called else "nothing is called"
    frame.report(
        codes.UNKNOWN_NAME,
        first,
        f"{what} `{name}`" + (f", and {taker} takes no such word" if taker else ""),
        help=help_ or _now(name, near) or did_you_mean(near) or _bind_it(name, called),
        labels=[Label(span, f"{name} is used here too")] if span != first else labels,
        fix=fix,
    )
    if fix is not None:
        frame.state.meant[frame.scope_key, name] = fix.text


def meant(name: str, frame: Frame) -> str:
    """What a name surely means that was told to be unknown: the name of a thing that there is; else empty."""
    found = frame.state.meant.get((frame.scope_key, name), "")
    exists = frame.scope.find(found) or layer(found) or function(found)
    return found if found != name and found.isidentifier() and exists else ""


def _edit(span: Span, name: str, near: list[str], help_: str) -> Fix | None:
    """The edit that gives a name its right form, where there is one choice."""
    now = _now(name, near).removeprefix("Keras calls it ")
    if help_ or now:
        return Fix(span, now) if now.isidentifier() and not help_ else None
    return mend(span, name, near)


def _lacks_input(name: str, frame: Frame, called: bool) -> bool:
    """Whether a name seems to be the input that the program does not declare."""
    from dsl.nodes import Input  # noqa: PLC0415 -- only for mistakes

    statements = frame.file.tree.statements
    declared = (
        any(isinstance(one, Input) for one in statements) or "input" in frame.file.tree.unread
    )
    return frame.at_top and not (called or declared or is_class_name(name))


def _is_habit(span: Span, name: str, frame: Frame) -> bool:
    """Whether a name is one of Python, of another library or of another language; then it is told."""
    if name == "positions":
        message, help_ = (
            "positions is a function, and stands alone here",
            "write positions(x), with the ids whose places it numbers",
        )
        frame.report(codes.UNKNOWN_NAME, span, message, help=help_)
    elif name in FOREIGN:
        _report_foreign(span, name, frame)
    elif name in PYTHON:
        message = f"{name} is not part of the language"
        frame.report(codes.NOT_PYTHON, span, message, help=PYTHON[name])
    elif name.lower() in VALUES:
        value = VALUES[name.lower()]
        message, help_ = f"nothing is called `{name}`", f"write {value}"
        frame.report(codes.UNKNOWN_NAME, span, message, help=help_, fix=Fix(span, value))
    else:
        return False
    return True


def _report_foreign(span: Span, name: str, frame: Frame, path: str = "") -> None:
    """A name of another library, with Keras's own of the same name where there is one."""
    own = _own(path)
    if path.rpartition(".")[2].rstrip("0123456789") in {"float", "int", "uint"}:
        own, numbers = "", "write the number itself, or cast(x, float32) for a tensor"
    else:
        numbers = ""
    last = path.rpartition(".")[2]
    is_numpy = FOREIGN[name] == "NumPy" and own not in COMPILE_TIME
    of_numbers = "; of plain numbers, write the result itself" if is_numpy else ""
    numbers = numbers or (TORCH.get(last, "") if FOREIGN[name] == "PyTorch" else "")
    own = "" if numbers else own
    plain = numbers or (
        "functions of Keras stand without a prefix: mean(x, axis=1), ops.image.resize(x, (64, 64))"
    )
    frame.report(
        codes.NOT_PYTHON,
        span,
        f"{name} is not part of a graph: {FOREIGN[name]} is called by Python alone",
        help=f"what is Keras's own stands without a prefix: {own}(…)" + of_numbers
        if own
        else plain,
        fix=Fix(span, own) if own and own == last and not of_numbers else None,
    )


def _own(path: str) -> str:
    """What Keras has under the last name of a path, `reduce_` left out."""
    last = path.rpartition(".")[2]
    for name in (last, last.removeprefix("reduce_")):
        spaces = [space for space in OTHERS if is_class_name(name) and lookup.symbol(space, name)]
        if layer(name) is not None or function(name) is not None or spaces:
            return name
    return ""


def _now(name: str, near: list[str]) -> str:
    """What a layer of older Keras, or of another library, is called here; not where capitals alone differ."""
    if any(plain(one) == plain(name) for one in near):
        return ""
    if name in NOW:
        return f"Keras calls it {NOW[name]}"
    if name in TORCH:
        return TORCH[name]
    plain_name = name.removeprefix("reduce_")
    known = plain_name != name and function(plain_name) is not None
    return f"Keras calls it {plain_name}" if known else ""


def _bound_above(name: str, span: Span, frame: Frame) -> Span | None:
    """The statement above a place that would have bound a name, had it been carried out."""
    from dsl.checker.naming import bindings, walk_statements  # noqa: PLC0415 -- only for mistakes

    if not frame.file.names.is_bound(frame.scope_key, name):
        return None
    block = frame.definition
    body = frame.file.tree.statements if block is None else block.node.body
    plain = set(map(id, body))
    for one in walk_statements(body):
        if id(one) not in plain and one.span.end < span.start and name in bindings(one):
            return one.span
    return None


def _elsewhere(name: str) -> tuple[str, str] | None:
    """What a class of Keras is that is no layer, and where it belongs."""
    for space, (what, help_) in OTHERS.items():
        found = lookup.symbol(space, name) if is_class_name(name) else None
        if found is not None and found.kind == "class":
            return f"{name} is {what}, and no layer", help_.format(name)
    return None


def _bound_elsewhere(name: str, span: Span, frame: Frame) -> tuple[str, list[Label]]:
    """What to do where another line binds the name, or the file around a block; with a label there."""
    block = frame.definition
    if block is not None and name in frame.file.scope.names:
        operands = ", ".join([*(one.name.id for one in block.node.inputs), name])
        return (
            f"a block sees no tensors of its file: give it {name} too, as in {block.words}(…)({operands})",
            [],
        )
    above = _bound_above(name, span, frame)
    if above is not None:
        help_ = f"bind {name} where it is carried out in any case, or in each branch"
        return help_, [Label(above, f"{name} is bound here, and this is not carried out")]
    if not frame.file.names.is_bound(frame.scope_key, name):
        return "", []
    return f"a line below binds {name}: move it up", []


def _bind_it(name: str, called: bool) -> str:
    if is_class_name(name):
        return f"define it (block {name}()(x): …), or import it: from my_module import {name}"
    if called:
        return f"bind it first ({name} = …), or import it: from my_module import {name}"
    return f"bind it first: {name} = …, or declare it: input {name}: […]"


def _candidates(name: str, frame: Frame, called: bool) -> list[str]:
    bound = visible_names(frame)
    if is_class_name(name):
        return [*bound, *lookup.names("layers"), *lookup.names("applications")]
    functions = [*lookup.names("activations"), *lookup.names("ops"), *COMPILE_TIME]
    functions = [one for one in functions if not is_class_name(one)]
    if called:
        return [*bound, *functions, *lookup.names("layers")]
    return [*bound, *functions, *domains.all_words()]


def report_unknown_path(node: nodes.Attribute, path: str, frame: Frame) -> None:
    """A dotted name that Keras does not have."""
    root = path.partition(".")[0]
    method = path.rpartition(".")[2]
    if method in METHODS and root not in FOREIGN:
        frame.report(
            codes.NOT_PYTHON,
            node.span,
            f"{path} is called by Python, not in a graph",
            help=METHODS[method].replace("{x}", root),
        )
        return
    if root in FOREIGN and method not in PYTHON:
        _report_foreign(node.span, root, frame, path)
        return
    if root in FOREIGN or root in PYTHON:
        report_unknown(node.span, method if root in FOREIGN else root, frame)
        return
    namespace, _, name = path.removeprefix("keras.").rpartition(".")
    if name in PYTHON and root in {"keras", "layers"}:
        report_unknown(node.span, name, frame)
        return
    meant, helps = _meant(path)
    if meant:
        said = f"nothing is called `{path}`"
        frame.report(codes.UNKNOWN_NAME, node.span, said, help=helps, fix=Fix(node.span, meant))
        return
    known = lookup.names(namespace)
    if known:
        near = lookup.closest(name, known, 3)
        frame.report(
            codes.UNKNOWN_NAME,
            node.name_span,
            f"keras.{namespace} has no `{name}`",
            help=did_you_mean(near) or "see the functions of Keras in its documentation",
            fix=mend(node.name_span, name, near),
        )
        return
    report_unknown(node.span, root, frame)


def _meant(path: str) -> tuple[str, str]:
    """What a dotted name that is nothing's should be, and the help line that says so; empty where that is not known."""
    root, namespace = path.partition(".")[0], path.removeprefix("keras.").rpartition(".")[0]
    name = path.rpartition(".")[2]
    if dotted_symbol(f"ops.{path}") is not None:
        return f"ops.{path}", f"write the whole path: ops.{path}"
    if lookup.names(namespace):
        return "", ""
    spaces = [space for space in OTHERS if lookup.symbol(space, name) is not None]
    if root == "keras" and (_own(path) or spaces):
        return name, f"what is Keras's own stands without a prefix: {name}"
    tail = _tail(path)
    return tail, did_you_mean([tail] if tail else [])


def _tail(path: str) -> str:
    """The end of a dotted name that stands for something of Keras, where the whole does not: `random.normal` of `ops.random.normal`."""
    parts = path.split(".")
    tails = (".".join(parts[start:]) for start in range(1, len(parts) - 1))
    roots = {"keras", *(one.partition(".")[0] for one in lookup.namespaces())}
    own = parts[-1] if parts[0] in roots and _own(path) else ""
    return next((one for one in tails if dotted_symbol(one) is not None), own)
