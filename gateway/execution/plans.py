"""What is known of an operation without running it: whose data, for whom, how much, how long."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
)
from strawberry.types.field import StrawberryField

from connectors.upkeep.policy import FRESHNESS
from gateway.execution.compiled.plan import read_attribute
from schema.promises import promise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import (
        DocumentNode,
        GraphQLField,
        GraphQLSchema,
        SelectionSetNode,
        ValueNode,
    )

    from resolvers.context import Role

USUAL = 10
"""Items of a list that says nothing of its size."""
MOST = 10**9

Amount: TypeAlias = "int | tuple[str, int]"
"""How many: a number, or a variable and what counts when it is not given."""


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Whether and how long an answer may be given again.

    It says so of answers that are whole: one with errors, or with `extensions.sources`, lacks
    something and is not to be kept, whatever the policy is.
    """

    public: bool
    """False: the answer belongs to one caller and is never kept where another could get it."""
    by_role: bool
    """True: only callers who proved no role at all may share an answer."""
    seconds: float
    """How old an answer may grow: the shortest of all its sources; `inf` if nothing it says can
    grow old, 0 if it is of its moment."""
    by_language: bool
    """The answer differs with the caller's language."""
    sources: frozenset[str]
    """Ports, or keys of connectors, whose change makes the answer old at once."""

    @property
    def keeps(self) -> bool:
        """Whether an answer may be kept for others at all."""
        return self.public and self.seconds > 0


@dataclass(frozen=True, slots=True)
class Cost:
    """A formula: the weights of all fields, each times the sizes of the lists it is in."""

    terms: tuple[tuple[int, tuple[Amount, ...]], ...]

    def of(self, variables: Mapping[str, object]) -> int:
        """What it comes to; page sizes that are no numbers count as what they are by default."""
        return min(MOST, sum(_product(weight, sizes, variables) for weight, sizes in self.terms))

    def __str__(self) -> str:
        grouped: dict[tuple[Amount, ...], int] = {}
        for weight, sizes in self.terms:
            grouped[sizes] = grouped.get(sizes, 0) + weight
        written = (
            " * ".join([str(weight), *(f"${s[0]}" if isinstance(s, tuple) else str(s) for s in at)])
            for at, weight in grouped.items()
        )
        return " + ".join(written) or "0"


@dataclass(frozen=True, slots=True)
class Plan:
    """All of that, of one operation."""

    kind: OperationType
    root_fields: tuple[str, ...]
    """Names of the fields of the root, each once, in the order they stand."""
    roles: frozenset[Role]
    """Roles some field asks for; without them the answer has errors."""
    sources: frozenset[str]
    """Ports, or keys of connectors, that may be asked."""
    cost: Cost
    cache: CachePolicy
    streams: bool
    """It goes on being answered after its first answer."""


def _product(weight: int, sizes: tuple[Amount, ...], variables: Mapping[str, object]) -> int:
    for size in sizes:
        if isinstance(size, tuple):
            name, usual = size
            given = variables.get(name)
            weight *= given if type(given) is int and given >= 0 else usual
        else:
            weight *= size
    return weight


def plan(
    graph: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    written: Mapping[int, int] | None = None,
) -> Plan:
    """The plan of an operation of a validated document, whatever `@skip` and `@include` say.

    `written` has the literals that other texts of its shape write differently, by the identity of
    their nodes: number 3 is a variable called `%3` to the formula of the cost.
    """
    look = _Look(graph, document, operation, written or {})
    root = graph.get_root_type(operation.operation)
    if root is not None:
        look.selection(operation.selection_set, root.name, None, paged=False)
    query = operation.operation is OperationType.QUERY
    return Plan(
        operation.operation,
        tuple(look.roots),
        frozenset(look.roles),
        frozenset(look.sources),
        Cost(tuple(look.terms)),
        CachePolicy(
            public=query and not look.private and not look.roles,
            by_role=look.by_role,
            seconds=look.seconds if query else 0.0,
            by_language=look.by_language,
            sources=frozenset(look.sources),
        ),
        streams=look.streams or operation.operation is OperationType.SUBSCRIPTION,
    )


class _Look:
    """One walk over all that an operation selects; the limits of documents bound it."""

    def __init__(
        self,
        graph: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        written: Mapping[int, int],
    ) -> None:
        self._written = written
        self._graph = graph
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._defaults = {
            each.variable.name.value: each.default_value
            for each in operation.variable_definitions or ()
        }
        self.roots: dict[str, None] = {}
        self.roles: set[Role] = set()
        self.sources: set[str] = set()
        self.terms: list[tuple[int, tuple[Amount, ...]]] = []
        self.private = self.by_role = self.by_language = self.streams = False
        self.seconds = inf

    def selection(
        self,
        selected: SelectionSetNode,
        parent: str,
        sizes: tuple[Amount, ...] | None,
        *,
        paged: bool,
    ) -> None:
        """What is selected on a type, in lists of these sizes; at the root they are None."""
        for each in selected.selections:
            if isinstance(each, FieldNode):
                if sizes is None:
                    self.roots[each.name.value] = None
                self._field(each, parent, sizes or (), paged=paged)
            elif isinstance(each, InlineFragmentNode):
                on = each.type_condition.name.value if each.type_condition else parent
                self.selection(each.selection_set, on, sizes, paged=paged)
            elif isinstance(each, FragmentSpreadNode):
                fragment = self._fragments[each.name.value]
                on = fragment.type_condition.name.value
                self.selection(fragment.selection_set, on, sizes, paged=paged)

    def _field(
        self, node: FieldNode, parent: str, sizes: tuple[Amount, ...], *, paged: bool
    ) -> None:
        kind = self._graph.type_map[parent]
        name = node.name.value
        field = self._graph.get_field(kind, name) if is_composite_type(kind) else None
        if field is None or name == "__typename":
            return
        said = promise(parent, name, field)
        named = get_named_type(field.type)
        if said.role is not None:
            self.roles.add(said.role)
        self.sources.update(said.sources)
        self.private |= said.private
        self.by_role |= said.by_role
        self.streams |= said.streams
        own = [FRESHNESS[source][0] for source in said.sources if source in FRESHNESS]
        self.seconds = min(self.seconds, *own, inf if said.seconds is None else said.seconds)
        # What is worked out by code that sees the caller may be in the caller's language.
        self.by_language |= "lang" in field.args or (named.name != "ID" and sees_caller(field))
        self._count(node, parent, field, sizes, paged=paged)

    def _count(
        self,
        node: FieldNode,
        parent: str,
        field: GraphQLField,
        sizes: tuple[Amount, ...],
        *,
        paged: bool,
    ) -> None:
        said = promise(parent, node.name.value, field)
        leaf = is_leaf_type(get_named_type(field.type))
        usual = 0 if leaf and not _worked_out(field) else 1
        self.terms.append((usual if said.weight is None else said.weight, sizes))
        page = self._page(node, field)
        many = isinstance(get_nullable_type(field.type), GraphQLList)
        if page is not None:
            sizes = (*sizes, page)
        elif many and not paged:
            sizes = (*sizes, USUAL)
        if node.selection_set is not None:
            # A page that is no list itself has its size, and not that of the list inside.
            inner = page is not None and not many
            self.selection(node.selection_set, get_named_type(field.type).name, sizes, paged=inner)

    def _page(self, node: FieldNode, field: GraphQLField) -> Amount | None:
        for name in ("first", "last", "size", "ids"):
            if name not in field.args:
                continue
            given = next((a.value for a in node.arguments or () if a.name.value == name), None)
            usual = field.args[name].default_value
            most = usual if isinstance(usual, int) else USUAL
            if given is None:
                if isinstance(usual, int):
                    return usual
                continue
            return self._amount(given, most)
        return None

    def _amount(self, value: ValueNode, usual: int) -> Amount:
        if isinstance(value, IntValueNode):
            number = self._written.get(id(value))
            return max(0, int(value.value)) if number is None else (f"%{number}", usual)
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, VariableNode):
            default = self._defaults.get(value.name.value)
            if isinstance(default, IntValueNode):
                usual = int(default.value)
            return (value.name.value, usual)
        return usual


def _worked_out(field: GraphQLField) -> bool:
    return field.resolve is not None and read_attribute(field.resolve) is None


def sees_caller(field: GraphQLField) -> bool:
    """Whether the code behind a field may look at who asks."""
    if not _worked_out(field):
        return False
    made = field.extensions.get("strawberry-definition")
    if not isinstance(made, StrawberryField) or made.extensions or made.base_resolver is None:
        return True
    return made.base_resolver.info_parameter is not None
