"""Which media type an answer gets, from the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
HTML = "text/html"

# Of types wanted equally by name the first is taken.
_ANSWERS = (GRAPHQL_RESPONSE, JSON)


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One member of an Accept header."""

    kind: str
    """`type/subtype` in small letters; either part may be `*`."""
    quality: float
    charset: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Liking:
    """How much a caller wants a media type; greater is better."""

    quality: float = 0.0
    precision: int = 0
    """2 when named, 1 when named as `type/*`, 0 when only `*/*` covers it."""


def parse_accept(values: Iterable[str]) -> list[MediaRange]:
    """The media ranges of all Accept headers; those that cannot be read are left out."""
    ranges = []
    for written in ",".join(values).split(","):
        kind, *parameters = (part.strip() for part in written.split(";"))
        main, slash, sub = kind.lower().partition("/")
        if not (main and slash and sub):
            continue
        quality, charset = 1.0, None
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            match name.strip().lower():
                case "q":
                    quality = _quality(value)
                case "charset":
                    charset = value.strip().strip('"').lower()
        ranges.append(MediaRange(f"{main}/{sub}", quality, charset))
    return ranges


def _quality(written: str) -> float:
    """A weight from 0 to 1; one that cannot be read counts as 0, so its range is not used."""
    try:
        quality = float(written)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0


def liking(ranges: Sequence[MediaRange], kind: str) -> Liking:
    """How much these ranges want a type: the most precise range that covers it decides."""
    main = kind.partition("/")[0]
    for precision, pattern in ((2, kind), (1, f"{main}/*"), (0, "*/*")):
        found = [
            each.quality
            for each in ranges
            if each.kind == pattern and each.charset in {None, "utf-8", "utf8"}
        ]
        if found:
            return Liking(max(found), precision)
    return Liking()


def choose(values: Sequence[str]) -> str | None:
    """The media type of the answer, None when none of ours is acceptable.

    Without the header, or where only a `*` covers both, it is application/json, as clients
    that do not name the newer type expect. Where both are named equally it is the newer one.
    """
    if not values:
        return JSON
    ranges = parse_accept(values)
    wanted = {kind: liking(ranges, kind) for kind in _ANSWERS}
    best = max(wanted.values())
    if best.quality == 0.0:
        return None
    liked = [kind for kind in _ANSWERS if wanted[kind] == best]
    return liked[0] if best.precision == 2 else liked[-1]


def prefers_html(values: Sequence[str]) -> bool:
    """Whether a browser is asking: it names HTML and wants no answer type of ours more."""
    ranges = parse_accept(values)
    html = liking(ranges, HTML)
    return (
        html.quality > 0.0
        and html.precision > 0
        and all(html >= liking(ranges, kind) for kind in _ANSWERS)
    )
