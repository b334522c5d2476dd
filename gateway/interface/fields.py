"""Base models and field types of requests, and parameters of several groups: what older and newer clients may send."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic.annotated_handlers import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

AGENT_ID_MAX = 999_999
MOST_AGENTS = 1000
CALL_DATA_MAX = 16 * 1024
INT_MAX = 2**31 - 1


class Body(BaseModel):
    """A JSON body. Unknown members are ignored, null is absent, numbers and booleans may arrive as strings.

    `own_codes` are the retcodes of members that have one of their own when they are wrong, by name on the wire.
    """

    own_codes: ClassVar[Mapping[str, str]] = MappingProxyType({})

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="ignore",
        coerce_numbers_to_str=True,
        populate_by_name=True,
        alias_generator=to_camel,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class OpenBody(Body):
    """A body whose members no source shows: what comes is kept as it came, in `model_extra`."""

    model_config = ConfigDict(extra="allow")


class Parameters(BaseModel):
    """Path and query parameters. Unknown ones are ignored, empty ones are absent but for those that `may_be_empty`."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, alias_generator=to_camel, defer_build=True
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value != "" or key in cls.may_be_empty}


@dataclass(frozen=True)
class OneOf:
    """Metadata of a number that must be one of these."""

    allowed: tuple[int, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(self.allowed)}

    def _check(self, value: int) -> int:
        if value not in self.allowed:
            raise ValueError(f"must be one of {', '.join(map(str, self.allowed))}")
        return value


def one_of(*allowed: int) -> OneOf:
    """A number that must be one of these."""
    return OneOf(allowed)


def max_bytes(most: int) -> AfterValidator:
    """A text of at most so many bytes in UTF-8."""

    def check(value: str) -> str:
        if len(value.encode()) > most:
            raise ValueError(f"may have at most {most} bytes")
        return value

    return AfterValidator(check)


def _flag(value: object) -> bool:
    return str(value).lower() == "true"


def _agent_id(value: object) -> object:
    text = str(value)
    if not (text.isascii() and text.isdigit()) or text.startswith("0") or len(text) > len(str(AGENT_ID_MAX)):
        raise ValueError(f"must be a number from 1 to {AGENT_ID_MAX} without leading zero")
    return int(text)


def _list(value: object) -> object:
    """`1;2;3`, `1,2,3`, a single number, or an array."""
    if isinstance(value, (str, int)):
        return [part for part in str(value).replace(",", ";").replace(" ", ";").split(";") if part]
    return value


def _zero_is_absent(value: object) -> object:
    return None if value in ("", "0", 0) else value


def _no_special(name: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not all(char.isascii() and (char.isalnum() or char in "-_.") for char in value):
            raise ValueError(f"{name} may hold letters, digits and -_. only")
        return value

    return check


def _distinct(value: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(value))


TrueOrElse = Annotated[bool, BeforeValidator(_flag)]
"""`true` in any case is true, every other text is false, as for autoanswer and resetskill."""
AgentId = Annotated[int, Field(ge=1, le=AGENT_ID_MAX, examples=[102]), BeforeValidator(_agent_id)]
AnyAgents = Annotated[tuple[AgentId, ...], BeforeValidator(_list), AfterValidator(_distinct)]
"""Agents in one text, separated by semicolons, or as an array; each once."""
AgentIds = Annotated[
    tuple[AgentId, ...],
    Field(min_length=1, max_length=MOST_AGENTS, examples=["102;103"]),
    BeforeValidator(_list),
    AfterValidator(_distinct),
]
"""The same, 1 to 1000 of them."""
SkillId = Annotated[int, Field(ge=1, le=INT_MAX, examples=[5])]
SkillIds = Annotated[tuple[SkillId, ...], BeforeValidator(_list), AfterValidator(_distinct)]
OptionalSkillId = Annotated[SkillId | None, BeforeValidator(_zero_is_absent)]
"""A skill queue, or none: absent, empty or 0."""
CallId = Annotated[str, Field(min_length=1, max_length=128, examples=["1455885056-1095"])]
OptionalCallId = Annotated[str, Field(max_length=128)]
CallData = Annotated[str, Field(max_length=CALL_DATA_MAX), max_bytes(CALL_DATA_MAX)]
Caller = Annotated[str, Field(max_length=24, pattern=r"^[0-9]*$")]
Called = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[0-9*#]+$", examples=["13800000000"])]
Bit = Annotated[int, Field(ge=0, le=1)]
Ordinal = Annotated[int, Field(ge=0, le=INT_MAX)]
ServiceToken = Annotated[str, Field(max_length=50), AfterValidator(_no_special("the token"))]


class OtherAgentParameters(Parameters):
    """An agent asked about."""

    workno: AgentId


class WorkNoParameters(Parameters):
    """An agent asked about or acted upon; these groups spell it workNo."""

    work_no: AgentId


class QueueParameters(Parameters):
    """A skill queue."""

    skillid: SkillId


class CallParameters(Parameters):
    """A call by its id."""

    callid: CallId
