"""From what a caller asks about complaints to what a source is asked: checked, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.ports.common import ErrorCode, Near, Order, ScopedId, Window
from connectors.ports.complaints import (
    ComplaintCriteria,
    ComplaintOrderField,
    ComplaintSource,
    Viewer,
)
from connectors.ports.departments import DepartmentSource
from resolvers import asked, common
from resolvers.context import Context, Role
from resolvers.permissions import may
from resolvers.problems import Refusal, bad_input

MOST_CHOICES = 500

READS_ALL = (Role.OFFICER, Role.MAYOR)
"""Roles that private complaints are shown to."""


def viewer(context: Context) -> Viewer:
    """On whose behalf sources are asked."""
    return Viewer(sees_private=any(may(context, role) for role in READS_ALL))


async def criteria(context: Context, where: Any, argument: str = "where") -> ComplaintCriteria:
    """The criteria of a ComplaintFilter (None: all). Raises BAD_INPUT, naming the argument."""
    seen_by, now = viewer(context), context.now()
    if where is None:
        return ComplaintCriteria(visible_to=seen_by, now=now)
    if where.mine:
        message = f"`{argument}.mine` needs a citizen: send a token, or leave it out."
        raise Refusal(ErrorCode.UNAUTHENTICATED, message)
    departments = _ids(context, where.departments, "Department", f"{argument}.departments")
    chosen = _ids(context, where.ids, "Complaint", f"{argument}.ids")
    return ComplaintCriteria(
        visible_to=seen_by,
        now=now,
        ids=None if where.ids is None else chosen,
        categories=_ids(context, where.categories, "ComplaintCategory", f"{argument}.categories"),
        statuses=tuple(where.statuses or ()),
        lights=tuple(where.lights or ()),
        departments=tuple(id_.local for id_ in departments),
        created=_window(where.created_from, where.created_to, f"{argument}.created"),
        updated=_window(where.updated_from, where.updated_to, f"{argument}.updated"),
        where=await common.where(context, where.geo, f"{argument}.geo"),
        text=asked.text(where.text, f"{argument}.text"),
        has_proof=where.has_proof,
        overdue=where.overdue,
        channels=tuple(where.channels or ()),
    )


def order(order_by: Any, wanted: ComplaintCriteria) -> Order[ComplaintOrderField]:
    """The order of a ComplaintOrder; the newest first without one.

    DISTANCE is measured from `from`, else from the centre of `geo.near`.
    """
    if order_by is None:
        return Order(ComplaintOrderField.CREATED_AT, descending=True)
    origin = common.point(order_by.from_, "orderBy.from") if order_by.from_ else None
    if origin is None and isinstance(wanted.where, Near):
        origin = wanted.where.point
    if order_by.field is ComplaintOrderField.DISTANCE and origin is None:
        raise bad_input(
            "`orderBy.from` is needed for DISTANCE: pass the point to measure from, "
            "or filter by `geo.near`."
        )
    return Order(order_by.field, descending=order_by.direction.value == "DESC", origin=origin)


_PORTS: dict[str, type] = {
    "Complaint": ComplaintSource,
    "ComplaintCategory": ComplaintSource,
    "Department": DepartmentSource,
}


def _ids(
    context: Context, texts: Sequence[str] | None, type_name: str, argument: str
) -> tuple[ScopedId, ...]:
    found = asked.ids(texts, type_name, argument, most=MOST_CHOICES) or ()
    for id_ in found:
        if context.switchboard.named(_PORTS[type_name], id_.source) is None:
            message = f"`{argument}`: no source called {id_.source!r} answers here."
            raise bad_input(message)
    return found


def _window(start: datetime | None, end: datetime | None, argument: str) -> Window | None:
    if start is not None and end is not None and end <= start:
        raise bad_input(f"`{argument}To` must be later than `{argument}From`; it is excluded.")
    return Window(start, end)
