"""What commands share: settings on the command lines, the end of a command that cannot do its work."""

from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from gateway.commands.options import SettingsCommand, fail, settings_options


@click.command(cls=SettingsCommand)
@settings_options("The settings file.")
def shown(config: Path, overrides: Mapping[str, str]) -> None:
    """Shows what it was given."""
    click.echo(f"{config} {dict(overrides)}")


def run(*words: str) -> Result:
    return CliRunner().invoke(shown, words)


def test_overrides_are_pairs_in_their_order_and_the_last_of_a_key_counts() -> None:
    said = run("--config", "a.properties", "--set", "HTTP_PORT = 1", "--set", "HTTP_PORT=2", "--set", "URL=a=b")
    assert said.output == "a.properties {'HTTP_PORT': '2', 'URL': 'a=b'}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "HTTP_PORT"], "HTTP_PORT: write KEY=VALUE"),
        (["--set", "redis://:s3cret@host"], ": write KEY=VALUE"),
        (["GUIDINTERVAL=s3cret", "x"], "words that belong to no option, 2 of them"),
    ],
)
def test_a_setting_given_in_a_wrong_way_is_refused_and_never_quoted(words: list[str], told: str) -> None:
    said = run(*words)
    assert (said.exit_code, told in said.output, "s3cret" in said.output) == (2, True, False)


def test_a_command_that_cannot_do_its_work_says_why_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fail("the port is taken", 1)
    assert (ended.value.code, capsys.readouterr()) == (1, ("", "the port is taken\n"))
