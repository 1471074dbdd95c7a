"""What a team may ask of the upkeep: the names of the policy, within bounds that hurt nobody.

Hosts are not among them: the operator approves those. Times may also be written in Indonesian.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.declarative.codes import SaidCode
from connectors.declarative.yaml_fields import Fields
from connectors.declarative.yaml_text import Node, plain
from connectors.upkeep import policy

TIMES: dict[str, tuple[float, float]] = {
    "connect_timeout": (0.1, 5),
    "read_timeout": (0.1, 10),
    "total_timeout": (0.1, 15),
    "patience": (0, 5),
    "backoff": (0, 5),
    "breaker_open_for": (1, 300),
    "breaker_open_most": (1, 3600),
    "queue_timeout": (0, 5),
    "fresh_for": (0, 7 * policy.DAY),
    "stale_for": (0, 30 * policy.DAY),
    "keep_for": (0, 365 * policy.DAY),
}
"""Least and most, in seconds."""
NUMBERS: dict[str, tuple[float, float]] = {
    "max_retries": (0, 3),
    "retry_budget": (0, 0.5),
    "breaker_failures": (1, 20),
    "breaker_rate": (0.1, 1),
    "max_concurrent": (1, 16),
    "calls_per_minute": (1, 600),
    "max_bytes": (1, 5_000_000),
    "memory_bytes": (1, 16_000_000),
}
"""Least and most."""
LISTS: dict[str, int] = {"quiet_hours": 10, "maintenance": 50}
"""How many at most."""
KNOWN = (*TIMES, *NUMBERS, *LISTS)
_MEANT = {
    "timeout": "total_timeout", "batas_waktu": "total_timeout", "ttl": "fresh_for",
    "cache": "fresh_for", "freshness": "fresh_for", "max_age": "keep_for",
    "maximum_age": "keep_for", "max_stale": "keep_for", "retries": "max_retries",
    "concurrency": "max_concurrent", "rate_limit": "calls_per_minute",
    "rate": "calls_per_minute", "politeness": "calls_per_minute", "max_size": "max_bytes",
    "jam_tenang": "quiet_hours",
}  # fmt: skip
_OF_OPERATOR = frozenset(("hosts",))
_UNITS = {
    "ms": "ms", "milidetik": "ms", "s": "s", "detik": "s", "dtk": "s", "second": "s",
    "seconds": "s", "sec": "s", "m": "m", "menit": "m", "mnt": "m", "min": "m", "minute": "m",
    "minutes": "m", "h": "h", "jam": "h", "hour": "h", "hours": "h", "d": "d", "hari": "d",
    "day": "d", "days": "d",
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([A-Za-z]+)", re.ASCII)
_WEEKS = frozenset(("minggu", "week", "weeks", "pekan"))


def read_upkeep(fields: Fields, node: Node | None, path: str) -> dict[str, Any]:
    """The `upkeep` of a team as `connectors.upkeep.policy.read` takes it; faults go to `fields`."""
    found: dict[str, Any] = {}
    said = fields.object(node, KNOWN, path, meant=_MEANT, told=_OF_OPERATOR)
    for name, value in said.items():
        place = f"{path}/{name}"
        if name in _OF_OPERATOR:
            words = (
                f"`{name}` ditetapkan operator, bukan tim.",
                f"`{name}` is set by the operator, not by a team.",
            )
            fix = (
                "Hapus; host diambil dari baseURL dan disetujui operator.",
                "Take it out; hosts come from baseURL and are approved by the operator.",
            )
            fields.fault(SaidCode.VALUE_OF_OPERATOR, value.at, place, words, fix)
            continue
        meant = _said(name, value)
        readable = _readable(fields, name, meant, value, place)
        if readable and _bounded(fields, name, meant, value, place):
            found[name] = meant
    return found


def _said(name: str, node: Node) -> Any:
    """A value as the policy reads it."""
    value = plain(node)
    if name in LISTS and isinstance(value, str):
        return [value]
    if name not in TIMES or not isinstance(value, str):
        return value
    text = value.strip().lower()
    if text in ("selamanya", "forever"):
        return "forever"
    found = _SPAN.fullmatch(text)
    if found and found[2] in _WEEKS:
        return float(found[1]) * 7 * policy.DAY
    if found and found[2] in _UNITS:
        return f"{found[1]}{_UNITS[found[2]]}"
    return value


def _readable(fields: Fields, name: str, said: Any, node: Node, path: str) -> bool:
    try:
        policy.read({name: said})
    except ValueError:
        fields.wrong(node, path, *_forms(name))
        return False
    return True


def _forms(name: str) -> tuple[tuple[str, str], tuple[str, str]]:
    if name in TIMES:
        return (
            ("Ini bukan lama waktu.", "This is not a span of time."),
            (
                "Misalnya 250ms, 10s, 15m, 2h, 3d, atau 15 menit, 3 hari.",
                "For example 250ms, 10s, 15m, 2h, 3d.",
            ),
        )
    if name == "quiet_hours":
        return (
            ("Ini bukan jam.", "These are not hours."),
            ("Misalnya [23:00-04:30], waktu kota.", "For example [23:00-04:30], in city time."),
        )
    if name == "maintenance":
        example = "[{start: 2026-12-01T01:00+07:00, end: 2026-12-01T03:00+07:00}]"
        return (
            ("Ini bukan jangka waktu.", "These are not spans of time."),
            (f"Misalnya {example}.", f"For example {example}."),
        )
    least, most = (_number(each) for each in NUMBERS[name])
    return (
        ("Ini bukan bilangan yang sesuai.", "This is not a fitting number."),
        (f"Tulis bilangan dari {least} sampai {most}.", f"Write a number from {least} to {most}."),
    )


def _bounded(fields: Fields, name: str, said: Any, node: Node, path: str) -> bool:
    if name in LISTS:
        least, most, size = 0.0, float(LISTS[name]), float(len(said))
        unit = ("buah", "items")
    elif name in TIMES:
        (least, most), size, unit = TIMES[name], policy.duration(said), ("detik", "seconds")
    else:
        (least, most), size, unit = NUMBERS[name], float(said), ("", "")
    if least <= size <= most:
        return True
    low, high = _number(least), _number(most)
    words = (
        f"`{name}` boleh {low} sampai {high} {unit[0]}".rstrip() + ".",
        f"`{name}` may be {low} to {high} {unit[1]}".rstrip() + ".",
    )
    fix = (
        "Pilih nilai di antaranya; lebih dari itu minta kepada operator.",
        "Choose a value between; ask the operator for more.",
    )
    fields.fault(SaidCode.VALUE_TOO_MUCH, node.at, path, words, fix)
    return False


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
