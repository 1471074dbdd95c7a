"""The faults of a source: what an outage looks like from the other end of the wire.

slow      the right answer, after `seconds`
hang      takes the question and never answers
drip      the right answer, one byte every `seconds`
500       an error of the server
429       too many questions; Retry-After is `seconds`
reset     the connection is torn down (RST)
half      half of the body, then the connection ends
huge      a body of `bytes`, its length not told before
garbage   bytes that mean nothing, called what the right answer is called
babble    bytes that are no HTTP
html      a web page with status 200
shape     the right answer with all its names changed
encoding  the right answer in another encoding than it says
redirect  sends to another host, `to`
refused   nobody listens
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any

from gateway.synthetic.exchange import Reply


class Fault(Enum):
    """See the module."""

    SLOW = "slow"
    HANG = "hang"
    DRIP = "drip"
    ERROR = "500"
    BUSY = "429"
    RESET = "reset"
    HALF = "half"
    HUGE = "huge"
    GARBAGE = "garbage"
    BABBLE = "babble"
    HTML = "html"
    SHAPE = "shape"
    ENCODING = "encoding"
    REDIRECT = "redirect"
    REFUSED = "refused"


HUGE = 256 * 1024 * 1024
ELSEWHERE = "http://169.254.169.254/latest/meta-data/"
"""Where a machine in a cloud is told its secrets: nobody may be sent there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the dial of a source stands."""

    fault: Fault
    probability: float = 1.0
    """Share of the questions that meet the fault; `refused` meets all."""
    seconds: float = 2.0
    bytes: int = HUGE
    to: str = ELSEWHERE

    def told(self) -> dict[str, Any]:
        """As the dial shows it."""
        return {
            "fault": self.fault.value,
            "probability": self.probability,
            "seconds": self.seconds,
            "bytes": self.bytes,
            "to": self.to,
        }


def read_setting(said: Mapping[str, Any]) -> Setting:
    """A setting as it is put to the dial. Raises ValueError saying what it takes."""
    known = {each.name for each in fields(Setting)}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown value {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    try:
        fault = Fault(str(said.get("fault")))
    except ValueError:
        there = ", ".join(each.value for each in Fault)
        raise ValueError(f"`fault` must be one of {there}, not {said.get('fault')!r}") from None
    to = said.get("to", ELSEWHERE)
    if not isinstance(to, str) or not to.startswith(("http://", "https://")) or "\r" in to:
        raise ValueError("`to` must be an address http(s)://...")
    return Setting(
        fault,
        _number(said, "probability", 1.0, 1.0),
        _number(said, "seconds", 0.05 if fault is Fault.DRIP else 2.0, 3600.0),
        int(_number(said, "bytes", HUGE, 2.0**40)),
        to,
    )


def _number(said: Mapping[str, Any], name: str, default: float, most: float) -> float:
    value = said.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ValueError(f"`{name}` must be a number from 0 to {most:g}")
    return float(value)


# ------------------------------------------------------------------------- replies that changed

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Sedang pemeliharaan</title></head>"
    "<body><h1>Sistem sedang dalam pemeliharaan</h1><form>Masuk: <input name='sandi'></form>"
    "</body></html>\n"
)
OVERLOADED = "Terlalu banyak permintaan dari 10.20.30.40\n"
TRACEBACK = (
    "Traceback: pgsql://admin:sandi-rahasia@10.20.30.40/laksa: relation 'warga' does not exist\n"
)
"""What servers say that nobody outside may see."""


def changed(setting: Setting, reply: Reply, chance: random.Random) -> Reply:
    """The reply as a fault makes it that is in the answer itself; other faults leave it alone."""
    match setting.fault:
        case Fault.ERROR:
            return Reply(TRACEBACK.encode(), "text/plain", 500)
        case Fault.BUSY:
            wait = {"retry-after": str(max(1, round(setting.seconds)))}
            return Reply(OVERLOADED.encode(), "text/plain", 429, wait)
        case Fault.HTML:
            return Reply(PAGE.encode(), "text/html; charset=utf-8")
        case Fault.REDIRECT:
            return Reply(b"", "text/plain", 302, {"location": setting.to})
        case Fault.GARBAGE:
            noise = chance.randbytes(max(64, min(len(reply.body), 4096)))
            return replace(reply, body=noise, status=200, tagged=False)
        case Fault.SHAPE:
            return replace(reply, body=reshaped(reply), tagged=False)
        case Fault.ENCODING:
            return _misencoded(reply)
    return reply


def reshaped(reply: Reply) -> bytes:
    """The body with all its names changed, as after a release that nobody announced."""
    kind = reply.media_type.partition(";")[0]
    if kind == "application/zip":
        return _zip_reshaped(reply.body)
    if kind == "application/x-protobuf":
        # One field that no message of GTFS-Realtime has.
        return b"\xfa\x3f\x04baru"
    text = reply.body.decode()
    if kind == "application/json" or kind.endswith("+json"):
        text = re.sub(r'"([^"\\]{1,80})":', r'"v2_\1":', text)
    elif kind in ("text/html", "text/xml", "application/xml") or kind.endswith("+xml"):
        text = re.sub(r"(</?)([A-Za-z])", r"\1v2-\2", text)
        text = text.replace("ld+json", "vnd.v2")
    elif kind == "text/calendar":
        text = re.sub(r"(?m)^(BEGIN|END):", r"X-\1:", text)
    else:
        head, _, rest = text.partition("\n")
        separator = ";" if ";" in head else ","
        text = separator.join(f"v2_{name}" for name in head.split(separator)) + "\n" + rest
    return text.encode()


def _zip_reshaped(body: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            new.writestr(f"v2_{name}", old.read(name))
    return written.getvalue()


def _misencoded(reply: Reply) -> Reply:
    try:
        text = reply.body.decode("utf-8")
    except UnicodeDecodeError:
        # Bytes that are no text: said to be packed, and are not.
        packed = {**reply.headers, "content-encoding": "gzip"}
        return replace(reply, headers=packed, tagged=False)
    # Nobody who believes the header can read it: every second byte is a zero.
    return replace(reply, body=text.encode("utf-16-le"), tagged=False)


LINGER_NOT = struct.pack("ii", 1, 0)
"""Of SO_LINGER: the end of the connection is a reset, and what was not sent is lost."""
