"""Plays the contact centre against any implementation of the validation interface, in any language."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from gateway.tokens.calling import Answer, Caller, CallError
from gateway.tokens.conformance_cases import CASES, Case, Sample

NOT_RUN: Final = "needs an expired token"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: `passed` is None when it could not be run; `reason` says why it is not True."""

    case: Case
    passed: bool | None
    reason: str = ""

    def __str__(self) -> str:
        word = {True: "pass", False: "FAIL", None: "not run"}[self.passed]
        return f"{self.case.number:2} {word:7} {self.case.name}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Report:
    """The results of all cases."""

    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """No case failed."""
        return all(result.passed is not False for result in self.results)

    def failed(self) -> tuple[int, ...]:
        """The numbers of the cases that failed."""
        return tuple(result.case.number for result in self.results if result.passed is False)

    def lines(self) -> Iterator[str]:
        """As people read it; the last line sums up."""
        yield from map(str, self.results)
        counted = [[result.passed for result in self.results].count(which) for which in (True, False, None)]
        yield "{} passed, {} failed, {} not run".format(*counted)


async def ask(caller: Caller, sample: Sample) -> Answer:
    """One call as the contact centre makes it. Raises CallError."""
    return await caller.post(sample.fields())


async def report(caller: Caller, sample: Sample, fresh: Callable[[], Awaitable[str]] | None = None) -> Report:
    """Runs all cases, one after the other.

    `fresh` makes a new valid token for each case, which an implementation needs whose tokens are good only once. Raises
    what `fresh` raises.
    """
    results = []
    for case in CASES:
        results.append(await _run(caller, case, replace(sample, token=await fresh()) if fresh else sample))
    return Report(tuple(results))


async def _run(caller: Caller, case: Case, sample: Sample) -> Result:
    if case.needs_expired and not sample.expired:
        return Result(case, None, NOT_RUN)
    try:
        answer = await caller.send(case.body(sample))
    except CallError as problem:
        return Result(case, False, str(problem))
    if case.expected.met(answer):
        return Result(case, True)
    return Result(case, False, f"expected {case.expected.value}, got HTTP {answer.status} with {_described(answer)}")


def _described(answer: Answer) -> str:
    body = answer.json()
    if not isinstance(body, dict):
        return "a body that is no JSON object"
    if "retCode" not in body:
        return "no retCode"
    message = "a string" if isinstance(body.get("message"), str) else "no string"
    return f"retCode {ascii(body['retCode'])[:40]} and {message} as message"
