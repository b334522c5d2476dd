"""The conformance report: ours passes, and a fault of another implementation is found by the cases that look for it."""

import hashlib
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import RawTestServer
from aiohttp.web import BaseRequest, Response

from gateway.tokens.calling import TokenCaller
from gateway.tokens.conformance import Report, Sample, report
from gateway.tokens.used_tokens import MemoryTokenStore
from gateway.wire.trust import client_context
from tests.support.tokens import ADA, NOW, VALIDATE, Clock, Site, serving

NAMES = ("Token", "userName", "userId", "tenantSpaceId")
REFUSED = tuple(range(6, 14))
MALFORMED = tuple(range(14, 21))


async def run(url: str, sample: Sample, cer: Path | None = None) -> Report:
    caller = TokenCaller(url, client_context(cer), 5000)
    try:
        return await report(caller, sample)
    finally:
        await caller.close()


@pytest.mark.parametrize("single_use", [False, True])
async def test_ours_passes_every_case(tmp_path: Path, single_use: bool) -> None:
    site = Site(tmp_path)
    site.set(token_single_use=single_use)
    clock = Clock()

    async def fresh() -> str:
        return site.token()

    async with serving(site, MemoryTokenStore(), clock) as bench:
        expired = site.token(now_ms=NOW - 600_000)
        sample = Sample("", ADA.tenant, ADA.user_id, ADA.user_name, expired)
        caller = TokenCaller(f"http://127.0.0.1:{bench.port}{VALIDATE}", client_context(None), 5000)
        found = await report(caller, sample, fresh)
        await caller.close()

    assert list(found.lines())[-1] == "20 passed, 0 failed, 0 not run"


async def test_ours_passes_over_https_with_the_certificate_that_was_handed_over(tmp_path: Path) -> None:
    site = Site(tmp_path)
    async with serving(site, MemoryTokenStore(), https=True) as bench:
        sample = Sample(site.token(), ADA.tenant, ADA.user_id, ADA.user_name, site.token(now_ms=NOW - 600_000))
        chain = tmp_path / "var" / "tls" / "cert.pem"
        found = await run(f"https://localhost:{bench.port}{VALIDATE}", sample, chain)

    assert found.failed() == ()


class Other:
    """Another implementation, right but for its faults. Its tokens have three parts like a JWT."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults

    def has(self, fault: str) -> bool:
        return fault in self.faults

    async def answer(self, request: BaseRequest) -> Response:
        code = self.judge(await request.content.read())
        if code == 2 and self.has("breaks on bad input"):
            return Response(status=500, body=b"Internal Server Error")
        status = 400 if code == 2 else 401 if code and self.has("refuses with 401") else 200
        body: dict[str, object] = {"retCode": str(code) if self.has("codes as text") else code, "message": "m"}
        if self.has("no message"):
            del body["message"]
        label = "text/html" if self.has("labels as HTML") else "application/json"
        return Response(status=status, body=json.dumps(body).encode(), headers={"Content-Type": label})

    def judge(self, raw: bytes) -> int:
        if self.has("accepts all"):
            return 0
        fields = None if len(raw) > 65_536 and not self.has("takes any length") else self.read(raw)
        if fields is None:
            return 2
        return 0 if self.right(fields) else 1

    def read(self, raw: bytes) -> dict[str, Any] | None:
        text = raw.decode()
        if self.has("mends commas"):
            text = text.replace('"\n"', '",\n"')
        try:
            fields: dict[str, Any] = json.loads(text)
        except ValueError:
            return None
        if self.has("any case") and "token" in fields:
            fields["Token"] = fields["token"]
        if self.has("no other members") and set(fields) - set(NAMES):
            return None
        if self.has("Token comes first") and next(iter(fields)) != "Token":
            return None
        if not self.has("no look at types") and not all(isinstance(fields.get(name), str) for name in NAMES):
            return None
        return fields

    def right(self, fields: dict[str, Any]) -> bool:
        header, claims, signature = (*str(fields.get("Token")).split("."), "", "")[:3]
        unsigned = self.has("lets the token choose") and b"none" in decoded(header)
        if self.has("loose last bit"):
            signature = signature.replace("B", "A")
        if not unsigned and signature != self.signature(header, claims):
            return False
        known = json.loads(decoded(claims))
        matters = [name for name in NAMES[1:] if not self.has(f"any {name}")]
        return all(known[name] == fields.get(name) for name in matters) and (
            self.has("never expires") or bool(known["exp"] > time.time())
        )

    def signature(self, header: str, claims: str) -> str:
        return f"{hashlib.sha256(f'secret {header}.{claims}'.encode()).hexdigest()}A"

    def token(self, *, expired: bool = False) -> str:
        claims = {"userId": "u1", "userName": "Ada", "tenantSpaceId": "acme", "exp": 0 if expired else 2**40}
        parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "X"}, claims)]
        return f"{parts[0]}.{parts[1]}.{self.signature(*parts)}"


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "==")


@pytest.mark.parametrize(
    ("faults", "failed"),
    [
        ((), ()),
        (("accepts all",), REFUSED + MALFORMED),
        (("codes as text",), (2, *REFUSED, *MALFORMED)),
        (("no message",), (2, *REFUSED, *MALFORMED)),
        (("labels as HTML",), (2,)),
        (("no other members",), (3,)),
        (("Token comes first",), (4,)),
        (("loose last bit",), (7,)),
        (("lets the token choose",), (9,)),
        (("never expires",), (10,)),
        (("any userId",), (11,)),
        (("any userName",), (12,)),
        (("any tenantSpaceId",), (13,)),
        (("refuses with 401",), REFUSED),
        (("any case",), (14,)),
        (("no look at types", "any userName"), (12, 15)),
        (("no look at types", "any userId"), (11, 16, 18)),
        (("no look at types", "any tenantSpaceId"), (13, 17)),
        (("mends commas",), (19,)),
        (("takes any length",), (20,)),
        (("breaks on bad input",), MALFORMED),
    ],
)
async def test_a_fault_is_found_by_the_cases_that_look_for_it(faults: tuple[str, ...], failed: tuple[int, ...]) -> None:
    other = Other(*faults)
    server = RawTestServer(other.answer, host="127.0.0.1")
    await server.start_server()
    sample = Sample(other.token(), "acme", "u1", "Ada", other.token(expired=True))
    found = await run(str(server.make_url("/their/own/path")), sample)
    await server.close()

    assert found.failed() == failed
