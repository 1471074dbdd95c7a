"""Global ids and cursors: opaque outside, exact inside."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from datetime import date, datetime
from typing import Any

import orjson

from connectors.ports.common import Position, ScopedId, SortValue
from resolvers.problems import bad_input

_LONGEST = 2_048


def encode(text: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """The bytes of `encode`; None for anything that `encode` cannot have made."""
    if len(text) > _LONGEST:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    # No key holds a NUL sign, and PostgreSQL cannot even be asked for one.
    return raw if encode(raw) == text and b"\0" not in raw else None


def global_id(type_name: str, id: ScopedId) -> str:  # noqa: A002 - the field's own word
    """The Relay id of a record of a GraphQL type."""
    return encode(f"{type_name}:{id}".encode())


def read_global_id(text: str) -> tuple[str, ScopedId]:
    """Type name and id. Raises BAD_INPUT when the text is no id of this gateway."""
    raw = decode(text)
    try:
        type_name, _, rest = (raw or b"").decode().partition(":")
        return type_name, ScopedId.parse(rest)
    except ValueError:
        shown = text if len(text) <= 64 else text[:61] + "..."
        message = (
            f"{shown!r} is not an id of this gateway: pass an `id` it has answered, unchanged."
        )
        raise bad_input(message) from None


def scoped_id(text: str, type_name: str) -> ScopedId:
    """The id of a record of this type. Raises BAD_INPUT for ids of other types."""
    found, id_ = read_global_id(text)
    if found != type_name:
        raise bad_input(f"{text!r} is the id of a {found}; the id of a {type_name} is needed here.")
    return id_


# ------------------------------------------------------------------------------- cursors


def fingerprint(*parts: object) -> str:
    """A short mark of a list and its order, so that cursors of another are refused."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def cursor(mark: str, position: Position) -> str:
    """An opaque cursor: this list, after this record."""
    value = _packed(position.value)
    return encode(orjson.dumps([mark, value, position.source, position.local]))


def read_cursor(text: str, mark: str, *, argument: str = "after") -> Position:
    """The position a cursor stands for. Raises BAD_INPUT for a cursor of another list."""
    raw = decode(text)
    try:
        found = orjson.loads(raw or b"")
        match found:
            case [str(list_mark), value, str(source), str(local)]:
                position = Position(_unpacked(value), _spoken(source), _spoken(local))
            case _:
                raise ValueError  # noqa: TRY301 - one way out for every malformed cursor
    except ValueError:
        message = f"`{argument}` is not a cursor of this gateway: pass a cursor it has answered."
        raise bad_input(message) from None
    if list_mark != mark:
        message = (
            f"`{argument}` is a cursor of another list or another order: start again without it."
        )
        raise bad_input(message)
    return position


def _packed(value: SortValue) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


def _unpacked(value: Any) -> SortValue:
    match value:
        case {"at": str(text)}:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None or not 1 < moment.year < 9999:
                # The first and the last year leave the calendar in another zone.
                raise ValueError
            return moment
        case {"on": str(text)}:
            return date.fromisoformat(text)
        case str():
            return _spoken(value)
        case int() | float() if not isinstance(value, bool) and _fits_a_database(value):
            return value
        case None:
            return None
    raise ValueError


def _spoken(text: str) -> str:
    if "\0" in text:
        # As in `decode`: here it came as an escape of JSON.
        raise ValueError
    return text


def _fits_a_database(number: float) -> bool:
    """Whether a database has room for a number: 64 bits for a whole one; infinity is none."""
    return -(2**63) <= number < 2**63 if isinstance(number, int) else math.isfinite(number)
