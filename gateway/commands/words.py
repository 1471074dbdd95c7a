"""What the commands say, in both languages."""

from __future__ import annotations

from connectors.ports.common import Text, must_text
from connectors.ports.connectors import ConnectorState

SAID: dict[str, Text] = {
    "good": must_text("Dapat dipakai.", "It can be used."),
    "bad": must_text("Belum dapat dipakai.", "It cannot be used yet."),
    "rehearsed": must_text("Gladi lulus.", "The rehearsal went well."),
    "done": must_text("Selesai.", "Done."),
    "nothing": must_text("Belum ada konektor terdaftar.", "No connector is registered yet."),
    "known": must_text(
        "{key} sudah terdaftar: pakai `connectors update`.",
        "{key} is registered already: use `connectors update`.",
    ),
    "waits": must_text(
        "  Versi {version} menunggu persetujuan operator karena:",
        "  Version {version} waits for an operator, for:",
    ),
    "coverage": must_text("Bidang terisi: {filled} dari {all}", "Fields filled: {filled} of {all}"),
    "samples": must_text("Contoh (data pribadi disamarkan):", "Samples (personal data masked):"),
    "drifted": must_text("berubah dari rekaman", "otherwise than recorded"),
    "as_recorded": must_text("Sama dengan rekaman.", "As recorded."),
    "personal": must_text(
        "  {field} menyangkut orang: tulis keperluannya di `personal_data`, atau hapus.",
        "  {field} is about persons: write its purpose under `personal_data`, or take it out.",
    ),
    "odd": must_text(
        "  {field} tidak punya satu jenis: menjadi teks JSON.",
        "  {field} has no one kind: it became a text of JSON.",
    ),
    "started": must_text(
        "Berikutnya: baca berkasnya, lalu `python -m gateway connectors check {folder}`.",
        "Next: read the files, then `python -m gateway connectors check {folder}`.",
    ),
}
STATES: dict[ConnectorState, Text] = {
    ConnectorState.ENABLED: must_text("aktif", "enabled"),
    ConnectorState.DEGRADED: must_text("terganggu", "degraded"),
    ConnectorState.DOWN: must_text("mati", "down"),
    ConnectorState.DISABLED: must_text("dimatikan", "disabled"),
    ConnectorState.PENDING: must_text("menunggu", "pending"),
    ConnectorState.QUARANTINED: must_text("dikarantina", "quarantined"),
    ConnectorState.EXPIRED: must_text("kedaluwarsa", "expired"),
}
