"""The sources of the city in the graph: what is plugged in, how it does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from connectors.declarative import findings
from connectors.ports import connectors as ports
from connectors.ports.common import ScopedId
from connectors.ports.roles import Role
from resolvers import connectors as resolve
from resolvers import departments, registrar, registrations
from resolvers.permissions import need_app
from schema.auth import needs
from schema.common import (
    Info,
    Licence,
    Node,
    SourceStatus,
    id_field,
    optional_text_field,
    plain_field,
    show,
    show_enum,
    shows,
    text_field,
)
from schema.departments import Department
from schema.scalars import JSON, Locale

ConnectorKind = show_enum(
    ports.ConnectorKind, "Jenis konektor: cara berbicara dengan sistem. How a system is spoken to.",
    OPEN311="Open311 GeoReport v2.", GTFS="Jadwal GTFS. GTFS timetable.",
    GTFS_RT="GTFS waktu nyata. GTFS Realtime.", GEOJSON="GeoJSON (RFC 7946).",
    OSM="OpenStreetMap.", ICALENDAR="Kalender iCalendar (RFC 5545).", CAP="Peringatan CAP 1.2.",
    BMKG="Layanan BMKG. The national weather and quake service.",
    JOBPOSTING="Lowongan schema.org. schema.org JobPosting.", PRICE_CSV="Harga dalam CSV. Prices in CSV.",
    PRICE_API="API harga. A price API.", CKAN="Portal data CKAN.", REST_JSON="REST dengan JSON.",
    OPENAPI="REST menurut OpenAPI.", SQL="Basis data SQL. An SQL database.", XROAD="X-Road.",
    SPLP="Sistem Penghubung Layanan Pemerintah. The national exchange.", FILE="Berkas. A file.",
    GRAPHQL="GraphQL lain. Another GraphQL endpoint.",
    DECLARATIVE="Konektor deklaratif. Described by its app team.", MEMORY="Dalam memori. In memory.",
)  # fmt: skip
ConnectorState = show_enum(
    ports.ConnectorState, "Keadaan konektor. State of a connector.",
    ENABLED="Aktif. Working.", DEGRADED="Terganggu. Working in part.", DOWN="Mati. Not answering.",
    DISABLED="Dimatikan operator. Switched off by an operator.",
    PENDING="Belum dikonfigurasi. Not configured or not approved yet.",
    QUARANTINED="Dikarantina. Set aside because it is faulty.", EXPIRED="Kedaluwarsa. Past its date.",
)  # fmt: skip
Capability = show_enum(
    ports.Capability, "Kemampuan konektor. What a connector can do.",
    LIST="Daftar. Lists.", GET="Satu per satu. One by id.", SEARCH="Pencarian. Search.",
    NEAR="Sekitar titik. Near a point.", CREATE="Membuat. Creates.", UPDATE="Mengubah. Updates.",
    SUBSCRIBE="Kabar langsung. Pushes news.", DELTA="Hanya perubahan. Changes only.",
    BULK="Seluruhnya. Everything at once.",
)  # fmt: skip
CoverageLevel = show_enum(
    ports.CoverageLevel, "Seberapa terisi. How well a field is filled.",
    FULL="Penuh. Always.", DERIVED="Turunan. Worked out.", PARTIAL="Sebagian. Sometimes.",
    NONE="Tidak. Never.",
)  # fmt: skip
AuthKind = show_enum(
    ports.AuthKind, "Cara gateway masuk ke sistem. How the gateway signs in at the system.",
    NONE="Tanpa. Nothing.", API_KEY_HEADER="Kunci di kepala. Key in a header.",
    API_KEY_QUERY="Kunci di alamat. Key in the query.", BASIC="HTTP Basic.",
    OAUTH2_CLIENT="OAuth 2 client credentials.", MTLS="TLS dua arah. Mutual TLS.", XROAD="X-Road.",
)  # fmt: skip
BreakerState = show_enum(
    ports.BreakerState, "Keadaan pemutus arus. State of the circuit breaker.",
    CLOSED="Mengalir. Calls go through.", OPEN="Terputus. Calls are held back.",
    HALF_OPEN="Mencoba. One call is let through to try.",
)  # fmt: skip


@strawberry.type(
    description="Seberapa sebuah sumber mengisi satu bidang. How a source fills a field."
)
class FieldCoverage:
    field: str = plain_field("Bidang, `Type.field`. The field.")
    level: ports.CoverageLevel = plain_field("Tingkat. How well.")
    note: str | None = plain_field("Catatan. Note.")


@strawberry.type(description="Cara masuk ke sistem. How the gateway signs in.")
class ConnectorAuth:
    kind: ports.AuthKind = plain_field("Cara. The way.")

    @strawberry.field(description="Kunci diganti pada. When the secret is to be changed.")
    def rotates_at(self) -> datetime | None:
        return None


@strawberry.type(description="Kesehatan sumber, menurut gateway. What the gateway saw of a source.")
class ConnectorHealth:
    is_type_of = shows(ports.ConnectorHealth)
    up: bool = plain_field("Hidup. Whether the last call was answered.")
    uptime24h: float = plain_field(
        "Bagian panggilan yang terjawab dalam 24 jam, 0 sampai 1; 1 bila belum ada. Share of calls "
        "answered in 24 hours since the start; 1 while there were none."
    )
    p50_ms: int | None = plain_field("Median waktu jawab, ms. Median time to answer.")
    p95_ms: int | None = plain_field("Persentil 95 waktu jawab, ms. 95th percentile.")
    error_rate: float = plain_field("Bagian panggilan yang gagal. Share of calls that failed.")
    breaker: ports.BreakerState = plain_field("Pemutus arus. Circuit breaker.")
    last_success_at: datetime | None = plain_field("Terakhir berhasil. Last success.")

    @strawberry.field(
        description="Galat terakhir; tim pemiliknya. Name of the last error; for its own team.",
        directives=needs(Role.APP_TEAM),
    )
    def last_error(self, info: Info) -> str | None:
        health: Any = self
        need_app(info.context, health.app, "ConnectorHealth.lastError")
        return show(health.last_error)  # type: ignore[no-any-return]

    records_total: int | None = plain_field("Jumlah rekaman. Records it holds, where known.")
    rejected_records: int = plain_field("Rekaman yang ditolak. Rows that could not be mapped.")
    schema_drift: list[str] = plain_field("Perubahan bentuk. Fields that came or went.")


@strawberry.type(description="Satu pengambilan data. One fetch from a source.")
class ConnectorFetch:
    is_type_of = shows(ports.ConnectorFetch)
    at: datetime = plain_field("Waktu. When.")
    success: bool = plain_field("Berhasil. Whether it worked.")
    http_status: int | None = plain_field("Status HTTP. HTTP status.")
    bytes: int | None = plain_field("Ukuran. Size in bytes.")
    sha256: str | None = plain_field("Sidik isi. SHA-256 of the content.")
    ms: int | None = plain_field("Lama, ms. Time taken.")
    error: str | None = plain_field("Galat. Error.")


ProblemSeverity = strawberry.enum(
    findings.Severity,
    name="ProblemSeverity",
    description="Bobot temuan. How much a finding matters.",
)
for _value, _words in (
    ("ERROR", "Tidak dapat bekerja. It cannot work."),
    ("WARNING", "Akan menyulitkan. It will hurt."),
    ("INFO", "Baik diketahui. Good to know."),
):
    for _shown in ProblemSeverity.__strawberry_definition__.values:  # type: ignore[attr-defined]
        if _shown.name == _value:
            _shown.description = _words


@strawberry.type(
    description="Temuan pada konektor. One thing that was found in a connector, with its remedy."
)
class ConnectorProblem:
    is_type_of = shows(findings.Finding)
    code: str = plain_field("Kode tetap (docs/connector-findings.md). Stable code.")
    severity: findings.Severity = plain_field("Bobot. How much it matters.")
    file: str | None = plain_field("Berkas. Name of the file in the folder.")
    line: int | None = plain_field("Baris, dari 1. Line, from 1.")
    column: int | None = plain_field("Kolom, dari 1. Column, from 1, in code points.")
    path: str | None = plain_field(
        "Tempat dalam jawaban (JSON pointer) atau `Type.field`. Where in an answer, or the field."
    )
    message: str = text_field("message", "Penjelasan. What is the matter.")
    fix: str | None = optional_text_field("fix", "Perbaikan. What to do.")
    count: int = plain_field("Berapa kali terlihat. How often it was seen.")


@strawberry.type(
    description="Satu versi pendaftaran. One version of a registration, as its history has it."
)
class ConnectorVersion:
    is_type_of = shows(registrar.ConnectorVersion)
    version: int = plain_field("Nomor versi. Its number.")
    state: ports.ConnectorState = plain_field("Keadaan versi. Its state.")
    active: bool = plain_field("Yang melayani. Whether it is the one that serves.")
    at: datetime = plain_field("Waktu pendaftaran. When it was handed in.")
    by: str = plain_field("Label kunci, atau `operator`. Label of the key, or `operator`.")
    note: str | None = plain_field("Catatan operator. Note of an operator.")

    @strawberry.field(
        description="Mengapa perlu persetujuan; kosong bila tidak. Why an operator has to approve it; "
        "empty when nobody has to."
    )
    def approval(self, info: Info, lang: Locale | None = None) -> list[str]:
        version: Any = self
        chosen = lang or info.context.lang_at(info.path)
        return [reason.pick(chosen) for reason in version.approval]


@strawberry.type(
    description="Konektor: satu sistem kota yang tersambung. A connector: one system plugged in."
)
class Connector(Node):
    is_type_of = shows(resolve.Plugged)
    id: strawberry.ID = id_field("Connector", lambda source: ScopedId("connector", source.key))
    key: str = plain_field("Kunci, mis. laksa. Key.")

    @strawberry.field(description="Nama. Name.")
    def name(self, info: Info) -> str:
        source: Any = self
        return show(source.binding.name.pick(info.context.lang))  # type: ignore[no-any-return]

    @strawberry.field(description="Jenis konektor. Kind.")
    def kind(self) -> ports.ConnectorKind:
        return _binding(self).kind

    @strawberry.field(description="Ranah yang dilayani. What it is searched for.")
    def domain(self) -> list[ports.SearchType]:
        return list(_binding(self).domain)

    @strawberry.field(description="OPD pemilik. The department that owns it.")
    async def owner(self, info: Info) -> Department | None:
        found = await departments.by_code(info.context, _binding(self).owner)
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(description="Kemampuan. What it can do.")
    def capabilities(self) -> list[ports.Capability]:
        return list(_binding(self).capabilities)

    @strawberry.field(description="Bidang yang diisi. Which fields it fills, and how well.")
    def coverage(self) -> list[FieldCoverage]:
        return show(_binding(self).coverage)  # type: ignore[no-any-return]

    state: ports.ConnectorState = plain_field("Keadaan. State.")

    @strawberry.field(description="Kesehatan. Health, as the gateway saw it.")
    def health(self) -> ConnectorHealth:
        source: Any = self
        return show(source.health())  # type: ignore[no-any-return]

    @strawberry.field(description="Lisensi datanya. Terms of its data.")
    def licence(self) -> Licence | None:
        return show(_binding(self).licence)  # type: ignore[no-any-return]

    @strawberry.field(description="Cara masuk. How the gateway signs in.")
    def auth(self) -> ConnectorAuth:
        return ConnectorAuth(kind=_binding(self).auth)

    @strawberry.field(description="Versi kontrak. Version of the contract.")
    def contract_version(self) -> str:
        return _binding(self).contract_version

    @strawberry.field(
        description="Panggilan terakhir sejak gateway menyala, terbaru dahulu; tim pemiliknya. The last "
        "calls since the start, newest first; for its own team.",
        directives=needs(Role.APP_TEAM),
    )
    async def fetches(self, info: Info, first: int | None = 20) -> list[ConnectorFetch] | None:
        return show(await resolve.fetches(info.context, show(self), first))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Pengaturan tanpa rahasia; tim pemiliknya. Settings without secrets; for its own "
        "team.",
        directives=needs(Role.APP_TEAM),
    )
    async def config(self, info: Info) -> JSON | None:
        found = await resolve.config(info.context, show(self))
        return None if found is None else JSON(found)

    @strawberry.field(
        description="Temuan pada versi yang terdaftar; tim pemiliknya. What was found in the registered "
        "version; null when it is not a registered one. For its own team.",
        directives=needs(Role.APP_TEAM),
    )
    async def problems(self, info: Info) -> list[ConnectorProblem] | None:
        found = await registrations.dossier(info.context, show(self), "Connector.problems")
        return show(found.problems if found else None)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Riwayat versi, terbaru dahulu; tim pemiliknya. Its versions, newest first; null "
        "when it is not a registered one. For its own team.",
        directives=needs(Role.APP_TEAM),
    )
    async def versions(self, info: Info) -> list[ConnectorVersion] | None:
        return show(await registrations.versions(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Slug entri katalog pemiliknya. Slug of the entry of the catalogue it belongs to."
    )
    def app_slug(self) -> str | None:
        return _binding(self).app

    @strawberry.field(description="Versi pendaftaran. Version of the registration.")
    def version(self) -> int:
        return _binding(self).version


def _binding(connector: Any) -> ports.Binding:
    return connector.binding  # type: ignore[no-any-return]


@strawberry.type(description="Kesehatan gateway. How the gateway does.")
class GatewayHealth:
    ready: bool = plain_field("Siap melayani. Ready to answer.")
    version: str = plain_field("Versi gateway. Its version.")
    schema_hash: str = plain_field("Sidik skema. Hash of the printed schema.")
    connectors: list[SourceStatus] = plain_field("Keadaan semua konektor. State of all connectors.")


@strawberry.type
class ConnectorQuery:
    @strawberry.field(description="Konektor kota. The city's connectors.")
    def connectors(
        self,
        info: Info,
        kind: ports.ConnectorKind | None = None,
        state: ports.ConnectorState | None = None,
    ) -> list[Connector] | None:
        return show(resolve.find(info.context, kind=kind, state=state))  # type: ignore[no-any-return]

    @strawberry.field(description="Satu konektor menurut kunci. One connector by key.")
    def connector(self, info: Info, key: str) -> Connector | None:
        return show(resolve.one(info.context, key))  # type: ignore[no-any-return]

    @strawberry.field(description="Kesehatan gateway. How the gateway does.")
    async def health(self, info: Info) -> GatewayHealth:
        from schema.city import fingerprint

        context = info.context
        return GatewayHealth(
            ready=await context.ready(),
            version=context.version,
            schema_hash=context.schema_hash or fingerprint(),
            connectors=show([resolve.status(source) for source in context.switchboard]),
        )
