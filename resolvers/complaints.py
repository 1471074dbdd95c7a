"""Complaints: one, many, similar ones, and what they are about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.ports.common import (
    Bucket,
    ErrorCode,
    GeoPoint,
    Media,
    Page,
    ScopedId,
    Slice,
    Text,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_stats import ComplaintDimension
from connectors.ports.complaints import (
    Comment,
    Complaint,
    ComplaintCriteria,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintSource,
    Similar,
)
from connectors.switchboard import Source
from resolvers import areas, ids
from resolvers import complaint_questions as questions
from resolvers.asked import text as asked_text
from resolvers.complaint_children import id_of
from resolvers.complaint_labels import LABELS
from resolvers.context import Context, ask
from resolvers.facets import area_names, department_names
from resolvers.listings import Listing, PageArgs, ask_all, listing, page_of, plain, report
from resolvers.lookups import Lookup
from resolvers.problems import Refusal, bad_input

complaint_by_id: Lookup[ComplaintSource, Complaint] = Lookup(
    ComplaintSource, lambda source, ids: source.complaints_by_id(ids)
)
complaint_by_tracking_id: Lookup[ComplaintSource, Complaint] = Lookup(
    ComplaintSource, lambda source, ids: source.complaints_by_tracking_id(ids)
)
category_by_id: Lookup[ComplaintSource, ComplaintCategory] = Lookup(
    ComplaintSource, lambda source, ids: source.categories_by_id(ids)
)
event_by_id: Lookup[ComplaintSource, ComplaintEvent] = Lookup(
    ComplaintSource, lambda source, ids: source.events_by_id(ids)
)
comment_by_id: Lookup[ComplaintSource, Comment] = Lookup(
    ComplaintSource, lambda source, ids: source.comments_by_id(ids)
)
media_by_id: Lookup[ComplaintSource, ComplaintMedia] = Lookup(
    ComplaintSource, lambda source, ids: source.media_by_id(ids)
)

FACETS: dict[str, ComplaintDimension] = {
    dimension.value.lower(): dimension for dimension in ComplaintDimension
}
"""The fields complaints are counted by."""

MOST_RADIUS_M, MOST_DAYS, MOST_SIMILAR = 5_000, 365, 50
LONGEST_TRACKING_ID = 255


# ------------------------------------------------------------------------------- one


def shown(context: Context, complaint: Complaint | None) -> Complaint | None:
    """The complaint, None where the caller may not see it: the one gate for records by id."""
    if complaint is None or not questions.viewer(context).sees(complaint.visibility):
        return None
    return complaint


async def by_id(context: Context, id: ScopedId) -> Complaint | None:  # noqa: A002 - the field's own word
    """The complaint with an id, if the caller may see it."""
    return shown(context, await complaint_by_id(context, id))


async def one(context: Context, id: str | None, tracking_id: str | None) -> Complaint | None:  # noqa: A002 - as above
    """The complaint with an id or with a tracking id: exactly one of them must be given."""
    if (id is None) == (tracking_id is None):
        raise bad_input("Pass exactly one of `id` and `trackingId`.")
    if id is not None:
        return await by_id(context, ids.scoped_id(id, "Complaint"))
    return await _by_tracking_id(context, tracking_id or "")


async def _by_tracking_id(context: Context, tracking_id: str) -> Complaint | None:
    """The first source that knows it answers; a source that might know it must not have failed."""
    wanted = tracking_id.strip()
    if not wanted or len(wanted) > LONGEST_TRACKING_ID or not wanted.isprintable():
        raise bad_input("`trackingId` must be a number such as LAKSA-2026-000123.")
    good, bad = await ask_all(
        context, ComplaintSource, lambda source: source.complaints_by_tracking_id([wanted])
    )
    for _, (found,) in good:
        if found is not None:
            return shown(context, found)
    report(bad)  # raises what went wrong
    return None


async def _of_visible(context: Context, source: str, complaint: str) -> bool:
    return await by_id(context, ScopedId(source, complaint)) is not None


async def _event(context: Context, id: ScopedId) -> ComplaintEvent | None:  # noqa: A002 - as above
    found = await event_by_id(context, id)
    return found if found and await _of_visible(context, id.source, found.complaint) else None


async def _comment(context: Context, id: ScopedId) -> Comment | None:  # noqa: A002 - as above
    found = await comment_by_id(context, id)
    return found if found and await _of_visible(context, id.source, found.complaint) else None


async def media(context: Context, id: ScopedId) -> Media | None:  # noqa: A002 - as above
    """A picture of a complaint that the caller may see."""
    found = await media_by_id(context, id)
    return found.media if found and await _of_visible(context, id.source, found.complaint) else None


async def _category(context: Context, id: ScopedId) -> ComplaintCategory | None:  # noqa: A002 - as above
    return await category_by_id(context, id)


NODES: Mapping[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "Complaint": by_id,
    "ComplaintCategory": _category,
    "ComplaintEvent": _event,
    "Comment": _comment,
}
"""How a node of each type of this domain is fetched. Media: see `media`, for our sources."""


# ------------------------------------------------------------------------------- many


async def find(
    context: Context, where: Any, order_by: Any, args: PageArgs
) -> Listing[Complaint] | None:
    """A page of complaints, the newest first unless another order is asked for."""
    wanted = await questions.criteria(context, where)
    order = questions.order(order_by, wanted)
    mark = ids.fingerprint("complaints", order)
    page = page_of(args, mark, descending=order.descending)

    def found(source: ComplaintSource, page: Page) -> Awaitable[Slice[Complaint]]:
        return source.find_complaints(wanted, order, page)

    async def buckets(source: ComplaintSource, field: str) -> Sequence[Bucket]:
        return await _labelled(context, source, wanted, FACETS[field])

    return await listing(
        context,
        ComplaintSource,
        found,
        page,
        mark,
        count=lambda source: source.count_complaints(wanted),
        facets=buckets,
        facet_fields=tuple(FACETS),
    )


async def _labelled(
    context: Context,
    source: ComplaintSource,
    wanted: ComplaintCriteria,
    dimension: ComplaintDimension,
) -> list[Bucket]:
    buckets = await source.complaint_buckets(wanted, dimension)
    keys = [bucket.key for bucket in buckets]
    labels = await _labels(context, source.name, dimension, keys)
    return [
        Bucket(bucket.key, bucket.count, label)
        for bucket, label in zip(buckets, labels, strict=True)
    ]


async def _labels(
    context: Context, source: str, dimension: ComplaintDimension, keys: Sequence[str]
) -> list[Text | None]:
    """What people call these values; None where a source of names does not answer."""
    if dimension in LABELS:
        return [LABELS[dimension].get(key) for key in keys]
    if dimension is ComplaintDimension.CATEGORY:
        found = await category_by_id.all_or_errors(context, [ScopedId(source, k) for k in keys])
        return [one.name if isinstance(one, ComplaintCategory) else None for one in found]
    look_up = department_names if dimension is ComplaintDimension.DEPARTMENT else area_names
    names = await look_up(context, keys)
    return [names.get(key) for key in keys]


async def duplicate_of(context: Context, complaint: Complaint) -> Complaint | None:
    """The complaint it repeats, if the caller may see that one."""
    if complaint.duplicate_of is None:
        return None
    return await by_id(context, ScopedId(complaint.origin.connector, complaint.duplicate_of))


async def duplicates(context: Context, complaint: Complaint) -> list[Complaint]:
    """The complaints that repeat it and that the caller may see, oldest first."""
    key = ("complaint", "duplicates")
    known: Any = context.loaders.get(key)
    if known is None:
        viewer = questions.viewer(context)
        known = Lookup(
            ComplaintSource, lambda source, ids: source.duplicates_by_complaint_id(ids, viewer)
        )
        context.loaders[key] = known
    return list(await known(context, id_of(complaint)) or ())


# ------------------------------------------------------------------------------- similar


async def similar(
    context: Context,
    *,
    category: str,
    point: GeoPoint,
    radius_m: int,
    within_days: int,
    first: int,
) -> list[Complaint]:
    """Complaints like one about to be sent: same category or group, near, recent.

    Nearest first, then newest, all of the source of the category. Rejected ones and duplicates
    are left out: nothing can be joined there.
    """
    for name, value, least, most in (
        ("radiusM", radius_m, 1, MOST_RADIUS_M),
        ("withinDays", within_days, 1, MOST_DAYS),
        ("first", first, 0, MOST_SIMILAR),
    ):
        if not least <= value <= most:
            raise bad_input(f"`{name}` must be from {least} to {most}, not {value}.")
    asked = ids.scoped_id(category, "ComplaintCategory")
    source = context.switchboard.named(ComplaintSource, asked.source)
    if source is None:
        raise bad_input(f"`category`: no source called {asked.source!r} answers here.")
    chosen = await category_by_id(context, asked)
    if chosen is None:
        message = "`category` is not known: `complaintCategories` lists those there are."
        raise Refusal(ErrorCode.NOT_FOUND, message)
    question = Similar(
        categories=await _group(context, source, chosen),
        point=point,
        radius_m=radius_m,
        since=context.now() - timedelta(days=within_days),
        first=first,
        visible_to=questions.viewer(context),
    )
    answered = await ask(context, source, lambda it: it.similar_complaints(question))
    return list(answered.value)


async def _group(
    context: Context, source: Source[ComplaintSource], category: ComplaintCategory
) -> tuple[str, ...]:
    """Codes of a category and of the others of its group."""
    if category.group is None:
        return (category.code,)
    every = await ask(context, source, lambda connector: connector.list_categories())
    return tuple(one.code for one in every.value if one.group == category.group)


# ------------------------------------------------------------------------------- categories


async def categories(
    context: Context, at: GeoPoint | None, q: str | None
) -> list[ComplaintCategory] | None:
    """What can be complained about, by code; `q` must stand in names or keywords.

    OUT_OF_AREA when `at` is outside the city.
    """
    if at is not None and not await _in_city(context, at):
        message = "`at` is outside the city: its complaints go to another government."
        raise Refusal(ErrorCode.OUT_OF_AREA, message)
    found = await plain(context, ComplaintSource, lambda source: source.list_categories())
    looked_for = asked_text(q, "q")
    if found is None or looked_for is None:
        return found
    words = looked_for.casefold().split()
    return [one for one in found if all(word in _told(one) for word in words)]


async def _in_city(context: Context, at: GeoPoint) -> bool:
    around = await areas.find(context, level=None, parent=None, containing=at)
    return around is None or bool(around)


def _told(category: ComplaintCategory) -> str:
    texts = (category.name, category.description, category.group)
    words = [text for told in texts if told for _, text in told]
    return "\n".join([category.code, *words, *category.keywords]).casefold()


async def category_of(context: Context, complaint: Complaint) -> ComplaintCategory:
    """The category of a complaint; one without a name of its own where its source has none."""
    id_ = ScopedId(complaint.origin.connector, complaint.category)
    found = await category_by_id(context, id_)
    if found is not None:
        return found
    return ComplaintCategory(complaint.origin, complaint.category, Text({"id": complaint.category}))
