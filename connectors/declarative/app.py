"""A team's connector once its folder is read: what every later step works with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

from connectors.declarative.findings import Finding, Severity, blocking
from connectors.declarative.model import Connect, Source
from connectors.declarative.requests import SecretName, base_address
from connectors.declarative.sdl import Description, read_sdl
from connectors.declarative.settings import AppSettings, read_settings
from connectors.declarative.submission import SDL_FILE, SETTINGS_FILE, Submission
from connectors.errors import Rejected
from connectors.ports.common import must_text
from connectors.upkeep.http import named_hosts

_SECRET = re.compile(r"\{secret:[a-z0-9][a-z0-9_-]{0,63}\}", re.ASCII)


@dataclass(frozen=True, eq=False)
class DeclaredApp:
    """A connector of a team: its texts, what they say, and what is wrong with the settings.

    Two are the same only when they are one object; `read_app` gives the same one for the same
    texts while anybody holds it.
    """

    submission: Submission
    description: Description
    """Of the SDL; what is wrong with that is in its `faults`, which lint explains."""
    settings: AppSettings | None
    """None when they cannot be used."""
    findings: tuple[Finding, ...]
    """About the settings, and about what must agree between the files."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """`$config`, as mappings see it: a secret is its name, and stays it."""

    @property
    def key(self) -> str:
        """Key of the connector, and of its source."""
        return self.submission.key

    @property
    def usable(self) -> bool:
        """Whether it may be joined to the graph as far as reading it shows."""
        whole = self.settings is not None and self.description.document is not None
        return whole and not self.description.faults and not blocking(self.findings)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts it may ask, `name` or `name:port`.

        They are those of its sources, of absolute addresses, and of the address to fall back on.
        """
        return frozenset(host for address in self._addresses() for host in named_hosts(address))

    @cached_property
    def connects(self) -> Mapping[str, tuple[Connect, ...]]:
        """The connectors by the coordinate they stand at, `Type.field` or `Type`."""
        found: dict[str, tuple[Connect, ...]] = {}
        for connect in self.description.connects:
            found[connect.coordinate] = (*found.get(connect.coordinate, ()), connect)
        return MappingProxyType(found)

    def source_of(self, connect: Connect) -> Source | None:
        """The source a connector names; None when its address is absolute."""
        return self.description.source_of(connect)

    def _addresses(self) -> Iterator[str]:
        for source in self.description.sources:
            address = _base_of(source, self.config)
            if address is not None:
                yield address
        for connect in self.description.connects:
            first = connect.url.parts[0] if connect.url.parts else ""
            if connect.source is None and isinstance(first, str):
                yield first.lower()
        fallback = (self.settings.fallback if self.settings else None) or {}
        yield str(fallback.get("base_url", "")).lower()


_READ: WeakValueDictionary[str, DeclaredApp] = WeakValueDictionary()
"""What is in use, by fingerprint: the graph and the source of a connector read it once."""


def read_app(submission: Submission) -> DeclaredApp:
    """What a team's folder says.

    Never raises: what is wrong is told in `description.faults` and `findings`.
    """
    mark = submission.fingerprint
    app = _READ.get(mark)
    if app is None:
        app = _READ[mark] = _read(submission)
    return app


def _read(submission: Submission) -> DeclaredApp:
    description = read_sdl(submission.sdl)
    settings, found = read_settings(submission.settings)
    findings = list(found)
    config: Mapping[str, Any] = {}
    if settings is not None:
        findings += _disagreements(submission, settings)
        config = {name: _named(value) for name, value in settings.config.items()}
        findings += _homeless(description, config)
    return DeclaredApp(submission, description, settings, tuple(findings), config)


def _named(value: Any) -> Any:
    """A value of `config` with its secrets told from text."""
    if isinstance(value, str):
        one = value.count("{secret:") == 1 and _SECRET.search(value)
        return SecretName(value) if one else value
    if isinstance(value, Mapping):
        return {str(name): _named(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_named(inner) for inner in value]
    return value


def _base_of(source: Source, config: Mapping[str, Any]) -> str | None:
    """Scheme, host and path of a source; None when `$config` does not make an address of it."""
    try:
        return base_address(source, {"$config": config})
    except Rejected:
        return None


# ------------------------------------------------------------------------------- findings


def _disagreements(submission: Submission, settings: AppSettings) -> Iterator[Finding]:
    """A folder handed in as another connector's, or for another app, than it says itself."""
    pairs = (
        ("connector", submission.key, settings.key, "CONNECTOR_DIFFERS"),
        ("app", submission.app, settings.app, "APP_DIFFERS"),
    )
    for name, handed_in, said, code in pairs:
        if handed_in == said:
            continue
        place = settings.places.get(f"/{name}")
        yield Finding(
            code,
            Severity.ERROR,
            must_text(
                f"Didaftarkan sebagai {handed_in!r}, tetapi `{name}` di berkas adalah {said!r}.",
                f"It is handed in as {handed_in!r}, but `{name}` in the file is {said!r}.",
            ),
            must_text(
                f"Tulis `{name}: {handed_in}`, atau daftarkan sebagai {said!r}.",
                f"Write `{name}: {handed_in}`, or hand it in as {said!r}.",
            ),
            SETTINGS_FILE,
            place.line if place else None,
            place.column if place else None,
            f"/{name}",
        )


def _homeless(description: Description, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Sources whose base address, with the values of `$config`, is none."""
    for source in description.sources:
        if not source.base_url.parts or _base_of(source, config) is not None:
            continue
        yield Finding(
            "BASE_ADDRESS",
            Severity.ERROR,
            must_text(
                f"`baseURL` sumber {source.name!r} bukan alamat setelah nilai $config dimasukkan.",
                f"`baseURL` of source {source.name!r} is no address with the values of $config.",
            ),
            must_text(
                "Isi nilainya di bawah `config:` dengan alamat lengkap, https://host/….",
                "Give its values under `config:`, a whole address, https://host/….",
            ),
            SDL_FILE,
            source.at.line,
            source.at.column,
        )
