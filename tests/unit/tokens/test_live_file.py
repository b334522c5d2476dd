"""Files that are taken over while the gateway runs."""

import asyncio
import time
from pathlib import Path

import pytest

from gateway.tokens import users
from gateway.tokens.live_file import LiveFile, follow
from gateway.tokens.toml_file import TokenFileError
from gateway.tokens.users import Users
from tests.support.tokens import ADA, BOB
from tests.support.waiting import lost_time, until

SLACK_S = 2.0
"""For what watches in a thread of its own, whose lost time is not counted."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "users.toml"
    users.add_user(made, ADA)
    return made


@pytest.fixture
def file(path: Path) -> LiveFile[Users]:
    return LiveFile(path, users.read, Users())


def test_a_changed_file_is_taken_over(path: Path, file: LiveFile[Users]) -> None:
    users.add_user(path, BOB)
    assert file.reload()
    assert file().all() == (ADA, BOB)


@pytest.mark.parametrize("text", ["[[users]", '[[users]]\nid = "x"', None])
def test_a_wrong_or_vanished_file_is_refused_and_the_former_stays(
    path: Path, file: LiveFile[Users], text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    assert not file.reload()
    assert file().all() == (ADA,)
    assert "the former content stays" in caplog.text


def test_a_wrong_file_at_the_start_is_an_error(path: Path) -> None:
    path.write_text("[[users]")
    with pytest.raises(TokenFileError):
        LiveFile(path, users.read, Users())


def test_without_a_path_the_content_is_empty() -> None:
    file = LiveFile(None, users.read, Users())
    assert file().all() == ()
    assert not file.reload()


def test_a_file_that_is_not_there_yet_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = LiveFile(tmp_path / "later.toml", users.read, Users())
    assert not file.reload()
    assert caplog.records == []
    users.add_user(tmp_path / "later.toml", ADA)
    assert file.reload()
    assert file().all() == (ADA,)


async def test_a_change_is_seen_within_2_s(path: Path, file: LiveFile[Users]) -> None:
    following = asyncio.create_task(follow([file, LiveFile(None, users.read, Users())]))
    await asyncio.sleep(0)
    users.add_user(path, BOB)
    async with lost_time() as lost:
        began_s = time.monotonic()
        await until(lambda: len(file().all()) == 2)
        assert time.monotonic() - began_s - lost.s < 2 + SLACK_S
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
