"""The rows of operations as clients see them: one for each operation, with schemas of what goes in and comes out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from client_types import Member, Schema, Shape, inputs_of, shapes_of, used_by

from gateway.interface.fields import OpenBody
from gateway.interface.operation import AnswerKind, Operation, Poll, SignIn, SignOut, Unsupported
from gateway.interface.results import Nothing
from gateway.interface.sign_in_models import SignInBody
from gateway.rows import ALL_OPERATIONS

LEFT_OUT: Final = (SignIn, SignOut, Poll, Unsupported)
"""The agent of the SDK does these itself."""
NOT_OPTIONS: Final = ("password", "phonenum", "callBackUri", "serviceToken", "pushUrl")
SHARED: Final = "shared"
"""The home of shapes that several groups have."""


@dataclass(frozen=True)
class Row:
    """One operation. `result` None: nothing is returned."""

    row: Operation
    result: Schema | None

    @property
    def path(self) -> str:
        """The path, with the calling agent under one name in every group."""
        return self.row.path.replace(f"{{{self.row.caller}}}", "{agentid}", 1)

    @property
    def values(self) -> tuple[tuple[str, Member], ...]:
        """What goes into path and query: the name in Python and the member."""
        return tuple(inputs_of(self.row.parameters))

    @property
    def members(self) -> tuple[tuple[str, Member], ...]:
        """What goes into the body."""
        return tuple(inputs_of(self.row.body)) if self.row.body else ()

    @property
    def is_open(self) -> bool:
        """Whether the body takes members that no source shows."""
        return self.row.body is not None and issubclass(self.row.body, OpenBody)

    @property
    def schemas(self) -> Iterator[Schema]:
        """Of everything."""
        yield self.result or {}
        yield from (member.schema for _, member in (*self.values, *self.members))


def rows_and_shapes() -> tuple[list[Row], dict[str, Shape]]:
    """The first spelling of every operation that is a method, and the shapes they refer to."""
    first = {row.name: row for row in reversed(ALL_OPERATIONS)}
    names = dict.fromkeys(row.name for row in ALL_OPERATIONS)
    rows = [first[name] for name in names if not isinstance(first[name], LEFT_OUT)]
    results, shapes = shapes_of(map(_result, rows), "serialization")
    _, bodies = shapes_of((row.body for row in rows if row.body), "validation")
    nested = {name for row in rows if row.body for name in row.body.model_json_schema().get("$defs", {})}
    shapes |= {name: bodies[name] for name in nested}
    return [Row(row, results[at] if _result(row) is not None else None) for at, row in enumerate(rows)], shapes


def _result(row: Operation) -> object:
    if row.answer is not AnswerKind.RESULT or row.result in {Nothing, Nothing | None}:
        return None
    return row.result


def homes(rows: Iterable[Row], shapes: Mapping[str, Shape]) -> dict[str, str]:
    """The home of each shape: its only group, or SHARED."""
    groups: dict[str, set[str]] = {}
    for row in rows:
        for name in needed([row], shapes):
            groups.setdefault(name, set()).add(row.row.group)
    return {name: next(iter(found)) if len(found) == 1 else SHARED for name, found in groups.items()}


def needed(rows: Iterable[Row], shapes: Mapping[str, Shape]) -> dict[str, None]:
    """Names of the shapes that rows need, those first that others need."""
    return dict.fromkeys(name for row in rows for schema in row.schemas for name in used_by(schema, shapes))


def sign_in_shapes() -> tuple[tuple[tuple[str, Member], ...], Shape]:
    """What a sign-in may be given besides agent, password and phone, and what it answers."""
    options = tuple((name, member) for name, member in inputs_of(SignInBody) if member.name not in NOT_OPTIONS)
    row = next(row for row in ALL_OPERATIONS if isinstance(row, SignIn))
    _, shapes = shapes_of([list[row.result]], "serialization")  # type: ignore[name-defined]
    return options, next(iter(shapes.values()))
