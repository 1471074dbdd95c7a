"""The file of identity providers: what it may say, and what it is told when it is wrong."""

import re
from pathlib import Path

import pytest

from connectors.ports.roles import Role
from gateway.identity.oidc.providers import USUAL, read_providers
from tests.commands import run

LEAST = """
[[provider]]
name = "sso"
issuer = "https://sso.example.go.id"
audience = "live"
"""


def read(tmp_path, text, *, production=True):
    file = tmp_path / "oidc.toml"
    file.write_text(text, encoding="utf-8")
    return read_providers(file, production=production)


def test_three_lines_are_enough(tmp_path):
    (one,) = read(tmp_path, LEAST)
    assert (one.name, one.issuer, one.audience) == (
        "sso", "https://sso.example.go.id", {"live"},
    )  # fmt: skip
    assert (one.algorithms, one.otherwise, one.skew_seconds) == (USUAL, Role.CITIZEN, 60)


def test_the_example_of_the_manual_is_read(tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(\[\[provider\]\].*?)```", manual, re.DOTALL)
    assert example is not None
    (one,) = read(tmp_path, example[1])
    assert one.roles_claim == ("realm_access", "roles")
    assert one.roles["walikota"] is Role.MAYOR
    assert one.departments == {"/opd/perhubungan": "dishub"}


def test_hours_and_lists_are_read(tmp_path):
    text = LEAST + 'algorithms = ["ES256"]\noffline_hours = 2\nroles_claim = ["https://x/roles"]\n'
    (one,) = read(tmp_path, text)
    assert (one.algorithms, one.offline_seconds) == ({"ES256"}, 7200)
    assert one.roles_claim == ("https://x/roles",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write one"),
        ("provider = 7", "write one"),
        ("provider = [7]", "is a table"),
        ("[[provider]", "LIVE_OIDC_FILE"),
        (LEAST + "colour = 1", "unknown key 'colour'"),
        (LEAST.replace("audience", "#"), "needs `audience`"),
        (LEAST.replace('"live"', "[]"), "`audience` must name one"),
        (LEAST.replace('"live"', "7"), "`audience` must be a text"),
        (LEAST.replace('"sso"', '"a b"'), "`name` is of letters"),
        (LEAST.replace("https:", "http:"), "must begin with https"),
        (LEAST.replace("https:", "ftp:"), "begins with https"),
        (LEAST.replace("https://", "https://me:secret@"), "begins with https"),
        (LEAST.replace(".id", ".id?x=1"), "begins with https"),
        (LEAST.replace(".id", ".id:port"), "begins with https"),
        (LEAST + 'algorithms = ["none"]', "'none', which is never accepted"),
        (LEAST + 'algorithms = ["HS256"]', "'HS256', which is never accepted"),
        (LEAST + "algorithms = []", "must name one"),
        (LEAST + "skew_seconds = 301", "from 0 to 300"),
        (LEAST + "skew_seconds = true", "from 0 to 300"),
        (LEAST + "offline_hours = -1", "from 0 to 168"),
        (LEAST + 'otherwise = "ADMIN"', "is PUBLIC or CITIZEN"),
        (LEAST + "roles_claim = []", "is the name of a claim"),
        (LEAST + 'roles_claim = "a..b"', "must be a text"),
        (LEAST + 'roles_claim = "r"\n[provider.roles]\nx = "KING"', "no role with 'KING'"),
        (LEAST + '[provider.roles]\nx = "ADMIN"', "`roles_claim` must say"),
        (LEAST + "departments = 7", "is a table"),
        (LEAST + LEAST, "same name"),
        (LEAST + LEAST.replace('"sso"', '"other"'), "same issuer"),
        ("#" * 300_000, "more than"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path, text, why):
    with pytest.raises(ValueError, match="LIVE_OIDC_FILE") as met:
        read(tmp_path, text)
    assert why in str(met.value)
    assert "secret" not in str(met.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_providers(tmp_path / "none.toml", production=True)


def test_a_gateway_does_not_start_with_a_wrong_file_and_says_why(tmp_path):
    file = tmp_path / "oidc.toml"
    file.write_text(LEAST + 'algorithms = ["none"]')
    said = run("serve", LIVE_OIDC_FILE=file, DATA_DIR=tmp_path, PORT=0)
    assert said.returncode == 1
    assert "'none', which is never accepted" in said.stderr
    assert "Traceback" not in said.stderr


def test_in_development_a_provider_may_be_on_this_machine(tmp_path):
    (one,) = read(
        tmp_path, LEAST.replace("https://sso.example.go.id", "http://127.0.0.1:9"), production=False
    )
    assert one.issuer == "http://127.0.0.1:9"
