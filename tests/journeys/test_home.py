"""The portal's first screen: nine sections in one request, each failing alone."""

from collections import Counter

import pytest

from connectors.ports.connectors import SourceState
from resolvers.home import SECTIONS, HomeSection
from tests.cities import opened_city

HERE = "{ lat: -6.1783, lng: 106.6319 }"
SCREEN = """
query Home($at: GeoPointInput, $area: String, $sections: [HomeSection!], $lang: Locale) {
  home(at: $at, area: $area, sections: $sections, lang: $lang) {
    generatedAt
    area { kode name }
    alerts { headline }
    myComplaints { id }
    complaintSummary { total rows { keys count } }
    departures { departures { leavesAt headsign line { shortName mode } stop { name } trip { id } } }
    prices { commodity { name } price { amount formatted } trend date source { quality } }
    jobs { title employer closesAt source { quality } }
    events { name startsAt source { quality } }
    places { name kind distanceM(from: { lat: -6.1783, lng: 106.6319 }) }
    apps { name inPortal }
    emergency { name dial kind }
    sources { connector { key } state code message }
  }
}
"""
AT = {"lat": -6.1783, "lng": 106.6319}


@pytest.fixture(scope="module")
def database_of_home(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('home')}/city.db"


@pytest.fixture
async def city(database_of_home):
    async with opened_city(database_of_home) as opened:
        yield opened


def counting(city):
    """How often each source is asked, from now on."""
    counts: Counter[str] = Counter()

    def counted(source, ask):
        async def asking(question):
            counts[source.key] += 1
            return await ask(question)

        return asking

    for source in city.board:
        source.answer = counted(source, source.answer)
    return counts


async def test_every_section_answers_or_says_why_not(city):
    home = (await city.data(SCREEN, at=AT))["home"]
    assert home["area"] == {"kode": "36.71.01.1007", "name": "Sukasari"}
    assert home["alerts"] is None
    assert home["myComplaints"] is None
    assert home["complaintSummary"]["total"] > 1000
    assert [d["leavesAt"] for d in home["departures"]["departures"]] == sorted(
        d["leavesAt"] for d in home["departures"]["departures"]
    )
    assert {d["line"]["mode"] for d in home["departures"]["departures"]} == {"BUS", "RAIL"}
    assert home["prices"]
    assert home["jobs"][0]["source"] == {"quality": "SAMPLE"}
    distances = [place["distanceM"] for place in home["places"]]
    assert distances == sorted(distances)
    assert len(home["apps"]) == 30
    assert home["emergency"][0] == {
        "name": "Tangerang Siaga 112",
        "dial": "112",
        "kind": "GENERAL",
    }
    states = {s["connector"]["key"]: s["state"] for s in home["sources"]}
    assert states.pop("bmkg-peringatan") == "DISABLED"
    assert set(states.values()) == {"OK"}


async def test_apps_with_a_name_come_before_entries_that_nobody_has_claimed(city):
    home = (await city.data("{ home { apps { name claimed } } }"))["home"]
    assert [app["claimed"] for app in home["apps"]] == [True] * 21 + [False] * 9
    assert home["apps"][0]["name"] == "Tangerang LIVE"


async def test_who_does_not_say_where_they_are_sees_places_near_the_middle_of_the_city(city):
    centre = "lat: -6.17028, lng: 106.64028"
    home = (await city.data(f"{{ home {{ places {{ distanceM(from: {{{centre}}}) }} }} }}"))["home"]
    distances = [place["distanceM"] for place in home["places"]]
    assert distances == sorted(distances)
    assert distances[-1] < 2_000


async def test_each_source_is_asked_at_most_once_for_the_screen(city):
    counts = counting(city)
    await city.data(f"{{ home(at: {HERE}) {{ {_bare()} }} }}")
    assert counts
    assert {key: count for key, count in counts.items() if count > 1} == {}


async def test_only_the_sections_that_are_selected_are_asked_for(city):
    counts = counting(city)
    await city.data("{ home { emergency { dial } ... on Home { jobs @skip(if: true) { id } } } }")
    assert counts == {"darurat": 1}


async def test_sections_that_are_not_wanted_are_null_and_not_asked(city):
    home = (await city.data(SCREEN, at=AT, sections=["EMERGENCY", "APPS"]))["home"]
    assert home["emergency"]
    assert home["apps"]
    assert home["places"] is None
    assert {s["connector"]["key"] for s in home["sources"]} == {"darurat", "katalog"}


@pytest.mark.parametrize("section", list(HomeSection), ids=lambda section: section.value)
async def test_a_dead_source_takes_only_its_own_section_away(city, section):
    field = {"COMPLAINTS": "complaintSummary"}.get(section.value, section.value.lower())
    port = SECTIONS[section][1]
    for source in city.board.serving(port):
        source.enabled = False
    home = (await city.data(SCREEN, at=AT))["home"]
    assert home[field] is None
    others = {
        "complaintSummary", "departures", "prices", "jobs", "events", "places", "apps", "emergency",
    } - {field}  # fmt: skip
    assert all(home[name] is not None for name in others)
    dead = {source.key for source in city.board.serving(port)}
    told = {s["connector"]["key"]: s for s in home["sources"]}
    assert all(told[key]["state"] == SourceState.DISABLED.value for key in dead)
    assert all(told[key]["message"] for key in dead)


async def test_a_dead_source_of_areas_leaves_the_screen_whole(city):
    city.board.get("wilayah").enabled = False
    home = (await city.data(SCREEN, at=AT))["home"]
    assert home["area"] is None
    assert home["emergency"]
    assert {s["connector"]["key"]: s["state"] for s in home["sources"]}["wilayah"] == "DISABLED"


async def test_an_area_narrows_what_has_a_place(city):
    home = (await city.data(SCREEN, area="36.71.05"))["home"]
    assert home["area"]["name"] == "Cipondoh"
    whole = (await city.data(SCREEN))["home"]
    assert 0 < home["complaintSummary"]["total"] < whole["complaintSummary"]["total"]


async def test_the_language_of_the_screen_holds_for_everything_below_it(city):
    answer = await city.data(
        """{
          satu: home(lang: "en") { emergency { name } sources { connector { key } message } }
          dua: home(lang: "id") { emergency { name } sources { message } }
        }"""
    )
    assert answer["satu"]["emergency"][0]["name"] == "City emergency call centre"
    assert answer["dua"]["emergency"][0]["name"] == "Tangerang Siaga 112"


async def test_without_a_position_the_screen_is_for_the_middle_of_the_city(city):
    home = (await city.data(SCREEN))["home"]
    assert home["area"] is None
    assert home["departures"]["departures"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('area: "36.73.01"', "OUT_OF_AREA"),
        ('area: "Cipondoh"', "BAD_INPUT"),
        ("at: { lat: 91, lng: 0 }", "BAD_INPUT"),
    ],
)
async def test_a_place_that_is_none_is_refused(city, arguments, code):
    answer = await city.ask(f"{{ home({arguments}) {{ emergency {{ dial }} }} }}")
    assert answer.data == {"home": None}
    (error,) = answer.errors
    assert error.original_error.code.value == code


def _bare():
    return """
    alerts { id } complaintSummary { total } departures { departures { leavesAt line { shortName }
    stop { name } } } prices { date commodity { name } } jobs { id } events { id } places { id }
    apps { id } emergency { id }
    """
