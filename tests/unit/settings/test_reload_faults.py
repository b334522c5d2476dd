"""Whatever the settings file becomes, the former values stay in force, and the log says why in one line."""

import asyncio
from pathlib import Path

import pytest

from gateway.settings import live_file
from gateway.settings.live_file import watch_files
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.reload import LiveSettings
from tests.support.faulty_files import GONE, KINDS, Spoil, holding
from tests.support.waiting import GENEROUS_S
from tests.unit.settings.files import NEW, OLD

CONTENTS = {
    "NUL bytes": holding(b"MAXTIME = 1\0\n"),
    "a number of 5,000 digits": holding(b"MAXTIME = " + b"1" * 5_000 + b"\n"),
    "half of a character": holding(b"AGENTS_FILE = \\ud800\n"),
    "a million slashes": holding(b"MAXTIME = //" + b"/" * 1_000_000 + b"\nMAXTIME = x\n"),
}
FAULTS: dict[str, Spoil] = {**KINDS, **GONE, **CONTENTS}


async def no_pause(_seconds: float) -> None:
    return None


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
async def test_a_faulty_file_is_named_in_one_line_and_the_former_values_stay(
    tmp_path: Path, spoil: Spoil, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "basic.properties"
    file.write_text(OLD)
    live = LiveSettings(load(file, {}), no_pause)
    former = live.current
    spoil(file)
    for _ in range(3):
        await live.reload("file changed")
    assert (live.current, live.refused) == (former, 1)
    (line,) = caplog.messages
    assert line.startswith(f"settings (file changed) refused, the former values stay: {file}")
    assert line.isprintable()


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_at_the_start_is_refused_by_name(tmp_path: Path, spoil: Spoil) -> None:
    file = tmp_path / "basic.properties"
    file.write_text(OLD)
    spoil(file)
    with pytest.raises(SettingsError, match=r"basic\.properties"):
        load(file, {})


async def test_links_in_a_circle_end_no_watching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_file, "_LOOK_EVERY_MS", 20)
    file, told = tmp_path / "basic.properties", asyncio.Queue[bool]()
    file.write_text(OLD)

    async def changed(_paths: frozenset[Path]) -> None:
        told.put_nowait(file.exists())

    watch = asyncio.create_task(watch_files([file], changed))
    await asyncio.sleep(0)
    KINDS["circle of links"](file)
    async with asyncio.timeout(GENEROUS_S):
        while await told.get():
            pass
        file.unlink()
        file.write_text(NEW)
        while not await told.get():
            pass
    watch.cancel()
