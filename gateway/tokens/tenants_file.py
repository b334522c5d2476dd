"""The file of tenants (TOKEN_TENANTS_FILE, TOML), with hashes of their API keys.

An API key is 256 random bits, so a plain SHA-256 of it cannot be searched; a slow password hash would add nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from gateway.settings.token_sections import TENANT_ID
from gateway.tokens import toml_file
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError, TomlEntry, editing

API_KEY_PREFIX: Final = "agk_"
_HASH_PREFIX: Final = "sha256:"


ApiKeyHash = Annotated[str, Field(pattern=rf"^{_HASH_PREFIX}[0-9a-f]{{64}}$")]


class TenantEntry(TomlEntry):
    """A tenant as the file has it; `id` is the tenantSpaceId."""

    id: Annotated[str, Field(pattern=f"^{TENANT_ID}$")]
    name: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    api_key_hashes: list[ApiKeyHash] = Field(default_factory=list)


class TenantsFile(TomlEntry):
    """The whole file."""

    tenants: list[TenantEntry] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant. `api_key_hashes` are of the keys that its back end may use, any of them."""

    id: str
    name: str = ""
    api_key_hashes: tuple[str, ...] = ()


class Tenants:
    """All tenants."""

    def __init__(self, tenants: Iterable[Tenant] = ()) -> None:
        self._by_id: Mapping[str, Tenant] = {tenant.id: tenant for tenant in tenants}
        self._by_hash = {hashed: tenant for tenant in self._by_id.values() for hashed in tenant.api_key_hashes}

    def __contains__(self, tenant_id: object) -> bool:
        return tenant_id in self._by_id

    def all(self) -> tuple[Tenant, ...]:
        """Every tenant, as the file has them."""
        return tuple(self._by_id.values())

    def of_api_key(self, api_key: str) -> Tenant | None:
        """The tenant whose API key this is. The time it takes tells nothing of any key."""
        hashed = hash_api_key(api_key)
        tenant = self._by_hash.get(hashed)
        known = [hmac.compare_digest(hashed, other) for other in (tenant.api_key_hashes if tenant else ())]
        return tenant if any(known) else None


def new_api_key() -> str:
    """A fresh API key."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def hash_api_key(api_key: str) -> str:
    """What the file keeps of an API key."""
    return _HASH_PREFIX + hashlib.sha256(api_key.encode("utf-8", "surrogateescape")).hexdigest()


def parse(text: str, path: Path) -> Tenants:
    """The tenants in `text`. Raises TokenFileError with every problem."""
    entries = toml_file.content(text, path, TenantsFile).tenants
    if found := list(_repeated(entries)):
        raise TokenFileError(path, found)
    return Tenants(Tenant(entry.id, entry.name, tuple(entry.api_key_hashes)) for entry in entries)


def read(path: Path) -> Tenants:
    """The tenants in the file, none when there is no file. Raises TokenFileError."""
    return toml_file.read(path, parse)


def add_tenant(path: Path, tenant_id: str, name: str = "") -> str:
    """Adds a tenant. Its API key, which is kept nowhere. Raises ChangeRefusedError, TokenFileError and OSError."""
    api_key = new_api_key()
    values = {"id": tenant_id, "name": name, "api_key_hashes": [hash_api_key(api_key)]}
    with editing(path, parse) as tables:
        if any(entry.get("id") == tenant_id for entry in toml_file.entries(tables, "tenants")):
            raise ChangeRefusedError(f"tenant {tenant_id} is there already: `token tenant key` makes it a new API key")
        tables.add("tenants", {key: value for key, value in values.items() if value})
    return api_key


def add_api_key(path: Path, tenant_id: str, *, only: bool = False) -> str:
    """Makes one more API key, or with `only` the one that is valid from now on. Raises as `add_tenant`."""
    api_key = new_api_key()
    with editing(path, parse) as tables:
        table = tables.tables("tenants")[toml_file.index_of(tables, "tenants", {"id": tenant_id})]
        former = [] if only else list(table.get("api_key_hashes", []))
        table["api_key_hashes"] = [hash_api_key(api_key), *map(str, former)]
    return api_key


def remove_tenant(path: Path, tenant_id: str) -> None:
    """Takes a tenant out; its tokens are refused from then on. Raises as `add_tenant`."""
    with editing(path, parse) as tables:
        tables.remove("tenants", toml_file.index_of(tables, "tenants", {"id": tenant_id}))


def _repeated(entries: list[TenantEntry]) -> Iterator[str]:
    ids: set[str] = set()
    hashes: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in ids:
            yield f"tenants[{index}] id {entry.id}: is there twice"
        if not hashes.isdisjoint(entry.api_key_hashes):
            yield f"tenants[{index}] (id {entry.id}) api_key_hashes: another tenant has the same key"
        ids.add(entry.id)
        hashes.update(entry.api_key_hashes)
