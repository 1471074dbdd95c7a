"""What can be said when a description does not fit into the graph, in Indonesian and English."""

from __future__ import annotations

from enum import Enum

from graphql import GraphQLError
from graphql.language import Node

from connectors.declarative.findings import Finding, Severity
from connectors.declarative.strings import place_of
from connectors.declarative.submission import SDL_FILE
from connectors.ports.common import Text, must_text


class JoiningCode(Enum):
    """Why a description is left out of the graph. Teams and tools may rely on the names."""

    GRAPH_TYPE_TAKEN = "GRAPH_TYPE_TAKEN"
    GRAPH_FIELD_TAKEN = "GRAPH_FIELD_TAKEN"
    GRAPH_NAME_RESERVED = "GRAPH_NAME_RESERVED"
    GRAPH_TYPE_UNKNOWN = "GRAPH_TYPE_UNKNOWN"
    GRAPH_NOT_EXTENDABLE = "GRAPH_NOT_EXTENDABLE"
    GRAPH_CITY_RECORD = "GRAPH_CITY_RECORD"
    GRAPH_NOT_CONNECTED = "GRAPH_NOT_CONNECTED"
    GRAPH_ROOT = "GRAPH_ROOT"
    GRAPH_INVALID = "GRAPH_INVALID"
    GRAPH_UNREADABLE = "GRAPH_UNREADABLE"


TOLD: dict[JoiningCode, tuple[str, str, str, str]] = {
    JoiningCode.GRAPH_TYPE_TAKEN: (
        "Tipe {name} sudah ada, milik {owner}.",
        "There is a type {name} already, of {owner}.",
        "Beri nama lain yang diawali prefiks tim Anda.",
        "Give it another name that begins with your team's prefix.",
    ),
    JoiningCode.GRAPH_FIELD_TAKEN: (
        "Field {name} sudah ada, milik {owner}.",
        "There is a field {name} already, of {owner}.",
        "Beri nama lain; field akar diawali prefiks tim Anda dengan huruf kecil.",
        "Give it another name; root fields begin with the small form of your prefix.",
    ),
    JoiningCode.GRAPH_NAME_RESERVED: (
        "Nama {name} diawali __ dan milik GraphQL sendiri.",
        "The name {name} begins with __, which belongs to GraphQL itself.",
        "Pakai nama tanpa __ di awal.",
        "Use a name that does not begin with __.",
    ),
    JoiningCode.GRAPH_TYPE_UNKNOWN: (
        "Tipe {name} tidak ada dalam graf kota maupun deskripsi ini.",
        "There is no type {name}, neither in the city's graph nor in this description.",
        "Definisikan tipe itu, atau perbaiki ejaannya.",
        "Define the type, or correct its spelling.",
    ),
    JoiningCode.GRAPH_NOT_EXTENDABLE: (
        "{name} tidak dapat ditambah dari deskripsi ini.",
        "{name} cannot be added to from this description.",
        "Hanya tipe objek yang dapat diberi field baru; buat tipe sendiri untuk yang lain.",
        "Only object types can be given new fields; make a type of your own for all else.",
    ),
    JoiningCode.GRAPH_CITY_RECORD: (
        "{name} adalah catatan milik kota; jawaban sebuah konektor tidak dapat menjadi itu.",
        "{name} is a record of the city; the answer of a connector cannot become one.",
        "Buat tipe sendiri dengan field yang diperlukan.",
        "Make a type of your own with the fields you need.",
    ),
    JoiningCode.GRAPH_NOT_CONNECTED: (
        "Field {name} tidak punya @connect, sehingga tidak ada yang menjawabnya.",
        "The field {name} has no @connect, so nothing answers it.",
        "Tambahkan @connect pada field itu.",
        "Put a @connect on the field.",
    ),
    JoiningCode.GRAPH_ROOT: (
        "{name} bukan bagian yang dapat ditambah: hanya Query dan Mutation.",
        "{name} is no root that can be added to: only Query and Mutation are.",
        "Tulis `extend type Query` atau `extend type Mutation`.",
        "Write `extend type Query` or `extend type Mutation`.",
    ),
    JoiningCode.GRAPH_INVALID: (
        "Deskripsi ini bukan GraphQL yang sah: {name}",
        "The description is no valid GraphQL: {name}",
        "Perbaiki bagian yang disebut.",
        "Correct the part that is named.",
    ),
    JoiningCode.GRAPH_UNREADABLE: (
        "Deskripsi ini tidak dapat dibaca; temuan lain menjelaskan sebabnya.",
        "The description cannot be read; other findings say why.",
        "Perbaiki temuan yang berstatus ERROR.",
        "Correct the findings that are errors.",
    ),
}
"""Message in Indonesian and English, and what to do, in both."""


def finding(
    code: JoiningCode, node: Node | None = None, *, name: str = "", owner: str = ""
) -> Finding:
    """An error, with its place in the description where there is one."""
    ours = owner or "kota"
    message_id, message_en, fix_id, fix_en = TOLD[code]
    place = place_of(node) if node is not None and node.loc is not None else None
    return Finding(
        code.value,
        Severity.ERROR,
        must_text(
            message_id.format(name=name, owner=ours),
            message_en.format(name=name, owner=owner or "the city"),
        ),
        fix=Text({"id": fix_id, "en": fix_en}),
        file=SDL_FILE,
        line=place.line if place else None,
        column=place.column if place else None,
        path=name if "." in name and " " not in name else None,
    )


def invalid(error: GraphQLError) -> Finding:
    """What graphql-core has against a description."""
    node = next((node for node in error.nodes or () if node.loc is not None), None)
    return finding(JoiningCode.GRAPH_INVALID, node, name=error.message[:300])
