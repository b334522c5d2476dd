"""Writes what is generated: config/basic.properties, the settings in README.md, pages of docs/.

`scripts/docs.py` writes; `scripts/docs.py --check` names stale files and exits 1.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import docs_capacity
import docs_events
import docs_operations

from gateway.settings.rows import Row, Section, row_of
from gateway.settings.schema import ROWS, SECTIONS

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
Settings of the gateway, in Java properties syntax. # at the start of a line begins a comment, and so does // at the
start of a line or of a value and after white space. A setting that is absent has its default. Relative paths start
from the folder of this file. Live: a change counts within 2 s of saving the file. Restart: it waits for the next
start. Written by scripts/docs.py from the table in gateway/settings/; the values are yours to change.
"""
TABLE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def limits(row: Row) -> str:
    unit = f"Unit {row.unit}. " if row.unit else ""
    return f"{unit}Default {row.default or 'nothing'}. Allowed: {row.allowed}. {applies(row)}."


def applies(row: Row) -> str:
    return "Live" if row.live else "Restart"


def commented(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, 110):
        yield f"# {line}"


def section_lines(section: type[Section]) -> Iterator[str]:
    title = (section.__doc__ or "").strip()
    yield from ("", f"# {'-' * 8} {title} {'-' * (100 - len(title))}")
    for attribute, field in section.model_fields.items():
        row = row_of(attribute, field)
        yield ""
        yield from commented(row.description)
        yield from commented(limits(row))
        yield f"{row.key} = {row.default}".rstrip() + (f" //{row.note}" if row.note else "")


def properties() -> str:
    head = [f"# {line}" for line in HEAD.splitlines()]
    return "\n".join([*head, *(line for section in SECTIONS for line in section_lines(section))]) + "\n"


def table_lines() -> Iterator[str]:
    yield "| setting | default | unit | allowed | change | meaning |"
    yield "|---|---|---|---|---|---|"
    for row in ROWS:
        default = f"`{row.default}`" if row.default else ""
        meaning = row.description.replace("|", r"\|")
        yield f"| `{row.key}` | {default} | {row.unit} | {row.allowed} | {applies(row)} | {meaning} |"


def readme(text: str) -> str:
    rows = "\n".join(table_lines())
    return TABLE.sub(lambda found: f"{found[1]}{rows}\n{found[2]}", text)


def main(arguments: list[str]) -> int:
    readme_path = ROOT / "README.md"
    wanted = {
        ROOT / "config" / "basic.properties": properties(),
        readme_path: readme(readme_path.read_text("utf-8")),
        ROOT / "docs" / "events.md": docs_events.page(),
        ROOT / "docs" / "operations.md": docs_operations.page(),
        ROOT / "docs" / "capacity.md": docs_capacity.page(),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is stale: run scripts/docs.py")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
