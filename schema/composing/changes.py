"""What a new graph takes away from the clients of the old one."""

from __future__ import annotations

from graphql import (
    BreakingChangeType,
    DangerousChangeType,
    GraphQLSchema,
    find_breaking_changes,
    find_dangerous_changes,
)

from connectors.declarative.findings import Finding, Severity
from connectors.ports.common import Text, must_text

_BREAKS = {
    BreakingChangeType.TYPE_REMOVED: (
        "tipe dihapus",
        "a type is taken away",
    ),
    BreakingChangeType.TYPE_CHANGED_KIND: (
        "jenis tipe berubah",
        "a type is of another kind",
    ),
    BreakingChangeType.TYPE_REMOVED_FROM_UNION: (
        "tipe dikeluarkan dari gabungan",
        "a type leaves a union",
    ),
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM: (
        "nilai enum dihapus",
        "a value of an enum is taken away",
    ),
    BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED: (
        "masukan wajib ditambah",
        "an input asks for more than before",
    ),
    BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED: (
        "antarmuka dilepas",
        "an interface is given up",
    ),
    BreakingChangeType.FIELD_REMOVED: (
        "field dihapus",
        "a field is taken away",
    ),
    BreakingChangeType.FIELD_CHANGED_KIND: (
        "tipe field berubah",
        "a field is of another type",
    ),
    BreakingChangeType.REQUIRED_ARG_ADDED: (
        "argumen wajib ditambah",
        "a field asks for an argument more",
    ),
    BreakingChangeType.ARG_REMOVED: (
        "argumen dihapus",
        "an argument is taken away",
    ),
    BreakingChangeType.ARG_CHANGED_KIND: (
        "tipe argumen berubah",
        "an argument is of another type",
    ),
    BreakingChangeType.DIRECTIVE_REMOVED: (
        "direktif dihapus",
        "a directive is taken away",
    ),
    BreakingChangeType.DIRECTIVE_ARG_REMOVED: (
        "argumen direktif dihapus",
        "an argument of a directive is taken away",
    ),
    BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED: (
        "argumen wajib direktif ditambah",
        "a directive asks for an argument more",
    ),
    BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED: (
        "direktif tidak dapat diulang lagi",
        "a directive can no longer be repeated",
    ),
    BreakingChangeType.DIRECTIVE_LOCATION_REMOVED: (
        "tempat direktif dihapus",
        "a directive has a place less",
    ),
}
_HURTS = {
    DangerousChangeType.VALUE_ADDED_TO_ENUM: (
        "nilai enum ditambah",
        "an enum has a value more",
    ),
    DangerousChangeType.TYPE_ADDED_TO_UNION: (
        "tipe ditambah ke gabungan",
        "a union has a type more",
    ),
    DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED: (
        "masukan pilihan ditambah",
        "an input has a field more",
    ),
    DangerousChangeType.OPTIONAL_ARG_ADDED: (
        "argumen pilihan ditambah",
        "a field has an argument more",
    ),
    DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED: (
        "antarmuka ditambah",
        "a type has an interface more",
    ),
    DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE: (
        "nilai bawaan masukan berubah",
        "an input has another default",
    ),
    DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE: (
        "nilai bawaan argumen berubah",
        "an argument has another default",
    ),
}
_FIX = must_text(
    "Biarkan yang lama dan tandai @deprecated; hapus setelah tidak ada yang memakainya.",
    "Keep the old one and mark it @deprecated; take it away when nobody uses it any more.",
)
_LOOK = must_text(
    "Lihat apakah klien yang ada siap untuk itu; beri tahu mereka sebelum didaftarkan.",
    "See whether the clients there are can bear it, and tell them before it is registered.",
)
CHANGES: dict[str, tuple[Severity, Text, Text]] = {
    **{
        f"BREAKING_{kind.name}": (Severity.WARNING, must_text(*_BREAKS[kind]), _FIX)
        for kind in BreakingChangeType
    },
    **{
        f"DANGEROUS_{kind.name}": (Severity.INFO, must_text(*_HURTS[kind]), _LOOK)
        for kind in DangerousChangeType
    },
}
"""By code: how much it matters, what it is, and what to do."""


def breaking_changes(before: GraphQLSchema, after: GraphQLSchema) -> list[Finding]:
    """What breaks questions that worked (WARNING, code BREAKING_…) or may surprise (INFO, DANGEROUS_…).

    Whether what breaks is let through is for whoever registers to say. Empty when nothing does.
    """
    return [
        *(
            _finding(f"BREAKING_{one.type.name}", one.description)
            for one in find_breaking_changes(before, after)
        ),
        *(
            _finding(f"DANGEROUS_{one.type.name}", one.description)
            for one in find_dangerous_changes(before, after)
        ),
    ]


def _finding(code: str, description: str) -> Finding:
    severity, told, fix = CHANGES[code]
    message = must_text(f"Bagi klien yang ada, {told.pick('id')}: {description}", description)
    return Finding(code, severity, message, fix=fix)
