"""The policy of a source: defaults by kind of data, changed by its line, told in the docs."""

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.registry import PORTS
from connectors.upkeep import policy
from connectors.upkeep.policy import DAY, FOREVER, FRESHNESS, Policy, of

PAGE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_every_port_has_its_row_in_the_table_and_in_the_docs():
    assert set(FRESHNESS) == set(PORTS)
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    told = {port: tuple(policy.duration(word) for word in words) for port, *words in rows}
    assert told == FRESHNESS


def test_every_value_stands_in_the_docs():
    told = set(re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE))
    assert {field.name for field in fields(Policy)} <= told


def test_the_kinds_of_data_the_city_promises():
    assert of(["emergency"]).keep_for == FOREVER
    assert of(["prices"]).keep_for == 3 * DAY
    assert of(["vehicles"]).keep_for == 120


def test_a_source_of_several_kinds_of_data_has_the_shortest_times():
    both = of(["prices", "markets"])
    assert (both.fresh_for, both.stale_for, both.keep_for) == FRESHNESS["prices"]


def test_a_line_may_differ_and_a_file_does_not_expire():
    assert of(["prices"], {"fresh_for": "1m", "keep_for": "forever"}).keep_for == FOREVER
    assert of(["prices"], at_hand=True).keep_for == FOREVER
    assert of(["prices"], {"keep_for": "2d"}, at_hand=True).keep_for == 2 * DAY
    assert of([]) == Policy()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("250ms", 0.25), ("10s", 10), ("15m", 900), ("2h", 7200), ("1.5d", 129_600), (7, 7), (0, 0)],
)
def test_durations_are_read(written, seconds):
    assert policy.duration(written) == seconds


def test_maintenance_holds_from_its_start_until_its_end():
    said = [{"start": "2026-11-23T11:00+07:00", "end": NOON + timedelta(hours=1)}]
    rules = Policy(**policy.read({"maintenance": said}))
    assert rules.silent_for(NOON, NOON) == 3600
    assert rules.silent_for(NOON - timedelta(hours=2), NOON) == 0
    assert rules.silent_for(NOON + timedelta(hours=1), NOON) == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"fresh": 1}, "unknown value 'fresh'; there are: backoff, "),
        ({"fresh_for": "10 parsecs"}, 'fresh_for: must be seconds, or a text such as "250ms"'),
        ({"fresh_for": True}, "fresh_for: must be seconds"),
        ({"total_timeout": "forever"}, "less than for ever"),
        ({"total_timeout": 0}, "more than nothing"),
        ({"max_retries": -1}, "max_retries: must be a whole number from 0"),
        ({"max_concurrent": 0}, "max_concurrent: must be a whole number from 1"),
        ({"breaker_rate": 2}, "breaker_rate: must be a number from 0 to 1"),
        ({"calls_per_minute": 0}, "calls_per_minute: must be a number above 0"),
        ({"quiet_hours": "23:00-04:00"}, "quiet_hours: must be a list of texts"),
        ({"quiet_hours": ["23:00-24:00"]}, "quiet_hours: must be a list"),
        ({"quiet_hours": ["04:00-04:00"]}, "quiet_hours: must be a list"),
        ({"maintenance": [{"start": "2026-12-01T01:00", "end": "2026-12-01T02:00"}]}, "must be a"),
        ({"maintenance": [{"start": "2026-12-01T02:00Z", "end": "2026-12-01T01:00Z"}]}, "before"),
        ({"maintenance": 5}, "maintenance: must be a list"),
        ({"hosts": "a"}, "hosts: must be a list of names"),
    ],
)
def test_a_value_that_makes_no_sense_says_what_it_takes(said, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        policy.read(said)
