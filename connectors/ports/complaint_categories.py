"""What can be complained about: categories, and the questions they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from connectors.ports.common import Origin, Text


class IntakeMode(Enum):
    REALTIME = "REALTIME"
    BATCH = "BATCH"
    BLACKBOX = "BLACKBOX"


class FormFieldKind(Enum):
    STRING = "STRING"
    NUMBER = "NUMBER"
    DATETIME = "DATETIME"
    TEXT = "TEXT"
    SINGLE_VALUE_LIST = "SINGLE_VALUE_LIST"
    MULTI_VALUE_LIST = "MULTI_VALUE_LIST"


@dataclass(frozen=True, slots=True)
class FormOption:
    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class FormField:
    """A question asked of whoever complains about something of this category."""

    code: str
    label: Text
    kind: FormFieldKind
    order: int
    help: Text | None = None
    input: bool = True
    required: bool = False
    private: bool = False
    options: tuple[FormOption, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplaintCategory:
    """What can be complained about. `code` is its local id."""

    origin: Origin
    code: str
    name: Text
    description: Text | None = None
    group: Text | None = None
    keywords: tuple[str, ...] = ()
    intake: IntakeMode = IntakeMode.REALTIME
    department: str | None = None
    """Code of the department that usually answers."""
    sla: timedelta | None = None
    """Time within which it should be resolved, None where no limit is published."""
    fields: tuple[FormField, ...] = ()
