import pytest

from gateway.agents.passwords import check_new_password
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def retcode(agent_id: int, password: str) -> str:
    try:
        check_new_password(agent_id, password)
    except Refused as problem:
        return problem.retcode
    return retcodes.SUCCESS


@pytest.mark.parametrize("password", ["", "Aa1-Aa1", "Aa1-" * 8 + "A"])
def test_a_password_under_8_or_over_32_characters_is_110_020(password: str) -> None:
    assert retcode(101, password) == "110-020"


@pytest.mark.parametrize("password", ["Aa1-Aa1-", "Aa1-" * 8])
def test_passwords_of_8_and_of_32_characters_are_taken(password: str) -> None:
    assert retcode(101, password) == "0"


def test_a_character_twice_in_a_row_is_110_019() -> None:
    assert retcode(101, "Word-Foo7") == "110-019"


def test_the_same_letter_in_both_cases_in_a_row_is_taken() -> None:
    assert retcode(101, "Word-fOo7") == "0"


@pytest.mark.parametrize("run", ["123", "234", "345", "456"])
def test_three_characters_in_a_row_of_the_agent_id_are_110_019(run: str) -> None:
    assert retcode(123456, f"Word-{run}x") == "110-019"


@pytest.mark.parametrize(("agent_id", "password"), [(123456, "Word-12x45"), (123456, "Word-321"), (12, "Word-12x")])
def test_shorter_or_turned_runs_of_the_agent_id_are_taken(agent_id: int, password: str) -> None:
    assert retcode(agent_id, password) == "0"


@pytest.mark.parametrize("password", ["wordgame", "wordgame7", "WORDGAME-", "9584736251", "word-game"])
def test_fewer_than_three_of_the_four_classes_are_110_019(password: str) -> None:
    assert retcode(101, password) == "110-019"


@pytest.mark.parametrize("password", ["Wordgame7", "Word-game", "word-game7", "WORD-GAME7"])
def test_three_of_the_four_classes_are_enough(password: str) -> None:
    assert retcode(101, password) == "0"


@pytest.mark.parametrize("password", ["Word\x00game7", "Word\ngame7", "Word\ud800game7"])
def test_unprintable_characters_are_110_019(password: str) -> None:
    assert retcode(101, password) == "110-019"


def test_the_message_names_the_rule_and_not_the_password() -> None:
    with pytest.raises(Refused) as caught:
        check_new_password(101, "Word-Foo7")
    assert caught.value.message == "the new password must not hold the same character twice in a row"
