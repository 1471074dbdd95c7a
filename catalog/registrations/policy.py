"""What an operator has to approve, in one visible table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from urllib.parse import urlsplit

from catalog.registrations.facts import Facts
from connectors.ports.common import Text, must_text


class Approval(Enum):
    """How much is asked of operators.

    POLICY asks for what `RULES` names; ALWAYS for every version; NEVER lets everything in at once
    and is for development only.
    """

    POLICY = "policy"
    ALWAYS = "always"
    NEVER = "never"


class Ask(Enum):
    """Why a version waits for an operator."""

    EVERY_VERSION = "EVERY_VERSION"
    FIRST = "FIRST"
    NAMES = "NAMES"
    EXTENDS = "EXTENDS"
    PERSONAL_DATA = "PERSONAL_DATA"
    PRIVACY = "PRIVACY"
    HOSTS = "HOSTS"
    INSECURE_HOSTS = "INSECURE_HOSTS"
    WRITES = "WRITES"


def _more(before: Iterable[str], after: Iterable[str]) -> bool:
    return not set(before).issuperset(after)


def _insecure(facts: Facts | None) -> set[str]:
    return {host for host in (facts.hosts if facts else ()) if urlsplit(host).scheme != "https"}


NOTHING = Facts(name=Text({}), prefix="")

RULES: tuple[tuple[Ask, Callable[[Facts | None, Facts], bool], Text], ...] = (
    (
        Ask.FIRST,
        lambda before, _: before is None,
        must_text("pendaftaran pertama konektor ini", "the first registration of this connector"),
    ),
    (
        Ask.NAMES,
        lambda before, after: _more((before or NOTHING).foreign, after.foreign),
        must_text("nama di luar awalan tim", "names outside of the team's prefix"),
    ),
    (
        Ask.EXTENDS,
        lambda before, after: _more((before or NOTHING).extends, after.extends),
        must_text("menambah tipe bersama", "it adds to types that are shared"),
    ),
    (
        Ask.PERSONAL_DATA,
        lambda before, after: _more((before or NOTHING).personal, after.personal),
        must_text("data pribadi baru", "personal data it did not have before"),
    ),
    (
        Ask.PRIVACY,
        lambda before, after: _more(after.private, (before or NOTHING).private),
        must_text(
            "jawaban yang dulu hanya untuk satu pemanggil",
            "answers that were for one caller only would be shared",
        ),
    ),
    (
        Ask.HOSTS,
        lambda before, after: _more((before or NOTHING).hosts, after.hosts),
        must_text("alamat sistem yang baru", "hosts that were not approved before"),
    ),
    (
        Ask.INSECURE_HOSTS,
        lambda before, after: _more(_insecure(before), _insecure(after)),
        must_text("alamat tanpa enkripsi", "hosts that are asked without encryption"),
    ),
    (
        Ask.WRITES,
        lambda before, after: _more((before or NOTHING).writes, after.writes),
        must_text("menulis ke sistem", "it writes to the system"),
    ),
)
"""Each reason, when it holds (`None`: nothing was accepted before), and how it is told.

A change of a connector that serves already, that asks the same hosts for no more than before, needs
nobody: new fields under the team's own prefix, another mapping, another time limit.
"""


def asks(before: Facts | None, after: Facts, approval: Approval) -> tuple[Ask, ...]:
    """Why a version has to be approved; empty: it may serve at once."""
    if approval is Approval.NEVER:
        return ()
    found = tuple(ask for ask, holds, _ in RULES if holds(before, after))
    return found or ((Ask.EVERY_VERSION,) if approval is Approval.ALWAYS else ())


def told(ask: Ask) -> Text:
    """A reason in words."""
    for known, _, words in RULES:
        if known is ask:
            return words
    return must_text("setiap versi diperiksa", "every version is looked at")
