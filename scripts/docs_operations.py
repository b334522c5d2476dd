"""docs/operations.md: every row of the agent interface with its state, from gateway/operations/; called by docs.py."""

from collections.abc import Iterator
from itertools import groupby

from gateway.operations.operation import COMMON_RETCODES, Operation, Unsupported
from gateway.operations.table import ALL_OPERATIONS

HEAD = """\
# Operations

Written by scripts/docs.py from the rows in gateway/operations/. Paths are relative to `/agentgateway/resource/`; rows
with one name are spellings of one operation. *served*: the embedded contact centre answers; *relayed only*: it answers
with the retcode shown, and an upstream contact centre serves it; *refused*: an interface of another mode.
"""


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
    for group, members in groupby(rows, key=lambda row: row.group):
        lines += ["", f"## {group}", "", *table(list(members))]
    return "\n".join(lines) + "\n"
