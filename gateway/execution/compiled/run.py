"""One run of a compiled operation: an executor that is not built, but begins with what is known.

Most runs need nothing but the function and a few values. What an executor has beyond that is made
when it is asked for: lists of errors, of coroutines, what graphql-core's own methods want.
"""

from __future__ import annotations

from asyncio import CancelledError, Future
from collections.abc import Awaitable, Callable, Mapping
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    Node,
    OperationDefinitionNode,
    default_field_resolver,
    default_type_resolver,
    parse,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import VariableValues
from graphql.pyutils import RefMap, is_awaitable
from graphql.type import GraphQLResolveInfoHelpers
from graphql.type.directives import GraphQLDisableErrorPropagationDirective

from gateway.execution.compiled.executor import FairCompiled
from gateway.execution.compiled.kinds import refresh
from gateway.execution.executor import PLAIN
from gateway.execution.slots import pairs

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLSchema

    from gateway.execution.compiled.program import Program
    from gateway.execution.slots import Slots


class Told(GraphQLResolveInfo[Any]):
    """What a resolver is told, when the program was made of another text of the same shape.

    Nodes are those of the text that was sent; it is parsed when somebody looks at them.
    """

    @property
    def run(self) -> Run:
        """The run it is told in."""
        found: Run = self.is_awaitable.__self__  # type: ignore[attr-defined]
        return found

    @property
    def field_nodes(self) -> list[FieldNode]:
        """The nodes that asked for this field."""
        return [self.run.own(node) for node in tuple.__getitem__(self, 1)]

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """The fragments of the document."""
        return {name: self.run.own(one) for name, one in self.run.fragment_definitions.items()}

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation of the document."""
        found: OperationDefinitionNode = self.run.own(self.run.operation)
        return found


class Helpers:
    """graphql-core's helpers of a resolver that begins work of its own, made when one is used."""

    __slots__ = ("_run",)

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run.async_helpers, name)


def _tail(run: Run) -> tuple[Any, ...]:
    known = run.__dict__
    return (
        known["schema"],
        known["fragment_definitions"],
        known["root_value"],
        known["operation"],
        known["variable_values"],
        known["context_value"],
        run.is_awaitable,
        None,
        Helpers(run),
    )


LATER: dict[str, Callable[[Any], Any]] = {
    "_deep": lambda _: set(),
    "_kept": lambda _: [],
    "_relevant_sub_fields": lambda _: {},
    "_stream_usages": lambda _: RefMap(),
    "arguments": lambda _: {},
    "async_helpers": lambda run: GraphQLResolveInfoHelpers(
        gather=run.gather_async_work, track=run.track_async_work
    ),
    "background_futures": lambda _: set(),
    "collected_errors": lambda _: CollectedErrors(),
    "converted": lambda _: {},
    "pending_incremental_futures": lambda _: set(),
    "tail": _tail,
    "told": lambda run: GraphQLResolveInfo if run.text is None else Told,
}
"""What is made when it is asked for."""


class Run(FairCompiled):
    """An executor made of an operation's `Known` and what a request brings."""

    async_work_finished_hook_task: Future[None] | None = None
    text: str | None = None
    """The text that was sent, where the program was made of another one of its shape."""
    slots: Slots | None = None
    document: DocumentNode
    told: type[GraphQLResolveInfo[Any]]
    _began = None

    def __init__(self) -> None: ...

    def __getattr__(self, name: str) -> Any:
        make = LATER.get(name)
        if make is None:
            raise AttributeError(name)
        value = make(self)
        self.__dict__[name] = value
        return value

    def is_awaitable(self, value: Any) -> bool:  # type: ignore[override]
        """Whether a value is to be awaited; coroutines are kept until the operation ends."""
        kind = type(value)
        if kind in PLAIN:
            return False
        if kind is CoroutineType:
            self._kept.append(value)
            return True
        return is_awaitable(value)

    def with_literals(self, node: FieldNode) -> FieldNode:
        """A field of the program's document with the literals of this run's text."""
        return node if self.slots is None else self.slots.node(node, self.literals)

    # ------------------------------------------------------------------------------- running

    def begin(self, program: Program) -> Any:
        """The data, or something to be given to `end`. Nothing has been awaited yet."""
        refresh()
        self.program = program
        try:
            result = program.root(self, self.root_value, None)
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            result = None
        except BaseException:
            self.close()
            raise
        if result is None or type(result) is dict:
            self.close()
        else:
            self.is_awaitable(result)
        return result

    async def end(self, result: Awaitable[Any]) -> Any:
        """The data, when all that is awaited has come."""
        try:
            try:
                data = await result
            except GraphQLError as error:
                self.collected_errors.add(error, None)
                data = None
            except CancelledError:
                await self._stop()
                raise
            if self.errors:
                await self._stop()
        finally:
            self.close()
        return data

    def close(self) -> None:
        """Close what nobody will await any more."""
        if "_kept" in self.__dict__:
            self._close()

    @property
    def errors(self) -> list[GraphQLError]:
        """What went wrong so far, at the places of the text that was sent."""
        collected = self.__dict__.get("collected_errors")
        return [] if collected is None else collected.errors

    # ----------------------------------------------------------------------- the text's nodes

    def own(self, node: Any) -> Any:
        """The node of the text that was sent, for one of the program's document."""
        return self._own.get(id(node.loc), node)

    def located(self) -> list[GraphQLError]:
        """The errors, with the places they have in the text that was sent."""
        if self.text is not None:
            for error in self.errors:
                _replace(error, self.own)
        return self.errors


def _own(run: Run) -> dict[int, Node]:
    """By the identity of a node's place in the program's document: the node of the own text."""
    assert run.text is not None  # noqa: S101 - asked of such runs alone
    theirs: DocumentNode = run.document
    return {id(one.loc): other for one, other in pairs(theirs, parse(run.text)) if one.loc}


LATER["_own"] = _own


def _replace(error: GraphQLError, own: Callable[[Any], Any]) -> None:
    if not error.nodes:
        return
    nodes = [own(node) for node in error.nodes]
    if all(one is other for one, other in zip(nodes, error.nodes, strict=True)):
        return
    placed = GraphQLError(error.message, nodes)
    error.nodes = placed.nodes
    error.source = placed.source
    error.positions = placed.positions
    error.locations = placed.locations


def known(
    graph: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> dict[str, Any]:
    """What every run of an operation begins with."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return {
        "schema": graph,
        "document": document,
        "fragment_definitions": fragments,
        "fragments": {name: FragmentDetails(one, None) for name, one in fragments.items()},
        "root_value": None,
        "operation": operation,
        "variable_values": VariableValues({}, {}),
        "field_resolver": default_field_resolver,
        "type_resolver": default_type_resolver,
        "subscribe_field_resolver": default_field_resolver,
        "enable_early_execution": False,
        "middleware_manager": None,
        "hide_suggestions": False,
        "abort_signal": None,
        "hooks": None,
        "error_propagation": not any(
            each.name.value == GraphQLDisableErrorPropagationDirective.name
            for each in operation.directives or ()
        ),
    }


def made(base: Mapping[str, Any], values: VariableValues | None, context: object) -> Run:
    """A run of an operation, from what is known of it."""
    run = Run.__new__(Run)
    run.__dict__.update(base)
    run.__dict__["context_value"] = context
    if values is not None:
        run.__dict__["variable_values"] = values
    return run
