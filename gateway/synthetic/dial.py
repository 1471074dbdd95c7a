"""The dial of the city: which source has which fault, set over HTTP, and how often each was asked.

GET    /dial            all sources: address, fault, calls since the start
PUT    /dial/<source>   {"fault": "hang"}, maybe with probability, seconds, bytes, to
DELETE /dial/<source>   the fault ends
PUT    /dial            the same fault for all
DELETE /dial            all is well again
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.faults import Setting, read_setting
from gateway.synthetic.server import Server


class Dial:
    """A handler over the servers of the city."""

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self._servers = servers

    async def __call__(self, question: Question) -> Reply:
        """What was asked for; 400 and 404 say what there is."""
        path = question.path.rstrip("/")
        if path == "/dial":
            chosen = list(self._servers.values())
        elif (name := path.removeprefix("/dial/")) in self._servers:
            chosen = [self._servers[name]]
        else:
            there = ", ".join(self._servers)
            return json_reply({"error": f"ask for /dial or /dial/<source>: {there}"}, status=404)
        if question.method == "GET":
            return json_reply(self._told(chosen))
        if question.method not in ("PUT", "DELETE"):
            return json_reply({"error": "the dial takes GET, PUT and DELETE"}, status=405)
        setting: Setting | None = None
        if question.method == "PUT":
            try:
                setting = read_setting(_said(question))
            except ValueError as error:
                return json_reply({"error": str(error)}, status=400)
        for server in chosen:
            await server.dial(setting)
        return json_reply(self._told(chosen))

    @staticmethod
    def _told(servers: list[Server]) -> dict[str, Any]:
        return {
            "sources": {
                server.name: {
                    "url": server.url,
                    "calls": server.calls,
                    "paths": dict(server.paths),
                    "setting": server.setting.told() if server.setting else None,
                }
                for server in servers
            }
        }


def _said(question: Question) -> Mapping[str, Any]:
    try:
        said = json.loads(question.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, Mapping):
        raise ValueError('the body must be a JSON object such as {"fault": "hang"}')  # noqa: TRY004 - as all others
    return said
