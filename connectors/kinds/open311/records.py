"""Services, forms, requests, receipts and discovery of GeoReport, as plain records.

The readers raise Unreadable, naming the field, for one row that cannot be taken; texts are clean.
What a server says of a citizen (names, telephone, e-mail, account, device) is not read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from connectors.errors import Unreadable
from connectors.kinds.open311 import wire, words
from connectors.ports.common import GeoPoint
from connectors.upkeep.documents import Document

T = TypeVar("T")

LONGEST_ID = 255
_MOST_CHILDREN = 500
"""Attributes, values, notes, comments or pictures of one row."""

_SAME = ("duplicate_of", "parent_service_request_id")
REQUESTS = ("service_requests", "requests", "service_request", "request", "results", "data")
SERVICES = ("services", "service", "results", "data")
DEFINITIONS = ("service_definition", "service_definitions", "definition", "data")


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    name: str
    description: str | None = None
    metadata: bool = False
    """Whether it has a form: see `Definition`."""
    type: str = "realtime"
    """`realtime`, `batch` or `blackbox`."""
    keywords: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A question of a form."""

    code: str
    datatype: str
    description: str
    variable: bool = True
    required: bool = False
    order: int = 0
    datatype_description: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    """Key and name of each choice."""


@dataclass(frozen=True, slots=True)
class Definition:
    service_code: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A step of the history (an extension)."""

    at: datetime
    type: str
    text: str | None
    id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment (an extension); who wrote it is not read."""

    at: datetime
    text: str
    id: str | None = None
    official: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    title: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    id: str
    status: str
    requested: datetime
    service_code: str | None = None
    service_name: str | None = None
    title: str | None = None
    description: str | None = None
    status_notes: str | None = None
    agency: str | None = None
    notice: str | None = None
    updated: datetime | None = None
    expected: datetime | None = None
    sent: datetime | None = None
    """When it was passed on to the agency (an extension)."""
    address: str | None = None
    zipcode: str | None = None
    point: GeoPoint | None = None
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()
    answers: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Code, label and values of each answer to the form (an extension)."""
    duplicate_of: str | None = None
    channel: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server says to a new request, or to a token."""

    request_id: str | None
    token: str | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    type: str
    """Such as `production`, `test`, `acceptance`."""
    specification: str
    formats: tuple[str, ...]


# ------------------------------------------------------------------------------- documents


def services(document: Document) -> tuple[list[Service], list[tuple[Any, str]]]:
    """The services of a list, and the rows that cannot be taken with the reason."""
    found = wire.rows(wire.tree(document), "service_code", *SERVICES)
    return each(found, service)


def definition(document: Document) -> Definition:
    """The form of one service. Raises Unreadable."""
    found = wire.rows(wire.tree(document), "service_code", *DEFINITIONS)
    if not found or not isinstance(found[0], Mapping):
        raise Unreadable("there is no service_definition")
    row = found[0]
    listed = rows_of(row, "attributes", "attribute")
    attributes = [attribute(one, number) for number, one in enumerate(listed, 1)]
    return Definition(
        _id(row, "service_code"), tuple(sorted(attributes, key=lambda one: one.order))
    )


def requests(
    document: Document, zone: tzinfo | None
) -> tuple[list[ServiceRequest], list[tuple[Any, str]]]:
    """The requests of a list, and the rows that cannot be taken with the reason."""
    found = wire.rows(wire.tree(document), "service_request_id", *REQUESTS)
    return each(found, lambda row: request(row, zone))


def receipt(document: Document) -> Receipt:
    """What came back for a new request or a token. Raises Unreadable."""
    found = wire.tree(document)
    troubles = wire.problems(found)
    if troubles:
        wire.raise_for(troubles)
    for marker in ("service_request_id", "token", "service_notice", "account_id"):
        try:
            listed = wire.rows(found, marker, *REQUESTS)
        except Unreadable:
            continue
        if listed and isinstance(listed[0], Mapping):
            row = listed[0]
            return Receipt(
                words.plain(row, "service_request_id"),
                words.plain(row, "token"),
                words.text(row, "service_notice"),
            )
    raise Unreadable("the answer holds no service_request_id and no token")


def endpoints(document: Document) -> list[Endpoint]:
    """The endpoints of a discovery document, as listed. Raises Unreadable."""
    found = wire.tree(document)
    if isinstance(found, Mapping) and isinstance(found.get("discovery"), Mapping):
        found = found["discovery"]
    listed = rows_of(found, "endpoints", "endpoint") if isinstance(found, Mapping) else []
    if not listed:
        raise Unreadable("the discovery document lists no endpoints")
    return [
        Endpoint(
            url=words.plain(row, "url") or "",
            type=(words.plain(row, "type") or "").lower(),
            specification=words.plain(row, "specification") or "",
            formats=tuple(_texts(row.get("formats"))),
        )
        for row in listed
    ]


def each(
    found: Iterable[Any], read: Callable[[Mapping[str, Any]], T]
) -> tuple[list[T], list[tuple[Any, str]]]:
    """What `read` makes of every row, and the rows it refused with the reason."""
    taken: list[T] = []
    refused: list[tuple[Any, str]] = []
    for row in found:
        if not isinstance(row, Mapping):
            refused.append((row, "is not an object"))
            continue
        try:
            taken.append(read(row))
        except Unreadable as error:
            refused.append((row, str(error)))
    return taken, refused


# ------------------------------------------------------------------------------- rows


def service(row: Mapping[str, Any]) -> Service:
    """A service. Raises Unreadable."""
    code = _id(row, "service_code")
    said = (words.plain(row, "type") or "realtime").lower()
    groups = _texts(row.get("group") or row.get("groups"))
    return Service(
        code=code,
        name=words.text(row, "service_name") or code,
        description=words.text(row, "description"),
        metadata=words.flag(row, "metadata"),
        type=said if said in ("realtime", "batch", "blackbox") else "realtime",
        keywords=tuple(dict.fromkeys(_texts(row.get("keywords"), parted_by=","))),
        group=groups[0] if groups else None,
    )


def attribute(row: Mapping[str, Any], number: int) -> Attribute:
    """A question of a form, the `number`th of the list. Raises Unreadable."""
    code = _id(row, "code")
    order = words.number(words.plain(row, "order"))
    choices = rows_of(row, "values", "value")
    return Attribute(
        code=code,
        datatype=(words.plain(row, "datatype") or "string").lower(),
        description=words.text(row, "description", "datatype_description") or code,
        variable=words.plain(row, "variable") is None or words.flag(row, "variable"),
        required=words.flag(row, "required"),
        order=int(order) if order is not None else number,
        datatype_description=words.text(row, "datatype_description"),
        values=tuple(
            (_id(choice, "key"), words.text(choice, "name") or _id(choice, "key"))
            for choice in choices
        ),
    )


def request(row: Mapping[str, Any], zone: tzinfo | None) -> ServiceRequest:
    """A request. Raises Unreadable."""
    more = row.get("extended_attributes")
    extended: Mapping[str, Any] = more if isinstance(more, Mapping) else {}
    requested = words.moment(row, "requested_datetime", zone=zone)
    if requested is None:
        raise Unreadable("requested_datetime is empty", column="requested_datetime")
    return ServiceRequest(
        id=_id(row, "service_request_id"),
        status=words.plain(row, "status") or "",
        requested=requested,
        service_code=words.plain(row, "service_code"),
        service_name=_quiet(row, "service_name"),
        title=_quiet(row, "title") or _quiet(extended, "title"),
        description=words.text(row, "description"),
        status_notes=_several(row, "status_notes", "status_note", between="\n"),
        agency=_several(row, "agency_responsible", "recipient", between=", "),
        notice=_quiet(row, "service_notice"),
        updated=_lenient(row, "updated_datetime", zone),
        expected=_lenient(row, "expected_datetime", zone),
        sent=_lenient(row, "agency_sent_datetime", zone),
        address=_quiet(row, "address") or _quiet(row, "address_string"),
        zipcode=_quiet(row, "zipcode"),
        point=_point(row),
        pictures=tuple(_pictures(row, extended, zone)),
        notes=tuple(_notes(row, extended, zone)),
        remarks=tuple(_remarks(row, extended, zone)),
        answers=tuple(_answers(row, extended)),
        duplicate_of=next(
            (id_ for one in (row, extended) for name in _SAME if (id_ := _quiet(one, name))), None
        ),
        channel=_quiet(row, "interface_used")
        or _quiet(row, "source")
        or _quiet(extended, "channel"),
        private=words.flag(row, "non_public") or words.flag(extended, "non_public"),
    )


def rows_of(row: Mapping[str, Any], name: str, inner: str) -> list[Mapping[str, Any]]:
    """The rows in a cell: a list, `{inner: list}`, or one row. At most 500."""
    found = row.get(name)
    if isinstance(found, Mapping):
        found = found[inner] if set(found) == {inner} else found
        found = [found] if isinstance(found, Mapping) else found
    if not isinstance(found, list):
        return []
    unwrapped = [
        one[inner] if isinstance(one, Mapping) and set(one) == {inner} else one
        for one in found[:_MOST_CHILDREN]
    ]
    return [one for one in unwrapped if isinstance(one, Mapping)]


# ------------------------------------------------------------------------------- extensions
# What is not of the specification, or may be left out, is read where it fits and left out where it
# does not: a strange note must not hide the complaint it belongs to.


def _pictures(
    row: Mapping[str, Any], extended: Mapping[str, Any], zone: tzinfo | None
) -> Iterable[Picture]:
    seen: set[str] = set()
    plain = [*_urls(row.get("media_url")), *_urls(row.get("media_urls"))]
    plain += _urls(extended.get("media_urls"))
    titled = [
        (url, _quiet(one, "title") or _quiet(one, "description"), _lenient(one, "created", zone))
        for one in rows_of(extended, "photos", "photo") + rows_of(row, "photos", "photo")
        for url in _urls(one.get("media_url") or one.get("url"))
    ]
    for url, title, taken_at in (*titled, *((url, None, None) for url in plain)):
        if url not in seen and len(seen) < _MOST_CHILDREN:
            seen.add(url)
            yield Picture(url, title, taken_at)


def _notes(
    row: Mapping[str, Any], extended: Mapping[str, Any], zone: tzinfo | None
) -> Iterable[Note]:
    for one in rows_of(row, "notes", "note") or rows_of(extended, "notes", "note"):
        at = _lenient(one, "datetime", zone) or _lenient(one, "updated_datetime", zone)
        if at is not None:
            summary, details = _quiet(one, "summary"), _quiet(one, "description")
            said = [part for part in dict.fromkeys((summary, details)) if part]
            yield Note(
                at=at,
                type=(_quiet(one, "type") or "").lower(),
                text="\n".join(said) or None,
                id=_quiet(one, "id") or _quiet(one, "update_id"),
                status=_quiet(one, "status"),
            )


def _remarks(
    row: Mapping[str, Any], extended: Mapping[str, Any], zone: tzinfo | None
) -> Iterable[Remark]:
    for one in rows_of(row, "comments", "comment") or rows_of(extended, "comments", "comment"):
        at = _lenient(one, "datetime", zone) or _lenient(one, "created_datetime", zone)
        at = at or _lenient(one, "created", zone)
        said = _quiet(one, "comment") or _quiet(one, "description") or _quiet(one, "text")
        if at is not None and said:
            official = _is_so(one, "official") or _is_so(one, "is_official")
            yield Remark(at, said, _quiet(one, "id") or _quiet(one, "comment_id"), official)


def _answers(
    row: Mapping[str, Any], extended: Mapping[str, Any]
) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    found = row.get("attributes") or extended.get("attributes")
    if isinstance(found, Mapping) and set(found) != {"attribute"}:  # {code: value}
        for code, value in list(found.items())[:_MOST_CHILDREN]:
            values = _texts(value)
            if values:
                yield str(code)[:LONGEST_ID], str(code)[:LONGEST_ID], tuple(values)
        return
    source = row if row.get("attributes") else extended
    for one in rows_of(source, "attributes", "attribute"):
        label = _quiet(one, "label") or _quiet(one, "description")
        code = _quiet(one, "code") or label
        values = _texts(one.get("value") if "value" in one else one.get("values"))
        if code and values:
            yield code[:LONGEST_ID], label or code, tuple(values)


def _lenient(row: Mapping[str, Any], name: str, zone: tzinfo | None) -> datetime | None:
    try:
        return words.moment(row, name, zone=zone)
    except Unreadable:
        return None


def _quiet(row: Mapping[str, Any], name: str) -> str | None:
    try:
        return words.text(row, name)
    except Unreadable:
        return None


def _is_so(row: Mapping[str, Any], name: str) -> bool:
    try:
        return words.flag(row, name)
    except Unreadable:
        return False


def _point(row: Mapping[str, Any]) -> GeoPoint | None:
    try:
        return words.point(row)
    except Unreadable:
        return None


def _several(row: Mapping[str, Any], name: str, inner: str, *, between: str) -> str | None:
    """A text that some servers give in parts: a list of texts, or `{inner: list}`."""
    found = row.get(name)
    if isinstance(found, Mapping) and set(found) == {inner}:
        found = found[inner]
    parts = found[:_MOST_CHILDREN] if isinstance(found, list) else [found]
    texts = [_quiet({name: part}, name) for part in parts]
    return between.join(text for text in texts if text)[: words.MOST_CHARACTERS] or None


def _urls(value: Any) -> list[str]:
    found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    said = [one.strip() for one in found[:_MOST_CHILDREN] if isinstance(one, str)]
    return [
        one
        for one in said
        if one.lower().startswith(("http://", "https://"))
        and len(one) <= 2048
        and not any(c.isspace() for c in one)
    ]


def _texts(value: Any, *, parted_by: str | None = None) -> list[str]:
    if isinstance(value, Mapping):
        value = next(iter(value.values()), None) if len(value) == 1 else None
    if isinstance(value, str):
        value = value.split(parted_by) if parted_by else [value]
    found: Sequence[Any] = value if isinstance(value, list) else []
    texts = [words.readable(one.strip()) for one in found[:_MOST_CHILDREN] if isinstance(one, str)]
    return [one for one in texts if one]


def _id(row: Mapping[str, Any], name: str) -> str:
    found = words.plain(row, name)
    if found is None:
        raise Unreadable(f"{name} is empty", column=name)
    if len(found) > LONGEST_ID:
        raise Unreadable(f"{name} is longer than {LONGEST_ID} characters", column=name)
    return found
