"""What becomes of a team's folder when it is read, and when it cannot be used."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import errors, registry
from connectors.declarative.app import read_app
from connectors.declarative.connector import options_of, submission_of
from connectors.declarative.requests import SecretName
from connectors.declarative.submission import RecordedFile, Submission
from connectors.ports.common import Text
from connectors.ports.connectors import Binding, ConnectorKind
from tests import builders
from tests.declarative.team import ALL, SETTINGS, sdl

GOOD = Submission("parkir", "parkir-kota", sdl(ALL), SETTINGS)


def line(submission: Submission, **changes: object) -> Binding:
    made = Binding(
        submission.key,
        Text({"id": "Parkir"}),
        ConnectorKind.DECLARATIVE,
        (),
        "declarative.app",
        options=json.loads(json.dumps(options_of(submission))),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def codes(submission: Submission) -> list[str]:
    return [finding.code for finding in read_app(submission).findings]


def test_a_good_folder_is_usable_and_knows_its_hosts():
    app = read_app(GOOD)
    assert app.usable
    assert app.hosts == {"parkir.example"}
    assert list(app.connects) == ["Query.parkirSemua"]
    (connect,) = app.connects["Query.parkirSemua"]
    source = app.source_of(connect)
    assert source is not None
    assert source.name == "p"


def test_the_same_texts_are_read_once_while_somebody_holds_them():
    app = read_app(replace(GOOD, tests=(RecordedFile("tests/a.yaml", "x: 1"),)))
    assert read_app(replace(GOOD, tests=(RecordedFile("tests/a.yaml", "x: 1"),))) is app
    assert read_app(GOOD) is not app
    gone = weakref.ref(app)
    del app
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("base", "settings", "hosts"),
    [
        ("https://Parkir.Example:8443/api", "", {"parkir.example:8443"}),
        ("http://10.1.2.3/{$config.jalan}", "config: {jalan: v1}\n", {"10.1.2.3"}),
        ("{$config.alamat}/x", "config: {alamat: 'http://127.0.0.1:99/y'}\n", {"127.0.0.1:99"}),
        ("https://a.example", "fallback: {base_url: 'https://b.example'}\n",
         {"a.example", "b.example"}),
    ],
)  # fmt: skip
def test_hosts_are_known_with_the_values_of_config(base: str, settings: str, hosts: set[str]):
    app = read_app(replace(GOOD, sdl=sdl(ALL, base=base), settings=SETTINGS + settings))
    assert app.usable
    assert app.hosts == hosts


def test_the_host_of_an_absolute_address_is_known():
    field = (
        'parkirSatu(id: ID): ID @connect(http: {GET: "HTTPS://Satu.Example/{$args.id}"},'
        ' selection: "$.id")'
    )
    app = read_app(replace(GOOD, sdl=sdl(field)))
    assert app.hosts == {"parkir.example", "satu.example"}


def test_a_base_address_that_config_does_not_give_is_found():
    app = replace(GOOD, sdl=sdl(ALL, base="{$config.alamat}/x"))
    assert codes(app) == ["BASE_ADDRESS"]
    assert not read_app(app).usable
    secret = replace(app, settings=SETTINGS + 'config: {alamat: "{secret:alamat}"}\n')
    assert codes(secret) == ["BASE_ADDRESS"]


def test_texts_handed_in_under_another_name_are_found():
    assert codes(replace(GOOD, key="lain")) == ["CONNECTOR_DIFFERS"]
    (found,) = read_app(replace(GOOD, app="lain")).findings
    assert (found.code, found.file, found.line, found.column) == (
        "APP_DIFFERS", "connector.yaml", 2, 1,
    )  # fmt: skip


def test_settings_that_cannot_be_read_make_no_app_and_no_fault():
    app = read_app(replace(GOOD, settings="- no\n- settings\n"))
    assert app.settings is None
    assert app.findings
    assert not app.usable


def test_only_config_names_secrets():
    settings = (
        'config: {a: "{secret:x}", b: "Kunci {secret:x}", c: {d: ["{secret:x}"]}, e: biasa}\n'
    )
    config = read_app(replace(GOOD, settings=SETTINGS + settings)).config
    assert isinstance(config["a"], SecretName)
    assert isinstance(config["b"], SecretName)
    assert isinstance(config["c"]["d"][0], SecretName)
    assert not isinstance(config["e"], SecretName)


def test_texts_go_through_the_options_of_a_line_and_back():
    whole = replace(GOOD, tests=(RecordedFile("tests/a.yaml", "x: 1"),))
    assert submission_of(json.loads(json.dumps(options_of(whole)))) == whole


@pytest.mark.parametrize(
    "options",
    [{}, {"submission": None}, {"submission": {"key": "x"}}, {"submission": "text"},
     {"submission": {"key": 1, "app": "x", "sdl": "", "settings": ""}},
     {"submission": {"key": "x", "app": "x", "sdl": "", "settings": "", "tests": [1]}}],
)  # fmt: skip
def test_options_without_texts_are_refused(options: dict[str, object]):
    with pytest.raises(errors.Broken):
        submission_of(options)


async def test_a_line_whose_texts_cannot_be_used_is_not_opened_and_says_the_first_fault():
    tools = builders.tools(folder=Path("/nowhere"))
    with pytest.raises(errors.Broken, match="SOURCE_UNKNOWN"):
        await registry.open_source(line(replace(GOOD, sdl=sdl(ALL.replace('"p"', '"q"')))), tools)
    with pytest.raises(errors.Broken, match="no texts"):
        await registry.open_source(line(GOOD, options={}), tools)


def test_the_upkeep_of_a_line_is_that_of_its_team_unless_the_operator_says_otherwise():
    tools = builders.tools(folder=Path("/nowhere"))
    said = replace(GOOD, settings=SETTINGS + "upkeep: {fresh_for: 7s, total_timeout: 4s}\n")
    upkeep = registry.upkeep_of(line(said), tools)
    assert (upkeep.policy.fresh_for, upkeep.policy.total_timeout) == (7.0, 4.0)
    assert upkeep.policy.max_bytes == 5_000_000
    assert upkeep.limits.hosts == {"parkir.example"}
    assert not upkeep.limits.private_hosts
    upkeep = registry.upkeep_of(line(said, upkeep={"fresh_for": "1m"}), tools)
    assert (upkeep.policy.fresh_for, upkeep.policy.total_timeout) == (60.0, 4.0)
