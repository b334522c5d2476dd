"""What an operator reads about refused settings."""

from gateway.settings.problems import Problem, SettingsError, shown


def test_an_error_is_one_line_for_each_problem() -> None:
    error = SettingsError([Problem("f:1", "MAXTIME", "x", "must be a number"), Problem("f", "", "", "is empty")])

    assert str(error) == "f:1: MAXTIME = x: must be a number\nf: is empty"


def test_a_value_cannot_add_lines_to_a_message() -> None:
    assert shown("a\nb\x1b[0m") == r"a\nb\x1b[0m"


def test_a_long_value_is_cut() -> None:
    assert shown("x" * 500) == "x" * 120 + "..."
