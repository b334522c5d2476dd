"""A contact centre that keeps the contract of the seam, says what a test tells it, and keeps what it was asked."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.backend import (
    Admitted,
    BackendAnswer,
    Declined,
    End,
    Entered,
    Leave,
    LiveSession,
    OperationRequest,
    SignInRequest,
    Upstream,
)
from gateway.wire import retcodes
from gateway.wire.errors import GatewayError

PASSWORD = "right"
WELCOME = BackendAnswer(b'{"message":"success","retcode":"0","result":{"workno":"101"}}')
DONE = BackendAnswer(b'{"message":"success","retcode":"0","result":{"done":1}}')
NO = BackendAnswer(b'{"message":"not with us","retcode":"107-064"}', "107-064", {"X-Of": "it"})


@dataclass
class FakeBackend:
    """`fails`: what a method raises, by its name. `here` are its sessions by agent; `calls` names what was called."""

    calls: list[str] = field(default_factory=list)
    signed_in: list[SignInRequest] = field(default_factory=list)
    asked: list[OperationRequest] = field(default_factory=list)
    questions: list[tuple[LiveSession, OperationRequest | None]] = field(default_factory=list)
    fails: dict[str, GatewayError] = field(default_factory=dict)
    here: dict[int, list[str]] = field(default_factory=dict)
    answers: Callable[[OperationRequest], BackendAnswer] = lambda _request: DONE
    admits: dict[str, Any] = field(default_factory=dict)
    upstream: Upstream | None = None
    leave_says: Leave = field(default_factory=Leave)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]

    async def admit(self, request: SignInRequest) -> Admitted:
        self.signed_in.append(request)
        self._called("admit")
        members = json.loads(request.message.body or b"{}")
        if members.get("password") != PASSWORD:
            raise Declined(BackendAnswer(b'{"message":"wrong","retcode":"100-004"}', retcodes.WRONG_CREDENTIALS))
        return Admitted(**{"agent_id": request.agent_id, "proof": members, **self.admits})

    async def enter(self, admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
        assert login_time_ms > 0
        self._called("enter")
        self.here.setdefault(admitted.agent_id, []).append(session_id)
        return Entered(WELCOME, upstream=self.upstream)

    async def withdraw(self, admitted: Admitted) -> None:
        self._called("withdraw")

    def opened(self, agent_id: int, session_id: str, upstream: Upstream | None) -> None:
        assert (session_id in self.here[agent_id], upstream) == (True, self.upstream)
        self._called("opened")

    async def perform(self, request: OperationRequest) -> BackendAnswer:
        self.asked.append(request)
        self._called("perform")
        return self.answers(request)

    async def ask_to_leave(self, live: LiveSession, request: OperationRequest | None = None) -> Leave:
        self.questions.append((live, request))
        self._called("ask_to_leave")
        return self.leave_says

    def stay(self, agent_id: int, session_id: str) -> None:
        assert session_id in self.here[agent_id]
        self._called("stay")

    async def leave(self, end: End) -> None:
        self._called("leave")
        if end.session_id in self.here.get(end.agent_id, ()):
            self.here[end.agent_id].remove(end.session_id)

    def resume(self, sessions: Sequence[LiveSession]) -> None:
        self._called("resume")

    def compare(self, live: Mapping[int, str]) -> None:
        self._called("compare")

    async def run(self) -> None:
        self._called("run")

    async def close(self) -> None:
        self._called("close")
