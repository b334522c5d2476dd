from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.agents.agents_file import read
from gateway.agents.password_book import FilePasswordBook, Password
from gateway.wire.errors import Unavailable
from tests.unit.agents.desk import Desk
from tests.unit.agents.samples import CHEAP, OTHER, RIGHT, agents_file, entry

NEW = "Newer-Word8"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(agents_file(tmp_path, entry(101, must_change_password=True), entry(123456)))
    yield made
    made.pool.close()


async def test_the_new_password_is_in_force_and_the_old_one_is_not(desk: Desk) -> None:
    assert await desk.change(RIGHT, NEW) == "0"
    assert await desk.sign_in(101, NEW) == "0"
    assert await desk.sign_in(101, RIGHT) == "100-004"


async def test_a_change_clears_the_need_for_one(desk: Desk) -> None:
    await desk.change(RIGHT, NEW)
    agent = desk.registry.get(101)
    assert agent is not None
    assert not agent.must_change_password


async def test_the_new_hash_has_the_parameters_of_this_gateway(desk: Desk) -> None:
    await desk.change(RIGHT, NEW)
    assert read(desk.registry.path).agents[0].password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_wrong_old_password_is_110_003_and_changes_nothing(desk: Desk) -> None:
    assert await desk.change(OTHER, NEW) == "110-003"
    assert await desk.sign_in(101, RIGHT) == "0"


async def test_wrong_old_passwords_count_as_failed_sign_ins(desk: Desk) -> None:
    for _ in range(5):
        await desk.change(OTHER, NEW)
    assert await desk.change(RIGHT, NEW) == "110-016"
    assert await desk.sign_in(101, RIGHT) == "110-016"


@pytest.mark.parametrize(
    ("new", "retcode"),
    [("Shrt-7a", "110-020"), ("Aa1-" * 8 + "x", "110-020"), ("Word-Foo7", "110-019"), ("wordgame7", "110-019")],
)
async def test_a_new_password_that_breaks_a_rule_is_refused(desk: Desk, new: str, retcode: str) -> None:
    assert await desk.change(RIGHT, new) == retcode


async def test_a_new_password_with_a_run_of_the_own_id_is_110_019(desk: Desk) -> None:
    assert await desk.change(RIGHT, "Word-234x", agent_id=123456) == "110-019"


async def test_the_present_password_is_110_017(desk: Desk) -> None:
    assert await desk.change(RIGHT, RIGHT) == "110-017"


@pytest.mark.parametrize(("back", "retcode"), [(4, "110-017"), (5, "0")])
async def test_one_of_the_last_five_is_110_017_and_the_sixth_is_not(desk: Desk, back: int, retcode: str) -> None:
    words = [RIGHT, *(f"Word-{number}xyz" for number in range(1, 6))]
    for old, new in pairwise(words):
        assert await desk.change(old, new) == "0"
    assert await desk.change(words[-1], words[-1 - back]) == retcode


async def test_who_is_not_in_the_agents_file_any_more_is_110_003(desk: Desk) -> None:
    assert await desk.change(RIGHT, NEW, agent_id=999) == "110-003"


async def test_of_two_changes_at_once_the_later_is_110_003(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = desk.book.replace

    async def overtaken(agent: object, seen: Password, new_hash: str) -> bool:
        found = desk.registry.get(101)
        assert found is not None
        assert await replace(found, seen, CHEAP.hash(OTHER))
        return await replace(found, seen, new_hash)

    monkeypatch.setattr(FilePasswordBook, "replace", lambda _book, *given: overtaken(*given))
    assert await desk.change(RIGHT, NEW) == "110-003"
    assert await desk.sign_in(101, OTHER) == "0"


async def test_a_file_that_cannot_be_written_is_503_and_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.registry.path.write_text("[[agents")
    with pytest.raises(Unavailable):
        await desk.change(RIGHT, NEW)
    assert "agent 101: the new password cannot be written" in caplog.text
    assert "argon2" not in caplog.text
