"""Teams for the tests: a folder in two strings, and a system whose answers a test says."""

from __future__ import annotations

from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.submission import Submission


def settings(key: str, prefix: str, more: str = "") -> str:
    """The least that `connector.yaml` must say."""
    return f"""\
connector: {key}
app: {key}
prefix: {prefix}
name:
  id: {prefix}
  en: {prefix}
{more}"""


def submission(key: str, prefix: str, sdl: str, more: str = "") -> Submission:
    """What a team hands in."""
    return Submission(key, key, sdl, settings(key, prefix, more))


def app(key: str, prefix: str, sdl: str, more: str = "") -> DeclaredApp:
    """A team's connector, read."""
    return read_app(submission(key, prefix, sdl, more))


def source(name: str, base: str = "https://luar.example") -> str:
    """The declaration of a system."""
    return f'extend schema @source(name: "{name}", http: {{baseURL: "{base}"}})\n'


PARKING = (
    source("parkir")
    + """
type ParkirLokasi { id: ID! nama: String kosong: Int }
type Query {
  parkirLokasi: [ParkirLokasi] @connect(source: "parkir", http: {GET: "/lokasi"},
    selection: "$.data { id nama kosong: sisa }")
}
"""
)
