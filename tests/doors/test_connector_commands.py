"""The commands as teams and operators type them, here and at a running gateway."""

import asyncio
import json
import stat

import pytest

from gateway.cli import main
from tests.commands import run, served
from tests.doors.gate import furnish
from tests.doors.parking import Parking, parking

APP = "layanan-publik-070"


@pytest.fixture
def folder(tmp_path):
    return Parking().write(tmp_path / "parkir")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A registry on this machine."""
    data = tmp_path / "data"
    data.mkdir()
    asyncio.run(furnish(data, "kota_tangerang"))
    monkeypatch.setenv("DATA_DIR", str(data))
    monkeypatch.setenv("LIVE_PRIVATE_HOSTS", "127.0.0.1")
    return data


def told(capsys):
    return json.loads(capsys.readouterr().out)


# ------------------------------------------------------------------------------- check, rehearse


def test_a_good_folder_is_told_so_without_a_database(folder, capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert main(["connectors", "check", str(folder)]) == 0
    assert capsys.readouterr().out.endswith("Dapat dipakai.\n")


def test_what_is_wrong_is_printed_with_its_place_in_indonesian_and_in_english(folder, capsys):
    file = folder / "connector.graphql"
    file.write_text(file.read_text().replace('source: "p"', 'source: "q"'))
    assert main(["connectors", "check", str(folder)]) == 1
    indonesian = capsys.readouterr().out
    assert f"{file}:6:" in indonesian
    assert "galat SOURCE_UNKNOWN" in indonesian
    assert "perbaikan:" in indonesian
    assert main(["connectors", "check", str(folder), "--lang", "en"]) == 1
    assert "error SOURCE_UNKNOWN" in capsys.readouterr().out


def test_for_tools_findings_come_as_json(folder, capsys):
    assert main(["connectors", "check", str(folder), "--json"]) == 0
    found = told(capsys)
    assert found["ok"] is True
    assert all({"code", "severity", "message", "fix"} <= set(p) for p in found["problems"])


def test_settings_that_cannot_be_read_do_not_hide_what_else_is_wrong(folder, capsys):
    (folder / "connector.yaml").write_text("connector: [")
    assert main(["connectors", "check", str(folder), "--json"]) == 1
    assert "YAML_SYNTAX" in {p["code"] for p in told(capsys)["problems"]}


def test_a_folder_that_is_not_there_is_said_on_the_error_output(tmp_path, capsys):
    assert main(["connectors", "check", str(tmp_path / "nowhere")]) == 1
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["connectors"],
        ["connectors", "fly"],
        ["connectors", "check"],
        ["connectors", "approve", "x"],
        ["connectors", "disable", "x"],
        ["connectors", "approve", "x", "one"],
        ["keys", "create"],
    ],
)
def test_who_calls_a_command_wrongly_hears_two(words, capsys):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_recordings_are_rehearsed_without_any_network(folder, capsys):
    assert main(["connectors", "rehearse", "--recorded-only", str(folder), "--json"]) == 0
    assert told(capsys)["ok"] is True
    test = folder / "tests" / "semua.yaml"
    test.write_text(test.read_text().replace("kosong: 12", "kosong: 13"))
    assert main(["connectors", "rehearse", "--recorded-only", str(folder)]) == 1
    assert f"{test}:" in capsys.readouterr().out


# ------------------------------------------------------------------------------- the registry here


def lived_through(folder):
    """What an operator types from the first day of a connector on."""
    yield ["register", str(folder)], 0
    yield ["show", "parkir"], 0
    yield ["approve", "parkir", "1", "--note", "dilihat"], 0
    yield ["list"], 0
    yield ["disable", "parkir", "--reason", "rusak"], 0
    yield ["enable", "parkir", "--reason", "baik lagi"], 0
    yield ["approve", "parkir", "1"], 1
    yield ["rollback", "parkir", "9"], 1
    yield ["refresh", "parkir"], 0
    yield ["history", "parkir"], 0
    yield ["show", "nobody"], 1


async def typed(capsys, *words):
    """The code, and what was printed beside the code."""
    code = await asyncio.to_thread(main, ["connectors", *map(str, words)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.out or said.err


async def test_a_connector_lives_by_commands_alone(tmp_path, here, capsys):
    printed = {}
    async with parking() as team:
        folder = team.write(tmp_path / "parkir")
        for words, expected in lived_through(folder):
            code, said = await typed(capsys, *words, "--json")
            assert code == expected, (words, said)
            printed[words[0], code] = said
    registered = json.loads(printed["register", 0])
    assert registered["connector"]["state"] == "PENDING"
    assert registered["connector"]["waiting"]
    assert [one["state"] for one in json.loads(printed["list", 0])] == ["ENABLED"]
    assert json.loads(printed["history", 0])[0]["note"] == "dilihat"
    assert "no connector 'nobody'" in printed["show", 1]
    assert json.loads(printed["rollback", 1])["errors"][0]["code"] == "NOT_FOUND"


async def test_people_are_told_in_words(tmp_path, here, capsys):
    async with parking() as team:
        folder = team.write(tmp_path / "parkir")
        _, registered = await typed(capsys, "register", folder)
        assert "Versi 1 menunggu persetujuan operator karena:" in registered
        assert registered.endswith("Selesai.\n")
        file = folder / "connector.yaml"
        file.write_text(file.read_text() + "languages: [id, en]\n")
        code = await asyncio.to_thread(main, ["connectors", "register", str(folder)])
        assert (code, "pakai `connectors update`" in capsys.readouterr().err) == (1, True)
        _, approved = await typed(capsys, "approve", "parkir", "1", "--lang", "en")
        assert "parkir  enabled  v1" in approved
        _, listed = await typed(capsys, "list")
        assert listed == f"parkir  aktif           v1    {APP}\n"
        _, again = await typed(capsys, "approve", "parkir", "1")
        assert again.startswith("CONFLICT: ")


async def test_drift_is_seen_by_command(tmp_path, here, capsys):
    async with parking() as team:
        folder = team.write(tmp_path / "parkir")
        await typed(capsys, "register", folder)
        await typed(capsys, "approve", "parkir", "1")
        assert await typed(capsys, "watch", "parkir") == (0, "Sama dengan rekaman.\n")
        for lot in team.lots:
            lot["sisa"] = str(lot["sisa"])
        code, other = await typed(capsys, "watch", "parkir", "--lang", "en")
        assert code == 1
        assert "DRIFT_KIND" in other
        _, shown = await typed(capsys, "show", "parkir", "--json")
        assert json.loads(shown)["drift"]
    (letter,) = (here / "letters").iterdir()
    assert "jawaban sistem Anda berubah" in letter.read_text()


# ------------------------------------------------------------------------------- new

SAVED = {"data": [{"kode": "L1", "nama": "Alun-alun", "sisa": 12, "email": "siti@warga.id"}]}


def test_a_folder_is_begun_from_one_saved_answer_and_can_be_checked(tmp_path, capsys):
    answer, folder = tmp_path / "lot.json", tmp_path / "parkir"
    answer.write_text(json.dumps(SAVED))
    words = ["--answer", str(answer), "--key", "parkir-kota", "--app", APP]
    begin = [
        "connectors",
        "new",
        str(folder),
        *words,
        "--address",
        "https://parkir.example/api/lot",
    ]
    assert main([*begin, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert str(folder / "connector.graphql") in said
    assert "is about persons" in said
    texts = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert "siti@warga.id" not in texts
    assert main(["connectors", "rehearse", "--recorded-only", str(folder), "--json"]) == 0
    assert told(capsys)["ok"] is True
    assert main(begin) == 1, "nothing is written over"
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (b"no json", [], "not JSON"),
        (b"\xff", [], "not written in UTF-8"),
        (b"{}", ["--value", "x"], "write NAME=VALUE"),
        (b"[1]", ["--prefix", "kecil"], "prefix"),
    ],
)
def test_what_no_connector_can_be_made_of_is_told(tmp_path, capsys, content, more, said):
    answer = tmp_path / "a.json"
    answer.write_bytes(content)
    words = [
        "--answer",
        str(answer),
        "--key",
        "parkir",
        "--app",
        APP,
        "--address",
        "https://x.id/a",
    ]
    assert main(["connectors", "new", str(tmp_path / "new"), *words, *more]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------------------- keys


def test_a_key_is_shown_once_and_listed_without_its_text(here, capsys):
    create = ["keys", "create", "--label", "tim parkir", "--team", "dishub", "--app", APP]
    assert main(create) == 0
    made = capsys.readouterr()
    key = made.out.strip()
    assert key.startswith("tlg_")
    assert main(["keys", "list"]) == 0
    listed = capsys.readouterr().out
    assert "tim parkir" in listed
    assert key.rpartition("_")[2] not in listed
    number = key.split("_")[1]
    assert main(["keys", "revoke", number]) == 0
    assert main(["keys", "revoke", number]) == 1
    capsys.readouterr()
    main(["keys", "list", "--json"])
    assert [one["state"] for one in told(capsys)] == ["revoked"]


def test_a_key_can_be_written_to_a_file_for_its_owner_alone(here, tmp_path, capsys):
    file = tmp_path / "key"
    create = ["keys", "create", "--label", "op", "--role", "ADMIN", "--out", str(file)]
    assert main(create) == 0
    assert "tlg_" not in capsys.readouterr().out
    assert file.read_text().startswith("tlg_")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(create) == 1, "a file that is there is not written over"


def test_a_key_that_would_be_no_use_is_not_made(here, tmp_path, capsys):
    assert main(["keys", "create", "--label", "x", "--team", "t"]) == 1
    assert "sekurangnya satu aplikasi" in capsys.readouterr().err
    file = tmp_path / "key"
    assert main(["keys", "create", "--label", " ", "--role", "ADMIN", "--out", str(file)]) == 1
    assert not file.exists()
    assert main(["keys", "create", "--label", "x", "--role", "ADMIN", "--days", "0"]) == 1


# ------------------------------------------------------------------------------- at a gateway


async def test_a_team_registers_at_a_running_gateway_with_its_key(tmp_path, here):
    async with parking() as team:
        folder = team.write(tmp_path / "parkir")
        environment = {"DATA_DIR": here, "LIVE_PRIVATE_HOSTS": team.host}

        def make(name, *more):
            done = run(
                "keys", "create", "--label", name, "--out", tmp_path / name, *more, **environment
            )
            assert done.returncode == 0, done.stderr

        def live():
            make("tim", "--team", "dishub", "--app", APP)
            make("op", "--role", "ADMIN")
            with served(**environment, LIVE_WATCH_SECONDS="0.2") as server:
                url = f"{server.client.base_url}/graphql"

                def sent(*words, key="tim"):
                    end = ("--url", url, "--key-file", tmp_path / key, "--json")
                    return run("connectors", *words, *end, DATA_DIR=tmp_path / "nothing")

                rehearsed = sent("rehearse", folder)
                assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
                registered = sent("register", folder)
                assert registered.returncode == 0, registered.stdout + registered.stderr
                (first, *_) = json.loads(registered.stdout)["connector"]["waiting"]
                assert first["en"] == "the first registration of this connector"
                forbidden = sent("approve", "parkir", "1")
                assert forbidden.returncode == 1
                assert "needs the role ADMIN" in forbidden.stderr
                assert sent("approve", "parkir", "1", key="op").returncode == 0
                server.until(
                    "{ parkirSemua { id } }", {"parkirSemua": [{"id": "L1"}, {"id": "L2"}]}
                )
                changed = folder / "connector.yaml"
                changed.write_text(changed.read_text() + "languages: [id, en]\n")
                updated = sent("update", folder)
                assert updated.returncode == 0, updated.stdout + updated.stderr
                assert json.loads(updated.stdout)["connector"]["version"] == 2
                assert [v["version"] for v in json.loads(sent("history", "parkir").stdout)] == [
                    2,
                    1,
                ]
                (tmp_path / "wrong").write_text("tlg_000000000000_" + "x" * 43)
                wrong = sent("list", key="wrong")
                assert wrong.returncode == 1
                assert "wrong, expired or revoked" in wrong.stderr
                assert "xxxx" not in wrong.stderr

        await asyncio.to_thread(live)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "http://kota.example/graphql"], "a key is sent by https only"),
        (["--url", "ftp://kota.example"], "write https://host/graphql"),
        (["--url", "https://[::bad"], "gateway:"),
    ],
)
def test_a_key_is_not_sent_just_anywhere(tmp_path, capsys, words, said):
    file = tmp_path / "key"
    file.write_text("tlg_secret")
    assert main(["connectors", "list", *words, "--key-file", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_a_url_needs_a_key_and_a_key_a_url(tmp_path, capsys):
    assert main(["connectors", "list", "--url", "https://kota.example"]) == 1
    assert "--key-file" in capsys.readouterr().err
    assert main(["connectors", "list", "--key-file", str(tmp_path / "key")]) == 1
    assert "--url" in capsys.readouterr().err


def test_a_file_that_holds_no_key_is_refused_and_not_repeated(tmp_path, capsys):
    file = tmp_path / "key"
    file.write_text("two words")
    words = ["connectors", "list", "--url", "https://kota.example", "--key-file", str(file)]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "must hold one key" in said
    assert "two words" not in said
