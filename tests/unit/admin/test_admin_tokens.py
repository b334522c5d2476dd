from pathlib import Path

import pytest

from gateway.admin.admin_tokens import AdminTokenError, AdminTokens, operator, read_admin_tokens

ALICE = "alice admin alices-token-0123456"
BOB = "bob   read  bobs-token-01234567"


def token_file(folder: Path, *lines: str, mode: int = 0o600) -> Path:
    path = folder / "admin.tokens"
    path.touch(0o600)
    path.write_text("\n".join(lines) + "\n")
    path.chmod(mode)
    return path


def test_each_line_names_a_token_and_its_role(tmp_path: Path) -> None:
    found = read_admin_tokens(token_file(tmp_path, "# who may", "", ALICE, BOB))
    assert [(actor.name, actor.role, actor.may_change) for actor in found] == [
        ("alice", "admin", True),
        ("bob", "read", False),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["alice alices-token-0123456"],
        ["alice owner alices-token-0123456"],
        ["alice admin short"],
        ["al ice admin alices-token-0123456"],
        [ALICE, "alice read another-token-0123456"],
        ["operator admin alices-token-0123456"],
        [ALICE, "carol read alices-token-0123456"],
    ],
)
def test_a_wrong_line_is_refused_and_no_token_is_shown(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(AdminTokenError) as wrong:
        read_admin_tokens(token_file(tmp_path, *lines))
    assert "alices-token" not in str(wrong.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AdminTokenError, match="others may read it"):
        read_admin_tokens(token_file(tmp_path, ALICE, mode=0o644))


def test_a_token_that_was_taken_out_of_the_file_no_longer_counts(tmp_path: Path) -> None:
    tokens = AdminTokens([operator("the-operators-token")], token_file(tmp_path, ALICE, BOB))
    before = tokens.holder(b"bobs-token-01234567")
    token_file(tmp_path, ALICE)
    holders = [tokens.holder(given) for given in (b"bobs-token-01234567", b"the-operators-token")]
    assert before is not None
    assert [holder.name if holder else None for holder in holders] == [None, "operator"]


def test_a_wrong_change_leaves_the_former_tokens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokens = AdminTokens([], token_file(tmp_path, ALICE))
    token_file(tmp_path, "nonsense")
    assert [tokens.holder(b"alices-token-0123456") is not None for _ in range(2)] == [True, True]
    assert caplog.text.count("the former tokens stay") == 1


def test_another_token_in_the_operators_file_counts_with_the_next_request(tmp_path: Path) -> None:
    own = tmp_path / "admin.token"
    own.touch(0o600)
    own.write_text("the-operators-token\n")
    tokens = AdminTokens([], token_file(tmp_path, ALICE), own)
    before = tokens.holder(b"the-operators-token")
    own.write_text("another-token-of-the-operator\n")
    found = [tokens.holder(given) for given in (b"the-operators-token", b"another-token-of-the-operator")]
    assert before == operator("the-operators-token")
    assert [holder.name if holder else None for holder in found] == [None, "operator"]


def test_holders_are_found_by_name(tmp_path: Path) -> None:
    tokens = AdminTokens([operator("the-operators-token")], token_file(tmp_path, ALICE))
    assert [bool(tokens.named(name)) for name in ("alice", "operator", "bob")] == [True, True, False]
