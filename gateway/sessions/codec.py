"""Records and ends as bytes for a store: JSON objects with short names, defaults left out.

Reading is strict about what it knows and ignores names it does not know, so that nodes of two versions can share a
store for the time of an upgrade. Hence a field may be added with a default, but no default and no enum name may change.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

from gateway.sessions.model import End, Record

T = TypeVar("T")

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

_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Field:
    attribute: str
    name: str
    write: _Convert
    read: _Convert
    default: Any


def _identity(value: Any) -> Any:
    return value


def _exactly(kind: type) -> _Convert:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"not of type {kind.__name__}")
        return value

    return read


def _converters(hint: Any) -> tuple[_Convert, _Convert]:
    """How to write and read a value of this type."""
    if get_origin(hint) is UnionType:
        return _converters(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is tuple:
        write, read = _converters(get_args(hint)[0])
        many = _exactly(list)
        return (lambda items: [write(item) for item in items]), (lambda items: tuple(map(read, many(items))))
    if is_dataclass(hint) and isinstance(hint, type):
        shape = _shape(hint)
        return shape.write, shape.read
    if issubclass(hint, Enum):
        return (lambda member: member.name), (lambda name: hint[name])
    return _identity, _exactly(hint)


class _Shape(Generic[T]):
    """How one dataclass is written and read."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        hints = get_type_hints(kind)
        self._fields = tuple(
            _Field(
                field.name,
                _SHORT.get(field.name, field.name),
                *_converters(hints[field.name]),
                field.default_factory() if field.default_factory is not MISSING else field.default,
            )
            for field in fields(cast(Any, kind))
        )

    def write(self, value: T) -> dict[str, Any]:
        """The object to keep."""
        written = {}
        for field in self._fields:
            part = getattr(value, field.attribute)
            if part != field.default:
                written[field.name] = field.write(part)
        return written

    def read(self, kept: Any) -> T:
        """The value again. Raises ValueError that names the field."""
        if not isinstance(kept, dict):
            raise ValueError("not an object")
        values = {}
        for field in self._fields:
            if field.name in kept:
                try:
                    values[field.attribute] = field.read(kept[field.name])
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{field.attribute}: {error}") from None
            elif field.default is MISSING:
                raise ValueError(f"{field.attribute}: missing")
        return self._kind(**values)


@cache
def _shape(kind: type[T]) -> _Shape[T]:
    return _Shape(kind)


class Rubbish(ValueError):
    """Bytes that no version of the gateway writes, older or newer."""


def _object(kept: bytes) -> dict[str, Any]:
    try:
        found = json.loads(kept)
    except ValueError as error:
        raise Rubbish(str(error)) from None
    except RecursionError:
        raise Rubbish("nested too deeply") from None
    if not isinstance(found, dict):
        raise Rubbish("not an object")
    return found


def _bytes(kept: dict[str, Any]) -> bytes:
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def write_record(record: Record) -> bytes:
    """The record as bytes."""
    return _bytes(_shape(Record).write(record))


def read_record(kept: bytes) -> Record:
    """The record in bytes of `write_record`. Raises ValueError, Rubbish among them."""
    record: Record = _shape(Record).read(_object(kept))
    return record


def write_end(end: End) -> bytes:
    """The end as bytes."""
    return _bytes(_shape(End).write(end))


def read_end(kept: bytes) -> End:
    """The end in bytes of `write_end`. Raises ValueError, Rubbish among them."""
    end: End = _shape(End).read(_object(kept))
    return end
