"""What a mapping of 1,000 items by 10 fields costs, beside a comprehension written by hand.

    python benchmarks/mapping.py [--rounds N]

For each shape of mapping: the time of one run, best of N rounds, and how many times that of the
comprehension it is. Ends with status 1 when one takes more than three times as long.
"""

from __future__ import annotations

import argparse
import sys
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from connectors.declarative.mapping import apply, parse

MOST = 3.0
"""Times the comprehension."""
ITEMS = 1_000
_RUNS = 20

STATES = {"BUKA": "OPEN", "PENUH": "FULL", "TUTUP": "CLOSED"}
ROWS: list[dict[str, Any]] = [
    {
        "kode": f"P-{number}",
        "nama": f"Parkir {number}",
        "alamat": {"jalan": f"Jalan {number}", "kelurahan": "Sukasari"},
        "posisi": {"lat": -6.17 + number / 1e5, "lon": 106.63 + number / 1e5},
        "kapasitas": 100,
        "terisi": number % 100,
        "status": ("BUKA", "PENUH", "TUTUP")[number % 3],
        "foto": ["depan.jpg", "samping.jpg"],
        "catatan": None if number % 4 else "ramai",
        "harga": "2000",
        "bayar": True,
    }
    for number in range(ITEMS)
]
DATA = {"data": ROWS}


def plain() -> list[dict[str, Any]]:
    """Keys, renamed keys, keys of keys."""
    return [
        {
            "id": row["kode"],
            "nama": row["nama"],
            "jalan": row["alamat"]["jalan"],
            "kelurahan": row["alamat"]["kelurahan"],
            "lat": row["posisi"]["lat"],
            "lon": row["posisi"]["lon"],
            "kapasitas": row["kapasitas"],
            "terisi": row["terisi"],
            "status": row["status"],
            "catatan": row["catatan"],
        }
        for row in DATA["data"]
    ]


def nested() -> list[dict[str, Any]]:
    """Objects in objects."""
    return [
        {
            "id": row["kode"],
            "nama": row["nama"],
            "alamat": {
                "jalan": row["alamat"]["jalan"],
                "kelurahan": row["alamat"]["kelurahan"],
            },
            "letak": {"lat": row["posisi"]["lat"], "lon": row["posisi"]["lon"]},
            "kapasitas": row["kapasitas"],
            "terisi": row["terisi"],
            "status": row["status"],
            "foto": row["foto"],
        }
        for row in DATA["data"]
    ]


def methods() -> list[dict[str, Any]]:
    """Half of the fields go through a method or a choice."""
    return [
        {
            "id": row["kode"],
            "nama": row["nama"],
            "jalan": row["alamat"]["jalan"],
            "lat": row["posisi"]["lat"],
            "lon": row["posisi"]["lon"],
            "foto": row["foto"][0],
            "status": STATES.get(row["status"], "UNKNOWN"),
            "catatan": row["catatan"] if row.get("catatan") is not None else "-",
            "harga": int(row["harga"]),
            "gratis": not row["bayar"],
        }
        for row in DATA["data"]
    ]


SHAPES: dict[str, tuple[str, Callable[[], Any]]] = {
    "plain": (
        """$.data { id: kode nama jalan: alamat.jalan kelurahan: alamat.kelurahan
        lat: posisi.lat lon: posisi.lon kapasitas terisi status catatan }""",
        plain,
    ),
    "nested": (
        """$.data { id: kode nama alamat { jalan kelurahan } letak: posisi { lat lon }
        kapasitas terisi status foto }""",
        nested,
    ),
    "methods": (
        """$.data { id: kode nama jalan: alamat.jalan lat: posisi.lat lon: posisi.lon
        foto: foto->first catatan: $(catatan ?? "-") harga: harga->parseInt gratis: bayar->not
        status: status->match(["BUKA", "OPEN"], ["PENUH", "FULL"], ["TUTUP", "CLOSED"],
        [@, "UNKNOWN"]) }""",
        methods,
    ),
}


def measured(work: Callable[[], Any], rounds: int) -> float:
    """Seconds of one run, the best there was."""
    return min(timeit.repeat(work, number=_RUNS, repeat=rounds)) / _RUNS


def main() -> int:
    """Print a line for each shape; 1 when one is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    worst = 0.0
    for name, (text, by_hand) in SHAPES.items():
        selection = parse(text)
        if apply(selection, DATA) != (by_hand(), []):
            print(f"{name}: the mapping makes something else", file=sys.stderr)
            return 2
        hand = measured(by_hand, rounds)
        ours = measured(partial(apply, selection, DATA), rounds)
        worst = max(worst, ours / hand)
        print(
            f"{name:8} {ours * 1000:6.2f} ms, by hand {hand * 1000:6.2f} ms:"
            f" {ours / hand:4.2f} times (at most {MOST:g})"
        )
    return 1 if worst > MOST else 0


if __name__ == "__main__":
    raise SystemExit(main())
