import json
from pathlib import Path

import pytest

from tests.support.command import Page, command

LAST, UNTIL = "2026-01-01T08:00:00.000Z", "2026-01-01T08:05:00.000Z"
PAIR = {"kind": "agent", "agent": 101, "address": "192.0.2.7", "failures": 5, "last": LAST, "until": UNTIL}
ADDRESS = {"kind": "address", "agent": None, "address": "192.0.2.8", "failures": 200, "last": LAST, "until": UNTIL}


async def test_lock_outs_are_a_table(tmp_path: Path) -> None:
    page = Page("GET", "/lockouts", {"total": 2, "lockouts": [PAIR, ADDRESS]})
    done = await command(tmp_path, [page], "lockouts", "list")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
kind     agent  address    failures  last                      until
agent    101    192.0.2.7  5         2026-01-01T08:00:00.000Z  2026-01-01T08:05:00.000Z
address  -      192.0.2.8  200       2026-01-01T08:00:00.000Z  2026-01-01T08:05:00.000Z
""",
    )


async def test_as_json_they_are_what_the_listener_says(tmp_path: Path) -> None:
    page = Page("GET", "/lockouts", {"total": 1, "lockouts": [PAIR]})
    assert json.loads((await command(tmp_path, [page], "lockouts", "list", "--json")).stdout) == [PAIR]


async def test_where_there_are_none_only_stderr_says_so(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/lockouts", {"total": 0, "lockouts": []})], "lockouts", "list")
    assert (done.stdout, done.stderr) == ("", "nobody is locked out\n")


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (["--agent", "101"], {"agent": "101"}),
        (["--address", "192.0.2.7"], {"address": "192.0.2.7"}),
        (["--agent", "101", "--address", "192.0.2.7"], {"agent": "101", "address": "192.0.2.7"}),
        (["--all"], {"all": True}),
    ],
)
async def test_what_is_to_be_unlocked_is_asked_for(tmp_path: Path, words: list[str], body: dict[str, object]) -> None:
    page = Page("POST", "/lockouts/unlock", {"total": 2, "unlocked": [PAIR, ADDRESS]})
    done = await command(tmp_path, [page], "lockouts", "unlock", *words)
    assert json.loads(page.calls[0].body) == body
    assert done.stdout == "unlocked: agent 101 from 192.0.2.7\nunlocked: 192.0.2.8\n"


@pytest.mark.parametrize("words", [[], ["--all", "--agent", "101"]])
async def test_who_is_meant_must_be_plain(tmp_path: Path, words: list[str]) -> None:
    done = await command(tmp_path, [], "lockouts", "unlock", *words)
    assert (done.exit_code, "Usage:" in done.stderr) == (2, True)
