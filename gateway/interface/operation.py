"""The row of an operation, and the table by which method and path lead to it.

Dispatch, validation, API description and tests are made from rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import compress
from typing import Any, Final
from urllib.parse import unquote

from gateway.interface.fields import Body, Parameters
from gateway.interface.results import Nothing
from gateway.wire import retcodes as codes
from gateway.wire.errors import MethodNotAllowed, NotFound

COMMON_RETCODES: Final = (
    codes.BAD_PARAMETER,
    codes.NO_RIGHT,
    codes.BAD_MESSAGE,
    codes.NOT_SIGNED_IN,
    codes.UNAVAILABLE,
)
"""Refusals that every operation with a GUID may give."""
PREFIX = ["agentgateway", "resource"]
_Mask = tuple[bool, ...]


class AnswerKind(Enum):
    """The shape of a success: with a `result` member, message and retcode alone, or the bytes of a file."""

    RESULT = "result"
    PLAIN = "plain"
    FILE = "file"


@dataclass(frozen=True)
class Operation:
    """One operation, performed by the backend.

    `path` is relative to `/agentgateway/resource/`; `{agentid}` (or `{workno}` as second segment) is the calling agent,
    every other `{name}` and every query parameter is a field of `parameters`. `retcodes` are the refusals it may give
    besides the common ones. Rows with one `name` are spellings of one operation and have the same models. `result` is
    the type of the `result` member of a success (of `event` in a poll), where `answer` is RESULT. `relayed_only` is the
    refusal of the embedded centre where it has nothing to serve (video, recording files, multimedia conferences); ""
    everywhere else.
    """

    name: str
    method: str
    path: str
    summary: str = ""
    parameters: type[Parameters] = Parameters
    body: type[Body] | None = None
    answer: AnswerKind = AnswerKind.RESULT
    retcodes: tuple[str, ...] = ()
    result: Any = Nothing
    relayed_only: str = ""

    @property
    def group(self) -> str:
        """The group of the interface: the first segment of the path."""
        return self.path.partition("/")[0]

    @cached_property
    def caller(self) -> str:
        """The path parameter that names the calling agent, the first one; "" where there is none."""
        return self.path.partition("{")[2].partition("}")[0]

    @property
    def needs_guid(self) -> bool:
        """True where the call must carry the GUID of the agent's session."""
        return True


@dataclass(frozen=True)
class Upload(Operation):
    """Brings a file, as the part `file` of a `multipart/form-data` body of at most FILE_MAX_BYTES."""


@dataclass(frozen=True)
class SignIn(Operation):
    """Opens a session. `force` takes over one that is alive; `by_account` names the agent in the body."""

    force: bool = False
    by_account: bool = False

    @property
    def needs_guid(self) -> bool:
        """A sign-in comes before the GUID."""
        return False


@dataclass(frozen=True)
class SignOut(Operation):
    """Ends the session; `force` does so in every state of the agent."""

    force: bool = False


@dataclass(frozen=True)
class Poll(Operation):
    """Waits for the next event; hands out GUIDs."""


@dataclass(frozen=True)
class Heartbeat(Operation):
    """Keeps a session alive; hands out GUIDs. `tells_login_time` is the older form."""

    tells_login_time: bool = False


@dataclass(frozen=True)
class Renew(Operation):
    """Makes a new GUID on request (`updateGuid`)."""


@dataclass(frozen=True)
class Unsupported(Operation):
    """An interface of another mode of the gateway, always refused with the one retcode of the row."""

    @property
    def needs_guid(self) -> bool:
        """It is refused whoever asks."""
        return False


def query(
    group: str,
    name: str,
    action: str,
    summary: str,
    result: Any,
    refusals: tuple[str, ...] = (),
    parameters: type[Parameters] = Parameters,
) -> Operation:
    """The row of a question: `GET <group>/{agentid}/<action>`."""
    path = f"{group}/{{agentid}}/{action}"
    return Operation(name, "GET", path, summary, parameters=parameters, retcodes=refusals, result=result)


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
