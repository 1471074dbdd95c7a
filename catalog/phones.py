"""Telephone numbers as printed, made dialable."""

from __future__ import annotations

import re

_YEAR = re.compile(r"\(\s*(\d{4})\s*\)\s*$")


def e164(printed: str, region: str = "ID") -> str | None:
    """The number in E.164; None when it is not valid there, as 112 and other short codes are."""
    # Only a load needs this library and its numbering plans, a running gateway does not.
    import phonenumbers

    try:
        number = phonenumbers.parse(printed, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits(printed: str) -> str:
    """The digits as dialled inside the country: 021-5582144 gives 0215582144."""
    return re.sub(r"\D", "", printed)


def dated(printed: str) -> tuple[str, str | None]:
    """The number and the year in brackets behind it: `021-55764955 (2011)`."""
    found = _YEAR.search(printed)
    return (printed[: found.start()].strip(), found[1]) if found else (printed, None)
