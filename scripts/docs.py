"""Writes what is generated: config/basic.properties, pages of docs/, parts of the clients.

`scripts/docs.py` writes; `scripts/docs.py --check` names stale files, and in all pages links that lead nowhere and
names that mean nothing, and exits 1 if there is any.
"""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import client_javascript
import client_python
import docs_admin
import docs_capacity
import docs_check
import docs_cli
import docs_events
import docs_operations
import docs_performance
import docs_retcodes
import docs_runbook
import docs_sdk
import docs_settings
from docs_settings import applies

from gateway.settings.schema import SECTIONS
from gateway.settings.setting_rows import Section, SettingRow, row_of

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
Settings of the gateway, in Java properties syntax. # at the start of a line begins a comment, and so does // at the
start of a line or of a value and after white space. A setting that is absent has its default. Relative paths start
from the folder of this file. Live: a change counts within 2 s of saving the file. Restart: it waits for the next
start. Written by scripts/docs.py from the table in gateway/settings/; the values are yours to change.
"""


def limits(row: SettingRow) -> str:
    unit = f"Unit {row.unit}. " if row.unit else ""
    return f"{unit}Default {row.default or 'nothing'}. Allowed: {row.allowed}. {applies(row)}."


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


def main(arguments: list[str]) -> int:
    wanted = {
        ROOT / "config" / "basic.properties": properties(),
        ROOT / "docs" / "settings.md": docs_settings.page(),
        ROOT / "docs" / "events.md": docs_events.page(),
        ROOT / "docs" / "operations.md": docs_operations.page(),
        ROOT / "docs" / "retcodes.md": docs_retcodes.page(),
        ROOT / "docs" / "cli.md": docs_cli.page(),
        ROOT / "docs" / "admin.md": docs_admin.page(),
        ROOT / "docs" / "sdk_reference.md": docs_sdk.page(),
        ROOT / "docs" / "capacity.md": docs_capacity.page(),
        ROOT / docs_performance.PAGE: docs_performance.shipped(),
        **client_python.files(ROOT),
        **client_javascript.files(ROOT),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        problems = [f"{path.relative_to(ROOT)} is stale: run scripts/docs.py" for path in stale]
        problems += docs_check.problems(ROOT) + docs_runbook.problems(ROOT)
        print("\n".join(problems), end="\n" if problems else "")
        return 1 if problems else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
