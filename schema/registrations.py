"""Registering connectors and apps: everything of `Mutation` that teams and operators may do."""

from __future__ import annotations

from typing import Any

import strawberry

from connectors.ports import apps as app_words
from connectors.ports import connectors as words
from connectors.ports.common import ErrorCode
from connectors.ports.roles import Role
from resolvers import registrations as resolve
from resolvers.registrar import AppDraft
from schema.apps import CityApp
from schema.auth import needs
from schema.common import Info, plain_field, show, text_field
from schema.connectors import Connector, ConnectorProblem, FieldCoverage
from schema.scalars import JSON, URL

# ------------------------------------------------------------------------------- inputs


@strawberry.input(
    description="Teks tiga jenis berkas sebuah konektor. The text of a team's three kinds of file."
)
class ConnectorInput:
    key: str = strawberry.field(
        description="Kunci konektor, mis. parkir-kota. Key of the connector: small letters, digits, "
        "dashes."
    )
    app: str = strawberry.field(
        description="Slug entri katalog pemiliknya. Slug of the entry of the catalogue it belongs to."
    )
    sdl: str = strawberry.field(description="Isi `connector.graphql`. The text of that file.")
    settings: str = strawberry.field(description="Isi `connector.yaml`. The text of that file.")
    tests: list[str] = strawberry.field(
        default_factory=list, description="Isi `tests/*.yaml`. The texts of those files."
    )


@strawberry.input(
    description="Aplikasi yang hendak diterbitkan. An application that is to be published."
)
class AppInput:
    slug: str = strawberry.field(description="Nama pendek untuk alamat. Short name for addresses.")
    publiccode_url: URL | None = strawberry.field(
        default=None,
        description="Alamat publiccode.yml, https. Where its publiccode.yml is found.",
    )
    publiccode: JSON | None = strawberry.field(
        default=None, description="Isi publiccode.yml sebagai JSON. The same as JSON."
    )
    audience: app_words.AppAudience = strawberry.field(description="Golongan. Who it is for.")
    in_portal: bool = strawberry.field(
        default=False, description="Dalam portal Tangerang LIVE. Whether it is in the portal."
    )


# ------------------------------------------------------------------------------- answers


@strawberry.type(
    description="Mengapa sesuatu tidak dilakukan. Why something was not done, for who asked."
)
class UserError:
    code: ErrorCode = plain_field("Kode galat. Error code.")
    message: str = text_field("message", "Kalimat. A sentence: what happened and what to do.")
    path: list[str] = plain_field(
        "Bagian masukan yang dimaksud. Which part of what was asked, from the argument on."
    )


@strawberry.type(
    description="Hasil perubahan konektor. What became of a change: the connector, or the reasons."
)
class ConnectorPayload:
    connector: Connector | None = plain_field(
        "Konektor sesudah perubahan. The connector as it now is; null when nothing changed."
    )
    errors: list[UserError] = plain_field("Alasan bila ditolak. Why it was declined.")


@strawberry.type(
    description="Hasil uji coba; tidak ada yang disimpan. What a trial found; nothing is kept."
)
class ConnectorTestReport:
    ok: bool = plain_field("Lolos. Whether it could be registered.")

    @strawberry.field(
        description="Contoh hasil, data pribadi disamarkan. Mapped values, personal data masked."
    )
    def sample(self) -> list[JSON]:
        return list(self.sample)

    coverage: list[FieldCoverage] = plain_field("Bidang yang terisi. Which fields it fills.")
    problems: list[ConnectorProblem] = plain_field("Temuan. What was found, errors first.")


@strawberry.type(description="Hasil penerbitan aplikasi. What became of the publication of an app.")
class AppPayload:
    app: CityApp | None = plain_field(
        "Entri katalog; null selama menunggu persetujuan. The entry; null while it is not visible."
    )
    errors: list[UserError] = plain_field("Alasan bila ditolak. Why it was declined.")


# ------------------------------------------------------------------------------- Mutation


def _text(given: ConnectorInput) -> Any:
    return resolve.submission(given.key, given.app, given.sdl, given.settings, given.tests)


@strawberry.type
class RegistrationMutation:
    @strawberry.mutation(
        description="Daftarkan konektor. Register a connector; it serves once it is approved, where "
        "approval is needed.",
        directives=needs(Role.APP_TEAM),
    )
    async def register_connector(self, info: Info, input: ConnectorInput) -> ConnectorPayload:
        return show(await resolve.register(info.context, _text(input)))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Versi baru; `version` ialah versi terbaru yang dikenal. A new version; `version` is "
        "the newest the team knows, else CONFLICT.",
        directives=needs(Role.APP_TEAM),
    )
    async def update_connector(
        self,
        info: Info,
        key: str,
        version: int,
        input: ConnectorInput,
    ) -> ConnectorPayload:
        return show(await resolve.update(info.context, key, version, _text(input)))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Nyalakan, matikan atau karantina. Switch on or off, or set aside.",
        directives=needs(Role.ADMIN),
    )
    async def set_connector_state(
        self, info: Info, key: str, state: words.ConnectorState, reason: str
    ) -> ConnectorPayload:
        return show(await resolve.set_state(info.context, key, state, reason))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Uji coba terhadap sistem langsung atau rekaman; tidak ada yang disimpan. Dry run "
        "against the live or recorded upstream; nothing is stored.",
        directives=needs(Role.APP_TEAM),
    )
    async def test_connector(self, info: Info, input: ConnectorInput) -> ConnectorTestReport:
        return show(await resolve.test(info.context, _text(input)))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Kembali ke versi sebelumnya. Let an earlier version serve again.",
        directives=needs(Role.APP_TEAM),
    )
    async def rollback_connector(self, info: Info, key: str, version: int) -> ConnectorPayload:
        return show(await resolve.roll_back(info.context, key, version))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Periksa sistemnya sekarang. Look at its system now, and open it anew.",
        directives=needs(Role.APP_TEAM),
    )
    async def refresh_connector(self, info: Info, key: str) -> ConnectorPayload:
        return show(await resolve.refresh(info.context, key))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Setujui versi yang menunggu. Let a waiting version serve.",
        directives=needs(Role.ADMIN),
    )
    async def approve_connector(
        self, info: Info, key: str, version: int, note: str | None = None
    ) -> ConnectorPayload:
        return show(await resolve.approve(info.context, key, version, note))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Tolak versi yang menunggu. Turn a waiting version down.",
        directives=needs(Role.ADMIN),
    )
    async def refuse_connector(
        self, info: Info, key: str, version: int, reason: str
    ) -> ConnectorPayload:
        return show(await resolve.refuse(info.context, key, version, reason))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Cabut konektor: field-nya hilang, nama dan entrinya bebas lagi. Take a connector out "
        "of the city: its fields go, its names and its entry are free again.",
        directives=needs(Role.ADMIN),
    )
    async def withdraw_connector(self, info: Info, key: str, reason: str) -> ConnectorPayload:
        return show(await resolve.withdraw(info.context, key, reason))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Terbitkan aplikasi di luar register 2019; perlu persetujuan. Publish an app beyond "
        "the register; it is seen once approved.",
        directives=needs(Role.APP_TEAM),
    )
    async def publish_app(self, info: Info, input: AppInput) -> AppPayload:
        draft = AppDraft(
            input.slug,
            input.audience,
            input.in_portal,
            show(input.publiccode),
            input.publiccode_url,
        )
        return show(await resolve.publish_app(info.context, draft))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Setujui aplikasi yang diterbitkan. Let a published app be seen.",
        directives=needs(Role.ADMIN),
    )
    async def approve_app(self, info: Info, slug: str, note: str | None = None) -> AppPayload:
        return show(await resolve.approve_app(info.context, slug, note))  # type: ignore[no-any-return]

    @strawberry.mutation(
        description="Tolak aplikasi yang diterbitkan. Turn a published app down; its slug is free again.",
        directives=needs(Role.ADMIN),
    )
    async def refuse_app(self, info: Info, slug: str, reason: str) -> AppPayload:
        return show(await resolve.refuse_app(info.context, slug, reason))  # type: ignore[no-any-return]
