"""Files are read within their folders, again when they change, and in no other case."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connectors import errors
from connectors.kinds import files
from connectors.kinds.files import FileWay, confined
from connectors.upkeep import policy
from tests.upstream import MovedClock, upkeep


async def body(way: FileWay) -> bytes:
    return (await way.read(lambda document, _: document)).body


async def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    file, clock = tmp_path / "a.csv", MovedClock()
    file.write_text("id\n1\n")
    way = FileWay(file, upkeep(clock, policy=policy.of((), at_hand=True)))
    first = await way.read(lambda document, _: document)
    assert first.body == b"id\n1\n"
    clock.move(3)
    again = await way.read(lambda document, _: document)
    assert again is first, "not even read: it is the same document"
    file.write_text("id\n2\n")
    os.utime(file, ns=(1, 1))
    clock.move(3)
    assert await body(way) == b"id\n2\n"
    await way.aclose()


async def test_a_missing_a_forbidden_and_a_huge_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(errors.Unreachable, match=r"a\.csv: FileNotFoundError"):
        await body(FileWay(tmp_path / "a.csv", upkeep()))
    with pytest.raises(errors.Rejected, match="IsADirectoryError"):
        await body(FileWay(tmp_path, upkeep()))
    (tmp_path / "b.csv").write_text("id\n" + "1\n" * 100)
    with pytest.raises(errors.Unreadable, match=r"b\.csv is larger than 50 bytes"):
        await body(FileWay(tmp_path / "b.csv", upkeep(policy=policy.Policy(max_bytes=50))))


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (FileNotFoundError, errors.Unreachable), (NotADirectoryError, errors.Unreachable),
        (PermissionError, errors.Refused), (IsADirectoryError, errors.Rejected),
        (TimeoutError, errors.TimedOut), (OSError, errors.Broken), (ConnectionError, errors.Broken),
    ],
)  # fmt: skip
def test_every_fault_of_the_file_system_has_our_name(
    foreign: type[OSError], ours: type[errors.ConnectorError]
) -> None:
    found = files.translate(foreign("/secret/path"), Path("/secret/path/a.csv"))
    assert type(found) is ours
    assert "/secret" not in str(found)


def test_the_table_is_ordered_from_special_to_general() -> None:
    seen: list[type[Exception]] = []
    for foreign, _ in files.TRANSLATIONS:
        assert not any(issubclass(foreign, earlier) for earlier in seen), foreign
        seen.append(foreign)
    assert seen[-1] is OSError


def test_a_path_cannot_lead_out_of_its_folders(tmp_path: Path) -> None:
    data, city, outside = tmp_path / "data", tmp_path / "city", tmp_path / "outside"
    for folder in (data, city, outside):
        folder.mkdir()
    (city / "a.csv").write_text("id\n")
    (outside / "b.csv").write_text("id\n")
    (data / "link.csv").symlink_to(outside / "b.csv")
    (city / "sub").mkdir()
    folders = (data, city)
    assert confined("a.csv", folders) == city / "a.csv"
    assert confined("new/c.csv", folders) == data / "new" / "c.csv"
    assert confined("sub/../a.csv", folders) == city / "a.csv"
    assert confined(str(city / "a.csv"), folders) == city / "a.csv"
    for path in ("../outside/b.csv", str(outside / "b.csv"), "/etc/passwd", "..", "."):
        with pytest.raises(ValueError, match="must lie in"):
            confined(path, folders)
    # Through the link it would leave the data folder; within the city's there is no such file.
    assert confined("link.csv", folders) == city / "link.csv"
    with pytest.raises(ValueError, match="must lie in"):
        confined("link.csv", (data,))
