"""What several commands share: the `--set` option, exit codes, and how a command ends that cannot work."""

import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NoReturn

import click

from gateway.settings import environment
from gateway.settings.problems import HIDDEN
from gateway.settings.schema import BY_KEY

DONE: Final = 0
CANNOT_SERVE: Final = 1
WRONG_SETTINGS: Final = 2
NOTHING_FOUND: Final = 3
NOT_IN_TIME: Final = 4
EXIT_CODES: Final[Mapping[int, str]] = {
    DONE: "done",
    CANNOT_SERVE: "not done: refused, out of reach, ended by Ctrl-C, or something failed; stderr says why",
    WRONG_SETTINGS: "not tried: wrong words on the command line, or settings that are refused",
    NOTHING_FOUND: "nothing to do: there is no such session, lock-out or node",
    NOT_IN_TIME: "begun, and not finished within --timeout; it goes on",
}
"""Of every command; its own page says where one means more."""


def fail(message: str, code: int) -> NoReturn:
    """Says why on stderr and ends with `code`."""
    for handler in logging.getLogger().handlers:  # What was logged before comes before.
        handler.flush()
    click.echo(message, err=True)
    sys.exit(code)


class SettingsCommand(click.Command):
    """A command whose words may be settings that were given in a wrong way: no message quotes what they hold."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See click."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest:
            ctx.fail(f"words that belong to no option, {len(rest)} of them: a setting is given by --set KEY=VALUE")
        return rest


def settings_options(help_text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds `--config` (a path, described by `help_text`) and `overrides`, which are as `settings.load.load` has them.

    They come from `--set` and from the environment, which has them no more then.
    """
    config = click.option(
        "--config",
        type=click.Path(path_type=Path),
        default="config/basic.properties",
        show_default=True,
        help=help_text,
    )
    overrides = click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_overrides,
        help="Overrides the environment and the file.",
    )
    return lambda command: config(overrides(command))


def _overrides(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> Mapping[str, str]:
    pairs = environment.take()
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or key.strip().startswith(environment.PREFIX):
            raise click.BadParameter(f"{key if key in BY_KEY else HIDDEN}: write KEY=VALUE")
        pairs[key.strip()] = value.strip()
    return pairs
