"""What a team's description consists of once it is read: sources, connectors and their parts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.nodes import NOWHERE, Place
from connectors.declarative.templates import Template


@dataclass(frozen=True, slots=True)
class Header:
    """A header of the request: written as a template, or copied from the caller's request."""

    name: str
    value: Template | None = None
    copied: str | None = None
    """The name of the caller's header, in small letters."""
    at: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """How a failure is told to the caller."""

    message: Selection | None = None
    extensions: Selection | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A system that several connectors ask: `@source`."""

    name: str
    base_url: Template
    headers: tuple[Header, ...] = ()
    path: Selection | None = None
    """Makes a list of segments."""
    query: Selection | None = None
    """Makes an object of parameters."""
    errors: ErrorShape = ErrorShape()
    is_success: Selection | None = None
    at: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Connect:
    """One question to a system, and what its answer means for the graph: `@connect`."""

    type: str
    field: str | None
    """None: it stands on the type, and resolves it by key."""
    method: str
    url: Template
    selection: Selection
    source: str | None = None
    """The name of the source; None: the URL is absolute."""
    id: str | None = None
    headers: tuple[Header, ...] = ()
    path: Selection | None = None
    query: Selection | None = None
    body: Selection | None = None
    entity: bool = False
    """A field of Query that also resolves its type by key."""
    batch_size: int | None = None
    """Most keys of one request with `$batch`; None: as many as there are."""
    errors: ErrorShape = ErrorShape()
    is_success: Selection | None = None
    at: Place = dataclasses.field(default=NOWHERE, compare=False)

    @property
    def coordinate(self) -> str:
        """Where it stands: `Type.field` or `Type`."""
        return f"{self.type}.{self.field}" if self.field else self.type

    @property
    def asking(self) -> tuple[Template | Selection, ...]:
        """All parts that make the request."""
        values = [header.value for header in self.headers]
        parts = (self.url, self.path, self.query, self.body, *values)
        return tuple(part for part in parts if part is not None)
