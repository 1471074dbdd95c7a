"""`python -m gateway connectors …`: from a folder to live fields, and what operators decide."""

from __future__ import annotations

import argparse
from pathlib import Path

SEVERAL = ("check", "rehearse", "register", "update", "list", "show", "history", "approve", "refuse",
           "rollback", "disable", "enable", "withdraw", "refresh", "new", "watch")  # fmt: skip
"""The actions, in the order a team meets them."""

_HELP = {
    "check": "read a folder and say what is wrong with it; needs no database and no network",
    "rehearse": "check, then the recorded tests, then live calls of the team's system",
    "register": "rehearse, then hand the connector in",
    "update": "rehearse, then hand in a new version of a registered connector",
    "list": "all registered connectors",
    "show": "what the registry knows of one connector",
    "history": "the versions of one connector",
    "approve": "let a version that waits serve (operators)",
    "refuse": "turn a version that waits down (operators)",
    "rollback": "let an earlier version serve again",
    "disable": "switch a connector off; its fields answer null (operators)",
    "enable": "switch it on again (operators)",
    "withdraw": "take it out of the city; its names and entry are free again (operators)",
    "refresh": "compare a connector with its recording now, and open it anew everywhere",
    "new": "write a folder from one saved JSON answer",
    "watch": "check a folder whenever it changes; or look at a registered connector's system now",
}
_FOLDER = frozenset({"check", "rehearse", "register", "update"})
_KEY = frozenset(
    {"show", "history", "rollback", "approve", "refuse", "disable", "enable", "withdraw", "refresh"}
)
_REMOTE = frozenset({"rehearse", "register", "update", "list"}) | _KEY
"""What can be asked of a running gateway, with a key."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Put the commands into the parser."""
    actions = commands.add_parser(
        "connectors", help="connectors that app teams describe themselves"
    ).add_subparsers(dest="action", required=True)
    for name in SEVERAL:
        action = actions.add_parser(name, help=_HELP[name])
        action.add_argument("--lang", choices=("id", "en"), default="id")
        action.add_argument("--json", action="store_true", help="for tools")
        if name in _FOLDER:
            action.add_argument("folder", type=Path, help="folder with connector.graphql")
        if name in _KEY:
            action.add_argument("key", help="key of the connector")
        if name in _REMOTE:
            action.add_argument("--url", help="address of a running gateway, https://…/graphql")
            action.add_argument("--key-file", type=Path, help="file with your key, needs --url")
    choices = actions.choices
    choices["check"].add_argument(
        "--city", action="store_true", help="also beside all connectors of the database"
    )
    choices["rehearse"].add_argument(
        "--recorded-only", action="store_true", help="no live calls, no network"
    )
    choices["update"].add_argument(
        "--version", type=int, help="the version it takes the place of; else the one there is"
    )
    for name in ("approve", "refuse", "rollback"):
        choices[name].add_argument("version", type=int)
    choices["approve"].add_argument("--note", help="kept in the history")
    for name in ("refuse", "disable", "enable", "withdraw"):
        choices[name].add_argument("--reason", required=True, help="kept in the history")
    _add_new(choices["new"])
    choices["watch"].add_argument("what", metavar="FOLDER|KEY", help="a folder, else a key")


def _add_new(action: argparse.ArgumentParser) -> None:
    action.add_argument("folder", type=Path, help="a folder that is not there yet, or is empty")
    action.add_argument("--answer", type=Path, required=True, help="the saved JSON answer")
    action.add_argument("--address", required=True, help="where it came from, https://…")
    action.add_argument("--key", required=True, help="key of the new connector")
    action.add_argument("--app", required=True, help="slug of its entry in the catalogue")
    action.add_argument("--prefix", help="its types begin with it; else from the key: Parkir")
    action.add_argument("--name", help="what people call it")
    action.add_argument(
        "--value",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with what a {NAME} of the address was filled when the answer was saved",
    )
