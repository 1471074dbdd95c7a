"""What generated code calls when a value is not of the usual kind.

Everything here ends in graphql-core's own methods, so that what is unusual is done as it does it.
`F` is the plan of a field, `x` the executor, `p` the path of the object the field belongs to (None
at the root; a tuple that is not yet a `Path` where nobody has looked at it).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.executor import invalid_return_type_error
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, gather_with_cancel

from gateway.execution.compiled.direct import unchanging
from gateway.execution.compiled.kinds import KINDS, ODD
from gateway.execution.compiled.plan import IMMUTABLE, FieldPlan
from gateway.execution.slots import plain

if TYPE_CHECKING:
    from gateway.execution.compiled.executor import Compiled

Place: TypeAlias = "tuple[Path | None, str | int, str | None]"
Filler: TypeAlias = (
    "Callable[[Compiled, Any, list[Any], list[int], Path, GraphQLResolveInfo[Any] | None], bool]"
)

new = tuple.__new__


def settled(place: Place | None) -> Path | None:
    """The place as a `Path`."""
    if place is None or type(place) is Path:
        return place
    return new(Path, place)


def at(x: Compiled, place: Place | None, F: FieldPlan) -> Path:  # noqa: N803 - as in the generated code
    """Where a field is."""
    name = F.response_name if F.slot is None else x.names[F.slot]
    return new(Path, (settled(place), name, F.parent.name))


def info(x: Compiled, F: FieldPlan, path: Path) -> GraphQLResolveInfo[Any]:  # noqa: N803
    """What a resolver is told."""
    return new(x.told, (F.name, F.nodes, F.type, F.parent, path, *x.tail))


def arguments(x: Compiled, F: FieldPlan) -> dict[str, Any]:  # noqa: N803
    """The arguments of a field in this run. Raises GraphQLError as graphql-core does."""
    kept = x.arguments.get(F)
    if kept is not None:
        return kept
    if F.read is not None:
        found = dict(F.base)
        for name, place, kind in F.read:
            found[name] = plain(kind, x.literals[place])
        x.arguments[F] = found
        return found
    node = F.details[0].node
    if F.written:
        node = x.with_literals(node)
    found = get_argument_values(F.definition, node, x.variable_values, None, x.hide_suggestions)
    if F.steady and all(type(value) in IMMUTABLE for value in found.values()):
        x.arguments[F] = found
    return found


def converted(x: Compiled, F: FieldPlan, told: Any) -> dict[str, Any]:  # noqa: N803
    """The arguments of a field as the function behind it wants them. Raises as `arguments` does."""
    kept = x.converted.get(F)
    if kept is not None:
        return kept
    assert F.direct is not None  # noqa: S101 - only such fields are written so
    given = arguments(x, F) if F.arguments is None else F.arguments
    found = F.direct.arguments(given, told)
    if unchanging(found):
        x.converted[F] = found
    return found


def failed(x: Compiled, F: FieldPlan, p: Place | None, error: Exception) -> None:  # noqa: N803
    """Note an error of a field, or raise it where the field may not be null."""
    x.handle_field_error(error, F.type, F.details, at(x, p, F))


def general(x: Compiled, F: FieldPlan, p: Place | None, value: Any) -> Any:  # noqa: N803
    """The completed value of a field without a resolver, or something to await.

    `value` is what the source had, not yet called if it can be. Raises where the field may not be
    null.
    """
    path = at(x, p, F)
    try:
        told = info(x, F, path)
        if F.resolve is None and callable(value):
            value = value(told)
        return completed(x, F, path, told, value)
    except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
        x.handle_field_error(error, F.type, F.details, path)
        return None


def completed(
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    path: Path,
    told: GraphQLResolveInfo[Any],
    value: Any,
) -> Any:
    """What becomes of a value that a field was resolved to; raises when it cannot be completed."""
    if x.is_awaitable(value):
        return x.complete_awaitable_value(F.type, F.details, told, path, value, None)
    return pending(x, F, path, x.complete_value(F.type, F.details, told, path, value, None))


def pending(x: Compiled, F: FieldPlan, path: Path, value: Any) -> Any:  # noqa: N803
    """A completed value, guarded by its field while it is still awaited."""
    if KINDS[type(value)] & ODD and x.is_awaitable(value):
        return guarded(x, value, F.type, F, path)
    return value


async def guarded(
    x: Compiled,
    value: Awaitable[Any],
    kind: GraphQLOutputType,
    F: FieldPlan,  # noqa: N803
    path: Path,
) -> Any:
    """What comes of something awaited; its error is noted, or raised where null may not be."""
    try:
        return await value
    except Exception as error:  # noqa: BLE001 - whatever comes is this position's error
        x.handle_field_error(error, kind, F.details, path)
        return None


def doubtful(  # noqa: PLR0917 - one value with all that surrounds it
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    kind: GraphQLObjectType,
    path: Path,
    value: Any,
    verdict: Any,
) -> Any:
    """An object whose `is_type_of` did not plainly say yes."""
    if x.is_awaitable(verdict):

        async def wait() -> Any:
            if not await x.with_abort_signal(verdict):
                raise invalid_return_type_error(kind, value, F.details)
            found = x.collect_and_execute_subfields(kind, F.details, path, value, None)
            return await found if x.is_awaitable(found) else found

        return wait()
    if not verdict:
        raise invalid_return_type_error(kind, value, F.details)
    return x.collect_and_execute_subfields(kind, F.details, path, value, None)


def odd_item(  # noqa: PLR0917 - one item with all that surrounds it
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    kind: GraphQLOutputType,
    path: Path,
    told: GraphQLResolveInfo[Any] | None,
    item: Any,
    out: list[Any],
    awaited: list[int],
) -> None:
    """An item of a list that is nothing, an error, to be awaited, or cannot be told quickly."""
    told = told or info(x, F, path)
    index = len(out)
    place = path.add_key(index, None)
    if x.is_awaitable(item):
        out.append(x.complete_awaitable_list_item_value(item, kind, F.details, told, place, None))
        awaited.append(index)
    elif x.complete_list_item_value(item, out, kind, F.details, told, place, None):
        awaited.append(index)


def failed_item(  # noqa: PLR0917 - one value with all that surrounds it
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    kind: GraphQLOutputType,
    path: Path,
    out: list[Any],
    error: Exception,
) -> None:
    """Note the error of an item that may be null, or raise it."""
    x.handle_field_error(error, kind, F.details, path.add_key(len(out), None))
    out.append(None)


def pending_item(  # noqa: PLR0917 - one value with all that surrounds it
    x: Compiled,
    F: FieldPlan,  # noqa: N803
    kind: GraphQLOutputType,
    path: Path,
    out: list[Any],
    awaited: list[int],
    value: Any,
) -> None:
    """An item that has been completed, guarded while it is still awaited."""
    index = len(out)
    if KINDS[type(value)] & ODD and x.is_awaitable(value):
        value = guarded(x, value, kind, F, path.add_key(index, None))
        x.is_awaitable(value)
        awaited.append(index)
    out.append(value)


async def gathered(results: dict[str, Any], awaited: list[str]) -> dict[str, Any]:
    """The fields of an object when all that is awaited has come."""
    if len(awaited) == 1:
        name = awaited[0]
        results[name] = await results[name]
    else:
        values = await gather_with_cancel(*(results[name] for name in awaited))
        results.update(zip(awaited, values, strict=True))
    return results


async def gathered_items(results: list[Any], awaited: list[int]) -> list[Any]:
    """The items of a list when all that is awaited has come."""
    if len(awaited) == 1:
        index = awaited[0]
        results[index] = await results[index]
    else:
        values = await gather_with_cancel(*(results[index] for index in awaited))
        for index, value in zip(awaited, values, strict=True):
            results[index] = value
    return results
