"""What is wrong with a feed, and where."""

from __future__ import annotations

from dataclasses import dataclass, field


class FeedFault(ValueError):
    """A feed that cannot be loaded. The message names file, line and field, and what is wrong."""

    def __init__(
        self, reason: str, *, file: str = "", line: int | None = None, field: str | None = None
    ) -> None:
        place = file
        if line is not None:
            place += f", line {line}"
        if field is not None:
            place += f", {field}"
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.file = file
        self.line = line
        self.field = field


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that was left out while its row was kept, or a row that boards cannot show."""

    file: str
    line: int
    field: str | None
    reason: str
    kept: bool = True


@dataclass(slots=True)
class Remarks:
    """The remarks of one load: the first thousand in full, and how many there were."""

    most: int = 1_000
    kept: list[Remark] = field(default_factory=list)
    count: int = 0

    def add(
        self, file: str, line: int, field: str | None, reason: str, *, kept: bool = True
    ) -> None:
        """Note one."""
        self.count += 1
        if len(self.kept) < self.most:
            self.kept.append(Remark(file, line, field, reason, kept))
