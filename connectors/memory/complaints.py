"""Complaints from records in memory: the plain way, which the store must equal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Protocol, TypeVar

from connectors.errors import Rejected
from connectors.memory.base import by_id, slice_of
from connectors.ports import geometry
from connectors.ports.common import (
    Bucket,
    Hit,
    Near,
    Order,
    Page,
    Position,
    ScopedId,
    Slice,
    SortValue,
    Window,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_stats import (
    MOST_ROWS,
    NONE,
    ComplaintDimension,
    Stats,
    StatsQuestion,
    StatsRow,
    in_row_order,
    median,
    period_start,
)
from connectors.ports.complaints import (
    UNLIKE,
    Comment,
    Complaint,
    ComplaintCriteria,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintOrderField,
    Particulars,
    Similar,
    Viewer,
    kecamatan_of,
    kelurahan_of,
    searched,
    seconds_between,
)


class Child(Protocol):
    """Anything dated that belongs to a complaint."""

    @property
    def id(self) -> ScopedId: ...
    @property
    def complaint(self) -> str: ...
    @property
    def at(self) -> datetime: ...


C = TypeVar("C", bound=Child)


@dataclass(frozen=True, slots=True)
class Records:
    """Everything a source of complaints holds."""

    categories: Sequence[ComplaintCategory] = ()
    complaints: Sequence[Complaint] = ()
    events: Sequence[ComplaintEvent] = ()
    comments: Sequence[Comment] = ()
    media: Sequence[ComplaintMedia] = ()
    particulars: Mapping[str, Particulars] | None = None


class MemoryComplaints:
    """A ComplaintSource over records."""

    def __init__(self, name: str, records: Records) -> None:
        self.name = name
        self._all = records
        self._searched: list[str] | None = None
        self._events = _by_complaint(records.events)
        self._comments = _by_complaint(records.comments)
        self._media: dict[str, list[ComplaintMedia]] = defaultdict(list)
        for item in records.media:
            self._media[item.complaint].append(item)

    async def list_categories(self) -> Sequence[ComplaintCategory]:
        return sorted(self._all.categories, key=lambda category: category.code)

    async def categories_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintCategory | None]:
        return by_id(self._all.categories, ids)

    async def complaints_by_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        return by_id(self._all.complaints, ids)

    async def complaints_by_tracking_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        known = {complaint.tracking_id: complaint for complaint in self._all.complaints}
        return [known.get(tracking) for tracking in ids]

    async def find_complaints(
        self, criteria: ComplaintCriteria, order: Order[ComplaintOrderField], page: Page
    ) -> Slice[Complaint]:
        origin = order.origin
        if order.field is ComplaintOrderField.DISTANCE and origin is None:
            raise Rejected("distances need a point to be measured from")
        if origin is None and isinstance(criteria.where, Near):
            origin = criteria.where.point
        return slice_of(
            self._fitting(criteria),
            page,
            lambda complaint: sort_value(complaint, order),
            origin=origin,
            point=lambda complaint: complaint.point,
        )

    async def count_complaints(self, criteria: ComplaintCriteria) -> int:
        return len(self._fitting(criteria))

    async def complaint_buckets(
        self, criteria: ComplaintCriteria, field: ComplaintDimension
    ) -> Sequence[Bucket]:
        counts = Counter(key_of(complaint, field) for complaint in self._fitting(criteria))
        found = [Bucket(key, count) for key, count in counts.items() if key is not None]
        return sorted(found, key=lambda bucket: (-bucket.count, bucket.key))

    async def similar_complaints(self, question: Similar) -> Sequence[Complaint]:
        around = Near(question.point, question.radius_m)
        like = [
            (geometry.chord2(question.point, complaint.point), complaint)
            for complaint in self._all.complaints
            if complaint.point is not None
            and geometry.is_in(around, complaint.point, None)
            and complaint.category in question.categories
            and complaint.status not in UNLIKE
            and complaint.created_at >= question.since
            and question.visible_to.sees(complaint.visibility)
        ]
        like.sort(key=lambda pair: pair[1].origin.local_id)
        like.sort(key=lambda pair: pair[1].created_at, reverse=True)
        like.sort(key=lambda pair: pair[0])
        return [complaint for _, complaint in like[: question.first]]

    async def complaint_stats(self, criteria: ComplaintCriteria, question: StatsQuestion) -> Stats:
        groups: dict[tuple[date | None, tuple[str, ...]], list[Complaint]] = defaultdict(list)
        for complaint in self._fitting(criteria):
            keys = tuple(key_of(complaint, one) or NONE for one in question.group_by)
            period = question.interval and period_start(
                complaint.created_at, question.interval, question.utc_offset
            )
            groups[period, keys].append(complaint)
        rows = in_row_order(
            _row(period, keys, members, criteria.now, medians=question.medians)
            for (period, keys), members in groups.items()
        )
        return Stats(rows[: MOST_ROWS + 1], as_of=criteria.now)

    async def duplicates_by_complaint_id(
        self, ids: Sequence[str], visible_to: Viewer
    ) -> Sequence[Sequence[Complaint]]:
        found: dict[str, list[Complaint]] = {local: [] for local in ids}
        for complaint in sorted(
            self._all.complaints, key=lambda one: (one.created_at, one.origin.local_id)
        ):
            if complaint.duplicate_of in found and visible_to.sees(complaint.visibility):
                found[complaint.duplicate_of].append(complaint)
        return [found[local] for local in ids]

    # --------------------------------------------------------------------------- children

    async def media_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return [
            _media(item for item in self._media.get(local, ()) if item.comment is None)
            for local in ids
        ]

    async def media_by_event_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return [_media(item for item in self._all.media if item.event == local) for local in ids]

    async def media_by_comment_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return [_media(item for item in self._all.media if item.comment == local) for local in ids]

    async def history_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[ComplaintEvent]]:
        return [_child_page(self._events.get(local, ()), page) for local in ids]

    async def comments_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[Comment]]:
        return [_child_page(self._comments.get(local, ()), page) for local in ids]

    async def comment_counts_by_complaint_id(self, ids: Sequence[str]) -> Sequence[int]:
        return [len(self._comments.get(local, ())) for local in ids]

    async def particulars_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Particulars | None]:
        known = self._all.particulars or {}
        return [known.get(local) for local in ids]

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintEvent | None]:
        known = {event.id.local: event for event in self._all.events}
        return [known.get(local) for local in ids]

    async def comments_by_id(self, ids: Sequence[str]) -> Sequence[Comment | None]:
        known = {comment.id.local: comment for comment in self._all.comments}
        return [known.get(local) for local in ids]

    async def media_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintMedia | None]:
        known = {item.media.id.local: item for item in self._all.media}
        return [known.get(local) for local in ids]

    def _fitting(self, criteria: ComplaintCriteria) -> list[Complaint]:
        held, words = self._all.complaints, criteria.words
        if words:
            # What is searched is put together once; `fits` looks again at those few that are left.
            if self._searched is None:
                self._searched = [searched(complaint) for complaint in held]
            told = zip(held, self._searched, strict=True)
            held = [complaint for complaint, text in told if _holds(text, words)]
        return [complaint for complaint in held if fits(complaint, criteria)]


def fits(complaint: Complaint, criteria: ComplaintCriteria) -> bool:
    """Whether a complaint is one of those asked for."""
    source, local = complaint.origin.connector, complaint.origin.local_id
    overdue = criteria.overdue
    return (
        criteria.visible_to.sees(complaint.visibility)
        and (criteria.ids is None or ScopedId(source, local) in criteria.ids)
        and (not criteria.categories or ScopedId(source, complaint.category) in criteria.categories)
        and (not criteria.statuses or complaint.status in criteria.statuses)
        and (not criteria.lights or complaint.light in criteria.lights)
        and (not criteria.departments or complaint.department in criteria.departments)
        and (not criteria.channels or complaint.channel in criteria.channels)
        and _during(complaint.created_at, criteria.created)
        and _during(complaint.updated_at, criteria.updated)
        and (
            criteria.where is None
            or geometry.is_in(criteria.where, complaint.point, complaint.area)
        )
        and (not criteria.text or _holds(searched(complaint), criteria.words))
        and (criteria.has_proof is None or complaint.has_proof is criteria.has_proof)
        and (overdue is None or complaint.is_overdue(criteria.now) is overdue)
    )


def _holds(told: str, words: Sequence[str]) -> bool:
    return all(word in told for word in words)


def _during(moment: datetime, window: Window | None) -> bool:
    return window is None or (
        (window.start is None or moment >= window.start)
        and (window.end is None or moment < window.end)
    )


def sort_value(complaint: Complaint, order: Order[ComplaintOrderField]) -> SortValue:
    """What a complaint is sorted by."""
    if order.field is ComplaintOrderField.DISTANCE:
        here, origin = complaint.point, order.origin
        return None if here is None or origin is None else geometry.chord2(origin, here)
    return _VALUES[order.field](complaint)


_VALUES: dict[ComplaintOrderField, Callable[[Complaint], SortValue]] = {
    ComplaintOrderField.CREATED_AT: attrgetter("created_at"),
    ComplaintOrderField.UPDATED_AT: attrgetter("updated_at"),
    ComplaintOrderField.DUE_AT: attrgetter("due_at"),
    ComplaintOrderField.FOLLOWERS: attrgetter("follower_count"),
}


def key_of(complaint: Complaint, dimension: ComplaintDimension) -> str | None:
    """The value of a complaint in a dimension, None when it has none."""
    light = complaint.light
    return {
        ComplaintDimension.STATUS: complaint.status.value,
        ComplaintDimension.LIGHT: light.value if light else None,
        ComplaintDimension.DEPARTMENT: complaint.department,
        ComplaintDimension.CATEGORY: complaint.category,
        ComplaintDimension.KECAMATAN: kecamatan_of(complaint.area),
        ComplaintDimension.KELURAHAN: kelurahan_of(complaint.area),
        ComplaintDimension.CHANNEL: complaint.channel.value,
    }[dimension]


def _row(
    period: date | None,
    keys: tuple[str, ...],
    members: Sequence[Complaint],
    now: datetime,
    *,
    medians: bool,
) -> StatsRow:
    timed = members if medians else ()
    forwarded = [seconds_between(one.created_at, one.forwarded_at) for one in timed]
    resolved = [seconds_between(one.created_at, one.resolved_at) for one in timed]
    judged = [
        one.resolved_at <= one.due_at
        for one in members
        if one.resolved_at is not None and one.due_at is not None
    ]
    stars = [one.rating.stars for one in members if one.rating and one.rating.stars is not None]
    return StatsRow(
        keys=keys,
        period_start=period,
        count=len(members),
        open=sum(one.is_open for one in members),
        overdue=sum(one.is_overdue(now) for one in members),
        with_proof=sum(one.has_proof for one in members),
        median_to_forward=median([value for value in forwarded if value is not None]),
        median_to_resolve=median([value for value in resolved if value is not None]),
        met=sum(judged),
        due_and_resolved=len(judged),
        stars=sum(stars),
        rated=len(stars),
    )


def _media(items: Iterable[ComplaintMedia]) -> list[ComplaintMedia]:
    return sorted(items, key=lambda item: item.media.id.local)


def _by_complaint(children: Iterable[C]) -> dict[str, list[C]]:
    """The children of each complaint, oldest first, then by id."""
    found: dict[str, list[C]] = defaultdict(list)
    for child in sorted(children, key=lambda child: (child.at, child.id.local)):
        found[child.complaint].append(child)
    return found


def _child_page(own: Sequence[C], page: Page) -> Slice[C]:
    if page.after is not None:
        seen = (page.after.value, page.after.local)
        own = [child for child in own if (child.at, child.id.local) > seen]
    return Slice(
        hits=tuple(
            Hit(child, Position(child.at, child.id.source, child.id.local))
            for child in own[: page.first]
        ),
        more=len(own) > page.first,
    )
