"""Where two JSON values differ: by JSON pointer, what was expected and what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from connectors.declarative.mapping.values import ABSENT

MOST = 20
"""Differences told of one pair; who sees twenty does not want the rest."""
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Difference:
    """One place; ABSENT stands for what is not there."""

    pointer: str
    """JSON pointer (RFC 6901), empty for the whole."""
    expected: Any
    came: Any

    def told(self) -> tuple[str, str]:
        """In Indonesian and English."""
        if self.came is ABSENT:
            what = shown(self.expected)
            return f"seharusnya ada {what}", f"there should be {what}"
        if self.expected is ABSENT:
            what = shown(self.came)
            return f"tidak diharapkan: {what}", f"not expected: {what}"
        expected, came = shown(self.expected), shown(self.came)
        return f"diharapkan {expected}, yang datang {came}", f"expected {expected}, came {came}"


def differences(expected: Any, came: Any) -> list[Difference]:
    """The first places where they differ, none when they are the same.

    1 and 1.0 are the same number; true is none. Lists are compared position by position.
    """
    return list(islice(_walk(expected, came, ""), MOST))


def _walk(expected: Any, came: Any, pointer: str) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(came, dict):
        for name in [*expected, *(name for name in came if name not in expected)]:
            below = f"{pointer}/{token(name)}"
            yield from _walk(expected.get(name, ABSENT), came.get(name, ABSENT), below)
    elif isinstance(expected, list) and isinstance(came, list):
        for index in range(max(len(expected), len(came))):
            one = expected[index] if index < len(expected) else ABSENT
            other = came[index] if index < len(came) else ABSENT
            yield from _walk(one, other, f"{pointer}/{index}")
    elif not _same(expected, came):
        yield Difference(pointer, expected, came)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def token(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def pointer_of(path: tuple[str | int, ...]) -> str:
    """A path as a JSON pointer."""
    return "".join(f"/{token(str(part))}" for part in path)


def shown(value: Any) -> str:
    """A value in short, as JSON."""
    if value is ABSENT:
        return "∅"
    if isinstance(value, (dict, list)) and len(value) > _LONGEST:
        return "{…}" if isinstance(value, dict) else "[…]"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
