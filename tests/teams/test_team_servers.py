"""The made-up systems of app teams, asked as their own clients ask them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from catalog.pack import Pack
from gateway.synthetic.city import MOST_PORT, PORT, SOURCES, TEAMS, ports
from gateway.synthetic.clinics import TOKEN
from gateway.synthetic.exchange import Question
from gateway.synthetic.town import SAMPLE, Town

NINE = datetime.fromisoformat("2026-11-24T09:00:00+07:00")
FORM = {"x-token": TOKEN, "content-type": "application/x-www-form-urlencoded"}


def server(name, *, now=NINE):
    return TEAMS[name](Town(Pack.of("synthetic"), now=lambda: now))


def asked(one, target, *, method="GET", body=b"", **headers):
    """Status and JSON of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = one(Question(method, target, named, body))
    return reply.status, json.loads(reply.body)


GOOD: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("parkir", "/api/v1/lokasi", {}),
    ("parkir", "/api/v1/lokasi/P04", {}),
    ("parkir", "/api/v1/sisa?kode=P01,P02", {}),
    ("antrean-klinik", "/layanan/klinik", {"x_token": TOKEN}),
    ("antrean-klinik", "/layanan/klinik/1", {"x_token": TOKEN}),
    ("antrean-klinik", "/layanan/klinik/1/antrean", {"x_token": TOKEN}),
    ("perpustakaan", "/opac/buku?q=sejarah", {}),
    ("perpustakaan", "/opac/buku/B001", {}),
    ("perpustakaan", "/opac/pinjaman", {"x_anggota": "A-001"}),
    ("bank-sampah", "/api/bank?batas=2", {}),
    ("bank-sampah", "/api/bank/BS01", {}),
)


@pytest.mark.parametrize(("name", "target", "headers"), GOOD)
def test_the_same_moment_gives_the_same_answer_and_it_says_that_it_is_made_up(
    name, target, headers
):
    first, again = (asked(server(name), target, **headers) for _ in range(2))
    assert first == again
    assert first[0] == 200
    assert SAMPLE in json.dumps(first[1])


BAD = (
    ("parkir", "/", 404, "Alamat tidak dikenal"),
    ("parkir", "/api/v1/lokasi/P99", 404, "Tidak ada lokasi parkir P99"),
    ("parkir", "/api/v1/lokasi?batas=0", 400, "`batas` harus 1 sampai 100"),
    ("parkir", "/api/v1/lokasi?batas=%C2%B2", 400, "`batas` harus 1 sampai 100"),
    ("parkir", "/api/v1/sisa", 400, "Sebut 1 sampai 50 kode"),
    ("antrean-klinik", "/layanan/klinik", 401, "Token salah"),
    ("perpustakaan", "/opac/buku/B999", 404, "Buku tidak ada"),
    ("perpustakaan", "/opac/buku?per_halaman=99", 400, "`per_halaman` harus 1 sampai 50"),
    ("perpustakaan", "/opac/pinjaman", 400, "Kartu anggota tidak dikenal"),
    ("bank-sampah", "/api/bank/BS99", 404, "Bank sampah BS99 tidak ada"),
    ("bank-sampah", "/api/bank?batas=x", 400, "`batas` harus angka"),
    ("bank-sampah", "/bank", 404, "Tidak ada"),
)


@pytest.mark.parametrize(("name", "target", "status", "why"), BAD)
def test_what_cannot_be_answered_is_told_in_the_teams_own_words(name, target, status, why):
    got, said = asked(server(name), target)
    assert got == status
    assert why in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize(
    ("target", "method", "body", "code"),
    [
        ("/layanan/klinik/99", "GET", b"", "KLINIK"),
        ("/layanan/klinik/2/nomor", "POST", b"poli=gigi", "PENUH"),
        ("/layanan/klinik/2/nomor", "POST", b"poli=mata", "POLI"),
    ],
)
def test_the_clinic_answers_200_to_what_it_refuses(target, method, body, code):
    status, said = asked(server("antrean-klinik"), target, method=method, body=body, **FORM)
    assert status == 200
    assert (said["berhasil"], said["galat"]["kode"]) == (False, code)


def test_numbers_of_a_clinic_follow_each_other_and_begin_anew_each_day():
    now = NINE
    one = TEAMS["antrean-klinik"](Town(Pack.of("synthetic"), now=lambda: now))

    def take():
        target = "/layanan/klinik/1/nomor"
        _, said = asked(one, target, method="POST", body=b"poli=kia", **FORM)
        return said["nomor"]

    first, second = take(), take()
    assert int(second["nomor"][2:]) == int(first["nomor"][2:]) + 1
    assert (first["tanggal"], first["di_depan"] + 1) == ("2026-11-24", second["di_depan"])
    now += timedelta(days=1)
    assert take()["tanggal"] == "2026-11-25"


def test_a_page_of_books_ends_where_the_books_end():
    one = server("perpustakaan")
    seen = [
        book["id"]
        for page in range(1, 5)
        for book in asked(one, f"/opac/buku?q={quote('Sejarah')}&halaman={page}&per_halaman=3")[1][
            "hasil"
        ]
    ]
    assert len(seen) == len(set(seen)) == 8


def test_the_ports_of_teams_stay_where_the_examples_name_them_when_sources_are_added():
    assert ports()["parkir"] == 8151
    assert ports()["bank-sampah"] == 8154
    assert PORT + len(SOURCES) < ports()["parkir"]
    assert set(ports(0).values()) == {0}
    assert max(ports(MOST_PORT).values()) == 65535
