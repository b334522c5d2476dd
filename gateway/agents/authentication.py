"""Who may sign in, with which password; and the change of a password."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Protocol

from gateway.agents import passwords
from gateway.agents.attempt_limiter import OTHER_JUDGE_S, Attempt, AttemptLimiter
from gateway.agents.demo import DemoAdmission, DemoSettings
from gateway.agents.lockout import Attempts
from gateway.agents.password_book import Password, PasswordBook
from gateway.agents.passwords import DUMMY_HASH, PATIENCE_S, HashingTurn, PasswordPool
from gateway.agents.registry import Agent, AgentRegistry
from gateway.audit import trail
from gateway.wire import retcodes
from gateway.wire.errors import Refused

NOBODY: Final = Agent(id=0, account="", password_hash=DUMMY_HASH)
"""Stands in for an agent that does not exist, so that both take the same path and the same time."""


class SignInSettings(DemoSettings, Protocol):
    """The settings that matter here; `Settings` has them."""

    @property
    def login_address_limit(self) -> int:
        """LOGIN_ADDRESS_LIMIT, failures."""


class TokenCheck(Protocol):
    """Validates what agents sign in with in place of a password (AGENT_AUTH = thirdparty)."""

    async def verify_token(self, user_id: str, user_name: str, token: str) -> bool:
        """Whether the token is this user's: agent id in decimal, account. Raises Unavailable without a verdict."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody says to be `agent`; `who` is the name that failures are counted under."""

    who: str
    agent: Agent
    address: str
    now_ms: int


class Authentication:
    """Checks passwords under the lockout. Every method raises Unavailable (StoreUnavailable included) as its parts do.

    `settings` returns the settings in force, asked anew for each call. With `tokens` agents sign in by a token, and
    passwords serve to change them alone.
    """

    def __init__(
        self,
        registry: AgentRegistry,
        book: PasswordBook,
        attempts: Attempts,
        pool: PasswordPool,
        settings: Callable[[], SignInSettings],
        tokens: TokenCheck | None = None,
    ) -> None:
        self._registry = registry
        self._book = book
        self._limiter = AttemptLimiter(
            attempts, lambda: settings().login_address_limit, patience_s=OTHER_JUDGE_S if tokens else PATIENCE_S
        )
        self._pool = pool
        self._settings = settings
        self._tokens = tokens
        self._demo = DemoAdmission(settings)

    async def verify(self, agent_id: int, password: str, address: str, *, forwarded: bool, now_ms: int) -> Agent:
        """The agent, when the password is right.

        `address` is the client's IP address, `forwarded` whether the request carried a forwarding header, `now_ms` the
        store's time. Raises Refused: WRONG_CREDENTIALS, alike for an unknown agent, a wrong password and a demo agent
        where those are not admitted; LOCKED, also for a right password.
        """
        agent = self._admitted(self._registry.get(agent_id), address, forwarded=forwarded)
        return await self._verify(_Claim(str(agent_id), agent, address, now_ms), password)

    async def verify_account(
        self,
        account: str,
        password: str,
        address: str,
        *,
        forwarded: bool,
        now_ms: int,
        known: Callable[[int], None] = lambda _: None,
    ) -> Agent:
        """As `verify`, by the agent's account. Both ways count failures of an agent together.

        `known` is told whose account it is, before the password is looked at.
        """
        named = self._registry.by_account(account)
        if named:
            known(named.id)
        who = str(named.id) if named else "?" + sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        agent = self._admitted(named, address, forwarded=forwarded)
        return await self._verify(_Claim(who, agent, address, now_ms), password)

    async def change_password(self, agent_id: int, old: str, new: str, address: str, *, now_ms: int) -> None:
        """Puts a new password in force for a signed-in agent, who need not change it any more.

        Raises Refused: LOCKED; WRONG_OLD_PASSWORD, counted as a failed sign-in; PASSWORD_LENGTH and PASSWORD_RULE;
        PASSWORD_UNCHANGED for one of the last five.
        """
        claim = _Claim(str(agent_id), self._registry.get(agent_id) or NOBODY, address, now_ms)
        async with self._attempt(claim) as attempt, self._turn(attempt, claim) as turn:
            password, right = await self._judged(turn, claim, old)
            await _count(attempt, retcodes.WRONG_OLD_PASSWORD, right=right)
            passwords.check_new_password(agent_id, new)
            if new == old or await turn.any_of(agent_id, password.former, new):
                raise Refused(retcodes.PASSWORD_UNCHANGED)
            new_hash = await turn.hash(new)
        if not await self._book.replace(claim.agent, password, new_hash):
            raise Refused(retcodes.WRONG_OLD_PASSWORD)
        trail.record("password-changed", agent_id, address=address)

    async def _verify(self, claim: _Claim, password: str) -> Agent:
        if self._tokens is not None:
            return await self._verify_token(self._tokens, claim, password)
        async with self._attempt(claim) as attempt:
            async with self._turn(attempt, claim) as turn:
                kept, right = await self._judged(turn, claim, password)
            await _count(attempt, retcodes.WRONG_CREDENTIALS, right=right)
        return replace(claim.agent, must_change_password=kept.must_change)

    async def _verify_token(self, check: TokenCheck, claim: _Claim, token: str) -> Agent:
        """As with a password, under the same lock; somebody unknown costs a call as well."""
        known = claim.agent is not NOBODY
        user_name = claim.agent.account if known else claim.who
        async with self._attempt(claim) as attempt:
            right = await check.verify_token(str(claim.agent.id) if known else claim.who, user_name, token)
            await _count(attempt, retcodes.WRONG_CREDENTIALS, right=right and known)
        return replace(claim.agent, must_change_password=False)

    def _attempt(self, claim: _Claim) -> AbstractAsyncContextManager[Attempt]:
        return self._limiter.attempt(claim.who, claim.address, claim.now_ms)

    def _turn(self, attempt: Attempt, claim: _Claim) -> AbstractAsyncContextManager[HashingTurn]:
        return self._pool.turn(attempt.waited_s, who=claim.who, address=claim.address)

    async def _judged(self, turn: HashingTurn, claim: _Claim, password: str) -> tuple[Password, bool]:
        """The password in force, read when it is this one's turn, and whether it is the one given."""
        kept = await self._book.password(claim.agent)
        right = await turn.verify(claim.agent.id, kept.current, password) and claim.agent is not NOBODY
        self._pool.verdicts.judged(claim.who, claim.address, time.monotonic(), right=right)
        return kept, right

    def _admitted(self, agent: Agent | None, address: str, *, forwarded: bool) -> Agent:
        """The agent, or NOBODY in place of none and of a demo agent that may not sign in here."""
        if agent is None:
            return NOBODY
        return agent if not agent.demo or self._demo.admits(agent, address, forwarded=forwarded) else NOBODY


async def _count(attempt: Attempt, wrong: str, *, right: bool) -> None:
    """Raises Refused (`wrong`) where the judge said no."""
    if not right:
        await attempt.wrong()
        raise Refused(wrong)
    await attempt.right()
