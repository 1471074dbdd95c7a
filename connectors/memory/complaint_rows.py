"""Rows of an upstream, read as complaints and what belongs to them.

A row is a mapping with these columns; `*` must be there, texts are as in CSV, values as in JSON:

- category: `code`*, `name_id`/`name_en`*, `description`, `group`, `keywords` (parted by `|`),
  `intake`, `department` (code), `sla_hours`
- complaint: `id`*, `tracking_id`*, `description`*, `category`* (code), `status`* (a word of
  `complaints.WORDS` or the name of a status), `channel`*, `created_at`*, `updated_at`, `title`,
  `status_note`, `reject_reason`, `department` (code), `notice`, `lat`, `lng`, `address`,
  `kelurahan` (code), `postal_code`, `has_proof`, `forwarded_at`, `due_at`, `resolved_at`,
  `followers`, `duplicate_of` (id), `visibility`, `stars`, `solved`, `rated_at`, `version`
- event: `id`*, `complaint`* (id), `at`*, `to`*, `from`, `note`, `actor`*
- comment: `id`*, `complaint`* (id), `at`*, `text`*, `author`*, `official`

Moments are ISO 8601 with an offset. Whatever does not fit raises `Unreadable`, naming the column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from connectors.memory.cells import Cells
from connectors.ports.common import Address, Origin, ScopedId
from connectors.ports.complaint_categories import ComplaintCategory, IntakeMode
from connectors.ports.complaints import (
    Channel,
    Comment,
    Complaint,
    ComplaintEvent,
    Rating,
    RejectReason,
    Visibility,
    kecamatan_of,
    status_of,
)

OriginOf = Callable[[str], Origin]

_KELURAHAN = len("36.71.05.1001")
_MOST_HOURS = 24 * 366
_MOST_STARS = 5


def read_category(row: Mapping[str, Any], origin: OriginOf) -> ComplaintCategory:
    """A category. Raises Unreadable."""
    cells = Cells(row, "complaint category")
    code = cells.local_id("code")
    return ComplaintCategory(
        origin=origin(code),
        code=code,
        name=cells.must_text("name"),
        description=cells.text("description"),
        group=cells.text("group"),
        keywords=cells.words("keywords"),
        intake=cells.one_of("intake", IntakeMode) or IntakeMode.REALTIME,
        department=cells.plain("department"),
        sla=_hours(cells),
    )


def read_complaint(row: Mapping[str, Any], origin: OriginOf) -> Complaint:
    """A complaint. Raises Unreadable."""
    cells = Cells(row, "complaint")
    local, word = cells.local_id(), cells.must("status")
    area, created = _area(cells), cells.must_moment("created_at")
    return Complaint(
        origin=origin(local),
        tracking_id=cells.must("tracking_id"),
        upstream_id=local,
        title=cells.plain("title"),
        description=cells.must("description"),
        category=cells.must("category"),
        status=status_of(word),
        source_status=word,
        channel=cells.must_one_of("channel", Channel),
        created_at=created,
        updated_at=cells.moment("updated_at") or created,
        status_note=cells.text("status_note"),
        reject_reason=cells.one_of("reject_reason", RejectReason),
        department=cells.plain("department"),
        notice=cells.text("notice"),
        point=cells.point(),
        address=_address(cells, area),
        area=area,
        has_proof=cells.flag("has_proof") or False,
        forwarded_at=cells.moment("forwarded_at"),
        due_at=cells.moment("due_at"),
        resolved_at=cells.moment("resolved_at"),
        follower_count=cells.whole("followers") or 0,
        duplicate_of=cells.plain("duplicate_of"),
        visibility=cells.one_of("visibility", Visibility) or Visibility.PUBLIC,
        rating=_rating(cells),
        version=cells.whole("version", least=1) or 1,
    )


def read_event(row: Mapping[str, Any], source: str) -> ComplaintEvent:
    """A step of a history, in the source with this key. Raises Unreadable."""
    cells = Cells(row, "complaint event")
    before = cells.plain("from")
    return ComplaintEvent(
        id=ScopedId(source, cells.must("id")),
        complaint=cells.must("complaint"),
        at=cells.must_moment("at"),
        to=status_of(cells.must("to")),
        before=status_of(before) if before else None,
        note=cells.text("note"),
        actor=cells.must("actor"),
    )


def read_comment(row: Mapping[str, Any], source: str) -> Comment:
    """A comment, in the source with this key. Raises Unreadable."""
    cells = Cells(row, "comment")
    return Comment(
        id=ScopedId(source, cells.must("id")),
        complaint=cells.must("complaint"),
        at=cells.must_moment("at"),
        text=cells.must("text"),
        author=cells.must("author"),
        official=cells.flag("official") or False,
    )


def _hours(cells: Cells) -> timedelta | None:
    hours = cells.number("sla_hours")
    if hours is None:
        return None
    if not 0 < hours <= _MOST_HOURS:
        cells.refuse("sla_hours", f"must be above 0, at most {_MOST_HOURS}")
    return timedelta(hours=hours)


def _area(cells: Cells) -> str | None:
    code = cells.area("kelurahan")
    if code is not None and len(code) != _KELURAHAN:
        cells.refuse("kelurahan", f"must be a code such as 36.71.05.1001, not {code}")
    return code


def _address(cells: Cells, area: str | None) -> Address | None:
    words = cells.text("address")
    if words is None:
        return None
    return Address(
        text=words,
        kelurahan=area,
        kecamatan=kecamatan_of(area),
        postal_code=cells.plain("postal_code"),
    )


def _rating(cells: Cells) -> Rating | None:
    at = cells.moment("rated_at")
    if at is None:
        return None
    stars = cells.whole("stars", least=1, most=_MOST_STARS)
    return Rating(at, stars, cells.flag("solved"))
