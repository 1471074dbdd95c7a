"""What is known of a code."""

from __future__ import annotations

from typing import NamedTuple

from connectors.declarative.findings import Severity


class Rule(NamedTuple):
    """How bad a finding is, and its texts in Indonesian and English."""

    severity: Severity
    id: str
    en: str
    fix_id: str
    fix_en: str


def error(id_: str, en: str, fix_id: str, fix_en: str) -> Rule:
    """What cannot work."""
    return Rule(Severity.ERROR, id_, en, fix_id, fix_en)


def warning(id_: str, en: str, fix_id: str, fix_en: str) -> Rule:
    """What will hurt."""
    return Rule(Severity.WARNING, id_, en, fix_id, fix_en)


def info(id_: str, en: str, fix_id: str, fix_en: str) -> Rule:
    """What is good to know."""
    return Rule(Severity.INFO, id_, en, fix_id, fix_en)
