"""The identity providers of a city: a TOML file that says whom to trust, and what a claim means.

```toml
[[provider]]
name = "sso-kota"                          # in logs and histories
issuer = "https://sso.example.go.id/realms/kota"
audience = "tangerang-live-gateway"        # or a list
roles_claim = "realm_access.roles"         # names with dots: ["realm_access", "roles"]
departments_claim = "opd"

[provider.roles]                           # what the claim says = the role here
petugas-live = "OFFICER"
staf = "OPD_STAFF"

[provider.departments]                     # left out: the claim holds codes of departments
"/opd/perhubungan" = "dishub"
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from connectors.ports.roles import Role

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Signatures that may be allowed: with a public key all of them, none by a shared secret."""
USUAL = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
FILE_BYTES = 256 * 1024
LONGEST = 2_000
DEEPEST_CLAIM = 8
Claim: TypeAlias = tuple[str, ...]
"""Where a claim is, from the outside in."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One issuer of tokens, and what its claims mean here."""

    name: str
    issuer: str
    audience: frozenset[str]
    """A token must be for one of them."""
    algorithms: frozenset[str] = USUAL
    jwks_uri: str | None = None
    """Where its keys are; None: as its discovery document says."""
    skew_seconds: float = 60.0
    """How far its clock and ours may differ."""
    longest_seconds: float = 24 * 3600.0
    """Longest life of a token; longer ones are refused."""
    offline_seconds: float = 24 * 3600.0
    """So long its last keys serve while it cannot be asked for newer ones."""
    roles_claim: Claim | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    otherwise: Role = Role.CITIZEN
    """The role of a person with none of the roles above."""
    departments_claim: Claim | None = None
    departments: Mapping[str, str] | None = None
    """By what the claim says; None: it says the code itself."""
    team_claim: Claim | None = None
    apps_claim: Claim | None = None
    name_claim: Claim = ("name",)
    language_claim: Claim = ("locale",)


def read_providers(file: Path, *, production: bool) -> tuple[Provider, ...]:
    """The providers of a file. Raises ValueError that names what is wrong in it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES + 1)
        return _providers(_read(content), production=production)
    except OSError as error:
        raise ValueError(f"LIVE_OIDC_FILE: {file} cannot be read ({error.strerror})") from error
    except ValueError as error:  # of TOML and of UTF-8, too
        raise ValueError(f"LIVE_OIDC_FILE: {file}: {error}") from error


def _read(content: bytes) -> dict[str, Any]:
    if len(content) > FILE_BYTES:
        raise ValueError(f"has more than {FILE_BYTES} bytes")
    return tomllib.loads(content.decode("utf-8"))


def _providers(told: Mapping[str, Any], *, production: bool) -> tuple[Provider, ...]:
    if set(told) != {"provider"} or not isinstance(told["provider"], list) or not told["provider"]:
        raise ValueError("write one [[provider]] for each identity provider, and nothing else")
    found = tuple(_provider(one, production=production) for one in told["provider"])
    for what in ("name", "issuer"):
        values = [getattr(one, what) for one in found]
        if len(set(values)) < len(values):
            raise ValueError(f"two providers have the same {what}")
    return found


def _provider(told: Any, *, production: bool) -> Provider:
    if not isinstance(told, dict):
        raise ValueError("`provider` is a table: write [[provider]]")  # noqa: TRY004 - of a file
    read = _readers(production=production)
    for key in told:
        if key not in read:
            raise ValueError(f"unknown key {key!r}; there are: {', '.join(sorted(read))}")
    values: dict[str, Any] = {}
    for key, (name, reader) in read.items():
        if key in told:
            try:
                values[name] = reader(told[key])
            except ValueError as error:
                raise ValueError(f"`{key}` {error}") from error
        elif key in {"name", "issuer", "audience"}:
            raise ValueError(f"a provider needs `{key}`")
    if values.get("roles") and "roles_claim" not in values:
        raise ValueError("`roles` says what values mean; `roles_claim` must say where they are")
    return Provider(**values)


Reader = Callable[[Any], Any]


def _readers(*, production: bool) -> dict[str, tuple[str, Reader]]:
    """By its key in the file: the attribute of a provider, and what reads it."""

    def address(value: Any) -> str:
        return _address(value, production=production)

    def hours(most: int) -> Reader:
        return lambda value: _number(value, most) * 3600

    paths = (
        "roles_claim", "departments_claim", "team_claim", "apps_claim", "name_claim",
        "language_claim",
    )  # fmt: skip
    return {
        "name": ("name", _name),
        "issuer": ("issuer", address),
        "audience": ("audience", lambda value: frozenset(_words(value))),
        "algorithms": ("algorithms", _algorithms),
        "jwks_uri": ("jwks_uri", address),
        "skew_seconds": ("skew_seconds", lambda value: _number(value, 300)),
        "longest_hours": ("longest_seconds", hours(24 * 31)),
        "offline_hours": ("offline_seconds", hours(24 * 7)),
        "roles": ("roles", lambda value: {k: _role(v) for k, v in _table(value).items()}),
        "otherwise": ("otherwise", _otherwise),
        "departments": (
            "departments",
            lambda value: {k: _word(v) for k, v in _table(value).items()},
        ),
        **{key: (key, _path) for key in paths},
    }


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST:
        raise ValueError("must be a text")
    return value


def _words(value: Any) -> list[str]:
    found = [_word(one) for one in (value if isinstance(value, list) else [value])]
    if not found:
        raise ValueError("must name one")
    return found


def _name(value: Any) -> str:
    if _NAME.fullmatch(_word(value)) is None:
        raise ValueError("is of letters, digits and dashes, at most 40")
    return _word(value)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is a table: write [provider.…]")  # noqa: TRY004 - of a file
    return value


def _role(value: Any) -> Role:
    try:
        return Role(value)
    except ValueError:
        words = ", ".join(role.value for role in Role)
        raise ValueError(f"names no role with {value!r}; there are: {words}") from None


def _otherwise(value: Any) -> Role:
    if value not in {Role.PUBLIC.value, Role.CITIZEN.value}:
        raise ValueError("is PUBLIC or CITIZEN: other roles are told by a claim")
    return Role(value)


def _algorithms(value: Any) -> frozenset[str]:
    names = _words(value)
    for name in names:
        if name not in ALGORITHMS:
            words = ", ".join(ALGORITHMS)
            raise ValueError(f"names {name!r}, which is never accepted; there are: {words}")
    return frozenset(names)


def _path(value: Any) -> Claim:
    parts = value.split(".") if isinstance(value, str) else value
    if not isinstance(parts, list) or not 0 < len(parts) <= DEEPEST_CLAIM:
        raise ValueError("is the name of a claim, or a list of names, outermost first")
    return tuple(_word(part) for part in parts)


def _number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ValueError(f"must be a number from 0 to {most}")
    return float(value)


def _address(value: Any, *, production: bool) -> str:
    text = _word(value)
    try:
        address = urlsplit(text)
        host = address.hostname
        address.port  # noqa: B018 - a port that is no number raises
    except ValueError:
        host, address = None, urlsplit("")
    odd = address.username or address.query or address.fragment
    if not host or odd or address.scheme not in {"https", "http"}:
        raise ValueError("must be an address that begins with https://")
    if address.scheme == "http" and production:
        raise ValueError("must begin with https://; http is for MODE=development")
    return text
