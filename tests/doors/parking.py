"""A parking team for the tests: its folder, and its system on the loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.server import Server

LOTS = [
    {"kode": "L1", "nama": "Alun-alun", "sisa": 12, "petugas": "3671011502900001"},
    {"kode": "L2", "nama": "Pasar Lama", "sisa": 0, "petugas": "3671011502900002"},
]
TEST = """tests:
  - name: semua
    connector: Query.parkirSemua
    answer:
      body:
        data:
          - {kode: L1, nama: Alun-alun, sisa: 12, petugas: "3671011502900001"}
    expect:
      request: {method: GET}
      result: [{id: L1, nama: Alun-alun, kosong: 12, petugas: "3671011502900001"}]
"""


@dataclass
class Parking:
    """The team's system: what it answers, and what it was asked."""

    url: str = "https://parkir.example"
    lots: Any = field(default_factory=lambda: [dict(lot) for lot in LOTS])
    status: int = 200
    heard: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Reply:
        """What it answers now."""
        self.heard.append(question)
        return json_reply({"data": self.lots}, status=self.status)

    @property
    def host(self) -> str:
        """Its host and port."""
        return self.url.partition("://")[2]

    def sdl(self, *, more: str = "", prefix: str = "Parkir") -> str:
        """Its `connector.graphql`; `more` are further fields of its type, without mapping."""
        small = prefix[0].lower() + prefix[1:]
        return (
            f'extend schema @source(name: "p", http: {{baseURL: "{self.url}/api"}})\n'
            f'"Tempat parkir."\ntype {prefix}Lot {{ id: ID! nama: String kosong: Int '
            f"petugas: String {more} }}\n"
            f'extend type Query {{\n  "Semua."\n  {small}Semua: [{prefix}Lot] @connect(source: "p",'
            ' http: {GET: "/lot?limit=50"},'
            f' selection: "$.data {{ id: kode nama kosong: sisa petugas {more and "baru"} }}")\n}}\n'
        )

    def settings(
        self,
        *,
        key: str = "parkir",
        app: str = "layanan-publik-070",
        prefix: str = "Parkir",
        more: str = "",
    ) -> str:
        """Its `connector.yaml`."""
        return (
            f"connector: {key}\napp: {app}\nname: {{id: Parkir Kota, en: City Parking}}\n"
            f"prefix: {prefix}\ncontact: {{name: Tim Parkir, email: parkir@dishub.example}}\n"
            f"personal_data:\n  {prefix}Lot.petugas: untuk piket\n{more}"
        )

    def input(self, **changes: Any) -> dict[str, Any]:
        """As `ConnectorInput`."""
        named = {k: v for k, v in changes.items() if k in ("key", "app", "prefix")}
        given = {
            "key": "parkir",
            "app": "layanan-publik-070",
            "sdl": self.sdl(prefix=named.get("prefix", "Parkir")),
            "settings": self.settings(**named),
            "tests": [TEST.replace("parkirSemua", f"{named.get('prefix', 'Parkir').lower()}Semua")],
        }
        return {**given, **{k: v for k, v in changes.items() if k != "prefix"}}

    def write(self, folder: Path, **changes: Any) -> Path:
        """Its folder on the disk."""
        given = self.input(**changes)
        (folder / "tests").mkdir(parents=True, exist_ok=True)
        (folder / "connector.graphql").write_text(given["sdl"])
        (folder / "connector.yaml").write_text(given["settings"])
        (folder / "tests" / "semua.yaml").write_text(given["tests"][0])
        return folder


@asynccontextmanager
async def parking() -> AsyncIterator[Parking]:
    """The system, open on a free port of the loopback."""
    team = Parking()
    server = Server("parkir", team.answer)
    await server.open()
    team.url = server.url
    try:
        yield team
    finally:
        await server.aclose()
