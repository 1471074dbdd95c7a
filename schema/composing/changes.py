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
from connectors.ports.common import must_text

_BREAKS = {
    BreakingChangeType.TYPE_REMOVED: "tipe dihapus",
    BreakingChangeType.TYPE_CHANGED_KIND: "jenis tipe berubah",
    BreakingChangeType.TYPE_REMOVED_FROM_UNION: "tipe dikeluarkan dari gabungan",
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM: "nilai enum dihapus",
    BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED: "masukan wajib ditambah",
    BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED: "antarmuka dilepas",
    BreakingChangeType.FIELD_REMOVED: "field dihapus",
    BreakingChangeType.FIELD_CHANGED_KIND: "tipe field berubah",
    BreakingChangeType.REQUIRED_ARG_ADDED: "argumen wajib ditambah",
    BreakingChangeType.ARG_REMOVED: "argumen dihapus",
    BreakingChangeType.ARG_CHANGED_KIND: "tipe argumen berubah",
    BreakingChangeType.DIRECTIVE_REMOVED: "direktif dihapus",
    BreakingChangeType.DIRECTIVE_ARG_REMOVED: "argumen direktif dihapus",
    BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED: "argumen wajib direktif ditambah",
    BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED: "direktif tidak dapat diulang lagi",
    BreakingChangeType.DIRECTIVE_LOCATION_REMOVED: "tempat direktif dihapus",
}
_HURTS = {
    DangerousChangeType.VALUE_ADDED_TO_ENUM: "nilai enum ditambah",
    DangerousChangeType.TYPE_ADDED_TO_UNION: "tipe ditambah ke gabungan",
    DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED: "masukan pilihan ditambah",
    DangerousChangeType.OPTIONAL_ARG_ADDED: "argumen pilihan ditambah",
    DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED: "antarmuka ditambah",
    DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE: "nilai bawaan argumen berubah",
}
_FIX = must_text(
    "Biarkan yang lama dan tandai @deprecated; hapus setelah tidak ada yang memakainya.",
    "Keep the old one and mark it @deprecated; take it away when nobody uses it any more.",
)


def breaking_changes(before: GraphQLSchema, after: GraphQLSchema) -> list[Finding]:
    """What breaks questions that worked (WARNING, code BREAKING_…) or may surprise (INFO, DANGEROUS_…).

    Whether what breaks is let through is for whoever registers to say. Empty when nothing does.
    """
    found = []
    for breaking in find_breaking_changes(before, after):
        told = _BREAKS.get(breaking.type, "perubahan yang merusak")
        code = f"BREAKING_{breaking.type.name}"
        found.append(_finding(code, Severity.WARNING, told, breaking.description))
    for dangerous in find_dangerous_changes(before, after):
        told = _HURTS.get(dangerous.type, "perubahan yang perlu diperhatikan")
        code = f"DANGEROUS_{dangerous.type.name}"
        found.append(_finding(code, Severity.INFO, told, dangerous.description))
    return found


def _finding(code: str, severity: Severity, told: str, description: str) -> Finding:
    message = must_text(f"Bagi klien yang ada, {told}: {description}", description)
    return Finding(code, severity, message, fix=_FIX if severity is Severity.WARNING else None)
