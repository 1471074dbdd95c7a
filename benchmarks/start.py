"""How long a second start takes, and what memory a process holds while it answers.

    python benchmarks/start.py FOLDER [--starts N] [--rounds N]

FOLDER is the DATA_DIR of a gateway that has been started before, or will be by this. Every round
asks all of `questions.py`.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - after the path

from benchmarks.questions import QUESTIONS  # noqa: E402


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, str, float]]:
    """A gateway: its process, its address, and the seconds until it was ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(folder.resolve())}
    began = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(f"{address}/health/ready", timeout=60)
                break
            except httpx.TransportError:
                time.sleep(0.02)
        yield server.pid, address, time.monotonic() - began
    finally:
        server.terminate()
        server.wait()


def processor(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int, name: str = "VmRSS") -> float:
    """MiB of memory a process holds; with VmHWM, the most it ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Start, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    with served(asked.folder):
        pass  # the first start may load the city
    print("| start | seconds | of processor time | MiB resident |\n|--:|--:|--:|--:|")
    for number in range(asked.starts):
        with served(asked.folder) as (pid, _, took):
            print(f"| {number + 1} | {took:.2f} | {processor(pid):.2f} | {resident(pid):.0f} |")
    print("\n| answers | MiB resident |\n|--:|--:|")
    with served(asked.folder) as (pid, address, _), httpx.Client(timeout=60) as client:
        for number in range(asked.rounds):
            for query in QUESTIONS.values():
                client.post(f"{address}/graphql", json={"query": query})
            print(f"| {(number + 1) * len(QUESTIONS)} | {resident(pid):.0f} |", flush=True)


if __name__ == "__main__":
    main()
