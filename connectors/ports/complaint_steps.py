"""How long complaints stay in each status, from their history: the median time of each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.ports.complaints import ComplaintStatus


@dataclass(frozen=True, slots=True)
class StepRow:
    """One status of one group of complaints."""

    keys: tuple[str, ...]
    """One per dimension, as in `StatsRow`."""
    period_start: date | None
    """As in `StatsRow`: of the time the complaint was sent."""
    status: ComplaintStatus
    count: int
    """How often a complaint has left this status; where it still stands is not counted."""
    median: timedelta
    """Exact: the middle value in whole seconds, or the mean of the two in the middle."""
