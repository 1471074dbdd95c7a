"""From the claims of a token that holds to a Caller: roles, departments, and a pseudonym."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.ports.roles import Role
from gateway.identity.oidc.providers import Claim, Provider
from gateway.identity.oidc.tokens import claim
from resolvers.context import Caller

ALONE = (Role.MAYOR, Role.ADMIN)
"""Who has one of these has no other: the mayor writes nothing, an operator sees no personal data."""
MOST_VALUES = 200
LONGEST_VALUE = 255
LANGUAGES = frozenset({"id", "en", "jv", "su"})
KEY_BYTES = 32


class Subjects:
    """Pseudonyms of people: the same for the same person, and of no use to who lacks the key.

    What an identity provider calls a person may be a number that is easily guessed, so it is not
    merely hashed. The key must be the same in all workers and after every restart, else nobody
    owns what they sent before.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, issuer: str, subject: str) -> str:
        """The pseudonym of a person, 32 characters."""
        told = f"{issuer}\n{subject}".encode()
        return hashlib.blake2b(told, key=self._key, digest_size=16).hexdigest()

    def mark(self, pseudonym: str) -> str:
        """What logs may say of it: not the pseudonym, which opens what is stored under it."""
        return hashlib.blake2b(pseudonym.encode(), key=self._key, digest_size=4).hexdigest()

    @classmethod
    def kept_in(cls, file: Path) -> Subjects:
        """By the key of a file, which is made if it is not there, for this user alone.

        Raises ValueError for one that cannot be read or made.
        """
        try:
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                written_once(file, os.urandom(KEY_BYTES).hex().encode())
            return cls(bytes.fromhex(file.read_text(encoding="ascii").strip())[:64])
        except (OSError, ValueError) as error:
            message = f"{file}: cannot be read or made; it holds {KEY_BYTES} bytes in hexadecimal"
            raise ValueError(message) from error


def written_once(file: Path, content: bytes) -> None:
    """Make a file for this user alone; nothing is done where another was quicker."""
    half = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        try:
            os.link(half, file)  # whole at once, and only if nobody else made it meanwhile
        except FileExistsError:
            return
    finally:
        half.unlink()


def caller_of(
    claims: Mapping[str, Any], provider: Provider, subjects: Subjects, ends: float
) -> Caller:
    """Who a token that holds stands for."""
    roles = _roles(claims, provider)
    subject = subjects.of(provider.issuer, str(claims["sub"]))
    mark = subjects.mark(subject)
    team = _values(claims, provider.team_claim)
    spoken = claim(claims, provider.language_claim)
    language = spoken[:2].lower() if isinstance(spoken, str) else None
    person = claim(claims, provider.name_claim)
    return Caller(
        roles=roles,
        name=f"{provider.name}:{mark}",
        team=team[0] if team and Role.APP_TEAM in roles else None,
        apps=frozenset(_values(claims, provider.apps_claim))
        if Role.APP_TEAM in roles
        else frozenset(),
        subject=subject,
        mark=mark,
        departments=_departments(claims, provider),
        person=person[:LONGEST_VALUE] if isinstance(person, str) and person else None,
        language=language if language in LANGUAGES else None,
        expires_at=datetime.fromtimestamp(ends + provider.skew_seconds, UTC),
    )


def _roles(claims: Mapping[str, Any], provider: Provider) -> frozenset[Role]:
    told = _values(claims, provider.roles_claim)
    found = {provider.roles[value] for value in told if value in provider.roles}
    for alone in ALONE:
        if alone in found:
            return frozenset({Role.PUBLIC, alone})
    return frozenset({Role.PUBLIC, *(found or {provider.otherwise})})


def _departments(claims: Mapping[str, Any], provider: Provider) -> frozenset[str]:
    told = _values(claims, provider.departments_claim)
    if provider.departments is None:
        return frozenset(told)
    return frozenset(provider.departments[one] for one in told if one in provider.departments)


def _values(claims: Mapping[str, Any], path: Claim | None) -> list[str]:
    """The texts a claim holds: one, or a list of them."""
    found = None if path is None else claim(claims, path)
    listed = found if isinstance(found, list) else [found]
    return [
        one
        for one in listed[:MOST_VALUES]
        if isinstance(one, str) and 0 < len(one) <= LONGEST_VALUE
    ]
