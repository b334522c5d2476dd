"""Every command has examples, and each of them is one that the command takes."""

import shlex
from collections.abc import Iterator

import click
import pytest

from gateway.cli import main
from gateway.commands.lazy_group import EXAMPLES


def commands(group: click.Group, context: click.Context, words: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        path = f"{words} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, click.Context(command, info_name=name, parent=context), path)
        else:
            yield path, command


ALL = dict(commands(main, click.Context(main, info_name="agentgateway")))


def test_each_command_has_some_and_there_are_no_others() -> None:
    assert set(EXAMPLES) == set(ALL)


@pytest.mark.parametrize("words", ALL)
def test_its_help_shows_them(words: str) -> None:
    with click.Context(ALL[words], info_name=words) as context:
        shown = [line.strip() for line in ALL[words].get_help(context).splitlines()]
    assert [line for line in EXAMPLES[words] if line not in shown] == []


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_its_words_and_options_exist(line: str) -> None:
    given = shlex.split(line.partition("agentgateway ")[2].partition(" > ")[0])
    words = next(words for words in sorted(ALL, key=len, reverse=True) if given[: len(words.split())] == words.split())
    parser = ALL[words].make_parser(click.Context(ALL[words]))
    _, left, _ = parser.parse_args(given[len(words.split()) :])
    assert left == []
