"""Staple prices in three ways: PIHPS's grid, Panel Harga's answer, and a sheet saved as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

from gateway.synthetic.exchange import Question, Reply, absent, json_reply, text_reply
from gateway.synthetic.town import SAMPLE, Town

DAYS = 5
MARKETS = ("Pasar Contoh Anyar", "Pasar Contoh Poris", "Pasar Contoh Cibodas")
GOODS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("Beras", (("Beras Kualitas Medium I", 13_600), ("Beras Kualitas Super I", 15_400))),
    ("Daging Ayam", (("Daging Ayam Ras Segar", 36_500),)),
    ("Daging Sapi", (("Daging Sapi Kualitas I", 139_000),)),
    ("Telur Ayam", (("Telur Ayam Ras Segar", 29_300),)),
    ("Bawang Merah", (("Bawang Merah", 38_900),)),
    ("Cabai Merah", (("Cabai Merah Keriting", 47_500), ("Cabai Merah Besar", 44_000))),
    ("Minyak Goreng", (("Minyak Goreng Curah", 17_300),)),
    ("Gula Pasir", (("Gula Pasir Lokal", 17_900),)),
)
"""Groups as PIHPS has them, their goods, and about what each costs."""


class Prices:
    """What a good costs on a day, the same for all who ask."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def of(self, name: str, price: int, day: date, where: str = "") -> int | None:
        """Rupiah; None when nobody looked that day."""
        chance = self.town.rng("price", name, day, where)
        if chance.randrange(12) == 0:
            return None
        return round(price * chance.uniform(0.96, 1.05) / 50) * 50

    def days(self) -> list[date]:
        """The last days, the oldest first."""
        today = self.town.today()
        return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


class Grid(Prices):
    """PIHPS: `GetGridDataDaerah`, its days as columns, groups among the goods."""

    def __call__(self, question: Question) -> Reply:
        """The grid of the days asked for; of a type it does not have, an empty one."""
        if not question.path.endswith("/GetGridDataDaerah"):
            return absent()
        if question.headers.get("x-requested-with") != "XMLHttpRequest":
            return text_reply(f"<!DOCTYPE html><title>Tabel harga {SAMPLE}</title>", "text/html")
        rows: list[dict[str, Any]] = []
        if question.query.get("price_type_id", "1") in ("1", "2"):
            for number, (group, goods) in enumerate(GOODS, start=1):
                rows.append({"no": _roman(number), "name": group, "level": 1, **self._cells(goods)})
                rows += [
                    {"no": place, "name": f"{name} ", "level": 2, **self._cells(((name, price),))}
                    for place, (name, price) in enumerate(goods, start=1)
                ]
        return json_reply({"data": rows})

    def _cells(self, goods: tuple[tuple[str, int], ...]) -> dict[str, str]:
        cells = {}
        for day in self.days():
            found = [price for name, of in goods if (price := self.of(name, of, day)) is not None]
            said = f"{sum(found) // len(found):,}" if found else "-"
            cells[f"{day:%d/%m/%Y}"] = said
        return cells


class Panel(Prices):
    """Panel Harga: today and yesterday of each good; 0 where nobody looked."""

    def __call__(self, question: Question) -> Reply:
        """The answer for one city."""
        if not question.path.endswith("/harga-pangan-informasi"):
            return absent()
        *_, yesterday, today = self.days()
        rows = []
        for number, (name, price) in enumerate(_all(), start=1):
            now = self.of(name, price, today, "panel") or 0
            before = self.of(name, price, yesterday, "panel") or 0
            gap = now - before if now and before else 0
            rows.append(
                {
                    "id": number, "name": name, "satuan": "Rp./Liter" if "Minyak" in name else "Rp./Kg",
                    "today": now, "yesterday": before,
                    "yesterday_date": f"{yesterday:%d/%m/%Y}", "gap": gap,
                    "gap_percentage": round(100 * gap / before, 2) if before else 0,
                    "gap_change": "up" if gap > 0 else "down" if gap < 0 else "",
                    "background": None,
                }
            )  # fmt: skip
        said = {"today": f"{today:%d/%m/%Y}", "yesterday": f"{yesterday:%d/%m/%Y}"}
        return json_reply(
            {"status": "success", "message": SAMPLE, "request_data": said, "data": rows}
        )


class Sheet(Prices):
    """A sheet of the city's markets as Excel saves it here: semicolons, a mark of its encoding."""

    def __call__(self, _question: Question) -> Reply:
        """All markets, the last days."""
        written = io.StringIO()
        rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
        rows.writerow(("Tanggal", "Pasar", "Komoditas", "Satuan", "Harga"))
        for day in self.days():
            for market in MARKETS:
                for name, price in _all():
                    found = self.of(name, price, day, market)
                    unit = "Rp/Liter" if "Minyak" in name else "Rp./Kg"
                    said = "" if found is None else f"Rp {found:,}".replace(",", ".") + ",00"
                    rows.writerow((f"{day:%d/%m/%Y}", f"{market} ({SAMPLE})", name, unit, said))
        body = b"\xef\xbb\xbf" + written.getvalue().encode()
        return Reply(body, "text/csv; charset=utf-8", tagged=True)


def _all() -> list[tuple[str, int]]:
    return [good for _, goods in GOODS for good in goods]


def _roman(number: int) -> str:
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")[number - 1]
