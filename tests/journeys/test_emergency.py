"""Somebody needs help: the real data pack, through the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('emergency')}/city.db") as opened:
        yield opened


async def contacts(city: City, arguments: str = "", fields: str = "dial") -> list[dict[str, Any]]:
    given = f"({arguments})" if arguments else ""
    data = await city.data(f"{{ emergencyContacts{given} {{ {fields} }} }}")
    found: list[dict[str, Any]] = data["emergencyContacts"]
    return found


async def test_the_number_of_the_city_comes_first_and_answers_day_and_night(city: City) -> None:
    first, *_ = found = await contacts(
        city,
        fields="""kind name en: name(lang: "en") dial e164 whatsapp isShortCode tollFree priority
        available { raw openAt nextChange } point { lat } area { kode }
        source { asOf localId connector { key } }""",
    )
    assert len(found) == 35
    assert first == {
        "kind": "GENERAL",
        "name": "Tangerang Siaga 112",
        "en": "City emergency call centre",
        "dial": "112",
        "e164": None,
        "whatsapp": None,
        "isShortCode": True,
        "tollFree": True,
        "priority": 1,
        "available": {"raw": "24/7", "openAt": True, "nextChange": None},
        "point": None,
        "area": {"kode": "36.71"},
        "source": {
            "asOf": "2026-01-01T00:00:00+07:00",
            "localId": "112",
            "connector": {"key": "darurat"},
        },
    }
    assert [c["priority"] for c in found] == list(range(1, 36))


async def test_lines_can_be_dialled_from_abroad_and_short_codes_cannot(city: City) -> None:
    found = await contacts(city, fields="dial e164 isShortCode")
    by_dial = {c["dial"]: c for c in found}
    assert by_dial["0215582144"]["e164"] == "+62215582144"
    assert by_dial["08111500293"]["e164"] == "+628111500293"
    short = {c["dial"] for c in found if c["isShortCode"]}
    assert short == {"112", "110", "113", "115", "117", "119", "118", "1708", "14080", "135"}
    assert all(by_dial[dial]["e164"] is None for dial in short)


async def test_numbers_of_2011_say_that_they_are_of_2011(city: City) -> None:
    found = await contacts(city, fields="source { asOf }")
    old = [c for c in found if c["source"]["asOf"] == "2011-01-01T00:00:00+07:00"]
    assert len(old) == 8


async def test_kinds_narrow_the_list(city: City) -> None:
    assert await contacts(city, "kinds: [FIRE]") == [
        {"dial": "113"}, {"dial": "0215522366"}, {"dial": "02155732113"},
        {"dial": "02173450934"}, {"dial": "02159319462"},
    ]  # fmt: skip
    assert await contacts(city, "kinds: [WATER, RESCUE]") == [
        {"dial": "115"},
        {"dial": "0215523338"},
    ]
    assert await contacts(city, "kinds: [FLOOD]") == []
    assert len(await contacts(city, "kinds: []")) == 35


async def test_every_kelurahan_is_served_by_the_city_and_the_nation(city: City) -> None:
    for code in ("36.71", "36.71.05", "36.71.05.1001"):
        assert len(await contacts(city, f'area: "{code}"')) == 35


async def test_112_stays_first_and_those_with_a_position_follow_the_nearest_first(
    city: City,
) -> None:
    found = await contacts(city, "near: {lat: -6.196, lng: 106.629}", "dial priority point { lat }")
    assert found[0]["dial"] == "112"
    everywhere = [c["priority"] for c in found if c["point"] is None]
    assert everywhere == sorted(everywhere)
    # 40 m, 3.0 km and 3.1 km off: the water company, the hospital, the city hall.
    assert [c["dial"] for c in found[-3:]] == ["0215523338", "0215523507", "02155764955"]


async def test_positions_without_a_licence_can_be_left_out(city: City, tmp_path: Any) -> None:
    fields = "dial point { lat } source { licence { redistribution } }"
    found = await contacts(city, "kinds: [HOSPITAL, WATER]", fields)
    assert [(c["dial"], c["source"]["licence"]["redistribution"]) for c in found] == [
        ("0215523507", "UNKNOWN"), ("0215522794", "YES"), ("0215523338", "UNKNOWN"),
    ]  # fmt: skip
    url = f"sqlite:///{tmp_path}/without.db"
    async with opened_city(url, unlicensed_coordinates=False) as without:
        left = await contacts(without, fields=fields)
    assert [c["dial"] for c in left if c["point"]] == ["02155764955"]
    assert {c["source"]["licence"]["redistribution"] for c in left} == {"YES"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ('area: "36.74"', "OUT_OF_AREA", "`area`: 36.74 is not an area of this city"),
        ('area: "kota"', "BAD_INPUT", "`area` must be a Kemendagri code"),
        ("near: {lat: -91, lng: 0}", "BAD_INPUT", "`near`: latitude"),
    ],
)
async def test_wrong_input_says_where_and_what_to_do(
    city: City, arguments: str, code: str, message: str
) -> None:
    result = await city.ask(f"{{ emergencyContacts({arguments}) {{ dial }} }}")
    assert result.data == {"emergencyContacts": None}
    assert result.errors is not None
    error: Any = result.errors[0].original_error
    assert error.code.value == code
    assert message in error.message


async def test_without_the_source_there_is_no_list_but_a_reason(city: City) -> None:
    with city.without("darurat"):
        result = await city.ask("{ emergencyContacts { dial } }")
    assert result.data == {"emergencyContacts": None}
    assert result.errors is not None
    assert type(result.errors[0].original_error).__name__ == "SwitchedOff"
