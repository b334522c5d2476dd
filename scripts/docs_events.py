"""docs/events.md: every event type with its members and what shows it, from gateway/events/; called by docs.py."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args, get_origin

from gateway.contact_centre.event_catalogue import ROWS, CallId, EventType
from gateway.contact_centre.event_contents import EventContent

TRANSCRIPTS: Final = Path(__file__).resolve().parent.parent / "tests" / "transcripts"
NO_TRANSCRIPT: Final = {"AgentOther_ShutdownService": "tests/contract/test_poll.py"}
"""What comes only to a poll that waits just then, which no transcript has: what shows it."""
EVENT: Final = re.compile(r"(?m)^< \S+ s  \d+  (\w+)")

HEAD = """\
# Events

Written by scripts/docs.py from the rows in gateway/events/. An event is polled as `{"message":"","retcode":"0","event":
{"eventType":...,"eventGenTime":<ms>,"workNo":"<agent>","content":...}}`, one an answer, or pushed; `content` is what
the tables tell, sometimes with `jsonKey`, the names of the other members. Spelling differs by event and is part of the
interface. *shown in*: transcripts in tests/transcripts that have it, whole scenarios with every request, answer and
event; `agentgateway sim` plays customers and phones likewise.
"""

DECIDED: Final = (
    (
        "contents that no source shows",
        "marked * below: members that public clients read, or null where they read none",
    ),
    (
        "`AgentOther_ShutdownService`",
        "comes when an inspector or the operator forces the agent out, to the poll that waits just then or as the last "
        "push; every other poll is refused with `100-006` and the reason. The own sign-out brings none, nor does a "
        "sign-in elsewhere by force: a poll that is held just then ends as an empty one, and the next request is told",
    ),
    (
        "`AgentOther_All_Agent_Busy`",
        "is for the agent who transfers to a skill queue, or asks it for help, while none of its agents is idle",
    ),
    (
        "`AgentOther_PhoneBusy`, `AgentOther_PhoneUnknow`",
        "tell an agent that a call could not reach its phone, which is used for something else or out of reach; it is "
        "busy with reason 5 then and the call goes on as after no answer. `AgentOther_PhoneUnknow` comes also at the "
        "moment the phone is lost, `AgentOther_PhoneRelease` when it is found",
    ),
    (
        "events of phone linkage",
        "come when a linked phone is used by hand, each before the usual events of the call",
    ),
    (
        "`AgentEvent_MediaSwith`",
        "comes when the customer asks for a picture: reason 0 where every agent in the call signed in with a phone "
        "that has one (`agenttype` 11), else 1; `mediaType` is the ability of the call afterwards",
    ),
    (
        "`AgentState_Force_Ready`, `AgentState_Force_SetNotReady`",
        "come together with the events of the new state, which newer clients know",
    ),
)


def kind(annotation: object) -> str:
    """A member's type as JSON knows it."""
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{value}`" if isinstance(value, int) else f'`"{value}"`' for value in get_args(annotation))
    parts = get_args(annotation)
    if parts and get_origin(annotation) is not list:
        return " or ".join(kind(part) for part in parts if part is not type(None))
    names = {str: "text", int: "number", bool: "true or false"}
    return next((name for plain, name in names.items() if annotation is plain), "object")


def members(row: EventType) -> str:
    """What `content` is."""
    mark = "" if row.seen else " *"
    if row.content is None:
        return f"null{mark}"
    if not issubclass(row.content, EventContent):
        assert issubclass(row.content, CallId)
        return f"the call id{mark}"
    fields = row.content.model_fields.items()
    listed = [f"{field.alias or name}: {kind(field.annotation)}" for name, field in fields if name != "json_key"]
    return "; ".join(listed) + (f"; null {row.or_null}" if row.or_null else "") + mark


def shown() -> dict[str, list[str]]:
    """Event type -> transcripts that have it."""
    found: dict[str, list[str]] = {}
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        for name in dict.fromkeys(EVENT.findall(path.read_text("utf-8"))):
            found.setdefault(name, []).append(path.stem)
    return found


def table(rows: list[EventType]) -> Iterator[str]:
    by_type = shown()
    yield "| event | when | content | shown in |"
    yield "|---|---|---|---|"
    for row in rows:
        some = by_type.get(row.name) or [NO_TRANSCRIPT[row.name]]
        more = f" and {len(some) - 2} more" if len(some) > 2 else ""
        yield f"| `{row.name}` | {row.when} | {members(row)} | {', '.join(some[:2])}{more} |"


def page() -> str:
    lines = [HEAD, "Decided where no source tells:", "", "| what | here |", "|---|---|"]
    lines += [f"| {what} | {here} |" for what, here in DECIDED]
    for group, found in groupby(ROWS, key=lambda row: row.group):
        lines += ["", f"## {group}", "", *table(list(found))]
    return "\n".join(lines) + "\n"
