import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.admin.route import AdminCall
from gateway.wire.errors import NotFound, StoreUnavailable
from tests.support.admin import token_file
from tests.support.command import Page, command, run
from tests.support.servers import free_port

AT = "2026-01-01T08:00:0{}.000Z"
FIRST = {
    "number": 0,
    "made": AT.format(0),
    "adopted": True,
    "lagging": False,
    "standing": "grace",
    "until": AT.format(9),
}
SECOND = {"number": 1, "made": AT.format(4), "adopted": False, "lagging": True, "standing": "current", "until": None}
LINE: dict[str, Any] = {
    "agent": 101,
    "session": "5c5237b23deefda4",
    "node": "NodeA",
    "signed_in": AT.format(0),
    "seen": AT.format(5),
    "mode": "dynamic",
    "events": "poll",
    "address": "192.0.2.7",
    "client": "Desk/1 [red]",
    "state": "lagging",
    "generations": [SECOND, FIRST],
}
FORMER = {"session": "00", "node": "NodeA", "ended": AT.format(1), "reason": "IDLE", "message": "timed out"}


def listed(*lines: dict[str, Any], page: int = 1, pages: int = 1, total: int = 0) -> dict[str, Any]:
    return {
        "total": total or len(lines),
        "page": page,
        "pages": pages,
        "size": 1000,
        "at": AT.format(9),
        "sessions": lines,
    }


async def test_sessions_are_an_aligned_table_of_plain_text(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/sessions", listed(LINE))], "sessions", "list")
    assert (done.exit_code, done.stdout) == (
        0,
        "agent  state    signed in                 seen                      node   address    client        mode"
        "     events\n"
        "101    lagging  2026-01-01T08:00:00.000Z  2026-01-01T08:00:05.000Z  NodeA  192.0.2.7  Desk/1 [red]  dynamic"
        "  poll\n",
    )


async def test_where_nobody_is_signed_in_only_stderr_says_so(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/sessions", listed())], "sessions", "list")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nobody is signed in whom this means\n")


async def test_all_pages_are_asked_for_with_the_filter(tmp_path: Path) -> None:
    page = Page("GET", "/sessions", listed(LINE, pages=2), listed({**LINE, "agent": 102}, page=2, pages=2))
    done = await command(tmp_path, [page], "sessions", "list", "--json", "--state", "lagging", "--find", "10")
    assert [each["agent"] for each in json.loads(done.stdout)] == [101, 102]
    assert [dict(call.query) for call in page.calls] == [
        {"page": "1", "size": "1000", "find": "10", "state": "lagging"},
        {"page": "2", "size": "1000", "find": "10", "state": "lagging"},
    ]


async def test_one_page_alone_can_be_asked_for(tmp_path: Path) -> None:
    page = Page("GET", "/sessions", listed(LINE, page=2, pages=3))
    await command(tmp_path, [page], "sessions", "list", "--page", "2", "--size", "10")
    assert [dict(call.query) for call in page.calls] == [{"page": "2", "size": "10"}]


async def test_a_session_is_shown_with_its_generations_and_what_was_before(tmp_path: Path) -> None:
    shown = {"agent": 101, "signed_in": True, "session": LINE, "former": [FORMER]}
    done = await command(tmp_path, [Page("GET", "/sessions/{agent}", shown)], "sessions", "show", "101")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
agent      101
state      lagging
signed in  2026-01-01T08:00:00.000Z
seen       2026-01-01T08:00:05.000Z
node       NodeA
address    192.0.2.7
client     Desk/1 [red]
mode       dynamic
events     poll
session    5c5237b23deefda4

number  standing  made                      adopted  lagging  until
1       current   2026-01-01T08:00:04.000Z  no       yes      -
0       grace     2026-01-01T08:00:00.000Z  yes      no       2026-01-01T08:00:09.000Z

ended                     reason  message    session  node
2026-01-01T08:00:01.000Z  IDLE    timed out  00       NodeA
""",
    )


async def test_an_agent_who_is_not_signed_in_ends_with_code_3(tmp_path: Path) -> None:
    shown: dict[str, Any] = {"agent": 101, "signed_in": False, "session": None, "former": []}
    done = await command(tmp_path, [Page("GET", "/sessions/{agent}", shown)], "sessions", "show", "101")
    assert (done.exit_code, done.stdout) == (3, "agent 101 is not signed in\n")


class Gone(Page):
    """Of agents who are not signed in."""

    async def _answer(self, call: Any) -> object:
        self.calls.append(call)
        if call.values["agent"] != "101":
            raise NotFound("the agent is not signed in")
        return {"agent": 101, "ended": True}


async def test_named_agents_are_signed_out_without_a_question(tmp_path: Path) -> None:
    done = await command(tmp_path, [Gone("POST", "/sessions/{agent}/end")], "sessions", "end", "102", "101", "103")
    assert (done.exit_code, done.stdout) == (3, "agent 101 is signed out\n")
    assert done.stderr == "Error: not signed in: 102, 103\n"


def ends(*steps: tuple[int, int], not_ended: Sequence[int] = ()) -> Page:
    """Answers of that many ended and left; `not_ended` of the first."""
    answers = [
        {"ended": ended, "left": left, "before": AT.format(9), "after": 600 + number, "not_ended": []}
        for number, (ended, left) in enumerate(steps)
    ]
    return Page("POST", "/sessions/end", {**answers[0], "not_ended": not_ended}, *answers[1:])


async def test_many_are_signed_out_when_their_number_is_typed(tmp_path: Path) -> None:
    page = ends((500, 20), (20, 0))
    pages = [Page("GET", "/sessions", listed(LINE, total=520)), page]
    done = await command(tmp_path, pages, "sessions", "end", "--client", "Desk/1", typed="520\n")
    assert done.exit_code == 0
    assert done.stdout.endswith("signed out: 520\n")
    assert [json.loads(call.body) for call in page.calls] == [
        {"client": "Desk/1", "before": AT.format(9)},
        {"client": "Desk/1", "before": AT.format(9), "after": 600},
    ]


async def test_whose_session_could_not_be_ended_is_named(tmp_path: Path) -> None:
    pages = [Page("GET", "/sessions", listed(LINE, total=520)), ends((498, 20), (20, 0), not_ended=[117, 118])]
    done = await command(tmp_path, pages, "sessions", "end", "--all", "--yes")
    assert (done.exit_code, done.stdout) == (1, "signed out: 518\n")
    assert done.stderr.endswith("Error: not signed out, the store did not answer: 117, 118\n")


class Breaking(Page):
    """The store goes away after the first answer."""

    async def _answer(self, call: AdminCall) -> object:
        if self.calls:
            raise StoreUnavailable("the session store is out of reach")
        return await super()._answer(call)


async def test_where_it_breaks_off_it_tells_how_far_it_came(tmp_path: Path) -> None:
    said = {"ended": 500, "left": 20, "before": AT.format(9), "after": 600, "not_ended": []}
    pages = [Page("GET", "/sessions", listed(LINE, total=520)), Breaking("POST", "/sessions/end", said)]
    done = await command(tmp_path, pages, "sessions", "end", "--all", "--yes")
    assert (done.exit_code, done.stdout) == (1, "signed out: 500\n")
    assert "out of reach" in done.stderr


@pytest.mark.parametrize("typed", ["yes\n", "52\n", "\n", ""])
async def test_with_anything_else_typed_nobody_is_signed_out(tmp_path: Path, typed: str) -> None:
    page = ends((1, 0))
    pages = [Page("GET", "/sessions", listed(LINE, total=520)), page]
    done = await command(tmp_path, pages, "sessions", "end", "--all", typed=typed)
    assert (done.exit_code, page.calls) == (1, [])


async def test_scripts_say_yes(tmp_path: Path) -> None:
    page = ends((3, 0))
    done = await command(
        tmp_path, [Page("GET", "/sessions", listed(LINE, total=3)), page], "sessions", "end", "--all", "--yes"
    )
    assert (done.stdout, json.loads(page.calls[0].body)) == (
        "signed out: 3\n",
        {"all": True, "before": AT.format(9)},
    )


async def test_where_nobody_is_meant_it_ends_with_code_3(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/sessions", listed())], "sessions", "end", "--node", "NodeZ")
    assert (done.exit_code, done.stderr) == (3, "Error: nobody is signed in whom this means\n")


@pytest.mark.parametrize("words", [[], ["101", "--all"], ["--all", "--node", "NodeA"], ["101", "--node", "NodeA"]])
async def test_whom_it_means_must_be_plain(tmp_path: Path, words: list[str]) -> None:
    done = await command(tmp_path, [], "sessions", "end", *words)
    assert (done.exit_code, "Usage:" in done.stderr) == (2, True)


def test_without_a_gateway_it_says_so(tmp_path: Path) -> None:
    token_file(tmp_path)
    port = free_port()
    done = run(tmp_path, port, "sessions", "list")
    assert (done.exit_code, done.stderr) == (
        1,
        f"Error: no gateway answers on ADMIN_PORT {port}: ConnectionRefusedError\n",
    )


def test_without_a_port_it_says_what_to_set(tmp_path: Path) -> None:
    done = run(tmp_path, 0, "sessions", "list")
    assert (done.exit_code, "set ADMIN_PORT and ADMIN_TOKEN_FILE" in done.stderr) == (2, True)


def test_a_token_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    token_file(tmp_path).chmod(0o644)
    done = run(tmp_path, free_port(), "sessions", "list")
    assert (done.exit_code, "others may read it" in done.stderr) == (2, True)
