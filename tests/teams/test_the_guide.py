"""docs/connect-an-app.md, typed as it stands: whoever follows it ends with live fields."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx

from catalog.pack import Pack
from gateway.settings import Settings
from gateway.synthetic.city import PORT, opened_servers
from gateway.synthetic.town import Town
from tests.commands import PATIENCE, ROOT, environment
from tests.doors.gate import furnish
from tests.synthetic import readdress
from tests.teams.street import EXAMPLES, TEAMS, quiet, readdressed, street
from tests.teams.test_example_teams import live

GUIDE = (ROOT / "docs" / "connect-an-app.md").read_text()
FIRST_TERMINAL = ["make serve CITY=synthetic\n"]
"""What the fixture below stands for."""
ENVIRONMENT = ". .venv/bin/activate\n"
GATEWAY = "127.0.0.1:8000"


def blocks(language):
    """The blocks of code of the guide in a language, in their order."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", GUIDE)


@contextmanager
def gateway(**settings):
    """A gateway process over a city whose servers are up already; gives its host and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = [sys.executable, "-m", "uvicorn", "gateway.cli:served", "--factory"]
    process = subprocess.Popen(
        [*server, "--port", str(port), "--log-level", "error"],
        cwd=ROOT,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + PATIENCE
        while not _ready(port):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _ready(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def typed(home, text, **settings):
    """What all commands print; fails where one of them fails."""
    folder = home / "bin"
    folder.mkdir()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    told = environment(**settings)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", text],
        cwd=ROOT,
        env={**told, "HOME": str(home), "PATH": f"{folder}:{told['PATH']}"},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_who_types_the_guide_as_it_stands_ends_with_live_fields(tmp_path):
    assert blocks("console") == FIRST_TERMINAL
    commands = "".join(blocks("sh"))
    assert commands.startswith(ENVIRONMENT)
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    data.mkdir()
    async with opened_servers(Town(Pack.of("synthetic")), port=0) as servers:
        await furnish(data, "synthetic")
        settings = Settings(city="synthetic", data_dir=data)
        await readdress(settings, servers)
        await quiet(settings)

        def follow():
            with gateway(CITY="synthetic", DATA_DIR=data) as address:
                text = readdressed(commands.removeprefix(ENVIRONMENT), servers)
                text = text.replace(GATEWAY, address)
                text = text.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{servers.dial.port}")
                return typed(home, text, DATA_DIR=data)

        began = time.monotonic()
        said = await asyncio.to_thread(follow)
        assert time.monotonic() - began < 15 * 60
    assert said.count("Gladi lulus.") == 1
    assert "menunggu  v1" in said
    assert said.count('{"data":{"sampahBank":[{"nama":"Bank Sampah') == 2
    assert '{"data":{"sampahSatu":{"nama":"Bank Sampah' in said
    assert "* v2" in said
    assert "aktif  v2" in said
    assert '"errors"' not in said
    assert "Belum dapat dipakai" not in said


async def test_the_question_of_the_guide_is_answered_by_the_three_examples(tmp_path):
    (question,) = blocks("graphql")
    async with street(tmp_path) as city:
        for team in TEAMS:
            await live(city, team)
        found = await city.data(question)
    assert len(found["parkirLokasi"]) == 3
    assert len(found["antreanHariIni"]["poli"]) == 3
    assert found["perpustakaanCari"]["jumlah"] == 8


def test_what_the_guide_quotes_stands_in_the_examples():
    written = "\n".join(
        (EXAMPLES / team / name).read_text()
        for team in TEAMS
        for name in ("connector.graphql", "connector.yaml")
    )
    quoted = "".join(blocks("text")).splitlines()
    assert len(quoted) == 6
    for line in quoted:
        assert line in written, line


def test_every_page_that_the_guide_names_is_there():
    for target in re.findall(r"\]\(([^)#]+)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target
