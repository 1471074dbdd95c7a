"""What a team says in connector.yaml, read as it was meant or refused with a place and a fix."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative import settings as module
from connectors.declarative.bounds import KNOWN as BOUNDED
from connectors.declarative.findings import Finding, blocking
from connectors.declarative.settings import (
    KNOWN,
    AppSettings,
    Contact,
    Names,
    PersonalData,
    read_settings,
)
from connectors.ports.common import Licence, SourceQuality, TriState
from connectors.upkeep import policy

LEAST = "connector: parkir\napp: parkir-kota\nname: Parkir\nprefix: Parkir\n"


def example() -> str:
    """The one in the documentation of the module."""
    found = re.search(r"```yaml\n(.*?)```", module.__doc__ or "", re.DOTALL)
    assert found
    return found[1]


def said(text: str) -> AppSettings:
    settings, findings = read_settings(text)
    assert [str(each) for each in findings] == []
    assert settings is not None
    return settings


def faults(text: str) -> list[tuple[str, int | None, int | None, str | None]]:
    _, findings = read_settings(text)
    for finding in findings:
        assert set(finding.message.by_lang) == {"id", "en"}
        assert finding.file == "connector.yaml"
    return [(each.code, each.line, each.column, each.path) for each in findings]


def only(text: str) -> Finding:
    _, findings = read_settings(text)
    assert len(findings) == 1, [str(each) for each in findings]
    return findings[0]


def test_the_example_of_the_documentation_says_all_there_is_to_say():
    settings = said(example())
    assert (settings.key, settings.app, settings.prefix) == ("parkir", "parkir-kota", "Parkir")
    assert settings.name.by_lang == {"id": "Parkir Kota", "en": "City Parking"}
    assert settings.owner == "DISHUB"
    assert settings.contact == Contact(
        "Tim Parkir Dishub", "parkir@dishub.example", "https://dishub.example/surat"
    )
    assert settings.names == Names(("Garasi",), ("Query.cariParkir",), ("Place",))
    assert settings.fallback == {
        "base_url": "https://cadangan.dishub.example/api",
        "source": "parkir",
    }
    assert settings.languages == ("id", "en")
    assert settings.licence == Licence(
        "CC-BY-4.0", "Dinas Perhubungan Kota Tangerang", TriState.YES
    )
    assert settings.quality is SourceQuality.OFFICIAL
    assert settings.personal_data == (
        PersonalData("ParkirKendaraan.pelat", "mencari kendaraan yang dilaporkan hilang"),
    )
    assert settings.config == {"kota": "3671", "kunci": "{secret:api-key}"}
    assert settings.expires == date(2027, 12, 31)
    assert settings.private == ("Query.parkirSaya",)
    assert settings.samples == {"Query.parkirLot": {"id": "L1"}}
    assert [name for name in KNOWN if f"\n{name}:" not in "\n" + example()] == []


def test_the_upkeep_of_the_example_is_what_the_policy_reads():
    read = policy.read(said(example()).upkeep)
    assert read["total_timeout"] == 4
    assert read["fresh_for"] == 60
    assert read["stale_for"] == 600
    assert read["keep_for"] == 86_400
    assert read["max_concurrent"] == 4
    assert read["quiet_hours"][0].start.hour == 23


def test_four_lines_are_enough():
    settings = said(LEAST)
    assert settings.name.by_lang == {"id": "Parkir"}
    assert settings.languages == ("id",)
    assert settings.upkeep == {}


def test_every_missing_name_is_told_at_once():
    assert faults("owner: DISHUB\n") == [
        ("KEY_MISSING", 1, 1, "/connector"),
        ("KEY_MISSING", 1, 1, "/app"),
        ("KEY_MISSING", 1, 1, "/prefix"),
        ("KEY_MISSING", 1, 1, "/name"),
    ]
    assert read_settings("owner: DISHUB\n")[0] is None


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    finding = only(LEAST + "contacts: {name: Tim}\n")
    assert (finding.code, finding.line, finding.column) == ("KEY_UNKNOWN", 5, 1)
    assert finding.fix is not None
    assert "`contact`" in finding.fix.pick("id")
    nested = only(LEAST + "upkeep:\n  timeout: 3s\n")
    assert nested.fix is not None
    assert "`total_timeout`" in nested.fix.pick("en")


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "YAML_EMPTY", 1, 1),
        ("# nothing here\n", "YAML_EMPTY", 1, 1),
        ("a: &x 1\nb: *x\n", "YAML_ALIAS", 2, 4),
        ("a: !!python/object/apply:os.system [ls]\n", "YAML_TAG", 1, 4),
        ("a: 1\n---\nb: 2\n", "YAML_SYNTAX", 2, 1),
        ("name: Parkir: kota\n", "YAML_SYNTAX", 1, 13),
        ("contact:\n\tname: x\n", "YAML_SYNTAX", 2, 1),
        ("name: 'Parkir\n", "YAML_SYNTAX", 2, 1),
        ("name: @parkir\n", "YAML_SYNTAX", 1, 7),
        ("name: \x07\n", "YAML_SYNTAX", 1, 7),
        ("[" * 100_000, "YAML_TOO_LARGE", 1, 61),
        ("a: [" + "1," * 49_000 + "1]", "KEY_UNKNOWN", 1, 1),
        ("x" * 100_001, "YAML_TOO_LARGE", 1, 1),
    ],
)
def test_a_text_that_is_no_plain_yaml_is_refused_at_its_place(text, code, line, column):
    settings, findings = read_settings(text)
    assert settings is None
    assert (code, line, column) in [(each.code, each.line, each.column) for each in findings]


def test_a_name_that_is_there_twice_is_refused_wherever_it_is():
    assert faults(LEAST + "upkeep:\n  max_retries: 1\n  max_retries: 2\n") == [
        ("YAML_KEY_TWICE", 7, 3, None)
    ]


def test_names_and_texts_are_not_taken_for_something_else():
    settings = said(
        LEAST + "config: {sandi: 08123, jam: 22:30, norwegia: no, versi: 1.10, tanggal: 2026-01-01,"
        " banyak: 12, ada: true, kosong: null, tujuh: '7'}\n"
    )
    assert settings.config == {
        "sandi": "08123",
        "jam": "22:30",
        "norwegia": "no",
        "versi": 1.1,
        "tanggal": "2026-01-01",
        "banyak": 12,
        "ada": True,
        "tujuh": "7",
    }


@pytest.mark.parametrize("written", ['"{secret:kunci}"', "{secret:kunci}", "{secret: kunci}"])
def test_a_secret_is_named_with_or_without_quotes(written):
    assert said(LEAST + f"config:\n  k: {written}\n").config == {"k": "{secret:kunci}"}


@pytest.mark.parametrize("written", ['"{secret:Kunci Besar}"', "{secret: a/b}", '"{secret:x"'])
def test_a_secret_with_an_impossible_name_is_refused(written):
    assert faults(LEAST + f"config:\n  k: {written}\n") == [("VALUE_WRONG", 6, 6, "/config/k")]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30", 30),
        ("30s", 30),
        ("250ms", 0.25),
        ("2h", 7200),
        ("1d", 86_400),
        ("15 menit", 900),
        ("2 jam", 7200),
        ("1 hari", 86_400),
        ("1 minggu", 604_800),
        ("1.5 jam", 5400),
        ("10 detik", 10),
    ],
)
def test_times_are_written_in_either_language(written, seconds):
    upkeep = said(LEAST + f"upkeep: {{fresh_for: {written}}}\n").upkeep
    assert policy.read(upkeep) == {"fresh_for": seconds}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("total_timeout: 16s", "VALUE_TOO_MUCH"),
        ("total_timeout: 0", "VALUE_WRONG"),
        ("total_timeout: sebentar", "VALUE_WRONG"),
        ("keep_for: selamanya", "VALUE_TOO_MUCH"),
        ("max_bytes: 5000001", "VALUE_TOO_MUCH"),
        ("max_retries: 4", "VALUE_TOO_MUCH"),
        ("max_retries: 1.5", "VALUE_WRONG"),
        ("calls_per_minute: 1000", "VALUE_TOO_MUCH"),
        ("max_concurrent: 100", "VALUE_TOO_MUCH"),
        ("retry_budget: 1", "VALUE_TOO_MUCH"),
        ("quiet_hours: [malam]", "VALUE_WRONG"),
        ("maintenance: [{start: kemarin, end: besok}]", "VALUE_WRONG"),
        ("hosts: [lain.example]", "VALUE_OF_OPERATOR"),
    ],
)
def test_a_team_asks_of_the_upkeep_only_what_hurts_nobody(line, code):
    settings, findings = read_settings(LEAST + f"upkeep:\n  {line}\n")
    assert [(each.code, each.line) for each in findings] == [(code, 6)]
    assert settings is not None
    assert settings.upkeep == {}


def test_everything_a_team_may_ask_for_is_a_name_of_the_policy_and_only_hosts_are_not():
    assert {each.name for each in fields(policy.Policy)} - set(BOUNDED) == {"hosts"}


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ("contact: {email: a@b.example}", "KEY_MISSING", "/contact/name"),
        ("contact: {name: Tim, email: nobody}", "VALUE_WRONG", "/contact/email"),
        ("contact: {name: Tim, webhook: 'http://a.example/'}", "VALUE_WRONG", "/contact/webhook"),
        (
            "contact: {name: Tim, webhook: 'https://u:p@a.example/'}",
            "VALUE_WRONG",
            "/contact/webhook",
        ),
        ("contact: Tim", "VALUE_KIND", "/contact"),
        ("names: {fields: [cari]}", "VALUE_WRONG", "/names/fields/0"),
        ("fallback: {source: parkir}", "KEY_MISSING", "/fallback/base_url"),
        ("fallback: {base_url: '{secret:x}'}", "VALUE_WRONG", "/fallback/base_url"),
        ("languages: [Indonesia]", "VALUE_WRONG", "/languages/0"),
        ("licence: {redistribution: mungkin}", "VALUE_WRONG", "/licence/redistribution"),
        ("quality: TERBAIK", "VALUE_WRONG", "/quality"),
        ("personal_data: [{purpose: apa saja}]", "KEY_MISSING", "/personal_data/0/field"),
        ("personal_data: {pelat: x}", "VALUE_WRONG", "/personal_data/pelat"),
        ("config: {a-b: 1}", "VALUE_WRONG", "/config/a-b"),
        ("expires: 2027-02-30", "VALUE_WRONG", "/expires"),
        ("expires: besok", "VALUE_WRONG", "/expires"),
        ("private: ['Query parkir']", "VALUE_WRONG", "/private/0"),
        ("samples: {Query.lot: 7}", "VALUE_KIND", "/samples/Query.lot"),
        ("owner: {code: x}", "VALUE_KIND", "/owner"),
        ("owner: '" + "x" * 61 + "'", "VALUE_TOO_MUCH", "/owner"),
    ],
)
def test_a_value_that_cannot_be_is_told_and_left_out(line, code, path):
    settings, findings = read_settings(LEAST + line + "\n")
    assert [(each.code, each.path, each.line) for each in findings] == [(code, path, 5)]
    assert settings is not None
    assert settings == said(LEAST) or settings.contact is not None


def test_personal_data_may_be_a_list_and_a_purpose_may_be_missing_for_the_lint_to_see():
    written = (
        "personal_data:\n  - ParkirMobil.pelat\n  - {field: ParkirMobil.nik, purpose: denda}\n"
    )
    assert said(LEAST + written).personal_data == (
        PersonalData("ParkirMobil.pelat", ""),
        PersonalData("ParkirMobil.nik", "denda"),
    )
    assert said(LEAST + "personal_data:\n  ParkirMobil.pelat:\n").personal_data == (
        PersonalData("ParkirMobil.pelat", ""),
    )


def test_a_prefix_begins_with_a_capital():
    assert faults(LEAST.replace("prefix: Parkir", "prefix: parkir")) == [
        ("VALUE_WRONG", 4, 9, "/prefix")
    ]


def test_places_are_remembered_for_what_others_find():
    settings = said(LEAST + "upkeep:\n  fresh_for: 1m\n")
    assert settings.places["/prefix"] == (4, 1)
    assert settings.places["/upkeep/fresh_for"] == (6, 3)


def test_of_thousands_of_faults_only_the_first_are_told():
    _, findings = read_settings("\n".join(f"kunci{index}: 1" for index in range(5_000)))
    assert len(findings) == 100
    _, findings = read_settings("\n".join(["a: 1"] * 5_000))
    assert len(findings) <= 200


@given(st.text(max_size=300))
def test_whatever_is_written_reading_never_fails(text):
    settings, findings = read_settings(text)
    assert settings is not None or blocking(findings)


@given(
    st.dictionaries(
        st.sampled_from([*KNOWN, "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["name", "field", "id", "secret", "fresh_for", "maintenance", "spdx"]
                    ),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=6,
        ),
    )
)
def test_whatever_stands_in_a_place_reading_never_fails(said_there):
    settings, findings = read_settings(json.dumps(said_there))
    assert settings is not None or blocking(findings)
