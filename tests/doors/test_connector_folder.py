"""A connector's folder is read within bounds, and nothing leads out of it."""

import os

import pytest

from gateway.commands.actions import submission_of
from gateway.commands.folder import FolderError, read
from resolvers.registrations import SDL_LONGEST, TESTS_MOST

SDL = "type ParkirLot { id: ID! }\n"
SETTINGS = "connector: parkir\napp: parkir-kota\nname: Parkir\nprefix: Parkir\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "connector.graphql").write_text(SDL)
    (tmp_path / "connector.yaml").write_text(SETTINGS)
    (tmp_path / "tests").mkdir()
    return tmp_path


def test_all_texts_are_read_as_they_are_and_tests_by_name(folder):
    (folder / "tests" / "b.yaml").write_text("tests: []\n")
    (folder / "tests" / "a.yml").write_text("tests: [ ]\n")
    (folder / "tests" / "notes.txt").write_text("not a test")
    (folder / "README.md").write_text("not read")
    found = read(folder)
    assert (found.sdl, found.settings) == (SDL, SETTINGS)
    assert [(file.name, file.text) for file in found.tests] == [
        ("tests/a.yml", "tests: [ ]\n"),
        ("tests/b.yaml", "tests: []\n"),
    ]
    assert set(found.texts) == {
        "connector.graphql", "connector.yaml", "tests/a.yml", "tests/b.yaml",
    }  # fmt: skip


def test_a_folder_without_tests_is_read(folder):
    (folder / "tests").rmdir()
    assert read(folder).tests == ()


def test_a_byte_order_mark_is_no_text(folder):
    (folder / "connector.graphql").write_bytes(b"\xef\xbb\xbf" + SDL.encode())
    assert read(folder).sdl == SDL


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FolderError, match="there is no such folder"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["connector.graphql", "connector.yaml"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FolderError, match=rf"{name}: is missing"):
        read(folder)


@pytest.mark.parametrize("name", ["connector.graphql", "connector.yaml", "tests/a.yaml"])
def test_a_link_is_refused_wherever_it_leads(folder, tmp_path_factory, name):
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("password: 1")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(secret)
    with pytest.raises(FolderError, match="is a link") as refusal:
        read(folder)
    assert "password" not in str(refusal.value)


def test_a_folder_of_tests_that_is_a_link_is_refused(folder, tmp_path_factory):
    (folder / "tests").rmdir()
    (folder / "tests").symlink_to(tmp_path_factory.mktemp("outside"))
    with pytest.raises(FolderError, match="not a link"):
        read(folder)


def test_a_pipe_does_not_keep_anybody_waiting(folder):
    (folder / "connector.yaml").unlink()
    os.mkfifo(folder / "connector.yaml")
    with pytest.raises(FolderError, match="is no plain file"):
        read(folder)


def test_a_folder_where_a_file_should_be_is_refused(folder):
    (folder / "connector.yaml").unlink()
    (folder / "connector.yaml").mkdir()
    with pytest.raises(FolderError, match="is no plain file"):
        read(folder)


def test_a_huge_file_is_refused_without_being_read_whole(folder):
    with (folder / "connector.graphql").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(FolderError, match=rf"more than {SDL_LONGEST} characters"):
        read(folder)


def test_too_many_tests_are_refused(folder):
    for number in range(TESTS_MOST + 1):
        (folder / "tests" / f"{number}.yaml").write_text("tests: []")
    with pytest.raises(FolderError, match=f"{TESTS_MOST + 1} recorded tests"):
        read(folder)


def test_what_is_not_utf_8_is_named_with_its_line(folder):
    (folder / "connector.yaml").write_bytes(SETTINGS.encode() + b"x: \xff\n")
    with pytest.raises(FolderError, match=r"connector\.yaml:5: is not written in UTF-8"):
        read(folder)


def test_key_and_app_are_those_of_the_settings(folder):
    made = submission_of(read(folder))
    assert (made.key, made.app, made.sdl) == ("parkir", "parkir-kota", SDL)


def test_with_settings_that_cannot_be_read_the_folder_gives_the_name(folder):
    (folder / "connector.yaml").write_text("connector: [")
    inner = folder.rename(folder.parent / "Parkir Kota!")
    assert submission_of(read(inner)).key == "parkir-kota"
