"""An end is told at once; who is silent or too old is looked for by the clock alone, however many sign out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from gateway.backend import End, EndReason
from gateway.sessions import sweep
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Change
from gateway.sessions.sweep import Sweeper
from gateway.settings.schema import Settings
from tests.support.waiting import GENEROUS_S, until
from tests.unit.sessions import samples
from tests.unit.sessions.node_pairs import memory_pair

ENDS = 20


def counted(work: Callable[..., Awaitable[object]], calls: list[object]) -> Callable[..., Awaitable[object]]:
    async def call(*arguments: object) -> object:
        calls.append(arguments)
        return await work(*arguments)

    return call


async def test_ends_are_told_at_once_without_another_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SWEEP_EVERY_S", GENEROUS_S)
    told: list[End] = []

    async def leave(end: End) -> None:
        told.append(end)

    def has_been_told(ends: int) -> bool:
        return len(told) == ends

    async with memory_pair() as pair:
        store, sweeps = pair.one.store, list[object]()
        monkeypatch.setattr(store, "silent", counted(store.silent, sweeps))
        service = SessionService(store, samples.RING, lambda: Policy(Settings()))
        sweeper = Sweeper(service, lambda: Policy(Settings()), leave)
        running = asyncio.create_task(sweeper.run())
        for number in range(1, ENDS + 1):
            await store.apply(samples.AGENT, lambda record: Change(None, replace(record, session=samples.FRESH)))
            await service.end(samples.AGENT, samples.FRESH.id, EndReason.SIGNED_OUT)
            sweeper.hurry()
            await until(partial(has_been_told, number))
        running.cancel()
    assert len(sweeps) == 1
