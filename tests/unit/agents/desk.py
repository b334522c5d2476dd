"""An Authentication with real parts, and short ways to use it."""

from dataclasses import dataclass
from pathlib import Path

from gateway.agents.authentication import Authentication
from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.wire.errors import Refused
from tests.unit.agents.samples import NOW

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Values:
    """The settings that matter to a sign-in."""

    login_address_limit: int = 200
    trusted_proxies: tuple[str, ...] = ()
    bind_address: str = "127.0.0.1"
    demo_agents: bool = True


class Desk:
    """Answers are retcodes. Times count from NOW, in ms."""

    def __init__(self, path: Path) -> None:
        self.registry = AgentRegistry(path)
        self.settings = Values()
        self.attempts = MemoryAttempts()
        self.pool = PasswordPool()
        self.book = FilePasswordBook(self.registry)
        self.authentication = Authentication(self.registry, self.book, self.attempts, self.pool, lambda: self.settings)

    async def sign_in(
        self, agent_id: int, password: str, address: str = HERE, *, forwarded: bool = False, after_ms: int = 0
    ) -> str:
        try:
            await self.authentication.verify(agent_id, password, address, forwarded=forwarded, now_ms=NOW + after_ms)
        except Refused as problem:
            return problem.retcode
        return "0"

    async def by_account(self, account: str, password: str, address: str = HERE) -> str:
        try:
            await self.authentication.verify_account(account, password, address, forwarded=False, now_ms=NOW)
        except Refused as problem:
            return problem.retcode
        return "0"

    async def change(self, old: str, new: str, *, agent_id: int = 101) -> str:
        try:
            await self.authentication.change_password(agent_id, old, new, HERE, now_ms=NOW)
        except Refused as problem:
            return problem.retcode
        return "0"
