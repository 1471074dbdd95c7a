"""What the city hands to every system it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.kinds.sql import Database


@dataclass(frozen=True, slots=True)
class Tools:
    """What the city hands to every system it opens."""

    database: Database
    city_folder: Path
    """Folder of the city's data pack."""
    data_folder: Path
    """Folder the gateway may write to."""
    now: Callable[[], datetime]
    samples_shown: bool = True
    """False in production: records of quality SAMPLE are then invisible."""
