"""The page about feeds says what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from catalog import bindings
from connectors import registry
from connectors.kinds.declared import HOW, NUMBERS, TEXTS, read_options
from connectors.upkeep import policy

PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def test_the_examples_on_the_page_are_a_line_of_the_catalogue() -> None:
    (line,) = tomllib.loads("".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)))["source"]
    binding = bindings.read(line)
    assert binding.system in registry.SYSTEMS
    options = read_options(binding.options)
    assert (options.path, options.how.name) == ("taman.csv", "csv")
    assert policy.of(binding.serves, binding.upkeep).keep_for == 7 * 86_400
    assert [way.system for way in binding.fallback] == ["feed.places"]
    assert bindings.read(bindings.written(binding)) == binding
    assert options.fields["kind"].of({"jenis": "taman"}) == "PARK"


def test_every_feed_and_every_option_stands_on_the_page() -> None:
    feeds = {name for name in registry.SYSTEMS if name.startswith("feed.")}
    assert set(re.findall(r"`(feed\.[a-z_]+)`", PAGE)) == feeds
    for name in (*feeds, "from", "fields", "headers", *TEXTS, *NUMBERS, *HOW):
        assert f"`{name}`" in PAGE, name
