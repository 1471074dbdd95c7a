"""The plan of an operation: every field that can come, with all that is known before it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLField,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_specified_scalar_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import VariableNode
from graphql.type.introspection import TypeNameMetaFieldDef
from strawberry.types.field import StrawberryField

from gateway.execution.compiled.direct import Direct, direct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphql import FieldNode, GraphQLFieldResolver, OperationDefinitionNode, ValueNode
    from graphql.execution import Executor

    from gateway.execution.slots import Slots

MOST_OBJECTS = 400
"""Selections on object types one plan holds; what lies below more of them is interpreted."""

IMMUTABLE = frozenset({str, int, float, bool, type(None)})


@dataclass(slots=True, eq=False)
class FieldPlan:
    """A field at one place of the operation."""

    response_name: str
    name: str
    parent: GraphQLObjectType
    definition: GraphQLField
    details: FieldDetailsList
    resolve: GraphQLFieldResolver | None
    """What the schema says; None is the resolver given for the whole execution."""
    attribute: str | None
    """The attribute of the source that is the value, where no resolver has a say."""
    arguments: dict[str, Any] | None
    """The arguments if they are the same in every run; None if they must be read each time."""
    steady: bool
    """Whether reading the arguments twice in one run gives the same."""
    objects: dict[str, ObjectPlan] = field(default_factory=dict)
    """What is selected on each object type this field may lead to."""
    slot: int | None = None
    """Which of the run's names this field has, if texts of this shape name it differently."""
    written: bool = False
    """Whether its arguments hold literals that texts of this shape write differently."""
    read: tuple[tuple[str, int, Any], ...] | None = None
    """(argument, literal, type) of such arguments, if reading them needs no more than that."""
    base: dict[str, Any] = field(default_factory=dict)
    """All arguments as the plan's own text has them, in their order."""
    direct: Direct | None = None
    """The function behind its resolver, where nothing stands between."""

    @property
    def type(self) -> GraphQLOutputType:
        """The declared type."""
        return self.definition.type

    @property
    def nodes(self) -> list[FieldNode]:
        """The nodes of the document that asked for this field."""
        return [one.node for one in self.details]

    @property
    def is_typename(self) -> bool:
        """Whether this is `__typename`."""
        return self.definition is TypeNameMetaFieldDef


@dataclass(slots=True, eq=False)
class ObjectPlan:
    """What is selected on an object type at one place of the operation."""

    number: int
    type: GraphQLObjectType
    fields: list[FieldPlan] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Plan:
    """All that is known of an operation before it runs."""

    operation: OperationDefinitionNode
    root: ObjectPlan
    objects: list[ObjectPlan]
    whole: bool
    """Whether every selection is in the plan."""
    meaning: list[tuple[object, str, object]]
    """(thing, attribute, value) of the schema that the plan was made from."""

    def fields(self) -> Iterator[FieldPlan]:
        """Every field, objects first come first."""
        for each in self.objects:
            yield from each.fields

    def holds(self) -> bool:
        """Whether the schema still says what the plan was made from."""
        return all(getattr(thing, name) is value for thing, name, value in self.meaning)


class Planner:
    """Makes the plan of the operation an executor was built for.

    The conditions of `@skip` and `@include` are read from the executor's variables: a plan is for
    one choice of them. Raises what collecting fields raises.
    """

    def __init__(
        self, executor: Executor[Any], *, default_resolver: bool, slots: Slots | None = None
    ) -> None:
        self._slots = slots
        self._schema: GraphQLSchema = executor.schema
        self._fragments: dict[str, FragmentDetails] = executor.fragments
        self._variables: VariableValues = executor.variable_values
        self._operation = executor.operation
        self._hide = executor.hide_suggestions
        self._default = default_resolver
        self._objects: list[ObjectPlan] = []
        self._whole = True
        self._meaning: dict[tuple[int, str], tuple[object, str, object]] = {}

    def plan(self, root_type: GraphQLObjectType) -> Plan:
        """The plan, from the root type of the operation down."""
        collected = collect_fields(
            self._schema,
            self._fragments,
            self._variables,
            root_type,
            self._operation,
            self._hide,
        )
        root = self._object(root_type, collected.grouped_field_set)
        meaning = list(self._meaning.values())
        return Plan(self._operation, root, self._objects, self._whole, meaning)

    def _object(self, kind: GraphQLObjectType, selected: GroupedFieldSet) -> ObjectPlan:
        made = ObjectPlan(len(self._objects), kind)
        self._objects.append(made)
        for response_name, details in selected.items():
            definition = self._schema.get_field(kind, details[0].node.name.value)
            if definition is not None:
                made.fields.append(self._field(kind, response_name, details, definition))
        return made

    def _field(
        self,
        parent: GraphQLObjectType,
        response_name: str,
        details: FieldDetailsList,
        definition: GraphQLField,
    ) -> FieldPlan:
        node = details[0].node
        self._remember(definition, "resolve")
        self._remember(definition, "type")
        bare = not definition.args and not node.arguments
        attribute = None
        if bare and definition.resolve is None and self._default:
            attribute = node.name.value
        elif bare and definition.resolve is not None:
            attribute = read_attribute(definition.resolve)
        made = FieldPlan(
            response_name,
            node.name.value,
            parent,
            definition,
            details,
            definition.resolve,
            attribute,
            {} if bare else self._arguments(definition, node),
            all(_steady(argument.type) for argument in definition.args.values()),
        )
        made.direct = direct(definition)
        if self._slots is not None:
            made.slot = self._slots.names.get(response_name)
            self._with_literals(made, node, self._slots)
        named = get_named_type(definition.type)
        if is_object_type(named):
            self._below(made, named)
        elif is_abstract_type(named):
            self._remember(named, "resolve_type")
            for possible in self._schema.get_possible_types(named):
                self._below(made, possible)
        else:
            self._remember(named, "coerce_output_value")
        return made

    def _with_literals(self, made: FieldPlan, node: FieldNode, slots: Slots) -> None:
        """Arguments in which literals stand that are other ones in other texts."""
        places = {
            argument.name.value: slots.values.get(id(argument.value))
            for argument in node.arguments or ()
            if slots.within(argument.value)
        }
        if not places:
            return
        made.written = True
        made.arguments = None
        args = made.definition.args
        whole = all(
            place is not None and _is_plain(args[name].type) for name, place in places.items()
        )
        others = [one for one in node.arguments or () if one.name.value not in places]
        if not whole or any(_varies(one.value) for one in others) or not made.steady:
            return
        base = self._arguments(made.definition, node)
        if base is not None:
            named = {name: args[name].out_name or name for name in places}
            made.read = tuple(
                (named[name], place, args[name].type)
                for name, place in places.items()
                if place is not None
            )
            made.base = base

    def _below(self, made: FieldPlan, kind: GraphQLObjectType) -> None:
        if len(self._objects) >= MOST_OBJECTS:
            self._whole = False
            return
        self._remember(kind, "is_type_of")
        collected = collect_subfields(
            self._schema,
            self._fragments,
            self._variables,
            self._operation,
            kind,
            made.details,
            self._hide,
        )
        made.objects[kind.name] = self._object(kind, collected.grouped_field_set)

    def _remember(self, thing: object, name: str) -> None:
        value = getattr(thing, name)
        # A method is a new thing whenever one looks.
        if not hasattr(value, "__self__"):
            self._meaning[id(thing), name] = (thing, name, value)

    def _arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Any] | None:
        """The arguments, if reading them again would give the same."""
        if any(not _steady(argument.type) for argument in definition.args.values()) or any(
            _varies(argument.value) for argument in node.arguments or ()
        ):
            return None
        try:
            found = get_argument_values(definition, node, self._variables, None, self._hide)
        except Exception:  # noqa: BLE001 - whatever it is, the field says it when it is asked for
            return None
        if all(type(value) in IMMUTABLE or isinstance(value, Enum) for value in found.values()):
            return found
        return None


def _steady(kind: Any) -> bool:
    """Whether reading a value of this input type gives the same each time, by nobody's code."""
    named = get_named_type(kind)
    return is_specified_scalar_type(named) or is_enum_type(named)


def _is_plain(kind: GraphQLInputType) -> bool:
    """Whether a value of this type is one of a specified scalar, and no list."""
    plain = get_nullable_type(kind)
    return isinstance(plain, GraphQLScalarType) and is_specified_scalar_type(plain)


def _varies(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    parts = [*getattr(value, "values", ()), *(one.value for one in getattr(value, "fields", ()))]
    return any(_varies(part) for part in parts)


def read_attribute(resolve: Callable[..., Any]) -> str | None:
    """The attribute a resolver of Strawberry reads when it does nothing else, else None."""
    if not getattr(resolve, "_is_default", False) or resolve.__name__ != "_get_basic_result":
        return None
    names, cells = resolve.__code__.co_freevars, resolve.__closure__ or ()
    if names != ("field",):
        return None
    of = cells[0].cell_contents
    plain = (
        isinstance(of, StrawberryField)
        and type(of).get_result is StrawberryField.get_result
        and of.default_resolver is getattr
        and of.is_basic_field
        and of.python_name.isidentifier()
    )
    return of.python_name if plain else None


def unwrapped(kind: GraphQLOutputType) -> GraphQLOutputType:
    """The type without `!`."""
    return kind.of_type if is_non_null_type(kind) else kind


def looks_at_info(kind: GraphQLOutputType) -> bool:
    """Whether completing a value of this type calls something that is given `info`."""
    kind = unwrapped(kind)
    if is_list_type(kind):
        return looks_at_info(kind.of_type)
    if is_object_type(kind):
        return kind.is_type_of is not None
    return is_abstract_type(kind)
