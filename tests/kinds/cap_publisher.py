"""A publisher of warnings for tests: CAP messages, lists of them, and a web that serves both."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from connectors import registry
from connectors.errors import ConnectorError
from connectors.upkeep.asking import Asking, asking
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services
from tests import builders
from tests.upstream import MovedClock, SaidWeb

V12 = "urn:oasis:names:tc:emergency:cap:1.2"
V11 = "urn:oasis:names:tc:emergency:cap:1.1"
SENDER = "peringatan@agency.example"
SENT = "2026-11-23T11:00:00+07:00"
SQUARE = "-6.30,106.50 -6.30,106.70 -6.10,106.70 -6.10,106.50 -6.30,106.50"
"""Latitude first: it holds the point -6.2, 106.6 of the city."""

Parts = list[tuple[str, Any]]


def element(name: str, value: Any) -> str:
    """An element of a text, or of (name, value) pairs."""
    inner = "".join(element(*pair) for pair in value) if isinstance(value, list) else escape(value)
    return f"<{name}>{inner}</{name}>"


def area(**more: Any) -> Parts:
    """An area with one square."""
    said = {"areaDesc": "Kota Tangerang", "polygon": SQUARE, **more}
    return [(name, one) for name, value in said.items() for one in _each(value)]


def info(**more: Any) -> Parts:
    """Heavy rain over the city until 14:00."""
    said: dict[str, Any] = {
        "language": "id",
        "category": "Met",
        "event": "Hujan Lebat",
        "urgency": "Expected",
        "severity": "Moderate",
        "certainty": "Likely",
        "expires": "2026-11-23T14:00:00+07:00",
        "headline": "Hujan lebat di Tangerang",
        "area": [area()],
        **more,
    }
    return [(name, one) for name, value in said.items() for one in _each(value)]


def message(identifier: str, *infos: Parts, space: str = V12, **more: Any) -> bytes:
    """A message as a document. None leaves an element out."""
    said: dict[str, Any] = {
        "identifier": identifier,
        "sender": SENDER,
        "sent": SENT,
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        **more,
    }
    head = "".join(element(name, value) for name, value in said.items() if value is not None)
    body = "".join(element("info", one) for one in infos or (info(),))
    named = f' xmlns="{space}"' if space else ""
    return f'<?xml version="1.0"?><alert{named}>{head}{body}</alert>'.encode()


def bare(document: bytes) -> str:
    """A message to be put into another document."""
    return document.decode().partition("?>")[2]


def reference(identifier: str, sent: str = SENT) -> str:
    """How another message refers to one."""
    return f"{SENDER},{identifier},{sent}"


def rss(*links: str, dates: list[str] | None = None) -> bytes:
    """A list of links, with the dates of its items."""
    items = "".join(
        f"<item><link>{escape(link)}</link><guid isPermaLink='false'>g{number}</guid>"
        f"{element('pubDate', dates[number]) if dates else ''}</item>"
        for number, link in enumerate(links)
    )
    return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()


def _each(value: Any) -> list[Any]:
    """Several values of one name; an inner list of pairs is one value."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class Site:
    """What stands at which address; what is not there is HTTP 404. Errors are raised."""

    def __init__(self, **pages: Any) -> None:
        self.pages: dict[str, Any] = {f"/{path}": page for path, page in pages.items()}
        self.clock = MovedClock()
        self.web = SaidWeb(self._answer)
        self.media_type = "text/xml"

    def _answer(self, request: Request) -> Answer | ConnectorError:
        path = request.url.removeprefix("https://agency.example")
        page = self.pages.get(path)
        if page is None:
            return Answer(404, {})
        if isinstance(page, (Answer, ConnectorError)):
            return page
        return Answer(200, {"content-type": self.media_type}, page)

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, in their order; they are forgotten then."""
        paths = [one.url.removeprefix("https://agency.example") for one in self.web.asked]
        self.web.asked.clear()
        return paths

    async def open(self, system: str, port: str, upkeep: Any = None, **options: Any) -> Any:
        """A source of this site. Addresses are paths of it where they begin with /."""
        said = {"url": "/list", **options}
        for name in ("url", "shakemaps"):
            value = said.get(name)
            if isinstance(value, str) and value.startswith("/"):
                said[name] = f"https://agency.example{value}"
            elif isinstance(value, list):
                said[name] = [f"https://agency.example{path}" for path in value]
        line = builders.binding(
            "agency", system=system, serves=(port,), options=said, upkeep=upkeep or {}
        )
        services = Services(web=self.web, clock=self.clock)
        return await registry.open_source(line, builders.tools(services=services))


async def noted(question: Any) -> tuple[Any, Asking]:
    """An answer, and what was noted beside it."""
    with asking() as beside:
        return await question, beside
