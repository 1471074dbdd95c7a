"""Last good answers for the tests of keeps, and processes that put them."""

import os
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.upkeep.documents import Document
from connectors.upkeep.keep import Kept

ROOT = Path(__file__).parents[2]
START = datetime(2025, 3, 1, 8, tzinfo=UTC)


def kept(body=b"[]", *, minutes=0, **told):
    return Kept(Document(body, **told), START + timedelta(minutes=minutes))


def noise(size, seed=0):
    """Bytes that no compression makes smaller."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - no secret


@contextmanager
def child(program, *arguments, **options):
    """A Python process that runs this program; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    try:
        with process:
            yield process
            process.kill()
    finally:
        process.kill()
