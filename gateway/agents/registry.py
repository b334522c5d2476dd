"""The agents of this gateway, read from the agents file; reloaded whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from prometheus_client import Counter

from gateway.agents import agents_file
from gateway.agents.agents_file import AgentEntry, AgentsFileError
from gateway.ops.metrics import REGISTRY
from gateway.settings.live_file import LiveFile

_FILE_READ: Final = Counter(
    "agentgateway_agents_file_reloads", "Reloads of the agents file, by outcome", ["outcome"], registry=REGISTRY
)


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill queue, with the members that `agentskills` returns."""

    name: str
    id: int
    mediatype: int


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. `id` is 1 to 999999; `media` is T or F for CTIServer, WebM, MailM.

    `former_password_hashes` are newest first. `must_change_password` is sent as isForceChange. A `demo` agent may
    sign in where `agents.demo` says so.
    """

    id: int
    account: str
    name: str = ""
    password_hash: str = field(default="", repr=False)
    former_password_hashes: tuple[str, ...] = field(default=(), repr=False)
    must_change_password: bool = False
    skills: tuple[Skill, ...] = ()
    media: str = "TTF"
    roles: frozenset[str] = frozenset()
    may_be_forced_out: bool = True
    demo: bool = False


@dataclass(frozen=True, slots=True)
class _RegistryContent:
    agents: Mapping[int, Agent]
    accounts: Mapping[str, Agent]
    skills: Mapping[int, Skill]
    rest_reasons: Mapping[int, str]


class AgentRegistry:
    """Looks agents up in the content of `file`; a reader never sees half of a change."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises AgentsFileError with every problem."""
        self.path = path
        self.file = LiveFile(
            (path,),
            partial(_read, path),
            faults=AgentsFileError,
            refused="agents file refused, the former agents stay",
            taken=lambda now: f"agents file read: {len(now.agents)} agents, {len(now.skills)} skill queues",
            counted=lambda outcome: _FILE_READ.labels(outcome).inc(),
        )

    def get(self, agent_id: int) -> Agent | None:
        """The agent with this id."""
        return self.file().agents.get(agent_id)

    def by_account(self, account: str) -> Agent | None:
        """The agent with this account, compared exactly."""
        return self.file().accounts.get(account)

    def all(self) -> tuple[Agent, ...]:
        """Every agent, by id."""
        return tuple(self.file().agents.values())

    def skills(self) -> Mapping[int, Skill]:
        """Every declared skill queue by id, also those that no agent has."""
        return self.file().skills

    def rest_reasons(self) -> Mapping[int, str]:
        """Names of the causes of rest by number."""
        return self.file().rest_reasons

    def reload(self) -> bool:
        """Takes over the file as it is now. A wrong file is logged and counted, and the former agents stay: False.

        May be called from any thread.
        """
        return self.file.reload()


def _read(path: Path) -> _RegistryContent:
    content = agents_file.read(path)
    skills = {entry.id: Skill(entry.name, entry.id, entry.mediatype) for entry in content.skills}
    agents = {entry.id: _agent(entry, skills) for entry in sorted(content.agents, key=lambda entry: entry.id)}
    accounts = {agent.account: agent for agent in agents.values()}
    reasons = {entry.id: entry.name for entry in content.rest_reasons}
    return _RegistryContent(
        MappingProxyType(agents), MappingProxyType(accounts), MappingProxyType(skills), MappingProxyType(reasons)
    )


def _agent(entry: AgentEntry, skills: Mapping[int, Skill]) -> Agent:
    return Agent(
        id=entry.id,
        account=entry.account,
        name=entry.name or entry.account,
        password_hash=entry.password_hash,
        former_password_hashes=tuple(entry.former_password_hashes),
        must_change_password=entry.must_change_password,
        skills=tuple(skills[number] for number in dict.fromkeys(entry.skills)),
        media=entry.media,
        roles=frozenset(entry.roles),
        may_be_forced_out=entry.may_be_forced_out,
        demo=entry.demo,
    )
