"""The registry: which ports there are, and how systems are plugged in."""

import inspect
import sys

import pytest

from connectors import errors, registry
from connectors.ports.common import Source
from tests.builders import binding, tools


def install(folder, name, module, points):
    """A package beside ours that offers systems by entry points."""
    (folder / f"{name}.py").write_text(module)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\n{points}")


PARKING = """
class Parking:
    name = "parkir"

async def open_it(binding, tools):
    return Parking()
"""

HALF = """
class Half:
    name = "half"
    async def areas_by_id(self, ids): ...

async def open_half(binding, tools):
    return Half()
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Packages of two teams."""
    install(
        tmp_path,
        "team_parking",
        PARKING,
        "parking = team_parking:open_it\n"
        "gone = team_parking:not_there\n"
        "store.areas = team_parking:open_it\n",
    )
    install(tmp_path, "team_half", HALF, "half = team_half:open_half\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("team_parking", "team_half"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", sorted(registry.PORTS))
def test_every_port_is_a_protocol_that_extends_source_and_says_what_it_promises(name):
    port = registry.PORTS[name]
    assert getattr(port, "_is_protocol", False)
    assert Source in port.__mro__
    assert inspect.cleandoc(port.__doc__ or "")
    methods = registry.promises(port)
    assert methods
    for method in methods:
        assert inspect.iscoroutinefunction(getattr(port, method)), method
        # What `xs_by_id` promises, the port itself says once for all.
        said = getattr(port, method).__doc__ or "_by_" in method
        assert said, f"{name}.{method} promises nothing in words"


@pytest.mark.parametrize("system", sorted(registry.SYSTEMS))
def test_every_system_of_the_table_is_there(system):
    assert inspect.iscoroutinefunction(registry.find(system))


def test_an_unknown_system_is_refused_with_the_names_there_are():
    with pytest.raises(
        LookupError, match=r"unknown system 'store.aras'; there are: .*store\.areas"
    ):
        registry.find("store.aras")


async def test_an_installed_package_adds_a_system(installed):
    line = binding("parkir", system="parking", serves=())
    allowed = tools(plugins=frozenset({"parking"}))
    assert (await registry.open_source(line, allowed)).name == "parkir"


async def test_a_package_that_nobody_allowed_is_not_even_imported(installed):
    line = binding("parkir", system="parking", serves=())
    said = (
        "the installed package team-parking is not allowed: LIVE_PLUGINS has to name team-parking"
    )
    for plugins in ((), ("half",), ("team-half",), ("team",)):
        with pytest.raises(LookupError, match=said):
            await registry.open_source(line, tools(plugins=frozenset(plugins)))
    assert "team_parking" not in sys.modules


@pytest.mark.parametrize("name", ["parking", "team-parking", "team_parking", "Team.Parking"])
def test_a_plugin_is_allowed_by_its_system_or_by_its_package_however_that_is_written(
    installed, name
):
    assert registry.find("parking", {name}).__module__ == "team_parking"


def test_all_systems_of_an_allowed_package_may_be_used_and_no_other_packages(installed):
    with pytest.raises(AttributeError, match="not_there"):
        registry.find("gone", {"team-parking"})
    with pytest.raises(LookupError, match="not allowed"):
        registry.find("half", {"team-parking"})


def test_an_installed_package_cannot_take_over_a_name_of_the_table(installed):
    assert registry.find("store.areas", {"team-parking"}).__module__ == "connectors.store.areas"


def test_an_entry_point_that_leads_nowhere_fails_at_once(installed):
    with pytest.raises(AttributeError, match="not_there"):
        registry.find("gone", {"gone"})


async def test_a_line_without_a_system_has_no_connector():
    assert await registry.open_source(binding(system=None), tools()) is None


async def test_a_connector_that_keeps_half_a_promise_is_refused_by_method(installed):
    line = binding("half", system="half", serves=("areas",))
    allowed = tools(plugins=frozenset({"half"}))
    with pytest.raises(
        errors.Broken, match=r"half promises areas but has no .*find_areas"
    ) as failure:
        await registry.open_source(line, allowed)
    assert failure.value.source == "half"
    assert "areas_by_id" not in str(failure.value)
