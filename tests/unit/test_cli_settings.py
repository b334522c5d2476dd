"""Options by which commands find their settings."""

from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from gateway.cli_settings import read, with_settings


@click.command()
@with_settings
def show(config: Path, overrides: Mapping[str, str]) -> None:
    """Prints one setting."""
    click.echo(read(config, overrides).token_ttl_ms)


def run(*words: str) -> Result:
    return CliRunner().invoke(show, words)


def test_an_override_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("TOKEN_TTL = 2000\n")
    given = ["--config", str(file)]
    assert [run(*given, *more).stdout.strip() for more in ([], ["--set", " TOKEN_TTL = 3000 "])] == ["2000", "3000"]


@pytest.mark.parametrize(("override", "says"), [("TOKEN_TTL", "write KEY=VALUE"), ("TOKEN_TTL=1", "TOKEN_TTL")])
def test_a_wrong_override_is_told(tmp_path: Path, override: str, says: str) -> None:
    file = tmp_path / "f"
    file.write_text("")
    result = run("--config", str(file), "--set", override)
    assert result.exit_code != 0
    assert says in result.stderr


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in run("--config", str(tmp_path / "none")).stderr
