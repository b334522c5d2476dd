"""docs/operations.md: every row of the agent interface with its state, from gateway/operations/; called by docs.py."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from gateway.operations.operation import COMMON_RETCODES, Operation, Unsupported
from gateway.operations.table import ALL_OPERATIONS

HEAD = """\
# Operations

Written by scripts/docs.py from the rows in gateway/operations/. Paths are relative to `/agentgateway/resource/`; rows
with one name are spellings of one operation. *served*: the embedded contact centre answers; *relayed only*: it answers
with the retcode shown, and an upstream contact centre serves it; *refused*: an interface of another mode.
"""

DECIDED: Final = (
    (
        "`setforwarding`",
        "keeps what the desktop says, up to 1024 bytes, and calls do not change: no source names its members, so no "
        "kind of forwarding could be told from another",
    ),
    (
        "inspection of text chats",
        "`addsupervise` and `addinsert` with a `mediaType` other than 5 answer `900-003`: no source tells what an "
        "inspector of a chat would be told. A chat can be ended by `forcedropcall`",
    ),
    (
        "`agentstatus` 9 (about to rest)",
        "is never told: in the tables of codes 9 has no counterpart among the CTI codes, and an agent who asks for "
        "rest during a call talks, which is 7. `syncagentinfo` tells of the wish as `preRest`",
    ),
    ("`inMultimediaConf`, `curCommand`", "are 0 as in the samples: no source lists other values"),
    (
        "private queues (`skilltype` 1)",
        "hold the calls of customers who call one agent (`agentgateway sim call --agent`), until that agent is idle; "
        "they come before those of skill queues, `privatecallinfo` lists them and `requestcall/<call>/1?skillId=1` "
        "takes one, whatever skill it names",
    ),
    (
        "`100-014`",
        "is told at sign-in and by `bindphone` for a phone outside of `phones` in the contact centre file; without "
        "ranges there any phone is right",
    ),
    (
        "a phone that cannot be used",
        "lets its agent begin nothing (calls and conferences `100-009`, playing `500-007`, inspection `900-005`); "
        "calls to it go on as after no answer, and the agent is busy with reason 5",
    ),
    (
        "`beginmutevideo`, `endmutevideo`",
        "are right in calls with a picture: those of a queue for video, and those that the customer switched",
    ),
    (
        "`innerhelp` and `transfer` to a queue without an idle agent",
        "tell `AgentOther_All_Agent_Busy`; the help fails, the transfer waits in the queue",
    ),
)
"""What no source tells, or what sources tell in different ways, and what it is here."""


def state(row: Operation) -> str:
    if row.relayed_only:
        return f"relayed only ({row.relayed_only})"
    return "refused" if isinstance(row, Unsupported) else "served"


def table(rows: list[Operation]) -> Iterator[str]:
    yield "| name | method | path | does | state | retcodes besides the common ones |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        codes = " ".join(sorted(set(row.retcodes)))
        yield f"| {row.name} | {row.method} | `{row.path}` | {row.summary} | {state(row)} | {codes} |"


def page() -> str:
    rows = sorted(ALL_OPERATIONS, key=lambda row: row.group)
    relayed = sum(1 for row in rows if row.relayed_only)
    lines = [HEAD, f"{len(rows)} rows, {relayed} of them relayed only. Retcodes that any row may give:", ""]
    lines += [f"`{'` `'.join(COMMON_RETCODES)}`; rows without a GUID give only their own."]
    lines += ["", "Decided where no source tells:", "", "| what | here |", "|---|---|"]
    lines += [f"| {what} | {here} |" for what, here in DECIDED]
    for group, members in groupby(rows, key=lambda row: row.group):
        lines += ["", f"## {group}", "", *table(list(members))]
    return "\n".join(lines) + "\n"
