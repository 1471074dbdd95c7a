"""Pictures and documents of a record, kept as JSON beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.ports.common import (
    Licence,
    Media,
    MediaKind,
    MediaRole,
    ScopedId,
    Text,
    TriState,
)


def media_values(media: Sequence[Media]) -> list[dict[str, Any]]:
    """Media as JSON objects, in their order."""
    return [_value(one) for one in media]


def media_of(stored: Sequence[dict[str, Any]]) -> tuple[Media, ...]:
    """Media from how `media_values` stored them."""
    return tuple(_read(one) for one in stored)


def _value(media: Media) -> dict[str, Any]:
    licence = media.licence
    return {
        "id": str(media.id),
        "url": media.url,
        "kind": media.kind.value,
        "role": media.role.value,
        "width": media.width,
        "height": media.height,
        "taken_at": media.taken_at.isoformat() if media.taken_at else None,
        "alt": dict(media.alt.by_lang) if media.alt else None,
        "licence": licence and [licence.spdx, licence.attribution, licence.redistribution.value],
    }


def _read(stored: dict[str, Any]) -> Media:
    licence = stored["licence"]
    return Media(
        id=ScopedId.parse(stored["id"]),
        url=stored["url"],
        kind=MediaKind(stored["kind"]),
        role=MediaRole(stored["role"]),
        width=stored["width"],
        height=stored["height"],
        taken_at=datetime.fromisoformat(stored["taken_at"]) if stored["taken_at"] else None,
        alt=Text(stored["alt"]) if stored["alt"] else None,
        licence=licence and Licence(licence[0], licence[1], TriState(licence[2])),
    )
