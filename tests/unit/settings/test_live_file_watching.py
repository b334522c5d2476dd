"""Files that change are told, however they change."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.settings.live_file import watch_files
from tests.support.waiting import GENEROUS_S
from tests.unit.settings.files import delete, replace, write

Told = asyncio.Queue[frozenset[Path]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "agents.toml"
    path.parent.mkdir()
    path.write_text("old")
    return path


@pytest.fixture
async def told(file: Path) -> AsyncIterator[Told]:
    queue: Told = asyncio.Queue()
    watching = asyncio.create_task(watch_files([file, file.with_name("other.toml")], queue.put))
    await asyncio.sleep(0)
    yield queue
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


async def told_of(told: Told, path: Path) -> None:
    async with asyncio.timeout(GENEROUS_S):
        assert await told.get() == {path}


async def test_a_rewritten_file_is_told(file: Path, told: Told) -> None:
    write(file, "new")

    await told_of(told, file)


async def test_a_file_replaced_by_renaming_is_told(file: Path, told: Told) -> None:
    replace(file, "new")

    await told_of(told, file)


async def test_a_file_that_appears_is_told(file: Path, told: Told) -> None:
    other = file.with_name("other.toml")
    other.write_text("new")

    await told_of(told, other)


async def test_a_file_that_goes_and_comes_back_is_told_twice(file: Path, told: Told) -> None:
    delete(file)
    await told_of(told, file)
    write(file, "new")

    await told_of(told, file)


async def test_a_file_in_a_folder_made_anew_is_told(file: Path, told: Told) -> None:
    file.parent.rename(file.parent.with_name("former"))
    await told_of(told, file)
    file.parent.mkdir()
    write(file, "new")
    await told_of(told, file)
    write(file, "newer")

    await told_of(told, file)


async def test_reading_a_file_and_writing_its_neighbour_tell_nothing(file: Path, told: Told) -> None:
    other = file.with_name("other.toml")
    assert await asyncio.to_thread(file.read_text) == "old"
    write(file.with_name("neighbour"), "new")
    write(other, "new")

    await told_of(told, other)
    assert told.empty()


@pytest.mark.parametrize("mounted", [True, False], ids=["swapped folder link", "target rewritten"])
async def test_a_link_is_followed(tmp_path: Path, mounted: bool) -> None:
    for version in ("one", "two"):
        (tmp_path / "store" / version).mkdir(parents=True)
        (tmp_path / "store" / version / "f").write_text(version)
    data, link = tmp_path / "..data", tmp_path / "f"
    data.symlink_to("store/one")
    link.symlink_to("..data/f")
    queue: Told = asyncio.Queue()
    watching = asyncio.create_task(watch_files([link], queue.put))
    await asyncio.sleep(0)

    if mounted:
        (tmp_path / "..next").symlink_to("store/two")
        (tmp_path / "..next").replace(data)
    else:
        (tmp_path / "store" / "one" / "f").write_text("changed")

    await told_of(queue, link)
    watching.cancel()


async def test_a_failing_listener_is_logged_and_told_again(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    queue: Told = asyncio.Queue()

    async def failing(paths: frozenset[Path]) -> None:
        await queue.put(paths)
        raise OSError("disk on fire")

    watching = asyncio.create_task(watch_files([file], failing))
    await asyncio.sleep(0)
    write(file, "new")
    await told_of(queue, file)
    os.utime(file, (1, 1))
    await told_of(queue, file)
    watching.cancel()
    assert "could not be taken over" in caplog.text
