"""docs/cli.md: every subcommand with its options, from the commands themselves; called by docs.py."""

import re
from collections.abc import Iterator

import click

from gateway.cli import main as command_line

HEAD = """\
# Commands

Written by scripts/docs.py from the commands of gateway/commands/. `agentgateway COMMAND --help` tells the same.
"""


def page() -> str:
    """The whole page."""
    context = click.Context(command_line, info_name="agentgateway")
    lines = [HEAD.rstrip()]
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
