"""The gateway's commands as real processes: run to their end, or served on a free port."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds after which a process that says nothing counts as stuck; a busy machine is slow."""


def environment(**settings):
    """Ours without settings of whoever runs the tests, and with these."""
    strange = {"HOST", "PORT", "CITY", "MODE", "DATABASE_URL", "REDIS_URL", "DATA_DIR"}
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in strange and not key.startswith("LIVE_")
    }
    return {**kept, "PYTHONWARNINGS": "error", **{k: str(v) for k, v in settings.items()}}


def run(*arguments, **settings):
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Served:
    """A running server: what it printed, and where it answers."""

    def __init__(self, process):
        self.process = process
        self.greeting = ""
        for line in process.stdout:
            self.greeting += line
            if line.startswith("Try: "):
                break
        found = re.search(r"GraphQL and GraphiQL: (http\S+)/graphql", self.greeting)
        assert found is not None, self.greeting + process.stderr.read()
        self.client = httpx.Client(base_url=found[1], timeout=PATIENCE)

    def data(self, query):
        answer = self.client.post("/graphql", json={"query": query}).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def until(self, query, expected):
        """The first answer that is as expected; asks on for a while."""
        end = time.monotonic() + PATIENCE
        while (found := self.data(query)) != expected:
            assert time.monotonic() < end, found
        return found


@contextmanager
def served(**settings):
    """A server on a free port of the loopback, ended by SIGTERM as a supervisor does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve"],
        cwd=ROOT,
        env=environment(PORT=0, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield (one := Served(process))
        one.client.close()
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    # uvicorn ends in order and then lets the signal say why.
    assert process.returncode in {0, -signal.SIGTERM}, said
    assert "Traceback" not in said, said
