"""Plain JSON of the kind every office has: in its own words, each list in an envelope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gateway.synthetic.exchange import Handler, Question, Reply, json_reply
from gateway.synthetic.prices import MARKETS
from gateway.synthetic.town import SAMPLE, Town, street

DEPARTMENTS = (
    ("contoh-pu", "Dinas Contoh Pekerjaan Umum", "DCPU"),
    ("contoh-hub", "Dinas Contoh Perhubungan", "DCHUB"),
    ("contoh-lh", "Dinas Contoh Lingkungan Hidup", "DCLH"),
    ("contoh-kominfo", "Dinas Contoh Komunikasi dan Informatika", "DCKI"),
    ("contoh-wisata", "Dinas Contoh Pariwisata", "DCP"),
)
NUMBERS = (
    ("umum", "GENERAL", "Siaga Contoh 112", "112"),
    ("polisi", "POLICE", "Polisi", "110"),
    ("damkar", "FIRE", "Pemadam Kebakaran", "113"),
    ("ambulans", "AMBULANCE", "Ambulans", "119"),
    ("sar", "RESCUE", "SAR", "115"),
)
"""The short numbers are those of all Indonesia: who sees a made-up city may still need help."""
APPS = (
    "Pengaduan", "Bus Kota", "Harga Pangan", "Lowongan", "Wisata", "Antrean Puskesmas",
    "Perizinan", "Pajak Daerah", "Perpustakaan", "Cuaca", "Parkir", "Bank Sampah",
)  # fmt: skip

Rows = Callable[[Town], Sequence[dict[str, Any]]]


def _departments(_town: Town) -> Sequence[dict[str, Any]]:
    return [
        {
            "kode": code, "nama": f"{name} ({SAMPLE})", "singkatan": short,
            "surel": f"{code}@contoh.example", "alamat": f"Jl. Contoh No. {number} ({SAMPLE})",
        }
        for number, (code, name, short) in enumerate(DEPARTMENTS, start=1)
    ]  # fmt: skip


def _emergency(_town: Town) -> Sequence[dict[str, Any]]:
    return [
        {"kode": code, "jenis": kind, "nama": f"{name} ({SAMPLE})", "nomor": dial, "urutan": number}
        for number, (code, kind, name, dial) in enumerate(NUMBERS, start=1)
    ]


def _apps(_town: Town) -> Sequence[dict[str, Any]]:
    return [
        {
            "slug": f"contoh-{number:02}", "nomor": number, "nama": f"{name} ({SAMPLE})",
            "nama_en": f"{name} (sample)", "sasaran": "warga" if number % 4 else "pemerintah",
            "portal": number % 3 != 0, "ringkasan": f"{SAMPLE}: aplikasi buatan nomor {number}",
            "opd": DEPARTMENTS[number % len(DEPARTMENTS)][0],
        }
        for number, name in enumerate(APPS, start=1)
    ]  # fmt: skip


def _markets(town: Town) -> Sequence[dict[str, Any]]:
    return [
        {
            "kode": name.lower().replace(" ", "-"), "nama": f"{name} ({SAMPLE})",
            "lat": spot.point.lat, "lon": spot.point.lng, "adm4": spot.kelurahan,
            "alamat": street(town.rng("market", name)),
        }
        for name, spot in zip(MARKETS, town.spots("markets", len(MARKETS)), strict=True)
    ]  # fmt: skip


LISTS: dict[str, Rows] = {
    "dinas": _departments,
    "siaga": _emergency,
    "aplikasi": _apps,
    "pasar-kota": _markets,
}
"""By the name of the source."""


def office(name: str, town: Town) -> Handler:
    """The server of one list."""
    rows = list(LISTS[name](town))
    reply = json_reply({"status": "ok", "sumber": SAMPLE, "data": {"items": rows}}, tagged=True)

    def answer(_question: Question) -> Reply:
        return reply

    return answer
