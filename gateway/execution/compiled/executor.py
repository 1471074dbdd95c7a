"""The executor that runs compiled operations, and graphql-core's way for the rest."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    default_field_resolver,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import collect_iterator_awaitables
from graphql.pyutils import Path, gather_with_cancel

from gateway.execution.compiled.joins import joined
from gateway.execution.compiled.kinds import KINDS, ODD, refresh
from gateway.execution.compiled.runtime import gathered_items
from gateway.execution.executor import FairExecutor

if TYPE_CHECKING:
    from graphql import FieldNode

    from gateway.execution.compiled.joins import Asked, Open
    from gateway.execution.compiled.pieces import Pieces
    from gateway.execution.compiled.plan import FieldPlan
    from gateway.execution.compiled.program import Program
    from gateway.execution.compiled.runtime import Filler
    from gateway.execution.compiled.store import Programs


class Compiled(Executor[Any]):
    """graphql-core's executor, with compiled code where there is some.

    `programs` keeps what has been compiled of the document. What is compiled is each selection on
    an object type and each list of a field; everything between (awaiting, abstract types, whatever
    is unusual) is graphql-core's own, and comes back to compiled code below.
    """

    turn: float | None = None
    """Seconds a list may hold the event loop, None for as long as it takes."""
    names: tuple[str, ...] = ()
    """The aliases of the text, where the program leaves them open."""
    literals: tuple[str, ...] = ()
    """The literals of the text, where the program leaves them open."""
    joins: list[Open] | None = None
    """Places left open for one call to fill, while a list that waits for it is being filled."""
    asked: dict[Any, Asked] | None = None
    """What fields below lists were already answered, for when the lists are completed."""
    writes: Pieces | None = None
    """Where pieces of JSON are kept, if the answer may have some in the place of lists."""
    program: Program | None

    def __init__(self, *args: Any, programs: Programs, **options: Any) -> None:
        super().__init__(*args, **options)
        self.programs = programs
        self.program: Program | None = None
        self.arguments: dict[FieldPlan, dict[str, Any]] = {}
        self.converted: dict[FieldPlan, dict[str, Any]] = {}
        self.tail: tuple[Any, ...] = ()
        self.told: type[GraphQLResolveInfo[Any]] = GraphQLResolveInfo

    def with_literals(self, node: FieldNode) -> FieldNode:
        """A field of the program's document with the literals of this run's text."""
        return node

    @property
    def default_resolver(self) -> bool:
        """Whether fields without a resolver read the source as graphql-core does."""
        return self.field_resolver is default_field_resolver

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,  # noqa: FBT001 - graphql-core's signature
        new_defer_usages: Any,
    ) -> Any:
        program = self.programs.program(self)
        if program is None:
            return super().execute_collected_root_fields(
                root_type, root_value, grouped_field_set, serially, new_defer_usages
            )
        refresh()
        self.program = program
        self.tail = (
            self.schema,
            self.fragment_definitions,
            self.root_value,
            self.operation,
            self.variable_values,
            self.context_value,
            self.is_awaitable,
            self.abort_signal,
            self.async_helpers,
        )
        if serially:
            # One after the other, each with everything below it: below it is compiled.
            return self.execute_fields_serially(root_type, root_value, None, program.grouped, None)
        return program.root(self, root_value, None)

    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        program = self.program
        if program is not None:
            run = program.objects.get((id(field_details_list), return_type.name))
            if run is not None:
                return run(self, result, path)
        return super().collect_and_execute_subfields(
            return_type, field_details_list, path, result, position_context
        )

    def complete_list_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        program = self.program
        if program is not None and type(result) in {list, tuple}:
            fill = program.lists.get(
                (id(field_details_list), id(return_type), info.parent_type.name)
            )
            if fill is not None:
                return self.complete_items(fill, result, path, info)
        return super().complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_items(
        self,
        fill: Filler,
        items: Iterable[Any],
        path: Path,
        info: GraphQLResolveInfo[Any] | None,
    ) -> Any:
        """The items of a list as compiled code completes them, or something to await."""
        out: list[Any] = []
        awaited: list[int] = []
        rest = iter(items)
        try:
            fill(self, rest, out, awaited, path, info)
        except Exception:
            # As graphql-core does it: nothing to be awaited is left behind.
            left = [out[index] for index in awaited]
            left.extend(collect_iterator_awaitables(rest, self.is_awaitable))
            if left:
                self.settle_in_background(left)
            raise
        return gathered_items(out, awaited) if awaited else out


class FairCompiled(FairExecutor, Compiled):
    """Compiled code that shares the event loop and leaves nothing un-awaited behind."""

    turn = FairExecutor.turn

    def complete_awaitable_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Awaitable[Any],
        position_context: Any,
    ) -> Coroutine[Any, Any, Any]:
        """What becomes of something awaited; objects and lists go straight to what is compiled."""
        run = None if self.program is None else self.program.straight.get(id(field_details_list))
        if run is None or self.abort_signal is not None:
            return super().complete_awaitable_value(
                return_type, field_details_list, info, path, result, position_context
            )
        return self._straight(run, return_type, field_details_list, info, path, result)

    async def _straight(  # noqa: PLR0917 - one value with all that surrounds it
        self,
        run: Callable[[Any, Any, Any], Any],
        kind: GraphQLOutputType,
        details: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Awaitable[Any],
    ) -> Any:
        try:
            value = await result
            while id(details) not in self._deep and self._over():
                await self._round(value)
            if KINDS[type(value)] & ODD:
                completed = self.complete_value(kind, details, info, path, value, None)
            else:
                completed = run(self, value, path)
            if type(completed) is not dict and self.is_awaitable(completed):
                self._deep.add(id(details))
                completed = await completed
        except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
            self.handle_field_error(error, kind, details, path)
            return None
        return completed

    def complete_items(
        self,
        fill: Filler,
        items: Iterable[Any],
        path: Path,
        info: GraphQLResolveInfo[Any] | None,
    ) -> Any:
        if self.writes is not None and self.joins is None and self.program is not None:
            written = self.program.pieced(self, self.writes, fill, items, path)
            if written is not None:
                return written
        return self._completed_items(fill, items, path, info)

    def _completed_items(
        self,
        fill: Filler,
        items: Iterable[Any],
        path: Path,
        info: GraphQLResolveInfo[Any] | None,
    ) -> Any:
        out: list[Any] = []
        awaited: list[int] = []
        rest = iter(items)
        # The outermost list waits for what all below it leave open.
        mine: list[Open] | None = [] if self.joins is None else None

        def filled() -> bool:
            if mine is None:
                return fill(self, rest, out, awaited, path, info)
            self.joins = mine
            try:
                return fill(self, rest, out, awaited, path, info)
            finally:
                self.joins = None

        async def finish(full: bool, waits: Awaitable[None] | None) -> list[Any]:  # noqa: FBT001 - whether one turn was enough
            if not full:
                while not full:
                    await sleep(0)
                    full = filled()
                waits = joined(self, mine) if mine else None
            coming: list[Any] = [out[index] for index in awaited]
            if waits is not None:
                coming.append(waits)
            values = await gather_with_cancel(*coming)
            for index, value in zip(awaited, values, strict=False):
                out[index] = value
            return out

        full = False
        try:
            full = filled()
        finally:
            if not full:
                # What the first turn did not come to may be coroutines that somebody else made.
                left = list(rest)
                self._keep(left)
                rest = iter(left)
        waits = joined(self, mine) if full and mine else None
        return out if full and not awaited and waits is None else finish(full, waits)
