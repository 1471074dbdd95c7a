"""What a city chooses about its complaints: where they are kept, where they go, where the city ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors.ports.common import GeoPoint

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: none looks like another."""


def new_tracking_id() -> str:
    """A number to tell on the phone: `TL-7K3M9-QXD4T`, 50 bits of chance, nothing to count by."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"TL-{letters[:5]}-{letters[5:]}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Choices of one city."""

    home: str
    """Key of the source under which complaints taken here are shown: a line of the catalogue whose
    system is `store.complaints`."""
    desk: str | None = None
    """Key of the source they are handed on to; None where the gateway is where they are handled."""
    desk_keeps_secrets: bool = False
    """Whether private ones may be handed on there, too: most servers of Open311 publish all they
    have."""
    area_at: Callable[[GeoPoint], str | None] | None = None
    """Code of the area around a point, None outside of the city; without it no point is refused."""
    default_sla: timedelta | None = None
    """Where a category publishes no limit of its own."""
    same_within: timedelta = timedelta(minutes=10)
    """So soon after each other the same complaint of the same person is one sent twice."""
    new_id: Callable[[], str] = new_tracking_id
