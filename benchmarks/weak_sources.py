"""What a source that hangs does to everybody else's answers.

    python benchmarks/weak_sources.py [--rounds N] [--seconds N] [--minutes N] [--only PART]

Starts the synthetic city twice with a gateway over each: in one all is well, in the other a source
hangs. They are loaded in turns, so that both see the same machine; the row "nothing" tells how much
they differ when nothing hangs. Two loads: 200 callers at once, each asking again when it has
its answer, and as many questions per second as keep a processor a quarter busy. Half of the
callers ask for `home` with all its sections ("all"), the others for all but the one that the
source at fault has a part in ("others").

The three sources that hang are asked every second (`fresh_for` 1 s, `stale_for` 0), which is the
worst case: with the times of docs/operate.md nobody waits for them at all while their answers are young.
Ends by itself, about fifteen minutes and `--minutes` later; `--minutes 0` leaves out the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.load import Load, Question, crowd, percentile, steady  # noqa: E402 - after the path
from benchmarks.weak_city import Gateway, Servers, filled, gateway, servers  # noqa: E402

MANY = 200
AT = "{ lat: -6.17028, lng: 106.64028 }"
SECTIONS = {
    "alerts": "alerts { headline }",
    "complaintSummary": "complaintSummary { total rows { keys count overdue } }",
    "departures": "departures { departures"
    " { leavesAt headsign delay line { shortName } stop { name } } }",
    "prices": "prices { commodity { name } price { amount } trend date }",
    "jobs": "jobs { title employer }",
    "events": "events { name startsAt }",
    "places": f"places {{ name kind distanceM(from: {AT}) }}",
    "apps": "apps { name }",
    "emergency": "emergency { name dial }",
}
HANGING = {"harga-panel": "prices", "bus-trip": "departures", "peringatan": "alerts"}
"""The sources that hang, in turn, and the section each has a part in."""
EAGER = {"fresh_for": "1s", "stale_for": 0}
SHARE = 0.25
"""Of a processor, which the steady load uses."""
RECOVERY_SECONDS = 90.0


def home(without: str | None = None) -> str:
    """The first screen, maybe without a section."""
    wanted = (field for name, field in SECTIONS.items() if name != without)
    parts = " ".join(wanted)
    return f"{{ home(at: {AT}) {{ area {{ name }} {parts} sources {{ connector {{ key }} state }} }} }}"


def questions(section: str) -> list[Question]:
    """All sections, and the others, by turns."""
    return [("all", home()), ("others", home(section))]


# ------------------------------------------------------------------------------- the two cities


@dataclass(frozen=True, slots=True)
class Side:
    """One city: its servers and its gateway."""

    city: Servers
    gateway: Gateway


@contextmanager
def side(
    *, hanging: str | None = None, upkeep: dict[str, dict[str, Any]] | None = None
) -> Iterator[Side]:
    """A city and a gateway that knows nothing of it yet; a source may hang from the beginning."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        city = stack.enter_context(servers())
        filled(folder, city, dict.fromkeys(HANGING, EAGER) if upkeep is None else upkeep)
        if hanging:
            city.hang(hanging)
        yield Side(city, stack.enter_context(gateway(folder)))


def states(answer: dict[str, Any]) -> dict[str, str]:
    """How each source of the screen did, as the answer tells."""
    found = {s["connector"]["key"]: s["state"] for s in answer["data"]["home"]["sources"]}
    for told in (answer.get("extensions") or {}).get("sources", ()):
        found[told["connector"]] = told["state"]
    return found


def amiss(load: Load, section: str) -> int:
    """Answers in which a section is missing that has nothing to do with the source at fault."""
    wanted = set(SECTIONS) - {section}
    return sum(any(a.body["data"]["home"][name] is None for name in wanted) for a in load.answers)


def recovered(gate: Gateway) -> float:
    """Seconds until no source has a problem any more."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY_SECONDS:
        if set(states(gate.ask(home())).values()) == {"OK"}:
            return time.monotonic() - began
        time.sleep(0.25)
    raise RuntimeError("a source did not recover")


# ------------------------------------------------------------------------------- parts


def cells(well: Load, hung: Load, name: str) -> str:
    """p50 and p99 of both, and their ratios."""
    a, b = well.ms(name), hung.ms(name)
    row = []
    for share in (0.5, 0.99):
        one, two = percentile(a, share), percentile(b, share)
        row += [f"{one:,.0f}", f"{two:,.0f}", f"{two / one:.2f}" if one else "-"]
    return " | ".join(row)


def compare(rounds: int, seconds: float) -> None:
    """The well city and the one with a source that hangs, while last good answers are at hand."""
    with side() as well, side() as weak:
        for each in (well, weak):
            for _ in range(5):
                each.gateway.ask(home())
        used, began = well.gateway.processor, len(SECTIONS)
        load = asyncio.run(crowd(well.gateway.port, [("all", home())], MANY, 1))
        cost = (well.gateway.processor - used) / MANY
        rate = SHARE / cost
        print(
            f"`home` with all {began} sections: {cost * 1000:.0f} ms of processor time, "
            f"{MANY / load.seconds:.0f} a second at most; the steady load is {rate:.1f} a second.\n"
        )
        print(
            "| hangs | load | asked for | answers | p50 well | p50 hung | ratio "
            "| p99 well | p99 hung | ratio | amiss |\n|--|--|--|" + "--:|" * 8
        )
        for source, section in {"nothing": "prices", **HANGING}.items():
            _compare_one(well, weak, source, section, rounds, rate, seconds)
        print()


def _compare_one(  # noqa: PLR0917 - one row of the table
    well: Side, weak: Side, source: str, section: str, rounds: int, rate: float, seconds: float
) -> None:
    asked = questions(section)
    loads: dict[str, Callable[[Side], Load]] = {
        f"{MANY} at once": lambda it: asyncio.run(crowd(it.gateway.port, asked, MANY, 1)),
        f"{rate:.0f} a second": lambda it: asyncio.run(
            steady(it.gateway.port, asked, rate, seconds)
        ),
    }
    if source != "nothing":
        weak.city.hang(source)
    found = {name: (Load(), Load()) for name in loads}
    for number in range(rounds):
        for name, run in loads.items():
            if name.endswith("once") and number % 2:
                continue  # a crowd is many answers in itself
            # Who goes first changes, so that neither has the quieter half of the time.
            pair = list(zip((well, weak), found[name], strict=True))
            for it, sum_ in pair if number % 4 in (0, 3) else reversed(pair):
                sum_.add(run(it))
    for name, (a, b) in found.items():
        for kind in ("all", "others"):
            count = f"{len(a.ms(kind))} + {len(b.ms(kind))}"
            missing = amiss(a, section) + amiss(b, section)
            print(f"| {source} | {name} | {kind} | {count} | {cells(a, b, kind)} | {missing} |")
    if source != "nothing":
        last = next(
            x for x in reversed(found[f"{rate:.0f} a second"][1].answers) if x.name == "all"
        )
        weak.city.well()
        told = states(last.body).get(source, "not told")
        print(
            f"| | | | told {told}; well again {recovered(weak.gateway):.1f} s after it was |"
            " | | | | | | |",
            flush=True,
        )


def cold() -> None:
    """A start without any last good answer: 200 callers at once, twice."""
    print(
        "| hangs from the start | callers | asked for | p50 ms | p99 ms | with the section "
        "| amiss | calls to it |\n|--|--|--|--:|--:|--:|--:|--:|"
    )
    for source, section in {"nothing": "prices", **HANGING}.items():
        with side(hanging=None if source == "nothing" else source, upkeep={}) as it:
            asked = questions(section)
            for callers in ("first 200", "next 200"):
                load = asyncio.run(crowd(it.gateway.port, asked, MANY, 1))
                for kind in ("all", "others"):
                    ms = load.ms(kind)
                    there = sum(
                        a.body["data"]["home"].get(section) is not None
                        for a in load.answers
                        if a.name == kind
                    )
                    print(
                        f"| {source} | {callers} | {kind} | {percentile(ms, 0.5):,.0f}"
                        f" | {percentile(ms, 0.99):,.0f} | {there if kind == 'all' else '-'}"
                        f" | {amiss(load, section)} | {it.city.calls().get(source, 0)} |",
                        flush=True,
                    )
    print()


def saved(seconds: float) -> None:
    """How many calls single flight and freshness save, with the times of the policy table."""
    with side(upkeep={}) as it:
        it.gateway.ask(home())
        each = sum(it.city.calls().values())
    print("| load | answers | calls to all sources | without | saved |\n|--|--:|--:|--:|--:|")
    with side(upkeep={}) as it:
        asyncio.run(crowd(it.gateway.port, [("all", home())], MANY, 1))
        before = sum(it.city.calls().values())
        _saved("200 at once, nothing known", MANY, before, each)
        load = asyncio.run(steady(it.gateway.port, [("all", home())], 5.0, seconds))
        many = len(load.answers)
        calls = sum(it.city.calls().values()) - before
        _saved(f"5 a second for {seconds:.0f} s", many, calls, each)
    print(f"\nOne `home` that knows nothing needs {each} calls.\n")


def _saved(load: str, answers: int, calls: int, each: int) -> None:
    without = answers * each
    print(f"| {load} | {answers} | {calls} | {without:,} | {1 - calls / without:.2%} |", flush=True)


def breaker() -> None:
    """Many different questions to a source that hangs: none has a last good answer."""
    with side(hanging="cuaca", upkeep={}) as it:
        areas = it.gateway.ask("{ areas(level: KELURAHAN) { kode } }")["data"]["areas"]
        asked = [
            ("forecast", f'{{ forecast(area: "{area["kode"]}") {{ hours {{ at }} }} }}')
            for area in areas
        ]
        load = asyncio.run(steady(it.gateway.port, asked, 4.0, len(asked) / 4.0))
        calls = it.city.calls()["cuaca"]
    print("| seconds since it hangs | questions | p50 ms | p99 ms |\n|--|--:|--:|--:|")
    for since, until in ((0, 5), (5, 10), (10, 20), (20, 60)):
        ms = sorted(a.ms for a in load.answers if since <= a.at < until)
        p50, p99 = percentile(ms, 0.5), percentile(ms, 0.99)
        print(f"| {since} to {until} | {len(ms)} | {p50:,.0f} | {p99:,.0f} |")
    print(f"\n{len(load.answers)} questions, {calls} calls.\n", flush=True)


def memory(minutes: float) -> None:
    """What a gateway holds while it answers for minutes, a source hanging in every second one."""
    with side() as it:
        it.gateway.ask(home())
        over = threading.Event()
        rows: list[tuple[float, float]] = []
        asked = [question for section in HANGING.values() for question in questions(section)]
        used = it.gateway.processor

        def watch() -> None:
            began, names = time.monotonic(), list(HANGING)
            ends = began + minutes * 60
            for number in range(round(minutes * 4)):
                over.wait(max(0.0, began + (number + 1) * 15 - time.monotonic()))
                rows.append((time.monotonic() - began, it.gateway.resident))
                if number % 4 == 1:
                    it.city.hang(names[number // 4 % len(names)])
                elif number % 4 == 3:
                    it.city.well()
            over.wait(max(0.0, ends - time.monotonic()))
            over.set()

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        rate, seconds = 6.0, minutes * 60
        load = asyncio.run(
            steady(it.gateway.port, asked, rate, seconds, ended=over.is_set, keep=False)
        )
        over.set()
        watching.join()
        count = rate * seconds
        spent = (it.gateway.processor - used) / count * 1000
    print("| minutes | MiB resident |\n|--:|--:|")
    for at, held in rows[3::4]:
        print(f"| {at / 60:.0f} | {held:.1f} |")
    print(
        f"\n{count:,.0f} answers in {load.seconds:.0f} s, {spent:.0f} ms of processor time each.\n"
    )


PARTS = ("compare", "cold", "saved", "breaker", "memory")


def main() -> None:
    """Run the parts, print tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=4, help="turns of each load")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one turn of steady load")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the look at memory")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    runs: dict[str, Callable[[], None]] = {
        "compare": lambda: compare(asked.rounds, asked.seconds),
        "cold": cold,
        "saved": lambda: saved(asked.seconds * 6),
        "breaker": breaker,
        "memory": lambda: memory(asked.minutes),
    }
    for name, run in runs.items():
        if asked.only in (None, name) and (name != "memory" or asked.minutes > 0):
            print(f"### {name}\n", flush=True)
            run()


if __name__ == "__main__":
    main()
