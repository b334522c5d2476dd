"""Files that are taken over while the gateway runs, whole or not at all."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.settings import live_file
from gateway.settings.live_file import LiveFile, follow
from tests.support.waiting import lost_time, until

SLACK_S = 2.0
"""For what watches in a thread of its own, whose lost time is not counted."""


class WrongError(Exception):
    """The test's files cannot be used."""


class World:
    """Two files that hold numbers, read together; `reads` counts how often, `heard` is what was counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = (folder / "one", folder / "two")
        self.reads = 0
        self.heard: list[str] = []
        self.write(1, 2)
        self.file = self.opened()

    def opened(self) -> LiveFile[list[int]]:
        return LiveFile(
            self.paths,
            self._read,
            faults=WrongError,
            refused="numbers refused, the former stay",
            taken=lambda numbers: f"numbers read: {numbers}",
            counted=self.heard.append,
        )

    def write(self, *numbers: int | str) -> None:
        for path, number in zip(self.paths, numbers, strict=True):
            path.write_text(f"{number}")

    def _read(self) -> list[int]:
        self.reads += 1
        try:
            return [int(path.read_text()) for path in self.paths]
        except (OSError, ValueError) as problem:
            raise WrongError(type(problem).__name__) from None


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def looks(world: World, count: int) -> list[bool]:
    return [world.file.look() for _ in range(count)]


def test_what_cannot_be_read_at_the_start_is_an_error(world: World) -> None:
    world.write(1, "not a number")
    with pytest.raises(WrongError):
        world.opened()


def test_a_change_is_taken_over_when_it_is_found_the_same_twice(world: World) -> None:
    world.write(1, 33)
    assert (world.file.look(), world.file()) == (False, [1, 2])
    assert (world.file.look(), world.file()) == (True, [1, 33])


def test_what_changes_between_looks_is_left_alone(world: World) -> None:
    for number in range(10, 15):
        world.write(1, "0" * (number - 9) + str(number))
        assert not world.file.look()
    assert world.file() == [1, 2]


def test_one_of_two_files_that_still_changes_holds_up_both(world: World) -> None:
    world.paths[0].write_text("11")
    world.file.look()
    world.paths[1].write_text("22")
    assert (world.file.look(), world.file()) == (False, [1, 2])
    assert (world.file.look(), world.file()) == (True, [11, 22])


def test_what_did_not_change_is_read_once(world: World) -> None:
    assert (looks(world, 3), world.reads) == ([True] * 3, 1)


def test_what_was_reloaded_otherwise_is_not_read_again(world: World) -> None:
    world.write(1, 33)
    assert world.file.reload()
    looks(world, 3)
    assert world.reads == 2


def test_a_replaced_file_is_taken_over(world: World) -> None:
    new = world.folder / "new"
    new.write_text("9")
    os.replace(new, world.paths[0])
    looks(world, 2)
    assert world.file() == [9, 2]


def test_a_file_whose_mode_alone_changed_is_read_again(world: World) -> None:
    world.paths[0].chmod(0o600)
    world.paths[0].chmod(0o640)
    looks(world, 2)
    assert world.reads == 2


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("xx")])
def test_a_fault_is_told_once_and_the_former_stays_until_it_is_mended(
    world: World, spoil: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(spoil)
    spoil(world.paths[1])
    looks(world, 5)
    assert (world.file(), len(caplog.messages), world.heard) == ([1, 2], 1, ["refused"])
    assert caplog.messages[0].startswith("numbers refused, the former stay: ")
    world.write(1, 33)
    looks(world, 2)
    assert (world.file(), world.heard) == ([1, 33], ["refused", "taken"])


def test_a_refused_reload_says_so(world: World) -> None:
    world.write(1, "not a number")
    assert not world.file.reload()
    world.write(1, 33)
    assert world.file.reload()


def test_the_newest_is_what_the_files_hold_now(world: World) -> None:
    world.write(1, 33)
    assert (world.file.newest(), world.reads) == ([1, 33], 2)
    assert (world.file.newest(), world.reads) == ([1, 33], 2)


def test_a_file_that_may_come_later_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "later"

    def read() -> str:
        return path.read_text() if path.exists() else ""

    file = LiveFile((path,), read, faults=OSError, refused="", taken=lambda text: text)
    assert (file.reload(), file(), caplog.messages) == (False, "", [])
    path.write_text("here")
    assert (file.reload(), file()) == (True, "here")


@asynccontextmanager
async def following(files: Iterable[LiveFile[list[int]]], rest_s: float = 0.02) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(follow(files, rest_s=rest_s))
    await asyncio.sleep(0)
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_change_is_in_force_within_2_s(world: World) -> None:
    async with following([world.file], live_file.REST_S), lost_time() as lost:
        await asyncio.sleep(0.5)
        world.write(1, 33)
        began_s = time.monotonic()
        await until(lambda: world.file() == [1, 33])
        assert time.monotonic() - began_s - lost.s < 2 + SLACK_S


async def test_what_changed_before_anybody_followed_is_taken_over(world: World) -> None:
    world.write(1, 33)
    async with following([world.file]):
        await until(lambda: world.file() == [1, 33])


async def test_a_wrong_change_ends_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with following([world.file]) as task:
        world.write(1, "not a number")
        await until(lambda: bool(caplog.messages))
        world.write(1, 33)
        await until(lambda: world.file() == [1, 33])
        assert not task.done()


async def test_a_file_that_never_rests_holds_up_others_for_a_while_only(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_file, "MOST_LOOKS", 3)
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    size = 0

    def still_written() -> bool:
        nonlocal size
        size += 1
        world.write(1, "0" * size)
        return False

    monkeypatch.setattr(world.file, "look", still_written)
    async with following([world.file, other.file]):
        other.write(1, 33)
        await until(lambda: other.file() == [1, 33])


async def test_without_files_there_is_nothing_to_follow() -> None:
    await follow([])
