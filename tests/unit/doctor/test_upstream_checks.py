"""What is said of the contact centre behind, asked over real connections."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from gateway.doctor.finding import Level, judge
from gateway.doctor.upstream_checks import AGENT, CHECKS, UpstreamFacts, upstream_facts, upstream_findings
from gateway.settings.schema import Settings
from tests.support.behind import centre_behind, saying, written
from tests.support.gateway import running_gateway
from tests.support.receiver import Authority
from tests.support.servers import free_port
from tests.unit.doctor.samples import bad, one

PIECES_S = 0.1
STATUS = f"GET onlineagent/{AGENT}/agentstatus"


def at(url: str, **more: str) -> Settings:
    return Settings.model_validate({"BACKEND": "upstream", "UPSTREAM_URL": url, **more})


async def test_an_embedded_centre_is_not_asked_for() -> None:
    assert await upstream_findings(Settings()) == []


async def test_a_gateway_of_ours_is_a_right_service() -> None:
    async with running_gateway() as gateway:
        found = await upstream_findings(at(f"http://127.0.0.1:{gateway.port}"))
    assert bad(found) == {}
    interface = one(found, "upstream interface")
    assert interface is not None
    assert "100-006" in interface.found


async def test_the_question_signs_nobody_in_and_out() -> None:
    async with centre_behind() as centre:
        await upstream_findings(at(centre.url))
        assert [asked.line for asked in centre.asked] == [STATUS]
        assert centre.sessions == {}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"message":"","retcode":"000-003"}', {}),
        (200, b'{"message":"","retcode":"0"}', {"upstream interface": Level.WARN}),
        (200, b"<html>", {"upstream interface": Level.FAIL}),
        (302, b"", {"upstream interface": Level.FAIL}),
        (404, b"<html>", {"upstream interface": Level.FAIL}),
        (503, b'{"message":"","retcode":"100-007"}', {"upstream reach": Level.FAIL}),
    ],
)
async def test_services_of_other_kinds(status: int, body: bytes, expected: dict[str, Level]) -> None:
    async with centre_behind() as centre:
        centre.says[STATUS] = saying(lambda: written(body, status))
        assert bad(await upstream_findings(at(centre.url))) == expected


async def test_an_answer_that_comes_in_pieces_is_read_to_its_end() -> None:
    async def piecemeal(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(b'{"message":"no session",')
        await asyncio.sleep(PIECES_S)
        await answer.write(b'"retcode":"100-006"}')
        return answer

    async with centre_behind() as centre:
        centre.says[STATUS] = piecemeal
        assert (await upstream_facts(at(centre.url))).retcode == "100-006"


async def test_tls_with_a_certificate_that_is_trusted_or_not(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with centre_behind(authority.context()) as centre:
        trusted = await upstream_findings(at(centre.url, UPSTREAM_CA_FILE=str(tmp_path / "ca.pem")))
        strange = await upstream_facts(at(centre.url))
    assert bad(trusted) == {}
    assert "not trusted" in strange.trouble


async def test_nobody_listens() -> None:
    found = await upstream_findings(at(f"http://127.0.0.1:{free_port()}"))
    assert bad(found) == {"upstream reach": Level.FAIL}


async def test_a_service_that_is_silent() -> None:
    over = asyncio.Event()

    async def silent(_request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with centre_behind() as centre:
        centre.says[STATUS] = silent
        found = await upstream_facts(at(centre.url, UPSTREAM_TIMEOUT="200"))
        over.set()
    assert found.trouble == "no answer in time"


async def test_a_ca_file_that_is_not_there() -> None:
    found = await upstream_facts(at("https://centre.example", UPSTREAM_CA_FILE="/nowhere/ca.pem"))
    assert "UPSTREAM_CA_FILE" in found.trouble


@pytest.mark.parametrize(("took_ms", "expected"), [(2400.0, {}), (2600.0, {"upstream reach": Level.WARN})])
def test_a_service_that_is_slow(took_ms: float, expected: dict[str, Level]) -> None:
    facts = UpstreamFacts("https://a", 5000, status=200, retcode="100-006", took_ms=took_ms)
    assert bad(judge(CHECKS, facts)) == expected
