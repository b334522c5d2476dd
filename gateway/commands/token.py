"""`agentgateway token`: makes tokens, plays the contact centre, hands over the certificate."""

import asyncio
import json
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import click

from gateway.commands.token_files import TenantId, key, now_ms, read, refusals_shown, tenant, user, with_settings
from gateway.listeners.development_certificate import development_certificate
from gateway.listeners.errors import ListenError
from gateway.listeners.tls import own_files
from gateway.settings.schema import Settings
from gateway.settings.urls import shown_url
from gateway.tokens import certificate, conformance
from gateway.tokens.calling import CallError, TokenCaller
from gateway.tokens.conformance import ExpectedAnswer, Sample
from gateway.tokens.messages import User
from gateway.tokens.signed import IssueError
from gateway.tokens.token_service import issuer
from gateway.wire.trust import TrustError, client_context

REFUSED = 1
NO_ANSWER = 3


@click.group()
def token() -> None:
    """Tokens for third parties: make, check, hand over the certificate."""


for group in (tenant, key, user):
    token.add_command(group)


@token.command()
@click.option("--tenant", required=True, type=TenantId())
@click.option("--user-id", required=True)
@click.option("--user-name", required=True)
@click.option("--ttl", "ttl_s", type=click.IntRange(1, 86_400), help="Life in s, shorter than TOKEN_TTL.")
@with_settings
def issue(
    tenant: str, user_id: str, user_name: str, ttl_s: int | None, config: Path, overrides: Mapping[str, str]
) -> None:
    """Print a new token."""
    settings = read(config, overrides)
    with refusals_shown():
        try:
            made = issuer(settings).issue(
                User(tenant, user_id, user_name), now_ms=now_ms(), by="command", ttl_ms=(ttl_s or 0) * 1000
            )
        except IssueError as problem:
            raise click.ClickException(str(problem)) from None
    click.echo(made.token)


@token.command()
@click.option("--url", required=True, help="The validation interface, as the contact centre knows it.")
@click.option("--token", "given", help="A valid token; - reads it from stdin.")
@click.option("--token-command", help="A command that prints a new valid token, for tokens that are good only once.")
@click.option("--tenant", "tenant_id", required=True, help="tenantSpaceId")
@click.option("--user-id", required=True)
@click.option("--user-name", required=True)
@click.option("--cer", type=click.Path(path_type=Path), help="The only certificates to trust, DER (CER) or PEM.")
@click.option("--report", is_flag=True, help="Run the 20 cases of the conformance report.")
@click.option("--expired-token", default="", help="A token of the same user that has expired, for case 10.")
@click.option("--timeout", "timeout_ms", type=click.IntRange(100, 60_000), default=5000, show_default=True, help="ms")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def check(
    url: str,
    given: str | None,
    token_command: str | None,
    tenant_id: str,
    user_id: str,
    user_name: str,
    cer: Path | None,
    expired_token: str,
    timeout_ms: int,
    *,
    report: bool,
    as_json: bool,
) -> None:
    """Call a validation interface as the contact centre would.

    Exit code 0: accepted, or no case of the report failed; 1: refused, or one failed; 3: no answer.
    """
    if (given is None) == (token_command is None):
        raise click.UsageError("give either --token or --token-command")
    try:
        trust = client_context(cer)
    except TrustError as problem:
        raise click.ClickException(str(problem)) from None
    words = shlex.split(token_command or "")
    first = sys.stdin.readline().strip() if given == "-" else given or ""
    sample = Sample(first, tenant_id, user_id, user_name, expired_token)

    async def run() -> int:
        caller = TokenCaller(url, trust, timeout_ms)
        try:
            fresh = _printer(words) if words else None
            if report:
                return await _report(caller, sample, fresh, as_json=as_json)
            return await _once(caller, sample, fresh)
        finally:
            await caller.close()

    sys.exit(asyncio.run(run()))


async def _once(caller: TokenCaller, sample: Sample, fresh: Callable[[], Awaitable[str]] | None) -> int:
    if fresh is not None:
        sample = Sample(await fresh(), sample.tenant, sample.user_id, sample.user_name)
    try:
        answer = await conformance.ask(caller, sample)
    except CallError as problem:
        click.echo(f"{shown_url(caller.url)}: {problem}", err=True)
        return NO_ANSWER
    accepted = ExpectedAnswer.ACCEPTED.met(answer)
    shown = answer.body[:1000].decode("utf-8", "replace")
    click.echo(f"{'accepted' if accepted else 'refused'}: HTTP {answer.status} {shown}")
    return 0 if accepted else REFUSED


async def _report(
    caller: TokenCaller, sample: Sample, fresh: Callable[[], Awaitable[str]] | None, *, as_json: bool
) -> int:
    found = await conformance.report(caller, sample, fresh)
    if as_json:
        rows = [
            {"case": one.case.number, "name": one.case.name, "passed": one.passed, "reason": one.reason}
            for one in found.results
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo("\n".join(found.lines()))
    return 0 if found.conforms else REFUSED


def _printer(words: list[str]) -> Callable[[], Awaitable[str]]:
    async def run() -> str:
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        printed, _ = await process.communicate()
        if process.returncode or not printed.strip():
            raise click.ClickException(f"--token-command: {words[0]} printed no token")
        return printed.decode().strip()

    return run


@token.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where it is written, DER.")
@with_settings
def cert(out: Path, config: Path, overrides: Mapping[str, str]) -> None:
    """Write the certificate of the HTTPS listener in CER (DER) form, for the contact centre."""
    settings = read(config, overrides)
    try:
        chain = _chain(settings)
        out.write_bytes(certificate.as_der(chain))
        print_ = certificate.fingerprint(chain)
    except (ListenError, TrustError, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{out}: certificate of {chain}\nSHA-256 {print_}")


def _chain(settings: Settings) -> Path:
    files = own_files(settings.tls_cert_file, settings.tls_key_file)
    if files is not None:
        return files[0]
    if settings.var_dir is None:
        raise ListenError("VAR_DIR", "is needed for the development certificate, or set TLS_CERT_FILE")
    return development_certificate(settings.var_dir, settings.bind_address).chain
