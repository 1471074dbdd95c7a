"""Writing values as plain YAML that people read and `yaml_text` reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*", re.ASCII)
"""Texts that need no quotes, and look like texts to every reader of YAML."""
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_UNPRINTABLE = re.compile(
    r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SHORT = 60
"""Code points that a list or an object of single values may have to stand in one line."""


def written(value: Any, indent: int = 0) -> str:
    """A JSON value as YAML, with a line break at its end; nested ones indented by two."""
    return "\n".join(_lines(value, indent)) + "\n"


def text_of(value: Any) -> str:
    """A single value as it stands in YAML."""
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    return json.dumps(value, ensure_ascii=False)


def _lines(value: Any, indent: int) -> Iterator[str]:
    room = " " * indent
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _entry(f"{room}{text_of(name)}:", inner, indent + 2)
    elif isinstance(value, list) and value:
        for inner in value:
            flow = _flow(inner)
            if flow is not None:
                yield f"{room}- {flow}"
                continue
            first, *rest = _lines(inner, indent + 2)
            yield f"{room}- {first[indent + 2 :]}"
            yield from rest
    else:
        yield room + (_flow(value) or "")


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    flow = _flow(value)
    if flow is not None:
        yield f"{head} {flow}"
    else:
        yield head
        yield from _lines(value, indent)


def _flow(value: Any) -> str | None:
    """A value in one line; None when it needs several."""
    if isinstance(value, dict):
        if any(isinstance(inner, (dict, list)) and inner for inner in value.values()):
            return None
        pairs = (f"{_in_flow(name)}: {_in_flow(inner)}" for name, inner in value.items())
        line = "{" + ", ".join(pairs) + "}"
    elif isinstance(value, list):
        if any(isinstance(inner, (dict, list)) and inner for inner in value):
            return None
        line = "[" + ", ".join(_in_flow(inner) for inner in value) + "]"
    else:
        return text_of(value)
    return line if len(line) <= _SHORT or not value else None


def _in_flow(value: Any) -> str:
    return {0: "{}", 1: "[]"}[isinstance(value, list)] if value in ({}, []) else text_of(value)


def _is_plain(text: str) -> bool:
    return len(text) <= 80 and text.lower() not in _WORDS and bool(_PLAIN.fullmatch(text))


def _quoted(text: str) -> str:
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
