"""`agentgateway token tenant|key|user`: the files behind the tokens of third parties."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.commands.options import settings_options
from gateway.commands.tables import as_json_option, show_rows
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.settings.token_sections import TENANT_ID
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.messages import User, check_user
from gateway.tokens.signing_keys import DEFAULT_ALGORITHM, NEW_PRIVATE_KEY, KeySet, SigningKey
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError
from gateway.tokens.users import Users
from gateway.wire.errors import Malformed

NODES_READ_WITHIN_S = 5
"""How long a new key waits before it signs: by then every node has read the file, so no node refuses its tokens."""


class TenantId(click.ParamType[str]):
    """A tenantSpaceId."""

    name = "TENANT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click."""
        if not re.fullmatch(TENANT_ID, value):
            self.fail("must be 1 to 64 letters, digits, dots, : - and _", param, ctx)
        return value


with_settings = settings_options("The settings file, which names the others.")


def read(config: Path, overrides: Mapping[str, str]) -> Settings:
    """The settings. Raises ClickException with every problem."""
    try:
        return load(config, overrides).settings
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from None


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Problems become one message and exit code 1."""
    try:
        yield
    except TokenFileError as problem:
        lines = "".join(f"\n  {line}" for line in problem.problems)
        raise click.ClickException(f"{problem.path}, nothing changed:{lines}") from None
    except Malformed as problem:
        raise click.ClickException(problem.message) from None
    except (ChangeRefusedError, OSError) as problem:
        raise click.ClickException(str(problem)) from None


def now_ms() -> int:
    """The time of this machine, ms since the epoch."""
    return time.time_ns() // 1_000_000


def _path(found: Path | None, key: str) -> Path:
    if found is None:
        raise click.ClickException(f"{key} is empty in the settings")
    return found


@click.group()
def tenant() -> None:
    """Enterprises (tenantSpaceId) and the API keys of their back ends."""


@tenant.command("add")
@click.argument("tenant_id", metavar="TENANT", type=TenantId())
@click.option("--name", default="", help="For people.")
@with_settings
def add_tenant(tenant_id: str, name: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Add TENANT and print its API key, which is kept nowhere; the first signing key is made too."""
    settings = read(config, overrides)
    path, keys = _path(settings.token_tenants_file, "TOKEN_TENANTS_FILE"), settings.token_keys_file
    with refusals_shown():
        api_key = tenants_file.add_tenant(path, tenant_id, name)
        key_id = signing_keys.ensure_key(_path(keys, "TOKEN_KEYS_FILE"), now_ms())
    if key_id:
        click.echo(f"signing key {key_id} made in {keys}", err=True)
    click.echo(f"tenant {tenant_id} added to {path}; its API key follows and is not shown again", err=True)
    click.echo(api_key)


@tenant.command("key")
@click.argument("tenant_id", metavar="TENANT", type=TenantId())
@click.option("--only", is_flag=True, help="The former API keys of TENANT are no longer valid.")
@with_settings
def new_api_key(tenant_id: str, config: Path, overrides: Mapping[str, str], *, only: bool) -> None:
    """Print one more API key of TENANT; former ones stay valid until this is said with --only."""
    path = _path(read(config, overrides).token_tenants_file, "TOKEN_TENANTS_FILE")
    with refusals_shown():
        click.echo(tenants_file.add_api_key(path, tenant_id, only=only))


@tenant.command("list")
@with_settings
@as_json_option
def list_tenants(config: Path, overrides: Mapping[str, str], *, as_json: bool) -> None:
    """Show every tenant."""
    path = _path(read(config, overrides).token_tenants_file, "TOKEN_TENANTS_FILE")
    with refusals_shown():
        found = tenants_file.read(path).all()
    rows = [(each.id, each.name, len(each.api_key_hashes)) for each in found]
    show_rows(("tenant", "name", "API keys"), rows, as_json=as_json)


@tenant.command("remove")
@click.argument("tenant_id", metavar="TENANT", type=TenantId())
@with_settings
def remove_tenant(tenant_id: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Remove TENANT; its tokens are refused from now on."""
    path = _path(read(config, overrides).token_tenants_file, "TOKEN_TENANTS_FILE")
    with refusals_shown():
        tenants_file.remove_tenant(path, tenant_id)
    click.echo(f"tenant {tenant_id} removed from {path}")


@click.group()
def key() -> None:
    """Keys that sign tokens."""


@key.command("rotate")
@click.option("--in", "wait_s", type=click.IntRange(0, 86_400), default=NODES_READ_WITHIN_S, show_default=True)
@click.option("--algorithm", type=click.Choice(list(NEW_PRIVATE_KEY)), default=DEFAULT_ALGORITHM, show_default=True)
@with_settings
def rotate(wait_s: int, algorithm: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Make a new key that signs in some seconds, when every node has read it; live tokens stay valid."""
    path = _path(read(config, overrides).token_keys_file, "TOKEN_KEYS_FILE")
    with refusals_shown():
        key_id = signing_keys.add_key(path, now_ms() + wait_s * 1000, algorithm)
    click.echo(f"key {key_id} signs in {wait_s} s; tokens of former keys stay valid until they expire")


@key.command("list")
@with_settings
@as_json_option
def list_keys(config: Path, overrides: Mapping[str, str], *, as_json: bool) -> None:
    """Show every key, and which may be removed without harm; no secret is shown."""
    settings = read(config, overrides)
    with refusals_shown():
        keys = signing_keys.read(_path(settings.token_keys_file, "TOKEN_KEYS_FILE"))
    now = now_ms()
    rows = [(each.id, each.algorithm, _moment(each.signs_from_ms), _state(keys, each, now)) for each in keys.keys]
    show_rows(("key", "algorithm", "signs from", "state"), rows, as_json=as_json)


@key.command("remove")
@click.argument("key_id", metavar="KEY")
@with_settings
def remove_key(key_id: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Remove KEY; its tokens are refused from now on."""
    path = _path(read(config, overrides).token_keys_file, "TOKEN_KEYS_FILE")
    with refusals_shown():
        signing_keys.remove_key(path, key_id, now_ms())
    click.echo(f"key {key_id} removed from {path}")


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _state(keys: KeySet, each: SigningKey, now: int) -> str:
    if keys.signing(now) is each:
        return "signs"
    return "waits" if each.signs_from_ms > now else "verifies"


@click.group()
def user() -> None:
    """Users that tokens may be for, where they are kept in a file (TOKEN_USERS_FILE)."""


@user.command("add")
@click.option("--tenant", required=True, type=TenantId())
@click.option("--id", "user_id", required=True, help="userId on the wire.")
@click.option("--name", required=True, help="userName on the wire.")
@with_settings
def add_user(tenant: str, user_id: str, name: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Add a user of a tenant."""
    path = _path(read(config, overrides).token_users_file, "TOKEN_USERS_FILE")
    with refusals_shown():
        check_user(User(tenant, user_id, name))
        users.add_user(path, User(tenant, user_id, name))
    click.echo(f"user {user_id} of {tenant} added to {path}")


@user.command("list")
@with_settings
@as_json_option
def list_users(config: Path, overrides: Mapping[str, str], *, as_json: bool) -> None:
    """Show every user."""
    path = _path(read(config, overrides).token_users_file, "TOKEN_USERS_FILE")
    with refusals_shown():
        found: Users = users.read(path)
    rows = [(one.tenant, one.user_id, one.user_name) for one in found.all()]
    show_rows(("tenant", "id", "name"), rows, as_json=as_json)


@user.command("remove")
@click.option("--tenant", required=True, type=TenantId())
@click.option("--id", "user_id", required=True)
@with_settings
def remove_user(tenant: str, user_id: str, config: Path, overrides: Mapping[str, str]) -> None:
    """Remove a user of a tenant; tokens for it are refused from now on."""
    path = _path(read(config, overrides).token_users_file, "TOKEN_USERS_FILE")
    with refusals_shown():
        users.remove_user(path, tenant, user_id)
    click.echo(f"user {user_id} of {tenant} removed from {path}")
