"""Masking what says something about a person, before anybody else sees or keeps it.

By pattern wherever it stands (NIK, mobile numbers, e-mail), and by the fields a team declares as
personal. The kind of a value stays, so that shapes do not change.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from connectors.declarative.declared import Declared, Kind
from connectors.declarative.differences import token
from connectors.declarative.mapping.values import ABSENT

HIDDEN = "***"
"""In the place of a text that is masked as a whole."""
DEEPEST = 100
_NIK = re.compile(r"(?<!\d)(\d{4})(\d{2})([0-7]\d)(0[1-9]|1[0-2])(\d{6})(?!\d)", re.ASCII)
"""16 digits: area, day of birth (women 40 more), month, year, number."""
_MOBILE = re.compile(r"(?<![\w.*])(\+?62|0)([\s.-]?)8(?:[\s.-]?\d){7,11}(?![\w*])", re.ASCII)
_EMAIL = re.compile(
    r"(?<![\w.+-])([A-Za-z0-9._%+-]{1,64})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})"
)
_OFFICE = re.compile(r"(?:.*\.)?(?:go\.id|desa\.id|example|example\.(?:com|org|net))", re.ASCII)
"""Domains whose addresses are those of an office, or of nobody."""
_TELLING = re.compile(
    r"(?:^|_)(?:nik|ktp|no_?ktp|kk|no_?kk|npwp|email|surel|telp|telepon|tel|phone|hp|no_?hp|mobile"
    r"|whatsapp|wa|no_?wa|nama_?(?:lengkap|ibu|pasien|pelapor|pemilik|warga|anggota)|pelapor"
    r"|tgl_?lahir|tanggal_?lahir|birth_?date|alamat_?rumah|pasien|plat|pelat|nopol|no_?polisi"
    r"|rekening|no_?rekening)(?:$|_)",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def masked(value: Any) -> Any:
    """A JSON value with everything in it masked that looks personal; the value itself stays."""
    return _by_pattern(value, 0)


def masked_as(value: Any, kind: Kind | None, declared: Declared, personal: Collection[str]) -> Any:
    """A mapped value of a type: masked by pattern, and the fields `Type.field` in `personal`."""
    return _by_type(value, kind, declared, personal, 0)


def wiped(value: Any) -> Any:
    """A value of the same kind that says nothing."""
    if isinstance(value, list):
        return [wiped(item) for item in value[:1]]
    if isinstance(value, dict):
        return {name: wiped(item) for name, item in value.items()}
    if isinstance(value, str):
        return HIDDEN
    if isinstance(value, bool):
        return False
    return value if value is None or value is ABSENT else 0


def masked_text(text: str) -> str:
    """A text with the NIKs, mobile numbers and e-mail addresses in it masked."""
    if len(text) < 6:
        return text
    text = _NIK.sub(lambda found: found[1] + "*" * 12 if _is_nik(found) else found[0], text)
    text = _MOBILE.sub(lambda found: found[1] + found[2] + "8" + "*" * 8, text)
    if "@" in text:
        text = _EMAIL.sub(_hidden_mail, text)
    return text


def telling(name: str) -> bool:
    """Whether a key by its name holds something about a person: `nik`, `no_hp`, `namaIbu`."""
    return _TELLING.search(_HUMP.sub("_", name)) is not None


def looks_personal(value: Any) -> Iterator[str]:
    """JSON pointers of the texts and numbers in a value that would be masked."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        pointer, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(f"{pointer}/{token(name)}", inner) for name, inner in item.items()]
        elif isinstance(item, list):
            waiting += [(f"{pointer}/{index}", inner) for index, inner in enumerate(item)]
        elif _by_pattern(item, 0) != item:
            yield pointer


def _by_pattern(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, (dict, list)) and depth >= DEEPEST:
        return wiped(None)
    if isinstance(value, dict):
        return {masked_text(name): _by_pattern(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_by_pattern(item, depth + 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value > 10**9:
        text = str(value) if value < 10**20 else ""
        return 0 if masked_text(text) != text else value
    return value


def _by_type(
    value: Any, kind: Kind | None, declared: Declared, personal: Collection[str], depth: int
) -> Any:
    if kind is None or depth >= DEEPEST:
        return _by_pattern(value, depth)
    if isinstance(value, list):
        inner = kind.items or kind
        return [_by_type(item, inner, declared, personal, depth + 1) for item in value]
    if not isinstance(value, dict):
        return _by_pattern(value, depth)
    fields = declared.types.get(kind.name, {})
    made = {}
    for name, item in value.items():
        if f"{kind.name}.{name}" in personal:
            made[name] = wiped(item)
            continue
        found = fields.get(name)
        below = found.kind if found else None
        made[name] = _by_type(item, below, declared, personal, depth + 1)
    return made


def _is_nik(found: re.Match[str]) -> bool:
    return 1 <= int(found[3]) <= 71 and int(found[3]) not in range(32, 41)


def _hidden_mail(found: re.Match[str]) -> str:
    if _OFFICE.fullmatch(found[2].lower()):
        return found[0]
    return f"{HIDDEN}@{found[2]}"
