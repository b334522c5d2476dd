"""Reads what the service behind answers: envelope, GUID, cookies."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import from_json

from gateway.backend import EndReason
from gateway.wire import retcodes
from gateway.wire.envelope import WANTED

OVER: Final = frozenset({retcodes.NO_RIGHT, retcodes.NOT_SIGNED_IN, "100-008", "105-005", "105-006", "105-007"})
"""What it says to calls of a session that is over there: not signed in, GUID unknown, sign in again."""

NOT_DONE: Final = frozenset({retcodes.UNAVAILABLE, "000-004", "105-002"})
"""What it says when it could not act: an error of its own, a switch-over under way."""

_GUID: Final = re.compile(r"[!-~]{1,256}")
_COOKIE: Final = re.compile(r"[!-~]{1,512}")
_REASONS: Final = {reason.value: reason for reason in EndReason}


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """An answer with status 200. `guid` is the one handed out with it, "" for none; `cookie` as for a request.

    `receipt` is that of its event, from a service that gives one.
    """

    retcode: str
    message: str
    body: bytes | AsyncGenerator[bytes, None] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    guid: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)
    receipt: str = WANTED

    @property
    def over(self) -> bool:
        """It knows no such session."""
        return self.retcode in OVER

    @property
    def reason(self) -> EndReason:
        """Why the session is over there, as far as the message says so in words of ours."""
        return _REASONS.get(self.message, EndReason.UPSTREAM)


def read_envelope(body: bytes) -> tuple[str, str] | None:
    """Retcode and message; None where the body is no answer of the interface."""
    said = read_members(body)
    return None if said is None else envelope_of(said)


def read_members(body: bytes) -> Mapping[str, object] | None:
    """The members of an answer; None where it is no JSON object."""
    try:
        said = from_json(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def envelope_of(said: Mapping[str, object]) -> tuple[str, str] | None:
    """As `read_envelope`, of the members."""
    if type(said.get("retcode")) not in {str, int}:
        return None
    message = said.get("message", said.get("msg"))
    return str(said["retcode"]), message if isinstance(message, str) else ""


def names_another(said: Mapping[str, object], agent_id: int) -> bool:
    """Whether an answer is for another agent: an event says whose it is, that to a sign-in who signed in."""
    event, result = said.get("event"), said.get("result")
    if isinstance(event, list):
        return any(isinstance(one, dict) and _is_another(one.get("workNo"), agent_id) for one in event)
    if isinstance(event, dict) and _is_another(event.get("workNo"), agent_id):
        return True
    return isinstance(result, dict) and _is_another(result.get("workno"), agent_id)


def _is_another(told: object, agent_id: int) -> bool:
    """What is no number says nothing."""
    if told is None:
        return False
    text = str(told)
    return text.isascii() and text.isdigit() and text.lstrip("0") != str(agent_id)


def read_result(body: bytes | AsyncGenerator[bytes, None], name: str) -> object:
    """A member of the `result` object; None where there is none."""
    said = from_json(body) if isinstance(body, bytes) else None
    result = said.get("result") if isinstance(said, dict) else None
    return result.get(name) if isinstance(result, dict) else None


def read_guid(set_guid: str) -> str:
    """The GUID in the response header `Set-GUID`: what follows the first `=`, or all; "" for none or rubbish."""
    given = set_guid.partition("=")[2] if "=" in set_guid else set_guid
    return given if _GUID.fullmatch(given) else ""


def read_cookies(set_cookies: Sequence[str]) -> str:
    """What a client sends back for these `Set-Cookie` headers: names and values alone; "" for none."""
    pairs = (cookie.partition(";")[0].strip() for cookie in set_cookies)
    return "; ".join(pair for pair in pairs if "=" in pair and _COOKIE.fullmatch(pair))


def merge_cookies(former: str, given: str) -> str:
    """What a client sends back after `given` came to what it had."""
    pairs = [pair for pair in (*former.split("; "), *given.split("; ")) if pair]
    return "; ".join({pair.partition("=")[0]: pair for pair in pairs}.values())
