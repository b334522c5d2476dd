"""What an error of Redis means for the caller."""

import re
from typing import Final

from hiredis import ReplyError

from gateway.ops import logs
from gateway.wire.errors import StoreUnavailable

REFUSING: Final = frozenset(
    {
        "ASK",
        "BUSY",
        "CLUSTERDOWN",
        "LOADING",
        "MASTERDOWN",
        "MISCONF",
        "MOVED",
        "NOREPLICAS",
        "OOM",
        "READONLY",
        "TRYAGAIN",
        "UNKILLABLE",
        "WRONGTYPE",
    }
)
"""Errors by which Redis says that it does not serve now; any other error is a fault of ours."""
ELSEWHERE: Final = frozenset({"MOVED", "NOREPLICAS", "READONLY"})
"""Errors after which another connection may do better."""
_DENIED: Final = re.compile(
    r"NOPERM |NOAUTH |WRONGPASS |(?:ERR )?(?:ACL failure in script: |The user executing the script can't )"
)
"""How errors begin by which Redis says that the user may not do so; those of a script have a code of their own."""
_RUN: Final = re.compile(r"to run the ((?:'[a-z0-9_|-]{1,40}' )+)command")
_ACCESS: Final = re.compile(r"to access (?:a|the|one of the) (?:'.*' )?(key|channel)")


def code(error: Exception) -> str:
    """The first word of an error reply: its kind, without anything of the request."""
    return str(error).partition(" ")[0]


def _code_in_logs(error: ReplyError) -> str:
    return code(error)[:20]


logs.tell_more(ReplyError, _code_in_logs)


def as_failure(error: Exception) -> Exception:
    """The exception for the caller: StoreUnavailable where Redis refuses to serve, else the error itself."""
    return StoreUnavailable() if code(error) in REFUSING or is_denial(error) else error


def is_wrong_type(error: Exception) -> bool:
    """Whether a key is of another type than the command needs."""
    return code(error) == "WRONGTYPE"


def is_elsewhere(error: Exception) -> bool:
    """Whether the connection is to be given up: another one may do better, or the user must be allowed more first."""
    return code(error) in ELSEWHERE or is_denial(error)


def is_denial(error: Exception) -> bool:
    """Whether the user of REDIS_URL is not allowed to do what was asked."""
    return _DENIED.match(str(error)) is not None


def denied_commands(error: Exception) -> set[str]:
    """The commands that a denial names, without subcommands, in lower case."""
    found = _RUN.search(str(error))
    return {name.partition("|")[0] for name in re.findall(r"'([^']*)'", found[1])} if found else set()


def denied_place(error: Exception) -> str:
    """What a denial keeps from any command: "key", "channel"; "" for neither."""
    found = _ACCESS.search(str(error))
    return found[1] if found else ""


_SAID: Final = {
    "is running in protected mode": "its protected mode takes clients of its own machine alone",
    "max number of clients reached": "it has as many clients as it takes",
    "DB index is out of range": "it has no database of that number",
    "SELECT is not allowed": "a Cluster has database 0 alone",
    "wrong number of arguments for 'hello'": "it is older than Redis 6",
    "unknown command 'HELLO'": "it is older than Redis 6",
}
"""What a server says of a greeting that it does not take, in our words: its own may quote what we sent."""


def refusal(kind: str) -> str:
    """The reason for logs and health of a store that answers with this kind of error."""
    return f"it refuses: {kind}"


def refusal_of(error: Exception) -> str:
    """As `refusal`, with what the user is not allowed to do."""
    if not is_denial(error):
        known = next((words for said, words in _SAID.items() if said in str(error)), "")
        return refusal(f"{code(error)} ({known})" if known else code(error))
    kind = code(error) if code(error) in {"NOAUTH", "WRONGPASS"} else "NOPERM"
    place = denied_place(error)
    what = ", ".join(sorted(denied_commands(error))) or (f"a {place}" if place else "")
    return refusal(f"{kind} ({what})" if what else kind)
