"""The server that is tried, what has to be known about it, and why a trial ends early.

The texts of errors hold no GUID and no password.
"""

import ssl
from dataclasses import dataclass, field

SOON_S = 1.0
"""How long something may take that happens at once, with the way there and back."""


@dataclass(frozen=True)
class Target:
    """`url` is one server, `agents` are free for the trial and share the password.

    `hold_s` is how long polls are held, `interval_s` GUIDINTERVAL, `timeout_s` GUIDTIMEOUT, all in s and as the server
    has them set. `rotates`: it is set to AUTHMODE 2. `tls` holds the authorities to trust, without it those of the
    system.
    """

    url: str
    agents: tuple[int, ...]
    password: str = field(repr=False)
    phone: str = "6001"
    hold_s: float = 10.0
    interval_s: float = 60.0
    timeout_s: float = 120.0
    rotates: bool = True
    tls: ssl.SSLContext | None = None

    @property
    def grace_s(self) -> float:
        """How long a superseded GUID lives."""
        return self.timeout_s - self.interval_s

    @property
    def silent_s(self) -> float:
        """How long an agent is silent at most: half an interval is shorter than any limit of idle sessions."""
        return self.interval_s / 2


class BrokenRuleError(Exception):
    """The server does not keep the rule; the text says what it did."""


class UntestedError(Exception):
    """Something that the rule needs did not happen, so that nothing is known of it."""


class CannotBeginError(Exception):
    """Nothing can be tried: no server there, or nobody may sign in."""


def must(holds: object, otherwise: str) -> None:
    """Raises BrokenRuleError unless it holds."""
    if not holds:
        raise BrokenRuleError(otherwise)


def needs(holds: object, otherwise: str) -> None:
    """Raises UntestedError unless it holds."""
    if not holds:
        raise UntestedError(otherwise)
