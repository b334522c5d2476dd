"""Bodies of the `/sim` pages. A wrong one is told by the name of its field and what is allowed there."""

from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.contact_centre.customers.desk_phones import ACTS
from gateway.wire.errors import Malformed

_NUMBER: Final = r"^[0-9*#]{1,24}$"
_NAME: Final = r"^[^\s\p{C}]([^\p{C}]{0,62}[^\s\p{C}])?$"
_SECONDS: Final = "a number of seconds from 0 to 86400"

Number = Annotated[str, Field(pattern=_NUMBER, description="1 to 24 of the characters 0-9 * #, in quotes")]
Writer = Annotated[str, Field(pattern=_NAME, description="a number or name of 1 to 64 characters, in quotes")]
Skill = Annotated[int, Field(ge=1, le=2_147_483_647, description="the id of a skill queue, 1 or more")]
Agent = Annotated[int, Field(ge=1, le=999_999, description="a whole number from 1 to 999999")]
Seconds = Annotated[float, Field(ge=0, le=86_400, description=_SECONDS)]
Data = Annotated[str, Field(max_length=16_384, description="at most 16384 characters")]
Text = Annotated[str, Field(min_length=1, max_length=4000, description="1 to 4000 characters")]


class SimBody(BaseModel):
    """What an operator sends; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class NoBody(SimBody):
    """A body without fields."""


class NewCall(SimBody):
    """A customer call, to a skill queue, to the access code of a queue or a voice menu, or to one agent.

    `talk` and `patience` (s) are when the customer hangs up: after that much talk, or wait. Without them the customer
    does what the contact centre file says for the number.
    """

    skill: Skill | None = None
    called: Number | None = None
    agent: Agent | None = None
    caller: Number
    data: Data = ""
    talk: Seconds | None = None
    patience: Seconds | None = None


class Party(SimBody):
    """Which customer of a call acts; without a number the first one who can."""

    number: Number | None = None


class Digits(SimBody):
    """What the customer dials."""

    digits: Number


class NewChat(SimBody):
    """A customer who writes to a skill queue for text: from a phone, by its number, or from a site, by a user name."""

    skill: Skill
    caller: Writer
    text: Text | None = None
    data: Data = ""


class ChatText(SimBody):
    """What the customer writes."""

    text: Text


class PhoneAct(SimBody):
    """What somebody does with an agent's phone by hand; `number` for what dials."""

    act: Annotated[str, Field(pattern=f"^({'|'.join(ACTS)})$", description=f"one of {', '.join(ACTS)}")]
    number: Number | None = None


class NewOffer(SimBody):
    """An outbound call that an agent is asked to make, to one of the numbers."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=10, description="a list of 1 to 10 numbers")]
    data: Data = ""


Body = TypeVar("Body", bound=SimBody)


def read(model: type[Body], body: bytes) -> Body:
    """The body, none being one without fields. Raises Malformed with every problem."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as wrong:
        problems = [_problem(model, error["type"], error["loc"]) for error in wrong.errors()]
        raise Malformed("; ".join(dict.fromkeys(problems))) from None


def _problem(model: type[SimBody], kind: str, place: tuple[int | str, ...]) -> str:
    if not place:
        return "body: must be a JSON object"
    name = str(place[0])
    field = model.model_fields.get(name)
    if field is None:
        known = ", ".join(model.model_fields)
        return f"{name}: no such field; {f'allowed are {known}' if known else 'none is allowed'}"
    return f"{name}: {'is missing, it ' if kind == 'missing' else ''}must be {_allowed(model, name)}"


def _allowed(model: type[SimBody], name: str) -> str:
    schema = model.model_json_schema()["properties"][name]
    described = [schema, *schema.get("anyOf", ())]
    return next(str(part["description"]) for part in described if "description" in part)
