"""Plays the contact centre against any implementation of the validation interface, in any language.

The report has 20 cases: what is sent, and what an answer must look like.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from gateway.tokens.calling import CallError, TokenAnswer, TokenCaller

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_UNSIGNED: Final = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
_NOBODY: Final = "nobody-by-this-name"
_LARGE_BYTES: Final = 1_048_576
NOT_RUN: Final = "needs an expired token"


@dataclass(frozen=True, slots=True)
class Sample:
    """A valid token and whom it is for. `expired` is a token of the same user that is valid no more, "" for none."""

    token: str = field(repr=False)
    tenant: str
    user_id: str
    user_name: str
    expired: str = field(default="", repr=False)

    def fields(self, **changed: object) -> dict[str, object]:
        """The four members of a request, some of them changed."""
        right = {
            "Token": self.token,
            "userName": self.user_name,
            "userId": self.user_id,
            "tenantSpaceId": self.tenant,
        }
        return right | changed


class ExpectedAnswer(Enum):
    """What the interface asks of an answer."""

    ACCEPTED = "HTTP 200 with retCode 0"
    FORM = "HTTP 200 with application/json, an integer retCode and a string message"
    REFUSED = "HTTP 200 with an integer retCode other than 0 and a string message"
    NOT_ACCEPTED = "HTTP 200 or 4xx with an integer retCode other than 0 and a string message"

    def met(self, answer: TokenAnswer) -> bool:
        """Whether the answer is as expected."""
        body = answer.json()
        fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
        code, formed = fields.get("retCode"), isinstance(fields.get("message"), str)
        integer = type(code) is int
        return {
            ExpectedAnswer.ACCEPTED: answer.status == 200 and code in (0, "0") and code is not False,
            ExpectedAnswer.FORM: answer.status == 200
            and integer
            and formed
            and answer.content_type == "application/json",
            ExpectedAnswer.REFUSED: answer.status == 200 and integer and code != 0 and formed,
            ExpectedAnswer.NOT_ACCEPTED: _is_verdict(answer.status) and integer and code != 0 and formed,
        }[self]


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `body` makes what is POSTed."""

    number: int
    name: str
    expected: ExpectedAnswer
    body: Callable[[Sample], bytes]
    needs_expired: bool = False


def _is_verdict(status: int) -> bool:
    return status == 200 or 400 <= status < 500


def _changed(**changed: object) -> Callable[[Sample], bytes]:
    return lambda sample: _json(sample.fields(**changed))


def _without(name: str, **instead: object) -> Callable[[Sample], bytes]:
    return lambda sample: _json({key: value for key, value in sample.fields(**instead).items() if key != name})


def _token(change: Callable[[str], str]) -> Callable[[Sample], bytes]:
    return lambda sample: _json(sample.fields(Token=change(sample.token)))


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def _turned_about(sample: Sample) -> bytes:
    backwards = dict(reversed(sample.fields().items()))
    return json.dumps(backwards, ensure_ascii=False, indent=2).encode() + b"\r\n"


def _escaped(sample: Sample) -> bytes:
    text = {name: "".join(f"\\u{unit:04x}" for unit in _units(str(value))) for name, value in sample.fields().items()}
    return ("{" + ",".join(f'"{name}":"{value}"' for name, value in text.items()) + "}").encode()


def _units(text: str) -> list[int]:
    raw = text.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


def _other_bit(token: str, at: int) -> str:
    mark = token[at]
    place = _ALPHABET.find(mark)
    other = _ALPHABET[place ^ 1] if place >= 0 else chr(ord(mark) ^ 1)
    parts = list(token)
    parts[at] = other
    return "".join(parts)


def _unsigned(token: str) -> str:
    parts = token.split(".")
    return f"{_UNSIGNED}.{parts[1] if len(parts) == 3 else token}."


def _comma_missing(sample: Sample) -> bytes:
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in sample.fields().items()]
    return f"{{{lines[0]},\n{lines[1]}\n{lines[2]},\n{lines[3]}}}".encode()


_ROWS: Final[tuple[tuple[str, ExpectedAnswer, Callable[[Sample], bytes]], ...]] = (
    ("a valid token is accepted", ExpectedAnswer.ACCEPTED, _changed()),
    ("the answer has the two fields, labelled as JSON", ExpectedAnswer.FORM, _changed()),
    (
        "a member that is not in the interface is ignored",
        ExpectedAnswer.ACCEPTED,
        _changed(locale="en", more={"deep": [1]}),
    ),
    ("members come in another order, with white space", ExpectedAnswer.ACCEPTED, _turned_about),
    ("every letter is written as an escape", ExpectedAnswer.ACCEPTED, _escaped),
    (
        "one bit in the middle of the token is changed",
        ExpectedAnswer.REFUSED,
        _token(lambda t: _other_bit(t, len(t) // 2)),
    ),
    ("the last bit of the token is changed", ExpectedAnswer.REFUSED, _token(lambda t: _other_bit(t, len(t) - 1))),
    ("the token is cut short", ExpectedAnswer.REFUSED, _token(lambda t: t[: len(t) // 2])),
    ("the token says that it needs no signature", ExpectedAnswer.REFUSED, _token(_unsigned)),
    ("the token is expired", ExpectedAnswer.REFUSED, lambda sample: _json(sample.fields(Token=sample.expired))),
    ("the token is another userId's", ExpectedAnswer.REFUSED, _changed(userId=_NOBODY)),
    ("the token is another userName's", ExpectedAnswer.REFUSED, _changed(userName=_NOBODY)),
    ("the token is another tenantSpaceId's", ExpectedAnswer.REFUSED, _changed(tenantSpaceId=_NOBODY)),
    (
        "Token is missing, only token is there",
        ExpectedAnswer.NOT_ACCEPTED,
        lambda s: _without("Token", token=s.token)(s),
    ),
    ("userName is missing", ExpectedAnswer.NOT_ACCEPTED, _without("userName")),
    ("userId is missing", ExpectedAnswer.NOT_ACCEPTED, _without("userId")),
    ("tenantSpaceId is missing", ExpectedAnswer.NOT_ACCEPTED, _without("tenantSpaceId")),
    ("userId is a number", ExpectedAnswer.NOT_ACCEPTED, _changed(userId=4711)),
    ("a comma is missing, as in the specification's sample", ExpectedAnswer.NOT_ACCEPTED, _comma_missing),
    ("the body has 1 MiB", ExpectedAnswer.NOT_ACCEPTED, _changed(more="x" * _LARGE_BYTES)),
)
CASES: Final = tuple(
    Case(number, name, expected, body, needs_expired="expired" in name)
    for number, (name, expected, body) in enumerate(_ROWS, 1)
)
"""In the order in which they are run."""


@dataclass(frozen=True, slots=True)
class CaseResult:
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

    results: tuple[CaseResult, ...]

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


async def ask(caller: TokenCaller, sample: Sample) -> TokenAnswer:
    """One call as the contact centre makes it. Raises CallError."""
    return await caller.post(sample.fields())


async def report(caller: TokenCaller, sample: Sample, fresh: Callable[[], Awaitable[str]] | None = None) -> Report:
    """Runs all cases, one after the other.

    `fresh` makes a new valid token for each case, which an implementation needs whose tokens are good only once. Raises
    what `fresh` raises.
    """
    results = []
    for case in CASES:
        results.append(await _run(caller, case, replace(sample, token=await fresh()) if fresh else sample))
    return Report(tuple(results))


async def _run(caller: TokenCaller, case: Case, sample: Sample) -> CaseResult:
    if case.needs_expired and not sample.expired:
        return CaseResult(case, None, NOT_RUN)
    try:
        answer = await caller.send(case.body(sample))
    except CallError as problem:
        return CaseResult(case, False, str(problem))
    if case.expected.met(answer):
        return CaseResult(case, True)
    return CaseResult(
        case, False, f"expected {case.expected.value}, got HTTP {answer.status} with {_described(answer)}"
    )


def _described(answer: TokenAnswer) -> str:
    body = answer.json()
    if not isinstance(body, dict):
        return "a body that is no JSON object"
    if "retCode" not in body:
        return "no retCode"
    message = "a string" if isinstance(body.get("message"), str) else "no string"
    return f"retCode {ascii(body['retCode'])[:40]} and {message} as message"
