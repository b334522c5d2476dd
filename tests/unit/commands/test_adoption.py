import json
from pathlib import Path
from typing import Any

from tests.support.command import Page, command

ZERO = {"follows": 0, "ignores": 0, "divided": 0, "pending": 0, "untried": 0}
SETS = {"AUTHMODE": "2", "AUTHMODE_PERCENT": "25"}
EMPTY = {"dynamic": 0, "refused": 0, "expected": 0, "unknown": 0, "to_list": "", "to_list_count": 0}
NOW = {"step": "now", "settings": {}, **EMPTY, "static_agents": "102", "advice": "Nothing."}
STEP = {**NOW, "step": "percent", "settings": SETS, "dynamic": 3, "refused": 1, "expected": 1}
LISTING = {**STEP, "to_list": "104", "to_list_count": 1, "static_agents": "102;104", "advice": "First list them."}
AT = "2026-01-01T08:00:00.000Z"
LINE = {"agent": 104, "client": "", "node": "gw1", "state": "ignores", "at": AT, "signed_in": True, "keeps_guid": False}
IN_FORCE = {"AUTHMODE": "1", "AUTHMODE_PERCENT": "100", "GUIDREHEARSAL": "ON", "AUTHMODE_STATIC_AGENTS": "102"}
SAID: dict[str, Any] = {
    "at": AT,
    "stage": "rehearsal",
    "settings": IN_FORCE,
    "all_nodes": True,
    "sessions": 3,
    "states": {**ZERO, "follows": 2, "ignores": 1},
    "clients": [
        {"client": "", "sessions": 1, "not_adopting": 1, "states": {**ZERO, "ignores": 1}},
        {"client": "Desk/1", "sessions": 2, "not_adopting": 0, "states": {**ZERO, "follows": 2}},
    ],
    "steps": [NOW, LISTING],
    "agents": [LINE],
    "next": None,
}


async def test_the_report_is_tables_and_a_line_to_copy(tmp_path: Path) -> None:
    done = await command(tmp_path, [Page("GET", "/adoption", SAID)], "adoption")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
stage                   rehearsal
AUTHMODE                1
AUTHMODE_PERCENT        100
GUIDREHEARSAL           ON
AUTHMODE_STATIC_AGENTS  102
sessions                3

client          sessions  follows  ignores  divided  pending  untried
(says nothing)  1         0        1        0        0        0
Desk/1          2         2        0        0        0        0
together        3         2        1        0        0        0

step     sets                                 dynamic  refused  expected  unknown  to list  what to do
now      -                                    0        0        0         0        0        Nothing.
percent  AUTHMODE = 2, AUTHMODE_PERCENT = 25  3        1        1         0        1        First list them.

before percent: AUTHMODE_STATIC_AGENTS = 102;104

agent  state    client          node  at                        signed in  keeps guid
104    ignores  (says nothing)  gw1   2026-01-01T08:00:00.000Z  yes        no
""",
    )


async def test_what_is_asked_for_is_asked_of_the_listener(tmp_path: Path) -> None:
    page = Page("GET", "/adoption", SAID)
    words = ("--percent", "0", "--state", "pending", "--state", "untried", "--client", "Desk/1")
    await command(tmp_path, [page], "adoption", *words)
    assert page.calls[0].query == {"percent": "0", "state": "pending,untried", "client": "Desk/1", "limit": "1000"}


async def test_all_pages_are_one_report(tmp_path: Path) -> None:
    page = Page("GET", "/adoption", {**SAID, "next": 104}, {**SAID, "agents": [{**LINE, "agent": 105}]})
    found = json.loads((await command(tmp_path, [page], "adoption", "--state", "all", "--json")).stdout)
    assert found == {**SAID, "agents": [LINE, {**LINE, "agent": 105}]}
    assert [call.query.get("after") for call in page.calls] == [None, "104"]


async def test_where_nobody_is_signed_in_there_are_the_steps_alone(tmp_path: Path) -> None:
    said = {**SAID, "sessions": 0, "clients": [], "agents": [], "steps": [NOW], "all_nodes": False}
    done = await command(tmp_path, [Page("GET", "/adoption", said)], "adoption")
    assert done.stdout.splitlines()[5:] == [
        "sessions                0",
        "beware                  the notes of other nodes cannot be read now",
        "",
        "step  sets  dynamic  refused  expected  unknown  to list  what to do",
        "now   -     0        0        0         0        0        Nothing.",
    ]


async def test_a_percentage_over_100_is_not_asked_for(tmp_path: Path) -> None:
    done = await command(tmp_path, [], "adoption", "--percent", "101")
    assert (done.exit_code, "101 is not in the range 0<=x<=100" in done.stderr) == (2, True)
