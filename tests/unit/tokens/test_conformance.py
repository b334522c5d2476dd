"""Running the cases, and the report of them."""

from gateway.tokens.calling import TokenCaller
from gateway.tokens.conformance import CASES, Report, Sample, report
from gateway.wire.trust import client_context
from tests.unit.tokens.services import Service, running

SAMPLE = Sample("a.b.c", "acme", "u", "n")


async def reported(service: Service, sample: Sample = SAMPLE, fresh: list[str] | None = None) -> Report:
    async def next_token() -> str:
        assert fresh is not None
        return fresh.pop()

    async with running(service):
        caller = TokenCaller(service.url, client_context(None), 5000)
        try:
            return await report(caller, sample, next_token if fresh is not None else None)
        finally:
            await caller.close()


async def test_without_an_expired_token_its_case_is_not_run_and_does_not_fail() -> None:
    found = await reported(Service(body=b'{"retCode":1,"message":"no"}'))
    assert [(result.case.number, result.reason) for result in found.results if result.passed is None] == [
        (10, "needs an expired token")
    ]


async def test_a_report_tells_every_case_and_sums_up() -> None:
    found = await reported(Service(body=b'{"retCode":1,"message":"no"}'))
    lines = list(found.lines())
    assert lines[0] == (
        " 1 FAIL    a valid token is accepted: expected HTTP 200 with retCode 0, "
        "got HTTP 200 with retCode 1 and a string as message"
    )
    assert lines[1] == " 2 pass    the answer has the two fields, labelled as JSON"
    assert lines[-1] == "15 passed, 4 failed, 1 not run"
    assert (len(lines), found.failed(), found.conforms) == (21, (1, 3, 4, 5), False)


async def test_each_case_gets_a_token_of_its_own_where_they_are_made_fresh() -> None:
    tokens = [f"token-{number}" for number in range(len(CASES))]
    service = Service()
    await reported(service, fresh=tokens)
    assert tokens == []
    assert len({raw for _, _, raw in service.requests}) == len(service.requests)


async def test_a_service_that_does_not_answer_fails_every_case() -> None:
    found = await reported(Service(cut=100))
    assert len(found.failed()) == 19
    assert all(result.reason.startswith("no answer") for result in found.results if result.passed is False)


async def test_what_a_service_says_is_shown_short_and_plain() -> None:
    found = await reported(Service(body=b'{"retCode":"\\u001b[31m' + b"x" * 500 + b'"}'))
    assert max(map(len, found.lines())) < 250
    assert all(line.isprintable() for line in found.lines())
