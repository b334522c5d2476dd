"""The readings of the history: of this process, or of all workers of a node."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from gateway.console.history import History, HistoryJob
from gateway.ops import metrics
from gateway.wire.errors import Malformed
from tests.support.admin import serving
from tests.support.gateway import ROOT

WORKER = """
import asyncio, json, sys
from gateway.ops import metrics
from gateway.console.history import _families, reading
for _ in range(int(sys.argv[1])):
    metrics.CALLS.answered("login", "0")
    metrics.CALLS.took(0.02)
metrics.POLLS_PARKED.set(2)
metrics.refresh()
found = reading(asyncio.run(_families()), None, None)
print(json.dumps([found.answered.get(("login", "0")), found.took[-1][1], found.parked]))
"""


async def twelve() -> float:
    return 12


async def slow() -> float:
    return 0.004


@pytest.fixture
def job() -> HistoryJob:
    times = iter(range(1000, 100_000, 1000))
    return HistoryJob(History({"login"}, {"pollEvent"}), twelve, slow, lambda: next(times))


async def test_the_last_hour_is_told(job: HistoryJob) -> None:
    await job.look()
    metrics.CALLS.answered("login", "100-004")
    metrics.CALLS.took(0.004)
    await job.look()
    async with serving([job.route()]) as operator:
        told = (await operator.get("/console/history")).json
    assert (told["at"], told["refused"], told["notSignedIn"]) == ([2000], {"100-004": [1]}, [1])
    assert (told["sessions"], told["storeMs"]) == ([12], [4.0])
    assert 2.5 < told["medianMs"][0] <= 5


async def test_what_is_known_already_need_not_be_told_again(job: HistoryJob) -> None:
    for _ in range(4):
        await job.look()
    async with serving([job.route()]) as operator:
        told = (await operator.get("/console/history?since=3000")).json
    assert told["at"] == [4000]


@pytest.mark.parametrize("since", ["-1", "now", "9" * 30, "٣"])
async def test_a_wrong_time_is_named(job: HistoryJob, since: str) -> None:
    async with serving([job.route()]) as operator:
        said = await operator.get(f"/console/history?since={since}")
    assert said.status == Malformed.status
    assert said.json["error"].startswith("since: must be")


async def test_it_looks_every_few_seconds(job: HistoryJob) -> None:
    async with asyncio.timeout(5):
        paused = asyncio.Event()

        async def pause(_s: float) -> None:
            paused.set()
            await asyncio.Event().wait()

        running = asyncio.create_task(HistoryJob(History(set(), set()), twelve, slow, pause=pause).run())
        await paused.wait()
        running.cancel()


async def test_with_workers_the_sum_of_all_is_read(tmp_path: Path) -> None:
    async def worker(calls: int) -> list[float]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WORKER,
            str(calls),
            env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        found: list[float] = json.loads(said)
        return found

    assert await worker(3) == [3, 3, 2]
    assert (await worker(4))[:2] == [7, 7]
