"""`connectors new`: a folder from one saved JSON answer, to be read and corrected by its team."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from connectors.declarative.scaffold import Scaffold, scaffold

ANSWER_LONGEST = 4_000_000
"""Bytes of a saved answer that are read."""

_VALUE = re.compile(r"(\w+)=(.*)", re.ASCII | re.DOTALL)


def started(asked: argparse.Namespace) -> tuple[Scaffold, list[Path]]:
    """What was begun, and the files that were written.

    Raises ValueError for what cannot be made a connector of, and for a folder that is in use:
    nothing is ever written over.
    """
    folder: Path = asked.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder}: is there already; name a new or an empty folder")
    made = scaffold(
        _answer(asked.answer),
        key=asked.key,
        app=asked.app,
        prefix=asked.prefix or _prefix(asked.key),
        address=asked.address,
        name=asked.name,
        values=_values(asked.value),
    )
    written = []
    for name, text in made.texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
        written.append(file)
    return made, written


def _answer(file: Path) -> str:
    with file.open("rb") as opened:
        content = opened.read(ANSWER_LONGEST + 1)
    if len(content) > ANSWER_LONGEST:
        raise ValueError(f"{file}: has more than {ANSWER_LONGEST} bytes; save a part of it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file}: is not written in UTF-8") from None


def _prefix(key: str) -> str:
    """The beginning of a key as types begin: `parkir-kota` gives `Parkir`."""
    return key.partition("-")[0].capitalize()


def _values(said: list[str]) -> dict[str, str]:
    found = {}
    for one in said:
        read = _VALUE.fullmatch(one)
        if read is None:
            raise ValueError(f"--value {one}: write NAME=VALUE, e.g. id=L1")
        found[read[1]] = read[2]
    return found
