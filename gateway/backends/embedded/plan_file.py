"""The form of the contact centre file (TOML) and its reading. All its problems are told at once."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.backends.embedded.core.plan import Arrivals, Behaviour, Group, Ivr, Plan, Queue, Timing


def _one_length(value: str) -> str:
    first, _, last = value.partition("-")
    if len(first) != len(last) or first > last:
        raise ValueError("must be two numbers of one length, the smaller one first")
    return value


Number = Annotated[str, Field(pattern=r"^[0-9*#]{1,24}$")]
PhoneRange = Annotated[str, Field(pattern=r"^[0-9]{1,24}-[0-9]{1,24}$"), AfterValidator(_one_length)]
Id = Annotated[int, Field(ge=1, le=2_147_483_647)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class PlanFileError(Exception):
    """The contact centre file cannot be used. `problems` are lines for the operator."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{path}: " + "; ".join(self.problems))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Vdn(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=64)] = "VDN1"
    number: Number = "60000"
    record: bool = False
    barred: list[Number] = []
    phones: list[PhoneRange] = []
    conference_seats: Annotated[int, Field(ge=0, le=100_000)] = 120
    forbidden_words: list[Annotated[str, Field(min_length=1, max_length=100)]] = []


class _Timing(_Strict):
    no_answer: Annotated[float, Field(gt=0, le=3600)] = 20.0
    dial: Annotated[float, Field(gt=0, le=3600)] = 45.0
    wrap_up: Seconds = 0.0
    voice: Annotated[float, Field(gt=0, le=86_400)] = 10.0


class _Queue(_Strict):
    skill: Id
    access: list[Number] = []
    max_wait: Annotated[int, Field(ge=0, le=86_400)] = 0
    service_type: int = 0


class _Ivr(_Strict):
    access: Number
    id: Id
    description: Annotated[str, Field(max_length=100)] = ""
    service_no: int = 0
    seconds: Seconds = 5.0
    then_skill: Annotated[int, Field(ge=0)] = 0


class _Group(_Strict):
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=100)]
    agents: list[Annotated[int, Field(ge=1, le=999_999)]] = []


class _Customer(_Strict):
    prefix: Annotated[str, Field(pattern=r"^[0-9*#]{0,24}$")] = ""
    answer: Seconds = 2.0
    never_answers: bool = False
    talk: Seconds | None = None
    patience: Seconds | None = None
    detect: Annotated[int, Field(ge=0)] = 0
    cause: Annotated[str, Field(max_length=200)] = ""


class _Arrivals(_Strict):
    skill: Id
    per_minute: Annotated[float, Field(gt=0, le=6000)]
    talk: Seconds = 90.0
    patience: Seconds = 120.0
    prefix: Number = "138"


class _File(_Strict):
    vdn: _Vdn = _Vdn()
    timing: _Timing = _Timing()
    queues: list[_Queue] = []
    ivrs: list[_Ivr] = []
    groups: list[_Group] = []
    customers: list[_Customer] = []
    arrivals: list[_Arrivals] = []

    @model_validator(mode="after")
    def _no_contradictions(self) -> Self:
        found = [
            *_repeated("queues skill", (queue.skill for queue in self.queues)),
            *_repeated("access code", (code for queue in self.queues for code in queue.access)),
            *_repeated("ivrs access", (ivr.access for ivr in self.ivrs)),
            *_repeated("ivrs id", (ivr.id for ivr in self.ivrs)),
            *_repeated("groups id", (group.id for group in self.groups)),
            *_repeated("agent of a group", (agent for group in self.groups for agent in group.agents)),
            *_repeated("customers prefix", (customer.prefix for customer in self.customers)),
        ]
        if found:
            raise ValueError("; ".join(found))
        return self


def _repeated(what: str, values: Iterable[object]) -> Iterator[str]:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            yield f"{what} {value}: given twice"
        seen.add(value)


def read(path: Path, skills: Iterable[int] | None = None, vdn_id: int = 1) -> Plan:
    """The plan in a file; `skills` are the known skill ids, None for not to check. Raises PlanFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PlanFileError(path, [f"cannot be read: {problem}"]) from None
    try:
        content = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise PlanFileError(path, [f"is not TOML: {problem}"]) from None
    except ValidationError as wrong:
        raise PlanFileError(path, [_line(error["loc"], error["msg"]) for error in wrong.errors()]) from None
    if skills is not None and (unknown := _unknown(content, frozenset(skills))):
        raise PlanFileError(path, unknown)
    return _plan(content, vdn_id)


def _line(place: tuple[int | str, ...], reason: str) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f" {part}" for part in place).strip()
    return f"{where or 'file'}: {reason.removeprefix('Value error, ')}"


def _unknown(content: _File, skills: frozenset[int]) -> list[str]:
    named = [
        *((f"queues skill {queue.skill}", queue.skill) for queue in content.queues),
        *((f"ivrs then_skill {ivr.then_skill}", ivr.then_skill) for ivr in content.ivrs if ivr.then_skill),
        *((f"arrivals skill {entry.skill}", entry.skill) for entry in content.arrivals),
    ]
    return [f"{what}: no skill queue with this id in the agents file" for what, skill in named if skill not in skills]


def _plan(content: _File, vdn_id: int) -> Plan:
    vdn, timing = content.vdn, content.timing
    return Plan(
        vdn_id=vdn_id,
        vdn_name=vdn.name,
        number=vdn.number,
        timing=Timing(timing.no_answer, timing.dial, timing.wrap_up, timing.voice),
        queues={queue.skill: Queue(queue.skill, queue.service_type, queue.max_wait) for queue in content.queues},
        access={code: queue.skill for queue in content.queues for code in queue.access},
        ivrs={ivr.access: Ivr(**ivr.model_dump()) for ivr in content.ivrs},
        groups=tuple(Group(group.id, group.name, frozenset(group.agents)) for group in content.groups),
        barred=tuple(vdn.barred),
        behaviours=tuple(_behaviour(customer) for customer in content.customers),
        arrivals=tuple(
            Arrivals(entry.skill, entry.per_minute, entry.talk, entry.patience, entry.prefix)
            for entry in content.arrivals
        ),
        record=vdn.record,
        conference_seats=vdn.conference_seats,
        forbidden_words=tuple(vdn.forbidden_words),
        phones=tuple((first, last) for first, _, last in (entry.partition("-") for entry in vdn.phones)),
    )


def _behaviour(customer: _Customer) -> Behaviour:
    return Behaviour(
        prefix=customer.prefix,
        answer_s=None if customer.never_answers else customer.answer,
        talk_s=customer.talk,
        patience_s=customer.patience,
        detect=customer.detect,
        cause=customer.cause,
    )
