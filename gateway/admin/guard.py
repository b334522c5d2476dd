"""Who is let in to the admin listener: who reaches it by a name of its own and holds a token, or a console session."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from multidict import CIMultiDictProxy

from gateway.admin.admin_tokens import READ, Actor, AdminTokens
from gateway.admin.console_sessions import ConsoleSessions
from gateway.audit import trail
from gateway.ops import metrics
from gateway.wire.addresses import FORWARDING_HEADERS

LOOKING: Final = frozenset({"GET", "HEAD"})
CSRF: Final = "X-CSRF-Token"
"""Carries what the sign-in to the console gave, with every change."""
BY_ITSELF: Final = "X-Console-Refresh"
"""Says that nobody asked for it: the page brings itself up to date, and its session ages all the same."""
COOKIE: Final = "agentgateway-console"
VISITOR: Final = Actor("", READ, "")
"""Whoever asks for what is open."""
_HOST: Final = re.compile(r"(?:localhost\.?|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?", re.IGNORECASE)
_PORT: Final = re.compile(r"(?<=[\w.\]]):([0-9]{1,5})$")
_SCHEME: Final = "bearer "
_OWN_PAGES: Final = frozenset({"same-origin", "none"})
"""What a browser says in `Sec-Fetch-Site` of a request by a page of ours, or by whoever typed the address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and the status that says so."""

    status: int
    reason: str
    error: str
    headers: Mapping[str, str] = field(default_factory=dict)


_BEARER: Final = {"WWW-Authenticate": "Bearer"}
_FORWARDED: Final = Refusal(403, "forwarded", "not through a proxy: call this listener itself")
_FOREIGN_ORIGIN: Final = Refusal(403, "origin", "the Origin header must be that of this listener: use its own page")
_NO_CSRF: Final = Refusal(
    403, "csrf", f"the header {CSRF} must be what the sign-in gave this browser: sign out, and in again"
)
_ROLE: Final = Refusal(403, "role", "the role of this token is read: changes and traces need a token of role admin")
_NO_TOKEN: Final = Refusal(
    401, "token", "needs the header Authorization: Bearer with the token of ADMIN_TOKEN_FILE", _BEARER
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at of a request. `secure`: it came by TLS; `open` and `admin_only` are those of its page."""

    method: str
    headers: CIMultiDictProxy[str]
    address: str = ""
    secure: bool = False
    open: bool = False
    admin_only: bool = False

    @property
    def host(self) -> str:
        """The Host header, which the guard has found to be one of the listener's."""
        return self.headers["Host"].lower()

    @property
    def cookie_name(self) -> str:
        """Of the session's cookie: browsers share cookies between the ports of a machine, so the name has the port."""
        found = _PORT.search(self.host)
        return f"{COOKIE}-{(found and found[1]) or (443 if self.secure else 80)}"

    @property
    def session_id(self) -> str:
        """What the cookie holds, "" for none; two of the name are none, since one of them is not ours."""
        pairs = (pair.strip().partition("=") for line in self.headers.getall("Cookie", ()) for pair in line.split(";"))
        values = [value for name, _, value in pairs if name == self.cookie_name]
        return values[0] if len(values) == 1 else ""

    @property
    def by_itself(self) -> bool:
        """Whether the page asks without anybody at work."""
        return BY_ITSELF in self.headers

    @property
    def changes(self) -> bool:
        """Whether it is more than a look."""
        return self.method not in LOOKING

    def is_of_own_page(self) -> bool:
        """Whether a page of this listener asks, by `Origin`, which every change must carry, and `Sec-Fetch-Site`."""
        origins = self.headers.getall("Origin", ())
        own = f"{'https' if self.secure else 'http'}://{self.host}"
        if any(origin.lower() != own for origin in origins) or (self.changes and len(origins) != 1):
            return False
        return self.headers.get("Sec-Fetch-Site", "same-origin") in _OWN_PAGES


def _name_of(host: str) -> str:
    """The name or address in a Host header, without port and brackets."""
    return _PORT.sub("", host.lower()).strip("[]")


class AdminGuard:
    """Lets in who holds one of `tokens`, and to change things whose role says so.

    The listener is bound to loopback, or speaks TLS and goes by `hosts` as well; three more things keep others out. A
    page in a browser that reaches it under a name of its own is stopped by the Host header; a proxy put in front by
    mistake by its forwarding headers; everybody else by the token, which also says who asks and whether they may change
    anything. The port in Host is not compared, so that a forwarded port (ssh -L) works. No answer gives leave to other
    origins.

    A session of the console stands for the token with which it began. Browsers add its cookie by themselves, so that
    pages of others are kept out by Origin, and from changes by a secret that only the own page can read.
    """

    def __init__(self, tokens: AdminTokens, sessions: ConsoleSessions, hosts: Iterable[str] = ()) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._hosts = frozenset(hosts)
        known = "".join(f", {host}" for host in sorted(self._hosts))
        self._foreign = Refusal(403, "host", f"the Host header must name localhost, 127.0.0.1 or [::1]{known}")

    def admitted(self, asked: Asked) -> Actor | Refusal:
        """Who asks, or why this request must not be answered: then it is counted by reason, and audited."""
        found = self._admitted(asked)
        if isinstance(found, Refusal):
            metrics.ADMIN_REFUSED.labels(found.reason).inc()
            trail.record("admin-refused", reason=found.reason, address=asked.address)
        return found

    def _admitted(self, asked: Asked) -> Actor | Refusal:
        if any(name in asked.headers for name in FORWARDING_HEADERS):
            return _FORWARDED
        hosts = asked.headers.getall("Host", ())
        if len(hosts) != 1 or not (_HOST.fullmatch(hosts[0]) or _name_of(hosts[0]) in self._hosts):
            return self._foreign
        if asked.open:
            return VISITOR if not asked.changes or asked.is_of_own_page() else _FOREIGN_ORIGIN
        if "Authorization" in asked.headers or not asked.session_id:
            found = self._holder(asked.headers.getall("Authorization", ()))
        else:
            found = self._signed_in(asked)
        if isinstance(found, Refusal):
            return found
        return found if found.may_change or not (asked.changes or asked.admin_only) else _ROLE

    def _holder(self, values: Sequence[str]) -> Actor | Refusal:
        if len(values) != 1 or values[0][: len(_SCHEME)].lower() != _SCHEME:
            return _NO_TOKEN
        given = values[0][len(_SCHEME) :].strip().encode("utf-8", "surrogateescape")
        return self._tokens.holder(given) or _NO_TOKEN

    def _signed_in(self, asked: Asked) -> Actor | Refusal:
        if not asked.is_of_own_page():
            return _FOREIGN_ORIGIN
        session = self._sessions.find(asked.session_id, used=not asked.by_itself)
        if isinstance(session, str):
            return Refusal(401, "session", session, _BEARER) if session else _NO_TOKEN
        if asked.changes and not session.is_csrf(asked.headers.get(CSRF, "")):
            return _NO_CSRF
        return session.actor
