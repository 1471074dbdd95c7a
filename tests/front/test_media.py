"""Pictures of samples: every address answers, and nothing else does."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from gateway.media import Pictures, draw, etag, routes

PATH = "/media/contoh/contoh-000123-f1.png"


async def get(
    path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> httpx.Response:
    transport = httpx.ASGITransport(app=Starlette(routes=routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://city.test") as client:
        return await client.request(method, path, headers=headers)


def size(answer: httpx.Response) -> tuple[int, int]:
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "PNG"
        return picture.size


async def test_a_picture_is_a_png_of_the_usual_width() -> None:
    answer = await get(PATH)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert "max-age" in answer.headers["cache-control"]
    assert size(answer) == (1280, 960)


@pytest.mark.parametrize("width", [16, 320, 2048])
async def test_the_width_is_the_callers_choice(width: int) -> None:
    assert size(await get(f"{PATH}?width={width}")) == (width, width * 3 // 4)


@pytest.mark.parametrize("width", ["15", "2049", "0", "-1", "", "abc", "9" * 5000, "3.5", "٣٢٠"])
async def test_widths_out_of_range_are_refused_with_the_limits(width: str) -> None:
    answer = await get(f"{PATH}?width={width}")
    assert answer.status_code == 400
    assert "16 to 2048" in answer.text


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "%00", "a b", "é", "x" * 81, "-begins", "a%0d%0ab", "<b>"]
)
async def test_names_no_record_can_have_are_not_found(name: str) -> None:
    assert (await get(f"/media/contoh/{name}.png")).status_code == 404


async def test_other_endings_are_not_found() -> None:
    assert (await get("/media/contoh/contoh-000123-f1.gif")).status_code == 404


async def test_who_has_the_picture_already_is_not_sent_it_again() -> None:
    first = await get(f"{PATH}?width=64")
    mark = first.headers["etag"]
    for sent in (mark, f"W/{mark}", f'"other", {mark}', "*"):
        again = await get(f"{PATH}?width=64", {"if-none-match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    other = await get(f"{PATH}?width=65", {"if-none-match": mark})
    assert other.status_code == 200


async def test_head_tells_what_get_would_send() -> None:
    answer = await get(f"{PATH}?width=64", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(draw("contoh-000123-f1", 64))


def test_the_same_name_is_always_the_same_picture_and_another_name_another() -> None:
    assert draw("a", 64) == draw("a", 64)
    assert draw("a", 64) != draw("b", 64)
    assert etag("a", 64) != etag("a", 65)


async def test_the_word_contoh_is_large() -> None:
    with Image.open(io.BytesIO(draw("x", 640))) as picture:
        grey = picture.convert("L")
    dark = grey.point(lambda value: 255 if value < 110 else 0).getbbox()
    assert dark is not None
    left, _, right, _ = dark
    assert right - left > 640 * 0.7


async def test_the_last_pictures_are_kept_within_a_number_of_bytes() -> None:
    one = len(draw("a", 64))
    pictures = Pictures(most_bytes=one * 5 // 2)
    first = await pictures.picture("a", 64)
    assert await pictures.picture("a", 64) is first
    await pictures.picture("b", 64)
    assert await pictures.picture("a", 64) is first
    await pictures.picture("c", 64)  # `b` was looked at least lately
    assert set(pictures._kept) == {("a", 64), ("c", 64)}
    assert pictures._size == sum(map(len, pictures._kept.values())) <= one * 5 // 2


async def test_a_picture_larger_than_all_the_room_is_drawn_but_not_kept() -> None:
    pictures = Pictures(most_bytes=10)
    assert await pictures.picture("a", 64) == draw("a", 64)
    assert pictures._size == 0
