"""Where a day is played (a gateway, its admin listener, agents who come to work), and how people behave on it.

Habits are times in s of the day on average, and chances from 0 to 1.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from gateway.agents.passwords import hasher
from gateway.agents.registry import Skill


class CannotPlayError(Exception):
    """The day cannot begin; the text says why."""


@dataclass(frozen=True)
class GatewayPlace:
    """`url` is that of the agents' listener, `admin_url` that of the admin listener with its token."""

    url: str
    admin_url: str
    token: str = field(repr=False)
    agents: Sequence[int]
    password: str = field(repr=False)


def agents_file(agents: Sequence[int], password: str, skills: Iterable[Skill], wanted: Sequence[int]) -> str:
    """An agents file: every third agent has all `wanted` skills, the others have one each in turn.

    One hash serves all, because they share the password.
    """
    hashed = hasher().hash(password)
    parts = [
        f'[[skills]]\nid = {skill.id}\nname = "Queue {skill.id}"\nmediatype = {skill.mediatype}\n' for skill in skills
    ]
    parts.append('[[rest_reasons]]\nid = 1\nname = "Lunch"\n')
    for place, number in enumerate(agents):
        own = list(wanted) if place % 3 == 0 else [wanted[place % len(wanted)]]
        parts.append(
            f'[[agents]]\nid = {number}\naccount = "sim{number}"\nname = "Agent {number}"\n'
            f'password_hash = "{hashed}"\nskills = {own}\n'
        )
    return "\n".join(parts)


class AgentActivity(Enum):
    """What an agent does in a call besides talking."""

    TALK = auto()
    HOLD = auto()
    TRANSFER = auto()
    HANG_UP = auto()


@dataclass(frozen=True)
class Habits:
    """`speed` divides all times. Who ignores a call is busy until it comes back by itself."""

    speed: float = 1.0
    answer_s: float = 2.0
    before_doing_s: float = 15.0
    hold_s: float = 20.0
    wrap_up_s: float = 15.0
    rest_s: float = 300.0
    busy_s: float = 30.0
    hold: float = 0.15
    transfer: float = 0.05
    hang_up: float = 0.2
    rest: float = 0.02
    ignore: float = 0.01

    def time_s(self, chance: random.Random, mean_s: float) -> float:
        """Real time, somewhere from half to one and a half of the mean."""
        return mean_s * chance.uniform(0.5, 1.5) / self.speed

    def doing(self, chance: random.Random) -> AgentActivity:
        """What to do in this call."""
        weights = (1 - self.hold - self.transfer - self.hang_up, self.hold, self.transfer, self.hang_up)
        return chance.choices(
            (AgentActivity.TALK, AgentActivity.HOLD, AgentActivity.TRANSFER, AgentActivity.HANG_UP), weights
        )[0]

    def rests(self, chance: random.Random) -> bool:
        """Whether an agent who is idle again takes a rest."""
        return chance.random() < self.rest

    def ignores(self, chance: random.Random) -> bool:
        """Whether the agent is away when a call rings: rarer on a fast day, since ringing is not faster on it."""
        return chance.random() < self.ignore / self.speed
