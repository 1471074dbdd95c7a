"""The system of waste banks that docs/connect-an-app.md connects step by step."""

from __future__ import annotations

from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town, street

BASE = "/api"
BANKS = 12
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu")


class WasteBanks:
    """`/bank`: all of them; `?batas=5` as many; `/bank/BS01`: one."""

    def __init__(self, town: Town) -> None:
        self._banks = [self._bank(town, number) for number in range(1, BANKS + 1)]

    def __call__(self, question: Question) -> Reply:
        """The list in its envelope."""
        limit = question.query.get("batas", str(BANKS))
        path = question.path.removeprefix(BASE)
        if path.startswith("/bank/") and question.method == "GET":
            return self._one(path.removeprefix("/bank/"))
        if path != "/bank" or question.path == path or question.method != "GET":
            return json_reply({"status": "gagal", "pesan": f"Tidak ada ({SAMPLE})"}, status=404)
        if not limit.isdecimal() or int(limit[:6]) < 1:
            said = f"`batas` harus angka mulai dari 1 ({SAMPLE})"
            return json_reply({"status": "gagal", "pesan": said}, status=400)
        data = self._banks[: int(limit[:6])]
        return json_reply({"status": "ok", "sumber": SAMPLE, "data": data})

    def _one(self, wanted: str) -> Reply:
        for bank in self._banks:
            if bank["id"] == wanted:
                return json_reply({"status": "ok", "sumber": SAMPLE, "data": bank})
        said = f"Bank sampah {wanted[:20]} tidak ada ({SAMPLE})"
        return json_reply({"status": "gagal", "pesan": said}, status=404)

    @staticmethod
    def _bank(town: Town, number: int) -> dict[str, Any]:
        spot = town.spots("waste", BANKS)[number - 1]
        chance = town.rng("waste", number)
        return {
            "id": f"BS{number:02}",
            "nama": f"Bank Sampah {spot.kelurahan_name} ({SAMPLE})",
            "alamat": street(chance),
            "hari_buka": chance.sample(DAYS, 2),
            "lat": spot.point.lat,
            "lon": spot.point.lng,
            "harga_per_kg": {"plastik": 1500 + 100 * (number % 5), "kertas": 900},
            "email": f"{SAMPLE.lower()}.{number:02}@warga.example",
        }
