"""Signatures of what Python defines, from its text: which arguments a class, its call or a function takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from dsl.catalogue import lookup
from dsl.catalogue.lookup import ANY_KEYWORD, KEYWORD, POSITIONAL, REQUIRED, REST, Parameter
from dsl.catalogue.registry import UNKNOWN
from dsl.catalogue.sparse import TRACED
from dsl.checker.python_source import BadModule, Bound, Definition, Function, Module, read
from dsl.checker.values import NOTHING_KNOWN, Parameters, Signature
from dsl.records import Record, Thing, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dsl.catalogue.lookup import Symbol
    from dsl.source import Source, Span

HARMLESS = frozenset({"register_keras_serializable", "final", "runtime_checkable", "wraps"})
"""Decorators that give back what they get, signature and all."""

PREFIXES = ("tensorflow.", "tf.")
"""What may stand before `keras` in the name of a class of Keras."""

NOT_TENSORS = "_allow_non_tensor_positional_args"
"""The attribute by which a layer says that it takes more than tensors by position."""


class Missing(Record):
    """A name that a module does not have: where it was looked for, and the names that are there."""

    module: Module
    names: tuple[str, ...]


class _Class(Record):
    """What a class has, its own or inherited.

    Args:
        init: parameters of its configuration; None where they are not known.
        call: parameters of its call; None where they are not known.
        init_at, call_at: where these are defined.
        is_layer: whether Keras's Layer is among its bases.
        told: whether all its bases could be read.
        mixed: whether its call may take more than tensors by position.
        shapeless: whether it is a layer without a `compute_output_shape`.
        says_shape: whether it is one that says what shape it gives, so that Keras does not trace it.
    """

    init: Parameters | None = None
    call: Parameters | None = None
    init_at: Span | None = None
    call_at: Span | None = None
    is_layer: bool = False
    told: bool = False
    mixed: bool = False
    shapeless: bool = False
    says_shape: bool = False


_UNTOLD = _Class()
_MODEL = _Class(is_layer=True, told=True)
_Found: TypeAlias = "tuple[Module, Bound] | Symbol | str | None"


class Library(Thing):
    """The modules of Python that a program imports from.

    Args:
        load: the text of a module by its name; None where there is none to read.
        modules: those that were read; None for those that could not be.
        bad: why a module could not be read, until it is told.
    """

    load: Callable[[str], Source | None]
    modules: dict[str, Module | None] = field(default_factory=dict)
    bad: dict[str, tuple[Source, BadModule]] = field(default_factory=dict)

    def module(self, name: str) -> Module | None:
        """A module by its name; None where it cannot be read."""
        if name not in self.modules:
            self.modules[name] = None
            source = self.load(name)
            if source is not None:
                try:
                    self.modules[name] = read(name, source)
                except BadModule as problem:
                    self.bad[name] = (source, problem)
        return self.modules[name]

    def signature(self, module_name: str, name: str) -> Signature | Missing:
        """What is known of a name that a graph imports."""
        module = self.module(module_name)
        if module is None:
            return NOTHING_KNOWN
        if name not in module.bound and not module.stars:
            inside = self.load(f"{module_name}.{name}") if module.is_package else None
            return NOTHING_KNOWN if module.open or inside else Missing(module, _public(module))
        found = self._find(module, name, frozenset())
        if not isinstance(found, tuple):
            return NOTHING_KNOWN
        home, bound = found
        match bound.value:
            case ast.ClassDef() as node if _is_plain(node.decorator_list):
                return _of_class(self._class(home, node, frozenset()))
            case ast.ClassDef():
                return Signature("class")
            case ast.FunctionDef() as node if _is_plain(node.decorator_list):
                return Signature("function", parameters_of(node.args), at=home.head(node))
            case ast.FunctionDef():
                return Signature("function")
            case ast.Lambda() as node:
                return Signature("function", parameters_of(node.args))
        return NOTHING_KNOWN

    def _find(self, module: Module, name: str, seen: frozenset[tuple[str, str]]) -> _Found:
        """Where a name is bound once and for all: through imports and `A = B`; a symbol where Keras has it."""
        bound = module.only(name)
        key = (module.name, name)
        if key in seen:
            return None
        if name not in module.bound:
            return self._among_stars(module, name, seen | {key})
        if bound is None:
            return None
        if bound.imported is None:
            path = _dotted(bound.value) if isinstance(bound.value, ast.expr) else ""
            return self._path(module, path, seen | {key}) if path else (module, bound)
        written, member = bound.imported
        target = module.absolute(written)
        if _of_keras(f"{target}.{member}"):
            return _symbol(f"{target}.{member}")
        there = self.module(target) if member else None
        return None if there is None else self._find(there, member, seen | {key})

    def _among_stars(self, module: Module, name: str, seen: frozenset[tuple[str, str]]) -> _Found:
        """Where `from … import *` gets a name from: of several such imports the last that has it."""
        for written in module.stars:
            target = module.absolute(written)
            if _of_keras(f"{target}.{name}"):
                if symbol := _symbol(f"{target}.{name}"):
                    return symbol
                continue
            there = self.module(target)
            if there is None or there.open or name in there.bound:
                return None if there is None else self._find(there, name, seen)
        return None

    def _path(self, module: Module, path: str, seen: frozenset[tuple[str, str]]) -> _Found:
        """What a dotted name stands for within a module."""
        first, _, rest = path.partition(".")
        if not rest:
            return self._find(module, first, seen)
        bound = module.only(first)
        if bound is None or bound.imported is None:
            return None
        target = ".".join(
            part for part in (module.absolute(bound.imported[0]), bound.imported[1]) if part
        )
        if _of_keras(f"{target}.{rest}"):
            return _symbol(f"{target}.{rest}")
        home, _, member = f"{target}.{rest}".rpartition(".")
        there = self.module(home)
        return None if there is None else self._find(there, member, seen)

    def _class(self, module: Module, node: ast.ClassDef, seen: frozenset[int]) -> _Class:
        """A class with what it inherits."""
        if id(node) in seen or node.keywords or not _is_plain(node.decorator_list):
            return _UNTOLD
        base = self._bases(module, node, seen | {id(node)})
        methods, others = _members(node)
        attributes = (one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute))
        own = replace(base, mixed=base.mixed or NOT_TENSORS in attributes)
        if "__init__" in methods:
            init = methods["__init__"]
            own = replace(own, init=_configuration(init, base), init_at=module.head(init))
        if "compute_output_shape" in methods.keys() | others:
            own = replace(own, shapeless=False)
        if base.is_layer and {"compute_output_shape", "compute_output_spec"} & methods.keys():
            own = replace(own, says_shape=True)
        call = methods.get("call" if base.is_layer else "__call__")
        if call is not None:
            parameters = _without_self(call) if base.told else None
            own = replace(own, call=parameters, call_at=module.head(call))
        if "__new__" in (names := methods.keys() | others) or "__init__" in others:
            own = replace(own, init=None)
        if ("__call__" in names and base.is_layer) or {"call", "__call__"} & others:
            own = replace(own, call=None)
        return own

    def _bases(self, module: Module, node: ast.ClassDef, seen: frozenset[int]) -> _Class:
        """What the one base of a class has; nothing is known where there are several."""
        paths = [_dotted(one) for one in node.bases]
        if paths in ([], ["object"]):
            return _Class(init=(), told=True)
        if len(paths) != 1 or not paths[0]:
            return _UNTOLD
        found = self._path(module, paths[0], frozenset())
        match found:
            case lookup.Symbol():
                return _of_symbol(found)
            case "Model":
                return _MODEL
            case (Module() as home, Bound(value=ast.ClassDef() as inner)):
                return self._class(home, inner, seen)
        return _UNTOLD


def _of_class(found: _Class) -> Signature:
    only, call = found.is_layer and not found.mixed, found.call
    if call is not None and found.is_layer and all(one.name != "training" for one in call):
        call = (*call, Parameter("training", KEYWORD, None))  # every layer takes it
    return Signature(
        "class",
        found.init,
        call,
        is_layer=found.is_layer,
        tensors_only=only,
        shapeless=found.shapeless,
        says_shape=found.says_shape,
        at=found.init_at,
        called_at=found.call_at,
    )


def _of_symbol(symbol: Symbol) -> _Class:
    """A class of Keras as the base of another one."""
    if symbol.kind != "class":
        return _UNTOLD
    unlisted = tuple(Parameter(name, KEYWORD, None) for name in symbol.unlisted)
    abstract = any(one.kind == REST for one in symbol.call_parameters)
    call = None if abstract or not symbol.is_layer else symbol.call_parameters
    own = (*symbol.parameters, *unlisted)
    return _Class(
        own,
        call,
        is_layer=symbol.is_layer,
        told=True,
        shapeless=symbol.key == "Layer",
        says_shape=symbol.is_layer and symbol.key not in TRACED,
    )


def _members(node: ast.ClassDef) -> tuple[dict[str, Function], set[str]]:
    """The plain methods of a class by name, and whatever else its body binds."""
    methods: dict[str, Function] = {}
    others: set[str] = set()
    for one in node.body:
        if isinstance(one, Function) and one.name not in methods and not one.decorator_list:
            methods[one.name] = one
        elif isinstance(one, Definition):
            others.add(one.name)
        else:
            others |= {part.id for part in ast.walk(one) if isinstance(part, ast.Name)}
            others |= {part.name for part in ast.walk(one) if isinstance(part, Definition)}
    return methods, others


# ---- parameters


def parameters_of(args: ast.arguments) -> Parameters:
    """The parameters of a function, with those defaults that are literals."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    found = [
        Parameter(one.arg, POSITIONAL, REQUIRED if default is None else _literal(default))
        for one, default in zip(positional, defaults, strict=True)
    ]
    if args.vararg is not None:
        found.append(Parameter(args.vararg.arg, REST, UNKNOWN))
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        found.append(
            Parameter(one.arg, KEYWORD, REQUIRED if default is None else _literal(default))
        )
    if args.kwarg is not None:
        found.append(Parameter(args.kwarg.arg, ANY_KEYWORD, UNKNOWN))
    return tuple(found)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN


def _without_self(function: Function) -> Parameters | None:
    """The parameters of a method as a call of it gives them; None where it has no `self` to leave out."""
    found = parameters_of(function.args)
    return found[1:] if found and found[0].kind == POSITIONAL else None


def _configuration(init: Function, base: _Class) -> Parameters | None:
    """What a class is configured with: its own parameters, and what `**kwargs` hands on to its base."""
    own = _without_self(init)
    rest = init.args.kwarg.arg if init.args.kwarg is not None else ""
    if own is None or not rest or base.init is None:
        return own
    handed = _handed_on(init, rest)
    if handed is None:
        return own
    by_position, by_name = handed
    names = {one.name for one in own} | by_name
    places = [one.name for one in base.init if one.kind == POSITIONAL]
    names |= set(places[:by_position])
    inherited = [
        one if one.kind in {ANY_KEYWORD, KEYWORD} else Parameter(one.name, KEYWORD, one.default)
        for one in base.init
        if one.name not in names and one.kind != REST
    ]
    return (*own[:-1], *inherited)


def _handed_on(init: Function, rest: str) -> tuple[int, set[str]] | None:
    """What `super().__init__(…, **kwargs)` gives besides: how many by position, which by name.

    None where `kwargs` is used in another way too: then it may hold anything.
    """
    uses = [one for one in ast.walk(init) if isinstance(one, ast.Name) and one.id == rest]
    for one in init.body:
        if not isinstance(one, ast.Expr) or not isinstance(one.value, ast.Call):
            continue
        call = one.value
        spread = [key.value for key in call.keywords if key.arg is None]
        starred = any(isinstance(arg, ast.Starred) for arg in call.args)
        if _is_super_init(call.func) and spread == uses and len(uses) == 1 and not starred:
            return len(call.args), {key.arg for key in call.keywords if key.arg is not None}
    return None


def _is_super_init(node: ast.expr) -> bool:
    """Whether it is `super().__init__`, in its short form or its long one."""
    match node:
        case ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super"))):
            return True
    return False


# ---- names


def _dotted(node: ast.AST | None) -> str:
    """`a.b.c` as text; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = _dotted(value)
            return f"{before}.{name}" if before else ""
    return ""


def _of_keras(path: str) -> bool:
    return _plain(path).startswith("keras.")


def _plain(path: str) -> str:
    for prefix in PREFIXES:
        path = path.removeprefix(prefix)
    return path


def _symbol(path: str) -> Symbol | str | None:
    """What Keras has under a full path: `keras.layers.Layer`, or `keras.Layer`; a model as the word `Model`."""
    inside = _plain(path).removeprefix("keras.")
    if inside in {"Model", "models.Model"}:
        return "Model"
    namespace, _, name = inside.rpartition(".")
    return lookup.symbol(namespace or "layers", name)


def _is_plain(decorators: Iterable[ast.expr]) -> bool:
    """Whether decorators leave a definition as it is."""
    called = [one.func if isinstance(one, ast.Call) else one for one in decorators]
    return all(_dotted(one).rpartition(".")[2] in HARMLESS for one in called)


def _public(module: Module) -> tuple[str, ...]:
    return tuple(name for name in module.bound if not name.startswith("_"))
