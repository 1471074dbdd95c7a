"""Categories of complaints in the graph, and the forms they ask to fill in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import strawberry

from connectors.ports import complaint_categories as ports
from resolvers import departments
from schema.common import (
    Info,
    Node,
    id_field,
    optional_text_field,
    plain_field,
    show,
    shows,
    text_field,
)
from schema.departments import Department


@strawberry.type(description="Pilihan dalam formulir. One choice of a form field.")
class FormOption:
    is_type_of = shows(ports.FormOption)
    key: str = plain_field("Kunci yang dikirim. Key to send.")
    name: str = text_field("name", "Nama untuk warga. Name for people.")


@strawberry.type(description="Isian formulir sebuah topik. A form field of a category.")
class FormField:
    is_type_of = shows(ports.FormField)
    code: str = plain_field("Kode isian. Code.")
    label: str = text_field("label", "Pertanyaan. The question.")
    help: str | None = optional_text_field("help", "Bantuan. How to answer.")
    kind: ports.FormFieldKind = plain_field("Jenis isian. Kind of answer.")
    input: bool = plain_field("Harus diisi warga? False: only a text to be read.")
    required: bool = plain_field("Wajib? Must be answered.")
    order: int = plain_field("Urutan. Place among the fields.")
    private: bool = plain_field("Jawaban rahasia? The answer is not shown to the public.")
    options: list[FormOption] = plain_field("Pilihan. Choices; empty when it has none.")


@strawberry.type(
    description="Topik pengaduan. What can be complained about. No official list of LAKSA is public: "
    "these are topics named in the press."
)
class ComplaintCategory(Node):
    is_type_of = shows(ports.ComplaintCategory)
    id: strawberry.ID = id_field("ComplaintCategory")
    code: str = plain_field("Kode topik, sebagai teks. Code, as text.")
    name: str = text_field("name", "Nama topik. Name.")
    description: str | None = optional_text_field("description", "Keterangan. Description.")
    group: str | None = optional_text_field("group", "Rumpun topik. Group of categories.")
    keywords: list[str] = plain_field("Kata kunci; kosong bila tidak ada. Keywords.")
    intake: ports.IntakeMode = plain_field("Cara penerimaan. How complaints are taken.")

    @strawberry.field(
        description="OPD yang biasanya menangani. Department that usually answers; assigned by "
        "field of work."
    )
    async def department(self, info: Info) -> Department | None:
        category: Any = self
        return show(await departments.by_code(info.context, category.department))  # type: ignore[no-any-return]

    sla: timedelta | None = plain_field(
        "Batas waktu penyelesaian; null bila tidak diterbitkan. Time limit; null where none is "
        "published."
    )
    fields: list[FormField] = plain_field("Isian formulir. Form fields; empty when none.")
