"""The desks complaints are handed on to, as they stand on the switchboard of the moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from catalog.workflow.courier import too_long_for
from connectors.errors import NotConfigured, Overloaded
from connectors.ports.common import Order, Page, Slice, Window
from connectors.ports.complaint_desk import ComplaintDesk, ComplaintDraft, Receipt
from connectors.ports.complaints import (
    Complaint,
    ComplaintCriteria,
    ComplaintOrderField,
    ComplaintSource,
    Viewer,
)
from connectors.switchboard import Source, Switchboard

EARLIER = timedelta(days=1)
"""So far the clock of another system may be behind ours."""
PAGE = 200
PAGES = 25
"""So many complaints, newest first, are looked through for one that may have arrived."""


class SwitchboardDesks:
    """`Desks` over the switchboard that `board` gives each time."""

    def __init__(self, board: Callable[[], Switchboard]) -> None:
        self._board = board

    async def submit(self, desk: str, draft: ComplaintDraft) -> Receipt:
        """Hand in a complaint, once. Raises ConnectorError, see `ComplaintDesk`."""
        source = self._source(ComplaintDesk, desk)
        receipt: Receipt = await source.ask(lambda it: it.submit_complaint(draft))
        return receipt

    async def id_of_token(self, desk: str, token: str) -> str | None:
        """The id a token has become, None while it has not. Raises ConnectorError."""
        source = self._source(ComplaintDesk, desk)
        ids = await source.ask(lambda it: it.complaint_ids_by_token([token]))
        found: Sequence[str | None] = ids
        return found[0]

    async def find(
        self, desk: str, complaint: Complaint, reference: str, *, after: datetime
    ) -> str | None:
        """The id of the complaint there; NotConfigured where the same source lists none.

        A last good answer, one that is not complete, and one from before `after` tell nothing.
        A description too long for a reference is compared as a whole.
        """
        source: Source[ComplaintSource] = self._source(ComplaintSource, desk)
        # Not by category: somebody there may have put it under another one by now.
        criteria = ComplaintCriteria(
            visible_to=Viewer(sees_private=True),
            now=complaint.updated_at,
            created=Window(start=complaint.created_at - EARLIER),
        )
        order = Order(ComplaintOrderField.CREATED_AT, descending=True)
        whole = too_long_for(complaint.description, reference)
        page = Page(first=PAGE, descending=True)
        for _ in range(PAGES):
            answered = await source.answer(partial(_list, criteria, order, page))
            if answered.trouble is not None:
                raise answered.trouble
            if answered.fetched_at is not None and answered.fetched_at < after:
                raise Overloaded("what is known of this list is older", source=desk)
            part = answered.value
            for hit in part.hits:
                told = hit.record.description
                if reference in told or (whole and told == complaint.description):
                    return hit.record.upstream_id or hit.record.origin.local_id
            if not part.more or not part.hits:
                return None
            page = replace(page, after=part.hits[-1].position)
        raise Overloaded("more complaints than can be looked through", source=desk)

    def _source(self, port: type[Any], desk: str) -> Source[Any]:
        source: Source[Any] | None = self._board().named(port, desk)
        if source is None:
            raise NotConfigured("the catalogue has no such source", source=desk)
        return source


async def _list(
    criteria: ComplaintCriteria,
    order: Order[ComplaintOrderField],
    page: Page,
    source: ComplaintSource,
) -> Slice[Complaint]:
    return await source.find_complaints(criteria, order, page)
