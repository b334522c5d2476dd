"""The rules for a new password (contract onlineagent.yaml, modifyAccountPwdEx)."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from gateway.wire import retcodes
from gateway.wire.errors import Refused

SHORTEST: Final = 8
LONGEST: Final = 32
ID_RUN: Final = 3
CLASSES_NEEDED: Final = 3


def check(agent_id: int, password: str) -> None:
    """Raises Refused when `password` breaks a rule: 110-020 for its length, 110-019 with the rule for the others.

    That it is none of the last five is checked where their hashes are.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(retcodes.PASSWORD_LENGTH)
    for broken, rule in _RULES:
        if broken(agent_id, password):
            raise Refused(retcodes.PASSWORD_RULE, f"the new password {rule}")


def _unprintable(_: int, password: str) -> bool:
    return not password.isprintable()


def _repeats(_: int, password: str) -> bool:
    return any(first == second for first, second in pairwise(password))


def _holds_id(agent_id: int, password: str) -> bool:
    digits = str(agent_id)
    return any(digits[at : at + ID_RUN] in password for at in range(len(digits) - ID_RUN + 1))


def _too_plain(_: int, password: str) -> bool:
    return len({_class(character) for character in password}) < CLASSES_NEEDED


def _class(character: str) -> str:
    for name, belongs in (("upper", str.isupper), ("lower", str.islower), ("digit", str.isdigit)):
        if belongs(character):
            return name
    return "special"


_RULES: Final[tuple[tuple[Callable[[int, str], bool], str], ...]] = (
    (_unprintable, "must hold printable characters only"),
    (_repeats, "must not hold the same character twice in a row"),
    (_holds_id, "must not hold three or more characters in a row of the agent ID"),
    (_too_plain, "must hold three of: upper case, lower case, digit, special character"),
)
