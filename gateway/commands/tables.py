"""Tables and figures of commands, drawn by rich: colours on a terminal alone, and never where NO_COLOR is set.

Texts stand as they are: what a client says of itself is no markup.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

as_json_option: Final = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
_WIDE: Final = 10_000
"""Columns where nobody looks at a terminal: no line is broken and no cell cut off."""
STYLES: Final[Mapping[str, str]] = {
    "lagging": "yellow",
    "ignores": "red",
    "divided": "yellow",
    "draining": "yellow",
    "restart": "yellow",
    "out of reach": "red",
    "over": "dim",
    "default": "dim",
    "unused": "dim",
}
"""Words that stand out, whatever the column."""


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows as aligned columns, the first row on top. An empty text where there is no row."""
    if not rows:
        return ""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in rows[0]:
        drawn.add_column(Text(str(title)), overflow="fold")
    for row in rows[1:]:
        drawn.add_row(*(Text(text, STYLES.get(text, "")) for text in map(cell, row)))
    return _drawn(drawn)


def cell(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)


def columns(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """A table of these members."""
    return table([[name.replace("_", " ") for name in names], *([line[name] for name in names] for line in found)])


def figures(values: Mapping[str, object]) -> str:
    """Names and values, one a line."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, value in values.items():
        text = cell(value)
        grid.add_row(Text(name, "bold"), Text(text, STYLES.get(text, "")))
    return _drawn(grid)


def show_json(value: object) -> None:
    """Prints it for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show_rows(names: Sequence[str], rows: Sequence[Sequence[object]], *, as_json: bool) -> None:
    """Prints rows as a table, or for programs as objects with these names."""
    if as_json:
        show_json([dict(zip((name.replace(" ", "_") for name in names), row, strict=True)) for row in rows])
    else:
        click.echo(table([names, *rows]))


def show(text: str, *, empty: str = "") -> None:
    """Prints a table, or (to stderr) what is to be said where there is nothing in it."""
    if text.count("\n") or not empty:
        click.echo(text)
    else:
        click.echo(empty, err=True)


def _drawn(drawn: Table) -> str:
    """As text; without colours no line ends in spaces."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, force_terminal=terminal, width=None if terminal else _WIDE, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
