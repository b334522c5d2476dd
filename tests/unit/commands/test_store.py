import json
from pathlib import Path
from typing import Any

from tests.support.command import Page, command


def shard(tag: str, **more: object) -> dict[str, Any]:
    return {
        "tag": tag,
        "reachable": True,
        "reason": "",
        "latency_ms": 0.4,
        "outage_since": None,
        "memory_bytes": 3_145_728,
        "memory_limit_bytes": 104_857_600,
        **more,
    }


def state(*shards: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"kind": "redis", "reachable": True, "sessions": 12, "latency_ms": 0.4, "shards": shards, **more}


async def test_a_store_is_shown_with_its_shards(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/store", state(shard("site"), shard("site:1")))], "store")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
kind      redis
state     in reach
sessions  12

tag     state     latency ms  memory            outage since  reason
site    in reach  0.4         3.0 MB of 100 MB  -             -
site:1  in reach  0.4         3.0 MB of 100 MB  -             -
""",
    )


async def test_a_store_out_of_reach_ends_with_code_1(tmp_path: Path) -> None:
    away = shard(
        "site", reachable=False, reason="no answer within 500 ms", latency_ms=None, outage_since="2026-01-01T08:00:00Z"
    )
    done = await command(tmp_path, [Page("GET", "/store", state(away, reachable=False, sessions=None))], "store")
    assert done.exit_code == 1
    assert "out of reach  -           3.0 MB of 100 MB  2026-01-01T08:00:00Z  no answer within 500 ms" in done.stdout


async def test_as_json_it_is_what_the_listener_says(tmp_path: Path) -> None:
    said = state(shard("site"))
    done = await command(tmp_path, [Page("GET", "/store", said)], "store", "--json")
    assert json.loads(done.stdout) == {**said, "shards": [shard("site")]}
