"""Tells in sentences what happened to an agent, from lines of the audit trail, and what to do about it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.audit.audit_file import time_ms
from gateway.audit.diagnosis import NODE_KINDS, Cause, Diagnosis, concerns, diagnose

MOST_OF_AN_AGENT: Final = 200
MOST_OF_NODES: Final = 200
"""Lines that explain one agent."""

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Explanation:
    """`history` has a sentence a line, oldest first; `now` says how things stand and why, `advice` what to do.

    `cause` is the same in a word; Cause.UNKNOWN where the lines do not tell.
    """

    history: Sequence[str]
    now: str
    advice: str
    cause: Cause = Cause.UNKNOWN

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([*self.history, "", f"Now: {self.now}", f"What to do: {self.advice}"])


@dataclass(frozen=True)
class _Meaning:
    """What a line of the trail means; `says` is filled with its facts, `advice` says what to do if it decides."""

    says: str
    advice: str = ""


_SIGN_OUTS: Final[Mapping[str, _Meaning]] = {
    "SIGNED_OUT": _Meaning("the desktop signed the agent out", "Nothing: the agent or its desktop asked for it."),
    "IDLE": _Meaning(
        "the session ended: the desktop sent nothing for longer than MAXTIME (push mode: no heartbeat)",
        "See whether the desktop was closed, slept or lost its network at that time. A program that pauses for longer"
        " needs a longer MAXTIME.",
    ),
    "TOO_OLD": _Meaning(
        "the session ended: it was as old as SESSION_MAXTIME allows", "Sign in again, or raise SESSION_MAXTIME."
    ),
    "FORCED": _Meaning("an inspector or the operator ended the session{by}", "Ask who did it: the line names it."),
    "REUSED_GUID": _Meaning(
        "the session ended: a replaced GUID was used long after its successor, a sign of theft (GUIDREUSE = SIGNOUT)",
        "Find out who sends from that address. If it is a second window of the desktop, GUIDREUSE = OBSERVE.",
    ),
    "PUSH_FAILED": _Meaning(
        "the session ended: events could not be delivered to {receiver}",
        "See whether the receiver is up, in EVENT_PUSH_WHITELIST_CALLBACKURI and has a valid certificate.",
    ),
    "UPSTREAM": _Meaning(
        "the contact centre behind the gateway signed the agent out", "Look there: the gateway only passed it on."
    ),
}
_REFUSALS: Final[Mapping[str, _Meaning]] = {
    "000-003": _Meaning(
        "was refused: its GUID is not one that counts (any more)",
        "The desktop did not take a new GUID in time, or sends a wrong one. With AUTHMODE 2 see `agentgateway audit"
        " --agent` for guid-not-adopted: list such agents in AUTHMODE_STATIC_AGENTS, or mend their program.",
    ),
    "100-006": _Meaning(
        "was refused: the agent is not signed in", "Sign in again; the lines before tell why it ended."
    ),
    "100-001": _Meaning("was refused: the sign-in was not understood", "The program sends a wrong body."),
    "100-002": _Meaning(
        "was refused: the agent is signed in already",
        "Sign out there, sign in by force, or end the session with `agentgateway sessions end`.",
    ),
    "100-004": _Meaning(
        "was refused: wrong agent or password", "Set a new password with `agentgateway agents passwd` if it is lost."
    ),
    "100-007": _Meaning(
        "was refused: the gateway could not serve then",
        "See whether the store, or the contact centre behind, was out of reach at that time, or the node was drained.",
    ),
    "100-014": _Meaning("was refused: the phone number is out of range", "Use a phone of the contact centre file."),
    "100-015": _Meaning("was refused: this agent may not be signed in by force", "Sign out at the other desktop."),
    "100-021": _Meaning("was refused: another sign-in of the agent was under way", "Try again in a few seconds."),
    "110-016": _Meaning(
        "was refused: locked after too many wrong passwords from that address",
        "The lock ends 5 minutes after the last failure, or with `agentgateway lockouts unlock`. See who sends wrong"
        " passwords from that address.",
    ),
}
_KINDS: Final[Mapping[str, _Meaning]] = {
    "sign-in": _Meaning("signed in{force}{from_}{client}", "Nothing."),
    "take-over": _Meaning(
        "was taken over ({reason}){from_}{new_client}: the session before{client} ended",
        "If the agent did not sign in there itself, change the password with `agentgateway agents passwd` and look who"
        " has that address. If it did, nothing.",
    ),
    "sign-in-locked": _Meaning(
        "was locked out{from_}: too many wrong passwords",
        "The lock ends 5 minutes after the last failure, or with `agentgateway lockouts unlock`. See who sends wrong"
        " passwords from that address.",
    ),
    "guid-not-adopted": _Meaning(
        "goes on with an old GUID: its client{client} does not take new ones",
        "In AUTHMODE 2 it will be refused with 000-003 when the grace ends: add the agent to AUTHMODE_STATIC_AGENTS, or"
        " mend its program.",
    ),
    "guid-refused-in-earnest": _Meaning(
        "used a GUID that AUTHMODE 2 would have refused (rehearsal)",
        "Before AUTHMODE 2 add the agent to AUTHMODE_STATIC_AGENTS, or mend its program.",
    ),
    "guid-left-behind": _Meaning(
        "was refused with an old GUID of its own session{client}, which uses a newer one: a second window, or a thief",
        "If the agent has a second window, sign in anew and list the agent in AUTHMODE_STATIC_AGENTS, or mend the"
        " program. Else find out who sends from that address.",
    ),
    "guid-reuse": _Meaning("used a replaced GUID{from_} long after its successor", "Find out who sends from there."),
    "unlock": _Meaning("was unlocked{by}{from_}"),
    "password-changed": _Meaning("changed its password{from_}"),
    "trace-started": _Meaning("is traced{by}"),
    "trace-ended": _Meaning("is no longer traced"),
    "push-fails": _Meaning("gets no events: {receiver} does not take them", "See whether the receiver is up."),
    "push-works-again": _Meaning("gets events again"),
    "store-outage": _Meaning(
        "node {node}: the session store was out of reach ({reason})",
        "Requests were answered 503 meanwhile, and nobody was signed out: desktops go on by themselves. While it lasts,"
        " `agentgateway doctor` tells what is wrong with the store.",
    ),
    "store-back": _Meaning("node {node}: the session store was back after {after_s} s"),
    "store-emptied": _Meaning(
        "node {node}: the session store was emptied, and with it all sessions",
        "All agents have to sign in again. Find out who emptied Redis, or why it started without its data"
        " (persistence, FLUSHALL, another database).",
    ),
    "node-start": _Meaning(
        "node {node} started{memory}",
        "Agents who were signed in have to sign in again. With REDIS_URL sessions outlive a restart.",
    ),
    "node-stop": _Meaning("node {node} stopped", "Start the gateway; its log ends with why it stopped."),
    "drain": _Meaning(
        "node {target} is drained{by}: no new sign-ins there",
        "Sign in on another node, or take it back with `agentgateway undrain`.",
    ),
    "undrain": _Meaning("node {target} takes sign-ins again{by}"),
    "settings-applied": _Meaning("node {node}: changed settings: {changed}"),
    "settings-refused": _Meaning(
        "node {node}: a changed settings file was refused: {problems}",
        "Nothing of the file counts: the values before it are in force. Mend the line that is named; the file is read"
        " again when it changes.",
    ),
    "settings-restored": _Meaning("node {node}: the settings file is again the one in force"),
    "lines-missing": _Meaning("{count} lines of the audit trail are missing here"),
}


def explain(agent_id: int, lines: Sequence[Found]) -> Explanation:
    """What happened to the agent by these lines, its own and those of nodes."""
    ordered = sorted(lines, key=time_ms)
    own = [line for line in ordered if concerns(agent_id, line)]
    shown = [line for line in ordered if concerns(agent_id, line) or line.get("kind") in NODE_KINDS]
    history = [f"{line.get('time', '?')}  {_sentence(agent_id, line)}." for line in shown]
    found = diagnose(agent_id, ordered)
    told = filter(None, [_standing(agent_id, own), _because(agent_id, found), _also(shown, found)])
    return Explanation(history, " ".join(told), _advice(found), found.cause)


_UNKNOWN: Final = (
    "The cause is not known here. Look further back (--since 7d), at the agent's number, and whether the desktop"
    " reached this gateway at all; `agentgateway trace` shows what it sends."
)
_NOTHING: Final = (
    "Nothing: no trouble is recorded. If there is some, `agentgateway trace` shows what the desktop sends."
)


def _standing(agent_id: int, own: Sequence[Found]) -> str:
    if not own:
        return f"nothing is recorded of agent {agent_id} in this time."
    changing = [line for line in own if line.get("kind") in {"sign-in", "sign-out"}]
    if not changing:
        return f"whether agent {agent_id} is signed in these lines do not say."
    last = changing[-1]
    state = "is signed in" if last.get("kind") == "sign-in" else "is signed out"
    return f"agent {agent_id} {state} since {last.get('time')}."


def _because(agent_id: int, found: Diagnosis) -> str:
    line = found.line
    if line is None or found.cause is Cause.NOTHING:
        return ""
    word = "Last" if found.cause is Cause.UNKNOWN else "Decisive"
    text = f"{word} at {line.get('time')}: {_sentence(agent_id, line)}."
    if found.cause is Cause.IGNORES_GUIDS and found.met_ms > time_ms(line):
        text += " Since then it was refused (000-003)."
    if found.cause is Cause.UNKNOWN:
        text += " Why, the lines do not tell."
    return text


def _also(shown: Sequence[Found], found: Diagnosis) -> str:
    """What stands besides: settings that are not in force as somebody meant them."""
    about = [line for line in shown if str(line.get("kind")).startswith("settings-")]
    if found.cause is Cause.SETTINGS_REFUSED or not about or about[-1].get("kind") != "settings-refused":
        return ""
    return f"Besides, the settings file of node {about[-1].get('node')} is refused since {about[-1].get('time')}."


def _advice(found: Diagnosis) -> str:
    if found.cause is Cause.UNKNOWN or found.line is None:
        return _UNKNOWN
    if found.cause is Cause.NOTHING:
        return _NOTHING
    if found.cause is Cause.IGNORES_GUIDS:
        return _KINDS["guid-not-adopted"].advice
    return _meaning(found.line).advice or "Nothing."


def _meaning(line: Found) -> _Meaning:
    kind, reason = str(line.get("kind")), str(line.get("reason", ""))
    tables: Mapping[str, Mapping[str, _Meaning]] = {"sign-out": _SIGN_OUTS, "refused": _REFUSALS}
    if kind in tables:
        return tables[kind].get(reason, _Meaning(f"{kind} ({reason or 'no reason'})", _UNKNOWN))
    return _KINDS.get(kind, _Meaning(kind.replace("{", "(").replace("}", ")")))


def _sentence(agent_id: int, line: Found) -> str:
    said = _meaning(line).says.format_map(_SessionFacts(line))
    if line.get("kind") in NODE_KINDS:
        return said
    if line.get("kind") == "refused":
        said = f"a request ({line.get('operation', 'unknown')}){_SessionFacts(line)['from_']} {said}"
    times = f" ({line['count']} times more)" if "count" in line else ""
    return f"agent {agent_id}: {said}{times}"


_PHRASES: Final[Mapping[str, Callable[[Found], str]]] = {
    "from_": lambda line: f" from {line['address']}" if line.get("address") else "",
    "client": lambda line: f" with {line['client']}" if line.get("client") else "",
    "new_client": lambda line: f" with {line['taken_over_by']}" if line.get("taken_over_by") else "",
    "by": lambda line: f" (by {line['by']})" if line.get("by") else "",
    "memory": lambda line: (
        " with a store in memory: sessions of before are gone" if line.get("store") == "memory" else ""
    ),
    "force": lambda line: " by force" if line.get("force") else "",
    "changed": lambda line: "; ".join(line.get("changed", ())) or "none that count at once",
    "problems": lambda line: "; ".join(line.get("problems", ())),
}


class _SessionFacts(dict[str, str]):
    """The facts of a line, and phrases made of them; "unknown" for what it does not say."""

    def __init__(self, line: Found) -> None:
        super().__init__({name: str(value) for name, value in line.items()})
        self.update({name: phrase(line) for name, phrase in _PHRASES.items()})

    def __missing__(self, key: str) -> str:
        return "unknown"
