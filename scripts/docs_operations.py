"""docs/operations.md: every row of the agent interface with its state; called by docs.py."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from gateway.interface.operation import COMMON_RETCODES, Operation, Unsupported
from gateway.rows import ALL_OPERATIONS

HEAD = """\
# Operations

Written by scripts/docs.py from the rows of gateway/rows.py. Paths are relative to `/agentgateway/resource/`; rows
with one name are spellings of one operation. *served*: the embedded contact centre answers; *relayed only*: it answers
with the retcode shown, and an upstream contact centre serves it; *refused*: an interface of another mode. What
they do is told in [protocol.md](protocol.md) and [contact_centre.md](contact_centre.md).
"""

DECIDED: Final = (
    (
        "`setforwarding`",
        "no source names its members: an upstream gets what came, the embedded centre reads those of the service of "
        "this name in ECMA-269 (CSTA). `forwardingType` is `forwardImmediate`, `forwardBusy` (the agent is not free or "
        "its phone cannot be used) or `forwardNoAns`; `forwardDN` is another agent or a number outside; "
        "`activateForward` false cancels the one kind, or all without a kind. Forwarded are calls to the agent itself: "
        "of customers who call it, of other agents, transfers to it; not calls of skill queues, help and chats. The "
        "caller is told what it is told of any call, the agent who forwards nothing but `AgentEvent_No_Answer` where "
        "it let the call ring. A call is forwarded once; where the other does not answer, it ends as any unanswered "
        "call does. Sign-out forgets it; `GET /sim/agents` shows it",
    ),
    (
        "inspection of text chats",
        "`addsupervise` and `addinsert` with a `mediaType` other than 5 answer `900-003`, inspection resource "
        "unavailable. The pages of these interfaces know calls alone; one public client asks for `mediaType=1`, and no "
        "source tells what its inspector is then told or may do. Inspectors end chats with `forcedropcall`",
    ),
    (
        "`agentstatus` 9 (about to rest)",
        "is the status of an agent who asked for rest during a call, until the call is over; `isWorking` is true "
        "meanwhile and `ctiStatus` that of the call. In wrap-up after it the status is 5, so that desktops offer to "
        "end that. `syncagentinfo` tells of the wish as `preRest`",
    ),
    (
        "`inMultimediaConf`, `multimediaconf/`",
        "is 0, in no multimedia conference (public clients read 1 as in one). Such conferences share a screen, which "
        "no agent has here: their interfaces answer `106-001`, multimedia is switched off. Those of `agentconf` are "
        "telephone conferences",
    ),
    (
        "`curCommand`",
        "is 0, no command under way: an operation is carried out before the next one is looked at, so that none is "
        "when `syncagentinfo` answers. No source lists the codes of commands",
    ),
    (
        "`textchat/`",
        "follows public clients: `chatmessage` takes `callId` and `content`, `transfer` takes `addesstype` (1 agent, "
        "10 skill queue), `destaddr`, `attachdata` and `mode`, or the members of `mediacall`'s transfer; "
        "`internalcall` answers the agent called, `answer`, `chatmessage` and `drop` the id of the chat",
    ),
    (
        "private queues (`skilltype` 1)",
        "hold the calls of customers who call one agent (`agentgateway sim call --agent`), until that agent is idle; "
        "they come before those of skill queues, `privatecallinfo` lists them and `requestcall/<call>/1` "
        "takes one",
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
    (
        "`callinnerskill`, `phonehangup`, `phonepickup`, `requestcall`, `seconddialex`, `snatchpickup`",
        "answer `100-009` in a wrong state, as the other operations of calls do. Their pages list `100-007` alone, "
        "which means a part of the platform out of reach: clients try it again",
    ),
    (
        "`intercept`, the end of an inspection, whispering and its switch",
        "answer `900-005` in a wrong state of the inspection, as `addsupervise` does. Their pages list codes of other "
        "meanings alone (no provider, no right, no resource, no such agent)",
    ),
    (
        "`connecthold`",
        "answers `200-005` without a call and `200-006` without one on hold, the codes of the code table for it. Its "
        "page lists `200-013` and `200-014`, which are those of `hold`",
    ),
    (
        "`appdata` without a call",
        "answers `400-001`, call data without a call, as `setcalldataex` does. Its page lists nothing for this",
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
