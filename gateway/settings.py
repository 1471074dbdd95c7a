"""Settings: one frozen record, read from the environment once at the start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

from catalog.registrations.policy import Approval

PREFIX = "LIVE_"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.ASCII)
_PLUGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class SettingsError(ValueError):
    """The environment holds something the gateway cannot start with; the message says what."""


class Mode(Enum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class UnlicensedCoordinates(Enum):
    KEEP = "keep"
    REMOVE = "remove"


def _port(text: str) -> int:
    return _whole(text, 0, 65535)


def _whole(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16) or not low <= int(text) <= high:
        raise ValueError(f"must be a whole number from {low} to {high}")
    return int(text)


def _one_of(kind: type[Enum]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            words = ", ".join(str(member.value) for member in kind)
            raise ValueError(f"must be one of: {words}") from None

    return read


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return text.rstrip("/")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.05 <= value <= 3600:
        raise ValueError("must be a number of seconds from 0.05 to 3600")
    return value


def _pause(text: str) -> int:
    try:
        return _whole(text, 0, 0)
    except ValueError:
        return _whole(text, 10, 7 * 24 * 3600)


def _hosts(text: str) -> frozenset[str]:
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not _HOST.fullmatch(name):
            raise ValueError(f"{name!r} is no host; write names or name:port, with commas between")
    return names


def _plugins(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if not _PLUGIN.fullmatch(name):
            raise ValueError(
                f"{name!r} is no name of a package or a system; write names with commas between"
            )
    return names


def _yes(text: str) -> bool:
    try:
        return {"yes": True, "no": False}[text]
    except KeyError:
        raise ValueError("must be yes or no") from None


def _said(env: str, read: Callable[[str], Any], default: Any, *, secret: bool = False) -> Any:
    def factory() -> Any:
        return default

    return field(default_factory=factory, metadata={"env": env, "read": read}, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this gateway was started. Addresses that may hold a password are not printed."""

    host: str = _said("HOST", str, "127.0.0.1")
    """Address the server binds to."""
    port: int = _said("PORT", _port, 8000)
    """Port the server binds to; 0 takes a free one."""
    city: str = _said("CITY", str, "kota_tangerang")
    """Name of the data pack, a folder of catalog/cities/."""
    mode: Mode = _said("MODE", _one_of(Mode), Mode.DEVELOPMENT)
    """In production no sample record is loaded or shown."""
    database_url: str = _said("DATABASE_URL", str, "", secret=True)
    """Address of the database; empty: an SQLite file in DATA_DIR."""
    redis_url: str = _said("REDIS_URL", str, "", secret=True)
    """Address of a Redis that tells all workers of news at once; empty: they look every so often."""
    data_dir: Path = _said("DATA_DIR", Path, Path("data"))
    """Folder the gateway may write to."""
    public_url: str = _said("LIVE_PUBLIC_URL", _web_address, "")
    """Address callers know the gateway by, for links; empty: as the request says."""
    workers: int = _said("LIVE_WORKERS", lambda text: _whole(text, 1, 64), 1)
    """Number of processes that answer."""
    unlicensed_coordinates: UnlicensedCoordinates = _said(
        "LIVE_UNLICENSED_COORDINATES", _one_of(UnlicensedCoordinates), UnlicensedCoordinates.KEEP
    )
    """`remove` leaves out all coordinates whose licence nobody knows."""
    watch_seconds: float = _said("LIVE_WATCH_SECONDS", _seconds, 2.0)
    """How often a worker looks whether sources were switched, added or taken away."""
    max_body_bytes: int = _said(
        "LIVE_MAX_BODY_BYTES", lambda text: _whole(text, 1_024, 64 * 1024 * 1024), 1024 * 1024
    )
    """The largest request body that is read."""
    request_seconds: float = _said("LIVE_REQUEST_SECONDS", _seconds, 10.0)
    """Longest time the sources of one request are waited for."""
    max_upstream_calls: int = _said(
        "LIVE_MAX_UPSTREAM_CALLS", lambda text: _whole(text, 1, 100_000), 200
    )
    """Most questions to the systems of app teams that one operation may cause."""
    private_hosts: frozenset[str] = _said("LIVE_PRIVATE_HOSTS", _hosts, frozenset())
    """Hosts of sources that may have private, loopback or link-local addresses."""
    plugins: frozenset[str] = _said("LIVE_PLUGINS", _plugins, frozenset())
    """Installed packages, or single systems of them, whose code may be run; none: our own alone."""
    secrets_dir: Path | None = _said("LIVE_SECRETS_DIR", Path, None)
    """Folder of the sources' secrets, one file each; none: `secrets` in DATA_DIR."""
    oidc_file: Path | None = _said("LIVE_OIDC_FILE", Path, None)
    """TOML file of the identity providers whose tokens are believed; none: keys of our own alone."""
    keep_bytes: int = _said(
        "LIVE_KEEP_BYTES", lambda text: _whole(text, 1_000_000, 1 << 40), 256_000_000
    )
    """Most bytes of last good answers that are kept on disk."""
    answer_bytes: int = _said(
        "LIVE_ANSWER_BYTES", lambda text: _whole(text, 0, 1 << 36), 32_000_000
    )
    """Most bytes of whole answers that each worker keeps in memory for others; 0: none."""
    approval: Approval = _said("LIVE_APPROVAL", _one_of(Approval), Approval.POLICY)
    """Which versions of app teams' connectors an operator has to approve."""
    drift_seconds: int = _said("LIVE_DRIFT_SECONDS", _pause, 6 * 3600)
    """After so many the system of an app team is looked at again; 0: never."""
    graphiql: bool = _said("LIVE_GRAPHIQL", _yes, default=True)
    """Whether a browser gets GraphiQL at /graphql."""

    @property
    def secrets_folder(self) -> Path:
        """Where the secrets of sources are."""
        return self.secrets_dir or self.data_dir / "secrets"

    @property
    def subject_key_file(self) -> Path:
        """The key that the pseudonyms of people are made by; outside of all sources' secrets."""
        return self.secrets_folder / ".subject-key"

    @property
    def letters_folder(self) -> Path:
        """Where letters to owners are that could not be posted."""
        return self.data_dir / "letters"

    @property
    def database_address(self) -> str:
        """Where the city is kept."""
        return self.database_url or f"sqlite:///{self.data_dir / (self.city + '.db')}"

    @property
    def samples(self) -> bool:
        """Whether sample records are loaded and shown."""
        return self.mode is Mode.DEVELOPMENT

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """The settings the environment holds.

        Raises SettingsError naming the key: for a value that cannot be read, and for a key that
        begins with LIVE_ and is none of ours, which is most often a misspelt one. An empty value
        counts as not set.
        """
        known = {setting.metadata["env"]: setting for setting in fields(cls)}
        for key in sorted(environment):
            if key.startswith(PREFIX) and key not in known:
                there = ", ".join(sorted(name for name in known if name.startswith(PREFIX)))
                raise SettingsError(f"unknown setting {key}; there are: {there}")
        values = {}
        for key, setting in known.items():
            if text := environment.get(key, ""):
                try:
                    values[setting.name] = setting.metadata["read"](text)
                except ValueError as error:
                    raise SettingsError(f"{key}: {error}") from error
        made = cls(**values)
        if made.mode is Mode.PRODUCTION and made.approval is Approval.NEVER:
            raise SettingsError(
                "LIVE_APPROVAL: never is for MODE=development; use policy or always"
            )
        return made
