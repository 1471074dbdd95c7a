"""Tools of npm for the tests: installed once per lock file, never skipped in CI."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

IN_CI = bool(os.environ.get("CI"))


def installed(folder: Path) -> Path:
    """The folder, with what its lock file names installed in it, once for each state of it.

    Nothing of a package is run while it is installed. Where node or the network is missing the
    test is skipped; in CI it fails.
    """
    if not IN_CI and not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are needed here; they are always there in CI")
    lock = (folder / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / f".installed-{hashlib.sha256(lock).hexdigest()[:16]}"
    if stamp.exists():
        return folder
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=300
    )
    if done.returncode and not IN_CI:
        pytest.skip("npm could not install this here; in CI this fails")
    assert done.returncode == 0, done.stderr
    stamp.touch()
    return folder


def node(folder: Path, *arguments: object) -> str:
    """What a script of the folder prints. Fails with its complaints."""
    done = subprocess.run(
        ["node", *map(str, arguments)],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
