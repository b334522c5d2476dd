"""Records and ends as bytes for a store: JSON objects with short names, defaults left out.

Reading is strict about what it knows and ignores names it does not know, so that nodes of two versions can share a
store for the time of an upgrade. Hence a field may be added with a default, but no default and no enum name may change.
The form follows from the dataclasses; pydantic-core writes and reads it. In Redis a random version stands before a
record: never a count, since after a fail-over that lost writes one could come up twice.
"""

import json
import secrets
from dataclasses import MISSING, fields, is_dataclass, replace
from enum import Enum
from types import UnionType
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

from pydantic_core import SchemaSerializer, SchemaValidator, ValidationError, core_schema

from gateway.backend import End
from gateway.sessions.model import Record, Session

T = TypeVar("T")

VERSION_SIZE: Final = 16

_SHORT: Final = {
    "adopted_ms": "u",
    "agent_id": "a",
    "ended_ms": "e",
    "issued_ms": "m",
    "key_id": "k",
    "left_ms": "l",
    "number": "n",
    "reason": "r",
    "replaced_ms": "p",
    "reservation": "h",
    "session": "s",
    "session_id": "i",
    "started_ms": "b",
    "superseded": "f",
    "tombstones": "t",
}
"""Names that stand in every record. A field without one is kept under its own name."""

_FORMER_STATE: Final = b'"state":'
_FORMER_NAMES: Final = {"r": "reason"}
"""Members of a former state that were kept under a short name."""
_FORMER_ONLY: Final = frozenset({"centre", "runs_out"})
"""Members of it that mean nothing to a contact centre now."""

_PLAIN: Final = {
    int: core_schema.int_schema(strict=True),
    str: core_schema.str_schema(strict=True),
    bool: core_schema.bool_schema(strict=True),
}
_BY_FIELD: Final = core_schema.CoreConfig(loc_by_alias=False, title="record")
"""Errors name fields as the code does."""
_NO_OBJECT: Final = frozenset({"json_invalid", "dataclass_type"})


class Rubbish(ValueError):
    """Bytes that no version of the gateway writes, older or newer."""


def _schema(hint: Any) -> core_schema.CoreSchema:
    """How a value of this type is kept. None is never written: it is the default where it may stand."""
    if get_origin(hint) is UnionType:
        return _schema(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is tuple:
        return core_schema.tuple_schema([_schema(get_args(hint)[0])], variadic_item_index=0)
    if is_dataclass(hint) and isinstance(hint, type):
        return _object_schema(hint)
    if issubclass(hint, Enum):
        by_name = core_schema.plain_serializer_function_ser_schema(lambda member: member.name)
        return core_schema.chain_schema(
            [
                core_schema.literal_schema(list(hint.__members__)),
                core_schema.no_info_plain_validator_function(lambda name: hint[name]),
            ],
            serialization=by_name,
        )
    return _PLAIN[hint]


def _object_schema(kind: type) -> core_schema.CoreSchema:
    hints, kept = get_type_hints(kind), []
    for field in fields(kind):
        schema, name = _schema(hints[field.name]), _SHORT.get(field.name, field.name)
        if field.default is not MISSING:
            schema = core_schema.with_default_schema(schema, default=field.default)
        elif field.default_factory is not MISSING:
            schema = core_schema.with_default_schema(schema, default_factory=field.default_factory)
        kept.append(core_schema.dataclass_field(field.name, schema, validation_alias=name, serialization_alias=name))
    return core_schema.dataclass_schema(
        kind,
        core_schema.dataclass_args_schema(kind.__name__, kept),
        [field.name for field in fields(kind)],
        slots=True,
        config=_BY_FIELD,
    )


class _Form(Generic[T]):
    """How one dataclass is written and read."""

    def __init__(self, kind: type[T]) -> None:
        schema = _object_schema(kind)
        self._reader, self._writer = SchemaValidator(schema), SchemaSerializer(schema)

    def write(self, value: T) -> bytes:
        """The bytes to keep."""
        return self._writer.to_json(value, by_alias=True, exclude_defaults=True)

    def read(self, kept: bytes) -> T:
        """The value again. Raises ValueError that names the field, never its value, and Rubbish."""
        try:
            value: T = self._reader.validate_json(kept)
        except ValidationError as problem:
            first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
            told = ": ".join([*(part for part in first["loc"] if isinstance(part, str)), first["msg"]])
            raise (Rubbish if first["type"] in _NO_OBJECT and not first["loc"] else ValueError)(told) from None
        return value


_RECORD: Final = _Form(Record)
_END: Final = _Form(End)


def write_record(record: Record) -> bytes:
    """The record as bytes."""
    return _RECORD.write(record)


def read_record(kept: bytes) -> Record:
    """The record in bytes of `write_record`. Raises ValueError, Rubbish among them."""
    record = _RECORD.read(kept)
    if _FORMER_STATE not in kept or record.session is None:
        return record
    state = json.loads(kept).get("state")
    return record if state is None else _with_former_state(record, record.session, state)


def _with_former_state(record: Record, session: Session, state: Any) -> Record:
    """Versions before kept the state of a signed-in agent in the record, not in a note of the contact centre."""
    if not isinstance(state, dict):
        raise ValueError("state: not an object")
    kept = {_FORMER_NAMES.get(name, name): value for name, value in state.items() if name not in _FORMER_ONLY}
    note = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    silent = session.silent or state.get("runs_out") is False
    return replace(record, session=replace(session, silent=silent), former_note=record.former_note or note)


def write_end(end: End) -> bytes:
    """The end as bytes."""
    return _END.write(end)


def read_end(kept: bytes) -> End:
    """The end in bytes of `write_end`. Raises ValueError, Rubbish among them."""
    return _END.read(kept)


def version(kept: bytes) -> bytes:
    """The version in the bytes of a record; empty where there is none."""
    return kept[:VERSION_SIZE]


def write_versioned(record: Record) -> bytes:
    """The bytes of a record under a new version."""
    return secrets.token_hex(VERSION_SIZE // 2).encode() + write_record(record)


def member(agent_id: int, session_id: str) -> str:
    """How a session stands in the sorted sets of who was last seen when."""
    return f"{agent_id}:{session_id}"
