"""Dispatch: method and path to a row, by table look-up."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress
from urllib.parse import unquote

from gateway.interface.operation import Operation
from gateway.wire.errors import MethodNotAllowed, NotFound

PREFIX = ["agentgateway", "resource"]
_Mask = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A row and the path's values by parameter name, decoded."""

    operation: Operation
    values: dict[str, str]


class OperationTable:
    """Rows by the literal segments of their paths. Literal segments win over parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._masks: dict[int, list[_Mask]] = {}
        self._rows: dict[tuple[_Mask, tuple[str, ...]], dict[str, tuple[Operation, tuple[str, ...]]]] = {}
        for operation in operations:
            self._add(operation)
        for masks in self._masks.values():
            masks.sort(key=sum, reverse=True)

    def _add(self, operation: Operation) -> None:
        segments = operation.path.split("/")
        mask = tuple(not segment.startswith("{") for segment in segments)
        literals = tuple(segment for segment in segments if not segment.startswith("{"))
        names = tuple(segment.strip("{}") for segment in segments if segment.startswith("{"))
        if mask not in self._masks.setdefault(len(segments), []):
            self._masks[len(segments)].append(mask)
        methods = self._rows.setdefault((mask, literals), {})
        if operation.method in methods:
            raise ValueError(f"two rows for {operation.method} {operation.path}")
        methods[operation.method] = (operation, names)

    def find(self, method: str, path: str) -> Match:
        """The row for a path without query; doubled slashes count as one, segments may be percent-encoded.

        Raises NotFound, and MethodNotAllowed when only the method does not fit the path with the most literal segments.
        """
        segments = [segment for segment in path.split("/") if segment]
        if segments[:2] != PREFIX:
            raise NotFound("no such interface: agent calls begin with /agentgateway/resource/")
        segments = [unquote(segment) for segment in segments[2:]] if "%" in path else segments[2:]
        for mask in self._masks.get(len(segments), ()):
            methods = self._rows.get((mask, tuple(compress(segments, mask))))
            if methods is None:
                continue
            if method not in methods:
                raise MethodNotAllowed(tuple(sorted(methods)))
            operation, names = methods[method]
            values = (segment for segment, literal in zip(segments, mask, strict=True) if not literal)
            return Match(operation, dict(zip(names, values, strict=True)))
        raise NotFound("no such interface: check the address")
