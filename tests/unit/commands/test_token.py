"""`agentgateway token issue|check|cert`."""

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.commands.token import token as command
from gateway.tokens import signing_keys
from gateway.tokens.signed import open_token
from gateway.tokens.used_tokens import MemoryTokenStore
from tests.support.servers import free_port
from tests.support.tokens import ADA, NOW, VALIDATE, Bench, Clock, Site, serving

WHO = ["--tenant", ADA.tenant, "--user-id", ADA.user_id, "--user-name", ADA.user_name]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "basic.properties").write_text(
        "TOKEN_KEYS_FILE = keys.toml\nTOKEN_TENANTS_FILE = tenants.toml\nTOKEN_USERS_FILE = users.toml\nVAR_DIR = var\n"
    )
    return Site(tmp_path)


@pytest.fixture
async def bench(site: Site) -> AsyncIterator[Bench]:
    async with serving(site, MemoryTokenStore(), Clock()) as made:
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def with_site(site: Site, *words: str) -> Result:
    return run(*words, "--config", str(site.folder / "basic.properties"))


async def check(bench: Bench, *words: str, path: str = VALIDATE) -> Result:
    url = f"http://127.0.0.1:{bench.port}{path}"
    return await asyncio.to_thread(run, "check", "--url", url, *WHO, *words)


def test_issue_prints_a_token_and_nothing_else(site: Site) -> None:
    result = with_site(site, "issue", *WHO)
    assert result.exit_code == 0
    assert open_token(result.stdout.strip(), signing_keys.read(site.keys)).claims.tenant == "acme"


def test_a_life_in_seconds_may_be_given(site: Site) -> None:
    claims = open_token(
        with_site(site, "issue", *WHO, "--ttl", "7").stdout.strip(), signing_keys.read(site.keys)
    ).claims
    assert claims.expires_s - claims.issued_s == 7


def test_settings_may_be_overridden(site: Site) -> None:
    made = with_site(site, "issue", *WHO, "--set", "TOKEN_TTL=9000").stdout.strip()
    claims = open_token(made, signing_keys.read(site.keys)).claims
    assert claims.expires_s - claims.issued_s == 9


def test_no_token_is_made_for_an_unknown_tenant(site: Site) -> None:
    result = with_site(site, "issue", "--tenant", "other", "--user-id", "u", "--user-name", "n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no such tenant" in result.stderr


@pytest.mark.parametrize("override", ["TOKEN_TTL=0", "TOKEN_TTL"])
def test_wrong_settings_are_told(site: Site, override: str) -> None:
    result = with_site(site, "issue", *WHO, "--set", override)
    assert result.exit_code != 0
    assert "TOKEN_TTL" in result.stderr


async def test_check_tells_that_a_token_is_accepted(bench: Bench) -> None:
    result = await check(bench, "--token", bench.site.token())
    assert result.stdout == 'accepted: HTTP 200 {"retCode":0,"message":"validate success"}\n'
    assert result.exit_code == 0


async def test_check_tells_that_a_token_is_refused(bench: Bench) -> None:
    result = await check(bench, "--token", "no.such.token")
    assert result.stdout == 'refused: HTTP 200 {"retCode":1,"message":"validate failed"}\n'
    assert result.exit_code == 1


async def test_a_token_may_come_from_a_command(bench: Bench) -> None:
    made = bench.site.token()
    result = await check(bench, "--token-command", f"{sys.executable} -c \"print('{made}')\"")
    assert result.exit_code == 0


async def test_a_command_that_prints_no_token_is_told(bench: Bench) -> None:
    result = await check(bench, "--token-command", "false")
    assert result.exit_code == 1
    assert "printed no token" in result.stderr


def test_check_needs_a_token() -> None:
    assert "give either --token or --token-command" in run("check", "--url", "http://127.0.0.1/", *WHO).stderr


def test_check_tells_that_nobody_answers() -> None:
    result = run("check", "--url", f"http://127.0.0.1:{free_port()}/", *WHO, "--token", "a.b.c")
    assert result.exit_code == 3
    assert "no answer" in result.stderr


async def test_the_report_of_ours_finds_no_fault(bench: Bench) -> None:
    expired = bench.site.token(now_ms=NOW - 600_000)
    result = await check(bench, "--token", bench.site.token(), "--report", "--expired-token", expired)
    assert result.stdout.splitlines()[-1] == "20 passed, 0 failed, 0 not run"
    assert result.exit_code == 0


async def test_the_report_as_json_has_every_case(bench: Bench) -> None:
    result = await check(bench, "--token", "no.such.token", "--report", "--json")
    rows = json.loads(result.stdout)
    assert [row["case"] for row in rows] == list(range(1, 21))
    assert [row["case"] for row in rows if row["passed"] is False] == [1, 3, 4, 5]
    assert result.exit_code == 1


async def test_check_trusts_the_certificate_that_was_handed_over_and_no_other(site: Site, tmp_path: Path) -> None:
    ours, other = tmp_path / "ours.cer", tmp_path / "other.cer"
    async with serving(site, MemoryTokenStore(), Clock(), https=True) as bench:
        with_site(site, "cert", "--out", str(ours))
        with_site(site, "cert", "--out", str(other), "--set", f"VAR_DIR={tmp_path / 'elsewhere'}")
        url = f"https://localhost:{bench.port}{VALIDATE}"
        words = ["check", "--url", url, *WHO, "--token", site.token()]
        codes = [
            (await asyncio.to_thread(run, *words, *more)).exit_code
            for more in (["--cer", str(ours)], ["--cer", str(other)], [])
        ]
    assert codes == [0, 3, 3]


def test_cert_writes_the_development_certificate_as_der(site: Site, tmp_path: Path) -> None:
    out = tmp_path / "gateway.cer"
    result = with_site(site, "cert", "--out", str(out))
    pem = (tmp_path / "var" / "tls" / "cert.pem").read_text()

    assert out.read_bytes() == ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----END") + 25])
    assert "SHA-256 " in result.stdout


def test_cert_writes_the_certificate_of_the_settings(site: Site, tmp_path: Path) -> None:
    with_site(site, "cert", "--out", str(tmp_path / "a.cer"))
    made = tmp_path / "var" / "tls"
    own = ["--set", f"TLS_CERT_FILE={made / 'cert.pem'}", "--set", f"TLS_KEY_FILE={made / 'key.pem'}"]
    result = with_site(site, "cert", "--out", str(tmp_path / "b.cer"), *own)

    assert result.exit_code == 0
    assert (tmp_path / "b.cer").read_bytes() == (tmp_path / "a.cer").read_bytes()


def test_cert_tells_what_it_cannot_read(site: Site, tmp_path: Path) -> None:
    own = ["--set", "TLS_CERT_FILE=none.pem", "--set", "TLS_KEY_FILE=none.pem"]
    result = with_site(site, "cert", "--out", str(tmp_path / "b.cer"), *own)
    assert result.exit_code == 1
    assert "none.pem: cannot be read" in result.stderr
