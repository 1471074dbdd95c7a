"""Rows become complaints, or are refused with the column and the reason: never anything else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.memory.complaint_rows import (
    read_category,
    read_comment,
    read_complaint,
    read_event,
)
from connectors.ports.common import GeoPoint, Origin, SourceQuality
from connectors.ports.complaint_stats import StatInterval, period_start
from connectors.ports.complaints import (
    LIGHTS,
    OPEN,
    Channel,
    ComplaintStatus,
    Light,
    RejectReason,
    Visibility,
    light_of,
    status_of,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

ROW: dict[str, Any] = {
    "id": "0042",
    "tracking_id": "LAKSA-2026-000042",
    "description": "Lampu padam",
    "category": "lampu-pju",
    "status": "menunggu",
    "channel": "call-112",
    "created_at": "2026-11-20T08:00:00+07:00",
}


def origin(local: str) -> Origin:
    return Origin("laksa", local, NOW, NOW, SourceQuality.OFFICIAL)


def test_a_row_with_nothing_but_what_must_be_there_is_a_complaint() -> None:
    found = read_complaint(ROW, origin)
    assert found.origin.local_id == "0042"
    assert found.status is ComplaintStatus.RECEIVED
    assert found.source_status == "menunggu"
    assert found.channel is Channel.CALL_112
    assert found.created_at == found.updated_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert found.visibility is Visibility.PUBLIC
    assert (found.follower_count, found.version, found.rating, found.point) == (0, 1, None, None)


def test_a_full_row_keeps_every_value() -> None:
    full = {
        **ROW, "status": "Selesai", "title": "Lampu", "reject_reason": "out of area",
        "department": "dishub", "lat": "-6.17", "lng": 106.64, "address": "Jl. Merdeka",
        "kelurahan": "36.71.01.1001", "postal_code": "15111", "has_proof": "yes",
        "resolved_at": "2026-11-21T08:00:00+07:00", "followers": "3", "visibility": "private",
        "stars": 4, "solved": "true", "rated_at": "2026-11-22T08:00:00Z", "version": 2,
        "status_note_id": "Sudah", "status_note_en": "Done",
    }  # fmt: skip
    found = read_complaint(full, origin)
    assert found.status is ComplaintStatus.RESOLVED
    assert found.light is Light.GREEN
    assert found.source_status == "Selesai"
    assert found.reject_reason is RejectReason.OUT_OF_AREA
    assert found.point == GeoPoint(-6.17, 106.64)
    assert found.address is not None
    assert found.address.kecamatan == "36.71.01"
    assert found.rating is not None
    assert (found.rating.stars, found.rating.solved) == (4, True)
    assert found.status_note is not None
    assert found.status_note.pick("en") == "Done"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "", "id is empty"),
        ("channel", "pigeon", "channel must be one of"),
        ("created_at", "2026-11-20", "created_at must be"),
        ("created_at", "2026-11-20T08:00:00", "created_at must be"),
        ("lat", "91", "lat, lng need each other"),
        ("kelurahan", "Cikokol", "kelurahan must be a code"),
        ("followers", "-1", "followers must be from 0"),
        ("version", True, "version must be a whole number"),
    ],
)
def test_a_wrong_value_is_refused_with_its_column(column: str, value: Any, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_complaint({**ROW, column: value}, origin)


def test_six_stars_are_refused() -> None:
    with pytest.raises(Unreadable, match="stars must be from 1 to 5"):
        read_complaint({**ROW, "rated_at": ROW["created_at"], "stars": 6}, origin)


def test_a_category_has_its_limit_in_hours() -> None:
    row = {"code": "007", "name_id": "Jalan", "sla_hours": "48", "keywords": "lubang|aspal|lubang"}
    found = read_category(row, origin)
    assert found.code == "007"
    assert found.sla == timedelta(days=2)
    assert found.keywords == ("lubang", "aspal")
    with pytest.raises(Unreadable, match="sla_hours"):
        read_category({**row, "sla_hours": "0"}, origin)


def test_a_step_and_a_comment_know_their_complaint() -> None:
    step = {"id": "9", "complaint": "42", "at": "2026-11-20T08:00:00+07:00", "to": "proses"}
    event = read_event({**step, "actor": "DISHUB"}, "laksa")
    assert (str(event.id), event.complaint) == ("laksa:9", "42")
    assert event.before is None
    assert event.to is ComplaintStatus.IN_PROGRESS
    comment = read_comment({**step, "text": "Halo", "author": "Warga"}, "laksa")
    assert not comment.official


# ------------------------------------------------------------------------------- words


def test_words_fold_to_statuses_and_what_nobody_mapped_is_unknown() -> None:
    assert status_of(" Proses ") is ComplaintStatus.IN_PROGRESS
    assert status_of("reopened") is ComplaintStatus.REOPENED
    assert status_of("dibakar") is ComplaintStatus.UNKNOWN


def test_every_status_has_its_light_and_green_needs_proof() -> None:
    assert set(LIGHTS) == set(ComplaintStatus)
    assert light_of(ComplaintStatus.RESOLVED, has_proof=True) is Light.GREEN
    assert light_of(ComplaintStatus.RESOLVED, has_proof=False) is Light.YELLOW
    for status in (ComplaintStatus.REJECTED, ComplaintStatus.DUPLICATE, ComplaintStatus.UNKNOWN):
        assert light_of(status, has_proof=True) is None
    closed = {"RESOLVED", "REJECTED", "DUPLICATE", "UNKNOWN"}
    assert {status.value for status in set(ComplaintStatus) - OPEN} == closed


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        period_start(datetime(2026, 11, 23), StatInterval.DAY, timedelta(hours=7))  # noqa: DTZ001


# ------------------------------------------------------------------------------- garbage

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=3), st.text()),
    st.sampled_from(["-6.17", "106.6", "2026-11-20T08:00:00+07:00", "APP", "36.71.01.1001", "3"]),
)  # fmt: skip
COLUMNS = [
    *ROW, "title", "updated_at", "status_note", "reject_reason", "department", "lat", "lng",
    "address", "kelurahan", "has_proof", "followers", "visibility", "stars", "solved", "rated_at",
    "version", "code", "name", "sla_hours", "keywords", "intake", "complaint", "at", "to", "from",
    "actor", "text", "author", "official", "note",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(COLUMNS), CELLS))
def test_no_row_raises_anything_but_unreadable(garbage: dict[str, Any]) -> None:
    step = {"id": "9", "complaint": "42", "at": "2026-11-20T08:00:00+07:00", "to": "proses"}
    reads: list[Any] = [
        lambda: read_complaint({**ROW, **garbage}, origin),
        lambda: read_category({"code": "1", "name": "Jalan", **garbage}, origin),
        lambda: read_event({**step, "actor": "DISHUB", **garbage}, "laksa"),
        lambda: read_comment({**step, "text": "Halo", "author": "Warga", **garbage}, "laksa"),
    ]
    for read in reads:
        with suppress(Unreadable):
            read()
