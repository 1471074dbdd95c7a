"""Fields of all items of a list, resolved by one call and waited for once.

A resolver made by `resolvers.batches.batched` answers for many sources. While a list is being
filled, its items leave the places of such fields open and note them here; when the last item is
there each field is asked for all of them. Only fields that may be null are: what goes wrong in one
of them stays in its place, whatever has become of the items by then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from graphql import GraphQLError, is_list_type, is_non_null_type, is_object_type
from graphql.pyutils import Path, gather_with_cancel

from gateway.execution.compiled.kinds import KINDS, ODD
from gateway.execution.compiled.runtime import at, completed, info

if TYPE_CHECKING:
    from gateway.execution.compiled.executor import Compiled
    from gateway.execution.compiled.plan import FieldPlan
    from gateway.execution.compiled.runtime import Place

T = TypeVar("T")
Open: TypeAlias = "tuple[FieldPlan, Any, Place | None, dict[str, Any]]"
"""A field, its source, the place of the object it belongs to, and that object's result."""


def together(plan: FieldPlan) -> Callable[..., Any] | None:
    """What resolves a field for many sources at once, None if nothing does."""
    if is_non_null_type(plan.type) or is_list_type(plan.type) or plan.arguments != {}:
        return None
    return getattr(plan.resolve, "together", None)


def joined(x: Compiled, open_: list[Open]) -> Awaitable[None] | None:
    """Fill the open places; something to await where not all is there at once."""
    groups: dict[FieldPlan, list[Open]] = {}
    for each in open_:
        groups.setdefault(each[0], []).append(each)
    waits = [wait for F, rows in groups.items() if (wait := _group(x, F, rows)) is not None]
    if not waits:
        return None
    return waits[0] if len(waits) == 1 else _kept(x, _all(waits))


def _kept(x: Compiled, wait: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    """A coroutine that the executor closes if nobody comes to await it."""
    x.is_awaitable(wait)
    return wait


async def _all(waits: list[Awaitable[None]]) -> None:
    await gather_with_cancel(*waits)


def _group(x: Compiled, F: FieldPlan, rows: list[Open]) -> Awaitable[None] | None:  # noqa: N803
    found = None if x.asked is None else x.asked.pop(_mark(F, rows[0][2]), None)
    if found is not None:
        values = found.values
        if x.is_awaitable(values):
            return _kept(x, _awaited(x, F, rows, _kept(x, _picked(found, rows))))
        return _filled(x, F, rows, found.of(rows, values))
    values = _values(x, F, [source for _, source, _, _ in rows], rows[0][2])
    if x.is_awaitable(values):
        return _kept(x, _awaited(x, F, rows, values))
    return _filled(x, F, rows, values)


def _values(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    sources: list[Any],
    first: Place | None,
) -> Any:
    ask = together(F)
    assert ask is not None  # noqa: S101 - the generated code asked for it
    try:
        return ask(sources, info(x, F, at(x, first, F)))
    except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
        return [error] * len(sources)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered for all items of a list, before they were completed."""

    path: Path
    many: int
    values: Any

    def of(self, rows: list[Open], values: Sequence[Any]) -> Sequence[Any]:
        """The values of those items that came to the field."""
        if len(values) != self.many:
            return ()
        # The place of an item is its list's and its number.
        return [values[cast("int", place[1])] for _, _, place, _ in rows if place is not None]


def asked(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    items: Sequence[Any],
    path: Path,
) -> Sequence[Any] | None:
    """The values of a field for all items of a list, None if they do not come at once.

    They are left for when the list is completed after all, so that nobody is asked twice.
    """
    values = _values(x, F, list(items), (path, 0, None))
    if x.asked is None:
        x.asked = {}
    x.asked[_mark(F, (path, 0, None))] = Asked(path, len(items), values)
    if x.is_awaitable(values) or len(values) != len(items):
        return None
    found: Sequence[Any] = values
    return found


def _mark(F: FieldPlan, place: Place | None) -> tuple[FieldPlan, int]:  # noqa: N803
    """A field below one list, by the identity of the list's path."""
    return F, 0 if place is None else id(place[0])


async def _picked(found: Asked, rows: list[Open]) -> Sequence[Any]:
    return found.of(rows, await found.values)


async def _awaited(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    rows: list[Open],
    coming: Awaitable[Sequence[Any]],
) -> None:
    try:
        values = await coming
    except Exception as error:  # noqa: BLE001 - as above
        values = [error] * len(rows)
    rest = _filled(x, F, rows, values)
    if rest is not None:
        await rest


def _filled(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    rows: list[Open],
    values: Sequence[Any],
) -> Awaitable[None] | None:
    """Complete the values, in their places."""
    if len(values) != len(rows):
        wrong = GraphQLError(f"{F.parent.name}.{F.name}: {len(values)} values for {len(rows)}")
        values = [wrong] * len(rows)
    key = F.response_name if F.slot is None else x.names[F.slot]
    run, leaves = _functions(x, F)
    # Many want the same few records, and of leaves alone each comes to the same.
    same: dict[int, dict[str, Any] | None] = {}
    awaited: list[tuple[dict[str, Any], Any]] = []
    outer, x.joins = x.joins, []
    try:
        for (_, _, place, result), value in zip(rows, values, strict=True):
            if value is None:
                continue
            if leaves is not None:
                mark = id(value)
                if mark not in same:
                    same[mark] = leaves(x, value)
                done = same[mark]
                if done is not None:
                    result[key] = done
                    continue
            done = _completed(x, F, place, value, run)
            if KINDS[type(done)] & ODD and x.is_awaitable(done):
                awaited.append((result, _kept(x, _guarded(x, F, place, done))))
            else:
                result[key] = done
    finally:
        opened, x.joins = x.joins, outer
    deeper = joined(x, opened) if opened else None
    if not awaited:
        return deeper
    return _kept(x, _settled(key, awaited, deeper))


def _functions(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
) -> tuple[Callable[..., Any] | None, Callable[..., Any] | None]:
    """What completes an object of the field, and what does so if it has leaves alone."""
    kind = F.type
    if x.program is None or not is_object_type(kind) or kind.is_type_of is not None:
        return None, None
    mark = id(F.details), kind.name
    return x.program.objects.get(mark), x.program.leaves.get(mark)


def _completed(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    place: Place | None,
    value: Any,
    run: Callable[..., Any] | None,
) -> Any:
    if isinstance(value, Exception):
        # One error may stand for many items; raised for each, its trace would grow with them.
        x.handle_field_error(value, F.type, F.details, at(x, place, F))
        return None
    try:
        if run is not None and not KINDS[type(value)] & ODD:
            key = F.response_name if F.slot is None else x.names[F.slot]
            return run(x, value, (place, key, F.parent.name))
        return _odd(x, F, place, value)
    except Exception as error:  # noqa: BLE001 - as above
        x.handle_field_error(error, F.type, F.details, at(x, place, F))
        return None


def _odd(x: Compiled, F: FieldPlan, place: Place | None, value: Any) -> Any:  # noqa: N803
    if isinstance(value, BaseException):
        raise value
    path: Path = at(x, place, F)
    return completed(x, F, path, info(x, F, path), value)


async def _guarded(x: Compiled, F: FieldPlan, place: Place | None, value: Any) -> Any:  # noqa: N803
    try:
        return await value
    except Exception as error:  # noqa: BLE001 - as above
        x.handle_field_error(error, F.type, F.details, at(x, place, F))
        return None


async def _settled(
    key: str, awaited: list[tuple[dict[str, Any], Any]], deeper: Awaitable[None] | None
) -> None:
    more = [] if deeper is None else [deeper]
    values = await gather_with_cancel(*(wait for _, wait in awaited), *more)
    for (result, _), value in zip(awaited, values, strict=False):
        result[key] = value
