"""A running gateway as a registrar: what a team asks of it by GraphQL, with its key."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from connectors.declarative.findings import Finding, Severity
from connectors.declarative.submission import Submission
from connectors.errors import ConnectorError
from connectors.ports.common import ErrorCode, Text
from connectors.ports.connectors import ConnectorState, CoverageLevel, FieldCoverage
from connectors.upkeep.documents import Limits, Request, Web
from resolvers.context import Caller
from resolvers.registrar import (
    ConnectorPayload,
    ConnectorTestReport,
    ConnectorVersion,
    Dossier,
    UserError,
)

SECONDS = 60.0
ANSWER_BYTES = 8_000_000
KEY_LONGEST = 8192

_PROBLEM = (
    'code severity file line column path count messageId: message(lang: "id") '
    'messageEn: message(lang: "en") fixId: fix(lang: "id") fixEn: fix(lang: "en")'
)
_ERRORS = 'errors { code path messageId: message(lang: "id") messageEn: message(lang: "en") }'
_VERSIONS = (
    'versions { version state active reasonsId: approval(lang: "id") '
    'reasonsEn: approval(lang: "en") }'
)
_DOSSIER = "key state version appSlug config health { schemaDrift }"


class RemoteError(ValueError):
    """The gateway did not do what was asked; the message is its own."""


class Remote:
    """What of a `Registrar` a team may ask of a running gateway."""

    def __init__(self, web: Web, url: str, key: str) -> None:
        try:
            address = urlsplit(url)
            port = address.port
        except ValueError:
            address, port = urlsplit(""), None
        if address.hostname is None or address.scheme not in ("http", "https"):
            raise ValueError(f"--url {url}: write https://host/graphql")
        if address.scheme == "http" and not _is_here(address.hostname):
            raise ValueError(f"--url {url}: a key is sent by https only")
        self._web = web
        self._url = url if address.path.strip("/") else url.rstrip("/") + "/graphql"
        self._key = key
        host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
        hosts = frozenset({f"{host}:{port}" if port is not None else host})
        # Whoever types an address may reach it: it is no team's file that names it.
        self._limits = Limits(
            read_timeout=SECONDS,
            total_timeout=SECONDS,
            max_bytes=ANSWER_BYTES,
            hosts=hosts,
            private_hosts=hosts,
        )

    async def dossier(self, key: str) -> Dossier | None:
        """What the gateway tells the team of a connector."""
        found = await self._asked(
            f"query ($key: String!) {{ connector(key: $key) {{ {_DOSSIER} {_VERSIONS} "
            f"problems {{ {_PROBLEM} }} }} }}",
            {"key": key},
        )
        return _dossier(found["connector"]) if found["connector"] else None

    async def dossiers(self) -> tuple[Dossier, ...]:
        """All connectors that teams described."""
        found = await self._asked(
            "{ connectors(kind: DECLARATIVE) { key state version appSlug health { schemaDrift } } }",
            {},
        )
        return tuple(_dossier(each) for each in found["connectors"] or ())

    async def versions(self, key: str) -> tuple[ConnectorVersion, ...]:
        """Its history, newest first."""
        found = await self._asked(
            "query ($key: String!) { connector(key: $key) { versions { version state at by active "
            "note } } }",
            {"key": key},
        )
        lines = (found["connector"] or {}).get("versions") or ()
        return tuple(
            ConnectorVersion(**{**line, "state": ConnectorState(line["state"])}) for line in lines
        )

    async def test(self, submission: Submission, caller: Caller) -> ConnectorTestReport:  # noqa: ARG002 - the key says who asks
        """A trial at the gateway."""
        found = await self._asked(
            "mutation ($input: ConnectorInput!) { testConnector(input: $input) { ok sample coverage "
            f"{{ field level note }} problems {{ {_PROBLEM} }} }} }}",
            {"input": _input(submission)},
        )
        report = found["testConnector"]
        return ConnectorTestReport(
            report["ok"],
            tuple(report["sample"]),
            tuple(
                FieldCoverage(c["field"], CoverageLevel(c["level"]), c["note"])
                for c in report["coverage"]
            ),
            _renamed(submission, report["problems"]),
        )

    async def register(self, submission: Submission, caller: Caller) -> ConnectorPayload:  # noqa: ARG002 - as above
        """Register at the gateway."""
        return await self._changed(
            "registerConnector(input: $input)",
            "$input: ConnectorInput!",
            {"input": _input(submission)},
        )

    async def update(
        self,
        key: str,
        version: int,
        submission: Submission,
        caller: Caller,  # noqa: ARG002 - as above
    ) -> ConnectorPayload:
        """A new version."""
        return await self._changed(
            "updateConnector(key: $key, version: $version, input: $input)",
            "$key: String!, $version: Int!, $input: ConnectorInput!",
            {"key": key, "version": version, "input": _input(submission)},
        )

    async def set_state(
        self,
        key: str,
        state: ConnectorState,
        reason: str,
        caller: Caller,  # noqa: ARG002 - as above
    ) -> ConnectorPayload:
        """Switch on or off."""
        return await self._changed(
            "setConnectorState(key: $key, state: $state, reason: $reason)",
            "$key: String!, $state: ConnectorState!, $reason: String!",
            {"key": key, "state": state.value, "reason": reason},
        )

    async def approve(
        self,
        key: str,
        version: int,
        note: str | None,
        caller: Caller,  # noqa: ARG002 - as above
    ) -> ConnectorPayload:
        """Let a version serve."""
        return await self._changed(
            "approveConnector(key: $key, version: $version, note: $note)",
            "$key: String!, $version: Int!, $note: String",
            {"key": key, "version": version, "note": note},
        )

    async def refuse(
        self,
        key: str,
        version: int,
        reason: str,
        caller: Caller,  # noqa: ARG002 - as above
    ) -> ConnectorPayload:
        """Turn a version down."""
        return await self._changed(
            "refuseConnector(key: $key, version: $version, reason: $reason)",
            "$key: String!, $version: Int!, $reason: String!",
            {"key": key, "version": version, "reason": reason},
        )

    async def withdraw(self, key: str, reason: str, caller: Caller) -> ConnectorPayload:  # noqa: ARG002 - as above
        """Take a connector out of the city."""
        return await self._changed(
            "withdrawConnector(key: $key, reason: $reason)",
            "$key: String!, $reason: String!",
            {"key": key, "reason": reason},
        )

    async def roll_back(self, key: str, version: int, caller: Caller) -> ConnectorPayload:  # noqa: ARG002 - as above
        """Let an earlier version serve."""
        return await self._changed(
            "rollbackConnector(key: $key, version: $version)",
            "$key: String!, $version: Int!",
            {"key": key, "version": version},
        )

    async def refresh(self, key: str, caller: Caller) -> ConnectorPayload:  # noqa: ARG002 - as above
        """Look at its system now."""
        return await self._changed("refreshConnector(key: $key)", "$key: String!", {"key": key})

    async def _changed(
        self, field: str, names: str, variables: Mapping[str, Any]
    ) -> ConnectorPayload:
        chosen = f"connector {{ {_DOSSIER} {_VERSIONS} problems {{ {_PROBLEM} }} }}"
        found = await self._asked(
            f"mutation ({names}) {{ done: {field} {{ {chosen} {_ERRORS} }} }}", variables
        )
        done = found["done"]
        errors = tuple(
            UserError(ErrorCode(each["code"]), _text(each, "message"), tuple(each["path"]))
            for each in done["errors"]
        )
        dossier = _dossier(done["connector"]) if done["connector"] else None
        problems = dossier.problems if dossier else ()
        return ConnectorPayload(errors=errors, dossier=dossier, problems=problems)

    async def _asked(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        body = orjson.dumps({"query": query, "variables": variables})
        headers = {
            "authorization": f"Bearer {self._key}",
            "content-type": "application/json",
            "accept": "application/json",
        }
        try:
            answer = await self._web.send(Request(self._url, "POST", headers, body), self._limits)
            read = orjson.loads(answer.body)
        except ConnectorError as error:
            raise RemoteError(
                f"the gateway at {self._url} cannot be asked ({type(error).__name__})"
            ) from error
        except orjson.JSONDecodeError as error:
            raise RemoteError(f"{self._url} did not answer as a gateway does") from error
        if not isinstance(read, Mapping):
            raise RemoteError(f"{self._url} did not answer as a gateway does")
        if errors := read.get("errors"):
            raise RemoteError("; ".join(str(error.get("message")) for error in errors[:5]))
        data = read.get("data")
        if not isinstance(data, Mapping):
            raise RemoteError(f"{self._url} did not answer as a gateway does")
        return data


def key_of(file: Path) -> str:
    """The key in a file. Raises ValueError saying what is wrong, never what is in it."""
    with file.open(encoding="utf-8") as opened:
        text = opened.read(KEY_LONGEST + 1).strip()
    if not text or len(text) > KEY_LONGEST or not text.isascii() or len(text.split()) != 1:
        raise ValueError(f"{file}: must hold one key and nothing else")
    return text


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _input(submission: Submission) -> dict[str, Any]:
    return {
        "key": submission.key,
        "app": submission.app,
        "sdl": submission.sdl,
        "settings": submission.settings,
        "tests": [file.text for file in submission.tests],
    }


def _renamed(submission: Submission, problems: list[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Findings with the names the files have here: on the way they only have numbers."""
    names = {f"tests/{n}.yaml": file.name for n, file in enumerate(submission.tests, 1)}
    return tuple(_finding({**p, "file": names.get(p["file"], p["file"])}) for p in problems)


def _finding(told: Mapping[str, Any]) -> Finding:
    return Finding(
        told["code"],
        Severity(told["severity"]),
        _text(told, "message"),
        _text(told, "fix") if told["fixId"] or told["fixEn"] else None,
        told["file"],
        told["line"],
        told["column"],
        told["path"],
        told["count"],
    )


def _text(told: Mapping[str, Any], name: str) -> Text:
    found = {"id": told[f"{name}Id"], "en": told[f"{name}En"]}
    return Text({lang: words for lang, words in found.items() if words})


def _dossier(told: Mapping[str, Any]) -> Dossier:
    versions = told.get("versions") or ()
    waits = [each["version"] for each in versions if each["state"] == ConnectorState.PENDING.value]
    serves = [each["version"] for each in versions if each["active"]]
    reasons = [
        Text({"id": indonesian, "en": english})
        for each in versions
        if each["version"] in waits
        for indonesian, english in zip(each["reasonsId"], each["reasonsEn"], strict=True)
    ]
    return Dossier(
        key=told["key"],
        app=told["appSlug"] or "",
        state=ConnectorState(told["state"]),
        version=told["version"],
        current=next(iter((*waits, *serves)), None),
        waiting=tuple(reasons),
        problems=tuple(_finding(each) for each in told.get("problems") or ()),
        drift=tuple(told["health"]["schemaDrift"]),
        settings=told.get("config"),
    )
