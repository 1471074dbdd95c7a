"""Catalogue lines: read strictly, written back whole, switched by operators."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from catalog import bindings
from catalog.everything import metadata
from catalog.pack import CITIES
from catalog.tables import sources
from connectors.kinds.sql import open_engine
from connectors.ports.common import Licence, SourceQuality, TriState
from connectors.ports.connectors import (
    AuthKind,
    Capability,
    ConnectorKind,
    CoverageLevel,
    FieldCoverage,
    SearchType,
)

LINE = """
[[source]]
key = "wilayah"
name = { id = "Wilayah", en = "Areas" }
kind = "SQL"
serves = ["areas"]
"""


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_short_line_has_honest_defaults(folder):
    (line,) = bindings.read_folder(folder(areas=LINE))
    assert (line.key, line.kind, line.serves) == ("wilayah", ConnectorKind.SQL, ("areas",))
    assert line.system is None
    assert line.quality is SourceQuality.PUBLISHED
    assert line.licence is None
    assert line.auth is AuthKind.NONE
    assert line.name.pick("en") == "Areas"


def test_a_full_line_is_read_and_written_back_the_same(folder):
    text = (
        LINE
        + """
system = "store.areas"
domain = ["PLACE"]
owner = "diskominfo"
options = { folder = "x", deep = { a = 1 } }
quality = "OFFICIAL"
licence = { spdx = "MIT", attribution = "cahyadsn", redistribution = "YES" }
capabilities = ["LIST", "NEAR"]
coverage = [{ field = "Area.name", level = "FULL" }, { field = "Area.boundary", level = "PARTIAL", note = "x" }]
auth = "BASIC"
contract_version = 2
version = 3
app = "peta"
"""
    )
    (line,) = bindings.read_folder(folder(areas=text))
    assert line.licence == Licence("MIT", "cahyadsn", TriState.YES)
    assert line.capabilities == (Capability.LIST, Capability.NEAR)
    assert line.domain == (SearchType.PLACE,)
    assert line.coverage[1] == FieldCoverage("Area.boundary", CoverageLevel.PARTIAL, "x")
    assert line.contract_version == "2"
    assert bindings.read(bindings.written(line)) == line


def test_every_line_of_every_city_is_written_back_the_same():
    for city in CITIES.glob("*/sources"):
        for line in bindings.read_folder(city):
            assert bindings.read(bindings.written(line)) == line


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[source]]\nkey = \n", r"areas\.toml: .*line 2"),
        (LINE.replace("[[source]]", "[[sources]]"), r"areas\.toml: .*\[\[source\]\]"),
        (LINE.replace("[[source]]", "[source]"), r"areas\.toml: .*\[\[source\]\]"),
        ("", r"areas\.toml: .*\[\[source\]\]"),
        (LINE + LINE.replace("wilayah", "a b"), r"areas\.toml, source 2 \(a b\): the key 'a b'"),
        (LINE.replace("wilayah", "a:b"), "small letters, digits and dashes"),
        (
            LINE.replace('key = "wilayah"', ""),
            r"source 1 \(without key\): the field 'key' is missing",
        ),
        (LINE.replace('kind = "SQL"', ""), "the field 'kind' is missing"),
        (LINE.replace('"SQL"', '"SQLITE"'), "'SQLITE' is not a valid ConnectorKind"),
        (LINE.replace('["areas"]', '"areas"'), "the field 'serves' has the wrong type: str"),
        (LINE.replace('"wilayah"', "1"), "the field 'key' has the wrong type: int"),
        (LINE.replace('["areas"]', '["area"]'), "unknown port 'area'; there are: .*areas"),
        (LINE.replace('{ id = "Wilayah", en = "Areas" }', "{}"), "at least one language"),
        (LINE + 'ownr = "x"\n', "unknown field 'ownr'; known are: .*owner"),
        (LINE + 'quality = "GOOD"\n', "'GOOD' is not a valid SourceQuality"),
        (LINE + 'coverage = [{ field = "Area.name" }]\n', "None is not a valid CoverageLevel"),
        (LINE + LINE, r"areas\.toml: the key 'wilayah' is used twice"),
    ],
)
def test_a_fault_is_named_with_its_file_and_its_place(folder, text, fault):
    with pytest.raises(ValueError, match=fault):
        bindings.read_folder(folder(areas=text))


def test_a_key_used_in_two_files_is_a_fault_of_the_second(folder):
    with pytest.raises(ValueError, match=r"b\.toml: the key 'wilayah' is used twice"):
        bindings.read_folder(folder(a=LINE, b=LINE))


def test_lines_come_by_file_and_place(folder):
    lines = bindings.read_folder(
        folder(b=LINE, a=LINE.replace("wilayah", "z") + LINE.replace("wilayah", "y"))
    )
    assert [line.key for line in lines] == ["z", "y", "wilayah"]


async def test_switches_are_kept_beside_the_lines(database_url, folder):
    (line,) = bindings.read_folder(folder(areas=LINE))
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=[sources])
        for position, one in enumerate((line, replace(line, key="opd"))):
            await connection.execute(
                sources.insert().values(
                    key=one.key, position=-position, binding=bindings.written(one), enabled=True
                )
            )
        await bindings.switch(connection, "opd", on=False)
        found = [(one.key, on) for one, on in await bindings.stored(connection)]
        assert found == [("opd", False), ("wilayah", True)]
        assert await bindings.switches(connection) == {"opd": False, "wilayah": True}
        with pytest.raises(LookupError, match="no source 'opt'; there are: opd, wilayah"):
            await bindings.switch(connection, "opt", on=True)
    await engine.dispose()


async def test_a_stored_line_of_another_version_is_left_out_and_told(database_url, caplog):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        good = {"key": "a", "name": {"id": "A"}, "kind": "SQL", "serves": ["areas"]}
        await connection.execute(
            insert(sources),
            [
                {"key": "a", "position": 0, "binding": good, "enabled": True},
                {
                    "key": "b",
                    "position": 1,
                    "enabled": True,
                    "binding": {**good, "key": "b", "serves": ["teleports"]},
                },
            ],
        )
        lines = await bindings.stored(connection)
    await engine.dispose()
    assert [line.key for line, _ in lines] == ["a"]
    assert [record.source for record in caplog.records] == ["b"]
