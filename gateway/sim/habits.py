"""How people behave on a simulated day: times in s of the day on average, and chances from 0 to 1."""

import random
from dataclasses import dataclass
from enum import Enum, auto


class Doing(Enum):
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

    def doing(self, chance: random.Random) -> Doing:
        """What to do in this call."""
        weights = (1 - self.hold - self.transfer - self.hang_up, self.hold, self.transfer, self.hang_up)
        return chance.choices((Doing.TALK, Doing.HOLD, Doing.TRANSFER, Doing.HANG_UP), weights)[0]

    def rests(self, chance: random.Random) -> bool:
        """Whether an agent who is idle again takes a rest."""
        return chance.random() < self.rest

    def ignores(self, chance: random.Random) -> bool:
        """Whether the agent is away when a call rings: rarer on a fast day, since ringing is not faster on it."""
        return chance.random() < self.ignore / self.speed
