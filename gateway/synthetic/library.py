"""The system of a library: a catalogue to search in pages, one book, and loans of a borrower."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town

BASE = "/opac"
BOOKS = 48
MOST = 50
SUBJECTS = ("Sejarah", "Masakan", "Pertanian", "Cerita Rakyat", "Komputer", "Kesehatan")
PLACES = ("Cisadane", "Pasar Lama", "Batuceper", "Karawaci")
PEOPLE = ("Contoh Satu", "Contoh Dua", "Contoh Tiga", "Contoh Empat", "Contoh Lima")
LANGUAGES = ("ind", "eng", "sun")
BORROWERS = ("A-001", "A-002", "A-003")
"""Numbers of the cards that there are."""


class Library:
    """`/buku?q=…&halaman=1&per_halaman=10`, `/buku/B001`, `/pinjaman` with the header `X-Anggota`."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._books = {f"B{n:03}": self._book(n) for n in range(1, BOOKS + 1)}

    def __call__(self, question: Question) -> Reply:
        """What was asked for, or an error in the library's words."""
        path = question.path.removeprefix(BASE)
        if question.method != "GET" or path == question.path:
            return _failed("Alamat tidak dikenal", 404)
        if path == "/buku":
            return self._found(question.query)
        if path == "/pinjaman":
            return self._loans(question.headers.get("x-anggota"))
        book = self._books.get(path.removeprefix("/buku/"))
        return _failed("Buku tidak ada di katalog", 404) if book is None else json_reply(book)

    def _found(self, query: dict[str, str]) -> Reply:
        page, size = query.get("halaman", "1"), query.get("per_halaman", "10")
        if not (page.isdecimal() and size.isdecimal()) or not 1 <= int(size[:6]) <= MOST:
            return _failed(f"`per_halaman` harus 1 sampai {MOST}", 400)
        wanted = query.get("q", "").casefold()
        found = [book for book in self._books.values() if wanted in book["judul"].casefold()]
        start = (max(1, int(page[:6])) - 1) * int(size)
        shown = found[start : start + int(size)]
        return json_reply({"jumlah": len(found), "halaman": int(page[:6]), "hasil": shown})

    def _loans(self, card: str | None) -> Reply:
        if card not in BORROWERS:
            return _failed("Kartu anggota tidak dikenal", 400)
        chance, today = self._town.rng("loans", card), self._town.today()
        books = chance.sample(sorted(self._books), 2)
        loans = [
            {
                "id_buku": book,
                "jatuh_tempo": (today + timedelta(days=7 * place - 3)).isoformat(),
                "perpanjangan": place,
            }
            for place, book in enumerate(books)
        ]
        return json_reply({"anggota": card, "sumber": SAMPLE, "pinjaman": loans})

    def _book(self, number: int) -> dict[str, Any]:
        chance = self._town.rng("book", number)
        subject = SUBJECTS[number % len(SUBJECTS)]
        book: dict[str, Any] = {
            "id": f"B{number:03}",
            "judul": f"{subject} {PLACES[number % len(PLACES)]} {number} ({SAMPLE})",
            "pengarang": [
                {"nama": name, "peran": role}
                for name, role in zip(
                    chance.sample(PEOPLE, 1 + number % 2), ("penulis", "penyunting"), strict=False
                )
            ],
            "bahasa": LANGUAGES[number % len(LANGUAGES)],
            "eksemplar": {"jumlah": 1 + number % 4, "di_rak": number % 3 if number % 4 else 0},
        }
        if number % 5:  # old entries do not say it
            book["terbit"] = {"tahun": str(1980 + number % 45), "penerbit": f"Penerbit {SAMPLE}"}
        return book


def _failed(why: str, status: int) -> Reply:
    return json_reply({"error": {"message": f"{why} ({SAMPLE})", "status": status}}, status=status)
