"""A group of commands that are loaded when they are asked for, so that the short ones stay quick."""

from collections.abc import Mapping
from importlib import import_module

import click

from gateway.commands.examples import with_examples


class LazyGroup(click.Group):
    """`later` are such commands by name: their module in `gateway.commands` and their name there, with `:` between.

    They come behind those that the group has already, and have their examples; `words` are those of the group.
    """

    def __init__(self, *given: object, later: Mapping[str, str], words: str = "", **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._later = later
        self._words = words

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the table where all are loaded later."""
        return [*super().list_commands(ctx), *self._later]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads one; None for a name that is not there."""
        if cmd_name not in self._later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._later[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"gateway.commands.{module}"), name)
        return with_examples(command, f"{self._words} {cmd_name}".strip())
