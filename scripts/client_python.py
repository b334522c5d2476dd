"""What is generated of the Python SDK, gateway/client/: operations, events and refusals; called by docs.py."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from client_rows import SHARED, Row, homes, needed, rows_and_shapes, sign_in_shapes
from client_text import docstring, formatted, module, sentence, typed_dict
from client_types import PYTHON, PYTHON_INPUT, Member, Shape, pascal, shapes_of, snake, used_by, without_null

from gateway.contact_centre.event_catalogue import ROWS as EVENTS
from gateway.contact_centre.event_catalogue import CallId, EventType
from gateway.interface.operation import AnswerKind, Upload
from gateway.wire import retcodes

FOLDER: Final = Path("gateway") / "client"
NAMES: Final = {code: pascal(name) for name, code in vars(retcodes).items() if name.isupper() and isinstance(code, str)}
OPTIONS: Final = "What a sign-in may be given besides agent, password and phone; the gateway has its own for the rest."


def returns(row: Row) -> str:
    if row.row.answer is AnswerKind.FILE:
        return "bytes"
    return "None" if row.result is None else PYTHON.spelled(row.result)


def inputs(row: Row) -> tuple[list[tuple[str, Member]], list[tuple[str, Member]]]:
    """What must be given and what may be left out."""
    every = [*row.values, *row.members]
    return [entry for entry in every if entry[1].required], [entry for entry in every if not entry[1].required]


def signature(row: Row) -> str:
    must, may = inputs(row)
    parts = ["self", *(f"{name}: {PYTHON_INPUT.spelled(member.schema)}" for name, member in must)]
    parts += ["file_name: str", "content: bytes"] if isinstance(row.row, Upload) else []
    parts += ["*"] if may else []
    parts += [f"{name}: {optional(member)} = None" for name, member in may]
    return ", ".join(parts + (["**members: object"] if row.is_open else []))


def optional(member: Member) -> str:
    spelled = PYTHON_INPUT.spelled(without_null(member.schema))
    return spelled if spelled == "Any" else f"{spelled} | None"


def arguments(row: Row) -> str:
    """How a method with the same signature is called."""
    must, may = inputs(row)
    parts = [name for name, _ in must] + (["file_name", "content"] if isinstance(row.row, Upload) else [])
    return ", ".join([*parts, *(f"{name}={name}" for name, _ in may), *(["**members"] if row.is_open else [])])


def explained(row: Row) -> str:
    codes = ", ".join(NAMES[code] for code in dict.fromkeys(row.row.retcodes))
    return sentence(f"{row.row.summary} (`{row.row.name}`)") + (f" May be refused with {codes}." if codes else "")


def by_wire_name(entries: Sequence[tuple[str, Member]]) -> list[str]:
    return [f'"{member.name}": {name}' for name, member in entries]


def method(row: Row) -> str:
    values, members = by_wire_name(row.values), by_wire_name(row.members) + (["**members"] if row.is_open else [])
    parts = [f'"{row.row.name}"', f'"{row.row.method}"', f'"{row.path}"']
    parts += [f"{{{', '.join(values)}}}"] if values else []
    parts += [f"body={{{', '.join(members)}}}"] if row.row.body else []
    parts += ["file=(file_name, content)"] if isinstance(row.row, Upload) else []
    parts += ["brings_file=True"] if row.row.answer is AnswerKind.FILE else []
    ask = f"await self._ask({', '.join(parts)})"
    kind = returns(row)
    kept = ask if kind == "None" else f"result: {kind} = {ask}\n        return result"
    head = f"    async def {snake(row.row.name)}({signature(row)}) -> {kind}:"
    return f"{head}\n{docstring(explained(row), 8)}\n        {kept}\n"


def blocking_method(row: Row) -> str:
    name, kind = snake(row.row.name), returns(row)
    wait = f"self._wait(self._group.{name}({arguments(row)}))"
    kept = wait if kind == "None" else f"return {wait}"
    return f"    def {name}({signature(row)}) -> {kind}:\n{docstring(explained(row), 8)}\n        {kept}\n"


def class_name(group: str) -> str:
    return f"{group[:1].upper()}{group[1:]}"


def imported(home: str, at: Mapping[str, str], *more: str) -> str:
    """Imports everything from a home of shapes; what is not used is taken out when the module is formatted."""
    names = [*more, *sorted(name for name, place in at.items() if place == home)]
    return f"from gateway.client.operations.{home} import {', '.join(names)}\n"


def group_module(group: str, rows: Sequence[Row], shapes: Mapping[str, Shape], at: Mapping[str, str]) -> str:
    made = [typed_dict(shapes[name]) for name in needed(rows, shapes) if at[name] == group]
    if group == "onlineagent":
        options, answered = sign_in_shapes()
        renamed = tuple(Member(name, without_null(member.schema), required=True) for name, member in options)
        made += [typed_dict(Shape("SignInOptions", OPTIONS, renamed), total=False), typed_dict(answered)]
    methods = "\n".join(map(method, rows))
    made.append(f"class {class_name(group)}(Group):\n{docstring(f'Operations of `{group}`.')}\n\n{methods}")
    made.append(blocking_class(group, rows))
    uses = f"from gateway.client.request import Group, Wait\n{imported(SHARED, at)}"
    return module(f"Operations of the group {group}, with and without await.", "\n\n".join(made), uses)


def blocking_class(group: str, rows: Sequence[Row]) -> str:
    name = class_name(group)
    methods = "\n".join(map(blocking_method, rows))
    return (
        f"class Blocking{name}:\n{docstring(f'Operations of `{group}`, without await.')}\n\n"
        f"    def __init__(self, group: {name}, wait: Wait) -> None:\n"
        f"        self._group = group\n        self._wait = wait\n\n{methods}"
    )


def all_groups(groups: Sequence[str]) -> str:
    home = "gateway.client.operations"
    uses = "from gateway.client.request import Ask, Wait\n"
    uses += "\n".join(f"from {home}.{group} import Blocking{name}, {name}" for group, name in _named(groups))
    lines = "\n".join(f"        self.{group} = {name}(ask)" for group, name in _named(groups))
    made = f"class Operations:\n{docstring('Every operation, by group.')}\n\n"
    made += f"    def __init__(self, ask: Ask) -> None:\n{lines}\n"
    waits = "\n".join(
        f"        self.{group} = Blocking{name}(operations.{group}, wait)" for group, name in _named(groups)
    )
    made += f"\n\nclass BlockingOperations:\n{docstring('Every operation, by group, without await.')}\n\n"
    made += f"    def __init__(self, operations: Operations, wait: Wait) -> None:\n{waits}\n"
    return module("All groups of operations, with and without await.", made, uses)


def _named(groups: Sequence[str]) -> list[tuple[str, str]]:
    return [(group, class_name(group)) for group in groups]


def event_shapes() -> list[Shape]:
    """Contents of events, those first that others need."""
    kinds = dict.fromkeys(row.content for row in EVENTS if row.content and not issubclass(row.content, CallId))
    _, shapes = shapes_of([list[kind] for kind in kinds], "validation")  # type: ignore[valid-type]
    order = dict.fromkeys(name for first in shapes for name in used_by({"$ref": first}, shapes))
    return [shapes[name] for name in order]


def event_class(row: EventType) -> str:
    head = f'class {pascal(row.name)}(Event, type_name="{row.name}"):'
    if row.content is None:
        return f"{head}\n{docstring(sentence(row.when))}\n"
    content = "str" if issubclass(row.content, CallId) else row.content.__name__
    return f"{head}\n{docstring(sentence(row.when))}\n\n    content: {content}{' | None' if row.or_null else ''}\n"


def event_module(shapes: Sequence[Shape]) -> str:
    uses = "from gateway.client.event import Event\n"
    uses += f"from gateway.client.event_contents import {', '.join(shape.name for shape in shapes)}"
    finder = "def event_class(name: str) -> type[Event]:\n"
    finder += docstring("The class of a type; Event itself for a name that is not known.")
    table = "_BY_NAME: Final = {kind.type_name: kind for kind in Event.__subclasses__()}"
    body = "\n\n".join(map(event_class, EVENTS))
    says = "A class for each type of event. Where none is named, `content` is None."
    return module(says, f"{body}\n\n{table}\n\n\n{finder}\n    return _BY_NAME.get(name, Event)\n", uses)


def refusal_module() -> str:
    classes = "\n\n".join(
        f'class {NAMES[code]}(Refused, retcode="{code}"):\n{docstring(sentence(text))}\n'
        for code, text in retcodes.MESSAGES.items()
        if code != retcodes.SUCCESS
    )
    finder = "def refusal(retcode: str, message: str) -> Refused:\n"
    finder += docstring("The error for a retcode; Refused itself for one that is not known.")
    finder += "\n    return _BY_CODE.get(retcode, Refused)(message, retcode)\n"
    table = "_BY_CODE: Final = {kind.retcode: kind for kind in Refused.__subclasses__()}"
    return module(
        "A class for each retcode.",
        f"{classes}\n\n{table}\n\n\n{finder}",
        "from gateway.client.errors import Refused",
    )


def modules() -> Iterator[tuple[str, str]]:
    """Every generated module by its path below gateway/client/, before it is formatted."""
    rows, shapes = rows_and_shapes()
    at = homes(rows, shapes)
    rows.sort(key=lambda row: row.row.group)
    by_group = {group: list(found) for group, found in groupby(rows, lambda row: row.row.group)}
    for group, found in by_group.items():
        yield f"operations/{group}.py", group_module(group, found, shapes, at)
    shared = "\n\n".join(typed_dict(shapes[name]) for name in needed(rows, shapes) if at[name] == SHARED)
    yield f"operations/{SHARED}.py", module("Objects of several groups.", shared)
    yield "operations/__init__.py", all_groups(list(by_group))
    contents = event_shapes()
    yield "event_contents.py", module("What events carry in `content`.", "\n\n".join(map(typed_dict, contents)))
    yield "event_types.py", event_module(contents)
    yield "refusals.py", refusal_module()


def files(root: Path) -> dict[Path, str]:
    """Every generated module by its path."""
    made = {FOLDER / path: text for path, text in modules()}
    return {root / path: text for path, text in formatted(made, Path(__file__).parents[1] / "pyproject.toml").items()}
