"""What belongs to a complaint: history, comments, media, and what only officers read.

Whoever asks for the history of a page of complaints asks each source once: the same page of each
is one look-up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from connectors.ports.common import Media, Page, ScopedId, Slice
from connectors.ports.complaints import (
    PROOF_ROLES,
    Comment,
    Complaint,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintSource,
    FormAnswer,
    Particulars,
    Reporter,
    UnmaskPurpose,
    Visibility,
)
from resolvers import ids
from resolvers.context import Context
from resolvers.listings import Edge, Listing, PageArgs, PageInfo, page_of
from resolvers.lookups import Lookup

R = TypeVar("R")

Several = Sequence[ComplaintMedia]
Batch = Callable[[ComplaintSource, Sequence[str], Page], Awaitable[Sequence[Slice[R]]]]

media_by_complaint: Lookup[ComplaintSource, Several] = Lookup(
    ComplaintSource, lambda source, ids: source.media_by_complaint_id(ids)
)
media_by_event: Lookup[ComplaintSource, Several] = Lookup(
    ComplaintSource, lambda source, ids: source.media_by_event_id(ids)
)
media_by_comment: Lookup[ComplaintSource, Several] = Lookup(
    ComplaintSource, lambda source, ids: source.media_by_comment_id(ids)
)
comment_count: Lookup[ComplaintSource, int] = Lookup(
    ComplaintSource, lambda source, ids: source.comment_counts_by_complaint_id(ids)
)
particulars: Lookup[ComplaintSource, Particulars] = Lookup(
    ComplaintSource, lambda source, ids: source.particulars_by_complaint_id(ids)
)


def id_of(complaint: Complaint) -> ScopedId:
    """The id of a complaint."""
    return ScopedId(complaint.origin.connector, complaint.origin.local_id)


# ------------------------------------------------------------------------------- media


async def shown_media(context: Context, complaint: Complaint) -> list[Media]:
    """What the reporter sent."""
    return [
        item.media
        for item in await media_by_complaint(context, id_of(complaint)) or ()
        if item.media.role not in PROOF_ROLES
    ]


async def proof(context: Context, complaint: Complaint) -> list[Media]:
    """What shows the work."""
    return [
        item.media
        for item in await media_by_complaint(context, id_of(complaint)) or ()
        if item.media.role in PROOF_ROLES
    ]


async def event_media(context: Context, event: ComplaintEvent) -> list[Media]:
    """What came with a step of the history."""
    return [item.media for item in await media_by_event(context, event.id) or ()]


async def comment_media(context: Context, comment: Comment) -> list[Media]:
    """What came with a comment."""
    return [item.media for item in await media_by_comment(context, comment.id) or ()]


# ------------------------------------------------------------------------------- history


async def history(
    context: Context, complaint: Complaint, args: PageArgs
) -> Listing[ComplaintEvent]:
    """A page of what became of a complaint, oldest first."""
    return await _children(
        context,
        complaint,
        args,
        "history",
        lambda source, ids, page: source.history_by_complaint_id(ids, page),
    )


async def comments(context: Context, complaint: Complaint, args: PageArgs) -> Listing[Comment]:
    """A page of what was said about a complaint, oldest first."""

    async def count() -> int | None:
        return await comment_count(context, id_of(complaint))

    return await _children(
        context,
        complaint,
        args,
        "comments",
        lambda source, ids, page: source.comments_by_complaint_id(ids, page),
        count=count,
    )


async def _children(
    context: Context,
    complaint: Complaint,
    args: PageArgs,
    name: str,
    batch: Batch[R],
    *,
    count: Callable[[], Awaitable[int | None]] | None = None,
) -> Listing[R]:
    mark = ids.fingerprint("complaint", name, str(id_of(complaint)))
    page = page_of(args, mark, descending=False)
    found = await _lookup(context, name, page, batch)(context, id_of(complaint)) or Slice()
    edges = tuple(Edge(ids.cursor(mark, hit.position), hit.record) for hit in found.hits)
    return Listing(
        edges=edges,
        page_info=PageInfo(
            has_next_page=found.more,
            has_previous_page=page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        sources=(),
        counting=count,
    )


def _lookup(
    context: Context, name: str, page: Page, batch: Batch[R]
) -> Lookup[ComplaintSource, Slice[R]]:
    """One look-up for all complaints of this request that are asked for the same page."""
    key = ("complaint", name, page)
    known: Any = context.loaders.get(key)
    if known is None:
        known = Lookup(ComplaintSource, lambda source, ids: batch(source, ids, page))
        context.loaders[key] = known
    return known  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------- personal data


async def reporter(
    context: Context,
    complaint: Complaint,
    purpose: UnmaskPurpose | None,  # noqa: ARG001 - see below
) -> Reporter | None:
    """Who complained, masked; for officers only. None where nobody knows, or nobody may know.

    Unmasking must write an audit record. As long as none can be written, no purpose unmasks.
    """
    if complaint.visibility is Visibility.ANONYMOUS:
        return None
    told = await particulars(context, id_of(complaint))
    return masked(told.reporter) if told is not None and told.reporter is not None else None


async def answers(context: Context, complaint: Complaint) -> list[FormAnswer]:
    """What was answered to the category's questions; for officers only."""
    told = await particulars(context, id_of(complaint))
    return list(told.answers) if told is not None else []


def masked(reporter: Reporter) -> Reporter:
    """A reporter of whom only initials and last digits are left.

    >>> masked(Reporter("Warga Contoh 12", phone="+6281234567890")).display_name
    'W*** C*** 1***'
    """
    user, at, host = (reporter.email or "").partition("@")
    return Reporter(
        display_name=" ".join(f"{word[0]}***" for word in reporter.display_name.split()) or "***",
        phone=None if reporter.phone is None else f"{reporter.phone[:3]}***{reporter.phone[-2:]}",
        email=f"{user[:1]}***{at}{host}" if at else None,
        nik=None if reporter.nik is None else f"{'*' * 12}{reporter.nik[-4:]}",
        verified=reporter.verified,
    )
