"""docs/cli.md: every subcommand with its options, from the commands themselves; called by docs.py."""

import re
from collections.abc import Iterator

import click

from gateway.cli import main as command_line
from gateway.commands.options import EXIT_CODES

HEAD = """\
# Commands

Written by scripts/docs.py from the commands of gateway/commands/. `agentgateway COMMAND --help` tells the same.

## Shell completion

Commands, options and their choices are completed by the shell, once it has been told so:

| shell | line |
|---|---|
| bash, in `~/.bashrc` | `eval "$(_AGENTGATEWAY_COMPLETE=bash_source agentgateway)"` |
| zsh, in `~/.zshrc` | `eval "$(_AGENTGATEWAY_COMPLETE=zsh_source agentgateway)"` |
| fish, in `~/.config/fish/config.fish` | `_AGENTGATEWAY_COMPLETE=fish_source agentgateway \\| source` |

## Output

Results are on standard output, everything else is on standard error: what is wrong, what goes on for longer than 2 s,
questions. Tables have colours on a terminal alone, and none where `NO_COLOR` is set; elsewhere no line is broken and no
cell cut off. `--json` is for programs.

## Exit codes

{codes}
"""


def page() -> str:
    """The whole page."""
    context = click.Context(command_line, info_name="agentgateway")
    codes = "\n".join(["| code | means |", "|---|---|", *(f"| {code} | {text} |" for code, text in EXIT_CODES.items())])
    lines = [HEAD.format(codes=codes).rstrip()]
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command is not None
        lines += _command(click.Context(command, info_name=name, parent=context), 2)
    return "\n".join(lines) + "\n"


def _command(context: click.Context, level: int) -> Iterator[str]:
    command = context.command
    yield from ("", f"{'#' * level} {context.command_path}", "")
    yield from (_text(command.help or ""), "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(click.Context(inner, info_name=name, parent=context), level + 1)
        return
    words = " ".join(command.collect_usage_pieces(context))
    yield from ("```", f"{context.command_path} {words}".rstrip(), "```")
    yield from _options(context)
    yield from _examples(context.command)


def _examples(command: click.Command) -> Iterator[str]:
    lines = [line.strip() for line in (command.epilog or "").splitlines()[2:]]
    if lines:
        yield from ("", "For example:", "", "```", *lines, "```")


def _options(context: click.Context) -> Iterator[str]:
    records = [
        record
        for parameter in context.command.get_params(context)
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)) is not None
    ]
    if len(records) > 1:
        yield from ("", "| option | |", "|---|---|")
        yield from (f"| {_code(names)} | {_cell(text)} |" for names, text in records if names != "--help")


def _code(names: str) -> str:
    return f"`{_cell(names)}`"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _text(text: str) -> str:
    """Paragraphs, each on a line."""
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in text.split("\n\n"))
    return "\n\n".join(paragraph.replace("[[", "`[[").replace("]]", "]]`") for paragraph in paragraphs)
