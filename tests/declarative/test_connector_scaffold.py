"""A folder begun from one saved answer can be read, linted and tested as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.findings import blocking
from connectors.declarative.guessing import field_name, quoted
from connectors.declarative.lint import lint
from connectors.declarative.mapping import apply
from connectors.declarative.recorded import run_recorded
from connectors.declarative.scaffold import Scaffold, scaffold
from schema.composing import compose

ADDRESS = "https://parkir.example/api/lot"
CITY = build_schema("type Query { city: String }")


def begun(answer: Any, address: str = ADDRESS, **more: Any) -> Scaffold:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return scaffold(text, key="parkir", app="parkir", prefix="Parkir", address=address, **more)


def read(made: Scaffold) -> DeclaredApp:
    """As it is handed in; fails where anything is wrong with it."""
    app = read_app(made.submission)
    assert [str(each) for each in (*app.description.faults, *app.findings)] == []
    report = run_recorded(app)
    codes = {each.code for each in report.findings}
    assert codes <= {"TEST_PERSONAL_DATA"}, [str(each) for each in report.findings]
    assert report.passed == 1
    found = lint(app, CITY)
    assert not blocking(found), [str(each) for each in found]
    assert compose(CITY, [app]).joined == ("parkir",)
    return app


def result(made: Scaffold) -> Any:
    report = run_recorded(read(made))
    outcome = report.results[0].outcome
    assert outcome is not None
    return outcome.value


def types(made: Scaffold) -> dict[str, str]:
    """The fields of the types, `Type.field` and how they are written."""
    found, name = {}, ""
    for line in made.submission.sdl.splitlines():
        if line.startswith("type "):
            name = line.split()[1]
        elif name and line.startswith("  ") and ": " in line:
            field, _, kind = line.strip().partition(": ")
            found[f"{name}.{field}"] = kind
    return found


def test_a_list_in_its_wrapper_becomes_a_field_of_query():
    made = begun(
        {
            "status": "ok",
            "data": [
                {"id": 7, "nama_lot": "A", "buka": True, "tarif": 2000, "jarak": 1.5},
                {"id": 8, "nama_lot": None, "buka": False, "tarif": 3000, "jarak": 2},
            ],
        }
    )
    assert "parkirLot: [ParkirLot]" in made.submission.sdl
    assert types(made) == {
        "ParkirLot.id": "ID",
        "ParkirLot.namaLot": "String",
        "ParkirLot.buka": "Boolean",
        "ParkirLot.tarif": "Int",
        "ParkirLot.jarak": "Float",
    }
    assert result(made)[1] == {
        "id": 8, "namaLot": None, "buka": False, "tarif": 3000, "jarak": 2,
    }  # fmt: skip


def test_nested_objects_and_lists_have_types_of_their_own():
    made = begun(
        {
            "kode": "L1",
            "alamat": {"jalan": "Jl. Daan Mogot", "kota": {"nama": "Tangerang"}},
            "kamar": [{"kota": {"kode": 1}}, {"kota": None, "lantai": 2}],
            "jam": ["08:00", "16:00"],
            "matriks": [[1, 2], [3.5]],
        }
    )
    found = types(made)
    assert found["ParkirLot.alamat"] == "ParkirAlamat"
    assert found["ParkirAlamat.kota"] == "ParkirKota"
    assert found["ParkirLot.kamar"] == "[ParkirKamar]"
    assert found["ParkirKamar.kota"] == "ParkirKamarKota"
    assert found["ParkirKamar.lantai"] == "Int"
    assert found["ParkirLot.jam"] == "[String]"
    assert found["ParkirLot.matriks"] == "[[Float]]"
    assert result(made)["kamar"] == [{"kota": {"kode": 1}}, {"lantai": 2}]


def test_what_has_no_one_kind_becomes_a_text_of_json_and_dates_stay_texts():
    made = begun({"aneh": [1, {"a": 2}], "campur": [1, "dua", True], "tgl": "2026-11-24"})
    assert types(made) == {
        "ParkirLot.aneh": "String",
        "ParkirLot.campur": "[String]",
        "ParkirLot.tgl": "String",
    }
    assert made.odd == ("aneh",)
    assert result(made)["aneh"] == '[1,{"a":2}]'


def test_objects_with_data_for_keys_become_lists_of_pairs():
    made = begun({"harian": {"2026-11-23": {"jumlah": 4}, "2026-11-24": {"jumlah": 7}}})
    assert types(made)["ParkirLot.harian"] == "[ParkirHarian]"
    assert types(made)["ParkirHarian.isi"] == "ParkirHarianIsi"
    assert result(made)["harian"][1] == {"kunci": "2026-11-24", "isi": {"jumlah": 7}}


def test_odd_keys_are_written_so_that_every_version_reads_them_alike():
    made = begun({"Jumlah (unit)": 3, "true": 1, "": 2, "nilai": 4, 'a"b': 5, "é\n": 6})
    assert '$."Jumlah (unit)"' in made.submission.sdl
    assert '$."true"' in made.submission.sdl
    assert result(made) == {
        "jumlahUnit": 3, "nilaiTrue": 1, "nilai": 2, "nilai2": 4, "aB": 5, "e": 6,
    }  # fmt: skip


def test_numbers_that_no_int_of_the_graph_can_hold_are_not_cut():
    made = begun({"a": 2**31, "b": 2**60, "id": 2**60, "c": -(2**31)})
    assert types(made) == {
        "ParkirLot.a": "Float", "ParkirLot.b": "String", "ParkirLot.id": "ID", "ParkirLot.c": "Int",
    }  # fmt: skip


def test_what_says_something_about_a_person_is_masked_and_declared():
    made = begun(
        {"data": [{"nik": "3671042501900003", "no_hp": "0812", "catatan": "hub 081234567890"}]}
    )
    text = "\n".join(made.texts.values())
    assert "3671042501900003" not in text
    assert "0812" not in text
    assert made.personal == ("ParkirLot.nik", "ParkirLot.noHp")
    settings_read = read(made).settings
    assert settings_read is not None
    assert [each.field for each in settings_read.personal_data] == list(made.personal)


def test_places_in_the_address_become_arguments_and_keys_in_it_secrets():
    made = begun(
        {"id": 1},
        "https://parkir.example:8443/api/lot/{id}/kamar?kota={kota}&api_key=RAHASIA",
        values={"id": "L1"},
    )
    sdl = made.submission.sdl
    assert 'baseURL: "https://parkir.example:8443/api"' in sdl
    assert "parkirKamar(id: ID!, kota: ID!): ParkirKamar" in sdl
    assert "/lot/{$args.id}/kamar?kota={$args.kota}&api_key={$config.apiKey}" in sdl
    assert "RAHASIA" not in "".join(made.texts.values())
    request = run_recorded(read(made)).results[0].request
    assert request is not None
    assert request.url == (
        "https://parkir.example:8443/api/lot/L1/kamar?kota=1&api_key={secret:api-key}"
    )


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("https://a.example", "parkirSemua"),
        ("https://a.example/", "parkirSemua"),
        ("https://a.example/data-parkir.json", "parkirJson"),
        ("https://a.example/parkir", "parkirParkir"),
        ("https://a.example/v1/{id}", "parkirV1"),
        ("https://[2001:db8::1]/lot/", "parkirLot"),
    ],
)
def test_the_field_is_named_after_the_address(address: str, field: str):
    made = begun([{"id": 1}], address)
    assert f"  {field}" in made.submission.sdl
    read(made)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"answer": "{"}, "not JSON (line 1, column 2)"),
        ({"answer": "[" * 100_000}, "too many levels"),
        ({"answer": "9" * 5_000}, "a number that is too long"),
        ({"answer": '"' + "x" * 5_000_000 + '"'}, "longer than 5000000"),
        ({"address": "ftp://a.example/x"}, "http or https"),
        ({"address": "https://u:p@a.example/x"}, "without a password"),
        ({"address": "https://{host}/x"}, "{name} for arguments"),
        ({"address": "https://a.example/{x y}"}, "{name} for arguments"),
        ({"address": "/lot"}, "a host"),
        ({"key": "Parkir"}, "key 'Parkir'"),
        ({"app": ""}, "app ''"),
        ({"prefix": "parkir"}, "a capital"),
    ],
)
def test_what_cannot_be_begun_is_told_in_a_sentence(more: dict[str, str], words: str):
    given = {"answer": "{}", "key": "parkir", "app": "parkir", "prefix": "Parkir"}
    asked = {**given, "address": ADDRESS, **more}
    with pytest.raises(ValueError) as caught:
        scaffold(asked.pop("answer"), **asked)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_an_answer_of_any_size_is_recorded_in_short():
    rows = [{"id": each, "isi": "x" * 1_000} for each in range(500)]
    made = begun({"data": rows})
    assert len(made.submission.tests[0].text) < 10_000
    assert len(result(made)) == 3


@pytest.mark.parametrize("answer", ["null", "12", '"teks"', "[]", "{}", "[1,null]", "[[],[{}]]"])
def test_an_answer_that_is_hardly_one_gives_a_folder_too(answer: str):
    read(begun(answer))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["3671042501900003", "081234567890", "a@b.com", "2026-01-01", '"""']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5)
            | st.sampled_from(
                ["id", "data", "nama", "nik", "true", "__typename", "2026-01-01", "7", "a.b", '"""']
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(JSON)
def test_whatever_was_answered_the_folder_passes_its_own_tests_and_the_lint(answer: Any):
    read(begun(json.dumps(answer)))


@given(st.text(max_size=20))
def test_any_key_can_be_selected_and_has_a_name(key: str):
    assert apply(f"x: $.{quoted(key)}", {key: 7}) == ({"x": 7}, [])
    name = field_name(key)
    assert name.isidentifier()
    assert name.isascii()
    assert not name.startswith("_")
