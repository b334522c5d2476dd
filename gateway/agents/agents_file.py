"""The form of the agents file (AGENTS_FILE, TOML) and its reading. All its problems are told at once.

Which password hashes can be used is told by the rules of the library that verifies them: it is stricter than its
parser.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gateway.settings import files
from gateway.settings.files import FileFault, WrongFileError

MOST_MEMORY_KIB: Final = 262_144
MOST_PASSES: Final = 16
MOST_LANES: Final = 16
"""Each lane is a thread for as long as a password is verified."""
FORM: Final = "$argon2id$v=19$m=19456,t=2,p=1$salt$digest"
_FORM: Final = re.compile(
    r"\$argon2id(?:\$v=(?:16|19))?\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})"
    r"\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)
_LEAST_SALT: Final = 8
_DIGESTS: Final = (16, 24, 32, 48, 64, 128)
"""Lengths in use. The length is a part of what is computed: a digest that was cut verifies nothing."""
_LEAST_MEMORY_A_LANE_KIB: Final = 8
AGENT_IDS: Final = range(1, 1_000_000)
_LONGEST_SHOWN: Final = 10**18
"""A greater id is left out of messages: Python makes no text of one with thousands of digits."""
FORMER_PASSWORDS: Final = 4
"""How many passwords before the present one are kept: with it they are "the last five" of the password rule."""

Role = Literal["inspector", "pickup", "reports", "system"]
"""inspector: may watch and steer other agents. pickup: may pick up the calls of others. reports: may read the call
records of others. system: may change settings of sessions and of other agents."""
ROLES: Final[tuple[str, ...]] = get_args(Role)
MEDIA: Final = r"^[TF]{3}$"
"""One letter each for CTIServer, WebM, MailM."""


def check_password_hash(value: str) -> str:
    """Refuses what could never verify, and what costs so much that one sign-in would block the others. ValueError."""
    found = _FORM.fullmatch(value)
    if found is None:
        raise ValueError(
            f"not an argon2id hash in the form {FORM}, its parameters in this order and nothing behind: set the "
            "password with `agentgateway agents passwd`"
        )
    memory, passes, lanes = (int(number) for number in found.groups()[:3])
    if memory > MOST_MEMORY_KIB or passes > MOST_PASSES or lanes > MOST_LANES:
        raise ValueError(
            f"must be an argon2id hash with m of at most {MOST_MEMORY_KIB} KiB, t of at most {MOST_PASSES} and p of at "
            f"most {MOST_LANES}"
        )
    if memory < _LEAST_MEMORY_A_LANE_KIB * lanes:
        raise ValueError(f"its m must be at least {_LEAST_MEMORY_A_LANE_KIB} times its p")
    if _length(found[4]) < _LEAST_SALT:
        raise ValueError(f"its salt must be base64 of at least {_LEAST_SALT} bytes, without =")
    if _length(found[5]) not in _DIGESTS:
        known = ", ".join(map(str, _DIGESTS))
        raise ValueError(f"its digest must be base64 of {known} bytes, without =: it may have been cut")
    return value


def _length(text: str) -> int:
    """How many bytes base64 stands for, without padding; 0 for what is not written in the one way there is."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return 0
    return len(decoded) if base64.b64encode(decoded).decode().rstrip("=") == text else 0


class AgentsFileError(WrongFileError):
    """The agents file cannot be used. No problem holds a password or a hash."""


PasswordHash = Annotated[str, Field(max_length=512), AfterValidator(check_password_hash)]
Text = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Account = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]


class _StrictTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True)


class SkillEntry(_StrictTable):
    """A skill queue, declared once: `id`, `name` and media type."""

    id: Annotated[int, Field(ge=1, le=2_147_483_647)]
    name: Annotated[Text, Field(min_length=1)]
    mediatype: Annotated[int, Field(ge=0, le=255)] = 5


class RestReasonEntry(_StrictTable):
    """A cause of rest that agents may name, 0 to 255."""

    id: Annotated[int, Field(ge=0, le=255)]
    name: Annotated[Text, Field(min_length=1)]


class AgentEntry(_StrictTable):
    """An agent as the file has it; `skills` are ids of declared skills."""

    id: Annotated[int, Field(ge=AGENT_IDS.start, lt=AGENT_IDS.stop)]
    account: Account
    name: Text = ""
    password_hash: PasswordHash
    former_password_hashes: Annotated[list[PasswordHash], Field(max_length=FORMER_PASSWORDS)] = []
    must_change_password: bool = False
    skills: list[int] = []
    media: Annotated[str, Field(pattern=MEDIA)] = "TTF"
    roles: list[Role] = []
    may_be_forced_out: bool = True
    demo: bool = False


class AgentsFile(_StrictTable):
    """The whole file. A file without agents is refused: it is far more likely half written than meant."""

    skills: list[SkillEntry] = []
    rest_reasons: list[RestReasonEntry] = []
    agents: Annotated[list[AgentEntry], Field(min_length=1)]


def read(path: Path) -> AgentsFile:
    """The file's content. Raises AgentsFileError with every problem."""
    try:
        text = files.read(path).text()
    except FileFault as fault:
        raise AgentsFileError(path, [str(fault)]) from None
    return parse(text, path)


def parse(text: str, path: Path) -> AgentsFile:
    """The content of `text`; `path` only names it. Raises AgentsFileError with every problem."""
    try:
        with files.faults_only(AgentsFileError):
            return _parse(text, path)
    except FileFault as fault:
        raise AgentsFileError(path, [str(fault)]) from None


def _parse(text: str, path: Path) -> AgentsFile:
    raw = files.parse_toml(text)
    try:
        content = AgentsFile.model_validate(raw)
    except ValidationError as problems:
        found = [_line(raw, error["loc"], error["msg"]) for error in files.errors_of(problems)]
        raise AgentsFileError(path, found) from None
    if found := list(_contradictions(content)):
        raise AgentsFileError(path, found)
    return content


def _line(raw: Mapping[str, object], place: tuple[int | str, ...], reason: str) -> str:
    """A problem in the operator's words: `agents[3] (id 104) media: ...`."""
    if len(place) < 2:
        return f"{place[0] if place else 'file'}: {reason}"
    table, index, *field = place
    rows = raw[str(table)]
    row = rows[index] if isinstance(rows, list) and isinstance(index, int) else None
    number = row.get("id") if isinstance(row, dict) else None
    named = f" (id {number})" if isinstance(number, int) and abs(number) <= _LONGEST_SHOWN else ""
    return f"{table}[{index}]{named} {'.'.join(str(part) for part in field)}: {reason}"


def _contradictions(content: AgentsFile) -> Iterator[str]:
    declared = {skill.id for skill in content.skills}
    yield from _repeated("skills", "id", [skill.id for skill in content.skills])
    yield from _repeated("rest_reasons", "id", [reason.id for reason in content.rest_reasons])
    yield from _repeated("agents", "id", [agent.id for agent in content.agents])
    yield from _repeated("agents", "account", [agent.account for agent in content.agents])
    for index, agent in enumerate(content.agents):
        yield from (
            f"agents[{index}] (id {agent.id}) skills: no skill with id {skill} is declared"
            for skill in agent.skills
            if skill not in declared
        )


def _repeated(table: str, field: str, values: list[Hashable]) -> Iterator[str]:
    places = defaultdict[Hashable, list[int]](list)
    for index, value in enumerate(values):
        places[value].append(index)
    for value, indices in places.items():
        if len(indices) > 1:
            rows = ", ".join(f"{table}[{index}]" for index in indices)
            yield f"{table} {field} {value}: used by {rows}"
