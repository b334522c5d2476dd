"""Base models and field types of requests: what older and newer clients may send (design section 4, line 5)."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

AGENT_ID_MAX = 999_999


class Body(BaseModel):
    """A JSON body. Unknown members are ignored, null is absent, numbers and booleans may arrive as strings."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Parameters(BaseModel):
    """Path and query parameters. Unknown ones are ignored, empty ones are absent."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value != ""} if isinstance(data, dict) else data


def one_of(*allowed: int) -> AfterValidator:
    """A number that must be one of these."""
    names = ", ".join(map(str, allowed))

    def check(value: int) -> int:
        if value not in allowed:
            raise ValueError(f"must be one of {names}")
        return value

    return AfterValidator(check)


def _flag(value: object) -> bool:
    return str(value).lower() == "true"


def _agent_id(value: object) -> object:
    text = str(value)
    if not (text.isascii() and text.isdigit()) or text.startswith("0") or len(text) > len(str(AGENT_ID_MAX)):
        raise ValueError(f"must be a number from 1 to {AGENT_ID_MAX} without leading zero")
    return int(text)


def _no_special(name: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not all(char.isascii() and (char.isalnum() or char in "-_.") for char in value):
            raise ValueError(f"{name} may hold letters, digits and -_. only")
        return value

    return check


TrueOrElse = Annotated[bool, BeforeValidator(_flag)]
"""`true` in any case is true, every other text is false (contract: autoanswer, resetskill)."""
AgentId = Annotated[int, BeforeValidator(_agent_id)]
ServiceToken = Annotated[str, Field(max_length=50), AfterValidator(_no_special("the token"))]
