"""`cap.alerts`: the warnings of a publisher of CAP messages.

A line names a list (RSS, Atom, EDXL-DE) or a message, or several of them. Each linked message is
a document of its own; it cannot change, so it is asked for again only when its entry changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connectors.base import Tools
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.cap import CapDocument, CapLink, CapMessage, read_document
from connectors.kinds.collection import Collected, OriginOf, Part, each, origins
from connectors.memory.cap_messages import Habits, alerts_of
from connectors.memory.warnings import MemoryAlerts
from connectors.ports.connectors import Binding
from connectors.ports.warnings import Alert
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.policy import FOREVER, duration
from connectors.upkeep.upkeep import Upkeep

RECHECK_S = 900.0
"""Seconds after which a linked message is compared with its source again."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a publisher."""

    urls: tuple[str, ...]
    """Written `url`: one address or several."""
    headers: Mapping[str, str] = field(default_factory=dict)
    most_alerts: int = 100
    """Linked messages that are read, the newest of them."""
    habits: Habits = field(default_factory=Habits)


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    known = {"url", "headers", "most_alerts", "zone", "language", "holds_for"}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    urls = said.get("url")
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list) or not urls or not all(_is_address(url) for url in urls):
        raise ValueError("`url` must be an address http(s)://..., or a list of them")
    headers = said.get("headers", {})
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    most = said.get("most_alerts", 100)
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 1000:
        raise ValueError("`most_alerts` must be a whole number from 1 to 1000")
    return Options(tuple(dict.fromkeys(urls)), dict(headers), most, _habits(said))


def _is_address(url: Any) -> bool:
    return isinstance(url, str) and url.startswith(("http://", "https://"))


def _habits(said: Mapping[str, Any]) -> Habits:
    language = said.get("language", "en")
    if not isinstance(language, str) or not language.replace("-", "").isalnum():
        raise ValueError('`language` must be a tag such as "id"')
    try:
        holds_for = duration(said.get("holds_for", "forever"))
    except ValueError as error:
        raise ValueError(f"`holds_for` {error}") from error
    return Habits(_zone(said.get("zone")), language, None if holds_for == FOREVER else holds_for)


def _zone(said: Any) -> tzinfo | None:
    try:
        return None if said is None else ZoneInfo(said)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ValueError('`zone` must be a zone such as "Asia/Jakarta"') from error


# ------------------------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class _Page:
    """A document that the line names."""

    url: str
    holds: CapDocument
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class _Letter:
    """A linked message. `fault` says why there is none."""

    link: CapLink
    messages: tuple[CapMessage, ...] = ()
    fault: str = ""


def _page_reader(url: str) -> Callable[[Document, Stamp], _Page]:
    def read(document: Document, stamp: Stamp) -> _Page:
        return _Page(url, read_document(document.body, document.charset, url), stamp)

    return read


def _letter_reader(link: CapLink) -> Callable[[Document, Stamp], _Letter]:
    def read(document: Document, stamp: Stamp) -> _Letter:
        del stamp  # A message is what it is; the list tells how new the whole is.
        # One broken message among good ones is no failure of the source, which would keep all
        # the others away: it is left out, and the list says so.
        try:
            holds = read_document(document.body, document.charset, link.url)
        except Unreadable as error:
            return _Letter(link, fault=str(error))
        if not holds.messages:
            return _Letter(link, fault=next(iter(holds.faults), "no message where one is linked"))
        return _Letter(link, holds.messages)

    return read


# ------------------------------------------------------------------------------- the system


class _Desk:
    """Gathers the messages of all pages, and puts them together again only when one changed."""

    def __init__(self, binding: Binding, options: Options, upkeep: Upkeep) -> None:
        self._binding = binding
        self._options = options
        self._upkeep = upkeep
        self._readers = [(url, _page_reader(url)) for url in options.urls]
        self._letters: dict[CapLink, tuple[float, _Letter]] = {}
        self._seen: tuple[object, ...] = ()
        self._part: Part[Alert] | None = None
        self._lock = asyncio.Lock()

    async def gather(self) -> Sequence[Part[Alert]]:
        """One part with the alerts of all pages. Raises ConnectorError when no page can be had."""
        headers = self._options.headers
        pages: list[_Page] = await each(
            self._upkeep.get(Request(url, headers=headers), read) for url, read in self._readers
        )
        wanted, faults = self._links(pages)
        letters = await each(self._letter(link) for link in wanted)
        if len(pages) == len(self._readers):
            self._letters = {link: self._letters[link] for link in wanted if link in self._letters}
        part = await self._put_together(pages, letters, faults)
        if part.rejected:
            trouble = Unreadable(f"{len(part.rejected)} could not be read: {part.rejected[0][1]}")
            note_trouble(trouble, partial=True)
        return [part]

    async def _put_together(
        self, pages: list[_Page], letters: list[_Letter], faults: list[tuple[str, str]]
    ) -> Part[Alert]:
        async with self._lock:
            seen = (*pages, *letters)
            known = len(seen) == len(self._seen) and all(
                a is b for a, b in zip(seen, self._seen, strict=True)
            )
            if self._part is None or not known:
                self._part = await asyncio.to_thread(self._read, pages, letters, faults)
                self._seen = seen
            return self._part

    def _links(self, pages: Sequence[_Page]) -> tuple[list[CapLink], list[tuple[str, str]]]:
        """The links to follow, each once, and those that must not be or are too many."""
        allowed = self._upkeep.limits.hosts
        found = {link.url: link for page in reversed(pages) for link in page.holds.links}
        links = list(found.values())
        if all(link.at for link in links):
            links.sort(key=lambda link: link.at.timestamp() if link.at else 0.0, reverse=True)
        good = [link for link in links if _is_among(link.url, allowed)]
        faults = [
            (link.url, "leads to a host that the catalogue line does not name")
            for link in links
            if not _is_among(link.url, allowed)
        ]
        most = self._options.most_alerts
        faults += [(link.url, f"beyond the first {most} messages") for link in good[most:]]
        return good[:most], faults

    async def _letter(self, link: CapLink) -> _Letter:
        now = self._upkeep.clock.monotonic()
        at, known = self._letters.get(link, (0.0, None))
        # Without a mark nothing tells whether another message has taken the place of this one.
        if known is not None and link.mark and now - at < RECHECK_S:
            return known
        # Keys go to the hosts the line itself names, not to others an operator allows.
        own = {urlsplit(url).netloc for url in self._options.urls}
        headers = self._options.headers if urlsplit(link.url).netloc in own else {}
        try:
            letter: _Letter = await self._upkeep.get(
                Request(link.url, headers=headers),
                _letter_reader(link),
                key=f"GET {link.url} {link.mark}".rstrip(),
                pages=True,  # a page in the place of one message is that message's fault
            )
        except ConnectorError:
            if known is None:
                raise
            return known  # it is still in the list, and it cannot have changed
        if known is not None and (letter.fault or letter.messages == known.messages):
            letter = known
        if not letter.fault:
            self._letters[link] = now, letter
        return letter

    def _read(
        self, pages: list[_Page], letters: list[_Letter], faults: list[tuple[str, str]]
    ) -> Part[Alert]:
        rejected: list[tuple[Any, str]] = list(faults)
        found: dict[tuple[str, str, str], tuple[CapMessage, OriginOf, str]] = {}
        for page in pages:
            rejected += [(page.url, fault) for fault in page.holds.faults]
            linked = {link.url for link in page.holds.links}
            origin = origins(self._binding, page.stamp)
            for message in page.holds.messages:
                _add(found, message, origin, page.url)
            for letter in letters:
                if letter.link.url not in linked:
                    continue
                if letter.fault:
                    rejected.append((letter.link.url, letter.fault))
                for message in letter.messages:
                    _add(found, message, origin, letter.link.url)
        alerts: list[Alert] = []
        for message, origin, url in found.values():
            try:
                made, reasons = alerts_of(message, origin, url, self._options.habits)
            except Unreadable as error:
                rejected.append((message.identifier, str(error)))
                continue
            alerts += made
            rejected += [(message.identifier, reason) for reason in reasons]
        return Part(alerts, rejected)


def _add(
    found: dict[tuple[str, str, str], tuple[CapMessage, OriginOf, str]],
    message: CapMessage,
    origin: OriginOf,
    url: str,
) -> None:
    """Keep a message; of one that is there already, the languages it had not been told in."""
    key = (message.identifier, message.sender, message.sent)
    known = found.get(key)
    if known is None:
        found[key] = message, origin, url
        return
    first, origin, url = known
    languages = {info.language.lower() for info in first.infos}
    more = [info for info in message.infos if info.language.lower() not in languages]
    if more:
        found[key] = replace(first, infos=(*first.infos, *more)), origin, url


def _is_among(url: str, hosts: frozenset[str]) -> bool:
    parts = urlsplit(url)
    name = parts.hostname or ""
    return name in hosts or (parts.port is not None and f"{name}:{parts.port}" in hosts)


async def open_alerts(binding: Binding, tools: Tools) -> Collected:
    """An AlertSource over a publisher's messages. Raises ValueError when its options are wrong."""
    desk = _Desk(binding, read_options(binding.options), tools.upkeep)
    return Collected(binding.key, desk.gather, MemoryAlerts)
