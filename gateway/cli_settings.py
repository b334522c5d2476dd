"""Options by which commands find their settings."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings

Command = Callable[..., Any]


def with_settings(command: Command) -> Command:
    """Adds --config and --set; the command gets `config` and `overrides`, for `read`."""
    config = click.option(
        "--config", type=click.Path(path_type=Path), default="config/basic.properties", show_default=True
    )
    overrides = click.option(
        "--set", "overrides", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="Overrides the settings file."
    )
    return config(overrides(command))


def read(config: Path, overrides: Mapping[str, str]) -> Settings:
    """The settings. Raises ClickException with every problem."""
    try:
        return load(config, overrides).settings
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from None


def _pairs(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Mapping[str, str]:
    pairs = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{key}: write KEY=VALUE")
        pairs[key.strip()] = value.strip()
    return pairs
