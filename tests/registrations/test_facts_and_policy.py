"""What a version says of itself, and for what of it an operator is asked."""

from datetime import date

import pytest

from catalog.registrations import facts as kept
from catalog.registrations.facts import facts_of
from catalog.registrations.policy import RULES, Approval, Ask, asks, told
from connectors.declarative.sdl import read_sdl
from connectors.declarative.settings import AppSettings, Names, PersonalData
from connectors.ports.common import Licence, SourceQuality, Text, TriState
from connectors.ports.connectors import CoverageLevel, FieldCoverage
from tests.registrations.office import facts

SDL = """
extend schema
  @source(name: "p", http: { baseURL: "https://parkir.example:8443/api" })
  @source(name: "c", http: { baseURL: "{$config.base}" })
type ParkirLot @key(fields: "id") { id: ID! name: String }
enum ParkirState { FREE FULL }
input ParkirWish { lot: ID }
extend type ParkirLot { price: Int }
extend type CityApp { lots: [ParkirLot] }
extend type Query {
  parkirLots: [ParkirLot] @connect(source: "p", http: { GET: "/lots" }, selection: "id name price")
  parkirOne(id: ID!): ParkirLot
    @connect(http: { GET: "http://plain.example/lot/{$args.id}" }, selection: "id name price")
}
type Mutation {
  parkirBook(wish: ParkirWish): ParkirLot
    @connect(source: "p", http: { POST: "/book" }, selection: "id name price")
}
"""

SETTINGS = AppSettings(
    key="parkir",
    app="parkir",
    name=Text({"id": "Parkir"}),
    prefix="Parkir",
    owner="dishub",
    names=Names(types=("Lot",), extends=("Place",)),
    fallback={"base_url": "https://data.example/open"},
    licence=Licence("CC-BY-4.0", "Dishub", TriState.YES),
    quality=SourceQuality.OFFICIAL,
    personal_data=(PersonalData("ParkirLot.name", "finding"),),
    config={"base": "http://10.1.2.3:9000"},
    expires=date(2027, 1, 1),
    private=("Query.parkirOne",),
)


def test_the_facts_of_a_description_are_those_that_matter_to_the_city():
    found = facts_of(SETTINGS, read_sdl(SDL))
    assert found.types == ("ParkirLot", "ParkirState", "ParkirWish")
    assert found.fields == ("Query.parkirLots", "Query.parkirOne", "Mutation.parkirBook")
    # Its own types are not another's.
    assert found.extends == ("Place", "CityApp")
    assert found.hosts == (
        "https://parkir.example:8443",
        "http://10.1.2.3:9000",
        "http://plain.example",
        "https://data.example",
    )
    assert found.writes == ("Mutation.parkirBook",)
    assert found.personal == ("ParkirLot.name",)
    assert FieldCoverage("ParkirLot.price", CoverageLevel.FULL) in found.coverage
    assert found.foreign == frozenset()


def test_facts_are_kept_as_json_without_loss():
    found = facts_of(SETTINGS, read_sdl(SDL))
    assert kept.read(kept.written(found)) == found


def test_a_description_that_cannot_be_read_has_no_names():
    found = facts_of(SETTINGS, read_sdl("type {"))
    assert (found.types, found.fields, found.coverage) == ((), (), ())


BEFORE = facts()

CHANGES = {
    Ask.NAMES: facts(types=("ParkirLot", "Lot")),
    Ask.EXTENDS: facts(extends=("Place",)),
    Ask.PERSONAL_DATA: facts(personal=("ParkirLot.plate",)),
    Ask.HOSTS: facts(hosts=("https://parkir.example", "https://new.example")),
    Ask.WRITES: facts(writes=("Mutation.parkirBook",)),
}


@pytest.mark.parametrize("ask", CHANGES)
def test_each_thing_that_matters_is_asked_for_when_it_is_new(ask):
    assert asks(BEFORE, CHANGES[ask], Approval.POLICY) == (ask,)
    # What was approved once is not asked for again, nor is less of it.
    assert asks(CHANGES[ask], CHANGES[ask], Approval.POLICY) == ()
    assert asks(CHANGES[ask], BEFORE, Approval.POLICY) == ()


def test_sharing_what_was_private_and_giving_up_encryption_are_asked_for():
    private = facts(private=("Query.parkirLots",))
    assert asks(private, BEFORE, Approval.POLICY) == (Ask.PRIVACY,)
    assert asks(BEFORE, private, Approval.POLICY) == ()
    plain = facts(hosts=("http://parkir.example",))
    assert asks(BEFORE, plain, Approval.POLICY) == (Ask.HOSTS, Ask.INSECURE_HOSTS)


def test_more_of_ones_own_names_and_other_settings_need_nobody():
    after = facts(
        types=("ParkirLot", "ParkirTicket"),
        fields=("Query.parkirLots", "Query.parkirTickets"),
        name=Text({"id": "Parkir Baru"}),
        expires=date(2030, 1, 1),
    )
    assert asks(BEFORE, after, Approval.POLICY) == ()
    assert asks(BEFORE, after, Approval.ALWAYS) == (Ask.EVERY_VERSION,)


def test_a_first_version_is_always_asked_for_but_in_development():
    assert Ask.FIRST in asks(None, BEFORE, Approval.POLICY)
    assert Ask.FIRST in asks(None, BEFORE, Approval.ALWAYS)
    assert asks(None, CHANGES[Ask.WRITES], Approval.NEVER) == ()


def test_every_reason_is_told_in_both_languages():
    for ask in Ask:
        assert {"id", "en"} <= set(told(ask).by_lang)
    assert {ask for ask, _, _ in RULES} == set(Ask) - {Ask.EVERY_VERSION}
