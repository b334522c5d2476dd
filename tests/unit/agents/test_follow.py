import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.agents.follow import Follower, follow
from gateway.agents.registry import AgentRegistry
from tests.support.waiting import GENEROUS_S
from tests.unit.agents.samples import agents_file, entry


@pytest.fixture
def registry(tmp_path: Path) -> AgentRegistry:
    return AgentRegistry(agents_file(tmp_path, entry(101)))


def ids(registry: AgentRegistry) -> list[int]:
    return [agent.id for agent in registry.all()]


def test_a_changed_file_is_taken_over_when_it_is_found_the_same_twice(registry: AgentRegistry) -> None:
    follower = Follower(registry)
    agents_file(registry.path.parent, entry(101), entry(102))
    follower.look()
    assert ids(registry) == [101]
    follower.look()
    assert ids(registry) == [101, 102]


def test_a_file_that_changes_between_looks_is_left_alone(registry: AgentRegistry) -> None:
    follower = Follower(registry)
    for last in range(102, 106):
        agents_file(registry.path.parent, *(entry(one) for one in range(102, last + 1)))
        follower.look()
    assert ids(registry) == [101]


def test_a_file_that_changed_before_the_first_look_is_taken_over(registry: AgentRegistry) -> None:
    agents_file(registry.path.parent, entry(102))
    follower = Follower(registry)
    follower.look()
    follower.look()
    assert ids(registry) == [102]


def test_a_file_that_was_reloaded_otherwise_is_not_read_again(
    registry: AgentRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower(registry)
    agents_file(registry.path.parent, entry(102))
    registry.reload()
    monkeypatch.setattr(registry, "reload", pytest.fail)
    follower.look()
    follower.look()


def test_a_replaced_file_is_taken_over(registry: AgentRegistry, tmp_path: Path) -> None:
    follower = Follower(registry)
    (tmp_path / "new").mkdir()
    os.replace(agents_file(tmp_path / "new", entry(102)), registry.path)
    follower.look()
    follower.look()
    assert ids(registry) == [102]


@pytest.mark.parametrize("content", [None, "[[agents", ""])
def test_after_a_missing_or_wrong_file_the_right_one_is_taken_over(
    registry: AgentRegistry, content: str | None
) -> None:
    follower = Follower(registry)
    if content is None:
        registry.path.unlink()
    else:
        registry.path.write_text(content)
    follower.look()
    follower.look()
    assert ids(registry) == [101]
    agents_file(registry.path.parent, entry(102))
    follower.look()
    follower.look()
    assert ids(registry) == [102]


def test_a_wrong_file_is_reported_once(registry: AgentRegistry, caplog: pytest.LogCaptureFixture) -> None:
    follower = Follower(registry)
    registry.path.write_text("[[agents")
    for _ in range(5):
        follower.look()
    assert len(caplog.records) == 1


async def test_following_goes_on_until_cancelled(registry: AgentRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, reloaded = asyncio.get_running_loop(), asyncio.Event()
    monkeypatch.setattr(registry, "reload", lambda: loop.call_soon_threadsafe(reloaded.set))
    following = asyncio.create_task(follow(registry, look_every_s=0.01))
    await asyncio.sleep(0.02)
    agents_file(registry.path.parent, entry(102))
    await asyncio.wait_for(reloaded.wait(), GENEROUS_S)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
