"""The form of the contact centre file (TOML) and its reading. All its problems are told at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gateway.contact_centre.floor.plan import Arrivals, Behaviour, Plan, Queue, Team, Timing, VoiceMenu
from gateway.settings import files
from gateway.settings.files import FileFault, WrongFileError


def _one_length(value: str) -> str:
    first, _, last = value.partition("-")
    if len(first) != len(last) or first > last:
        raise ValueError("must be two numbers of one length, the smaller one first")
    return value


Number = Annotated[str, Field(pattern=r"^[0-9*#]{1,24}$")]
PhoneRange = Annotated[str, Field(pattern=r"^[0-9]{1,24}-[0-9]{1,24}$"), AfterValidator(_one_length)]
Id = Annotated[int, Field(ge=1, le=2_147_483_647)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class PlanFileError(WrongFileError):
    """The contact centre file cannot be used."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Vdn(_Table):
    name: Annotated[str, Field(min_length=1, max_length=64)] = "VDN1"
    number: Number = "60000"
    record: bool = False
    barred: list[Number] = []
    phones: list[PhoneRange] = []
    conference_seats: Annotated[int, Field(ge=0, le=100_000)] = 120
    forbidden_words: list[Annotated[str, Field(min_length=1, max_length=100)]] = []


class _Timing(_Table):
    no_answer: Annotated[float, Field(gt=0, le=3600)] = 20.0
    dial: Annotated[float, Field(gt=0, le=3600)] = 45.0
    wrap_up: Seconds = 0.0
    voice: Annotated[float, Field(gt=0, le=86_400)] = 10.0


class _SkillQueue(_Table):
    skill: Id
    access: list[Number] = []
    max_wait: Annotated[int, Field(ge=0, le=86_400)] = 0
    service_type: int = 0


class _VoiceMenu(_Table):
    access: Number
    id: Id
    description: Annotated[str, Field(max_length=100)] = ""
    service_no: int = 0
    seconds: Seconds = 5.0
    then_skill: Annotated[int, Field(ge=0)] = 0


class _Team(_Table):
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=100)]
    agents: list[Annotated[int, Field(ge=1, le=999_999)]] = []
    monitor: Annotated[int, Field(ge=0, le=999_999)] = 0


class _Customer(_Table):
    prefix: Annotated[str, Field(pattern=r"^[0-9*#]{0,24}$")] = ""
    answer: Seconds = 2.0
    never_answers: bool = False
    talk: Seconds | None = None
    patience: Seconds | None = None
    detect: Annotated[int, Field(ge=0)] = 0
    cause: Annotated[str, Field(max_length=200)] = ""


class _Arrivals(_Table):
    skill: Id
    per_minute: Annotated[float, Field(gt=0, le=6000)]
    talk: Seconds = 90.0
    patience: Seconds = 120.0
    prefix: Number = "138"


class _File(_Table):
    vdn: _Vdn = _Vdn()
    timing: _Timing = _Timing()
    queues: list[_SkillQueue] = []
    ivrs: list[_VoiceMenu] = []
    groups: list[_Team] = []
    customers: list[_Customer] = []
    arrivals: list[_Arrivals] = []


_ONCE: Final = (
    ("queues skill", "queues", "skill"),
    ("access code", "queues", "access"),
    ("ivrs access", "ivrs", "access"),
    ("ivrs id", "ivrs", "id"),
    ("groups id", "groups", "id"),
    ("agent of a group", "groups", "agents"),
    ("customers prefix", "customers", "prefix"),
)
_SKILLS: Final = (
    ("queues skill", "queues", "skill"),
    ("ivrs then_skill", "ivrs", "then_skill"),
    ("arrivals skill", "arrivals", "skill"),
)
"""What must not be given twice, and what names a skill queue: in words, the table and its key."""
_WITHOUT: Final = {"prefix": ""}
"""What a key means that is left out, where that may be given twice too."""
_LONGEST_ID: Final = 10


def read(path: Path, skills: Iterable[int] | None = None, vdn_id: int = 1) -> Plan:
    """The plan in a file; `skills` are the known skill ids, None for not to check. Raises PlanFileError."""
    try:
        with files.faults_only(PlanFileError):
            return _read(path, skills, vdn_id)
    except FileFault as fault:
        raise PlanFileError(path, [str(fault)]) from None


def _read(path: Path, skills: Iterable[int] | None, vdn_id: int) -> Plan:
    raw = files.parse_toml(files.read(path).text())
    problems: list[str] = []
    try:
        content = _File.model_validate(raw)
    except ValidationError as wrong:
        problems += [_line(error["loc"], error["msg"]) for error in files.errors_of(wrong)]
    problems += [*_repeated(raw), *_unknown(raw, None if skills is None else frozenset(skills))]
    if problems:
        raise PlanFileError(path, problems)
    return _plan(content, vdn_id)


def _line(place: tuple[int | str, ...], reason: str) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f" {part}" for part in place).strip()
    return f"{where}: {reason.removeprefix('Value error, ')}"


def _repeated(raw: Mapping[str, object]) -> Iterator[str]:
    for what, table, key in _ONCE:
        times = Counter(_given(raw, table, key))
        yield from (f"{what} {value}: given twice" for value, many in times.items() if many > 1)


def _unknown(raw: Mapping[str, object], skills: frozenset[int] | None) -> Iterator[str]:
    for what, table, key in _SKILLS if skills is not None else ():
        named = {int(value) for value in _given(raw, table, key) if value.isdecimal() and len(value) <= _LONGEST_ID}
        missing = sorted(named - {0} - (skills or frozenset()))
        yield from (f"{what} {skill}: no skill queue with this id in the agents file" for skill in missing)


def _given(raw: Mapping[str, object], table: str, key: str) -> Iterator[str]:
    """The values of a key in all tables of this name, of a file that may be wrong elsewhere."""
    tables = raw.get(table)
    for entry in tables if isinstance(tables, list) else ():
        value = entry.get(key, _WITHOUT.get(key)) if isinstance(entry, dict) else None
        values = value if isinstance(value, list) else [value]
        yield from (str(one) for one in values if isinstance(one, (int, str)))


def _plan(content: _File, vdn_id: int) -> Plan:
    vdn, timing = content.vdn, content.timing
    return Plan(
        vdn_id=vdn_id,
        vdn_name=vdn.name,
        number=vdn.number,
        timing=Timing(timing.no_answer, timing.dial, timing.wrap_up, timing.voice),
        queues={queue.skill: Queue(queue.skill, queue.service_type, queue.max_wait) for queue in content.queues},
        access={code: queue.skill for queue in content.queues for code in queue.access},
        ivrs={ivr.access: VoiceMenu(**ivr.model_dump()) for ivr in content.ivrs},
        groups=tuple(Team(group.id, group.name, frozenset(group.agents), group.monitor) for group in content.groups),
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
