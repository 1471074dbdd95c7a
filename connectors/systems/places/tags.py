"""A place from the tags of OpenStreetMap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import opening_hours as hours_library

from connectors.errors import Unreadable
from connectors.kinds.phones import several
from connectors.kinds.plain import plain
from connectors.ports.common import (
    Address,
    GeoPoint,
    Media,
    Money,
    Origin,
    ScopedId,
    Text,
    Wheelchair,
)
from connectors.ports.places import Place, PlaceKind
from connectors.systems.places.kinds import MAIN_KEYS, NAMELESS, kind_of

Tags = Mapping[str, str]

LONGEST = 255
"""Characters of a value, as OpenStreetMap itself allows."""
MOST_TAGS = 60

_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", re.ASCII)
_WEB = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_BARE = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20}(?:/[^\s<>\"]{0,500})?", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@;,<>]{1,64}@[^\s@;,<>]{1,190}")
_CHARGE = re.compile(
    r"(?:(?P<before>rp\.?|idr|usd|eur)\s*)?(?P<amount>\d{1,12}(?:[., ]\d{3}){0,4}(?:[.,]\d{1,2})?)"
    r"(?:,-)?\s*(?P<behind>rp\.?|idr|rupiah|usd|eur)?(?:\s*(?:/|per)\s*(?:person|orang|pax))?",
    re.IGNORECASE,
)
_CURRENCIES = {"rp": "IDR", "idr": "IDR", "rupiah": "IDR", "usd": "USD", "eur": "EUR"}
_WHEELCHAIR = {
    "yes": Wheelchair.YES,
    "designated": Wheelchair.YES,
    "limited": Wheelchair.LIMITED,
    "no": Wheelchair.NO,
}
_TOLD = re.compile(
    r"(?:name|description|addr|contact|phone|telephone|email|website|url|opening_hours|wheelchair"
    r"|source|created_by|note|fixme|image|wikimedia_commons|attribution|type|building|tiger|ref"
    r"|fee|religion)(?::.*)?",
    re.IGNORECASE,
)
"""Tags that are told in fields of their own, or speak of the map rather than of the place."""


def is_place(tags: Tags) -> bool:
    """Whether the tags speak of a place at all, and not of a kerb or a turning circle."""
    return kind_of(tags) is not None or names(tags) is not None


def place_of(
    tags: Tags,
    origin: Origin,
    point: GeoPoint | None,
    *,
    area: str | None = None,
    kind: PlaceKind | None = None,
) -> Place:
    """The place. `kind` is taken where the tags name none. Raises Unreadable: it has no name."""
    tags = {key: words for key, value in tags.items() if (words := plain(value))}
    found = kind_of(tags) or kind or PlaceKind.OTHER
    phones = several(tags.get("phone") or tags.get("contact:phone") or tags.get("telephone") or "")
    fee, is_free = _fee(tags)
    hours, read = _hours(tags)
    return Place(
        origin=origin,
        kind=found,
        name=names(tags) or _called(tags, found),
        description=_texts(tags, "description"),
        tags=_further(tags, phones, keep_hours=not read, keep_fee=is_free is None),
        point=point,
        area=area,
        address=_address(tags, area),
        opening_hours=hours,
        phone=phones[0] if phones else None,
        email=_mail(tags.get("email") or tags.get("contact:email")),
        website=web_address(
            tags.get("website") or tags.get("contact:website") or tags.get("url") or ""
        ),
        entry_fee=fee,
        is_free=is_free,
        religion=tags.get("religion", "").lower() or None,
        wheelchair=_WHEELCHAIR.get(tags.get("wheelchair", "").lower(), Wheelchair.UNKNOWN),
        wheelchair_note=_texts(tags, "wheelchair:description"),
        media=_media(tags, origin),
    )


def names(tags: Tags) -> Text | None:
    """The name by language; what is just `name` is Indonesian, as the signs of the city are."""
    return _texts(tags, "name")


def web_address(value: str) -> str | None:
    """The first address of a text, with the scheme that people leave out."""
    first = value.partition(";")[0].strip()
    if _WEB.fullmatch(first):
        return first
    return f"https://{first}" if _BARE.fullmatch(first) else None


def charge(text: str) -> Money | None:
    """One amount for one person, with its currency: `10000 IDR`, `Rp 10.000`; None for all else.

    >>> charge("Rp 10.000")
    Money(amount=Decimal('10000'), currency='IDR')
    """
    match = _CHARGE.fullmatch(text.strip()[:60])
    word = (match["before"] or match["behind"] or "").rstrip(".").lower() if match else ""
    if match is None or not word:
        return None
    currency = _CURRENCIES[word]
    whole, parted, cents = re.sub(r"[ ]", "", match["amount"]), "", ""
    decimals = re.search(r"[.,](\d{1,2})$", whole)
    if decimals:
        whole, parted, cents = whole[: decimals.start()], ".", decimals[1]
    return Money(Decimal(re.sub(r"[.,]", "", whole) + parted + cents), currency)


# ------------------------------------------------------------------------------- parts


def _texts(tags: Tags, key: str) -> Text | None:
    found = {"id": tags[key]} if tags.get(key) else {}
    for name, value in tags.items():
        head, colon, lang = name.rpartition(":")
        if colon and head == key and _LANG.fullmatch(lang):
            found[lang] = value
    return Text({lang: value[:5_000] for lang, value in found.items()}) if found else None


def _called(tags: Tags, kind: PlaceKind) -> Text:
    """What a place without a name of its own is called."""
    common = NAMELESS.get(kind)
    if common is None:
        raise Unreadable("place: name is empty", column="name")
    owner = tags.get("brand") or tags.get("operator")
    if owner is None:
        return common
    known = {lang: words for lang, words in common if words.casefold() not in owner.casefold()}
    return Text({"id": f"{known['id']} {owner}" if "id" in known else owner})


def _fee(tags: Tags) -> tuple[Money | None, bool | None]:
    money = charge(tags.get("charge", ""))
    word = tags.get("fee", "").lower()
    if word == "no":
        return None, True
    if money is not None and not money.amount:
        return money, True
    if word == "yes" or (money is not None and not word):
        return money, False
    return money, None


def _hours(tags: Tags) -> tuple[str | None, bool]:
    """The opening hours where they can be read, and whether nothing was left out."""
    raw = tags.get("opening_hours")
    if raw is None:
        return None, True
    good = len(raw) <= LONGEST and hours_library.validate(raw)
    return (raw if good else None), good


def _mail(value: str | None) -> str | None:
    first = (value or "").split(";")[0].strip().removeprefix("mailto:")
    return first if _MAIL.fullmatch(first) else None


def _address(tags: Tags, area: str | None) -> Address | None:
    named = {
        key.removeprefix("addr:"): value for key, value in tags.items() if key.startswith("addr:")
    }
    street = " ".join(named[key] for key in ("street", "housenumber") if key in named)
    street = street if "street" in named else ""
    full = named.get("full")
    if full is None:
        village = named.get("village") or named.get("suburb") or named.get("neighbourhood")
        parts = [
            named.get("housename"),
            street or " ".join(named[key] for key in ("place", "housenumber") if key in named),
            village,
            named.get("subdistrict") or named.get("district"),
            named.get("city"),
            named.get("province"),
        ]
        full = ", ".join(part for part in parts if part)
        if full and named.get("postcode"):
            full = f"{full} {named['postcode']}"
    if not full:
        return None
    return Address(
        text=Text({"id": full[:1_000]}),
        street=street or None,
        kelurahan=area if area and len(area) > 8 else None,
        kecamatan=area[:8] if area and len(area) >= 8 else None,
        postal_code=named.get("postcode"),
    )


def _further(
    tags: Tags, phones: tuple[str, ...], *, keep_hours: bool, keep_fee: bool
) -> tuple[str, ...]:
    told = {key for key in tags if _TOLD.fullmatch(key) and key not in MAIN_KEYS}
    told -= {"opening_hours"} if keep_hours else set()
    told -= {"fee"} if keep_fee else set()
    kept = [f"{key}={value}"[:LONGEST] for key, value in tags.items() if key not in told]
    kept += [f"phone={number}" for number in phones[1:]]
    return tuple(dict.fromkeys(kept))[:MOST_TAGS]


def _media(tags: Tags, origin: Origin) -> tuple[Media, ...]:
    url = tags.get("image", "").split(";")[0].strip()
    if not _WEB.fullmatch(url):
        return ()
    return (Media(ScopedId(origin.connector, f"{origin.local_id}/image"), url),)
