"""Pictures of sample records: drawn on demand, marked CONTOH, `GET /media/contoh/{name}.png`.

Nothing is looked up: the picture shows the name it was asked by, so it can tell nobody anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
WIDTH = re.compile(r"\d{1,4}", re.ASCII)
LEAST, USUAL, MOST = 16, 1280, 2048
"""Widths in pixels; pictures are 4:3."""

CACHED_BYTES = 4 * 1024 * 1024
CACHE_CONTROL = "public, max-age=86400"
DRAWING = "1"
"""Changes when the drawing does, so that browsers forget the old one."""


def routes() -> list[BaseRoute]:
    """The routes of this file."""
    return [Route("/media/contoh/{name}.png", Pictures().answer)]


class Pictures:
    """Draws pictures one at a time in a thread of its own, and keeps the last ones."""

    def __init__(self, most_bytes: int = CACHED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._size = 0
        # One thread: drawing is work for a processor, and the others belong to the questions.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    async def answer(self, request: Request) -> Response:
        """The picture. 404 for names no record can have, 400 for widths out of range."""
        name = request.path_params["name"]
        if NAME.fullmatch(name) is None:
            return PlainTextResponse("There is no such picture.\n", status_code=404)
        asked = request.query_params.get("width", str(USUAL))
        width = int(asked) if WIDTH.fullmatch(asked) else 0
        if not LEAST <= width <= MOST:
            message = f"`width` must be from {LEAST} to {MOST} pixels.\n"
            return PlainTextResponse(message, status_code=400)
        headers = {"etag": etag(name, width), "cache-control": CACHE_CONTROL}
        if _has(request.headers.get("if-none-match"), headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(await self.picture(name, width), media_type="image/png", headers=headers)

    async def picture(self, name: str, width: int) -> bytes:
        """The picture as PNG, drawn now or lately."""
        key = (name, width)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawn = await asyncio.get_running_loop().run_in_executor(self._thread, draw, name, width)
        self._keep(key, drawn)
        return drawn

    def _keep(self, key: tuple[str, int], drawn: bytes) -> None:
        self._size += len(drawn) - len(self._kept.pop(key, b""))
        self._kept[key] = drawn
        while self._size > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)


def etag(name: str, width: int) -> str:
    """What tells this picture from every other one."""
    mark = hashlib.blake2b(f"{DRAWING}/{name}/{width}".encode(), digest_size=9).hexdigest()
    return f'"{mark}"'


def _has(sent: str | None, mark: str) -> bool:
    """Whether an If-None-Match header names the mark (RFC 9110, section 13.1.2: weakly)."""
    tags = {tag.strip().removeprefix("W/") for tag in (sent or "").split(",")}
    return mark in tags or "*" in tags


def draw(name: str, width: int) -> bytes:
    """CONTOH in large letters, the name below, on a colour that comes from the name."""
    # Heavy, and not needed before somebody looks at a sample.
    from PIL import Image, ImageDraw, ImageFont

    height = max(1, width * 3 // 4)
    hue = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest(), "big") % 360
    image = Image.new("RGB", (width, height), f"hsl({hue}, 45%, 82%)")
    pen = ImageDraw.Draw(image)
    ink = f"hsl({hue}, 60%, 25%)"
    pen.line((0, 0, width, height), fill="white", width=max(1, width // 80))
    pen.line((0, height, width, 0), fill="white", width=max(1, width // 80))
    for words, share, place in (("CONTOH", 0.9, 0.42), (name, 0.8, 0.72)):
        # Letters of this font are about 0.62 of their size wide.
        size = max(4.0, min(width * share / (0.62 * len(words)), height * 0.3))
        pen.text(
            (width / 2, height * place),
            words,
            font=ImageFont.load_default(size),
            fill=ink,
            anchor="mm",
        )
    held = io.BytesIO()
    # A few flat colours: a palette makes the file a third as large.
    image.quantize(32).save(held, format="PNG")
    return held.getvalue()
