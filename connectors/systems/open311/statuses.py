"""What the words of Open311 servers mean, where a catalogue line does not say."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.ports.complaints import ComplaintStatus as S
from connectors.ports.complaints import RejectReason, status_of

WORDS: dict[str, S] = {
    # GeoReport v2 itself
    "open": S.RECEIVED,
    "closed": S.RESOLVED,
    # words of servers, and of the platforms behind them
    "new": S.RECEIVED,
    "opened": S.RECEIVED,
    "submitted": S.RECEIVED,
    "reported": S.RECEIVED,
    "confirmed": S.RECEIVED,
    "pending": S.RECEIVED,
    "moderation": S.RECEIVED,
    "hold": S.RECEIVED,
    "acknowledged": S.VERIFIED,
    "accepted": S.VERIFIED,
    "validated": S.VERIFIED,
    "verified": S.VERIFIED,
    "assigned": S.FORWARDED,
    "referred": S.FORWARDED,
    "internal referral": S.FORWARDED,
    "transferred": S.FORWARDED,
    "koordinasi": S.FORWARDED,
    "disposisi": S.FORWARDED,
    "diteruskan": S.FORWARDED,
    "planned": S.SCHEDULED,
    "scheduled": S.SCHEDULED,
    "action scheduled": S.SCHEDULED,
    "dijadwalkan": S.SCHEDULED,
    "in progress": S.IN_PROGRESS,
    "in process": S.IN_PROGRESS,
    "investigating": S.IN_PROGRESS,
    "initiated": S.IN_PROGRESS,
    "work in progress": S.IN_PROGRESS,
    "fixed": S.RESOLVED,
    "fixed council": S.RESOLVED,
    "fixed user": S.RESOLVED,
    "completed": S.RESOLVED,
    "complete": S.RESOLVED,
    "done": S.RESOLVED,
    "processed": S.RESOLVED,
    "archived": S.RESOLVED,
    "duplicate request": S.DUPLICATE,
    "duplicated": S.DUPLICATE,
    "cancelled": S.REJECTED,
    "canceled": S.REJECTED,
    "declined": S.REJECTED,
    "not responsible": S.REJECTED,
    "no further action": S.REJECTED,
    "unable to fix": S.REJECTED,
    "ditolak": S.REJECTED,
    "reopened": S.REOPENED,
    "re opened": S.REOPENED,
    "reopen": S.REOPENED,
}
"""As `folded` has them. Names of statuses and LAKSA's own words need no line."""

REASONS: dict[str, RejectReason] = {
    "not responsible": RejectReason.NOT_OUR_AUTHORITY,
    "unable to fix": RejectReason.CANNOT_FIX,
}


def folded(word: str) -> str:
    """A word as the tables have it: small letters, single spaces, no stop at its end.

    >>> folded(" In-Progress. ")
    'in progress'
    """
    return " ".join(word.casefold().replace("-", " ").replace("_", " ").strip(" .!").split())


def meaning(word: str, own: Mapping[str, S]) -> S:
    """The status a word stands for; `own` is what the catalogue line says and goes first."""
    key = folded(word)
    found = own.get(key) or WORDS.get(key)
    return found or status_of(key.replace(" ", "_"))
