"""What may be asked about complaints: filter and order."""

from __future__ import annotations

from datetime import datetime

import strawberry

from connectors.ports import complaints as ports
from schema.common import GeoFilter, GeoPointInput, SortDirection


@strawberry.input(
    description="Saringan pengaduan: semua syarat harus terpenuhi; daftar kosong berarti tanpa "
    "syarat, kecuali `ids`. Which complaints; all must hold. An empty list asks nothing, but empty "
    "`ids` match nothing."
)
class ComplaintFilter:
    ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Pengaduan ini saja. These complaints only."
    )
    categories: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Salah satu topik ini. In one of these categories."
    )
    statuses: list[ports.ComplaintStatus] | None = strawberry.field(
        default=None, description="Salah satu tahap ini. In one of these statuses."
    )
    lights: list[ports.Light] | None = strawberry.field(
        default=None, description="Salah satu warna ini. Of one of these lights."
    )
    departments: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ditangani OPD ini. Forwarded to one of these departments."
    )
    created_from: datetime | None = strawberry.field(
        default=None, description="Dikirim sejak, termasuk. Sent at this time or later."
    )
    created_to: datetime | None = strawberry.field(
        default=None, description="Dikirim sebelum. Sent before this time."
    )
    updated_from: datetime | None = strawberry.field(
        default=None, description="Berubah sejak, termasuk. Changed at this time or later."
    )
    updated_to: datetime | None = strawberry.field(
        default=None, description="Berubah sebelum. Last changed before this time."
    )
    geo: GeoFilter | None = strawberry.field(default=None, description="Di mana. Where.")
    text: str | None = strawberry.field(
        default=None,
        description="Setiap kata ada dalam nomor, judul, uraian, atau alamat. Every word is in the "
        "tracking id, title, description or address; letter case aside.",
    )
    has_proof: bool | None = strawberry.field(
        default=None, description="Ada bukti pekerjaan? With, or without, proof of the work."
    )
    overdue: bool | None = strawberry.field(
        default=None, description="Lewat tenggat? Open past its due time, or not."
    )
    channels: list[ports.Channel] | None = strawberry.field(
        default=None, description="Lewat salah satu saluran ini. Came in one of these ways."
    )
    mine: bool | None = strawberry.field(
        default=None, description="Milik saya; perlu masuk. The caller's own; needs a token."
    )


@strawberry.input(description="Urutan pengaduan. How complaints are sorted.")
class ComplaintOrder:
    field: ports.ComplaintOrderField = strawberry.field(description="Menurut apa. By what.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Arah. Direction."
    )
    from_: GeoPointInput | None = strawberry.field(
        default=None,
        name="from",
        description="Titik asal jarak, untuk DISTANCE. Where distances are measured from.",
    )
