"""`python -m gateway token`: a token of the development issuer, and those that `serve` prints."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from connectors.ports.roles import Role
from gateway.settings import Settings

HOURS = 12
HOURS_MOST = 24 * 31
ROLES = tuple(role for role in Role if role is not Role.PUBLIC)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Put the command into the parser."""
    token = commands.add_parser("token", help="a token for trying things out; not in production")
    token.add_argument("--role", choices=[role.value for role in ROLES], required=True)
    token.add_argument("--subject", default="", help="who it is about; the same one is one person")
    token.add_argument("--name", help="the person's name")
    token.add_argument(
        "--department", action="append", help="code of a department; may be repeated"
    )
    token.add_argument(
        "--hours", type=float, default=HOURS, help=f"good for so many hours ({HOURS})"
    )


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Print one token and nothing else. Raises ValueError in production."""
    from gateway.identity.development import DevelopmentIssuer

    issuer = DevelopmentIssuer.opened(settings)
    if not 0 < asked.hours <= HOURS_MOST:
        raise ValueError(f"--hours must be more than 0, at most {HOURS_MOST}")
    token = issuer.token(
        Role(asked.role),
        datetime.now(UTC),
        subject=asked.subject,
        name=asked.name,
        departments=asked.department,
        hours=asked.hours,
    )
    print(token)  # noqa: T201 - what the command is for
    return 0


def greeting(settings: Settings, now: datetime) -> str:
    """One line with a ready token for each role. Raises ValueError in production."""
    from gateway.identity.development import DevelopmentIssuer

    issuer = DevelopmentIssuer.opened(settings)
    lines = [f"  {role.value:<9} {issuer.token(role, now, hours=HOURS)}" for role in ROLES]
    return "\n".join(
        [f"Tokens for {HOURS} hours, for trying things out (Authorization: Bearer …):", *lines]
    )
