"""What is generated of the JavaScript client: its rows in agentgateway.js, and agentgateway.d.ts; called by docs.py."""

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from client_python import event_shapes
from client_rows import Row, needed, rows_and_shapes, sign_in_shapes
from client_types import TYPESCRIPT, Member, Shape, without_null

from gateway.contact_centre.event_catalogue import ROWS as EVENTS
from gateway.contact_centre.event_catalogue import CallId, EventType
from gateway.interface.operation import AnswerKind, Upload
from gateway.wire import retcodes

MODULE: Final = Path("gateway") / "client" / "agentgateway.js"
TYPES: Final = MODULE.with_suffix(".d.ts")
HEAD: Final = Path(__file__).parent / "agentgateway.head.d.ts"
BY: Final = "Written by scripts/docs.py from the rows of the server; not to be edited."
_BLOCK: Final = re.compile(r"(// <rows> [^\n]*\n).*(// </rows>\n)", re.DOTALL)
CODES: Final = {name: code for name, code in vars(retcodes).items() if name.isupper() and isinstance(code, str)}


def by_group(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for group, found in groupby(sorted(rows, key=lambda row: row.row.group), lambda row: row.row.group):
        yield group, list(found)


def kind(row: Row) -> str:
    if isinstance(row.row, Upload):
        return "file"
    if row.row.answer is AnswerKind.FILE:
        return "bytes"
    return "body" if row.row.body else ""


def javascript(text: str) -> str:
    """The module with its rows: method, path, names of values that are in path or query, and what kind it is."""
    lines = ["/** The retcodes by name. */", "export const Retcode = Object.freeze({"]
    lines += [f'  {name}: "{code}",' for name, code in CODES.items()]
    lines += ["});", "", "const ROWS = {"]
    for group, rows in by_group(rows_and_shapes()[0]):
        lines.append(f"  {group}: {{")
        for row in rows:
            names = [member.name for _, member in row.values]
            lines.append(f"    {row.row.name}: {json.dumps([row.row.method, row.path, names, kind(row)])},")
        lines.append("  },")
    lines.append("};")
    made = "\n".join(lines)
    return _BLOCK.sub(lambda found: f"{found[1]}{made}\n{found[2]}", text)


def comment(text: str, indent: str = "") -> str:
    lines = textwrap.wrap(" ".join(text.split()), 116 - len(indent))
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */"
    inner = "\n".join(f"{indent} * {line}" for line in lines)
    return f"{indent}/**\n{inner}\n{indent} */"


def members(found: Sequence[Member], indent: str) -> list[str]:
    return [f"{indent}{one.name}{'' if one.required else '?'}: {TYPESCRIPT.spelled(one.schema)};" for one in found]


def interface(shape: Shape, indent: str = "") -> str:
    lines = [comment(shape.says or "An object.", indent), f"{indent}export interface {shape.name} {{"]
    return "\n".join([*lines, *members(shape.members, f"{indent}  "), f"{indent}}}"])


def method(row: Row) -> str:
    found = [member for _, member in (*row.values, *row.members)]
    given = [Member(one.name, without_null(one.schema), one.required) for one in found]
    inputs = "; ".join(line.rstrip(";") for line in members(given, ""))
    more = ["[member: string]: unknown"] if row.is_open else []
    files = ["file: File | Blob"] if isinstance(row.row, Upload) else []
    inside = "; ".join(filter(None, [inputs, *files, *more]))
    optional = "" if files or any(one.required for one in given) else "?"
    result = "void" if row.result is None else TYPESCRIPT.spelled(row.result)
    result = "Uint8Array" if row.row.answer is AnswerKind.FILE else result
    arguments = f"members{optional}: {{ {inside} }}" if inside else ""
    says = comment(f"{row.row.summary[:1].upper()}{row.row.summary[1:]}.", "  ")
    return f"{says}\n  {row.row.name}({arguments}): Promise<{result}>;"


def group_interface(group: str, rows: Sequence[Row]) -> str:
    name = f"{group[:1].upper()}{group[1:]}"
    methods = "\n".join(map(method, rows))
    return f"{comment(f'Operations of {group}.')}\nexport interface {name} {{\n{methods}\n}}"


def event(row: EventType) -> str:
    content = "null"
    if row.content:
        content = "string" if issubclass(row.content, CallId) else f"Content.{row.content.__name__}"
    content += " | null" if row.or_null else ""
    return f'{comment(f"{row.when[:1].upper()}{row.when[1:]}.", "  ")}\n  | Kind<"{row.name}", {content}>'


def declarations() -> str:
    """The whole of agentgateway.d.ts."""
    rows, shapes = rows_and_shapes()
    groups = list(by_group(rows))
    options, answered = sign_in_shapes()
    optional = tuple(Member(member.name, without_null(member.schema), required=False) for _, member in options)
    says = "What a sign-in may be given besides agent, password and phone."
    parts = [
        f"// {BY}",
        HEAD.read_text("utf-8").strip(),
        "export interface Agent {\n"
        + "\n".join(f"  readonly {group}: {group[:1].upper()}{group[1:]};" for group, _ in groups)
        + "\n}",
        interface(Shape("SignInOptions", says, optional)),
        interface(answered),
        *(group_interface(group, found) for group, found in groups),
        *(interface(shapes[name]) for name in needed(rows, shapes)),
        "/** What events carry. */\nexport namespace Content {\n"
        + "\n\n".join(interface(shape, "  ") for shape in event_shapes())
        + "\n}",
        "/** An event, told apart by `eventType`. */\nexport type AgentEvent =\n" + "\n".join(map(event, EVENTS)) + ";",
        "export const Retcode: {\n"
        + "\n".join(f'  readonly {name}: "{code}";' for name, code in CODES.items())
        + "\n};",
    ]
    return "\n\n".join(parts) + "\n"


def files(root: Path) -> dict[Path, str]:
    """Both files by their paths."""
    now = (Path(__file__).parents[1] / MODULE).read_text("utf-8")
    return {root / MODULE: javascript(now), root / TYPES: declarations()}
