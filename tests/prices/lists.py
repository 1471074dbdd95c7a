"""The same observations as each publisher would write them, and sources opened over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors import errors, registry
from connectors.ports.common import Page, must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.ports.prices import Price, PriceCriteria
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services, Upkeep
from tests import builders
from tests.upstream import MovedClock, SaidWeb

NOW = datetime(2026, 9, 30, 3, tzinfo=UTC)
"""Ten in the morning in Jakarta."""
ALL = PriceCriteria(since=datetime(2000, 1, 1, tzinfo=UTC).date())


class Told:
    """What an address says, which a test may change, and what it was asked."""

    def __init__(self, body: bytes | str | Callable[[Request], Any], kind: str = "") -> None:
        self.body = body
        self.kind = kind
        self.web = SaidWeb(self._answer)
        self.clock = MovedClock(NOW)
        self.upkeep: Upkeep | None = None

    def _answer(self, request: Request) -> Answer | errors.ConnectorError:
        body = self.body(request) if callable(self.body) else self.body
        if isinstance(body, errors.ConnectorError):
            return body
        if isinstance(body, Answer):
            return body
        headers = {"content-type": self.kind} if self.kind else {}
        return Answer(200, headers, body.encode() if isinstance(body, str) else body)

    async def open(self, system: str, **options: Any) -> Any:
        """The source of a catalogue line over this address."""
        said = {"url": "http://harga.example/data", **options}
        binding = Binding(
            "harga", must_text("Harga"), ConnectorKind.PRICE_API, ("prices", "markets"), system,
            options=said,
        )  # fmt: skip
        tools = builders.tools(services=Services(self.web, clock=self.clock))
        self.upkeep = registry.upkeep_of(binding, tools)
        return await registry.open_source(binding, replace(tools, own=self.upkeep))


def grid(*rows: Any) -> str:
    """An answer of PIHPS."""
    return json.dumps({"data": rows})


PIHPS = grid(
    {"no": "I", "name": "Cabai Merah", "level": 1, "29/09/2026": "46,000", "30/09/2026": "47,000"},
    {"no": 1, "name": "Cabai Merah Keriting ", "level": 2, "29/09/2026": "48.500",
     "30/09/2026": "49,000"},
    {"no": "II", "name": "Bawang Merah", "level": 1, "29/09/2026": "36,500", "30/09/2026": "-"},
    {"no": 1, "name": "Bawang Merah Ukuran Sedang", "level": 2, "29/09/2026": "36,500 ",
     "30/09/2026": "-"},
    {"no": 2, "name": "Telur Ayam Ras Segar", "level": 2, "30/09/2026": "29,750"},
)  # fmt: skip
PANEL = json.dumps({"status": "success", "data": [
    {"id": 8, "name": "Cabai Merah Keriting", "satuan": "Rp./Kg", "today": 49000,
     "yesterday": 48500, "yesterday_date": "29/09/2026", "gap": 500, "gap_percentage": 1.03,
     "gap_change": "up"},
    {"id": 5, "name": "Bawang Merah", "satuan": "Rp/kg", "today": 0, "yesterday": 36500,
     "yesterday_date": "29/09/2026", "gap": 0, "gap_percentage": 0, "gap_change": "down"},
    {"id": 13, "name": "Telur Ayam Ras", "satuan": "Rp./Kg", "today": "29.750", "yesterday": 0,
     "yesterday_date": "29/09/2026", "gap": 0, "gap_percentage": 0, "gap_change": "up"},
]})  # fmt: skip
TABLE = (
    "\ufeffTanggal;Nama Komoditi;Satuan;Harga (Rp)\r\n"
    "29 September 2026;Cabe Merah Keriting;Rp./Kg;Rp 48.500,00\r\n"
    "29/09/2026;Bawang Merah;kg;36500\r\n"
    "29-09-2026;Telor Ayam Ras;Kg.;-\r\n"
    ";;;\r\n"
    "46295;Cabe Merah Keriting;Rp./Kg;Rp49.000,-\r\n"
    "2026-09-30;Bawang Merah;kg;\r\n"
    "Rabu, 30 September 2026;Telur Ayam Ras;per kg;29,750\r\n"
)
SAME = [
    ("2026-09-29", "bawang-merah", "36.71", "kg", 36500, None),
    ("2026-09-29", "cabai-merah-keriting", "36.71", "kg", 48500, None),
    ("2026-09-29", "telur-ayam-ras", "36.71", "kg", None, None),
    ("2026-09-30", "bawang-merah", "36.71", "kg", None, 36500),
    ("2026-09-30", "cabai-merah-keriting", "36.71", "kg", 49000, 48500),
    ("2026-09-30", "telur-ayam-ras", "36.71", "kg", 29750, None),
]


async def prices_of(source: Any, criteria: PriceCriteria = ALL) -> list[Price]:
    """All prices, oldest first."""
    found = await source.find_prices(criteria, Page(500))
    assert not found.more
    return [hit.record for hit in found.hits]


def told(price: Price) -> tuple[Any, ...]:
    """What every source must say alike about an observation."""
    return (
        price.date.isoformat(),
        price.commodity.local,
        price.area,
        price.unit,
        price.price and price.price.amount,
        price.previous and price.previous.amount,
    )
