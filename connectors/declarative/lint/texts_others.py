"""What the codes about a folder as a whole mean, for the page of teams.

Their findings carry texts of their own, with the value at fault; here is what they have in common.
The codes of settings, recorded answers and live calls are in docs/connector-folder.md.
"""

from __future__ import annotations

OTHERS: dict[str, tuple[str, str]] = {
    "CONNECTOR_DIFFERS": (
        "Didaftarkan sebagai konektor lain daripada yang ditulis berkas.",
        "It is handed in as another connector than the file says.",
    ),
    "APP_DIFFERS": (
        "Didaftarkan untuk aplikasi lain daripada yang ditulis berkas.",
        "It is handed in for another app than the file says.",
    ),
    "BASE_ADDRESS": (
        "`baseURL` bukan alamat setelah nilai `$config` dimasukkan.",
        "`baseURL` is no address with the values of `$config`.",
    ),
}
"""By code: Indonesian and English."""
