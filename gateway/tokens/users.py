"""Who the users are is the enterprise's business: the seam, its HTTP service (TOKEN_USERS_URL), and a file instead."""

import hmac
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Final, Protocol

from pydantic import Field

from gateway.settings.token_sections import TENANT_ID
from gateway.tokens import toml_file
from gateway.tokens.calling import CallError, TokenAnswer, TokenCaller
from gateway.tokens.messages import NAME_LENGTH, User
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError, TomlEntry, editing
from gateway.wire.errors import Unavailable

NO_SUCH_USER: Final = 404

log = logging.getLogger(__name__)


class UserStanding(Enum):
    """What the enterprise knows of a user."""

    KNOWN = "known"
    OTHER_NAME = "other name"
    UNKNOWN = "unknown"


class UserDirectory(Protocol):
    """The enterprise's users."""

    async def standing(self, user: User) -> UserStanding:
        """Whether the tenant has a user with this userId, of this userName. Raises Unavailable."""


class UserEntry(TomlEntry):
    """A user as the file has it."""

    tenant: Annotated[str, Field(pattern=f"^{TENANT_ID}$")]
    id: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]


class UsersFile(TomlEntry):
    """The whole file."""

    users: list[UserEntry] = Field(default_factory=list)


class Users:
    """All users of a file."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._names: Mapping[tuple[str, str], str] = {(user.tenant, user.user_id): user.user_name for user in users}

    def all(self) -> tuple[User, ...]:
        """Every user, as the file has them."""
        return tuple(User(tenant, user_id, name) for (tenant, user_id), name in self._names.items())

    def standing(self, user: User) -> UserStanding:
        """See UserDirectory."""
        return standing_of(user, self._names.get((user.tenant, user.user_id)))


class FileDirectory:
    """`UserDirectory` over the users of a file as they are at each call."""

    def __init__(self, users: Callable[[], Users]) -> None:
        self._users = users

    async def standing(self, user: User) -> UserStanding:
        """See UserDirectory."""
        return self._users().standing(user)


def standing_of(user: User, known_name: str | None) -> UserStanding:
    """The standing of a user whom the enterprise knows by `known_name`, or not at all (None)."""
    if known_name is None:
        return UserStanding.UNKNOWN
    same = hmac.compare_digest(known_name.encode("utf-8", "surrogatepass"), user.user_name.encode())
    return UserStanding.KNOWN if same else UserStanding.OTHER_NAME


def parse(text: str, path: Path) -> Users:
    """The users in `text`. Raises TokenFileError with every problem."""
    entries = toml_file.content(text, path, UsersFile).users
    if found := list(_repeated(entries)):
        raise TokenFileError(path, found)
    return Users(User(entry.tenant, entry.id, entry.name) for entry in entries)


def read(path: Path) -> Users:
    """The users in the file, none when there is no file. Raises TokenFileError."""
    return toml_file.read(path, parse)


def add_user(path: Path, user: User) -> None:
    """Adds a user. Raises ChangeRefusedError, TokenFileError and OSError."""
    with editing(path, parse) as tables:
        wanted = {"tenant": user.tenant, "id": user.user_id}
        if any(wanted.items() <= entry.items() for entry in toml_file.entries(tables, "users")):
            raise ChangeRefusedError(f"tenant {user.tenant} has a user {user.user_id} already")
        tables.add("users", {**wanted, "name": user.user_name})


def remove_user(path: Path, tenant: str, user_id: str) -> None:
    """Takes a user out; tokens for it are refused from then on. Raises as `add_user`."""
    with editing(path, parse) as tables:
        tables.remove("users", toml_file.index_of(tables, "users", {"tenant": tenant, "id": user_id}))


def _repeated(entries: list[UserEntry]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(entries):
        if (entry.tenant, entry.id) in seen:
            yield f"users[{index}] id {entry.id}: the tenant {entry.tenant} has it twice"
        seen.add((entry.tenant, entry.id))


class HttpDirectory:
    """`UserDirectory` over HTTP.

    POST {"tenantSpaceId": ..., "userId": ...} answers 200 {"userName": ...}, or 404 for a user who does not exist. The
    userName of the request is not sent: the service cannot be used to try names.
    """

    def __init__(self, caller: TokenCaller) -> None:
        self._caller = caller

    async def standing(self, user: User) -> UserStanding:
        """See UserDirectory."""
        try:
            answer = await self._caller.post({"tenantSpaceId": user.tenant, "userId": user.user_id})
        except CallError as problem:
            raise self._unavailable(str(problem)) from None
        if answer.status == NO_SUCH_USER:
            return UserStanding.UNKNOWN
        return standing_of(user, self._name(answer))

    def _name(self, answer: TokenAnswer) -> str:
        known = answer.json()
        name = known.get("userName") if isinstance(known, dict) else None
        if answer.status != 200 or not isinstance(name, str):
            raise self._unavailable(f"status {answer.status} where 200 with a userName, or 404, was expected")
        return name

    def _unavailable(self, why: str) -> Unavailable:
        log.warning("TOKEN_USERS_URL: %s", why)
        return Unavailable("the user directory is out of reach: try again")
