"""A forwarding reaches the call centre: by webhook, else as a file that somebody reads."""

import orjson
import pytest

from catalog.workflow.courier import Courier
from connectors.errors import Broken, Unreachable
from connectors.upkeep.documents import Answer
from gateway.forwarding import POSTS, CallCentres
from tests.upstream import SaidWeb
from tests.workflow.town import CONTACT, FailingDesks, new


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "letters").mkdir()
    return tmp_path / "letters"


HOOK = "https://pupr.example/hook"


async def forwarded(town, centres, **told):
    made = (await town.create(new("Nama saya Siti", contact=CONTACT))).complaint
    await town.forward(made, note="Mohon segera", **told)
    courier = Courier(town.engine, FailingDesks(), centres, town.clock, name="one")
    await courier.round()
    return made, courier


async def test_without_a_webhook_a_letter_lies_in_the_folder_and_is_named_in_the_history(
    town, folder
):
    centres = CallCentres(SaidWeb(lambda _: Answer(500, {})), folder)
    made, _ = await forwarded(town, centres)
    (file,) = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    assert made.tracking_id in text
    assert "Mohon segera" in text
    assert "Siti" not in text
    assert file.name in (await town.history(made))[-1].note.pick("id")


async def test_a_webhook_gets_the_letter_as_json(town, folder):
    heard = []

    def answers(request):
        heard.append(request)
        return Answer(204, {})

    made, _ = await forwarded(town, CallCentres(SaidWeb(answers), folder, {"pupr": HOOK}))
    (request,) = heard
    assert request.url == HOOK
    told = orjson.loads(request.body)
    assert (told["type"], told["trackingId"], told["department"]) == (
        "complaint.forwarded", made.tracking_id, "pupr",
    )  # fmt: skip
    assert list(folder.iterdir()) == []
    assert "webhook" in (await town.history(made))[-1].note.pick("id")


@pytest.mark.parametrize("failure", [Broken(), Answer(500, {})])
async def test_a_webhook_that_fails_is_tried_again_and_then_the_letter_is_put_into_the_folder(
    town, folder, failure
):
    tried = []

    def answers(request):
        tried.append(request)
        if isinstance(failure, Answer):
            return failure
        raise failure

    centres = CallCentres(SaidWeb(answers), folder, {"pupr": HOOK})
    _, courier = await forwarded(town, centres)
    for _ in range(POSTS - 1):
        assert list(folder.iterdir()) == []
        town.clock.move(3600)
        await courier.round()
    assert len(tried) == POSTS
    assert len(list(folder.iterdir())) == 1


async def test_the_same_letter_delivered_twice_is_one_file(folder):
    centres = CallCentres(SaidWeb(lambda _: Answer(500, {})), folder)
    letter = {
        "trackingId": "TL-1", "version": 2, "departmentName": "PUPR", "category": "jalan",
        "area": None, "point": None, "createdAt": "2026-11-23T05:00:00+00:00",
        "forwardedAt": "2026-11-23T05:00:00+00:00", "dueAt": None, "note": None,
    }  # fmt: skip
    assert await centres.deliver("../pupr", letter, 1) == await centres.deliver(
        "../pupr", letter, 2
    )
    (file,) = folder.iterdir()
    assert ".." not in file.name


async def test_a_failing_webhook_is_an_error_of_ours_without_the_address(folder):
    def answers(request):
        raise Broken("secret of an upstream")

    centres = CallCentres(SaidWeb(answers), folder, {"pupr": HOOK})
    letter = {"trackingId": "TL-1", "version": 2, "forwardedAt": "2026-11-23T05:00:00+00:00"}
    with pytest.raises(Unreachable) as caught:
        await centres.deliver("pupr", letter, 1)
    assert "pupr.example" not in str(caught.value)
