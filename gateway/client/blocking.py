"""The SDK for scripts without asyncio: `with blocking.sign_in(...) as agent`, and the same methods without await."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, Self, TypeVar, Unpack

from gateway.client.agent import Agent
from gateway.client.event import Ended, Event
from gateway.client.link import Gateway
from gateway.client.operations import BlockingOperations
from gateway.client.operations.onlineagent import SignInOptions, SignInResult

Content = TypeVar("Content")


class _Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway.client", daemon=True)
        self._thread.start()

    def wait(self, work: Coroutine[Any, Any, Content]) -> Content:
        """Runs it there; Ctrl-C ends the work too."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Ends the thread."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class BlockingAgent(BlockingOperations):
    """One session, as `Agent`. It polls in a thread of its own; methods may be called from any thread."""

    def __init__(self, agent: Agent, loop: _Loop) -> None:
        super().__init__(agent, loop.wait)
        self._agent = agent
        self._loop = loop

    @property
    def agent_id(self) -> int:
        """The agent."""
        return self._agent.agent_id

    @property
    def info(self) -> SignInResult:
        """What the sign-in answered."""
        return self._agent.info

    def __repr__(self) -> str:
        return f"<BlockingAgent {self.agent_id}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        """Signs out. Where that is refused, as in a call, the session is left to itself."""
        try:
            self._loop.wait(self._agent.__aexit__(*problem))
        finally:
            self._loop.close()

    def events(self) -> Iterator[Event]:
        """Every event once, in order, until the own sign-out. Raises what ended the session otherwise."""
        with contextlib.suppress(Ended):
            while True:
                yield self.next_event()

    def next_event(self, within_s: float | None = None) -> Event:
        """The next event. Raises TimeoutError when there is none in time, else as `events`; Ended after a sign-out."""
        return self._loop.wait(self._agent.next_event(within_s))

    def sign_out(self, *, force: bool = False, reason: int | None = None) -> None:
        """As `Agent.sign_out`."""
        self._loop.wait(self._agent.sign_out(force=force, reason=reason))

    def close(self) -> None:
        """Stops without a sign-out, and ends the thread."""
        try:
            self._loop.wait(self._agent.close())
        finally:
            self._loop.close()


def sign_in(
    gateway: Gateway | str | Sequence[str],
    agent: int | str,
    *,
    password: str = "",
    token: str = "",
    phone: str = "",
    force: bool = False,
    light: bool = False,
    **options: Unpack[SignInOptions],
) -> BlockingAgent:
    """Signs in, as `Agent.sign_in`; events are polled."""
    loop = _Loop()
    try:
        made = Agent.sign_in(
            gateway, agent, password=password, token=token, phone=phone, force=force, light=light, **options
        )
        return BlockingAgent(loop.wait(made), loop)
    except BaseException:
        loop.close()
        raise
