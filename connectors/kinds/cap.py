"""The Common Alerting Protocol, 1.1 and 1.2, as it is written: messages, and the lists of them.

A document is one message, or a list: RSS or Atom that links to messages, or anything that holds
messages within it, as Atom entries, EDXL-DE and SOAP envelopes do. What the words mean for a city is
said elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from connectors.errors import Unreadable
from connectors.kinds.trees import first, name_of, named, space_of, tree, words_in

MOST_INFOS = 100
MOST_SHAPES = 1_000
"""Polygons and circles of one `info`, those of all its areas together."""

_SPACE = re.compile(r"urn:oasis:names:tc:emergency:cap:1\.\d")
_LISTS = frozenset({"rss", "RDF", "feed", "EDXLDistribution", "alerts"})
_CAP_TYPE = "application/cap+xml"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CapArea:
    """An `area`, its shapes as they are written."""

    description: str = ""
    polygons: tuple[str, ...] = ()
    """`lat,lon lat,lon ...`"""
    circles: tuple[str, ...] = ()
    """`lat,lon km`"""
    geocodes: tuple[Pair, ...] = ()
    """Names and values."""

    @property
    def drawn(self) -> bool:
        """Whether it is told in more than words."""
        return bool(self.polygons or self.circles or self.geocodes)


@dataclass(frozen=True, slots=True)
class CapResource:
    """A `resource`: a file beside the message."""

    description: str = ""
    mime_type: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class CapInfo:
    """An `info`. Texts as they came; empty where nothing was said."""

    language: str = ""
    category: tuple[str, ...] = ()
    event: str = ""
    response: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    effective: str = ""
    onset: str = ""
    expires: str = ""
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    resources: tuple[CapResource, ...] = ()
    areas: tuple[CapArea, ...] = ()


@dataclass(frozen=True, slots=True)
class CapMessage:
    """An `alert`. Texts as they came; empty where nothing was said."""

    identifier: str
    sender: str
    sent: str
    status: str = ""
    kind: str = ""
    """`msgType`."""
    scope: str = ""
    note: str = ""
    references: str = ""
    infos: tuple[CapInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class CapLink:
    """An entry of a list that says where a message is."""

    url: str
    mark: str = ""
    """What changes when the entry does: its own key and its time."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CapDocument:
    """What a document holds: messages, links to messages, and entries that are neither."""

    messages: tuple[CapMessage, ...] = ()
    links: tuple[CapLink, ...] = ()
    """The newest first where all of them have a time, else as in the document."""
    faults: tuple[str, ...] = ()


def read_document(body: bytes, charset: str, url: str) -> CapDocument:
    """The messages and links of a document that came from `url`.

    Raises Unreadable when it is neither a message nor a list of them: a page, another format,
    an empty answer. A list without entries is a list.
    """
    root = tree(body, charset)
    if _is_message(root):
        return CapDocument(messages=(_message(root),))
    if name_of(root) not in _LISTS and not any(map(_is_message, root.iter())):
        raise Unreadable("neither a CAP message nor a list of them")
    if name_of(root) == "rss" and first(root, "channel") is None:
        raise Unreadable("RSS without a channel")
    messages, faults = _messages(root)
    links = []
    for entry in _entries(root):
        if any(_is_message(inner) for inner in entry.iter()):
            continue  # the message itself stands here
        link = _link(entry, url)
        if link is None:
            faults.append("an entry without an address")
        else:
            links.append(link)
    if all(link.at for link in links):
        links.sort(key=lambda link: link.at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return CapDocument(tuple(messages), _once(links), tuple(faults))


def _messages(root: Element) -> tuple[list[CapMessage], list[str]]:
    """The messages within a list, and why some of them cannot be read."""
    messages: list[CapMessage] = []
    faults: list[str] = []
    for element in root.iter():
        if _is_message(element):
            try:
                messages.append(_message(element))
            except Unreadable as error:
                faults.append(str(error))
    return messages, faults


# ------------------------------------------------------------------------------- messages


def _is_message(element: Element) -> bool:
    if name_of(element) != "alert":
        return False
    space = space_of(element)
    # Some publishers leave the namespace out.
    return bool(_SPACE.fullmatch(space)) or (not space and first(element, "identifier") is not None)


class _Reader:
    """The children of an element in the namespace of the message; signatures are not ours."""

    def __init__(self, element: Element) -> None:
        self._prefix = f"{{{space}}}" if (space := space_of(element)) else ""
        self._element = element

    def one(self, name: str) -> str:
        return words_in(self._element.find(self._prefix + name))

    def each(self, name: str) -> tuple[str, ...]:
        found = (words_in(child) for child in self._element.findall(self._prefix + name))
        return tuple(words for words in found if words)

    def inner(self, name: str) -> list[_Reader]:
        return [_Reader(child) for child in self._element.findall(self._prefix + name)]


def _message(element: Element) -> CapMessage:
    """The message. Raises Unreadable when what names it is missing, or it is too large."""
    cells = _Reader(element)
    infos = cells.inner("info")
    if len(infos) > MOST_INFOS:
        raise Unreadable(f"a message of more than {MOST_INFOS} infos")
    message = CapMessage(
        identifier=cells.one("identifier"),
        sender=cells.one("sender"),
        sent=cells.one("sent"),
        status=cells.one("status"),
        kind=cells.one("msgType"),
        scope=cells.one("scope"),
        note=cells.one("note"),
        references=cells.one("references"),
        infos=tuple(_info(info) for info in infos),
    )
    for name in ("identifier", "sender", "sent"):
        if not getattr(message, name):
            raise Unreadable(f"a message without {name}")
    return message


def _info(cells: _Reader) -> CapInfo:
    areas = tuple(_area(area) for area in cells.inner("area"))
    if sum(len(area.polygons) + len(area.circles) for area in areas) > MOST_SHAPES:
        raise Unreadable(f"an info of more than {MOST_SHAPES} shapes")
    return CapInfo(
        language=cells.one("language"),
        category=cells.each("category"),
        event=cells.one("event"),
        response=cells.each("responseType"),
        urgency=cells.one("urgency"),
        severity=cells.one("severity"),
        certainty=cells.one("certainty"),
        effective=cells.one("effective"),
        onset=cells.one("onset"),
        expires=cells.one("expires"),
        sender_name=cells.one("senderName"),
        headline=cells.one("headline"),
        description=cells.one("description"),
        instruction=cells.one("instruction"),
        web=cells.one("web"),
        contact=cells.one("contact"),
        resources=tuple(
            CapResource(one.one("resourceDesc"), one.one("mimeType"), one.one("uri"))
            for one in cells.inner("resource")
        ),
        areas=areas,
    )


def _area(cells: _Reader) -> CapArea:
    return CapArea(
        description=cells.one("areaDesc"),
        polygons=cells.each("polygon"),
        circles=cells.each("circle"),
        geocodes=tuple(
            (code.one("valueName"), code.one("value"))
            for code in cells.inner("geocode")
            if code.one("value")
        ),
    )


# ------------------------------------------------------------------------------- lists


def _entries(root: Element) -> list[Element]:
    """RSS has its items in a channel, RDF and Atom at the top."""
    places = [root, *named(root, "channel")]
    return [entry for place in places for entry in named(place, "item", "entry")]


def _link(entry: Element, base: str) -> CapLink | None:
    address = _address(entry)
    if not address:
        return None
    try:
        url = urljoin(base, address)
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when it is no number
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    if parts.scheme == "http" and base.startswith("https://"):
        here = urlsplit(base)
        if parts.netloc == here.netloc:  # who is reached safely stays so
            url = "https" + url[4:]
    key = words_in(first(entry, "guid", "id", "identifier"))
    time = words_in(first(entry, "updated", "pubDate", "published", "date"))
    return CapLink(url, f"{key} {time}".strip()[:500], _moment(time))


def _address(entry: Element) -> str:
    """Where the message is: a link marked as CAP, else the first that is no link to itself."""
    found: list[tuple[int, str]] = []
    for link in named(entry, "link", "enclosure"):
        address = link.get("href") or link.get("url") or words_in(link)
        kind, how = link.get("type", "").lower(), link.get("rel", "alternate")
        if not address or (name_of(link) == "enclosure" and kind != _CAP_TYPE):
            continue
        worth = 0 if kind == _CAP_TYPE else 1 if "html" not in kind else 2
        found.append((worth + (3 if how not in {"alternate", "enclosure"} else 0), address))
    if found:
        return min(found, key=lambda one: one[0])[1]
    guid = first(entry, "guid", "id")
    words = words_in(guid)
    return words if words.startswith(("http://", "https://")) else ""


def _moment(text: str) -> datetime | None:
    """RFC 822, as in RSS, or ISO 8601, as in Atom."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _once(links: Sequence[CapLink]) -> tuple[CapLink, ...]:
    """Each address once, as it stands first."""
    found: dict[str, CapLink] = {}
    for link in links:
        found.setdefault(link.url, link)
    return tuple(found.values())
