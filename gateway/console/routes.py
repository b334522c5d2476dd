"""The pages of the console: its files, and signing in, staying and signing out.

The files hold nothing of this gateway: what they show is asked for by whoever signed in.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic_core import from_json, to_json

from gateway.admin.admin_tokens import TOKEN_MAX_LENGTH
from gateway.admin.console_sessions import ConsoleSession, ConsoleSessions, OpenedSession
from gateway.admin.guard import Asked
from gateway.admin.route import AdminCall, AdminPage, AdminRoute
from gateway.audit import trail
from gateway.ops import metrics
from gateway.settings.cross_checks import is_loopback
from gateway.wire.addresses import network
from gateway.wire.errors import GatewayError, Malformed, Unavailable
from gateway.wire.headers import JSON, OF_PAGES, PAGE_TYPES

PATH: Final = "/console"
HERE: Final = Path(__file__).parent
SHARED: Final = HERE.parent / "desk"
"""The desk page's: what both pages are made with."""
SHARED_FILES: Final = ("base.css", "dom.js")
GUESSES: Final = 10
GUESS_EVERY_S: Final = 6.0
MOST_GUESSERS: Final = 1000
_HERE: Final = "this machine"
_OTHERS: Final = "others"


def file_routes() -> list[AdminRoute]:
    """A route for each file, for whoever reaches the listener."""
    return [_file_route(path, file) for path, file in files().items()]


def files() -> dict[str, Path]:
    """The file behind each path."""
    own = {f"{PATH}/{file.name}": file for file in sorted(HERE.iterdir()) if file.suffix in {".css", ".js"}}
    shared = {f"{PATH}/{name}": SHARED / name for name in SHARED_FILES}
    page = HERE / "console.html"
    return {PATH: page, f"{PATH}/": page, **own, **shared}


def _file_route(path: str, file: Path) -> AdminRoute:
    page = AdminPage(file.read_bytes(), PAGE_TYPES[file.suffix], OF_PAGES)

    async def show(_call: AdminCall) -> object:
        return page

    return AdminRoute("GET", path, show, open=True)


class WrongToken(GatewayError):
    """Nobody has this token."""

    status = 401


class TooManyGuesses(Unavailable):
    """No token is looked at for now, right or wrong."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong tokens: try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class GuessLimit:
    """Lets through GUESSES wrong tokens of an address at once, and one more every GUESS_EVERY_S.

    So nobody elsewhere is kept out. All on this machine, where one program has as many addresses as it likes, count as
    one; so do those of an IPv6 network, and all beyond the first MOST_GUESSERS. `clock` gives s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_s: dict[str, float] = {}

    def admit(self, address: str) -> None:
        """Raises TooManyGuesses."""
        wait_s = self._full_s.get(self._counted(address), 0.0) - self._clock() - (GUESSES - 1) * GUESS_EVERY_S
        if wait_s > 0:
            raise TooManyGuesses(math.ceil(wait_s))

    def wrong(self, address: str) -> None:
        """A token was wrong."""
        now_s = self._clock()
        if len(self._full_s) >= MOST_GUESSERS:
            self._full_s = {each: full_s for each, full_s in self._full_s.items() if full_s > now_s}
        counted = self._counted(address)
        self._full_s[counted] = max(self._full_s.get(counted, now_s), now_s) + GUESS_EVERY_S

    def _counted(self, address: str) -> str:
        sender = network(address)
        if is_loopback(address) or is_loopback(sender):
            sender = _HERE
        return sender if sender in self._full_s or len(self._full_s) < MOST_GUESSERS else _OTHERS


def sign_in_routes(sessions: ConsoleSessions, limit: GuessLimit) -> list[AdminRoute]:
    """`/console/sign-in`, `session`, `stay` and `sign-out`.

    They are for pages of this listener alone: a change must say so in Origin.
    """

    async def sign_in(call: AdminCall) -> object:
        token = _token(call)
        try:
            limit.admit(call.asked.address)
        except TooManyGuesses:
            _refused("guesses", call.asked)
            raise
        opened = sessions.open(token.encode(), call.asked.address)
        if opened is None:
            limit.wrong(call.asked.address)
            _refused("console-token", call.asked)
            raise WrongToken("token: nobody has it; it is that of ADMIN_TOKEN_FILE, or one of ADMIN_TOKENS_FILE")
        sessions.close(call.asked.session_id)
        return AdminPage(to_json(_told(opened)), JSON, {"Set-Cookie": _cookie(call.asked, opened.id)})

    def standing(call: AdminCall, *, used: bool) -> object:
        found = sessions.find(call.asked.session_id, used=used) if call.asked.is_of_own_page() else ""
        if not isinstance(found, ConsoleSession):
            return {"signedIn": False, "why": found}
        ends = {"endsInS": round(sessions.ends_in_s(found)), "oldestInS": round(sessions.oldest_in_s(found))}
        return {"signedIn": True, "name": found.actor.name, "role": found.actor.role, **ends}

    async def session(call: AdminCall) -> object:
        return standing(call, used=False)

    async def stay(call: AdminCall) -> object:
        """Somebody is there, who asked for it."""
        return standing(call, used=True)

    async def sign_out(call: AdminCall) -> object:
        sessions.close(call.asked.session_id)
        return AdminPage(to_json({"signedIn": False}), JSON, {"Set-Cookie": _cookie(call.asked, "")})

    return [
        AdminRoute("POST", "/console/sign-in", sign_in, open=True),
        AdminRoute("GET", "/console/session", session, open=True),
        AdminRoute("POST", "/console/stay", stay, open=True),
        AdminRoute("POST", "/console/sign-out", sign_out, open=True),
    ]


def _told(opened: OpenedSession) -> dict[str, object]:
    return {"signedIn": True, "name": opened.actor.name, "role": opened.actor.role, "csrf": opened.csrf}


def _refused(reason: str, asked: Asked) -> None:
    metrics.ADMIN_REFUSED.labels(reason).inc()
    trail.record("admin-refused", reason=reason, address=asked.address)


def _token(call: AdminCall) -> str:
    if call.asked.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
        raise Malformed(f"Content-Type: must be {JSON}")
    try:
        body = from_json(call.body)
    except ValueError:
        raise Malformed('body: must be JSON, {"token":"..."}') from None
    token = body.get("token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not 0 < len(token.strip()) <= TOKEN_MAX_LENGTH:
        raise Malformed(f"token: must be a text of 1 to {TOKEN_MAX_LENGTH} characters")
    return token.strip()


def _cookie(asked: Asked, session_id: str) -> str:
    """Of the own pages alone, unreadable for scripts; gone with the browser, or at once where it is empty."""
    parts = [f"{asked.cookie_name}={session_id}", "Path=/", "HttpOnly", "SameSite=Strict"]
    return "; ".join([*parts, *(["Secure"] if asked.secure else []), *([] if session_id else ["Max-Age=0"])])
