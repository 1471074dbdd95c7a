"""The questions of GeoReport v2, as requests over HTTP; and forms that are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote, quote_plus, urlencode

from connectors.errors import Unreadable
from connectors.kinds.open311.records import Endpoint
from connectors.upkeep.documents import Request

FORMATS = ("json", "xml")
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_TYPES = {"json": "application/json", "xml": "text/xml, application/xml;q=0.9"}
_GEOREPORT = "georeport_v2"


@dataclass(frozen=True, slots=True)
class Server:
    """How one server is asked."""

    url: str
    """Of the endpoint, without a slash at the end."""
    format: str = "json"
    """`json` or `xml`: the end of every address."""
    jurisdiction: str | None = None
    api_key: str | None = None
    """As it is sent; may be `{secret:name}`."""
    key_for_reading: bool = False
    """Some servers want the key for every question."""
    extensions: bool = False
    """Ask for what goes beyond the specification with `extensions=true`."""
    local_times: tzinfo | None = None
    """Where a server wants times without an offset: the zone they are in."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def services(self) -> Request:
        """The list of services."""
        return self._get("services")

    def definition(self, service_code: str) -> Request:
        """The form of one service."""
        return self._get(f"services/{quote(service_code, safe='')}")

    def requests(
        self, start: datetime, end: datetime, *, page: int = 0, page_size: int = 0
    ) -> Request:
        """The requests of a span of time, both ends included; `page` 0 says nothing of pages."""
        said = {"start_date": self._time(start), "end_date": self._time(end)}
        if page:
            said |= {"page": str(page), "page_size": str(page_size)}
        return self._get("requests", {**said, **self._more()})

    def requests_by_id(self, ids: Sequence[str]) -> Request:
        """Several requests, in any order."""
        return self._get("requests", {"service_request_id": ",".join(ids), **self._more()})

    def request(self, id_: str) -> Request:
        """One request."""
        return self._get(f"requests/{quote(id_, safe='')}", self._more())

    def token(self, token: str) -> Request:
        """What became of a request that was answered with a token."""
        return self._get(f"tokens/{quote(token, safe='')}")

    def create(self, fields: Iterable[tuple[str, str]]) -> Request:
        """A new request, as a form. Empty fields are left out: they are as good as absent.

        The key stands in it as `{secret:name}`: brackets of a citizen's text are escaped, so
        nothing else in the form can be taken for the name of a secret.
        """
        said = [("jurisdiction_id", self.jurisdiction or ""), *fields]
        form = urlencode([(name, value) for name, value in said if value], quote_via=quote_plus)
        body = f"api_key={self.api_key or ''}&{form}" if self.api_key else form
        return Request(
            url=f"{self.url}/requests.{self.format}",
            method="POST",
            headers={**self._headers(), "Content-Type": _FORM},
            body=body.encode("ascii"),
        )

    def _get(self, path: str, said: Mapping[str, str] | None = None) -> Request:
        query = {"jurisdiction_id": self.jurisdiction or "", **(said or {})}
        parts = [urlencode({name: value for name, value in query.items() if value}, safe=":,")]
        if self.key_for_reading and self.api_key:
            parts.append(f"api_key={self.api_key}")
        asked = "&".join(part for part in parts if part)
        return Request(
            url=f"{self.url}/{path}.{self.format}{'?' if asked else ''}{asked}",
            headers=self._headers(),
        )

    def _headers(self) -> dict[str, str]:
        # No `deflate`: there is a server that fails when it is offered.
        return {"Accept": _TYPES[self.format], "Accept-Encoding": "gzip", **self.headers}

    def _more(self) -> dict[str, str]:
        return {"extensions": "true"} if self.extensions else {}

    def _time(self, moment: datetime) -> str:
        if self.local_times is not None:
            local = moment.astimezone(self.local_times).replace(tzinfo=None)
            return local.isoformat(timespec="seconds")
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def endpoint_of(found: Sequence[Endpoint]) -> tuple[str, tuple[str, ...]]:
    """The address and the formats of the GeoReport v2 endpoint that is in production.

    The first of several; where none says what it is, the first of all. Raises Unreadable when
    there is none.
    """
    spoken = [one for one in found if _GEOREPORT in one.specification.lower().replace(" ", "_")]
    fitting = [one for one in (spoken or found) if one.url]
    best = [one for one in fitting if one.type == "production"] or [
        one for one in fitting if not one.type
    ]
    if not best:
        raise Unreadable("the discovery document names no GeoReport v2 endpoint in production")
    said = " ".join(best[0].formats).lower()
    return best[0].url.rstrip("/"), tuple(name for name in FORMATS if name in said)
