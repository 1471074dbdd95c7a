"""A process keeps little memory that it does not use."""

import platform
import subprocess
import sys

import pytest

CHILD = """
import os
from gateway.memory import bounded

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

assert bounded()
before = resident()
blocks = [bytearray(300_000) for _ in range(300)]
held = resident() - before
blocks.clear()
print(held, resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has these knobs")
def test_large_blocks_go_back_to_the_system_when_they_are_freed():
    told = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True
    ).stdout
    held, kept = map(int, told.split())
    assert held > 80_000_000
    assert kept < 5_000_000
