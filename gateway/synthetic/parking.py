"""The system of a parking team: lots with free spaces, one lot, and many lots by their codes."""

from __future__ import annotations

from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town, street

LOTS = 24
MOST = 50
"""Codes of one question."""
BASE = "/api/v1"


class Parking:
    """`/lokasi?kelurahan=…&batas=…`, `/lokasi/P01`, `/sisa?kode=P01,P02`."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._lots = {f"P{n:02}": self._lot(n) for n in range(1, LOTS + 1)}

    def __call__(self, question: Question) -> Reply:
        """In the words of the team: a status, and the data or why there are none."""
        path = question.path.removeprefix(BASE)
        if question.method != "GET" or path == question.path:
            return _failed("Alamat tidak dikenal", 404)
        if path == "/lokasi":
            return self._listed(question.query)
        if path == "/sisa":
            codes = [code for code in question.query.get("kode", "").split(",") if code]
            if not 0 < len(codes) <= MOST:
                return _failed(f"Sebut 1 sampai {MOST} kode", 400)
            return _good([self._free(code) for code in codes if code in self._lots])
        code = path.removeprefix("/lokasi/")
        if code not in self._lots:
            return _failed(f"Tidak ada lokasi parkir {code[:20]}", 404)
        return _good({**self._lots[code], **self._free(code)})

    def _listed(self, query: dict[str, str]) -> Reply:
        limit = query.get("batas", "20")
        if not limit.isdecimal() or not 1 <= int(limit[:6]) <= 100:
            return _failed("`batas` harus 1 sampai 100", 400)
        area = query.get("kelurahan")
        found = [lot for lot in self._lots.values() if area in (None, "", lot["kelurahan"])]
        return _good(found[: int(limit)])

    def _lot(self, number: int) -> dict[str, Any]:
        spot = self._town.spots("parking", LOTS)[number - 1]
        chance = self._town.rng("parking", number)
        lot: dict[str, Any] = {
            "kode": f"P{number:02}",
            "nama": f"Parkir {spot.kelurahan_name} {number} ({SAMPLE})",
            "alamat": street(chance),
            "kelurahan": spot.kelurahan,
            "titik": {"lat": spot.point.lat, "lon": spot.point.lng},
            "jenis": ("GEDUNG", "TEPI_JALAN", "HALAMAN")[number % 3],
            "tarif": [
                {"kendaraan": "R2", "per_jam": 2000},
                {"kendaraan": "R4", "per_jam": 3000 + 1000 * (number % 3)},
            ],
        }
        if number % 4:  # some are never closed, and then the system says nothing of hours
            lot["jam"] = {"buka": "06:00", "tutup": "22:00"}
        return lot

    def _free(self, code: str) -> dict[str, Any]:
        """How many spaces are free now: another number every five minutes."""
        now = self._town.local()
        chance = self._town.rng("free", code, now.date(), now.hour, now.minute // 5)
        room = 40 + 5 * (int(code[1:]) % 9)
        free = chance.randint(0, room)
        moment = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
        return {
            "kode": code,
            "sisa": {"motor": chance.randint(0, 3 * room), "mobil": free},
            "status": "P" if free == 0 else "B",
            "per": moment.isoformat(),
        }


def _good(data: Any) -> Reply:
    return json_reply({"status": "ok", "sumber": SAMPLE, "data": data})


def _failed(why: str, status: int) -> Reply:
    return json_reply({"status": "gagal", "pesan": f"{why} ({SAMPLE})"}, status=status)
