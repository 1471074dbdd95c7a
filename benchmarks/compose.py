"""How long one graph of the city and 174 teams takes: `python -m benchmarks.compose`.

Every team has three types of three fields, a list, and a connector by key. Measured apart:
reading the folders (once for each text), joining them, and printing the graph for its mark.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.submission import Submission
from schema.city import build, marked
from schema.composing import compose

T = TypeVar("T")

TEAMS = 174
LIMIT_SECONDS = 1.0
_SDL = """
extend schema @source(name: "s", http: {{baseURL: "https://tim{n}.example/api"}})
type Tim{n}Tempat @connect(source: "s", http: {{GET: "/tempat/{{$this.id}}"}},
  selection: "id nama alamat: $.lokasi.alamat") {{ id: ID! nama: String alamat: String }}
type Tim{n}Jadwal {{ hari: String buka: String tutup: String }}
type Tim{n}Layanan {{ kode: ID! tempat: Tim{n}Tempat jadwal: [Tim{n}Jadwal] }}
type Query {{
  tim{n}Layanan(cari: String): [Tim{n}Layanan] @connect(source: "s",
    http: {{GET: "/layanan", queryParams: "q: $args.cari"}},
    selection: "$.data {{ kode tempat {{ id nama }} jadwal {{ hari buka tutup }} }}")
  tim{n}Tempat(id: ID!): Tim{n}Tempat @connect(source: "s", entity: true,
    http: {{GET: "/tempat/{{$args.id}}"}}, selection: "id nama alamat: $.lokasi.alamat")
}}
"""
_SETTINGS = "connector: tim{n}\napp: tim{n}\nprefix: Tim{n}\nname: {{id: Tim {n}, en: Team {n}}}\n"


def submissions(count: int) -> list[Submission]:
    """Folders of that many teams."""
    return [
        Submission(f"tim{n}", f"tim{n}", _SDL.format(n=n), _SETTINGS.format(n=n))
        for n in range(count)
    ]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of some work, and what came of it."""
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def main() -> int:
    """Print what was measured; 1 when joining takes longer than it may."""
    core = build()._schema  # noqa: SLF001 - the graphql-core schema inside
    reading, apps = timed(lambda: [read_app(one) for one in submissions(TEAMS)])
    joining = [_joining(core, apps) for _ in range(5)]
    printing, _ = timed(lambda: marked(compose(core, apps).schema))
    usual = statistics.median(joining)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{TEAMS} teams: read {reading:.2f} s, joined {usual:.2f} s (of 5: "
          f"{min(joining):.2f} to {max(joining):.2f}), joined and printed {printing:.2f} s, "
          f"peak {peak:.0f} MB")  # fmt: skip
    return usual > LIMIT_SECONDS


def _joining(core: object, apps: Sequence[DeclaredApp]) -> float:
    gc.collect()
    seconds, made = timed(lambda: compose(core, apps))  # type: ignore[arg-type]
    assert len(made.joined) == TEAMS, made.left_out
    return seconds


if __name__ == "__main__":
    sys.exit(main())
