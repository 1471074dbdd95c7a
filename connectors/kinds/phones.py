"""Telephone numbers as printed, made dialable."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

LONGEST = 60
_PARTS = re.compile(r"[;/]|,\s")


@lru_cache(maxsize=4_096)
def dialable(printed: str, region: str = "ID") -> str:
    """The number in E.164 where it is valid in the region, else as printed: 112 stays 112."""
    try:
        number = phonenumbers.parse(printed, region)
    except phonenumbers.NumberParseException:
        return printed
    if not phonenumbers.is_valid_number(number):
        return printed
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def several(printed: str, region: str = "ID") -> tuple[str, ...]:
    """The numbers of a text that holds some, parted by `;`, each once, the first one first."""
    parts = (part.strip() for part in _PARTS.split(printed[:500]))
    return tuple(dict.fromkeys(dialable(part[:LONGEST], region) for part in parts if part))
