"""A server that speaks Open311 GeoReport v2, JSON and XML, and takes complaints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from gateway.synthetic.exchange import Question, Reply, json_reply, text_reply
from gateway.synthetic.town import SAMPLE, Spot, Town, street

DAYS = 90
LONGEST = timedelta(days=90)
LIMIT = 200
"""Requests of one answer."""
LATENT = 2
"""Times a token is asked for before it is a request."""

SERVICES: tuple[dict[str, Any], ...] = (
    {
        "service_code": "jalan-rusak", "service_name": "Jalan rusak", "metadata": True,
        "description": f"Lubang di jalan ({SAMPLE})", "type": "realtime",
        "keywords": "lubang, aspal", "group": "Prasarana",
    },
    {
        "service_code": "lampu-pju", "service_name": "Lampu PJU padam", "metadata": False,
        "description": f"Lampu jalan mati ({SAMPLE})", "type": "batch", "keywords": "lampu",
        "group": "Prasarana",
    },
    {
        "service_code": "sampah", "service_name": "Sampah", "metadata": False,
        "description": f"Sampah menumpuk ({SAMPLE})", "type": "realtime", "keywords": "",
        "group": "Lingkungan",
    },
    {
        "service_code": "banjir", "service_name": "Banjir dan genangan", "metadata": False,
        "description": f"Genangan air ({SAMPLE})", "type": "realtime", "keywords": "air, hujan",
        "group": "Lingkungan",
    },
)  # fmt: skip

FORM: dict[str, Any] = {
    "service_code": "jalan-rusak",
    "attributes": [
        {
            "variable": True, "code": "DALAM", "datatype": "singlevaluelist", "required": True,
            "datatype_description": None, "order": 1, "description": "Seberapa dalam?",
            "values": [{"key": "1", "name": "Dangkal"}, {"key": "2", "name": "Dalam"}],
        },
    ],
}  # fmt: skip

TEXTS = {
    "jalan-rusak": "Lubang besar di depan rumah; mobil dan motor harus menghindar",
    "lampu-pju": "Lampu jalan padam sejak tiga malam",
    "sampah": "Sampah menumpuk, berbau · belum diangkut",
    "banjir": "Air setinggi 20 cm menggenang setelah hujan",
}
AGENCIES = {
    "jalan-rusak": "Dinas Contoh Pekerjaan Umum",
    "lampu-pju": "Dinas Contoh Perhubungan",
    "sampah": "Dinas Contoh Lingkungan Hidup",
    "banjir": "Dinas Contoh Pekerjaan Umum",
}


class GeoReport:
    """A GeoReport server whose list grows by a few requests every day. `name` is its own."""

    def __init__(self, town: Town, name: str, *, prefix: str, per_day: int) -> None:
        self._town = town
        self._name = name
        self._prefix = prefix
        self._per_day = per_day
        self._spots = town.spots(name, 120)
        self._made: tuple[date, list[dict[str, Any]]] | None = None
        self._taken: list[dict[str, Any]] = []
        self._tokens: dict[str, int] = {}

    def __call__(self, question: Question) -> Reply:
        """What the specification says."""
        path, _, form = question.path.strip("/").rpartition(".")
        form = form if form in ("json", "xml") else ""
        parts = path.split("/")
        if not form:
            return self._error(404, "the format must be json or xml", "xml")
        match parts[-2:], question.method:
            case [[*_, "services"], "GET"]:
                return _say(list(SERVICES), form, "services", "service")
            case [["services", code], "GET"]:
                return self._definition(code, form)
            case [[*_, "requests"], "GET"]:
                return self._list(question.query, form)
            case [[*_, "requests"], "POST"]:
                return self._take(question.form, form)
            case [["requests", id_], "GET"]:
                found = [row for row in self._rows() if row["service_request_id"] == id_]
                return _say(found, form) if found else self._error(404, "no such request", form)
            case [["tokens", token], "GET"]:
                return self._token(token, form)
        return self._error(404, "no such resource", form)

    # --------------------------------------------------------------------------- questions

    def _definition(self, code: str, form: str) -> Reply:
        if code != FORM["service_code"]:
            return self._error(404, "service_code not found", form)
        if form == "json":
            return json_reply(FORM)
        return text_reply(HEAD + _element("service_definition", FORM), "text/xml")

    def _list(self, said: Mapping[str, str], form: str) -> Reply:
        rows = self._rows()
        if ids := said.get("service_request_id"):
            wanted = set(ids.split(","))
            return _say([row for row in rows if row["service_request_id"] in wanted], form)
        try:
            end = _moment(said["end_date"]) if said.get("end_date") else self._town.now()
            start = _moment(said["start_date"]) if said.get("start_date") else end - LONGEST
            page, size = int(said.get("page") or 1), int(said.get("page_size") or LIMIT)
        except ValueError:
            return self._error(400, "a date or a number cannot be read", form)
        if end - start > LONGEST:
            return self._error(400, "start_date and end_date are more than 90 days apart", form)
        statuses = set((said.get("status") or "open,closed").split(","))
        code = said.get("service_code")
        found = [
            row
            for row in rows
            if start <= datetime.fromisoformat(row["requested_datetime"]) <= end
            and row["status"] in statuses
            and (not code or row["service_code"] == code)
        ]
        size, page = max(1, min(size, LIMIT)), max(1, page)
        return _say(found[(page - 1) * size : page * size], form)

    def _take(self, fields: Sequence[tuple[str, str]], form: str) -> Reply:
        said = dict(fields)
        service = next((s for s in SERVICES if s["service_code"] == said.get("service_code")), None)
        if not said.get("api_key"):
            return self._error(403, "api_key is missing", form)
        if service is None:
            return self._error(400, "service_code is missing or unknown", form)
        if not ((said.get("lat") and said.get("long")) or said.get("address_string")):
            return self._error(400, "one of lat and long, or address_string, is needed", form)
        number = len(self._taken) + 1
        id_ = f"{self._prefix}-BARU-{number:04}"
        now = self._town.local().isoformat(timespec="seconds")
        self._taken.append(
            {
                **_EMPTY, "service_request_id": id_, "status": "open",
                "service_name": service["service_name"], "service_code": service["service_code"],
                "description": said.get("description", ""), "requested_datetime": now,
                "updated_datetime": now, "address": said.get("address_string"),
                "lat": said.get("lat"), "long": said.get("long"),
            }
        )  # fmt: skip
        if service["type"] == "batch":
            self._tokens[f"token-{number:04}"] = 0
            return _say([{"token": f"token-{number:04}"}], form)
        notice = f"Terima kasih; kota {SAMPLE} ini tidak menindaklanjuti apa pun"
        return _say([{"service_request_id": id_, "service_notice": notice}], form)

    def _token(self, token: str, form: str) -> Reply:
        if token not in self._tokens:
            return self._error(404, "no such token", form)
        self._tokens[token] += 1
        ready = self._tokens[token] > LATENT
        id_ = f"{self._prefix}-BARU-{token.removeprefix('token-')}" if ready else None
        return _say([{"token": token, "service_request_id": id_}], form)

    def _error(self, status: int, description: str, form: str) -> Reply:
        rows = [{"code": str(status), "description": description}]
        return _say(rows, form, "errors", "error", status=status)

    # --------------------------------------------------------------------------- rows

    def _rows(self) -> list[dict[str, Any]]:
        """All requests until now, newest first."""
        today = self._town.today()
        if self._made is None or self._made[0] != today:
            self._made = today, list(self._days(today))
        now = self._town.now()
        there = [
            row for row in self._made[1] if datetime.fromisoformat(row["requested_datetime"]) <= now
        ]
        return [*self._taken[::-1], *there]

    def _days(self, today: date) -> Iterator[dict[str, Any]]:
        for back in range(DAYS):
            day = today - timedelta(days=back)
            chance = self._town.rng(self._name, day)
            hours = sorted((chance.uniform(0, 24) for _ in range(self._per_day)), reverse=True)
            for number, hour in enumerate(hours):
                spot = chance.choice(self._spots)
                yield self._row(day, len(hours) - number, hour, spot, back)

    def _row(self, day: date, number: int, hour: float, spot: Spot, age: int) -> dict[str, Any]:
        chance = self._town.rng(self._name, day, number)
        service = chance.choice(SERVICES)
        code = service["service_code"]
        requested = self._town.at(day, hour).replace(microsecond=0)
        closed = chance.random() < min(0.9, 0.1 + age * 0.03)
        started = closed or chance.random() < 0.5
        updated = requested
        if started:
            later = requested + timedelta(hours=chance.uniform(1, 2 + 20 * min(age, 3)))
            updated = min(later, self._town.now()).replace(microsecond=0)
            updated = max(updated, requested)
        return {
            **_EMPTY,
            "service_request_id": f"{self._prefix}-{day:%Y%m%d}-{number:02}",
            "status": "closed" if closed else "open",
            "status_notes": "Selesai ditangani"
            if closed
            else "Sedang ditangani"
            if started
            else None,
            "service_name": service["service_name"],
            "service_code": code,
            "description": f"{SAMPLE}: {TEXTS[code]}",
            "agency_responsible": AGENCIES[code],
            "requested_datetime": requested.isoformat(),
            "updated_datetime": updated.isoformat(),
            "expected_datetime": (requested + timedelta(days=5)).isoformat(),
            "address": f"{street(chance)}, {spot.kelurahan_name}",
            "lat": spot.point.lat,
            "long": spot.point.lng,
        }


_EMPTY: dict[str, Any] = dict.fromkeys(
    (
        "service_request_id", "status", "status_notes", "service_name", "service_code",
        "description", "agency_responsible", "service_notice", "requested_datetime",
        "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
        "media_url",
    )
)  # fmt: skip

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def _say(
    rows: list[Any],
    form: str,
    outer: str = "service_requests",
    inner: str = "request",
    *,
    status: int = 200,
) -> Reply:
    if form == "json":
        return json_reply(rows, status=status)
    body = "".join(_element(inner, row) for row in rows)
    return text_reply(f"{HEAD}<{outer}>{body}</{outer}>", "text/xml", status=status)


def _element(name: str, value: Any) -> str:
    """A value as XML; the members of a list have its name without the `s`."""
    if isinstance(value, Mapping):
        inner = "".join(_element(key, each) for key, each in value.items())
    elif isinstance(value, list):
        inner = "".join(_element(name.removesuffix("s"), each) for each in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _moment(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
