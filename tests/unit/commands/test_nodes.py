import json
from pathlib import Path
from typing import Any

from tests.support.command import Page, command

WORKER = {
    "worker": 0,
    "pid": 4711,
    "version": "0.1.0",
    "started": "2026-01-01T08:00:00.000Z",
    "seen": "2026-01-01T08:00:01.000Z",
    "connections": 3,
    "requests": 2,
    "polls": 1,
    "draining": False,
}
NODE = {
    "node": "NodeA",
    "this": True,
    "host": "one",
    "draining": False,
    "connections": 3,
    "requests": 2,
    "polls": 1,
    "empty": False,
    "workers": [WORKER, {**WORKER, "worker": 1, "pid": 4712, "draining": True}],
}
NOBODY: dict[str, Any] = {"total": 0, "agents": []}


def drains(connections: int, lost: dict[str, Any] = NOBODY, *, draining: bool = True) -> dict[str, Any]:
    return {
        "node": "NodeA",
        "draining": draining,
        "empty": not connections,
        "connections": connections,
        "requests": connections,
        "polls": 0,
        "lost_if_stopped": lost,
        "nodes": [],
    }


async def test_each_worker_of_each_node_is_a_row(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/nodes", {"this": "NodeA", "total": 1, "nodes": [NODE]})], "nodes")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
node   worker  host  pid   state     connections  requests  polls  started                   version
NodeA  0       one   4711  serving   3            2         1      2026-01-01T08:00:00.000Z  0.1.0
NodeA  1       one   4712  draining  3            2         1      2026-01-01T08:00:00.000Z  0.1.0
""",
    )


async def test_as_json_they_are_what_the_listener_says(tmp_path: Path) -> None:
    page = Page("GET", "/nodes", {"this": "NodeA", "total": 1, "nodes": [NODE]})
    assert json.loads((await command(tmp_path, [page], "nodes", "--json")).stdout) == [NODE]


async def test_a_drain_is_waited_for_until_nobody_is_there(tmp_path: Path) -> None:
    look = Page("GET", "/drain", drains(1), drains(0, draining=False), drains(0))
    done = await command(tmp_path, [Page("POST", "/drain", drains(2)), look], "drain")
    assert (done.exit_code, done.stdout, len(look.calls)) == (0, "NodeA is drained: nobody is connected\n", 3)
    assert done.stderr == "drains | 2 connections, 2 requests, 0 polls\n"


async def test_a_drain_that_is_not_over_in_time_ends_with_code_4(tmp_path: Path) -> None:
    pages = [Page("POST", "/drain", drains(2)), Page("GET", "/drain", drains(2))]
    done = await command(tmp_path, pages, "drain", "--timeout", "0s")
    assert (done.exit_code, done.stdout) == (4, "NodeA drains: 2 connections, 2 requests, 0 polls\n")
    assert done.stderr == ("Error: not empty in time: 2 connections, 2 requests, 0 polls; the drain goes on\n")


async def test_a_drain_need_not_be_waited_for(tmp_path: Path) -> None:
    page = Page("POST", "/drain", {**drains(2), "node": "NodeB"})
    done = await command(tmp_path, [page], "drain", "--node", "NodeB", "--no-wait")
    assert (done.exit_code, json.loads(page.calls[0].body)) == (0, {"node": "NodeB"})


async def test_sessions_that_a_stop_would_lose_are_named(tmp_path: Path) -> None:
    lost = {"total": 25, "agents": list(range(101, 126))}
    done = await command(tmp_path, [Page("POST", "/drain", drains(0, lost))], "drain")
    assert done.stderr == (
        "sessions are in the memory of this node: a stop signs 25 agents out: "
        + ", ".join(map(str, range(101, 121)))
        + " and 5 more\n"
    )


async def test_a_node_is_taken_back_into_service(tmp_path: Path) -> None:
    page = Page("POST", "/undrain", drains(0, draining=False))
    done = await command(tmp_path, [page], "undrain")
    assert (done.exit_code, done.stdout, page.calls[0].body) == (0, "NodeA is in service\n", b"")
