"""The module as a whole: which names stand where, which functions there are, in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl import nodes
from dsl.checker.naming import children
from dsl.checker.newer import needed
from dsl.checker.values import BlockDefinition, InputRecord, PythonObject, is_constant
from dsl.emit import plan
from dsl.emit.literals import literal, safe_name
from dsl.shapes.dtypes import is_float
from dsl.translate import data, training
from dsl.translate.comments import Comments
from dsl.translate.expressions import Expressions
from dsl.translate.functions import Functions
from dsl.translate.inputs import Inputs
from dsl.translate.scopes import (
    OWN,
    Names,
    Place,
    all_variables,
    bound_in,
    function_name,
    names_for,
)
from dsl.translate.statements import Statements
from dsl.translate.survey import Survey
from dsl.version import __version__

if TYPE_CHECKING:
    from dsl.checker.frame import State
    from dsl.checker.scope import File
    from dsl.graph import Program
    from dsl.source import Source


class Builder:
    """Builds the plan of a script."""

    def __init__(self, program: Program, source: Source) -> None:
        """Decide all names before anything is translated."""
        self.program = program
        self.source = source
        self.state: State = program.state
        self.facts = program.facts
        self.uses: set[str] = set()
        self.imports: set[str] = set()
        self.survey = Survey(self.state)
        self.main = next(file for file in self.state.files.values() if file.is_main)
        self._comments = {id(file): Comments(file.tree) for file in self.state.files.values()}
        self._variables = all_variables(self.state.files.values())
        self.functions: dict[int, str] = {}
        self._block_names: dict[int, Names] = {}
        self._regions: dict[int, dict[int, int]] = {}
        self._name_functions()
        self._outside = self._name_outside()
        self._python: dict[tuple[str, str], str] = {}
        self._constants: dict[str, dict[str, str]] = {}
        self._literal_constants: set[tuple[str, str]] = set()
        for file in self._files():
            self._constants[file.tree.source.name] = self._name_constants(file)
        self.top = self._top_names()
        self.expressions = Expressions(self)
        self.statements = Statements(self)
        self.inputs = Inputs(self)
        self.position_ranks = self.state.position_ranks
        self.output_variables: dict[str, plan.Expr] = {}

    # ---- names

    def _files(self) -> list[File]:
        """Imported files first, the main one last."""
        return [*(one for one in self.state.files.values() if not one.is_main), self.main]

    def _name_functions(self) -> None:
        taken = set(self._variables)
        for use in self.survey.uses.values():
            name = function_name(use.definition, taken)
            taken.add(name)
            self.functions[id(use.definition)] = name

    def _module_names(self) -> set[str]:
        return {*self.functions.values()}

    def _name_outside(self) -> dict[str, str]:
        taken = self._module_names()
        found: dict[str, str] = {}
        for name in sorted(self.state.outside_used):
            wanted = name if name not in self._variables else f"{name}_given"
            found[name] = safe_name(wanted, taken)
            taken.add(found[name])
        return found

    def outside_name(self, name: str) -> str:
        """The constant that holds an outside value."""
        return self._outside[name]

    def _name_constants(self, file: File) -> dict[str, str]:
        """The values of a file that stand at module level, by source name."""
        taken = {*self._module_names(), *self._outside.values()}
        taken |= {name for named in self._constants.values() for name in named.values()}
        found: dict[str, str] = {}
        for statement in file.tree.statements:
            name, value = _constant(statement)
            if not name or value is None or not file.names.bound_once(0, name):
                continue
            binding = file.scope.names.get(name)
            if binding is None or not is_constant(binding.value) or self._grows(binding.value):
                continue
            pure = self._is_pure(value, found, file)
            if not pure and name not in file.visible.names:
                continue
            if not pure and not self._read_by_blocks(name, file):
                continue
            if not pure:
                self._literal_constants.add((file.tree.source.name, name))
            found[name] = safe_name(name, taken)
            taken.add(found[name])
        for statement in file.tree.statements:
            if isinstance(statement, nodes.Import) and statement.path is not None:
                self._import_constants(statement, file, found)
        return found

    def _grows(self, value: Any) -> bool:
        """Whether `+=` appends to a list: at module level it would grow with every model."""
        return any(value is one for one in self.state.grown)

    def _import_constants(self, statement: nodes.Import, file: File, found: dict[str, str]) -> None:
        for one in statement.names:
            binding = file.scope.names.get(one.alias.id)
            if binding is None or not is_constant(binding.value):
                continue
            for other in self._files():
                named = self._constants.get(other.tree.source.name, {})
                if (
                    other.scope.names.get(one.name.id) is not None
                    and one.name.id in named
                    and other is not file
                ):
                    found[one.alias.id] = named[one.name.id]

    def _is_pure(self, node: nodes.Expr, known: dict[str, str], file: File) -> bool:
        """Whether a value is reckoned from literals and other constants of the module alone."""
        if isinstance(node, nodes.Chain | nodes.Attribute):
            return False
        if isinstance(node, nodes.Name):
            return node.id in known or file.scope.names.get(node.id) is None
        if isinstance(node, nodes.Comprehension | nodes.DictComprehension):
            return False
        return all(self._is_pure(child, known, file) for child in children(node))

    def _read_by_blocks(self, name: str, file: File) -> bool:
        from dsl.translate.reading import names_read  # noqa: PLC0415

        return any(
            name in names_read(one.body)
            for one in file.tree.statements
            if isinstance(one, nodes.Block)
        )

    def _top_names(self) -> Names:
        taken = {*self._module_names(), *self._outside.values()}
        constants = self._constants[self.main.tree.source.name]
        taken |= {name for named in self._constants.values() for name in named.values()}
        bound = [name for name in bound_in(self.main.tree.statements) if name not in constants]
        imported = self._imported_names(self.main)
        bound = [
            name for name in bound if name not in imported and not self._is_block(name, self.main)
        ]
        return names_for(bound, {**imported, **constants}, taken)

    def _is_block(self, name: str, file: File) -> bool:
        binding = file.scope.names.get(name)
        return (
            binding is not None
            and isinstance(binding.value, BlockDefinition)
            and binding.kind == "block"
        )

    def _imported_names(self, file: File) -> dict[str, str]:
        """What a file imports from Python, by the names it gives them."""
        found = {}
        for statement in file.tree.statements:
            if isinstance(statement, nodes.Import) and statement.path is None:
                for one in statement.names:
                    name = safe_name(one.alias.id, self._module_names())
                    renamed = "" if name == one.name.id else f" as {name}"
                    self.imports.add(f"from {statement.module} import {one.name.id}{renamed}")
                    found[one.alias.id] = name
        return found

    def imported(self, thing: PythonObject) -> str:
        """The name of something imported from Python."""
        return thing.name

    def block_names(self, definition: BlockDefinition) -> Names:
        """The names of a block's function."""
        if id(definition) not in self._block_names:
            self._block_names[id(definition)] = self._names_of(definition)
        return self._block_names[id(definition)]

    def _names_of(self, definition: BlockDefinition) -> Names:
        node = definition.node
        file = definition.file
        outer = {**self._imported_names(file), **self._constants[file.tree.source.name]}
        for shared in self.survey.of(definition).shared:
            outer[shared] = self.shared_name(shared)
        sizes = [
            size.id
            for one in node.inputs
            if one.type is not None
            for size in one.type.dims
            if isinstance(size, nodes.Name) and size.id not in outer
        ]
        parameters = [one.name.id for one in (*node.inputs, *node.parameters)]
        taken = {*OWN, *self._module_names(), *self._outside.values(), *outer.values()}
        return names_for([*parameters, *sizes, *bound_in(node.body)], outer, taken)

    def parameter_names(self, definition: BlockDefinition) -> dict[str, str]:
        """From a block's parameters to those of its function."""
        return self.block_names(definition).own

    input_names = parameter_names

    def shared_name(self, name: str) -> str:
        """The variable of a shared layer at top level."""
        return self.top.own.get(name, name)

    def function_of(self, name: str, place: Place) -> str:
        """The function of a block that a name stands for; empty where it is none."""
        binding = place.file.scope.names.get(name)
        if binding is None or not isinstance(binding.value, BlockDefinition):
            return ""
        return self.functions.get(id(binding.value), "")

    def safe(self, name: str) -> str:
        """A name that Python can bind."""
        return safe_name(name, self._module_names())

    def is_constant(self, name: str, file: File) -> bool:
        """Whether a value of a file stands at module level."""
        return name in self._constants[file.tree.source.name]

    def is_record(self, node: nodes.Expr, place: Place) -> bool:
        """Whether an expression stands for a record of inputs."""
        if not isinstance(node, nodes.Name):
            return False
        binding = place.file.scope.names.get(node.id)
        return binding is not None and isinstance(binding.value, InputRecord)

    def comments_of(self, file: File) -> Comments:
        """The comments of a file."""
        return self._comments[id(file)]

    # ---- outputs

    def name_output(self, name: nodes.Name, place: Place) -> list[plan.Statement]:
        """Where a tensor becomes an output: an Identity gives it its name, unless its layer bears it."""
        endpoint = next(
            (one for one in self.program.outputs if one.name == name.id and one.span == name.span),
            None,
        )
        if endpoint is None or place.definition is not None:
            return []
        variable = plan.Raw(place.names.python(name.id) or name.id, span=name.span)
        if name.id not in self.state.identities:
            if self.main.names.bound_once(0, name.id):
                self.output_variables[name.id] = variable
                return []
            kept = place.names.fresh(f"{variable.text}_output")
            self.output_variables[name.id] = plan.Raw(kept)
            return [plan.Assign(plan.Raw(kept), variable, span=name.span)]
        self.uses.add("layers")
        kept = place.names.fresh(f"{variable.text}_output")
        settings = (
            plan.Keyword("name", literal(name.id)),
            *self._uncast(endpoint.tensor.type.dtype),
        )
        layer = plan.Call(plan.Raw("layers.Identity"), settings, span=name.span)
        self.output_variables[name.id] = plan.Raw(kept)
        return [
            plan.Assign(
                plan.Raw(kept), plan.Call(layer, (variable,), span=name.span), span=name.span
            )
        ]

    def _uncast(self, dtype: str | None) -> list[plan.Keyword]:
        """What keeps the dtype of what an Identity names: only floats are cast."""
        if dtype is None:
            return [plan.Keyword("autocast", plan.Raw("False"))]
        policy = self.state.policy.compute
        return (
            [plan.Keyword("dtype", literal(dtype))] if is_float(dtype) and dtype != policy else []
        )

    # ---- the module

    def module(self) -> plan.Module:
        """The whole plan."""
        doc, head = self.comments_of(self.main).head(_first(self.main))
        functions = Functions(self)
        self._regions[id(self.main)] = self.comments_of(self.main).regions(
            self.main.tree.statements, head
        )
        constants = self._constant_statements()
        blocks = tuple(functions.define(use) for use in self.survey.uses.values())
        build = functions.build_model()
        trained = training.plan_training(self)
        return plan.Module(
            name=self.program.name,
            source_name=self.source.name.replace("\\", "/").rpartition("/")[2],
            source_hash=_hash(self.source.text),
            version=__version__,
            doc=tuple(doc),
            imports=tuple(sorted(self.imports)),
            uses=tuple(sorted(self.uses)),
            constants=constants,
            functions=blocks,
            build=build,
            inputs=data.inputs(self.program),
            outputs=data.outputs(self.program),
            training=trained,
            needs=needed(self.program),
            source_path=self.source.name,
        )

    def region(self, statement: nodes.Statement, file: File) -> int:
        """Where the comments before a statement of a file's top level begin."""
        if id(file) not in self._regions:
            comments = self.comments_of(file)
            self._regions[id(file)] = comments.regions(file.tree.statements, 0)
        return self._regions[id(file)][id(statement)]

    def _constant_statements(self) -> tuple[plan.Statement, ...]:
        found: list[plan.Statement] = []
        for name, python in self._outside.items():
            value = self.state.outside.get(name, self.state.outside_defaults.get(name))
            found.append(plan.Assign(plan.Raw(python), literal(_plain(value))))
        for file in self._files():
            found += self._constants_of(file)
        return tuple(found)

    def _constants_of(self, file: File) -> list[plan.Statement]:
        found: list[plan.Statement] = []
        names = self._constants[file.tree.source.name]
        place = Place(Names(outer=names), file, hoists=False)
        comments = self.comments_of(file)
        for statement in file.tree.statements:
            name, value = _constant(statement)
            at, start, end = self.region(statement, file), statement.span.start, statement.span.end
            if isinstance(statement, nodes.Import | nodes.OutsideDefault):
                after = comments.after(end)
                found += comments.all(at, after.span.end if after else end)
            elif name in names and value is not None:
                found += comments.between(at, start)
                literally = (file.tree.source.name, name) in self._literal_constants
                made = (
                    literal(_plain(file.scope.names[name].value))
                    if literally
                    else self.expressions.translate(value, place)
                )
                if not (isinstance(made, plan.Raw) and made.text == names[name]):
                    after = comments.after(end)
                    found.append(
                        plan.Assign(
                            plan.Raw(names[name]),
                            made,
                            span=statement.span,
                            comment=after.text if after else "",
                        )
                    )
        return found


def _constant(statement: nodes.Statement) -> tuple[str, nodes.Expr | None]:
    match statement:
        case nodes.Const():
            return statement.name.id, statement.value
        case nodes.Assign(target=nodes.Name() as name) if not statement.types:
            return name.id, statement.value
    return "", None


def _plain(value: Any) -> Any:
    """A value without the checker's own kinds of strings."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    return value


def _hash(text: str) -> str:
    from hashlib import sha256  # noqa: PLC0415 -- only where something is emitted

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _first(file: File) -> int:
    """Where the first statement of a file starts."""
    return file.tree.statements[0].span.start if file.tree.statements else 0
