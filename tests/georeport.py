"""A GeoReport v2 server of the tests, by the letter of the specification, with the quirks of real ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from connectors.ports.common import Order, Page
from connectors.ports.complaints import ComplaintCriteria, ComplaintOrderField, Viewer
from connectors.systems.open311.desk import Open311, open_complaints
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep
from tests.builders import NOON, binding, tools
from tests.upstream import MovedClock, SaidWeb

POLICY = Policy(calls_per_minute=1e9, max_retries=0)
ALL = ComplaintCriteria(visible_to=Viewer(), now=NOON)
NEWEST = Order(ComplaintOrderField.CREATED_AT, descending=True)
KEY = "rahasia & b"
URL = "https://api.kota.example/open311/v2"


def row(id_: str, at: datetime, **told: Any) -> dict[str, Any]:
    """A request as the specification shows it, open and without anything that may be left out."""
    return {
        "service_request_id": id_,
        "status": "open",
        "status_notes": None,
        "service_name": "Lampu padam",
        "service_code": "002",
        "description": f"Lampu {id_}",
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": at.isoformat(),
        "updated_datetime": at.isoformat(),
        "expected_datetime": None,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
        **told,
    }


SERVICES: tuple[dict[str, Any], ...] = (
    {
        "service_code": "001", "service_name": "Jalan rusak", "description": "Lubang di jalan",
        "metadata": True, "type": "realtime", "keywords": "lubang, aspal", "group": "Prasarana",
    },
    {
        "service_code": "002", "service_name": "Lampu padam", "description": None,
        "metadata": False, "type": "batch", "keywords": "", "group": "Prasarana",
    },
    {
        "service_code": "003", "service_name": "Saran", "description": None,
        "metadata": False, "type": "blackbox", "keywords": None, "group": None,
    },
)  # fmt: skip

DEFINITIONS: dict[str, dict[str, Any]] = {
    "001": {
        "service_code": "001",
        "attributes": [
            {
                "variable": True, "code": "DALAM", "datatype": "singlevaluelist", "required": True,
                "datatype_description": None, "order": 2, "description": "Seberapa dalam?",
                "values": [{"key": "1", "name": "Dangkal"}, {"key": "2", "name": "Dalam"}],
            },
            {
                "variable": False, "code": "INFO", "datatype": "text", "required": True,
                "datatype_description": None, "order": 1, "description": "Hubungi 112 bila bahaya",
                "values": [],
            },
            {
                "variable": True, "code": "ALAT", "datatype": "multivaluelist", "required": False,
                "datatype_description": "Boleh lebih dari satu", "order": 3,
                "description": "Apa yang perlu?",
                "values": [{"key": "a", "name": "Aspal"}, {"key": "b", "name": "Batu"}],
            },
        ],
    }
}  # fmt: skip


@dataclass
class GeoReport:
    """Called with a request, gives the answer. Lists are newest first."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    services: Sequence[Mapping[str, Any]] = SERVICES
    definitions: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFINITIONS)
    formats: tuple[str, ...] = ("json", "xml")
    limit: int = 1000
    """Rows of one answer at most, whatever is asked for."""
    paged: bool = True
    clamps: bool = False
    """Behind the last page comes the last page again."""
    end_excluded: bool = False
    lists_of_ids: bool = True
    longest: timedelta = timedelta(days=90)
    key: str = KEY
    taken: list[list[tuple[str, str]]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    refuse: Answer | None = None
    """The answer to every new request, where there is one."""
    down: set[str] = field(default_factory=set)
    """Paths that fail, such as `requests`."""
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        parts = urlsplit(request.url)
        path, _, form = parts.path.removeprefix("/open311/v2/").rpartition(".")
        said = dict(parse_qsl(parts.query))
        if form not in self.formats:
            return self.error(404, "unknown format", "xml")
        if path.partition("/")[0] in self.down:
            return self.error(500, "the database is gone", form)
        if request.method == "POST":
            return self.create(request, form)
        kind, _, id_ = path.partition("/")
        if kind == "services":
            return self.service(unquote(id_), form)
        if kind == "tokens":
            return self.token(unquote(id_), form)
        if id_:
            found = [one for one in self.rows if one["service_request_id"] == unquote(id_)]
            return self.say(found, form) if found else self.error(404, "not found", form)
        return self.window(said, form)

    # --------------------------------------------------------------------------- questions

    def service(self, code: str, form: str) -> Answer:
        if not code:
            return self.say(list(self.services), form, "services", "service")
        definition = self.definitions.get(code)
        if definition is None:
            return self.error(404, "service_code not found", form)
        if form == "json":
            return answer(json.dumps(definition), "application/json")
        return answer(xml("service_definition", definition), "text/xml")

    def window(self, said: Mapping[str, str], form: str) -> Answer:
        if "service_request_id" in said:
            wanted = said["service_request_id"].split(",")
            wanted = wanted if self.lists_of_ids else wanted[:1]
            return self.say([r for r in self.rows if r["service_request_id"] in wanted], form)
        start, end = moment(said["start_date"]), moment(said["end_date"])
        if end - start > self.longest:
            return self.error(400, "the range may not span more than 90 days", form)
        found = [
            one
            for one in self.rows
            if start <= (at := moment(one["requested_datetime"])) <= end
            and not (self.end_excluded and at == end)
        ]
        found.sort(key=lambda one: moment(one["requested_datetime"]), reverse=True)
        size = min(self.limit, int(said.get("page_size", self.limit)))
        page = int(said.get("page", 1)) if self.paged else 1
        if self.clamps:
            page = min(page, max(1, -(-len(found) // size)))
        return self.say(found[(page - 1) * size : page * size], form)

    def create(self, request: Request, form: str) -> Answer:
        fields = parse_qsl((request.body or b"").decode(), keep_blank_values=True)
        if ("api_key", self.key) not in fields:
            return self.error(403, "Invalid api_key received", form)
        if self.refuse is not None:
            return self.refuse
        self.taken.append(fields)
        code = dict(fields)["service_code"]
        type_ = next(one["type"] for one in self.services if one["service_code"] == code)
        id_ = f"{len(self.taken):05}"
        if type_ == "batch":
            self.tokens[f"t{id_}"] = ""
            return self.say([{"token": f"t{id_}"}], form, status=201)
        if type_ == "blackbox":
            return self.say([{"service_notice": "Terima kasih", "account_id": None}], form)
        told = {"service_request_id": id_, "service_notice": "Tim datang &amp; memeriksa"}
        return self.say([told], form)

    def token(self, token: str, form: str) -> Answer:
        if token not in self.tokens:
            return self.error(404, "token not found", form)
        return self.say([{"service_request_id": self.tokens[token], "token": token}], form)

    # --------------------------------------------------------------------------- answers

    def say(
        self,
        rows: list[Any],
        form: str,
        outer: str = "service_requests",
        inner: str = "request",
        status: int = 200,
    ) -> Answer:
        if form == "json":
            return answer(json.dumps(rows), "application/json", status)
        body = "".join(xml(inner, one) for one in rows)
        return answer(f"<?xml version='1.0'?><{outer}>{body}</{outer}>", "text/xml", status)

    def error(self, status: int, description: str, form: str) -> Answer:
        told = {"code": str(status), "description": description}
        return self.say([told], form, "errors", "error", status)


def moment(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def answer(body: str, kind: str, status: int = 200) -> Answer:
    return Answer(status, {"content-type": f"{kind}; charset=utf-8"}, body.encode())


def xml(name: str, value: Any) -> str:
    """A value as an element; members of a list have the name of the list without its `s`."""
    if isinstance(value, Mapping):
        inner = "".join(xml(key, one) for key, one in value.items())
    elif isinstance(value, (list, tuple)):
        inner = "".join(xml(name.removesuffix("s"), one) for one in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"


def many(count: int, newest: datetime, apart: timedelta) -> list[dict[str, Any]]:
    """Requests at equal distances, newest first, with leading zeros in their ids."""
    return [
        row(f"{count - n:06}", newest - n * apart) for n in itertools.islice(range(count), count)
    ]


# ------------------------------------------------------------------------------- as a source


class Keys:
    """The key of the server under the name `kunci`."""

    def find(self, source: str, name: str) -> str | None:
        return KEY if (source, name) == ("kota", "kunci") else None


async def opened(server: Any, clock: MovedClock | None = None, **options: Any) -> Open311:
    """The connector of a city whose server answers like this."""
    clock = clock or MovedClock(NOON)
    services = Services(web=SaidWeb(server), clock=clock, secrets=Keys())
    said = {"url": URL, "format": "json", **options}
    line = binding("kota", options={name: one for name, one in said.items() if one is not None})
    upkeep = Upkeep("kota", POLICY, services, hosts=("api.kota.example",))
    return await open_complaints(line, replace(tools(), own=upkeep, now=clock.now))


async def listed(source: Open311, **criteria: Any) -> list[str]:
    """The ids of all complaints, newest first."""
    found = await source.find_complaints(
        replace(ALL, **criteria), NEWEST, Page(100_000, descending=True)
    )
    return [hit.record.origin.local_id for hit in found.hits]
