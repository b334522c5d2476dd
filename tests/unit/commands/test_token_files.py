"""`agentgateway token tenant|key|user`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.commands.token import token as command
from gateway.tokens import signing_keys, tenants_file, users

SETTINGS = "TOKEN_KEYS_FILE = keys.toml\nTOKEN_TENANTS_FILE = tenants.toml\nTOKEN_USERS_FILE = users.toml\n"


class Desk:
    """The commands over the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "basic.properties").write_text(SETTINGS)

    def run(self, words: str) -> Result:
        return CliRunner().invoke(command, [*words.split(), "--config", str(self.folder / "basic.properties")])

    def key_ids(self) -> list[str]:
        return [key.id for key in signing_keys.read(self.folder / "keys.toml").keys]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_first_tenant_brings_the_first_key(desk: Desk) -> None:
    result = desk.run("tenant add acme --name Acme")
    assert result.exit_code == 0
    assert len(desk.key_ids()) == 1
    desk.run("tenant add globex")
    assert len(desk.key_ids()) == 1


def test_the_api_key_alone_is_printed(desk: Desk) -> None:
    api_key = desk.run("tenant add acme").stdout.strip()
    found = tenants_file.read(desk.folder / "tenants.toml").of_api_key(api_key)
    assert found is not None
    assert found.id == "acme"


def test_a_new_api_key_is_printed(desk: Desk) -> None:
    first = desk.run("tenant add acme").stdout.strip()
    second = desk.run("tenant key acme --only").stdout.strip()
    tenants = tenants_file.read(desk.folder / "tenants.toml")
    assert [tenants.of_api_key(key) is not None for key in (first, second)] == [False, True]


def test_tenants_are_listed_without_their_hashes(desk: Desk) -> None:
    desk.run("tenant add acme --name Acme")
    assert desk.run("tenant list").stdout == "tenant  name  API keys\nacme    Acme  1\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("tenant add acme", "acme is there already"),
        ("tenant add a/b", "1 to 64 letters"),
        ("tenant key other", "there is no tenant with id other"),
        ("tenant remove other", "there is no tenant with id other"),
        ("key remove other", "there is no key with id other"),
        ("user remove --tenant acme --id other", "there is no user"),
        ("user add --tenant acme --id u --name " + 257 * "n", "userName: must have 1 to 256 characters"),
        ("tenant list --set TOKEN_TENANTS_FILE=", "TOKEN_TENANTS_FILE is empty"),
    ],
)
def test_what_cannot_be_done_is_told(desk: Desk, words: str, says: str) -> None:
    desk.run("tenant add acme")
    result = desk.run(words)
    assert result.exit_code != 0
    assert says in result.stderr


def test_a_removed_tenant_is_gone(desk: Desk) -> None:
    desk.run("tenant add acme")
    desk.run("tenant remove acme")
    assert tenants_file.read(desk.folder / "tenants.toml").all() == ()


def test_a_rotated_key_waits_until_every_node_has_read_it(desk: Desk) -> None:
    desk.run("tenant add acme")
    assert "signs in 5 s" in desk.run("key rotate").stdout
    assert [line.split()[-1] for line in desk.run("key list").stdout.splitlines()[1:]] == ["signs", "waits"]


def test_a_key_may_be_rotated_at_once_and_the_former_one_removed(desk: Desk) -> None:
    desk.run("tenant add acme")
    first = desk.key_ids()[0]
    desk.run("key rotate --in 0 --algorithm ES256")
    listed = desk.run("key list").stdout
    assert [line.split()[-1] for line in listed.splitlines()[1:]] == ["verifies", "signs"]
    assert desk.run(f"key remove {first}").exit_code == 0
    assert desk.key_ids() != [first]


def test_no_secret_is_listed(desk: Desk) -> None:
    desk.run("tenant add acme")
    secret = (desk.folder / "keys.toml").read_text().split("KEY-----\\n")[1][:40]
    assert secret not in desk.run("key list").stdout


def test_users_are_added_listed_and_removed(desk: Desk) -> None:
    desk.run("user add --tenant acme --id u1 --name Ada")
    assert desk.run("user list").stdout == "tenant  id  name\nacme    u1  Ada\n"
    desk.run("user remove --tenant acme --id u1")
    assert users.read(desk.folder / "users.toml").all() == ()


def test_a_wrong_file_is_told_and_left_alone(desk: Desk) -> None:
    path = desk.folder / "tenants.toml"
    path.write_text("[[tenants]]\nid = 1\n")
    result = desk.run("tenant add acme")
    assert result.exit_code == 1
    assert "nothing changed" in result.stderr
    assert path.read_text() == "[[tenants]]\nid = 1\n"
