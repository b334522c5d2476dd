"""A group of commands that are loaded when they are asked for, so that the short ones stay quick; with their examples.

Examples are the end of a command's `--help`, and of its part of docs/cli.md. Each is a command to copy.
"""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Final

import click

EXAMPLES: Final[Mapping[str, Sequence[str]]] = {
    "init": ("agentgateway init ./my-gateway",),
    "serve": (
        "agentgateway serve --demo",
        "agentgateway serve --config config/basic.properties --set HTTP_PORT=8000",
    ),
    "live": ("agentgateway live http://127.0.0.1:8000 https://127.0.0.1:8043",),
    "doctor": ("agentgateway doctor", "agentgateway doctor --strict --json"),
    "agents list": ("agentgateway agents list", "agentgateway agents list --json"),
    "agents add": (
        "agentgateway agents add 130 --name 'Ada Wong' --skill 1 --must-change",
        'echo "$PASSWORD" | agentgateway agents add 131 --password-stdin',
    ),
    "agents passwd": ("agentgateway agents passwd 130 --must-change",),
    "agents remove": ("agentgateway agents remove 130",),
    "sessions list": (
        "agentgateway sessions list",
        "agentgateway sessions list --state lagging --client Softphone",
        "agentgateway sessions list --find 10.1.7. --json",
    ),
    "sessions show": ("agentgateway sessions show 101",),
    "sessions end": (
        "agentgateway sessions end 101 102",
        "agentgateway sessions end --client Softphone/3.1",
        "agentgateway sessions end --all --yes",
    ),
    "adoption": (
        "agentgateway adoption",
        "agentgateway adoption --percent 25",
        "agentgateway adoption --state pending --state untried --json",
    ),
    "lockouts list": ("agentgateway lockouts list", "agentgateway lockouts list --json"),
    "lockouts unlock": (
        "agentgateway lockouts unlock --agent 101",
        "agentgateway lockouts unlock --address 192.0.2.7",
        "agentgateway lockouts unlock --all",
    ),
    "nodes": ("agentgateway nodes", "agentgateway nodes --json"),
    "drain": (
        "agentgateway drain",
        "agentgateway drain --timeout 2m --json",
        "agentgateway drain --node gateway2 --no-wait",
    ),
    "undrain": ("agentgateway undrain", "agentgateway undrain --node gateway2"),
    "settings list": (
        "agentgateway settings list --changed",
        "agentgateway settings list GUIDINTERVAL GUIDTIMEOUT",
        "agentgateway settings list --json",
    ),
    "settings check": ("agentgateway settings check", "agentgateway settings check --config new.properties"),
    "settings reload": ("agentgateway settings reload",),
    "store": ("agentgateway store", "agentgateway store --json"),
    "audit": (
        "agentgateway audit --agent 101 --since 1h",
        "agentgateway audit --since 5m --follow --json",
    ),
    "explain": ("agentgateway explain 101", "agentgateway explain 101 --since 2h --json"),
    "trace": ("agentgateway trace 101 --for 10m",),
    "secret new": ("agentgateway secret new var/guid.keys --key-id k2",),
    "secret push": ("agentgateway secret push",),
    "token issue": ("agentgateway token issue --tenant acme --user-id 7 --user-name ada",),
    "token check": (
        "agentgateway token check --url https://127.0.0.1:9443/validate --token - --tenant acme --user-id 7"
        " --user-name ada",
    ),
    "token cert": ("agentgateway token cert --out gateway.cer",),
    "token tenant add": ("agentgateway token tenant add acme --name 'Acme Ltd'",),
    "token tenant key": ("agentgateway token tenant key acme --only",),
    "token tenant list": ("agentgateway token tenant list",),
    "token tenant remove": ("agentgateway token tenant remove acme",),
    "token key rotate": ("agentgateway token key rotate --in 60",),
    "token key list": ("agentgateway token key list",),
    "token key remove": ("agentgateway token key remove 20260131",),
    "token user add": ("agentgateway token user add --tenant acme --id 7 --name ada",),
    "token user list": ("agentgateway token user list",),
    "token user remove": ("agentgateway token user remove --tenant acme --id 7",),
    "sim day": ("agentgateway sim day --agents 20 --minutes 2 --speed 10",),
    "sim call": ("agentgateway sim call --skill 1 --caller 5551234 --patience 30",),
    "sim answer": ("agentgateway sim answer 1700000000-1",),
    "sim refuse": ("agentgateway sim refuse 1700000000-1",),
    "sim hangup": ("agentgateway sim hangup 1700000000-1",),
    "sim video": ("agentgateway sim video 1700000000-1",),
    "sim dial": ("agentgateway sim dial 1700000000-1 42",),
    "sim offer": ("agentgateway sim offer 101 5551234 5551235",),
    "sim phone": ("agentgateway sim phone 101 dial 5551234", "agentgateway sim phone 101 lose"),
    "sim list": ("agentgateway sim list calls", "agentgateway sim list --json"),
    "sim chat": ("agentgateway sim chat --skill 4 --caller ada 'Is anybody there?'",),
    "check": ("agentgateway check https://gateway.example:8043 --agents 4",),
    "load": ("agentgateway load https://gateway.example:8043 --agents 200 --minutes 5",),
    "openapi": ("agentgateway openapi > openapi.json",),
}
"""The words of a command -> examples of it."""


def with_examples(command: click.Command, words: str) -> click.Command:
    """The command, and those below it, each with its examples at the end of its help."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            with_examples(inner, f"{words} {name}")
    else:
        command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in EXAMPLES[words])
    return command


@contextmanager
def loading() -> Iterator[None]:
    """For as long as modules are loaded. What they make stays for good, so that nothing looks for garbage in it.

    Nor does pydantic look for plugins among all that is installed: none is to change how members are validated.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


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
        with loading():
            command: click.Command = getattr(import_module(f"gateway.commands.{module}"), name)
        return with_examples(command, f"{self._words} {cmd_name}".strip())
