"""The executor: graphql-core's, that shares the event loop and leaves nothing un-awaited behind."""

from __future__ import annotations

from asyncio import CancelledError, all_tasks, get_running_loop, sleep, wait
from collections.abc import Awaitable, Coroutine, Iterable
from time import perf_counter
from types import CoroutineType
from typing import Any, TypeGuard

from graphql import GraphQLOutputType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path, gather_with_cancel, is_awaitable

PLAIN = frozenset({str, int, float, bool, type(None), dict, list, tuple})
"""Types of most values, which nobody can await; looking here first is quicker than trying."""


class FairExecutor(Executor[Any]):
    """Data, errors, paths and order are graphql-core's. Two things differ.

    **Long lists take turns.** After `turn` seconds a list lets the loop go round once. It does so
    before any of its items' coroutines has begun, so that look-ups still gather the keys of the
    whole list into one batch.

    **What is given up is closed.** When a field fails that must not be null, graphql-core gives up
    the fields beside it: it cancels tasks that hold coroutines which have not begun, or begins them
    in the background when nobody waits for them any more. Here every coroutine is kept until the
    operation has ended, by whatever way, and what has not begun by then is closed.
    """

    turn = 0.005
    """Seconds a list may hold the event loop."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kept: list[Coroutine[Any, Any, Any]] = []

        def awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
            kind = type(value)
            if kind in PLAIN:
                return False
            if kind is CoroutineType:
                kept.append(value)
                return True
            return is_awaitable(value)

        # graphql-core asks this of nearly all it makes or is given, so it is where one sees them.
        self.is_awaitable = awaitable
        self._kept = kept
        self._began: float | None = None
        self._deep: set[int] = set()

    def execute_operation(self, serially: bool | None = None) -> Any:  # noqa: FBT001 - graphql-core's signature
        pending = None
        try:
            result = super().execute_operation(serially)
            if is_awaitable(result):
                pending = self._ended(result)
                return pending
            return result
        finally:
            if pending is None:
                self._close()

    async def _ended(self, result: Awaitable[Any]) -> Any:
        try:
            answer = await result
            if self.collected_errors.errors:
                await self._stop()
            return answer
        except CancelledError:
            await self._stop()
            raise
        finally:
            self._close()

    async def _stop(self) -> None:
        """End the tasks that go on although nobody waits for them.

        A task that is cancelled in the very tick one beside it failed forgets to cancel the rest.
        """
        ours = set(self._kept)
        tasks = [task for task in all_tasks() if task.get_coro() in ours]
        for task in tasks:
            task.cancel()
        if tasks:
            await wait(tasks)

    def _close(self) -> None:
        for coroutine in self._kept:
            if not coroutine.cr_suspended:  # type: ignore[attr-defined]
                coroutine.close()
        self._kept.clear()

    def settle_in_background(self, awaitables: list[Awaitable[Any]]) -> None:
        # Coroutines among them have not begun, and are closed in the end.
        if rest := [one for one in awaitables if type(one) is not CoroutineType]:
            super().settle_in_background(rest)

    async def complete_awaitable_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Awaitable[Any],
        position_context: Any,
    ) -> Any:
        try:
            value = await (self.with_abort_signal(result) if self.abort_signal else result)
            # Hundreds of look-ups are answered at once. Those below which nothing is looked up
            # can wait; the others could not without tearing the next batch apart.
            while id(field_details_list) not in self._deep and self._over():
                await self._round(value)
            completed = self.complete_value(
                return_type, field_details_list, info, path, value, position_context
            )
            if self.is_awaitable(completed):
                self._deep.add(id(field_details_list))
                completed = await completed
        except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
            self.handle_field_error(error, return_type, field_details_list, path)
            return None
        return completed

    async def _round(self, value: Any) -> None:
        """Let the loop go round, before this value is looked at."""
        try:
            await sleep(0)
        except CancelledError:
            if isinstance(value, list):
                self._keep(value)
            raise

    def _keep(self, items: Iterable[Any]) -> None:
        """Close the coroutines among items that nobody comes to any more."""
        for item in items:
            self.is_awaitable(item)

    def _over(self) -> bool:
        """Whether this operation has used up its turn since the loop last came round."""
        if self._began is None:
            self._began = perf_counter()
            get_running_loop().call_soon(self._begin_anew)
            return False
        return perf_counter() - self._began > self.turn

    def _begin_anew(self) -> None:
        self._began = None

    def complete_iterable_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        completed: list[Any] = []
        awaited: list[int] = []
        rest = iter(items)

        def fill() -> bool:
            """Complete items until the turn is over; whether that was all."""
            end = perf_counter() + self.turn
            for item in rest:
                at = path.add_key(len(completed), None)
                if self.is_awaitable(item):
                    awaited.append(len(completed))
                    completed.append(
                        self.complete_awaitable_list_item_value(
                            item, item_type, field_details_list, info, at, position_context
                        )
                    )
                elif self.complete_list_item_value(
                    item, completed, item_type, field_details_list, info, at, position_context
                ):
                    awaited.append(len(completed) - 1)
                if perf_counter() > end:
                    return False
            return True

        async def finish(full: bool) -> list[Any]:  # noqa: FBT001 - whether one turn was enough
            while not full:
                await sleep(0)
                full = fill()
            values = await gather_with_cancel(*(completed[index] for index in awaited))
            for index, value in zip(awaited, values, strict=True):
                completed[index] = value
            return completed

        try:
            full = fill()
        finally:
            # What the first turn did not come to may be coroutines that somebody else made.
            left = list(rest)
            self._keep(left)
            rest = iter(left)
        return completed if full and not awaited else finish(full)

    def complete_list_item_value(self, item: Any, complete_results: list[Any], *rest: Any) -> bool:
        pending = super().complete_list_item_value(item, complete_results, *rest)
        if pending:
            self._kept.append(complete_results[-1])
        return pending

    def complete_awaitable_list_item_value(self, *arguments: Any) -> Coroutine[Any, Any, Any]:
        pending = super().complete_awaitable_list_item_value(*arguments)
        self._kept.append(pending)
        return pending
