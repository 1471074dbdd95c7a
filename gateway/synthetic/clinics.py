"""The system of a clinic queue: clinics, the number that is called now, and numbers to take.

It wants a token in every question, answers 200 to what it refuses, and says why in its own words.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town, street

TOKEN = "contoh-token-antrean"  # noqa: S105 - opens a made-up server on this machine only
BASE = "/layanan"
CLINICS = 6
ROOMS = {"umum": "Poli Umum", "gigi": "Poli Gigi", "kia": "Kesehatan Ibu dan Anak"}
PLACES = {"umum": 400, "gigi": 12, "kia": 200}
"""Numbers of a day."""
FULL = (2, "gigi")
"""Clinic and room that have no number left on any day."""
FIRST_HOUR = 7


class Clinics:
    """`GET /klinik`, `/klinik/1`, `/klinik/1/antrean`, `POST /klinik/1/nomor` with a form `poli=umum`."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._taken: Counter[tuple[str, int, str]] = Counter()

    def __call__(self, question: Question) -> Reply:
        """What was asked for, or `galat` with a code and a sentence."""
        if question.headers.get("x-token") != TOKEN:
            return _refused("TOKEN", "Token salah", 401)
        path = question.path.removeprefix(BASE).strip("/").split("/")
        known = question.path.startswith(f"{BASE}/klinik")
        if known and path == ["klinik"] and question.method == "GET":
            return _good(klinik=[self._clinic(n) for n in range(1, CLINICS + 1)])
        if not known or len(path) not in (2, 3) or path[2:] not in ([], ["antrean"], ["nomor"]):
            return _refused("ALAMAT", "Alamat tidak dikenal", 404)
        if path[1] not in map(str, range(1, CLINICS + 1)):
            return _refused("KLINIK", "Klinik tidak ada")
        clinic = int(path[1])
        match question.method, path[2:]:
            case "GET", []:
                return _good(klinik=self._clinic(clinic))
            case "GET", ["antrean"]:
                return _good(antrean=[self._queue(clinic, room) for room in ROOMS])
            case "POST", ["nomor"]:
                return self._take(clinic, question)
        return _refused("METODE", "Metode tidak dikenal", 405)

    def _clinic(self, number: int) -> dict[str, Any]:
        spot = self._town.spots("clinics", CLINICS)[number - 1]
        return {
            "id_klinik": number,
            "nama_klinik": f"Klinik {spot.kelurahan_name} ({SAMPLE})",
            "alamat": street(self._town.rng("clinic", number)),
            "kelurahan": spot.kelurahan,
            "poli": list(ROOMS),
        }

    def _given(self, clinic: int, room: str) -> int:
        """How many numbers were taken today, those taken here among them."""
        if (clinic, room) == FULL:
            return PLACES[room]
        minutes = max(0, self._minutes())
        before = self._town.rng("queue", clinic, room, self._town.today()).randint(3, 9)
        at_home = min(before + minutes // 6, PLACES[room] // 2)
        return at_home + self._taken[str(self._town.today()), clinic, room]

    def _minutes(self) -> int:
        now = self._town.local()
        return (now.hour - FIRST_HOUR) * 60 + now.minute

    def _queue(self, clinic: int, room: str) -> dict[str, Any]:
        given = self._given(clinic, room)
        called = min(given, max(0, self._minutes()) // 8)
        return {
            "poli": room,
            "nama_poli": ROOMS[room],
            "dipanggil": _number(room, called) if called else None,
            "menunggu": given - called,
            "sisa_kuota": max(0, PLACES[room] - given),
        }

    def _take(self, clinic: int, question: Question) -> Reply:
        kind = question.headers.get("content-type", "").partition(";")[0]
        if kind != "application/x-www-form-urlencoded":
            return _refused("FORMULIR", "Kirim sebagai formulir", 415)
        form = dict(question.form)
        room = form.get("poli", "")
        if room not in ROOMS:
            return _refused("POLI", f"Poli yang ada: {', '.join(ROOMS)}")
        given = self._given(clinic, room)
        if given >= PLACES[room]:
            return _refused("PENUH", f"Kuota {ROOMS[room]} hari ini habis")
        self._taken[str(self._town.today()), clinic, room] += 1
        queue = self._queue(clinic, room)
        return _good(
            nomor={
                "nomor": _number(room, given + 1),
                "poli": room,
                "tanggal": self._town.today().isoformat(),
                "di_depan": max(0, queue["menunggu"] - 1),
                "keterangan": f"Nomor {SAMPLE}: tidak berlaku di klinik mana pun",
            }
        )


def _number(room: str, number: int) -> str:
    return f"{room[0].upper()}-{number:03}"


def _good(**said: Any) -> Reply:
    return json_reply({"berhasil": True, "sumber": SAMPLE, **said})


def _refused(code: str, why: str, status: int = 200) -> Reply:
    said = {"berhasil": False, "galat": {"kode": code, "pesan": f"{why} ({SAMPLE})"}}
    return json_reply(said, status=status)
