"""The staples under one name each, however a list spells them.

Only names that mean the same goods stand together: rice of two qualities is two staples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.memory.price_rows import slug


@dataclass(frozen=True, slots=True)
class Staple:
    """One staple: its local id in every source, its names, and how lists spell it."""

    slug: str
    name: str
    english: str | None = None
    spellings: tuple[str, ...] = ()
    unit: str = "kg"
    """In which it is sold, where a list does not say; empty where lists differ."""


STAPLES: tuple[Staple, ...] = (
    Staple("beras-premium", "Beras Premium", "Premium rice"),
    Staple("beras-medium", "Beras Medium", "Medium rice"),
    Staple("beras-sphp", "Beras SPHP", "Subsidised rice (SPHP)", ("Beras SPHP Bulog", "Beras Bulog SPHP")),
    Staple("beras-kualitas-bawah-1", "Beras Kualitas Bawah I", "Low-quality rice I", ("Beras Kualitas Bawah 1",)),
    Staple("beras-kualitas-bawah-2", "Beras Kualitas Bawah II", "Low-quality rice II", ("Beras Kualitas Bawah 2",)),
    Staple("beras-kualitas-medium-1", "Beras Kualitas Medium I", "Medium-quality rice I", ("Beras Kualitas Medium 1", "Beras Medium I", "Beras Medium 1")),
    Staple("beras-kualitas-medium-2", "Beras Kualitas Medium II", "Medium-quality rice II", ("Beras Kualitas Medium 2", "Beras Medium II", "Beras Medium 2")),
    Staple("beras-kualitas-super-1", "Beras Kualitas Super I", "High-quality rice I", ("Beras Kualitas Super 1", "Beras Super I", "Beras Super 1")),
    Staple("beras-kualitas-super-2", "Beras Kualitas Super II", "High-quality rice II", ("Beras Kualitas Super 2", "Beras Super II", "Beras Super 2")),
    Staple("bawang-merah", "Bawang Merah", "Shallots", ("Bawang Merah Ukuran Sedang", "Bawang Merah Sedang")),
    Staple("bawang-putih", "Bawang Putih", "Garlic", ("Bawang Putih Ukuran Sedang", "Bawang Putih Sedang", "Bawang Putih Bonggol")),
    Staple("cabai-merah-besar", "Cabai Merah Besar", "Large red chilli", ("Cabai Besar Merah",)),
    Staple("cabai-merah-keriting", "Cabai Merah Keriting", "Curly red chilli", ("Cabai Keriting", "Cabai Keriting Merah")),
    Staple("cabai-rawit-merah", "Cabai Rawit Merah", "Red bird's-eye chilli"),
    Staple("cabai-rawit-hijau", "Cabai Rawit Hijau", "Green bird's-eye chilli"),
    Staple("daging-ayam-ras", "Daging Ayam Ras", "Broiler chicken", ("Daging Ayam Ras Segar", "Ayam Ras", "Daging Ayam Broiler", "Ayam Broiler")),
    Staple("daging-sapi-murni", "Daging Sapi Murni", "Lean beef"),
    Staple("daging-sapi-kualitas-1", "Daging Sapi Kualitas 1", "Beef, first quality", ("Daging Sapi Kualitas I",)),
    Staple("daging-sapi-kualitas-2", "Daging Sapi Kualitas 2", "Beef, second quality", ("Daging Sapi Kualitas II",)),
    Staple("daging-kerbau-beku", "Daging Kerbau Beku", "Frozen buffalo meat", ("Daging Kerbau Beku (Impor)", "Daging Kerbau Beku (Impor Luar Negeri)")),
    Staple("daging-kerbau-segar", "Daging Kerbau Segar", "Fresh buffalo meat", ("Daging Kerbau Segar (Lokal)",)),
    Staple("telur-ayam-ras", "Telur Ayam Ras", "Chicken eggs", ("Telur Ayam Ras Segar", "Telur Ayam Broiler")),
    Staple("gula-konsumsi", "Gula Konsumsi", "Household sugar"),
    Staple("gula-pasir-lokal", "Gula Pasir Lokal", "Local granulated sugar"),
    Staple("gula-pasir-kualitas-premium", "Gula Pasir Kualitas Premium", "Premium granulated sugar", ("Gula Pasir Premium",)),
    Staple("minyak-goreng-curah", "Minyak Goreng Curah", "Bulk cooking oil", unit=""),
    Staple("minyak-goreng-kemasan", "Minyak Goreng Kemasan", "Bottled cooking oil", unit=""),
    Staple("minyak-goreng-kemasan-bermerek-1", "Minyak Goreng Kemasan Bermerk 1", "Branded cooking oil 1", ("Minyak Goreng Kemasan Bermerek 1", "Minyak Goreng Kemasan Bermerk I"), unit=""),
    Staple("minyak-goreng-kemasan-bermerek-2", "Minyak Goreng Kemasan Bermerk 2", "Branded cooking oil 2", ("Minyak Goreng Kemasan Bermerek 2", "Minyak Goreng Kemasan Bermerk II"), unit=""),
    Staple("minyakita", "Minyakita", "Minyakita cooking oil", ("Minyak Kita", "Minyak Goreng Minyakita"), unit=""),
    Staple("tepung-terigu-curah", "Tepung Terigu (Curah)", "Bulk wheat flour", ("Terigu Curah",)),
    Staple("tepung-terigu-kemasan", "Tepung Terigu Kemasan", "Packed wheat flour", ("Terigu Kemasan", "Tepung Terigu Kemasan (non-curah)")),
    Staple("kedelai-impor", "Kedelai Biji Kering (Impor)", "Imported soybeans", ("Kedelai Impor",)),
    Staple("jagung-tk-peternak", "Jagung Tk Peternak", "Maize for breeders", ("Jagung Tingkat Peternak", "Jagung di Tingkat Peternak")),
    Staple("garam-konsumsi", "Garam Konsumsi", "Table salt", ("Garam Halus Beryodium",)),
    Staple("ikan-kembung", "Ikan Kembung", "Mackerel"),
    Staple("ikan-tongkol", "Ikan Tongkol", "Mackerel tuna"),
    Staple("ikan-bandeng", "Ikan Bandeng", "Milkfish"),
)  # fmt: skip
"""PIHPS's and Bapanas' goods. What is not here keeps its printed name, and an id made of it."""

_WORDS = {"cabe": "cabai", "telor": "telur", "kwalitas": "kualitas", "bermerk": "bermerek"}


def plain(printed: str) -> str:
    """A name as it is compared: small letters, single blanks, spellings of one word as one."""
    words = re.sub(r"[\W_]+", " ", printed.casefold()).split()
    return " ".join(_WORDS.get(word, word) for word in words)


_BY_NAME = {plain(name): one for one in STAPLES for name in (one.name, *one.spellings)}
_BY_SLUG = {one.slug: one for one in STAPLES}


def staple_of(printed: str, mapped: Mapping[str, str]) -> Staple:
    """The staple that a printed name means; `mapped` are a city's own (plain) names and ids.

    Raises ValueError when the name holds no letter.
    """
    name = plain(printed)
    local = mapped.get(name)
    if local is None:
        return _BY_NAME.get(name) or Staple(slug(name), printed, unit="")
    known = _BY_SLUG.get(local)
    return known or Staple(local, printed, unit="")
