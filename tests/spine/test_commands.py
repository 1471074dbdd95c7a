"""The commands as an operator types them: real processes, a real server on a free port."""

import json
import re

import httpx
import pytest

from gateway.cli import main
from gateway.pages.examples import SHORT_QUERY
from tests.commands import PATIENCE, run, served


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with a city in it."""
    made = tmp_path_factory.mktemp("data")
    loaded = run("city", "load", "kota_tangerang", DATA_DIR=made)
    assert loaded.returncode == 0, loaded.stderr
    return made


@pytest.fixture(scope="module")
def server(folder):
    with served(DATA_DIR=folder, LIVE_WATCH_SECONDS="0.2") as one:
        yield one


SWITCHED_OFF = '{ connectors(state: DISABLED) { key } connector(key: "opd") { state } }'

# ------------------------------------------------------------------------------- serve


def test_the_greeting_names_city_sources_address_and_a_query(server):
    assert "city kota_tangerang, mode development" in server.greeting
    assert re.search(r"^  wilayah +on +Wilayah administrasi$", server.greeting, re.MULTILINE)
    assert re.search(r"^  \S+ +pending ", server.greeting, re.MULTILINE)


def test_the_query_of_the_greeting_can_be_pasted(server):
    line = server.greeting.rpartition("Try: ")[2]
    found = re.fullmatch(r"curl (\S+) -H '(\S+): (\S+)' -d '(.*)'\n", line)
    assert found is not None, line
    answer = httpx.post(
        found[1], content=found[4], headers={found[2]: found[3]}, timeout=PATIENCE
    ).json()
    assert "errors" not in answer
    assert all(answer["data"].values())


def test_a_browser_gets_graphiql_and_its_files_from_ourselves(server):
    page = server.client.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page.text)
    for file in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert server.client.get(file).status_code == 200, file


def test_the_front_page_leads_to_graphql(server):
    answer = server.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/graphql")


def test_health_is_told(server):
    live, ready = (server.client.get(f"/health/{name}") for name in ("live", "ready"))
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["checks"]) == (200, {"catalogue": True})
    health = server.data("{ health { ready version schemaHash } }")["health"]
    assert health["ready"]
    assert re.fullmatch(r"[0-9a-f]{16}", health["schemaHash"])


def test_the_language_follows_the_caller(server):
    query = {"query": '{ connector(key: "wilayah") { name } }'}
    names = [
        server.client.post("/graphql", json=query, headers={"Accept-Language": tag}).json()
        for tag in ("id", "en-GB")
    ]
    assert [name["data"]["connector"]["name"] for name in names] == [
        "Wilayah administrasi",
        "Administrative areas",
    ]


def test_a_source_that_is_switched_off_elsewhere_is_off_in_the_running_server(server, folder):
    on = {"connectors": [], "connector": {"state": "ENABLED"}}
    off = {"connectors": [{"key": "opd"}], "connector": {"state": "DISABLED"}}
    assert server.data(SWITCHED_OFF) == on
    said = run("sources", "off", "opd", DATA_DIR=folder)
    assert (said.returncode, said.stderr) == (0, "")
    assert "opd is off" in said.stdout
    server.until(SWITCHED_OFF, off)
    answer = server.client.post("/graphql", json={"query": "{ departments { edges { cursor } } }"})
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_DOWN"
    assert error["extensions"]["source"] == "opd"
    assert answer.json()["data"] == {"departments": None}
    listed = run("sources", "list", DATA_DIR=folder).stdout
    assert re.search(r"^  opd +off ", listed, re.MULTILINE)
    assert run("sources", "on", "opd", DATA_DIR=folder).returncode == 0
    server.until(SWITCHED_OFF, on)


def test_news_come_through_redis_long_before_the_worker_would_look(folder, redis_url):
    settings = {"DATA_DIR": folder, "REDIS_URL": redis_url}
    with served(LIVE_WATCH_SECONDS="3600", **settings) as one:
        # The first switch may come before the worker listens; then it looks when it begins to.
        run("sources", "off", "opd", **settings)
        one.until(
            SWITCHED_OFF, {"connectors": [{"key": "opd"}], "connector": {"state": "DISABLED"}}
        )
        run("sources", "on", "opd", **settings)
        one.until(SWITCHED_OFF, {"connectors": [], "connector": {"state": "ENABLED"}})


def test_a_second_start_answers_from_what_is_there(folder):
    before = (folder / "kota_tangerang.db").stat().st_ino
    with served(DATA_DIR=folder) as one:
        assert one.data("{ areas(level: CITY) { kode } }") == {"areas": [{"kode": "36.71"}]}
    assert (folder / "kota_tangerang.db").stat().st_ino == before


def test_several_workers_share_one_address(folder):
    with served(DATA_DIR=folder, LIVE_WORKERS=2) as one:
        for _ in range(4):
            assert one.data("{ health { ready } }") == {"health": {"ready": True}}


def test_a_server_without_graphiql_has_none(folder):
    with served(DATA_DIR=folder, LIVE_GRAPHIQL="no") as one:
        answer = one.client.get("/graphql", headers={"Accept": "text/html"})
        assert answer.status_code in {400, 405, 406}
        assert "<html" not in answer.text


def test_a_production_server_on_postgresql_has_no_samples(postgres_url, tmp_path):
    settings = {"DATABASE_URL": postgres_url, "MODE": "production", "DATA_DIR": tmp_path}
    with served(**settings) as one:
        assert "mode production" in one.greeting
        found = one.data("{ complaints { edges { cursor } } events { edges { cursor } } }")
        # The store of complaints is there and empty; of events nobody is a source.
        assert found == {"complaints": {"edges": []}, "events": None}
        assert one.data("{ areas(level: CITY) { kode } }") == {"areas": [{"kode": "36.71"}]}


def test_a_port_that_is_taken_is_named_with_what_to_do(server, folder):
    port = server.client.base_url.port
    said = run("serve", DATA_DIR=folder, PORT=port)
    assert said.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said.stderr
    assert "PORT=8001" in said.stderr


# ------------------------------------------------------------------------------- others


def test_the_graph_is_printed_as_sdl():
    said = run("schema")
    assert said.returncode == 0
    assert "type Query {" in said.stdout


def test_loading_a_city_tells_what_came_in_and_what_did_not(folder):
    said = run("city", "load", "kota_tangerang", DATA_DIR=folder)
    assert said.returncode == 0, said.stderr
    assert re.search(r"^ +118  areas/wilayah$", said.stdout, re.MULTILINE)
    assert re.search(r"^\d+ rows refused, \d+ kept without one value", said.stdout, re.MULTILINE)


def test_all_switches_are_listed(folder):
    said = run("sources", "list", DATA_DIR=folder)
    keys = [line.split()[0] for line in said.stdout.splitlines()]
    assert {"wilayah", "opd"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_the_version_is_told():
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((), "usage: python -m gateway"),
        (("fly",), "invalid choice: 'fly'"),
        (("city",), "arguments are required"),
        (("sources", "toggle", "opd"), "invalid choice: 'toggle'"),
        (("sources", "on"), "arguments are required: key"),
        (("gtfs", "load", "feed.zip"), "arguments are required: --key"),
    ],
)
def test_a_command_that_does_not_exist_is_explained(arguments, hint, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "settings", "hint"),
    [
        (("sources", "off", "opt"), {}, "no source 'opt'; there are: .*opd"),
        (("city", "load", "kota_bekas"), {}, "no city 'kota_bekas'; there are: kota_tangerang"),
        (("city", "load", "../cities"), {}, "no city '../cities'"),
        (("serve",), {"CITY": "kota_bekas"}, "no city 'kota_bekas'"),
        (("serve",), {"PORT": "http"}, "PORT: must be a whole number"),
        (("serve",), {"HOST": "no-such-host.invalid"}, "cannot listen on no-such-host.invalid"),
        (("serve",), {"LIVE_WORKER": "2"}, "unknown setting LIVE_WORKER"),
        (("serve",), {"MODE": "prod"}, "MODE: must be one of"),
        (("sources", "list"), {"DATABASE_URL": "geheim"}, "not a database address"),
        (("sources", "list"), {"DATABASE_URL": "mysql://u:geheim@h/d"}, "no asynchronous driver"),
        (
            ("sources", "list"),
            {"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/d"},
            "the database or a file cannot be reached.*check DATABASE_URL",
        ),
        (
            ("sources", "list"),
            {"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:port/d"},
            "not a database address",
        ),
        (("gtfs", "load", "no-such-feed.zip", "--key", "x"), {}, "no-such-feed.zip"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_without_secrets(
    folder, arguments, settings, hint, capsys, monkeypatch
):
    for key, text in {"DATA_DIR": str(folder), **settings}.items():
        monkeypatch.setenv(key, text)
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert re.search(f"^gateway: .*{hint}", said.err), said.err
    assert said.err.count("\n") == 1
    assert "geheim" not in said.out + said.err


def test_a_wrong_password_is_never_printed(postgres, postgres_url, folder):
    address = postgres_url.replace(postgres.password, "geheim")
    said = run("serve", DATABASE_URL=address, DATA_DIR=folder)
    assert said.returncode == 1
    assert "geheim" not in said.stdout + said.stderr
    assert said.stderr.startswith("gateway: the database or a file cannot be reached")


def test_a_folder_nobody_may_write_to_is_named_by_its_setting(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    said = run("sources", "list", DATA_DIR=tmp_path / "file")
    assert said.returncode == 1
    assert "DATA_DIR" in said.stderr


def test_json_of_the_greeting_is_json():
    assert json.loads(f'{{"query": "{SHORT_QUERY}"}}')["query"] == SHORT_QUERY
    assert "'" not in SHORT_QUERY
