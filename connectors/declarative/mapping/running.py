"""One application of a selection: its variables, its problems, and how much work is left.

Work is counted in steps, and looked at on the clock of the processor, which stands still while
others work: what ends a mapping is its own fault, and not that of a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import thread_time
from typing import Any, TypeAlias

from connectors.declarative.mapping.nodes import NOWHERE, Place, Problem
from connectors.declarative.mapping.values import ABSENT

MOST_STEPS = 1_000_000
"""Items looked at and methods called in one application, unless the caller says otherwise."""
MOST_SECONDS = 1.0
"""Of the processor, for one application, unless the caller says otherwise."""
_LOOK_EVERY = 500
"""Steps between two looks at the clock."""
MOST_PROBLEMS = 500
"""Problems told of one application; one more says that there were others."""


class Exhausted(Exception):
    """The work allowed is used up."""


class Note:
    """A problem while the way to it is still being put together, from the inside out."""

    __slots__ = ("at", "message", "path", "rooted")

    def __init__(self, message: str, path: tuple[str | int, ...], at: Place) -> None:
        self.message = message
        self.path = path
        self.at = at
        self.rooted = False
        """The path begins with a variable, so nothing comes before it."""


class Run:
    """What all parts of a compiled selection share while it is applied."""

    __slots__ = ("ends", "left", "look", "more", "notes", "seconds", "variables")

    def __init__(
        self, variables: Mapping[str, Any], steps: int, seconds: float = MOST_SECONDS
    ) -> None:
        self.variables = variables
        self.left = steps
        self.look = max(steps - _LOOK_EVERY, 0)
        """How many steps are left when the clock is looked at."""
        self.seconds = seconds
        self.ends: float | None = None
        """Of the processor's clock; the short ones end before anybody looks at it."""
        self.notes: list[Note] = []
        self.more = 0

    def charge(self, steps: int) -> None:
        """Take from the work that is left. Raises Exhausted."""
        self.left -= steps
        if self.left < self.look:
            self._check()

    def restore(self, left: int) -> None:
        """Give work back that was done in vain, and has to be done again."""
        self.left = left
        self.look = max(left - _LOOK_EVERY, 0)

    def _check(self) -> None:
        if self.left < 0:
            raise Exhausted
        self.look = max(self.left - _LOOK_EVERY, 0)
        now = thread_time()
        if self.ends is None:
            self.ends = now + self.seconds
        elif now > self.ends:
            raise Exhausted

    def tell(self, message: str, at: Place, *path: str | int) -> None:
        """Note a problem; those around it put their part of the path in front."""
        if len(self.notes) < MOST_PROBLEMS:
            self.notes.append(Note(message, path, at))
        else:
            self.more += 1

    def inside(self, count: int, *path: str | int) -> None:
        """Put a part of the path in front of all problems after the first `count`."""
        for note in self.notes[count:]:
            if not note.rooted:
                note.path = (*path, *note.path)

    def rooted(self, count: int) -> None:
        """The paths of all problems after the first `count` are complete."""
        for note in self.notes[count:]:
            note.rooted = True

    def forget(self, count: int) -> None:
        """Drop all problems after the first `count`: somebody has provided for them."""
        del self.notes[count:]

    def problems(self) -> list[Problem]:
        """The problems in the order in which they were met."""
        found = [Problem(n.message, n.path, n.at.line, n.at.column) for n in self.notes]
        if self.more:
            found.append(Problem(f"and {self.more} more problems", (), *NOWHERE))
        return found


Go: TypeAlias = Callable[[Any, Any, Run], Any]
"""A compiled part: gets the value at hand (`@`), the object around it (`$`), and the run."""


def run(
    go: Go,
    data: Any,
    variables: Mapping[str, Any],
    steps: int = MOST_STEPS,
    seconds: float = MOST_SECONDS,
) -> tuple[Any, list[Problem]]:
    """Apply a compiled selection. Never raises."""
    try:
        return bounded(go, data, variables, steps, seconds)
    except Exhausted:
        message = f"the mapping wants more than {steps} steps or {seconds:g} seconds of work"
        return ABSENT, [Problem(f"{message}: it was ended", (), 1, 1)]


def bounded(
    go: Go, data: Any, variables: Mapping[str, Any], steps: int, seconds: float
) -> tuple[Any, list[Problem]]:
    """Apply a compiled selection. Raises Exhausted when it wants more work, and nothing else."""
    state = Run(variables, steps, seconds)
    try:
        value = go(data, data, state)
    except RecursionError:
        state.notes.append(
            Note("the data has more levels than the mapping can follow", (), Place(1, 1))
        )
        value = ABSENT
    return value, state.problems()
