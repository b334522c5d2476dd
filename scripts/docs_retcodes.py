"""docs/retcodes.md: every retcode with its text and the operations that answer it; called by docs.py."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from gateway.interface.operation import COMMON_RETCODES
from gateway.rows import ALL_OPERATIONS
from gateway.wire.retcodes import MESSAGES, SUCCESS

HEAD = """\
# Retcodes

Written by `scripts/docs.py` from the rows in `gateway/`. The text is what a client is told where nothing more precise
is known. An answer with a retcode other than `"0"` is HTTP 200, but for those in [protocol.md](protocol.md#statuses).
"""

FAMILIES: Final = {
    "000": "Request and authentication",
    "100": "Sign-in, sign-out, states",
    "101": "Conferences",
    "104": "Files of recordings",
    "106": "Multimedia",
    "110": "Passwords",
    "200": "Calls",
    "300": "Queries about agents",
    "400": "Data of calls",
    "500": "Playing and recording",
    "600": "Queries about queues",
    "700": "Text chats",
    "900": "Inspection",
}
MOST_NAMED: Final = 3


def answered_by() -> dict[str, list[str]]:
    """Retcode -> operations whose rows list it."""
    found: dict[str, list[str]] = {}
    for row in ALL_OPERATIONS:
        for code in row.retcodes:
            names = found.setdefault(code, [])
            if row.name not in names:
                names.append(row.name)
    return found


def row_lines(codes: list[str], by_code: dict[str, list[str]]) -> Iterator[str]:
    yield "| retcode | text | answered by |"
    yield "|---|---|---|"
    for code in codes:
        names = by_code.get(code, [])
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        whom = "any operation" if code in COMMON_RETCODES else ", ".join(names[:MOST_NAMED]) + more
        yield f"| `{code}` | {MESSAGES[code]} | {whom} |"


def page() -> str:
    by_code = answered_by()
    lines = [HEAD.rstrip()]
    codes = sorted(code for code in MESSAGES if code != SUCCESS)
    for family, found in groupby(codes, key=lambda code: code.partition("-")[0]):
        lines += ["", f"## {FAMILIES[family]}", "", *row_lines(list(found), by_code)]
    return "\n".join(lines) + "\n"
