"""Settings that change while agents stay signed in: whole or not at all."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gateway.settings.load import interpret, load
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import Settings
from tests.unit.settings.files import NEW, OLD, WRONG, delete, write


class Pauses:
    """Pauses that take no time; `meanwhile[n]` happens in the n-th."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self.count = 0
        self.meanwhile: dict[int, Callable[[], object]] = {}

    async def __call__(self, seconds: float) -> None:
        self.total_s += seconds
        self.meanwhile.get(self.count, lambda: None)()
        self.count += 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "basic.properties"
    path.write_text(OLD)
    return path


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def live(file: Path, pauses: Pauses) -> LiveSettings:
    return LiveSettings(load(file, {}), pauses)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "gateway.settings")
    return caplog


async def test_a_changed_file_is_applied_whole(file: Path, live: LiveSettings) -> None:
    write(file, NEW)

    await live.reload("test")

    assert live.current == load(file, {}).settings
    assert (live.applied, live.refused, live.last_error) == (1, 0, None)


async def test_each_changed_key_is_logged_with_both_values(
    file: Path, live: LiveSettings, log: pytest.LogCaptureFixture
) -> None:
    write(file, NEW)

    await live.reload("SIGHUP")

    assert log.messages == [
        "settings (SIGHUP): AUTHMODE: 2 -> 1",
        "settings (SIGHUP): GUIDINTERVAL: 60000 -> 30000",
        "settings (SIGHUP): MAXTIME: 120000 -> 90000",
    ]


async def test_an_unchanged_file_does_nothing(live: LiveSettings, log: pytest.LogCaptureFixture) -> None:
    await live.reload("SIGHUP", force=True)

    assert (live.applied, live.refused, log.messages) == (0, 0, [])


async def test_a_wrong_file_is_refused_logged_and_counted(
    file: Path, live: LiveSettings, log: pytest.LogCaptureFixture
) -> None:
    before = live.current
    write(file, WRONG)

    await live.reload("test")

    assert live.current is before
    assert (live.applied, live.refused) == (0, 1)
    assert [record.levelname for record in log.records] == ["WARNING", "WARNING"]
    assert "GUIDINTERVAL = 3" in log.messages[0]
    assert "MAXTIME = many" in log.messages[1]
    assert "GUIDINTERVAL = 3" in str(live.last_error)


async def test_the_same_wrong_file_is_counted_once_unless_asked_for(file: Path, live: LiveSettings) -> None:
    write(file, WRONG)

    await live.reload("file changed")
    await live.reload("file changed")
    assert live.refused == 1
    await live.reload("SIGHUP", force=True)
    assert live.refused == 2


@pytest.mark.parametrize("text", [NEW, OLD], ids=["a right file", "the file in force"])
async def test_a_good_file_ends_the_error(file: Path, live: LiveSettings, text: str) -> None:
    write(file, WRONG)
    await live.reload("test")
    write(file, text)

    await live.reload("test")

    assert live.last_error is None


async def test_an_empty_file_is_refused(file: Path, live: LiveSettings) -> None:
    write(file, "")

    await live.reload("test")

    assert live.last_error == f"{file}: is empty"


async def test_a_missing_file_is_refused_once(file: Path, live: LiveSettings) -> None:
    delete(file)

    await live.reload("test")
    await live.reload("test")

    assert live.last_error == f"{file}: is missing or cannot be read"
    assert live.refused == 1


async def test_a_file_that_is_missing_for_a_moment_is_waited_for(
    file: Path, live: LiveSettings, pauses: Pauses
) -> None:
    delete(file)
    pauses.meanwhile[5] = partial(write, file, NEW)

    await live.reload("test")

    assert (live.current.auth_mode, live.refused) == (1, 0)


async def test_a_file_being_written_is_read_until_it_rests(file: Path, live: LiveSettings, pauses: Pauses) -> None:
    write(file, NEW[:20])
    pauses.meanwhile = {number: partial(write, file, NEW[: 20 + 10 * number]) for number in range(9)}

    await live.reload("test")

    assert (live.applied, live.refused) == (1, 0)
    assert live.current.max_time_ms == 90_000


async def test_a_file_that_never_rests_is_refused(file: Path, live: LiveSettings, pauses: Pauses) -> None:
    pauses.meanwhile = {number: partial(write, file, f"{NEW}# {number}\n") for number in range(1000)}

    await live.reload("test")

    assert "kept changing for 10000 ms" in str(live.last_error)


async def test_a_whole_file_is_read_twice_100_ms_apart(file: Path, live: LiveSettings, pauses: Pauses) -> None:
    write(file, NEW)

    await live.reload("test")

    assert pauses.total_s == pytest.approx(0.1)


async def test_keys_may_vanish_when_the_file_rests_for_a_second(
    file: Path, live: LiveSettings, pauses: Pauses, log: pytest.LogCaptureFixture
) -> None:
    write(file, "AUTHMODE = 1\nMAXTIME = 120000\n")

    await live.reload("test")

    assert pauses.total_s == pytest.approx(1.0)
    assert live.applied == 1
    assert "settings (test): GUIDINTERVAL is no longer in the file, so its default counts" in log.messages


async def test_a_half_written_file_waits_for_sighup(file: Path, live: LiveSettings) -> None:
    write(file, OLD.splitlines(keepends=True)[0])

    await live.reload("file changed")
    assert "taken as half-written" in str(live.last_error)
    await live.reload("SIGHUP", force=True)

    assert (live.applied, live.last_error) == (1, None)


async def test_what_needs_a_restart_is_named_and_keeps_its_value(
    file: Path, live: LiveSettings, log: pytest.LogCaptureFixture
) -> None:
    write(file, f"{OLD}HTTP_PORT = 9000\n")

    await live.reload("test")

    assert (live.current.http_port, live.waiting) == (8000, ("HTTP_PORT",))
    assert log.messages == [
        "settings (test): HTTP_PORT changed in the file: it needs a restart, the former value stays"
    ]


async def test_a_value_put_back_waits_no_longer(file: Path, live: LiveSettings) -> None:
    write(file, f"{OLD}HTTP_PORT = 9000\n")
    await live.reload("test")
    write(file, f"{OLD}HTTP_PORT = 8000\n")

    await live.reload("test")

    assert live.waiting == ()


async def test_secrets_stay_out_of_the_log(file: Path, live: LiveSettings, log: pytest.LogCaptureFixture) -> None:
    write(file, f"{OLD}REDIS_URL = redis://me:hunter2@host\nGUID_SECRET_FILE = s\n")
    await live.reload("test")
    write(file, f"{OLD}REDIS_URL = redis://me:hunter2@host:port\n")

    await live.reload("test")

    assert len(log.messages) == 3
    assert "hunter2" not in log.text + str(live.last_error)


async def test_listeners_hear_of_live_changes_until_they_leave(file: Path, live: LiveSettings) -> None:
    heard: list[tuple[Settings, Settings]] = []
    before = live.current
    leave = live.subscribe(lambda old, new: heard.append((old, new)))
    write(file, NEW)
    await live.reload("test")
    leave()
    write(file, OLD)

    await live.reload("test")

    assert heard == [(before, interpret(NEW.encode(), file, {}).settings)]


async def test_a_failing_listener_keeps_no_other_from_hearing(file: Path, live: LiveSettings) -> None:
    heard: list[int] = []

    def failing(_old: Settings, _new: Settings) -> None:
        raise RuntimeError

    live.subscribe(failing)
    live.subscribe(lambda _old, new: heard.append(new.auth_mode))
    write(file, NEW)

    await live.reload("test")

    assert heard == [1]
