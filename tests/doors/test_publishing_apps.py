"""Apps beyond the register: published by their team, seen once an operator approved."""

import pytest

from connectors.errors import Unreachable
from connectors.upkeep.clock import SystemClock
from connectors.upkeep.documents import Answer
from connectors.upkeep.upkeep import Services
from gateway.publiccode import LONGEST, fetched
from resolvers.registrar import Declined
from tests.doors.gate import gate
from tests.upstream import SaidWeb, nowhere

PUBLISH = (
    "mutation ($input: AppInput!) { done: publishApp(input: $input) { app { slug name audience "
    'categories claimed } errors { code path en: message(lang: "en") } } }'
)
APPROVE = (
    'mutation { done: approveApp(slug: "taman-kota") { app { slug name categories claimed } '
    "errors { code } } }"
)
REFUSE = (
    'mutation ($reason: String!) { done: refuseApp(slug: "taman-kota", reason: $reason) '
    "{ app { slug } errors { code path } } }"
)
CODE = {
    "publiccodeYmlVersion": "0.4",
    "name": "Taman Kota",
    "url": "https://github.com/kota/taman",
    "description": {"id": {"shortDescription": "Taman di kota"}},
    "developmentStatus": "beta",
}
INPUT = {"slug": "taman-kota", "publiccode": CODE, "audience": "PUBLIC_SERVICE"}
COUNT = '{ apps { totalCount } app(slug: "taman-kota") { slug } }'


@pytest.fixture
async def door(tmp_path):
    async with gate(tmp_path, city="kota_tangerang") as one:
        await one.make_key("dlh", apps=("taman-kota",))
        await one.make_key("operator")
        yield one


async def test_an_app_is_seen_after_approval_and_marked_as_later(door):
    before = await door.data(COUNT)
    published = (await door.data(PUBLISH, "dlh", input=INPUT))["done"]
    assert published == {"app": None, "errors": []}
    assert await door.data(COUNT) == before
    approved = (await door.data(APPROVE, "operator"))["done"]
    assert approved == {
        "app": {
            "slug": "taman-kota",
            "name": "Taman Kota",
            "categories": ["after-register"],
            "claimed": True,
        },
        "errors": [],
    }
    after = await door.data(COUNT)
    assert after["app"] == {"slug": "taman-kota"}
    assert after["apps"]["totalCount"] == before["apps"]["totalCount"] + 1


async def test_a_refused_app_is_not_seen_and_its_slug_is_free_again(door):
    assert await door.code(REFUSE, "dlh", reason="belum lengkap") == "FORBIDDEN"
    nobody = (await door.data(REFUSE, "operator", reason="belum lengkap"))["done"]
    assert nobody == {"app": None, "errors": [{"code": "NOT_FOUND", "path": ["slug"]}]}
    before = await door.data(COUNT)
    await door.data(PUBLISH, "dlh", input=INPUT)
    assert await door.code(REFUSE, "operator", reason=" ") == "BAD_INPUT"
    refused = (await door.data(REFUSE, "operator", reason="belum lengkap"))["done"]
    assert refused == {"app": None, "errors": []}
    assert (await door.data(APPROVE, "operator"))["done"]["errors"] == [{"code": "CONFLICT"}]
    assert await door.data(COUNT) == before
    again = (await door.data(PUBLISH, "dlh", input=INPUT))["done"]
    assert again == {"app": None, "errors": []}
    assert (await door.data(APPROVE, "operator"))["done"]["app"]["slug"] == "taman-kota"


async def test_only_what_ones_key_is_for_can_be_published(door):
    other = {**INPUT, "slug": "laksa"}
    assert await door.code(PUBLISH, "dlh", input=other) == "FORBIDDEN"
    assert await door.code(PUBLISH, input=INPUT) == "FORBIDDEN"
    assert await door.code(APPROVE, "dlh") == "FORBIDDEN"


async def test_a_slug_the_catalogue_has_is_declined(door):
    said = (await door.data(PUBLISH, "operator", input={**INPUT, "slug": "laksa"}))["done"]
    assert [error["code"] for error in said["errors"]] == ["DUPLICATE"]


@pytest.mark.parametrize(
    "change",
    [
        {"publiccode": None},
        {"publiccode": CODE, "publiccodeUrl": "https://x.example/publiccode.yml"},
        {"publiccode": [1]},
        {"publiccode": "text"},
    ],
)
async def test_one_readable_publiccode_is_needed(door, change):
    assert await door.code(PUBLISH, "dlh", input={**INPUT, **change}) == "BAD_INPUT"


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example/p.yml",
        "file:///etc/passwd",
        "https://127.0.0.1/p.yml",
        "https://169.254.169.254/latest",
        "https://[::1]/p",
    ],
)
async def test_a_publiccode_is_not_fetched_from_just_anywhere(door, url):
    given = {"slug": "taman-kota", "publiccodeUrl": url, "audience": "PUBLIC_SERVICE"}
    said = (await door.data(PUBLISH, "dlh", input=given))["done"]
    (error,) = said["errors"]
    assert (error["code"], error["path"]) == ("BAD_INPUT", ["input", "publiccodeUrl"])


def services(answer):
    return Services(SaidWeb(answer), clock=SystemClock())


async def test_a_publiccode_is_read_as_plain_yaml():
    body = b"name: Taman Kota\ndescription: {id: {shortDescription: Taman}}\n"
    found = await fetched(services(lambda _: Answer(200, {}, body)), "https://x.example/p.yml")
    assert found == {"name": "Taman Kota", "description": {"id": {"shortDescription": "Taman"}}}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {}, b"rahasia"),
        Answer(200, {}, b"\xff"),
        Answer(200, {}, b"- rahasia\n"),
        Answer(200, {}, b"rahasia: ["),
        Answer(200, {}, b"a" * (LONGEST + 1)),
        Answer(200, {}, b"a: &a [x]\nb: [*a, *a]\n"),
        Unreachable("rahasia"),
    ],
)
async def test_what_cannot_be_read_is_declined_without_repeating_it(answer):
    with pytest.raises(Declined) as declined:
        await fetched(services(lambda _: answer), "https://x.example/p.yml")
    assert "rahasia" not in str(declined.value.error)


async def test_an_address_that_is_none_asks_nobody():
    with pytest.raises(Declined):
        await fetched(services(nowhere), "https://[::bad")
