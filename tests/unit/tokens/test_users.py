"""The enterprise's users, kept in a file."""

from pathlib import Path

import pytest

from gateway.tokens import users
from gateway.tokens.messages import User
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError
from gateway.tokens.users import FileDirectory, Users, UserStanding
from tests.support.tokens import ADA, BOB, CAT

SHIPPED = Path(__file__).parents[3] / "config" / "users.toml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "users.toml"
    for user in (ADA, BOB, CAT):
        users.add_user(made, user)
    return made


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        (ADA, UserStanding.KNOWN),
        (CAT, UserStanding.KNOWN),
        (User("acme", "customer01", "Ada"), UserStanding.OTHER_NAME),
        (User("acme", "customer01", "ada lovelace"), UserStanding.OTHER_NAME),
        (User("acme", "customer02", "Ada Lovelace"), UserStanding.OTHER_NAME),
        (User("acme", "customer03", "Ada Lovelace"), UserStanding.UNKNOWN),
        (User("globex", "customer02", "Bob"), UserStanding.UNKNOWN),
        (User("other", "customer01", "Ada Lovelace"), UserStanding.UNKNOWN),
    ],
)
async def test_a_user_is_known_by_tenant_id_and_name(path: Path, user: User, standing: UserStanding) -> None:
    assert await FileDirectory(lambda: users.read(path)).standing(user) is standing


def test_nobody_is_known_without_a_file(tmp_path: Path) -> None:
    assert users.read(tmp_path / "none").all() == Users().all() == ()


def test_a_removed_user_is_gone(path: Path) -> None:
    users.remove_user(path, "acme", "customer01")
    assert users.read(path).all() == (BOB, CAT)


def test_a_user_is_added_once(path: Path) -> None:
    with pytest.raises(ChangeRefusedError, match="has a user customer01 already"):
        users.add_user(path, User("acme", "customer01", "Another"))


def test_an_unknown_user_is_not_removed(path: Path) -> None:
    with pytest.raises(ChangeRefusedError, match="there is no user with tenant acme, id nobody"):
        users.remove_user(path, "acme", "nobody")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[users]]\ntenant = "a"\nid = "b"', "users[0].name"),
        ('[[users]]\ntenant = "a"\nid = 1\nname = "c"', "users[0].id"),
        ('[[users]]\ntenant = "a"\nid = "b"\nname = "c"\n' * 2, "the tenant a has it twice"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    wrong = tmp_path / "users.toml"
    wrong.write_text(text)
    with pytest.raises(TokenFileError) as caught:
        users.read(wrong)
    assert says in str(caught.value)


def test_the_shipped_file_has_users_of_the_demo_tenant_alone() -> None:
    assert {user.tenant for user in users.read(SHIPPED).all()} == {"demo"}
