"""The move of a site to AUTHMODE 2 (docs/dynamic_guids.md): how a desktop takes new GUIDs, and what a step would do.

Pure: no I/O, no clock.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.sessions.policy import Policy
from gateway.settings.kinds import AgentIds
from gateway.settings.schema import Settings

ALL: Final = 100
LADDER: Final = (5, 10, 25, 50, ALL)
"""The percentages that are proposed one after the other."""


class Following(StrEnum):
    """How the desktop of a session takes new GUIDs, so far as is known."""

    FOLLOWS = "follows"
    """It has used the newest GUID that it was handed, or one before while that one is new."""
    IGNORES = "ignores"
    """It was handed a newer GUID long ago and goes on with an old one."""
    DIVIDED = "divided"
    """A newer GUID is in use, and one that was left for it as well: by a second window, or a thief."""
    PENDING = "pending"
    """It was handed its first new GUID, and it is too early to tell."""
    UNTRIED = "untried"
    """It was handed no new GUID in this session."""


BREAKS: Final = frozenset({Following.IGNORES, Following.DIVIDED})
"""Where GUIDs die with their grace, requests of such a session are refused."""
UNKNOWN: Final = frozenset({Following.PENDING, Following.UNTRIED})


def stage(settings: Settings) -> str:
    """Where the site stands on the way: `static`, `rehearsal`, `staged` or `dynamic`."""
    if settings.guid_rehearsal:
        return "rehearsal"
    if settings.auth_mode == 1 or not settings.auth_mode_percent:
        return "static"
    return "staged" if settings.auth_mode_percent < ALL else "dynamic"


@dataclass(frozen=True, slots=True)
class StageChange:
    """A change of settings, by key, and what holds after it; `now` changes none."""

    name: str
    settings: Mapping[str, str]
    policy: Policy

    def is_dynamic(self, agent_id: int) -> bool:
        """Whether GUIDs of this agent die with their grace after the step."""
        return not self.policy.limits(agent_id, ()).lenient


_STATIC: Final[Mapping[str, object]] = {"auth_mode": 1, "guid_rehearsal": False}
_REHEARSAL: Final[Mapping[str, object]] = {"guid_rehearsal": True}


def steps(settings: Settings, percent: int | None = None) -> list[StageChange]:
    """What holds now, and the steps that may be taken from here; `percent` is that which is asked about, if any."""
    at = stage(settings)
    chosen = next_percent(settings) if percent is None else percent
    found = [_step("now", settings, {})]
    if at == "static":
        found.append(_step("rehearsal", settings, _REHEARSAL))
    if chosen < ALL:
        found.append(_step("percent", settings, _staged(chosen)))
    if at != "dynamic":
        found.append(_step("all", settings, _staged(ALL)))
    if at != "static":
        found.append(_step("back", settings, _STATIC))
    return found


def next_percent(settings: Settings) -> int:
    """The percentage that is proposed: the next of the ladder, or the one that is set and not in force yet."""
    set_ = settings.auth_mode_percent
    match stage(settings):
        case "dynamic":
            return ALL
        case "staged":
            return next(percent for percent in LADDER if percent > set_)
        case _:
            return set_ if 0 < set_ < ALL else LADDER[0]


def _staged(percent: int) -> Mapping[str, object]:
    return {"auth_mode": 2, "auth_mode_percent": percent, "guid_rehearsal": False}


_KEYS: Final = {"auth_mode": "AUTHMODE", "auth_mode_percent": "AUTHMODE_PERCENT", "guid_rehearsal": "GUIDREHEARSAL"}
_FLAGS: Final = {True: "ON", False: "OFF"}


def _step(name: str, settings: Settings, change: Mapping[str, object]) -> StageChange:
    texts = {key: shown(change[attribute]) for attribute, key in _KEYS.items() if attribute in change}
    return StageChange(name, texts, Policy(settings.model_copy(update=change)))


def shown(value: object) -> str:
    """A value as the settings file has it."""
    return _FLAGS[value] if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a step would do to the sessions that live now, in how many of them.

    `dynamic`: GUIDs die with their grace then. Of these `refused`: some requests of theirs would be refused, unless the
    agents are listed first; `expected`: not known, but their program follows in other sessions and in all that are
    known; `unknown`: nobody knows; the others follow. `to_list` are agents that belong into
    AUTHMODE_STATIC_AGENTS before the step, those of sessions that are over included; `static_agents` is its whole value
    then. Both are written as that setting is.
    """

    step: str
    settings: Mapping[str, str]
    dynamic: int
    refused: int
    expected: int
    unknown: int
    to_list: str
    to_list_count: int
    static_agents: str
    advice: str


@dataclass(slots=True)
class Tally:
    """Counts for one step, session by session."""

    step: StageChange
    counts: Counter[tuple[Following, str]] = field(default_factory=Counter)
    """By state and client."""
    to_list: set[int] = field(default_factory=set)

    def add(self, agent_id: int, client: str, state: Following) -> None:
        """A live session."""
        if self.step.is_dynamic(agent_id):
            self.counts[state, client] += 1
            self.add_broken(agent_id, state)

    def add_broken(self, agent_id: int, state: Following) -> None:
        """A session, which may be over, of an agent who is to be listed if its requests would be refused."""
        if state in BREAKS and self.step.is_dynamic(agent_id):
            self.to_list.add(agent_id)

    def forecast(self, proven: Container[str]) -> Forecast:
        """The outcome; `proven` are the clients that follow wherever that is known."""
        refused = sum(count for (state, _), count in self.counts.items() if state in BREAKS)
        open_ = {key: count for key, count in self.counts.items() if key[0] in UNKNOWN}
        expected = sum(count for (_, client), count in open_.items() if client in proven)
        unknown = sum(open_.values()) - expected
        listed = self.step.policy.settings.static_agents
        return Forecast(
            self.step.name,
            self.step.settings,
            self.counts.total(),
            refused,
            expected,
            unknown,
            spelled((agent_id, agent_id) for agent_id in self.to_list),
            len(self.to_list),
            spelled([*listed.ranges, *((agent_id, agent_id) for agent_id in self.to_list)]),
            self._advice(unknown),
        )

    def _advice(self, unknown: int) -> str:
        fixed = _ADVICE.get(self.step.name)
        if fixed:
            return fixed
        if self.to_list:
            return _LIST_NOW if self.step.name == "now" else _LIST_FIRST
        if self.step.name == "now":
            return "Nothing."
        return _WAIT if unknown else _SAFE


_ADVICE: Final = {
    "rehearsal": "Refuses nobody. Afterwards this report tells who follows.",
    "back": "Refuses nobody. A client that ignores new GUIDs goes on with the one it has, even if that is refused now.",
}
_LIST_NOW: Final = "List these agents in AUTHMODE_STATIC_AGENTS, or mend their programs: their old GUIDs are refused."
_LIST_FIRST: Final = "First list these agents in AUTHMODE_STATIC_AGENTS, or mend their programs."
_WAIT: Final = (
    "Not all sessions are known: rehearse (GUIDREHEARSAL = ON) for a shift, until none is pending or untried."
)
_SAFE: Final = "Refuses nobody, so far as is known."


def spelled(ranges: Iterable[tuple[int, int]]) -> str:
    """Agents, as ranges of (first, last), as AUTHMODE_STATIC_AGENTS has them: `101;105-110`."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return ";".join(f"{first}-{last}" if first < last else f"{first}" for first, last in joined)


def settings_shown(settings: Settings) -> Mapping[str, str]:
    """The settings of the move, by key, as the file has them."""
    values: Sequence[tuple[str, object]] = [(key, getattr(settings, attribute)) for attribute, key in _KEYS.items()]
    listed: AgentIds = settings.static_agents
    return {**{key: shown(value) for key, value in values}, "AUTHMODE_STATIC_AGENTS": spelled(listed.ranges)}
