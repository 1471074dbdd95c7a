"""Which regions are asked for, by Kemendagri code, and what a publisher calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.systems.prices.observed import NATIONAL

_CODE = re.compile(r"\d\d(\.\d\d)?", re.ASCII)
_OWN = re.compile(r"(\d{1,6})(?:/(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """A region, and the numbers that a publisher gives its province and its city."""

    area: str | None
    """None for the whole country."""
    province: str = ""
    city: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.area or NATIONAL


def regions(said: Mapping[str, Any]) -> tuple[Region, ...]:
    """The option `regions`. Raises ValueError saying what it takes."""
    table = said.get("regions")
    message = (
        '`regions` must be a table such as { "36.71" = "16/252" }: a Kemendagri code, and the '
        "publisher's own number of the province, or of province/city"
    )
    if not isinstance(table, Mapping) or not table:
        raise ValueError(message)
    found = []
    for code, own in table.items():
        if isinstance(own, str) and "," in own:
            raise ValueError(
                f"regions.{code}: one province each; of several the publisher gives an average"
            )
        if code == NATIONAL and own == "":
            found.append(Region(None))
            continue
        match = _OWN.fullmatch(own) if isinstance(own, str) else None
        if match is None or not _CODE.fullmatch(str(code)):
            raise ValueError(f"regions.{code}: {message}")
        found.append(Region(str(code), match[1], match[2] or ""))
    return tuple(found)


def with_query(url: str, query: Mapping[str, str]) -> str:
    """The address with these parameters, in the place of those of the same name."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in query]
    # Braces stay as they are: a secret is written in them.
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()], safe="{:}")))


def read_texts(said: Mapping[str, Any], known: set[str]) -> tuple[str, dict[str, str]]:
    """The options `url` and `headers` of a publisher. Raises ValueError, also for unknown ones."""
    unknown = sorted(set(said) - known - {"url", "headers", "samples_only"})
    if unknown:
        there = ", ".join(sorted(known | {"url", "headers"}))
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {there}")
    url, headers = said.get("url"), said.get("headers", {})
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise ValueError("`url` must be an address that begins with http:// or https://")
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    return url, {str(name): value for name, value in headers.items()}
