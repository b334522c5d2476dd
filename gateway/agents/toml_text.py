"""Arrays of tables in TOML text, changed so that comments stay where a reader expects them.

tomlkit counts the comment above a `[[header]]` as the end of the table before it: keys added there would land below
that comment. Here such comments belong to the header that follows.
"""

from collections.abc import Iterator
from itertools import pairwise

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Table, Whitespace


class TomlTables:
    """TOML text as arrays of tables. Raises ValueError when it is not TOML."""

    def __init__(self, text: str) -> None:
        try:
            self._document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
        except TOMLKitError as problem:
            raise ValueError(f"is not TOML: {problem}") from None
        tables = list(self._all())
        for table, following in pairwise(tables):
            following.trivia.indent = _cut_tail(table) + following.trivia.indent
        self._end = _cut_tail(tables[-1]) if tables else ""

    def text(self) -> str:
        """The text with all changes."""
        return tomlkit.dumps(self._document) + self._end

    def tables(self, name: str) -> tuple[Table, ...]:
        """The tables `[[name]]`. Raises ValueError when `name` is written in another way."""
        found = self._document.get(name)
        if found is None:
            return ()
        if not isinstance(found, AoT):
            raise ValueError(f"{name}: only entries written as [[{name}]] can be edited")
        return tuple(found.body)

    def add(self, name: str, values: dict[str, object]) -> None:
        """Appends a table `[[name]]`, after an empty line."""
        table = tomlkit.table()
        for key, value in values.items():
            table[key] = value
        if not self.tables(name):
            self._document[name] = tomlkit.aot()
        if self.text().strip():
            table.trivia.indent = "\n"
        self._array(name).append(table)

    def remove(self, name: str, index: int) -> None:
        """Takes a table away, with the comment that stands directly above it."""
        tables = list(self._all())
        gone = self.tables(name)[index]
        stays, separator, _ = gone.trivia.indent.rpartition("\n\n")
        place = next(at for at, table in enumerate(tables) if table is gone)
        if place + 1 < len(tables):
            tables[place + 1].trivia.indent = stays + separator[:1] + tables[place + 1].trivia.indent
        else:
            self._end = stays + separator + self._end
        del self._array(name)[index]

    def _array(self, name: str) -> AoT:
        found = self._document[name]
        if not isinstance(found, AoT):
            raise TypeError(name)
        return found

    def _all(self) -> Iterator[Table]:
        for _, item in self._document.body:
            if isinstance(item, AoT):
                yield from item.body


def _cut_tail(table: Table) -> str:
    """Takes the comments and empty lines after the last key of a table."""
    body = table.value.body
    tail: list[str] = []
    while body and isinstance(body[-1][1], Comment | Whitespace):
        tail.append(body.pop()[1].as_string())
    return "".join(reversed(tail))
