"""The house keeps its own rules: rooms, floors, promises, descriptions, settings, versions."""

import inspect
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
)

import catalog
import connectors
import gateway
import resolvers
import schema.city
from connectors import registry
from gateway.settings import Settings
from schema.city import city_schema, printed

ROOT = Path(__file__).parents[2]
ROOMS = ("gateway", "schema", "resolvers", "catalog", "connectors")
COMMANDS = (
    "serve", "city load", "gtfs load", "sources list", "sources off", "schema", "synthetic-city",
    "connectors", "keys create",
)  # fmt: skip
STANDARD = {"Boolean", "Float", "ID", "Int", "String"}


def source_files():
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def tracked_files():
    """Every text file of the repository, as git lists it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        file = ROOT / name
        if not file.is_file() or b"\0" in (content := file.read_bytes()):
            continue
        yield name, content.decode("utf-8")


# ------------------------------------------------------------------------------- rooms, floors


@pytest.mark.parametrize("room", [gateway, schema, resolvers, catalog, connectors])
def test_a_room_is_ours_and_not_a_strangers_package(room):
    assert room.__file__ is not None
    assert Path(room.__file__).parent == ROOT / room.__name__


def test_the_floors_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_tests_are_no_packages():
    files = [Path(name) for name, _ in tracked_files() if name.startswith("tests/")]
    assert not [file for file in files if file.name == "__init__.py"]
    assert {part for file in files for part in file.parts[:-1]}.isdisjoint(ROOMS)


def test_every_module_says_first_what_lives_in_it():
    for file in source_files():
        first = file.read_text(encoding="utf-8").lstrip()[:3]
        assert first == '"""', file.relative_to(ROOT)


def test_the_product_reads_nothing_that_lies_outside_of_it():
    outside = re.compile(r"\.\./shared")
    for file in source_files():
        assert not outside.search(file.read_text(encoding="utf-8")), file.relative_to(ROOT)


def test_no_file_names_a_machine_or_a_registry():
    machine = re.compile(r"(?<![\w.~-])/(work|home|root|Users)/\w")
    registry_host = re.compile(
        r"p[y]pi[.]org/simple|python[h]osted[.]|registry[.]npm[j]s|--index-url https?://"
    )
    for name, content in tracked_files():
        for pattern in (machine, registry_host):
            found = pattern.findall(content)
            assert not found, f"{name} names {found[0]}"


# ------------------------------------------------------------------------------- the graph


def test_the_printed_graph_is_the_one_in_the_repository():
    kept = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert kept == printed(city_schema), "schema.graphql is not the graph: run `make schema`"


def described():
    """Everything of the graph that must have a description, by where it stands."""
    for name, kind in city_schema._schema.type_map.items():
        if name.startswith("__") or name in STANDARD:
            continue
        if name != "Query":
            yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{key}", one.description) for key, one in kind.values.items())
        elif isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
            yield from ((f"{name}.{key}", one.description) for key, one in kind.fields.items())


def test_every_type_field_and_value_is_described():
    silent = [place for place, description in described() if not (description or "").strip()]
    assert not silent, "without a description: " + ", ".join(silent)


def test_no_field_of_an_enum_or_input_shows_a_python_name():
    for name, kind in city_schema._schema.type_map.items():
        if isinstance(kind, (GraphQLObjectType, GraphQLInputObjectType)) and name[0] != "_":
            assert not [key for key in kind.fields if "_" in key], name


def test_every_scalar_of_the_graph_is_used_by_it():
    graph = city_schema._schema
    text = printed(city_schema)
    for name, kind in graph.type_map.items():
        if isinstance(kind, GraphQLScalarType) and name not in STANDARD:
            assert len(re.findall(rf"\b{name}\b", text)) > 1, name


# ------------------------------------------------------------------------------- ports, systems


@pytest.mark.parametrize("name", sorted(registry.PORTS))
def test_every_port_has_promises_and_a_connector_in_memory(name):
    port = registry.PORTS[name]
    domain = port.__module__.rpartition(".")[2]
    promises = import_module(f"connectors.testing.{domain}")
    assert hasattr(promises, f"{port.__name__}Promises"), f"no {port.__name__}Promises are shipped"
    memory = import_module(f"connectors.memory.{domain}")
    keeping = [
        kind
        for _, kind in inspect.getmembers(memory, inspect.isclass)
        if kind.__module__ == memory.__name__
        and all(hasattr(kind, method) for method in registry.promises(port))
    ]
    assert keeping, f"nothing in {memory.__name__} keeps all promises of {port.__name__}"


@pytest.mark.parametrize("name", sorted(registry.PORTS))
def test_every_port_is_served_or_announced_by_the_city(name):
    from catalog import bindings
    from catalog.pack import Pack

    lines = bindings.read_folder(Pack.of("kota_tangerang").folder / "sources")
    assert [line.key for line in lines if name in line.serves]


@pytest.mark.parametrize("system", sorted(registry.SYSTEMS))
def test_every_system_of_the_table_can_be_imported(system):
    assert callable(registry.find(system))


# ------------------------------------------------------------------------------- documents


def test_one_version_is_told_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    top = re.search(r"^## (\S+)", changes, re.MULTILINE)
    assert top is not None
    assert top[1] == project["version"] == gateway.VERSION


def test_every_setting_is_in_the_manual_and_no_other():
    manual = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", manual, re.MULTILINE))
    assert table == {setting.metadata["env"] for setting in fields(Settings)}


def test_every_command_is_in_the_manual():
    manual = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"python -m gateway {command}" in manual
