"""The whole look."""

import asyncio

import pytest

from gateway.commands import doctor as room
from gateway.commands.doctor import examine
from gateway.doctor.finding import DoctorFinding, Level
from gateway.settings.load import load
from tests.support.gateway import CONFIG
from tests.unit.doctor.samples import bad


async def test_groups_come_in_order() -> None:
    groups = [finding.check.split(" ")[0] for finding in await examine(load(CONFIG, {}))]
    assert list(dict.fromkeys(groups)) == [
        "settings", "certificate", "guid", "agents", "demo", "contact", "open", "store", "push", "token",
    ]  # fmt: skip


async def test_a_fresh_clone_works_and_keeps_sessions_in_memory() -> None:
    found = bad(await examine(load(CONFIG, {})))
    assert found.pop("store") is Level.WARN
    assert set(found) <= {"open files"}


async def test_a_group_that_never_ends_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forever(*_given: object) -> list[DoctorFinding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(room, "store_findings", forever)
    monkeypatch.setattr(room, "LONGEST_S", 0.05)
    (found,) = [finding for finding in await examine(load(CONFIG, {})) if finding.check == "store"]
    assert (found.level, "not done within" in found.found) == (Level.FAIL, True)
